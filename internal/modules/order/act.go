package order

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
)

// work is one change of an order under way.
type work struct {
	*Service
	tx     *database.Tx
	o      *Order
	by     event.Actor
	levels []product.Level
}

// errSame ends a change that found nothing to change: nothing is stored and
// nothing told.
var errSame = fault.New(fault.Internal, "nothing changed")

// change takes an order's row, changes it, brings its refunds to what is owed,
// stores it and tells.
func (s *Service) change(ctx context.Context, tx *database.Tx, tenantID, orderID string, by event.Actor, fn func(w *work) error) (Order, error) {
	o, err := loadOrder(ctx, tx, tenantID, "id", orderID, tx.ForUpdate())
	if err != nil {
		return o, err
	}
	lacked := o.Paid < o.Total
	o.Version++
	o.UpdatedMS = tx.Now()
	w := &work{Service: s, tx: tx, o: &o, by: by}
	if err := fn(w); errors.Is(err, errSame) {
		o.Version--
		return o, nil
	} else if err != nil {
		return o, err
	}
	if err := w.pay(ctx); err != nil {
		return o, err
	}
	o.weigh()
	if err := s.payments.Owe(ctx, tx, tenantID, orderID, o.owed(), o.Attention); err != nil {
		return o, err
	}
	if err := updateOrder(ctx, tx, &o); err != nil {
		return o, err
	}
	if err := s.dress(ctx, tx, &o); err != nil {
		return o, err
	}
	t := told{tenantID: tenantID, by: by}
	if lacked && o.Paid >= o.Total {
		if err := t.add(event.OrderPaid, Placed{o}); err != nil {
			return o, err
		}
	}
	if err := t.add(event.OrderUpdated, Placed{o}); err != nil {
		return o, err
	}
	if err := t.levels(w.levels); err != nil {
		return o, err
	}
	return o, s.tell(ctx, tx, t.envelopes...)
}

// act is change in a transaction of its own.
func (s *Service) act(ctx context.Context, tenantID, orderID string, by event.Actor, fn func(ctx context.Context, w *work) error) (after Order, err error) {
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		after, err = s.change(ctx, tx, tenantID, orderID, by, func(w *work) error { return fn(ctx, w) })
		return err
	})
	return after, err
}

// pay is the rule of the money: an order whose sums reach its total is
// confirmed. One that ended without ever having been confirmed is brought back
// if its pieces are still there; else the money goes back and a person sees it.
func (w *work) pay(ctx context.Context) error {
	o := w.o
	if o.Paid < o.Total || o.State != AwaitingPayment && !o.revivable {
		return nil
	}
	if o.State != AwaitingPayment {
		o.revivable = false
		if o.couponID != "" { // before the stock, as everybody takes them
			if _, err := loadCoupon(ctx, w.tx, o.TenantID, "id", o.couponID, w.tx.ForUpdate()); err != nil {
				return err
			}
		}
		fits, err := w.stock.Fits(ctx, w.tx, o.TenantID, o.takes())
		if err != nil {
			return err
		}
		if !fits {
			return w.log(ctx, w.tx, o, Event{Kind: "paid", From: o.State, To: o.State, Reason: "late, and sold out", Actor: w.by})
		}
		if err := useCoupon(ctx, w.tx, o); err != nil {
			return err
		}
		if _, err := w.stock.Hold(ctx, w.tx, o.holding("late payment", w.by), o.takes(), 0); err != nil {
			return err
		}
	}
	levels, err := w.confirm(ctx, w.tx, o, "paid", w.by)
	w.levels = append(w.levels, levels...)
	return err
}

// LockOrder implements payment.Orders.
func (s *Service) LockOrder(ctx context.Context, tx *database.Tx, tenantID, orderID string) error {
	_, err := loadOrder(ctx, tx, tenantID, "id", orderID, tx.ForUpdate())
	return err
}

// Bill implements payment.Orders.
func (s *Service) Bill(ctx context.Context, tx *database.Tx, tenantID, orderID string) (payment.Bill, error) {
	o, err := loadOrder(ctx, tx, tenantID, "id", orderID, "")
	return payment.Bill{
		Number: strconv.FormatInt(o.Number, 10), Name: o.Customer.Name, TaxID: o.Customer.TaxID,
		CEP: o.Delivery.CEP, Street: o.Delivery.Address, Neighbourhood: o.Delivery.Neighbourhood, City: o.Delivery.City,
	}, err
}

// Settle implements payment.Orders: the sums of the payments have changed, or
// were told again.
func (s *Service) Settle(ctx context.Context, tx *database.Tx, tenantID, orderID string, sums payment.Sums, by event.Actor) error {
	_, err := s.change(ctx, tx, tenantID, orderID, by, func(w *work) error {
		o := w.o
		if o.Paid == sums.Paid && o.Refunded == sums.Refunded {
			return errSame
		}
		facts := map[string]string{"paid": sums.Paid.Decimal(), "refunded": sums.Refunded.Decimal()}
		o.Paid, o.Refunded = sums.Paid, sums.Refunded
		return w.log(ctx, tx, o, Event{Kind: "paid", From: o.State, To: o.State, Facts: facts, Actor: by})
	})
	return err
}

// Act names an order and who acts on it.
type Act struct {
	TenantID string
	OrderID  string
	// Version is the version that was seen; 0 does not care.
	Version int64
	Reason  string
	By      event.Actor
}

func (a Act) check(o *Order) error {
	if a.Version != 0 && o.Version != a.Version+1 {
		return fault.New(fault.Conflict, "the order was changed by somebody else; load it again")
	}
	if len(a.Reason) > maxNote || database.Text(a.Reason) != nil {
		return fault.OnField("reason", "must be text of at most %d bytes", maxNote)
	}
	return nil
}

// Move takes an order a step on. Error: fault.Conflict for a step that the
// state does not allow, without effect.
func (s *Service) Move(ctx context.Context, in Act, to State) (Order, error) {
	return s.act(ctx, in.TenantID, in.OrderID, in.By, func(ctx context.Context, w *work) error {
		if err := in.check(w.o); err != nil {
			return err
		}
		from := w.o.State
		if !slices.Contains(moves[from], to) {
			return fault.New(fault.Conflict, "an order that is %s can't become %s", from, to)
		}
		w.o.State = to
		return w.log(ctx, w.tx, w.o, Event{Kind: "moved", From: from, To: to, Reason: in.Reason, Actor: in.By})
	})
}

// Cancel ends an order: stock and coupon are free again, payments are closed,
// and what was paid is owed back. restock says whether sold pieces return. A
// payment that comes after a person's cancel is owed back; after one of a
// customer or the system it brings the order back.
func (s *Service) Cancel(ctx context.Context, in Act, restock bool) (Order, error) {
	return s.act(ctx, in.TenantID, in.OrderID, in.By, func(ctx context.Context, w *work) error {
		if err := in.check(w.o); err != nil {
			return err
		}
		if !w.o.State.cancelable() {
			return fault.New(fault.Conflict, "an order that is %s can't be canceled", w.o.State)
		}
		late := w.o.State == AwaitingPayment && in.By.Kind != "user"
		return w.end(ctx, Canceled, payment.WasCanceled, in.Reason, late, restock)
	})
}

// end frees what an order holds.
func (w *work) end(ctx context.Context, to State, kind payment.Kind, reason string, revivable, restock bool) error {
	o, from := w.o, w.o.State
	var levels []product.Level
	var err error
	if err := w.payments.Close(ctx, w.tx, o.TenantID, o.ID, kind, w.by); err != nil {
		return err
	}
	if err := freeCoupon(ctx, w.tx, o); err != nil {
		return err
	}
	switch {
	case o.stock == stockHeld:
		levels, err = w.stock.Release(ctx, w.tx, o.holding(string(to), w.by), nil)
	case o.stock == stockSold && restock:
		levels, err = w.stock.Restock(ctx, w.tx, o.holding(string(to), w.by), o.takes())
	}
	if err != nil {
		return err
	}
	w.levels = append(w.levels, levels...)
	o.State, o.stock, o.ExpiresMS, o.revivable = to, stockFree, 0, revivable && o.Total > 0
	return w.log(ctx, w.tx, o, Event{Kind: "moved", From: from, To: to, Reason: reason, Actor: w.by})
}

// Back is money or goods that go back while the order lives.
type Back struct {
	Amount  money.Amount `json:"amount" minimum:"0" doc:"In minor units; at most what was paid and did not go back."`
	Lines   []Piece      `json:"lines,omitempty" maxItems:"100" doc:"Pieces that the customer returned."`
	Restock bool         `json:"restock,omitempty" doc:"The pieces can be sold again."`
}

// GiveBack grants a refund, and takes pieces back. Errors: fault.Invalid,
// fault.Refused with reason too_much, fault.Conflict.
func (s *Service) GiveBack(ctx context.Context, in Act, back Back) (Order, error) {
	return s.act(ctx, in.TenantID, in.OrderID, in.By, func(ctx context.Context, w *work) error {
		o := w.o
		if err := in.check(o); err != nil {
			return err
		}
		switch {
		case !o.State.alive() || o.stock != stockSold:
			return fault.New(fault.Conflict, "an order that is %s has nothing to give back", o.State)
		case back.Amount < 0 || back.Amount == 0 && len(back.Lines) == 0:
			return fault.OnField("amount", "money or pieces must go back")
		case back.Amount > min(o.Paid-o.Refunded-o.owed(), o.Total-o.Granted):
			return fault.Refuse("too_much", "so much was not paid, or goes back already")
		}
		var takes []product.Take
		for _, piece := range back.Lines {
			at := slices.IndexFunc(o.Lines, func(l Line) bool { return l.VariantID == piece.VariantID })
			if at < 0 || piece.Quantity < 1 || o.Lines[at].Returned+piece.Quantity > o.Lines[at].Quantity {
				return fault.OnField("lines", "so many pieces were not ordered, or came back already")
			}
			o.Lines[at].Returned += piece.Quantity
			takes = append(takes, product.Take{VariantID: piece.VariantID, Quantity: piece.Quantity})
		}
		if back.Restock && len(takes) > 0 {
			levels, err := w.stock.Restock(ctx, w.tx, o.holding("returned", in.By), takes)
			if err != nil {
				return err
			}
			w.levels = append(w.levels, levels...)
		}
		o.Granted += back.Amount
		facts := map[string]string{"amount": back.Amount.Decimal(), "pieces": strconv.Itoa(len(takes))}
		if err := replaceLines(ctx, w.tx, o); err != nil {
			return err
		}
		return w.log(ctx, w.tx, o, Event{Kind: "refund_granted", From: o.State, To: o.State, Reason: in.Reason, Facts: facts, Actor: in.By})
	})
}

// Edit brings the lines of an order to other quantities; 0 takes a line out,
// and a variant that is new comes at its price of now. Prices of the other
// lines, the coupon's terms and the freight stay as they were. What is lacking
// is asked for, what is too much is owed back. Errors: fault.Invalid,
// fault.Conflict, fault.Refused with reason out_of_stock or not_for_sale.
func (s *Service) Edit(ctx context.Context, in Act, pieces []Piece) (Order, error) {
	return s.act(ctx, in.TenantID, in.OrderID, in.By, func(ctx context.Context, w *work) error {
		o := w.o
		if err := in.check(o); err != nil {
			return err
		}
		if !o.State.editable() {
			return fault.New(fault.Conflict, "an order that is %s can't be edited", o.State)
		}
		more, fewer, err := w.lines(ctx, pieces)
		if err != nil {
			return err
		}
		if len(more)+len(fewer) == 0 {
			return errSame
		}
		before := o.Total
		if err := o.sum(); err != nil {
			return err
		}
		if o.Granted > o.Total {
			return fault.Refuse("too_much", "more than this was given back already")
		}
		if err := w.shift(ctx, more, fewer); err != nil {
			return err
		}
		if err := replaceLines(ctx, w.tx, o); err != nil {
			return err
		}
		if err := w.askAnew(ctx); err != nil {
			return err
		}
		facts := map[string]string{"from_total": before.Decimal(), "to_total": o.Total.Decimal()}
		return w.log(ctx, w.tx, o, Event{Kind: "edited", From: o.State, To: o.State, Reason: in.Reason, Facts: facts, Actor: in.By})
	})
}

// lines changes the lines of the order and tells what more and what less of the
// stock it takes.
func (w *work) lines(ctx context.Context, pieces []Piece) (more, fewer []product.Take, err error) {
	o := w.o
	ids := make([]string, len(pieces))
	for i, piece := range pieces {
		ids[i] = piece.VariantID
	}
	offers, err := w.stock.Offers(ctx, w.tx, o.TenantID, ids)
	if err != nil {
		return nil, nil, err
	}
	for _, piece := range pieces {
		if piece.Quantity < 0 || piece.Quantity > MaxQuantity {
			return nil, nil, fault.OnField("lines.quantity", "must be between 0 and %d", MaxQuantity)
		}
		offer, known := offers[piece.VariantID]
		at := slices.IndexFunc(o.Lines, func(l Line) bool { return l.VariantID == piece.VariantID })
		before := int64(0)
		switch {
		case !known:
			return nil, nil, &fault.Error{Code: fault.NotFound, Field: "lines", Message: "no such variant"}
		case at >= 0 && piece.Quantity < o.Lines[at].Returned:
			return nil, nil, fault.OnField("lines.quantity", "more pieces came back already")
		case at >= 0:
			before = o.Lines[at].Quantity
			o.Lines[at].Quantity = piece.Quantity
		case !offer.Sellable():
			return nil, nil, fault.Refuse("not_for_sale", "%s is not sold", offer.Name)
		case piece.Quantity > 0:
			o.Lines = append(o.Lines, Line{
				VariantID: offer.ID, ProductID: offer.ProductID, SKU: offer.SKU, Name: offer.Name, Options: offer.Options, Image: faceOf(offer),
				Quantity: piece.Quantity, ListPrice: offer.Price, Price: offer.PriceAt(w.tx.Now()),
			})
		}
		if delta := piece.Quantity - before; delta > 0 {
			more = append(more, product.Take{VariantID: piece.VariantID, Quantity: delta})
		} else if delta < 0 {
			fewer = append(fewer, product.Take{VariantID: piece.VariantID, Quantity: -delta})
		}
	}
	o.Lines = slices.DeleteFunc(o.Lines, func(l Line) bool { return l.Quantity == 0 })
	if len(o.Lines) == 0 || len(o.Lines) > MaxLines {
		return nil, nil, fault.OnField("lines", "an order has 1 to %d lines; cancel it instead", MaxLines)
	}
	return more, fewer, nil
}

// shift brings the stock to the changed lines.
func (w *work) shift(ctx context.Context, more, fewer []product.Take) error {
	o := w.o
	var levels []product.Level
	var err error
	if len(fewer) > 0 {
		if o.stock == stockHeld {
			levels, err = w.stock.Release(ctx, w.tx, o.holding("fewer", w.by), fewer)
		} else {
			levels, err = w.stock.Restock(ctx, w.tx, o.holding("fewer", w.by), fewer)
		}
		if err != nil {
			return err
		}
		w.levels = append(w.levels, levels...)
	}
	if len(more) == 0 {
		return nil
	}
	if levels, err = w.stock.Hold(ctx, w.tx, o.holding("more", w.by), more, 0); err == nil && o.stock == stockSold {
		levels, err = w.stock.Sell(ctx, w.tx, o.holding("more", w.by))
	}
	w.levels = append(w.levels, levels...)
	return err
}

// askAnew closes what is open of the payments and asks for what is lacking.
func (w *work) askAnew(ctx context.Context) error {
	o := w.o
	if err := w.payments.Close(ctx, w.tx, o.TenantID, o.ID, payment.WasCanceled, w.by); err != nil {
		return err
	}
	lacking := o.keep() - (o.Paid - o.Refunded)
	if lacking <= 0 {
		return nil
	}
	asked, err := w.payments.Ask(ctx, w.tx, o.request(lacking))
	if err == nil && o.State == AwaitingPayment {
		o.ExpiresMS = asked.ExpiresMS
	}
	return err
}
