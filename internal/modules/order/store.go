package order

import (
	"context"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/platform/database"
)

const orderColumns = `tenant_id, id, number, contact_id, conversation_id, cart_id, key, request_hash, source, state, stock, currency, subtotal, discount, shipping,
	total, granted, paid, refunded, revivable, coupon_id, coupon, delivery, payment, customer, note, expires_ms, created_ms, updated_ms, version`

func scanOrder(row database.Row) (o Order, err error) {
	var coupon, delivery, choice, customer string
	if err := row.Scan(&o.TenantID, &o.ID, &o.Number, &o.ContactID, &o.ConversationID, &o.cartID, &o.key, &o.hash, &o.Source, &o.State, &o.stock, &o.Currency,
		&o.Subtotal, &o.Discount, &o.Freight, &o.Total, &o.Granted, &o.Paid, &o.Refunded, &o.revivable, &o.couponID, &coupon, &delivery, &choice, &customer,
		&o.Note, &o.ExpiresMS, &o.CreatedMS, &o.UpdatedMS, &o.Version); err != nil {
		return o, err
	}
	if coupon != "" {
		o.coupon = &Coupon{}
		if err := unpack(coupon, o.coupon); err != nil {
			return o, err
		}
		o.CouponCode = o.coupon.Code
	}
	o.Lines = []Line{}
	return o, errors.Join(unpack(delivery, &o.Delivery), unpack(choice, &o.Payment), unpack(customer, &o.Customer))
}

// loadOrder reads one order with its lines, by its id or key. Error:
// fault.NotFound.
func loadOrder(ctx context.Context, tx *database.Tx, tenantID, column, key, lock string) (Order, error) {
	o, err := scanOrder(tx.QueryRow(ctx, `SELECT `+orderColumns+` FROM shop_order WHERE tenant_id = $1 AND `+column+` = $2`+lock, tenantID, key))
	if errors.Is(err, database.ErrNoRows) {
		return o, fault.New(fault.NotFound, "no such order")
	}
	if err != nil {
		return o, err
	}
	orders := []Order{o}
	err = loadLines(ctx, tx, tenantID, orders)
	orders[0].weigh()
	return orders[0], err
}

// loadLines reads the lines of orders into them.
func loadLines(ctx context.Context, tx *database.Tx, tenantID string, orders []Order) error {
	if len(orders) == 0 {
		return nil
	}
	at, args := map[string]int{}, []any{tenantID}
	for i, o := range orders {
		at[o.ID] = i
		args = append(args, o.ID)
	}
	rows, err := tx.Query(ctx, `SELECT order_id, variant_id, product_id, sku, name, options, image, quantity, returned, list_price, price, discount, total
		FROM order_line WHERE tenant_id = $1 AND order_id IN (`+database.List(len(orders), 2)+`) ORDER BY order_id, position`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var l Line
		var orderID, options string
		if err := rows.Scan(&orderID, &l.VariantID, &l.ProductID, &l.SKU, &l.Name, &options, &l.Image, &l.Quantity, &l.Returned, &l.ListPrice, &l.Price,
			&l.Discount, &l.Total); err != nil {
			return err
		}
		if err := unpack(options, &l.Options); err != nil {
			return err
		}
		orders[at[orderID]].Lines = append(orders[at[orderID]].Lines, l)
	}
	return rows.Err()
}

// insertOrder stores a new order without its lines.
func insertOrder(tx *database.Tx, o *Order) error {
	texts := make([]string, 3)
	for i, value := range []any{o.Delivery, o.Payment, o.Customer} {
		text, err := pack(value)
		if err != nil {
			return err
		}
		texts[i] = text
	}
	coupon := ""
	if o.coupon != nil {
		var err error
		if coupon, err = pack(o.coupon); err != nil {
			return err
		}
	}
	tx.Later(nil, `INSERT INTO shop_order (`+orderColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
		$19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)`,
		o.TenantID, o.ID, o.Number, o.ContactID, o.ConversationID, o.cartID, o.key, o.hash, string(o.Source), string(o.State), o.stock, string(o.Currency),
		int64(o.Subtotal), int64(o.Discount), int64(o.Freight), int64(o.Total), int64(o.Granted), int64(o.Paid), int64(o.Refunded), o.revivable, o.couponID, coupon,
		texts[0], texts[1], texts[2], o.Note, o.ExpiresMS, o.CreatedMS, o.UpdatedMS, o.Version)
	return nil
}

func insertLines(tx *database.Tx, o *Order) error {
	var args [][]any
	for i, l := range o.Lines {
		options, err := pack(l.Options)
		if err != nil {
			return err
		}
		args = append(args, []any{o.TenantID, o.ID, l.VariantID, i, l.ProductID, l.SKU, l.Name, options, l.Image, l.Quantity, l.Returned, int64(l.ListPrice),
			int64(l.Price), int64(l.Discount), int64(l.Total)})
	}
	tx.LaterAll(`INSERT INTO order_line (tenant_id, order_id, variant_id, position, product_id, sku, name, options, image, quantity, returned,
		list_price, price, discount, total) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`, args)
	return nil
}

// replaceLines stores the changed lines of an order.
func replaceLines(ctx context.Context, tx *database.Tx, o *Order) error {
	if _, err := tx.Exec(ctx, `DELETE FROM order_line WHERE tenant_id = $1 AND order_id = $2`, o.TenantID, o.ID); err != nil {
		return err
	}
	return insertLines(tx, o)
}

// updateOrder stores what may change of an order besides its lines.
func updateOrder(ctx context.Context, tx *database.Tx, o *Order) error {
	_, err := tx.Exec(ctx, `UPDATE shop_order SET state = $3, stock = $4, subtotal = $5, discount = $6, shipping = $7, total = $8, granted = $9, paid = $10,
		refunded = $11, revivable = $12, expires_ms = $13, updated_ms = $14, version = $15 WHERE tenant_id = $1 AND id = $2`,
		o.TenantID, o.ID, string(o.State), o.stock, int64(o.Subtotal), int64(o.Discount), int64(o.Freight), int64(o.Total), int64(o.Granted), int64(o.Paid),
		int64(o.Refunded), o.revivable, o.ExpiresMS, o.UpdatedMS, o.Version)
	return err
}

// log adds a row to the order's log.
func (s *Service) log(ctx context.Context, tx *database.Tx, o *Order, e Event) error {
	if e.Facts == nil {
		e.Facts = map[string]string{}
	}
	facts, err := pack(e.Facts)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO order_event (tenant_id, order_id, seq, kind, from_state, to_state, reason, facts, actor_kind, actor_id, actor_name, at_ms)
		VALUES ($1, $2, (SELECT COALESCE(MAX(seq), 0) + 1 FROM order_event WHERE tenant_id = $1 AND order_id = $2), $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		o.TenantID, o.ID, e.Kind, string(e.From), string(e.To), e.Reason, facts, e.Actor.Kind, e.Actor.ID, e.Actor.Name, tx.Now())
	return err
}

// logNew begins the log of an order that is being made.
func logNew(tx *database.Tx, o *Order, events ...Event) error {
	args := make([][]any, len(events))
	for i, e := range events {
		if e.Facts == nil {
			e.Facts = map[string]string{}
		}
		facts, err := pack(e.Facts)
		if err != nil {
			return err
		}
		args[i] = []any{o.TenantID, o.ID, i + 1, e.Kind, string(e.From), string(e.To), e.Reason, facts, e.Actor.Kind, e.Actor.ID, e.Actor.Name, tx.Now()}
	}
	tx.LaterAll(`INSERT INTO order_event (tenant_id, order_id, seq, kind, from_state, to_state, reason, facts, actor_kind, actor_id, actor_name, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, args)
	return nil
}

// dress adds payments and refunds to an order.
func (s *Service) dress(ctx context.Context, tx *database.Tx, o *Order) (err error) {
	o.Payments, o.Refunds, err = s.payments.Load(ctx, tx, o.TenantID, o.ID)
	return err
}

// Get reads an order with its payments, refunds and log. Error: fault.NotFound.
func (s *Service) Get(ctx context.Context, tenantID, orderID string) (o Order, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if o, err = loadOrder(ctx, tx, tenantID, "id", orderID, ""); err != nil {
			return err
		}
		if err := s.dress(ctx, tx, &o); err != nil {
			return err
		}
		o.Events, err = loadEvents(ctx, tx, tenantID, orderID)
		return err
	})
	return o, err
}

func loadEvents(ctx context.Context, tx *database.Tx, tenantID, orderID string) ([]Event, error) {
	rows, err := tx.Query(ctx, `SELECT seq, kind, from_state, to_state, reason, facts, actor_kind, actor_id, actor_name, at_ms FROM order_event
		WHERE tenant_id = $1 AND order_id = $2 ORDER BY seq`, tenantID, orderID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Event{}
	for rows.Next() {
		var e Event
		var facts string
		if err := rows.Scan(&e.Seq, &e.Kind, &e.From, &e.To, &e.Reason, &facts, &e.Actor.Kind, &e.Actor.ID, &e.Actor.Name, &e.AtMS); err != nil {
			return nil, err
		}
		if err := unpack(facts, &e.Facts); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

// Search is what a list of orders is asked for; empty members ask for nothing.
type Search struct {
	TenantID  string
	State     State
	Money     MoneyState
	ContactID string
	Number    int64
	Cursor    string
	Limit     int
}

// List pages through orders, newest first, without payments and logs.
func (s *Service) List(ctx context.Context, in Search) (list page.List[Order], err error) {
	before := string(id.Order) + "~"
	if _, err := page.Decode(in.Cursor, &before); err != nil {
		return list, err
	}
	size := page.Size(in.Limit)
	list.Items = []Order{}
	err = s.db.Read(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+orderColumns+` FROM shop_order WHERE tenant_id = $1 AND id < $2 AND (state = $3 OR $3 = '')
			AND (contact_id = $4 OR $4 = '') AND (number = $5 OR CAST($5 AS BIGINT) = 0) AND ($7 = '' OR $7 = `+moneyState+`) ORDER BY id DESC LIMIT $6`,
			in.TenantID, before, string(in.State), in.ContactID, in.Number, size+1, string(in.Money))
		if err != nil {
			return err
		}
		for rows.Next() {
			o, err := scanOrder(rows)
			if err != nil {
				rows.Close()
				return err
			}
			o.weigh()
			list.Items = append(list.Items, o)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if len(list.Items) > size {
			list.Items = list.Items[:size]
			list.Next = page.Encode(list.Items[size-1].ID)
		}
		return loadLines(ctx, tx, in.TenantID, list.Items)
	})
	return list, err
}
