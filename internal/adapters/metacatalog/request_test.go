package metacatalog

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"gopkg.in/yaml.v3"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/listing"
	simulator "prosa/internal/sandbox/metacatalog"
)

// control uses the simulator's control API.
func (w *world) control(method, path string, body any) map[string]any {
	w.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	w.meta.ServeHTTP(answer, httptest.NewRequest(method, path, strings.NewReader(string(text))))
	var value map[string]any
	if err := json.Unmarshal(answer.Body.Bytes(), &value); err != nil || answer.Code >= 300 {
		w.t.Fatalf("%s %s: %d %s", method, path, answer.Code, answer.Body)
	}
	return value
}

// sent is a request as it was on the wire.
type sent struct {
	Method string         `json:"method"`
	URL    string         `json:"url"`
	Body   jsontext.Value `json:"body,omitzero"`
}

// recorded makes an adapter whose platform answers everything by answer, and
// keeps what came.
func recorded(t *testing.T, answer string) (*Adapter, *[]sent) {
	t.Helper()
	var got []sent
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Authorization") != "Bearer "+token {
			t.Errorf("authorized by %q", r.Header.Get("Authorization"))
		}
		if len(body) == 0 {
			body = nil
		}
		got = append(got, sent{r.Method, r.URL.String(), body})
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	adapter, _ := connect(t, server.URL, clock.System{})
	return adapter, &got
}

func TestRequests(t *testing.T) {
	a, got := recorded(t, `{"success":true,"id":"55","data":[{"id":"55","name":"V","status":"finished"}],"handles":["h"],"validation_status":[]}`)
	ctx := t.Context()
	plain := row("var_2")
	plain.Fields.Quantity, plain.Fields.Group = -1, ""
	none := row("var_4")
	none.Fields.Quantity, none.Fields.Availability = 0, listing.OutOfStock
	bare := row("var_5")
	bare.Fields.Quantity, bare.Clear = -1, []string{"size", "additional_image_link", listing.Quantity}
	calls := []func() error{
		func() error {
			_, err := a.Push(ctx, shop(), "55", []listing.Row{full("var_1"), plain, {RetailerID: "var_3", Delete: true}, none, bare})
			return err
		},
		func() error { _, err := a.Check(ctx, shop(), "55", "Acz+/h"); return err },
		func() error { _, err := a.Read(ctx, shop(), "55", "", 10_000); return err },
		func() error { _, err := a.Read(ctx, shop(), "55", "QVFI=", 200); return err },
		func() error { _, _, err := a.ReadSome(ctx, shop(), "55", []string{"var_1", `a"b`}); return err },
		func() error { _, err := a.Catalogs(ctx, shop()); return err },
		func() error { _, err := a.Create(ctx, shop(), "Loja da Bia"); return err },
		func() error { return a.Connect(ctx, shop(), "56") },
		func() error { _, err := a.Settings(ctx, shop()); return err },
		func() error { return a.SetSettings(ctx, shop(), listing.Settings{CatalogVisible: true}) },
	}
	for i, call := range calls {
		if err := call(); err != nil {
			t.Fatal(i, err)
		}
	}
	compare(t, "testdata/requests.json", *got)
}

// TestLostFieldsAreTakenAway: the platform takes rows that empty fields, and has
// them no more.
func TestLostFieldsAreTakenAway(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	catalog := w.catalog()
	before := full("var_1")
	w.push(catalog, before)
	w.control("POST", "/_sandbox/settle", nil)
	after := full("var_1")
	after.Fields.Color, after.Fields.MoreImages, after.Fields.Quantity = "", nil, -1
	after.Clear = []string{"color", "additional_image_link", listing.Quantity}
	if answer := w.push(catalog, after); len(answer.Problems) > 0 {
		t.Fatalf("%+v", answer.Problems)
	}
	w.control("POST", "/_sandbox/settle", nil)
	held := fmt.Sprint(w.control("GET", "/_sandbox/items?catalog_id="+catalog, nil))
	if before.Fields.Color == "" || strings.Contains(held, before.Fields.Color) || !strings.Contains(held, before.Fields.Size) {
		t.Errorf("the platform holds %s", held)
	}
}

// TestWhatMetaMayAnswer: answers in forms that are odd, and what they mean.
func TestWhatMetaMayAnswer(t *testing.T) {
	ctx := t.Context()
	pushed := func(answer string) (listing.Pushed, error) {
		a, _ := recorded(t, answer)
		return a.Push(ctx, shop(), "55", []listing.Row{row("a")})
	}
	for answer, handle := range map[string]string{
		`{"handles":["h"]}`: "h", `{"handles":[]}`: "", `{"handles":null,"validation_status":null}`: "", `{}`: "", `{"handles":[7]}`: "7",
	} {
		if got, err := pushed(answer); err != nil || got.Handle != handle || len(got.Problems) != 0 {
			t.Errorf("%s: %+v, %v", answer, got, err)
		}
	}
	got, err := pushed(`{"handles":["h"],"validation_status":[{"retailer_id":"a","errors":[],"warnings":[]},{"retailer_id":7,"errors":[{"message":"x"},{"message":"y"}]}]}`)
	if err != nil || len(got.Problems) != 1 || got.Problems[0].RetailerID != "7" || len(got.Problems[0].Errors) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, answer := range []string{`[]`, `nonsense`, `{"handles":"h"}`, ``} {
		if _, err := pushed(answer); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%q: %v", answer, err)
		}
	}
	for answer, want := range map[string]listing.Work{
		`{"data":[{"status":"finished"}]}`: listing.WorkFinished, `{"data":[{"status":"Error"}]}`: listing.WorkFailed, `{"data":[{"status":"canceled"}]}`: listing.WorkFailed,
		`{"data":[{"status":"dispatched"}]}`: listing.WorkRunning, `{"data":[{"status":"of next year"}]}`: listing.WorkRunning,
	} {
		a, _ := recorded(t, answer)
		if checked, err := a.Check(ctx, shop(), "55", "h"); err != nil || checked.Status != want {
			t.Errorf("%s: %+v, %v", answer, checked, err)
		}
	}
	a, _ := recorded(t, `{"data":[]}`)
	if _, err := a.Check(ctx, shop(), "55", "h"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if settings, err := a.Settings(ctx, shop()); err != nil || !settings.CartEnabled || settings.CatalogVisible {
		t.Error(settings, err)
	}
	if _, err := a.Create(ctx, shop(), "V"); !fault.Is(err, fault.Unavailable) {
		t.Error(err)
	}
	if err := a.SetSettings(ctx, shop(), listing.Settings{}); reasonOf(err) != listing.ReasonRefused {
		t.Error(err)
	}
	a, _ = recorded(t, `{"error":{"message":"(#200) no","code":200}}`) // under status 200
	if _, err := a.Read(ctx, shop(), "55", "", 1); reasonOf(err) != listing.ReasonPermission {
		t.Error(err)
	}
	// A page with an item that is odd, and one that is rejected for WhatsApp alone.
	a, _ = recorded(t, `{"data":[{"retailer_id":"a","name":["x"],"errors":"none","availability":"In Stock","review_status":"","capability_to_review_status":[{"key":"WHATSAPP","value":"REJECTED"}]},7,{"id":"5"},{"retailer_id":12,"review_rejection_reasons":["A",null,{}]}],
		"paging":{"cursors":{"after":"x"}}}`)
	page, err := a.Read(ctx, shop(), "55", "", 10)
	if err != nil || len(page.Items) != 2 || page.After != "" || page.Total != 0 {
		t.Fatalf("%+v, %v", page, err)
	}
	if one := page.Items[0]; one.Name != "" || one.Availability != "in stock" || one.Review != "rejected" {
		t.Errorf("%+v", one)
	}
	if two := page.Items[1]; two.RetailerID != "12" || len(two.ReviewReasons) != 1 {
		t.Errorf("%+v", two)
	}
}

func TestUsage(t *testing.T) {
	for text, want := range map[string]listing.Usage{
		``: {}, `x`: {}, `{}`: {}, `[]`: {}, `{"1":{}}`: {},
		`{"1":[{"type":"catalog_batch","call_count":28,"total_cputime":15,"total_time":12,"estimated_time_to_regain_access":0}]}`: {Percent: 28},
		`{"1":[{"call_count":1,"total_cputime":"95.7","total_time":3,"estimated_time_to_regain_access":19}]}`:                     {Percent: 95, RegainMS: 19 * 60_000},
		`{"1":[{"call_count":1}],"2":[{"call_count":4},{"total_time":7}]}`:                                                        {Percent: 7},
		`{"1":[{"call_count":-5,"estimated_time_to_regain_access":999999999999999999999}]}`:                                       {},
		`{"1":[{"call_count":null,"estimated_time_to_regain_access":99999999999}]}`:                                               {RegainMS: maxWhole * 60_000},
	} {
		if got := usageOf(http.Header{usageHeader: {text}}); got != want {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

func TestNotices(t *testing.T) {
	const good = `{"object":"catalog","entry":[{"id":"55","time":1,"changes":[
		{"field":"product_feed","value":{"catalog_id":"55","product_feed_id":"1","status":"finished"}},
		{"field":"items_batch","value":{"catalog_id":"56","handle":"h1","status":"finished"}},
		{"field":"items_batch","value":{"handle":"h2"}},
		{"field":"items_batch","value":{"catalog_id":"55"}},
		{"field":"items_batch","value":"x"},
		{"field":"items_batch"}]}]}`
	got, err := Notices([]byte(good))
	if err != nil || len(got) != 2 || got[0] != (Notice{"56", "h1"}) || got[1] != (Notice{"55", "h2"}) {
		t.Fatal(got, err)
	}
	for _, body := range []string{`{"object":"whatsapp_business_account","entry":[]}`, `x`, ``, `{"object":"catalog","entry":7}`} {
		if got, err := Notices([]byte(body)); !fault.Is(err, fault.Invalid) || len(got) != 0 {
			t.Errorf("%s: %v, %v", body, got, err)
		}
	}
}

// FuzzNotices: no body makes it panic, and what it gives names a batch.
func FuzzNotices(f *testing.F) {
	f.Add([]byte(`{"object":"catalog","entry":[{"id":"55","changes":[{"field":"items_batch","value":{"catalog_id":"55","handle":"h"}}]}]}`))
	f.Add([]byte(`{"object":"catalog","entry":[{"id":55,"changes":[{"field":"items_batch","value":[]}]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		notices, err := Notices(body)
		if err != nil && len(notices) > 0 {
			t.Fatal("notices beside an error")
		}
		for _, notice := range notices {
			if notice.CatalogID == "" || notice.Handle == "" {
				t.Fatalf("%+v", notice)
			}
		}
	})
}

// FuzzAnswers: no answer of the platform makes a parser panic, and every item
// that is given can be told by its id.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"data":[{"id":"1","retailer_id":"a","errors":[{"title":"x","call_to_action":{}}],"review_rejection_reasons":[1]}],"paging":{"next":"x","cursors":{"after":"y"}},"summary":{"total_count":7}}`), `{"1":[{"call_count":1}]}`)
	f.Add([]byte(`{"handles":["h"],"validation_status":[{"retailer_id":1,"errors":[{"message":"m"}]}]}`), `{"1":[{"total_time":"x"}]}`)
	f.Add([]byte(`{"data":[{"status":"finished","errors":[{"id":1,"line":0,"message":"m"}],"ids_of_invalid_requests":[1]}]}`), ``)
	f.Fuzz(func(t *testing.T, body []byte, header string) {
		if usage := usageOf(http.Header{usageHeader: {header}}); usage.Percent < 0 || usage.Percent > maxWhole || usage.RegainMS < 0 {
			t.Fatalf("%+v", usage)
		}
		var p page
		if readAll(body, &p) {
			for _, item := range p.items() {
				if item.RetailerID == "" {
					t.Fatalf("%+v", item)
				}
			}
		}
		var push pushAnswer
		if readAll(body, &push) {
			_ = push.handle()
			_ = push.problems()
		}
		var check struct {
			Data []status `json:"data"`
		}
		if readAll(body, &check) {
			for _, one := range check.Data {
				if one.checked().Status == "" {
					t.Fatal("no status")
				}
			}
		}
	})
}

func readAll(body []byte, into any) bool { return json.Unmarshal(body, into) == nil }

// TestSpecsCommerceSettings holds our reading of the commerce settings against
// Meta's description, which has nothing else of catalogs.
func TestSpecsCommerceSettings(t *testing.T) {
	folder := os.Getenv("PROSA_SPECS")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "..", "shared", "specs")
	}
	data, err := os.ReadFile(filepath.Join(folder, "meta-whatsapp-openapi.yaml"))
	if err != nil {
		t.Skipf("SKIPPED: Meta's description is not in %s; 2 kinds of request stay unchecked (set PROSA_SPECS)", folder)
	}
	type parameter struct {
		Name string `yaml:"name"`
		In   string `yaml:"in"`
	}
	type operation struct {
		Parameters []parameter `yaml:"parameters"`
		Responses  map[string]struct {
			Content map[string]struct {
				Examples map[string]struct {
					Value any `yaml:"value"`
				} `yaml:"examples"`
			} `yaml:"content"`
		} `yaml:"responses"`
	}
	var description struct {
		Paths map[string]map[string]yaml.Node `yaml:"paths"`
	}
	if err := yaml.Unmarshal(data, &description); err != nil {
		t.Fatal(err)
	}
	const edge = "/{Version}/{Phone-Number-ID}/whatsapp_commerce_settings"
	read := func(method string) operation {
		t.Helper()
		node, there := description.Paths[edge][method]
		var found operation
		if err := node.Decode(&found); !there || err != nil {
			t.Fatalf("%s %s: %v", method, edge, err)
		}
		return found
	}
	example, err := json.Marshal(read("get").Responses["200"].Content["application/json"].Examples["Example response"].Value)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := recorded(t, string(example))
	if settings, err := a.Settings(t.Context(), shop()); err != nil || !settings.CartEnabled || !settings.CatalogVisible {
		t.Fatalf("%s is read as %+v, %v", example, settings, err)
	}
	a, got := recorded(t, `{"success":true}`)
	if err := a.SetSettings(t.Context(), shop(), listing.Settings{}); err != nil {
		t.Fatal(err)
	}
	for _, one := range read("post").Parameters {
		if one.In == "query" && !strings.Contains((*got)[0].URL, one.Name+"=") {
			t.Errorf("%s does not stand in %s", one.Name, (*got)[0].URL)
		}
	}
	t.Log("by description: the commerce settings; by neither: items_batch, check_batch_request_status, products, product catalogs (Graph API reference)")
}

// TestThousandsOfItems pushes and reads a catalog of several full batches.
func TestThousandsOfItems(t *testing.T) {
	w := newWorld(t, simulator.Config{Dir: t.TempDir()})
	catalog := w.catalog()
	const total = 2*listing.MaxRows + 500
	rows := make([]listing.Row, 0, listing.MaxRows)
	for i := range total {
		rows = append(rows, full(fmt.Sprintf("var_%026d", i)))
		if len(rows) == cap(rows) || i == total-1 {
			if pushed := w.push(catalog, rows...); pushed.Handle == "" || len(pushed.Problems) > 0 {
				t.Fatalf("%+v", pushed)
			}
			rows = rows[:0]
		}
	}
	seen, after := map[string]bool{}, ""
	for {
		page, err := w.Read(t.Context(), shop(), catalog, after, listing.MaxPage)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			seen[item.RetailerID] = item.Review == "approved"
		}
		if after = page.After; after == "" {
			break
		}
	}
	if len(seen) != total {
		t.Fatalf("%d items", len(seen))
	}
}
