package meter

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"prosa/internal/base/fault"
)

// Kind is what is measured.
type Kind string

// Kinds. Of is empty where nothing else is said.
const (
	MessagesIn       Kind = "messages_in"      // by channel
	MessagesOut      Kind = "messages_out"     // by channel
	BotMessages      Kind = "bot_messages"     // by channel; part of MessagesOut
	TemplateSends    Kind = "template_sends"   // by channel; part of MessagesOut
	MessageBytes     Kind = "message_bytes"    // by channel: what was stored of messages that day
	Conversations    Kind = "conversations"    // by channel: begun that day
	ActiveContacts   Kind = "active_contacts"  // who wrote that day
	HumanSeconds     Kind = "human_seconds"    // in which attendants owned conversations; two at once count twice
	BilledParts      Kind = "billed_parts"     // by channel/category/calling code: what the platform bills
	FreeParts        Kind = "free_parts"       // as above: what it counted and does not bill
	MediaBytes       Kind = "media_bytes"      // kept when the day was measured: byte-days
	APIRequests      Kind = "api_requests"     // of signed-in people
	APIMicros        Kind = "api_microseconds" // that those took
	CPUMillis        Kind = "cpu_milliseconds" // a company's share of ProcessMillis
	PlanPrice        Kind = "plan_price"       // by currency: minor units a month, as the company pays them
	ProcessMillis    Kind = "process_cpu_milliseconds"
	CapacityMillis   Kind = "process_capacity_milliseconds" // what the processes could have used: processors x time
	maxOf                 = 80
	maxFileUses           = 5_000_000
	maxCount              = 1 << 50 // a day: more than any deployment does, and a month of them can be added up
	dayLayout             = time.DateOnly
	millisecondsADay      = 24 * 3600 * 1000
)

// kinds in the order in which the documentation has them.
func kinds() []Kind {
	return []Kind{
		MessagesIn, MessagesOut, BotMessages, TemplateSends, MessageBytes, Conversations, ActiveContacts, HumanSeconds, BilledParts, FreeParts,
		MediaBytes, APIRequests, APIMicros, CPUMillis, PlanPrice, ProcessMillis, CapacityMillis,
	}
}

// Use is how much of something was used on a day.
type Use struct {
	CompanyID string `json:"company_id"` // empty: of the deployment as a whole
	Kind      Kind   `json:"kind"`
	Of        string `json:"of"`
	Count     int64  `json:"count"`
}

// Day is what was used on one day of one deployment.
type Day struct {
	Deployment string // <line>-<environment>
	Day        string // yyyy-mm-dd, UTC
	Revision   int64  // from 1; a later one replaces the earlier
	Uses       []Use  // sorted, each (company, kind, of) once, none zero
}

// Name is where the day's file lies.
func (d Day) Name() string { return root + d.Deployment + "/" + d.Day + ".csv.gz" }

// bounds gives the milliseconds at which a day begins and ends. Error:
// fault.Invalid.
func bounds(day string) (fromMS, untilMS int64, err error) {
	at, err := time.Parse(dayLayout, day)
	if err != nil {
		return 0, 0, fault.OnField("day", "%q is no day: write it as 2026-11-22", day)
	}
	return at.UnixMilli(), at.UnixMilli() + millisecondsADay, nil
}

func dayOf(ms int64) string { return time.UnixMilli(ms).UTC().Format(dayLayout) }

// tidy sorts uses, adds up what comes several times and leaves out what is
// nothing.
func tidy(uses []Use) []Use {
	sums := map[Use]int64{}
	for _, u := range uses {
		key := u
		key.Count = 0
		sums[key] += u.Count
	}
	list := make([]Use, 0, len(sums))
	for u, count := range sums {
		if count != 0 {
			u.Count = count
			list = append(list, u)
		}
	}
	slices.SortFunc(list, before)
	return list
}

// Tidy gives the day as a file holds it: sorted, each use once, none zero.
func (d Day) Tidy() Day {
	d.Uses = tidy(d.Uses)
	return d
}

func before(a, b Use) int {
	return cmp.Or(strings.Compare(a.CompanyID, b.CompanyID), strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Of, b.Of))
}

// check refuses what no file may hold.
func (u Use) check() error {
	switch {
	case !slices.Contains(kinds(), u.Kind):
		return fault.OnField("kind", "%q is no meter", u.Kind)
	case u.Count <= 0:
		return fault.OnField("count", "must be more than 0")
	case u.Count > maxCount:
		return fault.OnField("count", "must be at most %d", int64(maxCount))
	case !plain(u.CompanyID) || len(u.CompanyID) > 64:
		return fault.OnField("company_id", "%q is no company's id", u.CompanyID)
	case len(u.Of) > maxOf || strings.ContainsFunc(u.Of, func(r rune) bool { return r < ' ' || r > '~' }):
		return fault.OnField("of", "%q must have at most %d plain characters", u.Of, maxOf)
	case u.CompanyID == "" && u.Kind != ProcessMillis && u.Kind != CapacityMillis && u.Kind != CPUMillis:
		return fault.OnField("company_id", "%s is measured by company", u.Kind)
	}
	return nil
}

// plain tells whether an id or a name is made of letters, digits, '_' and '-'.
func plain(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	})
}
