package identity

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

func TestHigherRolesHoldAllOfTheLower(t *testing.T) {
	roles := []Role{Attendant, Supervisor, Admin}
	for i := 1; i < len(roles); i++ {
		for _, permission := range roles[i-1].Permissions() {
			if !roles[i].May(permission) {
				t.Errorf("%s lacks %s", roles[i], permission)
			}
		}
	}
	for _, role := range append(roles, "", "owner") {
		if role.May(PlatformOperate) || role.May("") || role.May("made.up") {
			t.Errorf("%q holds what no role holds", role)
		}
	}
	if Attendant.May(InboxAssign) || Supervisor.May(ChannelManage) || !Admin.May(ChannelManage) || Role("").May(InboxRead) {
		t.Error("the table of rights is not the documented one")
	}
	if !slices.IsSorted(Admin.Permissions()) {
		t.Error("permissions come unsorted")
	}
}

func TestDoorsCloseLongerEachTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 1<<40).Draw(t, "failures")
		a, b := perEmail.closedFor(n), perEmail.closedFor(n+1)
		if a < 0 || b < a || b > perEmail.most || (n < perEmail.free && a != 0) || (n >= perEmail.free && a == 0) {
			t.Fatalf("%d failures close for %v, one more for %v", n, a, b)
		}
	})
}

func TestWeakPasswords(t *testing.T) {
	for _, weak := range []string{"", "short", "aaaaaaaaaaaaaa", "éééééééééééé", "1234567890", "SENHA123456", "ana@example.com", strings.Repeat("ab", 200)} {
		err := checkPassword("password", secret.New(weak), "ana@example.com")
		want(t, err, fault.Invalid, "weak_password")
	}
	for _, good := range []string{password, "padaria da esquina", "ação e reação"} {
		if err := checkPassword("password", secret.New(good), "ana@example.com"); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func TestStoredPasswordsKeepTheirParameters(t *testing.T) {
	ctx := context.Background()
	old := newHasher(Config{HashMemoryKiB: 64, HashTime: 1, HashAtOnce: 1})
	stored, err := old.hash(ctx, secret.New(password))
	if err != nil {
		t.Fatal(err)
	}
	today := newHasher(Config{HashMemoryKiB: 128, HashTime: 2, HashAtOnce: 1})
	if ok, err := today.matches(ctx, stored, secret.New(password)); !ok || err != nil {
		t.Fatal("a password of older parameters is refused", err)
	}
	if ok, _ := today.matches(ctx, stored, secret.New(password+" ")); ok {
		t.Fatal("another password matched")
	}
	for _, broken := range []string{"$2b$10$abc", "$argon2id$v=19$m=64,t=0,p=1$AAAA$AAAA", "$argon2id$v=19$m=4294967295,t=1,p=1$AAAA$" + strings.Repeat("A", 43), "$argon2id$v=19$m=64,t=1,p=1$AAAA$"} {
		if _, err := today.matches(ctx, broken, secret.New(password)); !fault.Is(err, fault.Internal) {
			t.Fatalf("%s: %v", broken, err)
		}
	}
}

// Whatever stands in the column, nobody gets in and nothing breaks.
func FuzzStoredPassword(f *testing.F) {
	h := newHasher(Config{HashMemoryKiB: 64, HashTime: 1, HashAtOnce: 1})
	stored, err := h.hash(context.Background(), secret.New(password))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", stored, stored[:len(stored)-1], "$argon2id$v=19$m=64,t=0,p=1$AAAA$AAAA", "$argon2id$v=19$m=0,t=1,p=1$$", "$argon2id$v=19$m=4294967295,t=1,p=1$AA$AA"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "$") > 5 || strings.Contains(text, "m=") && !strings.Contains(text, "m=64,t=1") {
			return // a costly hash is no find
		}
		if ok, _ := h.matches(context.Background(), text, secret.New("another password")); ok {
			t.Fatalf("%q lets anybody in", text)
		}
	})
}

func TestHashesWaitTheirTurn(t *testing.T) {
	h := newHasher(Config{HashMemoryKiB: 64, HashTime: 1, HashAtOnce: 1})
	h.turns <- struct{}{} // somebody is at it
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := h.hash(ctx, secret.New(password)); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("got %v", err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		if _, err := h.hash(context.Background(), secret.New(password)); err != nil {
			t.Error(err)
		}
	})
	<-h.turns
	wait.Wait()
}

func TestAddressesOfOneHouseholdCountTogether(t *testing.T) {
	for ip, want := range map[string]string{
		"203.0.113.7": "203.0.113.7", "::ffff:203.0.113.7": "::ffff:203.0.113.7",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::9": "2001:db8:1:2::/64", "?": "?",
	} {
		if got := network(ip); got != want {
			t.Errorf("%s counts for %s, want %s", ip, got, want)
		}
	}
}

func TestConfigRules(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Fatal(err)
	}
	for _, spoil := range []func(*Config){
		func(c *Config) { c.SessionLife = time.Second },
		func(c *Config) { c.InviteLife = 0 },
		func(c *Config) { c.HashAtOnce = 0 },
		func(c *Config) { c.SessionTrust = time.Hour },
		func(c *Config) { c.SessionTrust = -1 },
	} {
		cfg := Default()
		spoil(&cfg)
		if err := cfg.Validate(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v was accepted: %v", cfg, err)
		}
	}
}
