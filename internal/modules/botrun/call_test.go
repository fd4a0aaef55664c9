package botrun

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// callingFlow asks for a text and calls a service with it.
const callingFlow = `{"schema":1,"name":"Consulta","languages":["pt-BR"],"start":"pedido","nodes":[
	{"name":"pedido","kind":"question","expect":"text","text":"Qual é o pedido?","save":"pedido","next":"consulta"},
	{"name":"consulta","kind":"web","method":"POST","url":"%s/v1/{{vars.pedido}}?q={{vars.pedido}}&k={{secret.KEY}}",
		"headers":{"X-Order":"n {{vars.pedido}}","X-Api-Key":"{{secret.KEY}}"},"body":"{\"pedido\":\"{{vars.pedido}}\",\"chave\":\"{{secret.KEY}}\"}",
		"save":{"estado":"estado"},"status":"codigo","next":"diz","on_error":"falhou"},
	{"name":"diz","kind":"message","text":"Está {{vars.estado}}.","next":"pedido"},
	{"name":"falhou","kind":"message","text":"Não consegui consultar ({{vars.codigo}}).","next":"pedido"}]}`

const secretValue = `k"3y&= {{value}}/é`

// called is a bench whose bot calls a service.
type called struct {
	*bench
	server *httptest.Server
	log    *bytes.Buffer
}

// setupCalls makes a bot that calls the handler; the service lies in a private
// network that the company may reach.
func setupCalls(t *testing.T, db *database.DB, handler http.HandlerFunc) *called {
	t.Helper()
	c := &called{bench: setup(t, db), server: httptest.NewServer(handler), log: &bytes.Buffer{}}
	t.Cleanup(c.server.Close)
	c.service.log = slog.New(slog.NewTextHandler(&locked{w: c.log}, nil))
	c.service.config.PrivateHosts = []string{c.tenant + "=127.0.0.1"}
	if err := c.service.PutSecret(t.Context(), c.tenant, "KEY", secret.New(secretValue)); err != nil {
		t.Fatal(err)
	}
	c.publish(fmt.Appendf(nil, callingFlow, c.server.URL))
	return c
}

// locked lets several calls write one log.
type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// wake gives the turn of an answer or a timer, and keeps what was said.
func (b *bench) waking(turns *[]conversation.Turn) Wake {
	var mu sync.Mutex
	return func(_ context.Context, nudge Nudge) error {
		mu.Lock()
		defer mu.Unlock()
		taken, err := b.try(nil, b.nudged(nudge))
		*turns = append(*turns, taken...)
		return err
	}
}

// calls makes the calls that wait, and those that these lead to, and gives the
// turns of their answers.
func (b *bench) calls() (turns []conversation.Turn) {
	b.t.Helper()
	c := &caller{Service: b.service, wake: b.waking(&turns), busy: map[string]int{}, done: make(chan string, b.service.config.Calls)}
	for {
		if err := c.begin(b.t.Context()); err != nil {
			b.t.Fatal(err)
		}
		if c.running == 0 {
			return turns
		}
		for c.running > 0 {
			c.ended(<-c.done)
		}
	}
}

// S3: a web call runs outside the turn, and its answer is a turn of its own.
func TestS3AWebCallRunsOutsideTheTurn(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var requests atomic.Int64
		c := setupCalls(t, db, func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			fmt.Fprint(w, `{"estado":"a caminho"}`)
		})
		c.run(c.wrote("cnv_1", "oi"))
		if turn := c.run(c.wrote("cnv_1", "10"))[0]; len(turn.Replies) != 0 || requests.Load() != 0 {
			t.Fatalf("%+v, %d requests inside the turn", turn, requests.Load())
		}
		// What the customer says meanwhile is not lost, and a person comes at once.
		if turn := c.run(c.wrote("cnv_1", "está aí?"))[0]; len(turn.Replies) != 0 {
			t.Fatalf("%+v", turn)
		}
		// It was put aside, and answers the next question: a second call.
		turns := c.calls()
		if len(turns) != 2 || requests.Load() != 2 || said(turns[0]) != "Está a caminho. | Qual é o pedido?" || said(turns[1]) != said(turns[0]) {
			t.Fatalf("%d requests, %+v", requests.Load(), turns)
		}
		if n := c.one("SELECT CAST(COUNT(*) AS TEXT) FROM bot_call"); n != "0" {
			t.Fatalf("%s calls are left", n)
		}
	})
}

// S3: a call whose session has ended is not made, and a late answer says
// nothing.
func TestS3ALateAnswerMeansNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var requests atomic.Int64
		c := setupCalls(t, db, func(w http.ResponseWriter, r *http.Request) { requests.Add(1); fmt.Fprint(w, `{}`) })
		c.run(c.wrote("cnv_1", "oi"), c.wrote("cnv_1", "10"))
		if turn := c.run(c.wrote("cnv_1", "atendente"))[0]; turn.HandOff == nil {
			t.Fatalf("a person has to wait for a service: %+v", turn)
		}
		if turns := c.calls(); len(turns) != 0 || requests.Load() != 0 || c.one("SELECT CAST(COUNT(*) AS TEXT) FROM bot_call") != "0" {
			t.Fatalf("%d requests, %+v", requests.Load(), turns)
		}
		// The deadline passes, and then the answer comes.
		c.run(c.wrote("cnv_2", "oi"), c.wrote("cnv_2", "10"))
		var answer Nudge
		late := &caller{Service: c.service, busy: map[string]int{}, done: make(chan string, 1), wake: func(_ context.Context, n Nudge) error { answer = n; return nil }}
		if err := late.begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-late.done
		c.exec("UPDATE bot_session SET wakes_ms = 1 WHERE conversation_id = 'cnv_2'")
		step := c.service.step
		c.service.step = func(f *flow.Compiled, s flow.State, in flow.Input, env flow.Env) (flow.State, []flow.Effect, error) {
			env.NowMS += 2 * time.Minute.Milliseconds()
			return step(f, s, in, env)
		}
		var turns []conversation.Turn
		if _, err := c.service.Sweep(t.Context(), c.waking(&turns)); err != nil {
			t.Fatal(err)
		}
		if len(turns) != 1 || !strings.HasPrefix(said(turns[0]), "Não consegui consultar") {
			t.Fatalf("the deadline: %+v", turns)
		}
		if turn := c.run(c.nudged(answer))[0]; len(turn.Replies) != 0 {
			t.Fatalf("a late answer spoke: %s", said(turn))
		}
	})
}

// S3: a service that fails is left alone for a while, and only for that node.
func TestS3ABreakerStopsAskingAServiceThatFails(t *testing.T) {
	var requests atomic.Int64
	c := setupCalls(t, databasetest.Open(t), func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		w.WriteHeader(http.StatusBadGateway)
	})
	for n := range breakAfter + 3 {
		cnv := fmt.Sprint("cnv_", n)
		c.run(c.wrote(cnv, "oi"), c.wrote(cnv, "10"))
		turns := c.calls()
		if len(turns) != 1 || !strings.HasPrefix(said(turns[0]), "Não consegui consultar") {
			t.Fatalf("call %d: %+v", n, turns)
		}
	}
	if n := requests.Load(); n != breakAfter {
		t.Fatalf("%d requests, want %d", n, breakAfter)
	}
	b, k, now := c.service.breakers, breakerKey{c.tenant, c.bot.ID, "consulta"}, time.Now()
	for want, ask := range map[string]bool{
		"another node":      b.allow(breakerKey{c.tenant, c.bot.ID, "outro"}, now) == true,
		"another company":   b.allow(breakerKey{"ten_2", c.bot.ID, "consulta"}, now) == true,
		"open":              b.allow(k, now) == false,
		"one tries after":   b.allow(k, now.Add(2*breakFor)) == true,
		"and only that one": b.allow(k, now.Add(2*breakFor)) == false,
	} {
		if !ask {
			t.Error(want)
		}
	}
	if b.note(k, true, now); !b.allow(k, now) {
		t.Error("a success does not close it")
	}
}

// S3 and S17: secrets reach the service, each escaped for its place, and no
// other eye: not the flow, the call, the record, the log or the customer.
func TestS17ValuesAndSecretsAreDataInEverySink(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		hostile := "a/b..?x=1&y={{secret.KEY}}\"}\r\nX-Evil: 1"
		var mu sync.Mutex
		var path, query, header, body, key, evil string
		var keyOK bool
		c := setupCalls(t, db, func(w http.ResponseWriter, r *http.Request) {
			raw, _ := io.ReadAll(r.Body)
			mu.Lock()
			defer mu.Unlock()
			path, query, header, body, key, evil = r.URL.EscapedPath(), r.URL.Query().Get("q"), r.Header.Get("X-Order"), string(raw), r.Header.Get("Idempotency-Key"), r.Header.Get("X-Evil")
			keyOK = r.Header.Get("X-Api-Key") == secretValue && r.URL.Query().Get("k") == secretValue
			fmt.Fprintf(w, `{"estado":"ok","eco":%q}`, secretValue)
		})
		c.run(c.wrote("cnv_1", "oi"), c.wrote("cnv_1", hostile))
		waiting := c.one("SELECT request FROM bot_call")
		turns := c.calls()
		if len(turns) != 1 || !strings.HasPrefix(said(turns[0]), "Está ok.") {
			t.Fatalf("%+v %s", turns, c.log)
		}
		mu.Lock()
		defer mu.Unlock()
		if strings.Count(path, "/") != 2 || !strings.HasPrefix(path, "/v1/a%2Fb..%3F") || evil != "" || !keyOK {
			t.Errorf("path %s, evil %q, key %v", path, evil, keyOK)
		}
		for where, text := range map[string]string{"query": query, "header": header, "body": body} {
			if strings.Contains(strings.Replace(text, inString(secretValue)+`"}`, "", 1), "3y&=") {
				t.Errorf("the customer drew the secret into the %s: %s", where, text)
			}
		}
		if strings.ContainsAny(header, "\r\n") || !strings.HasPrefix(body, `{"pedido":"a/b..?x=1&y=`) || !strings.HasSuffix(body, `"chave":"`+inString(secretValue)+`"}`) {
			t.Errorf("header %q body %s", header, body)
		}
		if want := ".2.ask.2"; !strings.HasSuffix(key, want) || !strings.HasPrefix(key, "bse_") {
			t.Errorf("Idempotency-Key %q", key)
		}
		session := c.one("SELECT id FROM bot_session WHERE conversation_id = 'cnv_1'")
		records := c.one("SELECT input FROM bot_turn WHERE session_id = $1 AND seq = 3", session) + c.one("SELECT effects FROM bot_turn WHERE session_id = $1 AND seq = 2", session)
		for where, text := range map[string]string{
			"the call": waiting, "the records": records, "the state": c.one("SELECT state FROM bot_session WHERE conversation_id = 'cnv_1'"),
			"the log": c.log.String(), "the replies": said(turns[0]),
		} {
			if strings.Contains(text, "3y&=") || strings.Contains(text, `3y\u0026=`) {
				t.Errorf("%s holds the secret: %s", where, text)
			}
		}
		replayed, err := c.service.Replay(t.Context(), c.tenant, session)
		if err != nil || len(replayed) != 3 || !replayed[1].Same || !replayed[2].Same {
			t.Errorf("%+v %v", replayed, err)
		}
	})
}

// S1 and S2: what the operator did not open stays shut, and the flow goes its
// own way for failures.
func TestS1AndS2CallsStayOutOfPrivateNetworks(t *testing.T) {
	db := databasetest.Open(t)
	var reached atomic.Int64
	c := setupCalls(t, db, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	for name, try := range map[string]struct {
		url     string
		private []string
		says    string
	}{
		"our own machine":               {c.server.URL, nil, "address_refused"},
		"another company's allow-list":  {c.server.URL, []string{"ten_other=127.0.0.1"}, "address_refused"},
		"metadata, even if allowed":     {"http://169.254.169.254", []string{c.tenant + "=169.254.169.254"}, "address_refused"},
		"a channel's API":               {"https://graph.facebook.com", nil, "address_refused"},
		"a channel's API with a dot":    {"https://api.telegram.org.", nil, "address_refused"},
		"a channel's API in its clouds": {"https://GRAPH.Facebook.com", []string{c.tenant + "=graph.facebook.com"}, "address_refused"},
	} {
		c.service.config.PrivateHosts = try.private
		c.service.config.DeniedHosts = []string{"facebook.com", "telegram.org"}
		request := fmt.Sprintf(`{"method":"GET","url":%q,"timeout_seconds":5}`, try.url+"/x")
		_, err := c.service.request(t.Context(), call{key: key{c.tenant, "cnv_1"}, node: "consulta", request: request})
		var refused *fault.Error
		if !errors.As(err, &refused) || refused.Reason != try.says {
			t.Errorf("%s: %v", name, err)
		}
	}
	if reached.Load() != 0 {
		t.Fatalf("our machine was reached %d times", reached.Load())
	}
	c.service.config.PrivateHosts = nil
	c.run(c.wrote("cnv_1", "oi"), c.wrote("cnv_1", "10"))
	turns := c.calls()
	if len(turns) != 1 || !strings.HasPrefix(said(turns[0]), "Não consegui consultar (0).") {
		t.Fatalf("%+v", turns)
	}
	if log := c.log.String(); !strings.Contains(log, "node=consulta") || strings.Contains(log, "127.0.0.1") {
		t.Errorf("the log names the node and no address: %s", log)
	}
}

// S1: a secret does not travel to where a service redirects.
func TestS1ARedirectElsewhereDoesNotSeeTheSecret(t *testing.T) {
	db := databasetest.Open(t)
	var seen atomic.Int64
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen.Add(1) }))
	defer thief.Close()
	c := setupCalls(t, db, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL, http.StatusTemporaryRedirect)
	})
	c.run(c.wrote("cnv_1", "oi"), c.wrote("cnv_1", "10"))
	if turns := c.calls(); len(turns) != 1 || !strings.HasPrefix(said(turns[0]), "Não consegui") || seen.Load() != 0 {
		t.Fatalf("%d requests, %+v", seen.Load(), turns)
	}
}

// S1: answers that are too large, no JSON, or late.
func TestS1AnswersAreBounded(t *testing.T) {
	db := databasetest.Open(t)
	stop := make(chan struct{})
	c := setupCalls(t, db, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/large":
			_, _ = io.WriteString(w, `"`+strings.Repeat("x", flow.MaxAnswer)+`"`)
		case "/text":
			_, _ = io.WriteString(w, "not \"JSON\"\x00\xff")
		case "/empty":
			w.WriteHeader(http.StatusNoContent)
		case "/slow":
			<-stop
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"erro":"não há"}`)
		}
	})
	defer close(stop)
	c.service.config.CallTimeout = 300 * time.Millisecond
	for path, want := range map[string]string{
		"/large":   `{"id":"","ok":false,"status":200,"error":"the answer is larger than allowed"}`,
		"/text":    `{"id":"","ok":true,"status":200,"body":"\"not \\\"JSON\\\"\""}`,
		"/empty":   `{"id":"","ok":true,"status":204,"body":"null"}`,
		"/slow":    `{"id":"","ok":false,"error":"the service did not answer in time"}`,
		"/missing": `{"id":"","ok":false,"status":404,"body":"{\"erro\":\"não há\"}"}`,
	} {
		answer := c.service.ask(t.Context(), call{key: key{c.tenant, "cnv_1"}, request: fmt.Sprintf(`{"method":"GET","url":%q}`, c.server.URL+path)})
		if got := asJSON(t, answer); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// S15: a company whose service hangs holds up its own calls and nobody else's.
func TestS15ACompanyHoldsUpNobodyElse(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		hang, quick := make(chan struct{}), make(chan struct{}, 1)
		var hanging, most atomic.Int64
		slow := setupCalls(t, db, func(w http.ResponseWriter, r *http.Request) {
			most.Store(max(most.Load(), hanging.Add(1)))
			defer hanging.Add(-1)
			<-hang
			fmt.Fprint(w, `{}`)
		})
		fast := setupCalls(t, db, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"estado":"ok"}`); quick <- struct{}{} })
		service := slow.service
		service.config.PrivateHosts = append(service.config.PrivateHosts, fast.service.config.PrivateHosts...)
		service.sealer = anySealer{slow.service.sealer, fast.service.sealer}
		for n := range 20 {
			cnv := fmt.Sprint("cnv_slow_", n)
			slow.run(slow.wrote(cnv, "oi"), slow.wrote(cnv, "10"))
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		var answered atomic.Int64
		caller := service.Caller(func(ctx context.Context, n Nudge) error { answered.Add(1); return nil })
		go func() { done <- caller.Run(ctx) }()
		fast.run(fast.wrote("cnv_fast", "oi"), fast.wrote("cnv_fast", "10"))
		select {
		case <-quick: // in spite of twenty calls that hang
		case <-time.After(30 * time.Second):
			t.Fatal("a company waits for another one's service")
		}
		if n := most.Load(); n > int64(service.config.CallsPerTenant) {
			t.Errorf("%d calls of one company at once, its share is %d", n, service.config.CallsPerTenant)
		}
		close(hang)
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

// S15: with all but one place taken by companies that have their share, the last
// place is for another company, however long the others have waited.
func TestS15TheLastPlaceIsForAnother(t *testing.T) {
	db := databasetest.Open(t)
	a, b, other := setupCalls(t, db, nil), setupCalls(t, db, nil), setupCalls(t, db, nil)
	service := a.service
	service.config.Calls, service.config.CallsPerTenant = 3, 1
	for _, c := range []*called{a, b} {
		for n := range 3 {
			cnv := fmt.Sprintf("cnv_%s_%d", c.tenant, n)
			c.run(c.wrote(cnv, "oi"), c.wrote(cnv, "10"))
		}
	}
	a.exec("UPDATE bot_call SET next_ms = 1")
	other.run(other.wrote("cnv_other", "oi"), other.wrote("cnv_other", "10"))
	c := &caller{Service: service, busy: map[string]int{a.tenant: 1, b.tenant: 1}, running: 2, done: make(chan string, 3),
		wake: func(context.Context, Nudge) error { return nil }}
	if err := c.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c.running != 3 || c.busy[other.tenant] != 1 {
		t.Fatalf("%d run, %v", c.running, c.busy)
	}
	c.ended(<-c.done)
}

// anySealer opens what either has sealed.
type anySealer struct {
	Sealer
	other Sealer
}

func (a anySealer) Open(aad, sealed string) ([]byte, error) {
	if plain, err := a.Sealer.Open(aad, sealed); err == nil {
		return plain, nil
	}
	return a.other.Open(aad, sealed)
}

func TestSecretsAreNamedAndNeverShown(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		put := func(name, value string) error {
			return b.service.PutSecret(t.Context(), b.tenant, name, secret.New(value))
		}
		for _, name := range []string{"", "1x", "a-b", "a b", strings.Repeat("x", 41)} {
			if err := put(name, "value"); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", name, err)
			}
		}
		if err := put("A", strings.Repeat("x", secretMax+1)); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		for _, value := range []string{"first", "second"} {
			if err := errors.Join(put("B", value), put("A", "a")); err != nil {
				t.Fatal(err)
			}
		}
		list, err := b.service.ListSecrets(t.Context(), b.tenant)
		if err != nil || len(list) != 2 || list[0].Name != "A" || list[1].Name != "B" || list[1].UpdatedMS == 0 {
			t.Fatalf("%+v %v", list, err)
		}
		if value, err := b.service.reveal(t.Context(), b.tenant, "B"); err != nil || value.Reveal() != "second" {
			t.Fatalf("%v", err)
		}
		if sealed := b.one("SELECT sealed FROM bot_secret WHERE name = 'B'"); strings.Contains(sealed, "second") {
			t.Fatal("kept in clear")
		}
		// What is sealed for one name or company opens under no other.
		b.exec("UPDATE bot_secret SET sealed = (SELECT sealed FROM bot_secret WHERE name = 'B') WHERE name = 'A'")
		if _, err := b.service.reveal(t.Context(), b.tenant, "A"); err == nil {
			t.Fatal("a secret was moved to another name")
		}
		if _, err := b.service.reveal(t.Context(), "ten_other", "B"); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		if err := errors.Join(b.service.DeleteSecret(t.Context(), b.tenant, "B")); err != nil {
			t.Fatal(err)
		}
		if err := b.service.DeleteSecret(t.Context(), b.tenant, "B"); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		request := flow.WebRequest{URL: "https://x.example/{{secret.B}}"}
		if _, err := b.service.fillSecrets(t.Context(), b.tenant, &request); !fault.Is(err, fault.NotFound) {
			t.Fatalf("a secret that is gone: %v", err)
		}
		if err := put("URL", "https://x.example/hook?a=1"); err != nil {
			t.Fatal(err)
		}
		request = flow.WebRequest{URL: "{{secret.URL}}"}
		if _, err := b.service.fillSecrets(t.Context(), b.tenant, &request); err != nil || request.URL != "https://x.example/hook?a=1" {
			t.Fatalf("%s %v", request.URL, err)
		}
		if _, err := url.Parse(request.URL); err != nil {
			t.Fatal(err)
		}
	})
}
