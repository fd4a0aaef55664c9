package database

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

func authority(t *testing.T) secret.Text {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return secret.New(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
}

// With an authority of ours no way leads to a server that it did not sign.
func TestOnlyTheAuthoritysServersAreBelieved(t *testing.T) {
	ca := authority(t)
	for _, url := range []string{
		"postgres://u:p@db.example/prosa",
		"postgres://u:p@db.example/prosa?sslmode=disable",
		"postgres://u:p@db.example/prosa?sslmode=require",
		"postgres://u:p@one.example,two.example/prosa?sslmode=prefer",
	} {
		settings, err := pgconn.ParseConfig(url)
		if err != nil {
			t.Fatal(err)
		}
		if err := trust(settings, ca); err != nil {
			t.Fatal(err)
		}
		ways := []*pgconn.FallbackConfig{{Host: settings.Host, TLSConfig: settings.TLSConfig}}
		seen := map[string]int{}
		for _, way := range append(ways, settings.Fallbacks...) {
			seen[way.Host]++
			if way.TLSConfig == nil || way.TLSConfig.InsecureSkipVerify || way.TLSConfig.RootCAs == nil || way.TLSConfig.ServerName != way.Host {
				t.Errorf("%s: %s is reached without proof", url, way.Host)
			}
		}
		if seen[settings.Host] != 1 {
			t.Errorf("%s: %s is tried %d times", url, settings.Host, seen[settings.Host])
		}
	}
}

func TestAnAuthorityThatIsNone(t *testing.T) {
	for url, ca := range map[string]secret.Text{
		"postgres://u:p@db.example/prosa":                secret.New("no certificate"),
		"postgres://u:p@/prosa?host=/var/run/postgresql": authority(t),
	} {
		settings, err := pgconn.ParseConfig(url)
		if err != nil {
			t.Fatal(err)
		}
		if err := trust(settings, ca); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", url, err)
		}
	}
	settings, err := pgconn.ParseConfig("postgres://u:p@db.example/prosa?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	if err := trust(settings, secret.Text{}); err != nil || settings.TLSConfig != nil {
		t.Errorf("without an authority the URL decides: %v", err)
	}
}
