package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// Lengths of a password, in characters. NIST SP 800-63B-4 asks for length, not
// for classes of characters.
const (
	passwordMin = 10
	passwordMax = 200
)

const (
	saltSize = 16
	keySize  = 32
	// hashWait bounds how long a sign-in waits for its turn at the hasher.
	hashWait = 5 * time.Second
)

// hasher hashes passwords, few at a time: argon2id takes memory and a core by
// design, and a crowd at the sign-in page must not starve the messages.
type hasher struct {
	memory, time uint32
	turns        chan struct{}
	// decoy is what an unknown e-mail's password is compared with.
	decoy string
}

func newHasher(cfg Config) *hasher {
	h := &hasher{memory: cfg.HashMemoryKiB, time: cfg.HashTime, turns: make(chan struct{}, max(cfg.HashAtOnce, 1))}
	h.decoy = h.encode(make([]byte, saltSize), make([]byte, keySize))
	return h
}

// hash gives the stored form of a password, in the PHC string format.
func (h *hasher) hash(ctx context.Context, password secret.Text) (string, error) {
	var salt [saltSize]byte
	_, _ = rand.Read(salt[:])
	key, err := h.key(ctx, password, salt[:], h.memory, h.time, keySize)
	if err != nil {
		return "", err
	}
	return h.encode(salt[:], key), nil
}

// matches compares a password with a stored form in constant time. An empty
// stored form, that of a user who does not exist or has no password, costs as
// much as any other and matches nothing.
func (h *hasher) matches(ctx context.Context, stored string, password secret.Text) (bool, error) {
	known := stored != ""
	if !known {
		stored = h.decoy
	}
	var version int
	var memory, passes uint32
	var lanes uint8
	fields := strings.Split(stored, "$") // "", argon2id, v=19, m=..,t=..,p=.., salt, key
	if len(fields) != 6 || fields[1] != "argon2id" {
		return false, fault.New(fault.Internal, "a stored password has an unknown form")
	}
	if _, err := fmt.Sscanf(fields[2]+" "+fields[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &lanes); err != nil || version != argon2.Version || lanes != 1 ||
		passes < 1 || passes > 64 || memory < 8 || memory > 1<<21 {
		return false, fault.New(fault.Internal, "a stored password has an unknown form")
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(fields[4])
	want, keyErr := base64.RawStdEncoding.DecodeString(fields[5])
	if saltErr != nil || keyErr != nil || len(want) < 16 {
		return false, fault.New(fault.Internal, "a stored password has an unknown form")
	}
	got, err := h.key(ctx, password, salt, memory, passes, uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

func (h *hasher) key(ctx context.Context, password secret.Text, salt []byte, memory, passes, size uint32) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, fault.New(fault.Unavailable, "too many people are signing in; try again in a moment")
	}
	return argon2.IDKey([]byte(password.Reveal()), salt, passes, memory, 1, size), nil
}

func (h *hasher) encode(salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, h.memory, h.time,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// checkPassword holds a new password against the rules. Error: fault.Invalid
// with reason weak_password on field.
func checkPassword(field string, password secret.Text, email string) error {
	text := password.Reveal()
	weak := func(format string, args ...any) error {
		err := fault.OnField(field, format, args...)
		err.Reason = "weak_password"
		return err
	}
	n := utf8.RuneCountInString(text)
	switch {
	case n < passwordMin || n > passwordMax:
		return weak("must have %d to %d characters", passwordMin, passwordMax)
	case strings.EqualFold(text, email):
		return weak("must not be the e-mail address")
	case strings.Count(text, text[:utf8.RuneLen(firstRune(text))])*utf8.RuneLen(firstRune(text)) == len(text):
		return weak("must not be one character repeated")
	}
	for _, common := range commonPasswords {
		if strings.EqualFold(text, common) {
			return weak("is one of the most common passwords")
		}
	}
	return nil
}

func firstRune(text string) rune {
	r, _ := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError {
		return 'a' // one byte long; invalid text is refused elsewhere
	}
	return r
}

// commonPasswords are those of at least passwordMin characters that lists of
// leaked passwords, in English and Portuguese, put first.
var commonPasswords = []string{
	"1234567890", "0123456789", "0987654321", "12345678910", "123456789a", "1q2w3e4r5t", "qwertyuiop", "password123",
	"password1234", "senha123456", "senha12345", "minhasenha", "minhasenha123", "administrador", "admin12345", "admin123456",
	"brasil2025", "brasil2026", "corinthians", "flamengo123", "palmeiras1", "euteamo123", "trocar123456", "mudar12345", "changeme123",
}
