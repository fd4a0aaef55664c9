package zoho_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/adapters/zoho"
	"prosa/internal/base/clock"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/crm"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/httpclient"
	"prosa/internal/platform/secretbox"
	fakezoho "prosa/internal/sandbox/zoho"
)

var ctx = context.Background()

// world is the module, the adapter and the simulator, all of one clock.
type world struct {
	*crm.Service
	t     *testing.T
	clock *clock.Manual
	fake  *fakezoho.Server
	url   string
	make  func() *crm.Service
}

func open(t *testing.T, engine database.Engine) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewManual(time.UnixMilli(1_795_000_000_000))}
	server := httptest.NewUnstartedServer(nil)
	w.url = "http://" + server.Listener.Addr().String()
	var err error
	if w.fake, err = fakezoho.New(fakezoho.Config{PublicURL: w.url, Clock: w.clock}); err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = w.fake
	server.Start()
	t.Cleanup(server.Close)

	cfg := databasetest.Config(t, engine)
	cfg.Clock = w.clock
	db, err := database.Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	box, err := secretbox.Open(secretbox.Config{Keys: secretbox.NewKey("k1")})
	if err != nil {
		t.Fatal(err)
	}
	zcfg := zoho.Config{AccountsURL: w.url, Timeout: 5 * time.Second}
	client, err := httpclient.Provider(zcfg.Limits(), zcfg.Bases()...)
	if err != nil {
		t.Fatal(err)
	}
	w.make = func() *crm.Service {
		return crm.New(crm.Config{AtOnce: 50, Lease: 30 * time.Second, Cooldown: 10 * time.Minute, ShapeLife: 24 * time.Hour}, db, box, zoho.New(zcfg, client), slog.New(slog.DiscardHandler))
	}
	w.Service = w.make()
	return w
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { fn(t, open(t, engine)) })
	}
}

// connect makes a self client, takes a code of its console and gives it to us.
func (w *world) connect() crm.Status {
	w.t.Helper()
	if _, err := w.fake.PutClient(fakezoho.Client{ID: "1000.APP", Secret: "s3cret"}); err != nil {
		w.t.Fatal(err)
	}
	code, err := w.fake.NewCode(fakezoho.Code{Client: "1000.APP"})
	if err != nil {
		w.t.Fatal(err)
	}
	status, err := w.Connect(ctx, crm.Connect{Centre: "us", ClientID: "1000.APP", Secret: secret.New("s3cret"), Code: secret.New(code.Code)}, event.Actor{Kind: "operator"}, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return status
}

// control calls the simulator's control API.
func (w *world) control(method, path string, body any) {
	w.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	request, err := http.NewRequest(method, w.url+path, bytes.NewReader(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		w.t.Fatalf("%s %s answers %d", method, path, answer.StatusCode)
	}
}

func (w *world) rule(body map[string]any) {
	w.t.Helper()
	body["on"] = "call"
	w.control(http.MethodPost, "/_sandbox/faults", body)
}

// contract writes all that a purchase writes.
func (w *world) contract(name, taxID, number string) (dealID string, err error) {
	account, err := w.Account(ctx, crm.Account{Key: "acq_" + number, Name: name, TaxID: taxID, Phone: "+5519999990000", City: "Campinas", State: "SP"})
	if err != nil {
		return "", err
	}
	contact, err := w.Contact(ctx, crm.Contact{Email: "bia" + number + "@example.com", Name: "Beatriz Lima", AccountID: account})
	if err != nil {
		return "", err
	}
	return w.Deal(ctx, crm.Deal{
		ContractID: number, Name: name + " – Profissional – " + number, Amount: 199000, Currency: "BRL", ClosingMS: w.clock.Now().UnixMilli(),
		AccountID: account, ContactID: contact, Stage: crm.StageWon,
	})
}

func (w *world) mustContract(name, taxID, number string) string {
	w.t.Helper()
	id, err := w.contract(name, taxID, number)
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func kindOf(err error) crm.Kind {
	if t := new(crm.Trouble); errors.As(err, &t) {
		return t.Kind
	}
	return ""
}

func TestAContractReachesTheCRM(t *testing.T) {
	w := open(t, database.SQLite)
	if status := w.connect(); status.Organization == "" || status.Problem != "" {
		t.Fatalf("%+v", status)
	}
	if report, err := w.FieldCheck(ctx); err != nil || !report.OK || len(report.Findings) != 0 {
		t.Fatalf("%+v %v", report, err)
	}
	deal := w.mustContract("Aurora Ltda", "12ABC34501DE35", "CTR-000001")
	if again := w.mustContract("Aurora Comércio Ltda", "12ABC34501DE35", "CTR-000001"); again != deal {
		t.Errorf("the contract has two deals, %s and %s", deal, again)
	}
	settings, err := w.Settings(ctx)
	if err != nil {
		t.Fatal(err)
	}
	settings.Stages[crm.StageActive] = "Ativado"
	if _, err := w.Set(ctx, settings, event.Actor{Kind: "operator"}, ""); err != nil {
		t.Fatal(err)
	}
	if err := w.Stage(ctx, "CTR-000001", deal, crm.StageActive); err != nil {
		t.Fatal(err)
	}
	deals, accounts := w.fake.Records("Deals"), w.fake.Records("Accounts")
	if len(deals) != 1 || deals[0].Values["Stage"] != "Ativado" || fmt.Sprint(deals[0].Values["Amount"]) != "1990.00" || len(accounts) != 1 || accounts[0].Values["Account_Name"] != "Aurora Comércio Ltda" {
		t.Fatalf("%+v %+v", deals, accounts)
	}
	for _, record := range w.fake.Records("") {
		if record.Workflows != 0 {
			t.Errorf("%s %s ran the organization's workflows", record.Module, record.ID)
		}
	}
	if _, err := w.Lead(ctx, crm.Lead{Email: "x@example.com"}); err != nil || len(w.fake.Records("Leads")) != 0 {
		t.Error("a lead that nobody wished", err)
	}
}

// An answer that was lost after the write, then the retry: one deal.
func TestALostAnswerMakesNoSecondDeal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.connect()
		w.mustContract("Aurora Ltda", "12ABC34501DE35", "CTR-000001")
		w.rule(map[string]any{"kind": "upsert", "do": "cut_after", "count": 3, "id": "lost"})
		var last error
		lost := 0
		for range 10 {
			if _, last = w.contract("Nova Ltda", "11222333000181", "CTR-000002"); last == nil {
				break
			}
			if kindOf(last) != crm.Down {
				t.Fatal(last)
			}
			lost++
		}
		if last != nil || lost != 3 {
			t.Fatalf("%d answers were lost, then %v", lost, last)
		}
		if accounts, contacts, deals := len(w.fake.Records("Accounts")), len(w.fake.Records("Contacts")), len(w.fake.Records("Deals")); accounts != 2 || contacts != 2 || deals != 2 {
			t.Errorf("%d accounts, %d contacts, %d deals; want two of each", accounts, contacts, deals)
		}
	})
}

// Companies of one name stay two, and deals of one name too.
func TestHomonymsStayTwo(t *testing.T) {
	w := open(t, database.SQLite)
	w.connect()
	one, two := w.mustContract("Padaria Central", "12ABC34501DE35", "CTR-000001"), w.mustContract("Padaria Central", "11222333000181", "CTR-000002")
	if one == two || len(w.fake.Records("Accounts")) != 2 {
		t.Fatalf("deals %s and %s, accounts %+v", one, two, w.fake.Records("Accounts"))
	}
}

// Fifty workers of two processes, an expired token: one call for a token.
func TestFiftyWorkersRefreshOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.connect()
		services := []*crm.Service{w.Service, w.make()}
		for _, end := range []func(){func() { w.clock.Advance(2 * time.Hour) }, func() {
			w.clock.Advance(5 * time.Minute)
			w.control(http.MethodPost, "/_sandbox/expire", map[string]any{})
		}} {
			end()
			before := w.fake.Calls()["token"]
			var all sync.WaitGroup
			for i := range 50 {
				all.Go(func() {
					if _, err := services[i%2].Account(ctx, crm.Account{Name: "Aurora", TaxID: fmt.Sprint(10000000000000 + i)}); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if asked := w.fake.Calls()["token"] - before; asked != 1 {
				t.Errorf("%d calls for a token, want 1", asked)
			}
		}
		if got := len(w.fake.Records("Accounts")); got != 50 {
			t.Errorf("%d accounts", got)
		}
	})
}

// A week in which everything answers 500, and the token ends all the while.
func TestAWeekOffLine(t *testing.T) {
	w := open(t, database.SQLite)
	w.connect()
	if _, err := w.fake.Set(fakezoho.Settings{Away: true}); err != nil {
		t.Fatal(err)
	}
	for range 7 * 24 {
		w.clock.Advance(time.Hour)
		if _, err := w.contract("Aurora Ltda", "12ABC34501DE35", "CTR-000001"); kindOf(err) != crm.Down {
			t.Fatal(err)
		}
	}
	if len(w.fake.Records("")) != 0 {
		t.Fatal("something was written")
	}
	if _, err := w.fake.Set(fakezoho.Settings{}); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(time.Minute)
	w.mustContract("Aurora Ltda", "12ABC34501DE35", "CTR-000001")
	if len(w.fake.Records("Deals")) != 1 {
		t.Fatal("the deal is not there once")
	}
	if status, err := w.Status(ctx); err != nil || status.Trouble != "" || status.SuccessMS == 0 {
		t.Fatalf("%+v %v", status, err)
	}
}

// A refresh token that was revoked is one alarm, until an operator connects anew.
func TestARevokedTokenIsOneAlarm(t *testing.T) {
	w := open(t, database.SQLite)
	w.connect()
	w.control(http.MethodPost, "/_sandbox/revoke", map[string]any{})
	w.clock.Advance(5 * time.Minute)
	before := w.fake.Calls()["token"]
	for range 30 {
		if _, err := w.contract("Aurora Ltda", "12ABC34501DE35", "CTR-000001"); kindOf(err) != crm.Locked {
			t.Fatal(err)
		}
	}
	if asked := w.fake.Calls()["token"] - before; asked != 1 {
		t.Errorf("%d calls for a token", asked)
	}
	status, err := w.Status(ctx)
	if err != nil || status.Trouble != crm.Locked || !strings.Contains(status.Problem, "invalid_code") {
		t.Fatalf("%+v %v", status, err)
	}
	w.connect()
	w.mustContract("Aurora Ltda", "12ABC34501DE35", "CTR-000001")
}

// Faults of the vendor, and what we make of them through the real client.
func TestFaultsOfTheVendor(t *testing.T) {
	for _, c := range []struct {
		name string
		rule map[string]any
		want crm.Kind
	}{
		{"a storm of 500", map[string]any{"kind": "upsert", "do": "status", "status": 500}, crm.Down},
		{"503", map[string]any{"kind": "upsert", "do": "status", "status": 503}, crm.Down},
		{"a dependent service", map[string]any{"kind": "upsert", "do": "status", "status": 400}, crm.Down},
		{"429", map[string]any{"kind": "upsert", "do": "status", "status": 429}, crm.Throttled},
		{"403", map[string]any{"kind": "upsert", "do": "status", "status": 403}, crm.Locked},
		{"404", map[string]any{"kind": "upsert", "do": "status", "status": 404}, crm.Locked},
		{"412", map[string]any{"kind": "upsert", "do": "status", "status": 412}, crm.Held},
		{"401 for ever", map[string]any{"kind": "upsert", "do": "status", "status": 401}, crm.Locked},
		{"a cut before", map[string]any{"kind": "upsert", "do": "cut_before"}, crm.Down},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := open(t, database.SQLite)
			w.connect()
			w.rule(c.rule)
			if _, err := w.contract("Aurora Ltda", "12ABC34501DE35", "CTR-000001"); kindOf(err) != c.want {
				t.Fatalf("%v, want %s", err, c.want)
			}
			if len(w.fake.Records("")) != 0 {
				t.Fatal("something was written")
			}
			w.control(http.MethodDelete, "/_sandbox/faults", nil)
			w.mustContract("Aurora Ltda", "12ABC34501DE35", "CTR-000001")
		})
	}
	t.Run("no tokens are given", func(t *testing.T) {
		w := open(t, database.SQLite)
		w.connect()
		w.clock.Advance(2 * time.Hour)
		w.rule(map[string]any{"kind": "token", "do": "status", "status": 400, "count": 1})
		for range 5 {
			if _, err := w.contract("Aurora Ltda", "12ABC34501DE35", "CTR-000001"); kindOf(err) != crm.Throttled {
				t.Fatal(err)
			}
		}
		w.clock.Advance(10 * time.Minute)
		w.mustContract("Aurora Ltda", "12ABC34501DE35", "CTR-000001")
	})
}

// What a record lacks is told beside its field, and long texts are no fault.
func TestARefusedRecordNamesItsField(t *testing.T) {
	w := open(t, database.SQLite)
	w.connect()
	_, err := w.Account(ctx, crm.Account{Name: "Aurora", TaxID: "12ABC34501DE35", Phone: "ask Bia"})
	refused := new(crm.Trouble)
	if !errors.As(err, &refused) || refused.Kind != crm.Refused || refused.Ours != "phone" || refused.Field != "$.data[0].Phone" {
		t.Fatalf("%+v", err)
	}
	if _, err := w.Account(ctx, crm.Account{Name: strings.Repeat("Á", 300), TaxID: "12ABC34501DE35"}); err != nil {
		t.Fatal(err)
	}
	if name := w.fake.Records("Accounts")[0].Values["Account_Name"].(string); len([]rune(name)) != 200 {
		t.Errorf("the name has %d characters", len([]rune(name)))
	}
	_, err = w.Account(ctx, crm.Account{Name: "Aurora", TaxID: strings.Repeat("1", 30)})
	if !errors.As(err, &refused) || refused.Ours != "tax_id" {
		t.Fatalf("a key was shortened: %+v", err)
	}
	// A field that is not unique can't find records again: nothing is written.
	w.control(http.MethodPut, "/_sandbox/fields/Deals", []fakezoho.Field{{Name: "Deal_Name", Type: "text", Length: 120}, {Name: "Contract_ID", Type: "text", Length: 50, Custom: true}})
	if _, err := w.contract("Aurora", "12ABC34501DE35", "CTR-000001"); kindOf(err) != crm.Refused || len(w.fake.Records("Deals")) != 0 {
		t.Fatalf("%v", err)
	}
	report, err := w.FieldCheck(ctx)
	if err != nil || report.OK {
		t.Fatalf("%+v %v", report, err)
	}
}

// A deal that somebody deleted in the CRM is told, not made anew by its stage.
func TestADeletedDealIsTold(t *testing.T) {
	w := open(t, database.SQLite)
	w.connect()
	deal := w.mustContract("Aurora Ltda", "12ABC34501DE35", "CTR-000001")
	if err := w.fake.Remove(deal); err != nil {
		t.Fatal(err)
	}
	if err := w.Stage(ctx, "CTR-000001", deal, crm.StageActive); kindOf(err) != crm.Refused {
		t.Fatal(err)
	}
	again := w.mustContract("Aurora Ltda", "12ABC34501DE35", "CTR-000001")
	if err := w.Stage(ctx, "CTR-000001", deal, crm.StageCanceled); err != nil || again == deal {
		t.Fatal(err)
	}
	if got := w.fake.Records("Deals")[0].Values["Stage"]; got != "Closed Lost" {
		t.Error(got)
	}
}
