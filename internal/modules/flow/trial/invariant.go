package trial

import (
	"fmt"
	"reflect"
	"strings"

	"prosa/internal/message"
	"prosa/internal/modules/flow"
)

// The rules that hold for every turn of every flow.
const (
	RuleSilence = "silence"       // who writes gets an answer
	RuleBurst   = "burst"         // at most flow.MaxMessages messages a turn
	RulePerson  = "person"        // 'atendente' reaches a person
	RuleFailure = "failure"       // nothing fails by itself
	RuleState   = "state_size"    // the state stays small
	RuleReplay  = "replay"        // the same turn gives the same results
	RuleLimits  = "channel_limit" // what goes out fits the channel
	RuleOver    = "over"          // over only by an end or a hand-off, and alive only with a timer
	RuleStale   = "stale_button"  // an old button is no answer
	RuleError   = "engine_error"  // the engine takes every turn
)

// maxState is how large a state may be, in bytes of its text form.
const maxState = 64 << 10

// broken is a rule that a turn broke.
type broken struct {
	rule, node, detail string
}

func (b *broken) key() string { return b.rule + " " + b.node }

// demand is what a test would ask for at the end to see the rule kept.
func (b *broken) demand() []Step {
	switch b.rule {
	case RulePerson:
		return []Step{{Customer: &Customer{Text: asking}}, {Expect: &Expect{Status: flow.HandedOff}}}
	case RuleSilence:
		return []Step{{Bot: &Bot{}}}
	default:
		return nil
	}
}

// asking is what a customer writes who wants a person.
const asking = "atendente"

// judge holds a turn against the rules and gives the first that it broke.
func judge(s *stage, t *turn) *broken {
	node := t.before.Path()
	if node == "" {
		node = s.at
	}
	breach := func(rule, detail string, args ...any) *broken {
		return &broken{rule: rule, node: node, detail: fmt.Sprintf(detail, args...)}
	}
	if t.err != nil {
		return breach(RuleError, "%v", t.err)
	}
	if size := len(t.after.Encode()); size > maxState {
		return breach(RuleState, "%d bytes", size)
	}
	if again, effects, err := flow.Step(s.subject.flow, t.before, t.in, t.env); err != nil || again.Encode() != t.after.Encode() || !reflect.DeepEqual(effects, t.effects) {
		return breach(RuleReplay, "")
	}
	if len(t.effects) == 0 {
		return nil // it meant nothing here: a reaction, a timer that was replaced
	}
	seen := count(t)
	switch {
	case seen.messages > flow.MaxMessages:
		return breach(RuleBurst, "%d messages", seen.messages)
	case t.after.Status == flow.Failed && !strings.HasPrefix(seen.note, flow.ShopFailed):
		return breach(RuleFailure, "%s", seen.note)
	}
	if rule, detail := over(t, seen); rule != "" {
		return breach(rule, "%s", detail)
	}
	if quiet(s, t, seen) {
		return breach(RuleSilence, "status %s", t.after.Status)
	}
	if detail := limits(t); detail != "" {
		return breach(RuleLimits, "%s", detail)
	}
	if swallowed(s, t) {
		return breach(RuleStale, "%s", t.in.Content.Pick.ID)
	}
	if t.after.Status == flow.Waiting && !reached(s, t) {
		return &broken{rule: RulePerson, node: t.after.Path()}
	}
	return nil
}

// counted is what the effects of a turn are.
type counted struct {
	messages, handoffs, ends, timers, asks int
	note                                   string
	trail                                  []flow.Passed
}

func count(t *turn) (c counted) {
	for _, effect := range t.effects {
		switch {
		case effect.Send != nil:
			c.messages++
		case effect.HandOff != nil:
			c.handoffs++
			c.note = effect.HandOff.Note
		case effect.End != nil:
			c.ends++
		case effect.Schedule != nil:
			c.timers++
		case effect.Ask != nil:
			c.asks++
		}
		if effect.Trail != nil {
			c.trail = effect.Trail
		}
	}
	return c
}

// over checks that a session is over by one end or one hand-off and by nothing
// else, and that one that goes on has a timer.
func over(t *turn, seen counted) (rule, detail string) {
	detail = fmt.Sprintf("%s with %d hand-offs, %d ends, %d timers", t.after.Status, seen.handoffs, seen.ends, seen.timers)
	switch t.after.Status {
	case flow.Waiting:
		if seen.timers != 1 || seen.handoffs+seen.ends > 0 {
			return RuleOver, detail
		}
	case flow.HandedOff, flow.Failed:
		if seen.handoffs != 1 || seen.ends+seen.timers > 0 {
			return RuleOver, detail
		}
	case flow.Ended:
		if seen.ends != 1 || seen.handoffs+seen.timers > 0 {
			return RuleOver, detail
		}
	default:
		return RuleOver, detail
	}
	return "", ""
}

// quiet reports a customer who wrote and got no word: unless the bot gathers the
// rest of quick lines, asks a service, or waits because its author said so.
func quiet(s *stage, t *turn, seen counted) bool {
	if seen.messages > 0 || t.in.Kind != flow.Wrote && t.in.Kind != flow.Start {
		return false
	}
	if t.after.Status != flow.Waiting {
		// A flow that returns is made to be called: what it says is the caller's.
		return s.subject.node(s.at).Kind != "return"
	}
	if t.after.Pending != "" || len(t.after.Aside) > 0 || seen.asks > 0 {
		return false
	}
	switch s.subject.node(t.after.Path()).Kind {
	case "wait", "web", "template":
		return false
	default:
		return true
	}
}

// swallowed reports a button of an older message that was taken for an answer.
func swallowed(s *stage, t *turn) bool {
	if t.in.Kind != flow.Wrote || t.in.Content.Kind != message.Pick || t.before.Status != flow.Waiting || t.after.Status != flow.Waiting {
		return false
	}
	id := t.in.Content.Pick.ID
	if !ours(id) || strings.HasPrefix(id, prefixOf(t.env.Session, t.before.Asked)) || t.before.Pending != "" || len(t.before.Aside) > 0 {
		return false
	}
	switch s.subject.node(t.before.Path()).Kind {
	case "choice", "deck", "question", "form", "rating":
		return t.before.Path() != t.after.Path() && t.before.Node != "" && !word(t)
	default:
		return false
	}
}

// word reports a title that is a word of its own, which acts wherever it stands:
// "menu" on an old button is still the word "menu".
func word(t *turn) bool {
	for _, effect := range t.effects {
		for _, passed := range effect.Trail {
			if strings.HasPrefix(passed.Exit, "@") {
				return true
			}
		}
	}
	return false
}

// ours reports an id in the form of the engine's: ten characters of the session,
// the turn, the option.
func ours(id string) bool {
	parts := strings.Split(id, ".")
	return len(parts) == 3 && len(parts[0]) == 10 && parts[1] != "" && parts[2] != "" &&
		strings.Trim(parts[1]+parts[2], "0123456789abcdefghijklmnopqrstuvwxyz") == ""
}

// reached asks for a person on a copy of the conversation. An option that the
// author named with that word may lead elsewhere, and a deaf question takes it
// for its answer, save on Instagram.
func reached(s *stage, t *turn) bool {
	in := flow.Input{Kind: flow.Wrote, Content: message.Content{Kind: message.Text, Text: asking}}
	env := t.env
	env.NowMS += 2 * 60 * 60 * 1000 // past the cap on turns of an hour
	after, effects, err := flow.Step(s.subject.flow, t.after, in, env)
	if err != nil {
		return false
	}
	if after.Status == flow.HandedOff {
		return true
	}
	node := s.subject.node(t.after.Path())
	if node.Deaf && t.env.Channel != message.Instagram {
		return true
	}
	for _, option := range node.Options {
		for _, effect := range effects {
			for _, passed := range effect.Trail {
				if passed.Exit == option.Name && passed.Node == t.after.Path() {
					return true // as the author wants it
				}
			}
		}
	}
	return false
}
