package template_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/flow/layout"
	"prosa/internal/modules/flow/template"
	"prosa/internal/modules/flow/trial"
)

var update = flag.Bool("update", false, "write the templates in their form, nodes without a place arranged")

func channels() []message.Channel {
	return []message.Channel{message.WhatsApp, message.Telegram, message.Messenger, message.Instagram}
}

// parsed reads all the parts of a template.
func parsed(t *testing.T, name string) (template.Template, *flow.Definition, layout.Layout, []trial.Test) {
	t.Helper()
	ready, err := template.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	definition, err := flow.Parse(ready.Definition)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	picture, err := layout.Parse(ready.Layout)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	tests, err := trial.Parse(ready.Tests)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return ready, definition, picture, tests
}

func TestTemplatesPassEveryProof(t *testing.T) {
	if len(template.Names()) < 6 {
		t.Fatalf("only %v", template.Names())
	}
	for _, name := range template.Names() {
		ready, definition, picture, _ := parsed(t, name)
		_, issues := flow.Compile(definition, flow.Options{Channels: channels()})
		for _, issue := range issues {
			if issue.Code == "shown_otherwise" {
				continue // as said there, and said to whoever publishes it
			}
			t.Errorf("%s: %s: %s", name, issue.Node, issue.Sentence("pt-BR"))
		}
		for _, lang := range []string{"pt-BR", "en"} {
			if title, description := ready.About(lang); title == "" || description == "" {
				t.Errorf("%s says nothing of itself in %s", name, lang)
			}
		}
		for _, node := range flow.Inspect(definition).Nodes {
			if _, placed := picture.Nodes[node.Name]; !placed {
				t.Errorf("%s: %s stands nowhere", name, node.Name)
			}
		}
		for a, one := range picture.Nodes {
			for b, other := range picture.Nodes {
				if a != b && math.Abs(one.X-other.X) < 264 && math.Abs(one.Y-other.Y) < 280 {
					t.Errorf("%s: %s and %s stand too close for their cards", name, a, b)
				}
			}
		}
	}
}

// The tests of a template pass on every channel and come to every node and
// nearly every exit; customers made up against it find nothing.
func TestTemplatesPassTheirTests(t *testing.T) {
	for _, name := range template.Names() {
		t.Run(name, func(t *testing.T) {
			_, definition, _, tests := parsed(t, name)
			subject, _ := trial.Prepare(definition, flow.Options{Channels: channels()})
			if subject == nil {
				t.Fatal("it does not compile")
			}
			var coverage trial.Coverage
			for _, channel := range channels() {
				for i := range tests {
					test := tests[i]
					test.Channel = channel
					result := trial.Run(t.Context(), subject, &test)
					if coverage.Add(result.Coverage); !result.Passed {
						t.Errorf("%s on %s: %s", test.Name, channel, result.Sentence("pt-BR"))
						for _, line := range result.Lines {
							t.Log(line)
						}
					}
				}
			}
			if nodes, exits := coverage.Missed(subject.Graph()); len(nodes)+len(exits) > 0 {
				t.Errorf("no test comes to %v, takes %v", nodes, exits)
			}
			report := trial.Explore(t.Context(), subject, trial.Options{Seed: 2026, Runs: 500, Channels: channels()})
			for _, found := range report.Failures {
				t.Errorf("%s %s", found.Sentence("pt-BR"), found.Detail)
				for _, line := range found.Lines {
					t.Log(line)
				}
			}
			nodes, exits := report.Coverage.Missed(subject.Graph())
			t.Logf("%d tests on 4 channels; %d made-up customers, %d steps, 0 findings wanted, %d found; not come to: %v %v",
				len(tests), report.Runs, report.Turns, len(report.Failures), nodes, exits)
		})
	}
}

// Templates lie in their canonical form, as an export writes them.
func TestTemplatesAreInTheirForm(t *testing.T) {
	for _, name := range template.Names() {
		ready, definition, picture, tests := parsed(t, name)
		definitionText, err := definition.Text()
		if err != nil {
			t.Fatal(err)
		}
		testsText, err := trial.Text(tests)
		if err != nil {
			t.Fatal(err)
		}
		pictureText, err := picture.Arrange(definition.Start, flow.Inspect(definition)).Text()
		if err != nil {
			t.Fatal(err)
		}
		ready.Definition, ready.Layout, ready.Tests = definitionText, pictureText, testsText
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(ready); err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(name+".json", b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		text, err := os.ReadFile(name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, b.Bytes()) {
			t.Errorf("%s is not in its form: go test ./internal/modules/flow/template -update", name)
		}
	}
}

func TestUnknownTemplates(t *testing.T) {
	for _, name := range []string{"", "nada", "../template", "recepcao.json"} {
		if _, err := template.Text(name); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", name, err)
		}
	}
	all, err := template.All()
	if err != nil || len(all) != len(template.Names()) {
		t.Errorf("%d templates, %v", len(all), err)
	}
}

// What the customer of each test reads, word by word, in the flow's own
// language: a change of a ready flow shows here for review.
func TestTranscripts(t *testing.T) {
	for _, name := range template.Names() {
		_, definition, _, tests := parsed(t, name)
		subject, _ := trial.Prepare(definition, flow.Options{Channels: channels()})
		if subject == nil {
			t.Fatalf("%s does not compile", name)
		}
		var b strings.Builder
		for i := range tests {
			fmt.Fprintf(&b, "# %s\n", tests[i].Name)
			for _, line := range trial.Run(t.Context(), subject, &tests[i]).Lines {
				fmt.Fprintln(&b, line)
			}
			b.WriteString("\n")
		}
		golden := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || string(want) != b.String() {
			t.Errorf("%s: %v, got:\n%s", name, err, b.String())
		}
	}
}
