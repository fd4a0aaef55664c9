package httpapi

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/channel/health"
	"prosa/internal/modules/identity"
)

// channelView is an account as the set-up page shows it.
type channelView struct {
	channel.View
	WebhookURL  string `json:"webhook_url,omitempty" doc:"What the platform must call; for those who manage channels."`
	VerifyToken string `json:"verify_token,omitempty" doc:"What the platform's page asks for (Meta's platforms); for those who manage channels."`
	// Alarms are nil only where the view is not asked for them.
	Alarms []health.Alarm `json:"alarms" doc:"What somebody has to look at."`
}

// webhookURL is where the platform reports to. It holds the account's hook,
// which is a secret where the platform signs nothing.
func (a *api) webhookURL(account channel.Account) string {
	return a.deps.GatewayURL + "/webhooks/" + string(account.Channel) + "/" + account.Hook
}

func (a *api) channelView(account channel.Account, who identity.Principal) channelView {
	view := channelView{View: account.View(), Alarms: []health.Alarm{}}
	if view.Settings == nil {
		view.Settings = map[string]string{}
	}
	if view.Credentials == nil {
		view.Credentials = []string{}
	}
	if who.May(identity.ChannelManage) {
		view.WebhookURL = a.webhookURL(account)
		if account.Channel != message.Telegram {
			view.VerifyToken = account.Credential("verify_token").Reveal()
		}
	}
	return view
}

type channelOutput struct{ Body channelView }

func (a *api) registerChannel() {
	handle(a, route{
		id: "list-channels", method: http.MethodGet, path: "/channels", tag: "channel", needs: identity.ChannelRead, summary: "The company's numbers, pages and bots.",
	}, a.listChannels)
	handle(a, route{
		id: "create-channel", method: http.MethodPost, path: "/channels", tag: "channel", needs: identity.ChannelManage, status: http.StatusCreated,
		summary: "Connect a number or a bot. Test it by probe, then subscribe.",
	}, a.createChannel)
	handle(a, route{
		id: "get-channel", method: http.MethodGet, path: "/channels/{channel}", tag: "channel", needs: identity.ChannelRead, summary: "One channel and its health.",
	}, a.getChannel)
	handle(a, route{
		id: "change-channel", method: http.MethodPatch, path: "/channels/{channel}", tag: "channel", needs: identity.ChannelManage,
		summary: "Change, disable or start again. Credentials that are absent stay as they are.",
	}, a.changeChannel)
	handle(a, route{
		id: "probe-channel", method: http.MethodPost, path: "/channels/{channel}/probe", tag: "channel", needs: identity.ChannelManage,
		summary: "Test the connection with the platform.",
	}, a.probeChannel)
	handle(a, route{
		id: "subscribe-channel", method: http.MethodPost, path: "/channels/{channel}/subscribe", tag: "channel", needs: identity.ChannelManage,
		summary: "Register our webhook with the platform.",
	}, a.subscribeChannel)
	handle(a, route{
		id: "list-exchanges", method: http.MethodGet, path: "/channels/{channel}/exchanges", tag: "channel", needs: identity.ChannelLog,
		summary: "What the platform said and was told, redacted, newest first.",
	}, a.listExchanges)
}

type channelList struct {
	Body struct {
		Items []channelView `json:"items"`
	}
}

func (a *api) listChannels(ctx context.Context, _ *struct{}) (*channelList, error) {
	who := caller(ctx)
	accounts, err := a.deps.Channels.List(ctx, who.TenantID())
	if err != nil {
		return nil, err
	}
	alarms, err := a.deps.Health.Alarms(ctx, who.TenantID())
	if err != nil {
		return nil, err
	}
	out := &channelList{}
	out.Body.Items = []channelView{}
	for _, account := range accounts {
		view := a.channelView(account, who)
		view.Alarms = append(view.Alarms, alarms[account.ID]...)
		out.Body.Items = append(out.Body.Items, view)
	}
	return out, nil
}

type createChannelInput struct {
	Body struct {
		Channel     message.Channel        `json:"channel" enum:"whatsapp,telegram,messenger,instagram"`
		Draft       bool                   `json:"draft,omitempty" doc:"Only begin: nothing is claimed or asked of the platform yet."`
		Name        string                 `json:"name" maxLength:"200"`
		ExternalID  string                 `json:"external_id,omitempty" maxLength:"100" doc:"WhatsApp: phone_number_id. Messenger: page id. Instagram: id of the professional account. Telegram: read from the token."`
		Display     string                 `json:"display,omitempty" maxLength:"100"`
		BotID       string                 `json:"bot_id,omitempty" maxLength:"64"`
		Settings    map[string]string      `json:"settings,omitempty" maxProperties:"20"`
		Credentials map[string]secret.Text `json:"credentials,omitempty" maxProperties:"10" doc:"Meta's platforms: token, app_secret. Telegram: token."`
	}
}

func (a *api) createChannel(ctx context.Context, in *createChannelInput) (*channelOutput, error) {
	who := caller(ctx)
	if _, ok := a.deps.Channels.Adapter(in.Body.Channel); !ok {
		return nil, fault.OnField("channel", "is not offered here")
	}
	if err := a.ownBot(ctx, "bot_id", in.Body.BotID); err != nil {
		return nil, err
	}
	fresh := channel.NewAccount{
		TenantID: who.TenantID(), Channel: in.Body.Channel, Name: strings.TrimSpace(in.Body.Name), ExternalID: externalID(in),
		Display: in.Body.Display, Settings: in.Body.Settings, Credentials: in.Body.Credentials, BotID: in.Body.BotID, Actor: who.Actor(),
	}
	connect := a.deps.Channels.Connect
	if in.Body.Draft {
		connect = a.deps.Channels.Draft
		if err := checkSettings(in.Body.Settings); err != nil {
			return nil, err
		}
	} else if err := checkIdentity(in); err != nil {
		return nil, err
	}
	account, err := connect(ctx, fresh)
	if err != nil {
		return nil, err
	}
	a.welcome(ctx, account)
	a.note(ctx, "channel.created", account.ID, map[string]string{"channel": string(account.Channel), "name": account.Name})
	return &channelOutput{a.channelView(account, who)}, nil
}

// externalID is the id that the person gave; for Telegram the bot's id, which
// is what stands before the colon of its token (Bot API, "Authorizing your
// bot").
func externalID(in *createChannelInput) string {
	if in.Body.Channel != message.Telegram {
		return strings.TrimSpace(in.Body.ExternalID)
	}
	id, _, _ := strings.Cut(in.Body.Credentials["token"].Reveal(), ":")
	return id
}

var (
	// digits is how Meta writes the ids of its numbers, pages and accounts.
	digits = regexp.MustCompile(`^[0-9]{1,32}$`)
	// botToken is the form of a Telegram token (Bot API, "Authorizing your bot").
	botToken = regexp.MustCompile(`^[0-9]{3,20}:[A-Za-z0-9_-]{20,100}$`)
)

// checkIdentity reports what can't name an account at its platform: these
// become part of the addresses that we call.
func checkIdentity(in *createChannelInput) error {
	if in.Body.Channel == message.Telegram {
		if !botToken.MatchString(in.Body.Credentials["token"].Reveal()) {
			return fault.OnField("credentials.token", "is not a token as BotFather gives it")
		}
		if given := strings.TrimSpace(in.Body.ExternalID); given != "" && given != externalID(in) {
			return fault.OnField("external_id", "is not the number before the token's colon")
		}
	} else if !digits.MatchString(externalID(in)) {
		return fault.OnField("external_id", "must have 1 to 32 digits")
	}
	return checkSettings(in.Body.Settings)
}

// checkSettings lets through what an adapter reads.
func checkSettings(settings map[string]string) error {
	for key, value := range settings {
		switch key {
		case "waba_id", "page_id", "app_id":
			if value != "" && !digits.MatchString(value) {
				return fault.OnField("settings."+key, "must have 1 to 32 digits")
			}
		case "flavour":
			if value != "page" && value != "login" {
				return fault.OnField("settings."+key, "must be page or login")
			}
		default:
			return fault.OnField("settings."+key, "is not a setting")
		}
	}
	return nil
}

// ChannelPath names a channel in the path. huma reads embedded fields of exported types only.
type ChannelPath struct {
	Channel string `path:"channel" maxLength:"64"`
}

func (a *api) getChannel(ctx context.Context, in *ChannelPath) (*channelOutput, error) {
	who := caller(ctx)
	account, err := a.deps.Channels.Get(ctx, who.TenantID(), in.Channel)
	if err != nil {
		return nil, err
	}
	view := a.channelView(account, who)
	alarms, err := a.deps.Health.Alarms(ctx, who.TenantID())
	view.Alarms = append(view.Alarms, alarms[account.ID]...)
	return &channelOutput{view}, err
}

type changeChannelInput struct {
	ChannelPath
	Body struct {
		Name        *string                `json:"name,omitempty" maxLength:"200"`
		Display     *string                `json:"display,omitempty" maxLength:"100"`
		BotID       *string                `json:"bot_id,omitempty" maxLength:"64" doc:"Empty for none."`
		State       *channel.State         `json:"state,omitempty" enum:"active,disabled" doc:"active asks the platform first, as new credentials do, but of a draft."`
		ExternalID  *string                `json:"external_id,omitempty" maxLength:"64" doc:"Of a draft only."`
		Settings    map[string]string      `json:"settings,omitempty" maxProperties:"20"`
		Credentials map[string]secret.Text `json:"credentials,omitempty" maxProperties:"10"`
		Version     int64                  `json:"version,omitempty"`
	}
}

func (a *api) changeChannel(ctx context.Context, in *changeChannelInput) (*channelOutput, error) {
	who := caller(ctx)
	if err := checkSettings(in.Body.Settings); err != nil {
		return nil, err
	}
	if in.Body.BotID != nil {
		if err := a.ownBot(ctx, "bot_id", *in.Body.BotID); err != nil {
			return nil, err
		}
	}
	was, err := a.deps.Channels.Get(ctx, who.TenantID(), in.Channel)
	if err != nil {
		return nil, err
	}
	next := channel.AccountChange{
		TenantID: who.TenantID(), ID: in.Channel, Version: in.Body.Version, Name: in.Body.Name, Display: in.Body.Display,
		BotID: in.Body.BotID, State: in.Body.State, Settings: in.Body.Settings, Credentials: in.Body.Credentials, Actor: who.Actor(),
	}
	if err := a.draftID(in, was, &next); err != nil {
		return nil, err
	}
	change := a.deps.Channels.Update
	wants := in.Body.State
	switch {
	case was.State == channel.Drafted, wants != nil && *wants == channel.Disabled, wants == nil && was.State == channel.Disabled:
	case len(in.Body.Credentials) > 0, wants != nil && was.State != channel.Active:
		change = a.deps.Channels.Prove
	}
	account, err := change(ctx, next)
	if err != nil {
		return nil, err
	}
	a.note(ctx, "channel.changed", account.ID, channelFacts(in))
	return &channelOutput{a.channelView(account, who)}, nil
}

// draftID takes the id that a draft stands for: what was typed, or what stands
// before the colon of a bot's token.
func (a *api) draftID(in *changeChannelInput, was channel.Account, next *channel.AccountChange) error {
	if was.State != channel.Drafted {
		return nil
	}
	if was.Channel == message.Telegram {
		if given := in.Body.Credentials["token"]; !given.IsZero() {
			if !botToken.MatchString(given.Reveal()) {
				return fault.OnField("credentials.token", "is not a token as BotFather gives it")
			}
			id, _, _ := strings.Cut(given.Reveal(), ":")
			next.ExternalID = &id
		}
		return nil
	}
	if next.ExternalID = in.Body.ExternalID; next.ExternalID != nil && *next.ExternalID != "" && !digits.MatchString(strings.TrimSpace(*next.ExternalID)) {
		return fault.OnField("external_id", "must have 1 to 32 digits")
	}
	return nil
}

// channelFacts names what was changed; of credentials only the names.
func channelFacts(in *changeChannelInput) map[string]string {
	facts := map[string]string{}
	for name, value := range map[string]*string{"name": in.Body.Name, "display": in.Body.Display, "bot_id": in.Body.BotID, "state": (*string)(in.Body.State)} {
		if value != nil {
			facts[name] = *value
		}
	}
	var credentials []string
	for name := range in.Body.Credentials {
		credentials = append(credentials, name)
	}
	if slices.Sort(credentials); len(credentials) > 0 {
		facts["credentials"] = strings.Join(credentials, ", ")
	}
	return facts
}

type probeOutput struct {
	Body struct {
		OK         bool              `json:"ok"`
		ExternalID string            `json:"external_id,omitempty"`
		Display    string            `json:"display,omitempty"`
		Name       string            `json:"name,omitempty"`
		Facts      map[string]string `json:"facts"`
		Problem    string            `json:"problem,omitempty" doc:"The platform's words."`
	}
}

func (a *api) probeChannel(ctx context.Context, in *ChannelPath) (*probeOutput, error) {
	out := &probeOutput{}
	out.Body.Facts = map[string]string{}
	probe, err := a.deps.Channels.Probe(ctx, caller(ctx).TenantID(), in.Channel)
	if isFinding(err) {
		out.Body.Problem = fault.MessageOf(err)
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.Body.OK, out.Body.ExternalID, out.Body.Display, out.Body.Name = true, probe.ExternalID, probe.Display, probe.Name
	if probe.Facts != nil {
		out.Body.Facts = probe.Facts
	}
	return out, nil
}

// isFinding reports whether a test of the connection has this for its answer. A
// platform that can't be reached, or that asks to wait, is a finding too.
func isFinding(err error) bool {
	return fault.Is(err, fault.Refused) || fault.Is(err, fault.Unavailable) || fault.Is(err, fault.RateLimited)
}

type subscribeOutput struct {
	Body struct {
		OK         bool   `json:"ok"`
		WebhookURL string `json:"webhook_url"`
		Problem    string `json:"problem,omitempty" doc:"The platform's words."`
	}
}

func (a *api) subscribeChannel(ctx context.Context, in *ChannelPath) (*subscribeOutput, error) {
	tenantID := caller(ctx).TenantID()
	account, err := a.deps.Channels.Get(ctx, tenantID, in.Channel)
	if err != nil {
		return nil, err
	}
	out := &subscribeOutput{}
	out.Body.WebhookURL = a.webhookURL(account)
	err = a.deps.Channels.Subscribe(ctx, tenantID, in.Channel, out.Body.WebhookURL)
	if isFinding(err) {
		out.Body.Problem = fault.MessageOf(err)
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.Body.OK = true
	a.note(ctx, "channel.subscribed", account.ID, nil)
	return out, nil
}

type listExchangesInput struct {
	ChannelPath
	Paging
}

func (a *api) listExchanges(ctx context.Context, in *listExchangesInput) (*listing[channel.ExchangeView], error) {
	return listed(a.deps.Channels.Exchanges(ctx, caller(ctx).TenantID(), in.Channel, in.Cursor, in.Limit))
}
