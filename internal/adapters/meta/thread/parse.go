package thread

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

// Parse reads a piece, as channel.Adapter asks for it. Hosts tell which
// addresses of what was shared are files.
func (d Dialect) Parse(raw []byte, hosts Hosts) (channel.Inbound, error) {
	clean, err := wire.Clean(raw)
	if err != nil {
		return channel.Inbound{}, err
	}
	var p piece
	if meta.Read(clean, &p) != nil {
		return channel.Inbound{}, fault.New(fault.Invalid, "the piece is not a JSON object")
	}
	switch {
	case len(p.Item) > 0:
		r := reading{dialect: d, hosts: hosts, piece: &p}
		return r.item()
	case len(p.Value) > 0:
		return change(p.Field, p.Value), nil
	default:
		return channel.Inbound{}, fault.New(fault.Invalid, "the piece holds no event")
	}
}

// item is one event of a thread (Messenger Platform, webhook events reference;
// Instagram Messaging, webhooks). Parts that only add to an event are read
// later and by themselves.
type item struct {
	Timestamp meta.Text      `json:"timestamp"`
	Message   jsontext.Value `json:"message"`
	Edit      *struct {
		MID    string    `json:"mid"`
		Text   *string   `json:"text"`
		Number meta.Text `json:"num_edit"`
	} `json:"message_edit"`
	Reaction *struct {
		MID    string `json:"mid"`
		Action string `json:"action"`
		Name   string `json:"reaction"`
		Emoji  string `json:"emoji"`
	} `json:"reaction"`
	Postback *struct {
		MID      string         `json:"mid"`
		Title    string         `json:"title"`
		Payload  string         `json:"payload"`
		Referral jsontext.Value `json:"referral"`
	} `json:"postback"`
	Referral jsontext.Value `json:"referral"`
	Delivery *watermark     `json:"delivery"`
	Read     *watermark     `json:"read"`
	Optin    *optin         `json:"optin"`
	Pass     *handover      `json:"pass_thread_control"`
	Take     *handover      `json:"take_thread_control"`
	Ask      *handover      `json:"request_thread_control"`
	Roles    jsontext.Value `json:"app_roles"`
	Policy   jsontext.Value `json:"policy_enforcement"`
	// OldPolicy is how older pages of the reference spell it.
	OldPolicy jsontext.Value `json:"policy-enforcement"`
	Linking   jsontext.Value `json:"account_linking"`
	Game      jsontext.Value `json:"game_play"`
}

type watermark struct {
	MID       string    `json:"mid"` // Instagram
	Watermark meta.Text `json:"watermark"`
}

// reading is an Inbound under construction.
type reading struct {
	channel.Inbound
	dialect Dialect
	hosts   Hosts
	piece   *piece
	people  people
}

func (r *reading) item() (channel.Inbound, error) {
	var it item
	if err := meta.Read(r.piece.Item, &it); err != nil {
		return channel.Inbound{}, fault.New(fault.Invalid, "the event cannot be read: %s", shape(err))
	}
	who, ok := peopleOf(r.piece.Entry, r.piece.Item)
	if !ok {
		return channel.Inbound{}, fault.New(fault.Invalid, "the event does not name its people in a way we can read")
	}
	r.people = who
	if who.customer != "" && who.customer == who.business {
		return channel.Inbound{Kind: channel.InIgnored}, nil // a note to oneself
	}
	at, err := it.when()
	if err != nil {
		return channel.Inbound{}, err
	}
	r.AtMS = at
	r.Standby = r.piece.Field == listStandby
	if who.customer != "" {
		r.From = []message.Address{{Kind: r.dialect.Address, Value: who.customer}}
	} else if who.ref != "" {
		r.From = []message.Address{{Kind: message.UserRef, Value: who.ref}}
	}
	if len(r.From) == 0 {
		return r.account(&it)
	}
	if err := r.event(&it); err != nil {
		return channel.Inbound{}, err
	}
	return r.Inbound, nil
}

// event reads what happened. The order is that of what carries the most: a
// message may hold a referral, and is still a message.
func (r *reading) event(it *item) error {
	switch {
	case len(it.Message) > 0:
		return r.message(it.Message)
	case it.Edit != nil:
		return r.edit(it)
	case it.Reaction != nil:
		return r.reaction(it)
	case it.Postback != nil:
		return r.postback(it)
	case it.Delivery != nil:
		return r.report(message.Delivered, it.Delivery, r.piece.MID, r.piece.MID == "" || r.piece.Last)
	case it.Read != nil:
		return r.report(message.Read, it.Read, it.Read.MID, true)
	case it.Optin != nil:
		return r.optin(it.Optin)
	case it.Pass != nil, it.Take != nil, it.Ask != nil:
		r.control(it)
	case it.Referral.Kind() == '{':
		r.Kind, r.Key = channel.InMessage, r.key("referral")
		r.Content = message.Content{Kind: message.Welcome}
		r.refer(it.Referral)
	case len(it.Policy) > 0, len(it.OldPolicy) > 0, len(it.Roles) > 0:
		in, err := r.account(it)
		r.Inbound = in
		return err
	case len(it.Linking) > 0, len(it.Game) > 0:
		r.Kind = channel.InIgnored // of games and of accounts elsewhere, of which we have none
	case r.people.ours:
		r.Kind = channel.InIgnored // something new that we, or another app of ours, did
	default:
		r.Kind, r.Key = channel.InMessage, r.key("event")
		r.Content = unsupported(r.piece.Item)
	}
	return nil
}

// key names an event that has no id of its own: a customer does one thing of a
// sort in a millisecond.
func (r *reading) key(sort string) string {
	who := r.people.customer
	if who == "" {
		who = r.people.ref
	}
	return sort + ":" + who + ":" + strconv.FormatInt(r.AtMS, 10)
}

func (r *reading) edit(it *item) error {
	if it.Edit.MID == "" {
		return fault.New(fault.Invalid, "the edit names no message")
	}
	if it.Edit.Text == nil || it.Edit.Number == "0" {
		r.Kind = channel.InIgnored // Instagram tells so of messages that nobody changed
		return nil
	}
	r.Kind, r.Target, r.ExternalID = r.kind(channel.InEdit), it.Edit.MID, it.Edit.MID
	r.Key = it.Edit.MID + ":edit:" + string(it.Edit.Number)
	if it.Edit.Number == "" {
		r.Key = it.Edit.MID + ":edit:" + strconv.FormatInt(r.AtMS, 10)
	}
	r.Content = message.Content{Kind: message.Text, Text: *it.Edit.Text}
	return nil
}

func (r *reading) reaction(it *item) error {
	said := it.Reaction
	if said.MID == "" {
		return fault.New(fault.Invalid, "the reaction names no message")
	}
	emoji := ""
	if said.Action != "unreact" {
		emoji = said.Emoji
		if emoji == "" {
			emoji = moods[said.Name]
		}
		if emoji == "" {
			emoji = said.Name
		}
		if emoji == "" {
			return fault.New(fault.Invalid, "the reaction says nothing")
		}
	}
	r.Kind, r.Target = r.kind(channel.InReaction), said.MID
	r.Key = said.MID + ":" + r.key("reaction")
	r.Content = message.Content{Kind: message.Emoji, Text: emoji, Target: said.MID}
	return nil
}

// kind is what the customer did, or an echo when we did it in the platform's
// own app.
func (r *reading) kind(theirs channel.InboundKind) channel.InboundKind {
	if r.people.ours {
		return channel.InEcho
	}
	return theirs
}

func (r *reading) postback(it *item) error {
	tap := it.Postback
	r.Kind, r.Key, r.ExternalID = channel.InMessage, tap.MID, tap.MID
	if tap.MID == "" { // on standby, and before 2020
		r.Key = r.key("postback")
	}
	id := tap.Payload
	if id == "" {
		id = tap.Title // a standby postback hides its payload
	}
	if id == "" {
		return fault.New(fault.Invalid, "the postback has neither payload nor title")
	}
	r.Content = picked(id, tap.Title)
	r.refer(tap.Referral)
	return nil
}

func picked(id, title string) message.Content {
	return message.Content{Kind: message.Pick, Text: title, Pick: &message.Picked{ID: id, Title: title}}
}

// report is what became of our messages: of one, and with the watermark of all
// that were sent before it.
func (r *reading) report(status message.Status, mark *watermark, mid string, whole bool) error {
	if r.people.ours || mid == "" && mark.Watermark == "" {
		r.Kind = channel.InIgnored // what we read, or nothing at all
		return nil
	}
	r.Kind = channel.InStatus
	r.Status = &channel.StatusReport{ExternalID: mid, Status: status}
	if !whole {
		return nil
	}
	upTo, err := moment(string(mark.Watermark))
	if err != nil && mid == "" {
		return err // it names no message, and now no time either
	}
	r.Status.UpToMS = upTo
	return nil
}

// when is the platform's time of the event. Reports that lack it stand for the
// moment of their watermark.
func (it *item) when() (int64, error) {
	text := string(it.Timestamp)
	switch {
	case text != "":
	case it.Delivery != nil:
		text = string(it.Delivery.Watermark)
	case it.Read != nil:
		text = string(it.Read.Watermark)
	}
	return moment(text)
}

// moment reads unix milliseconds, sent as a number or a text; the dashboard's
// test events have seconds.
func moment(text string) (int64, error) {
	const (
		firstMS = 100_000_000_000       // as seconds: the year 5138
		lastMS  = firstMS * 1000 / 25   // the year 2096
		firstOK = 1_230_768_000 * 1_000 // 2009, before the platform was
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

func unsupported(raw jsontext.Value) message.Content {
	return message.Content{Kind: message.Unsupported, Raw: json.RawMessage(raw)}
}

// shape describes a decoding error without the content that caused it.
func shape(err error) string {
	text := err.Error()
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "")
	}
	return text
}
