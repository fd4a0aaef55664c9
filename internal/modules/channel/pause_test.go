package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/clock"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// say queues a text with its priority on an account.
func (r *rig) say(account Account, conversation string, seq int64, priority int, text string) string {
	r.t.Helper()
	messageID := id.New(id.Message, seq)
	err := r.db.Write(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
		return r.Order(ctx, tx, []Order{{TenantID: r.tenant, AccountID: account.ID, ConversationID: conversation, MessageID: messageID, Priority: priority,
			Shard: 1, Seq: seq, To: []message.Address{{Kind: message.WaID, Value: conversation}}, Content: message.Content{Kind: message.Text, Text: text}}})
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return messageID
}

// another connects one more account of the same kind.
func (r *rig) another(appSecret string) Account {
	r.t.Helper()
	account, err := r.Create(context.Background(), NewAccount{TenantID: r.tenant, Channel: r.account.Channel, Name: "Outra", ExternalID: id.New("ext", 1),
		Credentials: map[string]secret.Text{"token": secret.New("tok"), "app_secret": secret.New(appSecret)}})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.directory.Refresh(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	return account
}

func (r *rig) pausedIn(account Account) (list []Pause) {
	r.t.Helper()
	err := r.db.Read(context.Background(), database.Company(account.TenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		list, err = r.PausesIn(ctx, tx, account)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

// A crowd of campaign messages stands before replies; each reply leaves at the
// next place that becomes free, whatever waits.
func TestACrowdOfCampaignsDelaysNoReply(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		const replies = 6
		var crowd []Order
		for n := range 400 {
			crowd = append(crowd, Order{TenantID: r.tenant, AccountID: r.account.ID, ConversationID: fmt.Sprintf("far%d", n), MessageID: id.New(id.Message, 1), Priority: 1,
				Shard: 1, Seq: 1, To: []message.Address{{Kind: message.WaID, Value: "far"}}, Content: message.Content{Kind: message.Text, Text: "campaign"}})
		}
		if err := db.Write(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error { return r.Order(ctx, tx, crowd) }); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		campaigns, asked := 0, make(chan struct{})
		var began, ordered []int // campaign messages that had begun when a reply left, and when it was committed
		r.platform.answer = func(_, text string, _ int) (Receipt, error) {
			if text == "campaign" {
				// A platform takes its time. One that takes none would be called many
				// times in the moment in which a reply becomes known.
				defer time.Sleep(20 * time.Millisecond)
			}
			mu.Lock()
			defer mu.Unlock()
			if text == "campaign" {
				if campaigns++; campaigns == 20 {
					close(asked)
				}
			} else {
				began = append(began, campaigns)
			}
			return Receipt{ExternalID: id.New("ext", 1), Status: message.Accepted}, nil
		}
		r.send()
		select {
		case <-asked:
		case <-time.After(20 * time.Second):
			t.Fatal("the campaign does not leave")
		}
		for n := range replies {
			reply := r.say(r.account, fmt.Sprintf("near%d", n), 1, 0, fmt.Sprintf("reply%d", n))
			mu.Lock()
			ordered = append(ordered, campaigns)
			mu.Unlock()
			r.ledger.await(t, reply, message.Accepted)
		}
		mu.Lock()
		defer mu.Unlock()
		// What was chosen before the reply was known still goes: two rounds of calls
		// at most, out of hundreds that wait.
		if len(began) != replies {
			t.Fatalf("%d replies were sent", len(began))
		}
		for n := range began {
			if sends, most := began[n]-ordered[n], 2*testConfig().InFlight; sends > most {
				t.Errorf("reply %d waited for %d campaign messages, more than %d", n, sends, most)
			}
		}
	})
}

// Whatever is offered in whatever order: while a reply may leave, no campaign is
// taken.
func TestNoCampaignIsTakenBeforeAReply(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ls := newLanes()
		seq := int64(0)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "offer") {
				seq++
				ls.offer(queued{tenantID: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "company"), id: fmt.Sprint(seq), seq: seq,
					conversationID: rapid.StringMatching("[c-h]").Draw(t, "conversation"), priority: rapid.IntRange(0, 1).Draw(t, "priority"), nextTryMS: 1}, pace{burst: 1}, 10)
				continue
			}
			l := ls.next(true)
			if l == nil {
				for _, left := range ls.byConversation {
					t.Fatalf("%s waits and is in no line: %+v", left.conversationID, left.items)
				}
				continue
			}
			if l.priority() > 0 {
				for _, other := range ls.byConversation {
					if other.priority() == 0 {
						t.Fatalf("a campaign of %s left before the reply of %s", l.conversationID, other.conversationID)
					}
				}
			}
			l.items = l.items[1:]
			ls.arrange(l, 10)
		}
	})
}

func TestPausedCampaignsLetRepliesGoOn(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		other := r.another("another app")
		r.platform.answer = func(_, text string, _ int) (Receipt, error) {
			if text == "too much" {
				return Receipt{}, &SendError{Class: Throttled, Scope: Campaigns, Code: "131048", Message: "spam rate limit"}
			}
			return Receipt{ExternalID: text, Status: message.Accepted}, nil
		}
		r.send()
		r.say(r.account, "c1", 1, 1, "too much")
		<-r.platform.calls
		r.ledger.await(t, r.say(r.account, "c1", 2, 0, "reply in the same talk"), message.Accepted)
		held := r.say(r.account, "c2", 1, 1, "campaign")
		r.ledger.await(t, r.say(other, "c3", 1, 1, "campaign of another number"), message.Accepted)
		list := r.pausedIn(r.account)
		if len(list) != 1 || list[0].Level != Campaigns || list[0].Code != "131048" || list[0].UntilMS-list[0].SinceMS < 14*60_000 {
			t.Fatalf("paused: %+v", list)
		}
		if _, state, _, _ := r.row(held); state != "queued" {
			t.Errorf("the campaign's message is %s", state)
		}
		if len(r.pausedIn(other)) != 0 {
			t.Error("another number is paused too")
		}
		// Another process, or this one after a restart, knows it from the table.
		late := New(testConfig(), Deps{DB: db, Sealer: plainBox{}, Adapters: []Adapter{r.platform}, Clock: clock.System{}, Logger: r.logger, Shards: 4, Wake: func(int) {}})
		if err := late.directory.Refresh(context.Background()); err != nil {
			t.Fatal(err)
		}
		if until, slow := late.pauses.until(r.account, 1, 0); until != list[0].UntilMS || !slow {
			t.Errorf("another process pauses until %d, slow %v; want %d", until, slow, list[0].UntilMS)
		}
		if until, _ := late.pauses.until(r.account, 0, 0); until != 0 {
			t.Error("another process holds replies back")
		}
	})
}

func TestAPausedAppHoldsItsAccountsOnly(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		sister, stranger := r.another("shh"), r.another("another app")
		r.platform.answer = func(_, text string, attempt int) (Receipt, error) {
			if text == "limit" && attempt == 1 {
				return Receipt{}, &SendError{Class: Throttled, Scope: OneApp, AfterMS: 3_600_000, Code: "4", Message: "application request limit reached"}
			}
			return Receipt{ExternalID: text, Status: message.Accepted}, nil
		}
		r.send()
		r.say(r.account, "c1", 1, 0, "limit")
		<-r.platform.calls
		waitFor(t, "the pause", func() bool { return len(r.pausedIn(sister)) == 1 })
		held := r.say(sister, "c2", 1, 0, "sister")
		r.ledger.await(t, r.say(stranger, "c3", 1, 0, "stranger"), message.Accepted)
		if _, state, _, _ := r.row(held); state != "queued" {
			t.Errorf("an account of the same app sent: %s", state)
		}
		if mark := appMark(r.account); strings.Contains(mark, "shh") || mark != appMark(sister) || mark == appMark(stranger) {
			t.Error("the app's mark")
		}
	})
}

func TestAPausedCustomerHoldsNobodyElse(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		r.platform.answer = func(to, text string, _ int) (Receipt, error) {
			if to == "c1" {
				return Receipt{}, &SendError{Class: Throttled, Scope: OneCustomer, Code: "131056", Message: "pair rate limit hit"}
			}
			return Receipt{ExternalID: text, Status: message.Accepted}, nil
		}
		r.send()
		r.say(r.account, "c1", 1, 1, "much")
		<-r.platform.calls
		reply := r.say(r.account, "c1", 2, 0, "more") // of higher rank, to the same customer
		r.ledger.await(t, r.say(r.account, "c2", 1, 0, "other"), message.Accepted)
		list := r.pausedIn(r.account)
		if len(list) != 1 || list[0].Level != OneCustomer || list[0].Subject != "c1" {
			t.Fatalf("paused: %+v", list)
		}
		if _, state, _, _ := r.row(reply); state != "queued" {
			t.Errorf("a second message to the paused customer is %s", state)
		}
	})
}

func TestPausesGrowAndAreForgotten(t *testing.T) {
	var p pauses
	wait := func(strikes int) int64 { return int64(strikes) * 1000 }
	ask := func(nowMS int64) Pause {
		return p.note(Pause{Level: OneAccount, Subject: "cha", SinceMS: nowMS}, wait, nowMS)
	}
	if got := ask(0); got.UntilMS != 1000 || got.Strikes != 1 {
		t.Errorf("first: %+v", got)
	}
	if got := ask(500); got.UntilMS != 1500 || got.Strikes != 1 || got.SinceMS != 0 {
		t.Errorf("again while it lasts: %+v", got) // several calls were under way
	}
	if got := ask(2000); got.UntilMS != 4000 || got.Strikes != 2 {
		t.Errorf("after its end: %+v", got)
	}
	if got := ask(4001 + calmAfterMS); got.Strikes != 1 {
		t.Errorf("after an hour of calm: %+v", got)
	}
}

// Pauses are noted by the senders of all shards at once, while the directory
// replaces them by what the table holds.
func TestPausesUnderACrowd(t *testing.T) {
	var p pauses
	account := Account{ID: "cha", Channel: message.WhatsApp}
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			for i := range int64(500) {
				p.note(Pause{Level: OneAccount, Subject: "cha", SinceMS: i}, func(int) int64 { return 1000 }, i)
				p.until(account, n%2, i)
				p.doubts("cha", fmt.Sprint(n))
				p.of(account, i)
				if i%50 == 0 {
					p.replace([]Pause{{Level: OneAccount, Subject: "cha", UntilMS: i + 1000}}, i)
					p.trusts("cha")
				}
			}
		})
	}
	group.Wait()
	if until, _ := p.until(account, 0, 0); until < 1000 {
		t.Errorf("paused until %d", until)
	}
}

func TestDoubtStopsTheAccountOnlyWhenItRepeats(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.Messenger)
		r.platform.answer = func(_, text string, _ int) (Receipt, error) {
			if strings.HasPrefix(text, "no") {
				return Receipt{}, &SendError{Class: Doubtful, Code: "200", Message: "permission denied"}
			}
			return Receipt{ExternalID: text, Status: message.Accepted}, nil
		}
		r.send()
		stopped := func() bool {
			account, err := r.Get(context.Background(), r.tenant, r.account.ID)
			return err == nil && account.State == Stopped
		}
		for seq := range int64(4) { // one thread, again and again
			r.ledger.await(t, r.say(r.account, "c1", seq+1, 0, "no"), message.Failed)
		}
		r.ledger.await(t, r.say(r.account, "c2", 1, 0, "no2"), message.Failed)
		r.ledger.await(t, r.say(r.account, "c9", 1, 0, "yes"), message.Accepted) // it sends: no doubt
		waitFor(t, "trust", func() bool {
			r.pauses.mu.RLock()
			defer r.pauses.mu.RUnlock()
			return len(r.pauses.doubt[r.account.ID]) == 0
		})
		r.ledger.await(t, r.say(r.account, "c3", 1, 0, "no3"), message.Failed)
		r.ledger.await(t, r.say(r.account, "c4", 1, 0, "no4"), message.Failed)
		if stopped() {
			t.Fatal("two refusals stopped the account")
		}
		r.ledger.await(t, r.say(r.account, "c5", 1, 0, "no5"), message.Failed)
		if !stopped() {
			t.Error("refusals in three conversations in a row did not stop the account")
		}
	})
}

// waitFor looks until something is so; each look is at the outcome itself.
func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s did not come", what)
		}
	}
}

func TestALateAnswerGoesInItsOwnForm(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.Messenger)
		r.platform.late = true
		late := r.say(r.account, "c1", 1, 0, "human")
		r.ledger.refuse[late] = Refusal{MessageID: late, Late: true}
		r.platform.late = false
		bot := r.say(r.account, "c2", 1, 0, "bot")
		r.ledger.refuse[bot] = Refusal{MessageID: bot, Late: true}
		r.send()
		// Either may be told first.
		told := map[string]Change{}
		waitFor(t, "the outcome of both", func() bool {
			r.ledger.mu.Lock()
			defer r.ledger.mu.Unlock()
			for _, change := range r.ledger.changes {
				told[change.MessageID+" "+string(change.Status)] = change
			}
			_, sent := told[late+" "+string(message.Accepted)]
			_, refused := told[bot+" "+string(message.Failed)]
			return sent && refused
		})
		if change := told[bot+" "+string(message.Failed)]; change.ErrorCode != "window_closed" {
			t.Errorf("told %+v", change)
		}
		if len(r.platform.took) != 1 || r.platform.took[0].Text != "late human" || !strings.HasPrefix(r.platform.took[0].Ours, "dlv_") {
			t.Errorf("sent %+v", r.platform.took)
		}
	})
}

// lateBody is the form of a request for an answer after the free window.
func lateBody(r request) json.RawMessage {
	r.Text = "late " + r.Text
	raw, _ := json.Marshal(r) // strings always encode
	return raw
}

// The id of an app stands in everybody's settings; its secret does not.
func TestNobodyHoldsOthersBackByNamingTheirApp(t *testing.T) {
	app := func(id, key string) Account {
		return Account{ID: "cha_" + id + key, Channel: message.Messenger, Settings: map[string]string{"app_id": id}, Credentials: map[string]secret.Text{appSecret: secret.New(key)}}
	}
	if appMark(app("1", "theirs")) == appMark(app("1", "mine")) {
		t.Error("who names an app counts as the app")
	}
	if appMark(app("1", "theirs")) != appMark(app("", "theirs")) {
		t.Error("two numbers of one app are apart")
	}
}
