package stripe

import (
	"encoding/json"
	"slices"

	"prosa/internal/sandbox/stage"
)

// table is the rows of one kind, in the order in which they were made.
type table[T any] struct {
	name    string // first part of its keys in the journal
	journal *stage.Journal
	rows    map[string]*T
	order   []string
}

func newTable[T any](name string, journal *stage.Journal) *table[T] {
	return &table[T]{name: name, journal: journal, rows: map[string]*T{}}
}

func (t *table[T]) get(id string) *T { return t.rows[id] }

// put keeps a row, new or changed.
func (t *table[T]) put(id string, row *T) *T {
	t.keep(id, row)
	t.journal.Put(t.name+"/"+id, row)
	return row
}

func (t *table[T]) keep(id string, row *T) {
	if _, known := t.rows[id]; !known {
		t.order = append(t.order, id)
	}
	t.rows[id] = row
}

func (t *table[T]) load(id string, text json.RawMessage) error {
	row := new(T)
	if err := json.Unmarshal(text, row); err != nil {
		return err
	}
	t.keep(id, row)
	return nil
}

// newest gives the rows that are wanted, newest first.
func (t *table[T]) newest(wanted func(*T) bool) (list []*T) {
	for _, id := range slices.Backward(t.order) {
		if row := t.rows[id]; wanted(row) {
			list = append(list, row)
		}
	}
	return list
}

// oldest gives the rows that are wanted, oldest first.
func (t *table[T]) oldest(wanted func(*T) bool) []*T {
	list := t.newest(wanted)
	slices.Reverse(list)
	return list
}
