package flow

import (
	"strconv"
	"strings"
	"time"

	"prosa/internal/message"
)

// waitNode lets time pass. A customer who writes meanwhile ends the wait.
type waitNode struct {
	Head
	// Exactly one of these is set.
	Seconds int    `json:"seconds,omitzero"`
	Minutes int    `json:"minutes,omitzero"`
	Hours   int    `json:"hours,omitzero"`
	Days    int    `json:"days,omitzero"`
	Until   string `json:"until,omitempty"` // "HH:MM": the next time that a clock shows it

	Next      string `json:"next"`
	OnMessage string `json:"on_message,omitempty"` // Next when empty
}

const (
	maxWait = 30 * 24 * time.Hour
	// briefWait is a pause within a conversation rather than a wait: a cycle that
	// goes round with no longer one would talk without end.
	briefWait = time.Minute
	// windowWait is how long after a customer's last word most channels take a
	// message, less an hour.
	windowWait = 23 * time.Hour
)

func (n *waitNode) length() time.Duration {
	return time.Duration(n.Seconds)*time.Second + time.Duration(n.Minutes)*time.Minute + time.Duration(n.Hours)*time.Hour + time.Duration(n.Days)*24*time.Hour
}

func (n *waitNode) exits() []exit {
	brief := n.Until == "" && n.length() < briefWait
	return []exit{
		{label: "next", to: n.Next, waited: !brief, alone: true},
		{label: "on_message", to: n.OnMessage, optional: true, waited: true},
	}
}

func (n *waitNode) says() int { return 0 }

func (n *waitNode) gist(string) string {
	if n.Until != "" {
		return n.Until
	}
	return n.length().String()
}

type waiting struct {
	node  *waitNode
	until int // minute of the day, -1 for a length
}

func (n *waitNode) prepare(c *compiler) runner {
	out := &waiting{node: n, until: -1}
	given := 0
	for _, amount := range []int{n.Seconds, n.Minutes, n.Hours, n.Days} {
		if amount != 0 {
			given++
		}
		// Bounded one by one first: their sum could overflow.
		if amount < 0 || amount > int(maxWait/time.Second) {
			c.report(Error, codeWait)
			return out
		}
	}
	if n.Until != "" {
		given++
		minute, ok := clock(n.Until)
		if !ok || minute == minutesOfDay {
			c.report(Error, codeClock, "until", n.Until)
			return out
		}
		out.until = minute
	}
	if given != 1 || n.length() > maxWait {
		c.report(Error, codeWait)
	} else if n.length() > windowWait {
		for _, channel := range c.options.Channels {
			if windowed(channel) {
				c.report(Warning, codeWindow, string(channel))
			}
		}
	}
	return out
}

// windowed reports a channel that takes a bot's messages for 24 hours after the
// customer's last.
func windowed(channel message.Channel) bool {
	return channel == message.WhatsApp || channel == message.Messenger || channel == message.Instagram
}

// minutesOfDay is what a clock counts to.
const minutesOfDay = 24 * 60

// clock reads "HH:MM" as the minute of a day; "24:00" is its end.
func clock(text string) (minute int, ok bool) {
	hours, minutes, found := strings.Cut(text, ":")
	if !found || len(hours) != 2 || len(minutes) != 2 || strings.Trim(hours+minutes, "0123456789") != "" {
		return 0, false
	}
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	minute = h*60 + m
	return minute, m < 60 && minute <= minutesOfDay
}

func (w *waiting) enter(r *run) step {
	due := r.env.NowMS + w.node.length().Milliseconds()
	if w.until >= 0 {
		now := time.UnixMilli(r.env.NowMS).In(r.zone())
		at := time.Date(now.Year(), now.Month(), now.Day(), w.until/60, w.until%60, 0, 0, now.Location())
		if !at.After(now) {
			at = time.Date(now.Year(), now.Month(), now.Day()+1, w.until/60, w.until%60, 0, 0, now.Location())
		}
		due = at.UnixMilli()
	}
	r.await(w.node.Name)
	r.state.DueMS = due
	return stop()
}

func (w *waiting) wake(r *run) step {
	if r.state.Wakes++; r.state.Wakes > maxWakes {
		r.fail("a conversa acordou " + strconv.Itoa(maxWakes) + " vezes seguidas sem resposta do cliente")
		return stop()
	}
	return leave("next", w.node.Next)
}

func (w *waiting) woken(*run) step {
	if w.node.OnMessage != "" {
		return leave("on_message", w.node.OnMessage)
	}
	return leave("next", w.node.Next)
}
