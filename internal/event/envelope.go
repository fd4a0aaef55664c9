package event

import "encoding/json"

// Version of the envelope. Fields are only added.
const Version = 1

// Envelope is one event as it travels on the EVENT stream and, filtered by
// permission, to browsers.
type Envelope struct {
	Version  int    `json:"v"`
	ID       string `json:"id"`        // evt_...
	TenantID string `json:"tenant_id"` // every event names its company
	Type     string `json:"type"`      // "message.created"; see the Type constants
	AtMS     int64  `json:"at"`        // milliseconds since the Unix epoch
	// ConversationID and Seq order the events of one conversation; both are zero
	// for events about anything else.
	ConversationID string `json:"conversation_id,omitempty"`
	Seq            int64  `json:"seq,omitempty"`
	Actor          Actor  `json:"actor"`
	Cause          Cause  `json:"cause"`
	// Viewers narrow who may see it, beyond the company: see Viewers.
	Viewers *Viewers        `json:"viewers,omitempty"`
	Data    json.RawMessage `json:"data"`
}

// Actor is who made it happen.
type Actor struct {
	Kind string `json:"kind"` // user, bot, customer, system, operator
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Cause is why it happened.
type Cause string

// Causes.
const (
	ByCustomer Cause = "customer"
	ByBot      Cause = "bot"
	Manual     Cause = "manual"
	Auto       Cause = "auto"
	ByRule     Cause = "rule"
	ByProvider Cause = "provider"
)

// Viewers says who may see an event inside its company. After a reassignment
// it names the old owner too, so that the one who lost it removes it.
type Viewers struct {
	UserIDs []string `json:"user_ids,omitempty"`
	TeamIDs []string `json:"team_ids,omitempty"`
}

// Frame of events: a JSON array of envelopes travels as one stream message.

// Types of event, by producer.
const (
	MessageCreated      = "message.created"
	MessageUpdated      = "message.updated" // status, edit, reaction, media ready
	ConversationCreated = "conversation.created"
	ConversationUpdated = "conversation.updated"
	ConversationRead    = "conversation.read"
	ConversationTyping  = "conversation.typing"
	ContactUpdated      = "contact.updated"
	ConsentChanged      = "consent.changed"
	ChannelUpdated      = "channel.updated"
	MemberUpdated       = "member.updated"
	SessionRevoked      = "session.revoked"
	TenantUpdated       = "tenant.updated"
	BotUpdated          = "bot.updated"
	TemplateUpdated     = "template.updated"
	QuarantineAdded     = "quarantine.added"
)
