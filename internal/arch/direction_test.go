package arch

import (
	"slices"
	"strings"
	"testing"
)

// layers from the leaf to the roof: a folder imports its own layer and those
// before it, never one behind it.
var layers = []struct {
	name  string
	roots []string
	// may name the layers that it may import, besides its own folder.
	may []string
}{
	{"base", []string{"internal/base"}, []string{"base"}},
	{"message", []string{"internal/message"}, []string{"base", "message"}},
	{"event", []string{"internal/event"}, []string{"base", "message"}},
	{"platform", []string{"internal/platform", "internal/migrations"}, []string{"base", "event", "platform"}},
	{"modules", []string{"internal/modules"}, []string{"base", "message", "event", "platform", "modules"}},
	{"sandbox", []string{"internal/sandbox"}, []string{"base", "sandbox"}},
	{"adapters", []string{"internal/adapters"}, []string{"base", "message", "event", "platform", "modules", "adapters"}},
	{"edge", []string{"internal/edge"}, []string{"base", "message", "event", "platform", "modules", "edge"}},
	{"deploy", []string{"deploy"}, nil},
	{"cloud", []string{"internal/cloud"}, []string{"base", "platform", "deploy", "cloud"}},
	{"web", []string{"web"}, []string{"base"}},
	{"bench", []string{"bench"}, []string{"base", "message", "event", "platform", "sandbox", "bench"}},
	{"app", []string{"internal/app"}, []string{"base", "message", "event", "platform", "modules", "sandbox", "adapters", "edge", "cloud", "web", "bench", "app"}},
	{"cmd", []string{"cmd"}, []string{"app", "base"}},
}

// moduleTable is which module may import which. It must stay acyclic; all else
// goes by event, or by a small interface that the module that needs it
// declares and app fills.
var moduleTable = map[string][]string{
	"audit":        nil,
	"mail":         {"audit"},
	"archive":      {"audit"},
	"tenancy":      {"audit", "mail"},
	"plan":         {"audit", "tenancy"},
	"subscription": {"audit", "mail", "plan", "tenancy"},
	"crm":          {"audit"},
	"acquisition":  {"audit", "crm", "identity", "mail", "plan", "subscription", "tenancy"},
	"identity":     {"tenancy", "audit", "mail"},
	"channel":      nil,
	"contact":      nil,
	"consent":      {"audit", "contact"},
	"media":        {"audit"},
	"move":         nil,
	"template":     {"audit", "channel"},
	"conversation": {"channel", "contact"},
	"flow":         nil,
	"botrun":       {"flow", "conversation"},
	"builder":      {"flow", "botrun", "audit"},
	"inbox":        {"conversation", "channel", "contact", "media"},
	"product":      {"audit"},
	"payment":      {"audit"},
	"order":        {"product", "payment", "audit"},
	"listing":      {"product", "audit"},
	"finops":       {"audit"},
	"sale":         {"audit", "botrun", "conversation", "flow", "listing", "order", "payment", "product"},
}

// adapterMay lists the sharing that adapters are allowed.
var adapterMay = []string{"internal/adapters/meta"}

func layerOf(folder string) int {
	return slices.IndexFunc(layers, func(l struct {
		name  string
		roots []string
		may   []string
	}) bool {
		return underAny(folder, l.roots...)
	})
}

func TestImportsPointOneWay(t *testing.T) {
	for _, s := range tree(t) {
		if s.test || underAny(s.folder, "internal/arch", "e2e") {
			continue // a test may use what its subject may not: a simulator, a database
		}
		from := layerOf(s.folder)
		if from < 0 {
			t.Errorf("%s stands in no layer: name its folder in layers", s.path)
			continue
		}
		for _, target := range s.imports {
			to := layerOf(target)
			if to < 0 {
				t.Errorf("%s imports %s, which stands in no layer", s.path, target)
				continue
			}
			if target != s.folder && !slices.Contains(layers[from].may, layers[to].name) {
				t.Errorf("%s imports %s: %s may not know %s", s.path, target, layers[from].name, layers[to].name)
			}
		}
	}
}

func TestModulesImportOnlyByTheTable(t *testing.T) {
	for _, s := range tree(t) {
		from, ok := module(s.folder)
		if !ok || s.test {
			continue
		}
		if _, known := moduleTable[from]; !known {
			t.Errorf("%s: module %s is not in moduleTable", s.path, from)
		}
		for _, target := range s.imports {
			if to, ok := module(target); ok && to != from && !slices.Contains(moduleTable[from], to) {
				t.Errorf("%s imports module %s: use an event, or declare an interface that app fills", s.path, to)
			}
		}
	}
}

func module(folder string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(folder, "internal/modules/")
	name, _, _ = strings.Cut(rest, "/")
	return name, ok
}

func TestModuleTableHasNoCycle(t *testing.T) {
	if cycle := findCycle(moduleTable); cycle != nil {
		t.Errorf("modules import each other: %s", strings.Join(cycle, " -> "))
	}
}

func TestAdaptersDoNotKnowEachOther(t *testing.T) {
	for _, s := range tree(t) {
		if !under(s.folder, "internal/adapters") || s.test {
			continue
		}
		for _, target := range s.imports {
			if under(target, "internal/adapters") && !under(target, s.folder) && !under(s.folder, target) && !underAny(target, adapterMay...) {
				t.Errorf("%s imports %s: adapters share only %s", s.path, target, strings.Join(adapterMay, ", "))
			}
		}
	}
}

func TestSimulatorsAreASecondReading(t *testing.T) {
	for _, s := range tree(t) {
		if !under(s.folder, "internal/sandbox") || s.test {
			continue
		}
		for _, target := range s.imports {
			if under(target, "internal/base") || under(target, s.folder) || (under(s.folder, "internal/sandbox/phone") && under(target, "internal/sandbox")) || under(s.folder, target) {
				continue
			}
			if name := strings.TrimPrefix(s.folder, "internal/sandbox/"); strings.HasPrefix(strings.TrimPrefix(target, "internal/sandbox/"), strings.Split(name, "/")[0]+"/") {
				continue
			}
			if under(target, "internal/sandbox/stage") {
				continue // plumbing without a vendor's word in it
			}
			t.Errorf("%s imports %s: a simulator shares no type with our adapters", s.path, target)
		}
	}
}

// pure folders do no I/O and read no clock.
var pure = []string{"internal/base", "internal/message", "internal/event", "internal/modules/flow"}

// impure packages of the standard library, each a way out of a function.
var impure = []string{"net", "net/http", "os", "os/exec", "database/sql", "syscall", "io/ioutil", "log"}

func TestPureFoldersStayPure(t *testing.T) {
	for _, s := range tree(t) {
		if s.test || !underAny(s.folder, pure...) {
			continue
		}
		for _, target := range s.outside {
			if slices.Contains(impure, target) {
				t.Errorf("%s imports %s: %s does no I/O", s.path, target, s.folder)
			}
		}
		for _, target := range s.imports {
			if underAny(target, "internal/platform") {
				t.Errorf("%s imports %s: %s does no I/O", s.path, target, s.folder)
			}
		}
		if s.folder == "internal/base/clock" {
			continue
		}
		for _, call := range calls(s, "time", "Now") {
			t.Errorf("%s reads the clock: take the time as an argument", s.line(call))
		}
	}
}

// Go forbids cycles of packages, not of folders; a reader meets folders.
func TestFoldersHaveNoCycle(t *testing.T) {
	edges := map[string]map[string]map[string]bool{} // parent -> child -> child
	for _, s := range tree(t) {
		if s.test || strings.HasSuffix(s.folder, "test") {
			continue
		}
		for _, target := range s.imports {
			parent, from, to := split(s.folder, target)
			if from == to || from == "" || to == "" {
				continue
			}
			if edges[parent] == nil {
				edges[parent] = map[string]map[string]bool{}
			}
			if edges[parent][from] == nil {
				edges[parent][from] = map[string]bool{}
			}
			edges[parent][from][to] = true
		}
	}
	for parent, children := range edges {
		graph := map[string][]string{}
		for from, targets := range children {
			for to := range targets {
				graph[from] = append(graph[from], to)
			}
			slices.Sort(graph[from])
		}
		if cycle := findCycle(graph); cycle != nil {
			t.Errorf("folders of %s import each other: %s", parent, strings.Join(cycle, " -> "))
		}
	}
}

// split finds where two folders part: their common parent and the child of it
// on either side, empty for a folder that is the parent itself.
func split(a, b string) (parent, childA, childB string) {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(as) && n < len(bs) && as[n] == bs[n] {
		n++
	}
	parent = strings.Join(as[:n], "/")
	if n < len(as) {
		childA = as[n]
	}
	if n < len(bs) {
		childB = bs[n]
	}
	return parent, childA, childB
}

// findCycle gives one cycle of the graph as a path, nil when there is none.
func findCycle(graph map[string][]string) []string {
	const (
		unseen = iota
		open
		closed
	)
	state := map[string]int{}
	var trail []string
	var visit func(node string) []string
	visit = func(node string) []string {
		switch state[node] {
		case open:
			return append(slices.Clone(trail[slices.Index(trail, node):]), node)
		case closed:
			return nil
		}
		state[node] = open
		trail = append(trail, node)
		for _, next := range graph[node] {
			if cycle := visit(next); cycle != nil {
				return cycle
			}
		}
		trail = trail[:len(trail)-1]
		state[node] = closed
		return nil
	}
	nodes := make([]string, 0, len(graph))
	for node := range graph {
		nodes = append(nodes, node)
	}
	slices.Sort(nodes)
	for _, node := range nodes {
		if cycle := visit(node); cycle != nil {
			return cycle
		}
	}
	return nil
}

func TestFindCycleFinds(t *testing.T) {
	if findCycle(map[string][]string{"a": {"b"}, "b": {"c"}, "c": {"a"}}) == nil {
		t.Error("a cycle was not seen")
	}
	if findCycle(map[string][]string{"a": {"b", "c"}, "b": {"c"}}) != nil {
		t.Error("a cycle was seen where none is")
	}
}
