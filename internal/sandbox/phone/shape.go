package phone

// Channels.
const (
	WhatsAppChannel  = "whatsapp"
	TelegramChannel  = "telegram"
	MessengerChannel = "messenger"
	InstagramChannel = "instagram"
)

// Phone is a person with the accounts on the person's telephone.
type Phone struct {
	ID           string    `json:"id"`
	Name         string    `json:"name"`
	Phone        string    `json:"phone,omitempty"`
	Username     string    `json:"username,omitempty"`
	ReadReceipts bool      `json:"read_receipts"`
	Accounts     []Account `json:"accounts"`
}

// Account is a person's place on a channel.
type Account struct {
	Channel string `json:"channel"`
	ID      string `json:"id"`
	Address string `json:"address"`
}

// Business is a number or a bot that one can write to.
type Business struct {
	ID      string `json:"id"`
	Channel string `json:"channel"`
	Name    string `json:"name"`
	Address string `json:"address"`
	Ready   bool   `json:"ready"`
}

// Chat is a chat in the telephone's list.
type Chat struct {
	ID          string    `json:"id"`
	Phone       string    `json:"phone"`
	Channel     string    `json:"channel"`
	Business    Business  `json:"business"`
	Last        *Bubble   `json:"last,omitempty"`
	Unread      int       `json:"unread"`
	Typing      bool      `json:"typing"`
	Blocked     bool      `json:"blocked"`
	Started     bool      `json:"started"`
	CatalogID   string    `json:"catalog_id,omitempty"`
	Cart        bool      `json:"cart,omitempty"`
	WindowUntil int64     `json:"window_until,omitempty"`
	Keyboard    *Keyboard `json:"keyboard,omitempty"`

	typingUntil int64
}

// Keyboard is a Telegram reply keyboard.
type Keyboard struct {
	Rows        [][]Choice `json:"rows"`
	Placeholder string     `json:"placeholder,omitempty"`
	OneTime     bool       `json:"one_time,omitempty"`
	Persistent  bool       `json:"persistent,omitempty"`
}

// Bubble is a message as a telephone draws it.
type Bubble struct {
	ID        string     `json:"id"`
	Chat      string     `json:"chat"`
	Dir       string     `json:"dir"`
	Kind      string     `json:"kind"`
	At        int64      `json:"at"`
	Text      string     `json:"text,omitempty"`
	Tick      string     `json:"tick,omitempty"`
	Entities  []Entity   `json:"entities,omitempty"`
	ReplyTo   *Quote     `json:"reply_to,omitempty"`
	Header    *Header    `json:"header,omitempty"`
	Footer    string     `json:"footer,omitempty"`
	Media     *Media     `json:"media,omitempty"`
	Album     string     `json:"album,omitempty"`
	Images    []Media    `json:"images,omitempty"`
	Quick     []Choice   `json:"quick,omitempty"`
	Poll      *Poll      `json:"poll,omitempty"`
	Form      *Form      `json:"form,omitempty"`
	Story     *Story     `json:"story,omitempty"`
	Share     *Share     `json:"share,omitempty"`
	Location  *Location  `json:"location,omitempty"`
	Contacts  []Contact  `json:"contacts,omitempty"`
	Rows      [][]Choice `json:"rows,omitempty"`
	List      *List      `json:"list,omitempty"`
	Cards     []Card     `json:"cards,omitempty"`
	Products  []Product  `json:"products,omitempty"`
	CatalogID string     `json:"catalog_id,omitempty"`
	About     *Product   `json:"about,omitempty"`
	Payment   *Payment   `json:"payment,omitempty"`
	Reactions []Reaction `json:"reactions,omitempty"`
	Edited    bool       `json:"edited,omitempty"`
	Deleted   bool       `json:"deleted,omitempty"`
	Error     *Failure   `json:"error,omitempty"`
	Notice    string     `json:"notice,omitempty"`
}

// Directions of a bubble.
const (
	Mine   = "mine"
	Theirs = "theirs"
)

// Entity is a span of Telegram formatting; offsets count UTF-16 units.
type Entity struct {
	Type     string `json:"type"`
	Offset   int    `json:"offset"`
	Length   int    `json:"length"`
	URL      string `json:"url,omitempty"`
	Language string `json:"language,omitempty"`
}

// Quote is the message that a bubble answers.
type Quote struct {
	ID   string `json:"id"`
	Dir  string `json:"dir"`
	Text string `json:"text"`
}

// Header stands above the text of an interactive message.
type Header struct {
	Text  string `json:"text,omitempty"`
	Media *Media `json:"media,omitempty"`
}

// Media is a file of a bubble.
type Media struct {
	ID       string `json:"id,omitempty"`
	URL      string `json:"url"`
	MIME     string `json:"mime"`
	Name     string `json:"name,omitempty"`
	Size     int64  `json:"size,omitempty"`
	Voice    bool   `json:"voice,omitempty"`
	Animated bool   `json:"animated,omitempty"`
	Round    bool   `json:"round,omitempty"`
	Seconds  int    `json:"seconds,omitempty"`
}

// Location is a place.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Live      int     `json:"live,omitempty"` // seconds for which it moves
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

// Contact is a contact card.
type Contact struct {
	Name  string `json:"name"`
	Phone string `json:"phone,omitempty"`
}

// Choice is a button, a key or a row.
type Choice struct {
	ID          string `json:"id"`
	Text        string `json:"text"`
	Description string `json:"description,omitempty"`
	Kind        string `json:"kind"`
	Value       string `json:"value,omitempty"`
	Chosen      bool   `json:"chosen,omitempty"`
}

// List is a WhatsApp list.
type List struct {
	Button   string    `json:"button"`
	Sections []Section `json:"sections"`
}

// Section is a part of a list.
type Section struct {
	Title string   `json:"title,omitempty"`
	Rows  []Choice `json:"rows"`
}

// Poll is a question to vote on.
type Poll struct {
	Question string   `json:"question"`
	Answers  []Answer `json:"answers"`
	Several  bool     `json:"several,omitempty"`
	Closed   bool     `json:"closed,omitempty"`
}

// Answer is an answer of a poll.
type Answer struct {
	Text   string `json:"text"`
	Votes  int    `json:"votes,omitempty"`
	Chosen bool   `json:"chosen,omitempty"`
}

// Form is what a filled form says, field by field.
type Form struct {
	Fields []Field `json:"fields"`
}

// Field is a field of a form.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Story is the business's story that a bubble answers or that names the
// business; without Media it is gone.
type Story struct {
	ID    string `json:"id"`
	Media *Media `json:"media,omitempty"`
}

// Share is a post, a reel or a page that somebody passed on.
type Share struct {
	Kind  string `json:"kind"` // post or reel
	Title string `json:"title,omitempty"`
	URL   string `json:"url,omitempty"`
}

// Card is a card of a carousel.
type Card struct {
	Title  string     `json:"title,omitempty"`
	Header *Header    `json:"header,omitempty"`
	Text   string     `json:"text,omitempty"`
	Rows   [][]Choice `json:"rows,omitempty"`

	Product *Product `json:"product,omitempty"`
}

// Product is a product of a message or a line of an order. Price is as the
// order's message writes it; PriceText, ListPrice and Amount (minor units) are
// what the catalog shows.
type Product struct {
	ID          string  `json:"id"`
	Name        string  `json:"name,omitempty"`
	Description string  `json:"description,omitempty"`
	Image       string  `json:"image,omitempty"`
	Link        string  `json:"link,omitempty"`
	PriceText   string  `json:"price_text,omitempty"`
	ListPrice   string  `json:"list_price,omitempty"`
	Amount      int64   `json:"amount,omitempty"`
	SoldOut     bool    `json:"sold_out,omitempty"`
	Gone        bool    `json:"gone,omitempty"` // the catalog does not show it any more
	Quantity    int     `json:"quantity,omitempty"`
	Price       float64 `json:"price,omitempty"`
	Currency    string  `json:"currency,omitempty"`
	Section     string  `json:"section,omitempty"`
}

// Payment is what order details or an order status show.
type Payment struct {
	Reference string `json:"reference"`
	Total     int64  `json:"total"` // minor units
	Currency  string `json:"currency"`
	Status    string `json:"status"`
	PixCode   string `json:"pix_code,omitempty"`
	Boleto    string `json:"boleto,omitempty"`
	Link      string `json:"link,omitempty"`

	Description string        `json:"description,omitempty"` // of a status
	Lines       []PaymentLine `json:"lines,omitempty"`
	Subtotal    int64         `json:"subtotal,omitempty"`
	Discount    int64         `json:"discount,omitempty"`
	Shipping    int64         `json:"shipping,omitempty"`
	Tax         int64         `json:"tax,omitempty"`
}

// PaymentLine is a line of order details; Price is a piece's, in minor units.
type PaymentLine struct {
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
	Price    int64  `json:"price"`
}

// Reaction is an emoji on a bubble.
type Reaction struct {
	Dir   string `json:"dir"`
	Emoji string `json:"emoji"`
}

// Failure is why a message failed.
type Failure struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Wire is the protocol behind a bubble.
type Wire struct {
	Bubble string `json:"bubble"`
	Steps  []Step `json:"steps"`
}
