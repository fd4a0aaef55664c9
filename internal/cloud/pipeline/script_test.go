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
  plan*)
    destroys=0
    case "$*" in *"/$DESTROYS."*) destroys=1 ;; esac
    [ "${CHANGES:-0}" != 2 ] || echo "Plan: 1 to add, 0 to change, $destroys to destroy."
    exit "${CHANGES:-0}" ;;
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
	d.env = []string{"PATH=" + filepath.Join(d.dir, "bin") + ":/usr/bin:/bin", "LOG=" + d.log(), "BITBUCKET_STEP_OIDC_TOKEN=of-the-step", "BITBUCKET_BUILD_NUMBER=7", "BITBUCKET_REPO_FULL_NAME=prosa/prosa", "SERVES=" + before, "FAILS=nothing", "DESTROYS=nothing"}
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
		"terraform output -json",
		"prosa environment up massivo-homolog --who pipeline --why release of c0ffee --for 2h",
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

// Before the first deployment there is no cluster to wake: the lease alone is
// taken, and the rest goes its way.
func TestTheFirstDeploymentHasNothingToWake(t *testing.T) {
	for _, account := range []string{"massivo-dev", "enterprise-homolog"} {
		asked, said, err := newDesk(t).run([]string{"SERVES="}, "deploy", account)
		if err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		want := []string{"terraform output -json", "prosa environment up " + account + " --who pipeline --why release of c0ffee --for 2h --lease-only"}
		if len(asked) != 9 || !slices.Equal(asked[2:4], want) || !strings.Contains(asked[4], "image_digest="+newest+" -var migrate_digest="+newest) {
			t.Errorf("asked:\n%s", strings.Join(asked, "\n"))
		}
	}
}

// The layers around the services are applied, each from the plan that was kept,
// in their order; what did not change is not touched.
func TestLayersAreAppliedAroundADeployment(t *testing.T) {
	d := newDesk(t)
	plan := func(layer, more string) string {
		return "terraform plan -var-file=./dist/terraform/massivo-homolog/" + layer + "/account.tfvars -lock-timeout=5m -no-color -detailed-exitcode -out=./dist/terraform/massivo-homolog/" + layer + ".tfplan" + more
	}
	apply := func(layer string) string {
		return "terraform apply -lock-timeout=5m ./dist/terraform/massivo-homolog/" + layer + ".tfplan"
	}
	for _, c := range []struct {
		when string
		more []string
		want []string
	}{
		{"before", nil, []string{plan("30-network", ""), plan("40-data", " -var nats_digest=cc"), plan("45-edge", "")}},
		{"before", []string{"CHANGES=2"}, []string{
			plan("30-network", ""), "terraform output -json", "prosa environment up massivo-homolog --who pipeline --why changes of its layers --for 2h", apply("30-network"),
			plan("40-data", " -var nats_digest=cc"), apply("40-data"), plan("45-edge", ""), apply("45-edge"),
		}},
		// Nothing serves: nothing is woken, and 40-data makes the place of leases.
		{"before", []string{"CHANGES=2", "SERVES=", "DESTROYS=45-edge"}, []string{
			plan("30-network", ""), "terraform output -json", apply("30-network"),
			plan("40-data", " -var nats_digest=cc"), "terraform output -json", apply("40-data"), plan("45-edge", ""),
		}},
		{"after", []string{"CHANGES=2", "SERVES="}, []string{plan("70-observability", ""), "terraform output -json", apply("70-observability")}},
	} {
		if err := os.RemoveAll(filepath.Join(d.dir, "dist/evidence")); err != nil {
			t.Fatal(err)
		}
		asked, said, err := d.run(append(c.more, "NATS_DIGEST=cc"), "apply", "massivo-homolog", c.when)
		if err != nil || !slices.Equal(asked, c.want) {
			t.Errorf("%s %v: %v\n%s\nasked:\n%s\nwant:\n%s", c.when, c.more, err, said, strings.Join(asked, "\n"), strings.Join(c.want, "\n"))
		}
	}
	login, err := os.ReadFile(d.log() + ".login")
	if err != nil || strings.Contains(string(login), "-plan") || !strings.HasPrefix(string(login), "role arn:aws:iam::111111111111:role/massivo-homolog-apply token of-the-step\n") {
		t.Errorf("login: %s, %v", login, err)
	}
	if asked, said, err := d.run([]string{"NATS_DIGEST=cc", "CHANGES=2"}, "apply", "massivo-prod", "before"); err != nil || strings.Contains(strings.Join(asked, "\n"), "environment up") {
		t.Errorf("production is woken: %v %v\n%s", err, asked, said)
	}
}

// What would destroy is left to a person: the deployment goes on, and the step
// fails at its end.
func TestLayersAreNotDestroyedByAPipeline(t *testing.T) {
	d := newDesk(t)
	asked, said, err := d.run([]string{"NATS_DIGEST=cc", "CHANGES=2", "DESTROYS=40-data"}, "apply", "massivo-prod", "before")
	text := strings.Join(asked, "\n")
	if err != nil || strings.Contains(text, "prod/40-data.tfplan\nterraform apply") || !strings.Contains(text, "5m ./dist/terraform/massivo-prod/45-edge.tfplan") || !strings.Contains(said, "40-data was left") {
		t.Errorf("%v\n%s\n%s", err, text, said)
	}
	asked, said, err = d.run([]string{"CHANGES=2"}, "apply", "massivo-prod", "after")
	if err == nil || !strings.Contains(strings.Join(asked, "\n"), "apply -lock-timeout=5m ./dist/terraform/massivo-prod/70-observability.tfplan") || !strings.Contains(said, "40-data was left") {
		t.Errorf("the step does not tell what was left: %v %v\n%s", err, asked, said)
	}
	// What was applied meanwhile is left no more.
	if _, said, err := d.run([]string{"NATS_DIGEST=cc"}, "apply", "massivo-prod", "before"); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
	if _, said, err := d.run(nil, "apply", "massivo-prod", "after"); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

// A plan or a state that fails ends the step before anything is applied.
func TestLayersStopWhereTheyFail(t *testing.T) {
	for want, more := range map[string][]string{
		"terraform plan":          {"NATS_DIGEST=cc", "CHANGES=1"},
		"terraform output":        {"NATS_DIGEST=cc", "CHANGES=2", "SERVES=unreadable"},
		"prosa environment up":    {"NATS_DIGEST=cc", "CHANGES=2", "FAILS=environment up"},
		"terraform plan -var-fil": nil, // no digest for 40-data
	} {
		asked, said, err := newDesk(t).run(more, "apply", "massivo-dev", "before")
		if err == nil || strings.Contains(strings.Join(asked, "\n"), "terraform apply") || len(asked) == 0 || !strings.HasPrefix(asked[len(asked)-1], want) {
			t.Errorf("%s: %v\n%s\n%s", want, err, strings.Join(asked, "\n"), said)
		}
	}
	if asked, _, err := newDesk(t).run(nil, "apply", "massivo-dev", "now"); err == nil || len(asked) != 0 {
		t.Errorf("%v %v", asked, err)
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

// Each layer of an account is planned and applied: one that is added must be
// looked at too.
func TestEveryLayerOfAnAccountIsPlannedAndApplied(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(root, "deploy/terraform/aws/layers/*/main.tf"))
	if err != nil || len(folders) == 0 {
		t.Fatal(err)
	}
	// These are of the organization's own accounts, and applied by hand (docs/release.md).
	byHand := []string{"00-bootstrap", "10-organization", "15-security", "25-zone", "80-finops"}
	script := text(t, "deploy/pipelines/plan")
	applies := text(t, "deploy/pipelines/apply") + text(t, "deploy/pipelines/deploy")
	for _, folder := range folders {
		layer := filepath.Base(filepath.Dir(folder))
		if strings.Contains(script, "layers/"+layer) == slices.Contains(byHand, layer) {
			t.Errorf("the layer %s is planned by nobody, or by both", layer)
		}
		// So is who may enter; the services are applied by the deployment.
		held := slices.Contains(byHand, layer) || layer == "20-access"
		if strings.Contains(applies, layer) == held {
			t.Errorf("the layer %s is applied by nobody, or by both", layer)
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
		if slices.Contains([]string{"login", "serving", "terraform"}, entry.Name()) {
			continue // called by the others
		}
		info, err := entry.Info()
		if err != nil || info.Mode().Perm()&0o111 == 0 || !strings.Contains(content, "\nset -eu\n") || !strings.Contains(called, "deploy/pipelines/"+entry.Name()) {
			t.Errorf("%s is not called, can't be, or goes on after a failure (%v)", entry.Name(), err)
		}
	}
}
