package httpapi

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/modules/finops"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/focus"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// costReader gives the browser of somebody who may read costs only.
func (h *house) costReader(email string) *client {
	h.t.Helper()
	link := h.root.call(http.MethodPost, "/operator/cost-readers", map[string]any{"email": email}).want(http.StatusCreated).text("link")
	_, token, _ := strings.Cut(link, "#")
	b := h.browser()
	opened := b.call(http.MethodPost, "/invitation/open", map[string]any{"token": token}).want(http.StatusOK)
	if opened.text("role") != "cost" || opened.text("company_name") != "Prosa" {
		h.t.Fatalf("the link shows %s", opened.body)
	}
	b.call(http.MethodPost, "/invitation/accept", map[string]any{"token": token, "name": "Téo", "password": password}).want(http.StatusCreated)
	return b
}

var placeIn = regexp.MustCompile(`\{[a-z]+\}`)

// What a reader of costs reaches is made from the contract: all operations, so
// that a new one is shut to them unless it says otherwise.
func TestCostReadersReachCostsAndNothingElse(t *testing.T) {
	h := open(t, databasetest.Open(t))
	reader := h.costReader("teo@example.com")
	me := reader.get("/session").want(http.StatusOK)
	if !strings.Contains(string(me.body), `"operator":false,"cost":true`) || !strings.Contains(string(me.body), `"permissions":["platform.cost"]`) {
		t.Fatalf("is %s", me.body)
	}
	read, shutOff := 0, 0
	for _, op := range allOperations(t) {
		permission, _ := op.Extensions[permissionKey].(string)
		path := placeIn.ReplaceAllString(op.path, "x")
		switch permission {
		case string(anybody), string(signedIn):
		case string(identity.PlatformCost):
			if op.Method != http.MethodGet {
				t.Errorf("%s %s changes something and is open to readers of costs", op.Method, op.path)
			}
			read++
			if got := reader.get(path); got.status == http.StatusForbidden || got.status == http.StatusUnauthorized {
				t.Errorf("%s: %d %s", op.path, got.status, got.body)
			}
		default:
			shutOff++
			if got := reader.call(op.Method, path, map[string]any{}); got.status != http.StatusForbidden {
				t.Errorf("%s %s (%s) answers a reader of costs with %d", op.Method, op.path, permission, got.status)
			}
		}
	}
	if read < 15 || shutOff < 100 {
		t.Errorf("only %d operations were read and %d tried", read, shutOff)
	}
	second := h.browser()
	second.call(http.MethodPost, "/session", map[string]any{"email": "teo@example.com", "password": password}).want(http.StatusCreated)
	second.call(http.MethodDelete, "/session", nil).want(http.StatusNoContent)
	h.root.call(http.MethodPost, "/operator/cost-readers", map[string]any{"email": "teo@example.com"}).wantProblem(http.StatusConflict, fault.Conflict, "already_member")
	h.root.call(http.MethodDelete, "/operator/cost-readers/"+reader.userID(), nil).want(http.StatusNoContent)
	reader.get("/operator/costs/matrix").want(http.StatusUnauthorized) // their sessions ended
	reader.call(http.MethodPost, "/session", map[string]any{"email": "teo@example.com", "password": password}).want(http.StatusCreated)
	reader.get("/operator/costs/matrix").want(http.StatusForbidden)
}

func TestMembersSeeNoCosts(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		beta := h.company("Beta", "beto@example.com", "Beto")
		for _, path := range []string{"/operator/costs/matrix", "/operator/costs/companies?month=202611", "/operator/costs/tables/fees", "/operator/cost-readers"} {
			beta.get(path).want(http.StatusForbidden)
			h.root.get(path).want(http.StatusOK)
		}
		// Who reads costs and works for a company does each with its own power.
		link := h.root.call(http.MethodPost, "/operator/cost-readers", map[string]any{"email": "beto@example.com"}).want(http.StatusCreated).text("link")
		_, token, _ := strings.Cut(link, "#")
		both := h.browser()
		both.call(http.MethodPost, "/invitation/accept", map[string]any{"token": token, "password": password}).want(http.StatusCreated)
		both.get("/operator/costs/matrix").want(http.StatusOK)
		both.get("/members").want(http.StatusOK)
		both.get("/operator/companies").want(http.StatusForbidden)
		both.call(http.MethodPut, "/operator/costs/rules", map[string]any{"items": []any{}}).want(http.StatusForbidden)
	})
}

func TestOperatorsKeepTheLedger(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		put := func(path string, items ...map[string]any) *answer {
			return h.root.call(http.MethodPut, "/operator/costs"+path, map[string]any{"items": items})
		}
		fee := map[string]any{"channel": "whatsapp", "category": "marketing", "calling_code": "55", "currency": "BRL", "price": "0.123456789012345678", "from": "2026-11-01", "sample": true, "note": "=cmd|x"}
		if got := put("/fees", fee).want(http.StatusOK); got.text("items", "0", "price") != "0.123456789012345678" || got.text("items", "0", "by") != "Ana" {
			t.Fatalf("%s", got.body)
		}
		fee["price"] = "-1"
		put("/fees", fee).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
		fee["price"] = "0.1234567890123456789"
		put("/fees", fee).want(http.StatusUnprocessableEntity)
		put("/rates", map[string]any{"base": "USD", "quote": "BRL", "day": "2026-11-20", "rate": "5.4321", "source": "PTAX", "sample": false}).want(http.StatusNoContent)
		if got := h.root.get("/operator/costs/rates?from=2026-11-01&until=2026-11-30").want(http.StatusOK); got.text("items", "0", "rate") != "5.4321" {
			t.Fatalf("%s", got.body)
		}
		put("/budgets", map[string]any{"line": "massivo", "environment": "prod", "currency": "USD", "from_month": 202611, "amount": "1500"}).want(http.StatusNoContent)
		if got := h.root.get("/operator/costs/budgets?month=202612").want(http.StatusOK); got.text("items", "0", "amount") != "1500" || got.text("items", "0", "state") != "under" {
			t.Fatalf("%s", got.body)
		}
		// Nothing said is a mistake of who calls, but among rules, where it brings the
		// standard ones back.
		for _, path := range []string{"/fees", "/rates", "/budgets"} {
			h.root.call(http.MethodPut, "/operator/costs"+path, map[string]any{"items": []any{}}).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
		}
		h.root.call(http.MethodPut, "/operator/costs/rules", map[string]any{"items": []any{}}).want(http.StatusOK)
		put("/rules", map[string]any{"category": "Databases", "service": "", "basis": "messages"}).want(http.StatusOK)
		put("/rules", map[string]any{"category": "", "service": "", "basis": "luck"}).want(http.StatusUnprocessableEntity)
		saving := map[string]any{"name": "homolog off at night", "line": "massivo", "environment": "homolog", "currency": "USD", "started": "2026-11-10", "planned_hours_off": 108}
		made := h.root.call(http.MethodPost, "/operator/costs/savings", saving).want(http.StatusCreated)
		path := "/operator/costs/savings/" + made.text("id")
		saving["ended"] = "2026-11-20"
		h.root.call(http.MethodPut, path+"?version=1", saving).want(http.StatusOK)
		h.root.call(http.MethodPut, path+"?version=1", saving).wantProblem(http.StatusConflict, fault.Conflict, "")
		h.root.call(http.MethodPut, "/operator/costs/accounts", map[string]any{"account_id": "111122223333", "line": "massivo", "environment": "prod"}).want(http.StatusOK)

		file := h.root.get("/operator/costs/tables/fees").want(http.StatusOK)
		records := readTable(t, file.body)
		if len(records) != 2 || !slices.Contains(records[1], "0,123456789012345678") || !slices.Contains(records[1], "'=cmd|x") || strings.Join(records[0][:3], " ") != "id channel category" {
			t.Fatalf("%q", records)
		}
		if got := h.root.get("/audit").want(http.StatusOK); strings.Contains(string(got.body), "finops.") {
			t.Errorf("the ledger's changes stand in a company's log: %s", got.body)
		}
		log := string(h.root.get("/operator/audit").want(http.StatusOK).body)
		for _, action := range []string{"finops.fees_set", "finops.rates_set", "finops.budget_set", "finops.rules_set", "finops.saving_added", "finops.saving_changed"} {
			if !strings.Contains(log, action) {
				t.Errorf("%s is not in the platform's log", action)
			}
		}
	})
}

func readTable(t *testing.T, body []byte) [][]string {
	t.Helper()
	text, ok := bytes.CutPrefix(body, []byte("\ufeff"))
	if !ok {
		t.Fatalf("no mark in front: %q", body)
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = ';'
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func TestTablesAreFlat(t *testing.T) {
	type leaf struct {
		Currency string       `json:"currency"`
		Total    exact.Amount `json:"total"`
	}
	type row struct {
		Name  string  `json:"name"`
		Calls int64   `json:"calls"`
		Month int64   `json:"month"`
		Costs []leaf  `json:"costs"`
		In    *leaf   `json:"in,omitempty"`
		Ratio float64 `json:"ratio"`
		BP    *int64  `json:"bp"`
		Day   int64   `json:"to_day"`
		At    int64   `json:"at_ms"`
		inner int
	}
	amount := func(text string) exact.Amount {
		a, err := exact.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	var out bytes.Buffer
	points := int64(-5)
	err := writeTable(&out, []row{
		{Name: "-2+3", Calls: 7, Month: 202611, Costs: []leaf{{"BRL", amount("1.5")}, {"USD", amount("-2")}}, In: &leaf{"BRL", amount("9")}, Ratio: 0.5, BP: &points, Day: 20780, At: 1795435200000, inner: 1},
		{Name: "=HYPERLINK(1)"}, {Name: "@x"}, {Name: "\tx"}, {Name: "a;b"},
	})
	if err != nil {
		t.Fatal(err)
	}
	// What is of the whole stands once, or who adds a column up counts it twice.
	want := [][]string{
		{"name", "calls", "month", "costs.currency", "costs.total", "in.currency", "in.total", "ratio", "bp", "to_day", "at_ms"},
		{"'-2+3", "7", "202611", "BRL", "1,5", "BRL", "9", "0,5", "-5", "2026-11-23", "2026-11-23T12:00:00Z"},
		{"'-2+3", "", "202611", "USD", "-2", "", "", "", "", "2026-11-23", "2026-11-23T12:00:00Z"},
		{"'=HYPERLINK(1)", "0", "0", "", "", "", "", "0", "", "", ""}, {"'@x", "0", "0", "", "", "", "", "0", "", "", ""}, {"'\tx", "0", "0", "", "", "", "", "0", "", "", ""}, {"a;b", "0", "0", "", "", "", "", "0", "", "", ""},
	}
	if got := readTable(t, out.Bytes()); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%q", got)
	}
}

// No two columns of a table have one name, and no day is a number.
func TestColumnsOfTables(t *testing.T) {
	for table, rows := range map[string]any{
		"matrix": []finops.Cell{}, "services": []finops.ServiceCost{}, "resources": []finops.ResourceCost{}, "days": []finops.DayCost{}, "idle": []finops.Idle{}, "companies": []finops.CompanyCost{},
		"units": []finops.Unit{}, "budgets": []finops.Pace{}, "savings": []finops.Measured{}, "rates": []finops.Rate{}, "fees": []finops.Fee{}, "rules": []finops.Rule{}, "accounts": []finops.Account{},
	} {
		var out bytes.Buffer
		if err := writeTable(&out, rows); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, name := range readTable(t, out.Bytes())[0] {
			if seen[name] {
				t.Errorf("%s has %s twice", table, name)
			}
			seen[name] = true
		}
	}
	var out bytes.Buffer
	if err := writeTable(&out, []finops.DayCost{{Day: 20780, Currency: "USD"}}); err != nil {
		t.Fatal(err)
	}
	if got := readTable(t, out.Bytes()); got[1][0] != "2026-11-23" {
		t.Errorf("%q", got)
	}
}

// A month of many companies would fill the memory: it is refused, not cut off.
func TestCostFilesHaveABound(t *testing.T) {
	file := bounded{room: 100_000}
	w, err := focus.NewWriter(&file)
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for ; err == nil && rows < 10_000; rows++ {
		err = w.Write(&[focus.Columns]string{focus.BilledCost: "1"})
	}
	if !fault.Is(err, fault.TooLarge) || file.Len() > file.room || rows < 100 {
		t.Errorf("%d rows, %d bytes, %v", rows, file.Len(), err)
	}
}

// reachCosts is how a company would reach for the cost ledger, which is no
// company's.
func reachCosts(other estate) map[string][]attempt {
	get := func(path string) []attempt { return []attempt{{path: "/operator/costs" + path}} }
	write := func(path string, body any) []attempt {
		return []attempt{{path: "/operator/costs" + path, body: body}}
	}
	items := func(list ...any) map[string]any { return map[string]any{"items": append([]any{}, list...)} }
	budgets := items(map[string]any{"line": "massivo", "environment": "prod", "currency": "USD", "from_month": 202611, "amount": "1500"})
	rates := items(map[string]any{"base": "USD", "quote": "BRL", "day": "2026-11-20", "rate": "5.4321", "source": "PTAX", "sample": false})
	fees := items(map[string]any{"channel": "whatsapp", "category": "marketing", "calling_code": "55", "currency": "BRL", "price": "0.1", "from": "2026-11-01", "sample": true, "note": ""})
	saving := map[string]any{"name": "x", "currency": "BRL", "started": "2026-11-01"}
	return map[string][]attempt{
		"get-cost-matrix": get("/matrix"), "list-cost-services": get("/services?to=202611"), "list-cost-resources": get("/resources"), "list-cost-days": get("/days"),
		"get-cost-forecast": get("/forecast"), "list-cost-idle": get("/idle?to=202611"), "list-cost-companies": get("/companies?month=202611"),
		"list-cost-units": get("/units?from=202611&to=202611"), "list-cost-budgets": get("/budgets?month=202611"), "list-cost-savings": get("/savings"),
		"list-cost-rates": get("/rates?from=2026-11-01&until=2026-11-30"), "list-cost-fees": get("/fees"), "list-cost-rules": get("/rules"), "get-cost-quality": get("/quality?month=202611"),
		"list-cost-imports": get("/imports"), "list-cost-sources": get("/sources"), "list-cost-meters": get("/meters?month=202611"), "list-cost-accounts": get("/accounts"),
		"export-cost-table": {{path: "/operator/costs/tables/companies?month=202611"}, {path: "/operator/costs/tables/fees"}},
		"export-cost-focus": get("/focus?month=202611"),
		"start-cost-import": write("/imports", map[string]any{}), "save-cost-account": write("/accounts", map[string]any{"account_id": "1", "line": "massivo", "environment": "prod"}),
		"remove-cost-account": write("/accounts/x?version=1", nil), "save-cost-invoice": write("/invoices", map[string]any{"source": "aws", "period": 202611, "currency": "USD"}),
		"set-cost-budgets": write("/budgets", budgets), "set-cost-rates": write("/rates", rates), "set-cost-fees": write("/fees", fees), "delete-cost-fee": write("/fees/"+id.New(id.Fee, 1), nil),
		"set-cost-rules": write("/rules", items()), "add-cost-saving": write("/savings", saving), "change-cost-saving": write("/savings/x?version=1", saving),
		"list-cost-readers": {{path: "/operator/cost-readers"}}, "invite-cost-reader": {{path: "/operator/cost-readers", body: map[string]any{"email": other.email}}},
		"remove-cost-reader": {{path: "/operator/cost-readers/" + other.user}}, "revoke-cost-reader": {{path: "/operator/cost-reader-invitations/" + other.invitation}},
	}
}

// twoLines is a bill of two accounts, services and months.
func twoLines(t *testing.T, h *house) {
	t.Helper()
	text := strings.Builder{}
	text.WriteString("ProviderName,BillingAccountId,SubAccountId,InvoiceId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd," +
		"ChargeCategory,ChargeClass,ChargeDescription,BilledCost,EffectiveCost,ListCost,ContractedCost,ServiceCategory,ServiceName,ResourceId,Tags,ConsumedQuantity,ConsumedUnit\n")
	for n, about := range []struct{ from, day, next, until, account, service string }{
		{"2026-09-01", "2026-09-05", "2026-09-06", "2026-10-01", "111111111111", "Amazon ECS"}, {"2026-10-01", "2026-10-05", "2026-10-06", "2026-11-01", "111111111111", "Amazon ECS"},
		{"2026-10-01", "2026-10-07", "2026-10-08", "2026-11-01", "111111111111", "Amazon S3"}, {"2026-10-01", "2026-10-07", "2026-10-08", "2026-11-01", "222222222222", "Amazon ECS"},
	} {
		fmt.Fprintf(&text, "AWS,payer,%s,,USD,%sT00:00:00Z,%sT00:00:00Z,%sT00:00:00Z,%sT00:00:00Z,Usage,,something,%d,%d,1,1,Compute,%s,res-%d,,0,Hours\n",
			about.account, about.from, about.until, about.day, about.next, 1<<n, 10<<n, about.service, n)
	}
	path := filepath.Join(t.TempDir(), "bill.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for account, line := range map[string]string{"111111111111": "massivo", "222222222222": "enterprise"} {
		h.root.call(http.MethodPut, "/operator/costs/accounts", map[string]any{"account_id": account, "line": line, "environment": "prod"}).want(http.StatusOK)
	}
	if _, err := h.costs.Import(context.Background(), finops.Wish{Source: "aws", Paths: []string{path}}); err != nil {
		t.Fatal(err)
	}
}

// A table is what its list shows: whatever is asked of one is asked of the other.
func TestATableIsItsList(t *testing.T) {
	h := open(t, databasetest.Open(t))
	twoLines(t, h)
	seen := map[int]bool{}
	for _, list := range []string{"matrix", "services", "resources", "days"} {
		for _, query := range []string{
			"from=202610&to=202610", "from=202609&to=202609", "from=202610&to=202610&line=massivo", "from=202610&to=202610&line=enterprise&cost=billed", "from=202610&to=202610&cost=billed",
			"from=202610&to=202610&service=Amazon+S3", "from=202610&to=202610&account=222222222222", "from=202610&to=202610&environment=dev", "from=202610&to=202610&currency=EUR",
			"from=202610&to=202610&resource=res-1", "from=202610&to=202610&category=Compute",
		} {
			shown := h.root.get("/operator/costs/" + list + "?" + query).want(http.StatusOK)
			items := decode[struct{ Items []map[string]any }](shown).Items
			records := readTable(t, h.root.get("/operator/costs/tables/"+list+"?"+query).want(http.StatusOK).body)
			if len(records)-1 != len(items) && len(items) > 0 || len(items) == 0 && len(records) > 1 {
				t.Errorf("%s?%s shows %d rows and gives %d", list, query, len(items), len(records)-1)
				continue
			}
			seen[len(items)] = true
			for n, item := range items {
				cost, _ := item["cost"].(string)
				if list == "matrix" {
					cost, _ = item["total"].(string)
				}
				if want := strings.ReplaceAll(cost, ".", ","); want == "" || !slices.Contains(records[n+1], want) {
					t.Errorf("%s?%s: row %d costs %q and is given as %q", list, query, n+1, cost, records[n+1])
				}
			}
		}
	}
	if !seen[0] || !seen[1] || !seen[2] || !seen[3] {
		t.Errorf("the queries tell nothing apart: %v", seen)
	}
	for _, query := range []string{"units?from=202610&to=202610&currency=USD", "companies?month=202610&currency=USD"} {
		h.root.get("/operator/costs/tables/" + query).want(http.StatusOK)
	}
	h.root.get("/operator/costs/matrix?form=202610").wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
}
