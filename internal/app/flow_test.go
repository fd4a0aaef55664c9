package app

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prosa/internal/modules/flow/template"
	"prosa/internal/platform/config"
)

var update = flag.Bool("update", false, "write the goldens anew")

// flowDir is a folder with flows as companies keep them: those of testdata and
// the examples of the guide.
func flowDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files, err := filepath.Glob("testdata/flow/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no flows: %v", err)
	}
	examples, err := filepath.Glob("../../docs/examples/flows/*.json")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	files = append(files, examples...)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Each line of the golden is a command; what it prints and its exit code follow.
func TestFlowCommands(t *testing.T) {
	t.Chdir(flowDirAt(t))
	var b strings.Builder
	for _, line := range []string{
		"flow check loja.flow.json",
		"flow check loja.flow.json quebrada.flow.json",
		"flow check --lang pt-BR quebrada.flow.json",
		"flow check --channel telegram longa.flow.json",
		"flow check --channel whatsapp longa.flow.json",
		"flow check --json quebrada.flow.json",
		"flow check suporte.flow.json",
		"flow check ilegivel.flow.json",
		"flow check nada.flow.json",
		"flow test loja.flow.json",
		"flow test -v loja.flow.json",
		"flow test --lang pt-BR errada.json",
		"flow test -v errada.json",
		"flow test -v suporte.flow.json",
		"flow test --explore 200 calada.flow.json",
		"flow test quebrada.flow.json",
		"flow diff loja.flow.json loja2.flow.json",
		"flow diff --lang pt-BR --exit-code loja.flow.json loja2.flow.json",
		"flow diff --exit-code loja.flow.json loja.flow.json",
		"flow diff --json loja.flow.json loja2.flow.json",
		"flow diff loja.flow.json ilegivel.flow.json",
		"flow graph loja.flow.json",
		"flow graph --as dot loja.flow.json",
		"flow graph quebrada.flow.json",
		"flow fmt calada.flow.json",
		"flow fmt --check loja.flow.json calada.flow.json",
		"flow fmt -w calada.flow.json loja.tests.json errada.json",
		"flow fmt --check calada.flow.json loja.tests.json errada.json",
		"flow fmt -w -",
	} {
		code, out, problem := invoke(t, nil, strings.Fields(line)...)
		fmt.Fprintf(&b, "$ prosa %s\n%s%s# exit %d\n\n", line, out, problem, code)
	}
	golden(t, "flow.txt", b.String())
}

func flowDirAt(t *testing.T) string {
	t.Helper()
	at, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	dir := flowDir(t)
	t.Setenv("PROSA_TEST_GOLDENS", at)
	return dir
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join(os.Getenv("PROSA_TEST_GOLDENS"), name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("%v; got:\n%s", err, got)
	}
}

func TestFlowsFromTheStandardInput(t *testing.T) {
	text, err := template.Text("recepcao")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		in   string
		code int
		says string
	}{
		{[]string{"flow", "check", "-"}, string(text), exitOK, "-: ok"},
		{[]string{"flow", "fmt", "-"}, string(text), exitOK, `"name": "Recepção da loja"`},
		{[]string{"flow", "graph", "-"}, string(text), exitOK, "flowchart TD"},
		{[]string{"flow", "test", "-"}, string(text), exitOK, "0 passed"},
		{[]string{"flow", "check", "-"}, "", exitFailure, "can't be published"},
		{[]string{"flow", "check", "-"}, strings.Repeat(" ", maxFlowFile+1), exitFailure, "more than"},
	} {
		var out, problem bytes.Buffer
		code := run(c.args, surroundings{ctx: context.Background(), lookup: config.Map(nil), in: strings.NewReader(c.in), out: &out, err: &problem})
		if code != c.code || !strings.Contains(out.String()+problem.String(), c.says) {
			t.Errorf("%v: exit %d:\n%s%s", c.args, code, &out, &problem)
		}
	}
	if code, _, problem := invoke(t, nil, "flow", "check", "-"); code != exitFailure || !strings.Contains(problem, "standard input") {
		t.Errorf("without an input: %d %s", code, problem)
	}
}

// The ready flows lie in the form that the command gives, and pass it.
func TestReadyFlowsOnTheCommandLine(t *testing.T) {
	files, err := filepath.Glob("../modules/flow/template/*.json")
	if err != nil || len(files) != len(template.Names()) {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, command := range []string{"fmt --check", "check --strict", "test --explore 50"} {
		args := append(append([]string{"flow"}, strings.Fields(command)...), files...)
		if code, out, problem := invoke(t, nil, args...); code != exitOK {
			t.Errorf("%s: exit %d:\n%s%s", command, code, out, problem)
		}
	}
	code, out, problem := invoke(t, nil, append([]string{"flow", "test", "--json", "--explore", "5"}, files...)...)
	var tested []testedFlow
	if err := json.Unmarshal([]byte(out), &tested); err != nil || code != exitOK || len(tested) != len(files) || tested[0].Exploration.Runs != 5 {
		t.Errorf("exit %d, %v:\n%s", code, err, problem)
	}
}

// What the guides show of flows and tests is read by the engine.
func TestTheGuidesShowRealFlows(t *testing.T) {
	for _, guide := range []string{"../../docs/guides/pt-BR/fluxos.md", "../../docs/guides/en/flows.md"} {
		text, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		blocks := strings.Split(string(text), "```json\n")[1:]
		if len(blocks) < 2 {
			t.Errorf("%s shows %d texts", guide, len(blocks))
		}
		for _, block := range blocks {
			shown, _, _ := strings.Cut(block, "```")
			if _, err := canonical([]byte(shown)); err != nil {
				t.Errorf("%s: %v:\n%s", guide, err, shown)
			}
		}
	}
}
