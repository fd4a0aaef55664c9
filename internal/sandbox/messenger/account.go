package messenger

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"prosa/internal/sandbox/stage"
)

// App is a Meta app: it signs webhooks with its secret and has one callback
// address for each object.
type App struct {
	ID          string `json:"app_id"`
	Secret      string `json:"app_secret"`
	VerifyToken string `json:"verify_token,omitempty"`
	Name        string `json:"name,omitempty"`
	// Callbacks are the addresses by object (page, instagram), set by a verified
	// handshake or by hand.
	Callbacks map[string]string `json:"callback_urls,omitempty"`
	// Fields are the fields by object that the app asked for; none: all.
	Fields map[string][]string `json:"fields,omitempty"`
}

// Page is a Facebook page.
type Page struct {
	ID    string `json:"page_id"`
	App   string `json:"app_id"` // the app that Token belongs to
	Name  string `json:"name"`
	Token string `json:"token"`
	// TokenState is "" for a token that works, "expired" or "revoked".
	TokenState string `json:"token_state,omitempty"`
	// NoHumanAgent: the app has no approval for the Human Agent feature.
	NoHumanAgent bool `json:"no_human_agent,omitempty"`
	// Blocked says why the platform lets the page write no more; empty: it may.
	Blocked string `json:"blocked,omitempty"`
	// Subscriptions are the subscribed apps with their fields.
	Subscriptions map[string][]string `json:"subscriptions,omitempty"`
	// Profile is what messenger_profile holds, by platform (messenger,
	// instagram) and property.
	Profile map[string]map[string]json.RawMessage `json:"messenger_profile,omitempty"`
}

// Instagram is an Instagram professional account.
type Instagram struct {
	ID      string `json:"instagram_id"` // of the professional account: entry.id
	Flavour string `json:"flavour"`      // FlavourPage or FlavourLogin
	Page    string `json:"page_id,omitempty"`
	App     string `json:"app_id"`
	Name    string `json:"name"`
	User    string `json:"username"`
	// ScopedID is the account's id for the app: what /me of graph.instagram.com
	// gives as id, where user_id is ID.
	ScopedID string `json:"scoped_id,omitempty"`
	// Token is of the login flavour only; older ones work until they expire.
	Token         string           `json:"token,omitempty"`
	TokenState    string           `json:"token_state,omitempty"`
	TokenIssuedMS int64            `json:"token_issued,omitempty"`
	OldTokens     map[string]int64 `json:"old_tokens,omitempty"` // with the end of each, ms
	NoHumanAgent  bool             `json:"no_human_agent,omitempty"`
	Blocked       string           `json:"blocked,omitempty"`
	// Subscriptions are the fields of the login flavour; nil: not subscribed. The
	// page flavour is subscribed by its page.
	Subscriptions []string                              `json:"subscribed_fields,omitempty"`
	Profile       map[string]map[string]json.RawMessage `json:"messenger_profile,omitempty"`
}

// Flavours of an Instagram account.
const (
	FlavourPage  = "page"
	FlavourLogin = "login"
)

// Objects of webhooks.
const (
	ObjectPage      = "page"
	ObjectInstagram = "instagram"
)

// Person is somebody with a Facebook and an Instagram account.
type Person struct {
	ID       string `json:"id"` // this simulator's key
	Name     string `json:"name"`
	Username string `json:"username,omitempty"` // on Instagram
	// Apps are the objects that the person has an account with (page,
	// instagram); none: both. It only matters to the telephones.
	Apps []string `json:"apps,omitempty"`
	// NoReceipts: the person's app tells nobody what was read.
	NoReceipts bool `json:"no_receipts,omitempty"`
	// NoProfile: accounts may not see the person's profile.
	NoProfile bool `json:"no_profile,omitempty"`
	// Phone and Email are what the app offers when a quick reply asks for them.
	Phone string `json:"phone,omitempty"`
	Email string `json:"email,omitempty"`
}

// seat is the business side of a chat: a page or an Instagram account.
type seat struct {
	id      string
	object  string
	flavour string // of an Instagram account
	app     string
	name    string
	page    string // the page whose token speaks for it
	blocked string
	agent   bool // HUMAN_AGENT is approved
}

func (a seat) instagram() bool { return a.object == ObjectInstagram }

// seat gives the account of an id; the caller holds the lock.
func (s *Server) seat(id string) (seat, bool) {
	if page := s.pages[id]; page != nil {
		return seat{id: id, object: ObjectPage, app: page.App, name: page.Name, page: id, blocked: page.Blocked, agent: !page.NoHumanAgent}, true
	}
	if ig := s.instagrams[id]; ig != nil {
		found := seat{id: id, object: ObjectInstagram, flavour: ig.Flavour, app: ig.App, name: or(ig.Name, ig.User), page: ig.Page, blocked: ig.Blocked, agent: !ig.NoHumanAgent}
		if page := s.pages[ig.Page]; ig.Flavour == FlavourPage && page != nil {
			found.app = page.App
			found.agent = found.agent && !page.NoHumanAgent
		}
		return found, true
	}
	return seat{}, false
}

// linked gives the Instagram account of a page; the caller holds the lock.
func (s *Server) linked(page string) *Instagram {
	for _, ig := range s.instagrams {
		if ig.Flavour == FlavourPage && ig.Page == page {
			return ig
		}
	}
	return nil
}

// whom is what a scoped id names: a person as one account knows them.
type whom struct{ account, person string }

// scopedID gives the id under which an account knows a person.
func scopedID(account, person string) string { return hashDigits("scoped|"+account+"|"+person, 16) }

// index makes a person findable by the ids of an account; the caller holds the
// lock or is alone.
func (s *Server) index(account, person string) {
	s.byScoped[scopedID(account, person)] = whom{account, person}
}

// Chat is what an account and a person know of each other.
type Chat struct {
	Account string `json:"account"`
	Person  string `json:"person"`
	// LastActionMS is the time of the person's last action; the reply window
	// counts from it. 0: never.
	LastActionMS int64 `json:"last_action,omitempty"`
	Blocked      bool  `json:"blocked,omitempty"` // by the person
	// Owner is the app that holds the thread; empty: the account's own.
	Owner string `json:"owner,omitempty"`
	// Started: the person pressed Get Started or wrote before.
	Started bool `json:"started,omitempty"`
	// Topics are the tokens of what the person asked to be told about.
	Topics map[string]string `json:"topics,omitempty"`

	typingUntilMS int64
	pace          stage.Bucket
	messages      []*Message
}

func chatKey(account, person string) string { return account + "/" + person }

// windowUntilMS is the end of the reply window, 0 when there is none.
func (c *Chat) windowUntilMS() int64 {
	if c.LastActionMS == 0 {
		return 0
	}
	return c.LastActionMS + replyWindow.Milliseconds()
}

func (c *Chat) within(now time.Time, span time.Duration) bool {
	return c.LastActionMS > 0 && now.UnixMilli() < c.LastActionMS+span.Milliseconds()
}

// Directions of a message, as the business sees them.
const (
	Inbound  = "in"  // the person wrote it
	Outbound = "out" // the business, or another app for it, sent it
)

// Message is one message of a chat, of either direction, with what became of
// it.
type Message struct {
	ID      string `json:"id"` // mid
	Seq     int64  `json:"seq"`
	Account string `json:"account"`
	Person  string `json:"person"`
	Dir     string `json:"dir"`
	// Kind: text, image, video, audio, file, images, location, sticker, like,
	// share, story_reply, story_mention, postback, quick_reply, referral, optin,
	// button, generic, media, product, receipt, unsupported.
	Kind string `json:"kind"`
	AtMS int64  `json:"at"`
	// Content is the message of the Graph call (out) or the item of the webhook
	// (in).
	Content json.RawMessage `json:"content"`
	Text    string          `json:"text,omitempty"` // what a person reads of it
	Files   []Attached      `json:"files,omitempty"`

	// Status of an outbound message: sent, delivered, read. Of an inbound one:
	// sent (to the webhook), delivered (the webhook was answered by 2xx), read
	// (the business marked it).
	Status      string `json:"status"`
	DeliveredMS int64  `json:"delivered_at,omitempty"`
	ReadMS      int64  `json:"read_at,omitempty"`

	App         string `json:"app,omitempty"`      // that sent it
	Metadata    string `json:"metadata,omitempty"` // of the call
	Tag         string `json:"tag,omitempty"`
	ReplyTo     string `json:"reply_to,omitempty"`
	Payload     string `json:"payload,omitempty"` // of a tap
	Chosen      string `json:"chosen,omitempty"`  // payload that the person tapped
	Story       *Story `json:"story,omitempty"`   // that it answers or that names the account
	Edits       int    `json:"edits,omitempty"`
	Unsent      bool   `json:"unsent,omitempty"`
	ReactionIn  string `json:"reaction_in,omitempty"`
	ReactionOut string `json:"reaction_out,omitempty"`
	// Standby: another app held the thread when it came.
	Standby bool `json:"standby,omitempty"`

	// Exchange is the Graph call behind an outbound message.
	Exchange *stage.Exchange `json:"exchange,omitempty"`
	// Webhooks are the ids of the webhooks that carried it or news of it.
	Webhooks []string `json:"webhooks,omitempty"`
}

// Attached is a file of a message.
type Attached struct {
	Kind string `json:"kind"`
	File string `json:"file,omitempty"` // of this simulator
	URL  string `json:"url,omitempty"`  // outside
	MIME string `json:"mime,omitempty"`
	Name string `json:"name,omitempty"`
	Size int64  `json:"size,omitempty"`
}

// Story is an Instagram story.
type Story struct {
	ID   string `json:"id"`
	File string `json:"file"`
}

// Quick is a quick reply.
type Quick struct {
	Type    string `json:"content_type"`
	Title   string `json:"title,omitempty"`
	Payload string `json:"payload,omitempty"`
	Image   string `json:"image_url,omitempty"`
}

// Button is a button of a template.
type Button struct {
	Type    string `json:"type"` // web_url, postback, phone_number
	Title   string `json:"title"`
	Payload string `json:"payload,omitempty"`
	URL     string `json:"url,omitempty"`
}

// Element is a card of a template.
type Element struct {
	Title    string   `json:"title"`
	Subtitle string   `json:"subtitle,omitempty"`
	Image    string   `json:"image_url,omitempty"`
	Buttons  []Button `json:"buttons,omitempty"`
}

// Shown is what a person's app draws of an outbound message beside its text and
// files.
type Shown struct {
	Quick    []Quick
	Buttons  []Button
	Elements []Element
}

// Show reads what an outbound message offers.
func Show(m Message) Shown {
	var body struct {
		Quick      []Quick `json:"quick_replies"`
		Attachment struct {
			Payload struct {
				Buttons  []Button
				Elements []Element
			}
		}
	}
	if m.Dir != Outbound || json.Unmarshal(m.Content, &body) != nil {
		return Shown{}
	}
	return Shown{Quick: body.Quick, Buttons: body.Attachment.Payload.Buttons, Elements: body.Attachment.Payload.Elements}
}

// fields of webhooks that an app can subscribe to. Sources: "Webhooks",
// "Instagram Messaging webhooks".
var fieldsOf = map[string][]string{
	ObjectPage: {
		"messages", "messaging_postbacks", "message_deliveries", "message_reads", "message_echoes", "message_reactions", "message_edits",
		"messaging_referrals", "messaging_optins", "messaging_handovers", "standby", "messaging_policy_enforcement", "messaging_account_linking", "feed",
	},
	ObjectInstagram: {
		"messages", "messaging_postbacks", "messaging_seen", "message_reactions", "message_edit", "messaging_referral", "messaging_optins",
		"messaging_handover", "standby", "comments", "live_comments", "mentions", "messaging_policy_enforcement",
	},
}

// takes reports whether a list of fields holds one; an empty list holds all.
func takes(fields []string, field string) bool {
	return len(fields) == 0 || slices.Contains(fields, field)
}

// hashDigits derives n decimal digits (at most 19) from text; the first one is
// never 0.
func hashDigits(text string, n int) string {
	sum := sha256.Sum256([]byte(text))
	number := strconv.FormatUint(binary.BigEndian.Uint64(sum[:8])|1<<63, 10)
	return "2" + number[len(number)-(n-1):]
}

// or gives the first text that is not empty.
func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func digitsOnly(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
