package storefront

import (
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/ticket"
)

func testLinks(now *clock.Manual) Links {
	return NewLinks(Config{LinkLife: 48 * time.Hour}, "https://loja.example.com/", ticket.New([]byte("key of the links")), now)
}

func lastPart(t *testing.T, link, head string) string {
	t.Helper()
	text, ok := strings.CutPrefix(link, "https://loja.example.com/s/"+head+"/")
	if !ok || text == "" || strings.Contains(text, "/") {
		t.Fatalf("%s is no link of /s/%s", link, head)
	}
	return text
}

func TestALinkOpensWhatItNames(t *testing.T) {
	links := testLinks(clock.NewManual(time.Unix(1_700_000_000, 0)))
	product := lastPart(t, links.Product("ten_1", "var_1"), "p")
	order := lastPart(t, links.Order("ten_1", "ord_1"), "o")
	shop := lastPart(t, links.Shop("ten_1", "ctc_1", ""), "c")
	if tenantID, variantID, ok := links.product(product); !ok || tenantID != "ten_1" || variantID != "var_1" {
		t.Errorf("the product's link is %s %s %v", tenantID, variantID, ok)
	}
	if tenantID, orderID, ok := links.order(order); !ok || tenantID != "ten_1" || orderID != "ord_1" {
		t.Errorf("the order's link is %s %s %v", tenantID, orderID, ok)
	}
	if who, state := links.shop(shop); state != valid || who != (customer{"ten_1", "ctc_1", ""}) {
		t.Errorf("the shop's link is %+v %v", who, state)
	}
	if qr := lastPart(t, links.QR("ten_1", "ord_1"), "q"); qr != order {
		t.Error("the picture has another ticket than its order")
	}
	for _, foreign := range []string{order, shop, product + "a", ""} {
		if _, _, ok := links.product(foreign); ok {
			t.Errorf("%q opens a product", foreign)
		}
	}
	for _, foreign := range []string{order, product} {
		if _, state := links.shop(foreign); state != wrong {
			t.Errorf("%q opens a shop", foreign)
		}
	}
}

func TestAShopsLinkEndsAndOthersDoNot(t *testing.T) {
	now := clock.NewManual(time.Unix(1_700_000_000, 0))
	links := testLinks(now)
	product, order := links.Product("ten_1", "var_1"), links.Order("ten_1", "ord_1")
	made := links.Shop("ten_1", "ctc_1", "cnv_1")
	now.Advance(time.Hour)
	if links.Shop("ten_1", "ctc_1", "cnv_1") != made {
		t.Error("one day has two links")
	}
	now.Advance(46*time.Hour + 59*time.Minute)
	if _, state := links.shop(lastPart(t, made, "c")); state != valid {
		t.Error("the link ended before its life")
	}
	now.Advance(25 * time.Hour)
	if _, state := links.shop(lastPart(t, made, "c")); state != over {
		t.Error("the link did not end")
	}
	if links.Product("ten_1", "var_1") != product || links.Order("ten_1", "ord_1") != order {
		t.Error("a lasting link changed with the time")
	}
}
