package app

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"prosa/internal/adapters/mercadopago"
	"prosa/internal/adapters/sendgrid"
	"prosa/internal/base/fault"
	"prosa/internal/edge/httpapi"
	"prosa/internal/edge/realtime"
	"prosa/internal/edge/webhook"
	"prosa/internal/modules/move"
	"prosa/internal/platform/job"
	"prosa/internal/platform/outbox"
	"prosa/internal/platform/service"
	"prosa/internal/platform/shard"
	"prosa/web"
)

// Targets of `prosa serve`.
const (
	targetAll     = "all"
	targetGateway = "gateway"
	targetAPI     = "api"
	targetWorker  = "worker"
)

// targets are the parts of a process, as ordered lists: what a service needs
// stands before it.
func targets() map[string][]string {
	return map[string][]string{
		targetGateway: {"stream", "directory", "tracer", "meters", "gateway", "web server"},
		targetAPI:     {"stream", "directory", "standings", "holds", "tracer", "signals", "event wake-ups", "meters", "realtime", "api", "web server"},
		targetWorker:  {"stream", "directory", "standings", "holds", "tracer", "signals", "wake-ups", "meters", "jobs", "bot timers", "bot calls", "bot waits", "bot counts", "bot pruner", "sign-in sweeper", "password resets", "mails", "unpaid orders", "payments", "payment notices", "catalog follower", "catalogs", "payment reminders", "journeys", "plan payments", "signups", "erasures", "unnamed files", "bills", "channel health", "stream depths", "moves", "shards"},
		targetAll: {"stream", "directory", "standings", "holds", "tracer", "signals", "wake-ups", "meters", "jobs", "bot timers", "bot calls", "bot waits", "bot counts", "bot pruner", "sign-in sweeper", "password resets", "mails", "unpaid orders", "payments", "payment notices", "catalog follower", "catalogs", "payment reminders", "journeys", "plan payments", "signups", "erasures", "unnamed files", "bills", "channel health", "stream depths", "moves", "shards",
			"realtime", "gateway", "api", "web server"},
	}
}

// running is a target being put together.
type running struct {
	*house
	target  string
	mux     *http.ServeMux
	gateway *webhook.Handler
	hub     *realtime.Hub
	ready   []func() error
	// hosts are the only names under which the process answers; nil answers any.
	// A demo has no passwords, so a page whose name was bound to this machine
	// must not be taken for one of ours.
	hosts []string
}

// group gives the services of a target in the order of their start, behind
// those that must stand before it.
func (h *house) group(target string, before ...service.Service) (*service.Group, *running, error) {
	names, ok := targets()[target]
	if !ok {
		return nil, nil, fault.OnField("target", "must be all, gateway, api or worker")
	}
	r := &running{house: h, target: target, mux: http.NewServeMux()}
	services := append(before, r.operations(), r.profiles())
	for _, name := range names {
		s, err := r.service(name)
		if err != nil {
			return nil, nil, err
		}
		s.Name = name
		services = append(services, s)
	}
	return service.NewGroup(h.logger, services...), r, nil
}

// service makes one of the named services.
func (r *running) service(name string) (service.Service, error) {
	switch name {
	case "stream":
		r.ready = append(r.ready, func() error {
			if r.streams == nil {
				return fault.New(fault.Unavailable, "the stream is not open yet")
			}
			return r.streams.Ready()
		})
		return service.Service{Start: r.dial}, nil
	case "directory":
		directory := r.channel.Directory()
		return service.Service{Start: directory.Refresh, Run: directory.Run}, nil
	case "standings":
		return r.tenancy.Standings(r.logger), nil
	case "holds":
		return service.Service{Start: r.gate.Look, Run: func(ctx context.Context) error { return r.gate.Run(ctx, r.logger) }}, nil
	case "moves":
		return r.watchMoves(), nil
	case "tracer":
		return service.Service{Run: r.channel.Tracer().Run}, nil
	case "signals":
		return service.Service{Run: r.signals.run}, nil
	case "wake-ups":
		return service.Service{Run: r.wakeUps}, nil
	case "event wake-ups":
		return service.Service{Run: r.forward}, nil
	case "jobs":
		return r.runJobs()
	case "bot timers":
		return r.bots.Sweeper(r.nudgeBot), nil
	case "bot calls":
		return r.callForBots(), nil
	case "bot waits":
		return r.bots.Waits(r.nudgeBot), nil
	case "bot counts":
		return r.bots.Counter(), nil
	case "bot pruner":
		return r.bots.Pruner(), nil
	case "sign-in sweeper":
		return r.identity.Sweeper(r.logger), nil
	case "password resets":
		return r.identity.Resets(r.logger), nil
	case "mails":
		return r.mail.Sweeper(), nil
	case "unpaid orders":
		return r.orders.Sweeper(), nil
	case "payments":
		return r.payments.Sweeper(), nil
	case "payment notices":
		return r.accounts.Sweeper(), nil
	case "payment reminders":
		return r.sale.Reminder(), nil
	case "journeys":
		return r.sagas.Sweeper(), nil
	case "plan payments":
		return r.subscriptions.Sweeper(), nil
	case "signups":
		return r.signup.Sweeper(), nil
	case "erasures":
		return r.archive.Eraser(r.tenancy.Doomed, r.logger), nil
	case "unnamed files":
		return r.archive.Sweeper(r.clock, r.companies, r.logger), nil
	case "bills":
		bills := r.costs.Sweeper()
		bills.Start = r.mapAccounts
		return bills, nil
	case "meters":
		return r.tally.Service(), nil
	case "channel health":
		return r.health.Sweeper(), nil
	case "stream depths":
		return r.measureStreams(), nil
	case "catalog follower":
		return r.followForCatalogs(), nil
	case "catalogs":
		return r.listing.Sweeper(), nil
	case "shards":
		return r.keepShards(), nil
	case "realtime":
		return r.live(), nil
	case "gateway":
		return r.receive(), nil
	case "api":
		return r.serveAPI(), nil
	case "web server":
		return r.front(), nil
	default:
		return service.Service{}, fault.New(fault.Internal, "no service is called %s", name)
	}
}

// wakeUps passes nudges from other processes on.
func (r *running) wakeUps(ctx context.Context) error {
	defer r.streams.OnWake(r.channel.Woken)()
	<-ctx.Done()
	return nil
}

// forward tells the relays of other processes of the events that this one
// commits.
func (r *running) forward(ctx context.Context) error {
	defer outbox.Forward(r.db, r.streams)()
	<-ctx.Done()
	return nil
}

func (r *running) runJobs() (service.Service, error) {
	runner, err := job.NewRunner(r.db, r.jobs, r.cfg.Jobs, r.logger)
	if err != nil {
		return service.Service{}, err
	}
	return service.Service{Start: runner.Start, Stop: runner.Stop}, nil
}

// keepShards runs the four jobs of a shard's owner. They are made when the
// service starts, since they need the stream.
func (r *running) keepShards() service.Service {
	var keeper *shard.Keeper
	r.ready = append(r.ready, func() error {
		if keeper == nil {
			return fault.New(fault.Unavailable, "the shards are not kept yet")
		}
		return keeper.Ready()
	})
	return service.Service{
		Start: func(ctx context.Context) error {
			if r.alone() {
				// Nobody else can hold a lease on this data: what an earlier life left is ours.
				if err := shard.Reclaim(ctx, r.db); err != nil {
					return err
				}
			}
			keeper = shard.NewKeeper(r.db, r.process, r.cfg.Shards, r.logger,
				r.conversation.Worker(r.streams), r.channel.Sender(), outbox.NewRelay(r.db, r.streams, r.logger), r.conversation.Sweeper(), r.sale.Follower(r.streams), r.tenancy.Follower(r.streams, r.logger), r.moves.Forwarder(r.gate))
			return nil
		},
		Run:         func(ctx context.Context) error { return keeper.Run(ctx) },
		StopTimeout: r.cfg.Server.Grace,
	}
}

// alone reports whether this process is the only one on its data: the embedded
// stream's folder is locked by one process.
func (h *house) alone() bool { return h.cfg.Stream.URL == "" && h.cfg.Database.URL.IsZero() }

func (r *running) live() service.Service {
	return service.Service{
		Start: func(context.Context) error {
			r.hub = realtime.New(r.cfg.Realtime, r.streams, func(ctx context.Context) (string, error) { return outbox.Epoch(ctx, r.db) }, r.logger)
			return nil
		},
		Run: func(ctx context.Context) error { return r.hub.Run(ctx) },
	}
}

func (r *running) receive() service.Service {
	return service.Service{
		Start: func(context.Context) error {
			r.gateway = webhook.New(r.cfg.Gateway, webhook.Deps{
				Adapters: r.channel.Adapters(), Directory: r.channel.Directory(), Publisher: r.streams, Shards: r.cfg.Shards.Count,
				Clock: r.clock, Logger: r.logger, Metrics: r.metrics, Heard: r.channel.Heard,
			})
			r.mux.Handle("/webhooks/", r.gateway)
			// Payments are few: each callback is stored by a transaction of its own.
			r.mux.Handle(catalogHooks+"{hook}", webhook.NewCatalogs(catalogVendor{}, r.channel.Directory(), r.listing.Hear, r.logger))
			r.mux.Handle("POST /webhooks/moved/{move}", webhook.NewMoved(r.moves, move.HeaderTime, move.HeaderSignature, r.logger))
			r.mux.Handle("POST "+planHooks+"{vendor}", webhook.NewPlans(r.subscriptions, r.logger))
			r.mux.Handle("POST /webhooks/"+sendgrid.Name, webhook.NewMails(sendgrid.Name, r.mail, r.logger))
			r.mux.Handle("POST /webhooks/"+mercadopago.Name+"/{hook}", webhook.NewPayments(mercadopago.Name, r.accounts, r.clock, r.logger))
			return nil
		},
		Stop: func(ctx context.Context) error { return r.gateway.Close(ctx) },
	}
}

func (r *running) serveAPI() service.Service {
	return service.Service{
		Start: func(ctx context.Context) error {
			leases, err := leasesOf(r.cfg, r.logger)
			if err != nil {
				return err
			}
			handler, err := httpapi.New(httpapi.Deps{
				PublicURL: r.cfg.Server.PublicURL, OperatorURL: r.cfg.Server.OperatorURL, GatewayURL: r.cfg.Server.gatewayURL(), Demo: r.cfg.Server.Demo, Proxies: r.cfg.Server.Proxies, Version: r.version,
				SessionLife: r.cfg.Identity.Longest(), UploadMax: r.cfg.Inbox.UploadMax,
				Identity: r.identity, Mail: r.mail, CRM: r.crm, Tenancy: r.tenancy, Plans: r.plans, Billing: r.subscriptions, Selling: httpapi.Selling{Open: r.signup.Open(), Methods: r.signup.Methods()}, Signup: r.signup, Sagas: r.sagas, Audit: r.audit, Archive: r.archive, Inbox: r.inbox, Media: r.media, Conversations: r.conversation, Contacts: r.contact, Consents: r.consent,
				Channels: r.channel, Health: r.health, Bots: r.bots, Builder: r.builder, Products: r.products, Listing: r.listing, Orders: r.orders, Payments: r.payments, PaymentAccounts: r.accounts, Sales: r.sale, Templates: r.templates, Costs: r.costs, Meters: r.meters, Worked: r.tally.Request,
				Stands: r.gate.Admit, Moves: r.moves.List, Environments: leases, Letters: letters{r.streams, r.replay}, Live: r.hub, Blobs: r.blobs, Replay: r.replay,
				Clock: r.clock, Logger: r.logger,
			})
			if err != nil {
				return err
			}
			r.mux.Handle(httpapi.Prefix+"/", handler)
			if err := r.openStore(); err != nil {
				return err
			}
			// What belongs to operators stands on their own address; a collector on the
			// wrong port must not take a page for success.
			for _, path := range []string{"/metrics", "/livez", "/readyz", metaPath + "/", catalogPath + "/", telegramPath + "/"} {
				if !r.cfg.Server.Demo || path[1:] == "metrics" {
					r.mux.Handle(path, http.NotFoundHandler())
				}
			}
			r.mux.Handle("/", web.Handler(web.Options{Demo: r.cfg.Server.Demo}))
			if r.cfg.Sandbox.URL != "" {
				if err := r.showPhones(); err != nil {
					return err
				}
			}
			return r.invite(ctx)
		},
	}
}

// invite prints how to set a fresh installation up.
func (r *running) invite(ctx context.Context) error {
	if r.cfg.Server.Demo {
		return nil
	}
	token, err := r.identity.SetupToken(ctx)
	if err != nil || token.IsZero() {
		return err
	}
	r.logger.InfoContext(ctx, "this installation is new: open the address below within half an hour to make the first company; another start gives another",
		"address", r.cfg.Server.PublicURL+"/setup#"+token.Reveal())
	return nil
}

// front is the server of the pages, the API and the webhooks. Nothing is ready
// before it listens.
func (r *running) front() service.Service {
	s := r.serve(r.cfg.Server.Listen, r.cfg.Server.hosts().route(r.mux))
	var listening atomic.Bool
	r.ready = append(r.ready, func() error {
		if !listening.Load() {
			return fault.New(fault.Unavailable, "the address is not listened on yet")
		}
		return nil
	})
	start := s.Start
	s.Start = func(ctx context.Context) error {
		err := start(ctx)
		listening.Store(err == nil)
		return err
	}
	return s
}

// named refuses requests for another host than ours.
func (r *running) named(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		host := request.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if r.hosts != nil && !slices.Contains(r.hosts, strings.Trim(host, "[]")) {
			http.Error(w, "this demo answers only under localhost", http.StatusMisdirectedRequest)
			return
		}
		handler.ServeHTTP(w, request)
	})
}

// serve runs an HTTP server. Starting fails when the address is taken;
// stopping lets requests under way finish.
func (r *running) serve(address string, handler http.Handler) service.Service {
	server := &http.Server{Handler: r.named(handler), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	var listener net.Listener
	return service.Service{
		Start: func(ctx context.Context) (err error) {
			listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", address)
			if err != nil {
				return fault.Wrap(err, fault.Unavailable, "the address "+address+" can't be listened on; set another one")
			}
			r.logger.InfoContext(ctx, "listening", "address", listener.Addr().String(), "target", r.target)
			return nil
		},
		Run: func(ctx context.Context) error {
			failed := make(chan error, 1)
			go func() { failed <- server.Serve(listener) }()
			select {
			case err := <-failed:
				return err
			case <-ctx.Done():
				if r.hub != nil {
					r.hub.Close() // browsers would hold their connections
				}
				stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.cfg.Server.Grace/2)
				defer cancel()
				return server.Shutdown(stop)
			}
		},
		StopTimeout: r.cfg.Server.Grace,
	}
}
