package move

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/job"
)

// What a range holds at most when it is cut; it may grow later.
const (
	rangeRows  = 2000
	rangeBytes = 4 << 20
)

// Range is a piece of a table as it was at the source.
type Range struct {
	// To is the key of its last row; nil for the last range, which has no end.
	To   []string `json:"to"`
	Rows int64    `json:"rows"`
	Hash string   `json:"hash"`
}

// Sheet is a table as it was at the source.
type Sheet struct {
	Table   string           `json:"table"`
	Columns []string         `json:"columns"`
	Rows    int64            `json:"rows"`
	Sums    map[string]int64 `json:"sums,omitempty"`
	Ranges  []Range          `json:"ranges"`
}

// Manifest is a copy of a company.
type Manifest struct {
	Form      string `json:"form"` // "prosa.move.v1"
	MoveID    string `json:"move_id"`
	CompanyID string `json:"company_id"`
	Number    int    `json:"number"`
	// Final: it was taken while nobody wrote; what is loaded from it is whole.
	Final   bool              `json:"final"`
	BeganMS int64             `json:"began_ms"`
	TookMS  int64             `json:"took_ms"`
	Sheets  []Sheet           `json:"sheets"`
	People  map[string]int64  `json:"people"` // rows of people's tables
	Files   []blob.Ref        `json:"files"`
	Jobs    []json.RawMessage `json:"jobs"` // files of messages that are still to be fetched
	// Root is the hash of all hashes: two manifests with the same are the same copy.
	Root string `json:"root"`
	// Sent counts the chunks that the copy before did not have.
	Sent int `json:"sent"`
}

// Rows counts the rows of all tables.
func (m *Manifest) Rows() (n int64) {
	for _, sheet := range m.Sheets {
		n += sheet.Rows
	}
	return n
}

func manifestName(number int) string { return fmt.Sprintf("manifest-%06d.json", number) }

// latest gives the newest manifest of a move; nil when there is none.
func (f *files) latest(ctx context.Context) (*Manifest, error) {
	number := 0
	err := f.shelf.List(ctx, f.prefix+"manifest-", func(item blob.Item) error {
		var n int
		if _, err := fmt.Sscanf(item.Name[len(f.prefix):], "manifest-%06d.json", &n); err == nil {
			number = max(number, n)
		}
		return nil
	})
	if err != nil || number == 0 {
		return nil, err
	}
	var m Manifest
	err = f.getJSON(ctx, manifestName(number), &m)
	return &m, err
}

// gather copies the company: what the copy before has already is not sent again.
// It is a copy once the manifest that it gives lies there too.
func (s *Service) gather(ctx context.Context, f *files, moveID, companyID string, final bool) (*Manifest, error) {
	before, err := f.latest(ctx)
	if err != nil {
		return nil, err
	}
	m := &Manifest{Form: "prosa.move.v1", MoveID: moveID, CompanyID: companyID, Number: 1, Final: final, BeganMS: s.nowMS(), People: map[string]int64{}}
	known, cuts := map[string]bool{}, map[string][][]string{}
	if before != nil {
		m.Number = before.Number + 1
		for _, sheet := range before.Sheets {
			for _, r := range sheet.Ranges {
				known[r.Hash] = true
				if r.To != nil {
					cuts[sheet.Table] = append(cuts[sheet.Table], r.To)
				}
			}
		}
	}
	tables, err := tablesOf(ctx, s.db)
	if err != nil {
		return nil, err
	}
	for i := range tables {
		sheet, sent, err := s.copySheet(ctx, f, &tables[i], companyID, cuts[tables[i].Name], known)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", tables[i].Name, err)
		}
		m.Sheets, m.Sent = append(m.Sheets, sheet), m.Sent+sent
	}
	if err := s.copyPeople(ctx, f, m); err != nil {
		return nil, err
	}
	if err := s.copyFiles(ctx, f, m, before); err != nil {
		return nil, err
	}
	if err := s.copyJobs(ctx, m); err != nil {
		return nil, err
	}
	m.Root, m.TookMS = f.root(m), s.nowMS()-m.BeganMS
	return m, nil
}

func (f *files) root(m *Manifest) string {
	sum := f.sum()
	for _, sheet := range m.Sheets {
		fmt.Fprintf(sum, "%s %d\n", sheet.Table, sheet.Rows)
		for _, r := range sheet.Ranges {
			fmt.Fprintf(sum, "%s\n", r.Hash)
		}
	}
	for _, file := range m.Files {
		fmt.Fprintf(sum, "%s\n", file.Hash)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// chunk gathers the rows of one range.
type chunk struct {
	content bytes.Buffer
	hashed  interface {
		Write([]byte) (int, error)
		Sum([]byte) []byte
	}
	rows int64
}

// copySheet copies one table. The ranges of the copy before keep their edges, so
// that what did not change keeps its hash; what is behind the last edge is cut
// anew.
func (s *Service) copySheet(ctx context.Context, f *files, t *table, companyID string, cuts [][]string, known map[string]bool) (sheet Sheet, sent int, err error) {
	sheet = Sheet{Table: t.Name, Sums: map[string]int64{}, Ranges: []Range{}}
	for _, c := range t.columns {
		sheet.Columns = append(sheet.Columns, c.name)
	}
	now := &chunk{hashed: f.sum()}
	end := func(to []string) error {
		r := Range{To: to, Rows: now.rows, Hash: hex.EncodeToString(now.hashed.Sum(nil))}
		if !known[r.Hash] && now.rows > 0 {
			if err := f.put(ctx, "chunks/"+r.Hash, now.content.Bytes()); err != nil {
				return err
			}
			known[r.Hash] = true
			sent++
		}
		sheet.Ranges, sheet.Rows = append(sheet.Ranges, r), sheet.Rows+r.Rows
		now = &chunk{hashed: f.sum()}
		return nil
	}
	after := []string(nil)
	for _, to := range cuts {
		err := s.each(ctx, t, companyID, span{after, to}, func(values []any) error { return now.add(t, values, &sheet) })
		if err != nil {
			return sheet, sent, err
		}
		if err := end(to); err != nil {
			return sheet, sent, err
		}
		after = to
	}
	var last []string
	err = s.each(ctx, t, companyID, span{after, nil}, func(values []any) error {
		if now.rows >= rangeRows || now.content.Len() >= rangeBytes {
			if err := end(last); err != nil {
				return err
			}
		}
		last = t.keyOf(values)
		return now.add(t, values, &sheet)
	})
	if err != nil {
		return sheet, sent, err
	}
	return sheet, sent, end(nil)
}

func (c *chunk) add(t *table, values []any, sheet *Sheet) error {
	line, err := t.line(values, false)
	if err != nil {
		return err
	}
	hashed, err := t.line(values, true)
	if err != nil {
		return err
	}
	c.content.Write(append(line, '\n'))
	_, _ = c.hashed.Write(append(hashed, '\n')) // a hash takes everything
	c.rows++
	for _, name := range summed[t.Name] {
		n, _ := values[t.at(name)].(int64)
		sheet.Sums[name] += n
	}
	return nil
}

// copyPeople copies those who work for the company, whole each time: they are
// few.
func (s *Service) copyPeople(ctx context.Context, f *files, m *Manifest) error {
	tables, err := peopleTables(ctx, s.db)
	if err != nil {
		return err
	}
	for i := range tables {
		t := &tables[i]
		var content bytes.Buffer
		err := s.each(ctx, t, m.CompanyID, span{}, func(values []any) error {
			if at := t.at("operator"); at >= 0 {
				values[at] = false // staff is staff of one installation
			}
			line, err := t.line(values, false)
			content.Write(append(line, '\n'))
			m.People[t.Name]++
			return err
		})
		if err != nil {
			return err
		}
		if err := f.put(ctx, fmt.Sprintf("people-%06d/%s", m.Number, t.Name), content.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// copyJobs notes what is still to be fetched; nobody else's jobs name a company.
func (s *Service) copyJobs(ctx context.Context, m *Manifest) error {
	return s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) (err error) {
		m.Jobs, err = job.Waiting(ctx, tx, s.with.Fetching, `"`+m.CompanyID+`"`)
		return err
	})
}

func lines(content []byte) [][]byte {
	return slices.DeleteFunc(bytes.Split(content, []byte{'\n'}), func(line []byte) bool { return len(line) == 0 })
}

// sameColumns refuses a copy of a table that looks otherwise here.
func (t *table) sameColumns(sheet Sheet) error {
	if !slices.EqualFunc(t.columns, sheet.Columns, func(c column, name string) bool { return c.name == name }) {
		return fault.Refuse("schema", "the table %s has other columns here: bring both sides to the same release", t.Name)
	}
	return nil
}
