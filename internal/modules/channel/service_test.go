package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
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
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/shard"
)

// platform is an adapter whose answers a test decides.
type platform struct {
	channel message.Channel
	mu      sync.Mutex
	answer  func(to string, text string, attempt int) (Receipt, error)
	took    []call
	calls   chan call
	tries   map[string]int
	gate    chan struct{} // when set, a call waits for it
	late    bool          // it renders a late form
	probe   func(Account) (Probe, error)
}

type call struct{ To, Text, Ours string }

type request struct {
	To, Text, Ours string
}

func newPlatform(ch message.Channel) *platform {
	return &platform{channel: ch, calls: make(chan call, 1000), tries: map[string]int{}}
}

func (p *platform) Channel() message.Channel { return p.channel }
func (p *platform) Challenge(url.Values, []Account) ([]byte, error) {
	return nil, fault.New(fault.NotFound, "none")
}
func (p *platform) Verify(http.Header, []byte, []Account) ([]Account, error) {
	return nil, fault.New(fault.Unauthorized, "none")
}
func (p *platform) Split([]byte) ([]Piece, error) { return nil, nil }
func (p *platform) Parse([]byte) (Inbound, error) { return Inbound{}, nil }

// Render makes a part of each line of a text.
func (p *platform) Render(out Outbound) ([]Part, error) {
	if out.Content.Kind != message.Text {
		return nil, fault.Refuse("not_here", "only texts")
	}
	var parts []Part
	for _, line := range strings.Split(out.Content.Text, "\n") {
		body, err := json.Marshal(request{out.To[0].Value, line, out.Ours})
		if err != nil {
			return nil, err
		}
		part := Part{Method: "messages", Body: body}
		if p.late {
			part.Late = lateBody(request{out.To[0].Value, line, out.Ours})
		}
		parts = append(parts, part)
	}
	return parts, nil
}

func (p *platform) Send(_ context.Context, _ Account, part Part) (Receipt, error) {
	var r request
	if err := json.Unmarshal(part.Body, &r); err != nil {
		return Receipt{}, err
	}
	if p.gate != nil {
		<-p.gate
	}
	p.mu.Lock()
	p.tries[r.Text]++
	attempt := p.tries[r.Text]
	answer := p.answer
	p.mu.Unlock()
	receipt, err := Receipt{ExternalID: "ext-" + r.Ours, Status: message.Accepted}, error(nil)
	if answer != nil {
		receipt, err = answer(r.To, r.Text, attempt)
	}
	p.mu.Lock()
	p.took = append(p.took, call(r))
	p.mu.Unlock()
	p.calls <- call(r)
	return receipt, err
}

func (p *platform) Signal(context.Context, Account, []message.Address, Signal) error { return nil }
func (p *platform) Fetch(context.Context, Account, message.Media) (Download, error) {
	return Download{}, &SendError{Class: Rejected, Message: "gone"}
}
func (p *platform) Probe(_ context.Context, account Account) (Probe, error) {
	if p.probe != nil {
		return p.probe(account)
	}
	return Probe{}, &SendError{Class: Stop, Code: "190", Message: "the token was refused"}
}
func (p *platform) Subscribe(context.Context, Account, string) error { return nil }

// ledger remembers what it was told.
type ledger struct {
	mu      sync.Mutex
	changes []Change
	told    chan Change
	refuse  map[string]Refusal
}

func newLedger() *ledger { return &ledger{told: make(chan Change, 1000), refuse: map[string]Refusal{}} }

func (l *ledger) Settle(_ context.Context, tx *database.Tx, changes []Change) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changes = append(l.changes, changes...)
	tx.AfterCommit(func() {
		for _, c := range changes {
			l.told <- c
		}
	})
	return nil
}

func (l *ledger) Admit(_ context.Context, _ *database.Tx, candidates []Candidate) (refused []Refusal, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range candidates {
		if r, ok := l.refuse[c.MessageID]; ok {
			refused = append(refused, r)
		}
	}
	return refused, nil
}

func (l *ledger) await(t *testing.T, messageID string, status message.Status) Change {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case c := <-l.told:
			if c.MessageID == messageID && c.Status == status {
				return c
			}
		case <-deadline:
			t.Fatalf("%s was not told as %s; told: %+v", messageID, status, l.changes)
		}
	}
}

// plainBox seals nothing; the real one has its own tests.
type plainBox struct{}

func (plainBox) Seal(aad string, plain []byte) (string, error) { return aad + "|" + string(plain), nil }
func (plainBox) Open(aad, sealed string) ([]byte, error) {
	plain, ok := strings.CutPrefix(sealed, aad+"|")
	if !ok {
		return nil, errors.New("sealed for another row")
	}
	return []byte(plain), nil
}

type rig struct {
	*Service
	t        *testing.T
	db       *database.DB
	platform *platform
	ledger   *ledger
	account  Account
	tenant   string
}

func testConfig() Config {
	return Config{InFlight: 8, MaxAttempts: 3, SettleAfter: 80 * time.Millisecond, PollEvery: 20 * time.Millisecond, EarlyFor: time.Minute,
		ExchangeFor: time.Hour, ExchangeRows: 5, RefreshEvery: 20 * time.Millisecond, StaleAfter: time.Minute,
		WhatsAppRate: 10_000, WhatsAppBurst: 1000, TelegramRate: 10_000, TelegramBurst: 1000, MetaRate: 10_000}
}

func newRig(t *testing.T, db *database.DB, ch message.Channel) *rig {
	t.Helper()
	r := &rig{t: t, db: db, platform: newPlatform(ch), ledger: newLedger(), tenant: id.New(id.Tenant, 1)}
	r.Service = New(testConfig(), Deps{DB: db, Sealer: plainBox{}, Adapters: []Adapter{r.platform}, Clock: clock.System{},
		Logger: slog.New(slog.DiscardHandler), Shards: 4, Wake: func(int) {}})
	r.Bind(r.ledger)
	var err error
	r.account, err = r.Create(context.Background(), NewAccount{TenantID: r.tenant, Channel: ch, Name: "Loja", ExternalID: id.New("ext", 1),
		Credentials: map[string]secret.Text{"token": secret.New("tok"), "app_secret": secret.New("shh")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.directory.Refresh(context.Background()); err != nil {
		t.Fatal(err)
	}
	return r
}

// order queues a text and gives its message id.
func (r *rig) order(conversation string, seq int64, text string) string {
	r.t.Helper()
	messageID := id.New(id.Message, seq)
	err := r.db.Write(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
		return r.Order(ctx, tx, []Order{{TenantID: r.tenant, AccountID: r.account.ID, ConversationID: conversation, MessageID: messageID,
			Shard: 1, Seq: seq, To: []message.Address{{Kind: message.WaID, Value: conversation}}, Content: message.Content{Kind: message.Text, Text: text}}})
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return messageID
}

// send runs the shard's sender until the test ends, or stop is called.
func (r *rig) send() (stop func()) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	lease := r.lease()
	done := make(chan error, 1)
	go func() { done <- r.Sender().Run(ctx, lease) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				r.t.Error(err)
			}
		})
	}
	r.t.Cleanup(stop)
	return stop
}

// lease takes shard 1 under the next epoch.
func (r *rig) lease() (lease shard.Lease) {
	r.t.Helper()
	err := r.db.Write(context.Background(), database.Platform("a test takes a shard"), func(ctx context.Context, tx *database.Tx) error {
		lease.Shard = 1
		return tx.QueryRow(ctx, `INSERT INTO shard_lease (shard, owner, epoch, expires_ms) VALUES (1, 'test', 1, $1)
			ON CONFLICT (shard) DO UPDATE SET epoch = shard_lease.epoch + 1 RETURNING epoch`, tx.Now()+600_000).Scan(&lease.Epoch)
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return lease
}

func (r *rig) report(s StatusReport) {
	r.t.Helper()
	err := r.db.Write(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
		return r.Report(ctx, tx, []Report{{TenantID: r.tenant, AccountID: r.account.ID, AtMS: tx.Now(), Status: s}})
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// row reads a delivery of a message.
func (r *rig) row(messageID string) (deliveryID, state, externalID string, next int64) {
	r.t.Helper()
	err := r.db.Read(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, `SELECT id, state, external_id, next_try_ms FROM delivery WHERE tenant_id = $1 AND message_id = $2 ORDER BY part LIMIT 1`,
			r.tenant, messageID).Scan(&deliveryID, &state, &externalID, &next)
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return deliveryID, state, externalID, next
}

func TestAccountsAreKeptWithTheirSecretsSealed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		ctx := context.Background()
		got, err := r.Get(ctx, r.tenant, r.account.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !got.Credential("token").Equal("tok") || got.Credential("verify_token").IsZero() || got.Hook == "" {
			t.Errorf("came back as %+v", got)
		}
		shown, err := json.Marshal(got.View())
		if err != nil || strings.Contains(string(shown), "shh") || !strings.Contains(string(shown), `"app_secret"`) {
			t.Errorf("shown as %s, %v", shown, err)
		}
		if _, err := r.Get(ctx, id.New(id.Tenant, 2), r.account.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("another company got %v", err)
		}
		_, err = r.Create(ctx, NewAccount{TenantID: id.New(id.Tenant, 3), Channel: message.WhatsApp, Name: "Roubo", ExternalID: got.ExternalID,
			Credentials: map[string]secret.Text{"token": secret.New("x"), "app_secret": secret.New("y")}})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("a number was connected twice: %v", err)
		}
		for name, in := range map[string]NewAccount{
			"name":                   {TenantID: r.tenant, Channel: message.WhatsApp, ExternalID: "1"},
			"channel":                {TenantID: r.tenant, Channel: "pigeon", Name: "a", ExternalID: "1"},
			"external_id":            {TenantID: r.tenant, Channel: message.WhatsApp, Name: "a"},
			"credentials.token":      {TenantID: r.tenant, Channel: message.Telegram, Name: "a", ExternalID: "1"},
			"credentials.app_secret": {TenantID: r.tenant, Channel: message.WhatsApp, Name: "a", ExternalID: "1", Credentials: map[string]secret.Text{"token": secret.New("t")}},
		} {
			_, err := r.Create(ctx, in)
			var known *fault.Error
			if !errors.As(err, &known) || known.Field != name {
				t.Errorf("bad %s gave %v", name, err)
			}
		}
		name := "Loja nova"
		if _, err := r.Update(ctx, AccountChange{TenantID: r.tenant, ID: got.ID, Version: got.Version + 5, Name: &name}); !fault.Is(err, fault.Conflict) {
			t.Errorf("an old version was accepted: %v", err)
		}
		changed, err := r.Update(ctx, AccountChange{TenantID: r.tenant, ID: got.ID, Version: got.Version, Name: &name, Credentials: map[string]secret.Text{"token": secret.New("new")}})
		if err != nil || changed.Name != name || !changed.Credential("token").Equal("new") || !changed.Credential("app_secret").Equal("shh") {
			t.Errorf("changed to %+v, %v", changed, err)
		}
		if _, err := r.Probe(ctx, r.tenant, got.ID); !fault.Is(err, fault.Refused) || fault.MessageOf(err) != "the token was refused" {
			t.Errorf("the probe told %v", err)
		}
	})
}

func TestAnAdaptersWordsArrive(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		code fault.Code
		text string
	}{
		"refusal":      {fault.Refuse("401", "Telegram refused the token"), fault.Refused, "Telegram refused the token"},
		"unreachable":  {fault.New(fault.Unavailable, "Telegram cannot be reached"), fault.Unavailable, "Telegram cannot be reached"},
		"send error":   {&SendError{Class: Stop, Message: "the token was refused"}, fault.Refused, "the token was refused"},
		"defect":       {fault.New(fault.Internal, "a detail of ours"), fault.Unavailable, "the platform could not be asked"},
		"unclassified": {errors.New("a detail of ours"), fault.Unavailable, "the platform could not be asked"},
	} {
		if err := refusedBy(c.err); !fault.Is(err, c.code) || fault.MessageOf(err) != c.text {
			t.Errorf("%s became %v", name, err)
		}
	}
}

func TestTheDirectoryFollowsTheTable(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		accounts, fresh := r.directory.ByHook(message.WhatsApp, r.account.Hook)
		if len(accounts) != 1 || !fresh {
			t.Fatalf("found %d accounts, fresh %v", len(accounts), fresh)
		}
		if found, ok := r.directory.ByExternal(message.WhatsApp, r.account.ExternalID); !ok || found.ID != r.account.ID {
			t.Errorf("by the platform's id: %v %+v", ok, found)
		}
		if _, ok := r.directory.ByExternal(message.Telegram, r.account.ExternalID); ok {
			t.Error("the platform's id was found on another platform")
		}
		changed := make(chan struct{}, 10)
		r.directory.OnChange(func() { changed <- struct{}{} })
		disabled := Disabled
		if _, err := r.Update(context.Background(), AccountChange{TenantID: r.tenant, ID: r.account.ID, State: &disabled}); err != nil {
			t.Fatal(err)
		}
		if err := r.directory.Refresh(context.Background()); err != nil {
			t.Fatal(err)
		}
		<-changed
		if got, _ := r.directory.Account(r.account.ID); got.State != Disabled {
			t.Errorf("the snapshot still says %s", got.State)
		}
		if err := r.directory.Refresh(context.Background()); err != nil {
			t.Fatal(err)
		}
		if len(changed) != 0 {
			t.Error("an unchanged table was read anew")
		}
	})
}

func TestQuarantineIsKeptShownAndTakenOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		ctx := context.Background()
		body := []byte{0xff, 0x00, '{'}
		err := db.Write(ctx, database.Platform("a test quarantines a piece of nobody"), func(ctx context.Context, tx *database.Tx) error {
			return r.Quarantine(ctx, tx, []event.Raw{{Channel: "whatsapp", Body: body, ReceivedMS: 5}, {TenantID: r.tenant, AccountID: r.account.ID, Channel: "whatsapp", Body: []byte("{}")}},
				[]string{"unknown account", strings.Repeat("é", 600)})
		})
		if err != nil {
			t.Fatal(err)
		}
		list, err := r.ListQuarantine(ctx, "", 1)
		if err != nil || len(list.Items) != 1 || list.Next == "" {
			t.Fatalf("listed %+v, %v", list, err)
		}
		more, err := r.ListQuarantine(ctx, list.Next, 10)
		if err != nil || len(more.Items) != 1 || more.Next != "" {
			t.Fatalf("then %+v, %v", more, err)
		}
		var nobodys string
		for _, q := range append(list.Items, more.Items...) {
			if q.TenantID == "" {
				nobodys = q.ID
			}
		}
		raw, err := r.TakeQuarantined(ctx, nobodys, "replayed")
		if err != nil || string(raw.Body) != string(body) {
			t.Fatalf("took %+v, %v", raw, err)
		}
		if _, err := r.TakeQuarantined(ctx, nobodys, "replayed"); !fault.Is(err, fault.Conflict) {
			t.Errorf("it was taken twice: %v", err)
		}
	})
}

func TestTheExchangeLogIsBoundedAndClean(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		ctx := context.Background()
		for n := range 12 {
			r.Record(Exchange{TenantID: r.tenant, AccountID: r.account.ID, AtMS: time.Now().UnixMilli() + int64(n), Method: "POST", Path: fmt.Sprintf("/%d", n),
				Request: "a\x00b", Response: strings.Repeat("x", 2*maxTraceBody), Status: 200})
		}
		r.Heard(r.account.ID, 77)
		if err := r.flush(ctx); err != nil {
			t.Fatal(err)
		}
		if err := r.forget(ctx); err != nil {
			t.Fatal(err)
		}
		list, err := r.Exchanges(ctx, r.tenant, r.account.ID, "", 3)
		if err != nil || len(list.Items) != 3 || list.Items[0].Path != "/11" || list.Items[0].Request != "ab" || len(list.Items[0].Response) > maxTraceBody+20 {
			t.Fatalf("shown %d, %v", len(list.Items), err)
		}
		rest, err := r.Exchanges(ctx, r.tenant, r.account.ID, list.Next, 100)
		if err != nil || len(rest.Items) != 2 {
			t.Errorf("%d are left of the 5 that are kept, %v", len(rest.Items)+3, err)
		}
		if _, err := r.Exchanges(ctx, id.New(id.Tenant, 9), r.account.ID, "", 3); !fault.Is(err, fault.NotFound) {
			t.Errorf("another company saw them: %v", err)
		}
		if account, err := r.Get(ctx, r.tenant, r.account.ID); err != nil || account.LastWebhookMS != 77 || account.Version != r.account.Version {
			t.Errorf("the account shows %+v, %v", account, err)
		}
	})
}

// However long nobody was there, the platform's word on a send that was cut
// off is waited for: it may not have been read yet.
func TestAnOldCutOffSendIsNotRepeatedBeforeItsReportCanBeRead(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		r.cfg.SettleAfter = 10 * time.Second
		left := r.order("c1", 1, "left")
		err := db.Write(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE delivery SET state = 'sending', attempt = 1, next_try_ms = $2 WHERE tenant_id = $1`, r.tenant, tx.Now()-3_600_000)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r.send()
		r.ledger.await(t, r.order("c2", 1, "other"), message.Accepted) // the sender is at work
		deliveryID, _, _, _ := r.row(left)
		r.report(StatusReport{ExternalID: "x1", Ours: deliveryID, Status: message.Sent})
		r.ledger.await(t, left, message.Sent)
		r.ledger.await(t, r.order("c1", 2, "next"), message.Accepted)
		if r.platform.tries["left"] != 0 {
			t.Errorf("it was repeated %d times", r.platform.tries["left"])
		}
	})
}

// A new owner is offered fresh rows before it has seen what its predecessor
// left: the older ones of a conversation go first all the same.
func TestWhatWasLeftGoesBeforeWhatIsOffered(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		for n := range 12 {
			conversation := fmt.Sprintf("c%d", n)
			r.order(conversation, 1, "first")
			last := r.order(conversation, 2, "second")
			s := newSender(r.Service, r.lease())
			err := db.Read(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
				rows, err := waiting(ctx, tx, 1, 0, 1<<62)
				for _, q := range rows {
					if q.seq == 2 {
						s.fresh <- []queued{q}
					}
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error, 1)
			go func() { done <- s.run(ctx) }()
			r.ledger.await(t, last, message.Accepted)
			cancel()
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			took := r.platform.took[len(r.platform.took)-2:]
			if took[0].Text != "first" || took[1].Text != "second" {
				t.Fatalf("try %d: %+v", n, took)
			}
		}
	})
}

// A crowd that the sender has no room for is found in the table, and nothing
// that is offered later overtakes it.
func TestACrowdIsNotOvertaken(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		s := newSender(r.Service, r.lease())
		r.senders.byShard = map[int]*sender{1: s}
		s.blind = false // it has seen the table before the crowd came
		for range cap(s.fresh) {
			s.fresh <- nil
		}
		r.order("c1", 1, "first")
		<-s.fresh
		last := r.order("c1", 2, "second")
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- s.run(ctx) }()
		r.ledger.await(t, last, message.Accepted)
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if took := r.platform.took; len(took) != 2 || took[0].Text != "first" {
			t.Fatalf("%+v", took)
		}
	})
}
