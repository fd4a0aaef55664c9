package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"prosa/internal/cloud/inventory"
	"prosa/internal/migrations"
	"prosa/internal/platform/config"
)

func gathered(t *testing.T) inventory.Inventory {
	t.Helper()
	what, err := gather(config.Map(nil))
	if err != nil {
		t.Fatal(err)
	}
	return what
}

func TestInventoryHasNoGaps(t *testing.T) {
	what := gathered(t)
	for _, problem := range what.Problems() {
		t.Error(problem)
	}
	for kind, n := range map[string]int{"tables": len(what.Tables) - 100, "endpoints": len(what.Endpoints) - 150, "settings": len(what.Settings) - 100, "hosts": len(what.Hosts) - 8} {
		if n < 0 {
			t.Errorf("%d %s too few: what gathers them has stopped finding them", -n, kind)
		}
	}
}

func TestInventoryOnTheCommandLine(t *testing.T) {
	code, out, problem := invoke(t, nil, "inventory", "--check")
	for _, want := range []string{"gateway", "in.channel.<shard>", "dead.conversation", "mail_letter", "media.fetch", "graph.facebook.com", "PROSA_SECRET_KEYS", "/webhooks/"} {
		if code != exitOK || !strings.Contains(out, want) {
			t.Errorf("%d: the inventory does not name %s:\n%s%s", code, want, out, problem)
		}
	}
	_, out, _ = invoke(t, nil, "inventory", "--json")
	var what inventory.Inventory
	if err := json.Unmarshal([]byte(out), &what); err != nil || len(what.Subjects) != len(Topology()) {
		t.Errorf("as JSON: %v\n%s", err, out)
	}
	committed, err := os.ReadFile("../../docs/inventory.md")
	if _, out, _ = invoke(t, nil, "inventory", "--markdown"); err != nil || out != string(committed) {
		t.Errorf("docs/inventory.md is stale: run 'go run ./cmd/prosa inventory --markdown > docs/inventory.md' (%v)", err)
	}
}

func TestInventoryJoinsPlans(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "massivo-prod")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	plan := `{"format_version":"1.2","resource_changes":[
		{"address":"aws_ecs_service.worker","mode":"managed","type":"aws_ecs_service","name":"worker","change":{"after":{"name":"massivo-prod-worker","tags_all":{"owner":"core@prosa.example"}}}}]}`
	if err := os.WriteFile(filepath.Join(dir, "50-runtime.json"), []byte(plan), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, problem := invoke(t, nil, "inventory", "--plan", filepath.Dir(dir))
	if code != exitOK || !strings.Contains(out, "massivo-prod-worker · core@prosa.example · target worker") {
		t.Errorf("%d %s\n%s", code, problem, out)
	}
	if code, _, problem := invoke(t, nil, "inventory", "--plan", t.TempDir()); code != exitFailure || !strings.Contains(problem, "plan") {
		t.Errorf("a folder without plans: %d %s", code, problem)
	}
}

// waiting finds the columns of tables that somebody sweeps.
var (
	tableInFile = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\)`)
	waiting     = regexp.MustCompile(`(?m)^\s+(next_ms|next_try_ms|run_ms|look_ms|due_ms|wakes_ms|remind_ms|attempts?|snoozed_until_ms|check_next_ms|renew_next_ms)\s`)
)

// A table whose rows are due some time is a queue, whether anybody called it one.
func TestEveryTableThatWaitsIsAQueue(t *testing.T) {
	listed := map[string]bool{}
	for _, q := range queues() {
		listed[q.Table] = true
	}
	files, err := filepath.Glob("../migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range tableInFile.FindAllStringSubmatch(string(text), -1) {
			if column := waiting.FindString(table[2]); column != "" {
				found++
				if !listed[table[1]] {
					t.Errorf("%s has%s and is no queue of the inventory: say in inventory_queue.go who works on it, and how it ends when that can't be done", table[1], strings.TrimRight(column, " \t"))
				}
			}
		}
	}
	if found < 15 {
		t.Errorf("only %d tables that wait were found", found)
	}
}

func TestQueuesAreOwnedByWhoMakesTheirTable(t *testing.T) {
	tables, err := migrations.Tables()
	if err != nil {
		t.Fatal(err)
	}
	owner := map[string]string{}
	for _, table := range tables {
		owner[table.Name] = table.Owner
	}
	for _, q := range queues() {
		if owner[q.Table] != q.Owner {
			t.Errorf("%s is made by %s, the inventory says %s", q.Table, owner[q.Table], q.Owner)
		}
	}
}

// consumerInCode finds the consumers that the code makes.
var consumerInCode = regexp.MustCompile(`ConsumerName\("([a-z]+)"`)

func TestEveryConsumerIsListed(t *testing.T) {
	var listed, made []string
	for _, c := range consumers() {
		listed = append(listed, strings.TrimSuffix(c.Name, "-<shard>"))
	}
	err := filepath.WalkDir("..", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, match := range consumerInCode.FindAllStringSubmatch(string(text), -1) {
			made = append(made, match[1])
		}
		return err
	})
	if err != nil || len(made) < 3 {
		t.Fatalf("%d consumers were found: %v", len(made), err)
	}
	for _, name := range made {
		if !slices.Contains(listed, name) {
			t.Errorf("the consumer %s stands in no inventory", name)
		}
	}
}

func TestEveryJobIsListed(t *testing.T) {
	var listed []string
	for _, j := range jobs() {
		listed = append(listed, j.Kind)
	}
	registered := slices.Clone(liveIn(t).jobs.Kinds())
	slices.Sort(listed)
	slices.Sort(registered)
	if !slices.Equal(listed, registered) {
		t.Errorf("the inventory lists %v, a process registers %v", listed, registered)
	}
}
