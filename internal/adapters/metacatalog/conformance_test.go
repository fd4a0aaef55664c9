package metacatalog

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/listing"
	simulator "prosa/internal/sandbox/metacatalog"
	"prosa/internal/sandbox/stage"
)

func reasonOf(err error) string {
	for err != nil {
		if f, ok := err.(*fault.Error); ok {
			return f.Reason
		}
		wrapped, ok := err.(interface{ Unwrap() error })
		if !ok {
			break
		}
		err = wrapped.Unwrap()
	}
	return ""
}

func TestAnItemGoesThereAndComesBack(t *testing.T) {
	w := newWorld(t, simulator.Config{Delays: simulator.Delays{Finish: time.Minute, Review: time.Hour, Image: time.Minute}})
	catalog := w.catalog()
	bad := row("var_bad")
	bad.Fields.Price = "49,90"
	loud := row("var_loud")
	loud.Fields.Title, loud.Fields.Quantity = "CAMISETA EM OFERTA", -1
	pushed := w.push(catalog, full("var_1"), bad, loud)
	if pushed.Handle == "" || len(pushed.Problems) != 2 || pushed.Usage.Percent < 0 || pushed.Usage.RegainMS != 0 {
		t.Fatalf("%+v", pushed)
	}
	if p := pushed.Problems[0]; p.RetailerID != "var_bad" || len(p.Errors) != 1 || !strings.Contains(p.Errors[0], "price") || len(p.Warnings) != 0 {
		t.Fatalf("%+v", p)
	}
	if p := pushed.Problems[1]; p.RetailerID != "var_loud" || len(p.Errors) != 0 || len(p.Warnings) != 1 {
		t.Fatalf("%+v", p)
	}
	checked, err := w.Check(t.Context(), shop(), catalog, pushed.Handle)
	if err != nil || checked.Status != listing.WorkRunning {
		t.Fatalf("%+v, %v", checked, err)
	}
	w.clock.Advance(time.Minute)
	if checked, err = w.Check(t.Context(), shop(), catalog, pushed.Handle); err != nil || checked.Status != listing.WorkFinished || len(checked.Problems)+len(checked.Invalid) != 0 {
		t.Fatalf("%+v, %v", checked, err)
	}
	w.clock.Advance(time.Hour)
	page, err := w.Read(t.Context(), shop(), catalog, "", 100)
	if err != nil || page.Total != 2 || page.After != "" || len(page.Items) != 2 {
		t.Fatalf("%+v, %v", page, err)
	}
	got := page.Items[0]
	got.ItemID = ""
	want := listing.Seen{
		RetailerID: "var_1", Group: "prd_1", Name: "Camiseta de algodão", Description: "Feita à mão em Olinda.", Link: "https://loja.example/s/p/var_1",
		Image: "https://loja.example/i/var_1.jpg", Price: "R$49,90", SalePrice: "R$39,90", Currency: "BRL", Availability: "in stock", Condition: "new", Brand: "Loja da Bia",
		Review: "approved", ImageStatus: "fetched", Visibility: "published",
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}

	// The sale is over, and then the item goes.
	w.push(catalog, row("var_1"))
	w.clock.Advance(time.Minute)
	if seen := w.see(catalog, "var_1", "nobody"); len(seen) != 1 || seen[0].SalePrice != "" || seen[0].Price != "R$49,90" {
		t.Fatalf("%+v", seen)
	}
	w.push(catalog, listing.Row{RetailerID: "var_1", Delete: true})
	w.clock.Advance(time.Minute)
	if seen := w.see(catalog, "var_1"); len(seen) != 0 {
		t.Fatalf("%+v", seen)
	}
}

func TestProblemsOfABatchAreToldByItem(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	catalog := w.catalog()
	if _, err := w.meta.PutDoom(simulator.Doom{Do: simulator.Refuse, RetailerID: "var_2", Message: "Sem sorte"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.meta.PutDoom(simulator.Doom{Do: simulator.Reject, RetailerID: "var_3", Message: "Foto com texto"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.meta.PutDoom(simulator.Doom{Do: simulator.LoseImage, RetailerID: "var_4"}); err != nil {
		t.Fatal(err)
	}
	pushed := w.push(catalog, row("var_1"), row("var_2"), row("var_3"), row("var_4"), listing.Row{RetailerID: "gone", Delete: true})
	checked, err := w.Check(t.Context(), shop(), catalog, pushed.Handle)
	if err != nil || checked.Status != listing.WorkFinished || !reflect.DeepEqual(checked.Invalid, []string{"var_2"}) || len(checked.Problems) != 2 {
		t.Fatalf("%+v, %v", checked, err)
	}
	if p := checked.Problems[0]; p.RetailerID != "var_2" || !strings.Contains(p.Errors[0], "Sem sorte") {
		t.Fatalf("%+v", p)
	}
	if p := checked.Problems[1]; p.RetailerID != "gone" || len(p.Warnings) != 1 || len(p.Errors) != 0 {
		t.Fatalf("%+v", p)
	}
	seen := w.see(catalog, "var_3", "var_4")
	if len(seen) != 2 || seen[0].Review != "rejected" || !reflect.DeepEqual(seen[0].ReviewReasons, []string{"Foto com texto"}) {
		t.Fatalf("%+v", seen)
	}
	if seen[1].ImageStatus != "fetch_failed" || len(seen[1].Flaws) != 1 || seen[1].Flaws[0].Kind != "IMAGE_FETCH_FAILED" || seen[1].Flaws[0].Priority != "high" || seen[1].Flaws[0].Action == "" {
		t.Fatalf("%+v", seen[1])
	}
	if _, err := w.meta.PutDoom(simulator.Doom{Do: simulator.Break, Count: 1}); err != nil {
		t.Fatal(err)
	}
	pushed = w.push(catalog, row("var_5"), row("var_6"))
	if checked, err = w.Check(t.Context(), shop(), catalog, pushed.Handle); err != nil || checked.Status != listing.WorkFailed {
		t.Fatalf("%+v, %v", checked, err)
	}
	if _, err = w.Check(t.Context(), shop(), catalog, "Acz-unknown"); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	bad := row("x")
	bad.Fields.Availability = "sold"
	if pushed = w.push(catalog, bad); pushed.Handle != "" || len(pushed.Problems) != 1 {
		t.Fatalf("nothing was taken, and yet %+v", pushed)
	}
}

func TestPagesFollowEachOther(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	catalog := w.catalog()
	var rows []listing.Row
	for i := range 12 {
		rows = append(rows, row(fmt.Sprintf("var_%02d", i)))
	}
	w.push(catalog, rows...)
	var seen []string
	after := ""
	for pages := 1; ; pages++ {
		page, err := w.Read(t.Context(), shop(), catalog, after, 5)
		if err != nil || (page.Total != 12) == (after == "") {
			t.Fatalf("%+v, %v", page, err)
		}
		for _, item := range page.Items {
			seen = append(seen, item.RetailerID)
		}
		if after = page.After; after == "" {
			if pages != 3 {
				t.Fatalf("%d pages", pages)
			}
			break
		}
	}
	if len(seen) != 12 || seen[0] != "var_00" || seen[11] != "var_11" {
		t.Fatal(seen)
	}
}

func TestCatalogsOfAnAccount(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	first, err := w.Create(t.Context(), shop(), "Vitrine")
	if err != nil {
		t.Fatal(err)
	}
	unknown := shop()
	unknown.BusinessID = "" // found by the business account
	second, err := w.Create(t.Context(), unknown, "Atacado")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a repetition does nothing
		if err := w.Connect(t.Context(), shop(), first); err != nil {
			t.Fatal(err)
		}
	}
	list, err := w.Catalogs(t.Context(), unknown)
	if want := []listing.Found{{ID: second, Name: "Atacado"}, {ID: first, Name: "Vitrine", Connected: true}}; err != nil || !reflect.DeepEqual(list, want) {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := w.Connect(t.Context(), shop(), second); reasonOf(err) != listing.ReasonRefused || !strings.Contains(err.Error(), "already connected") {
		t.Fatal(err)
	}
	if _, err := w.Create(t.Context(), shop(), " "); reasonOf(err) != listing.ReasonRefused {
		t.Fatal(err)
	}
	settings, err := w.Settings(t.Context(), shop())
	if err != nil || settings != (listing.Settings{CartEnabled: true}) {
		t.Fatalf("%+v, %v", settings, err)
	}
	for _, want := range []listing.Settings{{CatalogVisible: true}, {CartEnabled: true, CatalogVisible: true}, {}} {
		if err := w.SetSettings(t.Context(), shop(), want); err != nil {
			t.Fatal(err)
		}
		if settings, err = w.Settings(t.Context(), shop()); err != nil || settings != want {
			t.Fatalf("%+v, %v", settings, err)
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	catalog := w.catalog()
	push := func(acc listing.Account, catalog string) error {
		_, err := w.Push(t.Context(), acc, catalog, []listing.Row{row("var_1")})
		return err
	}
	wrong, other := shop(), shop()
	wrong.Token, other.Token = secret.New("guess"), secret.New("of-another")
	if _, err := w.meta.PutAccount(simulator.Account{Business: "7", App: "9", AppSecret: "x", Token: "of-another"}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		err    error
		code   fault.Code
		reason string
	}{
		"a wrong token":        {push(wrong, catalog), fault.Refused, listing.ReasonCredentials},
		"no token":             {push(listing.Account{}, catalog), fault.Refused, listing.ReasonCredentials},
		"another's catalog":    {push(other, catalog), fault.Refused, listing.ReasonPermission},
		"a catalog that isn't": {push(shop(), "123"), fault.Refused, listing.ReasonPermission},
	} {
		if fault.CodeOf(c.err) != c.code || reasonOf(c.err) != c.reason || strings.Contains(fmt.Sprint(c.err), "guess") {
			t.Errorf("%s: %v", name, c.err)
		}
	}

	fail := func(rule stage.Rule) error {
		t.Helper()
		rule.Count = 1
		answer := w.rule(rule)
		defer answer()
		return push(shop(), catalog)
	}
	for name, c := range map[string]struct {
		rule   stage.Rule
		code   fault.Code
		reason string
	}{
		"storm":          {stage.Rule{Do: stage.DoStatus, Status: 503}, fault.Unavailable, ""},
		"unknown":        {stage.Rule{Do: stage.DoStatus, Status: 500, Code: 1}, fault.Unavailable, ""},
		"app limit":      {stage.Rule{Do: stage.DoStatus, Status: 429, RetryAfter: 30}, fault.RateLimited, listing.ReasonLimited},
		"blocked":        {stage.Rule{Do: stage.DoStatus, Status: 400, Code: 368}, fault.Refused, listing.ReasonRefused},
		"cut before":     {stage.Rule{Do: stage.DoCutBefore}, fault.Unavailable, ""},
		"lost after all": {stage.Rule{Do: stage.DoCutAfter}, fault.Unavailable, ""},
	} {
		err := fail(c.rule)
		if fault.CodeOf(err) != c.code || reasonOf(err) != c.reason {
			t.Errorf("%s: %v", name, err)
		}
		if name == "app limit" {
			if until := listing.UntilOf(err); until != w.clock.Now().UnixMilli()+30_000 {
				t.Errorf("%s: until %d", name, until)
			}
		}
	}
	if seen := w.see(catalog, "var_1"); len(seen) != 1 {
		t.Error("what was lost after its effect had none")
	}
}

// rule adds a fault and gives the function that takes it away.
func (w *world) rule(rule stage.Rule) func() {
	w.t.Helper()
	rule.On, rule.Kind = "call", "items_batch"
	added := w.control("POST", "/_sandbox/faults", rule)
	return func() { w.control("DELETE", "/_sandbox/faults/"+added["id"].(string), nil) }
}

func TestTheHourAndItsEnd(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	catalog := w.catalog()
	if _, err := w.meta.Set(simulator.Settings{RateLimits: true, Users: 1, PerHour: 4}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{25, 50, 75, 100} {
		if pushed := w.push(catalog, row(fmt.Sprint("var_", i))); pushed.Usage.Percent != want {
			t.Fatalf("%+v", pushed.Usage)
		}
	}
	pushed, err := w.Push(t.Context(), shop(), catalog, []listing.Row{row("var_9")})
	until := listing.UntilOf(err)
	if reasonOf(err) != listing.ReasonLimited || !fault.Is(err, fault.RateLimited) || pushed.Usage.RegainMS != 60*60_000 || until != w.clock.Now().UnixMilli()+pushed.Usage.RegainMS {
		t.Fatalf("%+v, %v until %d", pushed, err, until)
	}
	w.clock.Advance(time.Duration(until-w.clock.Now().UnixMilli()) * time.Millisecond)
	w.push(catalog, row("var_9"))
}

func TestTooManyBytes(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	catalog := w.catalog()
	if _, err := w.meta.Set(simulator.Settings{MaxBytes: 1200}); err != nil {
		t.Fatal(err)
	}
	rows := []listing.Row{row("var_1"), row("var_2"), row("var_3"), row("var_4")}
	_, err := w.Push(t.Context(), shop(), catalog, rows)
	if !fault.Is(err, fault.TooLarge) || reasonOf(err) != listing.ReasonTooMuch {
		t.Fatal(err)
	}
	w.push(catalog, rows[:2]...) // half of it passes
	if _, err = w.Push(t.Context(), shop(), catalog, make([]listing.Row, listing.MaxRows+1)); reasonOf(err) != listing.ReasonTooMuch {
		t.Fatal(err)
	}
	if _, _, err = w.ReadSome(t.Context(), shop(), catalog, make([]string, listing.MaxSome+1)); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
}

func TestTheWebhookIsVerifiedAndRead(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	catalog := w.catalog()
	pushed := w.push(catalog, row("var_1"))
	w.see(catalog, "var_1")
	var got hook
	select {
	case got = <-w.hooks:
	case <-time.After(20 * time.Second):
		t.Fatal("no webhook came")
	}
	genuine := channel.Account{ID: "cha_1", Credentials: map[string]secret.Text{"app_secret": secret.New("s3cret")}}
	foreign := channel.Account{ID: "cha_2", Credentials: map[string]secret.Text{"app_secret": secret.New("another")}}
	matched, err := Verify(got.header, got.body, []channel.Account{foreign, genuine})
	if err != nil || len(matched) != 1 || matched[0].ID != "cha_1" {
		t.Fatal(matched, err)
	}
	if _, err := Verify(got.header, append(got.body, ' '), []channel.Account{genuine}); !fault.Is(err, fault.Unauthorized) {
		t.Fatal(err)
	}
	notices, err := Notices(got.body)
	if want := []Notice{{CatalogID: catalog, Handle: pushed.Handle}}; err != nil || !reflect.DeepEqual(notices, want) {
		t.Fatal(notices, err)
	}
}

func TestNoTokenIsKept(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	catalog := w.catalog()
	w.push(catalog, row("var_1"), row("var_2"))
	w.see(catalog, "var_1")
	if err := w.SetSettings(t.Context(), shop(), listing.Settings{}); err != nil {
		t.Fatal(err)
	}
	if len(w.book.exchanges) < 5 {
		t.Fatal(len(w.book.exchanges))
	}
	noted := false
	for _, exchange := range w.book.exchanges {
		if strings.Contains(fmt.Sprint(exchange), "EAAtoken") || exchange.TenantID != "ten_1" || exchange.AccountID != "cha_1" {
			t.Errorf("%+v", exchange)
		}
		noted = noted || strings.HasPrefix(exchange.Request, "items_batch: 2 rows from var_1 to var_2, 0 of them deletions")
	}
	if !noted {
		t.Error("the batch is not noted in short")
	}
}

// TestWhatIsMissingIsSaid: a call for which the account lacks an id is not made.
func TestWhatIsMissingIsSaid(t *testing.T) {
	a, book := connect(t, "http://127.0.0.1:1", nil)
	acc := listing.Account{TenantID: "ten_1", ID: "cha_1", Token: secret.New("x")}
	ctx := t.Context()
	calls := map[string]func() error{
		"push":     func() error { _, err := a.Push(ctx, acc, "", []listing.Row{row("a")}); return err },
		"check":    func() error { _, err := a.Check(ctx, acc, "", "h"); return err },
		"handle":   func() error { _, err := a.Check(ctx, acc, "1", ""); return err },
		"read":     func() error { _, err := a.Read(ctx, acc, "", "", 10); return err },
		"some":     func() error { _, _, err := a.ReadSome(ctx, acc, "", []string{"a"}); return err },
		"catalogs": func() error { _, err := a.Catalogs(ctx, acc); return err },
		"create":   func() error { _, err := a.Create(ctx, acc, "Vitrine"); return err },
		"connect":  func() error { return a.Connect(ctx, acc, "") },
		"account":  func() error { return a.Connect(ctx, acc, "1") },
		"settings": func() error { _, err := a.Settings(ctx, acc); return err },
		"set":      func() error { return a.SetSettings(ctx, acc, listing.Settings{}) },
	}
	for name, call := range calls {
		if err := call(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if pushed, err := a.Push(ctx, acc, "1", nil); err != nil || pushed.Handle != "" {
		t.Error(pushed, err)
	}
	if len(book.exchanges) != 0 {
		t.Errorf("%+v", book.exchanges)
	}
}
