package builder

import (
	"context"
	"encoding/json"

	"prosa/internal/base/fault"
	"prosa/internal/base/page"
	"prosa/internal/message"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
)

// Overview is a bot as a list shows it.
type Overview struct {
	ID            string       `json:"id"`
	Key           string       `json:"key" doc:"By which other flows name it."`
	Name          string       `json:"name"`
	State         botrun.State `json:"state" enum:"active,archived"`
	LiveVersionID string       `json:"live_version_id,omitempty" doc:"Absent until something is published."`
	LiveNumber    int64        `json:"live_number" doc:"Number of the live version, 0 for none."`
	DraftDiffers  bool         `json:"draft_differs" doc:"Publishing the draft would change something."`
	SessionsLive  int64        `json:"sessions_live" doc:"Conversations under way."`
	Accounts      []Account    `json:"accounts" doc:"Where it answers first."`
	CreatedMS     int64        `json:"created_ms"`
	Version       int64        `json:"version" doc:"Counts changes of the bot itself, not of its flow."`
}

// List gives a company's bots of one state, oldest first; an empty state is
// that of the active ones.
func (s *Service) List(ctx context.Context, tenantID string, state botrun.State, cursor string, limit int) (page.List[Overview], error) {
	if state == "" {
		state = botrun.Active
	}
	bots, err := s.bots.ListBotsIn(ctx, tenantID, state, cursor, limit)
	if err != nil {
		return page.List[Overview]{}, err
	}
	list := page.List[Overview]{Items: make([]Overview, 0, len(bots.Items)), Next: bots.Next}
	list.Items, err = s.overviews(ctx, tenantID, bots.Items)
	return list, err
}

// Get gives one bot. Error: fault.NotFound.
func (s *Service) Get(ctx context.Context, tenantID, botID string) (Overview, error) {
	bot, err := s.bots.GetBot(ctx, tenantID, botID)
	if err != nil {
		return Overview{}, err
	}
	list, err := s.overviews(ctx, tenantID, []botrun.Bot{bot})
	if err != nil {
		return Overview{}, err
	}
	return list[0], nil
}

// overviews adds to bots what stands elsewhere.
func (s *Service) overviews(ctx context.Context, tenantID string, bots []botrun.Bot) ([]Overview, error) {
	accounts, err := s.accounts(ctx, tenantID)
	if err != nil {
		return nil, err
	}
	standings, err := s.bots.Standings(ctx, tenantID)
	if err != nil {
		return nil, err
	}
	var differs map[string]bool
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		differs, err = differing(ctx, tx, tenantID)
		return err
	})
	list := make([]Overview, 0, len(bots))
	for _, bot := range bots {
		changed, drafted := differs[bot.ID]
		view := Overview{
			ID: bot.ID, Key: bot.Key, Name: bot.Name, State: bot.State, LiveVersionID: bot.LiveVersionID,
			LiveNumber: standings[bot.ID].LiveNumber, SessionsLive: standings[bot.ID].Sessions,
			DraftDiffers: changed || !drafted && bot.LiveVersionID == "", Accounts: []Account{}, CreatedMS: bot.CreatedMS, Version: bot.Version,
		}
		for _, account := range accounts {
			if account.BotID == bot.ID {
				view.Accounts = append(view.Accounts, account)
			}
		}
		list = append(list, view)
	}
	return list, err
}

// NewBot is a bot to be made: from a template, from a flow, or, with neither,
// from nothing.
type NewBot struct {
	TenantID, Name, Template  string
	Definition, Layout, Tests json.RawMessage
	By                        By
}

// Create makes a bot with its first draft. Errors: fault.Invalid and
// fault.TooLarge on what can't be kept, fault.NotFound on template.
func (s *Service) Create(ctx context.Context, in NewBot) (Overview, error) {
	var botID string
	err := s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		botID, err = s.CreateIn(ctx, tx, in)
		return err
	})
	if err != nil {
		return Overview{}, err
	}
	return s.Get(ctx, in.TenantID, botID)
}

// CreateIn is Create in the caller's transaction.
func (s *Service) CreateIn(ctx context.Context, tx *database.Tx, in NewBot) (botID string, err error) {
	draft := Draft{TenantID: in.TenantID, Revision: 1, AuthorID: in.By.Actor.ID, AuthorName: in.By.Actor.Name}
	if err := in.fill(&draft); err != nil {
		return "", err
	}
	bot, err := s.bots.CreateBotIn(ctx, tx, in.TenantID, in.Name)
	if err != nil {
		return "", err
	}
	draft.BotID, draft.UpdatedMS = bot.ID, tx.Now()
	if err := note(ctx, tx, in.TenantID, in.By, "bot.created", bot.ID, map[string]string{"name": bot.Name}); err != nil {
		return "", err
	}
	return bot.ID, s.put(ctx, tx, draft, 0, in.By, Event{What: WhatCreated, Name: bot.Name})
}

// fill gives the draft what the bot begins with.
func (in NewBot) fill(draft *Draft) (err error) {
	switch {
	case in.Template != "" && len(in.Definition) > 0:
		return fault.OnField("template", "is a template or a flow, not both")
	case in.Template != "":
		ready, err := templateOf(in.Template)
		if err != nil {
			return err
		}
		in.Definition, in.Layout, in.Tests = named(ready.Definition, in.Name), ready.Layout, ready.Tests
	case len(in.Definition) == 0:
		in.Definition = emptyFlow(in.Name)
	}
	draft.Definition, draft.Layout, draft.Tests, err = parts(in.Definition, in.Layout, in.Tests)
	draft.hash = contentHash(draft.Definition, draft.Tests)
	return err
}

// named gives a flow the name of its bot.
func named(definition json.RawMessage, name string) json.RawMessage {
	read, err := flow.Parse(definition)
	if err != nil {
		return definition
	}
	read.Name = name
	text, err := read.Text()
	if err != nil {
		return definition
	}
	return text
}

// BotChange is a bot to be renamed, archived or brought back; what is nil stays.
type BotChange struct {
	TenantID, BotID string
	Name            *string
	State           *botrun.State
	Version         int64 // that was seen; 0 does not care
	By              By
}

// Change changes a bot. One that is archived is taken off its channels first.
// Errors: fault.NotFound, fault.Invalid, fault.Conflict for an old version.
func (s *Service) Change(ctx context.Context, in BotChange) (Overview, error) {
	if in.State != nil && *in.State == botrun.Archived {
		if err := s.unbindAll(ctx, in); err != nil {
			return Overview{}, err
		}
	}
	err := s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		bot, err := s.bots.UpdateBotIn(ctx, tx, botrun.BotChange{TenantID: in.TenantID, BotID: in.BotID, Name: in.Name, State: in.State, Version: in.Version})
		if err != nil {
			return err
		}
		facts := map[string]string{"name": bot.Name, "state": string(bot.State)}
		if err := note(ctx, tx, in.TenantID, in.By, "bot.changed", bot.ID, facts); err != nil {
			return err
		}
		return s.tell(ctx, tx, in.TenantID, in.By, Event{BotID: bot.ID, What: WhatChanged, Name: bot.Name})
	})
	if err != nil {
		return Overview{}, err
	}
	return s.Get(ctx, in.TenantID, in.BotID)
}

// unbindAll takes a bot that is to be archived off its channels.
func (s *Service) unbindAll(ctx context.Context, in BotChange) error {
	bot, err := s.Get(ctx, in.TenantID, in.BotID)
	if err != nil {
		return err
	}
	if in.Version != 0 && in.Version != bot.Version {
		return nil // the change itself will be refused
	}
	for _, account := range bot.Accounts {
		if err := s.Unbind(ctx, in.TenantID, in.BotID, account.ID, in.By); err != nil {
			return err
		}
	}
	return nil
}

// Bind makes a bot the one that answers first on a channel account. Its live
// version is held against the limits of that channel first. Errors:
// fault.NotFound, fault.Refused with reason not_published, a *Refusal with
// reason not_proved.
func (s *Service) Bind(ctx context.Context, tenantID, botID, accountID, lang string, by By) (Overview, error) {
	account, err := s.account(ctx, tenantID, accountID)
	if err != nil {
		return Overview{}, err
	}
	bot, err := s.bots.GetBot(ctx, tenantID, botID)
	if err != nil {
		return Overview{}, err
	}
	if bot.LiveVersionID != "" {
		if err := s.fits(ctx, bot, account.Channel, lang); err != nil {
			return Overview{}, err
		}
	}
	if err := s.assign(ctx, tenantID, botID, account, botID, by); err != nil {
		return Overview{}, err
	}
	return s.Get(ctx, tenantID, botID)
}

// Unbind leaves a channel account, on which the bot answered first, to people.
// Error: fault.NotFound.
func (s *Service) Unbind(ctx context.Context, tenantID, botID, accountID string, by By) error {
	account, err := s.account(ctx, tenantID, accountID)
	if err != nil {
		return err
	}
	if account.BotID != botID {
		return fault.New(fault.NotFound, "the bot does not answer on this channel")
	}
	return s.assign(ctx, tenantID, botID, account, "", by)
}

// assign binds, and tells of it.
func (s *Service) assign(ctx context.Context, tenantID, botID string, account Account, answers string, by By) error {
	if err := s.bots.AssignDefault(ctx, tenantID, account.ID, answers); err != nil {
		return err
	}
	action := "bot.bound"
	if answers == "" {
		action = "bot.unbound"
	}
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if err := note(ctx, tx, tenantID, by, action, botID, map[string]string{"account": account.ID, "channel": string(account.Channel)}); err != nil {
			return err
		}
		return s.tell(ctx, tx, tenantID, by, Event{BotID: botID, What: WhatChanged})
	})
}

func (s *Service) account(ctx context.Context, tenantID, accountID string) (Account, error) {
	accounts, err := s.accounts(ctx, tenantID)
	for _, account := range accounts {
		if account.ID == accountID {
			return account, err
		}
	}
	if err == nil {
		err = &fault.Error{Code: fault.NotFound, Field: "account_id", Message: "no such channel"}
	}
	return Account{}, err
}

// fits holds the live version of a bot against a channel.
func (s *Service) fits(ctx context.Context, bot botrun.Bot, channel message.Channel, lang string) error {
	version, err := s.bots.GetVersion(ctx, bot.TenantID, bot.LiveVersionID)
	if err != nil {
		return err
	}
	definition, err := flow.Parse([]byte(version.Definition))
	if err != nil {
		return err
	}
	_, flows, err := pinned(version)
	if err != nil {
		return err
	}
	compiled, issues := flow.Compile(definition, flow.Options{Key: bot.Key, Channels: []message.Channel{channel}, Flows: flows})
	if compiled == nil {
		return notProved(issuesOf(issues, lang))
	}
	return nil
}
