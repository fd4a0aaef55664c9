package gate

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/attest"
	"prosa/internal/platform/blob"
)

// Reasons of a refusal, for programs.
const (
	ReasonSkipped = "environment_skipped"
	ReasonRecord  = "run_record_tampered"
	ReasonPast    = "gate_not_passed"
)

// Run is what a deployment tells of an image that it ran.
type Run struct {
	Deployment string `json:"deployment"`
	Digest     string `json:"digest"`
	Commit     string `json:"commit"`
	RanAt      string `json:"ranAt"`         // RFC 3339, UTC: when it was found healthy
	Health     string `json:"health"`        // the address that answered
	By         string `json:"by,omitempty"`  // the pipeline
	Run        string `json:"run,omitempty"` // and its run
}

// Records are the shelves on which run records lie, the nearest first.
type Records []blob.Shelf

// recordLimit bounds a record, in bytes.
const recordLimit = 64 << 10

// recordName has no colon in it: stores of pipelines refuse it in names.
func recordName(deployment, digest string) string {
	return "runs/" + deployment + "/" + fileName(digest) + ".json"
}

func fileName(digest string) string { return strings.ReplaceAll(digest, ":", "-") }

// Keep signs a run and puts it on every shelf. A run that the gate did not let in
// is refused: nothing that went past it becomes a history.
func (r Records) Keep(ctx context.Context, run Run, signer attest.Signer) error {
	deployment, err := ParseDeployment(run.Deployment)
	if err != nil {
		return err
	}
	if err := r.letIn(ctx, deployment, run.Digest); err != nil {
		return err
	}
	statement, err := attest.NewStatement(runType, run, attest.Subject{Name: run.Deployment, Digest: map[string]string{"sha256": hexOf(run.Digest)}})
	if err != nil {
		return err
	}
	sealed, err := signer.Seal(attest.StatementKind, statement)
	if err != nil {
		return err
	}
	return r.put(ctx, recordName(run.Deployment, run.Digest), sealed)
}

// Find gives the record of a digest in a deployment, and as it was signed. No
// record is fault.NotFound; one that is not believed is refused, unless another
// shelf holds one that is.
func (r Records) Find(ctx context.Context, deployment Deployment, digest string, keys attest.Keys) (Run, []byte, error) {
	var refusal error
	for _, shelf := range r {
		sealed, err := readAll(ctx, shelf, recordName(deployment.String(), digest))
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return Run{}, nil, err
		}
		run, err := open(sealed, deployment, digest, keys)
		if err == nil {
			return run, sealed, nil
		}
		refusal = err
	}
	if refusal != nil {
		return Run{}, nil, refusal
	}
	return Run{}, nil, fault.New(fault.NotFound, "no record says that %s ran %s", deployment, digest)
}

// open believes a record of this deployment and this digest alone.
func open(sealed []byte, deployment Deployment, digest string, keys attest.Keys) (Run, error) {
	payload, _, err := keys.For(deployment.String()).Open(attest.StatementKind, sealed)
	if err != nil {
		return Run{}, err
	}
	var run Run
	statement, err := attest.ReadStatement(payload, runType, &run)
	if err != nil {
		return Run{}, err
	}
	if run.Deployment != deployment.String() || run.Digest != digest || !statement.Names(hexOf(digest)) {
		return Run{}, fault.Refuse(ReasonRecord, "the record is of %.60s in %.60s, not of %s in %s", run.Digest, run.Deployment, digest, deployment)
	}
	return run, nil
}

func (r Records) put(ctx context.Context, name string, content []byte) error {
	if err := r.anywhere(); err != nil {
		return err
	}
	var failed error
	for _, shelf := range r {
		failed = errors.Join(failed, shelf.Put(ctx, name, content))
	}
	return failed
}

func (r Records) anywhere() error {
	if len(r) == 0 {
		return fault.New(fault.Invalid, "there is no place for run records")
	}
	return nil
}

func readAll(ctx context.Context, shelf blob.Shelf, name string) ([]byte, error) {
	content, _, err := shelf.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(content, recordLimit))
	return raw, errors.Join(err, content.Close())
}

// stamp is a time as it stands in records and in names of files.
func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }
