package move

import (
	"context"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// goes lists the tables that go along, in the order in which they are laid down.
// A test holds goes and stays against the schema.
var goes = strings.Fields(`
	member invitation factor_policy entitlement entitlement_grant usage_entry usage_sum usage_talk
	subscription payer invoice wish contract_entry audit_entry
	channel_account channel_alarm channel_health channel_news channel_pause channel_pulse
	template template_news template_sync
	contact contact_address contact_conflict contact_merge consent_entry consent_rule
	bot flow_version bot_draft bot_secret bot_count bot_rating
	conversation message message_bill conversation_interval inbound_key parked_event read_cursor delivery early_status
	bot_session bot_turn bot_call bot_wait draft upload
	collection collection_item product product_image variant stock stock_hold stock_movement
	cart cart_entry cart_line cart_receipt coupon coupon_use delivery_book delivery_zone
	order_counter shop_order order_line order_event
	payment payment_account payment_fact payment_notice payment_setting refund
	sale_bill sale_said sale_setting
	listing_account listing_catalog listing_item listing_batch listing_price
	mail_letter`)

// stays says why the other tables of companies stay where they are.
var stays = map[string]string{
	"acquisition":    "how the contract came about: the record of the installation that made it",
	"erasure":        "that data is gone here",
	"exchange":       "what providers were told by this installation; it ends after a week",
	"quarantine":     "what could not be read waits where it came in; what is replayed there is sent on",
	"support_access": "who of this installation's staff looked",
}

// beside are rows that belong to the company without naming it: itself, and the
// people who work there. Where is the condition, with the company as $1.
var beside = []table{
	{Name: "tenant", where: "id = $1"},
}

// ofPeople are the people with what proves them. A passkey stays: it is bound to
// the host that it was made for.
var ofPeople = []table{
	{Name: "app_user", where: "id IN (SELECT user_id FROM member WHERE tenant_id = $1)"},
	{Name: "factor", where: "kind = 'totp' AND user_id IN (SELECT user_id FROM member WHERE tenant_id = $1)"},
	{Name: "recovery_code", where: "user_id IN (SELECT user_id FROM member WHERE tenant_id = $1)"},
}

// masked are columns that the target fills in by itself, so that two equal rows
// may differ in them: the line of business, and who is staff.
var masked = map[string]bool{"tenant.line": true, "app_user.operator": true}

// summed are columns whose sums stand in the receipt: money, stock, and the last
// numbers of the threads.
var summed = map[string][]string{
	"conversation": {"seq"}, "shop_order": {"total", "paid", "refunded"}, "payment": {"amount", "paid", "refunded"}, "invoice": {"amount", "paid", "refunded"},
	"refund": {"amount"}, "stock": {"on_hand", "reserved"}, "usage_sum": {"used"}, "coupon": {"used"}, "order_counter": {"last"},
}

// column is one column of a table.
type column struct {
	name string
	kind byte // 't'ext, 'n'umber, 'b'oolean, 'x' bytes
}

// table is how rows are read, compared and written.
type table struct {
	Name    string
	where   string // "tenant_id = $1" when empty
	columns []column
	key     []int // places of the key's columns, without the company
}

func (t *table) condition() string {
	if t.where != "" {
		return t.where
	}
	return "tenant_id = $1"
}

func (t *table) names(of []int) string {
	list := make([]string, len(of))
	for i, at := range of {
		list[i] = t.columns[at].name
	}
	return strings.Join(list, ", ")
}

func (t *table) all() string {
	list := make([]string, len(t.columns))
	for i, c := range t.columns {
		list[i] = c.name
	}
	return strings.Join(list, ", ")
}

func (t *table) at(name string) int {
	return slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })
}

// describe fills the columns and the key of tables as the database has them.
func describe(ctx context.Context, tx *database.Tx, tables []table) error {
	for i := range tables {
		t := &tables[i]
		rows, err := tx.Query(ctx, columnsOf(tx.Engine()), t.Name)
		if err != nil {
			return err
		}
		keys := map[int64]int{}
		for rows.Next() {
			var c column
			var kind string
			var place int64
			if err := rows.Scan(&c.name, &kind, &place); err != nil {
				rows.Close()
				return err
			}
			switch strings.ToLower(kind) {
			case "text":
				c.kind = 't'
			case "bigint", "integer":
				c.kind = 'n'
			case "boolean":
				c.kind = 'b'
			case "bytea", "blob":
				c.kind = 'x'
			default:
				rows.Close()
				return fault.New(fault.Internal, "%s.%s is %s, which no move has carried yet", t.Name, c.name, kind)
			}
			if place > 0 && c.name != "tenant_id" {
				keys[place] = len(t.columns)
			}
			t.columns = append(t.columns, c)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if len(t.columns) == 0 {
			return fault.New(fault.Internal, "the database has no table %s", t.Name)
		}
		for place := int64(1); place <= int64(len(t.columns)); place++ {
			if at, ok := keys[place]; ok {
				t.key = append(t.key, at)
			}
		}
	}
	return nil
}

// tablesOf describes all that is compared range by range, the company first.
func tablesOf(ctx context.Context, db *database.DB) ([]table, error) {
	tables := slices.Clone(beside)
	for _, name := range goes {
		tables = append(tables, table{Name: name})
	}
	return tables, describeIn(ctx, db, tables)
}

// peopleTables describes the people's.
func peopleTables(ctx context.Context, db *database.DB) ([]table, error) {
	tables := slices.Clone(ofPeople)
	return tables, describeIn(ctx, db, tables)
}

func describeIn(ctx context.Context, db *database.DB, tables []table) error {
	return db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		for i := range tables {
			tables[i].columns, tables[i].key = nil, nil
		}
		return describe(ctx, tx, tables)
	})
}

// everybody is the scope of a move: the company stands still, so that nobody
// else's transaction may name it.
func everybody() database.Scope {
	return database.Platform("a company is moved, with what belongs to it without naming it")
}
