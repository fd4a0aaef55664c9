package bench

import (
	"fmt"
	"time"
)

// Number is a company's WhatsApp number under load.
type Number struct {
	PhoneNumberID string
	Hook          string // path segment of its webhook URL
	AppSecret     string
	Token         string
}

// Plan says what to load, and how much.
type Plan struct {
	Gateway   string // base URL of the gateway
	Numbers   []Number
	Customers int
	Rate      float64 // messages a second
	For       time.Duration
	WarmUp    time.Duration // at the same rate, not counted
	// Senders bounds how many POSTs may be under way; more would wait, which
	// shows as latency.
	Senders int
	// StatusEvery is how often the provider sends its statuses.
	StatusEvery time.Duration
	// Drain is how long to wait for the last replies.
	Drain time.Duration
	// AcceptOnly measures the gateway alone: no replies are expected.
	AcceptOnly bool
}

// messages gives how many are sent in all and how many of them are warm-up.
func (p Plan) messages() (all, warm int) {
	all = int(p.Rate * (p.For + p.WarmUp).Seconds())
	return all, int(p.Rate * p.WarmUp.Seconds())
}

// due gives the intended time of message i after the start.
func (p Plan) due(i int) time.Duration {
	return time.Duration(float64(i) / p.Rate * float64(time.Second))
}

// customer gives who writes message i: all of them in turn, so that each
// writes again only after everybody else did.
func (p Plan) customer(i int) int { return i % p.Customers }

// number gives the number that a customer writes to.
func (p Plan) number(customer int) int { return customer % len(p.Numbers) }

// waID is the customer's number: Brazilian mobiles with the ninth digit.
func waID(customer int) string { return fmt.Sprintf("55119%08d", 10_000_000+customer) }

// userID is the customer's business-scoped user id.
func userID(customer int) string { return fmt.Sprintf("BR.%016d", customer) }

// marker is the text of message i; the bot repeats it.
func marker(i int) string { return fmt.Sprintf("n%d", i) }
