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
		parts = append(parts, Part{Method: "messages", Body: body})
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
func (p *platform) Probe(context.Context, Account) (Probe, error) {
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

func TestPartsLeaveInOrderAndOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		stop := r.send()
		var last string
		for c := range 5 {
			for seq := range 6 {
				last = r.order(fmt.Sprintf("c%d", c), int64(seq+1), fmt.Sprintf("%d.%d.a\n%d.%d.b", c, seq, c, seq))
			}
		}
		r.ledger.await(t, last, message.Accepted)
		stop()
		place := map[string]string{}
		seen := map[string]bool{}
		for _, c := range r.platform.took {
			if seen[c.Text] {
				t.Errorf("%s was sent twice", c.Text)
			}
			seen[c.Text] = true
			if c.Text < place[c.To] {
				t.Errorf("%s left after %s", c.Text, place[c.To])
			}
			place[c.To] = c.Text
		}
	})
}

func TestATemporaryFailureIsTriedAgainAndHoldsNobodyElse(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		r.platform.answer = func(to, text string, attempt int) (Receipt, error) {
			if text == "one" && attempt == 1 {
				return Receipt{}, &SendError{Class: Retry, Code: "131000", Message: "later"}
			}
			return Receipt{ExternalID: text, Status: message.Accepted}, nil
		}
		r.send()
		one := r.order("c1", 1, "one")
		two := r.order("c1", 2, "two")
		other := r.order("c2", 1, "other")
		r.ledger.await(t, other, message.Accepted)
		r.ledger.await(t, one, message.Accepted)
		r.ledger.await(t, two, message.Accepted)
		var order []string
		for _, c := range r.platform.took {
			if c.To == "c1" {
				order = append(order, c.Text)
			}
		}
		if strings.Join(order, " ") != "one one two" {
			t.Errorf("c1 was sent %v", order)
		}
	})
}

func TestARefusalFailsTheMessageWithItsReason(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		r.platform.answer = func(_, text string, _ int) (Receipt, error) {
			if text == "b" {
				return Receipt{}, &SendError{Class: Rejected, Code: "131009", Message: "parameter value is not valid"}
			}
			return Receipt{ExternalID: text, Status: message.Accepted}, nil
		}
		r.send()
		failing := r.order("c1", 1, "a\nb\nc")
		next := r.order("c1", 2, "next")
		change := r.ledger.await(t, failing, message.Failed)
		if change.ErrorCode != "131009" || change.ErrorText == "" {
			t.Errorf("told %+v", change)
		}
		r.ledger.await(t, next, message.Accepted)
		for _, c := range r.platform.took {
			if c.Text == "c" {
				t.Error("the rest of a failed message was sent")
			}
		}
	})
}

func TestAClosedWindowIsDecidedWhenSending(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		late := r.order("c1", 1, "late")
		r.ledger.refuse[late] = Refusal{MessageID: late, Code: "window_closed", Text: "the 24 hours are over"}
		after := r.order("c1", 2, "after")
		r.send()
		if change := r.ledger.await(t, late, message.Failed); change.ErrorCode != "window_closed" {
			t.Errorf("told %+v", change)
		}
		r.ledger.await(t, after, message.Accepted)
		if len(r.platform.took) != 1 {
			t.Errorf("sent %+v", r.platform.took)
		}
	})
}

func TestWhatTheChannelCannotCarryFailsAlone(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		messageID := id.New(id.Message, 9)
		err := db.Write(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
			return r.Order(ctx, tx, []Order{{TenantID: r.tenant, AccountID: r.account.ID, ConversationID: "c", MessageID: messageID, Shard: 1, Seq: 1,
				To: []message.Address{{Value: "c"}}, Content: message.Content{Kind: message.Template}}})
		})
		if err != nil {
			t.Fatal(err)
		}
		r.ledger.await(t, messageID, message.Failed)
	})
}

func TestAnAmbiguousSendIsSettledByItsReport(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		r.cfg.SettleAfter = time.Hour
		r.platform.answer = func(_, text string, _ int) (Receipt, error) {
			if text == "cut" {
				return Receipt{}, &SendError{Class: Ambiguous, Code: "timeout", Message: "no answer"}
			}
			return Receipt{ExternalID: text, Status: message.Accepted}, nil
		}
		r.send()
		cut := r.order("c1", 1, "cut")
		next := r.order("c1", 2, "next")
		<-r.platform.calls
		deliveryID, _, _, _ := r.row(cut)
		r.report(StatusReport{ExternalID: "wamid.1", Ours: deliveryID, Status: message.Sent})
		change := r.ledger.await(t, cut, message.Sent)
		if change.ExternalID != "wamid.1" {
			t.Errorf("told %+v", change)
		}
		r.ledger.await(t, next, message.Accepted)
		if r.platform.tries["cut"] != 1 {
			t.Errorf("it was sent %d times", r.platform.tries["cut"])
		}
	})
}

func TestAnAmbiguousSendWithoutReportIsRepeatedOnWhatsApp(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		r.platform.answer = func(_, _ string, attempt int) (Receipt, error) {
			if attempt == 1 {
				return Receipt{}, &SendError{Class: Ambiguous, Code: "timeout"}
			}
			return Receipt{ExternalID: "x", Status: message.Accepted}, nil
		}
		r.send()
		r.ledger.await(t, r.order("c1", 1, "again"), message.Accepted)
	})
}

func TestAnAmbiguousSendOnTelegramIsUnknownAndNeverRepeatedByItself(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.Telegram)
		r.platform.answer = func(_, text string, attempt int) (Receipt, error) {
			if text == "cut" && attempt == 1 {
				return Receipt{}, &SendError{Class: Ambiguous, Code: "timeout"}
			}
			return Receipt{ExternalID: text, Status: message.Sent}, nil
		}
		r.send()
		cut := r.order("c1", 1, "cut")
		r.ledger.await(t, cut, message.Unknown)
		r.ledger.await(t, r.order("c1", 2, "next"), message.Sent)
		if r.platform.tries["cut"] != 1 {
			t.Fatalf("it was sent %d times by itself", r.platform.tries["cut"])
		}
		err := db.Write(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
			return r.SendAgain(ctx, tx, r.tenant, cut)
		})
		if err != nil {
			t.Fatal(err)
		}
		r.ledger.await(t, cut, message.Sent)
	})
}

// A process that dies in a call leaves a row marked sending; its successor
// knows it for what it is.
func TestARowLeftSendingByADeadOwner(t *testing.T) {
	for _, c := range []struct {
		channel message.Channel
		told    message.Status
		tries   int
	}{{message.Telegram, message.Unknown, 0}, {message.WhatsApp, message.Accepted, 1}} {
		t.Run(string(c.channel), func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				r := newRig(t, db, c.channel)
				left := r.order("c1", 1, "left")
				err := db.Write(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE delivery SET state = 'sending', attempt = 1, next_try_ms = $2 WHERE tenant_id = $1`, r.tenant, tx.Now()+80)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				r.send()
				r.ledger.await(t, left, c.told)
				if r.platform.tries["left"] != c.tries {
					t.Errorf("it was sent %d times", r.platform.tries["left"])
				}
			})
		})
	}
}

func TestATokenThatIsRefusedStopsTheAccountAndKeepsTheQueue(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		go func() { _ = r.directory.Run(ctx) }()
		stopped := make(chan struct{}, 10)
		r.directory.OnChange(func() { stopped <- struct{}{} })
		bad := true
		r.platform.answer = func(_, text string, _ int) (Receipt, error) {
			if bad {
				return Receipt{}, &SendError{Class: Stop, Code: "190", Message: "the token has expired"}
			}
			return Receipt{ExternalID: text, Status: message.Accepted}, nil
		}
		r.send()
		kept := r.order("c1", 1, "kept")
		<-stopped
		account, err := r.Get(ctx, r.tenant, r.account.ID)
		if err != nil || account.State != Stopped || account.StoppedWhy != "the token has expired" {
			t.Fatalf("the account is %+v, %v", account, err)
		}
		r.platform.mu.Lock()
		bad = false
		r.platform.mu.Unlock()
		active := Active
		if _, err := r.Update(ctx, AccountChange{TenantID: r.tenant, ID: r.account.ID, State: &active}); err != nil {
			t.Fatal(err)
		}
		r.ledger.await(t, kept, message.Accepted)
	})
}

func TestReportsComeEarlyTwiceAndOutOfOrder(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.Messenger)
		r.platform.answer = func(string, string, int) (Receipt, error) {
			return Receipt{ExternalID: "mid.1", Status: message.Accepted}, nil
		}
		r.report(StatusReport{ExternalID: "mid.1", Status: message.Delivered}) // before our call even began
		r.send()
		early := r.order("c1", 1, "early")
		r.ledger.await(t, early, message.Delivered)
		r.report(StatusReport{ExternalID: "mid.1", Status: message.Read})
		r.ledger.await(t, early, message.Read)
		r.report(StatusReport{ExternalID: "mid.1", Status: message.Sent})
		r.report(StatusReport{ExternalID: "mid.1", Status: message.Read})
		if _, state, _, next := r.row(early); state != "read" || next != 0 {
			t.Errorf("the row stands at %s, next try %d", state, next)
		}
		if len(r.ledger.told) != 0 {
			t.Errorf("a late or repeated report was told: %+v", <-r.ledger.told)
		}
		located := map[string]string{}
		err := db.Read(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) (err error) {
			located, err = r.Locate(ctx, tx, r.tenant, r.account.ID, []string{"mid.1", "mid.2"})
			return err
		})
		if err != nil || len(located) != 1 || located["mid.1"] != early {
			t.Errorf("located %v, %v", located, err)
		}
	})
}

func TestAReportOfAnotherAccountIsNotOurs(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		stop := r.send()
		mine := r.order("c1", 1, "mine")
		r.ledger.await(t, mine, message.Accepted)
		stop()
		deliveryID, _, externalID, _ := r.row(mine)
		err := db.Write(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
			return r.Report(ctx, tx, []Report{{TenantID: r.tenant, AccountID: id.New(id.Account, 5), Status: StatusReport{Ours: deliveryID, ExternalID: externalID, Status: message.Failed}}})
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, state, _, _ := r.row(mine); state != "accepted" {
			t.Errorf("a stranger's report made it %s", state)
		}
	})
}

func TestStoppingWaitsForTheCallsUnderWay(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		r.platform.gate = make(chan struct{})
		stop := r.send()
		sending := r.order("c1", 1, "slow")
		stopped := make(chan struct{})
		r.platform.gate <- struct{}{} // the call is under way: it took the gate
		go func() { stop(); close(stopped) }()
		<-stopped
		if _, state, _, _ := r.row(sending); state != "accepted" {
			t.Errorf("after the stop the row says %s", state)
		}
	})
}

func TestAnOwnerOfThePastWritesNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		old := r.lease()
		r.lease() // somebody took over
		left := r.order("c1", 1, "left")
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := r.Sender().Run(ctx, old); !fault.Is(err, fault.Conflict) {
			t.Fatalf("the old owner ended with %v", err)
		}
		if _, state, _, _ := r.row(left); state != "queued" || len(r.platform.took) != 0 {
			t.Errorf("the old owner sent it: %s", state)
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
