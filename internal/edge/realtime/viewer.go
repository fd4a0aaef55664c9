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
	// Check says whether the session still stands, and with which rights; it is
	// asked now and then, and when an event raises doubt.
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
	event.ConsentChanged:      identity.ContactRead,
	event.ChannelUpdated:      identity.ChannelRead,
	event.MemberUpdated:       identity.MemberRead,
	event.TenantUpdated:       identity.MemberRead,
	event.BotUpdated:          identity.BotRead,
	event.TemplateUpdated:     identity.TemplateRead,
	event.ProductUpdated:      identity.ProductRead,
	event.StockUpdated:        identity.ProductRead,
	event.CartUpdated:         identity.OrderRead,
	event.OrderPlaced:         identity.OrderRead,
	event.OrderPaid:           identity.OrderRead,
	event.OrderUpdated:        identity.OrderRead,
	event.PaymentReady:        identity.OrderRead,
	event.PaymentFailed:       identity.OrderRead,
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

// affects says whether an event may take away what a connection rests on.
func affects(who *identity.Principal, e *event.Envelope) bool {
	var data struct {
		UserID    string `json:"user_id"`
		SessionID string `json:"session_id"`
		State     string `json:"state"`
	}
	switch e.Type {
	case event.SessionRevoked, event.MemberUpdated, event.TenantUpdated:
		if json.Unmarshal(e.Data, &data) != nil {
			return true // asking once too often does no harm
		}
	}
	switch e.Type {
	case event.SessionRevoked:
		return data.UserID == who.User.ID && (data.SessionID == "" || data.SessionID == who.Session.ID)
	case event.MemberUpdated:
		return e.TenantID == who.TenantID() && data.UserID == who.User.ID
	case event.TenantUpdated:
		return e.TenantID == who.TenantID() && data.State != string(who.Company.State)
	default:
		return false
	}
}
