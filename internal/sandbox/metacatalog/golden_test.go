package metacatalog

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"prosa/internal/sandbox/stage"
)

var update = flag.Bool("update", false, "write the goldens anew")

// exchanged is one call and its answer.
type exchanged struct {
	Call   string          `json:"call"`
	Body   any             `json:"body,omitempty"`
	Status int             `json:"status"`
	Usage  string          `json:"usage,omitempty"`
	Answer json.RawMessage `json:"answer"`
}

// TestTranscript keeps the wire as it is: what a client was told yesterday it is
// told today.
func TestTranscript(t *testing.T) {
	s := start(t, Config{PublicURL: "https://graph.example", Delays: Delays{Start: time.Second, Finish: 10 * time.Second, Review: time.Minute, Image: time.Minute}})
	id := s.catalog("Vitrine da Bia")
	var lines []exchanged
	send := func(method, path string, body any) {
		t.Helper()
		response, answer, err := s.send(method, "/v25.0/"+path, body)
		if err != nil {
			t.Fatal(err)
		}
		if refused := response.Header.Get("x-fb-trace-id"); refused != "" {
			answer = bytes.ReplaceAll(answer, []byte(refused), []byte("TRACE"))
		}
		lines = append(lines, exchanged{Call: method + " " + path, Body: body, Status: response.StatusCode, Usage: response.Header.Get("X-Business-Use-Case-Usage"), Answer: answer})
	}
	filter := func(text string) string { return "&filter=" + url.QueryEscape(text) }
	const all = "id,retailer_id,retailer_product_group_id,name,description,url,image_url,additional_image_urls,price,sale_price,sale_price_start_date,sale_price_end_date,currency," +
		"availability,condition,brand,inventory,quantity_to_sell_on_facebook,product_type,custom_label_0,color,size,category,review_status,review_rejection_reasons," +
		"capability_to_review_status,image_fetch_status,errors,visibility"

	send("GET", business+"/owned_product_catalogs", nil)
	send("GET", id+"?fields=name,vertical,product_count,business", nil)
	send("GET", waba+"/product_catalogs", nil)
	send("POST", waba+"/product_catalogs", data{"catalog_id": id})
	send("GET", waba+"/product_catalogs?fields=id,name", nil)
	send("POST", waba+"/product_catalogs", data{"catalog_id": s.catalog("Outra")})
	send("GET", waba+"?fields=owner_business_info", nil)
	send("GET", phone+"/whatsapp_commerce_settings", nil)
	send("POST", phone+"/whatsapp_commerce_settings?is_cart_enabled=true&is_catalog_visible=true", nil)
	send("GET", phone+"/whatsapp_commerce_settings", nil)

	if _, err := s.PutDoom(Doom{Do: LoseImage, RetailerID: "var_2"}); err != nil {
		t.Fatal(err)
	}
	send("POST", id+"/items_batch", data{"item_type": "PRODUCT_ITEM", "allow_upsert": true, "requests": []data{
		request1("UPDATE", with(good("var_1"), "item_group_id", "prd_1", "color", "azul", "size", "G", "sale_price", "39.90 BRL",
			"sale_price_effective_date", "2026-11-20T00:00:00Z/2026-11-30T00:00:00Z", "quantity_to_sell_on_facebook", 7, "product_type", "Roupas > Camisetas",
			"additional_image_link", []string{"https://loja.example/2.jpg"}, "custom_label_0", "verão")),
		request1("UPDATE", with(good("var_2"), "title", "CAMISETA EM OFERTA")),
		request1("CREATE", with(good("var_3"), "price", "49,90", "availability", "in_stock", "link", "http://loja.example/x")),
		request1("UPDATE", data{"id": "var_4", "price": "1.00 BRL"}),
		request1("DELETE", data{"id": "var_5"}),
		request1("UPDATE", with(good("var_6"), "title", "Cigarro de palha")),
	}})
	var pushed struct{ Handles []string }
	if err := json.Unmarshal(lines[len(lines)-1].Answer, &pushed); err != nil {
		t.Fatal(err)
	}
	handle := pushed.Handles[0]
	status := id + "/check_batch_request_status?handle=" + handle
	send("GET", status, nil)
	s.clock.Advance(time.Second)
	send("GET", status+"&fields=handle,status", nil)
	s.clock.Advance(10 * time.Second)
	send("GET", status, nil)
	send("GET", status+"&load_ids_of_invalid_requests=true", nil)
	send("GET", id+"/products?summary=true&limit=2", nil)
	send("GET", id+"/products?fields=retailer_id,review_status,image_fetch_status&limit=1000", nil)
	s.clock.Advance(time.Minute)
	send("GET", id+"/products?fields="+all+filter(`{"retailer_id":{"is_any":["var_1","var_2","var_6","nobody"]}}`), nil)
	send("GET", id+"/products?fields=retailer_id"+filter(`{"name":{"i_contains":"camiseta"}}`), nil)
	send("GET", id+"/products?fields=retailer_id"+filter(`{"name":{"i_contains":"sapato"}}`)+"&summary=total_count", nil)

	send("GET", id+"/products?fields=colour", nil)
	send("GET", id+"/products?limit=5000", nil)
	send("GET", id+"/check_batch_request_status", nil)
	send("GET", id+"/check_batch_request_status?handle=Aczunknown", nil)
	send("POST", id+"/items_batch", data{"item_type": "PRODUCT_ITEM", "requests": []data{}})
	send("POST", id+"/items_batch", data{"item_type": "PRODUCT_ITEM", "requests": []data{request1("UPDATE", data{"id": "x", "retailer_id": "x"})}})
	send("POST", id+"/batch", data{})
	send("GET", "123/products", nil)
	for _, rule := range []stage.Rule{{Do: stage.DoStatus, Status: 429}, {Do: stage.DoStatus, Status: 503}, {Do: stage.DoStatus, Status: 401}, {Do: stage.DoStatus, Status: 400, Code: 368}} {
		rule.On, rule.Count = "call", 1
		if _, err := s.rules.Add(rule); err != nil {
			t.Fatal(err)
		}
		send("GET", id+"/products", nil)
	}
	if _, err := s.Set(Settings{RateLimits: true, PerHour: 1}); err != nil {
		t.Fatal(err)
	}
	send("POST", id+"/items_batch", data{"item_type": "PRODUCT_ITEM", "requests": []data{request1("DELETE", data{"id": "x"})}})
	lines = append(lines, exchanged{Call: "webhook", Status: http.StatusOK, Answer: json.RawMessage(s.hears().body)})

	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(lines); err != nil {
		t.Fatal(err)
	}
	const path = "testdata/transcript.json"
	if *update {
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("%s differs; got\n%s", path, firstDifference(out.Bytes(), want))
	}
}

// firstDifference shows the first line that is not as before.
func firstDifference(got, want []byte) string {
	was := bytes.Split(want, []byte("\n"))
	for i, line := range bytes.Split(got, []byte("\n")) {
		if i >= len(was) || !bytes.Equal(line, was[i]) {
			return fmt.Sprintf("line %d: %s", i+1, line)
		}
	}
	return "it is shorter"
}
