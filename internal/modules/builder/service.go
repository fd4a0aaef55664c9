package builder

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/botrun"
	"prosa/internal/platform/database"
)

// Service holds the use cases.
type Service struct {
	db        *database.DB
	bots      *botrun.Service
	accounts  Accounts
	emit      Emit
	goods     Goods
	templates Sendable
	clock     clock.Clock
	zone      *time.Location
	room      chan struct{} // for trials, which take a core for seconds
}

// trialsAtOnce is how many trials run in one process; others wait.
const trialsAtOnce = 2

// enter waits for room for a trial; leave gives it back. Error:
// fault.Unavailable when the caller's time is over first.
func (s *Service) enter(ctx context.Context) (leave func(), err error) {
	select {
	case s.room <- struct{}{}:
		return func() { <-s.room }, nil
	case <-ctx.Done():
		return nil, fault.Wrap(ctx.Err(), fault.Unavailable, "too many flows are on trial at this moment")
	}
}

// Deps is what the service is made of.
type Deps struct {
	DB       *database.DB
	Bots     *botrun.Service
	Accounts Accounts
	Emit     Emit
	// Goods may be nil: simulated shops then sell a sample.
	Goods Goods
	// Templates may be nil: then nobody is warned of those that can't be sent.
	Templates Sendable
	Clock     clock.Clock
	// Zone is where simulated flows read the hour and the date; nil is UTC.
	Zone *time.Location
}

// New makes the service.
func New(deps Deps) *Service {
	return &Service{db: deps.DB, bots: deps.Bots, accounts: deps.Accounts, emit: deps.Emit, goods: deps.Goods, templates: deps.Templates, clock: deps.Clock, zone: deps.Zone, room: make(chan struct{}, trialsAtOnce)}
}

// Draft gives a bot's draft. A bot that has none yet is shown what is live, or
// an empty flow, as revision 0. Error: fault.NotFound.
func (s *Service) Draft(ctx context.Context, tenantID, botID string) (Draft, error) {
	bot, err := s.bots.GetBot(ctx, tenantID, botID)
	if err != nil {
		return Draft{}, err
	}
	var draft Draft
	var found bool
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		draft, found, err = loadDraft(ctx, tx, tenantID, botID, "")
		return err
	})
	if err != nil || found {
		return draft, err
	}
	return s.firstDraft(ctx, bot)
}

// firstDraft is what a bot without a draft is shown.
func (s *Service) firstDraft(ctx context.Context, bot botrun.Bot) (Draft, error) {
	draft := Draft{TenantID: bot.TenantID, BotID: bot.ID, Definition: emptyFlow(bot.Name), Layout: json.RawMessage(noLayout), Tests: json.RawMessage(noTests), UpdatedMS: bot.CreatedMS}
	if bot.LiveVersionID == "" {
		draft.hash = contentHash(draft.Definition, draft.Tests)
		draft.Differs = true
		return draft, nil
	}
	version, err := s.bots.GetVersion(ctx, bot.TenantID, bot.LiveVersionID)
	if err != nil {
		return Draft{}, err
	}
	draft.Definition, draft.BasedOn, draft.UpdatedMS, draft.AuthorID = json.RawMessage(version.Definition), version.Number, version.CreatedMS, version.AuthorID
	draft.Layout, draft.Tests = orElse(json.RawMessage(version.Layout), noLayout), orElse(json.RawMessage(version.Tests), noTests)
	draft.hash = contentHash(draft.Definition, draft.Tests)
	draft.basedHash = draft.hash
	return draft, nil
}

// emptyFlow is what one begins from when one begins from nothing.
func emptyFlow(name string) json.RawMessage {
	text, err := json.Marshal(map[string]any{"schema": 1, "name": name, "languages": []string{"pt-BR"}, "start": "", "nodes": []any{}})
	if err != nil {
		return json.RawMessage(`{}`) // a name of a bot is UTF-8
	}
	return text
}

// Save is a draft to be kept.
type Save struct {
	TenantID, BotID           string
	Revision                  int64 // that the author saw
	Definition, Layout, Tests json.RawMessage
	By                        By
}

// errStale ends a transaction whose draft is not the one that was seen.
var errStale = errors.New("the draft is another by now")

// SaveDraft keeps a draft over the revision that its author saw. Errors:
// fault.NotFound; fault.Invalid and fault.TooLarge on the part that can't be
// kept; a *Refusal with reason draft_changed when somebody else has saved since,
// with revision, author_id, author_name and updated_ms as facts.
func (s *Service) SaveDraft(ctx context.Context, in Save) (Draft, error) {
	definition, layout, tests, err := parts(in.Definition, in.Layout, in.Tests)
	if err != nil {
		return Draft{}, err
	}
	seen, err := s.Draft(ctx, in.TenantID, in.BotID)
	if err != nil {
		return Draft{}, err
	}
	if seen.Revision != in.Revision {
		return Draft{}, draftChanged(seen)
	}
	next := seen
	next.Definition, next.Layout, next.Tests = definition, layout, tests
	next.hash = contentHash(definition, tests)
	next.Differs = next.hash != next.basedHash
	next.Revision, next.AuthorID, next.AuthorName = in.Revision+1, in.By.Actor.ID, in.By.Actor.Name
	err = s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		next.UpdatedMS = tx.Now()
		return s.put(ctx, tx, next, in.Revision, in.By, Event{What: WhatDrafted})
	})
	if errors.Is(err, errStale) {
		return Draft{}, s.changedSince(ctx, in.TenantID, in.BotID)
	}
	return next, err
}

// put writes a draft and tells of it; errStale when it is another by now.
func (s *Service) put(ctx context.Context, tx *database.Tx, d Draft, seen int64, by By, e Event) error {
	written, err := putDraft(ctx, tx, d, seen)
	if err != nil {
		return err
	}
	if !written {
		return errStale
	}
	e.BotID, e.Revision = d.BotID, d.Revision
	return s.tell(ctx, tx, d.TenantID, by, e)
}

// changedSince is the refusal of who lost the race.
func (s *Service) changedSince(ctx context.Context, tenantID, botID string) error {
	now, err := s.Draft(ctx, tenantID, botID)
	if err != nil {
		return err
	}
	return draftChanged(now)
}

// parts bounds the three parts of a draft; an absent layout or list of tests is
// an empty one. Errors: fault.Invalid and fault.TooLarge on the part.
func parts(definition, layout, tests json.RawMessage) (_, _, _ json.RawMessage, err error) {
	if definition, err = bounded("definition", definition, '{', DefinitionMax); err != nil {
		return nil, nil, nil, err
	}
	if layout, err = bounded("layout", orElse(layout, noLayout), '{', LayoutMax); err != nil {
		return nil, nil, nil, err
	}
	tests, err = bounded("tests", orElse(tests, noTests), '[', TestsMax)
	return definition, layout, tests, err
}

func orElse(text json.RawMessage, otherwise string) json.RawMessage {
	if len(text) == 0 || string(text) == "null" {
		return json.RawMessage(otherwise)
	}
	return text
}
