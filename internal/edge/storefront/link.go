package storefront

import (
	"strconv"
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/ticket"
)

// Kinds of ticket. QR pictures are of orders' tickets.
const (
	kindProduct = "product" // company, variant
	kindShop    = "shop"    // company, contact, conversation, the day that it ends
	kindOrder   = "order"   // company, order
)

const day = 24 * time.Hour

// Links makes the addresses of the pages. It is safe for concurrent use.
type Links struct {
	base   string
	signer ticket.Signer
	life   time.Duration
	clock  clock.Clock
}

// NewLinks makes addresses below the public URL.
func NewLinks(cfg Config, publicURL string, signer ticket.Signer, clock clock.Clock) Links {
	return Links{base: strings.TrimRight(publicURL, "/"), signer: signer, life: cfg.LinkLife, clock: clock}
}

// Product is the public page of a variant; it is always the same, and may be
// given to anybody.
func (l Links) Product(tenantID, variantID string) string {
	return l.base + "/s/p/" + l.signer.Sign(kindProduct, tenantID, variantID)
}

// Shop is a customer's own shop, with their one cart; it ends by itself. Links
// made on one day are one link. The conversation may be empty.
func (l Links) Shop(tenantID, contactID, conversationID string) string {
	ends := l.clock.Now().Add(l.life+day-1).Unix() / int64(day/time.Second)
	return l.base + "/s/c/" + l.signer.Sign(kindShop, tenantID, contactID, conversationID, strconv.FormatInt(ends, 10))
}

// Order is the page of an order, where it is paid and followed.
func (l Links) Order(tenantID, orderID string) string {
	return l.base + "/s/o/" + l.signer.Sign(kindOrder, tenantID, orderID)
}

// QR is the picture of the Pix code by which the order can be paid, PNG.
func (l Links) QR(tenantID, orderID string) string {
	return l.base + "/s/q/" + l.signer.Sign(kindOrder, tenantID, orderID)
}

// customer is whose shop a ticket opens.
type customer struct {
	tenantID, contactID, conversationID string
}

// why tells a ticket that is over from what is none.
type why int

const (
	valid why = iota
	wrong
	over
)

func (l Links) product(text string) (tenantID, variantID string, ok bool) {
	return l.pair(kindProduct, text)
}

func (l Links) order(text string) (tenantID, orderID string, ok bool) { return l.pair(kindOrder, text) }

func (l Links) pair(kind, text string) (tenantID, thing string, ok bool) {
	parts, ok := l.signer.Read(kind, text)
	if !ok || len(parts) != 2 {
		return "", "", false
	}
	return parts[0], parts[1], true
}

func (l Links) shop(text string) (customer, why) {
	parts, ok := l.signer.Read(kindShop, text)
	if !ok || len(parts) != 4 {
		return customer{}, wrong
	}
	ends, err := strconv.ParseInt(parts[3], 10, 32)
	if err != nil {
		return customer{}, wrong
	}
	if l.clock.Now().Unix() >= ends*int64(day/time.Second) {
		return customer{}, over
	}
	return customer{parts[0], parts[1], parts[2]}, valid
}
