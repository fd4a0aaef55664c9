package channel

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/message"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

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
