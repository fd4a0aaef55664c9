package metacatalog

import (
	"encoding/json"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// The keys of the journal: one kind of record a prefix.
const (
	accountPrefix = "account/"
	catalogPrefix = "catalog/"
	itemPrefix    = "item/"
	wabaPrefix    = "waba/"
	ownerPrefix   = "owner/"
	phonePrefix   = "phone/"
	batchPrefix   = "batch/"
	usagePrefix   = "usage/"
	noticePrefix  = "notice/"
	doomsKey      = "dooms"
	settingsKey   = "settings"
	seqKey        = "seq"
)

// load builds the state from the journal, and takes up batches and webhooks
// that were under way when the last process ended.
func (s *Server) load(records []stage.Record) error {
	for _, record := range records {
		taken, err := s.ledger.Load(record)
		if !taken && err == nil {
			err = s.loadRecord(record)
		}
		if err != nil {
			return fault.Wrap(err, fault.Internal, "record "+record.Key)
		}
	}
	// Items stand in the journal by their first writing, which is their number,
	// but their catalog may come after them.
	items := make([]*item, 0, len(s.numbers))
	for _, i := range s.numbers {
		items = append(items, i)
	}
	slices.SortFunc(items, func(a, b *item) int { return int(a.Number - b.Number) })
	for _, i := range items {
		if catalog := s.catalogs[i.Catalog]; catalog != nil {
			catalog.add(i)
		} else {
			delete(s.numbers, i.ID)
		}
	}
	slices.SortFunc(s.open, func(a, b *batch) int { return int(a.Number - b.Number) })
	for _, b := range s.open {
		s.watch(b)
	}
	for _, n := range s.notices {
		s.timers.After(0, func() { s.address(n) })
	}
	return nil
}

func (s *Server) loadRecord(record stage.Record) error {
	kind, rest, _ := strings.Cut(record.Key, "/")
	switch kind + "/" {
	case accountPrefix:
		return put(record.Value, func(v *Account) { s.accounts[rest] = v })
	case catalogPrefix:
		return put(record.Value, func(v *Catalog) { s.catalogs[v.ID] = newCatalog(*v) })
	case itemPrefix:
		return put(record.Value, func(v *item) { s.numbers[v.ID] = v })
	case wabaPrefix:
		return put(record.Value, func(v *string) { s.wabas[rest] = *v })
	case ownerPrefix:
		return put(record.Value, func(v *string) { s.owners[rest] = *v })
	case phonePrefix:
		return put(record.Value, func(v *commerce) { s.phones[rest] = v })
	case usagePrefix:
		return put(record.Value, func(v *hourly) {
			if v.Rows == nil {
				v.Rows = map[int64]int{}
			}
			s.hours[rest] = v
		})
	case noticePrefix:
		return put(record.Value, func(v *notice) { s.notices[v.ID] = v })
	case batchPrefix:
		return put(record.Value, func(v *batch) {
			s.batches[v.Handle] = v
			if v.Status == "" {
				s.open = append(s.open, v)
			}
		})
	}
	switch record.Key {
	case doomsKey:
		return json.Unmarshal(record.Value, &s.dooms)
	case settingsKey:
		return json.Unmarshal(record.Value, &s.settings)
	case seqKey:
		return json.Unmarshal(record.Value, &s.seq)
	}
	return nil // of a later version
}

func put[T any](text json.RawMessage, keep func(*T)) error {
	value := new(T)
	if err := json.Unmarshal(text, value); err != nil {
		return err
	}
	keep(value)
	return nil
}
