package mercadopago

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/sandbox/stage"
)

// The keys of the journal: one kind of record a prefix.
const (
	sellerPrefix     = "seller/"
	orderPrefix      = "order/"
	preferencePrefix = "preference/"
	paymentPrefix    = "payment/"
	keyPrefix        = "key/"
	noticePrefix     = "notice/"
	numbersKey       = "numbers"
)

func stamped(n int64) string { return strconv.FormatInt(n, 10) }

// stamp writes a time as the API does, in the time of Brasília.
func stamp(ms int64) string {
	return time.UnixMilli(ms).In(time.FixedZone("", -3*60*60)).Format("2006-01-02T15:04:05.000-07:00")
}

// number writes an amount as a JSON number.
func number(amount money.Amount) json.RawMessage { return json.RawMessage(amount.Decimal()) }

// newID makes an identifier of the vendor's form: a prefix and 26 characters.
func (s *Server) newID(prefix string) string {
	made := id.New("x", s.now().UnixMilli())
	return prefix + strings.ToUpper(made[strings.IndexByte(made, '_')+1:])
}

// nextNumber gives the next number of a payment; the caller holds the lock.
func (s *Server) nextNumber() int64 {
	s.numbers++
	s.journal.Put(numbersKey, s.numbers)
	return 120_000_000_000 + s.numbers
}

func (s *Server) saveOrder(o *Order) {
	o.UpdatedMS = s.now().UnixMilli()
	s.orders[o.ID] = o
	s.journal.Put(orderPrefix+o.ID, o)
}

func (s *Server) savePreference(p *Preference) {
	s.preferences[p.ID] = p
	s.journal.Put(preferencePrefix+p.ID, p)
}

func (s *Server) savePayment(p *Payment) {
	p.UpdatedMS = s.now().UnixMilli()
	s.payments[p.ID] = p
	s.journal.Put(paymentPrefix+stamped(p.ID), p)
}

// load builds the state from the journal, and takes up clocks and notifications
// that were under way when the last process ended.
func (s *Server) load(records []stage.Record) error {
	for _, record := range records {
		taken, err := s.ledger.Load(record)
		if !taken && err == nil {
			err = s.loadRecord(record)
		}
		if err != nil {
			return fault.Wrap(err, fault.Internal, "record "+record.Key)
		}
	}
	for _, order := range s.orders {
		if order.State.open() {
			s.watch(order.ID, order.ExpiresMS)
		}
	}
	for _, n := range s.notices {
		if !n.Done {
			s.timers.After(0, func() { s.post(n) })
		}
	}
	return nil
}

func (s *Server) loadRecord(record stage.Record) error {
	kind, _, _ := strings.Cut(record.Key, "/")
	switch kind + "/" {
	case sellerPrefix:
		return put(record.Value, func(v *Seller) { s.sellers[v.UserID] = v })
	case orderPrefix:
		return put(record.Value, func(v *Order) { s.orders[v.ID] = v })
	case preferencePrefix:
		return put(record.Value, func(v *Preference) { s.preferences[v.ID] = v })
	case paymentPrefix:
		return put(record.Value, func(v *Payment) { s.payments[v.ID] = v })
	case keyPrefix:
		return put(record.Value, func(v *keyed) { s.keys[record.Key] = v })
	case noticePrefix:
		return put(record.Value, func(v *notice) { s.notices[v.ID] = v })
	}
	if record.Key == numbersKey {
		return json.Unmarshal(record.Value, &s.numbers)
	}
	return nil // of a later version
}

func put[T any](text json.RawMessage, keep func(*T)) error {
	value := new(T)
	if err := json.Unmarshal(text, value); err != nil {
		return err
	}
	keep(value)
	return nil
}
