package migrations

import (
	"cmp"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"prosa/internal/base/fault"
)

// Table is a table that the files make. Those of the job queue are not among
// them.
type Table struct {
	Name  string
	Owner string // the package whose file makes it: "modules/mail", "platform/outbox"
	// Company tells that its rows belong to companies: it has a tenant_id.
	Company bool
}

var (
	fileName    = regexp.MustCompile(`^\d{12}_([a-z]+)_([a-z_0-9]+)\.sql$`)
	createTable = regexp.MustCompile(`(?s)CREATE TABLE (?:IF NOT EXISTS )?([a-z_]+) \((.*?)\n\)`)
	tenantID    = regexp.MustCompile(`(?m)^\s*tenant_id\s`)
)

// Tables lists every table of the schema by name.
func Tables() ([]Table, error) {
	var list []Table
	err := fs.WalkDir(files, ".", func(at string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(at) != ".sql" {
			return err
		}
		name := fileName.FindStringSubmatch(path.Base(at))
		if name == nil {
			return fault.New(fault.Internal, "the migration %s is named after no module", at)
		}
		text, err := files.ReadFile(at)
		if err != nil {
			return err
		}
		up, _, _ := strings.Cut(string(text), "-- +goose Down")
		for _, table := range createTable.FindAllStringSubmatch(up, -1) {
			list = append(list, Table{Name: table[1], Owner: ownerOf(name[1], name[2], table[1]), Company: tenantID.MatchString(table[2])})
		}
		return nil
	})
	slices.SortFunc(list, func(a, b Table) int { return cmp.Compare(a.Name, b.Name) })
	return slices.CompactFunc(list, func(a, b Table) bool { return a.Name == b.Name }), err
}

// platformOwners are the packages of those of the plumbing's tables that stand
// in a file named after another, by the beginning of the table's name.
var platformOwners = map[string]string{"shard": "platform/shard", "process": "platform/shard", "schema": "migrations"}

func ownerOf(module, noun, table string) string {
	if module != "platform" {
		return "modules/" + module
	}
	word, _, _ := strings.Cut(table, "_")
	return cmp.Or(platformOwners[word], "platform/"+noun)
}
