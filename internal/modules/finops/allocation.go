package finops

import (
	"encoding/json"
	"strings"

	"prosa/internal/base/place"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/meter"
)

// Basis is what the cost of a service is split by.
type Basis string

// Bases. The name of a method is prosa-<basis>-1; where a day has no meters and
// those of its month are taken, prosa-<basis>-month-1.
const (
	ByCPU      Basis = "cpu"      // milliseconds of CPU; what nobody used stays idle
	ByMessages Basis = "messages" // in and out
	ByBytes    Basis = "bytes"    // of messages that went through
	ByRows     Basis = "rows"     // bytes of messages and rowBytes for each: what a database holds and writes
	ByStorage  Basis = "storage"  // byte-days of files, and the bytes of messages
	ByRequests Basis = "requests" // of the API
	Evenly     Basis = "even"     // everybody who used anything bears the same; where nobody did, everybody
)

// rowBytes is what a message costs a database beside its words: its row, its
// keys and its log, as bench/ measures them, rounded.
const rowBytes = 512

// Kinds of a share.
const (
	kindShared    = "shared"    // of what several companies use, by a meter
	kindDedicated = "dedicated" // of what one company has for itself
	kindIdle      = "idle"      // nobody used it
	kindFee       = "fee"       // what a channel charges
	kindBuilding  = "building"  // dev and homolog: the cost of building, nobody's
	kindOpen      = "open"      // nobody is known to whom it could be given
)

// Rule says by what the cost of a service is split. The first rule that fits
// counts.
type Rule struct {
	Category string `json:"category" maxLength:"64" doc:"ServiceCategory of FOCUS; empty is any."`
	Service  string `json:"service" maxLength:"100" doc:"Part of ServiceName, in any case of letters; empty is any."`
	Basis    Basis  `json:"basis" enum:"cpu,messages,bytes,rows,storage,requests,even"`
}

// StandardRules hold until an operator writes others. Categories are those of
// FOCUS 1.0 to 1.3, ServiceCategory.
func StandardRules() []Rule {
	return []Rule{
		{"Databases", "", ByRows},
		{"Integration", "", ByBytes},
		{"", "nats", ByBytes},
		{"", "block store", ByBytes}, // the streams' own disks
		{"Storage", "", ByStorage},
		{"Networking", "", ByBytes},
		{"Web", "", ByRequests},
		{"Compute", "", ByCPU},
		{"Management and Governance", "", ByMessages},
		{"Security", "", Evenly},
		{"", "", Evenly},
	}
}

func (r Rule) fits(category, service string) bool {
	return (r.Category == "" || strings.EqualFold(r.Category, category)) && (r.Service == "" || strings.Contains(strings.ToLower(service), strings.ToLower(r.Service)))
}

func basisOf(rules []Rule, category, service string) Basis {
	for _, r := range rules {
		if r.fits(category, service) {
			return r.Basis
		}
	}
	return Evenly
}

// consumed is what a company used in some days.
type consumed map[meter.Kind]int64

// weigh gives a company's weight in a basis: its use, and evenly 1 for any.
func (u consumed) weigh(basis Basis) int64 {
	messages := u[meter.MessagesIn] + u[meter.MessagesOut]
	switch basis {
	case ByCPU:
		return u[meter.CPUMillis]
	case ByMessages:
		return messages
	case ByBytes:
		return u[meter.MessageBytes]
	case ByRows:
		return u[meter.MessageBytes] + rowBytes*messages
	case ByStorage:
		return u[meter.MediaBytes] + u[meter.MessageBytes]
	case ByRequests:
		return u[meter.APIRequests]
	}
	for kind, amount := range u {
		if kind != meter.PlanPrice && amount > 0 {
			return 1
		}
	}
	return 0 // a plan that is paid and not used
}

// method names how something was split: AllocatedMethodId of FOCUS 1.3.
func method(basis Basis, ofMonth bool) string {
	if ofMonth {
		return "prosa-" + string(basis) + "-month-1"
	}
	return "prosa-" + string(basis) + "-1"
}

// placed is where a charge belongs: what the map of accounts says, and the tag
// of a company.
type placed struct {
	line, environment string
	companyID         string
}

// Words of the map of accounts.
const (
	shared = place.Shared
	prod   = place.Prod
)

// deployment is the one whose companies bear a charge, empty for all that serve
// customers.
func (p placed) deployment() string {
	if p.line == shared {
		return ""
	}
	return p.line + "-" + p.environment
}

// building tells whether it is the cost of building.
func (p placed) building() bool {
	return place.IsBuilding(p.environment)
}

// cost is both of a charge's numbers that are split.
type cost struct{ billed, effective exact.Amount }

func (c cost) add(other cost) (sum cost, err error) {
	if sum.billed, err = c.billed.Add(other.billed); err != nil {
		return cost{}, err
	}
	sum.effective, err = c.effective.Add(other.effective)
	return sum, err
}

// part is what somebody bears of a charge.
type part struct {
	companyID string // empty: nobody
	kind      string
	method    string
	basis     Basis
	ratio     exact.Amount // of all parts of a charge: they sum to 1
	cost      cost
}

// details are AllocatedMethodDetails of FOCUS 1.3: a list of elements with their
// ratio, a number; what is our own bears x_.
func (p part) details(deployment string) string {
	type element struct {
		Ratio      json.Number `json:"AllocatedRatio"`
		Basis      Basis       `json:"x_Basis"`
		Deployment string      `json:"x_Deployment"`
		Kind       string      `json:"x_Kind"`
	}
	text, err := json.Marshal(map[string][]element{"Elements": {{json.Number(p.ratio.String()), p.basis, deployment, p.kind}}})
	if err != nil {
		return "{}" // texts and numbers are always JSON
	}
	return string(text)
}
