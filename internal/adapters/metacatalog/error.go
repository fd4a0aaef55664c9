package metacatalog

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/listing"
)

// verdicts leaves every code to asFault: a catalog's errors stop no messages.
func verdicts(int, int) (meta.Verdict, bool) { return meta.Verdict{}, false }

// asFault says what an error of a call means for listing. nowMS is the time from
// which Meta's waits count.
func asFault(err error, usage listing.Usage, nowMS int64) error {
	var failure *channel.SendError
	if !errors.As(err, &failure) {
		return fault.Wrap(err, fault.Unavailable, "Meta can't be reached")
	}
	code, subcode := codes(failure.Code)
	switch {
	case code == 1 && strings.Contains(strings.ToLower(failure.Message), "reduce the amount"), failure.Code == "http_413":
		return tooMuch()
	case isLimit(code) || code == 0 && failure.Class == channel.Throttled:
		wait := max(usage.RegainMS, failure.AfterMS)
		if wait == 0 {
			return listing.Limited(0, "Meta asks to call less often: "+failure.Message)
		}
		return listing.Limited(nowMS+wait, "Meta asks to call less often: "+failure.Message)
	case code == 190 || code == 102 || code == 104 || code == 0 && failure.Code == "http_401":
		return fault.Refuse(listing.ReasonCredentials, "Meta does not accept the token: %s", failure.Message)
	case code == 3 || code == 10 || code >= 200 && code <= 299 || code == 100 && subcode == 33 || failure.Code == "http_403":
		return fault.Refuse(listing.ReasonPermission, "Meta does not let the token do this: %s", failure.Message)
	case code == 1 || code == 2 || failure.Class == channel.Retry || failure.Class == channel.Ambiguous || failure.Class == channel.Throttled:
		return fault.New(fault.Unavailable, "Meta has trouble: %s", failure.Message)
	default:
		return &refusal{code: code, cause: fault.Refuse(listing.ReasonRefused, "Meta refused: %s", failure.Message)}
	}
}

// refusal is a fault that remembers Meta's code.
type refusal struct {
	code  int
	cause *fault.Error
}

// Error implements error.
func (r *refusal) Error() string { return r.cause.Error() }

// Unwrap gives the fault.
func (r *refusal) Unwrap() error { return r.cause }

// isLimit reports whether a code says that there were too many calls: of the
// app, the user, the page, a custom limit, and the two of catalogs. Source:
// Graph API, "Rate Limiting".
func isLimit(code int) bool {
	switch code {
	case 4, 17, 32, 613, 80009, 80014:
		return true
	}
	return false
}

// codes reads the code and the subcode of a SendError, 0 where there are none.
func codes(text string) (code, subcode int) {
	first, second, _ := strings.Cut(text, "/")
	code, _ = strconv.Atoi(first)     // "http_503", "network": 0
	subcode, _ = strconv.Atoi(second) // absent: 0
	return code, subcode
}

func tooMuch() error {
	return &fault.Error{Code: fault.TooLarge, Reason: listing.ReasonTooMuch, Message: "Meta asks for fewer rows in a call"}
}

func unreadable() error {
	return fault.New(fault.Unavailable, "an answer of Meta could not be read")
}

// isUnknown reports whether Meta refused a parameter of the call: for a handle,
// that it knows no such one.
func isUnknown(err error) bool {
	var refused *refusal
	return errors.As(err, &refused) && refused.code == 100
}

// usageHeader tells how much of an hour is used, by business and kind of call.
const usageHeader = "X-Business-Use-Case-Usage"

// usageOf reads the header: the highest of what it names. One that is absent or
// of another form says nothing.
func usageOf(header http.Header) listing.Usage {
	var told map[string][]struct {
		Calls   meta.Text `json:"call_count"`
		CPU     meta.Text `json:"total_cputime"`
		Time    meta.Text `json:"total_time"`
		Minutes meta.Text `json:"estimated_time_to_regain_access"`
	}
	var usage listing.Usage
	if text := header.Get(usageHeader); text == "" || meta.Read([]byte(text), &told) != nil {
		return usage
	}
	for _, kinds := range told {
		for _, kind := range kinds {
			usage.Percent = max(usage.Percent, int(whole(kind.Calls)), int(whole(kind.CPU)), int(whole(kind.Time)))
			usage.RegainMS = max(usage.RegainMS, whole(kind.Minutes)*60_000)
		}
	}
	return usage
}

// maxWhole bounds what a header can make us believe: a hundred weeks in minutes.
const maxWhole = 1_000_000

// whole reads the part before the point of a number that is not negative.
func whole(text meta.Text) int64 {
	digits, _, _ := strings.Cut(string(text), ".")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return min(n, maxWhole)
}
