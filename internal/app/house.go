package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"prosa/internal/adapters/instagram"
	"prosa/internal/adapters/mercadopago"
	"prosa/internal/adapters/messenger"
	"prosa/internal/adapters/telegram"
	"prosa/internal/adapters/whatsapp"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/edge/storefront"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/migrations"
	"prosa/internal/modules/acquisition"
	"prosa/internal/modules/archive"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/builder"
	"prosa/internal/modules/channel"
	watch "prosa/internal/modules/channel/health"
	"prosa/internal/modules/consent"
	"prosa/internal/modules/contact"
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
	"prosa/internal/modules/plan"
	"prosa/internal/modules/product"
	"prosa/internal/modules/sale"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/template"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/httpclient"
	"prosa/internal/platform/job"
	"prosa/internal/platform/outbox"
	"prosa/internal/platform/saga"
	"prosa/internal/platform/secretbox"
	"prosa/internal/platform/stream"
	"prosa/internal/platform/telemetry"
)

// house is every room joined, before anything runs.
type house struct {
	cfg     Config
	version string
	process string
	clock   clock.Clock
	logger  *slog.Logger
	metrics *telemetry.Metrics

	db      *database.DB
	streams *stream.Stream
	secrets *secretbox.Box
	blobs   blob.Store
	jobs    *job.Registry
	gate    *hold.Gate // companies that stand still while they move

	audit        *audit.Service
	archive      *archive.Service
	tenancy      *tenancy.Service
	plans        *plan.Service
	costs        *finops.Service
	meters       *meter.Service
	tally        *meter.Tally
	identity     *identity.Service
	mail         *mail.Service
	crm          *crm.Service
	channel      *channel.Service
	health       *watch.Service
	contact      *contact.Service
	consent      *consent.Service
	conversation *conversation.Service
	bots         *botrun.Service
	builder      *builder.Service
	inbox        *inbox.Service
	media        *media.Service
	products     *product.Service
	orders       *order.Service
	payments     *payment.Service
	accounts     *payment.Accounts
	listing      *listing.Service
	templates    *template.Service
	sale         *sale.Service
	moves        *move.Service

	sagas         *saga.Service
	subscriptions *subscription.Service
	signup        *acquisition.Service

	links   storefront.Links
	signals *signals
	locales *locales
}

// revision is the commit that an image was built from; the linker sets it
// (internal/cloud/image), since an image's binary carries no stamp of a clone.
var revision string

// version of the binary, from what the toolchain stamped into it.
func version() string {
	if len(revision) >= 12 {
		return revision[:12]
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" && len(setting.Value) >= 12 {
				return setting.Value[:12]
			}
		}
	}
	return "dev"
}

// open opens the platform and joins the modules. What it opened is closed by
// close, also after an error.
func open(ctx context.Context, cfg Config, target string, logger *slog.Logger) (h *house, err error) {
	h = &house{cfg: cfg, version: version(), process: processName(target), clock: clock.System{}, logger: logger,
		metrics: telemetry.NewMetrics(version(), target), jobs: job.NewRegistry()}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	if err := os.MkdirAll(cfg.Server.DataDir, 0o700); err != nil {
		return h, fault.Wrap(err, fault.Unavailable, "the data folder can't be made")
	}
	cfg.Database.Observe = h.metrics.Transactions()
	if h.db, err = database.Open(ctx, cfg.Database); err != nil {
		return h, err
	}
	if h.secrets, err = secretbox.Open(cfg.Secrets); err != nil {
		return h, err
	}
	if h.blobs, err = blob.Open(cfg.Blobs); err != nil {
		return h, err
	}
	return h, h.furnish()
}

// processName is unlike that of any other process, also of our own earlier
// lives.
func processName(target string) string {
	host, err := os.Hostname()
	if err != nil {
		host = "host"
	}
	return fmt.Sprintf("%s-%s-%d-%s", target, host, os.Getpid(), id.New("t", clock.MS(clock.System{}.Now()))[2:])
}

// dial opens the streams: in the process, or by URL.
func (h *house) dial(ctx context.Context) (err error) {
	cfg := h.cfg.Stream
	cfg.Dir = filepath.Join(h.cfg.Server.DataDir, "stream")
	cfg.Logger = h.logger
	h.streams, err = stream.Open(ctx, cfg)
	return err
}

// close lets go of what open took, in reverse order.
func (h *house) close() error {
	var errs []error
	if h.streams != nil {
		errs = append(errs, h.streams.Close())
	}
	if h.db != nil {
		errs = append(errs, h.db.Close())
	}
	return errors.Join(errs...)
}

// furnish makes adapters and modules and joins their ports.
func (h *house) furnish() error {
	h.joinMoves()
	h.audit = audit.New(h.db)
	h.archive = archive.New(h.db, h.blobs)
	if err := h.makeLinks(); err != nil {
		return err
	}
	h.tenancy = tenancy.New(h.db, tenancy.Emit(outbox.Write), h.clock)
	h.plans = plan.New(h.db)
	h.costs = finops.New(h.cfg.Costs, h.db, h.clock, h.logger)
	h.identity = identity.New(h.cfg.Identity, h.db, identity.Emit(outbox.Write), h.clock)
	h.identity.BindSealer(h.secrets)
	h.locales = newLocales(h.tenancy, h.logger)
	if err := h.joinMail(); err != nil {
		return err
	}
	if err := h.joinCRM(); err != nil {
		return err
	}

	h.joinMedia()
	recorder := &lateRecorder{}
	adapters, err := h.adapters(recorder)
	if err != nil {
		return err
	}
	h.channel = channel.New(h.cfg.Channel, channel.Deps{
		DB: h.db, Sealer: h.secrets, Adapters: adapters, Clock: h.clock, Logger: h.logger, Shards: h.cfg.Shards.Count, Wake: h.wake, Admit: admit(tenancy.Channels), Gate: h.gate,
	})
	recorder.service = h.channel
	h.signals = newSignals(h.channel, h.logger)

	h.contact = contact.New(h.db, func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error {
		for _, envelope := range envelopes {
			if err := outbox.Write(ctx, tx, channel.Shard(envelope.TenantID, "", h.cfg.Shards.Count), envelope); err != nil {
				return err
			}
		}
		return nil
	})
	h.consent = consent.New(h.db, h.contact, h.tellShop)
	h.conversation = conversation.New(h.cfg.Conversation, conversation.Deps{
		DB: h.db, Contacts: h.contact, Deliverer: h.channel, Directory: h.channel.Directory(), Tell: outbox.Write,
		Logger: h.logger, Locale: h.locales.of, Signal: h.signals.show, Media: mediaQueue{h.media},
		Attendants: h.attendant, Serves: h.serves, Consents: consents{h.consent}, Aside: aside{h.gate, h.moves.Pieces()},
	})
	h.contact.Bind(h.conversation)
	h.channel.Bind(h.conversation)
	h.media.Bind(h.channel, h.conversation)
	h.bots = botrun.New(h.db, h.cfg.Bots, botrun.Deps{
		Assign: h.channel.Assign, Admit: admit(tenancy.Bots), Sealer: h.secrets, Answers: botrun.Answers{"shop": h.answerShop, "template": h.answerTemplate}, Log: h.logger,
	})
	h.conversation.BindTurns(h.bots)
	if err := h.joinTemplates(recorder); err != nil {
		return err
	}
	zone, err := time.LoadLocation(h.cfg.Bots.Timezone)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the time zone of the bots is unknown")
	}
	h.builder = builder.New(builder.Deps{DB: h.db, Bots: h.bots, Accounts: h.answering, Emit: outbox.Write, Goods: h.stand, Templates: h.sendable, Clock: h.clock, Zone: zone})
	h.inbox = inbox.New(h.cfg.Inbox, h.db, h.blobs, h.media.Looker())
	h.products = product.New(h.db, h.tellShop, h.blobs)
	if err := h.joinListing(recorder); err != nil {
		return err
	}
	if err := h.joinPayments(); err != nil {
		return err
	}
	h.orders = order.New(h.cfg.Orders, order.Deps{
		DB: h.db, Stock: h.products, Payments: h.payments, Contacts: h.contact, Tell: h.tellShop, Logger: h.logger,
	})
	h.payments.Bind(h.orders)
	if err := h.joinPeople(); err != nil {
		return err
	}
	h.joinHealth()
	h.joinSale()
	h.joinTenancy()
	if err := h.joinSubscriptions(); err != nil {
		return err
	}
	if err := h.joinSignup(); err != nil {
		return err
	}
	if err := h.joinMeters(); err != nil {
		return err
	}
	return h.media.Register(h.jobs)
}

// joinPayments makes the vendors of payments that this installation knows.
func (h *house) joinPayments() error {
	h.accounts = payment.NewAccounts(h.cfg.Payments, h.db, h.secrets, h.logger)
	client, err := httpclient.Provider(h.cfg.MercadoPago.Limits(), h.cfg.MercadoPago.Bases()...)
	if err != nil {
		return err
	}
	vendor, err := mercadopago.New(h.cfg.MercadoPago, client, h.accounts)
	if err != nil {
		return err
	}
	h.payments = payment.New(h.cfg.Payments, h.db, h.logger, vendor)
	h.accounts.Bind(h.payments, vendor)
	return nil
}

// tellShop puts the events of one company's shop into its shard of the outbox;
// those of one call share a row.
func (h *house) tellShop(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error {
	if len(envelopes) == 0 {
		return nil
	}
	return outbox.Write(ctx, tx, channel.Shard(envelopes[0].TenantID, "", h.cfg.Shards.Count), envelopes...)
}

// adapters makes the platforms that this installation speaks. A new channel is
// one line here.
func (h *house) adapters(recorder channel.Recorder) ([]channel.Adapter, error) {
	whatsappHTTP, err := httpclient.Provider(h.cfg.WhatsApp.Limits(), h.cfg.WhatsApp.Bases()...)
	if err != nil {
		return nil, err
	}
	telegramHTTP, err := httpclient.Provider(h.cfg.Telegram.Limits(), h.cfg.Telegram.Bases()...)
	if err != nil {
		return nil, err
	}
	messengerHTTP, err := httpclient.Provider(h.cfg.Messenger.Limits(), h.cfg.Messenger.Bases()...)
	if err != nil {
		return nil, err
	}
	instagramHTTP, err := httpclient.Provider(h.cfg.Instagram.Limits(), h.cfg.Instagram.Bases()...)
	if err != nil {
		return nil, err
	}
	blobs := outgoing{h.blobs}
	return []channel.Adapter{
		whatsapp.New(h.cfg.WhatsApp, whatsapp.Deps{HTTP: whatsappHTTP, Recorder: recorder, Clock: h.clock, Logger: h.logger, Blobs: blobs}),
		telegram.New(h.cfg.Telegram, telegram.Deps{HTTP: telegramHTTP, Recorder: recorder, Clock: h.clock, Logger: h.logger, Blobs: blobs}),
		messenger.New(h.cfg.Messenger, messenger.Deps{HTTP: messengerHTTP, Recorder: recorder, Clock: h.clock, Logger: h.logger, Blobs: blobs}),
		instagram.New(h.cfg.Instagram, instagram.Deps{HTTP: instagramHTTP, Recorder: recorder, Clock: h.clock, Logger: h.logger, Blobs: blobs}),
	}, nil
}

// wake tells the owner of a shard that its tables have news.
func (h *house) wake(shard int) {
	if h.streams != nil {
		h.streams.Wake(shard)
	}
}

// checkSchema refuses a database whose schema this binary can't run on: one that
// lacks a migration, and one whose floor is above it. A newer schema is said and
// left alone: it is what an earlier release finds that is gone back to. On SQLite
// with every target in one process it is brought up first: there is nobody else
// to do it.
func (h *house) checkSchema(ctx context.Context, target string) error {
	standing, err := h.schema(ctx, target)
	if err != nil {
		return err
	}
	if standing.Ahead() {
		h.logger.WarnContext(ctx, "the schema is of a newer binary, which this one may run on", "schema", standing.Schema, "known", standing.Known)
	}
	return nil
}

// schema tells how the schema stands to this binary, with the refusals of
// checkSchema.
func (h *house) schema(ctx context.Context, target string) (standing migrations.Standing, err error) {
	if h.db.Engine() == database.SQLite && target == targetAll {
		return migrate(ctx, h.cfg)
	}
	// The app role may ask, and owns nothing.
	cfg := h.cfg.Database
	cfg.OwnerURL = cfg.URL
	handle, err := database.OpenOwner(ctx, cfg)
	if err != nil {
		return standing, err
	}
	defer func() { _ = handle.Close() }()
	standing, err = migrations.Stand(ctx, cfg.Engine(), handle)
	if err == nil && standing.Lacking > 0 {
		err = fault.New(fault.Conflict, "the database lacks %d migrations of this binary: run 'prosa migrate' first", standing.Lacking)
	}
	return standing, err
}

// lateRecorder lets adapters be made before the module that keeps their
// exchanges.
type lateRecorder struct{ service *channel.Service }

// Record implements channel.Recorder.
func (r *lateRecorder) Record(e channel.Exchange) {
	if r.service != nil {
		r.service.Record(e)
	}
}

// knows reports whether the installation speaks a platform.
func (h *house) knows(ch message.Channel) bool {
	_, ok := h.channel.Adapter(ch)
	return ok
}

// answering gives the channels of a company with the bot that answers first on
// each.
func (h *house) answering(ctx context.Context, tenantID string) ([]builder.Account, error) {
	accounts, err := h.channel.List(ctx, tenantID)
	list := make([]builder.Account, len(accounts))
	for i, account := range accounts {
		list[i] = builder.Account{ID: account.ID, Channel: account.Channel, Name: account.Name, BotID: account.BotID}
	}
	return list, err
}
