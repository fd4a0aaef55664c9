package flow

import (
	"strings"

	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/modules/flow/expression"
)

// productSearchNode finds a product by words and has the customer pick one.
type productSearchNode struct {
	Head
	Text       Local  `json:"text,omitempty"`       // asks for the words; not needed with Query
	Query      string `json:"query,omitempty"`      // expression: the words, without asking
	Collection string `json:"collection,omitempty"` // looks in it only; id
	Results    Local  `json:"results,omitempty"`    // above what was found
	None       Local  `json:"none,omitempty"`       // nothing was found
	OnNone     string `json:"on_none,omitempty"`    // asks again when empty
	patience
}

const (
	searchWords   = iota // the customer is to say what they look for
	searchLooking        // the shop looks
	searchPick           // the customer is to pick
)

// searchPage is how many products are shown at once.
const searchPage = 9

func (n *productSearchNode) exits() []exit {
	return []exit{
		{label: "next", to: n.Next, sets: productVariables(), waited: true},
		{label: "on_none", to: n.OnNone, optional: n.Query == "", waited: n.Query == ""},
		n.missed(),
	}
}

func (n *productSearchNode) says() int { return 1 }

func (n *productSearchNode) gist(language string) string {
	if n.Query != "" {
		return n.Query
	}
	return n.Text.gist(language)
}

type productSearch struct {
	node                *productSearchNode
	text, results, none texts
	query               *expression.Program
}

func (n *productSearchNode) prepare(c *compiler) runner {
	s := &productSearch{node: n, text: c.said("text", n.Text), results: c.said("results", n.Results), none: c.said("none", n.None), query: c.optional("query", n.Query)}
	return c.seller(s, &n.Head, &n.patience)
}

func (s *productSearch) enter(r *run) step {
	if s.query != nil {
		return s.look(r, r.eval(s.query).String(), 0)
	}
	r.open(s.node.Name, searchWords)
	r.prompt(s.prompt(r))
	return stop()
}

func (s *productSearch) look(r *run, words string, page int) step {
	request := map[string]any{"query": shorten(words, 200), "limit": searchPage, "page": page}
	if s.node.Collection != "" {
		request["collection"] = s.node.Collection
	}
	return r.inquire(s.node.Name, searchLooking, "shop.search", request, kept{Words: []string{shorten(words, 200)}, Page: page})
}

func (s *productSearch) prompt(r *run) prompt {
	if r.state.Stage != searchPick {
		return prompt{body: r.spoken(s.text, r.phrases().shop.search)}
	}
	k := r.kept()
	p := prompt{body: r.spoken(s.results, r.phrases().shop.results), options: promptOptions(k.Items)}
	if k.More {
		p.options = append(p.options, promptOption{title: r.phrases().shop.moreGoods})
	}
	return p
}

func (s *productSearch) told(r *run, answer *Answer) step {
	var found struct {
		Goods []goods `json:"goods"`
		More  bool    `json:"more"`
	}
	if no, ok := hears(answer, &found); !ok {
		return r.unserved(no)
	}
	k := r.kept()
	if len(found.Goods) == 0 {
		if s.node.OnNone != "" || s.query != nil {
			r.sayText(r.spoken(s.none, r.phrases().shop.none))
			return leave("on_none", s.node.OnNone)
		}
		r.hold(searchWords, kept{})
		r.sayText(r.spoken(s.none, r.phrases().shop.noneAgain))
		return stop()
	}
	r.hold(searchPick, kept{Items: keptGoods(found.Goods), Words: k.Words, Page: k.Page, More: found.More})
	r.prompt(s.prompt(r))
	return stop()
}

func (s *productSearch) take(r *run, at int, content *message.Content) (step, bool) {
	said := words(content)
	if r.state.Stage == searchPick && at >= 0 {
		k := r.kept()
		if at < len(k.Items) {
			k.Items[at].goods().save(r)
			return leave("next", s.node.Next), true
		}
		return s.look(r, strings.Join(k.Words, " "), k.Page+1), true
	}
	// Other words look for something else. A flow that gave the words itself
	// wants one of what it found.
	if fold.Words(said) == "" || s.query != nil {
		return step{}, false
	}
	return s.look(r, said, 0), true
}
