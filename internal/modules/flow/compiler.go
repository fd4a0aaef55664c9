package flow

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/modules/flow/expression"
)

// compiler is a compilation under way.
type compiler struct {
	family     *family
	key        string // of the flow; empty for the version's own
	options    Options
	definition *Definition
	flow       *Compiled
	index      map[string]int // node name -> place in the definition
	node       string         // the node at hand; empty for the flow itself
	at         int
	set        []string // variables that the node at hand has already set
	needs      [][]need // by node
	ways       [][]exit // by node, see prove
	calls      []string // keys of other flows, in order
	secrets    []string // names, in order
}

// need is a variable that a node reads.
type need struct{ field, variable string }

func (c *compiler) report(weight Weight, code string, args ...string) {
	c.family.issues = append(c.family.issues, Issue{Weight: weight, Flow: c.key, Node: c.node, Code: code, Args: args, flow: c.definition})
}

func (c *compiler) header() {
	d := c.definition
	if strings.TrimSpace(d.Name) == "" || utf8.RuneCountInString(d.Name) > 80 {
		c.report(Error, codeMissing, "name")
	}
	if len(d.Languages) == 0 || len(d.Languages) > maxLanguages {
		c.report(Error, codeMissing, "languages")
	}
	seen := map[string]bool{}
	for _, language := range d.Languages {
		if seen[language] || !validLanguage(language) {
			c.report(Error, codeLanguage, language)
		}
		seen[language] = true
	}
	if len(d.Nodes) == 0 {
		c.report(Error, codeMissing, "nodes")
	}
	if len(d.Variables) > maxVariables {
		c.report(Error, codeOptions, itoa(len(d.Variables)), itoa(maxVariables), "variables")
	}
	for name, value := range d.Variables {
		c.variable("variables", name)
		c.flow.variables = with(c.flow.variables, name, value)
	}
}

func (c *compiler) settings() {
	s := c.definition.Settings
	if s.Misses < 0 || s.Misses > 10 {
		c.report(Error, codeBounds, "settings.misses", "1", "10")
	}
	// Beyond the 24 hours of most channels nothing could be said any more.
	if s.Idle.Minutes < 0 || s.Idle.Minutes > 1380 {
		c.report(Error, codeBounds, "settings.idle.minutes", "1", "1380")
	}
	if s.MaxTurnsHour < 0 || s.MaxTurnsHour > 100_000 {
		c.report(Error, codeBounds, "settings.max_turns_hour", "1", "100000")
	}
	if s.GatherSeconds < 0 || s.GatherSeconds > 10 {
		c.report(Error, codeBounds, "settings.gather_seconds", "0", "10")
	}
	if s.MaxHours < 0 || s.MaxHours > 24*30 {
		c.report(Error, codeBounds, "settings.max_hours", "1", "720")
	}
	for i, own := range s.Interrupts {
		words := make(map[string]bool, len(own.Words))
		for _, word := range own.Words {
			folded := fold.Words(word)
			if folded == "" || len(word) > 80 {
				c.report(Error, codeMissing, "settings.interrupts."+itoa(i+1)+".words")
			}
			if wishOf(folded) == wishPerson {
				c.report(Error, codeReserved, word)
			}
			words[folded] = true
		}
		c.flow.interrupts = append(c.flow.interrupts, ownInterrupt{words: words, next: own.Next})
	}
	c.events()
	own := func(field string, text Local, of func(*phrases) string) texts {
		if len(text) > 0 {
			return c.said("settings.texts."+field, text)
		}
		out := make(texts, len(c.flow.languages))
		for i, language := range c.flow.languages {
			out[i], _ = expression.Parse(of(phrasesFor(language))) // our own sentences hold no braces
		}
		return out
	}
	c.flow.texts = ownTexts{
		miss:    own("miss", s.Texts.Miss, func(p *phrases) string { return p.miss }),
		stale:   own("stale", s.Texts.Stale, func(p *phrases) string { return p.stale }),
		apology: own("apology", s.Texts.Apology, func(p *phrases) string { return p.apology }),
		handoff: own("handoff", s.Texts.HandOff, func(p *phrases) string { return p.handoff }),
		lost:    own("lost", s.Texts.Lost, func(p *phrases) string { return p.lost }),
		bye:     own("bye", s.Texts.Bye, func(p *phrases) string { return p.bye }),
		idle:    own("idle", s.Texts.Idle, func(p *phrases) string { return p.idle }),
	}
}

// required makes texts report an absent text.
const required = true

// texts parses a localised text: one template a language, the default language's
// where a translation is missing.
func (c *compiler) texts(field string, local Local, must ...bool) texts {
	if len(local) == 0 {
		if len(must) > 0 {
			c.report(Error, codeMissing, field)
		}
		return nil
	}
	fallback, found := local[plain]
	if !found {
		if fallback, found = local[c.flow.languages[0]]; !found {
			c.report(Error, codeMissing, field+"."+c.flow.languages[0])
			return nil
		}
	}
	for language := range local {
		if language != plain && !contains(c.flow.languages, language) {
			c.report(Error, codeLanguage, language)
		}
	}
	out := make(texts, len(c.flow.languages))
	for i, language := range c.flow.languages {
		source, translated := local[language]
		if !translated {
			if source = fallback; i > 0 {
				c.report(Warning, codeUntranslated, field, language)
			}
		}
		if len(must) > 0 && strings.TrimSpace(source) == "" {
			c.report(Error, codeMissing, field)
		}
		out[i] = c.template(field, source)
	}
	return out
}

// said is texts for what goes out as a message of its own.
func (c *compiler) said(field string, local Local, must ...bool) texts {
	out := c.texts(field, local, must...)
	c.within(field, out, func(limits message.Limits) message.Size { return limits.Text })
	return out
}

// captions is texts for what stands under a medium.
func (c *compiler) captions(field string, local Local) texts {
	out := c.texts(field, local)
	c.within(field, out, func(limits message.Limits) message.Size {
		if limits.Caption.Max == 0 {
			return limits.Text // sent as a text of its own
		}
		return limits.Caption
	})
	return out
}

func (c *compiler) within(field string, out texts, size func(message.Limits) message.Size) {
	for _, channel := range c.options.Channels {
		limit := size(message.LimitsOf(channel))
		for i, template := range out {
			if n := limit.Of(template.Static()); n > limit.Max {
				c.report(Error, codeTooLong, field, string(channel), c.flow.languages[i], itoa(n), itoa(limit.Max))
			}
		}
	}
}

// layouts holds a choice against what each channel can show.
func (c *compiler) layouts(choice *choice) {
	for _, channel := range c.options.Channels {
		limits := message.LimitsOf(channel)
		c.withinOne("header", choice.header, channel, limits.Header)
		c.withinOne("footer", choice.footer, channel, limits.Footer)
		for lang, language := range c.flow.languages {
			shown := message.Choice{}
			for i := range choice.options {
				o := &choice.options[i]
				if lang >= len(o.title) {
					return // an issue says why
				}
				title, description := o.title[lang].Static(), ""
				if lang < len(o.description) {
					description = o.description[lang].Static()
				}
				shown.Options = append(shown.Options, message.Option{ID: itoa(i), Title: title, Description: description})
			}
			layout := message.Lay(shown, "?", channel)
			if layout.Shape == message.ShapeNumbered {
				c.report(Warning, codeNumbered, string(channel), itoa(len(shown.Options)))
				continue
			}
			for i, option := range layout.Options {
				whole := shown.Options[i]
				cut := option.Title != strings.Join(strings.Fields(whole.Title), " ") && option.Description != whole.Title
				if cut && !choice.options[i].title[lang].Dynamic() {
					c.report(Error, codeTitleCut, choice.options[i].node.Name, string(channel), language, option.Title)
				}
				if whole.Description != "" && option.Description != whole.Description && layout.Shape == message.ShapeList {
					c.report(Error, codeTitleCut, choice.options[i].node.Name, string(channel), language, option.Description)
				}
			}
		}
	}
}

func (c *compiler) withinOne(field string, out texts, channel message.Channel, size message.Size) {
	if size.Max == 0 {
		return // joined to the body there
	}
	for i, template := range out {
		if n := size.Of(template.Static()); n > size.Max {
			c.report(Error, codeTooLong, field, string(channel), c.flow.languages[i], itoa(n), itoa(size.Max))
		}
	}
}

func (c *compiler) template(field, source string) *expression.Template {
	template := c.parse(field, source)
	for _, path := range template.Paths() {
		c.reads(field, path)
	}
	return template
}

// parse reads a template; it is empty where it can't be read.
func (c *compiler) parse(field, source string) *expression.Template {
	if utf8.RuneCountInString(source) > maxText {
		c.report(Error, codeTooLong, field, "", "", itoa(utf8.RuneCountInString(source)), itoa(maxText))
		source = ""
	}
	template, err := expression.Parse(source)
	if err != nil {
		c.report(Error, codeExpression, field, fault.MessageOf(err), expression.Portuguese(err))
		template, _ = expression.Parse("")
	}
	return template
}

// program reads an expression; one that nobody wrote is missing, not miswritten.
func (c *compiler) program(field, source string) *expression.Program {
	if strings.TrimSpace(source) == "" {
		c.report(Error, codeMissing, field)
		source = "false"
	}
	program, err := expression.Compile(source)
	if err != nil {
		c.report(Error, codeExpression, field, fault.MessageOf(err), expression.Portuguese(err))
		program, _ = expression.Compile("false")
		return program
	}
	for _, path := range program.Paths() {
		c.reads(field, path)
	}
	return program
}

// reads notes that the node reads a path, and refuses one that never has a value.
func (c *compiler) reads(field, path string) {
	root, name, _ := strings.Cut(path, ".")
	switch {
	case root == "vars" && validVariable(name):
		if c.node != "" && !contains(c.set, name) {
			c.needs[c.at] = append(c.needs[c.at], need{field, name})
		} else if _, first := c.definition.Variables[name]; c.node == "" && !first {
			// A sentence of the engine's may be said at any time.
			c.report(Error, codeUnset, field, name)
		}
	case root == "contact" && validVariable(name):
	case root == "secret":
		c.report(Error, codeSecretPlace, name)
	case path == "session.channel", path == "session.language", path == "now.date", path == "now.time", path == "now.hour", path == "now.weekday":
	case root == "message" && contains(factNames(), name):
		c.family.hears = true
	default:
		c.report(Error, codePath, field, path)
	}
}

// variable checks the name of a variable; an absent one is the caller's matter.
func (c *compiler) variable(field, name string) {
	if name != "" && !validVariable(name) {
		c.report(Error, codeVariable, field, name)
	}
}

func (c *compiler) contactField(field, name string) {
	if name != "" && !validVariable(name) {
		c.report(Error, codeVariable, field, name)
	}
}

// secret notes a reference to a secret.
func (c *compiler) secret(field, name string) {
	if name == "" || len(name) > maxName || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		c.report(Error, codeSecretName, name)
		return
	}
	if c.options.Secrets != nil && !contains(c.options.Secrets, name) {
		c.report(Warning, codeSecretUnknown, name)
	}
	if !contains(c.secrets, name) {
		c.secrets = append(c.secrets, name)
	}
}

// needsFlow notes a reference to another flow.
func (c *compiler) needsFlow(key string) {
	if !contains(c.calls, key) {
		c.calls = append(c.calls, key)
	}
}

// count checks that a list has from one to most items.
func (c *compiler) count(field string, n, most int) {
	if n == 0 || n > most {
		c.report(Error, codeOptions, itoa(n), itoa(most), field)
	}
}

// named checks the name of a part of a node, unique in it.
func (c *compiler) named(name string, taken map[string]bool) {
	switch {
	case !validName(name):
		c.report(Error, codeName, name)
	case taken[name]:
		c.report(Error, codeTwice, name)
	}
	taken[name] = true
}

func (c *compiler) assigned(name string) { c.set = append(c.set, name) }

func (c *compiler) misses(n int) {
	if n < 0 || n > 10 {
		c.report(Error, codeBounds, "misses", "1", "10")
	}
}

// validName reports a name of a node or option: letters of any language, digits,
// "-", "_", at most 40 bytes. Names are what a diff shows.
func validName(name string) bool {
	if name == "" || len(name) > maxName || !utf8.ValidString(name) {
		return false
	}
	for _, r := range name {
		if r != '-' && r != '_' && fold.Words(string(r)) == "" {
			return false
		}
	}
	return true
}

// validVariable reports an identifier of the expression language in lower case.
func validVariable(name string) bool {
	if name == "" || len(name) > maxName || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

func validLanguage(language string) bool {
	return len(language) >= 2 && len(language) <= 12 && strings.Trim(language, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

func contains(list []string, text string) bool {
	for _, item := range list {
		if item == text {
			return true
		}
	}
	return false
}

func itoa(n int) string { return strconv.Itoa(n) }
