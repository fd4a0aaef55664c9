package attest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// signers is one of each kind of key.
func signers(t testing.TB) map[string]Signer {
	t.Helper()
	private, _, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	edwards, err := ReadSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := NewSigner(key)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Signer{"Ed25519": edwards, "P-256": curve}
}

func TestWhatIsSealedIsOpened(t *testing.T) {
	for name, signer := range signers(t) {
		raw, err := signer.Seal(StatementKind, []byte(`{"a":1}`))
		if err != nil {
			t.Fatal(err)
		}
		again, err := signer.Seal(StatementKind, []byte(`{"a":1}`))
		if err != nil || !bytes.Equal(raw, again) {
			t.Errorf("%s: two envelopes of one statement differ (%v)", name, err)
		}
		payload, by, err := signer.Keys().Open(StatementKind, raw)
		if err != nil || string(payload) != `{"a":1}` || by.ID() != signer.ID() {
			t.Errorf("%s: %s by %s, %v", name, payload, by.ID(), err)
		}
		if _, _, err := signer.Keys().Open("another/kind", raw); reason(err) != ReasonOtherKind {
			t.Errorf("%s: another kind: %v", name, err)
		}
	}
}

// The example of the specification, with its key and bytes (dsse/protocol.md).
func TestTheEncodingIsThatOfTheSpecification(t *testing.T) {
	got := string(encode("http://example.com/HelloWorld", []byte("hello world")))
	if want := "DSSEv1 29 http://example.com/HelloWorld 11 hello world"; got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
}

func TestOnlyTrustedKeysAreBelieved(t *testing.T) {
	mine, theirs := signers(t), signers(t)
	for name, signer := range mine {
		raw, err := signer.Seal(StatementKind, []byte("x"))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := theirs[name].Keys().Open(StatementKind, raw); reason(err) != ReasonWrongKey {
			t.Errorf("%s: another key: %v", name, err)
		}
		// During a rotation both are trusted; the order does not matter.
		for _, keys := range []Keys{append(theirs[name].Keys(), signer.Keys()...), append(signer.Keys(), theirs[name].Keys()...)} {
			if _, by, err := keys.Open(StatementKind, raw); err != nil || by.ID() != signer.ID() {
				t.Errorf("%s: two keys: %v", name, err)
			}
		}
		// The name of a key in the envelope does not make it ours.
		var forged envelope
		if err := json.Unmarshal(raw, &forged); err != nil {
			t.Fatal(err)
		}
		forged.Signatures[0].KeyID = theirs[name].ID()
		lying, err := json.Marshal(forged)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := theirs[name].Keys().Open(StatementKind, lying); reason(err) != ReasonWrongKey {
			t.Errorf("%s: a key's name was believed: %v", name, err)
		}
	}
}

func TestNoChangedEnvelopeIsOpened(t *testing.T) {
	all := signers(t)
	rapid.Check(t, func(t *rapid.T) {
		signer := all[rapid.SampledFrom([]string{"Ed25519", "P-256"}).Draw(t, "key")]
		payload := rapid.SliceOfN(rapid.Byte(), 1, 60).Draw(t, "payload")
		raw, err := signer.Seal(StatementKind, payload)
		if err != nil {
			t.Fatal(err)
		}
		var one envelope
		if err := json.Unmarshal(raw, &one); err != nil {
			t.Fatal(err)
		}
		changed := bytes.Clone(payload)
		changed[rapid.IntRange(0, len(payload)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "by"))
		one.Payload = base64.StdEncoding.EncodeToString(changed)
		raw, err = json.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := signer.Keys().Open(StatementKind, raw); reason(err) != ReasonWrongKey {
			t.Fatalf("a changed payload: %v", err)
		}
	})
}

func TestKeysOfOtherKindsAreRefused(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	weak, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]any{"P-384": p384, "RSA": weak} {
		raw, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
		if _, err := ReadSigner(secret.New(string(text))); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s was taken: %v", name, err)
		}
	}
	for _, text := range []string{"", "hidden", "-----BEGIN PRIVATE KEY-----\nhidden\n-----END PRIVATE KEY-----", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("hidden")}))} {
		if _, err := ReadSigner(secret.New(text)); !fault.Is(err, fault.Invalid) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestKeysAreReadWithCommentsBetween(t *testing.T) {
	private, first, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ReadKeys("the key of this year\n" + first + "\nthe key of next year\n" + second)
	if err != nil || len(keys) != 2 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	signer, err := ReadSigner(private)
	if err != nil || keys[0].ID() != signer.ID() {
		t.Fatalf("%v", err)
	}
	if line, err := ReadSigner(secret.New(base64.StdEncoding.EncodeToString([]byte(private.Reveal())) + "\n")); err != nil || line.ID() != signer.ID() {
		t.Errorf("in one line: %v", err)
	}
	for _, text := range []string{"", "no key", private.Reveal(), string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("x")}))} {
		if _, err := ReadKeys(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.40q was taken: %v", text, err)
		}
	}
	if _, err := KeyID(ed25519.PrivateKey{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a private key was named: %v", err)
	}
}

func TestStatements(t *testing.T) {
	type said struct {
		Well bool `json:"well"`
	}
	raw, err := NewStatement("kind/1", said{true}, Subject{Name: "image", Digest: map[string]string{"sha256": "ab"}})
	if err != nil {
		t.Fatal(err)
	}
	var out said
	read, err := ReadStatement(raw, "kind/1", &out)
	if err != nil || !out.Well || !read.Names("ab") || read.Names("cd") || read.Names("") {
		t.Fatalf("%+v %+v %v", read, out, err)
	}
	for name, text := range map[string]string{"no JSON": "{", "no statement": "{}", "no predicate": strings.Replace(string(raw), `{"well":true}`, `[]`, 1)} {
		if _, err := ReadStatement([]byte(text), "kind/1", &out); reason(err) != ReasonStatement {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadStatement(raw, "kind/2", &out); reason(err) != ReasonStatement {
		t.Errorf("another kind: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	private, _, err := NewKey()
	if err != nil {
		f.Fatal(err)
	}
	signer, err := ReadSigner(private)
	if err != nil {
		f.Fatal(err)
	}
	good, err := signer.Seal(StatementKind, []byte("true"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"payloadType":"application/vnd.in-toto+json","payload":"eA==","signatures":[{"sig":"eA"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		payload, _, err := signer.Keys().Open(StatementKind, raw)
		if err == nil && string(payload) != "true" {
			t.Fatalf("%q was believed", payload)
		}
		if err != nil && !fault.Is(err, fault.Refused) {
			t.Fatal(err)
		}
	})
}

func reason(err error) string {
	if known, ok := err.(*fault.Error); ok {
		return known.Reason
	}
	return ""
}

func TestKeysThatAreNarrowed(t *testing.T) {
	_, wide, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	_, narrow, err := NewKey("image", "massivo-dev")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ReadKeys(wide + narrow)
	if err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]int{"image": 2, "massivo-dev": 2, "massivo": 1, "massivo-prod": 1, "": 1} {
		if got := keys.For(what); len(got) != want || !got.Hold(keys[0].ID()) || got.Hold(keys[1].ID()) != (want == 2) {
			t.Errorf("%q: %d keys, want %d", what, len(got), want)
		}
	}
	for _, header := range []string{"Only:", "Only:   ", "For: image"} {
		text := strings.Replace(wide, "KEY-----\n", "KEY-----\n"+header+"\n\n", 1)
		if _, err := ReadKeys(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", header, err)
		}
	}
}
