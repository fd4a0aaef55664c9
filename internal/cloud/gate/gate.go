package gate

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/cloud/attest"
	"prosa/internal/cloud/image"
	"prosa/internal/platform/blob"
)

// Gate stands before the deployments.
type Gate struct {
	Records Records
	// Keys are believed for images and for run records.
	Keys   attest.Keys
	Access image.Access
	Clock  clock.Clock
	// By and Run name the pipeline that asks, for the evidence.
	By, Run string
}

// Decision is why an image may be deployed, or not: the evidence.
type Decision struct {
	Deployment string  `json:"deployment"`
	Reference  string  `json:"reference"`
	Digest     string  `json:"digest"`
	Commit     string  `json:"commit,omitempty"`
	Allowed    bool    `json:"allowed"`
	DecidedAt  string  `json:"decidedAt"` // RFC 3339 to the nanosecond, UTC
	Checks     []Check `json:"checks"`
	// Image is what was verified, Before the run in the environment before.
	Image  *image.Verified `json:"image,omitempty"`
	Before *Run            `json:"before,omitempty"`
	By     string          `json:"by,omitempty"`
	Run    string          `json:"run,omitempty"`
}

// Check is one of the conditions and what was found.
type Check struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	Reason string `json:"reason,omitempty"` // machine-readable, of a refusal
	Detail string `json:"detail"`
}

// Decide judges an image, registry/repository@sha256:..., for a deployment and
// keeps the decision. Every condition is looked at, also after one has failed.
// The error of a refusal is the first one's; the decision comes with it.
func (g Gate) Decide(ctx context.Context, reference string, to Deployment) (Decision, error) {
	d := Decision{Deployment: to.String(), Reference: fmt.Sprintf("%.500s", reference), DecidedAt: instant(g.Clock.Now()), By: g.By, Run: g.Run}
	digest, refusal := image.DigestOf(reference)
	if refusal != nil {
		d.add("named by digest", refusal, "")
		return d, firstOf(refusal, g.keep(ctx, d, to, nil))
	}
	d.Digest = digest
	d.add("named by digest", nil, digest)

	verified, err := image.Verify(ctx, reference, g.Keys, g.Access)
	refusal = err
	d.add("whole, signed, with its parts and provenance", err, "signed by the key "+verified.Key)
	if err == nil {
		d.Image, d.Commit = &verified, verified.Commit
	}
	sealed, err := g.before(ctx, &d, to)
	if refusal == nil {
		refusal = err
	}
	d.Allowed = refusal == nil
	if err := g.keep(ctx, d, to, sealed); err != nil {
		return d, firstOf(refusal, err)
	}
	return d, refusal
}

// before looks for the run in the environment before.
func (g Gate) before(ctx context.Context, d *Decision, to Deployment) ([]byte, error) {
	previous, any := to.Previous()
	if !any {
		d.add("ran in the environment before", nil, to.Environment+" is the first environment")
		return nil, nil
	}
	run, sealed, err := g.Records.Find(ctx, previous, d.Digest, g.Keys)
	if fault.Is(err, fault.NotFound) {
		err = fault.Refuse(ReasonSkipped, "%s has not run %s: an image goes through %s before %s", previous, d.Digest, previous.Environment, to.Environment)
	}
	d.add("ran in the environment before", err, previous.String()+" ran it at "+run.RanAt)
	if err == nil {
		d.Before = &run
	}
	return sealed, err
}

// keep writes the decision, and of one that lets an image in also the record
// that it rests on.
func (g Gate) keep(ctx context.Context, d Decision, to Deployment, sealed []byte) error {
	raw, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the decision can't be written")
	}
	// Two that are asked at once decide twice.
	name := decisions(to, d.Digest) + strings.ReplaceAll(d.DecidedAt, ":", "") + "-" + strings.ToLower(rand.Text()[:8]) + ".json"
	if err := g.Records.put(ctx, name, raw); err != nil {
		return fault.Wrap(err, fault.Unavailable, "the decision can't be kept, so nothing is deployed")
	}
	if previous, any := to.Previous(); any && d.Allowed {
		return g.Records.put(ctx, recordName(previous.String(), d.Digest), sealed)
	}
	return nil
}

// decisions is the folder of what was decided of an image for a deployment; of
// what a tag named, and so is no image, all that was refused.
func decisions(to Deployment, digest string) string {
	folder := "unnamed"
	if digest != "" {
		folder = fileName(digest)
	}
	return "gates/" + to.String() + "/" + folder + "/"
}

// instant is a time in a decision and its name: its digits keep the order.
func instant(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000000Z") }

// letIn finds the newest decision on an image for a deployment, on any shelf, and
// wants that it lets it in: what was allowed once may have been refused since.
func (r Records) letIn(ctx context.Context, to Deployment, digest string) error {
	if err := r.anywhere(); err != nil {
		return err
	}
	var newest Decision
	var at time.Time
	for _, shelf := range r {
		err := shelf.List(ctx, decisions(to, digest), func(item blob.Item) error {
			raw, err := readAll(ctx, shelf, item.Name)
			if err != nil {
				return err
			}
			d, decided := readDecision(raw)
			if d.Deployment != to.String() || d.Digest != digest {
				return nil
			}
			// Of two at one moment the refusal counts.
			if decided.After(at) || decided.Equal(at) && !d.Allowed {
				newest, at = d, decided
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if newest.Allowed {
		return nil
	}
	if newest.DecidedAt != "" {
		return fault.Refuse(ReasonPast, "the newest decision on %s for %s, at %s, refused it: ask the gate again (prosa image gate)", digest, to, newest.DecidedAt)
	}
	return fault.Refuse(ReasonPast, "no decision lets %s into %s: ask the gate first (prosa image gate)", digest, to)
}

// readDecision gives a decision and its moment; what can't be read, or says no
// moment, is the zero value: it is none of ours.
func readDecision(raw []byte) (d Decision, decided time.Time) {
	err := json.Unmarshal(raw, &d)
	if err == nil {
		decided, err = time.Parse(time.RFC3339Nano, d.DecidedAt)
	}
	if err != nil {
		return Decision{}, time.Time{}
	}
	return d, decided
}

func (d *Decision) add(name string, err error, found string) {
	check := Check{Name: name, Passed: err == nil, Detail: found}
	if err != nil {
		check.Reason, check.Detail = image.ReasonOf(err), fault.MessageOf(err)
	}
	d.Checks = append(d.Checks, check)
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// hexOf is a digest without its algorithm.
func hexOf(digest string) string { return strings.TrimPrefix(digest, "sha256:") }
