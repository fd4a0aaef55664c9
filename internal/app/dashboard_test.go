package app

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"prosa/internal/platform/telemetry"
)

// metric is what the code says of a metric where it makes it.
type metric struct {
	kind   string // Counter, Gauge, Histogram
	labels []string
}

// exported reads the metrics out of the code: a vector without a value yet is not
// told by its registry.
func exported(t *testing.T) map[string]metric {
	t.Helper()
	found := map[string]metric{}
	err := filepath.WalkDir(filepath.Join("..", "..", "internal"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if made, ok := madeMetric(node); ok {
				found[made.name] = made.metric
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	families, err := telemetry.NewMetrics("v", "t").Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if _, ours := found[family.GetName()]; !ours {
			kind := family.GetType().String()
			found[family.GetName()] = metric{kind: kind[:1] + strings.ToLower(kind[1:])}
		}
	}
	return found
}

type namedMetric struct {
	name string
	metric
}

// madeMetric reads m.Counter("prosa_x_total", "help", "label").
func madeMetric(node ast.Node) (namedMetric, bool) {
	call, ok := node.(*ast.CallExpr)
	if !ok || len(call.Args) < 2 {
		return namedMetric{}, false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"Counter", "Gauge", "GaugeFunc", "Histogram"}, method.Sel.Name) {
		return namedMetric{}, false
	}
	texts := make([]string, len(call.Args))
	for i, argument := range call.Args {
		if literal, ok := argument.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			texts[i], _ = strconv.Unquote(literal.Value)
		}
	}
	labels := texts[2:]
	kind := strings.TrimSuffix(method.Sel.Name, "Func")
	if kind == "Histogram" && len(labels) > 0 {
		labels = labels[1:] // its buckets
	}
	return namedMetric{texts[0], metric{kind, labels}}, strings.HasPrefix(texts[0], "prosa_")
}

var (
	metricName = regexp.MustCompile(`\b(?:prosa|process|go)_[a-z0-9_]+`)
	byLabels   = regexp.MustCompile(`\bby \(([^)]*)\)`)
	inBraces   = regexp.MustCompile(`\{([^}]*)\}`)
	labelName  = regexp.MustCompile(`([a-z_]+)\s*(?:=~|!~|!=|=)`)
	shownLabel = regexp.MustCompile(`\{\{([a-z_]+)\}\}`)
)

// collectors' own labels, which every series has.
var always = []string{"job", "instance", "le"}

// judge says what an expression asks that the code does not export.
func judge(expression, legend string, known map[string]metric) []string {
	var wrong []string
	var have []string
	names := metricName.FindAllString(expression, -1)
	if len(names) == 0 {
		return []string{"asks for no metric of ours"}
	}
	for _, name := range names {
		made, found := known[name]
		for _, end := range []string{"_bucket", "_count", "_sum"} {
			if cut, ok := strings.CutSuffix(name, end); ok && !found {
				made, found = known[cut]
				if found && made.kind != "Histogram" {
					wrong = append(wrong, cut+" is no histogram")
				}
			}
		}
		switch {
		case !found:
			wrong = append(wrong, name+" is not exported")
		case strings.HasSuffix(name, "_bucket") != strings.Contains(expression, "histogram_quantile"):
			wrong = append(wrong, name+": a quantile is taken of buckets, and of nothing else")
		case (made.kind == "Gauge") == strings.Contains(expression, "rate("+name):
			wrong = append(wrong, name+": a rate is taken of what only grows, and of all of that")
		}
		have = append(have, made.labels...)
	}
	asked := shownLabel.FindAllStringSubmatch(legend, -1)
	for _, list := range byLabels.FindAllStringSubmatch(expression, -1) {
		for label := range strings.SplitSeq(list[1], ",") {
			asked = append(asked, []string{"", strings.TrimSpace(label)})
		}
	}
	for _, braces := range inBraces.FindAllStringSubmatch(expression, -1) {
		asked = append(asked, labelName.FindAllStringSubmatch(braces[1], -1)...)
	}
	for _, label := range asked {
		if !slices.Contains(have, label[1]) && !slices.Contains(always, label[1]) {
			wrong = append(wrong, "no label "+label[1])
		}
	}
	return wrong
}

func TestDashboardsShowWhatIsExported(t *testing.T) {
	known := exported(t)
	files, err := filepath.Glob(filepath.Join("..", "..", "deploy", "dashboards", "*.json"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d dashboards, %v", len(files), err)
	}
	shown := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var dashboard struct {
			Panels []struct {
				Title   string
				Targets []struct{ Expr, LegendFormat string }
			}
		}
		if err := json.Unmarshal(text, &dashboard); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, panel := range dashboard.Panels {
			for _, target := range panel.Targets {
				for _, problem := range judge(target.Expr, target.LegendFormat, known) {
					t.Errorf("%s: %s: %s", filepath.Base(file), panel.Title, problem)
				}
				for _, name := range metricName.FindAllString(target.Expr, -1) {
					shown[strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_count")] = true
				}
			}
		}
	}
	for name := range known {
		if strings.HasPrefix(name, "prosa_") && !shown[name] {
			t.Errorf("%s is exported, and no dashboard shows it", name)
		}
	}
}

// The judge can fail.
func TestDashboardsJudgeKnowsMistakes(t *testing.T) {
	known := map[string]metric{"prosa_a_total": {"Counter", []string{"channel"}}, "prosa_b": {"Gauge", nil}, "prosa_c_seconds": {"Histogram", nil}}
	for expression, says := range map[string]string{
		`sum(rate(prosa_gone_total[5m]))`:                    "not exported",
		`sum(prosa_a_total)`:                                 "a rate",
		`rate(prosa_b[5m])`:                                  "a rate",
		`histogram_quantile(0.9, rate(prosa_c_seconds[5m]))`: "buckets",
		`sum by (colour) (rate(prosa_a_total[5m]))`:          "no label colour",
		`rate(prosa_a_total{colour="red"}[5m])`:              "no label colour",
		`rate(prosa_b_bucket[5m])`:                           "no histogram",
		`up`:                                                 "no metric",
	} {
		if problems := strings.Join(judge(expression, "", known), "; "); !strings.Contains(problems, says) {
			t.Errorf("%s: %q, want %q", expression, problems, says)
		}
	}
	if problems := judge(`sum by (channel) (rate(prosa_a_total{job=~"x"}[5m]))`, "{{channel}}", known); len(problems) > 0 {
		t.Error(problems)
	}
}
