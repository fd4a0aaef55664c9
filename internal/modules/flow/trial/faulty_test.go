package trial

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prosa/internal/message"
	"prosa/internal/modules/flow"
)

// family reads the faulty flows: each passes the proofs and has a fault that
// only a conversation shows.
func family(t testing.TB) map[string]*flow.Definition {
	t.Helper()
	files, err := filepath.Glob("testdata/faulty/*.json")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d flows, %v", len(files), err)
	}
	out := map[string]*flow.Definition{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		definition, err := flow.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out[strings.TrimSuffix(filepath.Base(file), ".json")] = definition
	}
	return out
}

// What made-up customers find in each faulty flow, and how short it is told.
func TestFaultsAreFoundAndToldShortly(t *testing.T) {
	flows := family(t)
	var b strings.Builder
	for _, name := range []string{"fim-calado", "texto-vazio", "eterno", "contas-demais", "pergunta-vazia", "filho-calado"} {
		subject, issues := Prepare(flows[name], flow.Options{Channels: allChannels, Flows: flows})
		if subject == nil {
			t.Fatalf("%s does not compile: %v", name, issues)
		}
		report := Explore(t.Context(), subject, Options{Seed: 11, Runs: 400})
		if len(report.Failures) == 0 {
			t.Errorf("nothing was found in %s", name)
		}
		fmt.Fprintf(&b, "# %s\n", name)
		for _, found := range report.Failures {
			fmt.Fprintf(&b, "%s\n%s\n%s\n", found.Invariant, found.Sentence("pt-BR"), found.Sentence("en"))
			for _, line := range found.Lines {
				fmt.Fprintln(&b, line.Who, message.Size{Max: 80, Unit: message.Runes}.Cut(line.Text), line.Options)
			}
			if len(found.Test.Steps) > 4 {
				t.Errorf("%s: %d steps are no short transcript", name, len(found.Test.Steps))
			}
		}
		b.WriteString("\n")
	}
	golden := filepath.Join("testdata", "faulty.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != b.String() {
		t.Errorf("%v, got:\n%s", err, b.String())
	}
}

// Shrinking keeps the rule broken and never makes the conversation longer.
func TestShrinking(t *testing.T) {
	flows := family(t)
	subject, _ := Prepare(flows["fim-calado"], flow.Options{Channels: allChannels})
	shrunk := 0
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 1))
		test, s := converse(subject, rng, message.Telegram, 25)
		if s.broken == nil {
			continue
		}
		short := shrink(t.Context(), subject, test, s.broken)
		again := replay(subject, &short)
		if again.broken == nil || again.broken.rule != s.broken.rule || len(short.Steps) > len(test.Steps) || len(short.Steps) > 3 {
			t.Errorf("seed %d: %d steps became %d, which break %+v", seed, len(test.Steps), len(short.Steps), again.broken)
		}
		shrunk++
	}
	if shrunk < 10 {
		t.Errorf("only %d conversations broke a rule", shrunk)
	}
}

// Each rule sees the turn that breaks it.
func TestRules(t *testing.T) {
	waiting, ended, handed := flow.State{Status: flow.Waiting, Node: "menu"}, flow.State{Status: flow.Ended}, flow.State{Status: flow.HandedOff}
	send := flow.Effect{Send: &message.Content{Kind: message.Text, Text: "Oi"}}
	timer, end, handoff := flow.Effect{Schedule: &flow.Schedule{Timer: "idle.1"}}, flow.Effect{End: &flow.End{}}, flow.Effect{HandOff: &flow.HandOff{}}
	for name, c := range map[string]struct {
		after   flow.State
		effects []flow.Effect
		rule    string
	}{
		"waits":                       {waiting, []flow.Effect{send, timer}, ""},
		"waits without a timer":       {waiting, []flow.Effect{send}, RuleOver},
		"waits with two timers":       {waiting, []flow.Effect{send, timer, timer}, RuleOver},
		"waits though it handed over": {waiting, []flow.Effect{send, timer, handoff}, RuleOver},
		"ends":                        {ended, []flow.Effect{send, end}, ""},
		"ends without an end":         {ended, []flow.Effect{send}, RuleOver},
		"ends and has a timer":        {ended, []flow.Effect{send, end, timer}, RuleOver},
		"hands over":                  {handed, []flow.Effect{send, handoff}, ""},
		"hands over twice":            {handed, []flow.Effect{send, handoff, handoff}, RuleOver},
		"hands over and ends":         {handed, []flow.Effect{send, handoff, end}, RuleOver},
		"hands over to nobody":        {handed, []flow.Effect{send}, RuleOver},
		"no status":                   {flow.State{}, []flow.Effect{send, timer}, RuleOver},
	} {
		turn := &turn{after: c.after, effects: c.effects}
		if rule, _ := over(turn, count(turn)); rule != c.rule {
			t.Errorf("%s: %q", name, rule)
		}
	}
	subject := prepared(t, everything)
	s, err := begin(subject, &Test{})
	if err != nil {
		t.Fatal(err)
	}
	wrote := flow.Input{Kind: flow.Wrote, Content: message.Content{Kind: message.Text, Text: "oi"}}
	at := func(node string) flow.State { return flow.State{Status: flow.Waiting, Node: node} }
	for name, c := range map[string]struct {
		turn  turn
		quiet bool
	}{
		"an answer":                  {turn{in: wrote, after: waiting, effects: []flow.Effect{send, timer}}, false},
		"no answer":                  {turn{in: wrote, after: waiting, effects: []flow.Effect{timer}}, true},
		"no answer and the end":      {turn{in: wrote, after: ended, effects: []flow.Effect{end}}, true},
		"time passed":                {turn{in: flow.Input{Kind: flow.Timer}, after: ended, effects: []flow.Effect{end}}, false},
		"it gathers the rest":        {turn{in: wrote, after: flow.State{Status: flow.Waiting, Pending: "oi"}, effects: []flow.Effect{timer}}, false},
		"put aside during a call":    {turn{in: wrote, after: flow.State{Status: flow.Waiting, Node: "consulta", Aside: []flow.Heard{{}}}, effects: []flow.Effect{timer}}, false},
		"it asks a service":          {turn{in: wrote, after: at("consulta"), effects: []flow.Effect{timer, {Ask: &flow.Ask{}}}}, false},
		"it waits as its author did": {turn{in: wrote, after: at("espera"), effects: []flow.Effect{timer}}, false},
	} {
		if got := quiet(s, &c.turn, count(&c.turn)); got != c.quiet {
			t.Errorf("%s: quiet %v", name, got)
		}
	}
}

// An old button may not move the conversation; a current one and a word may.
func TestOldButtonsMayNotAnswer(t *testing.T) {
	subject := prepared(t, everything)
	s, err := begin(subject, &Test{})
	if err != nil {
		t.Fatal(err)
	}
	tap := func(id string) flow.Input {
		return flow.Input{Kind: flow.Wrote, Content: message.Content{Kind: message.Pick, Pick: &message.Picked{ID: id}}}
	}
	menu := flow.State{Status: flow.Waiting, Node: "menu", Asked: 3, Seq: 3}
	moved, stayed := flow.State{Status: flow.Waiting, Node: "nota"}, menu
	for name, c := range map[string]struct {
		id        string
		before    flow.State
		after     flow.State
		trail     []flow.Passed
		swallowed bool
	}{
		"an old one is refused":     {"trial00000.1.0", menu, stayed, nil, false},
		"an old one is taken":       {"trial00000.1.0", menu, moved, nil, true},
		"a stranger's is taken":     {"9999999999.3.0", menu, moved, nil, true},
		"the current one":           {"trial00000.3.0", menu, moved, nil, false},
		"its title is a word":       {"trial00000.1.0", menu, moved, []flow.Passed{{Node: "menu", Exit: "@menu"}}, false},
		"no id of ours":             {"xyz", menu, moved, nil, false},
		"while lines are gathered":  {"trial00000.1.0", flow.State{Status: flow.Waiting, Node: "menu", Pending: "a"}, moved, nil, false},
		"during a wait":             {"trial00000.1.0", flow.State{Status: flow.Waiting, Node: "espera"}, moved, nil, false},
		"before the first question": {"trial00000.1.0", flow.State{}, moved, nil, false},
	} {
		turn := &turn{in: tap(c.id), env: s.env, before: c.before, after: c.after, effects: []flow.Effect{{Trail: c.trail}}}
		if got := swallowed(s, turn); got != c.swallowed {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// What does not fit a channel is seen, on each of them.
func TestLimitsOfChannels(t *testing.T) {
	choice := func(titles ...string) *message.Content {
		content := &message.Content{Kind: message.Options, Text: "Qual?", Choice: &message.Choice{}}
		for i, title := range titles {
			content.Choice.Options = append(content.Choice.Options, message.Option{ID: fmt.Sprint("id", i), Title: title})
		}
		return content
	}
	for _, channel := range allChannels {
		for name, content := range map[string]*message.Content{
			"a text": {Kind: message.Text, Text: "Oi"}, "a long text": {Kind: message.Text, Text: strings.Repeat("muito texto. ", 2000)},
			"an accent": {Kind: message.Text, Text: strings.Repeat("ç", 5000)}, "two options": choice("Sim", "Não"), "equal titles": choice("Sim", "Sim"),
			"long titles": choice(strings.Repeat("a", 90), strings.Repeat("a", 91)), "many": choice(strings.Split(strings.Repeat("x,", 40), ",")...),
			"a picture": {Kind: message.Image, Media: &message.Media{}},
		} {
			if problem := misfit(content, channel); problem != "" {
				t.Errorf("%s on %s: %s", name, channel, problem)
			}
		}
		if misfit(&message.Content{Kind: message.Text}, channel) == "" {
			t.Errorf("an empty text fits %s", channel)
		}
	}
	if tooLong("a part", []string{"ab", "abc"}, message.Size{Max: 2, Unit: message.Runes}) == "" {
		t.Error("three letters fit in two")
	}
}

// The names of the trail and of sub-flows lead to what is known of a node.
func TestSubjectsKnowTheirSubFlows(t *testing.T) {
	flows := family(t)
	subject, _ := Prepare(flows["filho-calado"], flow.Options{Channels: allChannels, Flows: flows})
	for path, kind := range map[string]string{"a": "choice", "filho": "subflow", "filho/nome": "question", "cadastro:volta": "return", "nada": "", "": ""} {
		if got := subject.node(path).Kind; got != kind {
			t.Errorf("%q is a %q", path, got)
		}
	}
	shown := &message.Choice{Options: []message.Option{{Title: "Sim"}, {Title: "Não"}}}
	if got := subject.optionNames("a", shown); strings.Join(got, " ") != "sim nao" {
		t.Error(got)
	}
	if got := subject.optionNames("nada", shown); strings.Join(got, " ") != "Sim Não" {
		t.Error(got)
	}
	result := Run(t.Context(), subject, &Test{Name: "x", Steps: []Step{{Start: true}, {Customer: &Customer{Pick: "sim"}}, {Expect: &Expect{Node: "filho/nome"}}, {Customer: &Customer{Text: "Ana"}}, {Expect: &Expect{Node: "vazia"}}}})
	if !result.Passed || result.Coverage.Exits["filho/nome/next"] != 1 {
		t.Errorf("%s %+v", result.Sentence("en"), result.Coverage)
	}
}
