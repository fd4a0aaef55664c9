package httpapi

import (
	"context"
	"net/http"
	"slices"

	"prosa/internal/modules/acquisition"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/saga"
)

func (a *api) registerJourney() {
	handle(a, route{
		id: "list-journeys", method: http.MethodGet, path: "/operator/journeys", tag: "operator", needs: identity.PlatformOperate,
		summary: "Companies on their way to us, newest first.",
	}, a.listJourneys)
	handle(a, route{
		id: "inspect-journey", method: http.MethodGet, path: "/operator/journeys/{journey}", tag: "operator", needs: identity.PlatformOperate,
		summary: "A journey with its timeline, letters and log.",
	}, a.inspectJourney)
	handle(a, route{
		id: "retry-journey-step", method: http.MethodPost, path: "/operator/journeys/{journey}/steps/{step}/retry", tag: "operator", needs: identity.PlatformOperate, status: http.StatusNoContent,
		summary: "Run a step now; with corrected data, if any is given. Reason: step_state.",
	}, a.retryJourneyStep)
	handle(a, route{
		id: "finish-journey-step", method: http.MethodPost, path: "/operator/journeys/{journey}/steps/{step}/done", tag: "operator", needs: identity.PlatformOperate, status: http.StatusNoContent, fresh: true,
		summary: "Note that a step was done by hand. Reasons: step_state, step_up_required.",
	}, a.finishJourneyStep)
	handle(a, route{
		id: "skip-journey-step", method: http.MethodPost, path: "/operator/journeys/{journey}/steps/{step}/skip", tag: "operator", needs: identity.PlatformOperate, status: http.StatusNoContent, fresh: true,
		summary: "Go on without a step. Reasons: step_state, step_up_required.",
	}, a.skipJourneyStep)
	handle(a, route{
		id: "cancel-journey", method: http.MethodPost, path: "/operator/journeys/{journey}/cancel", tag: "operator", needs: identity.PlatformOperate, status: http.StatusNoContent, fresh: true,
		summary: "End a journey that made no company yet. Reasons: company_made, step_up_required.",
	}, a.cancelJourney)
	handle(a, route{
		id: "reissue-activation", method: http.MethodPost, path: "/operator/journeys/{journey}/activation-link", tag: "operator", needs: identity.PlatformOperate, fresh: true,
		summary: "Make a new link for a company's first admin, to be handed over by other ways; those that are out are void. Reasons: activated, not_ready, step_up_required.",
	}, a.reissueActivation)
}

// journeyRow is a journey in the list.
type journeyRow struct {
	acquisition.Overview
	// Attention names the step that waits for an operator.
	Attention string `json:"attention" doc:"The step that waits for an operator; empty for none."`
	Problem   string `json:"problem" doc:"Of that step."`
}

type listJourneysInput struct {
	Paging
	State     acquisition.State `query:"state" enum:"draft,checkout,awaiting,paid,active,expired,canceled"`
	Query     string            `query:"q" maxLength:"200" doc:"Part of an e-mail or a name; a tax number, a contract or an id."`
	Attention bool              `query:"attention" doc:"Only those with a step that waits for an operator. A page may then be short."`
}

func (a *api) listJourneys(ctx context.Context, in *listJourneysInput) (*listing[journeyRow], error) {
	filter := acquisition.Filter{State: in.State, Query: in.Query, Cursor: in.Cursor, Limit: in.Limit}
	next := ""
	if in.Attention {
		waiting, err := a.deps.Sagas.Attention(ctx, in.Cursor, in.Limit)
		if err != nil {
			return nil, err
		}
		filter.IDs, filter.Cursor, filter.Limit = []string{}, "", len(waiting.Items)
		for _, step := range waiting.Items {
			if !slices.Contains(filter.IDs, step.SagaID) {
				filter.IDs = append(filter.IDs, step.SagaID)
			}
		}
		next = waiting.Next
	}
	journeys, err := a.deps.Signup.List(ctx, filter)
	if err != nil {
		return nil, err
	}
	if !in.Attention {
		next = journeys.Next
	}
	ids := make([]string, len(journeys.Items))
	for i, journey := range journeys.Items {
		ids[i] = journey.ID
	}
	troubled, err := a.deps.Sagas.Troubled(ctx, ids)
	out := &listing[journeyRow]{}
	out.Body.Items, out.Body.Next = make([]journeyRow, len(ids)), next
	for i, journey := range journeys.Items {
		step := troubled[journey.ID]
		out.Body.Items[i] = journeyRow{journey, step.Step, step.Problem}
	}
	return out, err
}

// JourneyPath names a journey.
type JourneyPath struct {
	Journey string `path:"journey" maxLength:"64"`
}

type inspectedJourney struct {
	Body struct {
		Journey acquisition.Overview `json:"journey"`
		Steps   []saga.Status        `json:"steps" nullable:"false" doc:"In their order; none before the first checkout."`
		Letters []mail.Status        `json:"letters" nullable:"false" doc:"With the way in of the company's first admin."`
		Audit   []auditEntry         `json:"audit" nullable:"false" doc:"What operators did, newest first."`
	}
}

func (a *api) inspectJourney(ctx context.Context, in *JourneyPath) (*inspectedJourney, error) {
	journey, err := a.deps.Signup.Get(ctx, in.Journey)
	if err != nil {
		return nil, err
	}
	out := &inspectedJourney{}
	out.Body.Journey, out.Body.Letters, out.Body.Audit = journey, []mail.Status{}, []auditEntry{}
	if out.Body.Steps, err = a.deps.Signup.Timeline(ctx, journey.ID); err != nil {
		return nil, err
	}
	if journey.CompanyID != "" {
		letters, err := a.deps.Mail.Of(ctx, journey.CompanyID, journey.Letters)
		if err != nil {
			return nil, err
		}
		for _, key := range journey.Letters {
			if letter, ok := letters[key]; ok {
				out.Body.Letters = append(out.Body.Letters, letter)
			}
		}
	}
	entries, err := a.deps.Audit.About(ctx, "", journey.ID)
	for _, entry := range entries {
		out.Body.Audit = append(out.Body.Audit, auditEntryOf(entry))
	}
	return out, err
}

// auditEntryOf shows a line of the log.
func auditEntryOf(e audit.Entry) auditEntry {
	facts := e.Facts
	if facts == nil {
		facts = map[string]string{}
	}
	return auditEntry{
		ID: e.ID, AtMS: e.AtMS, ActorKind: e.Actor.Kind, ActorID: e.Actor.ID, ActorName: e.Actor.Name,
		Action: e.Action, Target: e.Target, Facts: facts, IP: e.IP,
	}
}

// StepPath names a step of a journey.
type StepPath struct {
	Journey string `path:"journey" maxLength:"64"`
	Step    string `path:"step" maxLength:"64"`
}

type retryStepInput struct {
	StepPath
	Body struct {
		Reason string            `json:"reason" minLength:"5" maxLength:"500"`
		Mended map[string]string `json:"mended,omitempty" doc:"Corrected data for this step alone, by field: name, tax_id, phone, email, street, city, state, zip."`
	}
}

func (a *api) retryJourneyStep(ctx context.Context, in *retryStepInput) (*struct{}, error) {
	deed := acquisition.Deed{Action: saga.ActRetry, Reason: in.Body.Reason, Mended: in.Body.Mended}
	if len(deed.Mended) > 0 {
		deed.Action = saga.ActMend
	}
	return nil, a.act(ctx, in.StepPath, deed)
}

type finishStepInput struct {
	StepPath
	Body struct {
		Reason     string `json:"reason" minLength:"5" maxLength:"500"`
		ExternalID string `json:"external_id,omitempty" maxLength:"200" doc:"What the CRM calls the record that was made by hand; needed for account, contact and deal."`
	}
}

func (a *api) finishJourneyStep(ctx context.Context, in *finishStepInput) (*struct{}, error) {
	return nil, a.act(ctx, in.StepPath, acquisition.Deed{Action: saga.ActDone, Reason: in.Body.Reason, ExternalID: in.Body.ExternalID})
}

type skipStepInput struct {
	StepPath
	Body struct {
		Reason string `json:"reason" minLength:"5" maxLength:"500"`
	}
}

func (a *api) skipJourneyStep(ctx context.Context, in *skipStepInput) (*struct{}, error) {
	return nil, a.act(ctx, in.StepPath, acquisition.Deed{Action: saga.ActSkip, Reason: in.Body.Reason})
}

// act has the caller do something with a step.
func (a *api) act(ctx context.Context, at StepPath, deed acquisition.Deed) error {
	who := caller(ctx)
	deed.By, deed.IP = who.Actor(), who.ClientIP
	return a.deps.Signup.Act(ctx, at.Journey, at.Step, deed)
}

type cancelJourneyInput struct {
	JourneyPath
	Body struct {
		Reason string `json:"reason" minLength:"5" maxLength:"500"`
	}
}

func (a *api) cancelJourney(ctx context.Context, in *cancelJourneyInput) (*struct{}, error) {
	who := caller(ctx)
	return nil, a.deps.Signup.Cancel(ctx, in.Journey, in.Body.Reason, who.Actor(), who.ClientIP)
}

func (a *api) reissueActivation(ctx context.Context, in *JourneyPath) (*activationLink, error) {
	who := caller(ctx)
	url, err := a.deps.Signup.Reactivate(ctx, in.Journey, who.Actor(), who.ClientIP)
	out := &activationLink{}
	out.Body.URL = url
	if err == nil {
		a.noteStaff(ctx, "acquisition.activation_reissued", in.Journey)
	}
	return out, err
}

// noteStaff logs what an operator did to what is no company's. It has happened by
// then: a log that can't be written is an error of ours.
func (a *api) noteStaff(ctx context.Context, action, target string) {
	who := caller(ctx)
	err := a.deps.Audit.Note(context.WithoutCancel(ctx), audit.Entry{Actor: who.Actor(), Action: action, Target: target, IP: who.ClientIP})
	if err != nil {
		a.deps.Logger.ErrorContext(ctx, "an action is missing in the audit log", "action", action, "target", target, "error", err)
	}
}
