package whatsapp

import (
	"time"

	"prosa/internal/adapters/meta"
	"prosa/internal/modules/channel"
)

// verdicts is the table of the Cloud API's codes (Meta: Cloud API, Error
// Codes). MaxTries counts the first try.
func verdicts(code, _ int) (meta.Verdict, bool) {
	switch code {
	case 1, 2, 131016, 133004, 131057: // temporary, or in maintenance
		return meta.Verdict{Class: channel.Retry}, true
	case 131000: // something went wrong: twice more
		return meta.Verdict{Class: channel.Retry, MaxTries: 3}, true
	case 131053: // the medium could not be uploaded: once more
		return meta.Verdict{Class: channel.Retry, MaxTries: 2}, true
	case 137000: // identity key changed: we send none, so the next try is right
		return meta.Verdict{Class: channel.Retry, MaxTries: 2}, true

	case 4: // calls of the whole app
		return meta.Verdict{Class: channel.Throttled, Scope: channel.OneApp}, true
	case 80007, 130429: // throughput of the business account or number
		return meta.Verdict{Class: channel.Throttled, Scope: channel.OneAccount}, true
	case 131056: // too much to one customer; Meta asks for 4^n seconds
		return meta.Verdict{Class: channel.Throttled, Scope: channel.OneCustomer}, true
	case 131048, 131064: // spam or messaging limit: replies go on
		return meta.Verdict{Class: channel.Throttled, Scope: channel.Campaigns, Pause: time.Hour}, true
	case 133016: // too many registrations: Meta says to wait, hours
		return meta.Verdict{Class: channel.Throttled, Scope: channel.OneAccount, Pause: time.Hour}, true

	case 131047, 470:
		return meta.Verdict{Class: channel.Window}, true

	case 0, 3, 10, 190, 131005: // token or permission
		return meta.Verdict{Class: channel.Stop}, true
	case 368, 131031, 130497, 131037, 131042, 131045, 133010: // blocked, country, name, billing, not registered
		return meta.Verdict{Class: channel.Stop}, true

	case 131026, // undeliverable; says nothing of the next message
		131049, 130472, 131050, // marketing cap, experiment, opted out
		131051, 131052, 131008, 131009, 100, 33, // our request is wrong
		131062,         // the business-scoped id is not allowed here
		131021, 131030, // to itself, not on the list of a test number
		132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132068, 132069, // template or form
		131063: // marketing templates need another endpoint
		return meta.Verdict{Class: channel.Rejected}, true
	}
	if code >= 200 && code <= 299 { // permissions
		return meta.Verdict{Class: channel.Stop}, true
	}
	return meta.Verdict{}, false
}
