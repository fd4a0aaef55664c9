package attest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// Signer signs with one private key. The key may live in a key service: any
// crypto.Signer will do.
type Signer struct {
	key crypto.Signer
	id  string
}

// NewSigner signs with a key of a supported kind.
func NewSigner(key crypto.Signer) (Signer, error) {
	id, err := KeyID(key.Public())
	return Signer{key: key, id: id}, err
}

// ReadSigner reads a private key: PEM, PKCS #8, or the base64 of that in one
// line, as pipelines keep variables. The error never repeats it.
func ReadSigner(text secret.Text) (Signer, error) {
	raw := []byte(text.Reveal())
	if decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text.Reveal())); err == nil {
		raw = decoded
	}
	block, _ := pem.Decode(raw)
	if block == nil || block.Type != "PRIVATE KEY" {
		return Signer{}, fault.New(fault.Invalid, "the signing key must be PEM with a block PRIVATE KEY (PKCS #8), as 'prosa image key' makes it")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Signer{}, fault.New(fault.Invalid, "the signing key is no PKCS #8 key")
	}
	key, ok := parsed.(crypto.Signer)
	if !ok {
		return Signer{}, fault.New(fault.Invalid, "the signing key can't sign")
	}
	return NewSigner(key)
}

// ID is the name of the key: the SHA-256 of its public half, in hexadecimal.
func (s Signer) ID() string { return s.id }

// Keys gives the keys that believe this signer alone.
func (s Signer) Keys() Keys { return Keys{{id: s.id, key: s.key.Public()}} }

// sign signs a message as a whole: Ed25519 takes it as it is, ECDSA its SHA-256.
func (s Signer) sign(message []byte) ([]byte, error) {
	if _, ok := s.key.Public().(ed25519.PublicKey); ok {
		return s.key.Sign(nil, message, crypto.Hash(0))
	}
	sum := sha256.Sum256(message)
	if own, ok := s.key.(*ecdsa.PrivateKey); ok {
		return own.Sign(nil, sum[:], crypto.SHA256) // without chance: RFC 6979
	}
	return s.key.Sign(rand.Reader, sum[:], crypto.SHA256)
}

// Key is a public key that is trusted.
type Key struct {
	id  string
	key crypto.PublicKey
	// only names what the key is believed for; empty for everything.
	only []string
}

// ID is the name of the key.
func (k Key) ID() string { return k.id }

// Keys are the public keys that are trusted.
type Keys []Key

// OnlyHeader stands in a block of a public key (RFC 1421, section 4.4) that is
// believed for some things alone, named with spaces between.
const OnlyHeader = "Only"

// For gives the keys that are believed for something.
func (k Keys) For(what string) Keys {
	var believed Keys
	for _, key := range k {
		if len(key.only) == 0 || slices.Contains(key.only, what) {
			believed = append(believed, key)
		}
	}
	return believed
}

// Hold tells whether a key is among them, by its name.
func (k Keys) Hold(id string) bool {
	return slices.ContainsFunc(k, func(key Key) bool { return key.id == id })
}

// ReadKeys reads public keys: PEM blocks PUBLIC KEY (PKIX), one after the other.
// What stands between the blocks is a comment; no key at all is an error.
func ReadKeys(text string) (Keys, error) {
	var keys Keys
	rest := []byte(text)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "PUBLIC KEY" {
			return nil, fault.New(fault.Invalid, "among the trusted keys stands a block %s: only PUBLIC KEY belongs there", block.Type)
		}
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, fault.New(fault.Invalid, "trusted key %d is no public key", len(keys)+1)
		}
		id, err := KeyID(key)
		if err != nil {
			return nil, err
		}
		for name := range block.Headers {
			if name != OnlyHeader {
				return nil, fault.New(fault.Invalid, "trusted key %d has a header %.40q: only %s is known", len(keys)+1, name, OnlyHeader)
			}
		}
		only, narrowed := block.Headers[OnlyHeader]
		one := Key{id: id, key: key, only: strings.Fields(only)}
		if narrowed && len(one.only) == 0 {
			return nil, fault.New(fault.Invalid, "trusted key %d is believed for nothing: its header %s is empty", len(keys)+1, OnlyHeader)
		}
		keys = append(keys, one)
	}
	if len(keys) == 0 {
		return nil, fault.New(fault.Invalid, "there is no trusted key: PEM with blocks PUBLIC KEY is wanted")
	}
	return keys, nil
}

// IDs lists the names of the keys.
func (k Keys) IDs() string {
	names := make([]string, len(k))
	for i, key := range k {
		names[i] = short(key.id)
	}
	return strings.Join(names, ", ")
}

// verify gives the key that made the signature.
func (k Keys) verify(message, signature []byte) (Key, bool) {
	sum := sha256.Sum256(message)
	for _, key := range k {
		switch public := key.key.(type) {
		case ed25519.PublicKey:
			if ed25519.Verify(public, message, signature) {
				return key, true
			}
		case *ecdsa.PublicKey:
			if ecdsa.VerifyASN1(public, sum[:], signature) {
				return key, true
			}
		}
	}
	return Key{}, false
}

// KeyID names a public key. A kind that we don't take is an error.
func KeyID(public crypto.PublicKey) (string, error) {
	switch key := public.(type) {
	case ed25519.PublicKey:
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() {
			return "", fault.New(fault.Invalid, "a key on the curve %s is not taken: P-256 is", key.Curve.Params().Name)
		}
	default:
		return "", fault.New(fault.Invalid, "a key of the kind %T is not taken: Ed25519 and ECDSA on P-256 are", public)
	}
	raw, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, "the key can't be named")
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// NewKey makes an Ed25519 key: the private half as PKCS #8 and the public half
// as PKIX, both PEM. only names what it is to be believed for; nothing:
// everything.
func NewKey(only ...string) (private secret.Text, public string, err error) {
	publicKey, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return secret.Text{}, "", fault.Wrap(err, fault.Internal, "no key can be made")
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return secret.Text{}, "", fault.Wrap(err, fault.Internal, "no key can be made")
	}
	shown, err := x509.MarshalPKIXPublicKey(publicKey)
	if err != nil {
		return secret.Text{}, "", fault.Wrap(err, fault.Internal, "no key can be made")
	}
	block := &pem.Block{Type: "PUBLIC KEY", Bytes: shown}
	if len(only) > 0 {
		block.Headers = map[string]string{OnlyHeader: strings.Join(only, " ")}
	}
	return secret.New(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}))), string(pem.EncodeToMemory(block)), nil
}

// short is enough of a key's name to tell two apart by eye.
func short(id string) string { return id[:min(12, len(id))] }
