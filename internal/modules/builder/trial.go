package builder

import (
	"context"
	"encoding/json"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/flow/trial"
)

// Limits of the time that trials may take.
const (
	testsTime   = 10 * time.Second
	exploreTime = 8 * time.Second
)

// Test is a conversation as it should go (package trial).
type Test struct {
	Name    string            `json:"name"`
	Channel string            `json:"channel,omitempty"`
	Contact TurnContact       `json:"contact,omitzero"`
	Now     string            `json:"now,omitempty" doc:"RFC 3339: when it begins."`
	Session string            `json:"session,omitempty" doc:"By which a split chooses."`
	Steps   []json.RawMessage `json:"steps" doc:"Each is one of customer, start, wait, answer, bot, expect."`
}

// Outcome is what the tests of a flow gave.
type Outcome struct {
	Passed   int            `json:"passed"`
	Failed   int            `json:"failed"`
	Results  []TestResult   `json:"results"`
	Coverage trial.Coverage `json:"coverage"`
}

// TestResult is what one test gave.
type TestResult struct {
	Name     string `json:"name"`
	Passed   bool   `json:"passed"`
	Step     int    `json:"step" doc:"The step that failed, from 0; -1 for none."`
	Expected string `json:"expected"`
	Got      string `json:"got"`
	Sentence string `json:"sentence" doc:"What went wrong, for people; empty when nothing did."`
}

// TestRun asks for tests to be run; what is absent is the draft's.
type TestRun struct {
	TenantID, BotID   string
	Definition, Tests json.RawMessage
	Lang              string
}

// RunTests runs a flow's tests. Errors: fault.NotFound; fault.Invalid on the
// test that can't be read; a *Refusal with reason not_proved for a flow that
// can't run.
func (s *Service) RunTests(ctx context.Context, in TestRun) (Outcome, error) {
	if len(in.Definition) == 0 || len(in.Tests) == 0 {
		draft, err := s.Draft(ctx, in.TenantID, in.BotID)
		if err != nil {
			return Outcome{}, err
		}
		in.Definition, in.Tests = orElse(in.Definition, string(draft.Definition)), orElse(in.Tests, string(draft.Tests))
	}
	subject, err := s.subject(ctx, in.TenantID, in.BotID, in.Definition, in.Lang, everyChannel())
	if err != nil {
		return Outcome{}, err
	}
	return s.runTests(ctx, subject, in.Tests, in.Lang)
}

// subject prepares a flow for its trial.
func (s *Service) subject(ctx context.Context, tenantID, botID string, text json.RawMessage, lang string, channels []message.Channel) (*trial.Subject, error) {
	r, err := s.read(ctx, tenantID, botID, text)
	if isUnreadable(err) {
		return nil, notProved([]Issue{unreadable(err, lang)})
	}
	if err != nil {
		return nil, err
	}
	subject, issues := trial.Prepare(r.definition, flow.Options{Key: r.options.Key, Flows: r.options.Flows, Secrets: r.options.Secrets})
	if subject == nil {
		return nil, notProved(issuesOf(issues, lang))
	}
	return subject, nil
}

// runTests runs tests within their time; those that it ran out for have failed.
func (s *Service) runTests(ctx context.Context, subject *trial.Subject, text json.RawMessage, lang string) (Outcome, error) {
	tests, err := trial.Parse(text)
	if err != nil {
		return Outcome{}, err
	}
	leave, err := s.enter(ctx)
	if err != nil {
		return Outcome{}, err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, testsTime)
	defer cancel()
	out := Outcome{Results: make([]TestResult, 0, len(tests))}
	out.Coverage.Add(trial.Coverage{})
	for i := range tests {
		result := trial.Run(ctx, subject, &tests[i])
		out.Coverage.Add(result.Coverage)
		if result.Passed {
			out.Passed++
		} else {
			out.Failed++
		}
		out.Results = append(out.Results, TestResult{
			Name: result.Name, Passed: result.Passed, Step: result.Step, Expected: result.Expected, Got: result.Got, Sentence: result.Sentence(lang),
		})
	}
	return out, nil
}

// testsFailed is the refusal of a flow whose own tests fail; its flaws are the
// tests with their sentences.
func testsFailed(out Outcome) error {
	r := &Refusal{cause: fault.Refuse("tests_failed", "%d of the flow's tests fail", out.Failed)}
	for _, result := range out.Results {
		if !result.Passed {
			r.flaws = append(r.flaws, Flaw{Field: result.Name, Message: result.Sentence})
		}
	}
	return r
}

// Recording is a simulated conversation to be made a test.
type Recording struct {
	Name       string            `json:"name" minLength:"1" maxLength:"120"`
	Definition json.RawMessage   `json:"definition,omitempty" doc:"The draft's when absent."`
	Channel    message.Channel   `json:"channel" enum:"whatsapp,telegram,messenger,instagram"`
	Contact    TurnContact       `json:"contact,omitempty"`
	Session    string            `json:"session,omitempty" maxLength:"64" pattern:"^([A-Za-z0-9_-]{10,64})?$" doc:"That of the simulation, by which a split chose."`
	NowMS      int64             `json:"now_ms" doc:"When the conversation began."`
	Steps      []json.RawMessage `json:"steps" maxItems:"500" doc:"What the customer did, steps of a test: customer, start, wait, answer. What the bot says to them is filled in."`
}

// Record plays a conversation again and writes down what the bot says. The test
// is not kept. Errors as of RunTests.
func (s *Service) Record(ctx context.Context, tenantID, botID, lang string, in Recording) (Test, error) {
	text, err := s.definitionOr(ctx, tenantID, botID, in.Definition)
	if err != nil {
		return Test{}, err
	}
	subject, err := s.subject(ctx, tenantID, botID, text, lang, []message.Channel{in.Channel})
	if err != nil {
		return Test{}, err
	}
	zone := s.zone
	if zone == nil {
		zone = time.UTC
	}
	written, err := json.Marshal([]Test{{
		Name: in.Name, Channel: string(in.Channel), Contact: in.Contact, Now: time.UnixMilli(in.NowMS).In(zone).Format(time.RFC3339),
		Session: in.Session, Steps: in.Steps,
	}})
	if err != nil {
		return Test{}, fault.OnField("steps", "are not JSON")
	}
	played, err := trial.Parse(written)
	if err != nil {
		return Test{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, testsTime)
	defer cancel()
	recorded, err := trial.Record(ctx, subject, &played[0])
	if err != nil {
		return Test{}, err
	}
	return testOf(recorded)
}

// testOf gives a test in the form of the API.
func testOf(test trial.Test) (Test, error) {
	text, err := trial.Text([]trial.Test{test})
	if err != nil {
		return Test{}, err
	}
	var list []Test
	if err := json.Unmarshal(text, &list); err != nil || len(list) != 1 {
		return Test{}, fault.New(fault.Internal, "a test can't be shown: %v", err)
	}
	return list[0], nil
}

// Exploration is what generated customers found.
type Exploration struct {
	Runs     int            `json:"runs" doc:"Conversations that were had."`
	Seed     uint64         `json:"seed"`
	Failures []Failure      `json:"failures"`
	Coverage trial.Coverage `json:"coverage"`
}

// Failure is a rule that a conversation broke, in the shortest conversation
// that breaks it.
type Failure struct {
	Invariant  string   `json:"invariant"`
	Node       string   `json:"node" doc:"Where it happened, empty for nowhere."`
	Sentence   string   `json:"sentence" doc:"For people, in the caller's language."`
	Transcript []string `json:"transcript"`
	Test       Test     `json:"test" doc:"The same as a test, to be kept."`
}

// Expedition asks for generated customers.
type Expedition struct {
	TenantID, BotID string
	Definition      json.RawMessage // the draft's when absent
	Runs            int             // 200 when 0
	Seed            uint64
	Lang            string
}

// Explore lets generated customers talk to a flow for at most some seconds.
// Errors: fault.NotFound, fault.Unavailable while others explore, a *Refusal with
// reason not_proved.
func (s *Service) Explore(ctx context.Context, in Expedition) (Exploration, error) {
	text, err := s.definitionOr(ctx, in.TenantID, in.BotID, in.Definition)
	if err != nil {
		return Exploration{}, err
	}
	channels, err := s.channelsOf(ctx, in.TenantID, in.BotID)
	if err != nil {
		return Exploration{}, err
	}
	subject, err := s.subject(ctx, in.TenantID, in.BotID, text, in.Lang, channels)
	if err != nil {
		return Exploration{}, err
	}
	leave, err := s.enter(ctx)
	if err != nil {
		return Exploration{}, err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, exploreTime)
	defer cancel()
	report := trial.Explore(ctx, subject, trial.Options{Seed: in.Seed, Runs: in.Runs, Channels: channels})
	out := Exploration{Runs: report.Runs, Seed: report.Seed, Failures: make([]Failure, 0, len(report.Failures)), Coverage: report.Coverage}
	for _, finding := range report.Failures {
		test, err := testOf(finding.Test)
		if err != nil {
			return Exploration{}, err
		}
		failure := Failure{Invariant: finding.Invariant, Node: finding.Node, Sentence: finding.Sentence(in.Lang), Transcript: make([]string, 0, len(finding.Lines)), Test: test}
		for _, line := range finding.Lines {
			failure.Transcript = append(failure.Transcript, line.String())
		}
		out.Failures = append(out.Failures, failure)
	}
	return out, nil
}
