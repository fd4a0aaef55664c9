package conversation

import (
	"errors"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// Reply windows, by the platforms' rules: WhatsApp 24 h from the customer's
// last message, then templates only; Messenger and Instagram 24 h, then to 7
// days what a person wrote (tag HUMAN_AGENT); Telegram none. Source:
// channels.md 7.
const (
	freeWindow  = 24 * time.Hour
	humanWindow = 7 * 24 * time.Hour
	// entryWindow is for how long messages cost nothing after the first answer to
	// a customer who came by an advert (WhatsApp's free entry point).
	entryWindow = 72 * time.Hour
	// windowMargin is kept before the end: a message queued now arrives later.
	windowMargin = time.Minute
)

// windowEnd gives when the free window ends after a message of the customer
// at atMS, 0 where the channel has none.
func windowEnd(channel message.Channel, atMS int64) int64 {
	switch channel {
	case message.WhatsApp, message.Messenger, message.Instagram:
		return atMS + freeWindow.Milliseconds()
	default:
		return 0
	}
}

// lateEnd gives until when a person may answer a message of the customer at
// atMS, 0 where the platform has no such rule.
func lateEnd(channel message.Channel, atMS int64) int64 {
	if atMS > 0 && (channel == message.Messenger || channel == message.Instagram) {
		return atMS + humanWindow.Milliseconds()
	}
	return 0
}

// checkWindow says whether a message of the kind may be sent now, and whether
// it goes as a person's late answer. Error: fault.Refused "window_closed".
func checkWindow(c *Conversation, kind message.Kind, human bool, nowMS int64) (late bool, err error) {
	free := windowEnd(c.Channel, c.LastInMS)
	if free == 0 {
		return false, nil // a channel without a window
	}
	margin := windowMargin.Milliseconds()
	written := c.LastInMS > 0
	if written && nowMS+margin <= free {
		return false, nil
	}
	switch {
	case c.Channel == message.WhatsApp && kind == message.Template:
		return false, nil
	case c.Channel == message.WhatsApp:
		return false, fault.Refuse("window_closed", "more than 24 hours have passed since the customer's last message: only an approved template may be sent")
	case written && nowMS+margin <= lateEnd(c.Channel, c.LastInMS):
		if human && kind != message.Template {
			return true, nil
		}
		return false, fault.Refuse("window_closed", "more than 24 hours have passed since the customer's last message: only what a person wrote may be sent")
	default:
		return false, fault.Refuse("window_closed", "the customer has to write first")
	}
}

// freeEntry notes that an answer leaves: the first one within 24 hours to a
// customer who came by an advert opens three days that cost nothing (WhatsApp).
// Source: channels.md 7.
func (c *Conversation) freeEntry(nowMS int64) {
	r := c.Referral
	if c.Channel != message.WhatsApp || r == nil || r.AtMS == 0 || r.SourceType != "ad" && r.SourceType != "post" {
		return
	}
	if c.FreeMS < r.AtMS && nowMS <= r.AtMS+freeWindow.Milliseconds() {
		c.FreeMS = nowMS + entryWindow.Milliseconds()
	}
}

// asFault finds the *fault.Error in err's chain.
func asFault(err error, into **fault.Error) bool { return errors.As(err, into) }
