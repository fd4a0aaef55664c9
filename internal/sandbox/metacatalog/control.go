package metacatalog

import (
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// Kinds of Doom.
const (
	Refuse    = "refuse"     // the row fails when its batch is worked off
	Reject    = "reject"     // the review rejects the item
	LoseImage = "lose_image" // the picture can't be fetched
	Hide      = "hide"       // the item is staged, not published
	Break     = "break"      // a whole batch ends in error, half applied
)

// Doom decides beforehand what becomes of items, from the next batch that
// touches them on. Empty conditions match all.
type Doom struct {
	ID         string `json:"id"`
	Do         string `json:"do"`
	Catalog    string `json:"catalog_id,omitempty"`
	RetailerID string `json:"retailer_id,omitempty"`
	// Every lets about one item in so many match, always the same ones.
	Every   int    `json:"every,omitempty"`
	Message string `json:"message,omitempty"` // of Refuse and Reject
	Count   int    `json:"count,omitempty"`   // do so often; 0: always
	Hits    int    `json:"hits"`
}

// controlRoutes is the control API. Bodies are the types of this package in
// JSON.
//
//	GET  POST /_sandbox/accounts        Account; secrets are not shown
//	GET       /_sandbox/catalogs        CatalogView
//	GET       /_sandbox/items           Item; ?catalog_id=, after=, limit=
//	GET  PUT  /_sandbox/settings        Settings; what a PUT does not name stays
//	GET  POST /_sandbox/dooms           Doom; DELETE removes all
//	GET  POST /_sandbox/faults          stage.Rule; DELETE removes all
//	DELETE    /_sandbox/faults/{rule}
//	POST      /_sandbox/settle          ends all batches, reviews and fetches now
//	GET       /_sandbox/ledger          stage.Dump
//	POST      /_sandbox/reset           forgets everything
//	GET       /_sandbox/                a page that shows and does the same
func (s *Server) controlRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	handle := stage.Control(mux, s.journal)
	handle("GET /_sandbox/accounts", func(*http.Request) (any, error) { return object{"accounts": s.Accounts()}, nil })
	handle("POST /_sandbox/accounts", taking(s.PutAccount))
	handle("GET /_sandbox/catalogs", func(*http.Request) (any, error) { return object{"catalogs": s.Catalogs()}, nil })
	handle("GET /_sandbox/items", func(r *http.Request) (any, error) {
		query := r.URL.Query()
		limit, err := strconv.Atoi(or(query.Get("limit"), "100"))
		if err != nil || limit < 1 || limit > maxPage {
			return nil, fault.OnField("limit", "must be from 1 to %d", maxPage)
		}
		return object{"items": s.Items(query.Get("catalog_id"), query.Get("after"), limit)}, nil
	})
	handle("GET /_sandbox/settings", func(*http.Request) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.settings, nil
	})
	handle("PUT /_sandbox/settings", func(r *http.Request) (any, error) {
		s.mu.Lock()
		settings := s.settings // what is not named stays
		s.mu.Unlock()
		if err := stage.ReadJSON(r, &settings); err != nil {
			return nil, err
		}
		return s.Set(settings)
	})
	handle("GET /_sandbox/dooms", func(*http.Request) (any, error) { return object{"dooms": s.Dooms()}, nil })
	handle("POST /_sandbox/dooms", taking(s.PutDoom))
	handle("DELETE /_sandbox/dooms", func(*http.Request) (any, error) { return object{"ok": true}, s.ClearDooms() })
	handle("GET /_sandbox/faults", func(*http.Request) (any, error) { return object{"faults": s.rules.List()}, nil })
	handle("POST /_sandbox/faults", taking(s.rules.Add))
	handle("DELETE /_sandbox/faults", func(*http.Request) (any, error) { return object{"removed": s.rules.Remove("")}, nil })
	handle("DELETE /_sandbox/faults/{rule}", func(r *http.Request) (any, error) {
		if !s.rules.Remove(r.PathValue("rule")) {
			return nil, fault.New(fault.NotFound, "no such rule")
		}
		return object{"removed": true}, nil
	})
	handle("POST /_sandbox/settle", func(*http.Request) (any, error) { return object{"ok": true}, s.Hurry() })
	handle("GET /_sandbox/ledger", func(*http.Request) (any, error) { return s.ledger.Dump(0), nil })
	handle("POST /_sandbox/reset", func(*http.Request) (any, error) { return object{"ok": true}, s.Reset() })
	s.pageRoutes(mux)
	return mux
}

// taking makes a route of a function that takes one JSON value.
func taking[T any](use func(T) (T, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var value T
		if err := stage.ReadJSON(r, &value); err != nil {
			return nil, err
		}
		return use(value)
	}
}

// CatalogView is a catalog with what became of its items.
type CatalogView struct {
	Catalog
	Items    int      `json:"items"`
	Pending  int      `json:"pending"`
	Rejected int      `json:"rejected"`
	Hidden   int      `json:"hidden"`
	Batches  int      `json:"batches"` // that are not worked off
	WABAs    []string `json:"waba_ids"`
}

// Catalogs lists the catalogs by their ids.
func (s *Server) Catalogs() []CatalogView {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	now := s.now().UnixMilli()
	list := make([]CatalogView, 0, len(s.catalogs))
	for _, catalog := range s.catalogs {
		view := CatalogView{Catalog: Catalog{ID: catalog.ID, Business: catalog.Business, Name: catalog.Name, Vertical: catalog.Vertical}, Items: len(catalog.items), WABAs: []string{}}
		for _, i := range catalog.items {
			switch i.reviewStatus(now) {
			case "pending":
				view.Pending++
			case "rejected":
				view.Rejected++
			}
			if i.visibility() != "published" {
				view.Hidden++
			}
		}
		for _, b := range s.open {
			if b.Catalog == catalog.ID {
				view.Batches++
			}
		}
		for waba, connected := range s.wabas {
			if connected == catalog.ID {
				view.WABAs = append(view.WABAs, waba)
			}
		}
		slices.Sort(view.WABAs)
		list = append(list, view)
	}
	slices.SortFunc(list, func(a, b CatalogView) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Set changes the settings. Error: fault.Invalid.
func (s *Server) Set(settings Settings) (Settings, error) {
	if err := settings.check(); err != nil {
		return settings, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settings = settings
	s.journal.Put(settingsKey, settings)
	return settings, nil
}

// PutDoom adds a doom. Error: fault.Invalid.
func (s *Server) PutDoom(doom Doom) (Doom, error) {
	switch {
	case !slices.Contains([]string{Refuse, Reject, LoseImage, Hide, Break}, doom.Do):
		return doom, fault.OnField("do", "must be refuse, reject, lose_image, hide or break")
	case doom.Every < 0 || doom.Count < 0:
		return doom, fault.OnField("every", "must not be negative")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	s.journal.Put(seqKey, s.seq)
	doom.ID, doom.Hits = "doom-"+strconv.FormatInt(s.seq, 10), 0
	kept := doom
	s.dooms = append(s.dooms, &kept)
	s.journal.Put(doomsKey, s.dooms)
	return doom, nil
}

// Dooms lists the dooms in the order in which they were added.
func (s *Server) Dooms() []Doom {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Doom, len(s.dooms))
	for i, doom := range s.dooms {
		list[i] = *doom
	}
	return list
}

// ClearDooms removes all dooms; what they did stays done.
func (s *Server) ClearDooms() error {
	s.mu.Lock()
	s.dooms = nil
	s.journal.Put(doomsKey, s.dooms)
	s.mu.Unlock()
	return s.journal.Flush()
}

// doom gives the first doom of a kind that matches an item, and counts it; the
// caller holds the lock.
func (s *Server) doom(catalogID, retailerID, kind string) *Doom {
	for _, d := range s.dooms {
		if d.Do == kind && (d.Catalog == "" || d.Catalog == catalogID) && (d.RetailerID == "" || d.RetailerID == retailerID) &&
			(d.Count == 0 || d.Hits < d.Count) && (d.Every <= 1 || lot(retailerID)%uint32(d.Every) == 0) {
			d.Hits++
			return d
		}
	}
	return nil
}

func (s *Server) doomBatch(catalog *Catalog) bool { return s.doom(catalog.ID, "", Break) != nil }

// lot draws a number for an item, always the same one.
func lot(retailerID string) uint32 {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(retailerID))
	return hash.Sum32()
}

// Hurry ends all batches, reviews and fetches of pictures now.
func (s *Server) Hurry() error {
	s.mu.Lock()
	now := s.now().UnixMilli()
	for _, b := range s.open {
		b.StartMS, b.EndMS = min(b.StartMS, now), min(b.EndMS, now)
	}
	s.settle()
	for _, i := range s.numbers {
		if i.ReviewMS > now || i.ImageMS > now {
			i.ReviewMS, i.ImageMS = min(i.ReviewMS, now), min(i.ImageMS, now)
			s.saveItem(i)
		}
	}
	s.mu.Unlock()
	return s.journal.Flush()
}

// Reset forgets everything.
func (s *Server) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timers.Clear()
	s.ledger.Reset()
	s.clear()
	s.rules.Remove("")
	return s.journal.Reset()
}
