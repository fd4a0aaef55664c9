package webhook

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/stream"
	"prosa/internal/platform/telemetry"
)

// want is a raw piece in short: tenant, account, problem.
func shorten(raws []event.Raw) (out []string) {
	for _, r := range raws {
		out = append(out, fmt.Sprintf("%s %s %s %s", r.TenantID, r.AccountID, r.Body, r.Problem))
	}
	slices.Sort(out)
	return out
}

func TestEachPieceReachesItsOwnAccountAndNobodyElse(t *testing.T) {
	for name, c := range map[string]struct {
		hook, key, body string
		want            []string
	}{
		"one": {"hook-a", "secret-a", pieces("100/u1/olá"), []string{`ten_a cha_100 "olá" `}},
		"two numbers of one company in one body": {
			"hook-a", "secret-a", pieces("100/u1/a", "101/u1/b"),
			[]string{`ten_a cha_100 "a" `, `ten_a cha_101 "b" `},
		},
		"a number nobody connected, among others": {
			"hook-a", "secret-a", pieces("100/u1/a", "999/u1/b", "101/u2/c"),
			[]string{` cha_100 "b" unknown account "999"`, `ten_a cha_100 "a" `, `ten_a cha_101 "c" `},
		},
		// The number is another company's, on another hook.
		"another company's number, signed by mine": {
			"hook-a", "secret-a", pieces("200/u1/stolen"), []string{` cha_100 "stolen" unknown account "200"`},
		},
		// Even on the same hook: only whose secret signed may receive.
		"another company's number on a hook that both use": {
			"shared", "secret-a", pieces("300/u1/mine", "400/u1/stolen"),
			[]string{` cha_300 "stolen" unknown account "400"`, `ten_a cha_300 "mine" `},
		},
		"the other one's own": {"shared", "secret-b", pieces("400/u1/theirs"), []string{`ten_b cha_400 "theirs" `}},
		"about the business account above the numbers": {
			"hook-a", "secret-a", pieces("waba-of-101//banned"), []string{`ten_a cha_101 "banned" `},
		},
		"a hook that names the account": {"hook-b", "secret-b", pieces("/u1/hi"), []string{`ten_b cha_200 "hi" `}},
		"no name where there are several": {
			"hook-a", "secret-a", pieces("/u1/hi"), []string{` cha_100 "hi" unknown account ""`},
		},
		"one that can't be read, among others": {
			"hook-a", "secret-a",
			`[{"ExternalID":"100","Body":1},{"ExternalID":"100","Body":2,"Problem":"bad time"},{"ExternalID":"100","Body":3}]`,
			[]string{`ten_a cha_100 1 `, `ten_a cha_100 2 bad time`, `ten_a cha_100 3 `},
		},
		"not a body": {
			"hook-a", "secret-a", `{"half`, []string{`ten_a  {"half the body can't be read: not an array of pieces`},
		},
		"nothing in it": {"hook-b", "secret-b", `[]`, []string{`ten_b cha_200 [] the body holds no event`}},
		"a defect of ours": {
			"hook-b", "secret-b", `["PANIC"]`, []string{`ten_b cha_200 ["PANIC"] the body can't be read: our reading of it failed`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &store{}
			h := newHandler(t, Deps{Publisher: s, Shards: 4})
			if w := post(h, c.hook, c.key, c.body); w.Code != http.StatusOK || w.Body.Len() != 0 {
				t.Fatalf("answered %d %q", w.Code, w.Body)
			}
			if got := shorten(s.raws()); !slices.Equal(got, c.want) {
				t.Fatalf("got  %q\nwant %q", got, c.want)
			}
			for _, r := range s.raws() {
				if r.Channel != "whatsapp" || r.ReceivedMS != noon.UnixMilli() {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

func TestABodyMadeToGrowIsKeptWholeAndNotGrown(t *testing.T) {
	s := &store{}
	h := newHandler(t, Deps{Publisher: s})
	body := pieces("100/u/GROW", "100/u/2", "100/u/3", "100/u/4", "100/u/5", "100/u/6", "100/u/7", "100/u/8", "100/u/9")
	if w := post(h, "hook-a", "secret-a", body); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	got := s.raws()
	if len(got) != 1 || string(got[0].Body) != body || !strings.Contains(got[0].Problem, "9 events") {
		t.Fatalf("%d pieces, the first %.100s", len(got), got[0].Problem)
	}
}

func TestAWrongSignatureIsToldNothing(t *testing.T) {
	s := &store{}
	h := newHandler(t, Deps{Publisher: s})
	body := pieces("100/u1/forged")
	for name, key := range map[string]string{"wrong": "guess", "of another company": "secret-b"} {
		w := post(h, "hook-a", key, body)
		if w.Code != http.StatusUnauthorized || w.Body.Len() != 0 {
			t.Errorf("%s: %d %q", name, w.Code, w.Body)
		}
		for header, values := range w.Header() {
			if strings.Contains(fmt.Sprint(values), sign("secret-a", []byte(body))) {
				t.Errorf("%s: the right signature stands in %s", name, header)
			}
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/webhooks/whatsapp/hook-a", strings.NewReader(body))
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusUnauthorized {
		t.Errorf("unsigned: %d", w.Code)
	}
	if len(s.raws()) != 0 {
		t.Error("a forged body was stored")
	}
}

func TestStrangersAreTurnedAwayOnlyOnFreshKnowledge(t *testing.T) {
	b := newBook()
	s := &store{}
	h := newHandler(t, Deps{Publisher: s, Directory: b})
	for _, c := range []struct {
		name       string
		stale      bool
		hook, body string
		want       int
	}{
		{"unknown hook", false, "hook-x", "[]", http.StatusNotFound},
		{"unknown hook, stale", true, "hook-x", "[]", http.StatusServiceUnavailable},
		{"known hook, stale", true, "hook-a", pieces("100/u/a"), http.StatusOK},
		{"unknown number, stale", true, "hook-a", pieces("100/u/a", "999/u/b"), http.StatusServiceUnavailable},
		{"unknown number", false, "hook-a", pieces("100/u/a", "999/u/b"), http.StatusOK},
	} {
		b.stale = c.stale
		w := post(h, c.hook, "secret-a", c.body)
		if w.Code != c.want || w.Body.Len() != 0 || (w.Code == http.StatusServiceUnavailable) != (w.Header().Get("Retry-After") != "") {
			t.Errorf("%s: %d %q %v", c.name, w.Code, w.Body, w.Header())
		}
	}
	for _, path := range []string{"/webhooks/fax/hook-a", "/webhooks/whatsapp/hook-a/more"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader("[]")))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestChallenge(t *testing.T) {
	h := newHandler(t, Deps{Publisher: &store{}})
	for _, c := range []struct {
		path   string
		status int
		body   string
	}{
		{"/webhooks/whatsapp/hook-a?token=let-me-in&challenge=1158201444", http.StatusOK, "1158201444"},
		{"/webhooks/whatsapp/hook-a?token=let-me-in&challenge=<script>", http.StatusOK, "<script>"},
		{"/webhooks/whatsapp/hook-a?token=guess&challenge=1", http.StatusForbidden, ""},
		{"/webhooks/whatsapp/hook-a", http.StatusNotFound, ""},
		{"/webhooks/whatsapp/hook-x?token=let-me-in", http.StatusNotFound, ""},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, c.path, nil))
		if w.Code != c.status || w.Body.String() != c.body {
			t.Errorf("%s: %d %q", c.path, w.Code, w.Body)
		}
		if w.Code == http.StatusOK && (!strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") || w.Header().Get("X-Content-Type-Options") != "nosniff") {
			t.Errorf("%s could be taken for a page: %v", c.path, w.Header())
		}
	}
}

func TestLimitsOfABody(t *testing.T) {
	s := &store{}
	h := newHandler(t, Deps{Publisher: s})
	server := httptest.NewServer(h)
	defer server.Close()
	impatient := newHandler(t, Deps{Publisher: s})
	impatient.cfg.BodyTimeout = 200 * time.Millisecond
	second := httptest.NewServer(impatient)
	defer second.Close()
	send := func(server *httptest.Server, body io.Reader, length int64, key string, text string) int {
		r, err := http.NewRequest(http.MethodPost, server.URL+"/webhooks/whatsapp/hook-a", body)
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = length
		r.Header.Set("X-Signature", sign(key, []byte(text)))
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		answer, err := client.Do(r)
		if err != nil {
			return 0 // cut off before the answer could be read
		}
		defer answer.Body.Close()
		return answer.StatusCode
	}
	largest := pieces("100/u/" + strings.Repeat("x", bodyMax-200))
	if got := send(server, strings.NewReader(largest), int64(len(largest)), "secret-a", largest); got != http.StatusOK {
		t.Errorf("the largest: %d", got)
	}
	over := strings.Repeat("y", bodyMax+1)
	if got := send(server, strings.NewReader(over), int64(len(over)), "secret-a", over); got != http.StatusRequestEntityTooLarge && got != 0 {
		t.Errorf("one byte more: %d", got)
	}
	if got := send(server, io.MultiReader(strings.NewReader(over)), -1, "secret-a", over); got != http.StatusRequestEntityTooLarge && got != 0 {
		t.Errorf("one byte more, unannounced: %d", got)
	}
	slow, end := io.Pipe()
	defer end.Close()
	if got := send(second, slow, 100, "secret-a", ""); got != http.StatusRequestTimeout && got != 0 {
		t.Errorf("a body that does not come: %d", got)
	}
	// And a next one on a kept connection is not hurt by the deadline of the last.
	client := second.Client()
	for range 2 {
		body := pieces("100/u/a")
		r, _ := http.NewRequest(http.MethodPost, second.URL+"/webhooks/whatsapp/hook-a", strings.NewReader(body))
		r.Header.Set("X-Signature", sign("secret-a", []byte(body)))
		answer, err := client.Do(r)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%v %v", answer, err)
		}
		_ = answer.Body.Close()
		<-time.After(2 * impatient.cfg.BodyTimeout) // the old deadline passes
	}
	h.inHand.Store(int64(h.cfg.BodiesMB) << 20)
	if w := post(h, "hook-a", "secret-a", pieces("100/u/a")); w.Code != http.StatusServiceUnavailable {
		t.Errorf("with all memory in use: %d", w.Code)
	}
	h.inHand.Store(0)
	if w := post(h, "hook-a", "secret-a", pieces("100/u/a")); w.Code != http.StatusOK || h.inHand.Load() != 0 {
		t.Errorf("%d, %d bytes in hand", w.Code, h.inHand.Load())
	}
}

func TestWhatComesMeanwhileSharesTheNextFrame(t *testing.T) {
	s := &store{gate: make(chan struct{}), begun: make(chan string, 16)}
	h := newHandler(t, Deps{Publisher: s})
	var all sync.WaitGroup
	send := func(specs ...string) {
		all.Go(func() {
			if w := post(h, "hook-a", "secret-a", pieces(specs...)); w.Code != http.StatusOK {
				t.Errorf("%d", w.Code)
			}
		})
	}
	send("100/u/first")
	<-s.begun // it is being stored
	var many []string
	for i := range event.FrameMaxEvents + 50 { // more than one frame, from one body
		many = append(many, fmt.Sprintf("100/u/%d", i))
	}
	send(many...)
	for i := range 10 {
		send(fmt.Sprintf("101/v/%d", i))
	}
	waitUntil(t, func() bool { return h.collectors[0].waiting.Load() == int64(1+len(many)+10) })
	if len(s.raws()) != 0 {
		t.Fatal("something was told before it was stored")
	}
	close(s.gate)
	all.Wait()
	if got := s.frameSizes("in.channel.0"); !slices.Equal(got, []int{1, event.FrameMaxEvents, 60}) {
		t.Fatalf("frames of %v", got)
	}
	// A body's pieces kept their order.
	next := 0
	for _, r := range s.raws() {
		if r.AccountID == "cha_100" && string(r.Body) != `"first"` {
			if string(r.Body) != fmt.Sprintf(`"%d"`, next) {
				t.Fatalf("piece %s stands in place %d", r.Body, next)
			}
			next++
		}
	}
}

func TestTooMuchWaitingIsRefused(t *testing.T) {
	s := &store{gate: make(chan struct{}), begun: make(chan string, 16)}
	h := newHandler(t, Deps{Publisher: s})
	h.collectors[0].handler.cfg.Queue = 3
	var all sync.WaitGroup
	send := func(want int, specs ...string) {
		all.Go(func() {
			if w := post(h, "hook-a", "secret-a", pieces(specs...)); w.Code != want {
				t.Errorf("answered %d, not %d", w.Code, want)
			}
		})
	}
	send(http.StatusOK, "100/u/a", "100/u/b", "100/u/c", "100/u/d") // larger than the queue, but alone
	<-s.begun
	if w := post(h, "hook-a", "secret-a", pieces("100/u/e")); w.Code != http.StatusServiceUnavailable {
		t.Fatalf("answered %d", w.Code)
	}
	close(s.gate)
	all.Wait()
	if w := post(h, "hook-a", "secret-a", pieces("100/u/e")); w.Code != http.StatusOK {
		t.Fatalf("answered %d after the jam", w.Code)
	}
}

func TestWhatCanNotBeStoredIsNotAcknowledged(t *testing.T) {
	s := &store{err: fault.New(fault.Unavailable, "full")}
	h := newHandler(t, Deps{Publisher: s, Shards: 4})
	if w := post(h, "hook-a", "secret-a", pieces("100/u/a", "100/v/b", "100/w/c")); w.Code != http.StatusServiceUnavailable || w.Body.Len() != 0 {
		t.Fatalf("%d %q", w.Code, w.Body)
	}
}

func TestCloseStoresWhatIsInHand(t *testing.T) {
	s := &store{gate: make(chan struct{}), begun: make(chan string, 16)}
	h := newHandler(t, Deps{Publisher: s})
	codes := make(chan int, 2)
	send := func(text string) {
		go func() { codes <- post(h, "hook-a", "secret-a", pieces("100/u/"+text)).Code }()
	}
	send("a")
	<-s.begun
	send("b")
	waitUntil(t, func() bool { return h.collectors[0].waiting.Load() == 2 })
	short, cancel := context.WithCancel(context.Background())
	cancel()
	if err := h.Close(short); fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("closed while requests are in hand: %v", err)
	}
	if w := post(h, "hook-a", "secret-a", pieces("100/u/late")); w.Code != http.StatusServiceUnavailable {
		t.Fatalf("a closed door answered %d", w.Code)
	}
	close(s.gate)
	if err := h.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if a, b := <-codes, <-codes; a != http.StatusOK || b != http.StatusOK {
		t.Fatalf("answered %d and %d", a, b)
	}
	if got := len(s.raws()); got != 2 {
		t.Fatalf("%d stored", got)
	}
}

func TestTheStreamItself(t *testing.T) {
	s, err := stream.Open(t.Context(), stream.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	h := newHandler(t, Deps{Publisher: s, Shards: 8})
	if w := post(h, "hook-a", "secret-a", pieces("100/u1/a", "100/u1/b")); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	shard := channel.Shard("cha_100", "u1", 8)
	c, err := s.Consume(t.Context(), stream.In, stream.ConsumerName("test", shard, 1), fmt.Sprintf("in.channel.%d", shard))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got, err := c.Fetch(t.Context(), 10, 10*time.Second)
	if err != nil || len(got) != 1 {
		t.Fatalf("%d frames %v", len(got), err)
	}
	raws, err := event.ReadFrame(got[0].Data)
	if err != nil || len(raws) != 2 || string(raws[1].Body) != `"b"` {
		t.Fatalf("%+v %v", raws, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if w := post(h, "hook-a", "secret-a", pieces("100/u1/a")); w.Code != http.StatusServiceUnavailable {
		t.Fatalf("with the stream away: %d", w.Code)
	}
}

func TestWhatIsCountedAndHeard(t *testing.T) {
	m := telemetry.NewMetrics("test", "gateway")
	var heard []string
	h := newHandler(t, Deps{Publisher: &store{}, Metrics: m, Heard: func(accountID string, atMS int64) {
		heard = append(heard, fmt.Sprint(accountID, " ", atMS == noon.UnixMilli()))
	}})
	post(h, "hook-a", "secret-a", pieces("100/u/a", "100/u/b", "101/u/c", "999/u/d"))
	post(h, "hook-a", "guess", pieces("100/u/a"))
	post(h, "nobody", "guess", "[]")
	slices.Sort(heard)
	if !slices.Equal(heard, []string{"cha_100 true", "cha_101 true"}) {
		t.Errorf("heard %v", heard)
	}
	page := httptest.NewRecorder()
	m.Handler().ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{
		`prosa_webhook_events_total{channel="whatsapp",outcome="accepted"} 3`,
		`prosa_webhook_events_total{channel="whatsapp",outcome="quarantined"} 1`,
		`prosa_webhook_requests_total{channel="whatsapp",outcome="accepted"} 1`,
		`prosa_webhook_requests_total{channel="whatsapp",outcome="unauthorized"} 1`,
		`prosa_webhook_requests_total{channel="whatsapp",outcome="unknown"} 1`,
		`prosa_webhook_seconds_count{channel="whatsapp"} 3`,
		`prosa_webhook_frame_events_sum 4`,
		`prosa_webhook_waiting_events 0`,
	} {
		if !strings.Contains(page.Body.String(), want+"\n") {
			t.Errorf("not told: %s", want)
		}
	}
}

func TestConfig(t *testing.T) {
	for _, c := range []Config{{Queue: 1}, {BodiesMB: 1}, {BodyTimeout: time.Millisecond}, {Queue: -1}} {
		if fault.CodeOf(c.Validate()) != fault.Invalid {
			t.Errorf("%+v passed", c)
		}
	}
	if err := (Config{}).Validate(); err != nil {
		t.Error(err)
	}
}

func waitUntil(t *testing.T, so func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !so() {
		if time.Now().After(deadline) {
			t.Fatal("it did not come to be")
		}
		time.Sleep(time.Millisecond)
	}
}
