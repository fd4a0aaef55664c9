package app

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"prosa/internal/platform/config"
)

// imageStage is a clone of a small program with our names, and its pipeline.
type imageStage struct {
	t        *testing.T
	dir      string
	settings map[string]string
}

func newImageStage(t *testing.T) *imageStage {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("npm is absent: no image was built")
	}
	s := &imageStage{t: t, dir: t.TempDir(), settings: map[string]string{}}
	clone := filepath.Join(s.dir, "clone")
	for name, content := range map[string]string{
		"go.mod": "module prosa\n\ngo 1.26.0\n", "cmd/prosa/main.go": "package main\n\nfunc main() { println(\"small\") }\n", ".gitignore": "dist\n",
		"web/package.json":      `{"name":"web","version":"0.0.0","private":true,"scripts":{"build":"mkdir -p dist && echo page > dist/index.html"}}`,
		"web/package-lock.json": `{"name":"web","version":"0.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"web","version":"0.0.0"}}}`,
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(clone, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(clone, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-q", "-m", "first"}} {
		command := exec.Command("git", args...)
		command.Dir = clone
		if output, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, output)
		}
	}
	s.settings["PROSA_IMAGE_RUNS_DIR"] = filepath.Join(s.dir, "runs")
	s.do(exitOK, nil, "key", "--private", s.path("private.pem"), "--public", s.path("public.pem"))
	s.settings["PROSA_IMAGE_KEY_FILE"] = s.path("private.pem")
	return s
}

func (s *imageStage) path(name string) string { return filepath.Join(s.dir, name) }

// do runs a command of `prosa image`, expects its exit code and decodes what it
// printed. It gives what went to standard error.
func (s *imageStage) do(want int, out any, args ...string) string {
	s.t.Helper()
	var printed, failed bytes.Buffer
	code := run(append([]string{"image"}, args...), surroundings{ctx: s.t.Context(), lookup: config.Map(s.settings), out: &printed, err: &failed})
	if code != want {
		s.t.Fatalf("prosa image %s: %d, want %d\n%s%s", strings.Join(args, " "), code, want, printed.String(), failed.String())
	}
	if out != nil {
		if err := json.Unmarshal(printed.Bytes(), out); err != nil {
			s.t.Fatalf("prosa image %s printed %q: %v", strings.Join(args, " "), printed.String(), err)
		}
	}
	return failed.String()
}

// One build walks through the three environments of a line, each with its own
// registry, by the commands that the pipelines call.
func TestShowImageWalksTheLine(t *testing.T) {
	s := newImageStage(t)
	keys := "--keys=" + s.path("public.pem")
	var release struct{ Digest, Commit string }
	s.do(exitOK, &release, "build", "--source", s.path("clone"), "--out", s.path("layout"), "--platform", "linux/amd64")
	healthy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(healthy.Close)
	for _, environment := range []string{"dev", "homolog", "prod"} {
		server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0)), registry.WithReferrersSupport(true)))
		t.Cleanup(server.Close)
		var pushed struct {
			Reference, Tag string
			Attachments    []string
		}
		s.do(exitOK, &pushed, "push", "--layout", s.path("layout"), "--to", strings.TrimPrefix(server.URL, "http://")+"/prosa", keys)
		if !strings.HasSuffix(pushed.Reference, "/prosa@"+release.Digest) || pushed.Tag != release.Commit[:12] || len(pushed.Attachments) != 3 {
			t.Fatalf("%s: %+v", environment, pushed)
		}
		// The other line has run nothing: its later environments stay closed.
		if environment != "dev" {
			said := s.do(exitFailure, nil, "gate", "--ref", pushed.Reference, "--deployment", "enterprise-"+environment, keys)
			if !strings.Contains(said, "has not run") {
				t.Errorf("enterprise-%s: %s", environment, said)
			}
		}
		var decision struct {
			Allowed bool
			Checks  []struct{ Name, Detail string }
		}
		s.do(exitOK, &decision, "gate", "--ref", pushed.Reference, "--deployment", "massivo-"+environment, keys)
		if !decision.Allowed || len(decision.Checks) != 3 {
			t.Errorf("%s: %+v", environment, decision)
		}
		s.do(exitOK, nil, "ran", "--ref", pushed.Reference, "--deployment", "massivo-"+environment, "--health", healthy.URL, keys)
		t.Logf("massivo-%-8s %s", environment, pushed.Reference)
		for _, check := range decision.Checks {
			t.Logf("    %-46s %s", check.Name, check.Detail)
		}
	}
	s.do(exitOK, nil, "extract", "--from", s.path("layout"), "--to", s.path("prosa"), keys)
	if output, err := exec.Command(s.path("prosa")).CombinedOutput(); err != nil || string(output) != "small\n" {
		t.Errorf("the program says %q, %v", output, err)
	}
}

// The settings of these commands are told where a release is described, and are
// none of the service.
func TestImageSettingsAreTold(t *testing.T) {
	told, err := os.ReadFile("../../docs/release.md")
	if err != nil {
		t.Fatal(err)
	}
	fields, err := config.Describe(&imageConfig{})
	if err != nil || len(fields) < 7 {
		t.Fatalf("%d fields, %v", len(fields), err)
	}
	service, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range fields {
		if !strings.Contains(string(told), "`"+field.Name+"`") {
			t.Errorf("docs/release.md does not tell of %s", field.Name)
		}
		if _, shared := service[field.Name]; shared {
			t.Errorf("a running service may be given %s", field.Name)
		}
	}
}

// What the pipelines read out of `prosa account tfvars` is there, and a push
// goes to the registry of the account that it names.
func TestDeploymentsHaveRegistries(t *testing.T) {
	code, out, problem := invoke(t, nil, "account", "tfvars", "massivo-dev", "--layer", "50-runtime", "--backend", "--accounts", "../../deploy/terraform/accounts.yaml")
	found := regexp.MustCompile(`(?m)^allowed_account_ids.*"([0-9]{12})"`).FindStringSubmatch(out)
	if code != exitOK || found == nil || !regexp.MustCompile(`(?m)^ *region *= *"[a-z0-9-]+"$`).MatchString(out) {
		t.Fatalf("%d %s %s", code, out, problem)
	}
	files := accountFiles{Accounts: "../../deploy/terraform/accounts.yaml"}
	if registry, err := files.registry("massivo-dev"); err != nil || registry != found[1]+".dkr.ecr.sa-east-1.amazonaws.com/prosa" {
		t.Errorf("%s, %v", registry, err)
	}
	if address, err := files.address("enterprise-prod"); err != nil || !strings.HasPrefix(address, "https://") || !strings.HasSuffix(address, "/") {
		t.Errorf("%s, %v", address, err)
	}
	if _, err := files.registry("massivo-moon"); err == nil {
		t.Error("an account that does not exist has a registry")
	}
}

// A key of which the public half could not be kept is none: nothing is left that
// would stand in the way of the next try.
func TestAKeyIsKeptWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	private, public := filepath.Join(dir, "key.pem"), filepath.Join(dir, "absent", "keys.pem")
	key := func() (int, string) {
		code, _, problem := invoke(t, nil, "image", "key", "--private", private, "--public", public)
		return code, problem
	}
	for range 2 {
		if code, problem := key(); code != exitFailure || strings.Contains(problem, "exists") || !strings.Contains(problem, "absent") {
			t.Errorf("%d %s", code, problem)
		}
		if _, err := os.Stat(private); !os.IsNotExist(err) {
			t.Fatalf("a private key was left behind: %v", err)
		}
	}
	if err := os.Mkdir(filepath.Dir(public), 0o700); err != nil {
		t.Fatal(err)
	}
	if code, problem := key(); code != exitOK {
		t.Fatal(problem)
	}
	// A private key that is there stays, and no public one is believed for nothing.
	kept, err := os.ReadFile(private)
	if err != nil {
		t.Fatal(err)
	}
	believed, err := os.ReadFile(public)
	if err != nil {
		t.Fatal(err)
	}
	if code, problem := key(); code != exitFailure || !strings.Contains(problem, "exists") {
		t.Errorf("%d %s", code, problem)
	}
	for path, want := range map[string][]byte{private: kept, public: believed} {
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s was changed: %v", path, err)
		}
	}
	// A disk that takes the one and not the other.
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no full disk here")
	}
	private, public = filepath.Join(dir, "other.pem"), "/dev/full"
	if code, problem := key(); code != exitFailure {
		t.Errorf("%d %s", code, problem)
	}
	if _, err := os.Stat(private); !os.IsNotExist(err) {
		t.Errorf("a private key was left behind: %v", err)
	}
}

func TestImageCommandsSayWhatIsMissing(t *testing.T) {
	s := newImageStage(t)
	keys := "--keys=" + s.path("public.pem")
	if said := s.do(exitFailure, nil, "key", "--private", s.path("private.pem"), "--public", s.path("public.pem")); !strings.Contains(said, "exists") {
		t.Errorf("a key was written over: %s", said)
	}
	if err := os.WriteFile(s.path("clone/go.mod"), []byte("module other\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := s.do(exitFailure, nil, "build", "--source", s.path("clone"), "--out", s.path("layout")); !strings.Contains(said, "differs from the commit") {
		t.Errorf("what is not committed: %s", said)
	}
	if said := s.do(exitFailure, nil, "verify", "--layout", s.path("layout"), keys); !strings.Contains(said, "prosa image build") {
		t.Errorf("without a layout: %s", said)
	}
	if said := s.do(exitFailure, nil, "verify", "--layout", s.path("layout"), "--keys", s.path("none.pem")); !strings.Contains(said, "--keys") {
		t.Errorf("without keys: %s", said)
	}
	if said := s.do(exitFailure, nil, "gate", "--ref", "localhost/prosa:latest", "--deployment", "massivo-prod", keys); !strings.Contains(said, "by digest") {
		t.Errorf("a tag: %s", said)
	}
	if said := s.do(exitFailure, nil, "gate", "--ref", "localhost/prosa:latest", "--deployment", "massivo-production", keys); !strings.Contains(said, "massivo-production") {
		t.Errorf("a deployment: %s", said)
	}
	s.do(exitUsage, nil, "verify", "--ref", "x", "--layout", "y", keys)
	delete(s.settings, "PROSA_IMAGE_KEY_FILE")
	if said := s.do(exitFailure, nil, "sign", "--layout", s.path("layout")); !strings.Contains(said, "PROSA_IMAGE_KEY") {
		t.Errorf("without a key: %s", said)
	}
	s.settings["PROSA_IMAGE_KEY"] = "hidden"
	if said := s.do(exitFailure, nil, "sign", "--layout", s.path("layout")); strings.Contains(said, "hidden") {
		t.Errorf("a wrong key shows: %s", said)
	}
}
