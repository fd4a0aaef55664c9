package acquisition

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
	"prosa/internal/platform/saga"
)

// token derives the token of an invitation from the house's key, so that the
// same link can be shown on the page and written into letters, and none of them
// makes another one useless. It is 256 bits to whoever lacks the key.
func token(key []byte, invitationID string) secret.Text {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("activation\x00" + invitationID))
	return secret.New(base64.RawURLEncoding.EncodeToString(mac.Sum(nil)))
}

// invited gives the open invitation of the first admin and its link; a new one
// in place of one that has expired or was closed, or is of a key that is gone.
// Errors: fault.Refused with reasons not_ready (there is no company yet) and
// activated.
func (s *Service) invited(ctx context.Context, tx *database.Tx, a *Acquisition) (invitation identity.Invitation, link string, err error) {
	if a.TenantID == "" {
		return invitation, "", fault.Refuse("not_ready", "the company is being made: look again in a moment")
	}
	come, err := s.with.Inviter.HasAdmin(ctx, tx, a.TenantID)
	if err != nil {
		return invitation, "", err
	}
	if come {
		return invitation, "", fault.Refuse("activated", "the first admin has come already: sign in")
	}
	invitation, err = s.with.Inviter.InvitationIn(ctx, tx, a.TenantID, a.InvitationID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return invitation, "", err
	}
	if err == nil && invitation.State == "open" {
		for _, key := range s.with.Keys {
			opens := token(key, invitation.ID)
			if good, err := s.with.Inviter.HoldsInvitation(ctx, tx, a.TenantID, invitation.ID, opens); err != nil || good {
				return invitation, s.with.Inviter.InvitationLink(opens), err
			}
		}
	}
	return s.inviteFirst(ctx, tx, a, tx.Now())
}

// inviteFirst makes the invitation of the first admin; n tells those of one
// company apart.
func (s *Service) inviteFirst(ctx context.Context, tx *database.Tx, a *Acquisition, n int64) (identity.Invitation, string, error) {
	invitationID := id.Derive(id.Invitation, tx.Now(), a.ID, strconv.FormatInt(n, 10))
	opens := token(s.with.Keys[0], invitationID)
	invitation, err := s.with.Inviter.InviteFirst(ctx, tx, identity.First{TenantID: a.TenantID, InvitationID: invitationID, Token: opens, Email: a.Email, Actor: itself()})
	a.InvitationID = invitationID
	return invitation, s.with.Inviter.InvitationLink(opens), err
}

// ActivationLink gives the link of the first admin to the browser that bought;
// its e-mail was proven before the payment. Errors: fault.NotFound with reason
// no_journey, those of invited.
func (s *Service) ActivationLink(ctx context.Context, token secret.Text) (url string, err error) {
	err = s.write(ctx, token, func(ctx context.Context, tx *database.Tx, a *Acquisition) error {
		invitation, link, err := s.invited(ctx, tx, a)
		if err != nil {
			return err
		}
		url = link
		return audit.Write(ctx, tx, audit.Entry{TenantID: a.TenantID, Actor: visitorActor(*a), Action: "acquisition.activation_shown", Target: invitation.ID})
	})
	return url, err
}

// SendActivation mails the link of the first admin once more. Errors: as of
// ActivationLink; *Throttled with reason too_many_letters; fault.Refused with
// reason mail_off.
func (s *Service) SendActivation(ctx context.Context, token secret.Text) error {
	return s.write(ctx, token, func(ctx context.Context, tx *database.Tx, a *Acquisition) error {
		if !s.post.Works() {
			return fault.Refuse("mail_off", "this installation sends no mail")
		}
		if err := count(ctx, tx, "activation:"+a.ID, linksAnHour); err != nil {
			return err
		}
		return s.postActivation(ctx, tx, a, mail.SignupWelcome, fmt.Sprintf("%s:%d", welcomeKey(*a), tx.Now()))
	})
}

// Reactivate makes a new invitation for the first admin and gives its link, for
// an operator who hands it over by other ways: whatever links were out are void.
// Errors: fault.NotFound, those of invited.
func (s *Service) Reactivate(ctx context.Context, acquisitionID string, by event.Actor, ip string) (url string, err error) {
	err = s.change(ctx, acquisitionID, func(ctx context.Context, tx *database.Tx, a *Acquisition) error {
		if _, _, err := s.invited(ctx, tx, a); err != nil {
			return err
		}
		if _, url, err = s.inviteFirst(ctx, tx, a, tx.Now()+1); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: a.TenantID, Actor: by, Action: "acquisition.activation_reissued", Target: a.InvitationID, IP: ip})
	})
	return url, err
}

// postActivation writes a letter with the link of the first admin.
func (s *Service) postActivation(ctx context.Context, tx *database.Tx, a *Acquisition, template, key string) error {
	invitation, link, err := s.invited(ctx, tx, a)
	if err != nil {
		return err
	}
	return s.post.Send(ctx, tx, mail.Letter{
		TenantID: a.TenantID, Key: key, Template: template, Locale: a.Locale, To: a.Email, Name: a.Person.Name, ExpiresMS: invitation.ExpiresMS,
		Data: map[string]string{
			"company": a.known(), "contract": a.ContractNo, "since": day(a.Locale, a.PaidMS), "until": day(a.Locale, invitation.ExpiresMS),
			"link": link,
		},
	})
}

// runLetter writes the welcome. Whether it arrives is the mail's to care for: the
// same link stands on the page.
func (s *Service) runLetter(_ context.Context, job saga.Job) (saga.Commit, error) {
	return func(ctx context.Context, tx *database.Tx) (string, error) {
		key := ""
		err := within(ctx, tx, job.SagaID, func(a *Acquisition) error {
			key = welcomeKey(*a)
			err := s.postActivation(ctx, tx, a, mail.SignupWelcome, key)
			if reasonOf(err) == "activated" {
				return nil // they came by the page before we wrote
			}
			return err
		})
		return key, err
	}, nil
}

// runActivation waits for the first admin, and writes again to one who does not
// come.
func (s *Service) runActivation(ctx context.Context, job saga.Job) (saga.Commit, error) {
	wait := &saga.Wait{Note: "the first admin has not come yet"}
	come := false
	unheard, err := s.unheard(ctx, job.SagaID)
	if err != nil {
		return nil, err
	}
	err = s.change(ctx, job.SagaID, func(ctx context.Context, tx *database.Tx, a *Acquisition) (err error) {
		if come, err = s.with.Inviter.HasAdmin(ctx, tx, a.TenantID); err != nil || come {
			return err
		}
		wait.UntilMS = s.nextLook(*a, tx.Now())
		for n, after := range s.cfg.RemindAfter {
			if tx.Now() < a.PaidMS+after.Milliseconds() {
				continue
			}
			// Asked for twice, a letter is one.
			if err := s.postActivation(ctx, tx, a, mail.SignupReminder, reminderKey(*a, n)); err != nil {
				return err
			}
		}
		if !unheard {
			return nil
		}
		if _, _, err := s.invited(ctx, tx, a); err != nil {
			return err
		}
		return s.postActivation(ctx, tx, a, mail.SignupReminder, lateKey(*a))
	})
	if err != nil {
		return nil, err
	}
	if !come {
		return nil, wait
	}
	return nil, nil
}

// lateKey names the letter of an invitation that is written when those of before
// went nowhere.
func lateKey(a Acquisition) string { return "activation_late:" + a.InvitationID }

// unheard tells whether all that was written to the first admin lost its use before
// anybody sent it: the mails were away for longer than a link lives. Whoever left
// the page would not hear of their company any more.
func (s *Service) unheard(ctx context.Context, acquisitionID string) (bool, error) {
	a, _, err := s.read(ctx, acquisitionID)
	if err != nil {
		return false, err
	}
	keys := []string{welcomeKey(a), lateKey(a)}
	for n := range s.cfg.RemindAfter {
		keys = append(keys, reminderKey(a, n))
	}
	letters, err := s.post.Of(ctx, a.TenantID, keys)
	for _, letter := range letters {
		if letter.State != mail.Failed || letter.Reason != mail.ReasonExpired {
			return false, err
		}
	}
	return len(letters) > 0, err
}

// reminderKey names the nth reminder.
func reminderKey(a Acquisition, n int) string {
	return fmt.Sprintf("activation_reminder:%s:%d", a.ID, n)
}

// nextLook is when it is looked for the admin again, besides by Joined, which
// tells at once: each minute at first, then rarely, and for each reminder.
func (s *Service) nextLook(a Acquisition, nowMS int64) int64 {
	next := nowMS + time.Minute.Milliseconds()
	if nowMS-a.PaidMS > time.Hour.Milliseconds() {
		next = nowMS + time.Hour.Milliseconds()
	}
	for _, after := range s.cfg.RemindAfter {
		if at := a.PaidMS + after.Milliseconds(); at > nowMS {
			next = min(next, at)
		}
	}
	return next
}

// Joined hears that somebody took an invitation: the step that waits for the
// first admin looks at once. Invitations of others are no error.
func (s *Service) Joined(ctx context.Context, tx *database.Tx, invitationID string) error {
	acquisitionID, err := byInvitation(ctx, tx, invitationID)
	if err != nil || acquisitionID == "" {
		return err
	}
	return s.sagas.Nudge(ctx, tx, acquisitionID, stepActivation)
}
