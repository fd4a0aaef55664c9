package metacatalog

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"prosa/internal/sandbox/stage"
)

func TestABatchIsWorkedOffInItsTime(t *testing.T) {
	s := start(t, Config{Delays: Delays{Start: time.Second, Finish: 9 * time.Second}})
	id := s.catalog("Vitrine")
	handle, said := s.push(id, request1("UPDATE", good("a")), request1("CREATE", with(good("b"), "price", "49,90")), request1("UPDATE", with(good("c"), "title", "CAMISETA EM PROMOÇÃO")))
	if handle == "" || len(said) != 2 || !strings.HasPrefix(said["b"], "e:price: ") || said["c"] != "w:title: Field contains all uppercase letters;" {
		t.Fatalf("handle %q, %q", handle, said)
	}
	if state := s.check(id, handle)["status"]; state != "scheduled" {
		t.Fatal(state)
	}
	s.clock.Advance(time.Second)
	if state := s.check(id, handle)["status"]; state != "started" || s.read(id, "a", "id") != nil {
		t.Fatal(state)
	}
	s.clock.Advance(9 * time.Second)
	done := s.check(id, handle)
	if done["status"] != "finished" || done["errors_total_count"] != 0.0 {
		t.Fatal(done)
	}
	if s.read(id, "a", "id") == nil || s.read(id, "b", "id") != nil || s.read(id, "c", "id") == nil {
		t.Fatal("not what was taken")
	}
	hook := s.hears()
	if !hook.genuine {
		t.Fatal("the signature is wrong")
	}
	contains(t, hook.body, `"object":"catalog"`)
	contains(t, hook.body, `"changes":[{"field":"items_batch","value":{"catalog_id":"`+id+`","handle":"`+handle+`","status":"finished"}}]`)

	s.clock.Advance(25 * time.Hour)
	if code, message := s.refused(http.MethodGet, id+"/check_batch_request_status?handle="+handle, nil); code != 100 {
		t.Fatal(message)
	}
}

func TestRowsThatBreakARule(t *testing.T) {
	s := start(t, Config{Unlimited: true})
	id := s.catalog("Vitrine")
	long := strings.Repeat("palavra ", 30)
	for name, c := range map[string]struct {
		row  data
		want string // begins so; empty: nothing is said
	}{
		"all is well":            {request1("UPDATE", good("x")), ""},
		"no id":                  {request1("UPDATE", with(good("x"), "id", nil)), "e:id: is required"},
		"id as number":           {request1("UPDATE", with(good("x"), "id", 7)), "e:id: must be a text"},
		"long id":                {request1("UPDATE", with(good("x"), "id", strings.Repeat("x", 101))), "e:id: must be at most 100"},
		"retailer_id in data":    {request1("UPDATE", with(good("x"), "retailer_id", "x")), "e:retailer_id: is not a field"},
		"retailer_id beside":     {data{"method": "UPDATE", "retailer_id": "x", "data": good("x")}, "e:retailer_id: is not a parameter"},
		"names of the read side": {request1("UPDATE", with(good("x"), "name", "Camiseta")), "e:name: is not a field"},
		"no method":              {data{"data": good("x")}, "e:method: must be one of"},
		"no title":               {request1("CREATE", with(good("x"), "title", nil)), "e:title: You cannot create"},
		"no brand":               {request1("CREATE", with(good("x"), "brand", nil)), "e:brand: You cannot create"},
		"gtin for brand":         {request1("CREATE", with(good("x"), "brand", nil, "gtin", "7891000100103")), ""},
		"long title":             {request1("UPDATE", with(good("x"), "title", long)), "e:title: must be at most 200"},
		"title a bit long":       {request1("UPDATE", with(good("x"), "title", long[:160])), "w:title: Titles of more"},
		"empty title":            {request1("UPDATE", with(good("x"), "title", "")), "e:title: must not be empty"},
		"capitals":               {request1("UPDATE", with(good("x"), "title", "OFERTA ÚNICA")), "w:title: Field contains all"},
		"a name in capitals":     {request1("UPDATE", with(good("x"), "title", "USB")), ""},
		"long description":       {request1("UPDATE", with(good("x"), "description", strings.Repeat("é", 10_000))), "e:description: must be at most 9999"},
		"HTML":                   {request1("UPDATE", with(good("x"), "description", "<p>Boa</p>")), "w:description: HTML"},
		"link in description":    {request1("UPDATE", with(good("x"), "description", "Veja https://a.example")), "w:description: The description contains a link"},
		"description is title":   {request1("UPDATE", with(good("x"), "description", "Camiseta x")), "w:description: The description repeats"},
		"availability":           {request1("UPDATE", with(good("x"), "availability", "in_stock")), "e:availability: must be one of"},
		"condition":              {request1("UPDATE", with(good("x"), "condition", "novo")), "e:condition: must be one of"},
		"price as number":        {request1("UPDATE", with(good("x"), "price", 49)), "e:price: must be a text"},
		"price with comma":       {request1("UPDATE", with(good("x"), "price", "49,90 BRL")), "e:price: must be a number"},
		"price without currency": {request1("UPDATE", with(good("x"), "price", "49.90")), "e:price: must be a number"},
		"price of nothing":       {request1("UPDATE", with(good("x"), "price", "0.00 BRL")), "e:price: must be more than zero"},
		"three decimals":         {request1("UPDATE", with(good("x"), "price", "49.900 BRL")), "e:price: must be a number"},
		"sale":                   {request1("UPDATE", with(good("x"), "sale_price", "39.90 BRL", "sale_price_effective_date", "2026-11-01T00:00:00Z/2026-12-01T00:00:00Z")), ""},
		"sale not lower":         {request1("UPDATE", with(good("x"), "sale_price", "49.90 BRL")), "e:sale_price: must be lower"},
		"sale in dollars":        {request1("UPDATE", with(good("x"), "sale_price", "9.90 USD")), "e:sale_price: must have the currency"},
		"sale cleared":           {request1("UPDATE", with(good("x"), "sale_price", "", "sale_price_effective_date", "")), ""},
		"sale backwards":         {request1("UPDATE", with(good("x"), "sale_price_effective_date", "2026-12-01/2026-11-01")), "e:sale_price_effective_date: must be two times"},
		"page without https":     {request1("UPDATE", with(good("x"), "link", "http://loja.example/x")), "e:link: must begin with https"},
		"page of this machine":   {request1("UPDATE", with(good("x"), "link", "http://127.0.0.1:8080/s/p/x")), "w:link: The page is reached"},
		"page without host":      {request1("UPDATE", with(good("x"), "link", "/s/p/x")), "e:link: is not a valid URL"},
		"picture without host":   {request1("UPDATE", with(good("x"), "image_link", "foto.jpg")), "e:image_link: is not a valid URL"},
		"more pictures":          {request1("UPDATE", with(good("x"), "additional_image_link", []string{"https://a.example/1.jpg", "https://a.example/2.jpg"})), ""},
		"pictures as text":       {request1("UPDATE", with(good("x"), "additional_image_link", "https://a.example/1.jpg")), "e:additional_image_link: must be a list"},
		"too many pictures":      {request1("UPDATE", with(good("x"), "additional_image_link", strings.Split(strings.Repeat("https://a.example/1.jpg ", 20)+"https://a.example/1.jpg", " "))), "e:additional_image_link: may have at most 20"},
		"stock":                  {request1("UPDATE", with(good("x"), "quantity_to_sell_on_facebook", 12)), ""},
		"negative stock":         {request1("UPDATE", with(good("x"), "quantity_to_sell_on_facebook", -1)), "e:quantity_to_sell_on_facebook: must be a whole"},
		"broken stock":           {request1("UPDATE", with(good("x"), "inventory", json.Number("1.5"))), "e:inventory: must be a whole"},
		"attributes":             {request1("UPDATE", with(good("x"), "additional_variant_attribute", "Sabor:Uva,Tamanho:G")), ""},
		"attributes with colon":  {request1("UPDATE", with(good("x"), "additional_variant_attribute", "Sabor:Uva:verde")), "e:additional_variant_attribute: must look like"},
		"DELETE with more":       {request1("DELETE", data{"id": "x", "title": "a"}), "e:title: must not be sent"},
	} {
		handle, said := s.push(id, c.row)
		got := ""
		for _, one := range said {
			got = one
		}
		if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if taken := !strings.HasPrefix(got, "e:"); (handle != "") != taken {
			t.Errorf("%s: handle %q beside %q", name, handle, got)
		}
	}
}

func TestWhatFailsOnlyWhenARowIsApplied(t *testing.T) {
	s := start(t, Config{})
	id := s.catalog("Vitrine")
	s.push(id, request1("CREATE", good("a")))
	handle, said := s.push(id,
		request1("UPDATE", data{"id": "a", "sale_price": "59.90 BRL"}), // above the price that is there
		request1("UPDATE", data{"id": "new", "price": "1.00 BRL"}),
		request1("DELETE", data{"id": "nobody"}))
	if handle == "" || len(said) != 0 {
		t.Fatal(said)
	}
	done := s.check(id, handle)
	text := fmt.Sprint(done["errors"], done["ids_of_invalid_requests"], done["warnings"])
	contains(t, text, "sale_price must be lower than price")
	contains(t, text, "Value passed at position 1 (id=new) is invalid: \"You cannot create a EntProductItem without required field title\"")
	contains(t, text, "[a new]")
	contains(t, text, "There is no item with this id")
	if done["status"] != "finished" || s.read(id, "a", "sale_price")["sale_price"] != nil {
		t.Fatal("half of a row was saved")
	}

	answer := s.call(http.MethodPost, id+"/items_batch", data{"item_type": "PRODUCT_ITEM", "allow_upsert": false, "requests": []data{request1("UPDATE", good("b"))}})
	handle, _ = pushed(answer)
	contains(t, fmt.Sprint(s.check(id, handle)["errors"]), "allow_upsert is off")

	// Not asked for, the ids are empty even so.
	plain := s.call(http.MethodGet, id+"/check_batch_request_status?handle="+handle, nil)["data"].([]any)[0].(map[string]any)
	if len(plain["ids_of_invalid_requests"].([]any)) != 0 || plain["errors_total_count"] != 1.0 {
		t.Fatal(plain)
	}
}

func TestAPartOfAnItemIsChangedAndClearedAndDeleted(t *testing.T) {
	s := start(t, Config{})
	id := s.catalog("Vitrine")
	s.push(id, request1("UPDATE", with(good("a"), "sale_price", "39.90 BRL", "quantity_to_sell_on_facebook", "7")))
	const fields = "id,price,sale_price,name,quantity_to_sell_on_facebook,availability"
	before := s.read(id, "a", fields)
	if before["price"] != "R$49,90" || before["sale_price"] != "R$39,90" || before["quantity_to_sell_on_facebook"] != 7.0 {
		t.Fatal(before)
	}
	s.push(id, request1("UPDATE", data{"id": "a", "price": "1234.50 BRL", "sale_price": "", "availability": "out of stock"}))
	after := s.read(id, "a", fields)
	if after["price"] != "R$1.234,50" || after["sale_price"] != nil || after["name"] != "Camiseta a" || after["id"] != before["id"] || after["availability"] != "out of stock" {
		t.Fatal(after)
	}
	s.push(id, request1("DELETE", data{"id": "a"}))
	if s.read(id, "a", fields) != nil {
		t.Fatal("still there")
	}
}

func TestEqualIDsInOneCallAreAllRefused(t *testing.T) {
	s := start(t, Config{})
	id := s.catalog("Vitrine")
	handle, said := s.push(id, request1("UPDATE", good("a")), request1("DELETE", data{"id": "a"}), request1("UPDATE", good("b")))
	if handle == "" || !strings.Contains(said["a"], "Duplicate id") || len(said) != 1 {
		t.Fatal(handle, said)
	}
	if s.read(id, "a", "id") != nil || s.read(id, "b", "id") == nil {
		t.Fatal("not what was taken")
	}
}

func TestWholeCallsThatAreRefused(t *testing.T) {
	s := start(t, Config{})
	id := s.catalog("Vitrine")
	many := make([]data, maxRows+1)
	for i := range many {
		many[i] = request1("DELETE", data{"id": fmt.Sprint(i)})
	}
	for name, c := range map[string]struct {
		body data
		code int
	}{
		"no item type": {data{"requests": many[:1]}, 100},
		"hotels":       {data{"item_type": "HOTEL", "requests": many[:1]}, 100},
		"no rows":      {data{"item_type": "PRODUCT_ITEM", "requests": []data{}}, 100},
		"no list":      {data{"item_type": "PRODUCT_ITEM", "requests": "x"}, 100},
		"too many":     {data{"item_type": "PRODUCT_ITEM", "requests": many}, 100},
		"odd upsert":   {data{"item_type": "PRODUCT_ITEM", "allow_upsert": "maybe", "requests": many[:1]}, 100},
	} {
		if code, message := s.refused(http.MethodPost, id+"/items_batch", c.body); code != c.code {
			t.Errorf("%s: %d %s", name, code, message)
		}
	}
	settings := s.Server.config.settings()
	settings.MaxBytes = 2000
	s.control(http.MethodPut, "/_sandbox/settings", settings, http.StatusOK)
	if code, message := s.refused(http.MethodPost, id+"/items_batch", data{"item_type": "PRODUCT_ITEM", "requests": many[:100]}); code != 1 || !strings.Contains(message, "reduce the amount of data") {
		t.Errorf("too many bytes: %d %s", code, message)
	}
	// A list as text is what a form carries.
	text, err := json.Marshal([]data{request1("UPDATE", good("a"))})
	if err != nil {
		t.Fatal(err)
	}
	s.call(http.MethodPost, id+"/items_batch", data{"item_type": "PRODUCT_ITEM", "requests": string(text)})
}

func TestABrokenBatchIsHalfApplied(t *testing.T) {
	s := start(t, Config{})
	id := s.catalog("Vitrine")
	s.control(http.MethodPost, "/_sandbox/dooms", Doom{Do: Break, Count: 1}, http.StatusCreated)
	rows := []data{request1("UPDATE", good("a")), request1("UPDATE", good("b"))}
	handle, _ := s.push(id, rows...)
	if state := s.check(id, handle)["status"]; state != "error" || s.read(id, "a", "id") == nil || s.read(id, "b", "id") != nil {
		t.Fatal(state)
	}
	handle, _ = s.push(id, rows...)
	if state := s.check(id, handle)["status"]; state != "finished" || s.read(id, "b", "id") == nil {
		t.Fatal(state)
	}
}

func TestAnAnswerLostAfterItsEffect(t *testing.T) {
	s := start(t, Config{})
	id := s.catalog("Vitrine")
	s.control(http.MethodPost, "/_sandbox/faults", stage.Rule{On: "call", Kind: "items_batch", Do: stage.DoCutAfter, Count: 1}, http.StatusCreated)
	body := data{"item_type": "PRODUCT_ITEM", "requests": []data{request1("UPDATE", good("a"))}}
	if _, _, err := s.send(http.MethodPost, "/v25.0/"+id+"/items_batch", body); err == nil {
		t.Fatal("it was answered")
	}
	if s.read(id, "a", "id") == nil {
		t.Fatal("it had no effect")
	}
	s.control(http.MethodPost, "/_sandbox/faults", stage.Rule{On: "call", Kind: "items_batch", Do: stage.DoStatus, Status: 503, Count: 2}, http.StatusCreated)
	for range 2 {
		if code, _ := s.refused(http.MethodPost, id+"/items_batch", body); code != 2 {
			t.Fatal(code)
		}
	}
	s.push(id, request1("UPDATE", good("a")))
}

func TestWebhooksAreRepeatedUntilTheyAreTaken(t *testing.T) {
	s := start(t, Config{})
	id := s.catalog("Vitrine")
	s.mu.Lock()
	s.answer = http.StatusServiceUnavailable
	s.mu.Unlock()
	s.push(id, request1("UPDATE", good("a")))
	s.read(id, "a", "id")
	first := s.hears()
	s.mu.Lock()
	s.answer = http.StatusOK
	s.mu.Unlock()
	if again := s.hears(); again != first {
		t.Fatalf("%+v became %+v", first, again)
	}
	s.control(http.MethodPost, "/_sandbox/faults", stage.Rule{On: "webhook", Do: stage.DoDrop, Count: 1}, http.StatusCreated)
	s.control(http.MethodPost, "/_sandbox/faults", stage.Rule{On: "webhook", Do: stage.DoDuplicate, Count: 1}, http.StatusCreated)
	s.push(id, request1("UPDATE", good("b"))) // dropped, and its twin with it
	s.read(id, "b", "id")
	handle, _ := s.push(id, request1("UPDATE", good("c")))
	s.read(id, "c", "id")
	if hook := s.hearsOf(handle); !hook.genuine {
		t.Fatal(hook)
	}
}
