package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/builder"
	"prosa/internal/modules/flow/template"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/telemetry"
)

type botCommand struct {
	Company  string   `required:"" help:"The company, by its slug."`
	Name     string   `default:"Recepção" help:"The bot; it is made when the company has none of that name."`
	Flow     string   `type:"existingfile" xor:"what" help:"The flow to publish, as a file: a flow, or an export with its layout and tests (docs/guides)."`
	Template string   `xor:"what" help:"A ready flow instead of a file, such as recepcao."`
	Note     string   `help:"What changed, kept with the version."`
	Channel  []string `help:"Channels that the bot answers first, by their id or name; give it once for each."`
}

// Run implements the command: it publishes a flow as a company's bot.
func (c *botCommand) Run(around *surroundings) error {
	file, err := c.file()
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
	done, err := h.publishFile(around.ctx, company, bot.ID, file, c.Note)
	var refusal *builder.Refusal
	if errors.As(err, &refusal) {
		for _, flaw := range refusal.Flaws() {
			fmt.Fprintf(around.err, "  %s: %s\n", flaw.Field, flaw.Message)
		}
	}
	if err != nil {
		return err
	}
	for _, warning := range done.Warnings {
		fmt.Fprintln(around.err, " ", warning.Sentence)
	}
	fmt.Fprintf(around.out, "version %d of %s is live\n", done.Version.Number, c.Name)
	return c.assign(around, h, company.ID, bot.ID)
}

// publishFile makes a flow the draft and the live version of a bot. Where the
// file has no layout, that of the draft stays; the tests are those of the file.
func (h *house) publishFile(ctx context.Context, company tenancy.Company, botID string, file builder.File, note string) (builder.Published, error) {
	by := builder.By{Actor: event.Actor{Kind: "system"}}
	draft, err := h.builder.Draft(ctx, company.ID, botID)
	if err != nil {
		return builder.Published{}, err
	}
	if file.Layout == nil {
		file.Layout = draft.Layout
	}
	draft, err = h.builder.SaveDraft(ctx, builder.Save{TenantID: company.ID, BotID: botID, Revision: draft.Revision,
		Definition: file.Definition, Layout: file.Layout, Tests: file.Tests, By: by})
	if err != nil {
		return builder.Published{}, err
	}
	return h.builder.Publish(ctx, builder.Publishing{TenantID: company.ID, BotID: botID, Revision: draft.Revision, Note: note, Lang: company.Locale, By: by})
}

func (c *botCommand) file() (builder.File, error) {
	switch {
	case c.Flow != "":
		text, err := os.ReadFile(c.Flow)
		if err != nil {
			return builder.File{}, err
		}
		return builder.ReadFile(text), nil
	case c.Template != "":
		ready, err := template.Get(c.Template)
		return builder.File{Definition: ready.Definition, Layout: ready.Layout, Tests: ready.Tests}, err
	default:
		return builder.File{}, fault.New(fault.Invalid, "say what to publish: --flow FILE or --template %s", strings.Join(template.Names(), "|"))
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
