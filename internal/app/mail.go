package app

import (
	"prosa/internal/adapters/maildrop"
	"prosa/internal/adapters/sendgrid"
	"prosa/internal/adapters/smtp"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/httpclient"
)

// mailPath is where a demo shows the mails that it would have sent.
const mailPath = "/sandbox/mail"

// joinMail makes who sends mails, if anybody does, and gives people's accounts
// their letters.
func (h *house) joinMail() error {
	sender, err := h.mailSender()
	if err != nil {
		return err
	}
	if h.mail, err = mail.New(h.cfg.Mail, h.db, h.secrets, sender, h.logger); err != nil {
		return err
	}
	h.identity.BindPost(h.mail)
	h.tenancy.BindPost(h.mail, identity.Admins, h.cfg.Server.PublicURL)
	return nil
}

// mailSender makes the configured sender; nil for none.
func (h *house) mailSender() (mail.Sender, error) {
	switch h.cfg.Mail.Sender {
	case maildrop.Name:
		return maildrop.New(h.cfg.MailDrop, h.clock), nil
	case smtp.Name:
		return smtp.New(h.cfg.SMTP, h.clock)
	case sendgrid.Name:
		client, err := httpclient.Provider(h.cfg.SendGrid.Limits(), h.cfg.SendGrid.Bases()...)
		if err != nil {
			return nil, err
		}
		return sendgrid.New(h.cfg.SendGrid, client)
	default:
		return nil, nil
	}
}
