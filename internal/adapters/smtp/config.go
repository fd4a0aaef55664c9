package smtp

import (
	"net"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// Modes of encryption.
const (
	ModeTLS      = "tls"      // from the first byte (RFC 8314), port 465
	ModeSTARTTLS = "starttls" // after a greeting (RFC 3207), port 587
	ModePlain    = "plain"    // none
)

// Config says which server sends.
type Config struct {
	Server   string        `env:"PROSA_SMTP_SERVER" doc:"Mail server as host:port."`
	Mode     string        `env:"PROSA_SMTP_MODE" default:"starttls" doc:"Encryption: tls (port 465), starttls (port 587), or plain, which only a server on this machine gets."`
	User     string        `env:"PROSA_SMTP_USER" doc:"User at the mail server; empty signs in nobody."`
	Password secret.Text   `env:"PROSA_SMTP_PASSWORD" doc:"Password at the mail server."`
	Hello    string        `env:"PROSA_SMTP_HELLO" default:"localhost" doc:"Name by which we greet the mail server."`
	Timeout  time.Duration `env:"PROSA_SMTP_TIMEOUT" default:"30s" doc:"How long sending one mail may take."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	if c.Timeout <= 0 {
		return fault.OnField("PROSA_SMTP_TIMEOUT", "must be positive")
	}
	switch c.Mode {
	case ModeTLS, ModeSTARTTLS, ModePlain:
	default:
		return fault.OnField("PROSA_SMTP_MODE", "must be tls, starttls or plain")
	}
	if c.Server == "" {
		return nil // another sender is used
	}
	host, port, err := net.SplitHostPort(c.Server)
	if err != nil || host == "" || port == "" {
		return fault.OnField("PROSA_SMTP_SERVER", "must be host:port")
	}
	if ip := net.ParseIP(host); c.Mode == ModePlain && host != "localhost" && !ip.IsLoopback() {
		return fault.OnField("PROSA_SMTP_MODE", "plain sends letters that open doors in the clear: only to a server on this machine")
	}
	return nil
}
