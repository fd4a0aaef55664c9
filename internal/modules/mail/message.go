package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"strings"
	"time"
)

// Message gives the mail as RFC 5322 text with both forms of its content
// (multipart/alternative, RFC 2046 5.1.4). The same letter always has the same
// Message-ID, by which a mailbox knows a repetition.
func (m Mail) Message(at time.Time) ([]byte, error) {
	var out bytes.Buffer
	sum := sha256.Sum256([]byte(m.LetterID))
	body := multipart.NewWriter(&out)
	if err := body.SetBoundary("=_" + hex.EncodeToString(sum[:12])); err != nil {
		return nil, err
	}
	domain := m.From.Email[strings.LastIndexByte(m.From.Email, '@')+1:]
	header := func(name, value string) { out.WriteString(name + ": " + value + "\r\n") }
	header("From", m.From.header())
	header("To", m.To.header())
	if m.ReplyTo != "" {
		header("Reply-To", Address{Email: m.ReplyTo}.header())
	}
	header("Subject", mime.QEncoding.Encode("utf-8", oneLine(m.Subject)))
	header("Date", at.UTC().Format(time.RFC1123Z))
	header("Message-ID", "<"+m.LetterID+"@"+domain+">")
	header("MIME-Version", "1.0")
	// Nobody is there to be told that somebody is away (RFC 3834).
	header("Auto-Submitted", "auto-generated")
	header("Content-Type", mime.FormatMediaType("multipart/alternative", map[string]string{"boundary": body.Boundary()}))
	out.WriteString("\r\n")
	for _, part := range []struct{ kind, content string }{{"text/plain", m.Text}, {"text/html", m.HTML}} {
		writer, err := body.CreatePart(textproto.MIMEHeader{
			"Content-Type":              {part.kind + "; charset=utf-8"},
			"Content-Transfer-Encoding": {"quoted-printable"},
		})
		if err != nil {
			return nil, err
		}
		encoder := quotedprintable.NewWriter(writer)
		if _, err := encoder.Write([]byte(part.content)); err != nil {
			return nil, err
		}
		if err := encoder.Close(); err != nil {
			return nil, err
		}
	}
	if err := body.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func (a Address) header() string {
	return (&netmail.Address{Name: oneLine(a.Name), Address: a.Email}).String()
}
