package app

import (
	"context"
	"fmt"
	"os"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/flow/template"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/telemetry"
)

type botCommand struct {
	Company  string   `required:"" help:"The company, by its slug."`
	Name     string   `default:"Recepção" help:"The bot; it is made when the company has none of that name."`
	Flow     string   `type:"existingfile" xor:"what" help:"The flow to publish, as a file (docs/guides)."`
	Template string   `xor:"what" help:"A ready flow instead of a file, such as recepcao."`
	Note     string   `help:"What changed, kept with the version."`
	Channel  []string `help:"Channels that the bot answers first, by their id or name; give it once for each."`
}

// Run implements the command: it publishes a flow as a company's bot.
func (c *botCommand) Run(around *surroundings) error {
	definition, err := c.definition()
	if err != nil {
		return err
	}
	cfg, err := load(around.lookup)
	if err != nil {
		return err
	}
	h, err := open(around.ctx, cfg, "bot", telemetry.NewLogger(around.err, cfg.Telemetry))
	if err != nil {
		return err
	}
	defer func() { _ = h.close() }()
	if err := h.checkSchema(around.ctx, targetAPI); err != nil {
		return err
	}
	company, err := h.companyBySlug(around.ctx, c.Company)
	if err != nil {
		return err
	}
	bot, err := h.botByName(around.ctx, company.ID, c.Name)
	if err != nil {
		return err
	}
	version, issues, err := h.bots.PublishVersion(around.ctx, company.ID, bot.ID, botrun.Draft{Definition: definition, Note: c.Note,
		Channels: []message.Channel{message.WhatsApp, message.Telegram}})
	for _, issue := range issues {
		fmt.Fprintln(around.err, " ", issue.Sentence(company.Locale))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(around.out, "version %d of %s is live\n", version.Number, c.Name)
	return c.assign(around, h, company.ID, bot.ID)
}

func (c *botCommand) definition() ([]byte, error) {
	switch {
	case c.Flow != "":
		return os.ReadFile(c.Flow)
	case c.Template != "":
		return template.Text(c.Template)
	default:
		return nil, fault.New(fault.Invalid, "say what to publish: --flow FILE or --template %s", strings.Join(template.Names(), "|"))
	}
}

func (c *botCommand) assign(around *surroundings, h *house, tenantID, botID string) error {
	accounts, err := h.channel.List(around.ctx, tenantID)
	if err != nil {
		return err
	}
	for _, wanted := range c.Channel {
		found := false
		for _, account := range accounts {
			if account.ID != wanted && account.Name != wanted {
				continue
			}
			if err := h.bots.AssignDefault(around.ctx, tenantID, account.ID, botID); err != nil {
				return err
			}
			fmt.Fprintf(around.out, "it answers first on %s\n", account.Name)
			found = true
		}
		if !found {
			return fault.New(fault.NotFound, "the company has no channel %q", wanted)
		}
	}
	return nil
}

func (h *house) companyBySlug(ctx context.Context, slug string) (tenancy.Company, error) {
	cursor := ""
	for {
		list, err := h.tenancy.List(ctx, cursor, 200)
		if err != nil {
			return tenancy.Company{}, err
		}
		for _, company := range list.Items {
			if company.Slug == slug {
				return company, nil
			}
		}
		if cursor = list.Next; cursor == "" {
			return tenancy.Company{}, fault.New(fault.NotFound, "no company has the slug %q", slug)
		}
	}
}

// botByName gives the company's bot of a name, and makes it when there is none.
func (h *house) botByName(ctx context.Context, tenantID, name string) (botrun.Bot, error) {
	cursor := ""
	for {
		list, err := h.bots.ListBots(ctx, tenantID, cursor, 200)
		if err != nil {
			return botrun.Bot{}, err
		}
		for _, bot := range list.Items {
			if bot.Name == name {
				return bot, nil
			}
		}
		if cursor = list.Next; cursor == "" {
			return h.bots.CreateBot(ctx, tenantID, name)
		}
	}
}
