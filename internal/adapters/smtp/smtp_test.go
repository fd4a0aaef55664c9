package smtp

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"math/big"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/secret"
	"prosa/internal/modules/mail"
)

// server is a mail server as RFC 5321 has it, as far as one mail needs it.
type server struct {
	t        *testing.T
	address  string
	implicit bool // TLS from the first byte
	offers   bool // STARTTLS
	secure   *tls.Config
	answers  map[string]string // by verb; "hang up" closes the connection
	password string

	mu     sync.Mutex
	mails  []string
	inTLS  bool
	openly bool // a password or a mail came unencrypted
}

func serve(t *testing.T, change func(*server)) (*server, *x509.CertPool) {
	t.Helper()
	s := &server{t: t, offers: true, answers: map[string]string{}, password: "secret word"}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.ParseIP("127.0.0.1")}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	s.secure = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: private}}}
	if change != nil {
		change(s)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { s.talk(conn) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); all.Wait() })
	return s, roots
}

func (s *server) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	encrypted := s.implicit
	if s.implicit {
		conn = tls.Server(conn, s.secure)
	}
	lines := bufio.NewReader(conn)
	say := func(line string) { _, _ = conn.Write([]byte(line + "\r\n")) }
	// does says what the test wants of a verb; false ends the talk.
	does := func(verb, usual string) bool {
		answer, ok := s.answers[verb]
		if !ok {
			answer = usual
		}
		if answer == "hang up" {
			return false
		}
		say(answer)
		return true
	}
	if !does("greeting", "220 mail.example.com ready") {
		return
	}
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch verb = strings.ToUpper(verb); verb {
		case "EHLO":
			say("250-mail.example.com")
			if s.offers && !encrypted {
				say("250-STARTTLS")
			}
			say("250-8BITMIME")
			say("250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go on")
			conn = tls.Server(conn, s.secure)
			lines, encrypted = bufio.NewReader(conn), true
		case "AUTH":
			said, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			s.note(encrypted)
			usual := "535 5.7.8 wrong credentials"
			if string(said) == "\x00prosa\x00"+s.password {
				usual = "235 welcome"
			}
			if !does(verb, usual) {
				return
			}
		case "DATA":
			if !does(verb, "354 go on") {
				return
			}
			if s.answers[verb] != "" {
				continue
			}
			var body strings.Builder
			for {
				line, err := lines.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				body.WriteString(strings.TrimPrefix(line, "."))
			}
			s.note(encrypted)
			s.mu.Lock()
			s.mails = append(s.mails, body.String())
			s.mu.Unlock()
			if !does("end", "250 taken") {
				return
			}
		case "QUIT":
			does(verb, "221 bye")
			return
		default: // MAIL, RCPT
			if !does(verb, "250 fine") {
				return
			}
		}
	}
}

func (s *server) note(encrypted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inTLS = s.inTLS || encrypted
	s.openly = s.openly || !encrypted
}

func (s *server) got() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails
}

func sender(t *testing.T, s *server, roots *x509.CertPool, mode string) *Sender {
	t.Helper()
	cfg := Config{Server: s.address, Mode: mode, User: "prosa", Password: secret.New("secret word"), Hello: "prosa.example.com", Timeout: 10 * time.Second}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	made, err := New(cfg, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	made.roots = roots
	return made
}

var letter = mail.Mail{
	LetterID: "ltr_01", From: mail.Address{Email: "prosa@example.com", Name: "Prosa"}, To: mail.Address{Email: "ana@example.com", Name: "Ana"},
	Content: mail.Content{Subject: "Olá", Text: "Uma linha\n.\noutra\n", HTML: "<p>Olá</p>"},
}

func TestMailsGoOutInEachMode(t *testing.T) {
	for _, mode := range []string{ModeTLS, ModeSTARTTLS, ModePlain} {
		t.Run(mode, func(t *testing.T) {
			s, roots := serve(t, func(s *server) { s.implicit = mode == ModeTLS })
			id, err := sender(t, s, roots, mode).Send(context.Background(), letter)
			if err != nil || id != "ltr_01" {
				t.Fatal(id, err)
			}
			got := s.got()
			if len(got) != 1 {
				t.Fatalf("%d mails came", len(got))
			}
			read, err := netmail.ReadMessage(strings.NewReader(got[0]))
			if err != nil || read.Header.Get("Message-ID") != "<ltr_01@example.com>" || !strings.Contains(got[0], "outra") {
				t.Errorf("what came: %v\n%s", err, got[0])
			}
			if s.openly != (mode == ModePlain) || s.inTLS == s.openly {
				t.Errorf("encrypted %t, in the clear %t", s.inTLS, s.openly)
			}
		})
	}
}

func TestWhatTheServerSaysDecides(t *testing.T) {
	for name, c := range map[string]struct {
		verb, answer string
		want         mail.Kind
		taken        int
	}{
		"busy":             {"greeting", "421 4.3.2 shutting down", mail.Down, 0},
		"gone at once":     {"greeting", "hang up", mail.Down, 0},
		"wrong password":   {"AUTH", "535 5.7.8 no", mail.Locked, 0},
		"tired of signing": {"AUTH", "454 4.7.0 later", mail.Down, 0},
		"no such sender":   {"MAIL", "550 5.7.1 not yours", mail.Refused, 0},
		"no such mailbox":  {"RCPT", "550 5.1.1 nobody", mail.Refused, 0},
		"full mailbox":     {"RCPT", "452 4.2.2 full", mail.Down, 0},
		"gone before data": {"DATA", "hang up", mail.Down, 0},
		"no data wanted":   {"DATA", "554 5.5.1 none", mail.Refused, 0},
		"refused as spam":  {"end", "554 5.7.1 spam", mail.Refused, 1},
		"lost answer":      {"end", "hang up", mail.Ambiguous, 1},
		"rude farewell":    {"QUIT", "hang up", "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, roots := serve(t, func(s *server) { s.answers[c.verb] = c.answer })
			_, err := sender(t, s, roots, ModeSTARTTLS).Send(context.Background(), letter)
			kind := mail.Kind("")
			if trouble := new(mail.Trouble); errors.As(err, &trouble) {
				kind = trouble.Kind
				if strings.Contains(trouble.Message, "secret word") {
					t.Error("the password is shown")
				}
			}
			if kind != c.want || len(s.got()) != c.taken {
				t.Errorf("error %v, %d mails; want %q, %d", err, len(s.got()), c.want, c.taken)
			}
		})
	}
}

func TestNothingGoesOutInTheClear(t *testing.T) {
	s, roots := serve(t, func(s *server) { s.offers = false })
	_, err := sender(t, s, roots, ModeSTARTTLS).Send(context.Background(), letter)
	if trouble := new(mail.Trouble); !errors.As(err, &trouble) || trouble.Kind != mail.Locked {
		t.Errorf("without STARTTLS: %v", err)
	}
	trusted, _ := serve(t, nil)
	_, err = sender(t, trusted, x509.NewCertPool(), ModeSTARTTLS).Send(context.Background(), letter)
	if trouble := new(mail.Trouble); !errors.As(err, &trouble) || trouble.Kind != mail.Locked || !strings.Contains(trouble.Message, "certificate") {
		t.Errorf("a certificate that nobody vouches for: %v", err)
	}
	if s.openly || len(s.got())+len(trusted.got()) > 0 {
		t.Error("something went out")
	}
}

func TestAServerThatIsSilentIsLeft(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	silent, err := New(Config{Server: listener.Addr().String(), Mode: ModePlain, Timeout: 50 * time.Millisecond, Hello: "x"}, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = silent.Send(context.Background(), letter)
	if trouble := new(mail.Trouble); !errors.As(err, &trouble) || trouble.Kind != mail.Down {
		t.Errorf("error: %v", err)
	}
}

func TestConfigurationThatCannotWork(t *testing.T) {
	good := Config{Server: "mail.example.com:587", Mode: ModeSTARTTLS, Timeout: time.Second, User: "u", Password: secret.New("secret word")}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(good.String(), "secret word") {
		t.Error("the password is shown")
	}
	if _, err := New(Config{}, clock.System{}); err == nil {
		t.Error("it sends without a server")
	}
	for name, spoil := range map[string]func(*Config){
		"PROSA_SMTP_TIMEOUT": func(c *Config) { c.Timeout = 0 },
		"PROSA_SMTP_MODE":    func(c *Config) { c.Mode = "ssl" },
		"PROSA_SMTP_SERVER":  func(c *Config) { c.Server = "mail.example.com" },
		"in the clear":       func(c *Config) { c.Mode = ModePlain },
	} {
		bad := good
		spoil(&bad)
		if err := bad.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
