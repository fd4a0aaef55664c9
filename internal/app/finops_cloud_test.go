package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"prosa/internal/base/secret"
	"prosa/internal/modules/finops"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/platform/blob"
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

// workerOf reads from a deployment's plan what its worker is told in the open.
func workerOf(t *testing.T, deployment string) map[string]string {
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
		if change.Address != `module.task["worker"].aws_ecs_task_definition.this` {
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
	t.Fatal("the plan has no worker")
	return nil
}
