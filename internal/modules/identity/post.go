package identity

import (
	"context"
	"strconv"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/secret"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// Post sends letters once the caller's transaction is committed; *mail.Service
// fills it.
type Post interface {
	// Works tells whether letters go anywhere.
	Works() bool
	Send(ctx context.Context, tx *database.Tx, l mail.Letter) error
	// Withdraw keeps a letter from being sent, if it still can be.
	Withdraw(ctx context.Context, tx *database.Tx, tenantID, key string) error
}

// BindPost gives the service its mail. Until then, and where mail does not work,
// invitations are handed over as links and a forgotten password can't be
// replaced.
func (s *Service) BindPost(post Post) { s.post = post }

// Posts tells whether people are written to.
func (s *Service) Posts() bool { return s.post != nil && s.post.Works() }

// The pages that links lead to. Tokens are fragments: browsers never send them,
// so they stand in no log and no Referer.
const (
	invitationPage = "/invitation#"
	resetPage      = "/reset#"
	forgotPage     = "/forgot"
	supportPage    = "/preferences"
)

// InvitationLink is what the holder of an invitation opens.
func (s *Service) InvitationLink(token secret.Text) string {
	return s.cfg.PublicURL + invitationPage + token.Reveal()
}

// InvitationKey names the letter of an invitation.
func InvitationKey(invitationID string) string { return "invitation:" + invitationID }

// platformName stands for a company where the platform itself invites.
const platformName = "Prosa"

// roleNames are those of letters, by language.
var roleNames = map[string]map[Role]string{
	"pt-BR": {Attendant: "atendente", Supervisor: "supervisor", Admin: "administrador", CostReader: "leitura de custos"},
	"en":    {Attendant: "attendant", Supervisor: "supervisor", Admin: "administrator", CostReader: "reader of costs"},
}

// postInvitation mails an invitation, in the language of who is invited when
// they have an account, else the company's.
func (s *Service) postInvitation(ctx context.Context, tx *database.Tx, who Principal, invitation Invitation, token secret.Text) error {
	if !s.Posts() {
		return nil
	}
	company := tenancy.Company{Name: platformName, Locale: tenancy.DefaultLocale, Timezone: tenancy.DefaultTimezone}
	if invitation.Role != CostReader {
		var err error
		if company, err = tenancy.Load(ctx, tx, invitation.tenantID); err != nil {
			return err
		}
	}
	locale, name := company.Locale, ""
	user, err := userByEmail(ctx, tx, invitation.Email)
	if err != nil {
		return err
	}
	if user.ID != "" {
		locale, name = user.Locale, user.Name
	}
	return s.post.Send(ctx, tx, mail.Letter{
		TenantID: invitation.tenantID, Key: InvitationKey(invitation.ID), Template: mail.Invitation, Locale: locale,
		To: invitation.Email, Name: name, ExpiresMS: invitation.ExpiresMS,
		Data: map[string]string{
			"company": company.Name, "inviter": who.User.Name, "role": roleNames[locale][invitation.Role],
			"until": moment(locale, invitation.ExpiresMS, company.Timezone), "link": s.InvitationLink(token),
		},
	})
}

// withdrawInvitation keeps the letters of closed invitations from being sent.
func (s *Service) withdrawInvitation(ctx context.Context, tx *database.Tx, tenantID string, invitationIDs ...string) error {
	if s.post == nil {
		return nil
	}
	for _, invitationID := range invitationIDs {
		if err := s.post.Withdraw(ctx, tx, tenantID, InvitationKey(invitationID)); err != nil {
			return err
		}
	}
	return nil
}

// notice tells somebody of a change of how they prove who they are; template is
// one of mail's notices. The transaction is of platform scope, since the letter
// is of no company.
func (s *Service) notice(ctx context.Context, tx *database.Tx, user User, template, ip string) error {
	if !s.Posts() {
		return nil
	}
	return s.post.Send(ctx, tx, mail.Letter{
		Key: template + ":" + user.ID + ":" + strconv.FormatInt(tx.Now(), 10), Template: template, Locale: user.Locale, To: user.Email, Name: user.Name,
		Data: map[string]string{"when": moment(user.Locale, tx.Now(), "UTC"), "ip": ip, "link": s.cfg.PublicURL + forgotPage},
	})
}

// moment writes a time as people of a language do.
func moment(locale string, ms int64, zone string) string {
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	layout := "02/01/2006 15:04 (MST)"
	if locale == "en" {
		layout = "January 2, 2006, 15:04 (MST)"
	}
	return clock.FromMS(ms).In(place).Format(layout)
}
