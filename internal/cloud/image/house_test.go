package image

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/cloud/attest"
)

const (
	tinyMain = "package main\n\nfunc main() { println(\"tiny\") }\n"
	tinyLock = `{"lockfileVersion":3,"packages":{"":{"name":"web"},
"node_modules/react":{"version":"19.0.0","license":"MIT","integrity":"sha512-` + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==" + `"},
"node_modules/a/node_modules/@x/y":{"version":"2.0.0","license":"(MIT OR Apache-2.0)"},
"node_modules/vitest":{"version":"3.0.0","dev":true}}}`
)

// source makes a clone of a tiny program in a folder of its own.
func source(t testing.TB, extra string) Source {
	t.Helper()
	return commit(t, map[string]string{"go.mod": "module tiny\n\ngo 1.26.0\n", "cmd/tiny/main.go": tinyMain + extra, "web/package-lock.json": tinyLock})
}

// commit makes a clone of the files in a folder of its own.
func commit(t testing.TB, files map[string]string) Source {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "clone")
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "."}, {"-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-q", "-m", "first", "--date", "2026-01-02T03:04:05Z"}} {
		command := exec.Command("git", args...)
		command.Dir = dir
		command.Env = append(os.Environ(), "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
		if output, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, output)
		}
	}
	read, err := ReadSource(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func spec(source Source, signer attest.Signer) Spec {
	return Spec{Source: source, Package: "./cmd/tiny", Name: "tiny", Platforms: []Platform{"linux/amd64", "linux/arm64"}, Signer: signer}
}

func signerOf(t testing.TB) attest.Signer {
	t.Helper()
	private, _, err := attest.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	signer, err := attest.ReadSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// built is a layout that tests copy: a build takes seconds.
type built struct {
	dir     string
	release Release
	signer  attest.Signer
}

var shared struct {
	sync.Once
	built
}

// tiny gives a layout of its own to a test.
func tiny(t *testing.T) built {
	t.Helper()
	shared.Do(func() {
		dir, err := os.MkdirTemp("", "prosa-image-test-")
		if err != nil {
			t.Fatal(err)
		}
		shared.signer = signerOf(t)
		shared.dir = filepath.Join(dir, "layout")
		shared.release, err = Build(t.Context(), spec(source(t, ""), shared.signer), shared.dir)
		if err != nil {
			t.Fatal(err)
		}
	})
	if shared.release.Digest == "" {
		t.Fatal("the layout was not built")
	}
	mine := shared.built
	mine.dir = filepath.Join(t.TempDir(), "layout")
	if err := os.CopyFS(mine.dir, os.DirFS(shared.dir)); err != nil {
		t.Fatal(err)
	}
	return mine
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.dir != "" {
		_ = os.RemoveAll(filepath.Dir(shared.dir))
	}
	os.Exit(code)
}

// hall is a registry in memory that lets one user in.
type hall struct {
	http.Handler
	server *httptest.Server
	user   string
	secret string

	mu      sync.Mutex
	before  func(w http.ResponseWriter, r *http.Request) bool // answers instead, when true
	uploads []string                                          // digests of blobs that were sent
}

func newHall(t *testing.T, user string, options ...registry.Option) *hall {
	t.Helper()
	options = append([]registry.Option{registry.Logger(log.New(io.Discard, "", 0)), registry.WithReferrersSupport(true)}, options...)
	h := &hall{Handler: registry.New(options...), user: user, secret: "of " + user}
	h.server = httptest.NewServer(http.HandlerFunc(h.serve))
	t.Cleanup(h.server.Close)
	return h
}

func (h *hall) serve(w http.ResponseWriter, r *http.Request) {
	if user, password, _ := r.BasicAuth(); user != h.user || password != h.secret {
		w.Header().Set("WWW-Authenticate", `Basic realm="hall"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	h.mu.Lock()
	if digest := r.URL.Query().Get("digest"); r.Method == http.MethodPut && digest != "" {
		h.uploads = append(h.uploads, digest)
	}
	before := h.before
	h.mu.Unlock()
	if before != nil && before(w, r) {
		return
	}
	h.Handler.ServeHTTP(w, r)
}

func (h *hall) instead(before func(w http.ResponseWriter, r *http.Request) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.before = before
}

func (h *hall) sent() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.uploads...)
}

func (h *hall) access() Access { return Access{User: h.user, Password: secret.New(h.secret)} }

func (h *hall) repository() string {
	return strings.TrimPrefix(h.server.URL, "http://") + "/prosa"
}

// push sends a layout and must succeed.
func (h *hall) push(t *testing.T, b built) Pushed {
	t.Helper()
	done, err := Push(t.Context(), b.dir, h.repository(), "v1", h.access())
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func refused(t *testing.T, err error, reason string) {
	t.Helper()
	if !fault.Is(err, fault.Refused) || ReasonOf(err) != reason {
		t.Errorf("got %v (%s), want the refusal %s", err, ReasonOf(err), reason)
	}
}

func at(year int) time.Time { return time.Date(year, 1, 2, 3, 4, 5, 0, time.UTC) }

func mustTag(t *testing.T, repository string) name.Tag {
	t.Helper()
	tag, err := name.NewTag(repository + ":v1")
	if err != nil {
		t.Fatal(err)
	}
	return tag
}
