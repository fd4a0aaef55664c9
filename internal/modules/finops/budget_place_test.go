package finops

import (
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database/databasetest"
)

// A budget is for what an account can be: a line with its environments, or what
// serves all.
func TestABudgetIsForWhatAnAccountCanBe(t *testing.T) {
	l := newShareBench(t, databasetest.Open(t))
	for _, c := range []struct{ line, environment, wrong string }{
		{"massivo", "prod", ""}, {"enterprise", "homolog", ""}, {Shared, Shared, ""},
		{"massivo", Shared, "environment"}, {Shared, "prod", "environment"}, {"", "prod", "line"}, {"massivo", "", "environment"}, {Unmapped, Unmapped, "line"},
	} {
		err := l.PutBudgets(t.Context(), []Budget{{Line: c.line, Environment: c.environment, Currency: "USD", From: month, Amount: one()}}, tester())
		account := Account{AccountID: "1", Line: c.line, Environment: c.environment}.check()
		if (err != nil) != (account != nil) {
			t.Errorf("%s and %s: a budget says %v, an account %v", c.line, c.environment, err, account)
		}
		if c.wrong != "" && (!fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%s and %s: %v names no %s", c.line, c.environment, err, c.wrong)
		}
	}
}
