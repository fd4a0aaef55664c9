package app

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/job"
	"prosa/internal/platform/secretbox"
	"prosa/internal/platform/service"
	"prosa/internal/platform/stream"
	"prosa/internal/platform/telemetry"
)

var (
	replayDraws = flag.Int("replays", 1, "how many orders the webhook files are posted in, on each engine")
	replaySeed  = flag.Uint64("replay-seed", 0, "the order of the first draw; 0 takes a new one")
)

// replayHouse is two companies with an account of each channel: the gateway, the
// streams and the shards' owners are the real ones, the platforms take what is
// sent and say nothing. Its clock stands still while webhooks come.
type replayHouse struct {
	*running
	t         testing.TB
	still     *clock.Manual
	companies [2]string
	accounts  map[message.Channel][2]channel.Account
}

// newReplayHouse opens a house on a fresh database, and has one customer of each
// channel write and an attendant answer.
func newReplayHouse(t testing.TB, engine database.Engine) *replayHouse {
	t.Helper()
	platforms := httptest.NewServer(newMutePlatforms())
	t.Cleanup(platforms.Close)
	still := clock.NewManual(replayNow.Add(-time.Hour))
	cfg, err := load(config.Map(map[string]string{
		"PROSA_DATA_DIR": t.TempDir(), "PROSA_PUBLIC_URL": "http://localhost:8080", "PROSA_OPERATIONS_LISTEN": "off", "PROSA_HASH_MEMORY_KIB": "1024", "PROSA_HASH_TIME": "1",
		"PROSA_WHATSAPP_BASE_URL": platforms.URL + "/whatsapp", "PROSA_TELEGRAM_BASE_URL": platforms.URL + "/telegram", "PROSA_MESSENGER_BASE_URL": platforms.URL + "/messenger",
		"PROSA_INSTAGRAM_BASE_URL": platforms.URL + "/instagram", "PROSA_INSTAGRAM_LOGIN_BASE_URL": platforms.URL + "/instagram",
	}))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Database = databasetest.Config(t, engine)
	cfg.Database.Clock = still
	h := &house{cfg: cfg, version: "test", process: "test", clock: still, logger: slog.New(slog.DiscardHandler), metrics: telemetry.NewMetrics("test", targetAll), jobs: job.NewRegistry()}
	r := &replayHouse{running: &running{house: h, target: targetAll, mux: http.NewServeMux()}, t: t, still: still}
	t.Cleanup(func() { r.must(h.close()) })
	h.db, err = database.Open(context.Background(), cfg.Database)
	r.must(err)
	h.secrets, err = secretbox.Open(cfg.Secrets)
	r.must(err)
	h.blobs, err = blob.Open(cfg.Blobs)
	r.must(err)
	r.must(h.furnish())
	r.connect()
	r.start("stream", "directory", "shards", "gateway")
	r.talk()
	return r
}

func (r *replayHouse) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// connect makes the companies and their accounts, all of one app.
func (r *replayHouse) connect() {
	ctx := context.Background()
	r.accounts = map[message.Channel][2]channel.Account{}
	for i, name := range []string{"Primeira", "Segunda"} {
		company, err := r.tenancy.Create(ctx, tenancy.Draft{Name: name, Slug: strings.ToLower(name), Locale: "pt-BR"}, tenancy.By{})
		r.must(err)
		r.companies[i] = company.ID
		for ch, external := range replayAccounts {
			made := channel.NewAccount{TenantID: company.ID, Channel: ch, Name: string(ch), ExternalID: external[i], Credentials: map[string]secret.Text{"token": secret.New(external[i] + ":token"), "app_secret": secret.New(replaySecret)}}
			switch ch {
			case message.Telegram:
				made.Credentials = map[string]secret.Text{"token": secret.New(external[i] + ":token"), "hook_secret": secret.New(replaySecret)}
			case message.WhatsApp:
				made.Settings = map[string]string{"waba_id": []string{"900800700600", "900800700699"}[i]}
			}
			account, err := r.channel.Create(ctx, made)
			r.must(err)
			both := r.accounts[ch]
			both[i] = account
			r.accounts[ch] = both
		}
	}
}

// start runs services of a target until the test ends.
func (r *replayHouse) start(names ...string) {
	var services []service.Service
	for _, name := range names {
		s, err := r.service(name)
		r.must(err)
		s.Name = name
		services = append(services, s)
	}
	group := service.NewGroup(r.logger, services...)
	r.must(group.Start(context.Background()))
	r.t.Cleanup(func() { r.must(group.Stop()) })
}

// post brings a webhook to the gateway, under the hook of the first company.
func (r *replayHouse) post(c webhookCase) int {
	request := httptest.NewRequest(http.MethodPost, "/webhooks/"+string(c.channel)+"/"+r.accounts[c.channel][0].Hook, bytes.NewReader(c.body))
	c.sign(request.Header)
	answer := httptest.NewRecorder()
	r.mux.ServeHTTP(answer, request)
	return answer.Code
}

func (r *replayHouse) deliver(c webhookCase) {
	if status := r.post(c); status != http.StatusOK {
		r.t.Errorf("%s was answered %d", c.name, status)
	}
}

// until waits for what other goroutines bring about.
func (r *replayHouse) until(what string, ok func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("%s did not come: %v", what, r.dump())
		}
	}
}

// settled waits until the owners of the shards have done all that was accepted.
func (r *replayHouse) settled() {
	r.t.Helper()
	r.until("the end of the stream", func() bool {
		state, err := r.streams.State(context.Background(), stream.In)
		return err == nil && state.Messages == 0
	})
	state, err := r.streams.State(context.Background(), stream.Dead)
	if err != nil || state.Messages > 0 {
		r.t.Errorf("%d dead letters, %v", state.Messages, err)
	}
}

// hellos are the first words of a customer of each channel.
func hellos() []webhookCase {
	at := replayNow.UnixMilli() - 3_700_000 // before all files
	page := `{"object":"%s","entry":[{"id":"%s","messaging":[{"sender":{"id":"%s"},"recipient":{"id":"%[2]s"},"timestamp":%[4]d,"message":{"mid":"m_hello","text":"oi"}}]}]}`
	return []webhookCase{
		{"hello", message.WhatsApp, []byte(fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"900800700600","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"200100300400"},
			"contacts":[{"wa_id":"5581988887777","user_id":"BR.70010020030040","profile":{"name":"Marina Duarte"}}],"messages":[{"from":"5581988887777","id":"wamid.hello","timestamp":"%d","type":"text","text":{"body":"oi"}}]}}]}]}`, at/1000))},
		{"hello", message.Telegram, []byte(fmt.Sprintf(`{"update_id":1,"message":{"message_id":1,"date":%d,"text":"oi","chat":{"id":77001,"type":"private"},"from":{"id":77001,"first_name":"Marina"}}}`, at/1000))},
		{"hello", message.Messenger, []byte(fmt.Sprintf(page, "page", replayAccounts[message.Messenger][0], "5550001112223", at))},
		{"hello", message.Instagram, []byte(fmt.Sprintf(page, "instagram", replayAccounts[message.Instagram][0], "1254459154682919", at))},
	}
}

// talk has customers write and an attendant answer, so that what the files say
// of our messages is about some.
func (r *replayHouse) talk() {
	r.t.Helper()
	ctx := context.Background()
	for _, hello := range hellos() {
		r.deliver(hello)
	}
	r.settled()
	ana := conversation.Viewer{UserID: "usr_ana", Name: "Ana", Role: conversation.Admin}
	list, err := r.conversation.List(ctx, conversation.ListInput{TenantID: r.companies[0], By: ana, View: conversation.AllView})
	if err != nil || len(list.Items) != len(replayAccounts) {
		r.t.Fatalf("%d conversations, %v, of %v", len(list.Items), err, r.dump())
	}
	for _, row := range list.Items {
		for n := range ourNames[row.Channel] {
			sent, err := r.conversation.Reply(ctx, conversation.ReplyInput{TenantID: r.companies[0], ConversationID: row.ID, By: ana, ClientKey: fmt.Sprint("key", n),
				Content: message.Content{Kind: message.Text, Text: fmt.Sprint("resposta ", n)}})
			r.must(err)
			r.until("the answer by "+string(row.Channel), func() bool {
				r.still.Advance(10 * time.Millisecond) // platforms want a pause between messages
				now, _, err := r.conversation.Message(ctx, r.companies[0], sent.ID, ana)
				return err == nil && (now.Status == message.Accepted || now.Status == message.Sent)
			})
		}
	}
	r.still.Advance(replayNow.Sub(r.still.Now()))
	r.must(r.channel.Directory().Refresh(ctx)) // an hour has passed for it
}

// ourNames are the platforms' ids of what we send, in its order: those that the
// files tell of.
var ourNames = map[message.Channel][]string{
	message.WhatsApp: {"wamid.OUT1", "wamid.OUT0042"}, message.Telegram: {"40", "41"},
	message.Messenger: {"m_ours", "m_ours1", "m_ours2"}, message.Instagram: {"m_ours", "aWdfours"},
}

// newMutePlatforms takes what is sent and gives it the next of our names.
func newMutePlatforms() http.Handler {
	mux := http.NewServeMux()
	for ch, answer := range map[message.Channel]string{
		message.WhatsApp:  `{"messaging_product":"whatsapp","contacts":[{"input":"5581988887777","wa_id":"5581988887777"}],"messages":[{"id":"%s"}]}`,
		message.Telegram:  `{"ok":true,"result":{"message_id":%s,"date":1763800000,"chat":{"id":77001,"type":"private"}}}`,
		message.Messenger: `{"recipient_id":"5550001112223","message_id":"%s"}`, message.Instagram: `{"recipient_id":"1254459154682919","message_id":"%s"}`,
	} {
		var sent atomic.Int64
		mux.HandleFunc("/"+string(ch)+"/", func(w http.ResponseWriter, _ *http.Request) {
			n := int(sent.Add(1)) - 1
			if n >= len(ourNames[ch]) {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, fmt.Sprintf(answer, ourNames[ch][n]))
		})
	}
	return mux
}

// TestShowReplays: platforms repeat webhooks, and send them side by side and in
// any order. Whatever they do, what is stored in the end is the same.
func TestShowReplays(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			once := newReplayHouse(t, engine)
			var cases []webhookCase
			for _, ch := range columns() {
				adapter, _ := once.channel.Adapter(ch)
				cases = append(cases, replayCases(t, adapter)...)
			}
			for _, c := range cases {
				once.deliver(c)
			}
			once.settled()
			want := once.dump()
			for _, ch := range []message.Channel{message.WhatsApp, message.Messenger, message.Instagram} {
				if !want.has("message", "company2 | "+string(ch)+"2/") {
					t.Errorf("what a body says of the second company's %s is not with it", ch)
				}
			}
			for draw := range *replayDraws {
				seed := *replaySeed + uint64(draw)
				if *replaySeed == 0 {
					seed = rand.Uint64()
				}
				again := newReplayHouse(t, engine)
				again.scatter(append(cases[:len(cases):len(cases)], cases...), seed)
				again.settled()
				if diff := want.diff(again.dump()); diff != "" {
					t.Fatalf("posted twice in the order of -replay-seed=%d the state is another:\n%s", seed, diff)
				}
			}
			fmt.Printf("%-8s  %d webhook files, posted once in order and %d times twice, shuffled, from %d callers at once: %d rows, the same\n",
				engine, len(cases), *replayDraws, replayCallers, want.rows())
		})
	}
}

const replayCallers = 8

// scatter posts the cases in the order of a seed, several at a time.
func (r *replayHouse) scatter(cases []webhookCase, seed uint64) {
	r.t.Helper()
	order := rand.New(rand.NewPCG(seed, 0)).Perm(len(cases))
	var next atomic.Int64
	var callers sync.WaitGroup
	for range replayCallers {
		callers.Go(func() {
			for n := int(next.Add(1)) - 1; n < len(order); n = int(next.Add(1)) - 1 {
				r.deliver(cases[order[n]])
			}
		})
	}
	callers.Wait()
}
