package app

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"prosa/internal/base/secret"
	"prosa/internal/cloud/schedule"
	"prosa/internal/modules/finops"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/config"
)

// What the layers tell the ledger's worker is what the ledger reads: the bill,
// and each other deployment's meters once. The plan is the real provider's.
func TestTheLedgerReadsWhatTheLayersName(t *testing.T) {
	told := workerOf(t, "massivo-prod")
	places, err := meter.Config{Sources: secret.New(told["PROSA_FINOPS_METER_SOURCES"])}.Places()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, place := range places {
		names = append(names, place.Deployment)
		if bucket := "/prosa-" + place.Deployment + "-meters?"; !strings.Contains(place.Location.Reveal(), bucket) {
			t.Errorf("the meters of %s are read from %s", place.Deployment, place.Location.Reveal())
		}
		if _, err := blob.OpenShelf(place.Location); err != nil {
			t.Errorf("%s: %v", place.Deployment, err)
		}
	}
	if want := []string{"enterprise-dev", "enterprise-homolog", "enterprise-prod", "massivo-dev", "massivo-homolog"}; !slices.Equal(names, want) {
		t.Errorf("meters are read of %v", names)
	}
	bills := told["PROSA_FINOPS_SOURCES"]
	if err := (finops.Config{Sources: secret.New(bills), Every: time.Hour, MaxRows: 1, MaxBytes: 1}).Validate(); err != nil {
		t.Error(err)
	}
	name, location, _ := strings.Cut(bills, "=")
	if _, err := blob.OpenShelf(secret.New(location)); err != nil || name != "aws" {
		t.Errorf("bills are read from %s: %v", bills, err)
	}
}

// From the layers to the pages: the ledger's worker is told of accounts.yaml what
// it needs, with nobody's address, and the map and the budgets are those of the
// file.
func TestTheLedgersWorkerIsToldWhoseAccountsTheyAre(t *testing.T) {
	text := workerOf(t, "massivo-prod")["PROSA_FINOPS_ACCOUNTS"]
	if text == "" || strings.Contains(text, "@") || len(text) > 4096 {
		t.Fatalf("the worker is told %q", text)
	}
	if told, there := workerOf(t, "massivo-dev")["PROSA_FINOPS_ACCOUNTS"]; there {
		t.Errorf("massivo-dev, which keeps no ledger, is told %q", told)
	}
	byText, byFile := ledgerOf(t, text), ledgerOf(t, filepath.Join("..", "..", "deploy", "terraform", "accounts.yaml"))
	if byText != byFile || !strings.Contains(byText, "100000000013 massivo-prod massivo prod") || !strings.Contains(byText, "enterprise dev USD 250") || !strings.Contains(byText, "100000000002 security shared shared") {
		t.Errorf("by the setting:\n%sby the file:\n%s", byText, byFile)
	}
	file, err := os.ReadFile(filepath.Join("..", "..", "deploy", "terraform", "accounts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if byWhole := ledgerOf(t, string(file)); byWhole != byFile {
		t.Errorf("by the text of the file:\n%s", byWhole)
	}
}

// ledgerOf writes the map of accounts and the budgets that a setting makes.
func ledgerOf(t *testing.T, setting string) string {
	t.Helper()
	settings := map[string]string{"PROSA_DATA_DIR": t.TempDir(), "PROSA_FINOPS_ACCOUNTS": setting}
	if code, out, complaint := call(t, settings, "migrate"); code != exitOK {
		t.Fatal(out, complaint)
	}
	around := surroundings{ctx: t.Context(), lookup: config.Map(settings), out: io.Discard, err: io.Discard}
	h, err := around.costs()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}()
	accounts, err := h.costs.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC() // they begin with the month in which they were read
	budgets, err := h.costs.Budgets(t.Context(), int64(now.Year())*100+int64(now.Month()))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, a := range accounts {
		fmt.Fprintf(&text, "%s %s %s %s\n", a.AccountID, a.Name, a.Line, a.Environment)
	}
	for _, b := range budgets {
		fmt.Fprintf(&text, "%s %s %s %s\n", b.Line, b.Environment, b.Currency, b.Amount)
	}
	return text.String()
}

// An environment that rests shows its leases on its own console: the layers tell
// its API where they lie, with the right to it, and that of production nothing.
func TestTheConsoleOfAnEnvironmentThatRestsKnowsItsLeases(t *testing.T) {
	told := partOf(t, "massivo-dev", "api")
	told["PROSA_DATA_DIR"] = t.TempDir()
	for _, name := range []string{"PROSA_STREAM_URL", "PROSA_BLOB_URL", "PROSA_TRUSTED_PROXIES"} {
		delete(told, name) // of no concern here
	}
	cfg, err := load(config.Map(told))
	if err != nil {
		t.Fatal(err)
	}
	door, err := leasesOf(cfg, slog.New(slog.DiscardHandler))
	if err != nil || door == nil {
		t.Fatalf("the console of massivo-dev has no page of environments: %v", err)
	}
	if known, err := deployments(cfg); err != nil || len(known) != 1 || known[0].Name != "massivo-dev" || known[0].AccountID != "100000000011" || known[0].Schedule.Kind != schedule.Office {
		t.Errorf("%+v, %v", known, err)
	}
	if address := partOf(t, "massivo-prod", "api")["PROSA_ENVIRONMENT_LEASES_URL"]; address != "" {
		t.Errorf("production lends itself by %s", address)
	}
}

// workerOf is what a deployment's worker is told.
func workerOf(t *testing.T, deployment string) map[string]string {
	t.Helper()
	return partOf(t, deployment, "worker")
}

// partOf reads from a deployment's plan what a part of it is told in the open.
func partOf(t *testing.T, deployment, part string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "cloud", "review", "testdata", "plans", deployment, "50-runtime.json"))
	if err != nil {
		t.Fatal(err)
	}
	var p tfjson.Plan
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	for _, change := range p.ResourceChanges {
		if change.Address != `module.task["`+part+`"].aws_ecs_task_definition.this` {
			continue
		}
		after, _ := change.Change.After.(map[string]any)
		var containers []struct {
			Environment []struct{ Name, Value string }
		}
		definitions, _ := after["container_definitions"].(string)
		if err := json.Unmarshal([]byte(definitions), &containers); err != nil || len(containers) != 1 {
			t.Fatal(err)
		}
		told := map[string]string{}
		for _, one := range containers[0].Environment {
			told[one.Name] = one.Value
		}
		return told
	}
	t.Fatal("the plan has no " + part)
	return nil
}
