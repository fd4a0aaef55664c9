package rollout

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"prosa/internal/base/fault"
)

const (
	old   = "sha256:aaaa"
	fresh = "sha256:bbbb"
)

type deployment map[string]any

func at(status, definition, rollout string, running, desired int) deployment {
	return deployment{"status": status, "taskDefinition": definition, "rolloutState": rollout, "rolloutStateReason": "tasks failed to start", "runningCount": running, "desiredCount": desired}
}

// runtime answers as ECS does; each look at the services gives the next state.
func runtime(t *testing.T, states ...[]deployment) Cluster {
	t.Helper()
	looks := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Services       []string `json:"services"`
			TaskDefinition string   `json:"taskDefinition"`
		}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		answer := map[string]any{}
		switch target := r.Header.Get("X-Amz-Target"); {
		case strings.HasSuffix(target, ".DescribeServices"):
			state := states[min(looks, len(states)-1)]
			looks++
			answer["services"] = []any{}
			if state != nil {
				answer["services"] = []any{map[string]any{"serviceName": asked.Services[0], "deployments": state}}
			}
		case strings.HasSuffix(target, ".DescribeTaskDefinition"):
			answer["taskDefinition"] = map[string]any{"containerDefinitions": []any{map[string]any{"name": "api", "image": "registry/prosa@" + asked.TaskDefinition}}}
		default:
			t.Errorf("asked %s", target)
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	client := ecs.New(ecs.Options{Region: "sa-east-1", BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider("k", "s", ""), Retryer: aws.NopRetryer{}})
	return Cluster{ECS: client, Name: "massivo-dev", Services: []string{"massivo-dev-api"}}
}

var errTime = errors.New("the time is up")

// patient waits so often.
func patient(times int) func(context.Context) error {
	return func(context.Context) error {
		if times--; times < 0 {
			return errTime
		}
		return nil
	}
}

func TestAwait(t *testing.T) {
	for name, c := range map[string]struct {
		states [][]deployment
		looks  int
		says   string // of the state, or of the error
		reason string
		code   fault.Code
	}{
		"it runs": {[][]deployment{{at("PRIMARY", fresh, "COMPLETED", 2, 2)}}, 0, "runs 2 of 2", "", ""},
		"it comes up": {[][]deployment{{at("PRIMARY", fresh, "IN_PROGRESS", 0, 2), at("ACTIVE", old, "COMPLETED", 2, 2)}, {at("PRIMARY", fresh, "IN_PROGRESS", 2, 2)}, {at("PRIMARY", fresh, "COMPLETED", 2, 2)}},
			2, "runs 2 of 2", "", ""},
		"it stays half way": {[][]deployment{{at("PRIMARY", fresh, "IN_PROGRESS", 1, 2), at("ACTIVE", old, "COMPLETED", 2, 2)}}, 3, "between 2 deployments", "", fault.Unavailable},
		"it rests":          {[][]deployment{{at("PRIMARY", fresh, "COMPLETED", 0, 0)}}, 1, "runs 0 of 0", "", fault.Unavailable},
		"it fails":          {[][]deployment{{at("PRIMARY", fresh, "FAILED", 0, 2), at("ACTIVE", old, "COMPLETED", 2, 2)}}, 3, "tasks failed to start", ReasonRolledBack, fault.Refused},
		"it was rolled back": {[][]deployment{{at("PRIMARY", fresh, "IN_PROGRESS", 0, 2), at("ACTIVE", old, "COMPLETED", 2, 2)}, {at("PRIMARY", old, "COMPLETED", 2, 2)}},
			3, "runs registry/prosa@" + old, ReasonRolledBack, fault.Refused},
		"it is not there": {[][]deployment{nil}, 3, "0 of the services", "", fault.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := runtime(t, c.states...).Await(t.Context(), fresh, patient(c.looks))
			if err != nil {
				text = err.Error()
			}
			if fault.CodeOf(err) != c.code || !strings.Contains(text, c.says) {
				t.Errorf("%q, want %q (%s)", text, c.says, c.code)
			}
			var known *fault.Error
			if errors.As(err, &known) && known.Reason != c.reason {
				t.Errorf("reason %q, want %q", known.Reason, c.reason)
			}
			if c.code == fault.Unavailable && !errors.Is(err, errTime) {
				t.Errorf("the time is not named: %v", err)
			}
		})
	}
}
