package metacatalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// States of a batch. Source: CheckBatchRequestStatus, "status".
const (
	scheduled = "scheduled"
	started   = "started"
	finished  = "finished"
	failed    = "error"
)

// batch is what a handle stands for.
type batch struct {
	Handle  string `json:"handle"`
	Number  int64  `json:"number"` // their order
	Catalog string `json:"catalog"`
	App     string `json:"app"` // hears of its end
	AtMS    int64  `json:"at"`
	StartMS int64  `json:"start"`
	EndMS   int64  `json:"end"` // due
	Upsert  bool   `json:"upsert"`
	Rows    []row  `json:"rows,omitempty"` // until it has ended

	Status   string   `json:"status,omitempty"` // once ended
	Errors   []remark `json:"errors,omitempty"`
	Warnings []remark `json:"warnings,omitempty"`
}

// remark is what processing says of a row.
type remark struct {
	Line    int    `json:"line"`
	ID      string `json:"id"`
	Message string `json:"message"`
}

func (b *batch) status(nowMS int64) string {
	switch {
	case b.Status != "":
		return b.Status
	case nowMS >= b.StartMS:
		return started
	}
	return scheduled
}

type message struct {
	Message string `json:"message"`
}

type validation struct {
	RetailerID string    `json:"retailer_id"`
	Errors     []message `json:"errors"`
	Warnings   []message `json:"warnings"`
}

// itemsBatch answers POST /{catalog}/items_batch.
func (s *Server) itemsBatch(c *call, catalog *Catalog) (any, *graphError) {
	if kind := c.param("item_type"); kind != "PRODUCT_ITEM" {
		return nil, invalid("Param item_type must be PRODUCT_ITEM here - got %q.", kind)
	}
	upsert, refused := c.flag("allow_upsert", true)
	if refused != nil {
		return nil, refused
	}
	var requests []request
	if err := json.Unmarshal([]byte(c.param("requests")), &requests); err != nil {
		return nil, invalid("Param requests must be an array of objects with method and data.")
	}
	switch {
	case len(requests) == 0:
		return nil, invalid("Param requests must not be empty.")
	case len(requests) > maxRows:
		return nil, invalid("Param requests must have at most %d elements.", maxRows)
	}
	rows, said := checkRows(requests)
	s.spend(s.usage(catalog.ID, batching), len(requests))
	handles := []string{}
	if len(rows) > 0 {
		handles = append(handles, s.accept(c, catalog, rows, upsert).Handle)
	}
	return object{"handles": handles, "validation_status": said}, nil
}

// checkRows gives the rows that are taken, and what validation says of the
// others and of some of these. Of equal ids in one call none is taken: their
// order would decide, and there is none.
func checkRows(requests []request) (taken []row, said []validation) {
	said = []validation{}
	taken = make([]row, 0, len(requests))
	rows, findings := make([]row, len(requests)), make([]finding, len(requests))
	times := make(map[string]int, len(requests))
	for i, one := range requests {
		rows[i], findings[i] = readRow(i, one)
		times[rows[i].ID]++
	}
	for i, f := range findings {
		if id := rows[i].ID; id != "" && times[id] > 1 {
			f.say("id", "Duplicate id: more than one request names it")
		}
		if len(f.errors) == 0 {
			taken = append(taken, rows[i])
		}
		if len(f.errors)+len(f.warnings) > 0 {
			said = append(said, validation{RetailerID: rows[i].ID, Errors: messages(f.errors), Warnings: messages(f.warnings)})
		}
	}
	return taken, said
}

func messages(texts []string) []message {
	out := make([]message, len(texts))
	for i, text := range texts {
		out[i].Message = text
	}
	return out
}

// accept keeps rows behind a handle until their time.
func (s *Server) accept(c *call, catalog *Catalog, rows []row, upsert bool) *batch {
	s.seq++
	s.journal.Put(seqKey, s.seq)
	now := s.now().UnixMilli()
	b := &batch{
		Handle: "Acz" + strings.ToLower(strconv.FormatInt(s.seq, 36)) + "_" + digitsOf("handle "+strconv.FormatInt(s.seq, 10), 18),
		Number: s.seq, AtMS: now, Catalog: catalog.ID, App: c.holder.App, Upsert: upsert, Rows: rows,
		StartMS: now + s.settings.StartMS, EndMS: now + s.settings.StartMS + s.settings.FinishMS,
	}
	s.batches[b.Handle] = b
	s.open = append(s.open, b)
	s.journal.Put(batchPrefix+b.Handle, b)
	s.watch(b)
	return b
}

// watch works a batch off when it is due, also if nobody asks.
func (s *Server) watch(b *batch) {
	s.timers.After(time.UnixMilli(b.EndMS).Sub(s.now()), func() {
		s.mu.Lock()
		s.settle()
		s.mu.Unlock()
		if err := s.journal.Flush(); err != nil {
			s.config.Logger.Error("sandbox journal", "error", err)
		}
	})
}

// settle brings the state up to the clock: batches that are due are applied in
// the order in which they came, and handles that are too old are forgotten. The
// caller holds the lock.
func (s *Server) settle() {
	now := s.now().UnixMilli()
	// A batch never overtakes an earlier one of its catalog.
	waiting := map[string]bool{}
	s.open = slices.DeleteFunc(s.open, func(b *batch) bool {
		if now < b.EndMS || waiting[b.Catalog] {
			waiting[b.Catalog] = true
			return false
		}
		s.finish(b)
		return true
	})
	for handle, b := range s.batches {
		if b.Status != "" && now-b.AtMS > s.config.HandleLife.Milliseconds() {
			delete(s.batches, handle)
			s.journal.Delete(batchPrefix + handle)
		}
	}
}

// finish applies a batch.
func (s *Server) finish(b *batch) {
	catalog, rows := s.catalogs[b.Catalog], b.Rows
	b.Status, b.Rows = finished, nil
	broken := s.doomBatch(catalog)
	if broken {
		b.Status, rows = failed, rows[:len(rows)/2] // half applied
	}
	for _, row := range rows {
		problem, warning := s.apply(catalog, row, b.Upsert)
		if problem != "" {
			b.Errors = append(b.Errors, remark{Line: row.Line, ID: row.ID, Message: fmt.Sprintf("Invalid value: Value passed at position %d (id=%s) is invalid: %q", row.Line, row.ID, problem)})
		}
		if warning != "" {
			b.Warnings = append(b.Warnings, remark{Line: row.Line, ID: row.ID, Message: warning})
		}
	}
	s.journal.Put(batchPrefix+b.Handle, b)
	if !broken {
		s.notify(b)
	}
}

// checkBatch answers GET /{catalog}/check_batch_request_status: always one
// element.
func (s *Server) checkBatch(c *call, catalog *Catalog) (any, *graphError) {
	handle := c.param("handle")
	if handle == "" {
		return nil, invalid("The parameter handle is required")
	}
	withIDs, refused := c.flag("load_ids_of_invalid_requests", false)
	if refused != nil {
		return nil, refused
	}
	b := s.batches[handle]
	if b == nil || b.Catalog != catalog.ID {
		return nil, invalid("Invalid handle: it is unknown or has expired")
	}
	invalidIDs := []string{}
	if withIDs {
		for _, problem := range b.Errors {
			invalidIDs = append(invalidIDs, problem.ID)
		}
	}
	all := object{
		"handle": b.Handle, "status": b.status(s.now().UnixMilli()),
		"errors": sample(b.Errors), "errors_total_count": len(b.Errors), "warnings": sample(b.Warnings), "warnings_total_count": len(b.Warnings),
		"ids_of_invalid_requests": invalidIDs,
	}
	out := object{}
	names := strings.Split(or(c.param("fields"), "handle,status,errors,errors_total_count,warnings,warnings_total_count,ids_of_invalid_requests"), ",")
	for _, name := range names {
		value, known := all[name]
		if !known {
			return nil, invalid("Tried accessing nonexisting field (%s)", name)
		}
		out[name] = value
	}
	return object{"data": []object{out}}, nil
}

// sample gives the first remarks: the platform does not show all.
func sample(remarks []remark) []remark {
	if remarks == nil {
		return []remark{}
	}
	return remarks[:min(len(remarks), sampleErrors)]
}
