package secretbox

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"prosa/internal/base/fault"
)

const (
	version = "v1"
	keySize = chacha20poly1305.KeySize
)

// Box seals and opens. It is safe for concurrent use.
type Box struct {
	sealing string // id of the key that seals
	keys    map[string]cipher.AEAD
	roots   [][]byte // the keys themselves, newest first, for Derive
}

// parse reads "id:base64,id:base64". No error of it repeats the text.
func parse(text string) (*Box, error) {
	box := &Box{keys: map[string]cipher.AEAD{}}
	for part := range strings.SplitSeq(text, ",") {
		id, encoded, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok || id == "" || strings.ContainsAny(id, ". \t") {
			return nil, wrong("each key is written id:base64, and an id holds no dot or space")
		}
		key, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(key) != keySize {
			return nil, wrong("the key " + id + " is not base64 of 32 bytes")
		}
		if _, twice := box.keys[id]; twice {
			return nil, wrong("the key " + id + " is there twice")
		}
		if box.keys[id], err = chacha20poly1305.NewX(key); err != nil {
			return nil, wrong("the key " + id + " can't be used")
		}
		box.roots = append(box.roots, key)
		if box.sealing == "" {
			box.sealing = id
		}
	}
	return box, nil
}

func wrong(message string) error { return fault.OnField("PROSA_SECRET_KEYS", "%s", message) }

// AAD names the place of a sealed text: the company, the kind of thing and its
// row. Parts can't run into each other.
func AAD(parts ...string) string {
	var joined []byte
	for _, part := range parts {
		joined = binary.AppendUvarint(joined, uint64(len(part)))
		joined = append(joined, part...)
	}
	return string(joined)
}

// Seal encrypts plain for the place that aad names.
func (b *Box) Seal(aad string, plain []byte) (string, error) {
	aead := b.keys[b.sealing]
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	// crypto/rand.Read never returns an error since Go 1.24.
	_, _ = rand.Read(nonce)
	head := version + "." + b.sealing + "."
	sealed := aead.Seal(nonce, nonce, plain, []byte(head+aad))
	return head + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Open decrypts what was sealed for the same aad. A text that was changed, was
// sealed for another place or by a key that is gone is fault.Refused; which of
// them is not told apart, save the missing key.
func (b *Box) Open(aad, sealed string) ([]byte, error) {
	id, body, err := split(sealed)
	if err != nil {
		return nil, err
	}
	aead, ok := b.keys[id]
	if !ok {
		return nil, fault.Refuse("secret_key_missing", "the key %q that sealed this is not configured", id)
	}
	if len(body) < aead.NonceSize() {
		return nil, unreadable()
	}
	nonce, box := body[:aead.NonceSize()], body[aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, box, []byte(version+"."+id+"."+aad))
	if err != nil {
		return nil, unreadable()
	}
	return plain, nil
}

// NeedsRotation reports whether sealed was made by another key than the one
// that seals now.
func (b *Box) NeedsRotation(sealed string) bool {
	id, _, err := split(sealed)
	return err != nil || id != b.sealing
}

func split(sealed string) (id string, body []byte, err error) {
	parts := strings.Split(sealed, ".")
	if len(parts) != 3 || parts[0] != version {
		return "", nil, unreadable()
	}
	body, err = base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return "", nil, unreadable()
	}
	return parts[1], body, nil
}

func unreadable() error {
	return fault.Refuse("secret_unreadable", "the sealed text can't be opened here")
}
