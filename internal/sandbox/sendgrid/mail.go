package sendgrid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	netmail "net/mail"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/sandbox/stage"
)

// Mail is what was sent, as the control API shows it.
type Mail struct {
	ID         string            `json:"id"` // X-Message-Id
	AtMS       int64             `json:"at_ms"`
	From       Address           `json:"from"`
	To         Address           `json:"to"`
	Subject    string            `json:"subject"`
	TemplateID string            `json:"template_id,omitempty"`
	Data       map[string]any    `json:"dynamic_template_data,omitempty"`
	CustomArgs map[string]string `json:"custom_args,omitempty"`
	Text       string            `json:"text,omitempty"`
	HTML       string            `json:"html,omitempty"`
	Outcome    string            `json:"outcome"` // delivered, bounce, blocked, dropped
}

// Address is a mailbox.
type Address struct {
	Email string `json:"email"`
	Name  string `json:"name,omitempty"`
}

func (a Address) sound() bool {
	parsed, err := netmail.ParseAddress(a.Email)
	return err == nil && parsed.Address == a.Email
}

// sendRequest is the body of "v3 Mail Send"; fields that are not listed here are
// refused, so that a misspelt one is found out.
type sendRequest struct {
	From             *Address `json:"from"`
	ReplyTo          *Address `json:"reply_to"`
	Subject          string   `json:"subject"`
	TemplateID       string   `json:"template_id"`
	Personalizations []struct {
		To         []Address         `json:"to"`
		Subject    string            `json:"subject"`
		Data       map[string]any    `json:"dynamic_template_data"`
		CustomArgs map[string]string `json:"custom_args"`
	} `json:"personalizations"`
	Content []struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	} `json:"content"`
	Categories []string        `json:"categories"`
	Tracking   json.RawMessage `json:"tracking_settings"`
	Settings   json.RawMessage `json:"mail_settings"`
}

// Limits of a call. Source: "v3 Mail Send", "Limitations".
const (
	mostRecipients = 1000
	mostCategories = 10
	mostArgs       = 10_000 // bytes of custom_args
)

// check gives the field and the message of the first rule that the request
// breaks.
func (q sendRequest) check() (field, message string) {
	if q.From == nil || !q.From.sound() {
		return "from.email", "The from email does not contain a valid address."
	}
	if q.ReplyTo != nil && !q.ReplyTo.sound() {
		return "reply_to.email", "The reply_to email does not contain a valid address."
	}
	if n := len(q.Personalizations); n == 0 || n > mostRecipients {
		return "personalizations", "The personalizations field is required and must have at least one personalization."
	}
	seen := map[string]bool{}
	for i, p := range q.Personalizations {
		at := fmt.Sprintf("personalizations.%d.", i)
		if len(p.To) == 0 {
			return at + "to", "The to array is required for all personalization objects, and must have at least one email object with a valid email address."
		}
		for j, to := range p.To {
			if !to.sound() {
				return at + fmt.Sprintf("to.%d.email", j), "Does not contain a valid address."
			}
			if seen[strings.ToLower(to.Email)] {
				return at + "to", "Each email address in the personalization block should be unique between to, cc, and bcc."
			}
			seen[strings.ToLower(to.Email)] = true
		}
		if args, err := json.Marshal(p.CustomArgs); err != nil || len(args) > mostArgs {
			return at + "custom_args", "The custom_args are limited to 10,000 bytes."
		}
		if q.TemplateID == "" && q.Subject == "" && p.Subject == "" {
			return "subject", "The subject is required."
		}
	}
	if len(seen) > mostRecipients {
		return "personalizations", "There may be at most 1000 recipients."
	}
	if len(q.Categories) > mostCategories {
		return "categories", "There may be at most 10 categories."
	}
	return q.checkContent()
}

func (q sendRequest) checkContent() (field, message string) {
	if q.TemplateID != "" {
		return "", ""
	}
	if len(q.Content) == 0 {
		return "content", "Unless a valid template_id is provided, the content parameter is required."
	}
	for i, part := range q.Content {
		if part.Type == "" || part.Value == "" {
			return fmt.Sprintf("content.%d", i), "The content value must be a string at least one character in length."
		}
		if part.Type == "text/plain" && i > 0 {
			return "content", "If present, text/plain must be first, followed by text/html."
		}
	}
	return "", ""
}

// send takes a mail for each recipient.
func (s *Server) send(_ *http.Request, body []byte) stage.Answer {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	var q sendRequest
	if err := decoder.Decode(&q); err != nil {
		return refusal(http.StatusBadRequest, "", "Bad Request: "+err.Error())
	}
	if field, message := q.check(); message != "" {
		return refusal(http.StatusBadRequest, field, message)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	messageID := s.newID("")
	n := 0
	for _, p := range q.Personalizations {
		for _, to := range p.To {
			m := &Mail{
				ID: messageID, AtMS: s.config.Clock.Now().UnixMilli(), From: *q.From, To: to, Subject: q.Subject, TemplateID: q.TemplateID,
				Data: p.Data, CustomArgs: p.CustomArgs,
			}
			for _, part := range q.Content {
				if part.Type == "text/html" {
					m.HTML = part.Value
				} else {
					m.Text = part.Value
				}
			}
			s.walk(m)
			s.mails = append(s.mails, m)
			s.journal.Put(mailPrefix+messageID+"/"+strconv.Itoa(n), m)
			n++
		}
	}
	return stage.Answer{Status: http.StatusAccepted, Type: "text/plain; charset=utf-8", Header: map[string]string{"X-Message-Id": messageID}}
}

// Mails lists what was sent, oldest first.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Mail, 0, len(s.mails))
	for _, m := range s.mails {
		list = append(list, *m)
	}
	return list
}

// list is one of the vendor's lists of addresses that take no mail.
type list struct{ name, path string }

var lists = []list{
	{"bounces", "/v3/suppression/bounces/"}, {"blocks", "/v3/suppression/blocks/"}, {"invalid_emails", "/v3/suppression/invalid_emails/"},
	{"spam_reports", "/v3/suppression/spam_reports/"}, {"global", "/v3/asm/suppressions/global/"},
}

func (s *Server) getSuppression(name string) func(*http.Request, []byte) stage.Answer {
	return func(r *http.Request, _ []byte) stage.Answer {
		s.mu.Lock()
		defer s.mu.Unlock()
		found := []any{}
		if email := strings.ToLower(r.PathValue("email")); s.suppression[email] == name {
			found = append(found, map[string]any{"email": email})
		}
		return stage.JSON(http.StatusOK, found)
	}
}

func (s *Server) deleteSuppression(name string) func(*http.Request, []byte) stage.Answer {
	return func(r *http.Request, _ []byte) stage.Answer {
		s.mu.Lock()
		defer s.mu.Unlock()
		email := strings.ToLower(r.PathValue("email"))
		if s.suppression[email] != name {
			return refusal(http.StatusNotFound, "", "not found")
		}
		delete(s.suppression, email)
		s.journal.Delete(suppressPrefix + email)
		return stage.Answer{Status: http.StatusNoContent}
	}
}

func stamp(n int64) string { return strconv.FormatInt(n, 10) }

// controlRoutes are for tests and for people who try.
func (s *Server) controlRoutes(mux *http.ServeMux) {
	control := func(pattern string, serve func(r *http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			value, err := serve(r)
			if err != nil {
				stage.Failure(err).Write(w)
				return
			}
			stage.JSON(http.StatusOK, value).Write(w)
		})
	}
	control("GET /_sandbox/mails", func(*http.Request) (any, error) {
		mails := s.Mails()
		slices.Reverse(mails)
		return map[string]any{"mails": mails}, nil
	})
	control("GET /_sandbox/faults", func(*http.Request) (any, error) { return map[string]any{"faults": s.rules.List()}, nil })
	control("POST /_sandbox/faults", func(r *http.Request) (any, error) {
		var rule stage.Rule
		if err := stage.ReadJSON(r, &rule); err != nil {
			return nil, err
		}
		return s.rules.Add(rule)
	})
	control("DELETE /_sandbox/faults", func(*http.Request) (any, error) { return map[string]any{"removed": s.rules.Remove("")}, nil })
	control("PUT /_sandbox/webhook", func(r *http.Request) (any, error) {
		var settings struct {
			URL string `json:"url"`
		}
		if err := stage.ReadJSON(r, &settings); err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.webhookURL = settings.URL
		return map[string]any{"url": s.webhookURL, "public_key": s.PublicKey()}, nil
	})
}
