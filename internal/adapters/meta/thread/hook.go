package thread

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/channel"
)

// AppID is the setting of an account that names its Meta app. With it and the
// app's secret we register our webhook ourselves and can look into the token.
const AppID = "app_id"

// asApp gives the account with the token of its app; false when the app or its
// secret is not known (Meta: Access Tokens, app access tokens).
func asApp(account channel.Account) (channel.Account, bool) {
	app, key := account.Settings[AppID], account.Credential(meta.AppSecret)
	if app == "" || key.IsZero() {
		return channel.Account{}, false
	}
	// The account's own token stays among the secrets that are hidden.
	credentials := maps.Clone(account.Credentials)
	credentials["account_token"] = account.Credential(meta.Token)
	credentials[meta.Token] = secret.New(app + "|" + key.Reveal())
	account.Credentials = credentials
	return account, true
}

// Subscribe lets the app get the node's events (Messenger Platform,
// subscribed_apps). Errors: fault.Refused, fault.Unavailable, fault.RateLimited.
func (l *Line) Subscribe(ctx context.Context, account channel.Account, node string, fields []string) error {
	_, err := l.Graph.Do(ctx, account, meta.Call{
		Verb: http.MethodPost, Path: url.PathEscape(node) + "/subscribed_apps", Query: url.Values{"subscribed_fields": {strings.Join(fields, ",")}},
	}, meta.PageErrors)
	return l.Dialect.AsFault(err)
}

// Unsubscribe takes Subscribe back. Errors are the same; an app that is not
// subscribed is none.
func (l *Line) Unsubscribe(ctx context.Context, account channel.Account, node string) error {
	_, err := l.Graph.Do(ctx, account, meta.Call{Verb: http.MethodDelete, Path: url.PathEscape(node) + "/subscribed_apps"}, meta.PageErrors)
	return l.Dialect.AsFault(err)
}

// Register names hookURL as where the app's events go, when the app is known;
// else a person enters it at Meta (Graph API, app subscriptions). Errors as those
// of Subscribe, and fault.Invalid without a verify token.
func (l *Line) Register(ctx context.Context, account channel.Account, hookURL string, fields []string) error {
	app, known := asApp(account)
	if !known {
		return nil
	}
	if account.Credential(meta.VerifyToken).IsZero() {
		return fault.OnField("credentials."+meta.VerifyToken, "the verify token is missing")
	}
	body, err := json.Marshal(struct {
		Object   string `json:"object"`
		Callback string `json:"callback_url"`
		Verify   string `json:"verify_token"`
		Fields   string `json:"fields"`
		Values   bool   `json:"include_values"`
	}{l.Dialect.Object, hookURL, account.Credential(meta.VerifyToken).Reveal(), strings.Join(fields, ","), true})
	if err != nil {
		return fault.New(fault.Invalid, "the subscription cannot be written")
	}
	_, err = l.Graph.Do(ctx, app, meta.Call{Verb: http.MethodPost, Path: url.PathEscape(account.Settings[AppID]) + "/subscriptions", Body: body}, meta.PageErrors)
	return l.Dialect.AsFault(err)
}

// Subscribed gives the fields that apps get of the node, and how many apps
// there are. Errors are *channel.SendError.
func (l *Line) Subscribed(ctx context.Context, account channel.Account, node string) (fields []string, apps int, err error) {
	answer, err := l.Graph.Do(ctx, account, meta.Call{Verb: http.MethodGet, Path: url.PathEscape(node) + "/subscribed_apps"}, meta.PageErrors)
	if err != nil {
		return nil, 0, err
	}
	var found struct {
		Data []struct {
			ID     meta.Text `json:"id"`
			Fields []string  `json:"subscribed_fields"`
		} `json:"data"`
	}
	if meta.Read(answer, &found) != nil {
		return nil, 0, &channel.SendError{Class: channel.Retry, Code: "answer", Message: "the answer about webhooks cannot be read"}
	}
	ours := account.Settings[AppID]
	for _, app := range found.Data {
		if ours == "" || string(app.ID) == ours || app.ID == "" {
			fields = append(fields, app.Fields...)
			apps++
		}
	}
	slices.Sort(fields)
	return slices.Compact(fields), apps, nil
}
