package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"prosa/internal/adapters/telegram"
	"prosa/internal/app/sample"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/builder"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/telemetry"
)

type seedCommand struct {
	Sandbox string `required:"" help:"Base URL of the simulators to connect the sample company to."`
	History bool   `default:"true" negatable:"" help:"Also make up three weeks of conversations."`
	Flow    string `type:"existingfile" help:"A flow for the bot instead of the shop's reception."`
}

// Run implements the command.
func (c *seedCommand) Run(around *surroundings) error {
	cfg, err := load(around.lookup)
	if err != nil {
		return err
	}
	if cfg.Server.Environment == "prod" {
		return fault.Refuse("prod", "prod gets no sample company")
	}
	logger := telemetry.NewLogger(around.err, cfg.Telemetry)
	h, err := open(around.ctx, cfg, "seed", logger)
	if err != nil {
		return err
	}
	defer func() { _ = h.close() }()
	target := targetAPI
	if h.alone() {
		target = targetAll
	}
	if err := h.checkSchema(around.ctx, target); err != nil {
		return err
	}
	plan := seedPlan{sandbox: &sandboxClient{base: strings.TrimRight(c.Sandbox, "/"), http: &http.Client{Timeout: 20 * time.Second}}, history: c.History}
	if c.Flow != "" {
		if plan.flow, err = os.ReadFile(c.Flow); err != nil {
			return err
		}
	}
	made, err := h.seed(around.ctx, plan)
	if err != nil {
		return err
	}
	if made == nil {
		fmt.Fprintln(around.out, "the installation has its people already; nothing was changed")
		return nil
	}
	if err := h.hangCatalog(around.ctx, made.tenantID, made.people["admin"].Actor()); err != nil {
		return err
	}
	fmt.Fprintln(around.out, "the sample company is ready:", sample.Aurora().Name)
	return nil
}

// seedPlan says what to make.
type seedPlan struct {
	sandbox *sandboxClient
	history bool
	flow    []byte // nil: the shop's reception
}

// Identifiers of the sample company's accounts in the simulators.
const (
	sampleApp      = "910000000000001"
	sampleWABA     = "920000000000001"
	sampleNumber   = "930000000000001"
	sampleDisplay  = "+55 11 4003-2026"
	sampleBot      = int64(7_100_000_001)
	sampleUsername = "casa_aurora_bot"

	samplePageApp   = "910000000000002"
	samplePage      = "940000000000001"
	sampleInstagram = "17841400000000001"
)

// seed makes the sample company in a fresh installation: its people, its bot,
// its channels connected to the simulators, the customers' telephones, and
// what was said in the last weeks. It reports false, and changes nothing, where
// somebody lives already: the result is nil then.
func (h *house) seed(ctx context.Context, plan seedPlan) (*seeded, error) {
	token, err := h.identity.SetupToken(ctx)
	if err != nil || token.IsZero() {
		return nil, err
	}
	company, people, err := h.hire(ctx, token)
	if err != nil {
		return nil, err
	}
	botID, err := h.publish(ctx, company, people["admin"], plan.flow)
	if err != nil {
		return nil, err
	}
	accounts, err := h.connect(ctx, company, botID, plan.sandbox)
	if err != nil {
		return nil, err
	}
	if err := h.openShop(ctx, company, plan.sandbox, people["admin"].Actor()); err != nil {
		return nil, err
	}
	for _, phone := range sample.Phones() {
		if err := plan.sandbox.post(ctx, phonePath+"/phones", map[string]any{
			"name": phone.Name, "phone": "+" + phone.Number, "username": phone.Username, "channels": []string{"whatsapp", "telegram", "messenger", "instagram"},
		}, nil); err != nil {
			return nil, err
		}
	}
	if plan.history {
		if err := h.remember(ctx, company, botID, accounts, people); err != nil {
			return nil, err
		}
	}
	return &seeded{company, people}, nil
}

// seeded is what seed made.
type seeded struct {
	tenantID string
	people   map[string]identity.User // by role and by e-mail
}

// hire makes the company and the people who work there, by role and e-mail.
func (h *house) hire(ctx context.Context, token secret.Text) (tenantID string, people map[string]identity.User, err error) {
	company, team := sample.Aurora(), sample.Team()
	people = map[string]identity.User{}
	grant, err := h.identity.SetUp(ctx, identity.Setup{
		Token:   token,
		Company: tenancy.Draft{Name: company.Name, Slug: company.Slug, Line: h.cfg.Server.Line, Locale: "pt-BR", Timezone: company.Timezone},
		User:    identity.Draft{Email: team[0].Email, Name: team[0].Name, Password: samplePassword(), Locale: "pt-BR"},
	}, identity.Client{})
	if err != nil {
		return "", nil, err
	}
	tenantID = grant.Principal.TenantID()
	people["admin"] = grant.Principal.User
	people[team[0].Email] = grant.Principal.User
	for _, person := range team[1:] {
		user, err := h.identity.AddMember(ctx, tenantID, identity.Draft{Email: person.Email, Name: person.Name, Password: samplePassword(), Locale: "pt-BR"}, identity.Role(person.Role))
		if err != nil {
			return "", nil, err
		}
		people[person.Email] = user
	}
	return tenantID, people, nil
}

// hireReader lets somebody of the sample house read what the platform costs, and
// nothing else of it. Where they do already, nothing changes.
func (h *house) hireReader(ctx context.Context) error {
	person := sample.Reader()
	_, err := h.identity.AddReader(ctx, identity.Draft{Email: person.Email, Name: person.Name, Password: samplePassword(), Locale: "pt-BR"})
	return err
}

// samplePassword is a fresh one that nobody learns: the sample company's people
// sign in with one click, in a demo only.
func samplePassword() secret.Text { return secret.New(randomHex(24)) }

// publish makes the company's bots, or one of the given flow, and gives the one
// that answers first.
func (h *house) publish(ctx context.Context, tenantID string, author identity.User, definition []byte) (botID string, err error) {
	if definition != nil {
		return h.publishFlow(ctx, tenantID, author, definition)
	}
	by := builder.By{Actor: author.Actor()}
	bots, err := sampleBots()
	if err != nil {
		return "", err
	}
	for _, ready := range bots {
		bot, err := h.builder.Create(ctx, builder.NewBot{
			TenantID: tenantID, Name: ready.name, Template: ready.template,
			Definition: ready.flow.Definition, Layout: ready.flow.Layout, Tests: ready.flow.Tests, By: by,
		})
		if err != nil {
			return "", err
		}
		if ready.answers {
			botID = bot.ID
		}
		if ready.draft {
			continue
		}
		if _, err := h.builder.Publish(ctx, builder.Publishing{TenantID: tenantID, BotID: bot.ID, Revision: 1, Note: "Primeira versão", By: by}); err != nil {
			return "", err
		}
	}
	return botID, nil
}

// readyBot is a bot of the sample company, of a template or a flow of its own.
type readyBot struct {
	name, template string
	flow           sample.Flow
	answers        bool // first, when a customer writes
	draft          bool // not published yet
}

// sampleBots are the bots of the sample company, each behind those that it leads to.
func sampleBots() ([]readyBot, error) {
	reception, err := sample.Reception()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the sample reception can't be read")
	}
	return []readyBot{
		{name: "Loja", template: "loja"},
		{name: "Recepção", flow: reception, answers: true},
		{name: "Pesquisa de satisfação", template: "pesquisa"},
		{name: "Agendamento", template: "agendamento", draft: true},
	}, nil
}

// publishFlow makes one bot of a flow that is the caller's.
func (h *house) publishFlow(ctx context.Context, tenantID string, author identity.User, definition []byte) (botID string, err error) {
	bot, err := h.bots.CreateBot(ctx, tenantID, "Eco")
	if err != nil {
		return "", err
	}
	_, issues, err := h.bots.PublishVersion(ctx, tenantID, bot.ID, botrun.Draft{
		Definition: definition, Note: "Primeira versão", AuthorID: author.ID, Channels: []message.Channel{message.WhatsApp, message.Telegram},
	})
	if err != nil {
		return "", fmt.Errorf("%w (%v)", err, issues)
	}
	return bot.ID, nil
}

// connect makes the numbers in the simulators and the accounts here, and tells
// each of the other.
func (h *house) connect(ctx context.Context, tenantID, botID string, sandbox *sandboxClient) (map[message.Channel]channel.Account, error) {
	appSecret, token, botToken := randomHex(16), "EAAG"+randomHex(40), fmt.Sprintf("%d:%s", sampleBot, randomHex(18)[:35])
	system := event.Actor{Kind: "system"}
	whatsapp, err := h.channel.Create(ctx, channel.NewAccount{
		TenantID: tenantID, Channel: message.WhatsApp, Name: "WhatsApp da loja", ExternalID: sampleNumber, Display: sampleDisplay, BotID: botID,
		Settings:    map[string]string{"waba_id": sampleWABA},
		Credentials: map[string]secret.Text{"token": secret.New(token), "app_secret": secret.New(appSecret)}, Actor: system,
	})
	if err != nil {
		return nil, err
	}
	telegram, err := h.channel.Create(ctx, channel.NewAccount{
		TenantID: tenantID, Channel: message.Telegram, Name: "Telegram da loja", ExternalID: fmt.Sprint(sampleBot), Display: "@" + sampleUsername, BotID: botID,
		Credentials: map[string]secret.Text{"token": secret.New(botToken)}, Actor: system,
	})
	if err != nil {
		return nil, err
	}
	name := sample.Aurora().Name
	steps := []struct {
		path string
		body any
	}{
		{metaPath + "/_sandbox/apps", map[string]any{"app_id": sampleApp, "app_secret": appSecret, "verify_token": whatsapp.Credential("verify_token").Reveal(), "name": name}},
		{metaPath + "/_sandbox/wabas", map[string]any{"waba_id": sampleWABA, "name": name, "subscriptions": map[string]string{sampleApp: h.hookURL(whatsapp)}}},
		{metaPath + "/_sandbox/numbers", map[string]any{"phone_number_id": sampleNumber, "waba_id": sampleWABA, "app_id": sampleApp,
			"display_phone_number": sampleDisplay, "verified_name": name, "quality_rating": "GREEN", "token": token, "callback_url": h.hookURL(whatsapp)}},
		{telegramPath + "/_sandbox/bots", map[string]any{"id": sampleBot, "token": botToken, "username": sampleUsername, "name": name}},
	}
	for _, step := range steps {
		if err := sandbox.post(ctx, step.path, step.body, nil); err != nil {
			return nil, err
		}
	}
	templates, err := sample.Templates()
	if err != nil {
		return nil, err
	}
	for _, template := range templates {
		template["waba_id"] = sampleWABA
		if err := sandbox.post(ctx, metaPath+"/_sandbox/templates", template, nil); err != nil {
			return nil, err
		}
	}
	// Telegram takes a webhook's address without asking it first: by the real call.
	if err := sandbox.setWebhook(ctx, botToken, h.hookURL(telegram), telegram.Credential("hook_secret").Reveal()); err != nil {
		return nil, err
	}
	accounts := map[message.Channel]channel.Account{message.WhatsApp: whatsapp, message.Telegram: telegram}
	return accounts, h.connectPages(ctx, tenantID, botID, sandbox, accounts)
}

// connectPages makes the company's Facebook page and its Instagram account, which
// is linked to the page, in the simulator and here.
func (h *house) connectPages(ctx context.Context, tenantID, botID string, sandbox *sandboxClient, accounts map[message.Channel]channel.Account) error {
	name := sample.Aurora().Name
	appSecret, token := randomHex(16), "EAAG"+randomHex(40)
	credentials := map[string]secret.Text{"token": secret.New(token), "app_secret": secret.New(appSecret)}
	callbacks := map[string]string{}
	for _, draft := range []channel.NewAccount{
		{Channel: message.Messenger, Name: "Messenger da loja", ExternalID: samplePage, Display: name},
		{Channel: message.Instagram, Name: "Instagram da loja", ExternalID: sampleInstagram, Display: "@casa.aurora",
			Settings: map[string]string{"flavour": "page", "page_id": samplePage}},
	} {
		draft.TenantID, draft.BotID, draft.Credentials, draft.Actor = tenantID, botID, credentials, event.Actor{Kind: "system"}
		account, err := h.channel.Create(ctx, draft)
		if err != nil {
			return err
		}
		accounts[draft.Channel] = account
		object := map[message.Channel]string{message.Messenger: "page", message.Instagram: "instagram"}[draft.Channel]
		callbacks[object] = h.hookURL(account)
	}
	for _, step := range []struct {
		path string
		body any
	}{
		{"apps", map[string]any{"app_id": samplePageApp, "app_secret": appSecret, "name": name, "callback_urls": callbacks}},
		{"pages", map[string]any{"page_id": samplePage, "app_id": samplePageApp, "name": name, "token": token, "subscriptions": map[string][]string{samplePageApp: nil}}},
		{"instagrams", map[string]any{"instagram_id": sampleInstagram, "flavour": "page", "page_id": samplePage, "username": "casa.aurora", "name": name}},
	} {
		if err := sandbox.post(ctx, messengerPath+"/_sandbox/"+step.path, step.body, nil); err != nil {
			return err
		}
	}
	return nil
}

// sandboxClient talks to the simulators' control APIs.
type sandboxClient struct {
	base string
	http *http.Client
}

func (c *sandboxClient) post(ctx context.Context, path string, body, out any) error {
	return c.send(ctx, http.MethodPost, path, body, out)
}

func (c *sandboxClient) send(ctx context.Context, method, path string, body, out any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the request could not be encoded")
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(raw))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the simulators' address is no URL")
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "the simulators can't be reached")
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "the simulators' answer broke off")
	}
	if response.StatusCode >= http.StatusBadRequest {
		return fault.New(fault.Refused, "the simulators refused %s: %s", path, answer)
	}
	if out == nil {
		return nil
	}
	return fault.Wrap(json.Unmarshal(answer, out), fault.Internal, "the simulators' answer is not understood")
}

func (c *sandboxClient) setWebhook(ctx context.Context, token, url, hookSecret string) error {
	return c.post(ctx, telegramPath+"/bot"+token+"/setWebhook", map[string]any{
		"url": url, "secret_token": hookSecret, "allowed_updates": telegram.AllowedUpdates(),
	}, nil)
}
