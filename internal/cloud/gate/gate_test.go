package gate

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/cloud/attest"
	"prosa/internal/cloud/image"
	"prosa/internal/platform/blob"
)

func signerOf(t *testing.T) attest.Signer {
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

func shelf(t *testing.T) blob.Shelf {
	t.Helper()
	s, err := blob.OpenShelf(secret.New(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// stage is an image in a registry, and a gate before it.
type stage struct {
	t         *testing.T
	signer    attest.Signer
	release   image.Release
	reference string
	hand      blob.Shelf // travels through the pipeline
	gate      Gate
	clock     *clock.Manual
}

func newStage(t *testing.T) *stage {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"go.mod": "module tiny\n\ngo 1.26.0\n", "main.go": "package main\n\nfunc main() {}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-q", "-m", "first"}} {
		command := exec.Command("git", args...)
		command.Dir = dir
		if output, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, output)
		}
	}
	source, err := image.ReadSource(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, signer: signerOf(t), hand: shelf(t), clock: clock.NewManual(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))}
	layout := filepath.Join(t.TempDir(), "layout")
	s.release, err = image.Build(t.Context(), image.Spec{Source: source, Package: ".", Name: "tiny", Platforms: []image.Platform{"linux/amd64"}, Signer: s.signer}, layout)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0)), registry.WithReferrersSupport(true)))
	t.Cleanup(server.Close)
	done, err := image.Push(t.Context(), layout, strings.TrimPrefix(server.URL, "http://")+"/prosa", "v1", image.Access{})
	if err != nil {
		t.Fatal(err)
	}
	s.reference = done.Reference
	s.gate = Gate{Records: Records{s.hand}, Keys: s.signer.Keys(), Clock: s.clock, By: "pipeline", Run: "7"}
	return s
}

func (s *stage) decide(to string) (Decision, error) {
	s.t.Helper()
	deployment, err := ParseDeployment(to)
	if err != nil {
		s.t.Fatal(err)
	}
	s.clock.Advance(time.Millisecond) // the next thing happens later
	return s.gate.Decide(s.t.Context(), s.reference, deployment)
}

func (s *stage) ran(deployment string) {
	s.t.Helper()
	if _, err := s.decide(deployment); err != nil {
		s.t.Fatal(err)
	}
	err := s.gate.Records.Keep(s.t.Context(), Run{Deployment: deployment, Digest: s.release.Digest, Commit: s.release.Commit, RanAt: stamp(s.clock.Now()), Health: "ok"}, s.signer)
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) refused(to, reason string) Decision {
	s.t.Helper()
	decision, err := s.decide(to)
	if !fault.Is(err, fault.Refused) || image.ReasonOf(err) != reason || decision.Allowed {
		s.t.Errorf("%s: got %v (%s), want the refusal %s", to, err, image.ReasonOf(err), reason)
	}
	return decision
}

func TestAnImageWalksItsLine(t *testing.T) {
	s := newStage(t)
	// homolog and prod are closed until the one before ran it.
	s.refused("massivo-homolog", ReasonSkipped)
	s.refused("massivo-prod", ReasonSkipped)
	for _, step := range []string{"massivo-dev", "massivo-homolog", "massivo-prod"} {
		decision, err := s.decide(step)
		if err != nil || !decision.Allowed || decision.Commit != s.release.Commit || decision.Image == nil || len(decision.Checks) != 3 {
			t.Fatalf("%s: %+v, %v", step, decision, err)
		}
		if (decision.Before == nil) != (step == "massivo-dev") {
			t.Errorf("%s rests on %+v", step, decision.Before)
		}
		s.ran(step)
	}
	// What one line ran says nothing of the other.
	s.refused("enterprise-homolog", ReasonSkipped)
	s.refused("enterprise-prod", ReasonSkipped)
	if _, err := s.decide("enterprise-dev"); err != nil {
		t.Error(err)
	}
}

// prod is not opened by dev alone.
func TestNoEnvironmentIsSkipped(t *testing.T) {
	s := newStage(t)
	s.ran("massivo-dev")
	s.refused("massivo-prod", ReasonSkipped)
}

func TestARecordIsBelievedBySignature(t *testing.T) {
	s := newStage(t)
	name := recordName("massivo-dev", s.release.Digest)
	put := func(raw []byte) {
		t.Helper()
		if err := s.hand.Put(t.Context(), name, raw); err != nil {
			t.Fatal(err)
		}
	}
	seal := func(run Run, kind string, signer attest.Signer) []byte {
		t.Helper()
		statement, err := attest.NewStatement(kind, run, attest.Subject{Name: run.Deployment, Digest: map[string]string{"sha256": hexOf(run.Digest)}})
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := signer.Seal(attest.StatementKind, statement)
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	good := Run{Deployment: "massivo-dev", Digest: s.release.Digest}
	for what, one := range map[string]struct {
		raw    []byte
		reason string
	}{
		"words":                      {[]byte(`{"deployment":"massivo-dev"}`), attest.ReasonUnreadable},
		"a stranger's":               {seal(good, runType, signerOf(t)), attest.ReasonWrongKey},
		"another kind":               {seal(good, "https://example.com/other", s.signer), attest.ReasonStatement},
		"of another line":            {seal(Run{Deployment: "enterprise-dev", Digest: s.release.Digest}, runType, s.signer), ReasonRecord},
		"of the environment itself":  {seal(Run{Deployment: "massivo-homolog", Digest: s.release.Digest}, runType, s.signer), ReasonRecord},
		"of another image":           {seal(Run{Deployment: "massivo-dev", Digest: "sha256:" + strings.Repeat("a", 64)}, runType, s.signer), ReasonRecord},
		"the release's own envelope": {seal(Run{}, "https://prosa.example/attestation/release/v1", s.signer), attest.ReasonStatement},
	} {
		put(one.raw)
		if decision := s.refused("massivo-homolog", one.reason); len(decision.Checks) != 3 || decision.Checks[2].Passed {
			t.Errorf("%s: %+v", what, decision.Checks)
		}
	}
	put(seal(good, runType, s.signer))
	if _, err := s.decide("massivo-homolog"); err != nil {
		t.Error(err)
	}
}

// Each decision is kept, a refusal too, and names every check.
func TestDecisionsAreKept(t *testing.T) {
	s := newStage(t)
	s.refused("massivo-homolog", ReasonSkipped)
	s.ran("massivo-dev")
	s.clock.Advance(time.Minute)
	if _, err := s.decide("massivo-homolog"); err != nil {
		t.Fatal(err)
	}
	var names []string
	if err := s.hand.List(t.Context(), "gates/massivo-homolog/", func(item blob.Item) error {
		names = append(names, item.Name)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(names) != 2 || strings.Contains(strings.Join(names, ""), ":") {
		t.Fatalf("kept %v", names)
	}
	var allowed []bool
	for _, name := range names {
		raw, err := readAll(t.Context(), s.hand, name)
		if err != nil {
			t.Fatal(err)
		}
		var kept Decision
		if err := json.Unmarshal(raw, &kept); err != nil || kept.Run != "7" || kept.Digest != s.release.Digest {
			t.Fatalf("%s, %v", raw, err)
		}
		allowed = append(allowed, kept.Allowed)
	}
	if !slices.Equal(allowed, []bool{false, true}) {
		t.Errorf("decisions: %v", allowed)
	}
}

// The record that let an image in is kept beside the environment: going back to
// it later needs no pipeline's folder.
func TestGoingBackNeedsNobodyElse(t *testing.T) {
	s := newStage(t)
	own := shelf(t)
	s.gate.Records = Records{s.hand, own}
	s.ran("massivo-dev")
	if err := own.Remove(t.Context(), recordName("massivo-dev", s.release.Digest)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.decide("massivo-homolog"); err != nil {
		t.Fatal(err)
	}
	s.gate.Records = Records{own}
	if _, err := s.decide("massivo-homolog"); err != nil {
		t.Error(err)
	}
}

func TestATagOpensNoGate(t *testing.T) {
	s := newStage(t)
	s.reference = strings.Split(s.reference, "@")[0] + ":v1"
	s.refused("massivo-dev", image.ReasonMutable)
	s.reference = strings.Split(s.reference, ":v1")[0] + "@sha256:" + strings.Repeat("z", 100<<10)
	if _, err := s.decide("massivo-dev"); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	kept := s.kept("gates/massivo-dev/")
	if len(kept) != 2 || kept[0].Allowed || !strings.HasSuffix(kept[0].Reference, ":v1") || kept[0].Checks[0].Reason != image.ReasonMutable || kept[1].Checks[0].Passed {
		t.Errorf("kept %+v", kept)
	}
}

// kept are the decisions under a name, in order of names.
func (s *stage) kept(prefix string) (decisions []Decision) {
	s.t.Helper()
	if err := s.hand.List(s.t.Context(), prefix, func(item blob.Item) error {
		raw, err := readAll(s.t.Context(), s.hand, item.Name)
		if err != nil {
			return err
		}
		var d Decision
		if err := json.Unmarshal(raw, &d); err != nil {
			return err
		}
		decisions = append(decisions, d)
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	return decisions
}

// Who asks twice at one moment is told twice, and both are kept.
func TestNoDecisionIsWrittenOverAnother(t *testing.T) {
	s := newStage(t)
	dev, err := ParseDeployment("massivo-dev")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := s.gate.Decide(t.Context(), s.reference, dev); err != nil {
			t.Fatal(err)
		}
	}
	if kept := s.kept("gates/massivo-dev/"); len(kept) != 3 {
		t.Errorf("%d decisions were kept: %+v", len(kept), kept)
	}
	// A refusal of the same moment counts more than what was allowed.
	s.gate.Keys = signerOf(t).Keys()
	if _, err := s.gate.Decide(t.Context(), s.reference, dev); !fault.Is(err, fault.Refused) {
		t.Fatal(err)
	}
	if err := s.gate.Records.Keep(t.Context(), Run{Deployment: "massivo-dev", Digest: s.release.Digest}, s.signer); image.ReasonOf(err) != ReasonPast {
		t.Error(err)
	}
}

// What was let in once and refused since is no history, wherever either lies.
func TestTheNewestDecisionCounts(t *testing.T) {
	s := newStage(t)
	own := shelf(t)
	keep := func() error {
		return s.gate.Records.Keep(t.Context(), Run{Deployment: "massivo-dev", Digest: s.release.Digest}, s.signer)
	}
	if _, err := s.decide("massivo-dev"); err != nil {
		t.Fatal(err)
	}
	believed := s.gate.Keys
	s.gate.Keys, s.gate.Records = signerOf(t).Keys(), Records{own}
	s.refused("massivo-dev", attest.ReasonWrongKey)
	for _, records := range []Records{{s.hand, own}, {own, s.hand}} {
		if s.gate.Records = records; image.ReasonOf(keep()) != ReasonPast || !strings.Contains(keep().Error(), "refused it") {
			t.Errorf("an old yes counts: %v", keep())
		}
	}
	s.gate.Keys = believed
	if _, err := s.decide("massivo-dev"); err != nil {
		t.Fatal(err)
	}
	if err := keep(); err != nil {
		t.Error(err)
	}
}

func TestAStrangersImageIsRefused(t *testing.T) {
	s := newStage(t)
	s.ran("massivo-dev")
	s.gate.Keys = signerOf(t).Keys()
	if decision := s.refused("massivo-homolog", attest.ReasonWrongKey); decision.Checks[1].Passed || decision.Checks[2].Passed {
		t.Errorf("%+v", decision.Checks)
	}
}

// What went past the gate becomes no history: neither where nobody asked it, nor
// where it said no.
func TestARunNeedsTheGatesWord(t *testing.T) {
	s := newStage(t)
	keep := func(deployment string) error {
		return s.gate.Records.Keep(t.Context(), Run{Deployment: deployment, Digest: s.release.Digest}, s.signer)
	}
	if err := keep("massivo-homolog"); image.ReasonOf(err) != ReasonPast {
		t.Errorf("nobody asked: %v", err)
	}
	s.refused("massivo-homolog", ReasonSkipped)
	if err := keep("massivo-homolog"); image.ReasonOf(err) != ReasonPast {
		t.Errorf("it said no: %v", err)
	}
	s.ran("massivo-dev")
	s.ran("massivo-homolog")
}

// A key that is believed for one deployment records no other's runs, and signs no
// image.
func TestAKeyOfOneDeployment(t *testing.T) {
	s := newStage(t)
	s.ran("massivo-dev")
	private, public, err := attest.NewKey("massivo-dev")
	if err != nil {
		t.Fatal(err)
	}
	narrow, err := attest.ReadSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	believed, err := attest.ReadKeys(public)
	if err != nil {
		t.Fatal(err)
	}
	s.gate.Keys = append(s.signer.Keys(), believed...)
	if _, err := s.decide("massivo-homolog"); err != nil {
		t.Fatal(err)
	}
	if err := s.gate.Records.Keep(t.Context(), Run{Deployment: "massivo-dev", Digest: s.release.Digest}, narrow); err != nil {
		t.Fatal(err)
	}
	if _, err := s.decide("massivo-homolog"); err != nil {
		t.Errorf("the key of dev, for dev: %v", err)
	}
	if err := s.gate.Records.Keep(t.Context(), Run{Deployment: "massivo-homolog", Digest: s.release.Digest}, narrow); err != nil {
		t.Fatal(err)
	}
	s.refused("massivo-prod", attest.ReasonWrongKey)
	s.gate.Keys = believed // which did sign no image, and would not be believed
	if decision := s.refused("massivo-dev", attest.ReasonWrongKey); decision.Checks[1].Passed {
		t.Errorf("%+v", decision.Checks)
	}
}

// broken is a shelf that takes nothing.
type broken struct{ blob.Shelf }

func (broken) Put(context.Context, string, []byte) error {
	return fault.New(fault.Unavailable, "the disk is full")
}

func TestWithoutEvidenceNothingIsDeployed(t *testing.T) {
	s := newStage(t)
	s.gate.Records = Records{broken{s.hand}}
	if _, err := s.decide("massivo-dev"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v", err)
	}
	if err := (Records{}).Keep(t.Context(), Run{Deployment: "massivo-dev"}, s.signer); !fault.Is(err, fault.Invalid) {
		t.Errorf("no shelf: %v", err)
	}
}

func TestDeployments(t *testing.T) {
	for name, previous := range map[string]string{"massivo-dev": "", "massivo-homolog": "massivo-dev", "massivo-prod": "massivo-homolog", "enterprise-prod": "enterprise-homolog"} {
		d, err := ParseDeployment(name)
		if err != nil || d.String() != name {
			t.Errorf("%s: %v, %v", name, d, err)
		}
		if before, any := d.Previous(); any != (previous != "") || (any && before.String() != previous) {
			t.Errorf("%s: before is %v", name, before)
		}
	}
	for _, name := range []string{"", "massivo", "massivo-", "-prod", "massivo-production", "massivo-prod-2", "other-dev"} {
		if _, err := ParseDeployment(name); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q was taken: %v", name, err)
		}
	}
}

func TestHealthIsAwaited(t *testing.T) {
	answers := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if answers++; answers < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(server.Close)
	if err := Healthy(t.Context(), server.URL, time.Minute, time.Millisecond); err != nil || answers != 3 {
		t.Errorf("%d answers, %v", answers, err)
	}
	answers = -1 << 30
	if err := Healthy(t.Context(), server.URL, 500*time.Millisecond, time.Millisecond); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "503") {
		t.Errorf("never healthy: %v", err)
	}
	if err := Healthy(t.Context(), "ftp://example.com", time.Second, time.Millisecond); !fault.Is(err, fault.Invalid) {
		t.Errorf("no address: %v", err)
	}
}

func TestTheConfigurationNamesAShelf(t *testing.T) {
	if _, err := Open(Config{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("nothing: %v", err)
	}
	records, err := Open(Config{Hand: t.TempDir(), URL: secret.New("file://" + t.TempDir())})
	if err != nil || len(records) != 2 {
		t.Errorf("%d, %v", len(records), err)
	}
	if _, err := Open(Config{URL: secret.New("http://hidden@example.com")}); err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("another address: %v", err)
	}
}
