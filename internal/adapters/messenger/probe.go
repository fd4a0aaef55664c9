package messenger

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"prosa/internal/adapters/meta"
	"prosa/internal/adapters/meta/thread"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// fields are the events of a page that we take (Messenger Platform, webhooks,
// fields of subscribed_apps).
var fields = []string{
	"messages", "messaging_postbacks", "message_deliveries", "message_reads", "message_echoes", "message_reactions",
	"message_edits", "messaging_referrals", "messaging_optins", "messaging_handovers", "standby", "messaging_policy_enforcement",
}

// permissions are what a page's token must allow (Messenger Platform, app
// review).
var permissions = []string{"pages_messaging", "pages_manage_metadata"}

type page struct {
	ID       meta.Text `json:"id"`
	Name     string    `json:"name"`
	Username string    `json:"username"`
}

func (a *Adapter) page(ctx context.Context, account channel.Account) (page, error) {
	answer, err := a.graph.Do(ctx, account, meta.Call{
		Verb: http.MethodGet, Path: url.PathEscape(account.ExternalID), Query: url.Values{"fields": {"id,name,username"}},
	}, meta.PageErrors)
	var found page
	if err == nil && (meta.Read(answer, &found) != nil || found.ID == "") {
		err = &channel.SendError{Class: channel.Retry, Code: "answer", Message: "the answer about the page cannot be read"}
	}
	return found, err
}

// Probe implements channel.Adapter: it asks for the page and whether its events
// come to our app. Errors: fault.Refused, fault.Unavailable, fault.RateLimited.
func (a *Adapter) Probe(ctx context.Context, account channel.Account) (channel.Probe, error) {
	if account.ExternalID == "" {
		return channel.Probe{}, fault.OnField("external_id", "the page id is missing")
	}
	found, err := a.page(ctx, account)
	if err != nil {
		return channel.Probe{}, a.line.Dialect.AsFault(err)
	}
	probe := channel.Probe{ExternalID: string(found.ID), Name: found.Name, Display: found.Name, Facts: map[string]string{}}
	if found.Username != "" {
		probe.Display = "@" + found.Username
	}
	events, _, err := a.line.Subscribed(ctx, account, account.ExternalID)
	if err != nil {
		return probe, a.line.Dialect.AsFault(err)
	}
	probe.Facts["subscribed_fields"] = strings.Join(events, ",")
	return probe, nil
}

// Subscribe implements channel.Adapter: the page's events come to our app, and
// the app's to hookURL where the setting "app_id" names it. Errors as those of
// Probe.
func (a *Adapter) Subscribe(ctx context.Context, account channel.Account, hookURL string) error {
	if account.ExternalID == "" {
		return fault.OnField("external_id", "the page id is missing")
	}
	if err := a.line.Register(ctx, account, hookURL, fields); err != nil {
		return err
	}
	return a.line.Subscribe(ctx, account, account.ExternalID, fields)
}

// Disconnect implements channel.Disconnecter: the page's events come to our app
// no more, those of an Instagram account that is linked to it neither.
func (a *Adapter) Disconnect(ctx context.Context, account channel.Account) error {
	return a.line.Unsubscribe(ctx, account, account.ExternalID)
}

// Check implements channel.Checker.
func (a *Adapter) Check(ctx context.Context, account channel.Account, hookURL string) ([]channel.Finding, error) {
	if account.ExternalID == "" {
		return nil, fault.OnField("external_id", "the page id is missing")
	}
	findings := a.line.CheckToken(ctx, account, permissions)
	found, err := a.page(ctx, account)
	about := channel.Finding{Point: "account", State: "ok", Facts: map[string]string{"name": found.Name}}
	switch {
	case err != nil:
		about = thread.Failed("account", err)
	case string(found.ID) != account.ExternalID:
		about.State, about.Text = "bad", "the token is of another page"
	}
	findings = append(findings, about, a.line.CheckSubscription(ctx, account, account.ExternalID, fields))
	return append(findings, a.line.CheckHook(ctx, account, hookURL)...), nil
}

// Profile implements channel.Profiler (Messenger Platform, User Profile API).
// Errors: fault.Invalid without a page-scoped id, else as those of Probe; the
// platform refuses people who have not allowed it.
func (a *Adapter) Profile(ctx context.Context, account channel.Account, who []message.Address) (channel.Profile, error) {
	for _, address := range who {
		if address.Kind != message.PSID {
			continue
		}
		answer, err := a.graph.Do(ctx, account, meta.Call{
			Verb: http.MethodGet, Path: url.PathEscape(address.Value), Query: url.Values{"fields": {"first_name,last_name,profile_pic,locale"}},
		}, meta.PageErrors)
		if err != nil {
			return channel.Profile{}, a.line.Dialect.AsFault(err)
		}
		var person struct {
			First   string `json:"first_name"`
			Last    string `json:"last_name"`
			Picture string `json:"profile_pic"`
			Locale  string `json:"locale"`
		}
		if meta.Read(answer, &person) != nil {
			return channel.Profile{}, fault.New(fault.Unavailable, "the answer about the person cannot be read")
		}
		return channel.Profile{
			Name: strings.TrimSpace(person.First + " " + person.Last), PictureURL: person.Picture,
			Language: strings.ReplaceAll(person.Locale, "_", "-"),
		}, nil
	}
	return channel.Profile{}, fault.New(fault.Invalid, "the customer has no Messenger address")
}
