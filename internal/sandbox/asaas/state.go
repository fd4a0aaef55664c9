package asaas

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"prosa/internal/base/br"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/sandbox/stage"
)

type object = map[string]any

// Account is who sells.
type Account struct {
	Name       string `json:"name"`
	Key        string `json:"key,omitempty"`
	WebhookURL string `json:"webhook_url"`
	Token      string `json:"token,omitempty"` // of the webhook
}

// Customer is a payer.
type Customer struct {
	ID     string `json:"id"`
	Values object `json:"values"`
	Gone   bool   `json:"gone,omitempty"`
}

// Subscription makes bills.
type Subscription struct {
	ID          string       `json:"id"`
	Customer    string       `json:"customer"`
	BillingType string       `json:"billing_type"`
	Value       money.Amount `json:"value"`
	Cycle       string       `json:"cycle"`
	NextDue     string       `json:"next_due"` // of the next bill to be made
	Day         int          `json:"day"`      // of the month, which a short month does not change
	Status      string       `json:"status"`
	Description string       `json:"description"`
	Reference   string       `json:"reference"`
	SuccessURL  string       `json:"success_url"`
	CreatedMS   int64        `json:"created_ms"`
	Card        string       `json:"card,omitempty"` // last four of the card that pays
	Gone        bool         `json:"gone,omitempty"`
}

// Payment is a bill.
type Payment struct {
	ID           string       `json:"id"`
	Customer     string       `json:"customer"`
	Subscription string       `json:"subscription"`
	BillingType  string       `json:"billing_type"`
	Status       string       `json:"status"`
	Value        money.Amount `json:"value"`
	Due          string       `json:"due"`
	Description  string       `json:"description"`
	Reference    string       `json:"reference"`
	SuccessURL   string       `json:"success_url"`
	CreatedMS    int64        `json:"created_ms"`
	PaidMS       int64        `json:"paid_ms"`
	Card         string       `json:"card,omitempty"`
	Refunds      []Refund     `json:"refunds,omitempty"`
	Gone         bool         `json:"gone,omitempty"`
	PixCode      string       `json:"pix_code"`
	BoletoLine   string       `json:"boleto_line"`
}

// Refund is money that went back.
type Refund struct {
	Value       money.Amount `json:"value"`
	Description string       `json:"description"`
	AtMS        int64        `json:"at_ms"`
}

func (p *Payment) open() bool { return !p.Gone && (p.Status == "PENDING" || p.Status == "OVERDUE") }

func (p *Payment) paid() bool { return p.Status == "RECEIVED" || p.Status == "CONFIRMED" }

func (p *Payment) refunded() (total money.Amount) {
	for _, refund := range p.Refunds {
		total += refund.Value
	}
	return total
}

func brasilia() *time.Location { return time.FixedZone("", -3*60*60) }

func (s *Server) now() time.Time { return s.config.Clock.Now().In(brasilia()) }

func (s *Server) today() string { return s.now().Format(time.DateOnly) }

// The keys of the journal: one kind of record a prefix.
const (
	accountKey         = "account"
	numbersKey         = "numbers"
	customerPrefix     = "customer/"
	subscriptionPrefix = "subscription/"
	paymentPrefix      = "payment/"
	noticePrefix       = "notice/"
)

// newID gives an id of the vendor's form. The caller holds the lock.
func (s *Server) newID(prefix string) string {
	s.numbers++
	s.journal.Put(numbersKey, s.numbers)
	return fmt.Sprintf("%s_%012d", prefix, s.numbers)
}

func (s *Server) saveCustomer(c *Customer) {
	s.customers[c.ID] = c
	s.journal.Put(customerPrefix+c.ID, c)
}

func (s *Server) saveSubscription(sub *Subscription) {
	s.subscriptions[sub.ID] = sub
	s.journal.Put(subscriptionPrefix+sub.ID, sub)
}

// savePayment keeps a bill with the codes for its amount.
func (s *Server) savePayment(p *Payment) {
	s.payments[p.ID] = p
	s.journal.Put(paymentPrefix+p.ID, p)
}

// print writes the codes that a payer copies.
func (s *Server) print(p *Payment) {
	number := strings.TrimPrefix(p.ID, "pay_")
	name := s.account.Name
	if name == "" {
		name = "Prosa"
	}
	code, err := br.Pix{URL: "pix.asaas.example.com/qr/" + number, Name: name, City: "Joinville", Amount: p.Value, TxID: number}.Code()
	if err == nil {
		p.PixCode = code
	}
	p.BoletoLine = fmt.Sprintf("46191%s%s%015d%010d", "11000", number, len(p.Refunds), int64(p.Value))
}

// load builds the state from the journal, and takes up callbacks that were under
// way when the last process ended.
func (s *Server) load(records []stage.Record) error {
	for _, record := range records {
		if err := s.loadRecord(record); err != nil {
			return fault.Wrap(err, fault.Internal, "record "+record.Key)
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
	case customerPrefix:
		return put(record.Value, func(v *Customer) { s.customers[v.ID] = v })
	case subscriptionPrefix:
		return put(record.Value, func(v *Subscription) { s.subscriptions[v.ID] = v })
	case paymentPrefix:
		return put(record.Value, func(v *Payment) { s.payments[v.ID] = v })
	case noticePrefix:
		return put(record.Value, func(v *notice) { s.notices[v.ID] = v })
	}
	switch record.Key {
	case accountKey:
		return put(record.Value, func(v *Account) { s.account = *v })
	case numbersKey:
		return put(record.Value, func(v *int64) { s.numbers = *v })
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

// months of the cycles.
func monthsOf(cycle string) int {
	return map[string]int{"MONTHLY": 1, "QUARTERLY": 3, "SEMIANNUALLY": 6, "YEARLY": 12}[cycle]
}

// following gives the day of the next bill: the same day of a later month, the
// last one of a shorter.
func (sub *Subscription) following(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day // checked when it was set
	}
	first := time.Date(at.Year(), at.Month()+time.Month(monthsOf(sub.Cycle)), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(sub.Day, last)-1).Format(time.DateOnly)
}

// settle works on what became due: bills are made, cards pay, unpaid ones go
// overdue. The caller holds the lock.
func (s *Server) settle() {
	horizon := s.now().AddDate(0, 0, aheadDays).Format(time.DateOnly)
	for _, sub := range s.inOrder() {
		for !sub.Gone && sub.Status == "ACTIVE" && sub.NextDue <= horizon {
			s.makeBill(sub)
		}
	}
	today := s.today()
	for _, p := range s.paymentsInOrder() {
		switch {
		case !p.open() || p.Status != "PENDING":
		case p.Due <= today && s.cardOf(p) != "":
			s.settlePaid(p, "CREDIT_CARD", s.cardOf(p))
		case p.Due < today:
			p.Status = "OVERDUE"
			s.savePayment(p)
			s.tell("PAYMENT_OVERDUE", p)
		}
	}
}

func (s *Server) cardOf(p *Payment) string {
	if sub := s.subscriptions[p.Subscription]; sub != nil && !sub.Gone {
		return sub.Card
	}
	return ""
}

// makeBill makes the next bill of a subscription.
func (s *Server) makeBill(sub *Subscription) *Payment {
	p := &Payment{
		ID: s.newID("pay"), Customer: sub.Customer, Subscription: sub.ID, BillingType: sub.BillingType, Status: "PENDING", Value: sub.Value, Due: sub.NextDue,
		Description: sub.Description, Reference: sub.Reference, SuccessURL: sub.SuccessURL, CreatedMS: s.now().UnixMilli(),
	}
	sub.NextDue = sub.following(sub.NextDue)
	s.saveSubscription(sub)
	s.print(p)
	s.savePayment(p)
	s.tell("PAYMENT_CREATED", p)
	return p
}

// settlePaid is money that came. A card pays the next bills too.
func (s *Server) settlePaid(p *Payment, method, card string) {
	p.Status, p.BillingType, p.PaidMS, p.Card = "RECEIVED", method, s.now().UnixMilli(), card
	event := "PAYMENT_RECEIVED"
	if method == "CREDIT_CARD" {
		p.Status, event = "CONFIRMED", "PAYMENT_CONFIRMED"
	}
	s.savePayment(p)
	if sub := s.subscriptions[p.Subscription]; sub != nil && sub.Card != card {
		sub.Card = card
		if card != "" {
			sub.BillingType = "CREDIT_CARD"
		}
		s.saveSubscription(sub)
	}
	s.tell(event, p)
}

func (s *Server) inOrder() []*Subscription {
	var list []*Subscription
	for _, sub := range s.subscriptions {
		list = append(list, sub)
	}
	slices.SortFunc(list, func(a, b *Subscription) int { return strings.Compare(a.ID, b.ID) })
	return list
}

func (s *Server) paymentsInOrder() []*Payment {
	var list []*Payment
	for _, p := range s.payments {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *Payment) int { return strings.Compare(a.ID, b.ID) })
	return list
}
