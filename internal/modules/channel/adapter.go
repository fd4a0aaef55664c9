package channel

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"prosa/internal/base/secret"
	"prosa/internal/message"
)

// Adapter is all that the house knows of a messaging platform. Everything but
// the methods that take a context is pure: no I/O, no clock, safe for
// concurrent use, never panics on any input.
type Adapter interface {
	// Channel names the platform.
	Channel() message.Channel

	// Challenge answers the platform's GET handshake on a webhook URL with the
	// body to send back. Errors: fault.Forbidden when no account's verify token
	// matches, fault.NotFound where the platform has no handshake.
	Challenge(query url.Values, accounts []Account) ([]byte, error)

	// Verify checks the request's signature or secret over the raw body against
	// the accounts of the hook, in constant time, and returns those accounts
	// whose secret matched: only they may receive what the body carries. Error:
	// fault.Unauthorized.
	Verify(header http.Header, body []byte, accounts []Account) ([]Account, error)

	// Split cuts a verified body into self-contained pieces, each routed by its
	// own business id. A body that cannot be read gives an error; a part that
	// cannot be read becomes a Piece with Problem set, so that its neighbours go
	// on.
	Split(body []byte) ([]Piece, error)

	// Parse reads a piece into what happened. A piece of an unknown kind gives an
	// Inbound with content of kind unsupported; only a broken one gives an error
	// (fault.Invalid), which sends it to quarantine.
	Parse(piece []byte) (Inbound, error)

	// Render turns a canonical message into the vendor's requests, one Part for
	// each message that the customer's app will show, in order, within all
	// limits of the platform (message.Lay, message.Split). Error: fault.Refused
	// when the channel cannot carry it.
	Render(out Outbound) ([]Part, error)

	// Send performs one part. On failure the error is a *SendError, always: its
	// Class decides what happens next.
	Send(ctx context.Context, account Account, part Part) (Receipt, error)

	// Signal tells the customer's app that we are typing and/or that we have read
	// up to a message. It is best effort; errors are *SendError.
	Signal(ctx context.Context, account Account, to []message.Address, signal Signal) error

	// Fetch opens a medium that a customer sent. The caller closes the body.
	Fetch(ctx context.Context, account Account, media message.Media) (Download, error)

	// Probe tests a connection and tells what it found; used by the set-up page.
	Probe(ctx context.Context, account Account) (Probe, error)

	// Subscribe registers hookURL with the platform for the account.
	Subscribe(ctx context.Context, account Account, hookURL string) error
}

// Piece is one event cut out of a webhook body.
type Piece struct {
	// ExternalID is the business side's id (phone_number_id, page id); the
	// account that it names must be among those that Verify returned. Empty for
	// Telegram, whose hook names the account.
	ExternalID string
	// ShardKey is the customer's stable id on the platform: the business-scoped
	// user id when present, else the platform's id without the ninth digit;
	// statuses carry their recipient's.
	ShardKey string
	// Body is the event with all that Parse needs, as JSON.
	Body json.RawMessage
	// Problem is set when the part cannot be read; it goes to quarantine.
	Problem string
}

// InboundKind says what a piece turned out to be.
type InboundKind string

// Kinds of inbound event.
const (
	InMessage  InboundKind = "message"
	InStatus   InboundKind = "status"
	InEdit     InboundKind = "edit"   // Content replaces that of message Target
	InRevoke   InboundKind = "revoke" // Target was deleted by the customer
	InReaction InboundKind = "reaction"
	InReach    InboundKind = "reach"   // the customer blocked or unblocked us (Reachable)
	InEcho     InboundKind = "echo"    // sent by the company from the vendor's own app
	InAccount  InboundKind = "account" // about the account itself: quality, ban, template
	InPerson   InboundKind = "person"  // what a customer is called, by the company's own address book; nothing was said
	InControl  InboundKind = "control" // another app, or we, answer the thread from now on
	InIgnored  InboundKind = "ignored" // known and of no use; recorded nowhere but in the exchange log
)

// Inbound is an event in canonical form.
type Inbound struct {
	Kind InboundKind
	// Key is unique among the account's events of this sort: the wamid, or
	// "chat:message" on Telegram, with a suffix for edits, reactions and taps.
	// It is what makes a repeated webhook act once. Empty for statuses.
	Key string
	// ExternalID is the platform's id of the message, empty where there is none.
	ExternalID string
	// AtMS is the platform's own time of the event.
	AtMS int64
	// From is the customer: every address that the event names, best first.
	From     []message.Address
	Name     string
	Username string
	Language string // BCP 47, as the platform gives it
	Content  message.Content
	// QuotedID is the external id of the message that this one answers.
	QuotedID string
	// Target is the external id that an edit, revoke or reaction is about.
	Target    string
	Referral  *message.Referral
	Status    *StatusReport
	Reachable *bool
	// CallbackID must be acknowledged by Signal soon (Telegram's spinning button).
	CallbackID string
	// Automatic marks what another machine sent (an auto-reply, a bot).
	Automatic bool
	// Standby marks what was written while another app answers the thread: it is
	// stored, and no bot of ours says anything.
	Standby bool
	// History marks what was said before the account was connected: it is stored
	// without waking anybody and opens no window.
	History bool
	// Change says that the customer's number or id is another one now.
	Change *IdentityChange
	// Control is set with InControl.
	Control *Control
	// News is set with InAccount.
	News *News
}

// IdentityChange is a platform's word that one address gave way to another.
type IdentityChange struct {
	Old message.Address
	New message.Address
}

// Control says who answers a thread from now on (Messenger handover).
type Control struct {
	Ours bool
	// Holder is the id of the app that has it, empty for ours or unknown.
	Holder string
	// Wish is true when the other app only asks for the thread.
	Wish bool
	Note string
}

// NewsKind says what news of an account is about.
type NewsKind string

// Kinds of news.
const (
	NewsTemplateStatus   NewsKind = "template_status"
	NewsTemplateQuality  NewsKind = "template_quality"
	NewsTemplateCategory NewsKind = "template_category"
	NewsTemplateContent  NewsKind = "template_content" // somebody changed its words at the platform
	NewsQuality          NewsKind = "quality"          // of the number
	NewsLimit            NewsKind = "limit"            // how many customers a day may be written to first
	NewsRestricted       NewsKind = "restricted"
	NewsBanned           NewsKind = "banned"
	NewsRestored         NewsKind = "restored"
	NewsReview           NewsKind = "review"  // of the business account or the number's name
	NewsPolicy           NewsKind = "policy"  // the platform warns or blocks (Messenger policy_enforcement)
	NewsRevoked          NewsKind = "revoked" // the app was removed or the token withdrawn
	NewsProblem          NewsKind = "problem" // errors about the whole number
	NewsOther            NewsKind = "other"   // known to the platform and not to us
)

// News is what a platform says of an account itself. Unknown values are kept as
// the platform's text, in lower case.
type News struct {
	Kind NewsKind
	// Template, Language and TemplateID name the template that it is about.
	Template, Language, TemplateID string
	Status                         string // "approved", "rejected", "paused", ...
	Quality                        string // "green", "yellow", "red", "unknown"
	Category                       string
	Limit                          string // the platform's name of the tier
	Reason                         string // the platform's words, for a person
	UntilMS                        int64  // of a restriction, 0 unknown
	Raw                            json.RawMessage
}

// StatusReport is what a platform says of a message that we sent.
type StatusReport struct {
	ExternalID string
	// Ours is the delivery id that we attached to the send, when it came back.
	Ours string
	// UpToMS says that everything sent to the customer at or before this time of
	// the platform stands so, beside ExternalID or instead of it (Messenger's
	// watermarks); 0 for a report on one message.
	UpToMS    int64
	Status    message.Status
	ErrorCode string
	ErrorText string
	// Billing as the platform states it; unknown values are kept as text.
	Billable bool
	Category string
	Model    string
	// WindowEndsMS is when the platform says its conversation ends, 0 unknown.
	WindowEndsMS int64
}

// Outbound is a canonical message with its addressee, for Render.
type Outbound struct {
	To      []message.Address
	Content message.Content
	// QuoteID is the external id of the message that this one answers.
	QuoteID string
	// Ours is attached to the send where the platform gives it back.
	Ours string
	// Human marks words that a person wrote; some windows allow only those.
	Human bool
	// Language picks our own words in a rendering ("Choose" on a list's button).
	Language string
}

// Part is one vendor request, without secrets: it is stored in the delivery
// row and sent later, perhaps by another process.
type Part struct {
	Method string          `json:"method"` // vendor method or path suffix: "messages", "sendMessage"
	Body   json.RawMessage `json:"body"`
	// Upload names a blob of ours that must be uploaded first; the adapter puts
	// the resulting handle into Body at the place of its kind.
	Upload *message.Media `json:"upload,omitempty"`
	// Uploads are the files of an album, where Body names each by its place.
	Uploads []message.Media `json:"uploads,omitempty"`
	// Ours is the delivery's id, by which the exchange log names what was sent.
	Ours string `json:"ours,omitempty"`
	// Late takes the place of Body when the free reply window is over at the time
	// of sending; it exists only for what a person wrote, on platforms that let a
	// person answer later (the tag HUMAN_AGENT).
	Late json.RawMessage `json:"late,omitempty"`
	// Instead is what Send says, in this order, when the platform refuses the
	// form of Body for good: the same thing in plainer words.
	Instead []Part `json:"instead,omitempty"`
}

// named puts the delivery's id at the place that was kept for it.
func (p *Part) named(placeholder, deliveryID string) {
	p.Body = json.RawMessage(strings.ReplaceAll(string(p.Body), placeholder, deliveryID))
	if len(p.Late) > 0 {
		p.Late = json.RawMessage(strings.ReplaceAll(string(p.Late), placeholder, deliveryID))
	}
	p.Ours = deliveryID
	for n := range p.Instead {
		p.Instead[n].named(placeholder, deliveryID)
	}
}

// Receipt is a platform's answer to an accepted send.
type Receipt struct {
	ExternalID string
	// Status is Accepted, or Sent where the platform's answer means that.
	Status message.Status
	// Learned are further addresses of the customer found in the answer.
	Learned []message.Address
}

// Signal is a small sign in the customer's app.
type Signal struct {
	Typing bool
	// Doing is the kind of what we are about to send, for the sign; empty: text.
	Doing      message.Kind
	ReadUpTo   string // external id; marks it and all earlier ones as read
	CallbackID string // answers a tapped inline button
}

// Download is a medium being fetched.
type Download struct {
	Body interface {
		Read([]byte) (int, error)
		Close() error
	}
	MIME string
	Size int64 // -1 unknown
	Name string
}

// Probe is what a connection test found.
type Probe struct {
	ExternalID string            `json:"external_id"`
	Display    string            `json:"display"`
	Name       string            `json:"name"`
	Facts      map[string]string `json:"facts,omitempty"` // quality, webhook state, pending updates
}

// What only some platforms can do. Each is asked for by a type assertion on the
// adapter.
type (
	// Profiler tells who a customer is where the webhooks carry no name.
	Profiler interface {
		Profile(ctx context.Context, account Account, who []message.Address) (Profile, error)
	}
	// Checker looks at a connection point by point, for the set-up and health
	// pages. hookURL is where the platform should send its webhooks.
	Checker interface {
		Check(ctx context.Context, account Account, hookURL string) ([]Finding, error)
	}
	// Disconnecter takes back what Subscribe registered.
	Disconnecter interface {
		Disconnect(ctx context.Context, account Account) error
	}
	// Renewer gives a fresh token before the present one expires.
	Renewer interface {
		Renew(ctx context.Context, account Account) (Renewal, error)
	}
)

// Profile is what a platform tells of a customer; empty what it does not tell.
type Profile struct {
	Name     string
	Username string
	Language string
	// PictureURL is short-lived and may hold a token: fetch it, never store it.
	PictureURL string
}

// Finding is one point of a check. Point is one of "token", "permissions",
// "account", "subscription", "webhook", "secret", "registration", "profile";
// the pages have the sentences for it. State is "ok", "warn", "bad" or
// "unknown". Facts may hold "expires_ms", "quality", "limit", "missing"
// (permissions or fields), "url", "pending", "error", "name", "status".
type Finding struct {
	Point string            `json:"point"`
	State string            `json:"state"`
	Text  string            `json:"text,omitempty"` // the platform's words
	Facts map[string]string `json:"facts,omitempty"`
}

// Renewal is a fresh token and when it ends.
type Renewal struct {
	Token     secret.Text
	ExpiresMS int64
}

// Class sorts failures of a send by what must follow.
type Class string

// Classes of failure.
const (
	Retry     Class = "retry"     // temporary; nothing was sent
	Ambiguous Class = "ambiguous" // the answer is missing: it may have been sent
	Throttled Class = "throttled" // slow down Scope; nothing was sent
	Rejected  Class = "rejected"  // final for this message
	Window    Class = "window"    // final: the reply window is closed
	Dead      Class = "dead"      // final: the customer cannot be reached (blocked, no such user)
	Stop      Class = "stop"      // the account must be reconnected; keep the queue
	// Doubtful is final for this message; met in several conversations in a row,
	// with no success between, it stops the account (a permission that may be of
	// one thread only).
	Doubtful Class = "doubtful"
)

// Scope says what a throttle holds back.
type Scope string

// Scopes of a throttle.
const (
	OneCustomer Scope = "customer"
	OneAccount  Scope = "account"
	// OneApp holds back every account whose token is of the same app.
	OneApp Scope = "app"
	// Campaigns holds back only what was not asked for: replies go on.
	Campaigns Scope = "campaigns"
)

// SendError is how Send fails.
type SendError struct {
	Class Class
	Scope Scope // for Throttled
	// AfterMS is how long the platform asks to wait, 0 when it does not say.
	AfterMS int64
	Code    string // the vendor's code, as text
	Message string // a sentence for a person, without secrets
	// MaxTries bounds Retry for codes that allow few; 0 means the default.
	MaxTries int
}

// Error implements error.
func (e *SendError) Error() string {
	return string(e.Class) + ": " + e.Code + ": " + e.Message
}

// Recorder keeps what a provider said and was told, redacted, for the exchange
// log of the account. Adapters call it for every request they make; it never
// blocks and never fails.
type Recorder interface {
	Record(Exchange)
}

// Exchange is one request and its answer, already redacted by the adapter.
type Exchange struct {
	TenantID   string
	AccountID  string
	AtMS       int64
	TookMS     int64
	Outgoing   bool // we called them
	Method     string
	Path       string // without secrets
	Request    string
	Status     int
	Response   string
	Problem    string // why there is no answer
	DeliveryID string
}
