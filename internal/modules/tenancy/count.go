package tenancy

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"prosa/internal/event"
	"prosa/internal/platform/database"
)

const (
	// silence ends a conversation that is counted.
	silence = 24 * time.Hour
	// lateness is how much later than it was written a message may be stored to
	// count: what a channel hands over of the time before is history.
	lateness = 48 * time.Hour
	// memory is for how long single entries are kept. Events that are older are
	// passed over: nobody could tell whether they were counted.
	memory = 40 * 24 * time.Hour
)

// said is what is counted of an event: a message between a company and a
// customer.
type said struct {
	tenantID  string
	id        string
	contactID string
	accountID string
	atMS      int64
}

// saidIn reads the message of an event; false when it is none that counts.
func saidIn(e event.Envelope) (said, bool) {
	if e.Type != event.MessageCreated {
		return said{}, false
	}
	var data struct {
		Message struct {
			ID        string `json:"id"`
			Direction string `json:"direction"`
			Kind      string `json:"kind"`
			AtMS      int64  `json:"at_ms"`
		} `json:"message"`
		Conversation struct {
			ContactID string `json:"contact_id"`
			AccountID string `json:"account_id"`
		} `json:"conversation"`
	}
	if json.Unmarshal(e.Data, &data) != nil {
		return said{}, false
	}
	m, c := data.Message, data.Conversation
	counts := (m.Direction == "in" || m.Direction == "out") && m.Kind != "system" && m.ID != "" && c.ContactID != "" &&
		e.AtMS-m.AtMS <= lateness.Milliseconds()
	return said{e.TenantID, m.ID, c.ContactID, c.AccountID, m.AtMS}, counts
}

// talk is a contact and the company on one channel.
type talk struct{ tenantID, contactID, accountID string }

// entry is one thing to be counted once.
type entry struct {
	tenantID string
	meter    Meter
	eventID  string
	atMS     int64
}

// key of a sum.
type sumKey struct {
	tenantID string
	period   string
	meter    Meter
}

// count counts messages, in the order in which they were told, and the
// conversations that they begin. Whatever was counted before is not counted
// again, in whichever pieces it comes.
func (s *Service) count(ctx context.Context, tx *database.Tx, messages []said) error {
	horizon := tx.Now() - memory.Milliseconds()
	messages = slices.DeleteFunc(messages, func(m said) bool { return m.atMS <= horizon })
	if len(messages) == 0 {
		return nil
	}
	companies, err := companiesOf(ctx, tx, messages)
	if err != nil {
		return err
	}
	messages = slices.DeleteFunc(messages, func(m said) bool { _, known := companies[m.tenantID]; return !known })
	entries := []entry{}
	for _, m := range messages {
		entries = append(entries, entry{m.tenantID, Messages, m.id, m.atMS})
	}
	begun, err := listen(ctx, tx, messages)
	if err != nil {
		return err
	}
	fresh, err := enter(ctx, tx, append(entries, begun...))
	if err != nil {
		return err
	}
	added := map[sumKey]int64{}
	for _, e := range fresh {
		added[sumKey{e.tenantID, periodOf(e.atMS, companies[e.tenantID].zone()).name, e.meter}]++
	}
	if err := addUp(ctx, tx, added); err != nil {
		return err
	}
	var touched []string
	for key := range added {
		touched = append(touched, key.tenantID)
	}
	slices.Sort(touched)
	for _, tenantID := range slices.Compact(touched) {
		if err := s.watch(ctx, tx, companies[tenantID], true); err != nil {
			return err
		}
	}
	return nil
}

func companiesOf(ctx context.Context, tx *database.Tx, messages []said) (map[string]Company, error) {
	var ids []string
	for _, m := range messages {
		ids = append(ids, m.tenantID)
	}
	slices.Sort(ids)
	list, err := LoadAll(ctx, tx, slices.Compact(ids))
	companies := map[string]Company{}
	for _, company := range list {
		companies[company.ID] = company
	}
	return companies, err
}

// listen moves each talk to its latest message and gives the conversations that
// messages begin: the first one ever, and those after a day of silence. A talk
// only moves forward, so a message that is told again begins nothing.
func listen(ctx context.Context, tx *database.Tx, messages []said) ([]entry, error) {
	var talks []talk
	for _, m := range messages {
		talks = append(talks, talk{m.tenantID, m.contactID, m.accountID})
	}
	slices.SortFunc(talks, func(a, b talk) int {
		return cmp.Or(cmp.Compare(a.tenantID, b.tenantID), cmp.Compare(a.contactID, b.contactID), cmp.Compare(a.accountID, b.accountID))
	})
	talks = slices.Compact(talks)
	args := make([][]any, len(talks))
	for i, t := range talks {
		args[i] = []any{t.tenantID, t.contactID, t.accountID}
	}
	last := map[talk]int64{}
	_, err := tx.All(ctx, "SELECT last_ms FROM usage_talk WHERE tenant_id = $1 AND contact_id = $2 AND account_id = $3", args, func(i int, row database.Row) error {
		var ms int64
		err := row.Scan(&ms)
		last[talks[i]] = ms
		return err
	})
	if err != nil {
		return nil, err
	}
	var begun []entry
	for _, m := range messages {
		t := talk{m.tenantID, m.contactID, m.accountID}
		before, known := last[t]
		if !known || m.atMS-before >= silence.Milliseconds() {
			begun = append(begun, entry{m.tenantID, Conversations, m.id, m.atMS})
		}
		last[t] = max(before, m.atMS)
	}
	for i, t := range talks {
		args[i] = append(args[i], last[t])
	}
	_, err = tx.All(ctx, `INSERT INTO usage_talk (tenant_id, contact_id, account_id, last_ms) VALUES ($1, $2, $3, $4)
		ON CONFLICT (tenant_id, contact_id, account_id) DO UPDATE SET last_ms = excluded.last_ms`, args, nil)
	return begun, err
}

// enter keeps what was not kept yet, and gives that.
func enter(ctx context.Context, tx *database.Tx, entries []entry) ([]entry, error) {
	type key struct {
		tenantID string
		meter    Meter
		eventID  string
	}
	wanted := map[key]entry{}
	for _, e := range entries {
		if k := (key{e.tenantID, e.meter, e.eventID}); wanted[k].eventID == "" {
			wanted[k] = e
		}
	}
	keys := make([]key, 0, len(wanted))
	for k := range wanted {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.tenantID, b.tenantID), cmp.Compare(a.meter, b.meter), cmp.Compare(a.eventID, b.eventID))
	})
	args := make([][]any, len(keys))
	for i, k := range keys {
		args[i] = []any{k.tenantID, string(k.meter), k.eventID, wanted[k].atMS}
	}
	var fresh []entry
	_, err := tx.All(ctx, `INSERT INTO usage_entry (tenant_id, meter, event_id, at_ms) VALUES ($1, $2, $3, $4)
		ON CONFLICT (tenant_id, meter, event_id) DO NOTHING RETURNING tenant_id, meter, event_id`, args, func(_ int, row database.Row) error {
		var k key
		err := row.Scan(&k.tenantID, &k.meter, &k.eventID)
		fresh = append(fresh, wanted[k])
		return err
	})
	return fresh, err
}

// addUp moves the sums.
func addUp(ctx context.Context, tx *database.Tx, added map[sumKey]int64) error {
	keys := make([]sumKey, 0, len(added))
	for k := range added {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b sumKey) int {
		return cmp.Or(cmp.Compare(a.tenantID, b.tenantID), cmp.Compare(a.period, b.period), cmp.Compare(a.meter, b.meter))
	})
	args := make([][]any, len(keys))
	for i, k := range keys {
		args[i] = []any{k.tenantID, k.period, string(k.meter), added[k]}
	}
	_, err := tx.All(ctx, `INSERT INTO usage_sum (tenant_id, period, meter, used, warned_ms, reached_ms) VALUES ($1, $2, $3, $4, 0, 0)
		ON CONFLICT (tenant_id, period, meter) DO UPDATE SET used = usage_sum.used + excluded.used`, args, nil)
	return err
}

// forget removes what can't be told again.
func (s *Service) forget(ctx context.Context) error {
	return s.db.Write(ctx, database.Platform("what was counted long ago is forgotten for all companies"), func(ctx context.Context, tx *database.Tx) error {
		horizon := tx.Now() - memory.Milliseconds()
		if _, err := tx.Exec(ctx, "DELETE FROM usage_entry WHERE at_ms < $1", horizon); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "DELETE FROM usage_talk WHERE last_ms < $1", horizon)
		return err
	})
}
