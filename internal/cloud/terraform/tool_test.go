package terraform_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"prosa/internal/cloud/terraform"
	"prosa/internal/platform/config"
)

// machine is a folder with a binary and, perhaps, a mirror of providers.
func machine(t *testing.T, provider bool) (binary, plugins string) {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir()) // a false tool does not wait for the true one's turn
	folder := t.TempDir()
	binary, plugins = filepath.Join(folder, "terraform"), filepath.Join(folder, "plugins")
	if err := os.WriteFile(binary, []byte("#!/bin/sh\nexit 0\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(plugins, 0o700); err != nil {
		t.Fatal(err)
	}
	if provider {
		if err := os.MkdirAll(filepath.Join(plugins, "registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return binary, plugins
}

func find(binary, plugins string) (terraform.Tool, error) {
	return terraform.Find(config.Map(map[string]string{terraform.BinaryVariable: binary, terraform.PluginsVariable: plugins}))
}

func TestTheMachineSaysWhereTheToolLies(t *testing.T) {
	binary, plugins := machine(t, true)
	tool, err := find(binary, plugins)
	if err != nil {
		t.Fatal(err)
	}
	if tool.Binary != binary || tool.Plugins != plugins || !slices.Equal(tool.ProviderVersions(), []string{"5.100.0"}) {
		t.Errorf("found %+v with %v", tool, tool.ProviderVersions())
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	binary, empty := machine(t, false)
	for _, one := range []struct{ binary, plugins, says string }{
		{binary, empty, terraform.PluginsVariable},
		{filepath.Join(empty, "none"), empty, terraform.BinaryVariable},
	} {
		if _, err := find(one.binary, one.plugins); err == nil || !strings.Contains(err.Error(), one.says) {
			t.Errorf("%s, %s: %v does not name %s", one.binary, one.plugins, err, one.says)
		}
	}
}

// fake is a tool that writes what it was told and what it sees of the
// environment.
func fake(t *testing.T, script string) terraform.Tool {
	t.Helper()
	binary, plugins := machine(t, true)
	if err := os.WriteFile(binary, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return terraform.Tool{Binary: binary, Plugins: plugins}
}

// deployTree is a small tree with one layer.
func deployTree(t *testing.T) string {
	t.Helper()
	tree := filepath.Join(t.TempDir(), "deploy", "terraform")
	for name, text := range map[string]string{
		"accounts.yaml": "x", "aws/layers/10-a/main.tf": "", "aws/layers/20-b/main.tf": "", "aws/layers/30-empty/README": "", "aws/layers/10-a/.terraform/junk": "x",
		"aws/layers/10-a/old.tfstate": "secret", "../dashboards/one.json": "{}",
	} {
		full := filepath.Join(tree, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return tree
}

func TestACopyLeavesOutWhatTerraformMade(t *testing.T) {
	tree := deployTree(t)
	copied, err := fake(t, "exit 0").Copy(tree, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"accounts.yaml": true, "aws/layers/10-a/main.tf": true, "aws/layers/10-a/.terraform": false, "aws/layers/10-a/old.tfstate": false, "../dashboards/one.json": true} {
		if _, err := os.Stat(filepath.Join(copied.Tree, name)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
	layers, err := terraform.Layers(copied.Tree)
	if err != nil || !slices.Equal(layers, []string{"10-a", "20-b"}) {
		t.Errorf("layers %v, %v", layers, err)
	}
}

func TestTheChildSeesOnlyWhatItNeeds(t *testing.T) {
	t.Setenv("TF_CLI_CONFIG_FILE", "/missing")
	t.Setenv("AWS_PROFILE", "somebody")
	out := filepath.Join(t.TempDir(), "seen")
	copied, err := fake(t, `env >> `+out+`; echo "$@" >> `+out+"\n").Copy(deployTree(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root := copied.Root("10-a", "massivo-dev", terraform.Cloud{Endpoint: "http://127.0.0.1:1", Region: "sa-east-1", AccessKey: "AKIA", Secret: "s"}, map[string]string{"account": "massivo-dev"})
	if err := root.Init(t.Context(), map[string]string{"bucket": "b"}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"AWS_ENDPOINT_URL=http://127.0.0.1:1", "HTTPS_PROXY=http://127.0.0.1:1", "CHECKPOINT_DISABLE=1", "AWS_EC2_METADATA_DISABLED=true", "-lockfile=readonly", "-backend-config=bucket=b"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the child does not see %s", want)
		}
	}
	for _, never := range []string{"TF_CLI_CONFIG_FILE", "AWS_PROFILE"} {
		if strings.Contains(string(text), never) {
			t.Errorf("the child sees %s", never)
		}
	}
}

func TestWhatTerraformSaysIsTold(t *testing.T) {
	copied, err := fake(t, `echo "│ Error: AWS account ID not allowed: 1" >&2; exit 1`).Copy(deployTree(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root := copied.Root("10-a", "massivo-dev", terraform.Cloud{}, nil)
	if _, _, err := root.Plan(t.Context()); err == nil || !strings.Contains(err.Error(), "plan failed: Error: AWS account ID not allowed: 1") {
		t.Errorf("it says %v", err)
	}
	for name, run := range map[string]func() error{"init": func() error { return root.Init(t.Context(), nil) }, "validate": func() error { return root.Validate(t.Context()) }, "apply": func() error { return root.Apply(t.Context()) }, "destroy": func() error { return root.Destroy(t.Context()) }} {
		if err := run(); err == nil || !strings.Contains(err.Error(), name+" failed") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := copied.Unformed(t.Context()); err == nil {
		t.Error("a failed fmt says nothing")
	}
}

func TestAPlanIsReadWithItsExitCode(t *testing.T) {
	script := `case "$1" in plan) exit CODE;; show) echo '{"format_version":"1.2","variables":{"account":{"value":"massivo-dev"}}}';; esac`
	for _, one := range []struct {
		code    string
		changes bool
	}{{"0", false}, {"2", true}} {
		copied, err := fake(t, strings.Replace(script, "CODE", one.code, 1)).Copy(deployTree(t), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		plan, changes, err := copied.Root("10-a", "massivo-dev", terraform.Cloud{}, nil).Plan(t.Context())
		if err != nil || changes != one.changes || plan.Variables["account"].Value != "massivo-dev" {
			t.Errorf("exit %s: %v %v %v", one.code, plan, changes, err)
		}
	}
}
