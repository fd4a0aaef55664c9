package sale

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/order"
	"prosa/internal/platform/database"
	"prosa/internal/platform/outbox"
	"prosa/internal/platform/shard"
	"prosa/internal/platform/stream"
)

// running runs the relay and the follower of the only shard, as a process does,
// until stop is called: the lease is not given back, as after a kill.
func (s *shop) running(streams *stream.Stream, process string) (stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	keeper := shard.NewKeeper(s.db, process, shard.Config{Count: 1, Renew: 20 * time.Millisecond, TTL: 10 * time.Second}, slog.New(slog.DiscardHandler),
		outbox.NewRelay(s.db, streams, slog.New(slog.DiscardHandler)), s.Follower(streams))
	var done sync.WaitGroup
	done.Go(func() { _ = keeper.Run(ctx) })
	return func() {
		cancel()
		done.Wait()
	}
}

func (s *shop) await(what string, fits func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !fits(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("%s did not come: %s", what, s.spoken())
		}
	}
}

func openStream(t *testing.T) *stream.Stream {
	t.Helper()
	streams, err := stream.Open(context.Background(), stream.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := streams.Close(); err != nil {
			t.Error(err)
		}
	})
	return streams
}

// A follower that comes back has everything told that happened while it was
// away, and nothing twice, although it reads what it had read before: its cursor
// is older than its work.
func TestWhatHappenedWhileNobodyFollowedIsToldOnce(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		streams := openStream(t)
		stop := s.running(streams, "first")
		o := s.placed(pix)
		s.await("the bill", func() bool { return strings.Contains(s.spoken(), "bill: Pedido 101") })
		stop()
		s.pay(o, "k1", 8000)
		if _, err := s.orders.Move(t.Context(), order.Act{TenantID: s.tenant, OrderID: o.ID, By: ana}, order.Ready); err != nil {
			t.Fatal(err)
		}
		for _, life := range []string{"second", "third"} {
			stop = s.running(streams, life)
			s.await("the news", func() bool { return strings.Contains(s.spoken(), "pronto para retirada") })
			second := s.placedBy("Nina " + life)
			s.await("the next bill", func() bool { return strings.Contains(s.spoken(), fmt.Sprintf("bill: Pedido %d", second.Number)) })
			stop()
			s.conversation = o.ConversationID
			heard := s.spoken()
			for _, once := range []string{"bill: Pedido 101", "obrigado!", "pronto para retirada"} {
				if strings.Count(heard, once) != 1 {
					t.Fatalf("%s: %q is not there once: %s", life, once, heard)
				}
			}
		}
	})
}

// placedBy has a new customer order one cup.
func (s *shop) placedBy(name string) order.Order {
	s.t.Helper()
	s.writes(name)
	return s.placedAgain()
}

// A follower that dies between the message and the note of it has written
// neither.
func TestAKilledTransactionSaysNothing(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		o := s.placed(cash)
		killed := errors.New("killed")
		err := s.db.Write(t.Context(), database.Company(s.tenant), func(ctx context.Context, tx *database.Tx) error {
			ours, err := claim(ctx, tx, s.tenant, o.ID, "move:"+o.ID+":2")
			if err != nil || !ours {
				return err
			}
			return killed
		})
		if !errors.Is(err, killed) {
			t.Fatal(err)
		}
		s.tell(o.ID)
		if got := s.spoken(); strings.Count(got, "recebido!") != 1 {
			t.Fatal(got)
		}
	})
}

// graves takes dead letters.
type graves struct{ letters [][]byte }

func (g *graves) ConsumeSince(context.Context, string, string, string, func() time.Time) (*stream.Consumer, error) {
	return nil, fault.New(fault.Unavailable, "no stream")
}

func (g *graves) Publish(_ context.Context, subject string, data []byte) (uint64, error) {
	g.letters = append(g.letters, append([]byte(subject+" "), data...))
	return 1, nil
}

func TestFramesWithoutOrdersAreNotEvenRead(t *testing.T) {
	s := open(t, database.SQLite, message.WhatsApp)
	dead := &graves{}
	f := s.Follower(dead)
	for _, data := range []string{`[{"type":"message.created","data":{"message":{"kind":"text"}}}`, `nonsense`, `[{"type":"order.placed"` /* cut off */} {
		if err := f.frame(t.Context(), []byte(data)); err != nil {
			t.Error(data, err)
		}
	}
	if err := f.bury(t.Context(), event.Envelope{TenantID: "ten_a", Type: event.OrderPaid, ID: "evt_1"}, "why"); err != nil {
		t.Fatal(err)
	}
	subject, frame, _ := strings.Cut(string(dead.letters[0]), " ")
	raws, err := event.ReadFrame([]byte(frame))
	if err != nil || subject != "dead.sale" || len(raws) != 1 || raws[0].Channel != Letter || raws[0].Problem != "why" {
		t.Fatalf("%s %+v %v", subject, raws, err)
	}
}

// A database that is away is not the fault of an event, which waits for it; one
// that is poison is put aside, even when it makes us panic.
func TestAnEventIsPutAsideForItsOwnFaultOnly(t *testing.T) {
	s := open(t, database.SQLite, message.WhatsApp)
	o := s.placed(cash)
	dead := &graves{}
	f := s.Follower(dead)
	data := fmt.Appendf(nil, `[{"tenant_id":%q,"type":"order.placed","id":"evt_1","data":{"order":{"id":%q}}}]`, s.tenant, o.ID)
	speaks, asked := s.speaks, 0
	s.speaks = func(ctx context.Context, tx *database.Tx, tenantID, contactID string) (string, error) {
		if asked++; asked <= tries {
			return "", fault.New(fault.Unavailable, "the database is away")
		}
		return speaks(ctx, tx, tenantID, contactID)
	}
	f.pause = time.Millisecond
	s.must(f.frame(t.Context(), data))
	if len(dead.letters) != 0 || strings.Count(s.spoken(), "recebido!") != 1 {
		t.Fatalf("%d letters: %s", len(dead.letters), s.spoken())
	}
	s.speaks = func(context.Context, *database.Tx, string, string) (string, error) { panic("a defect") }
	s.must(f.frame(t.Context(), data))
	if len(dead.letters) != 1 || !strings.Contains(string(dead.letters[0]), "evt_1") {
		t.Fatalf("%q", dead.letters)
	}
	// Whoever stops meanwhile does not bury it.
	ctx, cancel := context.WithCancel(t.Context())
	s.speaks = func(context.Context, *database.Tx, string, string) (string, error) {
		cancel()
		return "", fault.New(fault.Unavailable, "the database is away")
	}
	if err := f.frame(ctx, data); !errors.Is(err, context.Canceled) || len(dead.letters) != 1 {
		t.Fatal(err, len(dead.letters))
	}
}

func TestSettingsOfACompany(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		c, err := s.Setting(t.Context(), s.tenant)
		if err != nil || !c.NativeBill || c.HonourHours != 24 {
			t.Fatal(c, err)
		}
		c.NativeBill, c.RemindMinutes = false, 0
		saved, err := s.SaveSetting(t.Context(), c, ana)
		if err != nil || saved.Version != 1 {
			t.Fatal(saved, err)
		}
		if saved, err = s.SaveSetting(t.Context(), saved, ana); err != nil || saved.Version != 2 {
			t.Fatal(saved, err)
		}
		saved.Version = 1
		if _, err := s.SaveSetting(t.Context(), saved, ana); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
		saved.HonourHours = 721
		if _, err := s.SaveSetting(t.Context(), saved, ana); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		// The bill is words and a picture then, and nobody is reminded.
		o := s.placed(pix)
		s.tell(o.ID)
		thread := s.thread()
		if b := thread[len(thread)-1].Content.Bill; b.Native || b.Reference != "101-1" {
			t.Fatalf("%+v", b)
		}
		s.clock.Advance(55 * time.Minute)
		if n, err := s.Remind(t.Context()); err != nil || n != 0 {
			t.Fatal(n, err)
		}
	})
}
