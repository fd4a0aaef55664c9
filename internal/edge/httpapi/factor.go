package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"rsc.io/qr"

	"prosa/internal/base/fault"
	"prosa/internal/modules/identity"
)

func (a *api) registerFactor() {
	handle(a, route{
		id: "list-factors", method: http.MethodGet, path: "/factors", tag: "factor", needs: signedIn, summary: "One's own second factors.",
	}, a.listFactors)
	handle(a, route{
		id: "add-app", method: http.MethodPost, path: "/factors/app", tag: "factor", needs: signedIn, status: http.StatusCreated, fresh: true,
		summary: "Begin to set up a code app: its secret, shown once. It counts from its first code on.",
	}, a.addApp)
	handle(a, route{
		id: "confirm-app", method: http.MethodPost, path: "/factors/app/confirm", tag: "factor", needs: signedIn, fresh: true,
		summary: "Give the app's first code. Recovery codes come with the first factor, shown once; other sessions end. Reason: bad_code.",
	}, a.confirmApp)
	handle(a, route{
		id: "add-passkey", method: http.MethodPost, path: "/factors/passkeys/begin", tag: "factor", needs: signedIn, fresh: true,
		summary: "Begin to register a passkey. Reasons: passkeys_off, too_many_passkeys.",
	}, a.addPasskey)
	handle(a, route{
		id: "confirm-passkey", method: http.MethodPost, path: "/factors/passkeys", tag: "factor", needs: signedIn, status: http.StatusCreated, fresh: true,
		summary: "Register the passkey that the browser made. Reasons: bad_passkey, challenge_over, passkey_known.",
	}, a.confirmPasskey)
	handle(a, route{
		id: "rename-factor", method: http.MethodPatch, path: "/factors/{factor}", tag: "factor", needs: signedIn, status: http.StatusNoContent,
		summary: "Name a factor anew.",
	}, a.renameFactor)
	handle(a, route{
		id: "remove-factor", method: http.MethodDelete, path: "/factors/{factor}", tag: "factor", needs: signedIn, status: http.StatusNoContent, fresh: true,
		summary: "Remove a factor; other sessions end. Reason: factor_required for the last one, where it is demanded.",
	}, a.removeFactor)
	handle(a, route{
		id: "renew-recovery-codes", method: http.MethodPost, path: "/factors/recovery-codes", tag: "factor", needs: signedIn, fresh: true,
		summary: "Replace the recovery codes, shown once.",
	}, a.renewCodes)
	handle(a, route{
		id: "get-factor-policy", method: http.MethodGet, path: "/company/factor-policy", tag: "factor", needs: identity.MemberManage,
		summary: "Whom of its people the company asks for a second factor.",
	}, a.factorPolicy)
	handle(a, route{
		id: "set-factor-policy", method: http.MethodPut, path: "/company/factor-policy", tag: "factor", needs: identity.MemberManage, fresh: true,
		summary: "Change whom the company asks for a second factor. Who has none sets it up with the next call.",
	}, a.setFactorPolicy)
	handle(a, route{
		id: "reset-member-factors", method: http.MethodPost, path: "/members/{user}/factors/reset", tag: "factor", needs: identity.MemberManage, status: http.StatusNoContent, fresh: true,
		summary: "Remove the factors of a member who lost them. They get a letter that leads to a new password, and set up a new factor. Reason: operator_decides.",
	}, func(ctx context.Context, in *MemberPath) (*struct{}, error) {
		return nil, a.deps.Identity.ResetMemberFactors(ctx, caller(ctx), in.User)
	})
	handle(a, route{
		id: "reset-factors", method: http.MethodPost, path: "/operator/factor-resets", tag: "factor", needs: identity.PlatformOperate, status: http.StatusNoContent, fresh: true,
		summary: "Remove the factors of anybody else who lost them, with a reason. Reason: own_factors.",
	}, a.resetFactors)
}

type factorList struct{ Body identity.Factors }

func (a *api) listFactors(ctx context.Context, _ *struct{}) (*factorList, error) {
	factors, err := a.deps.Identity.Factors(ctx, caller(ctx))
	return &factorList{factors}, err
}

// appSeed is what a code app is told.
type appSeed struct {
	Body struct {
		Key string `json:"key" doc:"Base32, for typing."`
		URI string `json:"uri" doc:"otpauth://"`
		QR  qrCode `json:"qr"`
	}
}

// qrCode is a picture of a text: a square of size modules, and the path of the
// dark ones in it (SVG).
type qrCode struct {
	Size int    `json:"size"`
	Path string `json:"path"`
}

// drawQR draws a text. A seventh of the picture may be hidden (ISO/IEC 18004,
// level M).
func drawQR(text string) (qrCode, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return qrCode{}, fault.Wrap(err, fault.Internal, "the text is too long for a QR code")
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			begin := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > begin {
				path.WriteString("M" + strconv.Itoa(begin) + " " + strconv.Itoa(y) + "h" + strconv.Itoa(x-begin) + "v1H" + strconv.Itoa(begin) + "z")
			}
		}
	}
	return qrCode{Size: code.Size, Path: path.String()}, nil
}

func (a *api) addApp(ctx context.Context, _ *struct{}) (*appSeed, error) {
	seed, err := a.deps.Identity.AddApp(ctx, caller(ctx))
	if err != nil {
		return nil, err
	}
	out := &appSeed{}
	out.Body.Key, out.Body.URI = seed.Secret, seed.URI
	out.Body.QR, err = drawQR(seed.URI)
	return out, err
}

type confirmAppInput struct {
	Body struct {
		Name string `json:"name,omitempty" maxLength:"60"`
		Code string `json:"code" maxLength:"20"`
	}
}

// recoveryCodes are shown once; none come with a second factor beside another.
type recoveryCodes struct {
	Body struct {
		RecoveryCodes []string `json:"recovery_codes" doc:"Empty where the person has codes already."`
	}
}

func codesOutput(codes []string, err error) (*recoveryCodes, error) {
	if err != nil {
		return nil, err
	}
	out := &recoveryCodes{}
	out.Body.RecoveryCodes = append([]string{}, codes...)
	return out, nil
}

func (a *api) confirmApp(ctx context.Context, in *confirmAppInput) (*recoveryCodes, error) {
	return codesOutput(a.deps.Identity.ConfirmApp(ctx, caller(ctx), in.Body.Name, in.Body.Code))
}

func (a *api) addPasskey(ctx context.Context, _ *struct{}) (*passkeyOptions, error) {
	options, err := a.deps.Identity.AddPasskey(ctx, caller(ctx))
	out := &passkeyOptions{}
	out.Body.Passkey = options
	return out, err
}

type confirmPasskeyInput struct {
	Body struct {
		Name    string          `json:"name,omitempty" maxLength:"60"`
		Passkey json.RawMessage `json:"passkey" doc:"The credential as JSON."`
	}
}

func (a *api) confirmPasskey(ctx context.Context, in *confirmPasskeyInput) (*recoveryCodes, error) {
	_, codes, err := a.deps.Identity.ConfirmPasskey(ctx, caller(ctx), in.Body.Name, in.Body.Passkey)
	return codesOutput(codes, err)
}

// FactorPath names a factor in the path. huma reads embedded fields of exported
// types only.
type FactorPath struct {
	Factor string `path:"factor" maxLength:"64"`
}

type renameFactorInput struct {
	FactorPath
	Body struct {
		Name string `json:"name" maxLength:"60"`
	}
}

func (a *api) renameFactor(ctx context.Context, in *renameFactorInput) (*struct{}, error) {
	return nil, a.deps.Identity.RenameFactor(ctx, caller(ctx), in.Factor, in.Body.Name)
}

func (a *api) removeFactor(ctx context.Context, in *FactorPath) (*struct{}, error) {
	return nil, a.deps.Identity.RemoveFactor(ctx, caller(ctx), in.Factor)
}

func (a *api) renewCodes(ctx context.Context, _ *struct{}) (*recoveryCodes, error) {
	return codesOutput(a.deps.Identity.NewRecoveryCodes(ctx, caller(ctx)))
}

// factorPolicy is a company's rule, both ways.
type factorPolicy struct {
	Body struct {
		Required string `json:"required" enum:"nobody,admins,everybody"`
	}
}

func (a *api) factorPolicy(ctx context.Context, _ *struct{}) (*factorPolicy, error) {
	required, err := a.deps.Identity.FactorPolicy(ctx, caller(ctx).TenantID())
	out := &factorPolicy{}
	out.Body.Required = required
	return out, err
}

func (a *api) setFactorPolicy(ctx context.Context, in *factorPolicy) (*factorPolicy, error) {
	return in, a.deps.Identity.SetFactorPolicy(ctx, caller(ctx), in.Body.Required)
}

type resetFactorsInput struct {
	Body struct {
		Email  string `json:"email" maxLength:"254"`
		Reason string `json:"reason" maxLength:"500"`
	}
}

func (a *api) resetFactors(ctx context.Context, in *resetFactorsInput) (*struct{}, error) {
	return nil, a.deps.Identity.ResetFactors(ctx, caller(ctx), in.Body.Email, in.Body.Reason)
}
