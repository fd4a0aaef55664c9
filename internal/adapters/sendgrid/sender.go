package sendgrid

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/httpclient"
)

// Name is stored with letters, and is the last part of the webhook's path.
const Name = "sendgrid"

// letterArg is the custom argument that carries our letter's id.
const letterArg = "letter_id"

// Sender is the account at SendGrid.
type Sender struct {
	cfg       Config
	http      *http.Client
	templates map[string]string
	eventKey  *ecdsa.PublicKey // nil when events can't be verified
}

var (
	_ mail.Sender   = (*Sender)(nil)
	_ mail.Listener = (*Sender)(nil)
	_ mail.Absolver = (*Sender)(nil)
)

// New makes the sender with an HTTP client made for Config.Bases. Error:
// fault.Invalid for a configuration that can't work.
func New(cfg Config, client *http.Client) (*Sender, error) {
	if cfg.Key.IsZero() {
		return nil, fault.OnField("PROSA_SENDGRID_KEY", "is needed to send by SendGrid")
	}
	templates, err := cfg.templates()
	if err != nil {
		return nil, err
	}
	key, err := cfg.eventKey()
	return &Sender{cfg: cfg, http: client, templates: templates, eventKey: key}, err
}

// Name implements mail.Sender.
func (s *Sender) Name() string { return Name }

// The request of "v3 Mail Send", as far as we use it.
type request struct {
	From             address           `json:"from"`
	ReplyTo          *address          `json:"reply_to,omitempty"`
	Subject          string            `json:"subject,omitempty"`
	TemplateID       string            `json:"template_id,omitempty"`
	Personalizations []personalization `json:"personalizations"`
	Content          []content         `json:"content,omitempty"`
	Categories       []string          `json:"categories,omitempty"`
	Tracking         tracking          `json:"tracking_settings"`
}

type address struct {
	Email string `json:"email"`
	Name  string `json:"name,omitempty"`
}

type personalization struct {
	To         []address         `json:"to"`
	Data       map[string]string `json:"dynamic_template_data,omitempty"`
	CustomArgs map[string]string `json:"custom_args"`
}

type content struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

type tracking struct {
	Click clicks   `json:"click_tracking"`
	Open  openings `json:"open_tracking"`
}

type clicks struct {
	Enable     bool `json:"enable"`
	EnableText bool `json:"enable_text"`
}

type openings struct {
	Enable bool `json:"enable"`
}

// build writes a mail as the API wants it: by the vendor's template where one is
// configured, else with our own texts.
func (s *Sender) build(m mail.Mail) request {
	r := request{
		From:             address{m.From.Email, m.From.Name},
		Personalizations: []personalization{{To: []address{{m.To.Email, m.To.Name}}, CustomArgs: map[string]string{letterArg: m.LetterID}}},
	}
	if m.ReplyTo != "" {
		r.ReplyTo = &address{Email: m.ReplyTo}
	}
	if s.cfg.Category != "" {
		r.Categories = []string{s.cfg.Category}
	}
	if id := s.templates[m.Template+"/"+m.Locale]; id != "" {
		r.TemplateID, r.Personalizations[0].Data = id, m.Data
		return r
	}
	r.Subject = m.Subject
	r.Content = []content{{"text/plain", m.Text}, {"text/html", m.HTML}} // in this order, says the reference
	return r
}

// Send implements mail.Sender.
func (s *Sender) Send(ctx context.Context, m mail.Mail) (string, error) {
	body, err := json.Marshal(s.build(m))
	if err != nil {
		return "", &mail.Trouble{Kind: mail.Refused, Message: err.Error()}
	}
	answer, err := s.call(ctx, http.MethodPost, "/v3/mail/send", body)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	// Read to the end, so that the connection can be kept; what is read matters
	// only when the vendor refuses.
	said, _ := io.ReadAll(answer.Body)
	switch answer.StatusCode {
	case http.StatusAccepted, http.StatusOK: // 200 is the vendor's own sandbox mode
		return answer.Header.Get("X-Message-Id"), nil
	}
	return "", classify(answer, said)
}

// call makes a request. Error: *mail.Trouble, Down when it surely did not reach
// the vendor and Ambiguous when it may have.
func (s *Sender) call(ctx context.Context, method, path string, body []byte) (*http.Response, error) {
	call, err := http.NewRequestWithContext(ctx, method, s.cfg.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		return nil, &mail.Trouble{Kind: mail.Refused, Message: "the request can't be made"}
	}
	call.Header.Set("Authorization", "Bearer "+s.cfg.Key.Reveal())
	call.Header.Set("Content-Type", "application/json")
	answer, err := s.http.Do(call)
	if err == nil {
		return answer, nil
	}
	kind := mail.Ambiguous
	if dial := new(net.OpError); errors.As(err, &dial) && dial.Op == "dial" || isLookup(err) {
		kind = mail.Down // no connection, so nothing was sent
	}
	return nil, &mail.Trouble{Kind: kind, Message: "SendGrid can't be reached: " + httpclient.Redact(err).Error()}
}

func isLookup(err error) bool {
	lookup := new(net.DNSError)
	return errors.As(err, &lookup)
}

// classify says what an answer means. Source: "v3 Mail Send", "Responses", and
// "Rate Limits" (X-RateLimit-Reset in seconds since the epoch).
func classify(answer *http.Response, said []byte) *mail.Trouble {
	trouble := &mail.Trouble{Message: "SendGrid answered " + strconv.Itoa(answer.StatusCode) + sentence(said)}
	switch status := answer.StatusCode; {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		trouble.Kind = mail.Locked
	case status == http.StatusTooManyRequests:
		trouble.Kind = mail.Throttled
		if reset, err := strconv.ParseInt(answer.Header.Get("X-RateLimit-Reset"), 10, 64); err == nil && reset > 0 && reset < 1<<40 {
			trouble.UntilMS = reset * 1000
		}
	case status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status >= 300 && status < 400:
		trouble.Kind = mail.Locked // the configured address is not the API's
	case status >= 500 || status == http.StatusRequestTimeout:
		trouble.Kind = mail.Down
	default:
		trouble.Kind = mail.Refused
	}
	return trouble
}

// sentence gives what the vendor says of why: {"errors":[{"message","field"}]}.
func sentence(said []byte) string {
	var p struct {
		Errors []struct {
			Message string `json:"message"`
			Field   string `json:"field"`
		} `json:"errors"`
	}
	// What is not of that form, such as a proxy's page, says nothing to a person.
	_ = json.Unmarshal(said, &p)
	var parts []string
	for _, one := range p.Errors {
		part := one.Message
		if one.Field != "" {
			part = one.Field + ": " + part
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, "; ")
}

// suppressions are the vendor's lists of addresses that take no mail. Source:
// "Suppressions", DELETE by address.
var suppressions = []string{"/v3/suppression/bounces/", "/v3/suppression/blocks/", "/v3/suppression/invalid_emails/", "/v3/suppression/spam_reports/", "/v3/asm/suppressions/global/"}

// Absolve implements mail.Absolver.
func (s *Sender) Absolve(ctx context.Context, to string) error {
	for _, list := range suppressions {
		answer, err := s.call(ctx, http.MethodDelete, list+url.PathEscape(to), nil)
		if err != nil {
			return err
		}
		said, _ := io.ReadAll(answer.Body) // only for its sentence
		_ = answer.Body.Close()
		if answer.StatusCode >= 300 && answer.StatusCode != http.StatusNotFound {
			return classify(answer, said)
		}
	}
	return nil
}
