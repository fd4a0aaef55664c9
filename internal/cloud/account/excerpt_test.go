package account_test

import (
	"encoding/json"
	"strings"
	"testing"

	"prosa/internal/cloud/account"
)

// excerpt is what of accounts.yaml a process is told that needs no more.
func excerpt(t *testing.T) string {
	t.Helper()
	file, err := account.Load(accountsPath)
	if err != nil {
		t.Fatal(err)
	}
	var accounts []any
	for _, a := range file.Accounts {
		accounts = append(accounts, map[string]any{
			"name": a.Name, "line": a.Line, "environment": a.Environment, "account_id": a.ID,
			"budget": map[string]any{"amount": a.Budget.Amount.Decimal(), "currency": a.Budget.Currency},
		})
	}
	holder := func(h account.Holder) any { return map[string]any{"account_id": h.ID} }
	text, err := json.Marshal(map[string]any{"version": 1, "accounts": accounts, "organization": map[string]any{
		"management": holder(file.Organization.Management), "security": holder(file.Organization.Security), "network": holder(file.Organization.Network),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAnExcerptOfTheAccountsIsEnough(t *testing.T) {
	for name, whole := range map[string]string{"excerpt": excerpt(t), "file": text(t, accountsPath)} {
		file, err := account.ParseExcerpt([]byte(whole))
		if err != nil {
			t.Fatal(name, err)
		}
		for _, problem := range file.Problems() {
			t.Error(name, problem)
		}
		prod, known := file.Account("massivo-prod")
		if !known || len(file.Accounts) != 6 || prod.ID != "100000000013" || prod.Budget.Amount != 3500_00 || file.Organization.Security.ID != "100000000002" {
			t.Errorf("%s: %+v", name, file)
		}
	}
}

// What is there is judged as in the file.
func TestAnExcerptIsJudgedAsTheFile(t *testing.T) {
	for name, wrong := range map[string]edit{
		"an id twice":             {`"100000000021"`, `"100000000011"`, "accounts[3].account_id", "is that of accounts[0]"},
		"an id of the network":    {`"100000000021"`, `"100000000003"`, "accounts[3].account_id", "is that of organization.network"},
		"an id of nobody":         {`"100000000021"`, `"000000000000"`, "accounts[3].account_id", "is of no account"},
		"an id that is none":      {`"100000000021"`, `"21"`, "accounts[3].account_id", "does not have the form"},
		"an id that is no text":   {`"100000000021"`, `100000000021`, "accounts[3].account_id", "quotation marks"},
		"a budget of nothing":     {`"3500.00"`, `"0.00"`, "accounts[2].budget.amount", "no amount above zero"},
		"a budget in small coins": {`"3500.00"`, `"3500.005"`, "accounts[2].budget.amount", "does not have the form"},
		"an account left out":     {`"environment":"homolog","line":"massivo"`, `"environment":"dev","line":"massivo"`, "accounts", "massivo-homolog is missing"},
		"a name of another":       {`"name":"massivo-prod"`, `"name":"enterprise-prod"`, "accounts[2].name", "follows from the product line"},
		"a field misspelt":        {`"name":"massivo-prod"`, `"nmae":"massivo-prod"`, "accounts[2].name", "is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			right := excerpt(t)
			changed := strings.Replace(right, wrong.old, wrong.new, 1)
			if changed == right {
				t.Fatalf("%s is not in the text", wrong.old)
			}
			file, err := account.ParseExcerpt([]byte(changed))
			if err != nil {
				t.Fatal(err)
			}
			for _, problem := range file.Problems() {
				if problem.Path == wrong.path && strings.Contains(problem.Message, wrong.says) {
					return
				}
			}
			t.Errorf("%v", file.Problems())
		})
	}
	if _, err := account.ParseExcerpt([]byte("{")); err == nil {
		t.Error("half a text is taken")
	}
}
