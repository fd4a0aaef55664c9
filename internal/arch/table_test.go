package arch

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	migrationName = regexp.MustCompile(`^\d{12}_([a-z]+)_[a-z_0-9]+\.sql$`)
	createTable   = regexp.MustCompile(`(?i)CREATE TABLE (?:IF NOT EXISTS )?([a-z_]+)`)
	namedTable    = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)`)
)

// Each table has one writer and one reader: the module whose migration made
// it. What others need they ask for, or hear by event.
func TestModulesNameOnlyTheirOwnTables(t *testing.T) {
	owner := map[string]string{}
	for _, pattern := range []string{"*.sql", "sqlite/*.sql", "postgres/*.sql"} {
		files, err := filepath.Glob(filepath.Join(projectRoot(t), "internal/migrations", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			parts := migrationName.FindStringSubmatch(filepath.Base(file))
			if parts == nil {
				t.Errorf("%s is not named YYYYMMDDHHMM_<module>_<what>.sql", file)
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range createTable.FindAllStringSubmatch(string(text), -1) {
				owner[table[1]] = parts[1]
			}
		}
	}
	if len(owner) < 10 {
		t.Fatalf("only %d tables were found", len(owner))
	}
	for _, s := range tree(t) {
		from, isModule := module(s.folder)
		if s.test || !(isModule || underAny(s.folder, "internal/edge", "internal/adapters", "internal/app")) {
			continue
		}
		eachSQL(s, func(literal *ast.BasicLit, text string) {
			for _, match := range namedTable.FindAllStringSubmatch(text, -1) {
				table := strings.ToLower(match[1])
				if holder, known := owner[table]; known && holder != from {
					t.Errorf("%s names the table %s of %s", s.line(literal), table, holder)
				}
			}
		})
	}
}
