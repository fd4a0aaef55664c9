package image

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-containerregistry/pkg/registry"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// One layout, three registries with an account each: equal digests, and in each
// the image is whole and signed.
func TestOneLayoutThreeRegistries(t *testing.T) {
	b := tiny(t)
	digests := map[string]bool{}
	for _, account := range []string{"dev", "homolog", "prod"} {
		h := newHall(t, account)
		done := h.push(t, b)
		digest, err := DigestOf(done.Reference)
		if err != nil || done.Already || len(done.Attachments) != 3 || done.Bytes == 0 {
			t.Fatalf("%s: %+v, %v", account, done, err)
		}
		digests[digest] = true
		verified, err := Verify(t.Context(), done.Reference, b.signer.Keys(), h.access())
		if err != nil || verified.Key != b.signer.ID() || verified.Commit != b.release.Commit {
			t.Fatalf("%s: %+v, %v", account, verified, err)
		}
		// The same push again changes nothing and sends nothing.
		sent := len(h.sent())
		if again := h.push(t, b); !again.Already || len(h.sent()) != sent {
			t.Errorf("%s: a second push sent %d blobs: %+v", account, len(h.sent())-sent, again)
		}
	}
	if len(digests) != 1 || !digests[b.release.Digest] {
		t.Errorf("digests: %v, built %s", digests, b.release.Digest)
	}
}

// A registry without the list of referrers gets them by the tag of the
// specification's fallback.
func TestARegistryWithoutReferrers(t *testing.T) {
	b := tiny(t)
	h := newHall(t, "dev", registry.WithReferrersSupport(false))
	done := h.push(t, b)
	if _, err := Verify(t.Context(), done.Reference, b.signer.Keys(), h.access()); err != nil {
		t.Fatal(err)
	}
}

func TestATagThatNamesAnotherImageIsRefused(t *testing.T) {
	b := tiny(t)
	h := newHall(t, "dev")
	h.push(t, b)
	dir := filepath.Join(t.TempDir(), "layout")
	other, err := Build(t.Context(), spec(source(t, "\nvar x = 1\n"), b.signer), dir)
	if err != nil {
		t.Fatal(err)
	}
	// The variable is not used: the linker drops it, but the commit is another.
	if other.Digest == b.release.Digest {
		t.Fatal("two commits gave one image")
	}
	before := len(h.sent())
	_, err = Push(t.Context(), dir, h.repository(), "v1", h.access())
	refused(t, err, ReasonTag)
	if len(h.sent()) != before {
		t.Error("something was sent before the tag was looked at")
	}
	if _, err := Push(t.Context(), dir, h.repository(), "v2", h.access()); err != nil {
		t.Error(err)
	}
}

// Amazon's registry with immutable tags answers that the tag is taken even for
// the same image (aws/containers-roadmap#2179); so does one where another push
// was faster. The tag appears between our look and our push.
func TestATagThatIsTakenByTheSameImageIsASuccess(t *testing.T) {
	b := tiny(t)
	h := newHall(t, "dev")
	h.push(t, b)
	hidden := true
	h.instead(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/manifests/v1") {
			return false
		}
		switch {
		case r.Method == http.MethodHead && hidden:
			hidden = false
			w.WriteHeader(http.StatusNotFound)
			return true
		case r.Method == http.MethodPut:
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprint(w, `{"errors":[{"code":"TAG_INVALID","message":"The image tag 'v1' already exists in the repository and cannot be overwritten because the repository is immutable."}]}`)
			return true
		}
		return false
	})
	done := h.push(t, b)
	if done.Already || hidden {
		t.Errorf("%+v", done)
	}
}

// A push that broke off goes on: what was sent is not sent again.
func TestAnInterruptedPushGoesOn(t *testing.T) {
	b := tiny(t)
	whole := newHall(t, "count")
	whole.push(t, b)
	all := len(whole.sent())
	for broken := range all {
		h := newHall(t, "dev")
		count := 0
		h.instead(func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPut && r.URL.Query().Get("digest") != "" {
				if count++; count > broken {
					w.WriteHeader(http.StatusForbidden) // not one that is tried again
					return true
				}
			}
			return false
		})
		if _, err := Push(t.Context(), b.dir, h.repository(), "v1", h.access()); err == nil {
			t.Fatalf("after %d blobs: no error", broken)
		}
		if _, err := Verify(t.Context(), h.repository()+"@"+b.release.Digest, b.signer.Keys(), h.access()); err == nil {
			t.Fatalf("after %d blobs: half an image was verified", broken)
		}
		h.instead(nil)
		h.push(t, b)
		if _, err := Verify(t.Context(), h.repository()+"@"+b.release.Digest, b.signer.Keys(), h.access()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhoMayNotPushIsTold(t *testing.T) {
	b := tiny(t)
	h := newHall(t, "dev")
	for name, as := range map[string]Access{"nobody": {}, "wrong password": {User: "dev", Password: secret.New("hidden")}} {
		_, err := Push(t.Context(), b.dir, h.repository(), "v1", as)
		if !fault.Is(err, fault.Forbidden) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(h.sent()) != 0 {
		t.Error("something was sent")
	}
}

func TestWhatIsPushedHasAGoodName(t *testing.T) {
	b := tiny(t)
	for _, repository := range []string{"", "prosa", "localhost/prosa:v1", "localhost/prosa@sha256:" + strings.Repeat("a", 64), "localhost/PROSA"} {
		if _, err := Push(t.Context(), b.dir, repository, "v1", Access{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", repository, err)
		}
	}
	if _, err := Push(t.Context(), b.dir, "localhost/prosa", "a tag", Access{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a tag: %v", err)
	}
	if _, err := Push(t.Context(), t.TempDir(), "localhost/prosa", "v1", Access{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("no layout: %v", err)
	}
}

// The password of Amazon's registry comes by a signed call of the role that we
// run as, for the account that the host names.
func TestAmazonsRegistryGivesAPassword(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = append(asked, r.Header.Get("X-Amz-Target")+" "+string(body))
		if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/sa-east-1/ecr/aws4_request") {
			w.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprint(w, `{"__type":"InvalidSignatureException"}`)
			return
		}
		if !strings.Contains(string(body), "111111111111") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprint(w, `{"__type":"AccessDeniedException"}`)
			return
		}
		_, _ = fmt.Fprint(w, `{"authorizationData":[{"authorizationToken":"QVdTOnBhc3M6d29yZA=="}]}`) // AWS:pass:word
	}))
	t.Cleanup(server.Close)
	keychain := amazon{api: server.URL + "/?{region}", clock: clock.NewManual(at(2026))}
	loaded := aws.Config{Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")}
	user, password, err := keychain.password(t.Context(), loaded, "111111111111", "sa-east-1")
	if err != nil || user != "AWS" || password.Reveal() != "pass:word" {
		t.Fatalf("%s %v", user, err)
	}
	if _, _, err := keychain.password(t.Context(), loaded, "222222222222", "sa-east-1"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another account: %v", err)
	}
	if want := `AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken {"registryIds":["111111111111"]}`; !slices.Contains(asked, want) {
		t.Errorf("asked %v", asked)
	}
	for host, account := range map[string]string{"111111111111.dkr.ecr.sa-east-1.amazonaws.com": "111111111111", "111111111111.dkr.ecr.sa-east-1.amazonaws.com.example.com": "", "ghcr.io": ""} {
		if parts := amazonHost.FindStringSubmatch(host); (parts == nil) != (account == "") {
			t.Errorf("%s: %v", host, parts)
		}
	}
}
