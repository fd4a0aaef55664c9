package app

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/service"
	"prosa/internal/platform/telemetry"
	"prosa/internal/sandbox/asaas"
	"prosa/internal/sandbox/mercadopago"
	"prosa/internal/sandbox/messenger"
	"prosa/internal/sandbox/meta"
	"prosa/internal/sandbox/metacatalog"
	"prosa/internal/sandbox/phone"
	"prosa/internal/sandbox/sendgrid"
	"prosa/internal/sandbox/stripe"
	"prosa/internal/sandbox/telegram"
	"prosa/internal/sandbox/zoho"
)

// Where the simulators are mounted.
const (
	metaPath        = "/meta"      // graph.facebook.com
	instagramPath   = "/instagram" // graph.instagram.com
	messengerPath   = "/messenger" // files and the control API of pages and Instagram accounts
	catalogPath     = "/metacatalog"
	telegramPath    = "/telegram"
	mercadoPagoPath = "/mercadopago"
	sendGridPath    = "/sendgrid"
	stripePath      = "/stripe"
	zohoPath        = "/zoho"
	asaasPath       = "/asaas"
	phonePath       = "/sandbox/phone/api"
)

type sandboxCommand struct{}

// Run implements the command.
func (c *sandboxCommand) Run(around *surroundings) error {
	cfg, err := load(around.lookup)
	if err != nil {
		return err
	}
	logger := telemetry.NewLogger(around.err, cfg.Telemetry)
	world, err := newWorld(cfg.Sandbox, filepath.Join(cfg.Server.DataDir, "sandbox"), "http://"+cfg.Sandbox.Listen, logger)
	if err != nil {
		return err
	}
	r := &running{house: &house{cfg: cfg, logger: logger}, target: "sandbox"}
	server := r.serve(cfg.Sandbox.Listen, world)
	server.Name = "web server"
	return service.NewGroup(logger, append(world.services(), server)...).Run(around.ctx)
}

// world is everything outside of us, simulated: the platforms and the
// customers' telephones.
type world struct {
	meta        *meta.Server
	messenger   *messenger.Server
	catalog     *metacatalog.Server
	telegram    *telegram.Server
	mercadoPago *mercadopago.Server
	sendGrid    *sendgrid.Server
	stripe      *stripe.Server
	zoho        *zoho.Server
	asaas       *asaas.Server
	mux         *http.ServeMux
}

// newWorld makes the simulators with their state in dir. base is where they
// are reached.
func newWorld(cfg SandboxConfig, dir, base string, logger *slog.Logger) (*world, error) {
	gaps := cfg.WebhookGaps
	apps := &neighbours{}
	catalogServer, err := metacatalog.New(metacatalog.Config{
		Dir: filepath.Join(dir, "metacatalog"), PublicURL: base + metaPath, Logger: logger, Unlimited: cfg.Unlimited, WebhookGaps: gaps,
		Directory: apps,
		Delays:    metacatalog.Delays{Start: cfg.StatusDelay, Finish: 4 * cfg.StatusDelay, Review: 20 * cfg.StatusDelay, Image: 5 * cfg.StatusDelay},
	})
	if err != nil {
		return nil, err
	}
	metaServer, err := meta.New(meta.Config{
		Dir: filepath.Join(dir, "meta"), PublicURL: base + metaPath, Logger: logger, Unlimited: cfg.Unlimited, WebhookGaps: gaps,
		// Read comes when the telephone shows the chat.
		StatusDelays: meta.StatusDelays{Sent: cfg.StatusDelay, Delivered: cfg.StatusDelay, Read: -1},
	})
	if err != nil {
		return nil, err
	}
	apps.meta = metaServer
	metaServer.Join(window{catalogServer})
	messengerServer, err := messenger.New(messenger.Config{
		Dir: filepath.Join(dir, "messenger"), PublicURL: base + messengerPath, Logger: logger, Unlimited: cfg.Unlimited, WebhookGaps: gaps,
		DeliveryDelay: cfg.StatusDelay,
	})
	if err != nil {
		return nil, err
	}
	telegramServer, err := telegram.New(telegram.Config{
		Dir: filepath.Join(dir, "telegram"), PublicURL: base + telegramPath, Logger: logger, Unlimited: cfg.Unlimited, WebhookGaps: gaps,
	})
	if err != nil {
		return nil, err
	}
	payServer, err := mercadopago.New(mercadopago.Config{
		Dir: filepath.Join(dir, "mercadopago"), PublicURL: base + mercadoPagoPath, Logger: logger, WebhookGaps: gaps,
	})
	if err != nil {
		return nil, err
	}
	mailServer, err := sendgrid.New(sendgrid.Config{Dir: filepath.Join(dir, "sendgrid"), Logger: logger, EventDelay: cfg.StatusDelay, WebhookGaps: gaps})
	if err != nil {
		return nil, err
	}
	planServer, err := stripe.New(stripe.Config{Dir: filepath.Join(dir, "stripe"), PublicURL: base + stripePath, Logger: logger, WebhookGaps: gaps})
	if err != nil {
		return nil, err
	}
	asaasServer, err := asaas.New(asaas.Config{Dir: filepath.Join(dir, "asaas"), PublicURL: base + asaasPath, Logger: logger, WebhookGaps: gaps})
	if err != nil {
		return nil, err
	}
	crmServer, err := zoho.New(zoho.Config{Dir: filepath.Join(dir, "zoho"), PublicURL: base + zohoPath, Logger: logger})
	if err != nil {
		return nil, err
	}
	w := &world{
		meta: metaServer, messenger: messengerServer, catalog: catalogServer, telegram: telegramServer, mercadoPago: payServer, sendGrid: mailServer, stripe: planServer, zoho: crmServer, asaas: asaasServer,
		mux: http.NewServeMux(),
	}
	w.mux.Handle(stripePath+"/", http.StripPrefix(stripePath, planServer))
	w.mux.Handle(zohoPath+"/", http.StripPrefix(zohoPath, crmServer))
	w.mux.Handle(asaasPath+"/", http.StripPrefix(asaasPath, asaasServer))
	w.mux.Handle(sendGridPath+"/", http.StripPrefix(sendGridPath, mailServer))
	w.mux.Handle(mercadoPagoPath+"/", http.StripPrefix(mercadoPagoPath, payServer))
	w.mux.Handle(metaPath+"/", http.StripPrefix(metaPath, w.graph()))
	w.mux.Handle(instagramPath+"/", http.StripPrefix(instagramPath, messengerServer.Instagram()))
	w.mux.Handle(messengerPath+"/", http.StripPrefix(messengerPath, messengerServer))
	w.mux.Handle(catalogPath+"/", http.StripPrefix(catalogPath, catalogServer))
	w.mux.Handle(telegramPath+"/", http.StripPrefix(telegramPath, telegramServer))
	w.mux.Handle(phonePath+"/", http.StripPrefix(phonePath, phone.New(phone.Config{Meta: metaServer, Telegram: telegramServer, Pages: messengerServer, Catalog: catalogServer, Bank: payServer, Logger: logger})))
	return w, nil
}

// ServeHTTP implements http.Handler.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) { w.mux.ServeHTTP(rw, r) }

// graph is Meta's one host: each call goes to the simulator that it is about.
func (w *world) graph() http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.catalog.Owns(r) {
			w.catalog.ServeHTTP(rw, r)
			return
		}
		if w.messenger.Owns(r) {
			w.messenger.ServeHTTP(rw, r)
			return
		}
		w.meta.ServeHTTP(rw, r)
	})
}

func (w *world) services() []service.Service {
	return []service.Service{
		{Name: "simulated Meta", Run: w.meta.Run, Stop: func(context.Context) error { return w.meta.Close() }},
		{Name: "simulated Messenger and Instagram", Run: w.messenger.Run, Stop: func(context.Context) error { return w.messenger.Close() }},
		{Name: "simulated catalogs of Meta", Run: w.catalog.Run, Stop: func(context.Context) error { return w.catalog.Close() }},
		{Name: "simulated Mercado Pago", Run: w.mercadoPago.Run, Stop: func(context.Context) error { return w.mercadoPago.Close() }},
		{Name: "simulated Stripe", Run: w.stripe.Run, Stop: func(context.Context) error { return w.stripe.Close() }},
		{Name: "simulated Asaas", Run: w.asaas.Run, Stop: func(context.Context) error { return w.asaas.Close() }},
		{Name: "simulated Zoho", Run: w.zoho.Run, Stop: func(context.Context) error { return w.zoho.Close() }},
		{Name: "simulated SendGrid", Run: w.sendGrid.Run, Stop: func(context.Context) error { return w.sendGrid.Close() }},
		{Name: "simulated Telegram", Run: w.telegram.Run, Stop: func(context.Context) error { return w.telegram.Close() }},
	}
}

// showPhones passes /sandbox on to a simulator process, so that the pages find
// the telephones under their own origin.
func (r *running) showPhones() error {
	target, err := url.Parse(r.cfg.Sandbox.URL)
	if err != nil || target.Host == "" {
		return fault.OnField("PROSA_SANDBOX_URL", "must be http(s)://host")
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(request *httputil.ProxyRequest) { request.SetURL(target) },
		FlushInterval: -1, // live updates
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, `{"error":{"code":"unavailable","message":"the simulators are away"}}`, http.StatusBadGateway)
		},
		Transport: &http.Transport{ResponseHeaderTimeout: 30 * time.Second, MaxIdleConnsPerHost: 16},
	}
	r.mux.Handle("/sandbox/", proxy)
	return nil
}
