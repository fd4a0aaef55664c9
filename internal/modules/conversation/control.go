package conversation

import (
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// control is which app answers the thread at the platform (handover on
// Messenger and Instagram). Words on it come late and out of order: the latest
// by the platform's clock stands, of two at the same time the one that takes the
// thread away.
type control struct {
	Held     bool   `json:"held" doc:"Another app answers: bots are silent."`
	AtMS     int64  `json:"at_ms" doc:"Since when it stands so."`
	Holder   string `json:"holder,omitempty" doc:"Id of the app that had it last, empty when the platform did not say."`
	HolderMS int64  `json:"holder_ms,omitempty"`
	Wish     string `json:"wish,omitempty" doc:"Id of an app that asks for the thread, or * when it is not named."`
	WishMS   int64  `json:"wish_ms,omitempty"`
	Note     string `json:"note,omitempty" doc:"What the app said to it."`
}

// held reports whether another app answers the thread.
func (c *Conversation) held() bool { return c.Control != nil && c.Control.Held }

// hands reports whether a channel's threads may be answered by several apps.
func hands(ch message.Channel) bool { return ch == message.Messenger || ch == message.Instagram }

// someApp stands for an app that the platform does not name.
const someApp = "*"

// hearControl takes the platform's word on who has the thread.
func (b *batch) hearControl(e *entry, i *item) {
	word, at := i.in.Control, b.clamp(i.at())
	note := plain(word.Note)
	what := "control_lost"
	switch {
	case word.Wish:
		what = "control_wished"
		b.wish(e, plain(word.Holder), note, at)
	case word.Ours:
		what = "control_ours"
		b.holds(e, false, "", note, at)
	default:
		b.holds(e, true, plain(word.Holder), note, at)
	}
	facts := map[string]string{}
	if word.Holder != "" {
		facts["app"] = plain(word.Holder)
	}
	if note != "" {
		facts["note"] = note
	}
	b.add(e, &Message{
		ID: i.messageID, Direction: message.Internal, Sender: Sender{Kind: fromSystem}, AtMS: at,
		Content: message.Content{Kind: message.Activity, Activity: &message.Act{What: what, Facts: facts}},
	})
}

// holds notes who has the thread since a time.
func (b *batch) holds(e *entry, held bool, holder, note string, atMS int64) {
	now := control{}
	if e.Control != nil {
		now = *e.Control
	}
	before := now
	if holder != "" && atMS >= now.HolderMS {
		now.Holder, now.HolderMS = holder, atMS
	}
	if atMS > now.AtMS || atMS == now.AtMS && held {
		now.Held, now.AtMS, now.Note = held, atMS, note
	}
	if now.WishMS > 0 && now.WishMS < now.AtMS {
		now.Wish, now.WishMS = "", 0
	}
	if now == before {
		return
	}
	e.Control, e.dirty = &now, true
}

// wish notes that another app asks for the thread, unless something was decided
// since.
func (b *batch) wish(e *entry, holder, note string, atMS int64) {
	now := control{}
	if e.Control != nil {
		now = *e.Control
	}
	if atMS < now.AtMS || atMS < now.WishMS {
		return
	}
	if holder == "" {
		holder = someApp
	}
	now.Wish, now.WishMS, now.Note = holder, atMS, note
	e.Control, e.dirty = &now, true
}

// sidelined learns from where a message came who has the thread: the platform
// tells it to us only beside the app that answers (standby), or as its owner.
func (b *batch) sidelined(e *entry, i *item) {
	if hands(e.Channel) && i.in.Kind == channel.InMessage && !i.late {
		b.holds(e, i.in.Standby, "", "", b.clamp(i.at()))
	}
}
