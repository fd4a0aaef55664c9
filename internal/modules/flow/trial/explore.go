package trial

import (
	"context"
	"math/rand/v2"
	"strconv"

	"prosa/internal/message"
	"prosa/internal/modules/flow"
)

// Options of Explore. The zero value is sensible.
type Options struct {
	Seed     uint64
	Runs     int               // conversations; 200 when 0, at most MaxRuns
	Turns    int               // of one conversation; 15 when 0, 40 for a flow that sells; at most 60
	Channels []message.Channel // all four when empty
}

// Limits of Explore.
const (
	MaxRuns     = 10_000
	maxTurns    = 60
	maxFindings = 10
	longest     = 4 * maxTurns // steps of one conversation, the shop's answers included
)

// Report is what generated customers found. It holds as many runs as were made
// before the context ended.
type Report struct {
	Runs     int       `json:"runs"`
	Turns    int       `json:"turns"`
	Seed     uint64    `json:"seed"`
	Failures []Finding `json:"failures"`
	Coverage Coverage  `json:"coverage"`
}

// Finding is a rule that a conversation broke, in a short conversation that
// breaks it.
type Finding struct {
	Invariant string `json:"invariant"`
	Detail    string `json:"detail,omitempty"` // for whoever mends it
	Node      string `json:"node,omitempty"`   // where it happened
	Run       int    `json:"run"`              // of the seed, from 0
	Test      Test   `json:"test"`             // the same as a test, to be kept beside the flow
	Lines     []Line `json:"lines"`            // the same as a transcript
}

// Explore plays made-up customers against a flow: some sensible, some senseless
// and some hostile. Each conversation is held against the rules of invariant.go;
// what breaks one is shrunk and reported once for each rule and node. The same
// flow, seed and options give the same report, unless ctx ends it early.
func Explore(ctx context.Context, subject *Subject, options Options) Report {
	if options.Runs <= 0 {
		options.Runs = 200
	}
	if options.Turns <= 0 {
		if options.Turns = 15; subject.sells() {
			options.Turns = 40 // a purchase is a long talk
		}
	}
	if len(options.Channels) == 0 {
		options.Channels = []message.Channel{message.WhatsApp, message.Telegram, message.Messenger, message.Instagram}
	}
	report := Report{Seed: options.Seed, Failures: []Finding{}}
	report.Coverage.Add(Coverage{})
	seen := map[string]bool{}
	for run := range min(options.Runs, MaxRuns) {
		if ctx.Err() != nil || len(report.Failures) == maxFindings {
			break
		}
		rng := rand.New(rand.NewPCG(options.Seed, uint64(run)))
		test, s := converse(subject, rng, options.Channels[rng.IntN(len(options.Channels))], min(options.Turns, maxTurns))
		report.Runs++
		report.Turns += len(test.Steps)
		report.Coverage.Add(s.stage.coverage)
		broken := s.broken
		if broken == nil || seen[broken.key()] {
			continue
		}
		seen[broken.key()] = true
		test.Name = "achado-" + strconv.FormatUint(options.Seed, 10) + "-" + strconv.Itoa(run)
		test = shrink(ctx, subject, test, broken)
		last := replay(subject, &test)
		finding := Finding{Invariant: broken.rule, Detail: broken.detail, Node: broken.node, Run: run, Test: test, Lines: last.stage.lines}
		if last.broken != nil {
			finding.Detail = last.broken.detail
		}
		finding.Test.Steps = append(finding.Test.Steps, broken.demand()...)
		report.Failures = append(report.Failures, finding)
	}
	return report
}

// seat is a conversation that is held against the rules as it goes.
type seat struct {
	stage  *stage
	broken *broken
}

func sit(subject *Subject, test *Test) *seat {
	s := &seat{}
	stage, err := begin(subject, test)
	if err != nil {
		stage, _ = begin(subject, &Test{Channel: test.Channel}) // a generated test begins at the default time
	}
	s.stage = stage
	stage.watch = func(t *turn) {
		if s.broken == nil {
			s.broken = judge(s.stage, t)
		}
	}
	return s
}

// converse makes up a conversation and plays it as it is made up.
func converse(subject *Subject, rng *rand.Rand, channel message.Channel, turns int) (Test, *seat) {
	person := meet(rng)
	if subject.sells() {
		person = shopper(rng)
	}
	test := Test{Channel: channel, Contact: person.contact(), Now: person.now()}
	s := sit(subject, &test)
	for left := 1 + rng.IntN(turns); left > 0 && len(test.Steps) < longest; left-- {
		if !s.stage.busy() && s.stage.state.Status != flow.Ended {
			break // a person took over
		}
		s.stage.step = len(test.Steps)
		step := person.next(s.stage)
		if step.Answer != nil && s.stage.ask != nil && ofShop(s.stage.ask) {
			left++ // the shop answers in the customer's own turn
		}
		test.Steps = append(test.Steps, step)
		s.stage.do(&step)
		if s.broken != nil {
			break
		}
	}
	return test, s
}

// replay plays a test's steps again, as far as they are possible.
func replay(subject *Subject, test *Test) *seat {
	s := sit(subject, test)
	for i := range test.Steps {
		s.stage.step = i
		s.stage.do(&test.Steps[i])
		if s.broken != nil {
			break
		}
	}
	return s
}
