package flow

import "prosa/internal/message"

// Event leads to a node when something comes that is no answer: by itself it
// would not wake the flow, or would be taken for words.
type Event struct {
	On   string `json:"on"` // see happenings
	Next string `json:"next"`
}

// happenings lists what an Event may be about.
func happenings() []string {
	return []string{"referral", "story_reply", "story_mention", "share", "call", "reaction"}
}

// happens reports that a message is what an Event is about.
func happens(on string, h *Heard) bool {
	switch on {
	case "referral":
		return h.Referral != nil
	case "story_reply":
		return h.Story != nil
	case "story_mention":
		return h.Share != nil && h.Share.Kind == "story_mention"
	case "share":
		return h.Kind == message.Share && (h.Share == nil || h.Share.Kind != "story_mention")
	case "call":
		return h.Kind == message.PhoneCall && h.Call != nil && h.Call.State == "missed"
	case "reaction":
		return h.Kind == message.Emoji && h.Text != "" // without one it was taken back
	default:
		return false
	}
}

// awaits gives the node that a flow has for a message of this sort; empty where
// it has none.
func (c *Compiled) awaits(h *Heard) string {
	for _, event := range c.events {
		if happens(event.On, h) {
			return event.Next
		}
	}
	return ""
}

// happened leads what is no answer to the node that the flow has for it, unless
// a service is being asked or the question at hand wants a file.
func (r *run) happened(h *Heard) (step, bool) {
	if r.busy() || len(r.home().events) == 0 {
		return step{}, false
	}
	if at, ok := r.flow.runners[r.state.Node].(*question); ok && at.node.Expect == "file" && filed(h.Kind) {
		return step{}, false
	}
	next := r.home().awaits(h)
	if next == "" {
		return step{}, false
	}
	r.pass(exitEvent)
	r.at = ""
	r.back(0)
	return leave("", next), true
}

// events checks the flow's own.
func (c *compiler) events() {
	taken := map[string]bool{}
	for _, event := range c.definition.Settings.Events {
		switch {
		case !contains(happenings(), event.On):
			c.report(Error, codeEvent, event.On)
		case taken[event.On]:
			c.report(Error, codeTwice, event.On)
		}
		taken[event.On] = true
	}
}
