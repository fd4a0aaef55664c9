package conversation

import (
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/message/fold"
)

// State says who has to do something about a conversation.
type State string

// The states. The owner of WithBot is a bot, of Open a person; of Queued and
// Resolved nobody; Snoozed keeps a person or nobody.
const (
	WithBot  State = "bot"
	Queued   State = "queued"
	Open     State = "open"
	Snoozed  State = "snoozed"
	Resolved State = "resolved"
)

// OwnerKind says what sort of owner a conversation has.
type OwnerKind string

// Kinds of owner.
const (
	Nobody OwnerKind = "none"
	Bot    OwnerKind = "bot"
	Human  OwnerKind = "human"
)

// Owner is who answers in a conversation.
type Owner struct {
	Kind OwnerKind `json:"owner_kind" enum:"none,bot,human"`
	ID   string    `json:"owner_id"`
	Name string    `json:"owner_name"`
}

// Conversation is a stretch of talk with one customer on one account. It is
// also its own list row.
type Conversation struct {
	TenantID    string          `json:"-"`
	ID          string          `json:"id"`
	AccountID   string          `json:"account_id"`
	Channel     message.Channel `json:"channel"`
	ContactID   string          `json:"contact_id"`
	ContactName string          `json:"contact_name"`
	Blocked     bool            `json:"contact_blocked" doc:"The company blocked this customer."`
	State       State           `json:"state" enum:"bot,queued,open,snoozed,resolved"`
	Owner
	Team  string `json:"team"`
	BotID string `json:"bot_id" doc:"The bot that may be handed back to; empty for none."`

	Seq         int64             `json:"seq" doc:"Number of the last message."`
	Preview     string            `json:"preview"`
	PreviewKind message.Kind      `json:"preview_kind"`
	PreviewBy   message.Direction `json:"preview_by"`
	LastMS      int64             `json:"last_ms" doc:"When the last message came or went."`
	LastInMS    int64             `json:"last_in_ms" doc:"The platform's time of the customer's last message."`
	LastInSeq   int64             `json:"last_in_seq"`
	WaitingMS   int64             `json:"waiting_since_ms" doc:"Since when the customer waits for a person; 0 when nobody waits."`
	WindowMS    int64             `json:"window_ends_ms" doc:"End of the free reply window; 0 on channels without one."`
	LateMS      int64             `json:"late_ends_ms" doc:"Until when a person may still answer after the free window; 0 where nobody may."`
	FreeMS      int64             `json:"free_until_ms" doc:"End of the time in which messages cost nothing, since the customer came by an advert; 0 for none."`
	Control     *control          `json:"control,omitempty" doc:"Which app answers the thread at the platform; absent while nothing was said of it."`
	Past        bool              `json:"past" doc:"What was said before the channel was connected: it can only be read."`
	SnoozedMS   int64             `json:"snoozed_until_ms" doc:"0 when not snoozed, or until the customer writes."`
	PreviousID  string            `json:"previous_id" doc:"The conversation before this one with the same customer; empty for none."`
	Referral    *message.Referral `json:"referral,omitempty" doc:"The advert or link that the customer came by."`
	CreatedMS   int64             `json:"created_ms"`
	ResolvedMS  int64             `json:"resolved_ms"`
	Version     int64             `json:"version" doc:"Grows with every change; of two copies the higher one is true."`

	Shard      int               `json:"-"`
	LastUserID string            `json:"-"` // the person who owned it last
	Addresses  []message.Address `json:"-"` // how to reach the customer here, best first
	EventSeq   int64             `json:"-"` // last event told of this conversation
	AutoMinute int64             `json:"-"` // the minute that AutoCount is about
	AutoCount  int               `json:"-"` // messages of bots in that minute
	Gather     gathering         `json:"-"`
}

// Row is a conversation as one attendant's list shows it.
type Row struct {
	Conversation
	Unread int    `json:"unread" doc:"Messages of the customer that this attendant has not read, at most 10."`
	Bills  *bills `json:"bills,omitempty" doc:"What the platform bills of it; only where one conversation was asked for."`
}

// maxUnread is where counting unread messages stops: a list shows "9+".
const maxUnread = 10

// Live reports whether somebody may still have to do something.
func (c *Conversation) Live() bool { return c.State != Resolved }

// OwnedBy reports whether the person owns the conversation.
func (c *Conversation) OwnedBy(userID string) bool {
	return c.Owner.Kind == Human && c.Owner.ID == userID
}

// search is the text by which a list finds the conversation.
func (c *Conversation) search() string {
	var text strings.Builder
	text.WriteString(c.ContactName)
	for _, address := range c.Addresses {
		text.WriteByte(' ')
		text.WriteString(address.Value)
	}
	text.WriteByte(' ')
	text.WriteString(c.Preview)
	return fold.Text(text.String())
}

// Role is what a member of a company may do, as identity names it.
type Role string

// Roles that look at conversations.
const (
	Admin      Role = "admin"
	Supervisor Role = "supervisor"
	Attendant  Role = "attendant"
)

// Viewer is the person who looks or acts. The zero Viewer sees nothing.
type Viewer struct {
	UserID string
	Name   string
	Role   Role
}

func (v Viewer) actor() Actor { return Actor{Kind: fromUser, ID: v.UserID, Name: v.Name} }

func (v Viewer) owner() Owner { return Owner{Kind: Human, ID: v.UserID, Name: v.Name} }

// oversees reports whether the viewer sees and may take everything of the
// company.
func (v Viewer) oversees() bool { return v.Role == Admin || v.Role == Supervisor }

// sees reports whether the viewer may look at the conversation: attendants see
// their own, the queue, what bots own where the house allows it, and what was
// resolved by themselves or without a person.
func (cfg Config) sees(v Viewer, c *Conversation) bool {
	switch {
	case v.oversees():
		return true
	case v.Role != Attendant:
		return false
	case cfg.AttendantsSeeAll, c.OwnedBy(v.UserID):
		return true
	case c.State == Resolved:
		return c.LastUserID == "" || c.LastUserID == v.UserID
	case c.Owner.Kind == Bot:
		return cfg.AttendantsSeeBots
	default:
		return c.Owner.Kind == Nobody
	}
}

// errAbsent hides whether a conversation exists at all.
func errAbsent() error { return fault.New(fault.NotFound, "no such conversation") }
