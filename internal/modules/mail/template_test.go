package mail

import (
	"bytes"
	"context"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prosa/internal/platform/database"
)

var update = flag.Bool("update", false, "write the goldens")

func (b *bench) trySend(letter Letter) error {
	return b.db.Write(ctx, database.Company("ten_a"), func(ctx context.Context, tx *database.Tx) error { return b.Send(ctx, tx, letter) })
}

// samples are what the goldens are rendered with: with everything that could be
// taken for markup, a header or another direction.
var samples = map[string]string{
	"company": `Padaria "Aurora" <b>& Filhos</b>`, "inviter": "Ana\r\nBcc: eve@example.com", "role": "atendente", "until": "25/12/2026 18:00 (-03)",
	"minutes": "30", "when": "23/11/2026 10:00 (UTC)", "ip": "203.0.113.7\u202e", "link": "https://prosa.example.com/reset#abc_DEF-123",
	"meter": "conversas", "used": "800", "limit": "1000", "code": "7KQ2-MZ4T", "contract": "CTR-000123", "since": "23/11/2026",
	"days": "7", "read_only": "04/12/2026", "suspended": "14/12/2026", "plan": "Profissional", "price": "R$ 199,00", "due": "R$ 66,33",
	"channel": "Loja <centro>", "problem": "O token de acesso está para vencer.",
	"operator": "Olga", "reason": "O bot não responde desde ontem.",
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and review:\n%s", path, got)
	}
}

func TestMailsAreAsReviewed(t *testing.T) {
	b, err := openBook()
	if err != nil {
		t.Fatal(err)
	}
	for _, locale := range []string{"pt-BR", "en"} {
		for _, template := range b.templates() {
			content, err := b.render(template, locale, samples)
			if err != nil {
				t.Fatal(err)
			}
			for _, risk := range []string{"<b>", "\u202e", "\nBcc"} {
				if strings.Contains(content.HTML, risk) || strings.Contains(content.Subject, "\n") || risk != "<b>" && strings.Contains(content.Text, risk) {
					t.Errorf("%s in %s lets %q through", template, locale, risk)
				}
			}
			golden(t, template+"."+locale+".txt", "Subject: "+content.Subject+"\n\n"+content.Text)
			if template == Invitation {
				golden(t, template+"."+locale+".html", content.HTML)
			}
		}
	}
}

func TestBothLanguagesHaveTheSameMails(t *testing.T) {
	b, err := openBook()
	if err != nil {
		t.Fatal(err)
	}
	if len(b.wordings["en"]) != len(b.wordings["pt-BR"]) || !b.knows(PasswordReset) || b.knows("greeting") {
		t.Errorf("templates: %v", b.templates())
	}
	for name, words := range b.wordings["pt-BR"] {
		other, ok := b.wordings["en"][name]
		if !ok || len(other.Lines) != len(words.Lines) {
			t.Errorf("%s differs between the languages", name)
		}
		for locale, w := range map[string]wording{"pt-BR": words, "en": other} {
			if w.Subject == "" || w.Title == "" || w.Button == "" || w.Foot == "" || len(w.Lines) == 0 {
				t.Errorf("%s in %s is not whole: %+v", name, locale, w)
			}
		}
	}
	if strange, err := b.render(PasswordReset, "fr", samples); err != nil || !strings.Contains(strange.Subject, "senha") {
		t.Errorf("a language without texts: %+v, %v", strange, err)
	}
	if bare, err := b.render(PasswordReset, "en", map[string]string{"minutes": "30", "link": ""}); err != nil || strings.Contains(bare.HTML, "<a ") {
		t.Errorf("without a link: %v", err)
	}
}

// What other programs read of a message is what was written into it.
func TestMessagesAreReadByOthers(t *testing.T) {
	m := Mail{
		LetterID: "ltr_1", From: Address{"prosa@example.com", "Prosa, à vontade"}, To: Address{"ana@example.com", "Ana\r\nBcc: eve@example.com"}, ReplyTo: "help@example.com",
		Content: Content{Subject: "Convite à Padaria", Text: "Olá, ç\n" + strings.Repeat("longa ", 40) + "\n", HTML: "<p>Olá</p>"},
	}
	raw, err := m.Message(time.UnixMilli(1_700_000_000_000))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range bytes.Split(raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\n\r") {
			t.Errorf("a line that no relay takes: %q", line)
		}
	}
	read, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if read.Header.Get("Bcc") != "" {
		t.Error("a name became a header")
	}
	from, err := read.Header.AddressList("From")
	if err != nil || from[0].Name != "Prosa, à vontade" {
		t.Errorf("from: %+v, %v", from, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	if err != nil || subject != m.Subject {
		t.Errorf("subject: %q, %v", subject, err)
	}
	if got := read.Header.Get("Message-ID"); got != "<ltr_1@example.com>" {
		t.Errorf("message id: %s", got)
	}
	_, parameters, err := mime.ParseMediaType(read.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(read.Body, parameters["boundary"])
	for _, want := range []string{strings.ReplaceAll(m.Text, "\n", "\r\n"), m.HTML} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil || string(content) != want && strings.ReplaceAll(string(content), "\n", "\r\n") != want {
			t.Errorf("part: %q, %v", content, err)
		}
	}
}

func TestConfigurationThatCannotWork(t *testing.T) {
	good := open(t, database.SQLite).cfg
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Config){
		"PROSA_MAIL_SENDER":       func(c *Config) { c.Sender = "pigeon" },
		"PROSA_MAIL_FROM":         func(c *Config) { c.From = "nobody" },
		"PROSA_MAIL_REPLY_TO":     func(c *Config) { c.ReplyTo = "a b" },
		"PROSA_MAIL_FROM_NAME":    func(c *Config) { c.FromName = "a\nb" },
		"PROSA_MAIL_SWEEP_EVERY":  func(c *Config) { c.SweepBatch = 0 },
		"PROSA_MAIL_LEASE":        func(c *Config) { c.Lease = 0 },
		"PROSA_MAIL_SETTLE_AFTER": func(c *Config) { c.SettleAfter = 0 },
		"PROSA_MAIL_KEEP":         func(c *Config) { c.Keep = time.Hour },
	} {
		bad := good
		spoil(&bad)
		if err := bad.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
