package app

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prosa/internal/platform/config"
)

// invoke runs the command line with an environment of its own.
func invoke(t *testing.T, settings map[string]string, args ...string) (code int, out, problem string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(args, surroundings{ctx: context.Background(), lookup: config.Map(settings), out: &stdout, err: &stderr})
	return code, stdout.String(), stderr.String()
}

func TestCommandLine(t *testing.T) {
	data := map[string]string{"PROSA_DATA_DIR": t.TempDir()}
	for name, c := range map[string]struct {
		settings map[string]string
		args     []string
		code     int
		says     string
	}{
		"help":                   {nil, []string{"--help"}, exitOK, "Commands"},
		"an unknown command":     {nil, []string{"fly"}, exitUsage, "fly"},
		"an unknown target":      {data, []string{"serve", "--target", "moon"}, exitUsage, "moon"},
		"version":                {nil, []string{"version"}, exitOK, "prosa "},
		"bad settings, all said": {map[string]string{"PROSA_ENVIRONMENT": "mars", "PROSA_SHARDS": "many"}, []string{"serve"}, exitFailure, "PROSA_SHARDS"},
		"an http URL in prod":    {map[string]string{"PROSA_ENVIRONMENT": "prod"}, []string{"serve"}, exitFailure, "PROSA_PUBLIC_URL"},
		"no key in prod": {map[string]string{"PROSA_ENVIRONMENT": "prod", "PROSA_PUBLIC_URL": "https://prosa.example", "PROSA_OPERATOR_URL": "https://staff.example"}, []string{"serve"},
			exitFailure, "PROSA_SECRET_KEYS"},
		"a demo in prod": {map[string]string{"PROSA_ENVIRONMENT": "prod", "PROSA_PUBLIC_URL": "https://prosa.example", "PROSA_OPERATOR_URL": "https://staff.example", "PROSA_DEMO": "true"}, []string{"serve"},
			exitFailure, "PROSA_DEMO"},
		"the sample company in prod": {map[string]string{"PROSA_ENVIRONMENT": "prod", "PROSA_PUBLIC_URL": "https://prosa.example", "PROSA_OPERATOR_URL": "https://staff.example",
			"PROSA_SECRET_KEYS": "k:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}, []string{"seed", "--sandbox", "http://127.0.0.1:1"}, exitFailure, "sample"},
		"simulated telephones in prod": {map[string]string{"PROSA_ENVIRONMENT": "prod", "PROSA_PUBLIC_URL": "https://prosa.example", "PROSA_OPERATOR_URL": "https://staff.example", "PROSA_SANDBOX_URL": "http://127.0.0.1:1"},
			[]string{"serve"}, exitFailure, "PROSA_SANDBOX_URL"},
		"tokens in clear in prod": {map[string]string{"PROSA_ENVIRONMENT": "prod", "PROSA_PUBLIC_URL": "https://prosa.example", "PROSA_OPERATOR_URL": "https://staff.example", "PROSA_TELEGRAM_BASE_URL": "http://127.0.0.1:1"},
			[]string{"serve"}, exitFailure, "PROSA_TELEGRAM_BASE_URL"},
		"the simulators away": {data, []string{"seed", "--sandbox", "http://127.0.0.1:1"}, exitFailure, "simulators"},
		"migrate":             {map[string]string{"PROSA_DATA_DIR": filepath.Join(t.TempDir(), "fresh")}, []string{"migrate"}, exitOK, "up to date"},
		"postgres without a URL": {nil, []string{"bench", "--engine", "postgres"}, exitFailure,
			"PROSA_DATABASE_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, problem := invoke(t, c.settings, c.args...)
			if code != c.code || !strings.Contains(out+problem, c.says) {
				t.Errorf("exit %d, want %d with %q:\n%s%s", code, c.code, c.says, out, problem)
			}
		})
	}
}

func TestConfigTellsEverySettingOnceAndNoSecret(t *testing.T) {
	settings := map[string]string{"PROSA_SHARDS": "3", "PROSA_SECRET_KEYS": "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}
	code, out, problem := invoke(t, settings, "config", "--json")
	if code != exitOK {
		t.Fatal(problem)
	}
	if strings.Contains(out, "MDEyMzQ1") {
		t.Error("a secret was printed")
	}
	var fields []config.Field
	if err := json.Unmarshal([]byte(out), &fields); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, field := range fields {
		if seen[field.Name] {
			t.Errorf("%s is told twice", field.Name)
		}
		seen[field.Name] = true
		if !strings.HasPrefix(field.Name, "PROSA_") || len(field.Doc) < 10 {
			t.Errorf("%s is not explained: %q", field.Name, field.Doc)
		}
	}
	if len(fields) < 60 {
		t.Errorf("only %d settings are told", len(fields))
	}
	_, out, _ = invoke(t, settings, "config", "--diff")
	if !strings.Contains(out, "PROSA_SHARDS") || strings.Contains(out, "PROSA_LISTEN") {
		t.Errorf("the difference is told as\n%s", out)
	}
	_, key, _ := invoke(t, nil, "config", "--new-key")
	if code, _, problem := invoke(t, map[string]string{"PROSA_SECRET_KEYS": strings.TrimSpace(key), "PROSA_DATA_DIR": t.TempDir()}, "inventory"); code != exitOK {
		t.Errorf("a fresh key is refused: %s", problem)
	}
}

// The document for people is printed by the binary, and neither depends on who
// prints it.
func TestConfigurationDocumentIsFresh(t *testing.T) {
	committed, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, out, problem := invoke(t, map[string]string{"PROSA_SHARDS": "3"}, "config", "--markdown")
	if out != string(committed) {
		t.Errorf("docs/configuration.md is stale: run 'go run ./cmd/prosa config --markdown > docs/configuration.md'%s", problem)
	}
}
