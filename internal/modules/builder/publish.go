package builder

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/flow/trial"
	"prosa/internal/platform/database"
)

// Publishing asks for the draft to be made live.
type Publishing struct {
	TenantID, BotID string
	Revision        int64 // of the draft that was seen
	Note            string
	Sessions        botrun.Policy // drain when empty
	Lang            string
	By              By
}

// Published is a version that went live, and the draft behind it.
type Published struct {
	Version  botrun.Version
	Warnings []Issue
	Revision int64 // of the draft, after this
}

// Publish makes the draft the live version. It must pass the proofs for every
// channel that the bot answers on, and its own tests. What is live already is
// not published again. Errors: fault.NotFound, fault.Invalid; a *Refusal with
// reason draft_changed, not_proved or tests_failed.
func (s *Service) Publish(ctx context.Context, in Publishing) (Published, error) {
	if err := checkNote(in.Note); err != nil {
		return Published{}, err
	}
	draft, err := s.Draft(ctx, in.TenantID, in.BotID)
	if err != nil {
		return Published{}, err
	}
	if draft.Revision != in.Revision {
		return Published{}, draftChanged(draft)
	}
	r, err := s.read(ctx, in.TenantID, in.BotID, draft.Definition)
	if isUnreadable(err) {
		return Published{}, notProved([]Issue{unreadable(err, in.Lang)})
	}
	if err != nil {
		return Published{}, err
	}
	subject, issues := trial.Prepare(r.definition, r.options)
	if subject == nil {
		return Published{}, notProved(issuesOf(issues, in.Lang))
	}
	outcome, err := s.runTests(ctx, subject, draft.Tests, in.Lang)
	if err != nil {
		return Published{}, err
	}
	if outcome.Failed > 0 {
		return Published{}, testsFailed(outcome)
	}
	text, err := r.definition.Text()
	if err != nil {
		return Published{}, err
	}
	out := Published{Warnings: warningsOf(issues, in.Lang), Revision: draft.Revision}
	out.Version, err = s.live(ctx, step{
		draft: draft, seen: draft.Revision, by: in.By, what: WhatPublished, action: "bot.published",
		publication: botrun.Publication{
			Definition: text, Layout: draft.Layout, Tests: draft.Tests, Children: r.children, Note: in.Note, AuthorID: in.By.Actor.ID,
			Sessions: in.Sessions, Channels: r.options.Channels,
		},
	})
	return out, err
}

// Returning asks for an older version to be made live again.
type Returning struct {
	TenantID, BotID string
	Number          int64
	Revision        *int64 // of the draft that was seen and is replaced; nil does not care
	Note            string
	Sessions        botrun.Policy // drain when empty
	Lang            string
	By              By
}

// RollBack makes an older version live again, as a new number with the flows
// that it had pinned, and makes it the draft too. It must pass the proofs for
// every channel that the bot answers on now, and the tests that it was published
// with. Errors: fault.NotFound, fault.Invalid; a *Refusal with reason
// draft_changed, not_proved or tests_failed.
func (s *Service) RollBack(ctx context.Context, in Returning) (Published, error) {
	if err := checkNote(in.Note); err != nil {
		return Published{}, err
	}
	draft, err := s.Draft(ctx, in.TenantID, in.BotID)
	if err != nil {
		return Published{}, err
	}
	if in.Revision != nil && draft.Revision != *in.Revision {
		return Published{}, draftChanged(draft)
	}
	old, err := s.bots.VersionByNumber(ctx, in.TenantID, in.BotID, in.Number)
	if err != nil {
		return Published{}, err
	}
	children, flows, err := pinned(old)
	if err != nil {
		return Published{}, err
	}
	r, err := s.read(ctx, in.TenantID, in.BotID, []byte(old.Definition))
	if err != nil {
		return Published{}, err
	}
	r.options.Flows = flows
	subject, issues := trial.Prepare(r.definition, r.options)
	if subject == nil {
		return Published{}, notProved(issuesOf(issues, in.Lang))
	}
	next := draft
	next.Definition, next.Layout, next.Tests = json.RawMessage(old.Definition), orElse(json.RawMessage(old.Layout), noLayout), orElse(json.RawMessage(old.Tests), noTests)
	next.hash = contentHash(next.Definition, next.Tests)
	outcome, err := s.runTests(ctx, subject, next.Tests, in.Lang)
	if err != nil {
		return Published{}, err
	}
	if outcome.Failed > 0 {
		return Published{}, testsFailed(outcome)
	}
	next.Revision, next.AuthorID, next.AuthorName = draft.Revision+1, in.By.Actor.ID, in.By.Actor.Name
	out := Published{Warnings: warningsOf(issues, in.Lang), Revision: next.Revision}
	out.Version, err = s.live(ctx, step{
		draft: next, seen: draft.Revision, by: in.By, what: WhatRolledBack, action: "bot.rolled_back",
		facts: map[string]string{"to": strconv.FormatInt(old.Number, 10)},
		publication: botrun.Publication{
			Definition: []byte(old.Definition), Layout: next.Layout, Tests: next.Tests, Children: children, Note: in.Note, AuthorID: in.By.Actor.ID,
			Sessions: in.Sessions, Channels: r.options.Channels,
		},
	})
	return out, err
}

// step is a version that goes live together with its draft.
type step struct {
	publication  botrun.Publication
	draft        Draft // as it is after this, but for the number
	seen         int64 // revision of the draft that was proved
	what, action string
	facts        map[string]string
	by           By
}

// live publishes in one transaction: the version, the draft that is based on it
// now, the log and the event. It is refused when the draft is another by now.
func (s *Service) live(ctx context.Context, next step) (version botrun.Version, err error) {
	tenantID, botID := next.draft.TenantID, next.draft.BotID
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		version, err = s.bots.PublishIn(ctx, tx, tenantID, botID, next.publication)
		if err != nil {
			return err
		}
		facts := map[string]string{"number": strconv.FormatInt(version.Number, 10), "sessions": string(version.Sessions), "note": version.Note}
		for name, value := range next.facts {
			facts[name] = value
		}
		if version.CreatedMS == tx.Now() { // else it was live already
			if err := note(ctx, tx, tenantID, next.by, next.action, botID, facts); err != nil {
				return err
			}
		}
		draft := next.draft
		draft.BasedOn, draft.basedHash = version.Number, draft.hash
		if draft.Revision != next.seen {
			draft.UpdatedMS = tx.Now()
		}
		return s.put(ctx, tx, draft, next.seen, next.by, Event{What: next.what, LiveNumber: version.Number})
	})
	if errors.Is(err, errStale) {
		return botrun.Version{}, s.changedSince(ctx, tenantID, botID)
	}
	return version, err
}

// pinned reads the flows that a version carries with it.
func pinned(version botrun.Version) (map[string]botrun.Version, map[string]*flow.Definition, error) {
	var lock map[string]struct {
		VersionID  string          `json:"version"`
		Number     int64           `json:"number"`
		Definition json.RawMessage `json:"definition"`
	}
	if version.Lock == "" {
		return nil, nil, nil
	}
	if err := json.Unmarshal([]byte(version.Lock), &lock); err != nil {
		return nil, nil, fault.Wrap(err, fault.Internal, "the flows that a version calls can't be read")
	}
	children, flows := map[string]botrun.Version{}, map[string]*flow.Definition{}
	for key, one := range lock {
		definition, err := flow.Parse(one.Definition)
		if err != nil {
			return nil, nil, err
		}
		children[key] = botrun.Version{ID: one.VersionID, Number: one.Number, Definition: string(one.Definition)}
		flows[key] = definition
	}
	return children, flows, nil
}

func checkNote(text string) error {
	if utf8.RuneCountInString(text) > noteMax {
		return fault.OnField("note", "must have at most %d characters", noteMax)
	}
	if err := database.Text(text); err != nil {
		return fault.OnField("note", "%s", fault.MessageOf(err))
	}
	return nil
}
