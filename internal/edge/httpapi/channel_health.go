package httpapi

import (
	"context"
	"net/http"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/channel/health"
	"prosa/internal/modules/identity"
)

func (a *api) registerHealth() {
	handle(a, route{
		id: "get-channel-guide", method: http.MethodGet, path: "/channel-guides/{channel}", tag: "channel", needs: identity.ChannelManage,
		summary: "What is copied where to connect a platform.",
	}, a.channelGuide)
	handle(a, route{
		id: "get-channel-health", method: http.MethodGet, path: "/channels/{channel}/health", tag: "channel", needs: identity.ChannelRead,
		summary: "What is known of the connection: alarms, pauses, queue, the last week by hours, the platform's words.",
	}, a.channelHealth)
	handle(a, route{
		id: "check-channel", method: http.MethodPost, path: "/channels/{channel}/check", tag: "channel", needs: identity.ChannelManage,
		summary: "Check the token, the permissions and the subscription with the platform now.",
	}, a.checkChannel)
	handle(a, route{
		id: "connect-channel", method: http.MethodPost, path: "/channels/{channel}/connect", tag: "channel", needs: identity.ChannelManage,
		summary: "Prove an account at its platform and make it active: a finished draft, or one that was stopped or switched off.",
	}, a.connectChannel)
	handle(a, route{
		id: "rotate-channel-token", method: http.MethodPut, path: "/channels/{channel}/token", tag: "channel", needs: identity.ChannelManage,
		summary: "Replace the token, or the app's secret, once the platform has accepted it. The old secret is accepted for a day.",
	}, a.rotateToken)
	handle(a, route{
		id: "test-channel", method: http.MethodPost, path: "/channels/{channel}/test-message", tag: "channel", needs: identity.ChannelManage,
		summary: "Send a text to one's own phone, past the queue.",
	}, a.testChannel)
	handle(a, route{
		id: "disconnect-channel", method: http.MethodPost, path: "/channels/{channel}/disconnect", tag: "channel", needs: identity.ChannelManage,
		summary: "Switch a channel off and take its webhook back. What was said stays. A draft is removed.",
	}, a.disconnectChannel)
}

type guideInput struct {
	Channel message.Channel `path:"channel" enum:"whatsapp,telegram,messenger,instagram"`
	Flavour string          `query:"flavour" enum:"page,login"`
}

type guideOutput struct{ Body health.Guide }

func (a *api) channelGuide(_ context.Context, in *guideInput) (*guideOutput, error) {
	if _, ok := a.deps.Channels.Adapter(in.Channel); !ok {
		return nil, fault.New(fault.NotFound, "this installation does not speak %s", in.Channel)
	}
	guide, err := a.deps.Health.Guide(in.Channel, in.Flavour)
	return &guideOutput{guide}, err
}

type healthOutput struct{ Body health.Health }

func (a *api) channelHealth(ctx context.Context, in *ChannelPath) (*healthOutput, error) {
	view, err := a.deps.Health.View(ctx, caller(ctx).TenantID(), in.Channel)
	return &healthOutput{view}, err
}

type checkOutput struct {
	Body struct {
		OK       bool           `json:"ok"`
		Findings []health.Point `json:"findings"`
		Problem  string         `json:"problem,omitempty" doc:"Why the platform could not be asked."`
	}
}

func (a *api) checkChannel(ctx context.Context, in *ChannelPath) (*checkOutput, error) {
	out := &checkOutput{}
	out.Body.Findings = []health.Point{}
	findings, err := a.deps.Health.Check(ctx, caller(ctx).TenantID(), in.Channel)
	if isFinding(err) {
		out.Body.Problem = fault.MessageOf(err)
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.Body.OK = true
	out.Body.Findings = health.PointsOf(findings)
	for _, finding := range findings {
		out.Body.OK = out.Body.OK && finding.State != "bad"
	}
	return out, nil
}

// Discarding says what becomes of what waited while a channel was away.
type Discarding struct {
	Discard string `json:"discard,omitempty" enum:"none,old,all" default:"none" doc:"Of what waits in the queue: send it all, give up what is older than a day (most reply windows are over), or give up everything."`
}

func (d Discarding) beforeMS(nowMS int64) int64 {
	switch d.Discard {
	case "old":
		return nowMS - (24 * time.Hour).Milliseconds()
	case "all":
		return nowMS + 1
	default:
		return 0
	}
}

type connectInput struct {
	ChannelPath
	Body struct{ Discarding }
}

func (a *api) connectChannel(ctx context.Context, in *connectInput) (*channelOutput, error) {
	return a.prove(ctx, channel.AccountChange{ID: in.Channel, DiscardBeforeMS: in.Body.beforeMS(clock.MS(a.deps.Clock.Now()))}, "channel.connected")
}

type tokenInput struct {
	ChannelPath
	Body struct {
		Token     secret.Text `json:"token,omitempty"`
		AppSecret secret.Text `json:"app_secret,omitempty"`
		Discarding
	}
}

func (a *api) rotateToken(ctx context.Context, in *tokenInput) (*channelOutput, error) {
	if in.Body.Token.IsZero() && in.Body.AppSecret.IsZero() {
		return nil, fault.OnField("token", "is required")
	}
	return a.prove(ctx, channel.AccountChange{ID: in.Channel, DiscardBeforeMS: in.Body.beforeMS(clock.MS(a.deps.Clock.Now())),
		Credentials: map[string]secret.Text{"token": in.Body.Token, "app_secret": in.Body.AppSecret}}, "channel.rotated")
}

func (a *api) prove(ctx context.Context, change channel.AccountChange, action string) (*channelOutput, error) {
	who := caller(ctx)
	change.TenantID, change.Actor = who.TenantID(), who.Actor()
	account, err := a.deps.Channels.Prove(ctx, change)
	if err != nil {
		return nil, err
	}
	a.welcome(ctx, account)
	a.note(ctx, action, account.ID, nil)
	return &channelOutput{a.channelView(account, who)}, nil
}

// welcome brings back what came for an account before it was connected. Nobody
// waits for it: what fails stays in quarantine.
func (a *api) welcome(ctx context.Context, account channel.Account) {
	if account.State != channel.Active || a.deps.Replay == nil {
		return
	}
	if count, err := a.deps.Channels.Requeue(ctx, account, a.deps.Replay); err != nil || count > 0 {
		a.deps.Logger.InfoContext(ctx, "pieces of a channel came back from quarantine", "account", account.ID, "count", count, "error", err)
	}
}

type testChannelInput struct {
	ChannelPath
	Body struct {
		To   string `json:"to" minLength:"1" maxLength:"64" doc:"WhatsApp: the number with its country code. Else the id of somebody who wrote to the channel."`
		Text string `json:"text,omitempty" maxLength:"500"`
	}
}

type testChannelOutput struct {
	Body struct {
		OK      bool   `json:"ok"`
		Problem string `json:"problem,omitempty" doc:"The platform's words."`
	}
}

func (a *api) testChannel(ctx context.Context, in *testChannelInput) (*testChannelOutput, error) {
	text := in.Body.Text
	if text == "" {
		text = "Prosa: mensagem de teste / test message"
	}
	out := &testChannelOutput{}
	_, err := a.deps.Channels.Test(ctx, caller(ctx).TenantID(), in.Channel, in.Body.To, text)
	if isFinding(err) {
		out.Body.Problem = fault.MessageOf(err)
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.Body.OK = true
	a.note(ctx, "channel.tested", in.Channel, nil)
	return out, nil
}

type disconnectOutput struct {
	Body struct {
		Problem string `json:"problem,omitempty" doc:"What the platform said against taking the webhook back; the channel is off all the same."`
	}
}

func (a *api) disconnectChannel(ctx context.Context, in *ChannelPath) (*disconnectOutput, error) {
	who := caller(ctx)
	problem, err := a.deps.Channels.Disconnect(ctx, who.TenantID(), in.Channel, who.Actor())
	if err != nil {
		return nil, err
	}
	a.note(ctx, "channel.disconnected", in.Channel, nil)
	out := &disconnectOutput{}
	out.Body.Problem = problem
	return out, nil
}
