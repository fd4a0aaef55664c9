package expression

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// limits of what one hostile expression may cost, parsing included.
const (
	hostileTime   = slower * 50 * time.Millisecond
	hostileMemory = 10 << 20
	hostileFuel   = Fuel(20_000) // a whole turn's
)

// hostile reads the corpus: an expression a line, "#" for remarks. A line may
// hold one "<part*n>", which stands for the part n times over.
func hostile(t *testing.T) (sources []string) {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "hostile.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		if line != "" && !strings.HasPrefix(line, "#") {
			sources = append(sources, line)
		}
	}
	return sources
}

// spelled writes out the repetitions of a line.
func spelled(t *testing.T, line string) string {
	t.Helper()
	for {
		open := strings.Index(line, "<<")
		if open < 0 {
			return line
		}
		end := open + strings.Index(line[open:], ">>")
		part, times, found := strings.Cut(line[open+2:end], "~")
		n := 0
		for _, digit := range times {
			n = n*10 + int(digit-'0')
		}
		if !found || n == 0 {
			t.Fatalf("%q repeats nothing", line)
		}
		line = line[:open] + strings.Repeat(part, n) + line[end+2:]
	}
}

// Every source of the corpus is refused or runs to its end, or out of fuel, in a
// moment and in little memory, over values as long as there are.
func TestShowHostileExpressions(t *testing.T) {
	values := scope{
		"vars.x": Of(strings.Repeat("é", maxText/2)), "vars.y": Of(strings.Repeat("aA1 ", maxText/4)), "vars.n": OfNumber(1e308), "vars.e": Of("1e999999999"),
		"vars.t": Of("{{vars.x}}{{vars.x}}"), "contact.name": Of(strings.Repeat("\u0301", maxText/2)),
	}
	refused, spent, finished := 0, 0, 0
	sources := hostile(t)
	for _, line := range sources {
		source := spelled(t, line)
		var outcome string
		best, bytes := time.Hour, uint64(0)
		for range 3 { // the machine may be busy with others' work
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := processorTime()
			template, err := Parse("{{" + source + "}}")
			if err != nil {
				outcome = "refused: " + err.Error()
			} else {
				fuel := hostileFuel
				out, err := template.Render(values, &fuel)
				switch {
				case errors.Is(err, ErrFuel):
					outcome = "out of fuel"
				case len(out) > maxText:
					t.Errorf("%.60s made %d bytes", line, len(out))
				default:
					outcome = "finished"
				}
			}
			best = min(best, processorTime()-start)
			runtime.ReadMemStats(&after)
			bytes = after.TotalAlloc - before.TotalAlloc
		}
		switch {
		case strings.HasPrefix(outcome, "refused"):
			refused++
		case outcome == "finished":
			finished++
		default:
			spent++
		}
		t.Logf("%8v %6d KB  %-46.46s %s", best.Round(time.Microsecond), bytes>>10, line, shortest(outcome))
		if best > hostileTime || bytes > hostileMemory {
			t.Errorf("%.60s took %v and %d KB", line, best, bytes>>10)
		}
	}
	t.Logf("%d expressions: %d refused, %d out of fuel, %d finished", len(sources), refused, spent, finished)
	if len(sources) < 30 || refused == 0 || spent == 0 || finished == 0 {
		t.Errorf("the corpus is one-sided: %d refused, %d out of fuel, %d finished", refused, spent, finished)
	}
}

func shortest(text string) string {
	if len(text) > 70 {
		return text[:70]
	}
	return text
}

// A message may hold as many expressions as its text allows: they share the
// fuel of their turn.
func TestHostileTemplatesShareTheirFuel(t *testing.T) {
	values := scope{"vars.x": Of(strings.Repeat("é", 500))}
	for _, line := range []string{"{{vars.x}}", "{{upper(vars.x)}}", "{{vars.x + vars.x}}", "{{vars.x == upper(vars.x)}}", "{{length(vars.x + vars.x)}}", "{{money(1)}}"} {
		source := strings.Repeat(line, 8000/len(line))
		template, err := Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		start := processorTime()
		fuel, turns := hostileFuel, 0
		for ; turns < 100; turns++ { // as many steps as a turn has
			if _, err := template.Render(values, &fuel); err != nil {
				break
			}
		}
		if spent := processorTime() - start; spent > hostileTime {
			t.Errorf("%s took %v", line, spent)
		}
		if turns == 100 {
			t.Errorf("%s never ran out of fuel", line)
		}
	}
}
