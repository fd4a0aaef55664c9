package pipeline

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// clone is a repository with a branch under review: origin/main is its first
// commit.
type clone struct {
	t   *testing.T
	dir string
}

func newClone(t *testing.T) *clone {
	t.Helper()
	c := &clone{t: t, dir: t.TempDir()}
	c.git("init", "-q", "-b", "change")
	c.write("deploy/terraform/accounts.yaml", "apex: prosa.example\n")
	c.write("README.md", "Prosa\n")
	c.commit()
	c.git("update-ref", "refs/remotes/origin/main", "HEAD")
	return c
}

func (c *clone) git(args ...string) {
	c.t.Helper()
	command := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@prosa.example", "-c", "commit.gpgsign=false"}, args...)...)
	command.Dir = c.dir
	command.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + c.dir, "GIT_CONFIG_NOSYSTEM=1"}
	if output, err := command.CombinedOutput(); err != nil {
		c.t.Fatalf("git %v: %v\n%s", args, err, output)
	}
}

func (c *clone) write(name, content string) {
	c.t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *clone) commit() {
	c.git("add", "-A")
	c.git("commit", "-q", "-m", "a change")
}

// review runs the script as a step does and gives what it shows.
func (c *clone) review(env ...string) (string, error) {
	c.t.Helper()
	script, err := filepath.Abs(filepath.Join(root, "deploy/pipelines/review"))
	if err != nil {
		c.t.Fatal(err)
	}
	command := exec.Command("sh", script)
	command.Dir = c.dir
	command.Env = append([]string{"PATH=" + filepath.Join(c.dir, "bin") + ":/usr/bin:/bin", "HOME=" + c.dir, "GIT_CONFIG_NOSYSTEM=1"}, env...)
	output, err := command.CombinedOutput()
	return string(output), err
}

const nobody = "Nobody's way in changes"

// What says who may enter is compared, each of it, and a change of it is shown.
func TestReviewShowsWhoseRightsChange(t *testing.T) {
	c := newClone(t)
	c.write("README.md", "Prosa, better\n")
	c.commit()
	if said, err := c.review(); err != nil || !strings.Contains(said, nobody) || strings.Contains(said, "```diff") {
		t.Errorf("a change of words: %v\n%s", err, said)
	}
	for _, path := range []string{
		"docs/access.md", "deploy/terraform/access.yaml", "deploy/terraform/accounts.yaml", "deploy/terraform/access.schema.json", "deploy/terraform/accounts.schema.json",
		"deploy/terraform/aws/modules/rights/main.tf", "deploy/terraform/aws/modules/trust/main.tf", "deploy/terraform/aws/modules/boundary/main.tf",
		"deploy/terraform/aws/modules/people/main.tf", "deploy/terraform/aws/modules/organization/main.tf", "deploy/terraform/aws/modules/pipeline/main.tf",
		"deploy/terraform/aws/modules/sealed/main.tf", "deploy/terraform/aws/modules/ledger/main.tf", "deploy/terraform/aws/layers/10-organization/main.tf",
		"deploy/terraform/aws/layers/20-access/variables.tf", "deploy/terraform/aws/layers/25-zone/main.tf", "deploy/keys/images.pem",
		"deploy/terraform/contract/naming/main.tf", "deploy/terraform/aws/layers/00-bootstrap/main.tf", "deploy/terraform/aws/layers/15-security/main.tf",
		"deploy/terraform/aws/layers/40-data/main.tf", "deploy/terraform/aws/layers/80-finops/main.tf", "deploy/terraform/aws/modules/bucket/main.tf",
		"deploy/terraform/aws/modules/bill/main.tf", "internal/cloud/account/access.go", "internal/cloud/attest/key.go", "internal/cloud/gate/gate.go",
		"internal/cloud/image/verify.go", "internal/cloud/plan/identity.go", "internal/cloud/trust/judge.go", "Makefile",
		"deploy/pipelines/login", ".github/workflows/deploy.yml", "bitbucket-pipelines.yml",
	} {
		if _, err := os.Stat(filepath.Join(root, path)); err != nil {
			t.Errorf("%s is watched and is not there", path)
		}
		c := newClone(t)
		c.write(path, "issuer: token.evil.example\n")
		c.commit()
		said, err := c.review()
		if err != nil || strings.Contains(said, nobody) || !strings.Contains(said, "+issuer: token.evil.example") || !strings.Contains(said, path) {
			t.Errorf("%s: %v\n%s", path, err, said)
		}
	}
}

// Every module that makes a right or a way in is compared.
func TestReviewWatchesWhatGivesRights(t *testing.T) {
	gives := regexp.MustCompile(`resource "aws_(?:iam_openid_connect_provider|iam_user|iam_policy"|ssoadmin|identitystore|organizations)|sts:AssumeRoleWithWebIdentity|output "policies"`)
	script := text(t, "deploy/pipelines/review")
	files, err := filepath.Glob(filepath.Join(root, "deploy/terraform/aws/*/*/*.tf"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !gives.Match(code) {
			continue
		}
		found++
		folder := filepath.Base(filepath.Dir(file))
		if !slices.Contains(strings.Fields(strings.NewReplacer("/", " ", "\"", " ").Replace(script)), folder) {
			t.Errorf("%s gives rights, and its changes are not shown", folder)
		}
	}
	if found < 8 {
		t.Errorf("%d files that give rights", found)
	}
}

// A branch that cannot be compared is no branch without changes.
func TestReviewRefusesWhatItCannotCompare(t *testing.T) {
	said, err := newClone(t).review("BITBUCKET_PR_DESTINATION_BRANCH=release")
	if err == nil || strings.Contains(said, nobody) || !strings.Contains(said, "origin/release") {
		t.Errorf("%v\n%s", err, said)
	}
}

// A branch that calls its files binary shows them all the same.
func TestReviewShowsWhatAttributesWouldHide(t *testing.T) {
	c := newClone(t)
	c.write(".gitattributes", "*.yaml -diff\n*.yaml binary\n")
	c.write("deploy/terraform/accounts.yaml", "issuer: token.evil.example\n")
	c.commit()
	if said, err := c.review(); err != nil || !strings.Contains(said, "+issuer: token.evil.example") {
		t.Errorf("%v\n%s", err, said)
	}
}

// Long changes are cut, and say so; the list of files stands before them, whole.
func TestReviewSaysWhatItLeavesOut(t *testing.T) {
	c := newClone(t)
	c.write("deploy/terraform/access.yaml", strings.Repeat("somebody: everything\n", 4000))
	c.write("deploy/terraform/accounts.yaml", "issuer: token.evil.example\n")
	c.commit()
	said, err := c.review()
	if err != nil || !strings.Contains(said, "is cut here") || !strings.Contains(said, "deploy/terraform/accounts.yaml") || len(said) > 30000 {
		t.Errorf("%v, %d characters", err, len(said))
	}
}

// Bitbucket's report says it too: it is all that a reviewer sees there.
func TestReviewReportsToBitbucket(t *testing.T) {
	for _, c := range []struct{ path, says string }{{"README.md", nobody}, {"deploy/terraform/accounts.yaml", "Who may enter changes"}} {
		made := newClone(t)
		made.write("bin/curl", "#!/bin/sh\necho \"$*\" > \"$HOME/report\"\n")
		if err := os.Chmod(filepath.Join(made.dir, "bin/curl"), 0o755); err != nil {
			t.Fatal(err)
		}
		made.write(c.path, "x\n")
		made.commit()
		if said, err := made.review("BITBUCKET_COMMIT=c0ffee", "BITBUCKET_REPO_FULL_NAME=prosa/prosa"); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		report, err := os.ReadFile(filepath.Join(made.dir, "report"))
		if err != nil || !strings.Contains(string(report), c.says) {
			t.Errorf("%s: %v %s", c.path, err, report)
		}
	}
}
