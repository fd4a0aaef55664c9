package acquisition

import (
	"context"
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
)

// Pages that links lead to. Tokens are fragments: browsers never send them.
const (
	buyPage      = "/assinar"
	continuePage = "/assinar/continuar#"
)

// welcomeKey names the letter with the first admin's link; n counts those that
// were asked for again.
func welcomeKey(a Acquisition) string { return "welcome:" + a.ID }

// welcomeLetter tells how far the welcome is; nil before it was written.
func (s *Service) welcomeLetter(ctx context.Context, a Acquisition) (*LetterView, error) {
	letters, err := s.post.Of(ctx, a.TenantID, []string{welcomeKey(a)})
	if err != nil {
		return nil, err
	}
	letter, ok := letters[welcomeKey(a)]
	if !ok {
		return nil, nil
	}
	return &LetterView{State: string(letter.State), Reason: letter.Reason}, nil
}

// AskResume mails the link to a purchase that was begun with an e-mail. The
// answer is the same whether there is one or not. Errors: fault.Invalid for what
// is no e-mail, *Throttled.
func (s *Service) AskResume(ctx context.Context, email string, visitor Visitor) error {
	email = strings.ToLower(strings.TrimSpace(email))
	if !isEmail(email) || database.Text(email) != nil {
		return fault.OnField("email", "is not an e-mail address")
	}
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if err := count(ctx, tx, "ask:"+visitor.network(), asksAnHour); err != nil {
			return err
		}
		a, found, err := latestOf(ctx, tx, email)
		if err != nil || !found || !s.post.Works() {
			return err
		}
		if err := count(ctx, tx, "link:"+email, linksAnHour); err != nil {
			if fault.Is(err, fault.RateLimited) {
				return nil // enough letters; to say so would tell that there is a purchase
			}
			return err
		}
		return s.postResume(ctx, tx, a, mail.SignupResume)
	})
}

// postResume writes a letter with a link that opens the journey elsewhere.
func (s *Service) postResume(ctx context.Context, tx *database.Tx, a Acquisition, template string) error {
	token, err := giveToken(ctx, tx, a, linkToken, linkLife)
	if err != nil {
		return err
	}
	return s.post.Send(ctx, tx, mail.Letter{
		Key: template + ":" + a.ID + ":" + hashOf(token.Reveal())[:16], Template: template, Locale: a.Locale, To: a.Email, Name: a.Person.Name,
		ExpiresMS: tx.Now() + linkLife.Milliseconds(),
		Data: map[string]string{
			"company": or(a.known(), a.Email), "until": day(a.Locale, tx.Now()+linkLife.Milliseconds()), "link": s.cfg.SiteURL + continuePage + token.Reveal(),
		},
	})
}

// day writes a date as people of a language do, in the house's zone.
func day(locale string, ms int64) string {
	layout := "02/01/2006"
	if locale == "en" {
		layout = "January 2, 2006"
	}
	return clock.FromMS(ms).In(houseZone()).Format(layout)
}

// houseZone is where the working days of bills are counted: Brazil has no summer
// time since 2019 (Decreto 9.772/2019).
func houseZone() *time.Location { return time.FixedZone("BRT", -3*60*60) }

// Resume opens a journey by the link of a letter, in another browser. Who holds
// the link has the mailbox that it went to: the e-mail is proven by it, and who
// typed it without that proof is out, since they may be anybody. A link to an
// address that was corrected since opens nothing. Error: fault.NotFound with
// reason no_journey.
func (s *Service) Resume(ctx context.Context, link secret.Text) (token secret.Text, journey Journey, err error) {
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		a, email, err := opened(ctx, tx, link, linkToken, tx.ForUpdate())
		if err != nil {
			return err
		}
		if a.Email != email {
			return errNoJourney()
		}
		if a.EmailProvenMS == 0 {
			a.EmailProvenMS = tx.Now()
			if err := shutOut(ctx, tx, a.ID, "kind = $2", cookieToken); err != nil {
				return err
			}
		}
		if err := save(ctx, tx, &a); err != nil {
			return err
		}
		token, err = giveToken(ctx, tx, a, cookieToken, s.cfg.DraftLife)
		return err
	})
	if err != nil {
		return token, journey, err
	}
	journey, err = s.Look(ctx, token)
	return token, journey, err
}
