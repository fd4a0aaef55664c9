package archive

import "strings"

// sheet is one table as it goes out: the columns by name, the first of which
// are its key (without the company). A mark tells what a column holds: # a
// whole number, ? yes or no, @ JSON, which stays JSON; text has none.
type sheet struct {
	file, table string
	keys        int
	columns     string
}

// sheets is what goes out, in the order of the archive.
var sheets = []sheet{
	{"members", "member", 1, "user_id role state created_ms#"},
	{"invitations", "invitation", 1, "id email role invited_by created_ms# expires_ms# accepted_ms# revoked_ms#"},
	{"log", "audit_entry", 1, "id at_ms# actor_kind actor_id action target facts@ ip"},
	{"channels", "channel_account", 1, "id channel name external_id display bot_id state created_ms#"},
	{"templates", "template", 1, "id waba_id name language category status status_ms# quality reason definition@ external_id created_ms# updated_ms#"},
	{"template_news", "template_news", 4, "template_id at_ms# kind value reason"},
	{"contacts", "contact", 1, "id name profile username language fields@ tags@ blocked? merged_into created_ms# updated_ms#"},
	{"contact_addresses", "contact_address", 3, "kind scope match_key value contact_id reachable? created_ms#"},
	{"contact_merges", "contact_merge", 1, "id contact_id other_id addresses@ fields@ tags moved@ actor_kind actor_id at_ms# undone_ms#"},
	{"consents", "consent_entry", 1, "id contact_id topic granted? source account_id message_id actor_id actor_name proof at_ms#"},
	{"conversations", "conversation", 1, "id account_id channel contact_id state owner_kind owner_id owner_name team bot_id contact_name addresses@ seq# last_ms# last_in_ms# previous_id referral@ control@ free_until_ms# past? created_ms# resolved_ms#"},
	{"messages", "message", 1, "id conversation_id seq# direction kind content@ sender_kind sender_id sender_name status error_code error_text quoted_id reactions@ at_ms# created_ms# sent_ms# delivered_ms# read_ms# played_ms# edited_ms# deleted_ms# former@"},
	{"message_bills", "message_bill", 2, "conversation_id delivery_id message_id account_id billable? category model at_ms#"},
	{"intervals", "conversation_interval", 1, "id conversation_id kind owner_id team started_ms# ended_ms# cause actor_id"},
	{"bots", "bot", 1, "id key name state live_version_id created_ms#"},
	{"bot_versions", "flow_version", 1, "id bot_id number# definition@ layout@ tests@ note author_id created_ms#"},
	{"bot_drafts", "bot_draft", 1, "bot_id revision# definition@ layout@ tests@ author_id author_name updated_ms#"},
	{"bot_ratings", "bot_rating", 2, "session_id node bot_id number# conversation_id score# scale# comment at_ms#"},
	{"products", "product", 1, "id handle name description brand category_id state options@ images@ ncm created_ms# updated_ms#"},
	{"variants", "variant", 1, "id product_id sku position# options@ barcode price# sale_price# sale_from_ms# sale_to_ms# currency image@ weight_g# max_per_order# archived?"},
	{"stock", "stock", 1, "variant_id tracked? on_hand# reserved#"},
	{"stock_movements", "stock_movement", 2, "variant_id id kind cause on_hand_delta# reserved_delta# reason actor_kind actor_id at_ms#"},
	{"collections", "collection", 1, "id kind parent_id name position# created_ms#"},
	{"collection_items", "collection_item", 2, "collection_id product_id position#"},
	{"pictures", "product_image", 1, "hash mime size# created_ms#"},
	{"coupons", "coupon", 1, "id code kind value# min_subtotal# first_order? total_limit# contact_limit# used# from_ms# to_ms# active? created_ms#"},
	{"coupon_uses", "coupon_use", 2, "coupon_id order_id contact_id at_ms#"},
	{"delivery_zones", "delivery_zone", 1, "id kind name cep_from cep_to neighbourhoods@ price# free_above# min_order# promise position# active? created_ms#"},
	{"carts", "cart", 1, "id contact_id state order_id coupon_code delivery@ note created_ms# updated_ms#"},
	{"cart_lines", "cart_line", 2, "cart_id variant_id quantity# added_ms#"},
	{"orders", "shop_order", 1, "id number# contact_id conversation_id source state currency subtotal# discount# shipping# total# paid# refunded# coupon@ delivery@ payment@ customer@ note created_ms# updated_ms#"},
	{"order_lines", "order_line", 2, "order_id variant_id position# product_id sku name options@ quantity# returned# list_price# price# discount# total#"},
	{"order_events", "order_event", 2, "order_id seq# kind from_state to_state reason facts@ actor_kind actor_id actor_name at_ms#"},
	{"payments", "payment", 1, "id order_id provider method state amount# paid# refunded# currency external_id verified? created_ms# updated_ms#"},
	{"refunds", "refund", 1, "id payment_id order_id amount# state reason created_ms# updated_ms#"},
	{"payment_settings", "payment_setting", 0, "pix_key pix_name pix_city cash? card? expiry_minutes#"},
	{"usage", "usage_sum", 2, "period meter used#"},
	{"invoices", "invoice", 1, "id number version_id state amount# paid# refunded# currency period_start_ms# period_end_ms# due_ms# paid_ms# payer@ nfse_number nfse_ms# issued_ms#"},
}

// kept says why the other tables of companies stay here. A test holds both
// lists against the schema.
var kept = map[string]string{
	"acquisition":       "how the company came here; its data is on its page of the plan",
	"bot_call":          "work under way",
	"bot_count":         "sums of what goes out",
	"bot_secret":        "secrets",
	"bot_session":       "work under way",
	"bot_turn":          "the engine's own notes for a replay",
	"bot_wait":          "work under way",
	"cart_entry":        "the engine's own notes",
	"cart_receipt":      "keys of requests",
	"channel_alarm":     "what waits for somebody here",
	"channel_health":    "the provider's state",
	"channel_news":      "what providers said of accounts here",
	"channel_pause":     "the provider's state",
	"channel_pulse":     "counts of messages, which go out",
	"consent_rule":      "a setting of this installation",
	"contact_conflict":  "what only asks for a decision here",
	"contract_entry":    "what an agreement by hand noted; its invoices go out",
	"delivery":          "the queue of messages, which go out",
	"delivery_book":     "a counter",
	"draft":             "what somebody has not said",
	"early_status":      "work under way",
	"entitlement":       "the plan, which the company sees here",
	"entitlement_grant": "the plan, which the company sees here",
	"erasure":           "that there is nothing any more",
	"exchange":          "what providers were told, with their own ids",
	"factor_policy":     "how people sign in here",
	"inbound_key":       "keys of messages",
	"listing_account":   "the provider's state",
	"listing_batch":     "work under way",
	"listing_catalog":   "the provider's state",
	"listing_item":      "what the provider holds of products that go out",
	"listing_price":     "what the provider was told",
	"mail_letter":       "sealed",
	"order_counter":     "a counter",
	"parked_event":      "work under way",
	"payer":             "goes out with each invoice",
	"payment_account":   "credentials",
	"payment_fact":      "what the provider said of payments that go out",
	"payment_notice":    "work under way",
	"quarantine":        "what nobody could read",
	"read_cursor":       "what somebody has seen",
	"sale_bill":         "work under way",
	"sale_said":         "keys of messages that go out",
	"sale_setting":      "settings",
	"stock_hold":        "work under way",
	"subscription":      "the plan, which the company sees here",
	"support_access":    "goes out with the log",
	"template_sync":     "when the provider was read",
	"upload":            "files not yet sent",
	"usage_entry":       "keys of what was counted",
	"usage_talk":        "work under way",
	"wish":              "work under way",
}

// column is one column of a sheet.
type column struct {
	name string
	kind byte // '#', '?', '@', or 0 for text
}

func (s sheet) fields() []column {
	var list []column
	for _, word := range strings.Fields(s.columns) {
		c := column{name: word}
		if last := word[len(word)-1]; strings.IndexByte("#?@", last) >= 0 {
			c.name, c.kind = word[:len(word)-1], last
		}
		list = append(list, c)
	}
	return list
}

// query reads the next page behind a key; $1 is the company and the last
// placeholder the number of rows.
func (s sheet) query(first bool) string {
	names := make([]string, 0, len(s.columns)/8)
	for _, c := range s.fields() {
		names = append(names, c.name)
	}
	text, next := "SELECT "+strings.Join(names, ", ")+" FROM "+s.table+" WHERE tenant_id = $1", 2
	key := strings.Join(names[:s.keys], ", ")
	if s.keys > 0 && !first {
		marks := make([]string, s.keys)
		for i := range marks {
			marks[i] = "$" + string(rune('0'+next))
			next++
		}
		text += " AND (" + key + ") > (" + strings.Join(marks, ", ") + ")"
	}
	if s.keys > 0 {
		text += " ORDER BY " + key
	}
	return text + " LIMIT $" + string(rune('0'+next))
}
