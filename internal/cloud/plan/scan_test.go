package plan_test

import (
	"testing"

	"prosa/internal/cloud/plan"
)

const tree = "../../../deploy/terraform"

// The tree as it is breaks no rule that its text can be held to.
func TestTheTreeKeepsTheRules(t *testing.T) {
	breaches, err := plan.Scan(tree)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range breaches {
		t.Error(b)
	}
}
