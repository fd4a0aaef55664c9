package order

import (
	"context"
	"errors"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
)

// Cart reads a customer's open cart, priced now; an empty one of version 0 when
// there is none. Error: fault.NotFound for a customer of nobody's.
func (s *Service) Cart(ctx context.Context, tenantID, contactID string) (c Cart, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if err := s.contacts.KnowContact(ctx, tx, tenantID, contactID); err != nil {
			return err
		}
		c, err = s.openCart(ctx, tx, tenantID, contactID, "")
		if errors.Is(err, database.ErrNoRows) {
			c = Cart{TenantID: tenantID, ContactID: contactID, Lines: []CartLine{}, Currency: money.BRL}
			return nil
		}
		if err != nil {
			return err
		}
		return s.fill(ctx, tx, &c)
	})
	return c, err
}

// History lists who did what to a customer's open cart, newest first.
func (s *Service) History(ctx context.Context, tenantID, contactID string) (list []Entry, err error) {
	list = []Entry{}
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if err := s.contacts.KnowContact(ctx, tx, tenantID, contactID); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT e.version, e.source, e.action, e.variant_id, e.quantity, e.actor_kind, e.actor_id, e.actor_name, e.at_ms
			FROM cart_entry e JOIN cart c ON c.tenant_id = e.tenant_id AND c.id = e.cart_id
			WHERE c.tenant_id = $1 AND c.contact_id = $2 AND c.state = 'open' ORDER BY e.version DESC LIMIT 200`, tenantID, contactID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e Entry
			if err := rows.Scan(&e.Version, &e.Source, &e.Action, &e.VariantID, &e.Quantity, &e.Actor.Kind, &e.Actor.ID, &e.Actor.Name, &e.AtMS); err != nil {
				return err
			}
			list = append(list, e)
		}
		return rows.Err()
	})
	return list, err
}

// ChangeLine adds pieces to a customer's cart or sets how many there are. The
// cart is made when there is none. Errors: fault.NotFound for a variant or a
// customer of nobody's, fault.Conflict for a version that is not the newest,
// fault.Refused with reason out_of_stock, not_for_sale or too_many.
func (s *Service) ChangeLine(ctx context.Context, in Change) (Cart, error) {
	if err := in.check(); err != nil {
		return Cart{}, err
	}
	entry := Entry{Source: in.Source, Action: "add", VariantID: in.VariantID, Quantity: in.Add, Actor: in.By}
	if in.Add == 0 {
		entry.Action, entry.Quantity = "set", in.Set
	}
	return s.edit(ctx, in.TenantID, in.ContactID, in.Version, entry, func(ctx context.Context, tx *database.Tx, c *Cart, known *basket) error {
		var changed line
		known.lines, changed = in.change(known.lines, tx.Now())
		if _, err := s.cost(ctx, tx, c, known, ""); err != nil {
			return err
		}
		if changed.quantity <= 0 {
			tx.Later(nil, `DELETE FROM cart_line WHERE tenant_id = $1 AND cart_id = $2 AND variant_id = $3`, c.TenantID, c.ID, in.VariantID)
			return nil
		}
		if in.Add >= 0 {
			if err := c.accepts(in.VariantID); err != nil {
				return err
			}
			changed.told = c.tell(in)
		}
		// The cart's row is locked: nobody has changed the line since it was read.
		tx.Later(nil, `INSERT INTO cart_line (tenant_id, cart_id, variant_id, quantity, told_price, added_ms) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (tenant_id, cart_id, variant_id) DO UPDATE SET quantity = excluded.quantity, told_price = excluded.told_price`,
			c.TenantID, c.ID, in.VariantID, changed.quantity, int64(changed.told), changed.addedMS)
		return nil
	})
}

// change applies an edit to the lines of a cart, which are in their order, and
// gives the line that it is about; one without pieces goes.
func (in Change) change(lines []line, nowMS int64) (after []line, changed line) {
	at := slices.IndexFunc(lines, func(l line) bool { return l.variantID == in.VariantID })
	if at < 0 {
		at, lines = len(lines), append(lines, line{variantID: in.VariantID, addedMS: nowMS})
	}
	if in.Add != 0 {
		lines[at].quantity += in.Add
	} else {
		lines[at].quantity = in.Set
	}
	if changed = lines[at]; changed.quantity <= 0 {
		return slices.Delete(lines, at, at+1), changed
	}
	slices.SortFunc(lines, line.compare)
	return lines, changed
}

// tell gives what the customer is told that a piece costs: what it did when they
// took the first, or chose the quantity anew. The next readings tell whether it
// moved since.
func (c *Cart) tell(in Change) (told money.Amount) {
	for i, l := range c.Lines {
		if l.VariantID != in.VariantID {
			continue
		}
		if l.ToldPrice == 0 || in.Add == 0 {
			c.Lines[i].ToldPrice = l.Price
		}
		told = c.Lines[i].ToldPrice
	}
	c.Moved = slices.ContainsFunc(c.Lines, func(l CartLine) bool { return l.ToldPrice > 0 && l.ToldPrice != l.Price })
	return told
}

// accepts tells why the newest line of a cart can't be had.
func (c *Cart) accepts(variantID string) error {
	if len(c.Lines) > MaxLines {
		return fault.Refuse("too_many", "a cart has at most %d lines", MaxLines)
	}
	for _, l := range c.Lines {
		switch {
		case l.VariantID != variantID:
		case l.ProductID == "":
			return fault.New(fault.NotFound, "no such variant")
		case l.Available == 0 && l.Quantity > 0:
			return fault.Refuse("out_of_stock", "%s is not to be had", l.Name)
		case l.Quantity > l.Available:
			return fault.Refuse("out_of_stock", "only %d of %s are to be had", l.Available, l.Name)
		}
	}
	return nil
}

// SetCoupon puts a coupon on a cart, or takes it off when the code is empty.
// Error: fault.Refused with the reason why it does not count.
func (s *Service) SetCoupon(ctx context.Context, in Change, code string) (Cart, error) {
	code = couponCode(code)
	return s.edit(ctx, in.TenantID, in.ContactID, in.Version, Entry{Source: in.Source, Action: "coupon", Actor: in.By}, func(ctx context.Context, tx *database.Tx, c *Cart, known *basket) error {
		c.CouponCode = code
		if err := s.keepCart(tx, c); err != nil {
			return err
		}
		if _, err := s.cost(ctx, tx, c, known, ""); err != nil {
			return err
		}
		if c.Coupon != "" {
			return fault.Refuse(c.Coupon, "the coupon does not count for this cart")
		}
		return nil
	})
}

// SetDelivery says where a cart goes, and what the customer asks for. Errors:
// fault.Invalid, fault.Refused with reason no_delivery.
func (s *Service) SetDelivery(ctx context.Context, in Change, d Delivery, note string) (Cart, error) {
	if err := d.tidy(); err != nil {
		return Cart{}, err
	}
	if err := checkNote(note); err != nil {
		return Cart{}, err
	}
	return s.edit(ctx, in.TenantID, in.ContactID, in.Version, Entry{Source: in.Source, Action: "delivery", Actor: in.By}, func(ctx context.Context, tx *database.Tx, c *Cart, known *basket) error {
		c.Delivery, c.Note = d, note
		if err := s.keepCart(tx, c); err != nil {
			return err
		}
		if _, err := s.cost(ctx, tx, c, known, ""); err != nil {
			return err
		}
		if c.Shipping != "" {
			return fault.Refuse(c.Shipping, "nothing of the company's goes there, or not for so little")
		}
		return nil
	})
}

// Clear empties a cart.
func (s *Service) Clear(ctx context.Context, in Change) (Cart, error) {
	return s.edit(ctx, in.TenantID, in.ContactID, in.Version, Entry{Source: in.Source, Action: "clear", Actor: in.By}, func(ctx context.Context, tx *database.Tx, c *Cart, _ *basket) error {
		tx.Later(nil, `DELETE FROM cart_line WHERE tenant_id = $1 AND cart_id = $2`, c.TenantID, c.ID)
		if c.CouponCode != "" {
			c.CouponCode = ""
			if err := s.keepCart(tx, c); err != nil {
				return err
			}
		}
		_, err := s.cost(ctx, tx, c, &basket{}, "")
		return err
	})
}

// Merge pours the open cart of one customer into another's: the same person, met
// twice. Quantities are summed, and the newer delivery is kept.
func (s *Service) Merge(ctx context.Context, in Change, fromContactID string) (Cart, error) {
	if fromContactID == in.ContactID {
		return Cart{}, fault.OnField("from", "is the same customer")
	}
	return s.edit(ctx, in.TenantID, in.ContactID, in.Version, Entry{Source: in.Source, Action: "merge", Actor: in.By}, func(ctx context.Context, tx *database.Tx, c *Cart, _ *basket) error {
		if err := s.contacts.KnowContact(ctx, tx, in.TenantID, fromContactID); err != nil {
			return err
		}
		from, err := s.openCart(ctx, tx, in.TenantID, fromContactID, tx.ForUpdate())
		if errors.Is(err, database.ErrNoRows) {
			return s.fill(ctx, tx, c)
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO cart_line (tenant_id, cart_id, variant_id, quantity, told_price, added_ms, honoured_price, honoured_ms)
			SELECT tenant_id, $3, variant_id, quantity, told_price, added_ms, honoured_price, honoured_ms FROM cart_line WHERE tenant_id = $1 AND cart_id = $2
			ON CONFLICT (tenant_id, cart_id, variant_id) DO UPDATE SET quantity = cart_line.quantity + excluded.quantity`, in.TenantID, from.ID, c.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE cart SET state = 'merged', updated_ms = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2`,
			in.TenantID, from.ID, tx.Now()); err != nil {
			return err
		}
		if c.Delivery.empty() || from.UpdatedMS > c.UpdatedMS && !from.Delivery.empty() {
			c.Delivery = from.Delivery
		}
		if c.CouponCode == "" {
			c.CouponCode = from.CouponCode
		}
		if err := s.keepCart(tx, c); err != nil {
			return err
		}
		return s.fill(ctx, tx, c)
	})
}

// edit takes the customer's open cart, or makes it, and changes it. The cart's
// row is what edits queue at: the one statement that makes it also locks it, and
// the lines are read behind it.
func (s *Service) edit(ctx context.Context, tenantID, contactID string, seen int64, entry Entry, fn func(ctx context.Context, tx *database.Tx, c *Cart, known *basket) error) (after Cart, err error) {
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		c := Cart{TenantID: tenantID, ContactID: contactID, UpdatedMS: tx.Now()}
		tx.Later(func(row database.Row) error {
			return c.scan(row, &c.ID, &c.CouponCode, &c.Note, &c.Version)
		}, `INSERT INTO cart (tenant_id, id, contact_id, state, order_id, coupon_code, delivery, note, created_ms, updated_ms, version)
			VALUES ($1, $2, $3, 'open', '', '', '', '', $4, $4, 1)
			ON CONFLICT (tenant_id, contact_id) WHERE state = 'open' DO UPDATE SET version = cart.version + 1, updated_ms = excluded.updated_ms
			RETURNING delivery, id, coupon_code, note, version`, tenantID, id.New(id.Cart, tx.Now()), contactID, tx.Now())
		known := s.basketLater(tx, tenantID, contactID, entry.VariantID)
		if entry.Action == "delivery" || entry.Action == "coupon" {
			known.where = s.zones.ask(tx, tenantID)
		}
		if err := tx.Flush(ctx); err != nil {
			return err
		}
		if c.Version == 1 {
			if err := s.contacts.KnowContact(ctx, tx, tenantID, contactID); err != nil {
				return err
			}
		}
		if seen != 0 && c.Version != seen+1 {
			return fault.New(fault.Conflict, "the cart was changed by somebody else; load it again")
		}
		if err := fn(ctx, tx, &c, known); err != nil {
			return err
		}
		writeEntry(tx, &c, entry)
		after = c
		t := told{tenantID: tenantID, by: entry.Actor}
		if err := t.add(event.CartUpdated, CartEvent{c}); err != nil {
			return err
		}
		return s.tell(ctx, tx, t.envelopes...)
	})
	return after, err
}

func writeEntry(tx *database.Tx, c *Cart, e Entry) {
	tx.Later(nil, `INSERT INTO cart_entry (tenant_id, cart_id, version, source, action, variant_id, quantity, actor_kind, actor_id, actor_name, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		c.TenantID, c.ID, c.Version, string(e.Source), e.Action, e.VariantID, e.Quantity, e.Actor.Kind, e.Actor.ID, e.Actor.Name, tx.Now())
}

// keepCart stores what a cart holds besides its lines.
func (s *Service) keepCart(tx *database.Tx, c *Cart) error {
	delivery := ""
	if !c.Delivery.empty() {
		var err error
		if delivery, err = pack(c.Delivery); err != nil {
			return err
		}
	}
	tx.Later(nil, `UPDATE cart SET coupon_code = $3, delivery = $4, note = $5 WHERE tenant_id = $1 AND id = $2`, c.TenantID, c.ID, c.CouponCode, delivery, c.Note)
	return nil
}

const openCartQuery = `SELECT delivery, id, coupon_code, note, updated_ms, version FROM cart WHERE tenant_id = $1 AND contact_id = $2 AND state = 'open'`

// openCart reads the customer's open cart without its lines. Error:
// database.ErrNoRows.
func (s *Service) openCart(ctx context.Context, tx *database.Tx, tenantID, contactID, lock string) (c Cart, err error) {
	c.TenantID, c.ContactID = tenantID, contactID
	return c, c.scan(tx.QueryRow(ctx, openCartQuery+lock, tenantID, contactID), &c.ID, &c.CouponCode, &c.Note, &c.UpdatedMS, &c.Version)
}

// takeOpenCart reads and locks the customer's open cart with the next statement;
// its id stays empty when there is none.
func takeOpenCart(tx *database.Tx, c *Cart) {
	tx.Later(func(row database.Row) error {
		return c.scan(row, &c.ID, &c.CouponCode, &c.Note, &c.UpdatedMS, &c.Version)
	}, openCartQuery+tx.ForUpdate(), c.TenantID, c.ContactID)
}

// scan reads a row of a cart: its delivery, and what else is asked for.
func (c *Cart) scan(row database.Row, more ...any) error {
	var delivery string
	if err := row.Scan(append([]any{&delivery}, more...)...); err != nil || delivery == "" {
		return err
	}
	return unpack(delivery, &c.Delivery)
}

// fill reads the lines of a cart and prices it: lines, coupon, freight.
func (s *Service) fill(ctx context.Context, tx *database.Tx, c *Cart) error {
	lines, _, err := loadCartLines(ctx, tx, c)
	if err == nil {
		_, err = s.cost(ctx, tx, c, &basket{lines: lines}, "")
	}
	return err
}

// basket is what a cart is priced by.
type basket struct {
	lines []line
	// What was read with the lines; nil: it is read when it is wanted.
	offers map[string]product.Offer
	where  *zoneQuestion
}

// cost prices a cart. It gives the coupon, its row locked when lock says so; nil
// when there is none or it does not count.
func (s *Service) cost(ctx context.Context, tx *database.Tx, c *Cart, known *basket, lock string) (coupon *Coupon, err error) {
	lines, offers, where := known.lines, known.offers, known.where
	if c.Delivery.empty() {
		where = nil
	} else if where == nil {
		where = s.zones.ask(tx, c.TenantID)
	}
	if offers == nil {
		ids := make([]string, len(lines))
		for i, l := range lines {
			ids[i] = l.variantID
		}
		if offers, err = s.stock.Offers(ctx, tx, c.TenantID, ids); err != nil {
			return nil, err
		}
	}
	c.Coupon, c.Shipping, c.Moved, c.Short = "", "", false, false
	if err := c.price(lines, offers, tx.Now()); err != nil {
		return nil, err
	}
	return s.lower(ctx, tx, c, where, lock)
}

// lower takes coupon and freight into account.
func (s *Service) lower(ctx context.Context, tx *database.Tx, c *Cart, where *zoneQuestion, lock string) (coupon *Coupon, err error) {
	var discount, freight money.Amount
	free := false
	if c.CouponCode != "" {
		found, reason, err := eligible(ctx, tx, c.TenantID, c.ContactID, c.CouponCode, c.Subtotal, lock)
		if err != nil {
			return nil, err
		}
		if c.Coupon = reason; reason == "" {
			coupon = &found
			discount, free = found.off(c.Subtotal)
		}
	}
	if where != nil {
		zones, err := where.zones(ctx, tx)
		if err != nil {
			return nil, err
		}
		ok := false
		if c.Delivery, freight, ok = route(zones, c.Delivery, c.Subtotal); !ok {
			c.Shipping = noDelivery
		}
		if free {
			freight = 0
		}
	}
	c.reduce(discount, freight)
	return coupon, nil
}

const lineColumns = `l.variant_id, l.quantity, l.told_price, l.honoured_price, l.honoured_ms, l.added_ms`

func loadCartLines(ctx context.Context, tx *database.Tx, c *Cart) (lines []line, ids []string, err error) {
	lines, err = readLines(tx.Query(ctx, `SELECT `+lineColumns+` FROM cart_line l WHERE l.tenant_id = $1 AND l.cart_id = $2 ORDER BY l.added_ms, l.variant_id`,
		c.TenantID, c.ID))
	for _, l := range lines {
		ids = append(ids, l.variantID)
	}
	return lines, ids, err
}

// basketLater reads the lines of a customer's open cart with what they are of, and
// one more variant, with the next statement.
func (s *Service) basketLater(tx *database.Tx, tenantID, contactID, more string) *basket {
	known, query, args := &basket{offers: map[string]product.Offer{}}, openLines, []any{tenantID, contactID}
	if more != "" {
		query, args = openLines+` UNION ALL SELECT CAST($3 AS TEXT), 0, 0, 0, 0, 0`, append(args, more)
	}
	var l line
	s.stock.OffersLater(tx, query, args, []string{"quantity", "told_price", "honoured_price", "honoured_ms", "added_ms"},
		[]any{&l.quantity, &l.told, &l.honoured, &l.honouredMS, &l.addedMS}, func(o product.Offer) {
			known.offers[o.ID] = o
			if l.variantID = o.ID; l.quantity > 0 {
				at, _ := slices.BinarySearchFunc(known.lines, l, line.compare)
				known.lines = slices.Insert(known.lines, at, l)
			}
		})
	return known
}

// openLines are the lines of a customer's open cart.
const openLines = `SELECT ` + lineColumns + ` FROM cart c JOIN cart_line l ON l.tenant_id = c.tenant_id AND l.cart_id = c.id
	WHERE c.tenant_id = $1 AND c.contact_id = $2 AND c.state = 'open'`

func readLines(rows *database.Rows, err error) (lines []line, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l line
		if err := rows.Scan(&l.variantID, &l.quantity, &l.told, &l.honoured, &l.honouredMS, &l.addedMS); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, rows.Err()
}
