package builder

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
)

// reading is a flow with all that it is read against: what the company has.
type reading struct {
	definition *flow.Definition
	options    flow.Options
	children   map[string]botrun.Version // the flows that it calls, as they are live now
}

// read reads a flow as one of a bot; an empty botID stands for a bot that is
// bound to nothing yet. The error of a text that can't be read is Invalid or
// TooLarge, and its Field names the node.
func (s *Service) read(ctx context.Context, tenantID, botID string, text []byte) (reading, error) {
	definition, err := flow.Parse(text)
	if err != nil {
		return reading{}, err
	}
	r := reading{definition: definition}
	if botID != "" {
		bot, err := s.bots.GetBot(ctx, tenantID, botID)
		if err != nil {
			return reading{}, err
		}
		r.options.Key = bot.Key
		if r.options.Channels, err = s.channelsOf(ctx, tenantID, botID); err != nil {
			return reading{}, err
		}
	} else {
		r.options.Channels = everyChannel()
	}
	return r, s.surround(ctx, tenantID, &r)
}

// surround finds the flows that a flow calls and the secrets that it may name.
func (s *Service) surround(ctx context.Context, tenantID string, r *reading) error {
	graph := flow.Inspect(r.definition)
	if len(graph.Flows) > 0 {
		err := s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
			r.children, err = s.bots.Children(ctx, tx, tenantID, r.definition)
			return err
		})
		if err != nil {
			return err
		}
		delete(r.children, r.options.Key) // a flow that jumps to itself is no child of its own
		r.options.Flows = make(map[string]*flow.Definition, len(r.children))
		for key, child := range r.children {
			if r.options.Flows[key], err = flow.Parse([]byte(child.Definition)); err != nil {
				return err
			}
		}
	}
	if err := s.templatesOf(ctx, tenantID, graph, r); err != nil {
		return err
	}
	if len(graph.Secrets) == 0 && len(r.children) == 0 {
		return nil
	}
	secrets, err := s.bots.ListSecrets(ctx, tenantID)
	r.options.Secrets = make([]string, 0, len(secrets))
	for _, one := range secrets {
		r.options.Secrets = append(r.options.Secrets, one.Name)
	}
	return err
}

// templatesOf finds the templates that can be sent, where a flow may send some.
func (s *Service) templatesOf(ctx context.Context, tenantID string, graph flow.Graph, r *reading) (err error) {
	sends := slices.ContainsFunc(graph.Nodes, func(node flow.GraphNode) bool { return node.Kind == "template" })
	if s.templates != nil && (sends || len(r.children) > 0) {
		r.options.Templates, err = s.templates(ctx, tenantID)
	}
	return err
}

// channelsOf gives the channels on which a bot answers first; all that we know
// when there are none, so that it fits wherever it will be put.
func (s *Service) channelsOf(ctx context.Context, tenantID, botID string) ([]message.Channel, error) {
	accounts, err := s.accounts(ctx, tenantID)
	if err != nil {
		return nil, err
	}
	bound := map[message.Channel]bool{}
	for _, account := range accounts {
		if account.BotID == botID {
			bound[account.Channel] = true
		}
	}
	var list []message.Channel
	for _, channel := range everyChannel() {
		if bound[channel] || len(bound) == 0 {
			list = append(list, channel)
		}
	}
	return list, nil
}

func everyChannel() []message.Channel {
	return []message.Channel{message.WhatsApp, message.Telegram, message.Messenger, message.Instagram}
}

// definitionOr gives the text of a request, or the draft's when it has none.
func (s *Service) definitionOr(ctx context.Context, tenantID, botID string, text json.RawMessage) (json.RawMessage, error) {
	if len(text) > 0 {
		return text, nil
	}
	draft, err := s.Draft(ctx, tenantID, botID)
	return draft.Definition, err
}

// nodeOf gives the node that an error of flow.Parse is about, from its field:
// "nodes.menu", perhaps with more behind.
func nodeOf(err error) string {
	var node string
	if f, ok := asFault(err); ok {
		rest, found := strings.CutPrefix(f.Field, "nodes.")
		if found {
			node, _, _ = strings.Cut(rest, ".")
		}
	}
	return node
}

// isUnreadable tells an error about the text from one about us.
func isUnreadable(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooLarge)
}
