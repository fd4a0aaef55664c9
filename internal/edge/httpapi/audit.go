package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/page"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/identity"
)

// auditEntry is one line of the log.
type auditEntry struct {
	ID        string            `json:"id"`
	AtMS      int64             `json:"at_ms"`
	ActorKind string            `json:"actor_kind"`
	ActorID   string            `json:"actor_id"`
	ActorName string            `json:"actor_name"`
	Action    string            `json:"action"`
	Target    string            `json:"target"`
	Facts     map[string]string `json:"facts"`
	IP        string            `json:"ip"`
}

func (a *api) registerAudit() {
	handle(a, route{
		id: "list-audit", method: http.MethodGet, path: "/audit", tag: "audit", needs: identity.AuditRead,
		summary: "The log of sensitive actions, newest first.",
	}, a.listAudit)
	handle(a, route{
		id: "search-audit", method: http.MethodGet, path: "/operator/audit", tag: "operator", needs: identity.PlatformOperate,
		summary: "The log of sensitive actions in all companies and on the platform, newest first.",
	}, a.searchAudit)
}

func (a *api) listAudit(ctx context.Context, in *Paging) (*listing[auditEntry], error) {
	entries, err := a.deps.Audit.List(ctx, caller(ctx).TenantID(), in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	list := page.List[auditEntry]{Next: entries.Next}
	for _, e := range entries.Items {
		list.Items = append(list.Items, auditEntryOf(e))
	}
	return listed(list, nil)
}

// placedEntry is a line of the log with whose it is.
type placedEntry struct {
	auditEntry
	CompanyID string `json:"company_id" doc:"Empty for what was done to the platform itself."`
}

type searchAuditInput struct {
	Paging
	Company string `query:"company" maxLength:"64" doc:"A company's id."`
	Actor   string `query:"actor" maxLength:"64" doc:"The id of who did it."`
	Action  string `query:"action" maxLength:"100" doc:"How the action begins, such as company or company.state_changed."`
	Target  string `query:"target" maxLength:"200" doc:"The id of what it was done to."`
	FromMS  int64  `query:"from_ms" minimum:"0" doc:"Not before this moment; 0 is from the beginning."`
	ToMS    int64  `query:"to_ms" minimum:"0" doc:"Not after this moment; 0 is up to now."`
}

func (a *api) searchAudit(ctx context.Context, in *searchAuditInput) (*listing[placedEntry], error) {
	search := audit.Search{TenantID: in.Company, Actor: in.Actor, Action: in.Action, Target: in.Target, FromMS: in.FromMS, ToMS: in.ToMS}
	entries, err := a.deps.Audit.Search(ctx, search, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	list := page.List[placedEntry]{Next: entries.Next}
	for _, e := range entries.Items {
		list.Items = append(list.Items, placedEntry{auditEntryOf(e), e.TenantID})
	}
	return listed(list, nil)
}

// note logs an action on something whose module keeps no log of its own. The
// action has happened by then: a log that can't be written is an error of ours
// and not of the caller.
func (a *api) note(ctx context.Context, action, target string, facts map[string]string) {
	who := caller(ctx)
	err := a.deps.Audit.Note(context.WithoutCancel(ctx), audit.Entry{
		TenantID: who.TenantID(), Actor: who.Actor(), Action: action, Target: target, Facts: facts, IP: who.ClientIP,
	})
	if err != nil {
		a.deps.Logger.ErrorContext(ctx, "an action is missing in the audit log", "action", action, "target", target, "error", err)
	}
}
