package database

import (
	"crypto/tls"
	"crypto/x509"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// trust has connections believe the authority's servers and nobody else, whatever
// the URL's sslmode says. The libraries' file names (sslrootcert) need a file on
// each machine; a container that is told all by its environment has none. An empty
// authority leaves the URL's word.
func trust(settings *pgconn.Config, ca secret.Text) error {
	if ca.IsZero() {
		return nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(ca.Reveal())) {
		return fault.OnField("PROSA_DATABASE_CA", "holds no certificate: it must be PEM, -----BEGIN CERTIFICATE-----")
	}
	believe := func(host string) (*tls.Config, error) {
		if strings.HasPrefix(host, "/") {
			return nil, fault.OnField("PROSA_DATABASE_CA", "is for a server in the network; %s is a socket of this machine", host)
		}
		return &tls.Config{RootCAs: pool, ServerName: host, MinVersion: tls.VersionTLS12}, nil
	}
	var err error
	if settings.TLSConfig, err = believe(settings.Host); err != nil {
		return err
	}
	// The library falls back to further hosts of the URL, and to plain connections:
	// the former are believed alike, the latter never tried.
	kept := settings.Fallbacks[:0]
	for _, other := range settings.Fallbacks {
		if other.Host == settings.Host && other.Port == settings.Port {
			continue
		}
		if other.TLSConfig, err = believe(other.Host); err != nil {
			return err
		}
		kept = append(kept, other)
	}
	settings.Fallbacks = kept
	return nil
}
