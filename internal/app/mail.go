package app

import (
	"prosa/internal/adapters/maildrop"
	"prosa/internal/modules/mail"
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
	return nil
}

func (h *house) mailSender() (mail.Sender, error) {
	switch h.cfg.Mail.Sender {
	case mail.SenderFolder:
		return maildrop.New(h.cfg.MailDrop, h.clock), nil
	default:
		return nil, nil
	}
}
