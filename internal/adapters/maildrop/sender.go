package maildrop

import (
	"context"
	"os"
	"path/filepath"

	"prosa/internal/base/clock"
	"prosa/internal/modules/mail"
)

// Name is stored with letters.
const Name = "folder"

// Drop is the folder.
type Drop struct {
	cfg   Config
	clock clock.Clock
}

var _ mail.Sender = (*Drop)(nil)

// New makes the sender; the folder appears with the first mail.
func New(cfg Config, at clock.Clock) *Drop { return &Drop{cfg: cfg, clock: at} }

// Name implements mail.Sender.
func (d *Drop) Name() string { return Name }

// Send implements mail.Sender: the file appears whole or not at all.
func (d *Drop) Send(_ context.Context, m mail.Mail) (string, error) {
	message, err := m.Message(d.clock.Now())
	if err != nil {
		return "", &mail.Trouble{Kind: mail.Refused, Message: err.Error()}
	}
	if err := d.write(m.LetterID+".eml", message); err != nil {
		return "", &mail.Trouble{Kind: mail.Down, Message: err.Error()}
	}
	return m.LetterID, nil
}

func (d *Drop) write(name string, content []byte) error {
	if err := os.MkdirAll(d.cfg.Dir, 0o700); err != nil {
		return err
	}
	draft, err := os.CreateTemp(d.cfg.Dir, ".draft-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(draft.Name()) }() // gone when it was renamed
	if _, err := draft.Write(content); err != nil {
		_ = draft.Close()
		return err
	}
	if err := draft.Close(); err != nil {
		return err
	}
	return os.Rename(draft.Name(), filepath.Join(d.cfg.Dir, name))
}
