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
	// Target is the external id of the message that a reaction is about.
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
}

// Location is a place; a live position is a place with the same shape.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

// Card is a shared contact.
type Card struct {
	Name   string   `json:"name"`
	Phones []string `json:"phones,omitempty"`
	Emails []string `json:"emails,omitempty"`
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
	Name       string          `json:"name"`
	Language   string          `json:"language"`
	Components json.RawMessage `json:"components,omitempty"`
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
	TelegramUser AddressKind = "tg_user"
	TelegramChat AddressKind = "tg_chat"
)

// Referral tells which advert or post a customer came from.
type Referral struct {
	SourceType string `json:"source_type,omitempty"` // ad, post, link, start
	SourceID   string `json:"source_id,omitempty"`
	SourceURL  string `json:"source_url,omitempty"`
	Headline   string `json:"headline,omitempty"`
	ClickID    string `json:"click_id,omitempty"` // ctwa_clid
	Ref        string `json:"ref,omitempty"`      // the payload of a link (/start x, m.me?ref=x)
}
