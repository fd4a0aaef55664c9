package trial

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/message/fold"
	"prosa/internal/modules/flow"
)

// Result is what a test gave.
type Result struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	// Step is the one that failed, from 0; -1 for none.
	Step     int    `json:"step"`
	Expected string `json:"expected,omitempty"`
	Got      string `json:"got,omitempty"`
	// Steps are those that were played, the failed one last.
	Steps    []StepResult `json:"steps"`
	Lines    []Line       `json:"lines"` // the conversation as it went
	Coverage Coverage     `json:"coverage"`

	why *failure
}

// StepResult is what one step gave.
type StepResult struct {
	Passed   bool   `json:"passed"`
	Expected string `json:"expected,omitempty"`
	Got      string `json:"got,omitempty"`
}

// Coverage counts how often nodes were entered and exits taken, by the names of
// the trail: "menu" and "menu/horarios".
type Coverage struct {
	Nodes map[string]int `json:"nodes"`
	Exits map[string]int `json:"exits"`
}

func (c *Coverage) pass(p flow.Passed, entered bool) {
	if entered {
		c.Nodes[p.Node]++
	}
	if p.Exit != "" {
		c.Exits[p.Node+"/"+p.Exit]++
	}
}

// Add sums up what several conversations covered.
func (c *Coverage) Add(other Coverage) {
	if c.Nodes == nil {
		c.Nodes, c.Exits = map[string]int{}, map[string]int{}
	}
	for name, n := range other.Nodes {
		c.Nodes[name] += n
	}
	for name, n := range other.Exits {
		c.Exits[name] += n
	}
}

// Missed lists the nodes and exits of a graph that nothing came to, in its
// order. Exits that need not lead anywhere and do not are left out.
func (c Coverage) Missed(graph flow.Graph) (nodes, exits []string) {
	for _, node := range graph.Nodes {
		if c.Nodes[node.Name] == 0 {
			nodes = append(nodes, node.Name)
		}
		for _, exit := range node.Exits {
			if name := node.Name + "/" + exit.Label; c.Exits[name] == 0 && (exit.To != "" || !exit.Optional) {
				exits = append(exits, name)
			}
		}
	}
	return nodes, exits
}

// failure is why a step did not pass.
type failure struct {
	code          string
	name          string // variable or field
	expected, got string
}

// The codes of failures.
const (
	badTest  = "bad_test"
	noChoice = "no_choice"
	noOption = "no_option"
	noAsk    = "no_ask"
	silent   = "silent"
	text     = "text"
	contains = "contains"
	kind     = "kind"
	options  = "options"
	node     = "node"
	status   = "status"
	team     = "team"
	reasonIs = "reason"
	variable = "variable"
	field    = "field"
	tag      = "tag"
	score    = "score"
	halted   = "halted"
)

// Run plays a test. What no step looks at does not count: a test needs not say
// all that the bot says.
func Run(ctx context.Context, subject *Subject, test *Test) Result {
	result := Result{Name: test.Name, Step: -1, Steps: []StepResult{}}
	s, err := begin(subject, test)
	if err != nil {
		result.fail(0, &failure{code: badTest, expected: defaultNow, got: test.Now})
		return result
	}
	s.served = true
	for i := range test.Steps {
		s.step, s.stated = i, stated(test.Steps[i+1:])
		problem := &failure{code: halted}
		if ctx.Err() == nil {
			problem = s.play(&test.Steps[i])
		}
		if problem != nil {
			result.fail(i, problem)
			break
		}
		result.Steps = append(result.Steps, StepResult{Passed: true})
	}
	result.Passed = result.Step < 0
	result.Lines, result.Coverage = s.lines, s.coverage
	return result
}

func (r *Result) fail(step int, why *failure) {
	r.Step, r.Expected, r.Got, r.why = step, why.expected, why.got, why
	r.Steps = append(r.Steps, StepResult{Expected: why.expected, Got: why.got})
}

// stated reports that the next thing to happen in a test is an answer that it
// gives.
func stated(steps []Step) bool {
	for i := range steps {
		if steps[i].Bot == nil && steps[i].Expect == nil {
			return steps[i].Answer != nil && !steps[i].Answer.Late
		}
	}
	return false
}

// play does what a step says, or holds the conversation against it.
func (s *stage) play(step *Step) *failure {
	switch {
	case step.Bot != nil:
		return s.said(step.Bot)
	case step.Expect != nil:
		return s.stands(step.Expect)
	default:
		s.unread = s.unread[:0] // what was said before is past
		return s.do(step)
	}
}

// said holds the next message of the bot against a step.
func (s *stage) said(want *Bot) *failure {
	expected := want.Text
	if expected == "" {
		expected = want.Contains
	}
	if len(s.unread) == 0 {
		return &failure{code: silent, expected: expected}
	}
	next := s.unread[0]
	s.unread = s.unread[1:]
	words := next.words()
	switch {
	case want.Text != "" && strings.TrimSpace(words) != strings.TrimSpace(want.Text):
		return &failure{code: text, expected: expected, got: words}
	case want.Contains != "" && !strings.Contains(fold.Text(words), fold.Text(want.Contains)):
		return &failure{code: contains, expected: expected, got: words}
	case want.Kind != "" && string(next.content.Kind) != want.Kind:
		return &failure{code: kind, expected: want.Kind, got: string(next.content.Kind)}
	case want.Options != nil && !slices.Equal(next.options, want.Options):
		return &failure{code: options, expected: strings.Join(want.Options, ", "), got: strings.Join(next.options, ", ")}
	}
	return nil
}

// stands holds where the conversation is against a step.
func (s *stage) stands(want *Expect) *failure {
	gotTeam, gotReason := "", ""
	switch {
	case s.handed != nil && s.state.Status != flow.Ended:
		gotTeam, gotReason = s.handed.Team, s.handed.Reason
	case s.ended != nil:
		gotReason = s.ended.Reason
	}
	switch {
	case want.Status != "" && want.Status != s.state.Status:
		return &failure{code: status, expected: string(want.Status), got: string(s.state.Status)}
	case want.Node != "" && want.Node != s.at && want.Node != s.state.Node:
		return &failure{code: node, expected: want.Node, got: s.at}
	case want.Team != "" && want.Team != gotTeam:
		return &failure{code: team, expected: want.Team, got: gotTeam}
	case want.Reason != "" && want.Reason != gotReason:
		return &failure{code: reasonIs, expected: want.Reason, got: gotReason}
	}
	for _, name := range slices.Sorted(maps.Keys(want.Vars)) {
		got := s.state.Get(name)
		if expected := plain([]byte(want.Vars[name])); expected != got.String() {
			return &failure{code: variable, name: name, expected: expected, got: got.String()}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want.Fields)) {
		if got := s.fields[name]; got != want.Fields[name] {
			return &failure{code: field, name: name, expected: want.Fields[name], got: got}
		}
	}
	for _, name := range want.Tags {
		if !hasTag(s.tags, name) {
			return &failure{code: tag, expected: name, got: strings.Join(s.tags, ", ")}
		}
	}
	if want.Score != nil {
		switch {
		case s.score == nil:
			return &failure{code: score, expected: strconv.Itoa(*want.Score)}
		case *s.score != *want.Score:
			return &failure{code: score, expected: strconv.Itoa(*want.Score), got: strconv.Itoa(*s.score)}
		}
	}
	return nil
}

// plain writes a JSON scalar as a variable reads.
func plain(value []byte) string {
	var v any
	if json.Unmarshal(value, &v) != nil {
		return string(value)
	}
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}
