package zoho

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"prosa/internal/base/secret"
	"prosa/internal/modules/crm"
	"prosa/internal/platform/httpclient"
)

// Name of the vendor.
const Name = "zoho"

// Vendor implements crm.Vendor.
type Vendor struct {
	cfg  Config
	http *http.Client
}

var _ crm.Vendor = (*Vendor)(nil)

// New makes the adapter. client must be bound to Config.Bases.
func New(cfg Config, client *http.Client) *Vendor { return &Vendor{cfg: cfg, http: client} }

// Name implements crm.Vendor.
func (v *Vendor) Name() string { return Name }

// Centres implements crm.Vendor.
func (v *Vendor) Centres() []crm.Centre { return shown() }

// Usual implements crm.Vendor. Stages are those of a new organization, in which
// an operator adds one for contracts in use.
func (v *Vendor) Usual() crm.Settings {
	return crm.Settings{
		TaxIDField: "CNPJ", ContractField: "Contract_ID", LeadSource: "Site",
		Stages: map[crm.Stage]string{crm.StageWon: "Closed Won", crm.StageActive: "Closed Won", crm.StageCanceled: "Closed Lost"},
	}
}

// Redeem implements crm.Vendor.
func (v *Vendor) Redeem(ctx context.Context, app crm.App, code string) (crm.Grant, error) {
	answer, err := v.ask(ctx, app, url.Values{"grant_type": {"authorization_code"}, "code": {code}})
	if err != nil {
		return crm.Grant{}, err
	}
	if answer.RefreshToken == "" {
		return crm.Grant{}, &crm.Trouble{Kind: crm.Locked, Message: "Zoho gave no refresh token: make the code with offline access (a Self Client does)"}
	}
	return crm.Grant{Refresh: secret.New(answer.RefreshToken), Token: answer.token()}, nil
}

// Refresh implements crm.Vendor.
func (v *Vendor) Refresh(ctx context.Context, app crm.App, refresh secret.Text) (crm.Token, error) {
	answer, err := v.ask(ctx, app, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh.Reveal()}})
	if err != nil {
		return crm.Token{}, err
	}
	return answer.token(), nil
}

// grant is what the token endpoint answers.
type grant struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	APIDomain    string `json:"api_domain"`
	ExpiresIn    int64  `json:"expires_in"` // seconds
	Error        string `json:"error"`
	Description  string `json:"error_description"`
}

// hour is how long a token lives when the answer does not say, in seconds.
const hour = 3600

func (g grant) token() crm.Token {
	life := g.ExpiresIn
	if life <= 0 || life > hour {
		life = hour
	}
	return crm.Token{Access: secret.New(g.AccessToken), APIDomain: strings.TrimRight(g.APIDomain, "/"), LifeMS: life * 1000}
}

// ask calls the token endpoint; its parameters go in the body, where no log
// shows them.
func (v *Vendor) ask(ctx context.Context, app crm.App, form url.Values) (grant, error) {
	accounts, known := v.cfg.accounts(app.Centre)
	if !known {
		return grant{}, &crm.Trouble{Kind: crm.Locked, Message: "Zoho has no data centre " + app.Centre}
	}
	form.Set("client_id", app.ClientID)
	form.Set("client_secret", app.Secret.Reveal())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, accounts+"/oauth/v2/token", strings.NewReader(form.Encode()))
	if err != nil {
		return grant{}, &crm.Trouble{Kind: crm.Locked, Message: "the address of Zoho's accounts is none"}
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, _, body, err := v.do(request)
	if err != nil {
		return grant{}, err
	}
	return readGrant(status, body)
}

// readGrant judges an answer of the token endpoint: success is that there is a
// token. Source: reference acquisition, section 3.1, "Errors".
func readGrant(status int, body []byte) (grant, error) {
	var g grant
	// What is no JSON, such as a proxy's page, is judged by its status.
	_ = json.Unmarshal(body, &g)
	if g.AccessToken != "" && g.Error == "" {
		if target, err := url.Parse(g.APIDomain); err != nil || target.Host == "" {
			return g, &crm.Trouble{Kind: crm.Down, Message: "Zoho gave a token without saying where to use it"}
		}
		return g, nil
	}
	throttled := strings.EqualFold(g.Error, "Access Denied") || strings.Contains(g.Description, "too many requests")
	switch {
	case throttled || status == http.StatusTooManyRequests:
		return grant{}, &crm.Trouble{Kind: crm.Throttled, Message: "Zoho gives no access tokens for now: too many were asked for"}
	case g.Error != "":
		return grant{}, &crm.Trouble{Kind: crm.Locked, Message: "Zoho refuses our credentials: " + clip(g.Error) + grantHint(g.Error)}
	case status >= 500 || status == http.StatusRequestTimeout:
		return grant{}, &crm.Trouble{Kind: crm.Down, Message: "Zoho's accounts answered " + strconv.Itoa(status)}
	case status >= 400:
		return grant{}, &crm.Trouble{Kind: crm.Locked, Message: "Zoho's accounts answered " + strconv.Itoa(status)}
	default:
		return grant{}, &crm.Trouble{Kind: crm.Down, Message: "Zoho's accounts answered something that holds no token"}
	}
}

// grantHint says what an operator can do about a refusal.
func grantHint(code string) string {
	switch code {
	case "invalid_code":
		return " (the code was used or is older than its minutes, the refresh token was revoked, or the account is in another data centre)"
	case "invalid_client", "invalid_client_secret":
		return " (client id and secret don't belong together, or to another data centre)"
	default:
		return ""
	}
}

// Organization implements crm.Vendor.
func (v *Vendor) Organization(ctx context.Context, access crm.Access) (string, error) {
	var answer struct {
		Org []struct {
			Name string `json:"company_name"`
		} `json:"org"`
	}
	if err := v.read(ctx, access, "/crm/v8/org", &answer); err != nil {
		return "", err
	}
	if len(answer.Org) == 0 {
		return "", &crm.Trouble{Kind: crm.Down, Message: "Zoho told no organization"}
	}
	return clip(answer.Org[0].Name), nil
}

// read makes a GET that answers JSON.
func (v *Vendor) read(ctx context.Context, access crm.Access, path string, into any) error {
	status, _, body, err := v.call(ctx, access, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return judge(status, body)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return &crm.Trouble{Kind: crm.Down, Message: "Zoho answered something that is not its JSON"}
	}
	return nil
}

// call makes a call with the token.
func (v *Vendor) call(ctx context.Context, access crm.Access, method, path string, payload any) (status int, header http.Header, body []byte, err error) {
	var content io.Reader
	if payload != nil {
		raw, err := json.Marshal(payload)
		if err != nil {
			return 0, nil, nil, &crm.Trouble{Kind: crm.Refused, Message: "the record can't be written as JSON"}
		}
		content = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, access.APIDomain+path, content)
	if err != nil {
		return 0, nil, nil, &crm.Trouble{Kind: crm.Locked, Message: "the address of Zoho's API is none"}
	}
	request.Header.Set("Authorization", "Zoho-oauthtoken "+access.Token.Reveal())
	if payload != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return v.do(request)
}

func (v *Vendor) do(request *http.Request) (status int, header http.Header, body []byte, err error) {
	answer, err := v.http.Do(request)
	if err != nil {
		return 0, nil, nil, unreachable(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if body, err = io.ReadAll(answer.Body); err != nil {
		return 0, nil, nil, unreachable(err)
	}
	return answer.StatusCode, answer.Header, body, nil
}

// unreachable is a call without an answer. Whether it had an effect does not
// matter: everything that is called may be repeated.
func unreachable(err error) *crm.Trouble {
	kind := crm.Down
	if isRefusal(err) {
		kind = crm.Locked // the client's own rules: another host than the vendor's
	}
	return &crm.Trouble{Kind: kind, Message: "Zoho can't be reached: " + httpclient.Redact(err).Error()}
}
