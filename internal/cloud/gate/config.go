package gate

import (
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/blob"
)

// runType is the kind of a run record's predicate; a name, never called.
const runType = "https://prosa.example/attestation/run/v1"

// Config says where run records and decisions lie.
type Config struct {
	URL  secret.Text `env:"PROSA_IMAGE_RUNS_URL" doc:"Where a deployment keeps its run records and gate decisions: a folder, or s3://host/bucket/folder?region=..&credentials=role."`
	Hand string      `env:"PROSA_IMAGE_RUNS_DIR" doc:"Folder in which run records travel from one step of a pipeline to the next, beside PROSA_IMAGE_RUNS_URL."`
}

// Open gives the shelves of the configuration.
func Open(cfg Config) (Records, error) {
	var records Records
	for _, location := range []secret.Text{secret.New(cfg.Hand), cfg.URL} {
		if location.IsZero() {
			continue
		}
		shelf, err := blob.OpenShelf(location)
		if err != nil {
			return nil, err
		}
		records = append(records, shelf)
	}
	if len(records) == 0 {
		return nil, fault.OnField("PROSA_IMAGE_RUNS_URL", "is needed, or PROSA_IMAGE_RUNS_DIR: run records and decisions are kept there")
	}
	return records, nil
}
