package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/acquisition"
	"prosa/internal/modules/archive"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/builder"
	"prosa/internal/modules/channel/health"
	"prosa/internal/modules/consent"
	"prosa/internal/modules/crm"
	"prosa/internal/modules/finops"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/inbox"
	showcase "prosa/internal/modules/listing"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/media"
	"prosa/internal/modules/move"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/product"
	"prosa/internal/modules/sale"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/template"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/saga"
)

// Prefix is where the API is mounted.
const Prefix = "/api/v1"

// Deps is what the API is made of.
type Deps struct {
	// PublicURL is where browsers reach us, without a path; invitations are built
	// on it, and https makes the cookie a secure one.
	PublicURL string
	// OperatorURL is where the platform's staff works; empty is PublicURL. On a host
	// of its own, it alone answers operators' calls.
	OperatorURL string
	// GatewayURL is where platforms reach our webhooks; empty is PublicURL.
	GatewayURL string
	// Demo says that sign-in without a password is offered.
	Demo bool
	// Proxies is how many proxies of ours append to X-Forwarded-For.
	Proxies int
	// Version of the binary.
	Version string
	// SessionLife is the longest life of a session's cookie.
	SessionLife time.Duration
	// UploadMax is the largest file of an attendant, in bytes.
	UploadMax int64

	Identity *identity.Service
	Mail     *mail.Service
	Tenancy  *tenancy.Service
	Plans    *plan.Service
	Selling  Selling
	Billing  *subscription.Service
	Signup   *acquisition.Service
	Audit    *audit.Service
	Archive  *archive.Service
	CRM      *crm.Service
	// Sagas runs the steps of journeys.
	Sagas         *saga.Service
	Inbox         *inbox.Service
	Media         *media.Service
	Conversations Conversations
	Contacts      Contacts
	Consents      *consent.Service
	Channels      Channels
	Health        *health.Service
	Bots          Bots
	Builder       *builder.Service
	Products      *product.Service
	Listing       *showcase.Service
	Orders        *order.Service
	Payments      *payment.Service
	// PaymentAccounts are the companies' accounts at vendors of payments.
	PaymentAccounts *payment.Accounts
	// Stands refuses calls for a company that stands still while it moves to
	// another installation, or has moved; reads says that the call only looks. nil:
	// no company moves.
	Stands func(companyID string, reads bool) error
	// Moves gives a company's moves to and from other installations, oldest first;
	// nil: no company moves.
	Moves func(ctx context.Context, companyID string) ([]move.Move, error)
	// Costs is the cost ledger, Meters what feeds it.
	Costs  *finops.Service
	Meters *meter.Service
	// Worked hears of each call of somebody of a company; nil: nobody.
	Worked func(companyID string, took time.Duration)
	// Environments is nil where no leases are kept.
	Environments Environments

	Letters   Letters
	Sales     *sale.Service
	Templates *template.Service
	Live      Live
	Blobs     blob.Store
	// Replay gives a quarantined piece back to the stream that it came from.
	Replay Replay
	Clock  clock.Clock
	Logger *slog.Logger
}

type api struct {
	deps   Deps
	huma   huma.API
	prefix string
	secure bool
	cross  *http.CrossOriginProtection
	// console is the operators' host, nil when it is everybody's.
	console *console
	// flaws are operations that were registered wrongly: nothing is served then.
	flaws []error
}

// New makes the handler of everything under Prefix. Error: fault.Invalid for a
// public URL that is none.
func New(deps Deps) (http.Handler, error) {
	a, mux, err := build(deps)
	if err != nil {
		return nil, err
	}
	mux.HandleFunc(Prefix+"/", func(w http.ResponseWriter, r *http.Request) {
		aboutOf(r.Context()).route = Prefix + "/?"
		writeProblem(w, r, errNoOperation())
	})
	return outermost(mux, a.deps.Proxies, a.deps.Logger), nil
}

// Contract gives the OpenAPI 3.1 document of the API, as YAML.
func Contract() ([]byte, error) {
	a, _, err := build(Deps{PublicURL: "https://example.com", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	return a.huma.OpenAPI().YAML()
}

func build(deps Deps) (*api, *http.ServeMux, error) {
	public, err := url.Parse(deps.PublicURL)
	if err != nil || public.Host == "" {
		return nil, nil, fault.OnField("PROSA_PUBLIC_URL", "must be a URL with a host")
	}
	deps.PublicURL = strings.TrimRight(deps.PublicURL, "/")
	if deps.GatewayURL = strings.TrimRight(deps.GatewayURL, "/"); deps.GatewayURL == "" {
		deps.GatewayURL = deps.PublicURL
	}
	mux := http.NewServeMux()
	a := &api{deps: deps, prefix: Prefix, secure: public.Scheme == "https", cross: http.NewCrossOriginProtection()}
	// A proxy may show us another Host than the browser's.
	if err := a.cross.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
		return nil, nil, fault.Wrap(err, fault.Invalid, "the public URL can't be an origin")
	}
	if a.console, err = newConsole(deps.OperatorURL, public); err != nil {
		return nil, nil, err
	}
	a.huma = humago.NewWithPrefix(mux, Prefix, contract())
	a.register()
	if err := errors.Join(a.flaws...); err != nil {
		return nil, nil, err
	}
	finish(a.huma.OpenAPI())
	return a, mux, nil
}

func (a *api) register() {
	a.registerSetup()
	a.registerSession()
	a.registerPlan()
	a.registerPlanEdit()
	a.registerPromotion()
	a.registerCompanyOperator()
	a.registerUsage()
	a.registerBilling()
	a.registerCompany()
	a.registerMember()
	a.registerInvitation()
	a.registerReset()
	a.registerSignup()
	a.registerFactor()
	a.registerSupport()
	a.registerJourney()
	a.registerIntegration()
	a.registerLetter()
	a.registerCRM()
	a.registerAudit()
	a.registerArchive()
	a.registerConversation()
	a.registerMessage()
	a.registerMedia()
	a.registerContact()
	a.registerContactMerge()
	a.registerConsent()
	a.registerChannel()
	a.registerHealth()
	a.registerTemplate()
	a.registerBot()
	a.registerProduct()
	a.registerCollection()
	a.registerStock()
	a.registerGoods()
	a.registerListing()
	a.registerCart()
	a.registerCoupon()
	a.registerDelivery()
	a.registerOrder()
	a.registerPayment()
	a.registerPaymentAccount()
	a.registerSale()
	a.registerOperator()
	a.registerEnvironment()
	a.registerCost()
	a.registerEvent()
}
