package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/saga"
)

func (a *api) registerIntegration() {
	handle(a, route{
		id: "list-integrations", method: http.MethodGet, path: "/operator/integrations", tag: "operator", needs: identity.PlatformOperate,
		summary: "The outside services that a purchase needs: whether each works, and what waits for it.",
	}, a.listIntegrations)
	handle(a, route{
		id: "probe-integration", method: http.MethodPost, path: "/operator/integrations/{integration}/probe", tag: "operator", needs: identity.PlatformOperate, status: http.StatusNoContent,
		summary: "Let one of those that wait for a service try now. Reason: circuit_closed.",
	}, a.probeIntegration)
}

// integration is an outside service as operators see it.
type integration struct {
	Name        string            `json:"name" doc:"zoho, stripe, asaas, payment (several of them), sendgrid, smtp, folder, mail (nobody sends)."`
	Kind        string            `json:"kind" enum:"crm,mail,payment"`
	Configured  bool              `json:"configured" doc:"It is connected; without it its steps are skipped."`
	Trouble     string            `json:"trouble" doc:"Of the whole integration, such as locked: an operator has to connect it anew."`
	Circuit     integrationSwitch `json:"circuit"`
	SuccessMS   int64             `json:"last_success_ms" doc:"0 for never."`
	Errors      []saga.Count      `json:"errors" nullable:"false" doc:"What is the matter with those that wait, by class."`
	Late        int64             `json:"late" doc:"Of mail: companies whose way in did not arrive within ten minutes; see GET /operator/letters?late=true."`
	LateSinceMS int64             `json:"late_since_ms"`
}

// integrationSwitch is a circuit as operators see it.
type integrationSwitch struct {
	Open     bool   `json:"open"`
	SinceMS  int64  `json:"since_ms"`
	Problem  string `json:"problem"`
	ProbeMS  int64  `json:"probe_ms" doc:"When the next one tries."`
	Failures int64  `json:"failures"`
	Parked   int64  `json:"parked" doc:"Steps, or letters, that wait for it."`
}

// Names of integrations that are not those of a vendor.
const (
	crmIntegration  = "zoho"
	mailIntegration = "mail" // where nobody sends
)

type integrationList struct {
	Body struct {
		Items []integration `json:"items" nullable:"false"`
	}
}

func (a *api) listIntegrations(ctx context.Context, _ *struct{}) (*integrationList, error) {
	circuits, err := a.deps.Sagas.Circuits(ctx)
	if err != nil {
		return nil, err
	}
	out := &integrationList{}
	out.Body.Items = []integration{}
	for _, circuit := range circuits {
		one := integration{
			Name: circuit.Name, Kind: "payment", Configured: true, SuccessMS: circuit.SuccessMS, Errors: circuit.Classes,
			Circuit: integrationSwitch{circuit.Open, circuit.SinceMS, circuit.Problem, circuit.ProbeMS, circuit.Failures, circuit.Parked},
		}
		if circuit.Name == crmIntegration {
			status, err := a.deps.CRM.Status(ctx)
			if err != nil {
				return nil, err
			}
			one.Kind, one.Configured, one.Trouble, one.SuccessMS = "crm", status.Connected, string(status.Trouble), max(one.SuccessMS, status.SuccessMS)
			if one.Circuit.Problem == "" {
				one.Circuit.Problem = status.Problem
			}
		}
		out.Body.Items = append(out.Body.Items, one)
	}
	post, err := a.postIntegration(ctx)
	out.Body.Items = append(out.Body.Items, post)
	return out, err
}

func (a *api) postIntegration(ctx context.Context) (integration, error) {
	health, err := a.deps.Mail.Health(ctx)
	if err != nil {
		return integration{}, err
	}
	one := integration{
		Name: health.Sender, Kind: "mail", Configured: a.deps.Mail.Works(), SuccessMS: health.SuccessMS, Errors: []saga.Count{}, Late: health.Late, LateSinceMS: health.LateSinceMS,
		Circuit: integrationSwitch{health.Open, health.SinceMS, health.Problem, health.ProbeMS, health.Failures, 0},
	}
	if one.Name == "" {
		one.Name = mailIntegration
	}
	if health.Open {
		one.Circuit.Parked = health.Waiting
	}
	for _, reason := range health.Reasons {
		one.Errors = append(one.Errors, saga.Count{Class: reason.Reason, Count: reason.Count})
	}
	return one, nil
}

type probeIntegrationInput struct {
	Integration string `path:"integration" maxLength:"40"`
}

func (a *api) probeIntegration(ctx context.Context, in *probeIntegrationInput) (*struct{}, error) {
	list, err := a.listIntegrations(ctx, nil)
	if err != nil {
		return nil, err
	}
	for _, one := range list.Body.Items {
		if one.Name != in.Integration {
			continue
		}
		if one.Kind == "mail" {
			err = a.deps.Mail.Probe(ctx)
		} else {
			err = a.deps.Sagas.Probe(ctx, one.Name)
		}
		if err == nil {
			a.noteStaff(ctx, "integration.probed", one.Name)
		}
		return nil, err
	}
	return nil, fault.New(fault.NotFound, "no such integration")
}
