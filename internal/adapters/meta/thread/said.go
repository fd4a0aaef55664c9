package thread

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// said is a message, of a customer or an echo of ours.
type said struct {
	MID         string         `json:"mid"`
	Text        string         `json:"text"`
	Attachments jsontext.Value `json:"attachments"`
	QuickReply  *struct {
		Payload string `json:"payload"`
	} `json:"quick_reply"`
	ReplyTo     jsontext.Value `json:"reply_to"`
	Referral    jsontext.Value `json:"referral"`
	Echo        bool           `json:"is_echo"`
	Deleted     bool           `json:"is_deleted"`
	Unsupported bool           `json:"is_unsupported"`
	App         meta.Text      `json:"app_id"`
	Metadata    string         `json:"metadata"`
}

func (r *reading) message(raw jsontext.Value) error {
	var m said
	if err := meta.Read(raw, &m); err != nil {
		return fault.New(fault.Invalid, "the message cannot be read: %s", shape(err))
	}
	if m.MID == "" {
		return fault.New(fault.Invalid, "the message has no id")
	}
	r.Kind, r.ExternalID = r.kind(channel.InMessage), m.MID
	if m.Deleted {
		r.Kind, r.Target, r.Key = r.kind(channel.InRevoke), m.MID, m.MID+":revoke"
		return nil
	}
	if r.piece.Nth > 1 {
		r.ExternalID += numberMark + strconv.Itoa(r.piece.Nth)
	}
	r.Key = r.ExternalID
	r.sentByUs(&m)
	if err := r.content(&m, raw); err != nil {
		return err
	}
	r.answers(m.ReplyTo)
	r.refer(m.Referral)
	return nil
}

// numberMark stands between a mid and the number of an attachment.
const numberMark = "#"

// midOf is the message that an external id of ours belongs to.
func midOf(externalID string) string {
	mid, _, _ := strings.Cut(externalID, numberMark)
	return mid
}

// sentByUs reads what an echo tells of a send of ours: its metadata is our
// delivery, which settles a send whose answer was lost.
func (r *reading) sentByUs(m *said) {
	if !r.people.ours || !strings.HasPrefix(m.Metadata, string(id.Delivery)+"_") {
		return
	}
	r.Status = &channel.StatusReport{ExternalID: m.MID, Ours: m.Metadata, Status: message.Sent}
}

func (r *reading) content(m *said, raw jsontext.Value) error {
	attachments, ok := meta.Elements(m.Attachments)
	if !ok {
		return fault.New(fault.Invalid, "the attachments are not a list")
	}
	attachments = withoutTwins(attachments)
	switch {
	case m.Unsupported:
		r.Content = unsupported(raw)
		r.Content.Text = m.Text
	case m.QuickReply != nil && m.QuickReply.Payload != "" && m.QuickReply.Payload != m.Text:
		r.Content = picked(m.QuickReply.Payload, m.Text)
	case len(attachments) > 1 && r.people.ours:
		return r.album(attachments, m.Text)
	case len(attachments) > 0:
		return r.attached(attachments[0], m.Text)
	case m.Text != "":
		// Also the phone number or address that a request brought: there the
		// payload of the tap is what was said.
		r.Content = message.Content{Kind: message.Text, Text: m.Text}
	default:
		r.Content = unsupported(raw)
	}
	return nil
}

// answers reads what the message replies to: one of the thread, or a story of
// ours. What cannot be read of it costs itself, not the message.
func (r *reading) answers(raw jsontext.Value) {
	var to struct {
		MID   string `json:"mid"`
		Story *struct {
			ID  meta.Text `json:"id"`
			URL string    `json:"url"`
		} `json:"story"`
	}
	if raw.Kind() != '{' || meta.Read(raw, &to) != nil {
		return
	}
	r.QuotedID = to.MID
	if to.Story != nil {
		r.Content.Story = &message.Shared{Kind: "story", ID: string(to.Story.ID), URL: to.Story.URL}
	}
}

// refer reads where the customer came from, in the same manner.
func (r *reading) refer(raw jsontext.Value) {
	var from struct {
		Ref     string    `json:"ref"`
		Source  string    `json:"source"`
		AdID    meta.Text `json:"ad_id"`
		Referer string    `json:"referer_uri"`
		Product *struct {
			ID meta.Text `json:"id"`
		} `json:"product"`
		Ad struct {
			Title string    `json:"ad_title"`
			Photo string    `json:"photo_url"`
			Video string    `json:"video_url"`
			Post  meta.Text `json:"post_id"`
		} `json:"ads_context_data"`
	}
	if raw.Kind() != '{' || meta.Read(raw, &from) != nil {
		return
	}
	referral := &message.Referral{
		SourceType: "link", SourceURL: from.Referer, Ref: from.Ref,
		Headline: from.Ad.Title, ImageURL: from.Ad.Photo, VideoURL: from.Ad.Video,
	}
	switch {
	case from.AdID != "" || strings.EqualFold(from.Source, "ADS"):
		referral.SourceType, referral.SourceID = "ad", string(from.AdID)
	case from.Product != nil && from.Product.ID != "":
		referral.SourceType, referral.SourceID = "product", string(from.Product.ID)
	case from.Ad.Post != "":
		referral.SourceType, referral.SourceID = "post", string(from.Ad.Post)
	}
	if from.Product != nil && from.Product.ID != "" {
		r.Content.About = &message.ProductRef{RetailerID: string(from.Product.ID)}
	}
	r.Referral = referral
}

// optin is a customer's word that we may write: of the checkbox or button
// plugins (ref), or of a topic (notification messages).
type optin struct {
	Type   string `json:"type"`
	Ref    string `json:"ref"`
	Token  string `json:"notification_messages_token"`
	Status string `json:"notification_messages_status"`
	Title  string `json:"title"`
}

func (r *reading) optin(o *optin) error {
	r.Kind, r.Key = channel.InMessage, r.key("optin")
	if o.Token == "" && !strings.HasPrefix(o.Type, "notification_messages") && !strings.HasPrefix(o.Type, "one_time_notif") {
		r.Content = message.Content{Kind: message.Welcome}
		r.Referral = &message.Referral{SourceType: "link", Ref: o.Ref}
		return nil
	}
	r.Content = message.Content{Kind: message.Permission, Consent: &message.Consent{
		Topic: "marketing", Granted: !strings.HasPrefix(strings.ToUpper(o.Status), "STOP"), Token: o.Token, Text: o.Title,
	}}
	return nil
}

// raw is the vendor's own bytes for where the canonical form cannot hold all.
func rawOf(value jsontext.Value) json.RawMessage { return json.RawMessage(value) }
