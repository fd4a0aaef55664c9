package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/platform/database"
)

var someone = event.Actor{Kind: "operator", ID: "usr_1", Name: "Bia"}

func TestALetterIsSentOnceAfterItsTransaction(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		undone := errors.New("undone")
		err := b.db.Write(ctx, database.Company("ten_a"), func(ctx context.Context, tx *database.Tx) error {
			return errors.Join(b.Send(ctx, tx, letterTo("undone@example.com")), undone)
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		b.leave(letterTo("ana@example.com"), letterTo("ana@example.com"))
		if text := b.stored(); strings.Contains(text, "secret-token") {
			t.Fatal("the link is stored as it is")
		}
		b.is("ana@example.com", Queued, "")
		b.sweep()
		b.sweep()
		if len(b.vendor.taken) != 1 {
			t.Fatalf("%d mails were sent", len(b.vendor.taken))
		}
		sent := b.vendor.taken[0]
		if sent.To.Email != "ana@example.com" || !strings.Contains(sent.Text, "#secret-token") || sent.From.Email != "prosa@localhost" {
			t.Errorf("sent: %+v", sent)
		}
		b.is("ana@example.com", Accepted, "")
	})
}

func TestManyProcessesSendALetterOnce(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		for i := range 20 {
			b.leave(letterTo(fmt.Sprintf("p%d@example.com", i)))
		}
		var all sync.WaitGroup
		for range 6 {
			other := b.another(b.vendor)
			all.Go(func() {
				if err := other.Sweep(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if len(b.vendor.taken) != 20 {
			t.Errorf("20 letters were sent as %d mails", len(b.vendor.taken))
		}
	})
}

func TestWhatTheVendorSaysDecides(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.vendor.answers(troubled(Refused))
		b.leave(letterTo("refused@example.com"))
		b.sweep()
		if got := b.is("refused@example.com", Failed, ReasonRefused); got.Problem != "the vendor says refused" || !got.Again {
			t.Errorf("status: %+v", got)
		}

		b.vendor.answers(troubled(Down))
		b.leave(letterTo("down@example.com"))
		b.sweep()
		if got := b.is("down@example.com", Queued, ""); got.Attempts != 1 {
			t.Errorf("attempts: %d", got.Attempts)
		}
		b.sweep() // not before its pause is over
		if b.vendor.tried() != 2 {
			t.Errorf("the vendor was called %d times", b.vendor.tried())
		}
		b.vendor.answers(nil)
		b.clock.Advance(firstPause)
		b.sweep()
		b.is("down@example.com", Accepted, "")
	})
}

// The vendor took the mail and its answer was lost, or the process died: an
// event settles it, and only without one is it sent again.
func TestAnUnknownFateIsSettledByEvents(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.vendor.answers(func(Mail) error { return errors.New("connection reset") })
		b.leave(letterTo("told@example.com"), letterTo("untold@example.com"))
		b.sweep()
		told := b.is("told@example.com", Unknown, "")
		b.is("untold@example.com", Unknown, "")
		b.vendor.answers(nil)
		b.tell(Event{ID: "e1", LetterID: told.ID, Kind: WasAccepted})
		b.is("told@example.com", Accepted, "")
		b.clock.Advance(b.cfg.SettleAfter)
		b.sweep() // takes it back into the queue
		b.sweep()
		b.is("untold@example.com", Accepted, "")
		if len(b.vendor.taken) != 1 || b.vendor.taken[0].To.Email != "untold@example.com" {
			t.Errorf("sent again: %+v", b.vendor.taken)
		}
	})
}

// A process that dies between marking a letter and hearing the answer leaves
// it as being sent; a slow one that comes back changes nothing.
func TestAKilledSenderLeavesNoLetterBehind(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.leave(letterTo("ana@example.com"))
		dead := b.another(b.vendor)
		var held []Status
		err := b.db.Read(ctx, database.Platform("a test is a process that dies"), func(ctx context.Context, tx *database.Tx) (err error) {
			held, err = dueLetters(ctx, tx, 10)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if held, err = dead.sort(ctx, held); err != nil || len(held) != 1 {
			t.Fatal(held, err)
		}
		b.sweep()
		b.is("ana@example.com", Sending, "")
		b.clock.Advance(b.cfg.Lease)
		b.sweep()
		b.is("ana@example.com", Unknown, "")
		b.clock.Advance(b.cfg.SettleAfter)
		b.sweep()
		b.sweep()
		b.is("ana@example.com", Accepted, "")
		// The dead one was only slow, and its vendor refuses: too late to say.
		b.vendor.answers(troubled(Refused))
		if err := dead.post(ctx, held[0]); err != nil {
			t.Fatal(err)
		}
		b.is("ana@example.com", Accepted, "")
	})
}

func TestTheCircuitParksLettersAndUsesUpNothing(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.vendor.answers(troubled(Locked))
		for i := range 10 {
			b.leave(letterTo(fmt.Sprintf("p%d@example.com", i)))
		}
		b.cfg.SweepBatch = 1
		b.sweep()
		b.cfg.SweepBatch = 50
		circuit, err := b.Circuit(ctx)
		if err != nil || !circuit.Open || circuit.Problem != "the vendor says locked" {
			t.Fatalf("circuit: %+v, %v", circuit, err)
		}
		b.sweep()
		if b.vendor.tried() != 1 {
			t.Fatalf("an open circuit lets %d calls through", b.vendor.tried())
		}
		for range 60 { // an hour of trouble
			b.clock.Advance(time.Minute)
			b.sweep()
		}
		if got := b.vendor.tried(); got != 61 {
			t.Errorf("in an hour %d letters tried, want one a minute", got)
		}
		for i := range 10 {
			if status := b.is(fmt.Sprintf("p%d@example.com", i), Queued, ""); status.Attempts != 0 {
				t.Errorf("letter %d used up %d attempts", i, status.Attempts)
			}
		}
		b.vendor.answers(nil)
		b.clock.Advance(time.Minute)
		b.sweep()
		b.sweep()
		if len(b.vendor.taken) != 10 {
			t.Errorf("after the trouble %d of 10 were sent", len(b.vendor.taken))
		}
		if circuit, err := b.Circuit(ctx); err != nil || circuit.Open {
			t.Errorf("circuit: %+v, %v", circuit, err)
		}
	})
}

func TestFiveFailuresAMinuteOpenTheCircuit(t *testing.T) {
	now := int64(1_000_000)
	down := &Trouble{Kind: Down}
	c := Circuit{Sender: "x"}
	for i := range 4 {
		if c = c.after(down, now+int64(i)); c.Open {
			t.Fatalf("open after %d failures", i+1)
		}
	}
	if slow := c.after(down, now+circuitMinute); slow.Open || slow.failures != 1 {
		t.Errorf("failures of another minute count: %+v", slow)
	}
	c = c.after(down, now+5)
	if !c.Open || c.SinceMS != now+5 || c.ProbeMS != now+5+circuitMinute {
		t.Errorf("after five: %+v", c)
	}
	if closed := c.after(&Trouble{Kind: Refused}, now+6); closed.Open {
		t.Error("a vendor that answers is not in trouble")
	}
	throttled := Circuit{}.after(&Trouble{Kind: Throttled, UntilMS: now + 5*circuitMinute}, now)
	if !throttled.Open || throttled.ProbeMS != now+5*circuitMinute {
		t.Errorf("throttled: %+v", throttled)
	}
	if far := (Circuit{}).after(&Trouble{Kind: Throttled, UntilMS: now + 1e12}, now); far.ProbeMS != now+longestThrottle.Milliseconds() {
		t.Errorf("a vendor may close the door until %d", far.ProbeMS)
	}
}

func TestLateLettersAreNotSent(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		late := letterTo("late@example.com")
		late.ExpiresMS = b.clock.Now().Add(time.Minute).UnixMilli()
		b.leave(late)
		b.clock.Advance(time.Minute)
		b.sweep()
		b.is("late@example.com", Failed, ReasonExpired)
		if err := b.Forget(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Again(ctx, "ten_a", late.Key, someone, ""); !fault.Is(err, fault.Refused) {
			t.Errorf("a late letter can be sent again: %v", err)
		}
		b.leave(letterTo("gone@example.com"))
		err := b.db.Write(ctx, database.Company("ten_a"), func(ctx context.Context, tx *database.Tx) error {
			return b.Withdraw(ctx, tx, "ten_a", letterTo("gone@example.com").Key)
		})
		if err != nil {
			t.Fatal(err)
		}
		b.sweep()
		b.is("gone@example.com", Failed, ReasonWithdrawn)
		if b.vendor.tried() != 0 {
			t.Error("a letter was sent that nobody can use")
		}
		b.clock.Advance(b.cfg.Keep + time.Hour)
		if err := b.Forget(ctx); err != nil {
			t.Fatal(err)
		}
		if left := b.stored(); left != "" {
			t.Errorf("not forgotten: %s", left)
		}
	})
}

func TestWithoutASenderLettersSayWhy(t *testing.T) {
	b := open(t, database.SQLite)
	b.leave(letterTo("ana@example.com"))
	off := b.another(nil)
	if off.Works() {
		t.Error("it claims to send")
	}
	if err := off.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	b.is("ana@example.com", Failed, ReasonOff)
	if circuit, err := off.Circuit(ctx); err != nil || circuit.Sender != "" {
		t.Errorf("circuit: %+v, %v", circuit, err)
	}
	if err := off.Hear(ctx, "vendor", nil, nil); !fault.Is(err, fault.NotFound) {
		t.Errorf("events are heard of nobody: %v", err)
	}
}

// A week of failures is tried out, first densely, then hourly; the pauses never
// shrink.
func TestPausesGrowForAWeek(t *testing.T) {
	var whole, before time.Duration
	for attempts := int64(1); ; attempts++ {
		wait, over := pause(attempts)
		if over {
			break
		}
		if wait < before {
			t.Fatalf("pause %d is %s after %s", attempts, wait, before)
		}
		if attempts < hourlyFrom && wait > longestPause {
			t.Fatalf("pause %d is %s", attempts, wait)
		}
		whole, before = whole+wait, wait
	}
	if first, _ := pause(1); first != firstPause {
		t.Errorf("the first pause is %s", first)
	}
	if whole < 6*24*time.Hour || whole > 8*24*time.Hour {
		t.Errorf("it is tried for %s", whole)
	}
}

func TestTheSweeperIsWokenByACommit(t *testing.T) {
	b := open(t, database.SQLite)
	b.cfg.SweepEvery = time.Hour
	sent := make(chan struct{})
	b.vendor.answers(func(Mail) error { close(sent); return nil })
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- b.Sweeper().Run(running) }()
	b.leave(letterTo("ana@example.com"))
	<-sent
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}
