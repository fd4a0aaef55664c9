package identity

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

const password = "correct horse battery"

var home = Client{IP: "203.0.113.7", Agent: "Browser/1.0"}

// bench is a platform that was set up: one company with one admin.
type bench struct {
	*Service
	db    *database.DB
	clock *clock.Manual
	admin Grant

	mu   sync.Mutex
	told []event.Envelope
}

// cheap keeps hashes fast in tests, and lets operators work without a second
// factor; strict does not.
func cheap() Config {
	cfg := Default()
	cfg.Demo = true
	cfg.HashMemoryKiB, cfg.HashTime = 64, 1
	return cfg
}

// empty is a platform that nobody set up. The database's clock and the
// service's are the same.
func empty(t *testing.T, engine database.Engine) *bench {
	t.Helper()
	b := &bench{clock: clock.NewManual(time.UnixMilli(1_700_000_000_000))}
	cfg := databasetest.Config(t, engine)
	cfg.Clock = b.clock
	db, err := database.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	emit := func(_ context.Context, _ *database.Tx, _ int, envelopes ...event.Envelope) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.told = append(b.told, envelopes...)
		return nil
	}
	b.db, b.Service = db, New(cheap(), db, emit, b.clock)
	return b
}

func ready(t *testing.T, engine database.Engine) *bench {
	t.Helper()
	b := empty(t, engine)
	token, err := b.SetupToken(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	b.admin, err = b.SetUp(context.Background(), first(token), home)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func first(token secret.Text) Setup {
	return Setup{
		Token: token, Company: tenancy.Draft{Name: "Padaria"},
		User: Draft{Email: "Ana@Example.com", Name: "Ana", Password: secret.New(password)},
	}
}

// engines runs a test on both engines.
func engines(t *testing.T, fn func(t *testing.T, engine database.Engine)) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { fn(t, engine) })
	}
}

// join invites an e-mail and accepts.
func (b *bench) join(t *testing.T, email string, role Role) Grant {
	t.Helper()
	_, token, err := b.Invite(context.Background(), b.admin.Principal, b.admin.Principal.TenantID(), email, role)
	if err != nil {
		t.Fatal(err)
	}
	grant, err := b.Accept(context.Background(), token, Draft{Name: "Bia", Password: secret.New(password)}, home)
	if err != nil {
		t.Fatal(err)
	}
	return grant
}

func want(t *testing.T, err error, code fault.Code, reason string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code || f.Reason != reason {
		t.Fatalf("got %v, want %s %s", err, code, reason)
	}
}

func TestFirstRunNeedsItsTokenAndHappensOnce(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := empty(t, engine), context.Background()
		if needed, err := b.SetupNeeded(ctx); err != nil || !needed {
			t.Fatal(needed, err)
		}
		token, err := b.SetupToken(ctx)
		if err != nil || token.IsZero() {
			t.Fatal(token, err)
		}
		_, err = b.SetUp(ctx, first(secret.New("guess")), home)
		want(t, err, fault.Forbidden, "bad_token")
		weak := first(token)
		weak.User.Password = secret.New("short")
		_, err = b.SetUp(ctx, weak, home)
		want(t, err, fault.Invalid, "weak_password")

		// A refused input leaves the token good; two at once make one company.
		other, err := b.SetupToken(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		errs := make([]error, 2)
		for i, token := range []secret.Text{token, other} {
			wait.Go(func() {
				setup := first(token)
				setup.Company.Name, setup.User.Email = "Loja "+string(rune('A'+i)), string(rune('a'+i))+"@example.com"
				_, errs[i] = b.SetUp(ctx, setup, home)
			})
		}
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("of two first runs at once: %v and %v", errs[0], errs[1])
		}
		want(t, errors.Join(errs...), fault.Conflict, "setup_done")
		if needed, err := b.SetupNeeded(ctx); err != nil || needed {
			t.Fatal(needed, err)
		}
		if token, err := b.SetupToken(ctx); err != nil || !token.IsZero() {
			t.Fatal("a platform in use gave a token", err)
		}
	})
}

func TestSignInOpensASessionOfTheCompany(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := ready(t, engine), context.Background()
		grant, err := b.SignIn(ctx, " ANA@example.com ", secret.New(password), home)
		if err != nil {
			t.Fatal(err)
		}
		who, err := b.Authenticate(ctx, grant.Token)
		if err != nil {
			t.Fatal(err)
		}
		if who.User.Email != "ana@example.com" || who.Role != Admin || who.Company.Name != "Padaria" || !who.User.Operator ||
			len(who.Companies) != 1 || !who.May(ChannelManage) || !who.May(PlatformOperate) {
			t.Fatalf("signed in as %+v", who)
		}
		if err := b.SignOut(ctx, who); err != nil {
			t.Fatal(err)
		}
		_, err = b.Authenticate(ctx, grant.Token)
		want(t, err, fault.Unauthorized, "")
		if last := b.told[len(b.told)-1]; last.Type != event.SessionRevoked || !strings.Contains(string(last.Data), grant.Principal.Session.ID) {
			t.Fatalf("told %+v", last)
		}
	})
}

func TestWrongPasswordAndUnknownEmailLookTheSame(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	for _, email := range []string{"ana@example.com", "nobody@example.com", "not an address"} {
		_, err := b.SignIn(ctx, email, secret.New("wrong password"), home)
		want(t, err, fault.Unauthorized, "bad_credentials")
		if !errors.Is(err, errBadLogin) {
			t.Fatalf("%s: another answer: %v", email, err)
		}
	}
	// The same work: the decoy is hashed with the parameters in force.
	ok, err := b.hasher.matches(ctx, "", secret.New(""))
	if ok || err != nil {
		t.Fatal("an empty stored password matched", err)
	}
	if !strings.HasPrefix(b.hasher.decoy, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("decoy is %s", b.hasher.decoy)
	}
}

func TestGuessingClosesTheDoorForAWhile(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := ready(t, engine), context.Background()
		guess := func(word string) error {
			_, err := b.SignIn(ctx, "ana@example.com", secret.New(word), home)
			return err
		}
		for range perEmail.free {
			want(t, guess("wrong password"), fault.Unauthorized, "bad_credentials")
		}
		err := guess(password)
		want(t, err, fault.RateLimited, "too_many_attempts")
		var throttled *Throttled
		if !errors.As(err, &throttled) || throttled.RetryAfter() <= 0 || throttled.RetryAfter() > perEmail.most {
			t.Fatalf("closed for %v", throttled)
		}
		if _, err := b.SignIn(ctx, "other@example.com", secret.New(password), home); !fault.Is(err, fault.Unauthorized) {
			t.Fatalf("another person is shut out too: %v", err)
		}
		b.clock.Advance(throttled.RetryAfter() + time.Second)
		if err := guess(password); err != nil {
			t.Fatalf("after the wait: %v", err)
		}
		if err := guess("wrong password"); !fault.Is(err, fault.Unauthorized) {
			t.Fatalf("success did not clear the count: %v", err)
		}
	})
}

func TestGuessesSentAtOnceCountToo(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := ready(t, engine), context.Background()
		var wait sync.WaitGroup
		var mu sync.Mutex
		tried := 0
		for range 20 {
			wait.Go(func() {
				_, err := b.SignIn(ctx, "ana@example.com", secret.New("wrong password"), home)
				if fault.Is(err, fault.Unauthorized) {
					mu.Lock()
					tried++
					mu.Unlock()
				}
			})
		}
		wait.Wait()
		if tried > int(perEmail.free) {
			t.Fatalf("%d guesses were tried, %d are free", tried, perEmail.free)
		}
	})
}

func TestOneAddressCannotTryManyAccounts(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	var err error
	for i := range perAddress.free + 1 {
		_, err = b.SignIn(ctx, string(rune('a'+i%26))+string(rune('a'+i/26))+"@example.com", secret.New("x"), Client{IP: "2001:db8::" + string(rune('1'+i%9))})
	}
	want(t, err, fault.RateLimited, "too_many_attempts")
}

// ASVS 7.3.1 and 7.3.2: a session ends without use and in any case, the sooner
// the more its person may do.
func TestSessionsSlideAndEnd(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := ready(t, engine), context.Background()
		b.join(t, "ada@example.com", Admin)
		b.join(t, "bia@example.com", Attendant)
		for email, lives := range map[string]life{
			"ana@example.com": {b.cfg.OperatorIdle, b.cfg.OperatorLife},
			"ada@example.com": {b.cfg.AdminIdle, b.cfg.AdminLife},
			"bia@example.com": {b.cfg.SessionIdle, b.cfg.SessionLife},
		} {
			grant, err := b.SignIn(ctx, email, secret.New(password), home)
			if err != nil {
				t.Fatal(err)
			}
			step := lives.idle - lives.touchEvery()
			for used := step; used < lives.most; used += step {
				b.clock.Advance(step)
				if _, err := b.Authenticate(ctx, grant.Token); err != nil {
					t.Fatalf("%s: a session in use ended after %v: %v", email, used, err)
				}
			}
			b.clock.Advance(step)
			_, err = b.Authenticate(ctx, grant.Token)
			want(t, err, fault.Unauthorized, "")

			if grant, err = b.SignIn(ctx, email, secret.New(password), home); err != nil {
				t.Fatal(err)
			}
			b.clock.Advance(lives.idle + time.Second)
			_, err = b.Authenticate(ctx, grant.Token)
			want(t, err, fault.Unauthorized, "")
		}
		b.clock.Advance(40 * 24 * time.Hour)
		if err := b.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		left := count(t, b.db, "SELECT COUNT(*) FROM login_session")
		if left != 0 {
			t.Fatalf("%d sessions left after the sweep", left)
		}
	})
}

func TestTheSweeperSweepsAndStops(t *testing.T) {
	b := ready(t, database.SQLite)
	b.clock.Advance(b.cfg.SessionIdle + 40*24*time.Hour)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Sweeper(slog.New(slog.DiscardHandler)).Run(ctx) }()
	for deadline := time.Now().Add(10 * time.Second); count(t, b.db, "SELECT COUNT(*) FROM login_session") > 0; {
		if time.Now().After(deadline) {
			t.Fatal("nothing was swept")
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, db *database.DB, query string) (n int64) {
	t.Helper()
	err := db.Read(context.Background(), everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, query).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSignOutEverywhere(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	second, err := b.SignIn(ctx, "ana@example.com", secret.New(password), home)
	if err != nil {
		t.Fatal(err)
	}
	list, err := b.Sessions(ctx, second.Principal)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	if err := b.SignOutEverywhere(ctx, second.Principal); err != nil {
		t.Fatal(err)
	}
	for _, token := range []secret.Text{b.admin.Token, second.Token} {
		_, err := b.Authenticate(ctx, token)
		want(t, err, fault.Unauthorized, "")
	}
}

func TestTokensAndPasswordsAreNotStored(t *testing.T) {
	b := ready(t, database.SQLite)
	_, invite, err := b.Invite(context.Background(), b.admin.Principal, b.admin.Principal.TenantID(), "bia@example.com", Attendant)
	if err != nil {
		t.Fatal(err)
	}
	for _, column := range []string{"login_session|token_hash", "invitation|token_hash", "app_user|password_hash", "setup_token|token_hash"} {
		table, name, _ := strings.Cut(column, "|")
		err := b.db.Read(context.Background(), everyCompany(), func(ctx context.Context, tx *database.Tx) error {
			rows, err := tx.Query(ctx, "SELECT "+name+" FROM "+table)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var text string
				if err := rows.Scan(&text); err != nil {
					return err
				}
				for _, plain := range []string{password, invite.Reveal(), b.admin.Token.Reveal()} {
					if strings.Contains(text, plain) {
						t.Errorf("%s holds a secret", column)
					}
				}
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestInvitationsAreAcceptedOnce(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := ready(t, engine), context.Background()
		tenantID := b.admin.Principal.TenantID()
		_, stale, err := b.Invite(ctx, b.admin.Principal, tenantID, "bia@example.com", Attendant)
		if err != nil {
			t.Fatal(err)
		}
		_, token, err := b.Invite(ctx, b.admin.Principal, tenantID, "bia@example.com", Supervisor)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Open(ctx, stale); !fault.Is(err, fault.NotFound) {
			t.Fatalf("the first link of two still works: %v", err)
		}
		letter, err := b.Open(ctx, token)
		if err != nil || letter.HasAccount || letter.Company.Name != "Padaria" || letter.Invitation.Email != "bia@example.com" {
			t.Fatal(letter, err)
		}
		var wait sync.WaitGroup
		errs, grants := make([]error, 2), make([]Grant, 2)
		for i := range errs {
			wait.Go(func() {
				grants[i], errs[i] = b.Accept(ctx, token, Draft{Name: "Bia", Password: secret.New(password)}, home)
			})
		}
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("of two at once: %v and %v", errs[0], errs[1])
		}
		grant := grants[0]
		if errs[0] != nil {
			grant = grants[1]
		}
		if grant.Principal.Role != Supervisor || grant.Principal.TenantID() != tenantID || grant.Principal.User.Operator {
			t.Fatalf("joined as %+v", grant.Principal)
		}
		_, _, err = b.Invite(ctx, b.admin.Principal, tenantID, "Bia@example.com", Attendant)
		want(t, err, fault.Conflict, "already_member")
	})
}

func TestTheSecondInvitationOfANewAddressFindsTheAccountMade(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := ready(t, engine), context.Background()
		second, err := tenancy.New(b.db, tenancy.Emit(b.emit), b.clock).Create(ctx, tenancy.Draft{Name: "Oficina"}, b.admin.Principal.By())
		if err != nil {
			t.Fatal(err)
		}
		_, late, err := b.Invite(ctx, b.admin.Principal, second.ID, "bia@example.com", Attendant)
		if err != nil {
			t.Fatal(err)
		}
		// The second person at the door looked before the account was made.
		user, err := b.newUser(ctx, Draft{Email: "bia@example.com", Name: "Bia", Password: secret.New(password)})
		if err != nil {
			t.Fatal(err)
		}
		b.join(t, "bia@example.com", Attendant)
		err = b.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
			_, err := b.Service.join(ctx, tx, hashToken(late), user, home, proofPassword)
			return err
		})
		want(t, err, fault.Conflict, "")
		if _, err := b.Accept(ctx, late, Draft{Password: secret.New(password)}, home); err != nil {
			t.Fatalf("with the account's password: %v", err)
		}
	})
}

func TestInvitationsExpireAndAreRevoked(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	tenantID := b.admin.Principal.TenantID()
	invitation, token, err := b.Invite(ctx, b.admin.Principal, tenantID, "bia@example.com", Attendant)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Revoke(ctx, b.admin.Principal, invitation.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Accept(ctx, token, Draft{Name: "Bia", Password: secret.New(password)}, home); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	if err := b.Revoke(ctx, b.admin.Principal, invitation.ID); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	b.clock.Advance(time.Second) // lists are in the order of time
	_, token, err = b.Invite(ctx, b.admin.Principal, tenantID, "bia@example.com", Attendant)
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(b.cfg.InviteLife + time.Second)
	if _, err := b.Open(ctx, token); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	list, err := b.Invitations(ctx, tenantID)
	if err != nil || len(list) != 2 || list[0].State != "expired" || list[1].State != "revoked" {
		t.Fatal(list, err)
	}
}

func TestSomebodyWithAnAccountJoinsASecondCompany(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	bia := b.join(t, "bia@example.com", Attendant)
	second, err := tenancy.New(b.db, tenancy.Emit(b.emit), b.clock).Create(ctx, tenancy.Draft{Name: "Oficina"}, b.admin.Principal.By())
	if err != nil {
		t.Fatal(err)
	}
	_, token, err := b.Invite(ctx, b.admin.Principal, second.ID, "bia@example.com", Admin)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Accept(ctx, token, Draft{Password: secret.New("another password")}, home)
	want(t, err, fault.Unauthorized, "bad_credentials")
	grant, err := b.Accept(ctx, token, Draft{Password: secret.New(password)}, home)
	if err != nil {
		t.Fatal(err)
	}
	if grant.Principal.User.ID != bia.Principal.User.ID || grant.Principal.TenantID() != second.ID || grant.Principal.Role != Admin || len(grant.Principal.Companies) != 2 {
		t.Fatalf("joined as %+v", grant.Principal)
	}
	back, err := b.Switch(ctx, grant.Principal, b.admin.Principal.TenantID())
	if err != nil || back.Role != Attendant || back.Company.Name != "Padaria" {
		t.Fatal(back, err)
	}
	_, err = b.Switch(ctx, b.admin.Principal, second.ID)
	want(t, err, fault.Forbidden, "")
}

func TestRolesChangeAtOnceAndOneAdminStays(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := ready(t, engine), context.Background()
		bia := b.join(t, "bia@example.com", Attendant)
		admin, userID := b.admin.Principal, bia.Principal.User.ID
		_, err := b.SetRole(ctx, admin, admin.User.ID, Attendant)
		want(t, err, fault.Conflict, "last_admin")
		want(t, b.RemoveMember(ctx, admin, admin.User.ID), fault.Conflict, "last_admin")
		_, err = b.SetRole(ctx, admin, userID, "owner")
		want(t, err, fault.Invalid, "")
		if m, err := b.SetRole(ctx, admin, userID, Admin); err != nil || m.Role != Admin {
			t.Fatal(m, err)
		}
		if who, err := b.Authenticate(ctx, bia.Token); err != nil || !who.May(MemberManage) {
			t.Fatal("the new role has no effect", err)
		}

		// Two admins who demote each other at once: one stays.
		var wait sync.WaitGroup
		errs := make([]error, 2)
		wait.Go(func() { _, errs[0] = b.SetRole(ctx, admin, userID, Attendant) })
		wait.Go(func() { errs[1] = b.RemoveMember(ctx, bia.Principal, admin.User.ID) })
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both or none: %v, %v", errs[0], errs[1])
		}
		list, err := b.Members(ctx, admin.TenantID())
		if err != nil || !slices.ContainsFunc(list, func(m Member) bool { return m.Role == Admin }) {
			t.Fatal("no admin left", list, err)
		}
	})
}

func TestARemovedMemberSeesNothingMore(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	bia := b.join(t, "bia@example.com", Supervisor)
	if err := b.RemoveMember(ctx, b.admin.Principal, bia.Principal.User.ID); err != nil {
		t.Fatal(err)
	}
	who, err := b.Authenticate(ctx, bia.Token)
	if err != nil || who.Role != "" || who.TenantID() != "" || len(who.Permissions()) != 0 {
		t.Fatalf("still %+v, %v", who, err)
	}
	if again := b.join(t, "cid@example.com", Attendant); again.Principal.Role != Attendant {
		t.Fatal("the next one can't join")
	}
}

func TestASuspendedCompanyGivesNoRights(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	_, err := tenancy.New(b.db, tenancy.Emit(b.emit), b.clock).SetState(ctx, b.admin.Principal.TenantID(), tenancy.Suspended, "for a test", b.admin.Principal.By())
	if err != nil {
		t.Fatal(err)
	}
	who, err := b.Authenticate(ctx, b.admin.Token)
	if err != nil || who.May(InboxRead) || !who.May(PlatformOperate) {
		t.Fatalf("%+v, %v", who.Permissions(), err)
	}
}

func TestANewPasswordEndsOtherSessions(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	other, err := b.SignIn(ctx, "ana@example.com", secret.New(password), home)
	if err != nil {
		t.Fatal(err)
	}
	next, name := secret.New("an entirely new one"), "Ana Maria"
	_, err = b.Change(ctx, b.admin.Principal, Profile{CurrentPassword: secret.New("no"), NewPassword: &next})
	want(t, err, fault.Forbidden, "wrong_password")
	who, err := b.Change(ctx, b.admin.Principal, Profile{Name: &name, CurrentPassword: secret.New(password), NewPassword: &next})
	if err != nil || who.User.Name != name {
		t.Fatal(who, err)
	}
	_, err = b.Authenticate(ctx, other.Token)
	want(t, err, fault.Unauthorized, "")
	if _, err := b.Authenticate(ctx, b.admin.Token); err != nil {
		t.Fatalf("the session that changed it ended: %v", err)
	}
	if _, err := b.SignIn(ctx, "ana@example.com", next, home); err != nil {
		t.Fatal(err)
	}
}

func TestDemoSignInIsOfTheDemoOnly(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	b.cfg.Demo = false
	_, err := b.SignInDemo(ctx, Admin, home)
	want(t, err, fault.NotFound, "")
	b.cfg.Demo = true
	grant, err := b.SignInDemo(ctx, Admin, home)
	if err != nil || grant.Principal.Role != Admin {
		t.Fatal(grant, err)
	}
	_, err = b.SignInDemo(ctx, Supervisor, home)
	want(t, err, fault.NotFound, "")
}

// Who reads costs in a demo is made by its seed, as often as that runs, and enters
// with one click to that one power.
func TestADemoHasAReaderOfCosts(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	b.cfg.Demo = true
	_, err := b.SignInDemo(ctx, CostReader, home)
	want(t, err, fault.NotFound, "")
	for range 2 {
		reader, err := b.AddReader(ctx, Draft{Email: "teo@example.com", Name: "Téo", Password: secret.New(password)})
		if err != nil || !reader.Cost || reader.Operator {
			t.Fatal(reader, err)
		}
	}
	grant, err := b.SignInDemo(ctx, CostReader, home)
	if err != nil {
		t.Fatal(err)
	}
	who := grant.Principal
	if who.User.Name != "Téo" || who.MustEnrol || !who.May(PlatformCost) || len(who.Permissions()) != 1 || who.TenantID() != "" {
		t.Errorf("entered as %+v with %v", who, who.Permissions())
	}
	if readers, _, err := b.Readers(ctx); err != nil || len(readers) != 1 {
		t.Error(readers, err)
	}
	b.cfg.Demo = false
	_, err = b.SignInDemo(ctx, CostReader, home)
	want(t, err, fault.NotFound, "")
}

func TestSensitiveActionsAreLogged(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	bia := b.join(t, "bia@example.com", Attendant)
	if _, err := b.SetRole(ctx, b.admin.Principal, bia.Principal.User.ID, Supervisor); err != nil {
		t.Fatal(err)
	}
	if err := b.RemoveMember(ctx, b.admin.Principal, bia.Principal.User.ID); err != nil {
		t.Fatal(err)
	}
	list, err := audit.New(b.db).List(ctx, b.admin.Principal.TenantID(), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, entry := range list.Items {
		seen[entry.Action]++
		if entry.IP != home.IP && entry.Actor.Kind != "system" {
			t.Errorf("%s came from %q", entry.Action, entry.IP)
		}
	}
	for _, action := range []string{"company.created", "session.opened", "invitation.created", "member.joined", "member.role_changed", "member.removed"} {
		if seen[action] == 0 {
			t.Errorf("%s is not in the log: %v", action, seen)
		}
	}
}

func TestMembersAreAddedWithoutAnInvitation(t *testing.T) {
	b, ctx := ready(t, database.SQLite), context.Background()
	draft := Draft{Email: "seed@example.com", Name: "Seed", Password: secret.New(password)}
	a, err := b.AddMember(ctx, b.admin.Principal.TenantID(), draft, Attendant)
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.AddMember(ctx, b.admin.Principal.TenantID(), draft, Supervisor)
	if err != nil || again.ID != a.ID {
		t.Fatal(again, err)
	}
	m, err := b.Member(ctx, b.admin.Principal.TenantID(), a.ID)
	if err != nil || m.Role != Supervisor {
		t.Fatal(m, err)
	}
	if _, err := b.Member(ctx, b.admin.Principal.TenantID(), "usr_other"); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
}
