package sendgrid

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/modules/mail"
)

// Headers of a signed call. Source: "Event Webhook Security Features".
const (
	signatureHeader = "X-Twilio-Email-Event-Webhook-Signature"
	timestampHeader = "X-Twilio-Email-Event-Webhook-Timestamp"
)

// Verify implements mail.Listener.
func (s *Sender) Verify(header http.Header, body []byte) ([]mail.Event, error) {
	if s.eventKey == nil {
		return nil, fault.New(fault.Unauthorized, "the key that verifies events is not configured")
	}
	if !signed(s.eventKey, header.Get(timestampHeader), header.Get(signatureHeader), body) {
		return nil, fault.New(fault.Unauthorized, "the signature does not fit")
	}
	return parse(body)
}

// signed checks base64(ASN.1 ECDSA) over SHA-256 of the timestamp and the raw
// body.
func signed(key *ecdsa.PublicKey, timestamp, signature string, body []byte) bool {
	raw, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || timestamp == "" || len(raw) == 0 {
		return false
	}
	sum := sha256.New()
	sum.Write([]byte(timestamp))
	sum.Write(body)
	return ecdsa.VerifyASN1(key, sum.Sum(nil), raw)
}

// told is an event of the webhook. Source: "Event Webhook Reference"; custom
// arguments stand beside its fields.
type told struct {
	Event    string `json:"event"`
	ID       string `json:"sg_event_id"`
	Message  string `json:"sg_message_id"`
	LetterID string `json:"letter_id"`
	Reason   string `json:"reason"`
	Response string `json:"response"`
	Type     string `json:"type"` // of a bounce: bounce or blocked
	Status   string `json:"status"`
}

// parse reads the events of a call; those that say nothing of a letter of ours
// are left out. Error: fault.Invalid.
func parse(body []byte) ([]mail.Event, error) {
	var raws []json.RawMessage
	if err := json.Unmarshal(body, &raws); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the events can't be read")
	}
	var list []mail.Event
	for _, raw := range raws {
		var one told
		if err := json.Unmarshal(raw, &one); err != nil || one.ID == "" || one.LetterID == "" {
			continue // of another shape, or not ours: its neighbours count
		}
		if e, ok := one.event(); ok {
			list = append(list, e)
		}
	}
	return list, nil
}

// event gives what happened in mail's words; not ok for what changes nothing,
// such as an opening.
func (t told) event() (mail.Event, bool) {
	e := mail.Event{ID: t.ID, LetterID: t.LetterID, Note: t.Reason, External: t.Message}
	switch t.Event {
	case "processed":
		e.Kind = mail.WasAccepted
	case "deferred":
		e.Kind, e.Note = mail.WasDeferred, t.Response
	case "delivered":
		e.Kind, e.Note = mail.WasDelivered, ""
	case "bounce":
		e.Kind, e.Reason = mail.WasBounced, mail.ReasonBounced
		e.Note = strings.TrimSpace(t.Status + " " + t.Reason)
		// A block is of the moment, and the vendor keeps trying later mails.
		if e.Suppress = "bounced"; t.Type == "blocked" {
			e.Suppress, e.Reason = "", mail.ReasonBlocked
		}
	case "dropped":
		e.Kind, e.Reason, e.Suppress = mail.WasDropped, mail.ReasonDropped, dropped(t.Reason)
	case "spamreport":
		e.Kind, e.Suppress = mail.WasUnwanted, "spam"
	case "unsubscribe", "group_unsubscribe":
		e.Kind, e.Suppress = mail.WasUnwanted, "unsubscribed"
	default:
		return mail.Event{}, false
	}
	return e, true
}

// dropped says for which of the vendor's reasons an address takes no mail.
func dropped(reason string) string {
	switch {
	case strings.HasPrefix(reason, "Bounced Address"):
		return "bounced"
	case strings.HasPrefix(reason, "Spam Reporting Address"):
		return "spam"
	case strings.HasPrefix(reason, "Unsubscribed Address"):
		return "unsubscribed"
	case strings.HasPrefix(reason, "Invalid"):
		return "invalid"
	default:
		return ""
	}
}
