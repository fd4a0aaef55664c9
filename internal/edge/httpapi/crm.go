package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/secret"
	"prosa/internal/modules/crm"
	"prosa/internal/modules/identity"
)

// crmView is the CRM as an operator sees it; nothing secret is in it.
type crmView struct {
	Connection crm.Status   `json:"connection"`
	Settings   crm.Settings `json:"settings"`
	Centres    []crm.Centre `json:"centres" nullable:"false" doc:"Data centres of the vendor; an account lives in one."`
}

type crmOutput struct{ Body crmView }

type crmStatus struct{ Body crm.Status }

type crmReport struct{ Body crm.Report }

type crmSettings struct{ Body crm.Settings }

type crmConnectInput struct {
	Body struct {
		Centre       string `json:"centre" maxLength:"10" doc:"us, eu, in ..."`
		ClientID     string `json:"client_id" maxLength:"500"`
		ClientSecret string `json:"client_secret" maxLength:"500"`
		Code         string `json:"code,omitempty" maxLength:"500" doc:"Grant code of the vendor's console: it works once, for minutes. Or give a refresh token."`
		RefreshToken string `json:"refresh_token,omitempty" maxLength:"500"`
	}
}

func (a *api) registerCRM() {
	at := func(id, method, path, summary string) route {
		return route{id: id, method: method, path: "/operator/crm" + path, tag: "operator", needs: identity.PlatformOperate, summary: summary}
	}
	handle(a, at("get-crm", http.MethodGet, "", "The CRM that contracts are written into: its connection and what things are called in it."), a.getCRM)
	handle(a, at("change-crm", http.MethodPut, "", "Change what fields and stages are called in the CRM. Check the fields then."),
		func(ctx context.Context, in *crmSettings) (*crmSettings, error) {
			who := caller(ctx)
			settings, err := a.deps.CRM.Set(ctx, in.Body, who.Actor(), who.ClientIP)
			return &crmSettings{settings}, err
		})
	connect := at("connect-crm", http.MethodPost, "/connect", "Connect the CRM, or connect it anew after its token was revoked. Reasons: crm_refused, crm_down, crm_throttled.")
	connect.fresh = true
	handle(a, connect, a.connectCRM)
	disconnect := at("disconnect-crm", http.MethodPost, "/disconnect", "Forget the CRM and its credentials. Contracts go on without it.")
	disconnect.status, disconnect.fresh = http.StatusNoContent, true
	handle(a, disconnect, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		who := caller(ctx)
		return nil, a.deps.CRM.Disconnect(ctx, who.Actor(), who.ClientIP)
	})
	handle(a, at("test-crm", http.MethodPost, "/test", "Ask the CRM whose it is. What it says against us is in the answer. Reason: crm_off."),
		func(ctx context.Context, _ *struct{}) (*crmStatus, error) {
			who := caller(ctx)
			status, err := a.deps.CRM.Test(ctx, who.Actor(), who.ClientIP)
			return &crmStatus{status}, err
		})
	handle(a, at("check-crm-fields", http.MethodPost, "/fields", "Compare the CRM's fields with what is written into them. Reasons: crm_off, crm_refused, crm_down, crm_throttled."),
		func(ctx context.Context, _ *struct{}) (*crmReport, error) {
			report, err := a.deps.CRM.FieldCheck(ctx)
			return &crmReport{report}, err
		})
}

func (a *api) getCRM(ctx context.Context, _ *struct{}) (*crmOutput, error) {
	status, err := a.deps.CRM.Status(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := a.deps.CRM.Settings(ctx)
	return &crmOutput{crmView{Connection: status, Settings: settings, Centres: a.deps.CRM.Centres()}}, err
}

func (a *api) connectCRM(ctx context.Context, in *crmConnectInput) (*crmStatus, error) {
	who, b := caller(ctx), in.Body
	status, err := a.deps.CRM.Connect(ctx, crm.Connect{
		Centre: b.Centre, ClientID: b.ClientID, Secret: secret.New(b.ClientSecret), Code: secret.New(b.Code), Refresh: secret.New(b.RefreshToken),
	}, who.Actor(), who.ClientIP)
	return &crmStatus{status}, err
}
