package flow

import (
	"strings"

	"prosa/internal/message"
	"prosa/internal/modules/flow/expression"
)

// Heard is a message of a customer with what came beside it.
type Heard struct {
	message.Content
	// ID is our id of the message: what a file of it is fetched by.
	ID string `json:"id,omitempty"`
	// Referral is the advert or link that the customer came by with this message.
	Referral *message.Referral `json:"referral,omitempty"`
}

// maxFact bounds what is kept of a message, in bytes for each fact.
const maxFact = 250

// factNames are the paths of an expression behind "message.": what is known of
// the customer's last message. Those of the referral stay until another comes.
func factNames() []string {
	return []string{
		"kind", "text", "payload", "story", "share", "call", "file.id", "file.mime", "file.name",
		"referral.ref", "referral.ad", "referral.source", "referral.title",
	}
}

// notes keeps the facts of a message, for a flow that reads any of them.
func (r *run) notes(h *Heard) {
	if !r.root.hears {
		return
	}
	var facts []Var
	set := func(name, value string) {
		if value = strings.ToValidUTF8(shorten(value, maxFact), ""); value != "" {
			facts = with(facts, name, Value{expression.Of(value)})
		}
	}
	for _, fact := range r.state.Facts {
		if h.Referral == nil && strings.HasPrefix(fact.Name, "referral.") {
			facts = with(facts, fact.Name, fact.Value)
		}
	}
	set("kind", came(&h.Content))
	set("text", words(&h.Content))
	if h.Pick != nil && !isOption(h.Pick.ID) {
		set("payload", h.Pick.ID)
	}
	if h.Story != nil {
		set("story", "reply")
	}
	if h.Share != nil {
		set("share", h.Share.Kind)
		if h.Share.Kind == "story_mention" {
			set("story", "mention")
		}
	}
	if h.Call != nil {
		set("call", h.Call.State)
	}
	if m := h.Media; m != nil {
		set("file.id", h.ID)
		set("file.mime", m.MIME)
		set("file.name", m.Name)
	}
	if ref := h.Referral; ref != nil {
		set("referral.ref", ref.Ref)
		set("referral.source", ref.SourceType)
		set("referral.title", ref.Headline)
		if ref.SourceType == "ad" {
			set("referral.ad", ref.SourceID)
		}
	}
	r.state.Facts = facts
}

// came is the kind of a message as authors know it: a recorded note is a
// "voice", a vote on a poll a "vote".
func came(content *message.Content) string {
	switch {
	case content.Kind == message.Audio && content.Media != nil && content.Media.Voice:
		return "voice"
	case isVote(content):
		return "vote"
	default:
		return string(content.Kind)
	}
}

// isVote reports a vote on a poll: its id names the poll and the answers.
func isVote(content *message.Content) bool {
	return content.Kind == message.Pick && content.Pick != nil && strings.HasPrefix(content.Pick.ID, "poll:")
}
