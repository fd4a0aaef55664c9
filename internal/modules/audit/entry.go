package audit

import "prosa/internal/event"

// Entry is one action.
type Entry struct {
	// TenantID is empty for what operators do to the platform itself.
	TenantID string
	ID       string // aud_...; made by Write when empty
	AtMS     int64  // milliseconds since the Unix epoch; the transaction's time when zero
	Actor    event.Actor
	// Action is a noun and what became of it: "member.role_changed".
	Action string
	// Target is the id of what it was done to.
	Target string
	// Facts say the rest in few words, such as the old and the new role.
	Facts map[string]string
	// IP is the address that the request came from, empty for the system's own actions.
	IP string
}
