package meta

import "prosa/internal/modules/channel"

// PageErrors is the table of Messenger and Instagram (Meta: Messenger Platform,
// Error Codes; Instagram Platform, Error Codes; Graph API, Page Messages). The
// subcode decides where the code alone is too broad. MaxTries counts the first
// try.
func PageErrors(code, subcode int) (Verdict, bool) {
	if verdict, known := pageSubcode(code, subcode); known {
		return verdict, true
	}
	switch code {
	case 1, 2, 1200: // temporary
		return Verdict{Class: channel.Retry}, true
	case 4: // requests of the app, over all its pages
		return Verdict{Class: channel.Throttled, Scope: channel.OneApp}, true
	case 17, 32, 613, 80006: // of the person or page behind the token, of one call
		return Verdict{Class: channel.Throttled, Scope: channel.OneAccount}, true
	case 190, 102, // the token is no longer valid; the session neither
		368,   // blocked for policy
		10904, // the page has switched its messages off
		2022:  // commerce messages of the app are switched off
		return Verdict{Class: channel.Stop}, true
	case 10, 200, 230, 3: // a permission: may be of this thread only
		return Verdict{Class: channel.Doubtful}, true
	case 551, // this person is not available now; says nothing of the next message
		10903, 10900, // cannot be answered privately; was answered
		100, 101, 194: // our request is wrong
		return Verdict{Class: channel.Rejected}, true
	}
	if code >= 200 && code <= 299 { // permissions, too
		return Verdict{Class: channel.Doubtful}, true
	}
	return Verdict{}, false
}

// pageSubcode decides by the subcode, which is more telling where it is known.
func pageSubcode(code, subcode int) (Verdict, bool) {
	switch subcode {
	case 2018278, 2534022, 2018065: // outside the reply window; the last of older versions
		return Verdict{Class: channel.Window}, true
	case 2018001: // no such user for this page
		return Verdict{Class: channel.Dead}, true
	case 1545041: // the person has blocked the page, or is away
		return Verdict{Class: channel.Rejected}, true
	case 2018047, 2018008, 2018109, 2018294, -3: // the file could not be taken: once more
		return Verdict{Class: channel.Retry, MaxTries: 2}, true
	case 2018034, 2018028, 2018027: // the tag's permission is missing; the app may write to its own people only
		return Verdict{Class: channel.Rejected}, true
	case 2018022: // too many messages to one person
		return Verdict{Class: channel.Throttled, Scope: channel.OneCustomer}, true
	case 1893016, 2018021: // too many calls of the page
		return Verdict{Class: channel.Throttled, Scope: channel.OneAccount}, true
	case 33: // the object, here the person, does not exist for this token
		return Verdict{Class: channel.Dead}, code == 100
	}
	return Verdict{}, false
}
