package whatsapp_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"prosa/internal/adapters/whatsapp"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/sandbox/meta"
	"prosa/internal/sandbox/stage"
)

// everything is a catalog that holds whatever is asked for, save what its name
// says is gone.
type everything struct{}

func (everything) CatalogOf(string) (string, bool) { return "3300", true }

func (everything) Good(catalogID, retailerID string) (meta.Good, bool) {
	return meta.Good{Name: "Camiseta", Price: "49.90", Currency: "BRL", Visible: true}, catalogID == "3300" && retailerID != "gone"
}

// opened is a world in which Ana wrote first.
func opened(t *testing.T) *world {
	t.Helper()
	w := start(t)
	w.platform.Join(everything{})
	w.act(t, meta.Action{Do: "text", Text: "oi"})
	w.next(t)
	return w
}

// say renders and sends, and gives what the telephone then shows.
func (w *world) say(t *testing.T, out channel.Outbound) []meta.Message {
	t.Helper()
	before, _, err := w.platform.Messages(number, ana, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := w.adapter.Render(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		part.Ours = out.Ours
		if _, err := w.adapter.Send(t.Context(), w.account, part); err != nil {
			t.Errorf("%v\n%s", err, part.Body)
		}
	}
	after, _, err := w.platform.Messages(number, ana, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return after[len(before):]
}

func kinds(messages []meta.Message) string {
	var all []string
	for _, message := range messages {
		all = append(all, strings.TrimPrefix(message.Kind, "interactive."))
	}
	return strings.Join(all, " ")
}

func toAna(out channel.Outbound) channel.Outbound {
	out.To = []message.Address{{Kind: message.WaID, Value: ana}}
	return out
}

// TestAPurchaseTakesTheFormsItShould sends each message of a purchase to a
// platform that holds the catalog, and looks at the forms that arrived.
func TestAPurchaseTakesTheFormsItShould(t *testing.T) {
	w := opened(t)
	all := whatsapp.Shopping()
	want := map[string]string{
		"product": "product", "product_bare": "product", "products": "product_list", "products_many": "product_list product_list",
		"products_side": "carousel carousel", "catalog": "catalog_message", "catalog_bare": "catalog_message",
		"card": "button", "card_blob": "button", "card_webp": "button", "card_link": "cta_url", "card_picture": "image", "card_words": "text",
		"rows": "list", "rows_many": "list list", "cards": "carousel", "door": "cta_url",
		"bill": "order_details", "bill_ways": "order_details", "bill_words": "cta_url text image", "bill_words_ways": "cta_url text image text",
		"bill_no_key": "cta_url text image", "bill_delivery": "text", "bill_long": "text cta_url text image", "bill_english": "cta_url text image",
		"bill_abroad": "order_details", "order_status": "order_status", "order_status_words": "cta_url", "order_status_bare": "text",
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if got := kinds(w.say(t, toAna(all[name]))); got != want[name] {
			t.Errorf("%s came as %q, want %q", name, got, want[name])
		}
	}
}

func TestABillThatIsNotAllowedIsSaidInWords(t *testing.T) {
	w := opened(t)
	if _, err := w.platform.PutWABA(meta.WABA{ID: waba, Payments: meta.PaymentsOff}); err != nil {
		t.Fatal(err)
	}
	out := toAna(whatsapp.Shopping()["bill"])
	out.Ours = "dlv_bill"
	shown := w.say(t, out)
	if kinds(shown) != "cta_url text image" {
		t.Fatalf("came as %s", kinds(shown))
	}
	if !strings.Contains(shown[0].Text, "Total: R$ 131,80") || shown[1].Text != "00020126BR.GOV.BCB.PIX6304ABCD" {
		t.Errorf("%q, %q", shown[0].Text, shown[1].Text)
	}
	// Only the last one bears the delivery's id: its fate is that of all.
	if shown[0].Reference != "" || shown[1].Reference != "" || shown[2].Reference != "dlv_bill" {
		t.Errorf("%q %q %q", shown[0].Reference, shown[1].Reference, shown[2].Reference)
	}
	if got := kinds(w.say(t, toAna(whatsapp.Shopping()["order_status"]))); got != "cta_url" {
		t.Errorf("the news came as %s", got)
	}
}

func TestGoodsThatMetaDoesNotHoldAreShownByOurMeans(t *testing.T) {
	w := opened(t)
	for name, want := range map[string]string{"product": "button", "products": "list", "products_side": "carousel carousel", "catalog": "cta_url"} {
		out := toAna(whatsapp.Shopping()[name])
		shelf := *out.Content.Shelf
		shelf.Sections = slices.Clone(shelf.Sections)
		shelf.Sections[0].Goods = slices.Clone(shelf.Sections[0].Goods)
		shelf.Sections[0].Goods[0].RetailerID = "gone"
		out.Content.Shelf = &shelf
		shown := w.say(t, out)
		if kinds(shown) != want {
			t.Errorf("%s came as %s", name, kinds(shown))
		}
		for _, choice := range meta.Choices(shown[0]) {
			if choice.ID == "g.a" {
				w.act(t, meta.Action{Do: "tap", Message: shown[0].ID, Choice: "g.a"})
				if in := w.next(t); in.Content.Pick == nil || in.Content.Pick.ID != "g.a" {
					t.Errorf("%s: %+v", name, in.Content)
				}
			}
		}
	}
}

// TestATryGoesOnWhereTheLastOneEnded fails the second of three stand-ins: the
// next try says the rest and nothing twice.
func TestATryGoesOnWhereTheLastOneEnded(t *testing.T) {
	w := opened(t)
	if _, err := w.platform.PutWABA(meta.WABA{ID: waba, Payments: meta.PaymentsOff}); err != nil {
		t.Fatal(err)
	}
	parts, err := w.adapter.Render(toAna(whatsapp.Shopping()["bill"]))
	if err != nil || len(parts) != 1 || len(parts[0].Instead) != 3 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	// The refused form, the first stand-in, and then a fault.
	parts[0].Ours = "dlv_retry"
	broken := parts[0]
	broken.Instead = slices.Clone(parts[0].Instead)
	broken.Instead[1].Body = []byte(strings.Replace(string(broken.Instead[1].Body), `"whatsapp"`, `"faulty"`, 1))
	if _, err := w.adapter.Send(t.Context(), w.account, broken); err == nil {
		t.Fatal("a broken part was sent")
	}
	if _, err := w.platform.AddFault(stage.Rule{On: "call", Path: "/media", Do: stage.DoStatus, Status: 503, Count: 1}); err != nil {
		t.Fatal(err)
	}
	parts[0].Ours = "dlv_other"
	var failure *channel.SendError
	if _, err := w.adapter.Send(t.Context(), w.account, parts[0]); !errors.As(err, &failure) || failure.Class != channel.Retry {
		t.Fatalf("%v", err)
	}
	before, _, _ := w.platform.Messages(number, ana, "", 1000)
	receipt, err := w.adapter.Send(t.Context(), w.account, parts[0])
	if err != nil {
		t.Fatal(err)
	}
	after, _, _ := w.platform.Messages(number, ana, "", 1000)
	if got := kinds(after[len(before):]); got != "image" || receipt.ExternalID != after[len(after)-1].ID {
		t.Errorf("the second try said %s", got)
	}
}

// TestABillWhoseAnswerWasLostIsNotSaidTwice loses the answer to a bill that
// arrived: the next try is refused for its reference, which is no reason to ask
// for the money in words as well.
func TestABillWhoseAnswerWasLostIsNotSaidTwice(t *testing.T) {
	w := opened(t)
	parts, err := w.adapter.Render(toAna(whatsapp.Shopping()["bill"]))
	if err != nil {
		t.Fatal(err)
	}
	parts[0].Ours = "dlv_lost"
	if _, err := w.platform.AddFault(stage.Rule{On: "call", Path: "/messages", Do: stage.DoCutAfter, Count: 1}); err != nil {
		t.Fatal(err)
	}
	var failure *channel.SendError
	for try := range 3 {
		if _, err := w.adapter.Send(t.Context(), w.account, parts[0]); !errors.As(err, &failure) || failure.Class != channel.Ambiguous {
			t.Fatalf("try %d: %v", try, err)
		}
	}
	shown, _, err := w.platform.Messages(number, ana, "", 1000)
	if err != nil || strings.Count(kinds(shown), "order_details") != 1 || strings.Contains(kinds(shown), "cta_url") {
		t.Errorf("%s, %v", kinds(shown), err)
	}
	// Of a form that has no reference the same words are a refusal like any other.
	if _, err := w.platform.AddFault(stage.Rule{On: "call", Path: "/messages", Do: stage.DoStatus, Status: 400, Code: 131009, Count: 1}); err != nil {
		t.Fatal(err)
	}
	if got := kinds(w.say(t, toAna(whatsapp.Shopping()["product"]))); got != "button" {
		t.Errorf("came as %s", got)
	}
}

// TestWhoCannotBeReachedIsNotToldTwice: a refusal of the person is none of the
// form.
func TestWhoCannotBeReachedIsNotToldTwice(t *testing.T) {
	w := opened(t)
	for code, class := range map[int]channel.Class{131026: channel.Rejected, 131047: channel.Window, 190: channel.Stop, 131056: channel.Throttled} {
		status := 400
		if code == 190 {
			status = 401
		}
		if _, err := w.platform.AddFault(stage.Rule{On: "call", Path: "/messages", Do: stage.DoStatus, Status: status, Code: code, Count: 1}); err != nil {
			t.Fatal(err)
		}
		parts, err := w.adapter.Render(toAna(whatsapp.Shopping()["bill"]))
		if err != nil {
			t.Fatal(err)
		}
		before := w.platform.Ledger(0).Counts.Sends
		var failure *channel.SendError
		if _, err := w.adapter.Send(t.Context(), w.account, parts[0]); !errors.As(err, &failure) || failure.Class != class {
			t.Errorf("%d: %v", code, err)
		}
		if w.platform.Ledger(0).Counts.Sends != before {
			t.Errorf("%d was followed by another form", code)
		}
	}
	// A permission that only payments need stops no account.
	if _, err := w.platform.AddFault(stage.Rule{On: "call", Path: "/messages", Do: stage.DoStatus, Status: 403, Code: 10, Count: 1}); err != nil {
		t.Fatal(err)
	}
	if got := kinds(w.say(t, toAna(whatsapp.Shopping()["bill"]))); got != "cta_url text image" {
		t.Errorf("came as %s", got)
	}
}

func TestACartAndAQuestionComeIn(t *testing.T) {
	w := opened(t)
	w.act(t, meta.Action{Do: "order", CatalogID: "3300", Text: "Para hoje", Items: []meta.OrderItem{{ID: "var_a", Quantity: 2}, {ID: "var_b", Quantity: 1, Price: 0.1, Currency: "BRL"}}})
	in := w.next(t)
	order, err := json.Marshal(in.Content.Order)
	if err != nil || in.Content.Kind != message.Cart || string(order) !=
		`{"catalog_id":"3300","text":"Para hoje","items":[{"retailer_id":"var_a","quantity":2,"price":"49.90","currency":"BRL"},{"retailer_id":"var_b","quantity":1,"price":"0.1","currency":"BRL"}]}` {
		t.Errorf("%s, %v", order, err)
	}
	w.act(t, meta.Action{Do: "text", Text: "Tem azul?", Product: &meta.ProductRef{CatalogID: "3300", RetailerID: "var_a"}})
	in = w.next(t)
	if in.Content.Text != "Tem azul?" || in.Content.About == nil || *in.Content.About != (message.ProductRef{CatalogID: "3300", RetailerID: "var_a"}) {
		t.Errorf("%+v", in.Content)
	}
}

// hostile are names that somebody typed, or was made to.
var hostile = []string{
	"*Negrito* _it_ ~x~ ```code``` <b>&amp;</b>", "linha um\nlinha dois\r\n\ttab", "\u202eotiderc \u2066x\u2069", strings.Repeat("nome muito comprido ", 60),
	strings.Repeat("👨‍👩‍👧‍👦", 90), "zero\u200b\u200dwidth", "{{vars.cart_total}} %s %d", "a\x07b\x1b[31m", "http://x.example/?a=1&b=\"2\"",
}

// renamed gives all that a message of the shop names a hostile name.
func renamed(content message.Content, name string) message.Content {
	if content.Shelf != nil {
		shelf := *content.Shelf
		shelf.Sections = slices.Clone(shelf.Sections)
		for i, section := range shelf.Sections {
			goods := slices.Clone(section.Goods)
			for n := range goods {
				goods[n].Name, goods[n].Description = name, name
			}
			shelf.Sections[i].Goods = goods
			if section.Title != "" {
				shelf.Sections[i].Title = name
			}
		}
		if shelf.Header != "" {
			shelf.Header = name
		}
		content.Shelf = &shelf
	}
	if content.Bill != nil {
		bill := *content.Bill
		bill.Lines = slices.Clone(bill.Lines)
		for i := range bill.Lines {
			bill.Lines[i].Name = name
		}
		if bill.Footer != "" {
			bill.Footer = name
		}
		content.Bill = &bill
	}
	return content
}

// TestNamesOfAnyKindAreTaken: what a product is called never keeps a message from
// its customer.
func TestNamesOfAnyKindAreTaken(t *testing.T) {
	w := opened(t)
	all := whatsapp.Shopping()
	for _, key := range slices.Sorted(maps.Keys(all)) {
		for n, name := range hostile {
			out := toAna(all[key])
			out.Content = renamed(out.Content, name)
			if bill := out.Content.Bill; bill != nil && bill.Native {
				bill.Reference = key + "-" + strconv.Itoa(n) // never used twice
			}
			if shown := w.say(t, out); len(shown) == 0 {
				t.Errorf("%s with the name %d did not come", key, n)
			}
		}
	}
}
