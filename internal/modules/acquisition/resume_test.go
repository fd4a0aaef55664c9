package acquisition

import (
	"strings"
	"testing"
	"time"

	"prosa/internal/base/secret"
	"prosa/internal/modules/mail"
)

// mailed gives the link of the letter that was written last.
func (b *bench) mailed(email string) secret.Text {
	b.t.Helper()
	b.must(b.AskResume(ctx, email, home))
	letter := b.letters.last(mail.SignupResume)
	_, link, _ := strings.Cut(letter.Data["link"], "#")
	if letter.To != email || link == "" {
		b.t.Fatalf("no link to %s: %+v", email, letter)
	}
	return secret.New(link)
}

func TestWhoProvesAnEmailByALinkIsAloneWithTheJourney(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		// A stranger begins with somebody else's address and keeps the cookie.
		stranger := b.begins(b.basic, "")
		stranger.fills(Patch{Email: ptr("ana@acme.example.com")})
		token, j, err := b.Resume(ctx, b.mailed("ana@acme.example.com"))
		if err != nil || !j.Person.EmailProven {
			t.Fatalf("%+v, %v", j, err)
		}
		_, err = b.Look(ctx, stranger.token)
		wants(t, err, "no_journey")
		if _, err := b.Look(ctx, token); err != nil {
			t.Error(err)
		}
	})
}

func TestABrowserThatProvedTheEmailStaysWhenAnotherComes(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.basic)
	if _, _, err := b.Resume(ctx, b.mailed("ana@acme.example.com")); err != nil {
		t.Fatal(err)
	}
	v.looks()
}

func TestALinkToAnAddressThatWasMistypedOpensNothing(t *testing.T) {
	b := lite(t)
	v := b.begins(b.basic, "")
	v.fills(Patch{Email: ptr("outra@acme.example.com")})
	link := b.mailed("outra@acme.example.com")
	v.fills(Patch{Email: ptr("ana@acme.example.com")})
	_, _, err := b.Resume(ctx, link)
	wants(t, err, "no_journey")
}

func TestWhoCameByALinkToAnAddressThatWasMistypedIsOut(t *testing.T) {
	b := lite(t)
	v := b.begins(b.basic, "")
	v.fills(Patch{Email: ptr("outra@acme.example.com")})
	v.must(v.SendCode(ctx, v.token, home)) // it arrives at somebody else's
	_, err := v.Prove(ctx, v.token, v.letters.last(mail.SignupCode).Data["code"], home)
	v.must(err)
	other, _, err := b.Resume(ctx, b.mailed("outra@acme.example.com"))
	v.must(err)
	v.fills(Patch{Email: ptr("ana@acme.example.com")})
	_, err = b.Look(ctx, other)
	wants(t, err, "no_journey")
}

func TestAStrangersDraftDoesNotStandBeforeOnesOwn(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.basic)
	b.clock.Advance(time.Minute)
	b.begins(b.basic, "").fills(Patch{Email: ptr("ana@acme.example.com")})
	_, j, err := b.Resume(ctx, b.mailed("ana@acme.example.com"))
	if err != nil || j.ID != v.row().ID {
		t.Errorf("the link leads to %s, not to %s: %v", j.ID, v.row().ID, err)
	}
}
