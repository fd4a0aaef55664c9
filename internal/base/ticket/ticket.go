// Package ticket makes the texts of links that need no sign-in: who holds such
// a link may see what it names, and nobody can make one for anything else.
//
// A ticket is "<part>.<part>...<seal>": the parts in clear, since they are ids
// and times and no secrets, and behind them HMAC-SHA256 (RFC 2104, FIPS 198-1)
// over the kind and the parts, cut to 160 bits, in base64url (RFC 4648 section
// 5). All its characters are unreserved ones of a URL (RFC 3986, 2.3).
//
// Invariants: the same kind and parts give the same text, so that a link is
// stable; a ticket is read for the kind that it was made for only; one thing has
// one ticket, another spelling of it is none.
package ticket

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

const (
	sealBytes = 20 // of the 32; what is compared
	sealChars = 27 // of base64url without padding
	// MaxText is the longest ticket that is read, in bytes; longer ones are none.
	MaxText = 1024
	hex     = "0123456789ABCDEF"
)

// Signer makes and reads tickets. It is safe for concurrent use.
type Signer struct{ keys [][]byte }

// New makes a signer. The key signs; tickets of the older keys are still read,
// so that links outlive a change of keys.
func New(key []byte, older ...[]byte) Signer {
	return Signer{keys: append([][]byte{key}, older...)}
}

// Sign gives the ticket of a kind ("order") for parts (ids, a time).
func (s Signer) Sign(kind string, parts ...string) string {
	var text strings.Builder
	for _, part := range parts {
		escape(&text, part)
		text.WriteByte('.')
	}
	body := text.String()
	return body + seal(s.keys[0], kind, body)
}

// Read gives the parts of a ticket of this kind; ok is false for every text that
// Sign did not make for it.
func (s Signer) Read(kind, text string) (parts []string, ok bool) {
	if len(text) < sealChars || len(text) > MaxText {
		return nil, false
	}
	body, given := text[:len(text)-sealChars], text[len(text)-sealChars:]
	if !s.sealed(kind, body, given) {
		return nil, false
	}
	if body == "" {
		return []string{}, true
	}
	fields := strings.Split(strings.TrimSuffix(body, "."), ".")
	parts = make([]string, len(fields))
	for i, field := range fields {
		if parts[i], ok = unescape(field); !ok {
			return nil, false
		}
	}
	return parts, true
}

// sealed tries every key, whatever the earlier ones said.
func (s Signer) sealed(kind, body, given string) bool {
	found := false
	for _, key := range s.keys {
		if hmac.Equal([]byte(seal(key, kind, body)), []byte(given)) {
			found = true
		}
	}
	return found
}

func seal(key []byte, kind, body string) string {
	mac := hmac.New(sha256.New, key)
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(kind))) // kind and body can't run into each other
	mac.Write(size[:])
	mac.Write([]byte(kind))
	mac.Write([]byte(body))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:sealBytes])
}

// escape writes a part with everything but letters, digits, "_" and "-" as "~"
// and two hexadecimal digits.
func escape(out *strings.Builder, part string) {
	for i := range len(part) {
		if c := part[i]; plain(c) {
			out.WriteByte(c)
		} else {
			out.Write([]byte{'~', hex[c>>4], hex[c&15]})
		}
	}
}

func unescape(field string) (string, bool) {
	var part strings.Builder
	for i := 0; i < len(field); i++ {
		if plain(field[i]) {
			part.WriteByte(field[i])
			continue
		}
		if field[i] != '~' || i+2 >= len(field) {
			return "", false
		}
		high, low := strings.IndexByte(hex, field[i+1]), strings.IndexByte(hex, field[i+2])
		if high < 0 || low < 0 || plain(byte(high<<4|low)) {
			return "", false
		}
		part.WriteByte(byte(high<<4 | low))
		i += 2
	}
	return part.String(), true
}

func plain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}
