package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/page"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/mail"
)

func (a *api) registerLetter() {
	handle(a, route{
		id: "list-letters", method: http.MethodGet, path: "/operator/letters", tag: "operator", needs: identity.PlatformOperate,
		summary: "Mails to people, newest first: how far each is, never what it says.",
	}, a.listLetters)
	handle(a, route{
		id: "get-mail", method: http.MethodGet, path: "/operator/mail", tag: "operator", needs: identity.PlatformOperate,
		summary: "Whether the sender of mails works.",
	}, func(ctx context.Context, _ *struct{}) (*mailState, error) {
		circuit, err := a.deps.Mail.Circuit(ctx)
		return &mailState{circuit}, err
	})
	handle(a, route{
		id: "mend-letter", method: http.MethodPost, path: "/operator/letters/{letter}/mend", tag: "operator", needs: identity.PlatformOperate,
		summary: "Send a mail once more and take its address off the lists of those that take no mail. Reason: letter_done.",
	}, a.mendLetter)
}

type mailState struct{ Body mail.Circuit }

type listLettersInput struct {
	Paging
	Late  bool       `query:"late" doc:"Only those with a new company's way in that did not arrive within ten minutes, oldest first; the rest of the query counts for nothing."`
	State mail.State `query:"state" enum:"queued,sending,accepted,delivered,bounced,dropped,unknown,failed"`
}

func (a *api) listLetters(ctx context.Context, in *listLettersInput) (*listing[mail.Status], error) {
	if in.Late {
		late, err := a.deps.Mail.Late(ctx)
		return listed(page.List[mail.Status]{Items: late}, err)
	}
	return listed(a.deps.Mail.List(ctx, in.State, in.Cursor, in.Limit))
}

func (a *api) mendLetter(ctx context.Context, in *letterInput) (*letterStatus, error) {
	who := caller(ctx)
	status, err := a.deps.Mail.Mend(ctx, in.Letter, who.Actor(), who.ClientIP)
	return &letterStatus{status}, err
}
