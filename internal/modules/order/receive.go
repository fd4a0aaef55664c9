package order

import (
	"context"
	"errors"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/platform/database"
)

// Sent is a cart as a customer filled and sent it in a channel's own catalog.
// Its prices are what the customer's phone showed: a cached one, perhaps, or
// that of a sale that is over.
type Sent struct {
	TenantID  string
	ContactID string
	// Key names the message: it fills the cart once.
	Key   string
	By    event.Actor
	Lines []SentLine
	// HonourUntilMS is until when a lower price that was really shown counts.
	HonourUntilMS int64
	// Shown tells whether the company has really shown a line at its lower price
	// lately; nil for never.
	Shown func(ctx context.Context, tx *database.Tx, l SentLine) (bool, error)
}

// SentLine is a line of a cart that was sent.
type SentLine struct {
	VariantID  string // empty for what is none of the company's
	RetailerID string // the channel's own id of it
	Quantity   int64
	Price      money.Amount // a piece, as the customer saw it
	Currency   money.Currency
}

// Missing is what could not be put into the cart as it was sent.
type Missing struct {
	Name   string `json:"name"` // the channel's id when the company has no such thing
	Wanted int64  `json:"wanted"`
	Taken  int64  `json:"taken"`
}

// Receipt is what became of a cart that was sent.
type Receipt struct {
	Cart    Cart      `json:"-"` // as it stands now
	Missing []Missing `json:"missing"`
	// Confirm says that it costs more than the customer saw, who has to agree.
	Confirm bool `json:"confirm"`
	// Again says that the message had been received before.
	Again bool `json:"-"`
}

// Receive puts a cart that was sent into the customer's own, once a message. It
// never makes an order. The company's price of now counts; one below it counts
// where the company had really shown it, and else the customer has to confirm.
// The same thing twice is summed; more than there is is cut, and named.
//
// Errors: fault.Invalid, fault.NotFound for a customer of nobody's,
// fault.Refused with reason currency or cart_empty.
func (s *Service) Receive(ctx context.Context, in Sent) (r Receipt, err error) {
	if err := in.check(); err != nil {
		return r, err
	}
	err = s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		r, err = s.Within(tx).receive(ctx, tx, in)
		return err
	})
	return r, err
}

func (in Sent) check() error {
	switch {
	case in.ContactID == "":
		return fault.OnField("contact_id", "a customer must be named")
	case in.Key == "" || len(in.Key) > 200 || database.Text(in.Key) != nil:
		return fault.OnField("key", "must be 1 to 200 bytes of text")
	case len(in.Lines) == 0:
		return fault.Refuse("cart_empty", "there is nothing in the cart")
	case len(in.Lines) > 10*MaxLines:
		return fault.OnField("lines", "at most %d", 10*MaxLines)
	}
	for _, l := range in.Lines {
		switch {
		case l.Currency != money.BRL:
			return fault.Refuse("currency", "a company sells in %s", money.BRL)
		case l.Price.Check() != nil:
			return fault.OnField("lines.price", "must lie between 0 and %s", money.Max.Decimal())
		case database.Text(l.RetailerID) != nil:
			return fault.OnField("lines.retailer_id", "must be text")
		}
	}
	return nil
}

func (s *Service) receive(ctx context.Context, tx *database.Tx, in Sent) (r Receipt, err error) {
	fresh, err := tx.Exec(ctx, `INSERT INTO cart_receipt (tenant_id, key, cart_id, outcome, at_ms) VALUES ($1, $2, '', '', $3)
		ON CONFLICT (tenant_id, key) DO NOTHING`, in.TenantID, in.Key, tx.Now())
	if err != nil {
		return r, err
	}
	if fresh == 0 {
		return s.receivedBefore(ctx, tx, in)
	}
	r.Cart, err = s.edit(ctx, in.TenantID, in.ContactID, 0, Entry{Source: FromWhatsApp, Action: "receive", Quantity: int64(len(in.Lines)), Actor: in.By},
		func(ctx context.Context, tx *database.Tx, c *Cart, _ *basket) error {
			if err := s.pour(ctx, tx, c, in, &r); err != nil {
				return err
			}
			return s.fill(ctx, tx, c)
		})
	if err != nil {
		return r, err
	}
	outcome, err := pack(r)
	if err != nil {
		return r, err
	}
	_, err = tx.Exec(ctx, `UPDATE cart_receipt SET cart_id = $3, outcome = $4 WHERE tenant_id = $1 AND key = $2`, in.TenantID, in.Key, r.Cart.ID, outcome)
	return r, err
}

// receivedBefore gives what a message did the first time, and the cart as it
// stands.
func (s *Service) receivedBefore(ctx context.Context, tx *database.Tx, in Sent) (r Receipt, err error) {
	var outcome string
	if err := tx.QueryRow(ctx, `SELECT outcome FROM cart_receipt WHERE tenant_id = $1 AND key = $2`, in.TenantID, in.Key).Scan(&outcome); err != nil {
		return r, err
	}
	if err := unpack(outcome, &r); err != nil {
		return r, err
	}
	r.Again = true
	r.Cart, err = s.Cart(ctx, in.TenantID, in.ContactID)
	return r, err
}

// sum joins lines of the same thing. Of two prices for it the higher one
// counts: nobody saw less.
func (in Sent) sum() (lines []SentLine) {
	for _, l := range in.Lines {
		l.Quantity = min(max(l.Quantity, 0), MaxQuantity)
		at := slices.IndexFunc(lines, func(o SentLine) bool {
			return o.VariantID == l.VariantID && (l.VariantID != "" || o.RetailerID == l.RetailerID)
		})
		if at < 0 {
			lines = append(lines, l)
			continue
		}
		lines[at].Quantity = min(lines[at].Quantity+l.Quantity, MaxQuantity)
		lines[at].Price = max(lines[at].Price, l.Price)
	}
	return lines
}

// pour puts the lines into the cart, whose row is locked.
func (s *Service) pour(ctx context.Context, tx *database.Tx, c *Cart, in Sent, r *Receipt) error {
	r.Missing, r.Confirm = []Missing{}, false
	lines := in.sum()
	before, ids, err := loadCartLines(ctx, tx, c)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.VariantID != "" && !slices.Contains(ids, l.VariantID) {
			ids = append(ids, l.VariantID)
		}
	}
	offers, err := s.stock.Offers(ctx, tx, in.TenantID, ids)
	if err != nil {
		return err
	}
	count := len(before)
	for _, l := range lines {
		offer, known := offers[l.VariantID]
		if !known {
			r.Missing = append(r.Missing, Missing{Name: l.RetailerID, Wanted: l.Quantity})
			continue
		}
		had, at := int64(0), slices.IndexFunc(before, func(o line) bool { return o.variantID == l.VariantID })
		if at >= 0 {
			had = before[at].quantity
		}
		take := min(l.Quantity, max(havable(offer)-had, 0))
		if at < 0 && take > 0 {
			if count++; count > MaxLines {
				take = 0
			}
		}
		if take < l.Quantity || l.Quantity == 0 {
			r.Missing = append(r.Missing, Missing{Name: offer.Name, Wanted: l.Quantity, Taken: take})
		}
		if take == 0 {
			continue
		}
		if err := s.pourLine(ctx, tx, c, in, l, take, offer.PriceAt(tx.Now()), r); err != nil {
			return err
		}
	}
	return nil
}

// pourLine adds pieces of one thing at the price that counts.
func (s *Service) pourLine(ctx context.Context, tx *database.Tx, c *Cart, in Sent, l SentLine, take int64, ours money.Amount, r *Receipt) error {
	told, honoured, untilMS := ours, money.Amount(0), int64(0)
	if l.Price < ours {
		shown := false
		if in.Shown != nil && l.Price > 0 && in.HonourUntilMS > tx.Now() {
			var err error
			if shown, err = in.Shown(ctx, tx, l); err != nil {
				return err
			}
		}
		if told = l.Price; shown {
			honoured, untilMS = l.Price, in.HonourUntilMS
		} else {
			r.Confirm = true
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO cart_line (tenant_id, cart_id, variant_id, quantity, told_price, added_ms, honoured_price, honoured_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (tenant_id, cart_id, variant_id) DO UPDATE SET quantity = cart_line.quantity + excluded.quantity, told_price = excluded.told_price,
		honoured_price = CASE WHEN excluded.honoured_price > 0 THEN excluded.honoured_price ELSE cart_line.honoured_price END,
		honoured_ms = CASE WHEN excluded.honoured_price > 0 THEN excluded.honoured_ms ELSE cart_line.honoured_ms END`,
		c.TenantID, c.ID, l.VariantID, take, int64(told), tx.Now(), int64(honoured), untilMS)
	return err
}

// Told notes that the customer was told what the cart costs now, and goes on
// with it: the prices have not moved any more.
func (s *Service) Told(ctx context.Context, tenantID, contactID string) error {
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		c, err := s.openCart(ctx, tx, tenantID, contactID, tx.ForUpdate())
		if errors.Is(err, database.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.fill(ctx, tx, &c); err != nil || !c.Moved {
			return err
		}
		args := make([][]any, len(c.Lines))
		for i, l := range c.Lines {
			args[i] = []any{tenantID, c.ID, l.VariantID, int64(l.Price)}
		}
		_, err = tx.Each(ctx, `UPDATE cart_line SET told_price = $4 WHERE tenant_id = $1 AND cart_id = $2 AND variant_id = $3`, args, nil)
		return err
	})
}
