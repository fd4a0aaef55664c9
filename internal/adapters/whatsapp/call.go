package whatsapp

import (
	"encoding/json"
	"strconv"
	"strings"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// parseCall reads an element of calls (Cloud API Calling, webhooks connect and
// terminate). Each state is a message of its own, since the platform gives no
// order: Call.ID says which belong together.
func parseCall(p *piece) (channel.Inbound, error) {
	var call struct {
		person
		ID        string    `json:"id"`
		Event     string    `json:"event"`
		Direction string    `json:"direction"`
		Timestamp meta.Text `json:"timestamp"`
		Duration  meta.Text `json:"duration"`
	}
	if err := meta.Read(p.Call, &call); err != nil {
		return channel.Inbound{}, fault.New(fault.Invalid, "the call cannot be read: %s", shape(err))
	}
	if call.ID == "" {
		return channel.Inbound{}, fault.New(fault.Invalid, "the call has no id")
	}
	at, err := timestamp(string(call.Timestamp))
	if err != nil {
		return channel.Inbound{}, err
	}
	seconds, _ := strconv.ParseInt(string(call.Duration), 10, 64) // absent of one that nobody took
	seconds = max(seconds, 0)
	ours := call.Direction == "BUSINESS_INITIATED"
	state := "ended"
	switch {
	case call.Event == "connect" && !ours:
		state = "ringing"
	case call.Event == "connect":
		state = "answered"
	case seconds == 0 && !ours:
		state = "missed"
	}
	key := call.ID + ":" + state
	in := reading{channel.Inbound{
		Kind: channel.InMessage, Key: key, ExternalID: key, AtMS: at,
		Content: message.Content{Kind: message.PhoneCall, Call: &message.Call{State: state, ID: call.ID, Seconds: seconds}},
	}}
	wa, user, parent := call.From, call.FromUser, call.FromParent
	if ours || wa != "" && digits(string(wa)) == ownDigits(p.Metadata) {
		wa, user, parent = call.To, call.ToUser, ""
	}
	if err := in.name(p.Contact, wa, user, parent); err != nil {
		return channel.Inbound{}, err
	}
	return in.Inbound, nil
}

// permission reads the answer to the question whether we may call.
func permission(response string, expires meta.Text) message.Content {
	call := &message.Call{State: "forbidden"}
	if response == "accept" {
		call.State = "permitted"
		// A permission without an end, or with one that cannot be read, has none
		// that we could promise.
		call.UntilMS, _ = timestamp(string(expires))
	}
	return message.Content{Kind: message.PhoneCall, Call: call}
}

// parseWish reads what a customer wishes of marketing messages (webhooks
// user_preferences; values stop and resume).
func parseWish(p *piece) (channel.Inbound, error) {
	var wish struct {
		WaID      meta.Text `json:"wa_id"`
		User      meta.Text `json:"user_id"`
		Parent    meta.Text `json:"parent_user_id"`
		Detail    string    `json:"detail"`
		Category  string    `json:"category"`
		Value     string    `json:"value"`
		Timestamp meta.Text `json:"timestamp"`
	}
	if err := meta.Read(p.Wish, &wish); err != nil {
		return channel.Inbound{}, fault.New(fault.Invalid, "the preference cannot be read: %s", shape(err))
	}
	at, err := timestamp(string(wish.Timestamp))
	if err != nil {
		return channel.Inbound{}, err
	}
	topic := strings.TrimSuffix(strings.ToLower(wish.Category), "_messages")
	if topic == "" {
		topic = "marketing"
	}
	consent := &message.Consent{Topic: topic, Text: wish.Detail}
	switch strings.ToLower(wish.Value) {
	case "stop", "opt_out":
	case "resume", "start", "signup", "opt_in":
		consent.Granted = true
	default:
		return channel.Inbound{}, fault.New(fault.Invalid, "the preference %.40q is not known", wish.Value)
	}
	in := reading{channel.Inbound{
		Kind: channel.InMessage, AtMS: at,
		Content: message.Content{Kind: message.Permission, Text: wish.Detail, Consent: consent, Raw: json.RawMessage(p.Wish)},
	}}
	if err := in.name(p.Contact, wish.WaID, wish.User, wish.Parent); err != nil {
		return channel.Inbound{}, err
	}
	in.Key = strings.Join([]string{"consent", in.From[0].Value, topic, strings.ToLower(wish.Value), strconv.FormatInt(at, 10)}, ":")
	in.ExternalID = in.Key
	return in.Inbound, nil
}
