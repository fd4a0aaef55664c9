package move

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
)

// Loaded is what loading a copy came to: every range of every table is equal to
// the source's then.
type Loaded struct {
	Number   int                         `json:"number"`
	Final    bool                        `json:"final"`
	Root     string                      `json:"root"`
	Rows     map[string]int64            `json:"rows"`
	Sums     map[string]map[string]int64 `json:"sums"`
	Ranges   int                         `json:"ranges"`
	Replaced int                         `json:"replaced"` // of the ranges
	Files    int                         `json:"files"`
	NewFiles int                         `json:"new_files"`
	People   map[string]int64            `json:"people"`
	AtMS     int64                       `json:"at_ms"`
	TookMS   int64                       `json:"took_ms"`
}

func loadedName(number int) string { return fmt.Sprintf("loaded-%06d.json", number) }

// load makes the target's rows equal to a copy: what differs is replaced, range
// by range, and read again. It may be broken off and repeated.
func (s *Service) load(ctx context.Context, f *files, m *Manifest) (*Loaded, error) {
	by := held{m.CompanyID, m.MoveID, hold.Arriving}
	out := &Loaded{Number: m.Number, Final: m.Final, Root: m.Root, Rows: map[string]int64{}, Sums: map[string]map[string]int64{}, People: map[string]int64{}, Files: len(m.Files)}
	began := s.nowMS()
	tables, err := tablesOf(ctx, s.db)
	if err != nil {
		return nil, err
	}
	if len(tables) != len(m.Sheets) {
		return nil, fault.Refuse("schema", "the copy has %d tables, this release %d: bring both sides to the same release", len(m.Sheets), len(tables))
	}
	for i, sheet := range m.Sheets {
		t := &tables[i]
		if t.Name != sheet.Table {
			return nil, fault.Refuse("schema", "the copy has a table %s where this release has %s", sheet.Table, t.Name)
		}
		if err := t.sameColumns(sheet); err != nil {
			return nil, err
		}
		if err := s.loadSheet(ctx, f, t, by, sheet, out); err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	if err := s.loadPeople(ctx, f, m, by, out); err != nil {
		return nil, err
	}
	if out.NewFiles, err = s.loadFiles(ctx, f, m); err != nil {
		return nil, err
	}
	out.AtMS = s.nowMS()
	out.TookMS = out.AtMS - began
	return out, f.putJSON(ctx, loadedName(m.Number), out)
}

// loadSheet makes one table equal. What is wrong is deleted before anything is
// laid down, since a row that comes may take a place that one to go still has.
func (s *Service) loadSheet(ctx context.Context, f *files, t *table, by held, sheet Sheet, out *Loaded) error {
	companyID := by.companyID
	spans := make([]span, len(sheet.Ranges))
	var wrong []int
	out.Sums[t.Name] = map[string]int64{}
	for i, r := range sheet.Ranges {
		spans[i].to = r.To
		if i > 0 {
			spans[i].after = sheet.Ranges[i-1].To
		}
		hash, sums, err := s.hash(ctx, f, t, companyID, spans[i])
		if err != nil {
			return err
		}
		if hash != r.Hash {
			wrong = append(wrong, i)
			continue
		}
		add(out.Sums[t.Name], sums)
	}
	for _, i := range wrong {
		if err := s.write(ctx, by, func(ctx context.Context, tx *database.Tx) error {
			_, err := t.remove(ctx, tx, companyID, spans[i])
			return err
		}); err != nil {
			return err
		}
	}
	for _, i := range wrong {
		if sheet.Ranges[i].Rows > 0 {
			if err := s.lay(ctx, f, t, by, sheet.Ranges[i].Hash); err != nil {
				return err
			}
		}
	}
	for _, i := range wrong {
		hash, sums, err := s.hash(ctx, f, t, companyID, spans[i])
		if err != nil {
			return err
		}
		if hash != sheet.Ranges[i].Hash {
			return fault.New(fault.Conflict, "a range that was laid down is not what the source had: somebody writes for the company here")
		}
		add(out.Sums[t.Name], sums)
	}
	for name, sum := range sheet.Sums {
		if out.Sums[t.Name][name] != sum {
			return fault.New(fault.Internal, "the sum of %s is %d, at the source it was %d", name, out.Sums[t.Name][name], sum)
		}
	}
	out.Ranges, out.Replaced, out.Rows[t.Name] = out.Ranges+len(spans), out.Replaced+len(wrong), sheet.Rows
	return nil
}

func add(to, from map[string]int64) {
	for name, n := range from {
		to[name] += n
	}
}

// hash gives the hash of the rows that lie here, and their sums.
func (s *Service) hash(ctx context.Context, f *files, t *table, companyID string, within span) (string, map[string]int64, error) {
	sum, sums := f.sum(), map[string]int64{}
	err := s.each(ctx, t, companyID, within, func(values []any) error {
		line, err := t.line(values, true)
		if err != nil {
			return err
		}
		_, _ = sum.Write(append(line, '\n')) // a hash takes everything
		for _, name := range summed[t.Name] {
			n, _ := values[t.at(name)].(int64)
			sums[name] += n
		}
		return nil
	})
	return hex.EncodeToString(sum.Sum(nil)), sums, err
}

// lay inserts the rows of a chunk, sealed by this installation's key.
func (s *Service) lay(ctx context.Context, f *files, t *table, by held, hash string) error {
	content, err := f.get(ctx, "chunks/"+hash)
	if err != nil {
		return err
	}
	args, err := s.ours(t, by.companyID, content)
	if err != nil {
		return err
	}
	err = s.write(ctx, by, func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.All(ctx, t.insert(), args, nil)
		return err
	})
	if database.IsUnique(err) {
		return fault.Refuse("taken", "a row of %s has something that must be unique and belongs to another company here: %v", t.Name, err)
	}
	return err
}

// ours reads rows and makes them this installation's. Error: Refused for one that
// is not the company's.
func (s *Service) ours(t *table, companyID string, content []byte) (args [][]any, err error) {
	for _, line := range lines(content) {
		values, err := t.read(line)
		if err != nil {
			return nil, err
		}
		if err := t.belongs(companyID, values); err != nil {
			return nil, err
		}
		if err := t.seal(s.box, companyID, values); err != nil {
			return nil, err
		}
		if at := t.at("line"); at >= 0 && t.Name == "tenant" {
			values[at] = s.with.Line
		}
		args = append(args, values)
	}
	return args, nil
}

// loadPeople lays down those who work for the company. Somebody who is at home
// here already, as staff or in another company, keeps what they have here.
func (s *Service) loadPeople(ctx context.Context, f *files, m *Manifest, by held, out *Loaded) error {
	tables, err := peopleTables(ctx, s.db)
	if err != nil {
		return err
	}
	atHome, err := s.atHome(ctx, m.CompanyID)
	if err != nil {
		return err
	}
	people, err := s.people(ctx, m.CompanyID)
	if err != nil {
		return err
	}
	for i := range tables {
		t := &tables[i]
		content, err := f.get(ctx, fmt.Sprintf("people-%06d/%s", m.Number, t.Name))
		if err != nil {
			return err
		}
		all, err := s.ours(t, m.CompanyID, content)
		if err != nil {
			return err
		}
		all = t.humble(people, all)
		person := t.at("user_id")
		if person < 0 {
			person = t.at("id")
		}
		out.People[t.Name] = int64(len(all))
		rows := slices.DeleteFunc(all, func(values []any) bool { return atHome[values[person].(string)] })
		err = s.write(ctx, by, func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Each(ctx, t.upsert(), rows, nil)
			return err
		})
		if database.IsUnique(err) {
			return fault.Refuse("person_taken", "somebody here has the e-mail of one of the company's people under another account: change one of them first")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// atHome gives the people who belong here without this company.
func (s *Service) atHome(ctx context.Context, companyID string) (map[string]bool, error) {
	found := map[string]bool{}
	err := s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		for _, query := range []string{
			"SELECT user_id FROM " + "member WHERE tenant_id <> $1",
			"SELECT id FROM " + "app_user WHERE operator AND id <> $1",
		} {
			rows, err := tx.Query(ctx, query, companyID)
			if err != nil {
				return err
			}
			for rows.Next() {
				var who string
				if err := rows.Scan(&who); err != nil {
					rows.Close()
					return err
				}
				found[who] = true
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

// wipe deletes all that a move takes along, in pieces, and those who worked for
// nobody else: these first, since the rows that tell who they are go too. It may
// be repeated.
func (s *Service) wipe(ctx context.Context, by held) (gone int64, err error) {
	companyID := by.companyID
	tables, err := tablesOf(ctx, s.db)
	if err != nil {
		return 0, err
	}
	if err := s.forgetPeople(ctx, by); err != nil {
		return 0, err
	}
	for i := range tables {
		t := &tables[i]
		key := "tenant_id"
		if len(t.key) > 0 {
			key = t.names(t.key)
		}
		for more := true; more; {
			err := s.write(ctx, by, func(ctx context.Context, tx *database.Tx) error {
				n, err := tx.Exec(ctx, "DELETE FROM "+t.Name+" WHERE "+t.condition()+" AND ("+key+") IN (SELECT "+key+" FROM "+t.Name+" WHERE "+t.condition()+" LIMIT $2)", companyID, pageRows)
				gone += n
				more = n == pageRows
				return err
			})
			if err != nil {
				return gone, err
			}
		}
	}
	var refs []blob.Ref
	if err := s.blobs.List(ctx, companyID, func(ref blob.Ref) error {
		refs = append(refs, ref)
		return nil
	}); err != nil {
		return gone, err
	}
	for _, ref := range refs {
		if err := s.blobs.Delete(ctx, companyID, ref.Hash); err != nil {
			return gone, err
		}
	}
	return gone, nil
}

func (s *Service) people(ctx context.Context, companyID string) (ids []string, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		ids = nil
		rows, err := tx.Query(ctx, "SELECT user_id FROM "+"member WHERE tenant_id = $1 ORDER BY user_id", companyID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return rows.Err()
	})
	return ids, err
}

// forgetPeople deletes the accounts of those who belong to no other company and
// are no staff.
func (s *Service) forgetPeople(ctx context.Context, by held) error {
	ids, err := s.people(ctx, by.companyID)
	if err != nil {
		return err
	}
	atHome, err := s.atHome(ctx, by.companyID)
	if err != nil {
		return err
	}
	return s.write(ctx, by, func(ctx context.Context, tx *database.Tx) error {
		for _, id := range ids {
			if atHome[id] {
				continue
			}
			for _, what := range []string{"factor WHERE user_id", "recovery_code WHERE user_id", "login_session WHERE user_id", "app_user WHERE id"} {
				if _, err := tx.Exec(ctx, "DELETE FROM "+what+" = $1", id); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func sortRefs(refs []blob.Ref) {
	slices.SortFunc(refs, func(a, b blob.Ref) int { return cmp.Compare(a.Hash, b.Hash) })
}
