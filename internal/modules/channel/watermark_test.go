package channel

import (
	"context"
	"encoding/json"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/message"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// upTo reports what stands so up to a time for a customer.
func (r *rig) upTo(accountID, customer string, status message.Status, upToMS int64) {
	r.t.Helper()
	err := r.db.Write(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
		return r.Report(ctx, tx, []Report{{TenantID: r.tenant, AccountID: accountID, AtMS: upToMS, From: []message.Address{{Kind: message.PSID, Value: customer}},
			Status: StatusReport{Status: status, UpToMS: upToMS}}})
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) sentMS(messageID string) (ms int64) {
	r.t.Helper()
	err := r.db.Read(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, `SELECT sent_ms FROM delivery WHERE tenant_id = $1 AND message_id = $2`, r.tenant, messageID).Scan(&ms)
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return ms
}

func (r *rig) states(messageIDs ...string) (list []string) {
	for _, messageID := range messageIDs {
		_, state, _, _ := r.row(messageID)
		list = append(list, state)
	}
	return list
}

func TestAReportUpToATimeCountsForWhatItCovers(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.Messenger)
		sister := r.another("shh")
		r.send()
		said := func(account Account, customer string, seq int64, text string) string {
			messageID := r.say(account, customer, seq, 0, text)
			r.ledger.await(t, messageID, message.Accepted)
			return messageID
		}
		first, second := said(r.account, "ana", 1, "one"), said(r.account, "ana", 2, "two")
		other, elsewhere := said(r.account, "bia", 1, "three"), said(sister, "ana", 1, "four")
		mark := r.sentMS(first)
		if second := r.sentMS(second); second <= mark { // the next call begins later; the clock may not show it
			mark = second - 1
			if mark < r.sentMS(first) {
				t.Skip("both calls began in one millisecond")
			}
		}
		r.upTo(r.account.ID, "ana", message.Delivered, mark)
		r.upTo(r.account.ID, "ana", message.Delivered, mark)
		if got := r.states(first, second, other, elsewhere); got[0] != "delivered" || got[1] != "accepted" || got[2] != "accepted" || got[3] != "accepted" {
			t.Errorf("after the first mark: %v", got)
		}
		told := len(r.ledger.changes)
		r.upTo(r.account.ID, "ana", message.Delivered, mark)
		if len(r.ledger.changes) != told {
			t.Error("the same report was told twice")
		}
		r.upTo(r.account.ID, "ana", message.Read, r.sentMS(second)+60_000)
		r.upTo(r.account.ID, "ana", message.Delivered, r.sentMS(second)+60_000) // late and lower
		if got := r.states(first, second, other, elsewhere); got[0] != "read" || got[1] != "read" || got[2] != "accepted" || got[3] != "accepted" {
			t.Errorf("after the second mark: %v", got)
		}
	})
}

// The customer reads while our call is still under way: what it covers is joined
// when the platform accepts, and a refused one is not called delivered.
func TestAReportUpToATimeWaitsForCallsUnderWay(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.Messenger)
		r.platform.gate = make(chan struct{})
		r.platform.answer = func(_, text string, _ int) (Receipt, error) {
			if text == "bad" {
				return Receipt{}, &SendError{Class: Rejected, Code: "100", Message: "bad"}
			}
			return Receipt{ExternalID: text, Status: message.Accepted}, nil
		}
		r.send()
		good, bad := r.say(r.account, "ana", 1, 0, "good"), r.say(r.account, "bia", 1, 0, "bad")
		waitFor(t, "the calls", func() bool { s := r.states(good, bad); return s[0] == "sending" && s[1] == "sending" })
		r.upTo(r.account.ID, "ana", message.Read, r.sentMS(good)+1000)
		r.upTo(r.account.ID, "bia", message.Read, r.sentMS(bad)+1000)
		if got := r.states(good, bad); got[0] != "sending" || got[1] != "sending" {
			t.Fatalf("a call under way counts as %v", got)
		}
		close(r.platform.gate)
		waitFor(t, "what became of both", func() bool { s := r.states(good, bad); return s[0] == "read" && s[1] == "failed" })
		// A report that comes again revives nothing.
		r.upTo(r.account.ID, "bia", message.Read, r.sentMS(bad)+1000)
		if got := r.states(good, bad); got[0] != "read" || got[1] != "failed" {
			t.Errorf("in the end %v", got)
		}
	})
}

// On a platform that reports nothing of a send, its echo with our mark settles
// one whose answer was lost.
func TestAnEchoSettlesAnUnknownSend(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.Messenger)
		r.platform.answer = func(string, string, int) (Receipt, error) {
			return Receipt{}, &SendError{Class: Ambiguous, Code: "timeout", Message: "no answer"}
		}
		r.send()
		lost := r.say(r.account, "ana", 1, 0, "lost")
		r.ledger.await(t, lost, message.Unknown)
		ours, _, _, _ := r.row(lost)
		echo := StatusReport{Ours: ours, ExternalID: "mid.1", Status: message.Sent}
		r.report(echo)
		r.report(echo)
		change := r.ledger.await(t, lost, message.Sent)
		if _, state, externalID, next := r.row(lost); state != "sent" || externalID != "mid.1" || next != 0 || change.ExternalID != "mid.1" {
			t.Errorf("settled as %s %s, told %+v", state, externalID, change)
		}
		err := db.Write(context.Background(), database.Company(r.tenant), func(ctx context.Context, tx *database.Tx) error {
			return r.SendAgain(ctx, tx, r.tenant, lost)
		})
		if !fault.Is(err, fault.Refused) {
			t.Errorf("a settled message may be sent again: %v", err)
		}
		// A mark with another's delivery, or none of ours, settles nothing.
		r.report(StatusReport{Ours: id.New(id.Delivery, 1), ExternalID: "mid.2", Status: message.Sent})
	})
}

func TestAReportUpToATimeKeepsItsForm(t *testing.T) {
	raw, err := json.Marshal(StatusReport{Status: message.Read, UpToMS: 12})
	if err != nil {
		t.Fatal(err)
	}
	var back StatusReport
	if err := json.Unmarshal(raw, &back); err != nil || back.UpToMS != 12 {
		t.Errorf("%s came back as %+v, %v", raw, back, err)
	}
}
