package conversation

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"prosa/internal/base/id"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// What is measured, in the words of the ledger of costs.
const (
	measuredIn            = "messages_in"
	measuredOut           = "messages_out"
	measuredBot           = "bot_messages"    // those of the ones out that a bot wrote
	measuredTemplates     = "template_sends"  // those of the ones out that are a template of WhatsApp
	measuredBytes         = "message_bytes"   // of what is stored of both
	measuredConversations = "conversations"   // begun
	measuredContacts      = "active_contacts" // who wrote
	measuredPeople        = "human_seconds"   // in which people owned conversations; two at once count twice
	measuredBilled        = "billed_parts"    // by the platform
	measuredFree          = "free_parts"
)

// ownedFor is how long before its end an owner's interval may have begun to be
// counted: a search that reaches back for ever would read all there is.
const ownedFor = 7 * 24 * 3600 * 1000

// Measures reads what a company used from a time until, and without, another, in
// milliseconds: from the rows themselves, so that the same days give the same
// numbers whenever they are asked for. Rows are found by their ids, which begin
// with the time; what somebody wrote long ago and is handed over now counts now.
//
// add hears what is counted (messages_in, bot_messages, billed_parts, ...), of what
// (the channel; of parts channel/category/calling code) and how much.
func (s *Service) Measures(ctx context.Context, tenantID string, fromMS, untilMS int64, add func(what, of string, count int64)) error {
	var sums map[[2]string]int64
	err := s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		m := measuring{tx: tx, tenantID: tenantID, fromMS: fromMS, untilMS: untilMS, sums: map[[2]string]int64{}}
		for _, read := range []func(context.Context) error{m.messages, m.conversations, m.contacts, m.people, m.bills} {
			if err := read(ctx); err != nil {
				return err
			}
		}
		sums = m.sums
		return nil
	})
	for key, count := range sums {
		add(key[0], key[1], count)
	}
	return err
}

type measuring struct {
	tx              *database.Tx
	tenantID        string
	fromMS, untilMS int64
	sums            map[[2]string]int64
}

func (m *measuring) add(what, of string, count int64) {
	if count > 0 {
		m.sums[[2]string{what, of}] += count
	}
}

// each reads the rows of a query whose first parameters are the company and the
// two ids between which its rows stand.
func (m *measuring) each(ctx context.Context, prefix id.Prefix, query string, scan func(database.Row) error) error {
	rows, err := m.tx.Query(ctx, query, m.tenantID, id.First(prefix, m.fromMS), id.First(prefix, m.untilMS))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (m *measuring) messages(ctx context.Context) error {
	return m.each(ctx, id.Message, `SELECT c.channel, m.direction, m.sender_kind, m.kind = 'template', COUNT(*), SUM(OCTET_LENGTH(m.content))
		FROM message m JOIN conversation c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id
		WHERE m.tenant_id = $1 AND m.id >= $2 AND m.id < $3 AND m.direction <> 'internal' AND m.kind <> 'system'
		GROUP BY c.channel, m.direction, m.sender_kind, m.kind = 'template'`, func(row database.Row) error {
		var channel, direction, sender string
		var template bool
		var count, bytes int64
		if err := row.Scan(&channel, &direction, &sender, &template, &count, &bytes); err != nil {
			return err
		}
		m.add(measuredBytes, channel, bytes)
		if direction == "in" {
			m.add(measuredIn, channel, count)
			return nil
		}
		m.add(measuredOut, channel, count)
		if sender == string(fromBot) {
			m.add(measuredBot, channel, count)
		}
		if template {
			m.add(measuredTemplates, channel, count)
		}
		return nil
	})
}

func (m *measuring) conversations(ctx context.Context) error {
	return m.each(ctx, id.Conversation, `SELECT channel, COUNT(*) FROM conversation
		WHERE tenant_id = $1 AND id >= $2 AND id < $3 AND past = FALSE GROUP BY channel`, func(row database.Row) error {
		var channel string
		var count int64
		err := row.Scan(&channel, &count)
		m.add(measuredConversations, channel, count)
		return err
	})
}

func (m *measuring) contacts(ctx context.Context) error {
	return m.each(ctx, id.Message, `SELECT COUNT(DISTINCT c.contact_id) FROM message m JOIN conversation c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id
		WHERE m.tenant_id = $1 AND m.id >= $2 AND m.id < $3 AND m.direction = 'in'`, func(row database.Row) error {
		var count int64
		err := row.Scan(&count)
		m.add(measuredContacts, "", count)
		return err
	})
}

// people adds up for how long people owned conversations within the time.
func (m *measuring) people(ctx context.Context) error {
	rows, err := m.tx.Query(ctx, `SELECT started_ms, ended_ms FROM conversation_interval
		WHERE tenant_id = $1 AND id >= $2 AND id < $3 AND kind = 'human' AND (ended_ms = 0 OR ended_ms > $4)`,
		m.tenantID, id.First(id.Interval, m.fromMS-ownedFor), id.First(id.Interval, m.untilMS), m.fromMS)
	if err != nil {
		return err
	}
	defer rows.Close()
	total := int64(0)
	for rows.Next() {
		var started, ended int64
		if err := rows.Scan(&started, &ended); err != nil {
			return err
		}
		if ended == 0 {
			ended = m.untilMS
		}
		total += max(0, min(ended, m.untilMS)-max(started, m.fromMS))
	}
	m.add(measuredPeople, "", total/1000)
	return rows.Err()
}

// bills adds up what the platforms said that they bill: by when they first said so,
// so that a late word counts on the day on which it comes, and no part on two.
func (m *measuring) bills(ctx context.Context) error {
	rows, err := m.tx.Query(ctx, `SELECT b.billable, b.category, c.channel, c.addresses FROM message_bill b
		JOIN conversation c ON c.tenant_id = b.tenant_id AND c.id = b.conversation_id
		WHERE b.tenant_id = $1 AND b.at_ms >= $2 AND b.at_ms < $3`, m.tenantID, m.fromMS, m.untilMS)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var billable bool
		var category, channel, addresses string
		if err := rows.Scan(&billable, &category, &channel, &addresses); err != nil {
			return err
		}
		what := measuredFree
		if billable {
			what = measuredBilled
		}
		m.add(what, channel+"/"+strings.ReplaceAll(category, "/", " ")+"/"+callingCode(addresses), 1)
	}
	return rows.Err()
}

// callingCode gives the country calling code of a customer's telephone, empty
// where none is known: platforms price by the country that it belongs to.
func callingCode(addresses string) string {
	var list []message.Address
	if json.Unmarshal([]byte(addresses), &list) != nil {
		return ""
	}
	for _, address := range list {
		if address.Kind == message.WaID && len(address.Value) > 3 && strings.Trim(address.Value, "0123456789") == "" {
			return address.Value[:codeLength(address.Value)]
		}
	}
	return ""
}

// codeLength tells how many digits the calling code at the front of a number has.
// Source: ITU-T E.164, list of assigned country codes: 1 and 7 are zones of one
// digit; all codes of two digits are these; all others have three.
func codeLength(number string) int {
	switch {
	case number[0] == '1' || number[0] == '7':
		return 1
	case slices.Contains([]string{
		"20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58",
		"60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
	}, number[:2]):
		return 2
	default:
		return 3
	}
}
