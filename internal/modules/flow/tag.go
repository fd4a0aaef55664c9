package flow

import (
	"strings"
	"unicode/utf8"
)

// tagNode puts tags on the contact and takes others off.
type tagNode struct {
	Head
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
	Next   string   `json:"next"`
}

const maxTags = 10

func (n *tagNode) exits() []exit { return []exit{{label: "next", to: n.Next}} }

func (n *tagNode) says() int { return 0 }

func (n *tagNode) gist(string) string {
	var parts []string
	for _, tag := range n.Add {
		parts = append(parts, "+"+tag)
	}
	for _, tag := range n.Remove {
		parts = append(parts, "-"+tag)
	}
	return strings.Join(parts, " ")
}

type tagging struct{ node *tagNode }

func (n *tagNode) prepare(c *compiler) runner {
	c.count("add + remove", len(n.Add)+len(n.Remove), maxTags)
	seen := map[string]bool{}
	for _, list := range [][]string{n.Add, n.Remove} {
		for _, tag := range list {
			switch {
			case tag == "" || tag != strings.TrimSpace(tag) || utf8.RuneCountInString(tag) > maxName:
				c.report(Error, codeName, tag)
			case seen[tag]:
				c.report(Error, codeTwice, tag)
			}
			seen[tag] = true
		}
	}
	return &tagging{node: n}
}

func (t *tagging) enter(r *run) step {
	r.effect(Effect{Tag: &Tag{Add: t.node.Add, Remove: t.node.Remove}})
	return leave("next", t.node.Next)
}
