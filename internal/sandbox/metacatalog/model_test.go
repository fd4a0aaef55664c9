package metacatalog

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/sandbox/stage"
)

// TestTheCatalogIsWhatItsBatchesMadeOfIt: over random batches, clocks,
// restarts and dooms the read-back is what a simple model says.
func TestTheCatalogIsWhatItsBatchesMadeOfIt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := &shop{t: t}
		s = quiet(t, s)
		config := Config{Dir: t.TempDir(), Unlimited: true, Delays: Delays{Start: time.Second, Finish: time.Second}}
		s.run(config)
		defer func() { s.stop() }()
		if _, err := s.PutAccount(Account{Business: business, App: app, AppSecret: secret, Token: token}); err != nil {
			rt.Fatal(err)
		}
		id := s.catalog("Vitrine")

		want := map[string]string{} // retailer id -> price
		type step func()
		var waiting []step // of the batches that are not over
		ids := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
		rt.Repeat(map[string]func(*rapid.T){
			"push": func(rt *rapid.T) {
				var rows []data
				chosen := rapid.SliceOfNDistinct(ids, 1, 4, rapid.ID).Draw(rt, "ids")
				for _, one := range chosen {
					price := fmt.Sprintf("%d.%02d BRL", rapid.IntRange(1, 2000).Draw(rt, "price"), rapid.IntRange(0, 99).Draw(rt, "cents"))
					switch rapid.SampledFrom([]string{"create", "update", "part", "delete", "bad"}).Draw(rt, "kind") {
					case "create":
						rows = append(rows, request1("CREATE", with(good(one), "price", price)))
						waiting = append(waiting, func() { want[one] = price })
					case "update":
						rows = append(rows, request1("UPDATE", with(good(one), "price", price)))
						waiting = append(waiting, func() { want[one] = price })
					case "part": // without what a new item needs
						rows = append(rows, request1("UPDATE", data{"id": one, "price": price}))
						waiting = append(waiting, func() {
							if _, there := want[one]; there {
								want[one] = price
							}
						})
					case "delete":
						rows = append(rows, request1("DELETE", data{"id": one}))
						waiting = append(waiting, func() { delete(want, one) })
					case "bad":
						rows = append(rows, request1("UPDATE", with(good(one), "price", price, "availability", "sim")))
					}
				}
				s.push(id, rows...)
			},
			"settle": func(*rapid.T) {
				s.clock.Advance(2 * time.Second)
				for _, done := range waiting {
					done()
				}
				waiting = nil
			},
			"restart": func(*rapid.T) {
				s.stop()
				s.run(config)
			},
			"": func(rt *rapid.T) {
				got, numbers := map[string]string{}, []string{}
				after := ""
				for {
					answer := s.call(http.MethodGet, id+"/products?fields=retailer_id,price,id&limit=2&summary=true&after="+after, nil)
					for _, one := range answer["data"].([]any) {
						item := one.(map[string]any)
						got[item["retailer_id"].(string)] = item["price"].(string)
						numbers = append(numbers, item["id"].(string))
					}
					if total := answer["summary"].(map[string]any)["total_count"].(float64); int(total) != len(want) {
						rt.Fatalf("%v items are told, %d are due", total, len(want))
					}
					paging, _ := answer["paging"].(map[string]any)
					if paging["next"] == nil {
						break
					}
					after = paging["cursors"].(map[string]any)["after"].(string)
				}
				due := map[string]string{}
				for one, price := range want {
					read, currency, _ := amount(price)
					due[one] = display(read, currency)
				}
				if !maps.Equal(got, due) {
					rt.Fatalf("the catalog holds %v, %v is due", got, due)
				}
				slices.Sort(numbers)
				if len(slices.Compact(numbers)) != len(due) {
					rt.Fatalf("numbers are not unique: %v", numbers)
				}
			},
		})
	})
}

// quiet makes a shop whose clock stands and that no webhook reaches.
func quiet(t *testing.T, s *shop) *shop {
	t.Helper()
	made := start(t, Config{})
	made.stop()
	s.clock, s.hooks, s.hook = made.clock, made.hooks, made.hook
	return s
}

// FuzzRow: no data makes the check panic; what passes can be applied and shown.
func FuzzRow(f *testing.F) {
	for _, one := range []data{good("a"), with(good("a"), "sale_price", "1 BRL", "sale_price_effective_date", "2026-01-01/2026-01-02", "additional_image_link", []string{"https://a.example/1"}), {"id": 1}} {
		text, err := json.Marshal(request1("CREATE", one))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var r request
		if json.Unmarshal(text, &r) != nil {
			return
		}
		row, found := readRow(0, r)
		if len(found.errors) > 0 || row.Method != "CREATE" {
			return
		}
		server, err := New(Config{})
		if err != nil {
			t.Fatal(err)
		}
		server.mu.Lock()
		catalog := server.makeCatalog("1", "V")
		problem, _ := server.apply(catalog, row, true)
		server.mu.Unlock()
		if problem != "" {
			t.Fatalf("a row that passed is %q", problem)
		}
		shown, ok := server.Item(catalog.ID, row.ID)
		if !ok || shown.Price == "" || shown.Amount == "" {
			t.Fatalf("%+v", shown)
		}
	})
}

// FuzzQuery: no filter, cursor or price makes a reader panic.
func FuzzQuery(f *testing.F) {
	f.Add(`{"retailer_id":{"is_any":["a"]}}`, "bjEy", "49.90 BRL")
	f.Add(`{"name":{"i_contains":"A"},"availability":{"eq":"x"}}`, "", "2026-01-01/2026-01-02")
	f.Fuzz(func(t *testing.T, filter, after, price string) {
		if matches, refused := readFilter(filter); refused == nil && matches != nil {
			matches(&item{Retailer: "a", Data: map[string]string{"title": "A"}})
		}
		if number, refused := readCursor(after); refused == nil && after != "" {
			if again, refused := readCursor(cursor(number)); refused != nil || again != number {
				t.Fatalf("%q is %d and then %d", after, number, again)
			}
		}
		if read, currency, ok := amount(price); ok {
			if again, _, ok := amount(read.Decimal() + " " + currency); !ok || again != read {
				t.Fatalf("%q is %d and then %d", price, read, again)
			}
		}
		if from, to, ok := between(price); ok && !from.Before(to) {
			t.Fatalf("%q is backwards", price)
		}
	})
}

func TestAWebhookThatNothingOvertakesGoesByItself(t *testing.T) {
	s := start(t, Config{})
	id := s.catalog("Vitrine")
	s.control(http.MethodPost, "/_sandbox/faults", stage.Rule{On: "webhook", Do: stage.DoReorder, Count: 1}, http.StatusCreated)
	first, _ := s.push(id, request1("UPDATE", good("a")))
	s.read(id, "a", "id")
	if hook := s.hears(); !strings.Contains(hook.body, first) { // after a while
		t.Fatal(hook.body)
	}
	s.control(http.MethodPost, "/_sandbox/faults", stage.Rule{On: "webhook", Do: stage.DoReorder, Count: 1}, http.StatusCreated)
	first, _ = s.push(id, request1("UPDATE", good("b")))
	s.read(id, "b", "id")
	s.waitHeld()
	second, _ := s.push(id, request1("UPDATE", good("c")))
	s.read(id, "c", "id")
	got := s.hears().body + s.hears().body
	if !strings.Contains(got, first) || !strings.Contains(got, second) {
		t.Fatal(got)
	}
}

// waitHeld returns when a rule holds a webhook back.
func (s *shop) waitHeld() {
	s.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		s.Server.mu.Lock()
		held := s.held != nil
		s.Server.mu.Unlock()
		if held {
			return
		}
		s.control(http.MethodGet, "/_sandbox/ledger", nil, http.StatusOK)
	}
	s.t.Fatal("nothing is held back")
}

// TestSettingsKeepWhatIsNotNamed: a change of one leaves the limits on.
func TestSettingsKeepWhatIsNotNamed(t *testing.T) {
	s := start(t, Config{Delays: Delays{Review: time.Hour}})
	s.control(http.MethodPut, "/_sandbox/settings", data{"finish_ms": 7}, http.StatusOK)
	got := s.control(http.MethodGet, "/_sandbox/settings", nil, http.StatusOK)
	if got["finish_ms"] != 7.0 || got["rate_limits"] != true || got["review_ms"] != 3_600_000.0 || got["users"] != 1.0 {
		t.Fatal(got)
	}
	s.Server.mu.Lock()
	defer s.Server.mu.Unlock()
	for users, want := range map[int]int{0: 200, 1: 200, 2: 400, 1000: 2000, 1024: 2200} {
		s.settings.Users = users
		if got := s.limit(batching); got != want {
			t.Errorf("%d users: %d calls an hour, want %d", users, got, want)
		}
	}
	s.settings.Users = 1024
	if got := s.limit(managing); got != 220_000 {
		t.Error(got)
	}
}
