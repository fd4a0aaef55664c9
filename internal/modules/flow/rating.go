package flow

import (
	"strconv"
	"strings"

	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/modules/flow/expression"
)

// ratingNode asks how satisfied the customer is.
type ratingNode struct {
	Head
	Text    Local    `json:"text"`
	Scale   int      `json:"scale"` // 5: options from 1 to 5; 10: a number from 0 to 10
	Save    string   `json:"save"`  // variable that gets the score
	Comment Local    `json:"comment,omitempty"`
	Low     *lowNode `json:"low,omitempty"`
	Retry   Local    `json:"retry,omitempty"`
	Misses  int      `json:"misses,omitzero"`
	OnMiss  string   `json:"on_miss,omitempty"`
	Next    string   `json:"next"`
}

// lowNode is the way of the unhappy: of scores up to Most.
type lowNode struct {
	Most int    `json:"most"`
	Next string `json:"next"`
}

func (n *ratingNode) exits() []exit {
	sets := []string{n.Save}
	out := []exit{{label: "next", to: n.Next, sets: sets, waited: true}}
	if n.Low != nil {
		out = append(out, exit{label: "low", to: n.Low.Next, sets: sets, waited: true})
	}
	return append(out, exit{label: "on_miss", to: n.OnMiss, optional: true, waited: true})
}

func (n *ratingNode) says() int { return 1 }

func (n *ratingNode) gist(language string) string { return n.Text.gist(language) }

type rating struct {
	node                 *ratingNode
	text, comment, retry texts
}

func (n *ratingNode) prepare(c *compiler) runner {
	if n.Scale != 5 && n.Scale != 10 {
		c.report(Error, codeScale, itoa(n.Scale))
	}
	if n.Low != nil && (n.Low.Most < 0 || n.Low.Most >= n.Scale) {
		c.report(Error, codeBounds, "low.most", "0", itoa(max(0, n.Scale-1)))
	}
	if n.Save == "" {
		c.report(Error, codeMissing, "save")
	}
	c.variable("save", n.Save)
	c.misses(n.Misses)
	return &rating{node: n, text: c.said("text", n.Text, required), comment: c.said("comment", n.Comment), retry: c.said("retry", n.Retry)}
}

// stageComment is the second question of a rating.
const stageComment = 1

func (g *rating) enter(r *run) step {
	r.await(g.node.Name)
	g.show(r, r.render(g.text))
	return stop()
}

// show asks with the given words: as options, or for a number.
func (g *rating) show(r *run, body string) {
	if g.node.Scale != 5 || r.state.Stage == stageComment {
		r.sayText(body)
		return
	}
	phrases, prefix := r.phrases(), optionPrefix(r.env.Session, r.state.Asked)
	options := make([]message.Option, len(phrases.scores))
	for i, score := range phrases.scores {
		options[i] = message.Option{ID: prefix + itoa(i), Title: score}
	}
	r.send(message.Content{Kind: message.Options, Text: body, Choice: &message.Choice{Button: phrases.button, Options: options}})
}

func (g *rating) ask(r *run, reason string) step {
	g.show(r, reason)
	return stop()
}

func (g *rating) repeat(r *run, remark string) step {
	again := g.text
	if r.state.Stage == stageComment {
		again = g.comment
	}
	return g.ask(r, remark+"\n\n"+r.render(again))
}

func (g *rating) hint(p *phrases) string {
	if g.node.Scale == 5 {
		return p.choose
	}
	return p.here
}

func (g *rating) answer(r *run, content *message.Content) step {
	if r.state.Stage == stageComment {
		return g.commented(r, content)
	}
	score, ok := g.score(r, content)
	if !ok {
		complaint := r.render(g.retry)
		if complaint == "" {
			complaint = r.phrases().score5
			if g.node.Scale == 10 {
				complaint = r.phrases().score10
			}
		}
		return r.miss(g.node.Misses, g.node.OnMiss, content, g, complaint)
	}
	r.set(g.node.Save, expression.OfNumber(float64(score)))
	r.effect(Effect{Rate: &Rate{Node: r.path(g.node.Name), Score: score, Scale: g.node.Scale}})
	if len(g.comment) > 0 {
		r.state.Stage, r.state.Misses = stageComment, 0
		r.say(g.comment)
		return stop()
	}
	return g.out(score)
}

// score reads an answer: the option tapped, a number in digits, or the words of
// an option.
func (g *rating) score(r *run, content *message.Content) (int, bool) {
	lowest := 1
	if g.node.Scale == 10 {
		lowest = 0
	}
	if content.Kind == message.Pick && content.Pick != nil {
		if index, ours := strings.CutPrefix(content.Pick.ID, optionPrefix(r.env.Session, r.state.Asked)); ours {
			if i, err := strconv.Atoi(index); err == nil && i >= 0 && i < g.node.Scale {
				return i + 1, true
			}
		}
	}
	words := fold.Words(content.Text)
	if words == "" || len(words) > 100 {
		return 0, false
	}
	if n, found := onlyNumber(words); found {
		return n, n >= lowest && n <= g.node.Scale
	}
	for i, title := range r.phrases().scores {
		if g.node.Scale == 5 && (words == fold.Words(title) || words == fold.Words(title)[2:]) {
			return i + 1, true
		}
	}
	return 0, false
}

// onlyNumber reads the one number among words: "9", "nota 9".
func onlyNumber(words string) (n int, found bool) {
	for word := range strings.FieldsSeq(words) {
		if read, err := strconv.Atoi(word); err == nil {
			if found {
				return 0, false
			}
			n, found = read, true
		}
	}
	return n, found
}

// commented takes whatever comes: a comment is a favour, not a duty.
func (g *rating) commented(r *run, content *message.Content) step {
	score, _ := r.state.Get(g.node.Save).Number()
	comment := words(content)
	switch fold.Words(comment) {
	case "", "nao", "no", "pular", "skip", "nada", "nothing", "nao obrigado", "nao obrigada", "no thanks":
	default:
		r.effect(Effect{Rate: &Rate{Node: r.path(g.node.Name), Score: int(score), Scale: g.node.Scale, Comment: shorten(comment, maxValue)}})
	}
	return g.out(int(score))
}

func (g *rating) out(score int) step {
	if g.node.Low != nil && score <= g.node.Low.Most {
		return leave("low", g.node.Low.Next)
	}
	return leave("next", g.node.Next)
}
