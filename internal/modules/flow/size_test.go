package flow

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"prosa/internal/message"
)

// bigFlow is a flow of n nodes of every kind that has no need of another flow,
// with branches, variables and translations, as a large company's might be.
func bigFlow(n int) []byte {
	var nodes []string
	name := func(i int) string {
		if i >= n-1 {
			return "fim"
		}
		return fmt.Sprint("n", i)
	}
	for i := range n - 1 {
		next, other := name(i+1), name(i+2)
		head := fmt.Sprintf(`{"name":"n%d",`, i)
		v := fmt.Sprint("v", i%60)
		switch i % 10 {
		case 0:
			nodes = append(nodes, head+fmt.Sprintf(`"kind":"choice","text":{"pt-BR":"Pergunta {{contact.first_name}} %d","en":"Question %d"},"save":%q,"options":[%s,%s,%s]}`,
				i, i, v, pick("s", "Sim", next), pick("n", "Não", other), pick("m", "Talvez", name(0))))
		case 1:
			nodes = append(nodes, head+fmt.Sprintf(`"kind":"message","text":{"pt-BR":"Olá {{contact.name ?? \"você\"}}, passo %d de {{now.date}}.","en":"Step %d"},"next":%q}`, i, i, next))
		case 2:
			nodes = append(nodes, head+fmt.Sprintf(`"kind":"question","text":"Quanto?","expect":"money","save":%q,"on_miss":%q,"next":%q}`, v, other, next))
		case 3:
			nodes = append(nodes, head+fmt.Sprintf(`"kind":"condition","cases":[{"when":"contact.city == \"Recife\" and now.hour > %d","next":%q},{"when":"now.weekday == 0","next":%q}],"else":%q}`, i%24, other, next, next))
		case 4:
			nodes = append(nodes, head+fmt.Sprintf(`"kind":"set","set":[{"var":%q,"to":"round(now.hour * 1.1, 2) + %d"}],"next":%q}`, v, i, next))
		case 5:
			nodes = append(nodes, head+fmt.Sprintf(`"kind":"hours","week":{"mon":[["08:00","12:00"],["13:00","18:00"]],"fri":[["18:00","02:00"]]},"holidays":"br","open":%q,"closed":%q}`, next, other))
		case 6:
			nodes = append(nodes, head+fmt.Sprintf(`"kind":"switch","on":"contact.plan","cases":[{"values":["ouro","gold"],"next":%q},{"values":["prata"],"next":%q}],"else":%q}`, next, other, next))
		case 7:
			nodes = append(nodes, head+fmt.Sprintf(`"kind":"web","method":"POST","url":"https://api.exemplo.com.br/{{contact.phone}}","headers":{"Authorization":"Bearer {{secret.A}}"},"body":"{\"n\":%d,\"nome\":\"{{contact.name}}\"}","save":{%q:"a.b.0"},"next":%q,"on_error":%q}`, i, v, next, other))
		case 8:
			nodes = append(nodes, head+fmt.Sprintf(`"kind":"rating","text":"Nota?","scale":5,"save":%q,"low":{"most":2,"next":%q},"next":%q}`, v, other, next))
		default:
			nodes = append(nodes, head+fmt.Sprintf(`"kind":"split","arms":[{"name":"a","weight":1,"next":%q},{"name":"b","weight":2,"next":%q}]}`, next, name(i+1)))
		}
	}
	nodes = append(nodes, `{"name":"fim","kind":"end","text":"Fim"}`)
	return []byte(`{"schema":1,"name":"Grande","languages":["pt-BR","en"],"start":"n0","nodes":[` + strings.Join(nodes, ",") + `]}`)
}

// compileTime parses, proves and compiles, best of a few: the machine may be busy
// with others' work.
func compileTime(t testing.TB, text []byte) time.Duration {
	best := time.Hour
	for range 4 {
		start := processorTime()
		definition, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if flow, issues := Compile(definition, Options{Channels: allChannels}); flow == nil {
			t.Fatal(issues[0].Node, issues[0].Sentence("en"))
		}
		best = min(best, processorTime()-start)
	}
	return best
}

// A flow of a thousand nodes is published in a moment, and the cost of its
// proofs grows with its size, not with the square of it.
func TestShowCompile1000(t *testing.T) {
	const bar = slower * 250 * time.Millisecond
	var costs []time.Duration
	for _, n := range []int{250, 500, 1000, 2000} {
		text := bigFlow(n)
		took := compileTime(t, text)
		costs = append(costs, took)
		t.Logf("%4d nodes, %4d KB: parsed, proved and compiled for four channels in %v", n, len(text)>>10, took.Round(10*time.Microsecond))
		if n == 1000 && took > bar {
			t.Errorf("1,000 nodes took %v, more than %v", took, bar)
		}
	}
	if ratio := float64(costs[3]) / float64(costs[0]); ratio > 24 {
		t.Errorf("eight times the nodes cost %.1f times as much", ratio)
	}
}

// The longest chain, the widest fan and a ladder of branches are as cheap.
func TestShapesThatHurtProofs(t *testing.T) {
	ladder := func(n int) string {
		var nodes []string
		for i := range n {
			nodes = append(nodes, fmt.Sprintf(`{"name":"n%d","kind":"choice","text":"?","save":"v%d","options":[%s,%s]}`, i, i%60, pick("a", "A", fmt.Sprint("n", (i*7+1)%n)), pick("b", "B", fmt.Sprint("n", (i+1)%n))))
		}
		return strings.Replace(wrapped(strings.Join(nodes, ",")), `"start":"a"`, `"start":"n0"`, 1)
	}
	fan := func(n int) string {
		var nodes, options []string
		for i := range n {
			options = append(options, fmt.Sprintf(`{"when":"now.hour == %d","next":"c%d"}`, i, i%50))
		}
		for i := range 50 {
			nodes = append(nodes, fmt.Sprintf(`{"name":"c%d","kind":"condition","cases":[%s],"else":"z"}`, i, strings.ReplaceAll(strings.Join(options[:40], ","), `"c`, `"d`)))
		}
		for i := range 50 {
			nodes = append(nodes, fmt.Sprintf(`{"name":"d%d","kind":"end"}`, i))
		}
		return wrapped(`{"name":"a","kind":"condition","cases":[` + strings.Join(options, ",") + `],"else":"z"},` + strings.Join(nodes[:90], ",") + `,` + endZ)
	}
	for name, text := range map[string]string{"a ladder": ladder(1900), "a fan": fan(99)} {
		took := compileTime(t, []byte(text))
		t.Logf("%s: %v", name, took)
		if took > slower*500*time.Millisecond {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func BenchmarkCompile1000(b *testing.B) {
	text := bigFlow(1000)
	b.ReportAllocs()
	for b.Loop() {
		definition, err := Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		if flow, _ := Compile(definition, Options{Channels: []message.Channel{message.WhatsApp}}); flow == nil {
			b.Fatal("refused")
		}
	}
}
