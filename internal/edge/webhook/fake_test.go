package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plain is a platform without fancies: a body is a JSON array of pieces, signed
// by the hex HMAC in X-Signature.
type plain struct{ channel.Adapter }

func (plain) Channel() message.Channel { return message.WhatsApp }

func (plain) Challenge(query url.Values, accounts []channel.Account) ([]byte, error) {
	if !query.Has("token") {
		return nil, fault.New(fault.NotFound, "no handshake")
	}
	if !accounts[0].Credential("verify_token").Equal(query.Get("token")) {
		return nil, fault.New(fault.Forbidden, "no")
	}
	return []byte(query.Get("challenge")), nil
}

func (plain) Verify(header http.Header, body []byte, accounts []channel.Account) (matched []channel.Account, err error) {
	for _, a := range accounts {
		if hmac.Equal([]byte(header.Get("X-Signature")), []byte(sign(a.Credential("app_secret").Reveal(), body))) {
			matched = append(matched, a)
		}
	}
	if len(matched) == 0 {
		return nil, fault.New(fault.Unauthorized, "no")
	}
	return matched, nil
}

func (plain) Split(body []byte) (pieces []channel.Piece, err error) {
	if bytes.Contains(body, []byte("PANIC")) {
		panic("a defect of the adapter")
	}
	if err := json.Unmarshal(body, &pieces); err != nil {
		return nil, fault.New(fault.Invalid, "not an array of pieces")
	}
	if bytes.Contains(body, []byte("GROW")) {
		for i := range pieces {
			pieces[i].Body = json.RawMessage(`"` + strings.Repeat("g", bodyMax/2) + `"`)
		}
	}
	return pieces, nil
}

func sign(key string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func account(tenant, name, hook, key string) channel.Account {
	return channel.Account{
		TenantID: tenant, ID: "cha_" + name, Channel: message.WhatsApp, ExternalID: name, Hook: hook, State: channel.Active,
		Credentials: map[string]secret.Text{"app_secret": secret.New(key), "verify_token": secret.New("let-me-in")},
		Settings:    map[string]string{"waba_id": "waba-of-" + name},
	}
}

// book is a directory. Company a has two numbers under one app; on the hook
// "shared", a company's own app and another's meet.
type book struct {
	accounts []channel.Account
	stale    bool
}

func newBook() *book {
	return &book{accounts: []channel.Account{
		account("ten_a", "100", "hook-a", "secret-a"),
		account("ten_a", "101", "hook-a", "secret-a"),
		account("ten_b", "200", "hook-b", "secret-b"),
		account("ten_a", "300", "shared", "secret-a"),
		account("ten_b", "400", "shared", "secret-b"),
	}}
}

func (b *book) ByExternal(ch message.Channel, externalID string) (channel.Account, bool) {
	for _, a := range b.accounts {
		if a.Channel == ch && a.ExternalID == externalID {
			return a, true
		}
	}
	return channel.Account{}, false
}

func (b *book) ByHook(ch message.Channel, hook string) (found []channel.Account, fresh bool) {
	for _, a := range b.accounts {
		if a.Channel == ch && a.Hook == hook {
			found = append(found, a)
		}
	}
	return found, !b.stale
}

// store keeps frames; it can be held up, and it can fail.
type store struct {
	mu     sync.Mutex
	frames map[string][][]event.Raw
	order  []string // subjects
	err    error
	// gate, when set, is asked by every Publish before it stores; begun tells that
	// one is asking.
	gate  chan struct{}
	begun chan string
}

func (s *store) Publish(ctx context.Context, subject string, data []byte) (uint64, error) {
	if s.gate != nil {
		s.begun <- subject
		select {
		case <-s.gate:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	raws, err := event.ReadFrame(bytes.Clone(data)) // the caller uses it again
	if err != nil {
		return 0, err
	}
	if s.frames == nil {
		s.frames = map[string][][]event.Raw{}
	}
	s.frames[subject] = append(s.frames[subject], raws)
	s.order = append(s.order, subject)
	return uint64(len(s.order)), nil
}

func (s *store) raws() (all []event.Raw) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, frames := range s.frames {
		for _, frame := range frames {
			all = append(all, frame...)
		}
	}
	return all
}

func (s *store) frameSizes(subject string) (sizes []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, frame := range s.frames[subject] {
		sizes = append(sizes, len(frame))
	}
	return sizes
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func newHandler(t testing.TB, deps Deps) *Handler {
	t.Helper()
	if deps.Adapters == nil {
		deps.Adapters = map[message.Channel]channel.Adapter{message.WhatsApp: plain{}}
	}
	if deps.Directory == nil {
		deps.Directory = newBook()
	}
	if deps.Shards == 0 {
		deps.Shards = 1
	}
	deps.Clock = clock.NewManual(noon)
	h := New(Config{}, deps)
	t.Cleanup(func() {
		if err := h.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return h
}

// post sends a body signed with key.
func post(h http.Handler, hook, key, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/webhooks/whatsapp/"+hook, strings.NewReader(body))
	r.Header.Set("X-Signature", sign(key, []byte(body)))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// pieces makes a body of pieces "external/key/text".
func pieces(specs ...string) string {
	var list []channel.Piece
	for _, spec := range specs {
		part := strings.SplitN(spec, "/", 3)
		text, _ := json.Marshal(part[2])
		list = append(list, channel.Piece{ExternalID: part[0], ShardKey: part[1], Body: text})
	}
	body, _ := json.Marshal(list)
	return string(body)
}
