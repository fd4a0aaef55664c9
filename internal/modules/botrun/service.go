package botrun

import (
	"log/slog"
	"net/http"
	"time"

	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
	"prosa/internal/platform/httpclient"
)

// Service holds the use cases on bots, and runs them (see Turns).
type Service struct {
	db       *database.DB
	config   Config
	zone     *time.Location
	assign   Assign
	sealer   Sealer
	answers  Answers
	allow    Admit
	log      *slog.Logger
	compiled *versionCache
	step     stepFunc

	// asked wakes the caller of this process after a turn that asked.
	asked chan struct{}
	// fired does the same for the answers of topics.
	fired    chan struct{}
	guarded  func(httpclient.Policy) *http.Client
	breakers *breakers
}

// stepFunc is flow.Step; tests put one that panics in its place.
type stepFunc func(*flow.Compiled, flow.State, flow.Input, flow.Env) (flow.State, []flow.Effect, error)

// Deps is what a Service is made of.
type Deps struct {
	Assign Assign
	// Sealer keeps the companies' secrets.
	Sealer Sealer
	// Admit may be nil: a company may have any number of bots.
	Admit Admit
	// Answers may be nil: only web calls are then answered.
	Answers Answers
	Log     *slog.Logger
}

// New makes the service.
func New(db *database.DB, config Config, deps Deps) *Service {
	return &Service{
		db: db, config: config, zone: config.location(), assign: deps.Assign, sealer: deps.Sealer, answers: deps.Answers, allow: deps.Admit, log: deps.Log,
		compiled: newVersionCache(config.Versions), step: flow.Step,
		asked: make(chan struct{}, 1), fired: make(chan struct{}, 1), guarded: httpclient.Guarded, breakers: newBreakers(),
	}
}
