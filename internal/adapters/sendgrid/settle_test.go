package sendgrid

import (
	"context"
	"log/slog"
	"testing"

	"prosa/internal/modules/mail"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/secretbox"
	"prosa/internal/sandbox/stage"
)

// The vendor takes a mail and its answer is lost: the event tells so, and the
// mail goes out once.
func TestALostAnswerIsSettledByTheEvent(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		w := open(t, nil)
		box, err := secretbox.Open(secretbox.Config{Keys: secretbox.NewKey("k1")})
		if err != nil {
			t.Fatal(err)
		}
		var cfg mail.Config
		if err := config.Load(&cfg, func(string) (string, bool) { return "", false }); err != nil {
			t.Fatal(err)
		}
		letters, err := mail.New(cfg, db, box, w.Sender, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		w.breaks(stage.Rule{On: "call", Path: "/mail/send", Do: stage.DoCutAfter, Count: 1})
		l := mail.Letter{
			TenantID: "ten_a", Key: "k", Template: mail.PasswordReset, Locale: "en", To: "ana@example.com",
			Data: map[string]string{"minutes": "30", "link": "https://prosa.example.com/reset#t"},
		}
		if err := db.Write(ctx, database.Company("ten_a"), func(ctx context.Context, tx *database.Tx) error { return letters.Send(ctx, tx, l) }); err != nil {
			t.Fatal(err)
		}
		state := func() mail.State {
			t.Helper()
			found, err := letters.Of(ctx, "ten_a", []string{"k"})
			if err != nil {
				t.Fatal(err)
			}
			return found["k"].State
		}
		if err := letters.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if got := state(); got != mail.Unknown {
			t.Fatalf("after the lost answer: %s", got)
		}
		for _, events := range [][]mail.Event{w.hears(mail.WasAccepted, mail.WasDelivered)} {
			if err := letters.Tell(ctx, events); err != nil {
				t.Fatal(err)
			}
		}
		if err := letters.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if got, mails := state(), len(w.server.Mails()); got != mail.Delivered || mails != 1 {
			t.Errorf("%s, %d mails at the vendor", got, mails)
		}
	})
}
