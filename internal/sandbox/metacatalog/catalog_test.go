package metacatalog

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"prosa/internal/sandbox/stage"
)

func TestAnAccountShowsOneCatalog(t *testing.T) {
	s := start(t, Config{})
	first, second := s.catalog("Vitrine"), s.catalog("Atacado")
	list := fmt.Sprint(s.call(http.MethodGet, business+"/owned_product_catalogs?fields=id,name,product_count", nil)["data"])
	contains(t, list, "Atacado")
	contains(t, list, "product_count:0")
	if found := s.call(http.MethodGet, waba+"/product_catalogs", nil)["data"].([]any); len(found) != 0 {
		t.Fatal(found)
	}
	for range 2 { // the second time changes nothing
		s.call(http.MethodPost, waba+"/product_catalogs", data{"catalog_id": first})
	}
	if code, message := s.refused(http.MethodPost, waba+"/product_catalogs", data{"catalog_id": second}); code != 100 || !strings.Contains(message, "already connected") {
		t.Fatal(code, message)
	}
	if id, ok := s.CatalogOf(waba); !ok || id != first {
		t.Fatal(id)
	}
	s.call(http.MethodDelete, waba+"/product_catalogs?catalog_id="+first, nil)
	if _, ok := s.CatalogOf(waba); ok {
		t.Fatal("still connected")
	}
	s.call(http.MethodPost, waba+"/product_catalogs?catalog_id="+second, nil)
	contains(t, fmt.Sprint(s.call(http.MethodGet, waba+"/product_catalogs", nil)), "Atacado")
	contains(t, fmt.Sprint(s.call(http.MethodGet, second+"?fields=name,vertical", nil)), "commerce")
	contains(t, fmt.Sprint(s.call(http.MethodGet, waba+"?fields=owner_business_info", nil)), business)
	for path, body := range map[string]data{
		business + "/owned_product_catalogs":       {"vertical": "commerce"},
		business + "/owned_product_catalogs?name=": {"name": " "},
		waba + "/product_catalogs":                 {"catalog_id": "123"},
		waba + "/product_catalogs?x=1":             {},
	} {
		if code, message := s.refused(http.MethodPost, path, body); code != 100 {
			t.Errorf("%s: %d %s", path, code, message)
		}
	}
}

func TestCommerceSettingsOfANumber(t *testing.T) {
	s := start(t, Config{})
	read := func() map[string]any {
		t.Helper()
		return s.call(http.MethodGet, phone+"/whatsapp_commerce_settings", nil)["data"].([]any)[0].(map[string]any)
	}
	if set := read(); set["is_cart_enabled"] != true || set["is_catalog_visible"] != false || set["id"] == "" {
		t.Fatal(set)
	}
	s.call(http.MethodPost, phone+"/whatsapp_commerce_settings?is_cart_enabled=false&is_catalog_visible=true", nil)
	if set := read(); set["is_cart_enabled"] != false || set["is_catalog_visible"] != true {
		t.Fatal(set)
	}
	s.call(http.MethodPost, phone+"/whatsapp_commerce_settings", data{"is_cart_enabled": true})
	if cart, visible := s.CommerceOf(phone); !cart || !visible {
		t.Fatal(read())
	}
	if code, _ := s.refused(http.MethodPost, phone+"/whatsapp_commerce_settings", data{"is_cart_enabled": "perhaps"}); code != 100 {
		t.Fatal(code)
	}
}

func TestWhoMayNot(t *testing.T) {
	s := start(t, Config{})
	id := s.catalog("Vitrine")
	s.control(http.MethodPost, "/_sandbox/accounts", Account{Business: "7002", App: "9002", AppSecret: "x", Token: "other", Numbers: map[string]string{"1070": "8070"}}, http.StatusCreated)
	ask := func(path, bearer string) (int, int) {
		t.Helper()
		request, _ := http.NewRequest(http.MethodGet, s.http.URL+path, nil)
		if bearer != "" {
			request.Header.Set("Authorization", "Bearer "+bearer)
		}
		response, err := s.http.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var value struct{ Error graphError }
		if err := json.NewDecoder(response.Body).Decode(&value); err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, value.Error.Code
	}
	for name, c := range map[string]struct {
		path, token string
		status      int
		code        int
	}{
		"no token":         {"/v25.0/" + id + "/products", "", 400, 104},
		"wrong token":      {"/v25.0/" + id + "/products", "guess", 401, 190},
		"another business": {"/v25.0/" + id + "/products", "other", 403, 200},
		"another WABA":     {"/v25.0/" + waba + "/product_catalogs", "other", 400, 100},
		"another number":   {"/v25.0/" + phone + "/whatsapp_commerce_settings", "other", 400, 100},
		"no such catalog":  {"/v25.0/123/products", token, 400, 100},
		"no such edge":     {"/v25.0/" + id + "/hotels", token, 400, 100},
		"too deep":         {"/v25.0/" + id + "/products/1", token, 400, 2500},
	} {
		if status, code := ask(c.path, c.token); status != c.status || code != c.code {
			t.Errorf("%s: %d, code %d", name, status, code)
		}
	}
	if shown := fmt.Sprint(s.control(http.MethodGet, "/_sandbox/accounts", nil, http.StatusOK)); strings.Contains(shown, token) || strings.Contains(shown, secret) {
		t.Fatal(shown)
	}
}

func TestTheReadBackGoesPageByPage(t *testing.T) {
	s := start(t, Config{PublicURL: "http://sandbox.example/meta"})
	id := s.catalog("Vitrine")
	var rows []data
	for i := range 25 {
		rows = append(rows, request1("UPDATE", good(fmt.Sprintf("p%02d", i))))
	}
	s.push(id, rows...)
	seen, after := "", ""
	for page := 0; ; page++ {
		answer := s.call(http.MethodGet, id+"/products?fields=retailer_id&limit=10&summary=true&after="+after, nil)
		if total := answer["summary"].(map[string]any)["total_count"].(float64); total != 25 && page == 0 {
			t.Fatal(total)
		}
		for _, one := range answer["data"].([]any) {
			seen += one.(map[string]any)["retailer_id"].(string) + " "
		}
		paging := answer["paging"].(map[string]any)
		after = paging["cursors"].(map[string]any)["after"].(string)
		next, more := paging["next"].(string)
		if !more {
			break
		}
		if !strings.HasPrefix(next, "http://sandbox.example/meta/v25.0/"+id+"/products?") || strings.Contains(next, token) {
			t.Fatal(next)
		}
		if page == 0 { // items that go and come move nobody else
			s.push(id, request1("DELETE", data{"id": "p03"}), request1("DELETE", data{"id": "p12"}), request1("UPDATE", good("new")))
		}
	}
	want := "p00 p01 p02 p03 p04 p05 p06 p07 p08 p09 p10 p11 p13 p14 p15 p16 p17 p18 p19 p20 p21 p22 p23 p24 new "
	if seen != want {
		t.Fatalf("read %s", seen)
	}
	for filter, want := range map[string]int{
		`{"retailer_id":{"is_any":["p01","p02","p03"]}}`: 2, `{"retailer_id":{"eq":"p01"}}`: 1, `{"name":{"i_contains":"CAMISETA P2"}}`: 5,
		`{"name":{"contains":"CAMISETA"}}`: 0, `{"availability":{"is_not_any":["in stock"]}}`: 0,
	} {
		answer := s.call(http.MethodGet, id+"/products?summary=1&limit=1&filter="+url.QueryEscape(filter), nil)
		if total := answer["summary"].(map[string]any)["total_count"]; total != float64(want) {
			t.Errorf("%s: %v", filter, total)
		}
	}
	for _, query := range []string{"fields=id,colour", "limit=0", "limit=many", "after=xx", "filter=x", "filter=" + url.QueryEscape(`{"price":{"eq":"1"}}`), "filter=" + url.QueryEscape(`{"name":{"like":"1"}}`), "filter=" + url.QueryEscape(`{"name":{"is_any":"1"}}`)} {
		if code, message := s.refused(http.MethodGet, id+"/products?"+query, nil); code != 100 {
			t.Errorf("%s: %d %s", query, code, message)
		}
	}
	if code, _ := s.refused(http.MethodGet, id+"/products?limit=1001", nil); code != 1 {
		t.Error(code)
	}
	one := s.read(id, "p01", "id")["id"].(string)
	contains(t, fmt.Sprint(s.call(http.MethodGet, one+"?fields=retailer_id,price,review_status", nil)), "R$49,90")
}

func TestReviewAndPicture(t *testing.T) {
	s := start(t, Config{Delays: Delays{Review: time.Hour, Image: time.Minute}})
	id := s.catalog("Vitrine")
	s.control(http.MethodPost, "/_sandbox/dooms", Doom{Do: Reject, RetailerID: "b", Message: "Foto com texto", Count: 1}, http.StatusCreated)
	s.control(http.MethodPost, "/_sandbox/dooms", Doom{Do: LoseImage, RetailerID: "c"}, http.StatusCreated)
	s.control(http.MethodPost, "/_sandbox/dooms", Doom{Do: Hide, RetailerID: "d"}, http.StatusCreated)
	s.control(http.MethodPost, "/_sandbox/dooms", Doom{Do: Refuse, RetailerID: "f", Message: "Sem sorte"}, http.StatusCreated)
	handle, _ := s.push(id, request1("UPDATE", good("a")), request1("UPDATE", good("b")), request1("UPDATE", good("c")), request1("UPDATE", good("d")),
		request1("UPDATE", with(good("e"), "title", "Maço de cigarro")), request1("UPDATE", good("f")))
	contains(t, fmt.Sprint(s.check(id, handle)["errors"]), "Sem sorte")
	const fields = "review_status,review_rejection_reasons,image_fetch_status,visibility,errors,capability_to_review_status"
	see := func(retailer string) string { return fmt.Sprint(s.read(id, retailer, fields)) }
	contains(t, see("b"), "review_status:pending")
	contains(t, see("a"), "image_fetch_status:NO_STATUS")
	s.clock.Advance(time.Minute)
	contains(t, see("a"), "image_fetch_status:FETCHED")
	contains(t, see("c"), "image_fetch_status:FETCH_FAILED")
	contains(t, see("c"), "IMAGE_FETCH_FAILED")
	contains(t, see("d"), "visibility:staging")
	s.clock.Advance(time.Hour)
	contains(t, see("a"), "review_status:approved")
	contains(t, see("b"), "review_rejection_reasons:[Foto com texto]")
	contains(t, see("b"), "review_status:rejected")
	contains(t, see("e"), "review_rejection_reasons:[TOBACCO]")
	if len(s.Items(id, "", 10)) != 2 { // a, and c without its picture
		t.Fatal(s.Items(id, "", 10))
	}

	// A price changes nothing of it; other words are reviewed anew.
	s.push(id, request1("UPDATE", data{"id": "b", "price": "10.00 BRL"}))
	contains(t, see("b"), "review_status:rejected")
	s.push(id, request1("UPDATE", data{"id": "b", "title": "Outra camiseta"}))
	contains(t, see("b"), "review_status:pending")
	if err := s.Hurry(); err != nil {
		t.Fatal(err)
	}
	contains(t, see("b"), "review_status:approved")
}

func TestTheHourIsLimited(t *testing.T) {
	s := start(t, Config{})
	id := s.catalog("Vitrine")
	settings := s.Server.config.settings()
	settings.PerHour = 4
	s.control(http.MethodPut, "/_sandbox/settings", settings, http.StatusOK)
	send := func() (int, map[string]any) {
		t.Helper()
		response, text, err := s.send(http.MethodPost, "/v25.0/"+id+"/items_batch", data{"item_type": "PRODUCT_ITEM", "requests": []data{request1("UPDATE", good("a"))}})
		if err != nil {
			t.Fatal(err)
		}
		var usage map[string][]map[string]any
		if err := json.Unmarshal([]byte(response.Header.Get("X-Business-Use-Case-Usage")), &usage); err != nil || len(usage[business]) != 1 {
			t.Fatal(response.Header)
		}
		var value struct{ Error graphError }
		if err := json.Unmarshal(text, &value); err != nil {
			t.Fatal(err)
		}
		return value.Error.Code, usage[business][0]
	}
	for i, percent := range []float64{25, 50, 75, 100} {
		if code, usage := send(); code != 0 || usage["call_count"] != percent || usage["type"] != "catalog_batch" {
			t.Fatal(i, code, usage)
		}
		s.clock.Advance(time.Minute)
	}
	code, usage := send() // the fifth, in the fifth minute
	if code != 80014 || usage["estimated_time_to_regain_access"] != 57.0 {
		t.Fatal(code, usage) // two must go: the second one leaves 57 minutes on
	}
	if _, usage = send(); usage["estimated_time_to_regain_access"] != 58.0 {
		t.Fatal("a call while limited did not make it longer:", usage)
	}
	// The other limit is another one.
	s.call(http.MethodGet, id+"/products", nil)
	s.clock.Advance(58 * time.Minute)
	if code, usage = send(); code != 0 {
		t.Fatal(code, usage)
	}
}

func TestTheRegainedTimeIsTrue(t *testing.T) {
	s := start(t, Config{})
	s.Server.mu.Lock()
	defer s.Server.mu.Unlock()
	s.settings.PerHour = 10
	h := s.usage("1", batching)
	for minute := range 50 {
		h.Calls[(s.now().UnixMilli())/minuteMS] += minute % 3
		s.clock.Advance(time.Minute)
	}
	wait := s.regain(h, s.now().UnixMilli()/minuteMS)
	s.clock.Advance(time.Duration(wait-1) * time.Minute)
	early := sum(h.Calls, s.now().UnixMilli()/minuteMS)
	s.clock.Advance(time.Minute)
	due := sum(h.Calls, s.now().UnixMilli()/minuteMS)
	if wait < 1 || early < 10 || due >= 10 {
		t.Fatalf("%d minutes: %d calls a minute before, %d then", wait, early, due)
	}
}

func TestAllIsThereAgainAfterACrash(t *testing.T) {
	dir := t.TempDir()
	config := Config{Dir: dir, Delays: Delays{Finish: time.Minute}}
	s := start(t, config)
	id := s.catalog("Vitrine")
	s.call(http.MethodPost, waba+"/product_catalogs", data{"catalog_id": id})
	s.call(http.MethodPost, phone+"/whatsapp_commerce_settings", data{"is_catalog_visible": true})
	s.push(id, request1("UPDATE", good("a")), request1("UPDATE", good("b")))
	s.clock.Advance(time.Minute)
	number := s.read(id, "a", "id")["id"]
	s.hears()
	s.push(id, request1("DELETE", data{"id": "b"}))
	s.clock.Advance(time.Minute)
	s.read(id, "a", "id")
	s.hears()
	s.control(http.MethodPost, "/_sandbox/dooms", Doom{Do: Hide, RetailerID: "z"}, http.StatusCreated)
	handle, _ := s.push(id, request1("UPDATE", good("c")))
	s.stop() // with a batch under way
	s.run(config)
	if state := s.check(id, handle)["status"]; state != "started" {
		t.Fatal(state)
	}
	s.clock.Advance(time.Minute)
	if state := s.check(id, handle)["status"]; state != "finished" {
		t.Fatal(state)
	}
	if s.read(id, "a", "id")["id"] != number || s.read(id, "b", "id") != nil || s.read(id, "c", "id") == nil {
		t.Fatal("the items differ")
	}
	if connected, _ := s.CatalogOf(waba); connected != id || len(s.Dooms()) != 1 {
		t.Fatal(connected)
	}
	if _, visible := s.CommerceOf(phone); !visible {
		t.Fatal("the settings are lost")
	}
	s.hearsOf(handle)
	s.control(http.MethodPost, "/_sandbox/reset", nil, http.StatusCreated)
	if len(s.Catalogs())+len(s.Accounts()) != 0 {
		t.Fatal("not forgotten")
	}
}

func TestTheShelfShowsWhatCustomersSee(t *testing.T) {
	s := start(t, Config{})
	id := s.catalog("Vitrine")
	s.push(id,
		request1("UPDATE", with(good("a"), "item_group_id", "g", "color", "Azul", "size", "M", "sale_price", "39.90 BRL", "sale_price_effective_date", "2026-11-23T00:00-03:00/2026-11-24T00:00-03:00")),
		request1("UPDATE", with(good("b"), "status", "archived")),
		request1("UPDATE", with(good("c"), "price", "1500 BRL", "availability", "out of stock")))
	s.read(id, "a", "id")
	got, ok := s.Item(id, "a")
	want := Item{
		RetailerID: "a", Group: "g", Name: "Camiseta a", Description: "Algodão, feita à mão.", Variant: "Azul · M", Price: "R$ 39,90", ListPrice: "R$ 49,90", Amount: "39.90", Currency: "BRL",
		Image: "https://loja.example/i/a.jpg", Link: "https://loja.example/p/a", Availability: "in stock", Visible: true,
	}
	if !ok || got != want {
		t.Fatalf("%+v", got)
	}
	s.clock.Advance(24 * time.Hour) // the sale is over
	if got, _ = s.Item(id, "a"); got.Price != "R$ 49,90" || got.ListPrice != "" || got.Amount != "49.90" {
		t.Fatalf("%+v", got)
	}
	if hidden, ok := s.Item(id, "b"); !ok || hidden.Visible {
		t.Fatalf("%+v", hidden)
	}
	if list := s.Items(id, "a", 10); len(list) != 1 || list[0].RetailerID != "c" || list[0].Price != "R$ 1.500,00" {
		t.Fatalf("%+v", list)
	}
	if _, ok := s.Item("123", "a"); ok || len(s.Items("123", "", 1)) != 0 {
		t.Fatal("of a catalog that is none")
	}
	contains(t, fmt.Sprint(s.control(http.MethodGet, "/_sandbox/items?limit=1&catalog_id="+id, nil, http.StatusOK)), "Camiseta a")
}

// neighbour is a directory of another simulator: the numbers of its only token.
type neighbour map[string]string

func (n neighbour) Holder(token string) (Holder, bool) {
	return Holder{App: "55", Numbers: n}, token == "theirs"
}

func (neighbour) Application(id string) (App, bool) { return App{}, id == "55" }

func TestAccountsOfANeighbour(t *testing.T) {
	numbers := neighbour{"111": "222"}
	server, err := New(Config{Directory: numbers})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	ask := func(method, path string) string {
		t.Helper()
		request := httptest.NewRequest(method, path, nil)
		if !server.Owns(request) {
			t.Fatalf("%s is not ours", path)
		}
		request.Header.Set("Authorization", "Bearer theirs")
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, request)
		return answer.Body.String()
	}
	var info struct {
		Owner struct{ ID string } `json:"owner_business_info"`
	}
	if err := json.Unmarshal([]byte(ask(http.MethodGet, "/v25.0/222?fields=owner_business_info")), &info); err != nil || info.Owner.ID == "" {
		t.Fatal(info)
	}
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(ask(http.MethodPost, "/v25.0/"+info.Owner.ID+"/owned_product_catalogs?name=Vitrine")), &made); err != nil || made.ID == "" {
		t.Fatal(made)
	}
	numbers["109"] = "220" // a number more is no other business
	contains(t, ask(http.MethodGet, "/v25.0/"+made.ID), "Vitrine")
	contains(t, ask(http.MethodGet, "/v25.0/220?fields=owner_business_info"), info.Owner.ID)
	contains(t, ask(http.MethodGet, "/v25.0/111/whatsapp_commerce_settings"), "is_cart_enabled")
	for _, path := range []string{"/v25.0/111/messages", "/v25.0/111", "/v25.0/222/subscribed_apps", "/media/1", "/v25.0/1/2/products"} {
		if server.Owns(httptest.NewRequest(http.MethodGet, path, nil)) {
			t.Errorf("%s is taken from the neighbour", path)
		}
	}
}

func TestTheControlPage(t *testing.T) {
	s := start(t, Config{})
	id := s.catalog("Vitrine <da> Bia")
	client := s.http.Client()
	show := func() string {
		t.Helper()
		response, err := client.Get(s.http.URL + "/_sandbox/")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var text strings.Builder
		if _, err := fmt.Fprint(&text, response.Status); err != nil {
			t.Fatal(err)
		}
		body := make([]byte, 1<<16)
		n, _ := response.Body.Read(body)
		return text.String() + string(body[:n])
	}
	contains(t, show(), "Vitrine &lt;da&gt; Bia")
	for _, form := range []url.Values{{"act": {"reject"}, "retailer_id": {"a"}, "message": {"Feio"}}, {"act": {"settle"}}} {
		response, err := client.PostForm(s.http.URL+"/_sandbox/do", form)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatal(response, err)
		}
		_ = response.Body.Close()
	}
	contains(t, show(), "Feio")
	s.push(id, request1("UPDATE", good("a")))
	if got := s.read(id, "a", "review_status")["review_status"]; got != "rejected" {
		t.Fatal(got)
	}
	for _, form := range []url.Values{{"act": {"clear"}}, {"act": {"explode"}}} {
		response, err := client.PostForm(s.http.URL+"/_sandbox/do", form)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
	if len(s.Dooms()) != 0 {
		t.Fatal(s.Dooms())
	}
	for path, body := range map[string]any{
		"/_sandbox/accounts": Account{Business: "x"}, "/_sandbox/dooms": Doom{Do: "explode"}, "/_sandbox/faults": stage.Rule{On: "dream"},
	} {
		s.control(http.MethodPost, path, body, http.StatusUnprocessableEntity)
	}
	s.control(http.MethodPut, "/_sandbox/settings", Settings{LatencyMS: -1}, http.StatusUnprocessableEntity)
	s.control(http.MethodDelete, "/_sandbox/faults/none", nil, http.StatusNotFound)
}

// TestFiftyThousandItems at the size that a large shop has, a part of them
// doomed: each is where it belongs.
func TestFiftyThousandItems(t *testing.T) {
	if testing.Short() {
		t.Skip("50,000 items take a while")
	}
	s := start(t, Config{Dir: t.TempDir()})
	id := s.catalog("Vitrine")
	s.control(http.MethodPost, "/_sandbox/dooms", Doom{Do: Reject, Every: 50}, http.StatusCreated)
	const total, page = 50_000, 1000
	rows := make([]data, 0, 5000)
	for i := range total {
		if rows = append(rows, request1("UPDATE", good(fmt.Sprintf("var_%026d", i)))); len(rows) == cap(rows) {
			s.push(id, rows...)
			rows = rows[:0]
		}
	}
	seen, rejected, after := map[string]bool{}, 0, ""
	for {
		answer := s.call(http.MethodGet, id+"/products?fields=retailer_id,review_status&limit=1000&after="+after, nil)
		for _, one := range answer["data"].([]any) {
			item := one.(map[string]any)
			seen[item["retailer_id"].(string)] = true
			if item["review_status"] == "rejected" {
				rejected++
			}
		}
		paging := answer["paging"].(map[string]any)
		if after = paging["cursors"].(map[string]any)["after"].(string); paging["next"] == nil {
			break
		}
	}
	view := s.Catalogs()[0]
	if len(seen) != total || rejected != view.Rejected || rejected < total/100 || rejected > total/25 {
		t.Fatalf("%d items, %d rejected, %+v", len(seen), rejected, view)
	}
}
