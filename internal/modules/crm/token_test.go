package crm

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
)

func wantTrouble(t *testing.T, err error, kind Kind) *Trouble {
	t.Helper()
	trouble := new(Trouble)
	if !errors.As(err, &trouble) || trouble.Kind != kind {
		t.Fatalf("%v, want trouble of kind %s", err, kind)
	}
	return trouble
}

// Fifty workers of two processes with one expired token: the vendor is asked
// once.
func TestManyWorkersAskForOneToken(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.connect()
		services := []*Service{b.Service, b.another()}
		for _, moved := range []struct {
			name string
			make func()
		}{
			{"expired", func() { b.clock.Advance(2 * time.Hour) }},
			{"refused by the vendor", func() { b.clock.Advance(10 * time.Minute); b.desk.set(func(d *desk) { d.alive = "another" }) }},
		} {
			before := b.desk.asks()
			moved.make()
			var all sync.WaitGroup
			for i := range 50 {
				all.Go(func() {
					if _, err := services[i%2].Account(ctx, aurora()); err != nil {
						t.Errorf("%s: %v", moved.name, err)
					}
				})
			}
			all.Wait()
			if asked := b.desk.asks() - before; asked != 1 {
				t.Errorf("%s: %d tokens were asked for, want 1", moved.name, asked)
			}
		}
		if len(b.desk.accounts) != 100 {
			t.Errorf("%d accounts were written", len(b.desk.accounts))
		}
	})
}

func TestATokenIsSharedAndRenewedBeforeItsEnd(t *testing.T) {
	b := open(t, "sqlite")
	b.connect()
	write := func(wantAsked int) {
		t.Helper()
		if _, err := b.Account(ctx, aurora()); err != nil {
			t.Fatal(err)
		}
		if asked := b.desk.asks(); asked != wantAsked {
			t.Fatalf("%d tokens were asked for, want %d", asked, wantAsked)
		}
	}
	write(1)
	b.clock.Advance(49 * time.Minute)
	write(1)
	b.clock.Advance(2 * time.Minute) // 51 minutes old
	write(2)
	b.clock.Advance(49 * time.Minute)
	write(2)
}

// While one process fetches the successor, the others go on with a token that
// still lives, and wait when it does not.
func TestOthersGoOnWhileATokenIsFetched(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.connect()
		other := b.another()
		b.clock.Advance(51 * time.Minute)
		entered, hold := make(chan struct{}), make(chan struct{})
		b.desk.set(func(d *desk) { d.entered, d.hold = entered, hold })
		done := make(chan error, 1)
		go func() { _, err := b.Account(ctx, aurora()); done <- err }()
		<-entered // the first one is at the vendor now
		if _, err := other.Account(ctx, aurora()); err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(9 * time.Minute) // the old token ends, the lease too: 9 minutes are longer
		b.desk.set(func(d *desk) { d.entered = nil })
		close(hold)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if asked := b.desk.asks(); asked != 2 {
			t.Errorf("%d tokens were asked for, want 2", asked)
		}
	})
}

// A process that died with the lease costs its time, not the connection.
func TestALeaseOfTheDeadEnds(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.connect()
		b.clock.Advance(2 * time.Hour)
		c, _, err := b.peek(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, claimed, err := b.claim(ctx, c); !claimed || err != nil {
			t.Fatal(claimed, err)
		}
		if _, claimed, err := b.another().claim(ctx, c); claimed || err != nil {
			t.Fatalf("a lease was claimed twice, %v", err)
		}
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if _, err := b.Account(short, aurora()); err == nil || b.desk.asks() != 1 {
			t.Fatalf("%v after %d calls, want to wait for who has the lease", err, b.desk.asks())
		}
		b.clock.Advance(b.cfg.Lease)
		if _, err := b.Account(ctx, aurora()); err != nil {
			t.Fatal(err)
		}
	})
}

// Who lost the lease, or fetched for a connection that was replaced, writes
// nothing.
func TestALateTokenIsThrownAway(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.connect()
		b.clock.Advance(2 * time.Hour)
		c, _, err := b.peek(ctx)
		if err != nil {
			t.Fatal(err)
		}
		owner, _, err := b.claim(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		b.connect() // anew, meanwhile
		after, _, err := b.peek(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.renew(ctx, c, owner); err != nil {
			t.Fatal(err)
		}
		now, _, err := b.peek(ctx)
		if err != nil || now.generation != after.generation || now.access.Reveal() != after.access.Reveal() {
			t.Fatalf("generation %d became %d, %v", after.generation, now.generation, err)
		}
		b.desk.set(func(d *desk) { d.refuse = &Trouble{Kind: Throttled, Message: "too many"} })
		if err := b.renew(ctx, c, owner); err != nil {
			t.Fatal(err)
		}
		if status := b.status(); status.CooldownMS != 0 || status.Trouble != "" {
			t.Fatalf("a late refusal cools the new connection: %+v", status)
		}
	})
}

// After a refusal nobody asks for a while, and then one does.
func TestARefusedTokenCools(t *testing.T) {
	for _, c := range []struct {
		cause error
		kind  Kind
		rest  time.Duration
	}{
		{&Trouble{Kind: Throttled, Message: "too many"}, Throttled, 10 * time.Minute},
		{&Trouble{Kind: Locked, Message: "invalid_code"}, Locked, lockedRest},
		{&Trouble{Kind: Down, Message: "500"}, Down, downRest},
		{errors.New("a lost answer"), Down, downRest},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			engines(t, func(t *testing.T, b *bench) {
				b.connect()
				other := b.another()
				b.clock.Advance(2 * time.Hour)
				b.desk.set(func(d *desk) { d.refuse = c.cause })
				before := b.desk.asks()
				var all sync.WaitGroup
				for i := range 20 {
					all.Go(func() {
						_, err := []*Service{b.Service, other}[i%2].Account(ctx, aurora())
						if trouble := new(Trouble); !errors.As(err, &trouble) || trouble.Kind != c.kind {
							t.Errorf("%v, want %s", err, c.kind)
						}
					})
				}
				all.Wait()
				if asked := b.desk.asks() - before; asked != 1 {
					t.Errorf("the vendor was asked %d times, want 1", asked)
				}
				_, err := b.Account(ctx, aurora())
				if trouble := wantTrouble(t, err, c.kind); trouble.UntilMS != b.clock.Now().Add(c.rest).UnixMilli() {
					t.Errorf("until %d, want %s from now", trouble.UntilMS, c.rest)
				}
				if status := b.status(); status.Trouble != c.kind || status.Problem == "" || status.CooldownMS == 0 {
					t.Errorf("status: %+v", status)
				}
				b.desk.set(func(d *desk) { d.refuse = nil })
				b.clock.Advance(c.rest)
				if _, err := b.Account(ctx, aurora()); err != nil {
					t.Fatal(err)
				}
				if status := b.status(); status.Trouble != "" || status.CooldownMS != 0 {
					t.Errorf("status after it went well: %+v", status)
				}
			})
		})
	}
}

// The vendor that gives no new token stops nobody while the old one lives.
func TestAnOldTokenServesWhileNoneIsGiven(t *testing.T) {
	b := open(t, "sqlite")
	b.connect()
	b.clock.Advance(55 * time.Minute)
	b.desk.set(func(d *desk) { d.refuse = &Trouble{Kind: Throttled, Message: "too many"} })
	for range 3 {
		if _, err := b.Account(ctx, aurora()); err != nil {
			t.Fatal(err)
		}
	}
	if asked := b.desk.asks(); asked != 2 {
		t.Errorf("the vendor was asked %d times, want 2", asked)
	}
}

// A vendor that accepts no token at all is not asked for one each time.
func TestAYoungTokenIsNotReplaced(t *testing.T) {
	b := open(t, "sqlite")
	b.connect()
	b.clock.Advance(10 * time.Minute)
	b.desk.set(func(d *desk) { d.refused = &Trouble{Kind: Stale, Message: "INVALID_TOKEN"} })
	for range 5 {
		_, err := b.Account(ctx, aurora())
		wantTrouble(t, err, Locked)
	}
	if asked := b.desk.asks(); asked != 2 { // one to connect, one to replace the old token
		t.Errorf("the vendor was asked %d times, want 2", asked)
	}
	if status := b.status(); status.Trouble != Locked || status.Problem != "INVALID_TOKEN" {
		t.Errorf("status: %+v", status)
	}
	b.desk.set(func(d *desk) { d.refused = nil })
	if _, err := b.Account(ctx, aurora()); err != nil {
		t.Fatal(err)
	}
}

func TestNobodyIsCalledWhileNoCRMIsConnected(t *testing.T) {
	b := open(t, "sqlite")
	calls := map[string]func() error{
		"account": func() error { _, err := b.Account(ctx, aurora()); return err },
		"contact": func() error { _, err := b.Contact(ctx, Contact{Email: "a@example.com"}); return err },
		"deal": func() error {
			_, err := b.Deal(ctx, Deal{ContractID: "CTR-1", AccountID: "1", Stage: StageWon})
			return err
		},
		"stage": func() error { return b.Stage(ctx, "CTR-1", "", StageActive) },
		"test":  func() error { _, err := b.Test(ctx, boss, ""); return err },
		"check": func() error { _, err := b.FieldCheck(ctx); return err },
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, ErrOff) || fault.CodeOf(err) != fault.Refused {
			t.Errorf("%s: %v, want ErrOff", name, err)
		}
	}
	if b.desk.asks() != 0 {
		t.Error("the vendor was asked")
	}
}

func TestTokenTimes(t *testing.T) {
	for life, want := range map[time.Duration][2]time.Duration{
		time.Hour:        {50 * time.Minute, time.Hour - 30*time.Second},
		10 * time.Minute: {9*time.Minute + 30*time.Second, 9*time.Minute + 30*time.Second},
		40 * time.Second: {20 * time.Second, 20 * time.Second},
	} {
		refresh, expires := tokenTimes(1000, life.Milliseconds())
		if refresh != 1000+want[0].Milliseconds() || expires != 1000+want[1].Milliseconds() {
			t.Errorf("a token of %s is renewed at %d and ends at %d", life, refresh, expires)
		}
	}
}
