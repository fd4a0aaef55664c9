package asaas

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/httpclient"
)

// refusal is an answer other than 2xx.
type refusal struct {
	status int
	codes  []string
	said   string
	until  time.Time // of a 429 that says so
}

// Error implements error.
func (r *refusal) Error() string { return "Asaas answered " + strconv.Itoa(r.status) + r.said }

func isMissing(err error) bool {
	var r *refusal
	return errors.As(err, &r) && r.status == http.StatusNotFound
}

// call makes a call and reads its answer into one of the vendor's objects.
// Error: *refusal, or *subscription.Trouble when there was no answer.
func (p *Provider) call(ctx context.Context, method, path string, body, into any) error {
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return &subscription.Trouble{Kind: subscription.Refused, Message: "the request can't be written"}
		}
		content = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, p.cfg.BaseURL+"/v3"+path, content)
	if err != nil {
		return &subscription.Trouble{Kind: subscription.Refused, Message: "the request can't be made"}
	}
	request.Header.Set("access_token", p.cfg.Key.Reveal())
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := p.http.Do(request)
	if err != nil {
		return unreachable(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return unreachable(err)
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return p.refused(answer, text)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return &subscription.Trouble{Kind: subscription.Down, Message: "Asaas answered something that is not its JSON"}
	}
	return nil
}

func unreachable(err error) *subscription.Trouble {
	kind := subscription.Down
	if fault.CodeOf(err) == fault.Refused {
		kind = subscription.Locked // the client's own rules: another host
	}
	return &subscription.Trouble{Kind: kind, Message: "Asaas can't be reached: " + httpclient.Redact(err).Error()}
}

// refused reads a refusal: {"errors":[{"code","description"}]}. A 429 says in
// RateLimit-Reset for how many seconds.
func (p *Provider) refused(answer *http.Response, text []byte) *refusal {
	r := &refusal{status: answer.StatusCode}
	var body struct {
		Errors []struct {
			Code        string `json:"code"`
			Description string `json:"description"`
		} `json:"errors"`
	}
	// What is not of that form, such as a proxy's page, says nothing to a person.
	_ = json.Unmarshal(text, &body)
	var parts []string
	for _, one := range body.Errors[:min(len(body.Errors), 5)] {
		r.codes = append(r.codes, one.Code)
		parts = append(parts, clip(one.Description))
	}
	if len(parts) > 0 {
		r.said = ": " + strings.Join(parts, "; ")
	}
	if seconds, err := strconv.ParseInt(answer.Header.Get("RateLimit-Reset"), 10, 32); err == nil && seconds > 0 {
		r.until = p.clock.Now().Add(time.Duration(seconds) * time.Second)
	}
	return r
}

// clip bounds what is shown of the vendor's words, and makes it one line.
func clip(text string) string {
	text = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, text)
	if len(text) > 300 {
		text = text[:300]
	}
	return strings.ToValidUTF8(text, "")
}

// fields are ours by a part of the vendor's codes: "invalid_cpfCnpj".
var fields = []struct{ part, field string }{
	{"cpfcnpj", "tax_id"}, {"email", "email"}, {"mobilephone", "phone"}, {"phone", "phone"}, {"postalcode", "zip"}, {"addressnumber", "number"},
	{"address", "street"}, {"province", "district"}, {"name", "name"}, {"value", "amount"}, {"billingtype", "method"}, {"duedate", "due"},
}

// trouble says what an error means; nil stays nil.
func trouble(err error) error {
	var r *refusal
	if !errors.As(err, &r) {
		return err
	}
	t := &subscription.Trouble{Message: r.Error()}
	switch {
	case r.status == http.StatusUnauthorized || r.status == http.StatusForbidden:
		t.Kind = subscription.Locked
	case r.status == http.StatusTooManyRequests:
		t.Kind = subscription.Throttled
		if !r.until.IsZero() {
			t.UntilMS = r.until.UnixMilli()
		}
	case r.status >= 500 || r.status == http.StatusRequestTimeout || r.status == http.StatusConflict:
		t.Kind = subscription.Down
	case r.status >= 300 && r.status < 400 || r.status == http.StatusMethodNotAllowed:
		t.Kind = subscription.Locked // the configured address is not the API's
	default:
		t.Kind = subscription.Refused
		for _, code := range r.codes {
			for _, known := range fields {
				if t.Field == "" && strings.Contains(strings.ToLower(code), known.part) {
					t.Field = known.field
				}
			}
		}
	}
	return t
}

// pages bounds how much of a list is read.
const (
	pageSize = 100
	pages    = 20
)

// list reads all of a list: {"data":[...],"hasMore"}.
func list[T any](ctx context.Context, p *Provider, path string, query url.Values) ([]T, error) {
	var all []T
	query.Set("limit", strconv.Itoa(pageSize))
	for range pages {
		query.Set("offset", strconv.Itoa(len(all)))
		var page struct {
			Data    []T  `json:"data"`
			HasMore bool `json:"hasMore"`
		}
		if err := p.call(ctx, http.MethodGet, path+"?"+query.Encode(), nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Data...)
		if !page.HasMore || len(page.Data) == 0 {
			return all, nil
		}
	}
	return all, nil
}
