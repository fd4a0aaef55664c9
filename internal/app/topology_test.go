package app

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// subjectInCode finds the subjects that the code names: "in.channel.%d",
// "event." + number, "dead.conversation", "wake.".
var subjectInCode = regexp.MustCompile(`"((?:in\.[a-z]+|event|dead|wake)\.[a-z%]*)`)

// The table of topology.go is held against the code: a subject that is not on
// it is a defect of the table, and one that nobody names is a lie.
func TestTopologyIsWhatTheCodeNames(t *testing.T) {
	named := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "topology.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, match := range subjectInCode.FindAllStringSubmatch(string(text), -1) {
			subject := strings.TrimRight(strings.TrimSuffix(match[1], "%d"), ".")
			if !slices.Contains(named[subject], path) {
				named[subject] = append(named[subject], path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, route := range Topology() {
		root := strings.TrimSuffix(route.Subject, ".<shard>")
		listed[root] = true
		if len(named[root]) == 0 {
			t.Errorf("nobody names %s", route.Subject)
		}
		if len(route.Writers) == 0 || len(route.Readers) == 0 || route.Carries == "" || route.Retained == "" {
			t.Errorf("%s is not told whole: %+v", route.Subject, route)
		}
	}
	for subject, paths := range named {
		if !listed[subject] && subject != "in.payment" && subject != "in.mail" && subject != "dead" {
			t.Errorf("%s is named by %s and stands nowhere in the topology", subject, strings.Join(paths, ", "))
		}
	}
}

func TestEveryTargetIsMadeOfKnownServices(t *testing.T) {
	all := targets()
	for target, names := range all {
		if names[0] != "stream" {
			t.Errorf("%s starts with %s: whoever needs the stream would find none", target, names[0])
		}
		for _, name := range names {
			if target != targetAll && !slices.Contains(all[targetAll], name) && name != "event wake-ups" {
				t.Errorf("%s runs %s, which 'all' does not", target, name)
			}
		}
	}
	for _, name := range all[targetAll] {
		if !slices.Contains(all[targetGateway], name) && !slices.Contains(all[targetAPI], name) && !slices.Contains(all[targetWorker], name) {
			t.Errorf("split in three, nobody runs %s", name)
		}
	}
}
