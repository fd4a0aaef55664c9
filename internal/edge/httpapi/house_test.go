package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/adapters/mercadopago"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/page"
	"prosa/internal/edge/realtime"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/archive"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/builder"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/channel/health"
	"prosa/internal/modules/consent"
	"prosa/internal/modules/contact"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/finops"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/inbox"
	showcase "prosa/internal/modules/listing"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/media"
	"prosa/internal/modules/move"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/product"
	"prosa/internal/modules/sale"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/template"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/outbox"
	"prosa/internal/platform/secretbox"
	"prosa/internal/platform/shard"
	"prosa/internal/platform/stream"
	payfake "prosa/internal/sandbox/mercadopago"
	fakezoho "prosa/internal/sandbox/zoho"
)

const (
	password = "correct horse battery"
	patience = 20 * time.Second
)

// house is the real thing behind a real server: database, streams, the shard's
// owner and all modules; only the platform's app is paper.
type house struct {
	environments leasesInMemory
	journeys
	t         *testing.T
	db        *database.DB
	gate      *hold.Gate
	costs     *finops.Service
	streams   *stream.Stream
	identity  *identity.Service
	tenancy   *tenancy.Service
	plans     *plan.Service
	channels  *channel.Service
	health    *health.Service
	bots      *botrun.Service
	builder   *builder.Service
	products  *product.Service
	listing   *showcase.Service
	templates *template.Service
	orders    *order.Service
	payments  *payment.Service
	mail      *mail.Service
	outbox    *mailbag
	zoho      *fakezoho.Server
	billing   *subscription.Service

	payAccounts *payment.Accounts
	payServer   *payfake.Server
	blobs       blob.Store
	hub         *realtime.Hub
	letters     *letterBox
	paper       *paper
	server      *httptest.Server
	logs        *safeBuffer
	contract    *promised
	root        *client // the first admin, who also is the operator
}

// safeBuffer collects the log.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func cheap() identity.Config {
	cfg := identity.Default()
	cfg.Demo, cfg.HashMemoryKiB, cfg.HashTime, cfg.HashAtOnce = true, 64, 1, 8
	cfg.PublicURL = "http://prosa.example.com"
	return cfg
}

// defaults fills a configuration as an empty environment does.
func defaults[T any](t *testing.T) (cfg T) {
	t.Helper()
	if err := config.Load(&cfg, func(string) (string, bool) { return "", false }); err != nil {
		t.Fatal(err)
	}
	return cfg
}

func open(t *testing.T, db *database.DB) *house {
	t.Helper()
	ctx := context.Background()
	h := &house{t: t, db: db, logs: &safeBuffer{}, letters: &letterBox{}, paper: &paper{}, contract: newPromised(t)}
	logger := h.logger()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	h.streams, err = stream.Open(ctx, stream.Config{Dir: t.TempDir()})
	must(err)
	t.Cleanup(func() { must(h.streams.Close()) })
	h.blobs, err = blob.NewFolder(blob.Config{Dir: t.TempDir()})
	must(err)
	box, err := secretbox.Open(secretbox.Config{Dir: t.TempDir()})
	must(err)
	h.plans = plan.New(db)
	h.tenancy = tenancy.New(db, outbox.Write, clock.System{})
	h.identity = identity.New(cheap(), db, outbox.Write, clock.System{})
	h.identity.BindSealer(box)
	h.openMail(box, logger)
	h.channels = channel.New(defaults[channel.Config](t), channel.Deps{
		DB: db, Sealer: box, Adapters: []channel.Adapter{h.paper}, Clock: clock.System{}, Logger: logger, Shards: 1, Wake: h.streams.Wake,
		Admit: h.admit(tenancy.Channels),
	})
	tellAll := func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error {
		return outbox.Write(ctx, tx, 0, envelopes...)
	}
	contacts := contact.New(db, tellAll)
	conversations := conversation.New(conversation.Defaults(), conversation.Deps{
		DB: db, Contacts: contacts, Deliverer: h.channels, Directory: h.channels.Directory(), Tell: outbox.Write, Logger: logger,
	})
	contacts.Bind(conversations)
	h.channels.Bind(conversations)
	h.health = health.New(defaults[health.Config](t), health.Deps{DB: db, Channels: h.channels, HookURL: func(a channel.Account) string { return "http://prosa.example.com/" + a.Hook }, Clock: clock.System{}, Logger: logger, Shards: 1})
	files := media.New(media.Default(), media.Deps{DB: db, Blobs: h.blobs, Clock: clock.System{}, Logger: logger, Locale: func(string) string { return "pt-BR" }})
	files.Bind(h.channels, conversations)
	h.bots = botrun.New(db, defaults[botrun.Config](t), botrun.Deps{Assign: h.channels.Assign, Admit: h.admit(tenancy.Bots), Sealer: box, Log: logger})
	conversations.BindTurns(h.bots)
	h.builder = builder.New(builder.Deps{DB: db, Bots: h.bots, Accounts: h.answering, Emit: outbox.Write, Clock: clock.System{}})
	live := realtime.Default()
	live.LightEvery = 50 * time.Millisecond
	h.hub = realtime.New(live, h.streams, func(ctx context.Context) (string, error) { return outbox.Epoch(ctx, db) }, logger)
	h.openShop(contacts, box, logger)
	h.templates = h.openTemplates(logger)
	conversations.BindTemplates(h.templates)
	h.gate = hold.NewGate(db)
	h.costs = finops.New(defaults[finops.Config](t), db, clock.System{}, logger)
	handler, err := New(Deps{
		Stands: h.gate.Admit, Moves: move.New(move.Config{}, move.With{DB: db, Clock: clock.System{}, Logger: logger}).List,
		PublicURL: "http://prosa.example.com", Demo: true, Version: "test", SessionLife: time.Hour, UploadMax: 1 << 20,
		Identity: h.identity, Mail: h.mail, Tenancy: h.tenancy, Plans: h.plans, Billing: h.openBilling(logger), Sagas: h.openSagas(logger), Signup: h.openSignup(logger), Selling: Selling{Open: true, Methods: []string{"card"}}, Audit: audit.New(db), CRM: h.openCRM(box, logger), Archive: archive.New(db, h.blobs), Inbox: inbox.New(inbox.Config{UploadMax: 1 << 20}, db, h.blobs, files.Looker()), Media: files,
		Conversations: conversations, Contacts: contacts, Consents: consent.New(db, contacts, tellAll), Channels: h.channels, Health: h.health, Bots: h.bots, Builder: h.builder, Letters: h.letters, Live: h.hub, Blobs: h.blobs,
		Replay: h.replay, Clock: clock.System{}, Logger: logger, Products: h.products, Listing: h.listing, Orders: h.orders, Payments: h.payments, PaymentAccounts: h.payAccounts,
		Sales: h.openSales(conversations, logger), Templates: h.templates,
		Costs: h.costs, Meters: meter.New(meter.Deps{DB: db, Clock: clock.System{}, Logger: logger}), Environments: &h.environments,
	})
	must(err)
	h.server = httptest.NewServer(handler)
	h.run(conversations, logger)
	h.setUp()
	return h
}

func (h *house) answering(ctx context.Context, tenantID string) ([]builder.Account, error) {
	accounts, err := h.channels.List(ctx, tenantID)
	list := make([]builder.Account, len(accounts))
	for i, account := range accounts {
		list[i] = builder.Account{ID: account.ID, Channel: account.Channel, Name: account.Name, BotID: account.BotID}
	}
	return list, err
}

// openShop makes the shop's modules.
func (h *house) openShop(contacts *contact.Service, box *secretbox.Box, logger *slog.Logger) {
	tell := func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error {
		return outbox.Write(ctx, tx, 0, envelopes...)
	}
	h.products = product.New(h.db, tell, h.blobs)
	h.listing = h.hang(logger)
	h.payAccounts = payment.NewAccounts(defaults[payment.Config](h.t), h.db, box, logger)
	payServer, err := payfake.New(payfake.Config{})
	if err != nil {
		h.t.Fatal(err)
	}
	h.payServer = payServer
	payHTTP := httptest.NewServer(payServer)
	h.t.Cleanup(payHTTP.Close)
	cfg := defaults[mercadopago.Config](h.t)
	cfg.BaseURL = payHTTP.URL
	vendor, err := mercadopago.New(cfg, payHTTP.Client(), h.payAccounts)
	if err != nil {
		h.t.Fatal(err)
	}
	h.payments = payment.New(defaults[payment.Config](h.t), h.db, logger, vendor)
	h.payAccounts.Bind(h.payments, vendor)
	h.orders = order.New(defaults[order.Config](h.t), order.Deps{
		DB: h.db, Stock: h.products, Payments: h.payments, Contacts: contacts, Tell: tell, Logger: logger,
	})
	h.payments.Bind(h.orders)
}

// openSales joins the shop's modules with the conversations.
func (h *house) openSales(conversations *conversation.Service, logger *slog.Logger) *sale.Service {
	return sale.New(defaults[sale.Config](h.t), sale.Deps{
		DB: h.db, Orders: h.orders, Products: h.products, Payments: h.payments, Conversations: conversations, Blobs: h.blobs, Links: pages{},
		Picture: func(tenantID, hash string) string { return "https://prosa.example.com/" + tenantID + "/" + hash },
		Speaks:  func(context.Context, *database.Tx, string, string) (string, error) { return "pt-BR", nil }, Logger: logger,
	})
}

// pages are addresses of pages that nobody opens.
type pages struct{}

func (pages) Product(_, variantID string) string { return "https://prosa.example.com/p/" + variantID }

func (pages) Shop(_, contactID, _ string) string { return "https://prosa.example.com/c/" + contactID }

func (pages) Order(_, orderID string) string { return "https://prosa.example.com/o/" + orderID }

// run starts what works behind the API: the shard's owner and the hub.
func (h *house) run(conversations *conversation.Service, logger *slog.Logger) {
	keeper := shard.NewKeeper(h.db, "test", shard.Config{Count: 1, Renew: 20 * time.Millisecond, TTL: 10 * time.Second}, logger,
		conversations.Worker(h.streams), outbox.NewRelay(h.db, h.streams, logger), h.channels.Sender(), h.tenancy.Follower(h.streams, logger))
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = keeper.Run(ctx) })
	running.Go(func() { _ = h.hub.Run(ctx) })
	h.t.Cleanup(func() {
		cancel()
		running.Wait()
		h.server.CloseClientConnections()
		h.server.Close()
	})
}

func (h *house) replay(ctx context.Context, raw event.Raw) error {
	_, err := h.streams.Publish(ctx, conversation.Subject(0), event.AppendFrame(nil, []event.Raw{raw}))
	return err
}

func (h *house) setUp() {
	h.t.Helper()
	token, err := h.identity.SetupToken(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	h.root = h.browser()
	h.root.call(http.MethodPost, "/setup", map[string]any{
		"token": token.Reveal(), "company_name": "Padaria Alfa", "name": "Ana", "email": "ana@alfa.example.com", "password": password,
	}).want(http.StatusCreated)
}

// client is a browser.
type client struct {
	h   *house
	jar map[string]string
	// header is sent with every call.
	header http.Header
}

func (h *house) browser() *client {
	return &client{h: h, jar: map[string]string{}, header: http.Header{"Sec-Fetch-Site": {"same-origin"}}}
}

// answer is what a call got.
type answer struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   []byte
}

func (c *client) call(method, path string, body any, headers ...string) *answer {
	c.h.t.Helper()
	var content io.Reader
	contentType := ""
	switch b := body.(type) {
	case nil:
	case form:
		content, contentType = bytes.NewReader(b.body), b.contentType
	case string:
		content, contentType = strings.NewReader(b), "application/json"
	default:
		encoded, err := json.Marshal(body)
		if err != nil {
			c.h.t.Fatal(err)
		}
		content, contentType = bytes.NewReader(encoded), "application/json"
	}
	request, err := http.NewRequest(method, c.h.server.URL+Prefix+path, content)
	if err != nil {
		c.h.t.Fatal(err)
	}
	for name, values := range c.header {
		request.Header[name] = values
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	for name, value := range c.jar {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	response, err := c.h.server.Client().Do(request)
	if err != nil {
		c.h.t.Fatal(err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		c.h.t.Fatal(err)
	}
	for _, cookie := range response.Cookies() {
		if cookie.MaxAge < 0 {
			delete(c.jar, cookie.Name)
		} else {
			c.jar[cookie.Name] = cookie.Value
		}
	}
	got := &answer{t: c.h.t, what: method + " " + path, status: response.StatusCode, header: response.Header, body: read}
	c.h.contract.check(c.h.t, request, got)
	return got
}

func (c *client) get(path string) *answer { c.h.t.Helper(); return c.call(http.MethodGet, path, nil) }

func (a *answer) want(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: status %d, want %d: %s", a.what, a.status, status, a.body)
	}
	return a
}

// wantProblem checks a failure and its form.
func (a *answer) wantProblem(status int, code fault.Code, reason string) *answer {
	a.t.Helper()
	a.want(status)
	if kind := a.header.Get("Content-Type"); kind != "application/problem+json" {
		a.t.Fatalf("%s: a problem of type %s: %s", a.what, kind, a.body)
	}
	p := decode[Problem](a)
	if p.Code != string(code) || p.Reason != reason || p.Status != status || p.RequestID == "" {
		a.t.Fatalf("%s: problem %+v, want %s %s", a.what, p, code, reason)
	}
	return a
}

func decode[T any](a *answer) (value T) {
	a.t.Helper()
	if err := json.Unmarshal(a.body, &value); err != nil {
		a.t.Fatalf("%s: %v: %s", a.what, err, a.body)
	}
	return value
}

// text gives a member of the answer by its names.
func (a *answer) text(path ...string) string {
	a.t.Helper()
	value := decode[any](a)
	for _, name := range path {
		if list, isList := value.([]any); isList {
			at, err := strconv.Atoi(name)
			if err != nil || at >= len(list) {
				a.t.Fatalf("%s has no %v: %s", a.what, path, a.body)
			}
			value = list[at]
			continue
		}
		object, ok := value.(map[string]any)
		if !ok {
			a.t.Fatalf("%s has no %v: %s", a.what, path, a.body)
		}
		value = object[name]
	}
	text, ok := value.(string)
	if !ok {
		a.t.Fatalf("%s has no text at %v: %s", a.what, path, a.body)
	}
	return text
}

type form struct {
	body        []byte
	contentType string
}

// join invites somebody into the company of the admin who asks.
func (h *house) join(admin *client, email, name string, role identity.Role) *client {
	h.t.Helper()
	link := admin.call(http.MethodPost, "/invitations", map[string]any{"email": email, "role": role}).want(http.StatusCreated).text("link")
	parsed, err := url.Parse(link)
	if err != nil {
		h.t.Fatal(err)
	}
	b := h.browser()
	b.call(http.MethodPost, "/invitation/accept", map[string]any{"token": parsed.Fragment, "name": name, "password": password}).want(http.StatusCreated)
	return b
}

// company makes a second company with its admin.
func (h *house) company(name, email, adminName string) *client {
	h.t.Helper()
	link := h.root.call(http.MethodPost, "/companies", map[string]any{"name": name, "admin_email": email}).want(http.StatusCreated).text("link")
	_, token, _ := strings.Cut(link, "#")
	b := h.browser()
	b.call(http.MethodPost, "/invitation/accept", map[string]any{"token": token, "name": adminName, "password": password}).want(http.StatusCreated)
	return b
}

func (c *client) userID() string {
	c.h.t.Helper()
	return c.get("/session").want(http.StatusOK).text("user", "id")
}

func (c *client) tenantID() string {
	c.h.t.Helper()
	return c.get("/session").want(http.StatusOK).text("company", "id")
}

// connect makes a Telegram channel, on which paper writes.
func (h *house) connect(admin *client, name, botToken string) string {
	h.t.Helper()
	id := admin.call(http.MethodPost, "/channels", map[string]any{
		"channel": "telegram", "name": name, "credentials": map[string]string{"token": botToken},
	}).want(http.StatusCreated).text("id")
	if err := h.channels.Directory().Refresh(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	return id
}

// writes has a customer write to a channel, and waits until the company's inbox
// shows it. It gives the ids of the conversation and of the message.
func (h *house) writes(admin *client, accountID, from, name, text string, media *message.Media) (conversationID, messageID string) {
	h.t.Helper()
	tenantID := admin.tenantID()
	in := channel.Inbound{
		Kind: channel.InMessage, Key: from + text, ExternalID: from + text, AtMS: time.Now().UnixMilli(), Name: name,
		From:    []message.Address{{Kind: message.TelegramUser, Value: from}, {Kind: message.TelegramChat, Value: from}},
		Content: message.Content{Kind: message.Text, Text: text},
	}
	if media != nil {
		in.Content = message.Content{Kind: message.Document, Text: text, Media: media}
	}
	body, err := json.Marshal(in)
	if err != nil {
		h.t.Fatal(err)
	}
	watching := admin.watch("")
	defer watching.close()
	if err := h.replay(context.Background(), event.Raw{TenantID: tenantID, AccountID: accountID, Channel: "telegram", ReceivedMS: in.AtMS, Body: body}); err != nil {
		h.t.Fatal(err)
	}
	data := watching.until(event.MessageCreated, func(data string) bool { return strings.Contains(data, text) })
	var envelope struct {
		Data conversation.MessageEvent `json:"data"`
	}
	if err := json.Unmarshal([]byte(data), &envelope); err != nil {
		h.t.Fatal(err)
	}
	return envelope.Data.Conversation.ID, envelope.Data.Message.ID
}

// paper is a platform whose pieces are channel.Inbound as JSON.
type paper struct {
	mu   sync.Mutex
	sent []channel.Part
}

func (*paper) Channel() message.Channel { return message.Telegram }

func (*paper) Challenge(url.Values, []channel.Account) ([]byte, error) {
	return nil, fault.New(fault.NotFound, "paper has no handshake")
}

func (*paper) Verify(_ http.Header, _ []byte, accounts []channel.Account) ([]channel.Account, error) {
	return accounts, nil
}

func (*paper) Split(body []byte) ([]channel.Piece, error) {
	return []channel.Piece{{Body: body}}, nil
}

func (*paper) Parse(piece []byte) (in channel.Inbound, err error) {
	if err := json.Unmarshal(piece, &in); err != nil {
		return in, fault.New(fault.Invalid, "not a piece of paper")
	}
	return in, nil
}

func (*paper) Render(out channel.Outbound) ([]channel.Part, error) {
	body, err := json.Marshal(out.Content)
	return []channel.Part{{Method: "send", Body: body}}, err
}

func (p *paper) Send(_ context.Context, _ channel.Account, part channel.Part) (channel.Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, part)
	return channel.Receipt{ExternalID: fmt.Sprint("out", len(p.sent)), Status: message.Sent}, nil
}

func (*paper) Signal(context.Context, channel.Account, []message.Address, channel.Signal) error {
	return nil
}

func (*paper) Fetch(context.Context, channel.Account, message.Media) (channel.Download, error) {
	return channel.Download{}, fault.New(fault.NotFound, "paper has no files")
}

func (*paper) Probe(_ context.Context, account channel.Account) (channel.Probe, error) {
	if account.Credential("token").Equal("222:bad-token-of-a-second-bot") {
		return channel.Probe{}, fault.Refuse("401", "Telegram refused the token: Unauthorized")
	}
	return channel.Probe{ExternalID: account.ExternalID, Display: "@paper", Name: "Paper"}, nil
}

func (*paper) Subscribe(context.Context, channel.Account, string) error { return nil }

// letterBox holds dead letters in memory.
type letterBox struct {
	mu      sync.Mutex
	letters []Letter
}

func (l *letterBox) List(context.Context, string, int) (page.List[Letter], error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return page.List[Letter]{Items: append([]Letter(nil), l.letters...)}, nil
}

func (l *letterBox) take(id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, letter := range l.letters {
		if letter.ID == id {
			l.letters = append(l.letters[:i], l.letters[i+1:]...)
			return nil
		}
	}
	return fault.New(fault.NotFound, "no such letter")
}

func (l *letterBox) Replay(_ context.Context, id string) error { return l.take(id) }
func (l *letterBox) Drop(_ context.Context, id string) error   { return l.take(id) }

func (h *house) logger() *slog.Logger { return slog.New(slog.NewTextHandler(h.logs, nil)) }

// botFlow is a small flow with a word of its own.
func botFlow(word string) json.RawMessage {
	return json.RawMessage(`{"schema":1,"name":"` + word + `","languages":["pt-BR"],"start":"menu","nodes":[
		{"name":"menu","kind":"choice","text":"` + word + ` oi","options":[
			{"name":"horarios","title":"Horários","next":"horas"},{"name":"pessoa","title":"Atendente","next":"gente"}]},
		{"name":"horas","kind":"message","text":"Das 9 às 18.","next":"menu"},
		{"name":"gente","kind":"handoff"}]}`)
}

// botCalling is a flow that calls another bot's and uses a secret.
func botCalling(key, secret string) json.RawMessage {
	return json.RawMessage(`{"schema":1,"name":"Chama","languages":["pt-BR"],"start":"rede","nodes":[
		{"name":"rede","kind":"web","method":"GET","url":"https://api.example.com/x","headers":{"X-Key":"{{secret.` + secret + `}}"},"next":"filho","on_error":"gente"},
		{"name":"filho","kind":"subflow","flow":"` + key + `","next":"gente","on_error":"gente"},
		{"name":"gente","kind":"handoff"}]}`)
}

// talks lets a bot answer in a conversation, as the shard's owner does.
func (h *house) talks(tenantID, botID, conversationID, text string) {
	h.t.Helper()
	err := h.db.Write(context.Background(), database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		_, err := h.bots.Turns(ctx, tx, []conversation.TurnRequest{{
			TenantID: tenantID, ConversationID: conversationID, BotID: botID, Channel: message.Telegram, Cause: conversation.CustomerWrote,
			MessageID: "msg_" + text, Content: message.Content{Kind: message.Text, Text: text}, AtMS: tx.Now(),
		}})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}
