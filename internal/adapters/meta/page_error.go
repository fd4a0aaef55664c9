package meta

import "prosa/internal/modules/channel"

// PageErrors is the table of Messenger and Instagram (Meta: Messenger Platform,
// Error Codes; Instagram Platform, Error Codes). The subcode decides where the
// code alone is too broad.
func PageErrors(code, subcode int) (Verdict, bool) {
	switch subcode {
	case 2018278, 2534022: // outside the reply window
		return Verdict{Class: channel.Window}, true
	case 2018001, 1545041: // no such user for this page; person not available
		return Verdict{Class: channel.Dead}, true
	case 2018047, 2018008: // the file could not be taken: once more, by upload
		return Verdict{Class: channel.Retry, MaxTries: 2}, true
	case 2018034: // the tag's permission is missing
		return Verdict{Class: channel.Rejected}, true
	}
	if subcode == 33 && code == 100 {
		return Verdict{Class: channel.Dead}, true
	}
	switch code {
	case 1, 2, 1200:
		return Verdict{Class: channel.Retry}, true
	case 4, 17, 32, 613, 80006:
		return Verdict{Class: channel.Throttled, Scope: channel.OneAccount}, true
	case 551:
		return Verdict{Class: channel.Dead}, true
	case 190, 368:
		return Verdict{Class: channel.Stop}, true
	case 10, 200, 230: // a permission: may be of this thread only
		return Verdict{Class: channel.Rejected}, true
	case 100:
		return Verdict{Class: channel.Rejected}, true
	default:
		return Verdict{}, false
	}
}
