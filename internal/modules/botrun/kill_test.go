package botrun

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/httpclient"
	"prosa/internal/platform/secretbox"
	"prosa/internal/platform/telemetry"
)

// killFlow talks, calls a service, waits and goes on: every kind of turn.
const killFlow = `{"schema":1,"name":"Morte","languages":["pt-BR"],"start":"pergunta","nodes":[
	{"name":"pergunta","kind":"question","text":"Qual é o seu pedido?","save":"pedido","expect":"text","next":"consulta"},
	{"name":"consulta","kind":"web","method":"POST","url":"%s/pedidos","headers":{"Authorization":"Bearer {{secret.API}}"},
		"body":"{\"pedido\":\"{{vars.pedido}}\"}","save":{"estado":"estado"},"next":"diz","on_error":"falhou"},
	{"name":"diz","kind":"message","text":"O pedido {{vars.pedido}} está {{vars.estado}}.","next":"espera"},
	{"name":"espera","kind":"wait","minutes":5,"next":"depois"},
	{"name":"depois","kind":"message","text":"Ainda está aí?","next":"fim"},
	{"name":"falhou","kind":"message","text":"Não consegui consultar.","next":"fim"},
	{"name":"fim","kind":"end"}]}`

// killPoints are the steps of a conversation at which its process is killed,
// each named after what has just happened.
var killPoints = []string{
	"message: not begun", "message: taken, not answered", "message: engine at work", "message: answered, not committed", "message: committed",
	"ask: engine at work", "ask: decided, not committed", "ask: committed, no caller told",
	"call: claimed, not sent", "call: sent, not answered", "call: answered, no turn yet",
	"answer: engine at work", "answer: decided, not committed", "answer: committed, call not yet forgotten",
	"timer: claimed, not fired", "timer: engine at work", "timer: decided, not committed", "timer: committed",
}

// mortal is what a child process needs to know.
type mortal struct {
	URL, OwnerURL, Dir string
	Keys               string
	Tenant, Bot        string
	Die                string // where to die; empty for nowhere
}

const mortalVariable = "PROSA_TEST_MORTAL"

// TestShowKillEveryStep kills a process with SIGKILL at every step of every turn
// of a conversation, lets another one go on, and reads what the customer was
// told: each reply once, in order.
func TestShowKillEveryStep(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			var mu sync.Mutex
			lines := make([]string, len(killPoints))
			t.Run("points", func(t *testing.T) {
				for n, point := range killPoints {
					t.Run(point, func(t *testing.T) {
						t.Parallel()
						line := killAt(t, engine, point)
						mu.Lock()
						lines[n] = line
						mu.Unlock()
					})
				}
			})
			t.Logf("%s\n%-46s %7s %7s %5s %6s %s", engine, "killed when", "replies", "doubled", "lost", "calls", "keys")
			for _, line := range lines {
				t.Log(line)
			}
		})
	}
}

// killAt runs one conversation that dies at the point and is gone on with.
func killAt(t *testing.T, engine database.Engine, point string) string {
	cfg := databasetest.Config(t, engine)
	db, err := database.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	made := secretbox.NewKey("k1")
	sealer, err := secretbox.Open(secretbox.Config{Keys: made})
	if err != nil {
		t.Fatal(err)
	}
	life := &mortal{URL: cfg.URL.Reveal(), OwnerURL: cfg.OwnerURL.Reveal(), Dir: cfg.Dir, Keys: made.Reveal(), Tenant: id.New(id.Tenant, 1)}

	var mu sync.Mutex
	calls, keys := 0, map[string]bool{}
	var child *exec.Cmd
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		calls++
		keys[r.Header.Get("Idempotency-Key")] = true
		first := calls == 1
		mu.Unlock()
		if r.Header.Get("Authorization") != "Bearer s3cr3t-value" {
			t.Errorf("the secret came as %q", r.Header.Get("Authorization"))
		}
		if first && point == "call: sent, not answered" {
			_ = child.Process.Kill()
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"estado":"a caminho"}`)
	}))
	defer server.Close()

	service := New(db, defaults(), Deps{Sealer: sealer, Log: telemetry.Discard()})
	bot, err := service.CreateBot(t.Context(), life.Tenant, "Morte")
	if err != nil {
		t.Fatal(err)
	}
	if err := service.PutSecret(t.Context(), life.Tenant, "API", secret.New("s3cr3t-value")); err != nil {
		t.Fatal(err)
	}
	if _, issues, err := service.PublishVersion(t.Context(), life.Tenant, bot.ID, Draft{Definition: fmt.Appendf(nil, killFlow, server.URL)}); err != nil {
		t.Fatal(err, issues)
	}
	life.Bot = bot.ID
	witness(t, cfg)

	run := func(die string) error {
		life.Die = die
		raw, err := json.Marshal(life)
		if err != nil {
			t.Fatal(err)
		}
		child = exec.Command(os.Args[0], "-test.run", "^TestMortal$")
		child.Env = append(os.Environ(), mortalVariable+"="+string(raw))
		var out bytes.Buffer
		child.Stdout, child.Stderr = &out, &out
		err = child.Run()
		if err != nil && die == "" {
			t.Log(out.String())
		}
		return err
	}
	err = run(point)
	var died *exec.ExitError
	if !errors.As(err, &died) || died.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the process did not die at %q: %v", point, err)
	}
	if err := run(""); err != nil {
		t.Fatalf("the second life: %v", err)
	}
	got := heard(t, db)
	want := []string{"Qual é o seu pedido?", "O pedido 77 está a caminho.", "Ainda está aí?"}
	seen, doubled := map[string]int{}, 0
	for _, text := range got {
		if seen[text]++; seen[text] > 1 {
			doubled++
		}
	}
	lost := 0
	for _, text := range want {
		if seen[text] == 0 {
			lost++
		}
	}
	if strings.Join(got, "|") != strings.Join(want, "|") || len(keys) != 1 {
		t.Errorf("the customer read %q; %d calls under %d keys", got, calls, len(keys))
	}
	return fmt.Sprintf("%-46s %7d %7d %5d %6d %d", point, len(got), doubled, lost, calls, len(keys))
}

// witness makes the tables that stand for what conversation keeps: the keys of
// the messages that came, and the replies.
func witness(t *testing.T, cfg database.Config) {
	t.Helper()
	owner, err := database.OpenOwner(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	statements := []string{
		"CREATE TABLE came (name TEXT PRIMARY KEY)",
		"CREATE TABLE reply (id TEXT PRIMARY KEY, place BIGINT NOT NULL, said TEXT NOT NULL)",
	}
	if cfg.Engine() == database.Postgres {
		statements = append(statements, "GRANT ALL ON came, reply TO prosa_app")
	}
	for _, statement := range statements {
		if _, err := owner.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

func heard(t *testing.T, db *database.DB) (texts []string) {
	t.Helper()
	err := db.Read(t.Context(), database.Platform("a test reads what was said to everybody"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT said FROM reply ORDER BY place")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			texts = append(texts, text)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestMortal is the life of a child of TestShowKillEveryStep.
func TestMortal(t *testing.T) {
	text, ok := os.LookupEnv(mortalVariable)
	if !ok {
		t.Skip("runs as a child of TestShowKillEveryStep")
	}
	var m mortal
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	db, err := database.Open(t.Context(), database.Config{
		URL: secret.New(m.URL), OwnerURL: secret.New(m.OwnerURL), Dir: m.Dir, Readers: 1, CacheKB: 1024, PoolSize: 4,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	sealer, err := secretbox.Open(secretbox.Config{Keys: secret.New(m.Keys)})
	if err != nil {
		t.Fatal(err)
	}
	l := &life{t: t, m: m, db: db, s: New(db, defaults(), Deps{Sealer: sealer, Log: telemetry.Discard()})}
	l.s.guarded = func(httpclient.Policy) *http.Client { return http.DefaultClient } // the witness is on this machine
	l.s.step = func(c *flow.Compiled, s flow.State, in flow.Input, env flow.Env) (flow.State, []flow.Effect, error) {
		l.at("engine at work")
		return flow.Step(c, s, in, env)
	}
	l.live()
}

// life is one process of the conversation.
type life struct {
	t     *testing.T
	m     mortal
	db    *database.DB
	s     *Service
	stage string
}

// at dies here when this is the point.
func (l *life) at(what string) {
	if l.stage+": "+what == l.m.Die {
		if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
			l.t.Fatal(err)
		}
		select {} // the signal is on its way
	}
}

// live does what the house does with this conversation: the stream delivers what
// is not acknowledged, the caller and the sweeper look at their tables.
func (l *life) live() {
	ctx := l.t.Context()
	l.stage = "message"
	l.at("not begun")
	l.hears("m1", "oi")
	l.stage = "ask"
	l.hears("m2", "77")

	l.stage = "call"
	if err := l.s.Reclaim(ctx); err != nil {
		l.t.Fatal(err)
	}
	c := &caller{Service: l.s, wake: l.wake, busy: map[string]int{}, done: make(chan string, 4)}
	send := l.s.guarded
	l.s.guarded = func(p httpclient.Policy) *http.Client {
		l.at("claimed, not sent")
		return send(p)
	}
	if err := c.begin(ctx); err != nil {
		l.t.Fatal(err)
	}
	for c.running > 0 {
		c.ended(<-c.done)
	}

	l.stage = "timer"
	l.s.config.Claim = 0 // what an earlier life has claimed
	l.exec("UPDATE bot_session SET wakes_ms = 1 WHERE wakes_ms > 0 AND node = 'espera'")
	if _, err := l.s.Sweep(ctx, func(ctx context.Context, n Nudge) error {
		l.at("claimed, not fired")
		return l.wake(ctx, n)
	}); err != nil {
		l.t.Fatal(err)
	}
}

func (l *life) exec(statement string) {
	err := l.db.Write(l.t.Context(), database.Company(l.m.Tenant), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, statement)
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
}

// hears takes a message that may have come before.
func (l *life) hears(name, text string) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC).UnixMilli() + int64(len(text))
	err := l.turn(l.t.Context(), name, conversation.TurnRequest{
		TenantID: l.m.Tenant, ConversationID: "cnv_1", BotID: l.m.Bot, Channel: message.WhatsApp, Cause: conversation.CustomerWrote,
		MessageID: name, Content: message.Content{Kind: message.Text, Text: text}, AtMS: at,
	}, map[string]string{"message": "answered, not committed", "ask": "decided, not committed"}[l.stage],
		map[string]string{"message": "committed", "ask": "committed, no caller told"}[l.stage])
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *life) wake(ctx context.Context, n Nudge) error {
	request := conversation.TurnRequest{TenantID: n.TenantID, ConversationID: n.ConversationID, BotID: l.m.Bot, Channel: message.WhatsApp,
		Cause: conversation.TimerFired, Timer: n.Timer, Answer: n.Answer, AtMS: time.Now().UnixMilli()}
	after := "committed"
	if n.Answer != "" {
		l.at("answered, no turn yet")
		request.Cause, l.stage, after = conversation.CallReturned, "answer", "committed, call not yet forgotten"
	}
	return l.turn(ctx, "", request, "decided, not committed", after)
}

// turn is the transaction of a turn: what came, what the bot decided and what it
// said, together or not at all.
func (l *life) turn(ctx context.Context, name string, request conversation.TurnRequest, before, after string) error {
	return l.db.Write(ctx, database.Company(l.m.Tenant), func(ctx context.Context, tx *database.Tx) error {
		if name != "" {
			fresh, err := tx.Exec(ctx, "INSERT INTO came (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", name)
			if err != nil || fresh == 0 {
				return err
			}
			l.at("taken, not answered")
		}
		tx.AfterCommit(func() { l.at(after) })
		turns, err := l.s.Turns(ctx, tx, []conversation.TurnRequest{request})
		if err != nil {
			return err
		}
		for _, reply := range turns[0].Replies {
			if _, err := tx.Exec(ctx, "INSERT INTO reply (id, place, said) SELECT $1, COUNT(*), $2 FROM reply", reply.ID, reply.Content.Text); err != nil {
				return err
			}
		}
		l.at(before)
		return nil
	})
}
