package metacatalog

import (
	"context"
	"net/http"
	"net/url"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/listing"
)

// Adapter implements listing.Meta.
type Adapter struct {
	graph *meta.Client
	clock clock.Clock
}

var _ listing.Meta = (*Adapter)(nil)

// Deps is what an Adapter is made of.
type Deps struct {
	HTTP     *http.Client // httpclient.Provider's for Config.Bases
	Recorder channel.Recorder
	Clock    clock.Clock
}

// New makes the adapter.
func New(config Config, deps Deps) *Adapter {
	return &Adapter{graph: meta.NewClient(config.graph(), deps.HTTP, deps.Recorder, deps.Clock), clock: deps.Clock}
}

// ask makes a call as an account and reads its answer into value. The usage is
// told beside an error too.
func (a *Adapter) ask(ctx context.Context, acc listing.Account, call meta.Call, value any) (listing.Usage, error) {
	if acc.Token.IsZero() {
		return listing.Usage{}, fault.Refuse(listing.ReasonCredentials, "the account has no token")
	}
	call.MaxAnswer = maxAnswer
	account := channel.Account{TenantID: acc.TenantID, ID: acc.ID, Credentials: map[string]secret.Text{meta.Token: acc.Token}}
	answer, err := a.graph.Ask(ctx, account, call, verdicts)
	usage := usageOf(answer.Header)
	if err != nil {
		return usage, asFault(err, usage, clock.MS(a.clock.Now()))
	}
	if meta.Read(answer.Body, value) != nil {
		return usage, unreadable()
	}
	return usage, nil
}

// get asks for an edge of an object.
func (a *Adapter) get(ctx context.Context, acc listing.Account, id, edge string, query url.Values, value any) (listing.Usage, error) {
	return a.ask(ctx, acc, meta.Call{Verb: http.MethodGet, Path: path(id, edge), Query: query}, value)
}

func path(id, edge string) string {
	if edge == "" {
		return url.PathEscape(id)
	}
	return url.PathEscape(id) + "/" + edge
}

// need refuses a call for which the account lacks an id.
func need(id, name, what string) error {
	if id == "" {
		return fault.OnField(name, "%s is missing", what)
	}
	return nil
}
