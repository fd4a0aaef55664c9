package realtime

import (
	"context"
	"encoding/json"
	"slices"

	"prosa/internal/event"
	"prosa/internal/modules/identity"
)

// Viewer is who looks at a stream of events.
type Viewer struct {
	Principal identity.Principal
	// Check says whether the session still stands; it is asked now and then.
	Check func(ctx context.Context) (identity.Principal, error)
}

// needs is the permission that each type of event asks for. A type that is not
// here goes to nobody.
var needs = map[string]identity.Permission{
	event.MessageCreated:      identity.InboxRead,
	event.MessageUpdated:      identity.InboxRead,
	event.ConversationCreated: identity.InboxRead,
	event.ConversationUpdated: identity.InboxRead,
	event.ConversationRead:    identity.InboxRead,
	event.ConversationTyping:  identity.InboxRead,
	event.ContactUpdated:      identity.ContactRead,
	event.ChannelUpdated:      identity.ChannelRead,
	event.MemberUpdated:       identity.MemberRead,
	event.TenantUpdated:       identity.MemberRead,
	event.BotUpdated:          identity.BotRead,
	event.QuarantineAdded:     identity.ChannelManage,
	presenceUpdated:           identity.InboxRead,
	countsChanged:             identity.InboxRead,
}

// mayRead says whether the person may be told of an event.
func mayRead(who *identity.Principal, e *event.Envelope) bool {
	permission, known := needs[e.Type]
	if !known || e.TenantID == "" || e.TenantID != who.TenantID() || !who.May(permission) {
		return false
	}
	if e.Type == event.ConversationRead {
		return e.Actor.ID == who.User.ID // what one person has read is nobody else's matter
	}
	if e.Viewers == nil || who.May(identity.InboxSupervise) {
		return true
	}
	return slices.Contains(e.Viewers.UserIDs, who.User.ID)
}

// verdict is what an event does to a connection.
type verdict int

const (
	stays   verdict = iota
	changed         // the rights changed: connect again
	revoked         // the session ended: sign in again
)

// affects says whether an event takes away what a connection rests on.
func affects(who *identity.Principal, e *event.Envelope) verdict {
	switch e.Type {
	case event.SessionRevoked:
		var data struct {
			UserID    string `json:"user_id"`
			SessionID string `json:"session_id"`
		}
		if json.Unmarshal(e.Data, &data) == nil && data.UserID == who.User.ID && (data.SessionID == "" || data.SessionID == who.Session.ID) {
			return revoked
		}
	case event.MemberUpdated:
		var data struct {
			UserID string `json:"user_id"`
		}
		if e.TenantID == who.TenantID() && json.Unmarshal(e.Data, &data) == nil && data.UserID == who.User.ID {
			return changed
		}
	case event.TenantUpdated:
		var data struct {
			State string `json:"state"`
		}
		if e.TenantID == who.TenantID() && json.Unmarshal(e.Data, &data) == nil && data.State != "" && data.State != string(who.Company.State) {
			return changed
		}
	}
	return stays
}
