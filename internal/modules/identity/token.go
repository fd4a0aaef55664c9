package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"prosa/internal/base/secret"
)

// newToken makes 256 random bits and what is stored of them. A plain hash is
// enough: nobody guesses a random token.
func newToken() (token secret.Text, hash string) {
	var bits [32]byte
	_, _ = rand.Read(bits[:])
	token = secret.New(base64.RawURLEncoding.EncodeToString(bits[:]))
	return token, hashToken(token)
}

func hashToken(token secret.Text) string {
	sum := sha256.Sum256([]byte(token.Reveal()))
	return hex.EncodeToString(sum[:])
}
