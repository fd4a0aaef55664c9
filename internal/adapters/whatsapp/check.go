package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/modules/channel"
)

var (
	_ channel.Checker      = (*Adapter)(nil)
	_ channel.Disconnecter = (*Adapter)(nil)
)

// States of a finding.
const (
	stateOK      = "ok"
	stateWarn    = "warn"
	stateBad     = "bad"
	stateUnknown = "unknown"
)

// permissions are what our calls need (Meta: Permissions reference).
var permissions = []string{"whatsapp_business_messaging", "whatsapp_business_management"}

// Check implements channel.Checker. It never fails as a whole: what could not
// be asked is a finding of its own, so that one missing permission does not hide
// the rest.
func (a *Adapter) Check(ctx context.Context, account channel.Account, hookURL string) ([]channel.Finding, error) {
	findings := a.checkToken(ctx, account)
	findings = append(findings, a.checkNumber(ctx, account, hookURL)...)
	findings = append(findings, a.checkSubscription(ctx, account, hookURL))
	if account.Credential(meta.AppSecret).IsZero() {
		findings = append(findings, channel.Finding{Point: "secret", State: stateBad})
	}
	return findings, nil
}

// asked makes a call and gives its members; the finding says why it failed.
func (a *Adapter) asked(ctx context.Context, account channel.Account, point, path string, query url.Values) (told, *channel.Finding) {
	answer, err := a.graph.Do(ctx, account, meta.Call{Verb: http.MethodGet, Path: path, Query: query}, verdicts)
	if err == nil {
		return tellingOf(answer), nil
	}
	finding := &channel.Finding{Point: point, State: stateBad, Text: err.Error()}
	var failure *channel.SendError
	if errors.As(err, &failure) {
		finding.Text, finding.Facts = failure.Message, map[string]string{"error": failure.Code}
		if failure.Class == channel.Retry || failure.Class == channel.Ambiguous || failure.Class == channel.Throttled {
			finding.State = stateUnknown // says nothing of the connection
		}
	}
	return nil, finding
}

// checkToken asks what the token is worth. The token asks about itself, which a
// system user's may.
func (a *Adapter) checkToken(ctx context.Context, account channel.Account) []channel.Finding {
	query := url.Values{"input_token": {account.Credential(meta.Token).Reveal()}}
	answer, failed := a.asked(ctx, account, "token", "debug_token", query)
	if failed != nil {
		return []channel.Finding{*failed}
	}
	data := answer.inner("data")
	token := channel.Finding{Point: "token", State: stateOK, Facts: map[string]string{}}
	if expires := secondsMS(data.text("expires_at")); expires > 0 {
		token.Facts["expires_ms"] = strconv.FormatInt(expires, 10)
	}
	if !data.flag("is_valid") {
		token.State, token.Text = stateBad, data.inner("error").text("message")
		return []channel.Finding{token}
	}
	if app := data.text("app_id"); app != "" {
		token.Facts["app_id"] = app
	}
	return []channel.Finding{token, granted(data["scopes"])}
}

// granted compares the token's permissions with those that we need.
func granted(scopes jsontext.Value) channel.Finding {
	var has []string
	if meta.Read(scopes, &has) != nil {
		return channel.Finding{Point: "permissions", State: stateUnknown}
	}
	var missing []string
	for _, permission := range permissions {
		if !slices.Contains(has, permission) {
			missing = append(missing, permission)
		}
	}
	if len(missing) > 0 {
		return channel.Finding{Point: "permissions", State: stateBad, Facts: map[string]string{"missing": strings.Join(missing, ",")}}
	}
	return channel.Finding{Point: "permissions", State: stateOK}
}

// checkNumber looks at the number itself: who it is, whether it may send, and
// where its webhooks go.
func (a *Adapter) checkNumber(ctx context.Context, account channel.Account, hookURL string) []channel.Finding {
	query := url.Values{"fields": {"id,display_phone_number,verified_name,quality_rating,messaging_limit_tier,name_status,status,platform_type,webhook_configuration"}}
	number, failed := a.asked(ctx, account, "account", url.PathEscape(account.ExternalID), query)
	if failed != nil {
		return []channel.Finding{*failed}
	}
	facts := map[string]string{}
	for fact, member := range map[string]string{
		"name": "verified_name", "display": "display_phone_number", "quality": "quality_rating",
		"limit": "messaging_limit_tier", "name_status": "name_status", "status": "status",
	} {
		if value := number.text(member); value != "" {
			facts[fact] = value
		}
	}
	about := channel.Finding{Point: "account", State: stateOK, Facts: facts}
	switch {
	case number.lower("quality_rating") == "red", number.lower("name_status") == "declined", number.lower("name_status") == "expired":
		about.State = stateWarn
	}
	registration := channel.Finding{Point: "registration", State: stateOK, Facts: map[string]string{"status": number.text("status")}}
	switch number.lower("status") {
	case "connected":
	case "flagged", "restricted", "rate_limited", "":
		registration.State = stateWarn
	default:
		registration.State = stateBad
	}
	if platform := number.lower("platform_type"); platform == "not_applicable" || platform == "on_premise" {
		registration.State = stateBad // the Cloud API does not have it
	}
	return []channel.Finding{about, registration, whereTo(number.inner("webhook_configuration"), hookURL)}
}

// whereTo tells where the number's webhooks go: its own address comes before
// the business account's, and that before the app's.
func whereTo(configuration told, hookURL string) channel.Finding {
	address := configuration.text("phone_number", "whatsapp_business_account", "application")
	finding := channel.Finding{Point: "webhook", State: stateOK, Facts: map[string]string{"url": address}}
	switch address {
	case hookURL:
	case "":
		finding.State, finding.Facts = stateUnknown, nil
	default:
		finding.State = stateBad
	}
	return finding
}

// checkSubscription asks whether our app gets the business account's webhooks.
func (a *Adapter) checkSubscription(ctx context.Context, account channel.Account, hookURL string) channel.Finding {
	waba := account.Settings[WABAID]
	if waba == "" {
		return channel.Finding{Point: "subscription", State: stateUnknown, Facts: map[string]string{"missing": WABAID}}
	}
	answer, failed := a.asked(ctx, account, "subscription", url.PathEscape(waba)+"/subscribed_apps", nil)
	if failed != nil {
		return *failed
	}
	apps, _ := meta.Elements(answer["data"])
	finding := channel.Finding{Point: "subscription", State: stateBad, Facts: map[string]string{"apps": strconv.Itoa(len(apps))}}
	for _, app := range apps {
		override := tellingOf(app).text("override_callback_uri")
		if override == hookURL {
			return channel.Finding{Point: "subscription", State: stateOK, Facts: map[string]string{"apps": strconv.Itoa(len(apps)), "url": override}}
		}
		// Subscribed, with the app's own address or that of another.
		finding.State = stateWarn
		if override != "" {
			finding.Facts["url"] = override
		}
	}
	return finding
}

// flag gives a member that is true.
func (t told) flag(name string) bool { return string(t[name]) == "true" }
