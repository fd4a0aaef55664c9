package app

import (
	"net"
	"net/url"
	"strings"
	"time"

	"prosa/internal/adapters/asaas"
	"prosa/internal/adapters/instagram"
	"prosa/internal/adapters/maildrop"
	"prosa/internal/adapters/mercadopago"
	"prosa/internal/adapters/messenger"
	"prosa/internal/adapters/metacatalog"
	"prosa/internal/adapters/sendgrid"
	"prosa/internal/adapters/smtp"
	"prosa/internal/adapters/stripe"
	"prosa/internal/adapters/telegram"
	"prosa/internal/adapters/whatsapp"
	"prosa/internal/adapters/zoho"
	"prosa/internal/base/fault"
	"prosa/internal/base/place"
	"prosa/internal/cloud/environment"
	"prosa/internal/cloud/environment/amazon"
	"prosa/internal/edge/realtime"
	"prosa/internal/edge/storefront"
	"prosa/internal/edge/webhook"
	"prosa/internal/modules/acquisition"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/channel"
	watch "prosa/internal/modules/channel/health"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/crm"
	"prosa/internal/modules/finops"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/inbox"
	"prosa/internal/modules/listing"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/media"
	"prosa/internal/modules/move"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/sale"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/job"
	"prosa/internal/platform/saga"
	"prosa/internal/platform/secretbox"
	"prosa/internal/platform/shard"
	"prosa/internal/platform/stream"
	"prosa/internal/platform/telemetry"
)

// Config is everything that can be set, one tree. `prosa config` prints it.
type Config struct {
	Server  ServerConfig
	Sandbox SandboxConfig

	Telemetry telemetry.Config
	Database  database.Config
	Secrets   secretbox.Config
	Blobs     blob.Config
	Stream    stream.Config
	Shards    shard.Config
	Jobs      job.Config

	Gateway  webhook.Config
	Realtime realtime.Config
	Store    storefront.Config

	Identity     identity.Config
	Mail         mail.Config
	CRM          crm.Config
	Channel      channel.Config
	Health       watch.Config
	Conversation conversation.Config `prefix:"PROSA_CONVERSATION_"`
	Bots         botrun.Config
	Inbox        inbox.Config
	Media        media.Config
	Orders       order.Config
	Payments     payment.Config
	Listing      listing.Config
	Sales        sale.Config
	Costs        finops.Config
	Meters       meter.Config
	Moves        move.Config

	Sagas         saga.Config
	Subscriptions subscription.Config
	Signup        acquisition.Config

	WhatsApp  whatsapp.Config
	Telegram  telegram.Config
	Messenger messenger.Config
	Instagram instagram.Config

	MercadoPago mercadopago.Config
	MetaCatalog metacatalog.Config
	Stripe      stripe.Config
	Asaas       asaas.Config

	MailDrop maildrop.Config
	SMTP     smtp.Config
	SendGrid sendgrid.Config

	Zoho zoho.Config

	Environments environment.Config
	Amazon       amazon.Config
}

// ServerConfig is about the process itself.
type ServerConfig struct {
	Environment string        `env:"PROSA_ENVIRONMENT" default:"dev" doc:"dev, homolog or prod. prod refuses what is only safe on one machine: an http public URL, a generated key."`
	Line        string        `env:"PROSA_LINE" default:"massivo" doc:"Product line of this installation: massivo (shared) or enterprise (dedicated)."`
	PublicURL   string        `env:"PROSA_PUBLIC_URL" default:"http://localhost:8080" doc:"Where browsers and platforms reach us, without a path. Webhook URLs and the session cookie follow from it."`
	SiteURL     string        `env:"PROSA_SITE_URL" doc:"Where people without an account see prices, terms and the purchase, when it is not the public URL."`
	OperatorURL string        `env:"PROSA_OPERATOR_URL" doc:"Where the platform's staff works, when it is not the public URL. prod wants a host of its own, which serves nothing else and whose cookies reach no other."`
	APIURL      string        `env:"PROSA_API_URL" doc:"A host that serves the API alone, for programs; the pages go on calling it under their own."`
	GatewayURL  string        `env:"PROSA_GATEWAY_URL" doc:"Where platforms reach the gateway, when it is not the public URL."`
	OldHosts    []string      `env:"PROSA_OLD_HOSTS" doc:"Names of before with those of now, old.example.com=new.example.com: browsers are sent on, path and query kept; callbacks of platforms are answered."`
	Listen      string        `env:"PROSA_LISTEN" default:"127.0.0.1:8080" doc:"Address that serves the pages, the API and the webhooks of the target."`
	Operations  string        `env:"PROSA_OPERATIONS_LISTEN" default:"127.0.0.1:8090" doc:"Address of /metrics, /livez and /readyz, for operators only; off switches it off."`
	Pprof       string        `env:"PROSA_PPROF_LISTEN" doc:"Address of Go's profiler, on this machine only (127.0.0.1:6060); empty, as it should be in production, switches it off."`
	Grace       time.Duration `env:"PROSA_GRACE" default:"20s" doc:"How long a stop may take before what is left is cut off."`
	DataDir     string        `env:"PROSA_DATA_DIR" default:"data" doc:"Data folder; the SQLite file prosa.db lives in it."`
	Demo        bool          `env:"PROSA_DEMO" default:"false" doc:"One-click sign-in without a password. Only for a machine that nobody else reaches."`
	Proxies     int           `env:"PROSA_TRUSTED_PROXIES" default:"0" doc:"How many proxies of ours stand in front and append to X-Forwarded-For."`
}

// Validate says which setting cannot be worked with.
func (c ServerConfig) Validate() error {
	if !place.IsEnvironment(c.Environment) {
		return fault.OnField("PROSA_ENVIRONMENT", "must be one of %s", strings.Join(place.Environments(), ", "))
	}
	if !place.IsLine(c.Line) {
		return fault.OnField("PROSA_LINE", "must be one of %s", strings.Join(place.Lines(), ", "))
	}
	public, err := url.Parse(c.PublicURL)
	if err != nil || public.Host == "" || (public.Scheme != "http" && public.Scheme != "https") || strings.Trim(public.Path, "/") != "" {
		return fault.OnField("PROSA_PUBLIC_URL", "must be http(s)://host without a path")
	}
	if c.Environment == "prod" && public.Scheme != "https" {
		return fault.OnField("PROSA_PUBLIC_URL", "prod is served by https only: put a proxy with a certificate in front and name its URL here")
	}
	if c.Environment == "prod" && c.Demo {
		return fault.OnField("PROSA_DEMO", "prod has no sign-in without a password")
	}
	if c.Pprof != "" && !onLoopback(c.Pprof) {
		return fault.OnField("PROSA_PPROF_LISTEN", "must be an address of this machine alone, such as 127.0.0.1:6060: a profile shows what the process holds")
	}
	if c.Grace <= 0 {
		return fault.OnField("PROSA_GRACE", "must be longer than zero")
	}
	return c.checkHosts()
}

// onLoopback reports whether host:port is reached from this machine only.
func onLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && net.ParseIP(host).IsLoopback()
}

// gatewayURL is where platforms deliver webhooks.
func (c ServerConfig) gatewayURL() string {
	if c.GatewayURL != "" {
		return strings.TrimRight(c.GatewayURL, "/")
	}
	return strings.TrimRight(c.PublicURL, "/")
}

// secure reports whether browsers reach us by https.
func (c ServerConfig) secure() bool { return strings.HasPrefix(c.PublicURL, "https://") }

// SandboxConfig is about the simulators.
type SandboxConfig struct {
	Listen string `env:"PROSA_SANDBOX_LISTEN" default:"127.0.0.1:8070" doc:"Address that 'prosa sandbox' serves the simulated platforms on."`
	URL    string `env:"PROSA_SANDBOX_URL" doc:"Base URL of a simulator process whose phones our pages show under /sandbox; a company that buys a plan gets a simulated number there. Empty for none."`

	Unlimited   bool            `env:"PROSA_SANDBOX_UNLIMITED" default:"false" doc:"Simulators without the platforms' rate limits."`
	WebhookGaps []time.Duration `env:"PROSA_SANDBOX_WEBHOOK_GAPS" default:"250ms,500ms,1s,2s" doc:"Pauses of the simulators between the attempts of a webhook; the last repeats."`
	StatusDelay time.Duration   `env:"PROSA_SANDBOX_STATUS_DELAY" default:"400ms" doc:"How long a simulated message takes to be sent, and again to be delivered."`
}

// load reads and checks the configuration.
func load(lookup config.Lookup) (Config, error) {
	var c Config
	if err := config.Load(&c, lookup); err != nil {
		return Config{}, err
	}
	c.Identity.Demo, c.Identity.PublicURL = c.Server.Demo, strings.TrimRight(c.Server.PublicURL, "/")
	if c.Server.OperatorURL != "" { // where staff uses their passkeys
		c.Identity.Origins = []string{strings.TrimRight(c.Server.OperatorURL, "/")}
	}
	c.Signup.SiteURL, c.Signup.Line = c.Server.siteURL(), c.Server.Line
	if c.Shards.Count == 0 && c.Database.Engine() == database.SQLite {
		c.Shards.Count = 1
	}
	c.Shards = c.Shards.WithDefaults()
	if err := c.checkProd(); err != nil {
		return Config{}, err
	}
	if c.Server.Environment == "prod" && c.Secrets.Keys.IsZero() {
		return Config{}, fault.OnField("PROSA_SECRET_KEYS", "prod does not generate its own key: make one with 'prosa config --new-key' and keep it safe")
	}
	return c, nil
}

// checkProd refuses what is only safe beside simulators.
func (c Config) checkProd() error {
	if c.Server.Environment != "prod" {
		return nil
	}
	if c.Mail.Sender == mail.SenderFolder {
		return fault.OnField("PROSA_MAIL_SENDER", "prod lays no mails in a folder: their links open doors")
	}
	if c.Zoho.AccountsURL != "" && !strings.HasPrefix(c.Zoho.AccountsURL, "https://") {
		return fault.OnField("PROSA_ZOHO_ACCOUNTS_URL", "prod sends tokens by https only")
	}
	if c.Sandbox.URL != "" {
		return fault.OnField("PROSA_SANDBOX_URL", "prod shows no simulated telephones: anybody could use them")
	}
	for name, base := range map[string]string{"PROSA_WHATSAPP_BASE_URL": c.WhatsApp.BaseURL, "PROSA_TELEGRAM_BASE_URL": c.Telegram.BaseURL, "PROSA_MERCADOPAGO_BASE_URL": c.MercadoPago.BaseURL,
		"PROSA_MESSENGER_BASE_URL": c.Messenger.BaseURL, "PROSA_INSTAGRAM_BASE_URL": c.Instagram.BaseURL, "PROSA_INSTAGRAM_LOGIN_BASE_URL": c.Instagram.LoginBaseURL,
		"PROSA_METACATALOG_BASE_URL": c.MetaCatalog.BaseURL, "PROSA_SENDGRID_BASE_URL": c.SendGrid.BaseURL, "PROSA_STRIPE_BASE_URL": c.Stripe.BaseURL,
		"PROSA_ASAAS_BASE_URL": c.Asaas.BaseURL} {
		if !strings.HasPrefix(base, "https://") {
			return fault.OnField(name, "prod sends tokens by https only")
		}
	}
	return nil
}
