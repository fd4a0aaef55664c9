package conversation

import (
	"context"
	"slices"
	"strings"

	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// bill is what the platform bills for one message: how many of its parts cost
// something, in the platform's own words.
type bill struct {
	Billable int64  `json:"billable" doc:"Parts that the platform bills."`
	Free     int64  `json:"free" doc:"Parts that it does not bill."`
	Category string `json:"category" doc:"marketing, utility, authentication, service, ...: the platform's word."`
	Model    string `json:"model" doc:"The platform's word."`
}

// bills is what the platform bills of a conversation.
type bills struct {
	Billable   int64            `json:"billable" doc:"Messages that the platform bills; one of ours may leave as several."`
	Free       int64            `json:"free" doc:"Messages that it counted and does not bill."`
	Categories map[string]int64 `json:"categories" doc:"The billed ones by the platform's category."`
}

// referralConversion is the category of what costs nothing since the customer
// came by an advert. Source: channels.md 2.4.
const referralConversion = "referral_conversion"

// Bill implements channel.Biller: it keeps what the platform says of prices.
// Statuses repeat and come in any order: the word of the highest rank stands,
// and of two of one rank the later one. The time is that of the first word and
// stays: a message that is read days later would else be billed on two days.
func (s *Service) Bill(ctx context.Context, tx *database.Tx, words []channel.Billed) error {
	type part struct{ tenant, conversation, delivery string }
	last := map[part]channel.Billed{}
	entries := map[place]int64{}
	for _, word := range words {
		key := part{word.TenantID, word.ConversationID, word.DeliveryID}
		before, seen := last[key]
		if word.Category == "" && word.Model == "" {
			continue
		}
		if !seen || outranks(word, before) {
			last[key] = word
		}
		if word.Category == referralConversion && word.WindowEndsMS > 0 {
			home := place{word.TenantID, word.ConversationID}
			entries[home] = max(entries[home], word.WindowEndsMS)
		}
	}
	rows := make([][]any, 0, len(last))
	for key, word := range last {
		rows = append(rows, []any{key.tenant, key.conversation, key.delivery, word.MessageID, word.AccountID, word.Billable, plain(word.Category),
			plain(word.Model), word.Status.Rank(), word.AtMS})
	}
	slices.SortFunc(rows, func(a, b []any) int {
		return strings.Compare(a[0].(string)+a[1].(string)+a[2].(string), b[0].(string)+b[1].(string)+b[2].(string))
	})
	if _, err := tx.All(ctx, `INSERT INTO message_bill (tenant_id, conversation_id, delivery_id, message_id, account_id, billable, category, model, rank, at_ms)
		VALUES (`+database.List(10, 1)+`) ON CONFLICT (tenant_id, conversation_id, delivery_id) DO UPDATE SET
		billable = excluded.billable, category = excluded.category, model = excluded.model, rank = excluded.rank,
		at_ms = CASE WHEN message_bill.rank < excluded.rank THEN message_bill.at_ms ELSE excluded.at_ms END
		WHERE message_bill.rank < excluded.rank OR message_bill.rank = excluded.rank AND message_bill.at_ms < excluded.at_ms`, rows, nil); err != nil {
		return err
	}
	return s.extendEntries(ctx, tx, entries)
}

func outranks(a, b channel.Billed) bool {
	if a.Status.Rank() != b.Status.Rank() {
		return a.Status.Rank() > b.Status.Rank()
	}
	return a.AtMS > b.AtMS
}

// extendEntries notes until when the platform says that a conversation which an
// advert began costs nothing.
func (s *Service) extendEntries(ctx context.Context, tx *database.Tx, entries map[place]int64) error {
	if len(entries) == 0 {
		return nil
	}
	homes := make([]place, 0, len(entries))
	for home := range entries {
		homes = append(homes, home)
	}
	found, err := loadPlaces(ctx, tx, homes, false)
	if err != nil {
		return err
	}
	homes = homes[:0]
	for home, c := range found {
		if c.FreeMS < entries[home] {
			homes = append(homes, home)
		}
	}
	if len(homes) == 0 {
		return nil
	}
	if found, err = loadPlaces(ctx, tx, homes, true); err != nil {
		return err
	}
	w := s.newWork(tx)
	for home, c := range found {
		e := w.take(c)
		e.FreeMS, e.dirty = max(e.FreeMS, entries[home]), true
		e.moved = append(e.moved, move{actor: Actor{Kind: fromSystem}, cause: "provider", from: c.Owner})
	}
	return s.flush(ctx, tx, w)
}

// billsOf adds up what is known of a conversation; nil where nothing is.
func billsOf(ctx context.Context, tx *database.Tx, tenantID, conversationID string) (*bills, error) {
	rows, err := tx.Query(ctx, `SELECT billable, category, COUNT(*) FROM message_bill WHERE tenant_id = $1 AND conversation_id = $2
		GROUP BY billable, category`, tenantID, conversationID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var sum *bills
	for rows.Next() {
		var billable bool
		var category string
		var count int64
		if err := rows.Scan(&billable, &category, &count); err != nil {
			return nil, err
		}
		if sum == nil {
			sum = &bills{Categories: map[string]int64{}}
		}
		if billable {
			sum.Billable += count
			sum.Categories[category] += count
		} else {
			sum.Free += count
		}
	}
	return sum, rows.Err()
}

// priced puts what the platform bills into messages of a thread.
func priced(ctx context.Context, tx *database.Tx, tenantID, conversationID string, list []Message) error {
	byID := map[string]*Message{}
	for n := range list {
		if list[n].Direction == "out" {
			byID[list[n].ID] = &list[n]
		}
	}
	if len(byID) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `SELECT message_id, billable, category, model FROM message_bill WHERE tenant_id = $1 AND conversation_id = $2 ORDER BY delivery_id`,
		tenantID, conversationID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var messageID, category, model string
		var billable bool
		if err := rows.Scan(&messageID, &billable, &category, &model); err != nil {
			return err
		}
		m := byID[messageID]
		if m == nil {
			continue
		}
		if m.Bill == nil {
			m.Bill = &bill{}
		}
		m.Bill.Category, m.Bill.Model = category, model
		if billable {
			m.Bill.Billable++
		} else {
			m.Bill.Free++
		}
	}
	return rows.Err()
}
