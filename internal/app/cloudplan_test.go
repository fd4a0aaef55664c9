package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prosa/internal/platform/config"
)

// cloud runs a command of the cloud's code and gives what it printed.
func runCloud(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	code := run(append([]string{"cloud"}, args...), surroundings{ctx: context.Background(), lookup: config.Map(nil), out: &out, err: &out})
	return code, out.String()
}

func TestTheCloudsCodeIsCheckedWithoutATool(t *testing.T) {
	code, text := runCloud(t, "check", "--tree", "../../deploy/terraform")
	if code != exitOK || !strings.Contains(text, "0 breaches") {
		t.Errorf("exit %d: %s", code, text)
	}
}

func TestABreachIsToldWithItsPlace(t *testing.T) {
	tree := t.TempDir()
	if err := os.CopyFS(tree, os.DirFS("../../deploy/terraform")); err != nil {
		t.Fatal(err)
	}
	bad := "locals { there = \"sa-east-1\" }\n"
	if err := os.WriteFile(filepath.Join(tree, "aws", "layers", "40-data", "slip.tf"), []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	code, text := runCloud(t, "check", "--tree", tree)
	if code != exitFailure || !strings.Contains(text, `literal-region: aws/layers/40-data/slip.tf:1: "sa-east-1" (read the region from accounts.yaml)`) {
		t.Errorf("exit %d: %s", code, text)
	}
	if code, text := runCloud(t, "check", "--json", "--tree", tree); code != exitFailure || !strings.Contains(text, `"literal-region"`) {
		t.Errorf("as JSON: exit %d: %s", code, text)
	}
}

// The two files are judged with the code: what stands in them is what it makes.
func TestTheCheckJudgesBothFiles(t *testing.T) {
	for _, c := range []struct{ file, old, bad, says string }{
		{"accounts.yaml", "issuer: token.actions.githubusercontent.com", "issuer: token.evil.example", "organization.ci.github.issuer"},
		{"accounts.yaml", "    zones: 3\n", "    zones: 3\n    settings: {PROSA_GARCE: 30s}\n", "the product has no such setting"},
		{"access.yaml", "push: {rights: push", "push: {rights: keep", "pipelines.push.rights: keep is for people"},
	} {
		tree := t.TempDir()
		if err := os.CopyFS(tree, os.DirFS("../../deploy/terraform")); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(tree, c.file)
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(good), c.old, c.bad, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, text := runCloud(t, "check", "--tree", tree); code != exitFailure || !strings.Contains(text, c.says) {
			t.Errorf("%s: exit %d: %s", c.bad, code, text)
		}
	}
}

func TestPlansWithoutTheToolSayWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if code, text := runCloud(t, "plan", "--tree", "../../deploy/terraform"); code != exitFailure || !strings.Contains(text, "terraform is not on PATH") {
		t.Errorf("exit %d: %s", code, text)
	}
}
