package instagram

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"prosa/internal/adapters/meta"
	"prosa/internal/adapters/meta/thread"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// fields are the events of an account that we take (Instagram Platform,
// webhooks). There are none for deliveries, and echoes come with the messages.
var fields = []string{
	"messages", "messaging_postbacks", "messaging_seen", "message_reactions", "messaging_referral",
	"messaging_optins", "messaging_handover", "standby", "message_edit",
}

// pageFields are those that the linked page must give to the app, so that the
// account's events are sent at all (Instagram Messaging, webhooks).
var pageFields = []string{"messages", "messaging_postbacks", "message_reactions", "messaging_referrals", "messaging_handovers", "standby"}

// permissions are what the page's token must allow (Instagram Messaging, app
// review).
var permissions = []string{"instagram_basic", "instagram_manage_messages", "pages_manage_metadata"}

// profile is an account of Instagram's own.
type profile struct {
	ID meta.Text `json:"id"`
	// User is the professional account, where ID is only good for the app
	// (Instagram Login).
	User     meta.Text `json:"user_id"`
	Username string    `json:"username"`
	Name     string    `json:"name"`
	Type     string    `json:"account_type"`
}

// own asks who the account is: itself, or the page that it is linked to. Errors
// are *channel.SendError.
func (a *Adapter) own(ctx context.Context, account channel.Account) (profile, error) {
	line, node := a.way(account)
	if line == a.login {
		found, err := ask[profile](ctx, line, account, "me", "id,user_id,username,name,account_type")
		if found.User != "" {
			found.ID = found.User
		}
		return found, err
	}
	page, err := ask[struct {
		ID     meta.Text `json:"id"`
		Name   string    `json:"name"`
		Linked profile   `json:"instagram_business_account"`
	}](ctx, line, account, node, "id,name,instagram_business_account")
	if err != nil {
		return profile{}, err
	}
	if page.Linked.ID == "" {
		return profile{}, &channel.SendError{Class: channel.Rejected, Code: "not_linked", Message: "no Instagram account is linked to the page " + page.Name}
	}
	return ask[profile](ctx, line, account, string(page.Linked.ID), "id,username,name")
}

// ask reads some fields of a node.
func ask[T any](ctx context.Context, line *thread.Line, account channel.Account, node, wanted string) (T, error) {
	var found T
	answer, err := line.Graph.Do(ctx, account, meta.Call{Verb: http.MethodGet, Path: url.PathEscape(node), Query: url.Values{"fields": {wanted}}}, meta.PageErrors)
	if err == nil && meta.Read(answer, &found) != nil {
		err = &channel.SendError{Class: channel.Retry, Code: "answer", Message: "the answer about the account cannot be read"}
	}
	return found, err
}

// Probe implements channel.Adapter: it asks for the account and whether its
// events come to our app. Errors: fault.Refused, fault.Unavailable,
// fault.RateLimited.
func (a *Adapter) Probe(ctx context.Context, account channel.Account) (channel.Probe, error) {
	found, err := a.own(ctx, account)
	if err != nil {
		return channel.Probe{}, thread.InstagramDialect.AsFault(err)
	}
	probe := channel.Probe{ExternalID: string(found.ID), Name: found.Name, Display: found.Name, Facts: map[string]string{}}
	if found.Username != "" {
		probe.Display = "@" + found.Username
	}
	if found.Type != "" {
		probe.Facts["account_type"] = found.Type
	}
	line, node := a.way(account)
	events, _, err := line.Subscribed(ctx, account, node)
	if err != nil {
		return probe, thread.InstagramDialect.AsFault(err)
	}
	probe.Facts["subscribed_fields"] = strings.Join(events, ",")
	return probe, nil
}

// wanted are the events that who speaks for the account gives to the app.
func (a *Adapter) wanted(line *thread.Line) []string {
	if line == a.login {
		return fields
	}
	return pageFields
}

// Subscribe implements channel.Adapter: the account's events come to our app,
// and the app's to hookURL where the setting "app_id" names it; an app of
// Instagram Login gets its address at Meta's dashboard only. Errors as those of
// Probe.
func (a *Adapter) Subscribe(ctx context.Context, account channel.Account, hookURL string) error {
	if account.ExternalID == "" {
		return fault.OnField("external_id", "the id of the Instagram account is missing")
	}
	line, node := a.way(account)
	if line == a.page {
		if err := line.Register(ctx, account, hookURL, fields); err != nil {
			return err
		}
	}
	return line.Subscribe(ctx, account, node, a.wanted(line))
}

// Disconnect implements channel.Disconnecter. A page's subscription stays: it
// may be that of its Messenger too, and the account's events are ours no more
// once it is gone here.
func (a *Adapter) Disconnect(ctx context.Context, account channel.Account) error {
	line, node := a.way(account)
	if line == a.page {
		return nil
	}
	return line.Unsubscribe(ctx, account, node)
}

// Check implements channel.Checker.
func (a *Adapter) Check(ctx context.Context, account channel.Account, hookURL string) ([]channel.Finding, error) {
	if account.ExternalID == "" {
		return nil, fault.OnField("external_id", "the id of the Instagram account is missing")
	}
	line, node := a.way(account)
	var findings []channel.Finding
	if line == a.page {
		findings = line.CheckToken(ctx, account, permissions)
	}
	found, err := a.own(ctx, account)
	about := channel.Finding{Point: "account", State: "ok", Facts: map[string]string{"name": found.Username}}
	switch {
	case err != nil:
		about = thread.Failed("account", err)
	case string(found.ID) != account.ExternalID:
		about.State, about.Text = "bad", "the token is of the account "+string(found.ID)
	}
	findings = append(findings, about, line.CheckSubscription(ctx, account, node, a.wanted(line)))
	if line == a.login {
		return append(findings, channel.Finding{Point: "webhook", State: "unknown", Facts: map[string]string{"url": hookURL}}), nil
	}
	return append(findings, line.CheckHook(ctx, account, hookURL)...), nil
}

// Profile implements channel.Profiler (Instagram Messaging, User Profile API).
// Errors: fault.Invalid without an Instagram-scoped id, else as those of Probe.
func (a *Adapter) Profile(ctx context.Context, account channel.Account, who []message.Address) (channel.Profile, error) {
	line, _ := a.way(account)
	for _, address := range who {
		if address.Kind != message.IGSID {
			continue
		}
		answer, err := line.Graph.Do(ctx, account, meta.Call{
			Verb: http.MethodGet, Path: url.PathEscape(address.Value), Query: url.Values{"fields": {"name,username,profile_pic"}},
		}, meta.PageErrors)
		if err != nil {
			return channel.Profile{}, thread.InstagramDialect.AsFault(err)
		}
		var person struct {
			Name     string `json:"name"`
			Username string `json:"username"`
			Picture  string `json:"profile_pic"`
		}
		if meta.Read(answer, &person) != nil {
			return channel.Profile{}, fault.New(fault.Unavailable, "the answer about the person cannot be read")
		}
		return channel.Profile{Name: person.Name, Username: person.Username, PictureURL: person.Picture}, nil
	}
	return channel.Profile{}, fault.New(fault.Invalid, "the customer has no Instagram address")
}

// Renew implements channel.Renewer: a token of Instagram Login may be renewed
// from its second day to its last (Instagram Platform, refresh_access_token).
// Error: fault.Refused with reason "renewal" for a page's token, which is made so
// that it does not end by itself.
func (a *Adapter) Renew(ctx context.Context, account channel.Account) (channel.Renewal, error) {
	line, _ := a.way(account)
	if line != a.login {
		return channel.Renewal{}, fault.Refuse("renewal", "the token of a page is not renewed: put in one that does not expire")
	}
	answer, err := line.Graph.Do(ctx, account, meta.Call{
		Verb: http.MethodGet, Path: "refresh_access_token", Query: url.Values{"grant_type": {"ig_refresh_token"}}, Secret: true,
	}, meta.PageErrors)
	if err != nil {
		return channel.Renewal{}, thread.InstagramDialect.AsFault(err)
	}
	var fresh struct {
		Token   string `json:"access_token"`
		Expires int64  `json:"expires_in"` // seconds
	}
	if meta.Read(answer, &fresh) != nil || fresh.Token == "" {
		return channel.Renewal{}, fault.New(fault.Unavailable, "the answer about the token cannot be read")
	}
	renewal := channel.Renewal{Token: secret.New(fresh.Token)}
	if fresh.Expires > 0 {
		renewal.ExpiresMS = clock.MS(a.clock.Now()) + (time.Duration(fresh.Expires) * time.Second).Milliseconds()
	}
	return renewal, nil
}
