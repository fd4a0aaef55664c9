package botrun

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/httpclient"
)

// ask makes one web call. Whatever goes wrong is an answer that is not OK.
func (s *Service) ask(ctx context.Context, one call) flow.Answer {
	place := breakerKey{one.tenantID, one.botID, one.node}
	if !s.breakers.allow(place, time.Now()) {
		return flow.Answer{Error: "the service failed several times; it is asked again in a while"}
	}
	answer, err := s.request(ctx, one)
	s.breakers.note(place, err == nil && answer.Status < http.StatusInternalServerError, time.Now())
	if err != nil {
		answer.Error = reason(err)
		s.log.InfoContext(ctx, "a web call of a bot failed", slog.String("tenant", one.tenantID), slog.String("bot", one.botID),
			slog.String("node", one.node), slog.String("why", answer.Error))
	}
	return answer
}

func asTimeout(err error, known *interface{ Timeout() bool }) bool { return errors.As(err, known) }

func (s *Service) request(ctx context.Context, one call) (flow.Answer, error) {
	var wanted flow.WebRequest
	if err := json.Unmarshal([]byte(one.request), &wanted); err != nil {
		return flow.Answer{}, fault.New(fault.Invalid, "the request can't be read")
	}
	values, err := s.fillSecrets(ctx, one.tenantID, &wanted)
	if err != nil {
		return flow.Answer{}, err
	}
	timeout := s.config.CallTimeout
	if asked := time.Duration(wanted.TimeoutSeconds) * time.Second; asked > 0 {
		timeout = min(timeout, asked)
	}
	client := *s.guarded(httpclient.Policy{
		Limits:  httpclient.Limits{Timeout: timeout, Body: flow.MaxAnswer},
		Private: s.config.privateHosts(one.tenantID), Denied: s.config.DeniedHosts,
	})
	if len(values) > 0 {
		client.CheckRedirect = stayHome(client.CheckRedirect)
	}
	request, err := http.NewRequestWithContext(ctx, wanted.Method, wanted.URL, strings.NewReader(wanted.Body))
	if err != nil {
		return flow.Answer{}, fault.New(fault.Invalid, "the address can't be read")
	}
	for name, value := range wanted.Headers {
		request.Header.Set(name, value)
	}
	if wanted.Body != "" && request.Header.Get("Content-Type") == "" && jsontext.Value(wanted.Body).IsValid() {
		request.Header.Set("Content-Type", "application/json")
	}
	if request.Header.Get("Idempotency-Key") == "" {
		request.Header.Set("Idempotency-Key", one.id)
	}
	response, err := client.Do(request)
	if err != nil {
		return flow.Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return flow.Answer{Status: response.StatusCode}, err
	}
	return flow.Answer{
		OK: response.StatusCode/100 == 2, Status: response.StatusCode, Body: jsonBody(hide(string(body), values)),
	}, nil
}

// stayHome refuses to follow a redirect to another server with a secret in
// hand: only a few headers are dropped by net/http on the way.
func stayHome(follow func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, via []*http.Request) error {
		if first := via[0].URL; next.URL.Scheme != first.Scheme || !strings.EqualFold(next.URL.Host, first.Host) {
			return fault.Refuse("address_refused", "the service sends on to another server, which must not see the secret")
		}
		return follow(next, via)
	}
}

// jsonBody gives an answer as JSON: as it is, or, when it is none, as a text.
func jsonBody(body string) string {
	if jsontext.Value(body).IsValid() {
		return body
	}
	if body == "" {
		return "null"
	}
	quoted, _ := jsontext.AppendQuote(nil, strings.ToValidUTF8(strings.ReplaceAll(body, "\x00", ""), ""))
	return string(quoted)
}

// secretRef is a reference to a secret as the engine leaves it: what a customer
// wrote can't form one (flow.WebRequest).
var secretRef = regexp.MustCompile(`\{\{secret\.([A-Za-z][A-Za-z0-9_]*)\}\}`)

// fillSecrets puts the company's secrets into a request, each escaped for its
// place, and gives their values.
func (s *Service) fillSecrets(ctx context.Context, tenantID string, wanted *flow.WebRequest) (values []string, err error) {
	known := map[string]string{}
	fill := func(text string, escape func(string) string) string {
		return secretRef.ReplaceAllStringFunc(text, func(ref string) string {
			name := secretRef.FindStringSubmatch(ref)[1]
			value, found := known[name]
			if !found && err == nil {
				text, failed := s.reveal(ctx, tenantID, name)
				if failed != nil {
					err = failed
					return ""
				}
				value = text.Reveal()
				known[name] = value
				values = append(values, value)
			}
			return escape(value)
		})
	}
	if whole := secretRef.FindStringIndex(wanted.URL); whole != nil && whole[0] == 0 {
		// A secret that begins the address is an address.
		end := whole[1]
		wanted.URL = fill(wanted.URL[:end], strings.TrimSpace) + fill(wanted.URL[end:], url.QueryEscape)
	} else {
		path, query, asked := strings.Cut(wanted.URL, "?")
		wanted.URL = fill(path, url.PathEscape)
		if asked {
			wanted.URL += "?" + fill(query, url.QueryEscape)
		}
	}
	form := false
	for name, value := range wanted.Headers {
		wanted.Headers[name] = fill(value, oneLine)
		form = form || strings.EqualFold(name, "Content-Type") && strings.Contains(strings.ToLower(value), "x-www-form-urlencoded")
	}
	escape := func(value string) string { return value }
	switch body := strings.TrimSpace(wanted.Body); {
	case form:
		escape = url.QueryEscape
	case strings.HasPrefix(body, "{") && !strings.HasPrefix(body, "{{") || strings.HasPrefix(body, "["):
		escape = inString
	}
	wanted.Body = fill(wanted.Body, escape)
	return values, err
}

// oneLine keeps a header value one: no control characters.
func oneLine(value string) string {
	return strings.Map(func(char rune) rune {
		if char < ' ' || char == 0x7f {
			return -1
		}
		return char
	}, value)
}

// inString writes a value as the inside of a JSON string.
func inString(value string) string {
	quoted, _ := jsontext.AppendQuote(nil, strings.ToValidUTF8(value, ""))
	return string(quoted[1 : len(quoted)-1])
}

// shortSecret is the length under which a secret's value is not looked for in
// an answer: it would be found everywhere.
const shortSecret = 6

// hide takes the secrets out of what a service sent back, since answers are
// recorded and may be said to the customer.
func hide(body string, values []string) string {
	for _, value := range values {
		if len(value) < shortSecret {
			continue
		}
		body = strings.ReplaceAll(body, value, "[secret]")
		if quoted := inString(value); quoted != value {
			body = strings.ReplaceAll(body, quoted, "[secret]")
		}
	}
	return body
}

// breakerKey is what fails together: one web node of one company's bot.
type breakerKey struct{ tenantID, botID, node string }

// breaker stops asking a service that fails: after failures in a row, for a
// while; then one call tries.
type breaker struct {
	failures int
	until    time.Time
}

const (
	breakAfter   = 5
	breakFor     = 30 * time.Second
	breakersMost = 10_000
)

type breakers struct {
	mu    sync.Mutex
	known map[breakerKey]*breaker
}

func newBreakers() *breakers { return &breakers{known: map[breakerKey]*breaker{}} }

// allow reports whether a call may be made now. When the while is over, the one
// that asks first tries for all.
func (b *breakers) allow(k breakerKey, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	one := b.known[k]
	switch {
	case one == nil || one.failures < breakAfter:
		return true
	case now.Before(one.until):
		return false
	default:
		one.until = now.Add(breakFor)
		return true
	}
}

func (b *breakers) note(k breakerKey, ok bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ok {
		delete(b.known, k)
		return
	}
	one := b.known[k]
	if one == nil {
		if len(b.known) >= breakersMost {
			clear(b.known) // they are learned again
		}
		one = &breaker{}
		b.known[k] = one
	}
	if one.failures++; one.failures >= breakAfter {
		one.until = now.Add(breakFor)
	}
}
