package app

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"prosa/internal/platform/database"
)

// state is what a database holds, a sorted list of lines a table. Rows are named
// by what platforms call them, since our own ids differ.
type state map[string][]string

func (s state) rows() (count int) {
	for _, lines := range s {
		count += len(lines)
	}
	return count
}

// has reports whether a line of a table begins so.
func (s state) has(table, begin string) bool {
	return slices.ContainsFunc(s[table], func(line string) bool { return strings.HasPrefix(line, begin) })
}

// diff lists the lines that only one of two states has.
func (s state) diff(other state) string {
	var out strings.Builder
	for _, table := range slices.Sorted(maps.Keys(s)) {
		for sign, pair := range map[string][2][]string{"-": {s[table], other[table]}, "+": {other[table], s[table]}} {
			left := map[string]int{}
			for _, line := range pair[1] {
				left[line]++
			}
			for _, line := range pair[0] {
				if left[line]--; left[line] < 0 {
					fmt.Fprintf(&out, "%s %s: %s\n", sign, table, line)
				}
			}
		}
	}
	return out.String()
}

// ownID finds our ids: a prefix of three letters and 26 characters.
var ownID = regexp.MustCompile(`\b[a-z]{3}_[0-9a-z]{26}\b`)

// names are what our ids stand for.
type names map[string]string

// of gives the name of an id, or the id when it is none of ours.
func (n names) of(id string) string {
	if name, ok := n[id]; ok {
		return name
	}
	return id
}

// in names the ids within a text.
func (n names) in(text string) string {
	return string(ownID.ReplaceAllFunc([]byte(text), func(id []byte) []byte { return []byte(n.of(string(id))) }))
}

// dump reads the state. Left out are our own ids and times, and what rightly
// depends on the order in which things came:
//
//   - the numbers of a thread's messages, its preview, and the activities in it
//     (reopened, taken): a thread is numbered as it came;
//   - whether somebody waits, and a free entry point: our own words from the phone
//     or the page's inbox end the one and begin the other, by what stood there then;
//   - the names of a contact and of a sender: the last that came, and the one
//     that was known when the message came;
//   - how many of a contact's addresses a conversation has: those known by then;
//   - whether a customer blocked us: Telegram, which alone tells, hands over the
//     updates of one chat one after the other, so that a block is never overtaken;
//   - what still waits to be sent;
//   - the words before an edit: of an edit that is overtaken by a newer one they
//     were never seen;
//   - versions, which count changes;
//   - rows of quarantine beyond the first of a piece: what can't be read has no
//     key by which a repetition could be told.
func (r *replayHouse) dump() state {
	r.t.Helper()
	d := dumper{house: r, state: state{}, names: names{}}
	r.must(r.db.Read(context.Background(), database.Platform("a test compares all that is stored"), func(ctx context.Context, tx *database.Tx) error {
		d.ctx, d.tx = ctx, tx
		d.name()
		d.people()
		d.conversations()
		d.messages()
		d.accounts()
		d.waiting()
		return nil
	}))
	for table := range d.state {
		slices.Sort(d.state[table])
	}
	return d.state
}

type dumper struct {
	house *replayHouse
	ctx   context.Context
	tx    *database.Tx
	state state
	names names
}

// each calls fn with the columns of each row, as texts.
func (d *dumper) each(columns int, query string, fn func(column []string)) {
	rows, err := d.tx.Query(d.ctx, query)
	d.house.must(err)
	defer rows.Close()
	for rows.Next() {
		values, into := make([]any, columns), make([]any, columns)
		for i := range values {
			into[i] = &values[i]
		}
		d.house.must(rows.Scan(into...))
		texts := make([]string, columns)
		for i, value := range values {
			if raw, ok := value.([]byte); ok {
				value = string(raw)
			}
			texts[i] = fmt.Sprint(value)
		}
		fn(texts)
	}
	d.house.must(rows.Err())
}

func (d *dumper) add(table string, parts ...string) {
	for i := range parts {
		parts[i] = d.names.in(parts[i])
	}
	d.state[table] = append(d.state[table], strings.Join(parts, " | "))
}

// once adds a line that stands there once however often it is told.
func (d *dumper) once(table string, parts ...string) {
	d.add(table, parts...)
	if lines := d.state[table]; slices.Contains(lines[:len(lines)-1], lines[len(lines)-1]) {
		d.state[table] = lines[:len(lines)-1]
	}
}

// name learns what our ids stand for.
func (d *dumper) name() {
	for i, company := range d.house.companies {
		d.names[company] = "company" + fmt.Sprint(i+1)
	}
	for ch, both := range d.house.accounts {
		for i, account := range both {
			d.names[account.ID] = string(ch) + fmt.Sprint(i+1)
		}
	}
	// By what an address is found: it is spelled as it came last.
	addresses := map[string][]string{}
	d.each(4, "SELECT contact_id, kind, scope, match_key FROM contact_address", func(c []string) {
		addresses[c[0]] = append(addresses[c[0]], d.names.of(c[2])+":"+c[1]+":"+c[3])
	})
	for contact, list := range addresses {
		slices.Sort(list)
		d.names[contact] = "<" + strings.Join(list, " ") + ">"
	}
	d.each(3, "SELECT id, account_id, contact_id FROM conversation", func(c []string) {
		d.names[c[0]] = d.names.of(c[1]) + "/" + d.names.of(c[2])
	})
	d.each(2, "SELECT message_id, key FROM inbound_key WHERE message_id <> ''", func(c []string) { d.names[c[0]] = "[" + c[1] + "]" })
	d.each(2, "SELECT message_id, external_id FROM delivery", func(c []string) { d.names[c[0]] = "[" + c[1] + "]" })
	d.each(2, "SELECT id, external_id FROM delivery", func(c []string) { d.names[c[0]] = "delivery[" + c[1] + "]" })
}

func (d *dumper) people() {
	d.each(5, "SELECT tenant_id, id, language, blocked, merged_into FROM contact", func(c []string) { d.add("contact", c...) })
	d.each(5, "SELECT tenant_id, contact_id, kind, scope, match_key FROM contact_address", func(c []string) { d.add("contact_address", c...) })
	d.each(3, "SELECT tenant_id, contact_id, other_id FROM contact_conflict", func(c []string) {
		slices.Sort(c[1:])
		d.add("contact_conflict", c...)
	})
	d.each(9, "SELECT tenant_id, contact_id, topic, granted, source, account_id, message_id, token, at_ms FROM consent_entry", func(c []string) { d.add("consent", c...) })
}

func (d *dumper) conversations() {
	d.each(12, `SELECT tenant_id, id, state, owner_kind, owner_id, team, bot_id, contact_blocked, last_in_ms, window_ends_ms, control, past
		FROM conversation`, func(c []string) { d.add("conversation", c...) })
	d.each(4, "SELECT tenant_id, conversation_id, kind, owner_id FROM conversation_interval WHERE ended_ms = 0", func(c []string) { d.add("interval", c...) })
}

func (d *dumper) messages() {
	d.each(17, `SELECT tenant_id, conversation_id, id, direction, kind, sender_kind, sender_id, status, error_code, external_id, quoted_id, reactions,
		CASE WHEN client_key = '' THEN at_ms ELSE 0 END, edited_ms, deleted_ms, played_ms, content
		FROM message WHERE kind <> 'activity'`, func(c []string) {
		c[10] = strings.Trim(d.names.of(c[10]), "[]")
		c[11], c[16] = ordered(c[11]), ordered(c[16])
		d.add("message", c...)
	})
	d.each(5, "SELECT tenant_id, delivery_id, billable, category, model FROM message_bill", func(c []string) { d.add("bill", c...) })
	d.each(6, "SELECT tenant_id, id, message_id, state, external_id, error_code FROM delivery WHERE external_id <> ''", func(c []string) { d.add("delivery", c...) })
}

func (d *dumper) accounts() {
	d.each(4, "SELECT tenant_id, id, state, stopped_why FROM channel_account", func(c []string) { d.add("account", c...) })
	d.each(7, "SELECT tenant_id, account_id, kind, at_ms, status, quality, tier FROM channel_news", func(c []string) { d.add("news", c...) })
	d.each(9, "SELECT tenant_id, account_id, quality, tier, restricted, restricted_until_ms, policy, policy_ms, failed_code FROM channel_health", func(c []string) { d.add("health", c...) })
	d.each(3, "SELECT tenant_id, account_id, kind FROM channel_alarm", func(c []string) { d.add("alarm", c...) })
	d.each(5, "SELECT tenant_id, account_id, level, subject, code FROM channel_pause", func(c []string) { d.add("pause", c...) })
	d.each(7, "SELECT tenant_id, waba_id, name, language, category, status, quality FROM template", func(c []string) { d.add("template", c...) })
}

func (d *dumper) waiting() {
	d.each(3, "SELECT tenant_id, account_id, key FROM inbound_key", func(c []string) { d.add("key", c...) })
	d.each(4, "SELECT tenant_id, account_id, target, key FROM parked_event", func(c []string) { d.add("parked", c...) })
	d.each(4, "SELECT tenant_id, account_id, external_id, status FROM early_status", func(c []string) { d.add("early", c...) })
	d.each(5, "SELECT tenant_id, account_id, channel, reason, body FROM quarantine", func(c []string) {
		c[4] = fmt.Sprintf("%x", sha256.Sum256([]byte(c[4])))[:12]
		d.once("quarantine", c...)
	})
}

// ordered writes JSON with its names in order.
func ordered(text string) string {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return text
	}
	return string(raw)
}
