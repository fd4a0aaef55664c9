package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/smtp"
	"net/textproto"
	"strconv"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/mail"
)

// Name is stored with letters.
const Name = "smtp"

// Sender is a mail server.
type Sender struct {
	cfg   Config
	host  string
	clock clock.Clock
	roots *x509.CertPool // nil is the system's
}

var _ mail.Sender = (*Sender)(nil)

// New makes the sender. Error: fault.Invalid without a server.
func New(cfg Config, at clock.Clock) (*Sender, error) {
	host, _, err := net.SplitHostPort(cfg.Server)
	if err != nil {
		return nil, fault.OnField("PROSA_SMTP_SERVER", "is needed to send by SMTP")
	}
	return &Sender{cfg: cfg, host: host, clock: at}, nil
}

// Name implements mail.Sender.
func (s *Sender) Name() string { return Name }

// Send implements mail.Sender: one connection a mail.
func (s *Sender) Send(ctx context.Context, m mail.Mail) (string, error) {
	message, err := m.Message(s.clock.Now())
	if err != nil {
		return "", &mail.Trouble{Kind: mail.Refused, Message: err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	client, stop, err := s.connect(ctx)
	if err != nil {
		return "", classify(err, mail.Down)
	}
	defer stop()
	if err := s.signIn(client); err != nil {
		return "", err
	}
	if err := client.Mail(m.From.Email); err != nil {
		return "", classify(err, mail.Down)
	}
	if err := client.Rcpt(m.To.Email); err != nil {
		return "", classify(err, mail.Down)
	}
	writer, err := client.Data()
	if err != nil {
		return "", classify(err, mail.Down)
	}
	if _, err := writer.Write(message); err != nil {
		return "", classify(err, mail.Down) // without its end it is no mail
	}
	if err := writer.Close(); err != nil {
		return "", classify(err, mail.Ambiguous)
	}
	_ = client.Quit() // the mail is taken, whatever comes now
	return m.LetterID, nil
}

// connect greets the server, encrypted as configured. stop ends the connection.
func (s *Sender) connect(ctx context.Context) (client *smtp.Client, stop func(), err error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.cfg.Server)
	if err != nil {
		return nil, nil, err
	}
	// A process that stops does not wait for the server.
	unhook := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	stop = func() { unhook(); _ = conn.Close() }
	secure := &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12, RootCAs: s.roots}
	if s.cfg.Mode == ModeTLS {
		conn = tls.Client(conn, secure)
	}
	client, err = smtp.NewClient(conn, s.host)
	if err == nil {
		err = client.Hello(s.cfg.Hello)
	}
	if err == nil && s.cfg.Mode == ModeSTARTTLS {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			err = &mail.Trouble{Kind: mail.Locked, Message: "the mail server does not offer STARTTLS; nothing is sent in the clear"}
		} else {
			err = client.StartTLS(secure)
		}
	}
	if err != nil {
		stop()
		return nil, nil, err
	}
	return client, stop, nil
}

func (s *Sender) signIn(client *smtp.Client) error {
	if s.cfg.User == "" {
		return nil
	}
	err := client.Auth(smtp.PlainAuth("", s.cfg.User, s.cfg.Password.Reveal(), s.host))
	if err == nil {
		return nil
	}
	trouble := classify(err, mail.Down)
	if code := codeOf(err); code == 0 || code >= 500 {
		// Credentials are wrong, or it does not take ours: no other mail would go.
		trouble.Kind = mail.Locked
	}
	return trouble
}

// classify says what an error means; broken is for a connection that broke.
// Source: RFC 5321 4.2.1: 4yz may work later, 5yz never will.
func classify(err error, broken mail.Kind) *mail.Trouble {
	if own := new(mail.Trouble); errors.As(err, &own) {
		return own
	}
	if certificate := new(tls.CertificateVerificationError); errors.As(err, &certificate) {
		return &mail.Trouble{Kind: mail.Locked, Message: "the mail server's certificate is not trusted: " + certificate.Err.Error()}
	}
	switch code := codeOf(err); {
	case code == 421 || code >= 400 && code < 500:
		return &mail.Trouble{Kind: mail.Down, Message: "the mail server answered " + err.Error()}
	case code == 530 || code == 534 || code == 535 || code == 538:
		return &mail.Trouble{Kind: mail.Locked, Message: "the mail server answered " + err.Error()}
	case code >= 500:
		return &mail.Trouble{Kind: mail.Refused, Message: "the mail server answered " + err.Error()}
	}
	return &mail.Trouble{Kind: broken, Message: "the mail server can't be reached: " + err.Error()}
}

// codeOf gives the server's reply code, 0 when it gave none.
func codeOf(err error) int {
	if reply := new(textproto.Error); errors.As(err, &reply) {
		return reply.Code
	}
	return 0
}

// String hides the password in logs.
func (c Config) String() string {
	return c.Server + " " + c.Mode + " as " + strconv.Quote(c.User)
}
