package webhook

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"prosa/internal/adapters/telegram"
	"prosa/internal/adapters/whatsapp"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// The probes that a known gateway fails, through the real adapters: what the
// door does with each. What becomes of the pieces is proved at the worker.

const (
	firstNumber  = "200100300400" // of ten_a
	secondNumber = "200100300499" // of ten_b, under the same app
)

func number(tenant, external, hook, key string) channel.Account {
	a := account(tenant, external, hook, key)
	a.Settings = map[string]string{whatsapp.WABAID: "900800700600"}
	return a
}

func realDeps(s *store) Deps {
	return Deps{
		Adapters: map[message.Channel]channel.Adapter{
			message.WhatsApp: whatsapp.New(whatsapp.Config{}, whatsapp.Deps{}),
			message.Telegram: telegram.New(telegram.Config{}, telegram.Deps{}),
		},
		Directory: &book{accounts: []channel.Account{
			number("ten_a", firstNumber, "platform", "app-secret"),
			number("ten_b", secondNumber, "platform", "app-secret"),
			number("ten_a", firstNumber, "mine", "secret-a"),
			number("ten_b", secondNumber, "theirs", "secret-b"),
			{
				TenantID: "ten_a", ID: "cha_bot", Channel: message.Telegram, ExternalID: "77", Hook: "bot",
				Credentials: map[string]secret.Text{telegram.HookSecret: secret.New("hook-secret")},
			},
		}},
		Publisher: s, Shards: 4,
	}
}

func fixture(t testing.TB, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "adapters", "whatsapp", "testdata", "in", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// meta posts a body as Meta signs it.
func meta(h http.Handler, hook, key, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/webhooks/whatsapp/"+hook, strings.NewReader(body))
	r.Header.Set("X-Hub-Signature-256", "sha256="+sign(key, []byte(body)))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// find gives the pieces whose body holds text.
func find(raws []event.Raw, text string) (found []event.Raw) {
	for _, r := range raws {
		if bytes.Contains(r.Body, []byte(text)) {
			found = append(found, r)
		}
	}
	return found
}

func TestProbeOneBodyTwoNumbersOfTwoCompanies(t *testing.T) {
	s := &store{}
	h := newHandler(t, realDeps(s))
	if w := meta(h, "platform", "app-secret", fixture(t, "batch/batch_two_numbers.json")); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	for text, tenant := range map[string]string{"wamid.A": "ten_a", "wamid.B": "ten_a", "wamid.C": "ten_b", "wamid.OUT0042": "ten_b"} {
		got := find(s.raws(), text)
		if len(got) != 1 || got[0].TenantID != tenant || got[0].Problem != "" {
			t.Errorf("%s: %+v", text, got)
		}
	}
	if got := len(s.raws()); got != 4 {
		t.Errorf("%d pieces", got)
	}
}

// The same body, signed with one company's own app secret: it may tell of that
// company's number only.
func TestProbeForeignNumberUnderMySecret(t *testing.T) {
	s := &store{}
	h := newHandler(t, realDeps(s))
	if w := meta(h, "mine", "secret-a", fixture(t, "batch/batch_two_numbers.json")); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	for text, tenant := range map[string]string{"wamid.A": "ten_a", "wamid.B": "ten_a", "wamid.C": "", "wamid.OUT0042": ""} {
		got := find(s.raws(), text)
		if len(got) != 1 || got[0].TenantID != tenant || strings.Contains(got[0].Problem, "unknown account") != (tenant == "") {
			t.Errorf("%s: %+v", text, got)
		}
	}
	if w := meta(h, "theirs", "secret-a", fixture(t, "batch/batch_two_numbers.json")); w.Code != http.StatusUnauthorized {
		t.Errorf("my secret opened another company's door: %d", w.Code)
	}
}

// Each number has a URL of its own, but the app's secret is one: what comes at
// the URL of one about the other is proved by it.
func TestProbeTwoNumbersOfOneAppWithAURLEach(t *testing.T) {
	s := &store{}
	deps := realDeps(s)
	deps.Directory = &book{accounts: []channel.Account{
		number("ten_a", firstNumber, "mine", "app-secret"),
		number("ten_b", secondNumber, "theirs", "app-secret"),
	}}
	h := newHandler(t, deps)
	if w := meta(h, "mine", "app-secret", fixture(t, "batch/batch_two_numbers.json")); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	for text, tenant := range map[string]string{"wamid.A": "ten_a", "wamid.B": "ten_a", "wamid.C": "ten_b", "wamid.OUT0042": "ten_b"} {
		got := find(s.raws(), text)
		if len(got) != 1 || got[0].TenantID != tenant || got[0].Problem != "" {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

// While a company changes the app's secret, its numbers have the new one at
// different moments, and the platform changes over at a third.
func TestProbeARotationUnderWay(t *testing.T) {
	s := &store{}
	deps := realDeps(s)
	deps.Directory = &book{accounts: []channel.Account{
		number("ten_a", firstNumber, "mine", "old-secret"),
		number("ten_b", secondNumber, "theirs", "new-secret"),
		number("ten_b", secondNumber, "theirs", "old-secret"), // accepted for a day
		number("ten_c", "999", "theirs", "old-secret"),
	}}
	h := newHandler(t, deps)
	if w := meta(h, "mine", "old-secret", fixture(t, "batch/batch_two_numbers.json")); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	for text, tenant := range map[string]string{"wamid.A": "ten_a", "wamid.C": "ten_b"} {
		got := find(s.raws(), text)
		if len(got) != 1 || got[0].TenantID != tenant || got[0].Problem != "" {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

// Who shares a URL with a number proves nothing about it.
func TestProbeANeighboursSecretProvesNothing(t *testing.T) {
	s := &store{}
	deps := realDeps(s)
	deps.Directory = &book{accounts: []channel.Account{
		number("ten_a", firstNumber, "mine", "mine-secret"),
		number("ten_b", secondNumber, "theirs", "their-secret"),
		number("ten_a", "999", "theirs", "mine-secret"),
	}}
	h := newHandler(t, deps)
	if w := meta(h, "mine", "mine-secret", fixture(t, "batch/batch_two_numbers.json")); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	if got := find(s.raws(), "wamid.C"); len(got) != 1 || got[0].TenantID != "" || got[0].Problem == "" {
		t.Errorf("%+v", got)
	}
}

func TestProbeWrongSignature(t *testing.T) {
	s := &store{}
	h := newHandler(t, realDeps(s))
	body := fixture(t, "order/order.json")
	w := meta(h, "mine", "guess", body)
	told := w.Body.String()
	for _, values := range w.Header() {
		told += strings.Join(values, " ")
	}
	if w.Code != http.StatusUnauthorized || w.Body.Len() != 0 || strings.Contains(told, sign("secret-a", []byte(body))) {
		t.Fatalf("%d %q", w.Code, told)
	}
	if len(s.raws()) != 0 {
		t.Fatal("stored")
	}
}

func TestProbeOneBadEventAmongThree(t *testing.T) {
	s := &store{}
	h := newHandler(t, realDeps(s))
	if w := meta(h, "mine", "secret-a", fixture(t, "batch/batch_one_bad.json")); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	for _, good := range []string{`"wamid.1"`, `"wamid.3"`} {
		if got := find(s.raws(), good); len(got) != 1 || got[0].Problem != "" || got[0].TenantID != "ten_a" {
			t.Errorf("%s: %+v", good, got)
		}
	}
	// A bad time is for Parse to find; what can't even be cut is told here.
	problems := 0
	for _, r := range s.raws() {
		if r.Problem != "" {
			problems++
		}
	}
	if len(find(s.raws(), `"wamid.2"`)) != 1 || problems < 2 {
		t.Errorf("%d problems in %d pieces", problems, len(s.raws()))
	}
}

func TestProbeAnOrderIsKeptWhole(t *testing.T) {
	s := &store{}
	h := newHandler(t, realDeps(s))
	if w := meta(h, "mine", "secret-a", fixture(t, "order/order.json")); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	if got := find(s.raws(), "VEST-AZ-M"); len(got) != 1 || got[0].Problem != "" || got[0].AccountID != "cha_"+firstNumber {
		t.Fatalf("%+v", got)
	}
}

// Four equal bodies at once are all stored: telling them apart is for who has
// a unique key. They must land on one shard to be told apart in order.
func TestProbeFourEqualBodiesAtOnce(t *testing.T) {
	s := &store{}
	h := newHandler(t, realDeps(s))
	body := fixture(t, "order/order.json")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if w := meta(h, "mine", "secret-a", body); w.Code != http.StatusOK {
				t.Errorf("%d", w.Code)
			}
		})
	}
	all.Wait()
	if len(s.raws()) != 4 || len(s.frames) != 1 {
		t.Fatalf("%d pieces on %d shards", len(s.raws()), len(s.frames))
	}
}

// With and without the ninth digit, a message and a status about the same
// customer meet on one shard.
func TestProbeNinthDigitMeetsOnOneShard(t *testing.T) {
	shardOf := func(text string) string {
		s := &store{}
		deps := realDeps(s)
		deps.Shards = 64
		h := newHandler(t, deps)
		if w := meta(h, "mine", "secret-a", text); w.Code != http.StatusOK {
			t.Fatal(w.Code)
		}
		for subject := range s.frames {
			return subject
		}
		return ""
	}
	envelope := func(value string) string {
		return `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"` +
			firstNumber + `"},` + value + `}}]}]}`
	}
	nine := shardOf(envelope(`"messages":[{"from":"5581988887777","id":"wamid.1","timestamp":"1","type":"text","text":{"body":"a"}}]`))
	eight := shardOf(envelope(`"messages":[{"from":"558188887777","id":"wamid.1","timestamp":"1","type":"text","text":{"body":"a"}}]`))
	status := shardOf(envelope(`"statuses":[{"id":"wamid.9","status":"read","timestamp":"2","recipient_id":"5581988887777"}]`))
	if nine != eight || nine != status {
		t.Fatalf("%s, %s and %s", nine, eight, status)
	}
}

func TestProbeTelegram(t *testing.T) {
	s := &store{}
	h := newHandler(t, realDeps(s))
	send := func(key string) int {
		r := httptest.NewRequest(http.MethodPost, "/webhooks/telegram/bot",
			strings.NewReader(`{"update_id":10,"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"from":{"id":5,"is_bot":false,"first_name":"A"},"text":"oi"}}`))
		r.Header.Set(telegram.SecretHeader, key)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	if got := send("guess"); got != http.StatusUnauthorized {
		t.Fatal(got)
	}
	if got := send("hook-secret"); got != http.StatusOK {
		t.Fatal(got)
	}
	if got := s.raws(); len(got) != 1 || got[0].AccountID != "cha_bot" || got[0].Channel != "telegram" {
		t.Fatalf("%+v", got)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/webhooks/telegram/bot", nil))
	if w.Code != http.StatusNotFound {
		t.Fatalf("a handshake that Telegram doesn't have: %d", w.Code)
	}
}

func TestProbeMetaHandshake(t *testing.T) {
	h := newHandler(t, realDeps(&store{}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/webhooks/whatsapp/mine?hub.mode=subscribe&hub.verify_token=let-me-in&hub.challenge=42", nil))
	if w.Code != http.StatusOK || w.Body.String() != "42" {
		t.Fatalf("%d %q", w.Code, w.Body)
	}
}
