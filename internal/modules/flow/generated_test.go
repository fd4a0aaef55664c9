package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/message"
	"prosa/internal/message/fold"
)

// drawFlow makes a flow as a careless author might: most of its ways are sound,
// some are not. Nodes that nothing leads to are left out, since their refusal
// would hide every other.
func drawFlow(t *rapid.T, child bool) string {
	count := rapid.IntRange(2, 10).Draw(t, "nodes")
	declared := rapid.Bool().Draw(t, "declared")
	name := func(i int) string { return fmt.Sprint("n", i) }
	target := func(from int, forward bool) string {
		if forward || rapid.IntRange(0, 3).Draw(t, "forward") > 0 {
			return name(min(count-1, from+rapid.IntRange(1, 3).Draw(t, "ahead")))
		}
		return name(rapid.IntRange(0, count-1).Draw(t, "to"))
	}
	text := func() string {
		return rapid.SampledFrom([]string{
			"Olá!", "Olá, {{contact.first_name ?? \"você\"}}!", "{{vars.v0}} e {{vars.v1}}", "{{message.kind}} {{message.text}} {{message.referral.ref}}", "{{vars.v0 * 1000000 / (vars.v1 - vars.v1)}}.",
			"São {{now.time}} de {{now.date}}", "{{upper(vars.v0 + vars.v0 + vars.v0)}}!", strings.Repeat("longo ", 150), "{{contact.name + contact.username}}",
		}).Draw(t, "text")
	}
	variable := func() string { return rapid.SampledFrom([]string{"v0", "v1"}).Draw(t, "var") }
	nodes := make([]map[string]any, count)
	for i := range count {
		n := map[string]any{"name": name(i)}
		nodes[i] = n
		kind := rapid.SampledFrom([]string{
			"message", "choice", "question", "condition", "set", "handoff", "choice", "question", "switch", "wait", "jump", "web", "hours", "tag", "rating", "split", "subflow", "rating", "web", "deck", "form",
		}).Draw(t, "kind")
		if i == count-1 {
			kind = rapid.SampledFrom([]string{"end", "handoff"}).Draw(t, "last")
		}
		if child && (kind == "subflow" || kind == "end" || kind == "handoff") {
			kind = "return"
		}
		n["kind"] = kind
		switch kind {
		case "message":
			n["text"], n["next"] = text(), target(i, rapid.IntRange(0, 9).Draw(t, "sound") > 0)
		case "choice":
			n["text"] = text()
			var options []any
			for o := range rapid.IntRange(1, 12).Draw(t, "options") {
				options = append(options, map[string]any{
					"name": fmt.Sprint("o", o), "title": fmt.Sprint("Opção ", o+1), "synonyms": []string{fmt.Sprint("letra ", o)}, "next": target(i, false),
				})
			}
			n["options"] = options
			if rapid.Bool().Draw(t, "saves") {
				n["save"] = variable()
			}
			if rapid.Bool().Draw(t, "on_miss") {
				n["on_miss"] = target(i, true)
			}
		case "question":
			n["text"], n["save"], n["next"] = text(), variable(), target(i, false)
			n["expect"] = rapid.SampledFrom([]string{"text", "number", "email", "phone", "date", "cpf", "cnpj", "cep", "money", "time", "file", "location"}).Draw(t, "expect")
			n["deaf"] = rapid.Bool().Draw(t, "deaf")
			if expect := n["expect"].(string); asked(expect) != "" {
				n["request"] = rapid.Bool().Draw(t, "request")
			}
			if parts := partsOf(n["expect"].(string)); len(parts) > 0 {
				n["parts"] = map[string]any{"v3": rapid.SampledFrom(parts).Draw(t, "part")}
			}
		case "deck":
			n["text"] = text()
			taps := rapid.IntRange(0, 2).Draw(t, "taps")
			var cards []any
			for k := range rapid.IntRange(1, 4).Draw(t, "cards") {
				card := map[string]any{"title": fmt.Sprint("Cartão ", k+1), "text": text()}
				var options []any
				for o := range taps {
					options = append(options, map[string]any{"name": fmt.Sprint("c", k, "o", o), "title": fmt.Sprint("Opção ", o+1), "next": target(i, false)})
				}
				card["options"] = options
				cards = append(cards, card)
			}
			if n["cards"] = cards; taps == 0 {
				n["next"] = target(i, true)
			}
		case "form":
			n["text"], n["form"], n["button"], n["data"] = text(), "123", "Abrir", `{"x":{{vars.v1}},"y":"{{vars.v0}}"}`
			n["save"], n["next"], n["on_other"] = map[string]any{variable(): "a", "v3": "pedido.estado"}, target(i, false), target(i, true)
		case "condition":
			n["cases"] = []any{map[string]any{
				"when": rapid.SampledFrom([]string{"vars.v0 > 1", "vars.v0 == vars.v1", "not vars.v1", "contact.name contains \"a\"", "true"}).Draw(t, "when"), "next": target(i, true),
			}}
			n["else"] = target(i, true)
		case "set":
			n["set"] = []any{map[string]any{"var": variable(), "to": rapid.SampledFrom([]string{"1", "vars.v0 + vars.v0", "vars.v1 ?? 2", "contact.name"}).Draw(t, "to")}}
			n["next"] = target(i, true)
		case "handoff":
			n["text"], n["note"] = text(), text()
		case "end":
			n["text"] = text()
		case "switch":
			n["on"] = rapid.SampledFrom([]string{"vars.v0", "contact.name", "now.weekday", "vars.v0 + vars.v1"}).Draw(t, "on")
			n["cases"] = []any{map[string]any{"values": []string{"1", "Ana Souza"}, "next": target(i, true)}, map[string]any{"name": "outro", "values": []string{"2"}, "next": target(i, true)}}
			n["else"] = target(i, true)
		case "wait":
			n[rapid.SampledFrom([]string{"seconds", "minutes", "hours", "days"}).Draw(t, "unit")] = rapid.IntRange(1, 20).Draw(t, "length")
			n["next"] = target(i, false)
			if rapid.Bool().Draw(t, "on_message") {
				n["on_message"] = target(i, false)
			}
		case "jump":
			if n["to"] = target(i, true); !child && rapid.IntRange(0, 4).Draw(t, "away") == 0 {
				delete(n, "to")
				n["flow"] = rapid.SampledFrom([]string{"filho", "eu"}).Draw(t, "flow")
			}
		case "web":
			n["method"], n["url"], n["body"] = "POST", "https://api.exemplo.com.br/{{vars.v0}}?x={{vars.v1}}", `{"x":{{vars.v1}},"y":"{{vars.v0}}"}`
			n["next"], n["on_error"], n["status"] = target(i, true), target(i, true), variable()
			n["save"] = map[string]any{variable(): "pedido.itens.0", "v2": "pedido.estado"}
		case "hours":
			n["week"] = map[string]any{"mon": []any{[]string{"08:00", "18:00"}}, "sun": []any{[]string{"22:00", "03:00"}}}
			n["holidays"], n["open"], n["closed"] = "br", target(i, true), target(i, true)
		case "tag":
			n["add"], n["next"] = []string{"cliente"}, target(i, true)
		case "rating":
			n["text"], n["save"], n["next"], n["scale"] = text(), variable(), target(i, false), rapid.SampledFrom([]int{5, 10}).Draw(t, "scale")
			if rapid.Bool().Draw(t, "comments") {
				n["comment"], n["low"] = text(), map[string]any{"most": 2, "next": target(i, false)}
			}
		case "split":
			n["arms"] = []any{map[string]any{"name": "a", "weight": 1, "next": target(i, true)}, map[string]any{"name": "b", "weight": 3, "next": target(i, true)}}
		case "subflow":
			n["flow"], n["next"], n["in"], n["out"] = "filho", target(i, true), map[string]any{"p": "contact.name"}, map[string]any{variable(): rapid.SampledFrom([]string{"p", "v0", "v1"}).Draw(t, "from")}
			if rapid.Bool().Draw(t, "outcomes") {
				n["outcomes"] = []any{map[string]any{"name": "sim", "next": target(i, true)}}
			}
			if rapid.Bool().Draw(t, "on_error") {
				n["on_error"] = target(i, true)
			}
		case "return":
			if rapid.Bool().Draw(t, "outcome") {
				n["outcome"] = "sim"
			}
		}
	}
	flow := map[string]any{"schema": 1, "name": "Gerado", "languages": []string{"pt-BR"}, "start": "n0", "nodes": reached(nodes)}
	if first := map[string]any{"v0": 1, "v1": "x"}; declared || child {
		if flow["variables"] = first; child {
			first["p"] = "parâmetro"
		}
	}
	flow["settings"] = map[string]any{"gather_seconds": rapid.SampledFrom([]int{0, 0, 3}).Draw(t, "gather"), "misses": rapid.IntRange(0, 4).Draw(t, "misses")}
	out, err := json.Marshal(flow)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// reached keeps the nodes that some way from the first leads to.
func reached(nodes []map[string]any) []map[string]any {
	at := map[string]int{}
	for i, n := range nodes {
		at[n["name"].(string)] = i
	}
	seen := map[int]bool{0: true}
	for queue := []int{0}; len(queue) > 0; {
		n := nodes[queue[0]]
		queue = queue[1:]
		ways := []any{n["next"], n["else"], n["on_miss"], n["on_message"], n["on_error"], n["to"], n["open"], n["closed"], n["on_other"]}
		if low, ok := n["low"].(map[string]any); ok {
			ways = append(ways, low["next"])
		}
		cards, _ := n["cards"].([]any)
		for _, card := range cards {
			options, _ := card.(map[string]any)["options"].([]any)
			for _, option := range options {
				ways = append(ways, option.(map[string]any)["next"])
			}
		}
		for _, key := range []string{"options", "cases", "arms", "outcomes"} {
			list, _ := n[key].([]any)
			for _, item := range list {
				ways = append(ways, item.(map[string]any)["next"])
			}
		}
		for _, way := range ways {
			if to, ok := way.(string); ok && !seen[at[to]] {
				seen[at[to]] = true
				queue = append(queue, at[to])
			}
		}
	}
	var kept []map[string]any
	for i, n := range nodes {
		if seen[i] {
			kept = append(kept, n)
		}
	}
	return kept
}

// The proofs are worth their name: a flow that passes them never fails at run
// time, whatever customers write, and never stops without a wait, a person or an
// end. A flow that does not pass is refused for a reason that an author can mend.
func TestWhatPassesTheProofsNeverFails(t *testing.T) {
	accepted, families, refused := 0, 0, map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		text := drawFlow(rt, false)
		definition, err := Parse([]byte(text))
		if err != nil {
			rt.Fatalf("%v\n%s", err, text)
		}
		options := Options{Channels: allChannels, Key: "eu"}
		if contains(Inspect(definition).Flows, "filho") {
			child := drawFlow(rt, true)
			text += "\n" + child
			inner, err := Parse([]byte(child))
			if err != nil {
				rt.Fatalf("%v\n%s", err, child)
			}
			options.Flows = map[string]*Definition{"filho": inner}
			families++
		}
		flow, issues := Compile(definition, options)
		if flow == nil {
			for _, issue := range issues {
				if issue.Weight != Error {
					continue
				}
				refused[issue.Code]++
				if !slices.Contains([]string{codeUnset, codeCycle, codeBurst, codeDeadEnd, codeNoPerson, codeNoReturn, codeOutcome, codeResult, codeLong, codeUnreachable}, issue.Code) {
					rt.Fatalf("refused for %s: %s: %s\n%s", issue.Code, issue.Node, issue.Sentence("en"), text)
				}
			}
			return
		}
		accepted++
		c := meet(t, flow, rapid.SampledFrom(allChannels).Draw(rt, "channel"))
		for range rapid.IntRange(1, 20).Draw(rt, "turns") {
			line := lines.Draw(rt, "line")
			if !possible(c, line) {
				continue
			}
			before := c.state
			if c.state.DueMS != 0 && rapid.IntRange(0, 2).Draw(rt, "goes on") > 0 {
				line = rapid.SampledFrom([]string{`!answer 200 {"pedido":{"estado":"ok","itens":[7]}}`, "!answer 500", "!idle"}).Draw(rt, "what")
				if line != "!idle" && c.ask == nil {
					line = "!idle"
				}
			}
			effects := c.write(line)
			if line == "!days" {
				continue
			}
			holds(rt, c, before, line, effects)
			switch c.state.Status {
			case Failed:
				rt.Fatalf("%q failed: %+v\n%s", line, effects[len(effects)-1].HandOff, text)
			case Ended, HandedOff:
				return
			}
		}
	})
	t.Logf("%d flows passed, %d were families; the others were refused for %v", accepted, families, refused)
	if accepted == 0 || len(refused) == 0 {
		t.Errorf("the generator is one-sided: %d passed, refused for %v", accepted, refused)
	}
}

// The way round: a flow that is broken in one place is never accepted.
func TestOneCutWayIsAlwaysSeen(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := drawFlow(rt, false)
		definition, err := Parse([]byte(text))
		if err != nil {
			rt.Fatal(err)
		}
		if flow, _ := Compile(definition, Options{}); flow == nil {
			return
		}
		var spots []int
		for at := 0; ; {
			next := strings.Index(text[at:], `"next":"`)
			if next < 0 {
				break
			}
			at += next + len(`"next":"`)
			spots = append(spots, at)
		}
		if len(spots) == 0 {
			return
		}
		spot := rapid.SampledFrom(spots).Draw(rt, "spot")
		end := spot + strings.IndexByte(text[spot:], '"')
		wrong := rapid.SampledFrom([]string{"", "nenhures"}).Draw(rt, "wrong")
		broken, err := Parse([]byte(text[:spot] + wrong + text[end:]))
		if err != nil {
			rt.Fatal(err)
		}
		if flow, _ := Compile(broken, Options{}); flow != nil {
			rt.Fatalf("accepted with a cut way:\n%s", text[:spot]+wrong+text[end:])
		}
	})
}

// What customers write comes out as they wrote it, and is never taken for a
// template.
func TestCustomersWordsAreData(t *testing.T) {
	flow := compiled(t, "echo")
	rapid.Check(t, func(rt *rapid.T) {
		said := rapid.OneOf(
			rapid.SampledFrom([]string{"{{contact.name}}", "{{vars.dito}}", "{{", "}}", "{{1/0}}", `{{"a" + "b"}}`, "{{vars.dito", "\\u0000", `"; DROP TABLE`}),
			rapid.StringOfN(rapid.SampledFrom([]rune("{}ab .\"'\\çé👍")), 1, 60, -1),
		).Draw(rt, "said")
		said = strings.TrimSpace(said)
		if said == "" || wishOf(fold.Words(said)) != wishNone {
			return
		}
		c := meet(t, flow, message.WhatsApp)
		c.step(Input{Kind: Start})
		effects := c.step(Input{Kind: Wrote, Content: message.Content{Kind: message.Text, Text: said}})
		if got := effects[0].Send.Text; got != "eco "+said {
			rt.Fatalf("%q came back as %q", said, got)
		}
	})
}
