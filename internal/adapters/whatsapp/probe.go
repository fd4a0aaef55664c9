package whatsapp

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
)

// Probe implements channel.Adapter: it asks for the number, and, when the
// business account is known, whether our app gets its webhooks. Errors:
// fault.Refused, fault.Unavailable, fault.RateLimited.
func (a *Adapter) Probe(ctx context.Context, account channel.Account) (channel.Probe, error) {
	if account.ExternalID == "" {
		return channel.Probe{}, fault.OnField("external_id", "the phone number id is missing")
	}
	fields := url.Values{"fields": {"id,display_phone_number,verified_name,quality_rating,code_verification_status,name_status"}}
	answer, err := a.graph.Do(ctx, account, meta.Call{Verb: http.MethodGet, Path: url.PathEscape(account.ExternalID), Query: fields}, verdicts)
	if err != nil {
		return channel.Probe{}, asFault(err)
	}
	var number struct {
		ID       meta.Text `json:"id"`
		Display  string    `json:"display_phone_number"`
		Name     string    `json:"verified_name"`
		Quality  string    `json:"quality_rating"`
		Verified string    `json:"code_verification_status"`
		NameOK   string    `json:"name_status"`
	}
	if meta.Read(answer, &number) != nil || number.ID == "" {
		return channel.Probe{}, fault.New(fault.Unavailable, "WhatsApp's answer about the number cannot be read")
	}
	probe := channel.Probe{ExternalID: string(number.ID), Display: number.Display, Name: number.Name, Facts: map[string]string{}}
	for name, fact := range map[string]string{"quality": number.Quality, "verification": number.Verified, "name_status": number.NameOK} {
		if fact != "" {
			probe.Facts[name] = fact
		}
	}
	if waba := account.Settings[WABAID]; waba != "" {
		return probe, a.probeSubscription(ctx, account, waba, &probe)
	}
	return probe, nil
}

func (a *Adapter) probeSubscription(ctx context.Context, account channel.Account, waba string, probe *channel.Probe) error {
	answer, err := a.graph.Do(ctx, account, meta.Call{Verb: http.MethodGet, Path: url.PathEscape(waba) + "/subscribed_apps"}, verdicts)
	if err != nil {
		return asFault(err)
	}
	var apps struct {
		Data []struct {
			Override string `json:"override_callback_uri"`
		} `json:"data"`
	}
	if meta.Read(answer, &apps) != nil {
		return fault.New(fault.Unavailable, "WhatsApp's answer about webhooks cannot be read")
	}
	probe.Facts["subscribed_apps"] = strconv.Itoa(len(apps.Data))
	for _, app := range apps.Data {
		if app.Override != "" {
			probe.Facts["webhook"] = app.Override
		}
	}
	return nil
}

// Subscribe implements channel.Adapter: the business account's webhooks come to
// hookURL, whatever URL the app has. Errors as those of Probe.
func (a *Adapter) Subscribe(ctx context.Context, account channel.Account, hookURL string) error {
	waba := account.Settings[WABAID]
	if waba == "" {
		return fault.OnField("settings."+WABAID, "the WhatsApp Business Account id is missing")
	}
	if account.Credential(meta.VerifyToken).IsZero() {
		return fault.OnField("credentials."+meta.VerifyToken, "the verify token is missing")
	}
	body, err := json.Marshal(map[string]string{
		"override_callback_uri": hookURL,
		"verify_token":          account.Credential(meta.VerifyToken).Reveal(),
	})
	if err != nil {
		return fault.New(fault.Invalid, "the subscription cannot be written")
	}
	if _, err := a.graph.Do(ctx, account, meta.Call{Verb: http.MethodPost, Path: url.PathEscape(waba) + "/subscribed_apps", Body: body}, verdicts); err != nil {
		return asFault(err)
	}
	return nil
}

// Disconnect implements channel.Disconnecter: the app gets no more webhooks of
// the business account, so of none of its numbers. Errors as those of Probe.
func (a *Adapter) Disconnect(ctx context.Context, account channel.Account) error {
	waba := account.Settings[WABAID]
	if waba == "" {
		return fault.OnField("settings."+WABAID, "the WhatsApp Business Account id is missing")
	}
	if _, err := a.graph.Do(ctx, account, meta.Call{Verb: http.MethodDelete, Path: url.PathEscape(waba) + "/subscribed_apps"}, verdicts); err != nil {
		return asFault(err)
	}
	return nil
}
