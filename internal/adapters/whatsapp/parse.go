package whatsapp

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/wire"
)

// Parse implements channel.Adapter.
func (a *Adapter) Parse(raw []byte) (channel.Inbound, error) {
	clean, err := wire.Clean(raw)
	if err != nil {
		return channel.Inbound{}, err
	}
	var p piece
	if meta.Read(clean, &p) != nil {
		return channel.Inbound{}, fault.New(fault.Invalid, "the piece is not a JSON object")
	}
	switch {
	case len(p.Message) > 0:
		return parseMessage(&p)
	case len(p.Status) > 0:
		return parseStatus(&p)
	case len(p.Echo) > 0:
		return parseEcho(&p)
	case len(p.Past) > 0:
		return parsePast(&p)
	case len(p.Call) > 0:
		return parseCall(&p)
	case len(p.Wish) > 0:
		return parseWish(&p)
	case len(p.Person) > 0:
		return parsePerson(&p)
	case len(p.Action) > 0:
		// A tap on a link in a marketing message: nothing was said.
		return channel.Inbound{Kind: channel.InIgnored}, nil
	case len(p.Value) > 0:
		return parseAccount(&p), nil
	default:
		return channel.Inbound{}, fault.New(fault.Invalid, "the piece holds no event")
	}
}

// envelope is what all messages and echoes have in common (Cloud API, webhooks
// reference: messages).
type envelope struct {
	person
	ID        string         `json:"id"`
	Timestamp meta.Text      `json:"timestamp"`
	Type      string         `json:"type"`
	GroupID   string         `json:"group_id"`
	Context   *quoting       `json:"context"`
	Referral  jsontext.Value `json:"referral"`
	Errors    jsontext.Value `json:"errors"`
	// Origin is "contact_request" when a contact answers our request for it.
	Origin string `json:"origin"`

	Reaction *struct {
		MessageID string `json:"message_id"`
		Emoji     string `json:"emoji"`
	} `json:"reaction"`
	Edit *struct {
		Original string         `json:"original_message_id"`
		Message  jsontext.Value `json:"message"`
	} `json:"edit"`
	Revoke *struct {
		Original string `json:"original_message_id"`
	} `json:"revoke"`
	System *struct {
		Body    string    `json:"body"`
		Type    string    `json:"type"`
		WaID    meta.Text `json:"wa_id"`
		NewWaID meta.Text `json:"new_wa_id"` // older form of wa_id
		UserID  meta.Text `json:"user_id"`
	} `json:"system"`
}

type quoting struct {
	ID        string `json:"id"`
	Forwarded bool   `json:"forwarded"`
	Often     bool   `json:"frequently_forwarded"`
	// Product is what the customer asks about, when the message was written
	// below one.
	Product jsontext.Value `json:"referred_product"`
}

// about reads the product; one that cannot be read costs itself, not the
// message.
func (q *quoting) about() *message.ProductRef {
	var product struct {
		CatalogID  meta.Text `json:"catalog_id"`
		RetailerID meta.Text `json:"product_retailer_id"`
	}
	if q == nil || len(q.Product) == 0 || meta.Read(q.Product, &product) != nil || product.RetailerID == "" {
		return nil
	}
	return &message.ProductRef{CatalogID: string(product.CatalogID), RetailerID: string(product.RetailerID)}
}

// forwarded says how often the words were passed on.
func (q *quoting) forwarded() string {
	switch {
	case q == nil:
		return ""
	case q.Often:
		return "often"
	case q.Forwarded:
		return "once"
	default:
		return ""
	}
}

// referral is the advert or post that a customer came from. ThumbURL stands in
// for the picture of a film.
type referral struct {
	SourceURL  string    `json:"source_url"`
	SourceID   meta.Text `json:"source_id"`
	SourceType string    `json:"source_type"`
	Headline   string    `json:"headline"`
	Body       string    `json:"body"`
	ImageURL   string    `json:"image_url"`
	VideoURL   string    `json:"video_url"`
	ThumbURL   string    `json:"thumbnail_url"`
	ClickID    string    `json:"ctwa_clid"`
}

// referralOf reads a referral; one that cannot be read costs itself, not the
// message.
func referralOf(raw jsontext.Value) *message.Referral {
	var r referral
	if raw.Kind() != '{' || meta.Read(raw, &r) != nil {
		return nil
	}
	found := &message.Referral{
		SourceType: r.SourceType, SourceID: string(r.SourceID), SourceURL: r.SourceURL, Headline: r.Headline, Body: r.Body,
		ImageURL: r.ImageURL, VideoURL: r.VideoURL, ClickID: r.ClickID,
	}
	if found.ImageURL == "" {
		found.ImageURL = r.ThumbURL
	}
	return found
}

func parseMessage(p *piece) (channel.Inbound, error) {
	head, in, err := parseHead(p.Message)
	if err != nil {
		return channel.Inbound{}, err
	}
	if head.GroupID != "" {
		return channel.Inbound{Kind: channel.InIgnored, AtMS: in.AtMS}, nil
	}
	in.Kind = channel.InMessage
	if err := in.name(p.Contact, head.From, head.FromUser, head.FromParent); err != nil {
		return channel.Inbound{}, err
	}
	in.Referral = referralOf(head.Referral)
	if err := in.say(&head, p.Message, p.Errors); err != nil {
		return channel.Inbound{}, err
	}
	if head.Origin == "contact_request" {
		in.ownNumber(p.Message)
	}
	in.Content.About = head.Context.about()
	return in.Inbound, nil
}

// parseEcho reads what the company wrote in WhatsApp's own app (coexistence):
// the customer is the addressee.
func parseEcho(p *piece) (channel.Inbound, error) {
	head, in, err := parseHead(p.Echo)
	if err != nil {
		return channel.Inbound{}, err
	}
	if err := in.name(p.Contact, head.To, head.ToUser, ""); err != nil {
		return channel.Inbound{}, err
	}
	if err := in.say(&head, p.Echo, p.Errors); err != nil {
		return channel.Inbound{}, err
	}
	in.Inbound.Kind = channel.InEcho // also its edits and deletions: Target says so
	return in.Inbound, nil
}

// reading is an Inbound under construction.
type reading struct{ channel.Inbound }

func parseHead(raw jsontext.Value) (envelope, reading, error) {
	var head envelope
	if err := meta.Read(raw, &head); err != nil {
		return head, reading{}, fault.New(fault.Invalid, "the message cannot be read: %s", shape(err))
	}
	if head.ID == "" || head.Type == "" {
		return head, reading{}, fault.New(fault.Invalid, "the message has no id or no type")
	}
	at, err := timestamp(string(head.Timestamp))
	if err != nil {
		return head, reading{}, err
	}
	in := reading{channel.Inbound{Key: head.ID, ExternalID: head.ID, AtMS: at}}
	if head.Context != nil {
		in.QuotedID, in.Content.Forwarded = head.Context.ID, head.Context.forwarded()
	}
	return head, in, nil
}

// name sets who the customer is: the phone's id first, since it is what we send
// to, then the ids of the person.
func (in *reading) name(rawContact jsontext.Value, wa, user, parent meta.Text) error {
	var known struct {
		WaID    meta.Text `json:"wa_id"`
		User    meta.Text `json:"user_id"`
		Parent  meta.Text `json:"parent_user_id"`
		Profile struct {
			Name     string `json:"name"`
			Username string `json:"username"`
		} `json:"profile"`
	}
	if len(rawContact) > 0 {
		// A broken profile costs the name, not the message; what was read stays.
		_ = meta.Read(rawContact, &known)
	}
	in.Name, in.Username = known.Profile.Name, known.Profile.Username
	in.address(message.WaID, wa)
	in.address(message.WaID, known.WaID)
	in.address(message.BSUID, user)
	in.address(message.BSUID, known.User)
	in.address(message.ParentBSUID, parent)
	in.address(message.ParentBSUID, known.Parent)
	if len(in.From) == 0 {
		return fault.New(fault.Invalid, "the message names no customer")
	}
	return nil
}

func (in *reading) address(kind message.AddressKind, value meta.Text) {
	if value == "" {
		return
	}
	address := message.Address{Kind: kind, Value: string(value)}
	for _, known := range in.From {
		if known == address {
			return
		}
	}
	in.From = append(in.From, address)
}

// say reads the content by its type. raw is the element, errors what stood
// beside it.
func (in *reading) say(head *envelope, raw, errors jsontext.Value) error {
	forwarded := in.Content.Forwarded
	switch head.Type {
	case "reaction":
		if head.Reaction == nil || head.Reaction.MessageID == "" {
			return fault.New(fault.Invalid, "the reaction names no message")
		}
		in.Kind, in.Target = channel.InReaction, head.Reaction.MessageID
		in.Content = message.Content{Kind: message.Emoji, Text: head.Reaction.Emoji, Target: in.Target}
		return nil
	case "edit":
		return in.edit(head)
	case "revoke":
		if head.Revoke == nil || head.Revoke.Original == "" {
			return fault.New(fault.Invalid, "the deletion names no message")
		}
		in.Kind, in.Target, in.Key = channel.InRevoke, head.Revoke.Original, head.ID+":revoke"
		return nil
	case "system":
		in.system(head, raw)
		return nil
	default:
		content, err := parseContent(head.Type, raw)
		in.Content = content
		in.Content.Forwarded = forwarded
		if content.Kind == message.Unsupported && len(errors) > 0 {
			// Why it came empty stands beside the message.
			in.Content.Raw = join(raw, errors)
		}
		return err
	}
}

func (in *reading) edit(head *envelope) error {
	if head.Edit == nil || head.Edit.Original == "" {
		return fault.New(fault.Invalid, "the edit names no message")
	}
	in.Kind, in.Target, in.Key = channel.InEdit, head.Edit.Original, head.ID+":edit"
	var inner struct {
		Type string `json:"type"`
	}
	if meta.Read(head.Edit.Message, &inner) != nil || inner.Type == "" {
		return fault.New(fault.Invalid, "the edit has no message")
	}
	content, err := parseContent(inner.Type, head.Edit.Message)
	in.Content = content
	return err
}

// system reads what WhatsApp says of the customer's account. A new number or id
// is a further address of the same customer; which one gave way stands in
// Change.
func (in *reading) system(head *envelope, raw jsontext.Value) {
	in.Content = message.Content{Kind: message.System, Raw: json.RawMessage(raw)}
	if head.System == nil {
		return
	}
	in.Content.Text = head.System.Body
	number := head.System.WaID
	if number == "" {
		number = head.System.NewWaID
	}
	switch {
	case head.System.Type == "user_changed_user_id" && head.System.UserID != "":
		in.change(message.BSUID, head.FromUser, head.System.UserID)
	case number != "" && head.System.Type != "customer_identity_changed":
		in.change(message.WaID, head.From, number)
	}
	in.address(message.WaID, number)
	in.address(message.BSUID, head.System.UserID)
}

func (in *reading) change(kind message.AddressKind, old, now meta.Text) {
	if old == "" || now == "" || old == now {
		return
	}
	in.Change = &channel.IdentityChange{
		Old: message.Address{Kind: kind, Value: string(old)}, New: message.Address{Kind: kind, Value: string(now)},
	}
}

// ownNumber takes the number that a customer shared at our request: WhatsApp
// offers no other but their own.
func (in *reading) ownNumber(raw jsontext.Value) {
	var shared struct {
		Contacts []struct {
			Phones []struct {
				WaID meta.Text `json:"wa_id"`
			} `json:"phones"`
		} `json:"contacts"`
	}
	if meta.Read(raw, &shared) != nil || len(shared.Contacts) != 1 || len(in.Content.Cards) != 1 {
		return
	}
	in.Content.Cards[0].Own = true
	for _, phone := range shared.Contacts[0].Phones {
		in.address(message.WaID, meta.Text(digits(string(phone.WaID))))
	}
}

// join keeps a message together with the errors that stood beside it.
func join(raw, errors jsontext.Value) json.RawMessage {
	out := append([]byte(`{"message":`), raw...)
	out = append(append(out, `,"errors":`...), errors...)
	return append(out, '}')
}

// timestamp reads unix seconds sent as text; milliseconds have been seen and
// are told apart by their size.
func timestamp(text string) (int64, error) {
	const (
		firstMS = 100_000_000_000       // as seconds: the year 5138
		lastMS  = firstMS * 1000 / 25   // the year 2096
		firstOK = 1_230_768_000 * 1_000 // 2009, before WhatsApp was
	)
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n <= 0 {
		return 0, fault.New(fault.Invalid, "the timestamp %.40q is not a time", text)
	}
	if n < firstMS {
		n *= 1000
	}
	if n < firstOK || n > lastMS {
		return 0, fault.New(fault.Invalid, "the timestamp %.40q is not a time of our days", text)
	}
	return n, nil
}

// shape describes a decoding error without the content that caused it.
func shape(err error) string {
	text := err.Error()
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "")
	}
	return text
}
