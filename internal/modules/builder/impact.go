package builder

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"prosa/internal/modules/botrun"
)

// Impact is what publishing would mean for those who talk to the bot now.
type Impact struct {
	Sessions int64            `json:"sessions" doc:"Conversations under way, on all versions."`
	Versions []botrun.Running `json:"versions"`
	Removed  []NodeTraffic    `json:"removed" doc:"Nodes at which somebody waits and that the draft no longer has."`
}

// NodeTraffic is who waits at one node.
type NodeTraffic struct {
	Node     string `json:"node"`
	Sessions int64  `json:"sessions"`
}

// Impact tells whom publishing the draft would meet. Error: fault.NotFound.
func (s *Service) Impact(ctx context.Context, tenantID, botID string) (Impact, error) {
	draft, err := s.Draft(ctx, tenantID, botID)
	if err != nil {
		return Impact{}, err
	}
	running, err := s.bots.Impact(ctx, tenantID, botID)
	if err != nil {
		return Impact{}, err
	}
	out := Impact{Versions: append([]botrun.Running{}, running...), Removed: []NodeTraffic{}}
	kept, lost := nodeNames(draft.Definition), map[string]int64{}
	for _, version := range running {
		out.Sessions += version.Sessions
		for node, count := range version.Nodes {
			if own := ownNode(node); own != "" && !kept[own] {
				lost[own] += count
			}
		}
	}
	for node, count := range lost {
		out.Removed = append(out.Removed, NodeTraffic{node, count})
	}
	slices.SortFunc(out.Removed, func(a, b NodeTraffic) int { return strings.Compare(a.Node, b.Node) })
	return out, nil
}

// ownNode gives the bot's own node of a place (flow.Passed.Node): the one that
// called a sub-flow; nothing for a place in another bot's flow.
func ownNode(place string) string {
	own, _, _ := strings.Cut(place, "/")
	if strings.Contains(own, ":") {
		return ""
	}
	return own
}

// nodeNames gives the names of a flow's nodes, also of one that can't be read
// as a flow.
func nodeNames(definition []byte) map[string]bool {
	var shape struct {
		Nodes []struct {
			Name string `json:"name"`
		} `json:"nodes"`
	}
	// What is no flow at all has no nodes.
	_ = json.Unmarshal(definition, &shape)
	names := make(map[string]bool, len(shape.Nodes))
	for _, node := range shape.Nodes {
		names[node.Name] = true
	}
	return names
}
