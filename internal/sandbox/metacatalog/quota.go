package metacatalog

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"net/http"

	"prosa/internal/sandbox/stage"
)

// The two limits of a catalog. Source: "Rate Limiting", Catalog.
const (
	batching = "catalog_batch"
	managing = "catalog_management"
)

// rowsAnHour is how many rows the computing time of an hour is worth here.
const rowsAnHour = 4_000_000

const minuteMS = 60_000

// hourly counts what a catalog used in the last sixty minutes, by minute.
type hourly struct {
	Catalog string        `json:"catalog"`
	Kind    string        `json:"kind"`
	Calls   map[int64]int `json:"calls"` // minute -> calls, refused ones too
	Rows    map[int64]int `json:"rows,omitempty"`
}

func (s *Server) usage(catalog, kind string) *hourly {
	key := catalog + "/" + kind
	if s.hours[key] == nil {
		s.hours[key] = &hourly{Catalog: catalog, Kind: kind, Calls: map[int64]int{}, Rows: map[int64]int{}}
	}
	return s.hours[key]
}

// limit is how many calls an hour may have: n + n*log2(users), whole.
func (s *Server) limit(kind string) int {
	base := batchBase
	if kind == managing {
		base = readBase
	} else if s.settings.PerHour > 0 {
		return s.settings.PerHour
	}
	return base + base*max(0, bits.Len(uint(s.settings.Users))-1)
}

// sum counts a window of sixty minutes and forgets what is older.
func sum(window map[int64]int, minute int64) (total int) {
	for at, n := range window {
		if at <= minute-60 {
			delete(window, at)
			continue
		}
		total += n
	}
	return total
}

// count counts a call and refuses it beyond the limit. A refused call counts
// too, and so makes the wait longer.
func (s *Server) count(h *hourly) *graphError {
	minute := s.now().UnixMilli() / minuteMS
	before := sum(h.Calls, minute)
	h.Calls[minute]++
	s.journal.Put(usagePrefix+h.Catalog+"/"+h.Kind, h)
	if !s.settings.RateLimits || before < s.limit(h.Kind) {
		return nil
	}
	if h.Kind == batching {
		e := refusal(80014, "There have been too many calls for the batch uploads to this catalog account. Wait a bit and try again. For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting#catalog.")
		e.Subcode = 2446079
		return e
	}
	e := refusal(80009, "There have been too many calls to this Catalog account. Wait a bit and try again. For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting#catalog.")
	e.Subcode = 2446079
	return e
}

// spend counts the rows of a batch.
func (s *Server) spend(h *hourly, rows int) { h.Rows[s.now().UnixMilli()/minuteMS] += rows }

// regain is after how many minutes a call is taken again: when enough minutes
// have left the window.
func (s *Server) regain(h *hourly, minute int64) int {
	left := sum(h.Calls, minute) - s.limit(h.Kind)
	if left < 0 || !s.settings.RateLimits {
		return 0
	}
	for at := minute - 59; at <= minute; at++ {
		if left -= h.Calls[at]; left < 0 {
			return int(at - (minute - 60))
		}
	}
	return 60
}

// tell adds the header that says how much of the hour is used.
func (s *Server) tell(answer stage.Answer, c *call, h *hourly) stage.Answer {
	if h == nil {
		return answer
	}
	minute := s.now().UnixMilli() / minuteMS
	cpu := sum(h.Rows, minute) * 100 / rowsAnHour
	text, err := json.Marshal(map[string][]object{c.holder.Business: {{
		"type": h.Kind, "call_count": min(100, sum(h.Calls, minute)*100/s.limit(h.Kind)),
		"total_cputime": cpu, "total_time": cpu, "estimated_time_to_regain_access": s.regain(h, minute),
	}}})
	if err != nil {
		return (&graphError{Message: fmt.Sprint(err), status: http.StatusInternalServerError}).answer() // made of texts and numbers alone
	}
	if answer.Header == nil {
		answer.Header = map[string]string{}
	}
	answer.Header["X-Business-Use-Case-Usage"] = string(text)
	return answer
}
