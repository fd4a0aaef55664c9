package acquisition

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
)

// throttled fails unless the error says to wait, for how long, and why.
func throttled(t *testing.T, err error, reason string, most time.Duration) {
	t.Helper()
	var wait *Throttled
	if !errors.As(err, &wait) || !fault.Is(err, fault.RateLimited) {
		t.Fatalf("error %v, want to be asked to wait", err)
	}
	if reasonOf(err) != reason || wait.RetryAfter() <= 0 || wait.RetryAfter() > most {
		t.Errorf("%s, wait %s; want %s and at most %s", reasonOf(err), wait.RetryAfter(), reason, most)
	}
}

func TestWhoIsCountedTogether(t *testing.T) {
	for ip, want := range map[string]string{
		"203.0.113.7":                 "203.0.113.7",
		"203.0.113.8":                 "203.0.113.8",
		"2001:db8:1:2::1":             "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff:0:1:abcd":  "2001:db8:1:2::/64",
		"2001:db8:1:3::1":             "2001:db8:1:3::/64",
		"":                            "",
		"behind a proxy that is lost": "behind a proxy that is lost",
	} {
		if got := (Visitor{IP: ip}).network(); got != want {
			t.Errorf("%q is counted as %q, want %q", ip, got, want)
		}
	}
}

// An address begins 60 purchases an hour; who changes the end of an IPv6 address
// is the same; others are not held up.
func TestAnAddressBeginsSoManyPurchases(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		begin := func(ip string) error {
			_, _, err := b.Begin(ctx, Beginning{VersionID: b.basic.ID, Interval: "month", Locale: "en"}, Visitor{IP: ip})
			return err
		}
		for i := range beginsAnHour.most {
			b.must(begin(fmt.Sprintf("2001:db8:1:2::%x", i+1)))
		}
		throttled(t, begin("2001:db8:1:2::ffff"), "too_many_attempts", time.Hour)
		b.must(begin("2001:db8:1:3::1"))
		b.must(begin("203.0.113.7"))
		b.clock.Advance(time.Hour - time.Millisecond)
		throttled(t, begin("2001:db8:1:2::1"), "too_many_attempts", time.Millisecond)
		b.clock.Advance(time.Millisecond)
		b.must(begin("2001:db8:1:2::1"))
	})
}

// Codes are counted by the mailbox that they fill, whoever asks for them.
func TestAMailboxGetsSoManyCodes(t *testing.T) {
	b := lite(t)
	asks := func(n int) error {
		v := b.begins(b.basic, "")
		v.fills(Patch{Email: ptr("ana@acme.example.com")})
		return b.SendCode(ctx, v.token, Visitor{IP: fmt.Sprintf("203.0.113.%d", n)})
	}
	for n := range int(codesAnHour.most) {
		b.must(asks(n))
	}
	throttled(t, asks(100), "too_many_codes", time.Hour)
	if got := len(b.letters.all(mail.SignupCode)); got != int(codesAnHour.most) {
		t.Errorf("%d letters with codes", got)
	}
	other := b.begins(b.basic, "")
	other.fills(Patch{Email: ptr("bia@acme.example.com")})
	b.must(b.SendCode(ctx, other.token, Visitor{IP: "203.0.113.100"}))
	b.clock.Advance(time.Hour)
	b.must(asks(100))
}

// An address tries so many codes a day, of whatever purchases, right ones too.
func TestAnAddressTriesSoManyCodes(t *testing.T) {
	b := lite(t)
	v := b.begins(b.basic, "")
	v.fills(Patch{Email: ptr("ana@acme.example.com")})
	b.must(b.SendCode(ctx, v.token, home))
	code := b.letters.last(mail.SignupCode).Data["code"]
	guesser := Visitor{IP: "198.51.100.9"}
	victim := b.begins(b.basic, "")
	for range guessesADay.most {
		_, err := b.Prove(ctx, victim.token, "AAAA-AAAA", guesser)
		wants(t, err, "code_expired")
	}
	_, err := b.Prove(ctx, v.token, code, guesser)
	throttled(t, err, "too_many_codes", 24*time.Hour)
	if v.looks().Person.EmailProven {
		t.Error("a code beyond the limit proved something")
	}
	if _, err = b.Prove(ctx, v.token, code, home); err != nil {
		t.Errorf("another address is held up: %v", err)
	}
}

// Who asks for links learns nothing: not whether there is a purchase, nor that a
// mailbox had enough of them.
func TestAskingForALinkTellsNothing(t *testing.T) {
	b := lite(t)
	b.arrives("ana@acme.example.com", b.basic)
	asks := 0
	ask := func(email string) error {
		asks++
		return b.AskResume(ctx, email, Visitor{IP: fmt.Sprintf("198.51.100.%d", asks)})
	}
	for range int(linksAnHour.most) + 2 {
		b.must(ask(" Ana@ACME.example.com"))
		b.must(ask("nobody@acme.example.com"))
	}
	if got := len(b.letters.all(mail.SignupResume)); got != int(linksAnHour.most) {
		t.Errorf("%d letters with links", got)
	}
	for _, bad := range []string{"", "ana", "ana@acme", "Ana <ana@acme.example.com>", "a\x00@acme.example.com"} {
		if err := ask(bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	one := Visitor{IP: "192.0.2.1"}
	for range asksAnHour.most {
		b.must(b.AskResume(ctx, "nobody@acme.example.com", one))
	}
	throttled(t, b.AskResume(ctx, "nobody@acme.example.com", one), "too_many_attempts", time.Hour)
	b.letters.off = true
	b.clock.Advance(time.Hour)
	b.must(ask("ana@acme.example.com"))
	if got := len(b.letters.all(mail.SignupResume)); got != int(linksAnHour.most) {
		t.Errorf("%d letters, one of them where no mail is sent", got)
	}
}

// The sweep forgets counts and tokens that are over, and no others.
func TestCountsAndTokensAreSwept(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		left := func(table string) (n int) {
			t.Helper()
			b.must(b.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
				return tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+table).Scan(&n)
			}))
			return n
		}
		b.arrives("ana@acme.example.com", b.basic)
		b.must(b.AskResume(ctx, "ana@acme.example.com", home))
		b.must(b.Sweep(ctx))
		tokens, counts := left("acquisition_token"), left("acquisition_count")
		if tokens != 2 || counts == 0 { // the browser's and the letter's
			t.Fatalf("%d tokens, %d counts", tokens, counts)
		}
		b.clock.Advance(time.Hour + time.Millisecond)
		b.must(b.Sweep(ctx))
		if got := left("acquisition_count"); got != 1 { // that of a day
			t.Errorf("%d counts are left", got)
		}
		b.clock.Advance(linkLife)
		b.must(b.Sweep(ctx))
		if got := left("acquisition_token"); got != 1 {
			t.Errorf("%d tokens are left, want the browser's", got)
		}
		if got := left("acquisition_count"); got != 0 {
			t.Errorf("%d counts are left", got)
		}
	})
}

// More than one sweep holds are forgotten by the next ones.
func TestManyDraftsAreForgottenInPortions(t *testing.T) {
	b := lite(t)
	for n := range sweepBatch + 3 {
		_, _, err := b.Begin(ctx, Beginning{VersionID: b.basic.ID, Interval: "month", Locale: "en"}, Visitor{IP: fmt.Sprintf("203.0.113.%d", n)})
		b.must(err)
	}
	b.clock.Advance(b.cfg.DraftLife + time.Millisecond)
	fresh := b.begins(b.basic, "")
	for _, want := range []int{4, 1, 1} {
		b.must(b.Sweep(ctx))
		list, err := b.List(ctx, Filter{Limit: 100})
		if err != nil || len(list.Items) != want {
			t.Fatalf("%d are left, want %d: %v", len(list.Items), want, err)
		}
	}
	fresh.looks()
}
