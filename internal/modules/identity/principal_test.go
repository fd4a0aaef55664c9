package identity

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// process is one process of the platform: a handle and a service of its own.
func process(t *testing.T, cfg database.Config, now *clock.Manual) (*bench, *atomic.Int64) {
	t.Helper()
	reads := &atomic.Int64{}
	cfg.Clock = now
	cfg.Observe = func(o database.Outcome) {
		if o.ReadOnly {
			reads.Add(1)
		}
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
	emit := func(context.Context, *database.Tx, int, ...event.Envelope) error { return nil }
	return &bench{db: db, clock: now, Service: New(cheap(), db, emit, now)}, reads
}

func TestARevokedRightCountsAtOnceHereAndSoonElsewhere(t *testing.T) {
	system := tenancy.By{Actor: event.Actor{Kind: "system"}}
	for name, c := range map[string]struct {
		change func(ctx context.Context, b *bench, bia Grant) error
		// gone tells whether the right is gone.
		gone func(p Principal, err error) bool
	}{
		"signed out":            {func(ctx context.Context, b *bench, bia Grant) error { return b.SignOut(ctx, bia.Principal) }, refused},
		"signed out everywhere": {func(ctx context.Context, b *bench, bia Grant) error { return b.SignOutEverywhere(ctx, bia.Principal) }, refused},
		"a new password, set in another browser": {func(ctx context.Context, b *bench, _ Grant) error {
			other, err := b.SignIn(ctx, "bia@example.com", secret.New(password), home)
			if err != nil {
				return err
			}
			next := secret.New("an entirely new one")
			_, err = b.Change(ctx, other.Principal, Profile{CurrentPassword: secret.New(password), NewPassword: &next})
			return err
		}, refused},
		"a lesser role": {func(ctx context.Context, b *bench, bia Grant) error {
			_, err := b.SetRole(ctx, b.admin.Principal, bia.Principal.User.ID, Attendant)
			return err
		}, func(p Principal, err error) bool { return err == nil && p.Role == Attendant && !p.May(ProductWrite) }},
		"removed": {func(ctx context.Context, b *bench, bia Grant) error {
			return b.RemoveMember(ctx, b.admin.Principal, bia.Principal.User.ID)
		}, func(p Principal, err error) bool { return err == nil && p.Role == "" && !p.May(InboxRead) }},
		"the company suspended": {func(ctx context.Context, b *bench, bia Grant) error {
			companies := tenancy.New(b.db, func(context.Context, *database.Tx, int, ...event.Envelope) error { return nil }, b.clock)
			_, err := companies.SetState(ctx, bia.Principal.TenantID(), tenancy.Suspended, "for a test", system)
			return err
		}, func(p Principal, err error) bool { return err == nil && !p.May(InboxRead) }},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, engine database.Engine) {
				cfg, now, ctx := databasetest.Config(t, engine), clock.NewManual(time.UnixMilli(1_700_000_000_000)), context.Background()
				here, _ := process(t, cfg, now)
				elsewhere, reads := process(t, cfg, now)
				token, err := here.SetupToken(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if here.admin, err = here.SetUp(ctx, first(token), home); err != nil {
					t.Fatal(err)
				}
				bia := here.join(t, "bia@example.com", Supervisor)
				for _, b := range []*bench{here, elsewhere} {
					for range 5 {
						if p, err := b.Authenticate(ctx, bia.Token); err != nil || !p.May(ProductWrite) {
							t.Fatal(p.Role, err)
						}
					}
				}
				if n := reads.Load(); n != 1 {
					t.Errorf("five requests of a browser read the database %d times", n)
				}
				if err := c.change(ctx, here, bia); err != nil {
					t.Fatal(err)
				}
				if p, err := here.Authenticate(ctx, bia.Token); !c.gone(p, err) {
					t.Errorf("the process that changed it still believes %s, %v", p.Role, err)
				}
				now.Advance(here.cfg.SessionTrust)
				if p, err := elsewhere.Authenticate(ctx, bia.Token); !c.gone(p, err) {
					t.Errorf("%s later another process still believes %s, %v", here.cfg.SessionTrust, p.Role, err)
				}
			})
		})
	}
}

func refused(_ Principal, err error) bool { return fault.Is(err, fault.Unauthorized) }

func TestWhatWasReadBeforeAChangeIsNotRemembered(t *testing.T) {
	p := &principals{trust: time.Second}
	bia := Principal{Role: Admin, Session: Session{SeenMS: 1_000, ExpiresMS: 1_500, life: demoLife}}
	_, before, ok := p.find("t", 1_000)
	if ok {
		t.Fatal("known from nowhere")
	}
	p.forget() // the change is committed while the reading is under way
	p.keep("t", bia, 1_000, before)
	_, after, ok := p.find("t", 1_000)
	if ok {
		t.Fatal("an old right was remembered")
	}
	p.keep("t", bia, 1_000, after)
	for nowMS, want := range map[int64]bool{1_000: true, 1_499: true, 1_500: false, 2_000: false, 999: false} {
		if _, _, ok := p.find("t", nowMS); ok != want {
			t.Errorf("at %d: %t", nowMS, ok)
		}
	}
}

func TestWhatNobodyAsksForIsForgotten(t *testing.T) {
	p := &principals{trust: time.Second}
	for nowMS := int64(0); nowMS < 10_000; nowMS += 100 {
		p.keep(string(rune('a'+nowMS/100)), Principal{}, nowMS, 0)
	}
	if n := len(p.young) + len(p.old); n > 20 {
		t.Errorf("%d are remembered", n)
	}
	none := &principals{}
	none.keep("t", Principal{}, 0, 0)
	if len(none.young) != 0 {
		t.Error("remembered without trust")
	}
}

func TestAnOldPictureOfOneselfOverwritesNoPassword(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := ready(t, engine), context.Background()
		old := b.admin.Principal // as another process may still have it
		next, name := secret.New("an entirely new one"), "Ana Maria"
		if _, err := b.Change(ctx, old, Profile{CurrentPassword: secret.New(password), NewPassword: &next}); err != nil {
			t.Fatal(err)
		}
		_, err := b.Change(ctx, old, Profile{Name: &name})
		want(t, err, fault.Unauthorized, "")
		if _, err := b.SignIn(ctx, "ana@example.com", next, home); err != nil {
			t.Errorf("the new password: %v", err)
		}
	})
}
