package image

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/attest"
)

// places are the digests of an image's contents, by what they are.
func places(t *testing.T, b built) map[string]v1.Hash {
	t.Helper()
	l, err := Open(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	index := mustHash(t, b.release.Digest)
	found, err := inspect(t.Context(), l, index)
	if err != nil {
		t.Fatal(err)
	}
	documents, err := l.documents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	img, err := l.index.Image(mustHash(t, found.platforms["linux/arm64"]))
	if err != nil {
		t.Fatal(err)
	}
	config, err := img.ConfigName()
	if err != nil {
		t.Fatal(err)
	}
	where := map[string]v1.Hash{
		"index": index, "manifest": mustHash(t, found.platforms["linux/arm64"]), "config": config,
		"base": found.layers["linux/arm64"][0].Digest, "program": found.layers["linux/arm64"][1].Digest,
	}
	for _, one := range documents {
		name := map[string]string{sbomKind: "list of parts", provenanceKind: "provenance", signatureKind: "signature"}[one.kind]
		where[name+"'s manifest"], where[name] = one.Digest, digestOf(one.body)
	}
	where["attachments' configuration"] = digestOf(emptyBody()) // all three share it
	return where
}

var tamperings = map[string]string{ // what is changed -> the reason of the refusal
	"index": ReasonManifest, "manifest": ReasonManifest, "config": ReasonConfig, "base": ReasonLayer, "program": ReasonLayer,
	"list of parts": ReasonSBOM, "list of parts's manifest": ReasonSBOM, "provenance": ReasonProvenance, "provenance's manifest": ReasonProvenance,
	"signature": ReasonSignature, "signature's manifest": ReasonSignature,
	"attachments' configuration": ReasonSignature, // which is read first
}

// A registry that serves another content under a digest is refused, by the name
// of what is not what it was; whether the content keeps its length or not.
func TestWhatWasTamperedWithIsRefusedByName(t *testing.T) {
	b := tiny(t)
	h := newHall(t, "prod")
	done := h.push(t, b)
	where := places(t, b)
	for what, reason := range tamperings {
		for how, change := range map[string]func([]byte) []byte{
			"a bit":   func(raw []byte) []byte { raw[len(raw)/2] ^= 1; return raw },
			"cut":     func(raw []byte) []byte { return raw[:len(raw)-1] },
			"further": func(raw []byte) []byte { return append(raw, ' ') },
		} {
			h.instead(tampering(h, where[what], change))
			_, err := Verify(t.Context(), done.Reference, b.signer.Keys(), h.access())
			if !fault.Is(err, fault.Refused) || ReasonOf(err) != reason {
				t.Errorf("%s, %s: got %v (%s), want %s", what, how, err, ReasonOf(err), reason)
			}
		}
	}
	if len(where) != len(tamperings) {
		t.Errorf("%d places, %d tried", len(where), len(tamperings))
	}
	h.instead(nil)
	if _, err := Verify(t.Context(), done.Reference, b.signer.Keys(), h.access()); err != nil {
		t.Errorf("as it was: %v", err)
	}
}

// tampering answers for one digest with a changed content.
func tampering(h *hall, digest v1.Hash, change func([]byte) []byte) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/"+digest.String()) || strings.Contains(r.URL.Path, "/referrers/") {
			return false
		}
		var kept keeping
		h.Handler.ServeHTTP(&kept, r)
		body := change(kept.body.Bytes())
		for name, values := range kept.header {
			w.Header()[name] = values
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		w.WriteHeader(kept.status)
		_, _ = w.Write(body)
		return true
	}
}

// keeping holds an answer back.
type keeping struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *keeping) Header() http.Header {
	if k.header == nil {
		k.header = http.Header{}
	}
	return k.header
}
func (k *keeping) WriteHeader(status int) { k.status = status }
func (k *keeping) Write(p []byte) (int, error) {
	if k.status == 0 {
		k.status = http.StatusOK
	}
	return k.body.Write(p)
}

// The same with a layout on disk, which is not trusted either: nothing of it is
// pushed.
func TestALayoutThatWasTamperedWithIsNotPushed(t *testing.T) {
	for what, reason := range tamperings {
		b := tiny(t)
		h := newHall(t, "dev")
		path := filepath.Join(b.dir, "blobs", "sha256", places(t, b)[what].Hex)
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		raw[len(raw)/2] ^= 1
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err = VerifyLayout(t.Context(), b.dir, b.signer.Keys())
		if ReasonOf(err) != reason {
			t.Errorf("%s: verified with %v (%s), want %s", what, err, ReasonOf(err), reason)
		}
		if _, err := Push(t.Context(), b.dir, h.repository(), "v1", h.access()); !fault.Is(err, fault.Refused) {
			t.Errorf("%s: pushed with %v", what, err)
		}
		if _, err := remote.Head(mustTag(t, h.repository()), h.access().options(t.Context())...); err == nil {
			t.Errorf("%s: there is a tag", what)
		}
		if _, err := Extract(t.Context(), b.dir, "tiny", "linux/arm64", filepath.Join(t.TempDir(), "tiny"), b.signer.Keys(), Access{}); ReasonOf(err) != reason {
			t.Errorf("%s: taken out with %v", what, err)
		}
	}
}

func TestOnlyTheKeysThatWeTrust(t *testing.T) {
	b := tiny(t)
	h := newHall(t, "prod")
	done := h.push(t, b)
	stranger := signerOf(t)
	_, err := Verify(t.Context(), done.Reference, stranger.Keys(), h.access())
	refused(t, err, attest.ReasonWrongKey)
	_, err = Verify(t.Context(), done.Reference, nil, h.access())
	refused(t, err, attest.ReasonWrongKey)
	// While a key is rotated both are trusted.
	if _, err := Verify(t.Context(), done.Reference, append(stranger.Keys(), b.signer.Keys()...), h.access()); err != nil {
		t.Error(err)
	}
	// A signature by a stranger on our image does no harm, and no good.
	if _, err := Sign(t.Context(), b.dir, "tiny", stranger); err != nil {
		t.Fatal(err)
	}
	if _, err := Sign(t.Context(), b.dir, "tiny", stranger); err != nil {
		t.Fatal(err)
	}
	if again := h.push(t, b); len(again.Attachments) != 4 {
		t.Errorf("attachments: %v", again.Attachments)
	}
	for _, keys := range []attest.Keys{b.signer.Keys(), stranger.Keys()} {
		if _, err := Verify(t.Context(), done.Reference, keys, h.access()); err != nil {
			t.Error(err)
		}
	}
	_, err = Verify(t.Context(), done.Reference, signerOf(t).Keys(), h.access())
	refused(t, err, attest.ReasonWrongKey)
}

func TestWhatIsNotSignedIsRefused(t *testing.T) {
	b := tiny(t)
	h := newHall(t, "dev")
	dir := filepath.Join(t.TempDir(), "layout")
	if _, err := Build(t.Context(), spec(source(t, ""), attest.Signer{}), dir); err != nil {
		t.Fatal(err)
	}
	done, err := Push(t.Context(), dir, h.repository(), "v1", h.access())
	if err != nil {
		t.Fatal(err)
	}
	_, err = Verify(t.Context(), done.Reference, b.signer.Keys(), h.access())
	refused(t, err, ReasonUnsigned)
	// It is signed afterwards, as a step of its own: the image is the same.
	release, err := Sign(t.Context(), dir, "tiny", b.signer)
	if err != nil || release.Digest != b.release.Digest || release.SBOM != b.release.SBOM || release.Commit != b.release.Commit {
		t.Fatalf("%+v, %v", release, err)
	}
	if _, err := Push(t.Context(), dir, h.repository(), "v1", h.access()); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(t.Context(), done.Reference, b.signer.Keys(), h.access()); err != nil {
		t.Error(err)
	}
}

// A signature is bound to its image: hung on another one it says nothing.
func TestASignatureOfAnotherImageIsRefused(t *testing.T) {
	b := tiny(t)
	dir := filepath.Join(t.TempDir(), "layout")
	if _, err := Build(t.Context(), spec(source(t, "\nfunc init() { println(2) }\n"), attest.Signer{}), dir); err != nil {
		t.Fatal(err)
	}
	other, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := Open(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	documents, err := mine.documents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	subject, err := descriptorOf(other.index)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range documents {
		if one.kind == signatureKind {
			moved, err := attach(signatureKind, one.body, subject, at(2026))
			if err != nil {
				t.Fatal(err)
			}
			if err := appendAttachment(other.path, moved); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, err = VerifyLayout(t.Context(), dir, b.signer.Keys())
	refused(t, err, ReasonOther)
}

func TestWhatWasSignedMustBeThere(t *testing.T) {
	b := tiny(t)
	h := newHall(t, "prod")
	done := h.push(t, b)
	where := places(t, b)
	for what, reason := range map[string]string{"list of parts's manifest": ReasonNoSBOM, "list of parts": ReasonNoSBOM, "provenance's manifest": ReasonNoOrigin, "program": ReasonAbsent, "manifest": ReasonAbsent, "attachments' configuration": ReasonAbsent} {
		h.instead(func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, where[what].String()) {
				return false
			}
			w.WriteHeader(http.StatusNotFound)
			return true
		})
		_, err := Verify(t.Context(), done.Reference, b.signer.Keys(), h.access())
		if ReasonOf(err) != reason {
			t.Errorf("without %s: %v (%s), want %s", what, err, ReasonOf(err), reason)
		}
	}
	h.instead(func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusTeapot)
		return true
	})
	if _, err := Verify(t.Context(), done.Reference, b.signer.Keys(), h.access()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a registry that is ill: %v", err)
	}
}

// An attachment of ours has no configuration: one that brings its own is none,
// though its digests agree.
func TestAnAttachmentBringsNoConfiguration(t *testing.T) {
	b := tiny(t)
	l, err := Open(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	subject, err := descriptorOf(l.index)
	if err != nil {
		t.Fatal(err)
	}
	evil := attachment{kind: signatureKind, body: []byte("{}")}
	manifest := v1.Manifest{SchemaVersion: 2, ArtifactType: signatureKind, Config: describe(signatureKind, []byte("evil")), Layers: []v1.Descriptor{describe(signatureKind, evil.body)}, Subject: &subject}
	if evil.raw, err = json.Marshal(manifest); err != nil {
		t.Fatal(err)
	}
	if err := l.path.WriteBlob(digestOf([]byte("evil")), io.NopCloser(strings.NewReader("evil"))); err != nil {
		t.Fatal(err)
	}
	evil.Descriptor = describe("application/vnd.oci.image.manifest.v1+json", evil.raw)
	if err := appendAttachment(l.path, evil); err != nil {
		t.Fatal(err)
	}
	_, _, err = documentOf(t.Context(), l, subject.Digest, evil.Digest, "the signature", ReasonSignature)
	refused(t, err, ReasonSignature)
	if _, err := VerifyLayout(t.Context(), b.dir, b.signer.Keys()); err != nil {
		t.Errorf("a stranger's attachment does harm: %v", err)
	}
}

func TestATagIsNoReference(t *testing.T) {
	b := tiny(t)
	h := newHall(t, "prod")
	h.push(t, b)
	for _, reference := range []string{h.repository() + ":v1", h.repository(), "prosa"} {
		_, err := Verify(t.Context(), reference, b.signer.Keys(), h.access())
		refused(t, err, ReasonMutable)
	}
	for _, reference := range []string{h.repository() + "@sha256:abc", h.repository() + "@sha512:" + strings.Repeat("a", 128), h.repository() + ":v1@" + b.release.Digest, "@" + b.release.Digest} {
		if _, err := Verify(t.Context(), reference, b.signer.Keys(), h.access()); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", reference, err)
		}
	}
	_, err := Verify(t.Context(), h.repository()+"@sha256:"+strings.Repeat("a", 64), b.signer.Keys(), h.access())
	refused(t, err, ReasonAbsent)
}

func FuzzReference(f *testing.F) {
	f.Add("localhost:5000/prosa@sha256:" + strings.Repeat("a", 64))
	f.Add("prosa:latest")
	f.Add("a@b@c")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := parseReference(text)
		if err == nil && (read.repository.String()+"@"+read.digest.String() != text && !strings.HasPrefix(text, read.repository.RepositoryStr())) {
			if !strings.HasSuffix(text, "@"+read.digest.String()) {
				t.Fatalf("%q was read as %v", text, read)
			}
		}
		if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Refused) {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
