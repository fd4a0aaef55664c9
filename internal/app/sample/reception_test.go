package sample

import (
	"testing"

	"prosa/internal/modules/flow"
	"prosa/internal/modules/flow/template"
	"prosa/internal/modules/flow/trial"
)

// A customer of the demo buys without anybody's help: the reception, as it is
// seeded, leads to the shop of the templates and passes its own tests there.
func TestReceptionLeadsToTheShop(t *testing.T) {
	made, err := Reception()
	if err != nil {
		t.Fatal(err)
	}
	definition, err := flow.Parse(made.Definition)
	if err != nil {
		t.Fatal(err)
	}
	ready, err := template.Get("loja")
	if err != nil {
		t.Fatal(err)
	}
	shop, err := flow.Parse(ready.Definition)
	if err != nil {
		t.Fatal(err)
	}
	subject, issues := trial.Prepare(definition, flow.Options{Key: "recepcao", Flows: map[string]*flow.Definition{"loja": shop}})
	if subject == nil {
		t.Fatalf("the reception can't be published: %v", issues)
	}
	tests, err := trial.Parse(made.Tests)
	if err != nil {
		t.Fatal(err)
	}
	if len(tests) < 5 {
		t.Fatalf("it has %d tests", len(tests))
	}
	for i := range tests {
		if result := trial.Run(t.Context(), subject, &tests[i]); !result.Passed {
			t.Errorf("%s: %s", result.Name, result.Sentence("en"))
		}
	}
}
