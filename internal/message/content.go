package message

import "encoding/json"

// Channel names a messaging app.
type Channel string

// The channels. A name is stored in rows and never changes.
const (
	WhatsApp  Channel = "whatsapp"
	Telegram  Channel = "telegram"
	Messenger Channel = "messenger"
	Instagram Channel = "instagram"
)

// Direction says who sent a message.
type Direction string

// Directions. Internal messages (notes, activity) are never sent to anybody.
const (
	In       Direction = "in"
	Out      Direction = "out"
	Internal Direction = "internal"
)

// Kind says what a message holds. Unknown kinds that a channel may grow arrive
// as Unsupported with the vendor's bytes kept in Raw.
type Kind string

// Kinds of content.
const (
	Text        Kind = "text"
	Image       Kind = "image"
	Video       Kind = "video"
	Audio       Kind = "audio" // Media.Voice marks a recorded note
	Document    Kind = "document"
	Sticker     Kind = "sticker"
	Place       Kind = "location"
	Cards       Kind = "contacts"
	Options     Kind = "choice" // out: a question with options to tap
	Pick        Kind = "pick"   // in: the option that was tapped
	Form        Kind = "form"   // in: a filled form (WhatsApp "flow", address)
	Emoji       Kind = "reaction"
	Cart        Kind = "order"        // in: a cart sent from a catalog
	Product     Kind = "product"      // out: one good
	Products    Kind = "products"     // out: several goods
	Catalog     Kind = "catalog"      // out: the way into the catalog
	Invoice     Kind = "bill"         // out: what an order costs and how to pay it
	OrderNews   Kind = "order_status" // out: how far an order is
	Template    Kind = "template"
	Note        Kind = "note"     // internal: seen by attendants only
	Activity    Kind = "activity" // internal: what happened to the conversation
	Welcome     Kind = "welcome"  // in: the chat was opened, nothing written yet
	System      Kind = "system"   // in: the customer changed number or identity
	Share       Kind = "share"    // in: a post, a reel or a story that was sent to us or names us
	Survey      Kind = "poll"     // a question with answers to vote on (Telegram poll)
	PhoneCall   Kind = "call"     // in: somebody called, or allowed us to call
	Permission  Kind = "consent"  // in: the customer allowed or forbade messages of a topic
	Links       Kind = "link"     // out: a text with buttons that open pages
	Request     Kind = "request"  // out: asks for the customer's place or phone number
	Deck        Kind = "deck"     // out: cards side by side, each with a picture, words and buttons
	Album       Kind = "album"    // out: several pictures and films at once
	FormOffer   Kind = "form_ask" // out: a button that opens a form (WhatsApp "flow")
	Amendment   Kind = "edit"     // out: new words for a message of ours (Target)
	Withdrawal  Kind = "revoke"   // out: takes a message of ours back (Target)
	Unsupported Kind = "unsupported"
)

// Content is what a message holds. Exactly the parts of its Kind are set.
type Content struct {
	Kind Kind `json:"kind"`
	// Text is the body of a text or note, the caption of a medium, the question
	// of a choice, the title of a pick, the emoji of a reaction.
	Text     string    `json:"text,omitempty"`
	Media    *Media    `json:"media,omitempty"`
	Place    *Location `json:"location,omitempty"`
	Cards    []Card    `json:"contacts,omitempty"`
	Choice   *Choice   `json:"choice,omitempty"`
	Pick     *Picked   `json:"pick,omitempty"`
	Order    *Order    `json:"order,omitempty"`
	Shelf    *Shelf    `json:"shelf,omitempty"`
	Bill     *Bill     `json:"bill,omitempty"`
	Progress *Progress `json:"progress,omitempty"`
	// About is the product that a message asks about (WhatsApp referred_product).
	About    *ProductRef     `json:"about,omitempty"`
	Form     json.RawMessage `json:"form,omitempty"`
	Template *TemplateRef    `json:"template,omitempty"`
	Activity *Act            `json:"activity,omitempty"`
	Share    *Shared         `json:"share,omitempty"`
	// Story is the story of ours that a message answers (Instagram).
	Story   *Shared  `json:"story,omitempty"`
	Poll    *Poll    `json:"poll,omitempty"`
	Call    *Call    `json:"call,omitempty"`
	Consent *Consent `json:"consent,omitempty"`
	Links   []Link   `json:"links,omitempty"`
	// Request is what the customer's app is asked for: "place", "phone" or "email".
	Request string    `json:"request,omitempty"`
	Deck    []Slide   `json:"deck,omitempty"`
	Album   []Media   `json:"album,omitempty"`
	Ask     *FormCall `json:"form_ask,omitempty"`
	// Forwarded is "" for words of the customer's own, "once" or "often" for
	// words that were passed on.
	Forwarded string `json:"forwarded,omitempty"`
	// Excerpt is what a message answers in its own words: the part that the
	// customer marked, or words from another chat that nobody could look up.
	Excerpt string `json:"excerpt,omitempty"`
	// Target is the external id of the message that a reaction, an amendment or a
	// withdrawal is about.
	Target string `json:"target,omitempty"`
	// Raw keeps a vendor's own bytes where the canonical form cannot hold all.
	Raw json.RawMessage `json:"raw,omitempty"`
}

// Media is a file. A medium that came in has Remote (the vendor's handle)
// first and Blob once our job has fetched it.
type Media struct {
	MIME     string `json:"mime,omitempty"`
	Name     string `json:"name,omitempty"`   // file name, documents
	Size     int64  `json:"size,omitempty"`   // bytes, 0 unknown
	SHA256   string `json:"sha256,omitempty"` // lowercase hex
	Voice    bool   `json:"voice,omitempty"`
	Animated bool   `json:"animated,omitempty"`
	// Remote is the vendor's id of the file; never a URL that holds a token.
	Remote string `json:"remote,omitempty"`
	// Blob is our own key of the bytes, empty until fetched.
	Blob string `json:"blob,omitempty"`
	// State is "", "pending", "ready" or "failed".
	State string `json:"state,omitempty"`
	// Problem says why a failed file will not come, in a sentence.
	Problem string `json:"problem,omitempty"`
	// URL is the public address of a file that is not ours (a picture of a deck
	// that the company named); never one that holds a token.
	URL string `json:"url,omitempty"`
	// Thumb is our own key of a small JPEG of a picture or of a film's first
	// moment, empty when there is none.
	Thumb string `json:"thumb,omitempty"`
	// Width and Height in pixels, Seconds of sound or film; 0 unknown.
	Width   int   `json:"width,omitempty"`
	Height  int   `json:"height,omitempty"`
	Seconds int64 `json:"seconds,omitempty"`
	// Round marks a film that is shown in a circle (Telegram video note).
	Round bool `json:"round,omitempty"`
	// Album is the same for files that came in as one (Telegram
	// media_group_id, several attachments of one Messenger message).
	Album string `json:"album,omitempty"`
	// Once marks what may be looked at once only.
	Once bool `json:"once,omitempty"`
}

// Shared is something of the platform that a customer sent on: Kind is "post",
// "reel", "story", "story_mention", "link", "product", "game" or the platform's
// own word. Its file, where there is one, is the content's Media.
type Shared struct {
	Kind  string `json:"kind"`
	ID    string `json:"id,omitempty"`
	Title string `json:"title,omitempty"`
	URL   string `json:"url,omitempty"`
}

// Poll is a question to vote on.
type Poll struct {
	Question string   `json:"question"`
	Options  []string `json:"options"`
	Several  bool     `json:"several,omitempty"` // more than one answer
	Closed   bool     `json:"closed,omitempty"`
}

// Call is a call to the company. State is "ringing", "missed", "answered",
// "ended", "permitted" (we may call) or "forbidden".
type Call struct {
	State   string `json:"state"`
	ID      string `json:"id,omitempty"`
	Seconds int64  `json:"seconds,omitempty"`
	UntilMS int64  `json:"until_ms,omitempty"` // of a permission
}

// Consent is a customer's word on messages of a topic: "marketing", or the topic
// of a subscription. Token is what the platform wants back with a message of the
// topic (Messenger notification_messages_token).
type Consent struct {
	Topic   string `json:"topic"`
	Granted bool   `json:"granted"`
	Token   string `json:"token,omitempty"`
	Text    string `json:"text,omitempty"`
}

// Link is a button that opens a page.
type Link struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Slide is one card of a deck: a picture or a film, words, things to tap that
// come back as a pick, and pages to open.
type Slide struct {
	Title   string   `json:"title,omitempty"`
	Text    string   `json:"text,omitempty"`
	Media   *Media   `json:"media,omitempty"`
	Options []Option `json:"options,omitempty"`
	Links   []Link   `json:"links,omitempty"`
}

// FormCall opens a form that the company made at the platform. Token comes back
// with the answer.
type FormCall struct {
	ID     string          `json:"id"`
	Button string          `json:"button"`
	Token  string          `json:"token,omitempty"`
	Screen string          `json:"screen,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`
	Draft  bool            `json:"draft,omitempty"` // not published yet: only testers see it
}

// Location is a place; a live position is a place with the same shape.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	// LiveSeconds is for how long the position moves, 0 when it stands.
	LiveSeconds int64  `json:"live_seconds,omitempty"`
	Name        string `json:"name,omitempty"`
	Address     string `json:"address,omitempty"`
}

// Card is a shared contact.
type Card struct {
	Name   string   `json:"name"`
	Phones []string `json:"phones,omitempty"`
	Emails []string `json:"emails,omitempty"`
	// Own says that the platform vouches for the number as the sender's own.
	Own bool `json:"own,omitempty"`
}

// Choice is a question with options. How it is shown (buttons, list, inline
// keyboard, numbered text) is decided by Lay for the channel at render time.
type Choice struct {
	Header  string   `json:"header,omitempty"`
	Footer  string   `json:"footer,omitempty"`
	Button  string   `json:"button,omitempty"` // label that opens a list
	More    string   `json:"more,omitempty"`   // label of the line that asks for the next numbered page
	Page    int      `json:"page,omitzero"`    // which numbered page to show, from 0; other shapes ignore it
	Options []Option `json:"options"`
}

// Option is one answer. ID is opaque, unique in the message and at most 64
// bytes, since Telegram carries no more.
type Option struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

// Picked is the option that a customer tapped.
type Picked struct {
	ID    string `json:"id"`
	Title string `json:"title,omitempty"`
}

// Order is a cart as the customer saw it; prices are theirs, not ours.
type Order struct {
	CatalogID string      `json:"catalog_id"`
	Text      string      `json:"text,omitempty"`
	Items     []OrderItem `json:"items"`
}

// OrderItem is a line of a cart. Price is the vendor's decimal text.
type OrderItem struct {
	RetailerID string `json:"retailer_id"`
	Quantity   int64  `json:"quantity"`
	Price      string `json:"price"`
	Currency   string `json:"currency"`
}

// TemplateRef names an approved template and its parameters, in the vendor's
// own component form.
type TemplateRef struct {
	ID         string          `json:"id,omitempty"` // ours, tpl_...
	Name       string          `json:"name"`
	Language   string          `json:"language"`
	Components json.RawMessage `json:"components,omitempty"`
	// Category as the platform states it in lower case: "marketing", "utility",
	// "authentication". Marketing is refused to who opted out.
	Category string `json:"category,omitempty"`
	// Header is the file of a header that shows one; it is uploaded before.
	Header *Media `json:"header,omitempty"`
	// Shown is the template as the customer sees it, filled in, for the thread.
	Shown *TemplateShown `json:"shown,omitempty"`
}

// TemplateShown is a filled template.
type TemplateShown struct {
	Header  string   `json:"header,omitempty"`
	Text    string   `json:"text"`
	Footer  string   `json:"footer,omitempty"`
	Buttons []string `json:"buttons,omitempty"`
}

// Act is something that happened to a conversation, kept in its thread.
type Act struct {
	What  string            `json:"what"`            // "assigned", "resolved", "bot_handoff", ...
	Who   string            `json:"who,omitempty"`   // user or bot id, empty for the system
	Name  string            `json:"name,omitempty"`  // display name at that time
	Facts map[string]string `json:"facts,omitempty"` // "to", "reason", "cause", ...
}

// Address is one way to reach a person on a channel, exactly as the platform
// gave it. A customer is a set of these, never a phone number.
type Address struct {
	Kind  AddressKind `json:"kind"`
	Value string      `json:"value"`
}

// AddressKind says which of a platform's identifiers an address is.
type AddressKind string

// Kinds of address.
const (
	WaID         AddressKind = "wa_id" // WhatsApp: digits of the phone number
	BSUID        AddressKind = "bsuid" // WhatsApp: business-scoped user id, "BR.1502..."
	ParentBSUID  AddressKind = "parent_bsuid"
	PSID         AddressKind = "psid" // Messenger: page-scoped id
	IGSID        AddressKind = "igsid"
	UserRef      AddressKind = "user_ref" // Messenger: who ticked the checkbox plugin, before the page-scoped id is known
	TelegramUser AddressKind = "tg_user"
	TelegramChat AddressKind = "tg_chat"
)

// Referral tells which advert or post a customer came from.
type Referral struct {
	AtMS       int64  `json:"at_ms,omitempty"`       // when the customer came by it
	SourceType string `json:"source_type,omitempty"` // ad, post, link, start
	SourceID   string `json:"source_id,omitempty"`
	SourceURL  string `json:"source_url,omitempty"`
	Headline   string `json:"headline,omitempty"`
	Body       string `json:"body,omitempty"`
	// ImageURL and VideoURL are the platform's addresses of what the advert
	// shows; they die after a while.
	ImageURL string `json:"image_url,omitempty"`
	VideoURL string `json:"video_url,omitempty"`
	ClickID  string `json:"click_id,omitempty"` // ctwa_clid
	Ref      string `json:"ref,omitempty"`      // the payload of a link (/start x, m.me?ref=x)
}
