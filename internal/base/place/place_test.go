package place_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"prosa/internal/base/place"
)

// spelled finds lists of lines and of environments as Terraform, the API's contract
// and the pages write them: with bars, commas or words between, or one a line.
var spelled = regexp.MustCompile("(?:^|[^a-z-])(?:massivo|dev)(?:" + next + ")+")

const next = `["']?(?:\s*[|,]\s*| and | or |\s*\n\s*- )["']?[a-z]+`

var word = regexp.MustCompile(`[a-z]+`)

// TestEveryListIsThisOne looks for lists of lines and of environments outside this
// package: each has to be this one, with shared behind it or not.
func TestEveryListIsThisOne(t *testing.T) {
	found := map[string]int{}
	for root, endings := range map[string][]string{
		"../../../deploy/terraform": {".tf", ".schema.json"}, "../../../api": {".yaml"}, "../../../web/src/features/cost": {".ts"},
	} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(path, ending) }) {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, list := range spelled.FindAllString(string(text), -1) {
				words := slices.DeleteFunc(word.FindAllString(list, -1), func(w string) bool { return w == "and" || w == "or" })
				found[filepath.Ext(path)]++
				if n := len(words); words[n-1] == place.Shared {
					words = words[:n-1]
				}
				if !slices.Equal(words, place.Lines()) && !slices.Equal(words, place.Environments()) {
					t.Errorf("%s lists %v", path, words)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found[".tf"] < 8 || found[".yaml"] < 8 || found[".ts"] < 2 {
		t.Errorf("hardly any list was found: %v", found)
	}
}
