package whatsapp

import (
	"github.com/go-json-experiment/json/jsontext"
)

// request is the body of POST /{phone number}/messages (Cloud API, messages
// reference). Either To or Recipient names the customer.
type request struct {
	Product       string `json:"messaging_product"`
	RecipientType string `json:"recipient_type"`
	To            string `json:"to,omitempty"`
	// Recipient is a business-scoped user id, for customers without a number.
	Recipient string   `json:"recipient,omitempty"`
	Type      string   `json:"type"`
	Context   *replyTo `json:"context,omitzero"`
	// Callback comes back in every status of the message, at most 512
	// characters.
	Callback string `json:"biz_opaque_callback_data,omitempty"`

	Text        *textBody        `json:"text,omitzero"`
	Image       *mediaBody       `json:"image,omitzero"`
	Video       *mediaBody       `json:"video,omitzero"`
	Audio       *mediaBody       `json:"audio,omitzero"`
	Document    *mediaBody       `json:"document,omitzero"`
	Sticker     *mediaBody       `json:"sticker,omitzero"`
	Location    *placeBody       `json:"location,omitzero"`
	Contacts    []cardBody       `json:"contacts,omitempty"`
	Reaction    *reactionBody    `json:"reaction,omitzero"`
	Interactive *interactiveBody `json:"interactive,omitzero"`
	Template    *templateBody    `json:"template,omitzero"`
}

type replyTo struct {
	MessageID string `json:"message_id"`
}

type textBody struct {
	Body    string `json:"body"`
	Preview bool   `json:"preview_url,omitzero"`
}

// mediaBody gets its ID when the file has been uploaded.
type mediaBody struct {
	ID       string `json:"id,omitempty"`
	Link     string `json:"link,omitempty"`
	Caption  string `json:"caption,omitempty"`
	Filename string `json:"filename,omitempty"`
	Voice    bool   `json:"voice,omitzero"`
}

type placeBody struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

type cardBody struct {
	Name   cardName    `json:"name"`
	Phones []cardPhone `json:"phones,omitempty"`
	Emails []cardEmail `json:"emails,omitempty"`
}

// cardName needs the formatted name and at least one other part.
type cardName struct {
	Formatted string `json:"formatted_name"`
	First     string `json:"first_name"`
}

type cardPhone struct {
	Phone string `json:"phone"`
}

type cardEmail struct {
	Email string `json:"email"`
}

type reactionBody struct {
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji"` // empty removes
}

type interactiveBody struct {
	Type   string      `json:"type"`
	Header *headerBody `json:"header,omitzero"`
	Body   *wording    `json:"body,omitzero"` // a product may go without
	Footer *wording    `json:"footer,omitzero"`
	Action actionBody  `json:"action"`
}

// headerBody stands above a message, and is the parameter of a template's
// header too.
type headerBody struct {
	Type     string     `json:"type"`
	Text     string     `json:"text,omitempty"`
	Image    *mediaBody `json:"image,omitzero"`
	Video    *mediaBody `json:"video,omitzero"`
	Document *mediaBody `json:"document,omitzero"`
}

type templateHeader struct {
	Type       string        `json:"type"`
	Parameters []*headerBody `json:"parameters"`
}

type wording struct {
	Text string `json:"text"`
}

// words is a text that may be absent.
func words(text string) *wording {
	if text == "" {
		return nil
	}
	return &wording{text}
}

type actionBody struct {
	Name       string    `json:"name,omitempty"`
	Button     string    `json:"button,omitempty"`
	Buttons    []button  `json:"buttons,omitempty"`
	CatalogID  string    `json:"catalog_id,omitempty"`
	RetailerID string    `json:"product_retailer_id,omitempty"`
	Sections   []section `json:"sections,omitempty"`
	Cards      []card    `json:"cards,omitempty"`
	Parameters any       `json:"parameters,omitzero"`
}

// button is a reply button; under a card of a carousel Meta calls the same
// thing a quick reply.
type button struct {
	Type       string `json:"type"`
	Reply      row    `json:"reply,omitzero"`
	QuickReply row    `json:"quick_reply,omitzero"`
}

type section struct {
	Title    string        `json:"title,omitempty"`
	Rows     []row         `json:"rows,omitempty"`
	Products []productItem `json:"product_items,omitempty"`
}

type productItem struct {
	RetailerID string `json:"product_retailer_id"`
}

type row struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

// card is one of a carousel: of goods of the catalog, or of pictures.
type card struct {
	Index  int         `json:"card_index"`
	Type   string      `json:"type,omitempty"`
	Header *headerBody `json:"header,omitzero"`
	Body   *wording    `json:"body,omitzero"`
	Action actionBody  `json:"action"`
}

type linkParameters struct {
	Label string `json:"display_text"`
	URL   string `json:"url"`
}

// formParameters open a WhatsApp Flow, by its id or its name.
type formParameters struct {
	Version string       `json:"flow_message_version"`
	ID      string       `json:"flow_id,omitempty"`
	Name    string       `json:"flow_name,omitempty"`
	Label   string       `json:"flow_cta"`
	Token   string       `json:"flow_token,omitempty"`
	Mode    string       `json:"mode,omitempty"`
	Action  string       `json:"flow_action,omitempty"`
	Payload *formPayload `json:"flow_action_payload,omitzero"`
}

type formPayload struct {
	Screen string         `json:"screen"`
	Data   jsontext.Value `json:"data,omitempty"`
}

type catalogParameters struct {
	Thumbnail string `json:"thumbnail_product_retailer_id,omitempty"`
}

// payParameters ask for a payment (Payments API Brazil, order_details).
type payParameters struct {
	Reference string       `json:"reference_id"`
	Type      string       `json:"type"`
	Payment   string       `json:"payment_type"`
	Settings  []paySetting `json:"payment_settings"`
	Currency  string       `json:"currency"`
	Total     sum          `json:"total_amount"`
	Order     payOrder     `json:"order"`
}

type paySetting struct {
	Type   string   `json:"type"`
	Pix    *payPix  `json:"pix_dynamic_code,omitzero"`
	Link   *payLink `json:"payment_link,omitzero"`
	Boleto *payLine `json:"boleto,omitzero"`
}

type payPix struct {
	Code     string `json:"code"`
	Merchant string `json:"merchant_name"`
	Key      string `json:"key"`
	KeyType  string `json:"key_type"`
}

type payLink struct {
	URI string `json:"uri"`
}

type payLine struct {
	Line string `json:"digitable_line"`
}

// sum is an amount of money as Meta writes it: Value counts minor units, of
// which Offset make one of the currency.
type sum struct {
	Value  int64 `json:"value"`
	Offset int64 `json:"offset"`
}

type payOrder struct {
	Status   string    `json:"status"`
	Items    []payItem `json:"items"`
	Subtotal sum       `json:"subtotal"`
	Tax      sum       `json:"tax"`
	Shipping *sum      `json:"shipping,omitzero"`
	Discount *sum      `json:"discount,omitzero"`
}

type payItem struct {
	RetailerID string `json:"retailer_id"`
	Name       string `json:"name"`
	Amount     sum    `json:"amount"`
	Quantity   int64  `json:"quantity"`
	Sale       *sum   `json:"sale_amount,omitzero"`
}

// statusParameters tell how far an order is (order_status).
type statusParameters struct {
	Reference string      `json:"reference_id"`
	Order     statusOrder `json:"order"`
}

type statusOrder struct {
	Status      string `json:"status"`
	Description string `json:"description,omitempty"`
}

type templateBody struct {
	Name       string         `json:"name"`
	Language   language       `json:"language"`
	Components jsontext.Value `json:"components,omitempty"`
}

type language struct {
	Policy string `json:"policy"`
	Code   string `json:"code"`
}
