package flow

import (
	"reflect"
	"slices"
	"strings"

	"prosa/internal/message"
	"prosa/internal/modules/flow/expression"
)

// Compiled is a flow ready to run, with the flows that it calls. It is never
// changed and may be run by many at a time.
type Compiled struct {
	name        string
	key         string
	start       string
	menu        string
	team        string
	misses      int
	idleMinutes int
	idleNext    string
	gatherMS    int64
	maxTurns    int
	maxHours    int
	onError     string
	onCart      string
	onProduct   string
	languages   []string
	variables   []Var
	interrupts  []ownInterrupt
	events      []Event
	hears       bool // an expression of the family reads the customer's last message
	texts       ownTexts
	runners     map[string]runner
	family      map[string]*Compiled // by key; this flow's own is under ""
}

type ownInterrupt struct {
	words map[string]bool
	next  string
}

type ownTexts struct{ miss, stale, apology, handoff, lost, bye, idle texts }

// texts is a prepared Local: a template for each language of the flow.
type texts []*expression.Template

func (t texts) dynamic(lang int) bool { return len(t) > 0 && t[min(lang, len(t)-1)].Dynamic() }

// Name is the flow's name.
func (c *Compiled) Name() string { return c.name }

// Languages are those of the flow, the default first.
func (c *Compiled) Languages() []string { return append([]string(nil), c.languages...) }

// Has reports whether the flow has a node of this name that waits.
func (c *Compiled) Has(node string) bool {
	switch c.runners[node].(type) {
	case waiter, sleeper, asker:
		return true
	}
	return false
}

// Fits reports whether a session can go on with this version: the node where it
// waits is there and waits, and so are the sub-flows that it is to return to.
func (c *Compiled) Fits(state State) bool {
	for _, frame := range state.Stack {
		flow := c.family[frame.Flow]
		if flow == nil {
			return false
		}
		if _, calls := flow.runners[frame.Node].(*subflow); !calls {
			return false
		}
	}
	flow := c.family[state.Flow]
	return flow != nil && (flow.Has(state.Node) || state.Node == "")
}

// AsksAlike reports whether an answer to what the version before asked means the
// same here. Options are told by their places, on a button as in a number, so
// those that the customer sees must stand where they stood; an answer from
// outside is to the request of the version that made it.
func (c *Compiled) AsksAlike(before *Compiled, state State) bool {
	now, then := c.family[state.Flow], before.family[state.Flow]
	if now == nil || then == nil {
		return false
	}
	switch asked := then.runners[state.Node].(type) {
	case *choice:
		other, same := now.runners[state.Node].(*choice)
		if !same || len(other.options) < len(asked.options) {
			return false
		}
		for i := range asked.options {
			if asked.options[i].node.Name != other.options[i].node.Name {
				return false
			}
		}
	case *deck:
		other, same := now.runners[state.Node].(*deck)
		if !same || len(other.taps) < len(asked.taps) {
			return false
		}
		for i := range asked.taps {
			if asked.taps[i].Name != other.taps[i].Name {
				return false
			}
		}
	case *rating:
		other, same := now.runners[state.Node].(*rating)
		return same && other.node.Scale == asked.node.Scale
	case dialog:
		// What it shows is kept with the session; only what was asked of the outside
		// binds it to its version.
		other, same := now.runners[state.Node].(*seller)
		own, plain := asked.(*seller)
		return same && plain && !state.Asking && reflect.TypeOf(own.scene) == reflect.TypeOf(other.scene)
	case asker:
		return false
	}
	return true
}

func (c *Compiled) waiting(name string) waiter {
	at, _ := c.runners[name].(waiter)
	return at
}

// language picks the flow's language for a customer's: the same, one of the same
// family, or the default.
func (c *Compiled) language(wanted string) int {
	family, _, _ := strings.Cut(strings.ToLower(wanted), "-")
	found := 0
	for i, own := range c.languages {
		if strings.EqualFold(own, wanted) {
			return i
		}
		if base, _, _ := strings.Cut(strings.ToLower(own), "-"); family != "" && base == family && found == 0 {
			found = i
		}
	}
	return found
}

func (c *Compiled) or(first, second texts) texts {
	if len(first) > 0 {
		return first
	}
	return second
}

// Options of Compile.
type Options struct {
	// Channels that the flow is bound to; its texts are held against their limits.
	Channels []message.Channel
	// Key is the flow's own; a jump to it begins the flow anew.
	Key string
	// Flows are those that it calls or jumps to, by key, and those that they call:
	// exactly the versions that will run.
	Flows map[string]*Definition
	// Secrets that exist; nil when that is not known.
	Secrets []string
	// Templates that can be sent, each as name/language; nil when that is not known.
	Templates []string
}

// Compile parses every template and condition, checks every text against the
// channels and proves the graph, sub-flows included. With an issue of weight
// Error there is no Compiled; warnings may stand beside it.
func Compile(d *Definition, options Options) (*Compiled, []Issue) {
	f := newFamily(options)
	root := f.compile("", d)
	f.prove()
	root.flow.hears = f.hears
	issues := bounded(f.issues)
	for _, issue := range issues {
		if issue.Weight == Error {
			return nil, issues
		}
	}
	return root.flow, issues
}

// maxAlike is how many issues of one code are told: who mends those sees the
// rest.
const maxAlike = 100

// bounded leaves out what is more of the same.
func bounded(issues []Issue) []Issue {
	alike := map[string]int{}
	return slices.DeleteFunc(issues, func(issue Issue) bool {
		alike[issue.Code]++
		return alike[issue.Code] > maxAlike
	})
}

// newCompiler begins the compilation of one flow.
func newCompiler(f *family, key string, d *Definition) *compiler {
	c := &compiler{family: f, key: key, options: f.options, definition: d, index: make(map[string]int, len(d.Nodes)), flow: &Compiled{
		name: d.Name, key: f.options.Key, start: d.Start, menu: d.Settings.Menu, team: d.Settings.Team, misses: or(d.Settings.Misses, 3),
		idleMinutes: or(d.Settings.Idle.Minutes, 60), idleNext: d.Settings.Idle.Next, gatherMS: int64(d.Settings.GatherSeconds) * 1000, maxHours: or(d.Settings.MaxHours, 72),
		maxTurns: or(d.Settings.MaxTurnsHour, 120), onError: d.Settings.OnError, onCart: d.Settings.OnCart, onProduct: d.Settings.OnProduct, events: d.Settings.Events, languages: d.Languages, runners: make(map[string]runner, len(d.Nodes)),
		family: f.flows,
	}}
	if c.flow.menu == "" {
		c.flow.menu = d.Start
	}
	c.needs = make([][]need, len(d.Nodes))
	return c
}

// prepare reads the flow's head and every node.
func (c *compiler) prepare() {
	d := c.definition
	c.header()
	if len(c.flow.languages) == 0 {
		c.flow.languages = []string{"pt-BR"}
	}
	c.settings()
	for i, node := range d.Nodes {
		head := node.head()
		c.node, c.set = head.Name, nil
		if !validName(head.Name) {
			c.report(Error, codeName, head.Name)
		}
		if _, twice := c.index[head.Name]; twice {
			c.report(Error, codeTwice, head.Name)
			continue
		}
		c.index[head.Name] = i
	}
	for i, node := range d.Nodes {
		c.node, c.at, c.set = node.head().Name, i, nil
		c.flow.runners[c.node] = node.prepare(c)
	}
	c.node = ""
}

func or(value, otherwise int) int {
	if value == 0 {
		return otherwise
	}
	return value
}
