package flow

import (
	"strconv"
	"strings"

	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/modules/flow/expression"
)

// choiceNode shows options and waits for one of them.
type choiceNode struct {
	Head
	Text    Local        `json:"text"`
	Header  Local        `json:"header,omitempty"`
	Footer  Local        `json:"footer,omitempty"`
	Button  Local        `json:"button,omitempty"` // opens a list
	Options []optionNode `json:"options"`
	Save    string       `json:"save,omitempty"`  // variable that gets the option's name
	Retry   Local        `json:"retry,omitempty"` // instead of the engine's 'I didn't get that'
	Misses  int          `json:"misses,omitzero"` // instead of the flow's
	OnMiss  string       `json:"on_miss,omitempty"`
	Deaf    bool         `json:"deaf,omitzero"` // no interrupts while this is asked
	Poll    bool         `json:"poll,omitzero"` // asked by the channel's own poll where it has one
}

// optionNode is one answer of a choice.
type optionNode struct {
	Name        string   `json:"name"` // saved, and shown in numbers and diffs
	Title       Local    `json:"title"`
	Description Local    `json:"description,omitempty"`
	Synonyms    []string `json:"synonyms,omitempty"`
	Next        string   `json:"next"`
}

func (n *choiceNode) exits() []exit {
	var sets []string
	if n.Save != "" {
		sets = []string{n.Save}
	}
	out := make([]exit, 0, len(n.Options)+1)
	for _, option := range n.Options {
		out = append(out, exit{label: option.Name, to: option.Next, sets: sets, waited: true})
	}
	return append(out, exit{label: "on_miss", to: n.OnMiss, optional: true, waited: true})
}

func (n *choiceNode) says() int { return 1 }

func (n *choiceNode) gist(language string) string { return n.Text.gist(language) }

// choice is a prepared choiceNode.
type choice struct {
	node                         *choiceNode
	text, header, footer, button texts
	retry                        texts
	options                      []option
}

type option struct {
	node               *optionNode
	title, description texts
	titles             []string // folded, by language, of titles without expressions
	synonyms           []string // folded
}

func (n *choiceNode) prepare(c *compiler) runner {
	out := &choice{
		node: n, text: c.texts("text", n.Text, required), header: c.texts("header", n.Header), footer: c.texts("footer", n.Footer),
		button: c.texts("button", n.Button), retry: c.texts("retry", n.Retry),
	}
	c.variable("save", n.Save)
	c.misses(n.Misses)
	if len(n.Options) == 0 || len(n.Options) > maxOptions {
		c.report(Error, codeOptions, itoa(len(n.Options)), itoa(maxOptions), "options")
	}
	names := map[string]bool{}
	for i := range n.Options {
		spec := &n.Options[i]
		place := "options." + spec.Name
		if !validName(spec.Name) {
			c.report(Error, codeName, spec.Name)
		} else if names[spec.Name] {
			c.report(Error, codeTwice, spec.Name)
		}
		names[spec.Name] = true
		o := option{node: spec, title: c.texts(place+".title", spec.Title, required), description: c.texts(place+".description", spec.Description)}
		for _, title := range o.title {
			o.titles = append(o.titles, fold.Words(title.Static()))
		}
		for _, synonym := range spec.Synonyms {
			o.synonyms = append(o.synonyms, fold.Words(synonym))
		}
		out.options = append(out.options, o)
	}
	c.layouts(out)
	if n.Poll {
		c.polled()
	}
	return out
}

func (c *choice) deaf() bool { return c.node.Deaf }

func (c *choice) enter(r *run) step {
	r.await(c.node.Name)
	c.show(r, r.render(c.text))
	return stop()
}

func (c *choice) ask(r *run, reason string) step {
	c.show(r, reason)
	return stop()
}

func (c *choice) repeat(r *run, remark string) step { return c.ask(r, remark) }

func (c *choice) hint(p *phrases) string { return p.choose }

// show sends the choice with the given body.
func (c *choice) show(r *run, body string) {
	built := c.build(r)
	if !c.polls(r) {
		r.send(message.Content{Kind: message.Options, Text: body, Choice: built})
		return
	}
	poll := &message.Poll{Question: body}
	for _, option := range built.Options {
		poll.Options = append(poll.Options, option.Title)
	}
	r.send(message.Content{Kind: message.Survey, Poll: poll})
}

// polls reports that the choice is asked by a poll. Votes come with the numbers
// of the answers, so they are read as a number that the customer wrote.
func (c *choice) polls(r *run) bool {
	return c.node.Poll && hasPolls(r.env.Channel) && len(c.options) >= 2 && len(c.options) <= maxPolled
}

// maxPolled is how many answers a poll has at most (Bot API 10.1, sendPoll).
const maxPolled = 12

func (c *choice) build(r *run) *message.Choice {
	words := r.phrases()
	out := &message.Choice{
		Header: r.render(c.header), Footer: r.render(c.footer), Button: r.render(c.button),
		Options: make([]message.Option, len(c.options)), Page: r.state.Page,
	}
	if out.Button == "" {
		out.Button = words.button
	}
	if len(c.options) > message.PageSize {
		out.More = words.more
	}
	prefix := optionPrefix(r.env.Session, r.state.Asked)
	for i := range c.options {
		out.Options[i] = message.Option{
			ID: prefix + strconv.FormatInt(int64(i), 36), Title: r.render(c.options[i].title), Description: r.render(c.options[i].description),
		}
	}
	return out
}

func (c *choice) answer(r *run, content *message.Content) step {
	words := fold.Words(content.Text)
	at := -1
	if content.Kind == message.Pick && content.Pick != nil {
		if index, ours := strings.CutPrefix(content.Pick.ID, optionPrefix(r.env.Session, r.state.Asked)); ours {
			if n, err := strconv.ParseInt(index, 36, 16); err == nil && n >= 0 && int(n) < len(c.options) {
				at = int(n)
			}
		}
		if words == "" {
			words = fold.Words(content.Pick.Title)
		}
	}
	if at < 0 {
		at = c.match(r, words)
	}
	if at < 0 && (words == "0" || words == fold.Words(r.phrases().more)) {
		layout := message.Lay(*c.build(r), r.render(c.text), r.env.Channel)
		if layout.Pages > 1 {
			r.state.Page = (r.state.Page + 1) % layout.Pages
			return c.ask(r, r.render(c.text))
		}
	}
	if at < 0 {
		return r.miss(c.node.Misses, c.node.OnMiss, content, c, r.render(r.flow.or(c.retry, r.flow.texts.miss)))
	}
	if c.node.Save != "" {
		r.set(c.node.Save, expression.Of(c.options[at].node.Name))
	}
	return leave(c.options[at].node.Name, c.options[at].node.Next)
}

// match finds the option that a customer meant with words of their own: its
// number, its title, a synonym, or words that occur in one option only. It gives
// -1 where nothing, or more than one thing, fits.
func (c *choice) match(r *run, words string) int {
	if words == "" || len(words) > 300 {
		return -1
	}
	if n, err := strconv.Atoi(numberIn(words)); err == nil {
		if n >= 1 && n <= len(c.options) {
			return n - 1
		}
	}
	if at := c.named(r, words); at >= 0 {
		return at
	}
	found := -1
	for i := range c.options {
		if c.options[i].occurs(r.state.Lang, words) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// named finds the option whose title or synonym the words are, or -1.
func (c *choice) named(r *run, words string) int {
	for i := range c.options {
		o := &c.options[i]
		if words != "" && (words == o.titles[min(r.state.Lang, len(o.titles)-1)] || o.title.dynamic(r.state.Lang) && words == fold.Words(r.render(o.title))) {
			return i
		}
	}
	for i := range c.options {
		for _, synonym := range c.options[i].synonyms {
			if words == synonym {
				return i
			}
		}
	}
	return -1
}

// occurs reports whether the message holds the option's title or a synonym as
// whole words, or is itself a part of the title that says something.
func (o *option) occurs(lang int, words string) bool {
	title := o.titles[min(lang, len(o.titles)-1)]
	if telling(title) && hasWords(words, title) || telling(words) && hasWords(title, words) {
		return true
	}
	for _, synonym := range o.synonyms {
		if telling(synonym) && hasWords(words, synonym) {
			return true
		}
	}
	return false
}

// telling reports words that mean the same inside a longer sentence. "não" and
// "obrigado" do not: "não sei qual, obrigado" chooses nothing.
func telling(words string) bool {
	switch words {
	case "sim", "nao", "ok", "nada", "isso", "obrigado", "obrigada", "valeu", "por favor", "quero", "tudo", "outro", "outra",
		"yes", "no", "yeah", "nope", "thanks", "thank you", "please", "none", "other", "this", "that":
		return false
	default:
		return len(words) >= 4
	}
}

// hasWords reports whether part occurs in text at the bounds of words.
func hasWords(text, part string) bool {
	if part == "" {
		return false
	}
	for from := 0; ; {
		at := strings.Index(text[from:], part)
		if at < 0 {
			return false
		}
		at += from
		end := at + len(part)
		if (at == 0 || text[at-1] == ' ') && (end == len(text) || text[end] == ' ') {
			return true
		}
		from = at + 1
	}
}

// numberIn gives the number of "2", "opcao 2", "numero 2", "a 2".
func numberIn(words string) string {
	for _, before := range []string{"opcao ", "numero ", "a opcao ", "o numero ", "a ", "o ", "option ", "number ", "item "} {
		if rest, found := strings.CutPrefix(words, before); found {
			return rest
		}
	}
	return words
}

// optionPrefix binds the ids of options to a session and the turn that asked:
// "<end of the session's id>.<turn>.". With the index it stays under 32 bytes.
func optionPrefix(session string, asked int64) string {
	return tail(session) + "." + strconv.FormatInt(asked, 36) + "."
}

func tail(session string) string {
	if len(session) > 10 {
		return session[len(session)-10:]
	}
	return session
}

// isOption reports whether an id has the form of our options' ids, of whatever
// session and turn.
func isOption(id string) bool {
	head, rest, found := strings.Cut(id, ".")
	asked, index, also := strings.Cut(rest, ".")
	if !found || !also || len(head) != 10 || asked == "" || index == "" {
		return false
	}
	for _, part := range []string{asked, index} {
		if _, err := strconv.ParseUint(part, 36, 63); err != nil {
			return false
		}
	}
	return true
}
