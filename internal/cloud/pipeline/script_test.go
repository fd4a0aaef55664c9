package pipeline

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// desk is a clone's folder in which the product and Terraform are scripts that
// write down what they were asked.
type desk struct {
	t   *testing.T
	dir string
	env []string
}

const (
	before = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	newest = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

const product = `#!/bin/sh
echo "prosa $*" >> "$LOG"
case "$*" in
  "image push"*) echo "role $AWS_ROLE_ARN token $(cat "$AWS_WEB_IDENTITY_TOKEN_FILE")" >> "$LOG.login" ;;
esac
case "$*" in
  *--backend*) printf 'bucket              = "b"\nregion              = "sa-east-1"\nallowed_account_ids = ["111111111111"]\n' ;;
  "account tfvars"*) echo 'account = "massivo-homolog"' ;;
  "$FAILS"*) echo '{"allowed": false}'; exit 1 ;;
  *) echo '{"allowed": true}' ;;
esac
`

const tool = `#!/bin/sh
shift
echo "terraform $*" >> "$LOG"
echo "role $AWS_ROLE_ARN token $(cat "$AWS_WEB_IDENTITY_TOKEN_FILE")" >> "$LOG.login"
case "$*" in
  "output -json") case $SERVES in
    "") echo '{}' ;;
    unreadable) echo 'Error: the state cannot be read' >&2; exit 1 ;;
    *) printf '{\n  "image": {\n    "type": "string",\n    "value": "registry/prosa@%s"\n  }\n}\n' "$SERVES" ;;
  esac ;;
  output*) [ -n "$SERVES" ] || exit 1; echo "registry/prosa@$SERVES" ;;
  plan*) exit "${CHANGES:-0}" ;;
esac
`

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir()}
	scripts, err := filepath.Abs(filepath.Join(root, "deploy/pipelines"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"dist", "bin", "deploy"} {
		if err := os.Mkdir(filepath.Join(d.dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(scripts, filepath.Join(d.dir, "deploy/pipelines")); err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string]string{
		"dist/prosa": product, "bin/terraform": tool, "dist/release.json": fmt.Sprintf("{\n  \"digest\": %q,\n  \"commit\": \"c0ffee\"\n}\n", newest),
	} {
		if err := os.WriteFile(filepath.Join(d.dir, path), []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	d.env = []string{"PATH=" + filepath.Join(d.dir, "bin") + ":/usr/bin:/bin", "LOG=" + d.log(), "BITBUCKET_STEP_OIDC_TOKEN=of-the-step", "BITBUCKET_BUILD_NUMBER=7", "BITBUCKET_REPO_FULL_NAME=prosa/prosa", "SERVES=" + before, "FAILS=nothing"}
	return d
}

func (d *desk) log() string { return filepath.Join(d.dir, "log") }

// run runs a script and gives what it asked for, in order.
func (d *desk) run(more []string, script string, args ...string) ([]string, string, error) {
	d.t.Helper()
	if err := os.RemoveAll(d.log()); err != nil {
		d.t.Fatal(err)
	}
	command := exec.Command("sh", append([]string{filepath.Join("deploy/pipelines", script)}, args...)...)
	command.Dir = d.dir
	command.Env = append(slices.Clone(d.env), more...)
	output, err := command.CombinedOutput()
	raw, readErr := os.ReadFile(d.log())
	if readErr != nil && !os.IsNotExist(readErr) {
		d.t.Fatal(readErr)
	}
	var asked []string
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "prosa account tfvars") && !strings.HasPrefix(line, "terraform init") {
			asked = append(asked, strings.ReplaceAll(line, d.dir, "."))
		}
	}
	return asked, string(output), err
}

func TestDeployGoesThroughTheGate(t *testing.T) {
	d := newDesk(t)
	asked, said, err := d.run([]string{"AWS_ROLE_ARN=arn:aws:iam::111111111111:role/massivo-homolog-apply"}, "deploy", "massivo-homolog")
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	vars := "-var-file=./dist/terraform/massivo-homolog/50-runtime/account.tfvars -auto-approve -lock-timeout=5m "
	want := []string{
		"prosa image push --layout dist/image --deployment massivo-homolog",
		"prosa image gate --digest " + newest + " --deployment massivo-homolog",
		"prosa environment up massivo-homolog --who pipeline --why release of c0ffee --for 2h",
		"terraform output -json",
		"terraform apply " + vars + "-var image_digest=" + before + " -var migrate_digest=" + newest,
		"prosa image migrate --deployment massivo-homolog",
		"terraform apply " + vars + "-var image_digest=" + newest,
		"prosa image rollout --digest " + newest + " --deployment massivo-homolog",
		"prosa image ran --digest " + newest + " --deployment massivo-homolog",
	}
	if !slices.Equal(asked, want) {
		t.Errorf("asked:\n%s\nwant:\n%s", strings.Join(asked, "\n"), strings.Join(want, "\n"))
	}
	login, err := os.ReadFile(d.log() + ".login")
	if err != nil || !strings.HasPrefix(string(login), "role arn:aws:iam::111111111111:role/massivo-homolog-push token of-the-step\nrole arn:aws:iam::111111111111:role/massivo-homolog-apply token of-the-step\n") {
		t.Errorf("login: %s, %v", login, err)
	}
	for _, name := range []string{"push", "gate", "ran"} {
		if _, err := os.Stat(filepath.Join(d.dir, "dist/evidence/massivo-homolog", name+".json")); err != nil {
			t.Error(err)
		}
	}
}

// What fails ends the step: after a refusal nothing is touched.
func TestDeployStopsWhereItFails(t *testing.T) {
	for _, fails := range []string{"image push", "image gate", "environment up", "image migrate", "image rollout", "image ran"} {
		d := newDesk(t)
		asked, said, err := d.run([]string{"FAILS=" + fails}, "deploy", "massivo-homolog")
		if err == nil || len(asked) == 0 || !strings.HasPrefix(asked[len(asked)-1], "prosa "+fails) {
			t.Errorf("%s failed, and the step went on: %v\n%s\n%s", fails, err, strings.Join(asked, "\n"), said)
		}
	}
}

// A state that can't be read is no empty one: the services would get the image
// before the schema.
func TestDeployKnowsWhatServes(t *testing.T) {
	asked, said, err := newDesk(t).run([]string{"SERVES=unreadable"}, "deploy", "massivo-prod")
	if text := strings.Join(asked, "\n"); err == nil || strings.Contains(text, "terraform apply") || !strings.Contains(said, "cannot be read") {
		t.Errorf("%v\n%s\n%s", err, text, said)
	}
}

func TestProdIsNotWokenAndMayBeTheFirst(t *testing.T) {
	d := newDesk(t)
	asked, said, err := d.run([]string{"SERVES="}, "deploy", "massivo-prod")
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if text := strings.Join(asked, "\n"); strings.Contains(text, "environment up") || !strings.Contains(text, "image_digest="+newest+" -var migrate_digest="+newest) {
		t.Error(text)
	}
}

func TestNobodyEntersWithoutATokenOrWithAKey(t *testing.T) {
	for want, more := range map[string][]string{
		"has no token":           {"BITBUCKET_STEP_OIDC_TOKEN="},
		"stored key":             {"AWS_SECRET_ACCESS_KEY=x"},
		"no role of massivo-dev": {"AWS_ROLE_ARN=arn:aws:iam::222222222222:role/massivo-dev-apply"},
	} {
		asked, said, err := newDesk(t).run(more, "deploy", "massivo-dev")
		if err == nil || len(asked) > 1 || !strings.Contains(said, want) {
			t.Errorf("%s: %v %v\n%s", want, err, asked, said)
		}
	}
}

func TestPlansReadAndNothingElse(t *testing.T) {
	d := newDesk(t)
	asked, said, err := d.run([]string{"NATS_DIGEST=cc"}, "plan", "massivo-dev")
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	plans := 0
	for _, one := range asked {
		switch {
		case strings.HasPrefix(one, "terraform plan ") && strings.Contains(one, "-lock=false"):
			plans++
		case one == "terraform output -raw image":
		default:
			t.Errorf("a plan asked %q", one)
		}
	}
	if plans != 6 || !strings.Contains(said, "massivo-dev 20-access: no changes") {
		t.Errorf("%d plans\n%s", plans, said)
	}
	if !slices.ContainsFunc(asked, func(one string) bool { return strings.HasSuffix(one, "massivo-dev-45-edge.tfplan -var names=read") }) {
		t.Errorf("the names of the apex zone are planned by who may write them: %v", asked)
	}
	login, err := os.ReadFile(d.log() + ".login")
	if err != nil || !strings.HasPrefix(string(login), "role arn:aws:iam::111111111111:role/massivo-dev-plan ") {
		t.Errorf("login: %s, %v", login, err)
	}
	// Changes are shown, and fail the watch for drift alone.
	if _, said, err := d.run([]string{"NATS_DIGEST=cc", "CHANGES=2"}, "plan", "massivo-dev"); err != nil || !strings.Contains(said, "massivo-dev 20-access:\n") {
		t.Errorf("%v\n%s", err, said)
	}
	if _, _, err := d.run([]string{"NATS_DIGEST=cc", "CHANGES=2"}, "plan", "massivo-dev", "--drift"); err == nil {
		t.Error("drift was not seen")
	}
	if _, _, err := d.run([]string{"NATS_DIGEST=cc", "CHANGES=1"}, "plan", "massivo-dev"); err == nil {
		t.Error("a plan that failed was taken for one")
	}
}

// Each layer of an account is planned: one that is added must be looked at too.
func TestEveryLayerOfAnAccountIsPlanned(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(root, "deploy/terraform/aws/layers/*/main.tf"))
	if err != nil || len(folders) == 0 {
		t.Fatal(err)
	}
	// These are of the organization's own accounts, and applied by hand (docs/release.md).
	byHand := []string{"00-bootstrap", "10-organization", "15-security", "25-zone", "80-finops"}
	script := text(t, "deploy/pipelines/plan")
	for _, folder := range folders {
		layer := filepath.Base(filepath.Dir(folder))
		if strings.Contains(script, "layers/"+layer) == slices.Contains(byHand, layer) {
			t.Errorf("the layer %s is planned by nobody, or by both", layer)
		}
	}
}

func TestScriptsAreWhatTheFilesCall(t *testing.T) {
	called := text(t, "bitbucket-pipelines.yml") + text(t, ".github/workflows/deploy.yml")
	entries, err := os.ReadDir(filepath.Join(root, "deploy/pipelines"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		content := text(t, "deploy/pipelines/"+entry.Name())
		if output, err := exec.Command("sh", "-n", filepath.Join(root, "deploy/pipelines", entry.Name())).CombinedOutput(); err != nil {
			t.Errorf("%s: %s", entry.Name(), output)
		}
		if entry.Name() == "login" || entry.Name() == "terraform" {
			continue // called by the others
		}
		info, err := entry.Info()
		if err != nil || info.Mode().Perm()&0o111 == 0 || !strings.Contains(content, "\nset -eu\n") || !strings.Contains(called, "deploy/pipelines/"+entry.Name()) {
			t.Errorf("%s is not called, can't be, or goes on after a failure (%v)", entry.Name(), err)
		}
	}
}
