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

// checkWindow says whether a message of the kind may be sent now. Error:
// fault.Refused "window_closed".
func checkWindow(c *Conversation, kind message.Kind, human bool, nowMS int64) error {
	free := windowEnd(c.Channel, c.LastInMS)
	if free == 0 && c.Channel != message.WhatsApp && c.Channel != message.Messenger && c.Channel != message.Instagram {
		return nil
	}
	margin := windowMargin.Milliseconds()
	written := c.LastInMS > 0
	if written && nowMS+margin <= free {
		return nil
	}
	switch {
	case c.Channel == message.WhatsApp && kind == message.Template:
		return nil
	case c.Channel == message.WhatsApp:
		return fault.Refuse("window_closed", "more than 24 hours have passed since the customer's last message: only an approved template may be sent")
	case written && human && kind == message.Text && nowMS+margin <= c.LastInMS+humanWindow.Milliseconds():
		return nil
	case written && nowMS+margin <= c.LastInMS+humanWindow.Milliseconds():
		return fault.Refuse("window_closed", "more than 24 hours have passed since the customer's last message: only text that a person wrote may be sent")
	default:
		return fault.Refuse("window_closed", "the customer has to write first")
	}
}

// asFault finds the *fault.Error in err's chain.
func asFault(err error, into **fault.Error) bool { return errors.As(err, into) }
