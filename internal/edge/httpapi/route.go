package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/identity"
)

// Who may call an operation, besides the permissions of identity.
const (
	// anybody may call it, signed in or not.
	anybody identity.Permission = "public"
	// signedIn is for what concerns oneself.
	signedIn identity.Permission = "session"
)

// permissionKey is where an operation declares who may call it; it is part of
// the contract.
const permissionKey = "x-permission"

// freshKey marks operations that want a proof of the last ten minutes.
const freshKey = "x-fresh"

// Limits of one call.
const (
	bodyMax     = 256 << 10 // of a JSON body, in bytes
	bodyTimeout = 30 * time.Second
	callTimeout = 30 * time.Second
	// stepLife is how long a browser keeps what it begun to prove.
	stepLife = 5 * time.Minute
	// fileTimeout is for a file, sent or fetched over a slow line.
	fileTimeout = 10 * time.Minute
)

// route is one operation.
type route struct {
	id      string // in the contract: verb and noun, "list-members"
	method  string
	path    string
	summary string
	tag     string
	needs   identity.Permission
	// status of a success, 200 when zero.
	status int
	// bodyMax replaces the default, for files.
	bodyMax int64
	// fresh calls want that the caller proved themselves lately: reason
	// step_up_required.
	fresh bool
	// answers are the bodies by status, where fn leaves its own open.
	answers map[int]any
	// endless calls have no time limit: the stream of events.
	endless bool
}

// handle registers an operation.
func handle[I, O any](a *api, r route, fn func(ctx context.Context, in *I) (*O, error)) {
	if field := unread(reflect.TypeFor[I]()); field != "" {
		a.flaws = append(a.flaws, fault.New(fault.Internal, "%s: its input embeds %s, which is never filled: its name must be exported", r.id, field))
	}
	operation := huma.Operation{
		OperationID: r.id, Method: r.method, Path: r.path, Summary: r.summary, Tags: []string{r.tag},
		DefaultStatus: r.status, MaxBodyBytes: bodyMax, BodyReadTimeout: bodyTimeout,
		Extensions: map[string]any{permissionKey: string(r.needs)},
	}
	if r.bodyMax > 0 {
		operation.MaxBodyBytes, operation.BodyReadTimeout = r.bodyMax, fileTimeout
	}
	if r.needs != anybody {
		operation.Security = []map[string][]string{{"session": {}}}
	}
	if r.fresh {
		operation.Extensions[freshKey] = true
	}
	operation.Middlewares = huma.Middlewares{a.admit(r)}
	operation.Responses = map[string]*huma.Response{} // which huma fills, and we go on with
	a.describe(operation, r.answers, r.status)
	huma.Register(a.huma, operation, func(ctx context.Context, in *I) (*O, error) {
		if !r.endless {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, callTimeout)
			defer cancel()
		}
		begun := time.Now()
		out, err := fn(ctx, in)
		if a.deps.Worked != nil && !r.endless {
			a.deps.Worked(caller(ctx).TenantID(), time.Since(begun))
		}
		if err != nil {
			return nil, fail(ctx, a.deps.Logger, err)
		}
		return out, nil
	})
	for status := range r.answers {
		a.describe(operation, r.answers, status)
	}
}

// unread gives the embedded field of an input that the library would pass over,
// with all that it holds; empty for none.
func unread(input reflect.Type) string {
	if input.Kind() != reflect.Struct {
		return ""
	}
	for field := range input.Fields() {
		if field.Anonymous && !field.IsExported() {
			return field.Name
		}
	}
	return ""
}

// describe names the body that an operation answers a status with.
func (a *api) describe(operation huma.Operation, answers map[int]any, status int) {
	body, ok := answers[status]
	if !ok {
		return
	}
	code := strconv.Itoa(status)
	response := operation.Responses[code]
	if response == nil {
		response = &huma.Response{Description: http.StatusText(status)}
		operation.Responses[code] = response
	}
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(body), true, "")
	response.Content = map[string]*huma.MediaType{"application/json": {Schema: schema}}
}

// admit lets a call through if its caller may make it, before its body is read.
func (a *api) admit(r route) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		request, writer := humago.Unwrap(ctx)
		about := aboutOf(request.Context())
		about.route, about.console = a.prefix+r.path, a.console.at(request)
		if err := a.admits(request, r); err != nil {
			writeProblem(writer, request, err)
			return
		}
		who, err := a.authenticate(request)
		switch {
		case err != nil && (r.needs != anybody || !fault.Is(err, fault.Unauthorized)):
			writeProblem(writer, request, err)
			return
		case err == nil:
			about.who = who
		}
		if err := a.allow(who, r); err != nil {
			writeProblem(writer, request, err)
			return
		}
		if who.RotationDue() {
			if err := a.rotate(request.Context(), writer, who); err != nil {
				writeProblem(writer, request, err)
				return
			}
		}
		if r.bodyMax > 0 {
			if request.ContentLength > r.bodyMax {
				writeProblem(writer, request, fault.New(fault.TooLarge, "at most %d bytes", r.bodyMax))
				return
			}
			request.Body = http.MaxBytesReader(writer, request.Body, r.bodyMax)
		}
		next(ctx)
	}
}

// allow tells whether somebody may make a call, and proved themselves lately
// where that is asked.
func (a *api) allow(who identity.Principal, r route) error {
	if err := permit(who, r.needs); err != nil {
		return err
	}
	ownAffairs := r.needs == anybody || r.needs == signedIn || r.needs.OfPlatform()
	if who.Support != nil && !ownAffairs && r.method != http.MethodGet {
		return &fault.Error{Code: fault.Forbidden, Reason: "support_reads", Message: "support looks at a company and changes nothing"}
	}
	if !ownAffairs && a.deps.Stands != nil {
		if err := a.deps.Stands(who.TenantID(), r.method == http.MethodGet); err != nil {
			return err
		}
	}
	if r.fresh && !who.Fresh(clock.MS(a.deps.Clock.Now())) {
		return &fault.Error{Code: fault.Forbidden, Reason: "step_up_required", Message: "prove again who you are: POST /session/step-up"}
	}
	return nil
}

// permit tells whether somebody holds a permission here and now.
func permit(who identity.Principal, needs identity.Permission) error {
	switch {
	case needs == anybody || needs == signedIn || who.May(needs):
		return nil
	case who.MustEnrol:
		return &fault.Error{Code: fault.Forbidden, Reason: "must_enrol", Message: "set up a second factor first"}
	case needs.OfPlatform():
		return fault.New(fault.Forbidden, "this is for the platform's operators")
	case who.TenantID() == "":
		return &fault.Error{Code: fault.Forbidden, Reason: "no_company", Message: "no company is chosen"}
	case who.Company.ReadsOnly():
		return &fault.Error{Code: fault.Forbidden, Reason: "company_read_only", Message: "the company can only be looked at until a payment is settled"}
	case !who.Company.Working():
		return &fault.Error{Code: fault.Forbidden, Reason: "company_suspended", Message: "the company is suspended"}
	default:
		return &fault.Error{Code: fault.Forbidden, Reason: "role", Message: "your role does not allow this"}
	}
}

// authenticate gives who is behind the request's cookie.
func (a *api) authenticate(r *http.Request) (identity.Principal, error) {
	who, err := a.deps.Identity.Authenticate(r.Context(), cookieToken(r, a.secure))
	client := aboutOf(r.Context()).client
	who.ClientIP, who.Host = client.IP, client.Host
	return a.here(r.Context(), who), err
}

// cookieName is __Host-sid where browsers reach us by https: such a cookie
// can't be set by another host of the domain. By plain http a browser would
// drop it (RFC 6265bis, 4.1.3.2).
func cookieName(secure bool) string {
	if secure {
		return "__Host-sid"
	}
	return "sid"
}

func cookieToken(r *http.Request, secure bool) secret.Text {
	cookie, err := r.Cookie(cookieName(secure))
	if err != nil {
		return secret.Text{}
	}
	return secret.New(cookie.Value)
}

// signedInCookie carries a session's token for as long as the session may live.
func (a *api) signedInCookie(token secret.Text) http.Cookie {
	return http.Cookie{
		Name: cookieName(a.secure), Value: token.Reveal(), Path: "/", MaxAge: int(a.deps.SessionLife / time.Second),
		Secure: a.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// rotate gives a session its new token.
func (a *api) rotate(ctx context.Context, w http.ResponseWriter, who identity.Principal) error {
	token, err := a.deps.Identity.Rotate(ctx, who)
	if err == nil && !token.IsZero() {
		cookie := a.signedInCookie(token)
		http.SetCookie(w, &cookie)
	}
	return err
}

// stepCookieName carries the token of a second step in the browser that began.
func stepCookieName(secure bool) string {
	if secure {
		return "__Host-step"
	}
	return "step"
}

// stepCookie is gone with a zero token.
func (a *api) stepCookie(token secret.Text) http.Cookie {
	age := int(stepLife / time.Second)
	if token.IsZero() {
		age = -1
	}
	return http.Cookie{
		Name: stepCookieName(a.secure), Value: token.Reveal(), Path: "/", MaxAge: age, Secure: a.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

func (a *api) signedOutCookie() http.Cookie {
	return http.Cookie{Name: cookieName(a.secure), Path: "/", MaxAge: -1, Secure: a.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}
