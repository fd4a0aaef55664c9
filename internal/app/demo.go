package app

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"prosa/internal/adapters/maildrop"
	"prosa/internal/app/sample"
	"prosa/internal/base/fault"
	"prosa/internal/platform/config"
	"prosa/internal/platform/telemetry"
)

type demoCommand struct {
	Data string `default:"data/demo" help:"Folder that keeps the demo's state."`
	Port int    `default:"8080" help:"Port of the pages; the next free one is taken when it is in use."`
	Open bool   `help:"Also serve to other machines of the network, without a password. Only on a network you trust."`
}

// Run implements the command: everything on this machine, in one process.
func (c *demoCommand) Run(around *surroundings) error {
	steps := &progress{out: around, start: time.Now()}
	host := "127.0.0.1"
	if c.Open {
		host = ""
	}
	port, err := freePort(host, c.Port)
	if err != nil {
		return err
	}
	if port != c.Port {
		steps.say("port %d is in use; taking %d", c.Port, port)
	}
	cfg, err := load(c.settings(around.lookup, host, port))
	if err != nil {
		return err
	}
	logger := telemetry.NewLogger(around.err, cfg.Telemetry)
	h, err := open(around.ctx, cfg, targetAll, logger)
	if err != nil {
		return err
	}
	defer func() { _ = h.close() }()
	if err := h.checkSchema(around.ctx, targetAll); err != nil {
		return err
	}
	steps.done("database ready")
	world, err := newWorld(cfg.Sandbox, filepath.Join(c.Data, "sandbox"), cfg.Server.gatewayURL(), logger)
	if err != nil {
		return err
	}
	phones := &sandboxClient{base: cfg.Server.PublicURL, http: &http.Client{Transport: inside{world}}}
	h.signup.BindRehearsal(&rehearsal{house: h, sandbox: phones})
	made, err := h.seed(around.ctx, seedPlan{history: true, sandbox: phones})
	if err != nil {
		return err
	}
	if made != nil {
		steps.done("sample company made: %s, with three weeks of conversations", sample.Aurora().Name)
	}
	if err := h.hireReader(around.ctx); err != nil {
		return err
	}
	group, r, err := h.group(targetAll, append(world.services(), h.sampleCosts(c.Data))...)
	if err != nil {
		return err
	}
	guarded := http.NewCrossOriginProtection().Handler(world)
	for _, path := range []string{metaPath + "/", instagramPath + "/", messengerPath + "/", catalogPath + "/", telegramPath + "/", mercadoPagoPath + "/", stripePath + "/", asaasPath + "/", zohoPath + "/", "/sandbox/"} {
		r.mux.Handle(path, guarded)
	}
	r.mux.Handle(mailPath+"/", http.StripPrefix(mailPath, maildrop.New(cfg.MailDrop, h.clock).Page()))
	if !c.Open {
		r.hosts = []string{"localhost", "127.0.0.1", "::1", hostOf(cfg.Server.OperatorURL)}
	}
	if err := group.Start(around.ctx); err != nil {
		return err
	}
	steps.done("everything runs")
	if err := h.openSales(around.ctx, phones); err != nil {
		return errors.Join(err, group.Stop())
	}
	if made != nil {
		if err := h.hangCatalog(around.ctx, made.tenantID, made.people["admin"].Actor()); err != nil {
			return errors.Join(err, group.Stop())
		}
		if err := h.play(around.ctx, phones, *made); err != nil {
			return errors.Join(err, group.Stop())
		}
		steps.done("customers are writing")
	}
	steps.welcome(cfg.Server.PublicURL, cfg.Server.operatorURL())
	return group.Run(around.ctx)
}

// settings are the environment's, with what a demo is laid on top.
func (c *demoCommand) settings(environment config.Lookup, host string, port int) config.Lookup {
	public := "http://localhost:" + strconv.Itoa(port)
	sandbox := "http://127.0.0.1:" + strconv.Itoa(port)
	fixed := map[string]string{
		"PROSA_ENVIRONMENT": "dev", "PROSA_DEMO": "true", "PROSA_DATA_DIR": c.Data, "PROSA_PUBLIC_URL": public,
		"PROSA_LISTEN": net.JoinHostPort(host, strconv.Itoa(port)), "PROSA_OPERATIONS_LISTEN": "off", "PROSA_GATEWAY_URL": sandbox,
		"PROSA_OPERATOR_URL": "http://operator.localhost:" + strconv.Itoa(port), "PROSA_SITE_URL": "", "PROSA_API_URL": "", "PROSA_OLD_HOSTS": "",
		"PROSA_WHATSAPP_BASE_URL": sandbox + metaPath, "PROSA_TELEGRAM_BASE_URL": sandbox + telegramPath, "PROSA_MERCADOPAGO_BASE_URL": sandbox + mercadoPagoPath,
		"PROSA_MESSENGER_BASE_URL": sandbox + metaPath, "PROSA_INSTAGRAM_BASE_URL": sandbox + metaPath, "PROSA_INSTAGRAM_LOGIN_BASE_URL": sandbox + instagramPath,
		"PROSA_METACATALOG_BASE_URL": sandbox + metaPath,
		"PROSA_STRIPE_BASE_URL":      sandbox + stripePath, "PROSA_STRIPE_KEY": demoStripeKey, "PROSA_STRIPE_WEBHOOK_SECRETS": demoStripeSecret,
		"PROSA_ASAAS_BASE_URL": sandbox + asaasPath, "PROSA_ASAAS_KEY": demoAsaasKey, "PROSA_ASAAS_WEBHOOK_TOKEN": demoAsaasToken,
		"PROSA_ZOHO_ACCOUNTS_URL": sandbox + zohoPath,
		"PROSA_FINOPS_SOURCES":    "aws=" + filepath.Join(c.Data, billFolder),
		"PROSA_FINOPS_METERS_URL": filepath.Join(c.Data, meterFolder),
		"PROSA_MAIL_SENDER":       "folder", "PROSA_MAIL_DIR": filepath.Join(c.Data, "mail"),
		"PROSA_DATABASE_URL": "", "PROSA_STREAM_URL": "", "PROSA_SANDBOX_URL": "",
	}
	// Who looks at a demo does not wait for the catalog.
	usual := map[string]string{"PROSA_LOG_LEVEL": "WARN", "PROSA_PLAN_PAYMENT": "stripe", "PROSA_LISTING_FLUSH_EVERY": "1s",
		"PROSA_ENVIRONMENT_LEASES_URL": filepath.Join(c.Data, "leases"), "PROSA_ENVIRONMENT_SCHEDULE": "mon-fri 08:00-20:00 America/Sao_Paulo", "PROSA_ENVIRONMENT_POWER": "units"}
	return func(name string) (string, bool) {
		if value, ok := fixed[name]; ok {
			return value, true
		}
		if value, ok := environment(name); ok {
			return value, true
		}
		value, ok := usual[name]
		return value, ok
	}
}

// freePort gives the first port from wish on that nobody listens on.
func freePort(host string, wish int) (int, error) {
	const tries = 100
	for port := wish; port < wish+tries; port++ {
		listener, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port))) //nolint:noctx // it opens at once or fails
		if err == nil {
			return port, listener.Close()
		}
	}
	return 0, fault.New(fault.Unavailable, "no port from %d to %d is free: give another one with --port", wish, wish+tries-1)
}

// progress tells what was done and how long it took.
type progress struct {
	out   *surroundings
	start time.Time
}

func (p *progress) say(format string, args ...any) {
	fmt.Fprintf(p.out.out, "  %s\n", fmt.Sprintf(format, args...))
}

func (p *progress) done(format string, args ...any) {
	fmt.Fprintf(p.out.out, "✓ %s (%.1f s)\n", fmt.Sprintf(format, args...), time.Since(p.start).Seconds())
}

func (p *progress) welcome(url, operator string) {
	fmt.Fprintf(p.out.out, `
Prosa is running.

  Demo, a phone beside the inbox   %[1]s/demo
  Inbox                            %[1]s/
  Prices and purchase              %[1]s/planos
  Operators' console               %[2]s/
  Mails that would have been sent  %[1]s`+mailPath+`/
  Stop with Ctrl+C; what happened is kept. 'make demo-reset' forgets it.

`, url, operator)
}

// inside is an HTTP transport that calls a handler of this process.
type inside struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (i inside) RoundTrip(request *http.Request) (*http.Response, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	answer := &insideAnswer{header: http.Header{}, body: writer, ready: make(chan struct{})}
	go func() {
		defer func() { _ = writer.Close() }()
		i.handler.ServeHTTP(answer, request)
		answer.WriteHeader(http.StatusOK)
	}()
	<-answer.ready
	return &http.Response{StatusCode: answer.status, Status: http.StatusText(answer.status), Header: answer.header, Body: reader, Request: request,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1}, nil
}

type insideAnswer struct {
	header http.Header
	body   *os.File
	status int
	ready  chan struct{}
}

// Header implements http.ResponseWriter.
func (a *insideAnswer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *insideAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
		close(a.ready)
	}
}

// Write implements http.ResponseWriter.
func (a *insideAnswer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}
