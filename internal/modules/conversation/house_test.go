package conversation

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/contact"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/outbox"
)

// house is the module on a real database with the real neighbours: channel
// with a toy platform, contact, outbox. The bots are a function.
type house struct {
	*Service
	t        testing.TB
	db       *database.DB
	clock    *clock.Manual
	channel  *channel.Service
	contacts *contact.Service
	bots     *toyBots
	company  string
	account  channel.Account

	mu      sync.Mutex
	told    []event.Envelope
	signals []channel.Signal
	wanted  []MediaWanted
	dead    []event.Raw
	serial  int
}

var (
	ana = Viewer{UserID: "usr_ana", Name: "Ana", Role: Attendant}
	rui = Viewer{UserID: "usr_rui", Name: "Rui", Role: Attendant}
	sup = Viewer{UserID: "usr_sup", Name: "Sue", Role: Supervisor}
)

// start is the time at which every house begins.
var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// each runs fn in a house on either engine.
func each(t *testing.T, fn func(t *testing.T, h *house)) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { fn(t, newHouse(t, engine)) })
	}
}

func newHouse(t testing.TB, engine database.Engine) *house {
	t.Helper()
	h := &house{t: t, clock: clock.NewManual(start), bots: &toyBots{}, company: "ten_a"}
	cfg := databasetest.Config(t, engine)
	cfg.Clock = h.clock
	if _, measuring := t.(*testing.B); measuring {
		cfg.CacheKB = 0 // as a house has it
	}
	db, err := database.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	h.db = db
	h.contacts = contact.New(db, func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error {
		return h.tell(ctx, tx, 0, envelopes...)
	})
	channelConfig := channel.Config{
		InFlight: 1, MaxAttempts: 3, SettleAfter: time.Minute, PollEvery: time.Second, EarlyFor: time.Minute, RefreshEvery: time.Second, StaleAfter: time.Minute,
		WhatsAppRate: 80, WhatsAppPair: 6, WhatsAppBurst: 45, TelegramRate: 30, TelegramPair: 1, TelegramBurst: 5, MetaRate: 100,
	}
	h.channel = channel.New(channelConfig, channel.Deps{
		DB: db, Sealer: toySealer{}, Clock: h.clock, Shards: 8, Wake: func(int) {},
		Adapters: []channel.Adapter{toyAdapter{message.WhatsApp}, toyAdapter{message.Telegram}, toyAdapter{message.Messenger}, toyAdapter{message.Instagram}},
	})
	h.Service = New(Defaults(), Deps{
		DB: db, Contacts: h.contacts, Deliverer: h.channel, Directory: h.channel.Directory(), Tell: h.tell, Media: h,
		Signal: func(_, _ string, _ []message.Address, signal channel.Signal) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.signals = append(h.signals, signal)
		},
	})
	h.BindTurns(h.bots)
	h.contacts.Bind(h.Service)
	h.channel.Bind(h.Service)
	h.account = h.connect(h.company, message.WhatsApp, "")
	return h
}

func (h *house) tell(ctx context.Context, tx *database.Tx, shard int, envelopes ...event.Envelope) error {
	h.mu.Lock()
	h.told = append(h.told, envelopes...)
	h.mu.Unlock()
	return outbox.Write(ctx, tx, shard, envelopes...)
}

func (h *house) Want(_ context.Context, _ *database.Tx, wanted []MediaWanted) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wanted = append(h.wanted, wanted...)
	return nil
}

func (h *house) connect(company string, ch message.Channel, bot string) channel.Account {
	h.t.Helper()
	h.serial++
	account, err := h.channel.Create(context.Background(), channel.NewAccount{
		TenantID: company, Channel: ch, Name: "Shop", ExternalID: fmt.Sprint("ext", h.serial), BotID: bot,
		Credentials: map[string]secret.Text{"token": secret.New("t"), "app_secret": secret.New("s")},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.channel.Directory().Refresh(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	return account
}

// withBot puts a bot in front of the house's account.
func (h *house) withBot() *house {
	h.account = h.connect(h.company, message.WhatsApp, "bot_1")
	return h
}

// from makes an event of a customer, told apart by a digit.
func (h *house) from(customer int, in channel.Inbound) event.Raw {
	if in.Kind == "" {
		in.Kind = channel.InMessage
	}
	if in.From == nil {
		in.From = []message.Address{{Kind: message.WaID, Value: fmt.Sprintf("5511%d", 900000000+customer)}}
	}
	if in.Key == "" && in.Kind != channel.InStatus {
		h.mu.Lock()
		h.serial++
		in.Key = fmt.Sprintf("wamid.%d", h.serial)
		h.mu.Unlock()
	}
	if in.ExternalID == "" && in.Kind == channel.InMessage {
		in.ExternalID = in.Key
	}
	if in.AtMS == 0 {
		in.AtMS = h.now()
	}
	body, err := json.Marshal(in)
	if err != nil {
		h.t.Fatal(err)
	}
	return event.Raw{TenantID: h.company, AccountID: h.account.ID, Channel: string(h.account.Channel), ReceivedMS: h.now(), Body: body}
}

func (h *house) says(customer int, text string) event.Raw {
	return h.from(customer, channel.Inbound{Name: fmt.Sprint("Customer ", customer), Content: message.Content{Kind: message.Text, Text: text}})
}

func (h *house) now() int64 { return clock.MS(h.clock.Now()) }

// deliver brings events through the worker's rules as the owner of shard 3.
func (h *house) deliver(raws ...event.Raw) {
	h.t.Helper()
	r := h.run(nil)
	if err := r.do(context.Background(), raws); err != nil {
		h.t.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, raw := range h.dead {
		h.t.Errorf("a dead letter: %s", raw.Problem)
	}
}

func (h *house) run(fence Fence) *run {
	return &run{service: h.Service, fence: fence, shard: 3, backlog: newBacklog(), dead: func(_ context.Context, raw event.Raw) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.dead = append(h.dead, raw)
		return nil
	}}
}

// only gives the company's only conversation.
func (h *house) only() Conversation {
	h.t.Helper()
	list := h.list(AllView, sup)
	if len(list) != 1 {
		h.t.Fatalf("there are %d conversations, want 1", len(list))
	}
	return list[0].Conversation
}

func (h *house) list(view View, by Viewer) []Row {
	h.t.Helper()
	list, err := h.List(context.Background(), ListInput{TenantID: h.company, By: by, View: view})
	if err != nil {
		h.t.Fatal(err)
	}
	return list.Items
}

func (h *house) thread(conversationID string) []Message {
	h.t.Helper()
	list, _, err := h.Thread(context.Background(), h.company, conversationID, sup, 0, 200)
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

// spoken is a thread in short: "in:oi", "out:hello", "activity:bot_handoff".
func (h *house) spoken(conversationID string) string {
	h.t.Helper()
	var lines []string
	for _, m := range h.thread(conversationID) {
		switch {
		case m.Kind == message.Activity:
			lines = append(lines, "activity:"+m.Content.Activity.What)
		case m.Direction == message.Internal:
			lines = append(lines, "note:"+m.Content.Text)
		default:
			lines = append(lines, string(m.Direction)+":"+m.Content.Text)
		}
	}
	return strings.Join(lines, " | ")
}

func (h *house) step(by Viewer, c Conversation) Step {
	return Step{TenantID: h.company, ConversationID: c.ID, By: by}
}

func (h *house) reply(by Viewer, c Conversation, text string) (Message, error) {
	h.mu.Lock()
	h.serial++
	key := fmt.Sprint("key", h.serial)
	h.mu.Unlock()
	return h.Reply(context.Background(), ReplyInput{TenantID: h.company, ConversationID: c.ID, By: by, ClientKey: key,
		Content: message.Content{Kind: message.Text, Text: text}})
}

// number asks one number of the database.
func (h *house) number(query string, args ...any) (n int64) {
	h.t.Helper()
	err := h.db.Read(context.Background(), database.Platform("a test looks at all companies"), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, query, args...).Scan(&n)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h *house) writeTx(fn func(ctx context.Context, tx *database.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(context.Background(), database.Company(h.company), fn); err != nil {
		h.t.Fatal(err)
	}
}

// types lists the types of the events told since the last call.
func (h *house) types() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []string
	for _, e := range h.told {
		list = append(list, e.Type)
	}
	h.told = nil
	return list
}

func (h *house) must(c Conversation, err error) Conversation {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func reason(err error) string {
	var f *fault.Error
	if asFault(err, &f) {
		if f.Reason != "" {
			return f.Reason
		}
		return string(f.Code)
	}
	return fmt.Sprint(err)
}

// toyBots answers "echo <text>"; some texts have it do other things.
type toyBots struct {
	mu     sync.Mutex
	asked  []TurnRequest
	answer func(ctx context.Context, tx *database.Tx, r TurnRequest) (Turn, error)
}

func (b *toyBots) Turns(ctx context.Context, tx *database.Tx, requests []TurnRequest) ([]Turn, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	turns := make([]Turn, len(requests))
	for n, r := range requests {
		b.asked = append(b.asked, r)
		if b.answer != nil {
			turn, err := b.answer(ctx, tx, r)
			if err != nil {
				return nil, err
			}
			turns[n] = turn
			continue
		}
		switch r.Content.Text {
		case "person":
			turns[n] = Turn{Replies: []Reply{replyTo(r, "one moment")},
				HandOff: &HandOff{Reason: "asked", Team: "sales", Fields: map[string]string{"city": "Recife", "name": "Bia"}}}
		case "bye":
			turns[n] = Turn{Replies: []Reply{replyTo(r, "goodbye")}, Resolve: true, Fields: map[string]string{"vip": "yes"}}
		case "fail":
			return nil, fault.New(fault.Internal, "the flow is broken")
		case "boom":
			panic("boom")
		default:
			turns[n] = Turn{Replies: []Reply{replyTo(r, "echo "+r.Content.Text)}}
		}
	}
	return turns, nil
}

func replyTo(r TurnRequest, text string) Reply {
	return Reply{ID: id.Derive(id.Message, r.AtMS, r.ConversationID, r.MessageID, text), Content: message.Content{Kind: message.Text, Text: text}}
}

// toyAdapter speaks a platform whose webhooks are our own Inbound as JSON.
type toyAdapter struct{ channel message.Channel }

func (a toyAdapter) Channel() message.Channel { return a.channel }

func (a toyAdapter) Challenge(url.Values, []channel.Account) ([]byte, error) { return nil, nil }

func (a toyAdapter) Verify(_ http.Header, _ []byte, accounts []channel.Account) ([]channel.Account, error) {
	return accounts, nil
}

func (a toyAdapter) Split(body []byte) ([]channel.Piece, error) {
	return []channel.Piece{{Body: body}}, nil
}

func (a toyAdapter) Parse(piece []byte) (in channel.Inbound, err error) {
	if err := json.Unmarshal(piece, &in); err != nil {
		return in, fault.New(fault.Invalid, "the timestamp is no number")
	}
	if in.Content.Text == "explode" {
		panic("parser")
	}
	return in, nil
}

func (a toyAdapter) Render(out channel.Outbound) ([]channel.Part, error) {
	if out.Content.Text == "unrenderable" {
		return nil, fault.Refuse("too_odd", "the channel can't carry it")
	}
	body, err := json.Marshal(map[string]any{"to": out.To, "text": out.Content.Text, "ours": out.Ours, "quote": out.QuoteID})
	return []channel.Part{{Method: "messages", Body: body}}, err
}

func (a toyAdapter) Send(context.Context, channel.Account, channel.Part) (channel.Receipt, error) {
	return channel.Receipt{}, nil
}

func (a toyAdapter) Signal(context.Context, channel.Account, []message.Address, channel.Signal) error {
	return nil
}

func (a toyAdapter) Fetch(context.Context, channel.Account, message.Media) (channel.Download, error) {
	return channel.Download{}, nil
}

func (a toyAdapter) Probe(context.Context, channel.Account) (channel.Probe, error) {
	return channel.Probe{}, nil
}

func (a toyAdapter) Subscribe(context.Context, channel.Account, string) error { return nil }

// toySealer keeps secrets in the open.
type toySealer struct{}

func (toySealer) Seal(_ string, plain []byte) (string, error) { return string(plain), nil }
func (toySealer) Open(_, sealed string) ([]byte, error)       { return []byte(sealed), nil }
