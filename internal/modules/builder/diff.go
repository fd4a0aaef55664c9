package builder

import (
	"context"
	"strconv"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow/change"
)

// Change is one difference between two flows, by meaning.
type Change struct {
	Node     string `json:"node" doc:"Empty for the flow itself."`
	What     string `json:"what"`
	Field    string `json:"field"`
	Before   string `json:"before"`
	After    string `json:"after"`
	Sentence string `json:"sentence" doc:"For people, in the caller's language."`
}

// Comparison names two flows of a bot: a number of a version, "live" or
// "draft". From is live and To the draft when they are empty.
type Comparison struct{ TenantID, BotID, From, To, Lang string }

// Words of a Comparison.
const (
	theDraft = "draft"
	theLive  = "live"
)

// Compare says what leads from one flow to another. Before anything is live,
// everything is new. Errors: fault.NotFound, fault.Invalid on from or to.
func (s *Service) Compare(ctx context.Context, in Comparison) ([]Change, error) {
	if in.From == "" {
		in.From = theLive
	}
	if in.To == "" {
		in.To = theDraft
	}
	before, err := s.textOf(ctx, in, "from", in.From)
	if err != nil {
		return nil, err
	}
	after, err := s.textOf(ctx, in, "to", in.To)
	if err != nil {
		return nil, err
	}
	changes, err := change.Texts(before, after)
	if err != nil {
		return nil, err
	}
	list := make([]Change, 0, len(changes))
	for _, c := range changes {
		list = append(list, Change{Node: c.Node, What: string(c.What), Field: c.Field, Before: c.Before, After: c.After, Sentence: c.Sentence(in.Lang)})
	}
	return list, nil
}

// textOf gives the flow that a word of a Comparison names.
func (s *Service) textOf(ctx context.Context, in Comparison, field, word string) ([]byte, error) {
	bot, err := s.bots.GetBot(ctx, in.TenantID, in.BotID)
	if err != nil {
		return nil, err
	}
	switch {
	case word == theDraft:
		draft, err := s.Draft(ctx, in.TenantID, in.BotID)
		return draft.Definition, err
	case word == theLive && bot.LiveVersionID == "":
		return emptyFlow(bot.Name), nil
	case word == theLive:
		version, err := s.bots.GetVersion(ctx, in.TenantID, bot.LiveVersionID)
		return []byte(version.Definition), err
	}
	number, err := strconv.ParseInt(word, 10, 64)
	if err != nil || number < 1 {
		return nil, fault.OnField(field, "must be a version's number, live or draft")
	}
	version, err := s.bots.VersionByNumber(ctx, in.TenantID, in.BotID, number)
	return []byte(version.Definition), err
}
