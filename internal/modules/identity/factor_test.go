package identity

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
	"prosa/internal/platform/secretbox"
)

// strict is a platform where the rules of factors hold: Ana is its first
// operator and the admin of Padaria.
func strict(t *testing.T, engine database.Engine) *bench {
	t.Helper()
	b := ready(t, engine)
	box, err := secretbox.Open(secretbox.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	b.cfg.Demo, b.cfg.PublicURL = false, "https://prosa.example.com"
	b.BindSealer(box)
	b.passkeys = relyingParties(b.cfg)
	return b
}

// again reads who is behind a grant.
func (b *bench) again(t *testing.T, grant Grant) Principal {
	t.Helper()
	b.known.forget()
	who, err := b.Authenticate(context.Background(), grant.Token)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// bindPost gives the platform its mail.
func (b *bench) bindPost() *postbox {
	post := &postbox{}
	b.BindPost(post)
	return post
}

// to gives the templates of an address's letters, oldest first.
func (p *postbox) to(email string) (templates []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.letters {
		if l.To == email && l.Template != mail.Invitation {
			templates = append(templates, l.Template)
		}
	}
	return templates
}

// app is a telephone with a code app.
type app struct{ seed []byte }

func (a app) code(t *testing.T, at time.Time) string {
	t.Helper()
	text, err := code(a.seed, at.Unix()/totpPeriod, totpDigits, otp.AlgorithmSHA1)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// enrol gives somebody a code app, and their recovery codes.
func (b *bench) enrol(t *testing.T, grant Grant) (app, []string) {
	t.Helper()
	ctx, who := context.Background(), b.again(t, grant)
	seed, err := b.AddApp(ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := base32.StdEncoding.DecodeString(seed.Secret)
	if err != nil || len(plain) != totpSeed || !strings.Contains(seed.URI, "secret="+seed.Secret) || !strings.HasPrefix(seed.URI, "otpauth://totp/Prosa:") {
		t.Fatal(seed, err)
	}
	phone := app{plain}
	codes, err := b.ConfirmApp(ctx, who, "Telefone", phone.code(t, b.clock.Now()))
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(totpPeriod * time.Second)
	return phone, codes
}

// begin signs in with the password, up to the second step.
func (b *bench) begin(t *testing.T, email string) *Challenge {
	t.Helper()
	grant, err := b.SignIn(context.Background(), email, secret.New(password), home)
	if err != nil {
		t.Fatal(err)
	}
	if grant.Challenge == nil || !grant.Token.IsZero() {
		t.Fatalf("no second step is asked for: %+v", grant)
	}
	return grant.Challenge
}

// RFC 6238, appendix B.
func TestCodesAreThoseOfTheRFC(t *testing.T) {
	const digits = "1234567890"
	seed := func(size int) []byte { return []byte(strings.Repeat(digits, 7)[:size]) }
	for second, want := range map[int64][3]string{
		59:          {"94287082", "46119246", "90693936"},
		1111111109:  {"07081804", "68084774", "25091201"},
		1111111111:  {"14050471", "67062674", "99943326"},
		1234567890:  {"89005924", "91819424", "93441116"},
		2000000000:  {"69279037", "90698825", "38618901"},
		20000000000: {"65353130", "77737706", "47863826"},
	} {
		for i, algorithm := range []otp.Algorithm{otp.AlgorithmSHA1, otp.AlgorithmSHA256, otp.AlgorithmSHA512} {
			got, err := code(seed([]int{20, 32, 64}[i]), second/totpPeriod, otp.DigitsEight, algorithm)
			if err != nil || got != want[i] {
				t.Errorf("%d by %s: %s, want %s (%v)", second, algorithm, got, want[i], err)
			}
		}
	}
}

// ASVS 6.5.5: how long a code lives.
func TestCodesLiveShortly(t *testing.T) {
	seed, now := []byte("12345678901234567890"), int64(1_700_000_010)
	for name, c := range map[string]struct {
		stepsAway, last, skew int64
		want                  bool
	}{
		"this step":                      {0, 0, 0, true},
		"the step before":                {-1, 0, 1, true},
		"the step after":                 {1, 0, 1, true},
		"two steps before":               {-2, 0, 1, false},
		"two steps after":                {2, 0, 1, false},
		"an operator's step before":      {-1, 0, 0, false},
		"the step that was taken":        {0, now / totpPeriod, 1, false},
		"a step before the one taken":    {-1, now / totpPeriod, 1, false},
		"the step after the one taken":   {1, now / totpPeriod, 1, true},
		"this step, one before is taken": {0, now/totpPeriod - 1, 1, true},
	} {
		given, err := code(seed, now/totpPeriod+c.stepsAway, totpDigits, otp.AlgorithmSHA1)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok, err := stepOf(seed, given[:3]+" "+given[3:], now*1000, c.last, c.skew); ok != c.want || err != nil {
			t.Errorf("%s: %t, %v", name, ok, err)
		}
	}
	for _, given := range []string{"", "12345", "1234567", "abcdef", "١٢٣٤٥٦"} {
		if _, ok, err := stepOf(seed, given, now*1000, 0, 1); ok || err != nil {
			t.Errorf("%q: %t, %v", given, ok, err)
		}
	}
}

// ASVS 6.3.3, 7.2.4: the second factor is asked for, and a session begins with it
// only.
func TestSignInTakesTwoSteps(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		bia := b.join(t, "bia@example.com", Attendant)
		phone, codes := b.enrol(t, bia)
		if len(codes) != recoveryCodes {
			t.Fatalf("%d recovery codes", len(codes))
		}
		step := b.begin(t, "bia@example.com")
		if fmt.Sprint(step.Methods) != "[totp recovery]" || step.Passkey != nil || step.ExpiresMS != clock.MS(b.clock.Now())+300_000 {
			t.Fatalf("asked for %+v", step)
		}
		_, err := b.Authenticate(ctx, step.Token)
		want(t, err, fault.Unauthorized, "")
		_, err = b.SecondStep(ctx, step.Token, Proof{Code: "000000"}, home)
		want(t, err, fault.Unauthorized, "bad_code")
		_, err = b.SecondStep(ctx, secret.New("another browser's"), Proof{Code: phone.code(t, b.clock.Now())}, home)
		want(t, err, fault.Unauthorized, "challenge_over")
		grant, err := b.SecondStep(ctx, step.Token, Proof{Code: phone.code(t, b.clock.Now())}, home)
		if err != nil || grant.Principal.Session.Proof != KindApp || grant.Principal.Role != Attendant || grant.Token.Reveal() == step.Token.Reveal() {
			t.Fatal(grant, err)
		}
		_, err = b.SecondStep(ctx, step.Token, Proof{Code: phone.code(t, b.clock.Now().Add(totpPeriod*time.Second))}, home)
		want(t, err, fault.Unauthorized, "challenge_over")
	})
}

// ASVS 6.5.1: each code works once, also for two at once.
func TestCodesWorkOnce(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		phone, codes := b.enrol(t, b.join(t, "bia@example.com", Attendant))
		for _, proof := range []Proof{{Code: phone.code(t, b.clock.Now())}, {Recovery: codes[3]}} {
			first, second := b.begin(t, "bia@example.com"), b.begin(t, "bia@example.com")
			errs := make([]error, 2)
			var wait sync.WaitGroup
			for i, step := range []*Challenge{first, second} {
				wait.Go(func() { _, errs[i] = b.SecondStep(ctx, step.Token, proof, home) })
			}
			wait.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("of two at once: %v and %v", errs[0], errs[1])
			}
			want(t, errors.Join(errs...), fault.Unauthorized, "bad_code")
		}
	})
}

// ASVS 6.6.2 and 6.6.3: a second step ends after five minutes and five tries, and
// beginning anew does not help who guesses.
func TestSecondStepsEndSoon(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		phone, _ := b.enrol(t, b.join(t, "bia@example.com", Attendant))
		step := b.begin(t, "bia@example.com")
		b.clock.Advance(challengeLife)
		_, err := b.SecondStep(ctx, step.Token, Proof{Code: phone.code(t, b.clock.Now())}, home)
		want(t, err, fault.Unauthorized, "challenge_over")

		tried := 0
		for !fault.Is(err, fault.RateLimited) {
			step = b.begin(t, "bia@example.com")
			for range challengeTries {
				if _, err = b.SecondStep(ctx, step.Token, Proof{Code: "000000"}, home); fault.Is(err, fault.RateLimited) {
					break
				}
				want(t, err, fault.Unauthorized, "bad_code")
				tried++
			}
			if !fault.Is(err, fault.RateLimited) {
				_, over := b.SecondStep(ctx, step.Token, Proof{Code: phone.code(t, b.clock.Now())}, home)
				want(t, over, fault.Unauthorized, "challenge_over")
			}
			if tried > 100 {
				t.Fatal("nobody slows a guesser down")
			}
		}
		if int64(tried) != perFactor.free {
			t.Fatalf("%d codes were tried, %d are free", tried, perFactor.free)
		}
		var throttled *Throttled
		errors.As(err, &throttled)
		b.clock.Advance(throttled.RetryAfter() + time.Second)
		step = b.begin(t, "bia@example.com")
		if _, err := b.SecondStep(ctx, step.Token, Proof{Code: phone.code(t, b.clock.Now())}, home); err != nil {
			t.Fatalf("after the wait: %v", err)
		}
	})
}

// ASVS 6.4.4 and 6.5.2: a recovery code opens the door once, is told, and the
// factor that was lost is replaced before anything else.
func TestARecoveryCodeLeadsToANewFactor(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		letters := b.bindPost()
		lost, codes := b.enrol(t, b.join(t, "bia@example.com", Supervisor))
		step := b.begin(t, "bia@example.com")
		grant, err := b.SecondStep(ctx, step.Token, Proof{Recovery: " " + strings.ToLower(strings.ReplaceAll(codes[0], "-", " "))}, home)
		if err != nil {
			t.Fatal(err)
		}
		if who := b.again(t, grant); !who.MustEnrol || who.May(InboxRead) || len(who.Permissions()) != 0 {
			t.Fatalf("without a new factor: %+v", who.Permissions())
		}
		if got := letters.to("bia@example.com"); fmt.Sprint(got) != fmt.Sprint([]string{mail.FactorAdded, mail.FactorRemoved}) {
			t.Fatalf("letters %v", got)
		}
		found, fresh := b.enrol(t, grant)
		if len(fresh) != recoveryCodes || fresh[0] == codes[0] {
			t.Fatal("the recovery codes were not replaced")
		}
		if who := b.again(t, grant); who.MustEnrol || !who.May(InboxRead) {
			t.Fatal("the new factor changed nothing")
		}
		step = b.begin(t, "bia@example.com")
		for _, proof := range []Proof{{Recovery: codes[0]}, {Recovery: codes[1]}, {Code: lost.code(t, b.clock.Now())}} {
			_, err = b.SecondStep(ctx, step.Token, proof, home)
			want(t, err, fault.Unauthorized, "bad_code")
		}
		if _, err := b.SecondStep(ctx, step.Token, Proof{Code: found.code(t, b.clock.Now())}, home); err != nil {
			t.Fatal(err)
		}
	})
}

// ASVS 6.3.3: operators always need a second factor, and the first one of an
// installation sets it up before anything else; 6.3.2 is TestFirstRun.
func TestOperatorsNeedAFactor(t *testing.T) {
	b, ctx := strict(t, database.SQLite), context.Background()
	who := b.again(t, b.admin)
	if !who.MustEnrol || who.May(PlatformOperate) || who.May(MemberRead) {
		t.Fatalf("an operator without a factor may %v", who.Permissions())
	}
	phone, _ := b.enrol(t, b.admin)
	who = b.again(t, b.admin)
	if who.MustEnrol || !who.May(PlatformOperate) || !who.May(MemberManage) {
		t.Fatalf("an operator with a factor may %v", who.Permissions())
	}
	factors, err := b.Factors(ctx, who)
	if err != nil || len(factors.Items) != 1 || !factors.Required || factors.RecoveryLeft != recoveryCodes || fmt.Sprint(factors.StepUp) != "[totp]" {
		t.Fatal(factors, err)
	}
	want(t, b.RemoveFactor(ctx, who, factors.Items[0].ID), fault.Refused, "factor_required")
	// Their clock must be right.
	step := b.begin(t, "ana@example.com")
	_, err = b.SecondStep(ctx, step.Token, Proof{Code: phone.code(t, b.clock.Now().Add(-totpPeriod*time.Second))}, home)
	want(t, err, fault.Unauthorized, "bad_code")
	if _, err = b.SecondStep(ctx, step.Token, Proof{Code: phone.code(t, b.clock.Now())}, home); err != nil {
		t.Fatal(err)
	}
}

func TestACompanyAsksItsPeopleForAFactor(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		ada, bia := b.join(t, "ada@example.com", Admin), b.join(t, "bia@example.com", Attendant)
		for _, c := range []struct {
			rule             string
			admin, attendant bool
		}{{RequireNobody, false, false}, {RequireAdmins, true, false}, {RequireEverybody, true, true}} {
			if err := b.SetFactorPolicy(ctx, ada.Principal, c.rule); err != nil {
				t.Fatal(err)
			}
			if got, err := b.FactorPolicy(ctx, ada.Principal.TenantID()); got != c.rule || err != nil {
				t.Fatal(got, err)
			}
			if a, m := b.again(t, ada).MustEnrol, b.again(t, bia).MustEnrol; a != c.admin || m != c.attendant {
				t.Errorf("%s: an admin %t, an attendant %t", c.rule, a, m)
			}
		}
		want(t, b.SetFactorPolicy(ctx, ada.Principal, "some"), fault.Invalid, "")
		b.enrol(t, bia)
		if b.again(t, bia).MustEnrol {
			t.Fatal("who has a factor is asked for one")
		}
	})
}

// ASVS 7.4.3: a changed factor ends the other sessions and tells the person.
func TestAChangedFactorEndsOtherSessions(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		letters := b.bindPost()
		bia := b.join(t, "bia@example.com", Attendant)
		other, err := b.SignIn(ctx, "bia@example.com", secret.New(password), home)
		if err != nil {
			t.Fatal(err)
		}
		b.enrol(t, bia)
		_, err = b.Authenticate(ctx, other.Token)
		want(t, err, fault.Unauthorized, "")
		who := b.again(t, bia)
		if !who.RotationDue() {
			t.Fatal("the session keeps its token")
		}
		if last := b.told[len(b.told)-1]; last.Type != event.SessionRevoked || !strings.Contains(string(last.Data), other.Principal.Session.ID) {
			t.Fatalf("told %+v", last)
		}
		factors, err := b.Factors(ctx, who)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.RenameFactor(ctx, who, factors.Items[0].ID, "Meu celular"); err != nil {
			t.Fatal(err)
		}
		want(t, b.RenameFactor(ctx, b.admin.Principal, factors.Items[0].ID, "Dela"), fault.NotFound, "")
		want(t, b.RemoveFactor(ctx, b.admin.Principal, factors.Items[0].ID), fault.NotFound, "")
		if err := b.RemoveFactor(ctx, who, factors.Items[0].ID); err != nil {
			t.Fatal(err)
		}
		if got := letters.to("bia@example.com"); fmt.Sprint(got) != fmt.Sprint([]string{mail.FactorAdded, mail.FactorRemoved}) {
			t.Fatalf("letters %v", got)
		}
		if left := count(t, b.db, "SELECT COUNT(*) FROM recovery_code"); left != 0 {
			t.Fatalf("%d recovery codes of no factor", left)
		}
		if grant, err := b.SignIn(ctx, "bia@example.com", secret.New(password), home); err != nil || grant.Challenge != nil {
			t.Fatal(grant, err)
		}
	})
}

// ASVS 11.4.2, 13.3.1: what is kept of factors opens nothing.
func TestFactorsAreNotStoredPlain(t *testing.T) {
	b := strict(t, database.SQLite)
	phone, codes := b.enrol(t, b.join(t, "bia@example.com", Attendant))
	step := b.begin(t, "bia@example.com")
	err := b.db.Read(context.Background(), everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		for _, query := range []string{"SELECT sealed FROM factor", "SELECT code_hash FROM recovery_code", "SELECT token_hash FROM login_challenge"} {
			rows, err := tx.Query(ctx, query)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var text string
				if err := rows.Scan(&text); err != nil {
					return err
				}
				for _, plain := range append(codes, base32.StdEncoding.EncodeToString(phone.seed), string(phone.seed), step.Token.Reveal()) {
					if strings.Contains(text, plain) {
						t.Errorf("%s gives a secret", query)
					}
				}
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, one := range codes {
		if len(one) != 29 || seen[one] {
			t.Errorf("a recovery code is %q", one)
		}
		seen[one] = true
	}
}

// ASVS 6.4.3: a new password never leads around the second factor.
func TestAResetKeepsTheFactor(t *testing.T) {
	b, ctx := strict(t, database.SQLite), context.Background()
	letters := b.bindPost()
	b.enrol(t, b.join(t, "bia@example.com", Attendant))
	if err := b.AskReset(ctx, "bia@example.com", home); err != nil {
		t.Fatal(err)
	}
	if err := b.SweepResets(ctx); err != nil {
		t.Fatal(err)
	}
	next := secret.New("an entirely new one")
	if err := b.Reset(ctx, tokenIn(letters.of(mail.PasswordReset)[0]), next, home); err != nil {
		t.Fatal(err)
	}
	grant, err := b.SignIn(ctx, "bia@example.com", next, home)
	if err != nil || grant.Challenge == nil {
		t.Fatalf("a new password opened the door alone: %+v, %v", grant, err)
	}
}

// ASVS 6.3.4: an invitation is no way around it either.
func TestAnInvitationAsksForTheFactorToo(t *testing.T) {
	engines(t, func(t *testing.T, engine database.Engine) {
		b, ctx := strict(t, engine), context.Background()
		bia := b.join(t, "bia@example.com", Attendant)
		phone, _ := b.enrol(t, bia)
		if err := b.RemoveMember(ctx, b.admin.Principal, bia.Principal.User.ID); err != nil {
			t.Fatal(err)
		}
		_, token, err := b.Invite(ctx, b.admin.Principal, b.admin.Principal.TenantID(), "bia@example.com", Supervisor)
		if err != nil {
			t.Fatal(err)
		}
		grant, err := b.Accept(ctx, token, Draft{Password: secret.New(password)}, home)
		if err != nil || grant.Challenge == nil {
			t.Fatal(grant, err)
		}
		if members, err := b.Members(ctx, b.admin.Principal.TenantID()); err != nil || len(members) != 1 {
			t.Fatal("joined before the second step", members, err)
		}
		grant, err = b.SecondStep(ctx, grant.Challenge.Token, Proof{Code: phone.code(t, b.clock.Now())}, home)
		if err != nil || grant.Principal.Role != Supervisor {
			t.Fatal(grant, err)
		}
	})
}

func TestAnEnrolmentThatIsNotFinishedIsForgotten(t *testing.T) {
	b, ctx := strict(t, database.SQLite), context.Background()
	bia := b.join(t, "bia@example.com", Attendant)
	who := b.again(t, bia)
	_, err := b.ConfirmApp(ctx, who, "", "000000")
	want(t, err, fault.NotFound, "")
	seed, err := b.AddApp(ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.ConfirmApp(ctx, who, "", "000000")
	want(t, err, fault.Invalid, "bad_code")
	b.clock.Advance(time.Hour)
	plain, _ := base32.StdEncoding.DecodeString(seed.Secret)
	if grant, err := b.SignIn(ctx, "bia@example.com", secret.New(password), home); err != nil || grant.Challenge != nil {
		t.Fatal("half a factor is asked for", err)
	}
	_, err = b.ConfirmApp(ctx, who, "", app{plain}.code(t, b.clock.Now()))
	want(t, err, fault.NotFound, "")
}
