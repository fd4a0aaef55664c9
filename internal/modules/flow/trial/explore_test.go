package trial

import (
	"context"
	"reflect"
	"testing"

	"prosa/internal/message"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/flow/template"
)

var allChannels = []message.Channel{message.WhatsApp, message.Telegram, message.Messenger, message.Instagram}

func prepared(t testing.TB, text string) *Subject {
	t.Helper()
	definition, err := flow.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	subject, issues := Prepare(definition, flow.Options{Channels: allChannels})
	if subject == nil {
		for _, issue := range issues {
			t.Errorf("%s: %s", issue.Node, issue.Sentence("en"))
		}
		t.FailNow()
	}
	return subject
}

func ready(t testing.TB, name string) *Subject {
	t.Helper()
	text, err := template.Text(name)
	if err != nil {
		t.Fatal(err)
	}
	return prepared(t, string(text))
}

// Made-up customers find nothing in what a company starts from.
func TestExploringTheTemplates(t *testing.T) {
	for _, name := range template.Names() {
		t.Run(name, func(t *testing.T) {
			subject := ready(t, name)
			runs := 500
			if subject.sells() {
				runs = 2000 // few get as far as an order that expires
			}
			report := Explore(t.Context(), subject, Options{Seed: 1, Runs: runs})
			t.Logf("%d conversations, %d steps, %d exits", report.Runs, report.Turns, len(report.Coverage.Exits))
			for _, f := range report.Failures {
				t.Errorf("%s (%s), run %d:", f.Sentence("en"), f.Detail, f.Run)
				for _, line := range f.Lines {
					t.Log(line)
				}
			}
			if report.Runs != runs {
				t.Errorf("only %d runs", report.Runs)
			}
			if nodes, exits := report.Coverage.Missed(subject.Graph()); len(nodes) > 0 {
				t.Errorf("nobody came to %v, %v", nodes, exits)
			}
		})
	}
}

// quietEnd closes without a word when the customer answers "sim" and then "1".
const quietEnd = `{"schema":1,"name":"Calado","languages":["pt-BR"],"start":"a","nodes":[
	{"name":"a","kind":"choice","text":"Vamos?","options":[{"name":"sim","title":"Sim","next":"b"},{"name":"nao","title":"Não","next":"tchau"}]},
	{"name":"b","kind":"question","text":"Quanto?","expect":"number","save":"n","next":"fim"},
	{"name":"fim","kind":"end"},
	{"name":"tchau","kind":"end","text":"Tchau!"}]}`

func TestFindingsAreShort(t *testing.T) {
	subject := prepared(t, quietEnd)
	report := Explore(t.Context(), subject, Options{Seed: 3, Runs: 300})
	if len(report.Failures) != 1 {
		t.Fatalf("%d findings: %+v", len(report.Failures), report.Failures)
	}
	found := report.Failures[0]
	if found.Invariant != RuleSilence || found.Node != "b" {
		t.Errorf("found %s at %s", found.Invariant, found.Node)
	}
	doings := 0
	for _, step := range found.Test.Steps {
		if step.Bot == nil && step.Expect == nil {
			doings++
		}
	}
	// One word begins, one picks, one answers.
	if doings != 3 {
		t.Errorf("%d steps:", doings)
		for _, line := range found.Lines {
			t.Log(line)
		}
	}
	// The finding is a test that fails until the flow is mended.
	text, err := Text([]Test{found.Test})
	if err != nil {
		t.Fatal(err)
	}
	tests, err := Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if result := Run(t.Context(), subject, &tests[0]); result.Passed || result.Step != 3 {
		t.Errorf("the test of the finding: %+v", result)
	}
	again := Explore(t.Context(), subject, Options{Seed: 3, Runs: 300})
	if !reflect.DeepEqual(again, report) {
		t.Error("the same seed found something else")
	}
	if found.Sentence("pt-BR") == found.Sentence("en") {
		t.Error("one sentence for two languages")
	}
}

// Deaf questions swallow 'atendente' where the platform allows it, and the rule
// knows it.
func TestDeafQuestionsAreNoFinding(t *testing.T) {
	subject := prepared(t, `{"schema":1,"name":"Surdo","languages":["pt-BR"],"start":"a","nodes":[
		{"name":"a","kind":"question","text":"Conte tudo:","expect":"text","save":"n","deaf":true,"next":"b"},
		{"name":"b","kind":"choice","text":"E agora?","options":[{"name":"atendente","title":"Atendente","next":"fim"},{"name":"mais","title":"Mais","next":"a"}]},
		{"name":"fim","kind":"end","text":"Fim"}]}`)
	if report := Explore(t.Context(), subject, Options{Seed: 5, Runs: 300}); len(report.Failures) > 0 {
		t.Errorf("%+v", report.Failures[0])
	}
}

func TestExploringStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	subject := ready(t, "recepcao")
	if report := Explore(ctx, subject, Options{Runs: MaxRuns}); report.Runs != 0 {
		t.Errorf("%d runs after the end", report.Runs)
	}
	test := Test{Name: "x", Steps: []Step{{Customer: &Customer{Text: "oi"}}}}
	if result := Run(ctx, subject, &test); result.Passed || result.Sentence("en") == "" {
		t.Errorf("%+v", result)
	}
	if _, err := Record(ctx, subject, &test); err == nil {
		t.Error("recorded after the end")
	}
}
