package flow

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
)

// hostileCase is a definition that must be refused, with the flows it names.
type hostileCase struct {
	name, text string
	flows      map[string]string
}

func hostileDefinitions(t testing.TB) (cases []hostileCase) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "hostile", "definitions.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range strings.Split("\n"+string(text), "\n== ")[1:] {
		parts := strings.Split(section, "\n-- ")
		name, body, _ := strings.Cut(parts[0], "\n")
		c := hostileCase{name: name, text: body, flows: map[string]string{}}
		for _, part := range parts[1:] {
			key, body, _ := strings.Cut(part, "\n")
			c.flows[key] = body
		}
		cases = append(cases, c)
	}
	return cases
}

// complaints parses and compiles, and tells each error as "node: sentence".
func (c *hostileCase) complaints(t testing.TB) (lines []string) {
	t.Helper()
	definition, err := Parse([]byte(c.text))
	if err != nil {
		var known *fault.Error
		if !errorsAs(err, &known) {
			t.Fatalf("%s: not a fault: %v", c.name, err)
		}
		return []string{fmt.Sprintf("%s: %s", known.Field, known.Message)}
	}
	Inspect(definition)
	flows := map[string]*Definition{}
	for key, text := range c.flows {
		if flows[key], err = Parse([]byte(text)); err != nil {
			t.Fatalf("%s, %s: %v", c.name, key, err)
		}
	}
	compiled, issues := Compile(definition, Options{Channels: allChannels, Key: "eu", Flows: flows, Secrets: []string{}})
	if compiled != nil {
		return nil
	}
	for _, issue := range issues {
		if issue.Weight == Error {
			at := issue.Node
			if issue.Flow != "" {
				at = issue.Flow + "/" + at
			}
			lines = append(lines, at+": "+issue.Sentence("pt-BR"))
		}
	}
	return lines
}

// Every definition of the corpus is refused in a moment, with sentences that
// name the node or the field; the golden file has them for people to read.
func TestShowHostileDefinitions(t *testing.T) {
	golden := filepath.Join("testdata", "hostile", "definitions.golden")
	var told strings.Builder
	cases := hostileDefinitions(t)
	worst, most, which := time.Duration(0), uint64(0), ""
	for _, c := range cases {
		var lines []string
		spent, bytes := spends(func() { lines = c.complaints(t) })
		if len(lines) == 0 {
			t.Errorf("%s: it was accepted", c.name)
		}
		fmt.Fprintf(&told, "%s\n", c.name)
		for _, line := range lines {
			fmt.Fprintf(&told, "    %s\n", line)
			if strings.Contains(line, "$") || strings.HasSuffix(line, ": ") {
				t.Errorf("%s: the sentence %q is not whole", c.name, line)
			}
		}
		if spent > worst {
			worst, which = spent, c.name
		}
		most = max(most, bytes)
		if bytes > bombMemory {
			t.Errorf("%s took %d KB", c.name, bytes>>10)
		}
	}
	t.Logf("%d broken definitions, each refused with its node; the slowest (%s) in %v, the largest in %d KB", len(cases), which, worst, most>>10)
	if len(cases) < 40 {
		t.Errorf("the corpus has shrunk to %d", len(cases))
	}
	if *update {
		if err := os.WriteFile(golden, []byte(told.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != told.String() {
		t.Errorf("the complaints have changed (-update writes them):\n%s", told.String())
	}
}

// A flow in which everything is wrong is refused with as much as a person can
// read, not with a book.
func TestComplaintsAreBounded(t *testing.T) {
	var nodes []string
	const n, ways = 1500, 20
	for i := range n {
		var cases []string
		for j := range ways {
			cases = append(cases, fmt.Sprintf(`{"when":"vars.a%d == 1","next":"n%d"}`, j, (i*7+j*13+1)%n))
		}
		nodes = append(nodes, fmt.Sprintf(`{"name":"n%d","kind":"condition","cases":[%s],"else":"n%d"}`, i, strings.Join(cases, ","), (i+1)%n))
	}
	text := fmt.Sprintf(`{"schema":1,"name":"T","languages":["pt-BR"],"start":"n0","nodes":[%s]}`, strings.Join(nodes, ","))
	definition, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	compiled, issues := Compile(definition, Options{Channels: allChannels})
	if compiled != nil {
		t.Fatal("it was accepted")
	}
	told, codes := 0, map[string]int{}
	for _, issue := range issues {
		told += len(issue.Sentence("pt-BR"))
		codes[issue.Code]++
	}
	if told > 100<<10 {
		t.Errorf("%d issues of %d KB", len(issues), told>>10)
	}
	if codes[codeCycle] != maxAlike || codes[codeUnset] != maxAlike {
		t.Errorf("some of each are told: %v", codes)
	}
}
