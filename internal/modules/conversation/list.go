package conversation

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/page"
	"prosa/internal/message"
	"prosa/internal/modules/contact"
	"prosa/internal/platform/database"
)

// View is a list of conversations that an attendant looks at.
type View string

// The views. Their order is that of the last message, newest first.
const (
	MineView     View = "mine"
	QueueView    View = "queue"
	BotView      View = "bot"
	OpenView     View = "open" // owned by any person
	SnoozedView  View = "snoozed"
	ResolvedView View = "resolved"
	AllView      View = "all"
)

// ListInput asks for a page of conversations.
type ListInput struct {
	TenantID  string
	By        Viewer
	View      View
	Channel   message.Channel // empty for any
	AccountID string          // empty for any
	ContactID string          // empty for any
	// Query keeps those whose customer's name or number, or whose last message,
	// holds it.
	Query  string
	Cursor string
	Limit  int
}

// listKey is the place in a list: the last row's.
type listKey struct {
	AtMS int64  `json:"l"`
	ID   string `json:"i"`
}

// never stands for the waiting time of a conversation in the queue in which
// nobody waits: it comes last. It is the largest integer that JavaScript holds.
const never = 9007199254740991

// order is how a view's rows stand: the newest first, but in the queue whoever
// has waited longest.
type order struct {
	key       string // column or expression, spelled as its index is
	sign      string // of the comparison with the last row
	direction string
	start     listKey // before the first row
}

func (v View) order() order {
	if v == QueueView {
		return order{`CASE WHEN waiting_since_ms = 0 THEN 9007199254740991 ELSE waiting_since_ms END`, ">", "ASC", listKey{AtMS: -1}}
	}
	return order{"last_ms", "<", "DESC", listKey{AtMS: 1 << 62, ID: "~"}}
}

func (o order) by() string { return o.key + " " + o.direction + ", id " + o.direction }

// at gives a row's place in the order.
func (v View) at(row Row) listKey {
	if v != QueueView {
		return listKey{row.LastMS, row.ID}
	}
	if row.WaitingMS == 0 {
		return listKey{never, row.ID}
	}
	return listKey{row.WaitingMS, row.ID}
}

// live is spelled as the index conversation_people is, so that it is used.
const live = `state <> 'bot' AND state <> 'resolved'`

// states gives the conditions on a view's rows; several are read side by side
// and merged, each from its own index. The person's id is $2.
func (v View) states() ([]string, error) {
	switch v {
	case MineView:
		return []string{live + ` AND owner_kind = 'human' AND owner_id = $2`}, nil
	case QueueView:
		return []string{`state = 'queued'`}, nil
	case BotView:
		return []string{`state = 'bot'`}, nil
	case OpenView:
		return []string{live + ` AND state = 'open'`}, nil
	case SnoozedView:
		return []string{live + ` AND state = 'snoozed'`}, nil
	case ResolvedView:
		return []string{`state = 'resolved'`}, nil
	case AllView, "":
		return []string{live, `state = 'bot'`, `state = 'resolved'`}, nil
	default:
		return nil, fault.OnField("view", "there is no view %q", v)
	}
}

// List gives a page of a view, as the person may see it. One statement a page;
// nothing is counted.
func (s *Service) List(ctx context.Context, in ListInput) (list page.List[Row], err error) {
	list.Items = []Row{}
	conditions, err := in.View.states()
	if err != nil {
		return list, err
	}
	if database.Text(in.Query) != nil {
		return list, fault.OnField("q", "must be plain text")
	}
	order := in.View.order()
	after := order.start
	if _, err := page.Decode(in.Cursor, &after); err != nil {
		return list, err
	}
	visible, ok := s.cfg.visible(in.By)
	if !ok {
		return list, nil
	}
	size := page.Size(in.Limit)
	args := []any{in.TenantID, in.By.UserID, after.AtMS, after.ID, size + 1}
	filter := visible
	with := func(column, value string) {
		if value != "" {
			args = append(args, value)
			filter += fmt.Sprintf(" AND %s = $%d", column, len(args))
		}
	}
	with("channel", string(in.Channel))
	with("account_id", in.AccountID)
	with("contact_id", in.ContactID)
	if strings.TrimSpace(in.Query) != "" {
		args = append(args, contact.Pattern(in.Query))
		filter += fmt.Sprintf(` AND search LIKE $%d ESCAPE '\'`, len(args))
	}
	parts := make([]string, len(conditions))
	for n, condition := range conditions {
		parts[n] = `SELECT * FROM (SELECT ` + conversationColumns + ` FROM conversation WHERE tenant_id = $1 AND ` + condition +
			` AND (` + order.key + `, id) ` + order.sign + ` ($3, $4)` + filter + ` ORDER BY ` + order.by() + ` LIMIT $5) AS part` + fmt.Sprint(n)
	}
	query := `SELECT c.*, ` + unreadColumn + ` FROM (` + strings.Join(parts, " UNION ALL ") + `) AS c ORDER BY ` + order.by() + ` LIMIT $5`
	err = s.db.Read(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		list.Items, err = scanRows(rows)
		return err
	})
	if err == nil && len(list.Items) > size {
		list.Items = list.Items[:size]
		list.Next = page.Encode(in.View.at(list.Items[size-1]))
	}
	return list, err
}

// visible is sees as a condition on rows; the person's id is $2. It reports
// false when the viewer sees nothing.
func (cfg Config) visible(v Viewer) (condition string, ok bool) {
	switch {
	case v.oversees(), v.Role == Attendant && cfg.AttendantsSeeAll:
		return "", true
	case v.Role != Attendant:
		return "", false
	}
	bots := ""
	if cfg.AttendantsSeeBots {
		bots = ` OR owner_kind = 'bot'`
	}
	return ` AND (owner_kind = 'human' AND owner_id = $2 OR state <> 'resolved' AND owner_kind = 'none'` + bots +
		` OR state = 'resolved' AND (last_user_id = '' OR last_user_id = $2))`, true
}

// unreadColumn counts what the person $2 has not read of a row c, up to
// maxUnread.
const unreadColumn = `CASE WHEN c.last_in_seq <= COALESCE((SELECT r.seq FROM read_cursor r
		WHERE r.tenant_id = c.tenant_id AND r.conversation_id = c.id AND r.user_id = $2), 0) THEN 0 ELSE (
	SELECT COUNT(*) FROM (SELECT 1 FROM message m WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.id AND m.direction = 'in'
		AND m.kind <> 'system' AND m.kind <> 'consent' AND m.seq > COALESCE((SELECT r.seq FROM read_cursor r
			WHERE r.tenant_id = c.tenant_id AND r.conversation_id = c.id AND r.user_id = $2), 0)
		ORDER BY m.seq DESC LIMIT 10) AS fresh) END AS unread`

func scanRows(rows *database.Rows) ([]Row, error) {
	defer rows.Close()
	list := []Row{}
	for rows.Next() {
		var unread int
		c, err := scanConversation(rows, &unread)
		if err != nil {
			return nil, err
		}
		list = append(list, Row{Conversation: *c, Unread: min(unread, maxUnread)})
	}
	return list, rows.Err()
}

// Get gives one row. Error: NotFound, also for what the person may not see.
func (s *Service) Get(ctx context.Context, tenantID, conversationID string, by Viewer) (row Row, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		c, err := s.seen(ctx, tx, tenantID, conversationID, by)
		if err != nil {
			return err
		}
		row.Conversation = *c
		if row.Bills, err = billsOf(ctx, tx, tenantID, conversationID); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT `+unreadColumn+` FROM conversation c WHERE c.tenant_id = $1 AND c.id = $3`,
			tenantID, by.UserID, conversationID).Scan(&row.Unread)
	})
	return row, err
}

// seen reads a conversation that the person may see.
func (s *Service) seen(ctx context.Context, tx *database.Tx, tenantID, conversationID string, by Viewer) (*Conversation, error) {
	c, err := scanConversation(tx.QueryRow(ctx, `SELECT `+conversationColumns+` FROM conversation WHERE tenant_id = $1 AND id = $2`, tenantID, conversationID))
	if errors.Is(err, database.ErrNoRows) || err == nil && !s.cfg.sees(by, c) {
		return nil, errAbsent()
	}
	return c, err
}

// Counts is what stands beside the views.
type Counts struct {
	Mine    int `json:"mine"`
	Queue   int `json:"queue"`
	Bot     int `json:"bot" doc:"At most 1000."`
	Open    int `json:"open"`
	Snoozed int `json:"snoozed"`
	Unread  int `json:"unread" doc:"Conversations of mine with something that I have not read."`
}

// maxBotCount is where counting the bots' conversations stops.
const maxBotCount = 1000

// Counts counts what people work on: the live conversations that are not with
// bots, which are few beside all others.
func (s *Service) Counts(ctx context.Context, tenantID string, by Viewer) (counts Counts, err error) {
	visible, ok := s.cfg.visible(by)
	if !ok {
		return counts, nil
	}
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT
				COUNT(CASE WHEN owner_kind = 'human' AND owner_id = $2 THEN 1 END),
				COUNT(CASE WHEN state = 'queued' THEN 1 END),
				COUNT(CASE WHEN state = 'open' THEN 1 END),
				COUNT(CASE WHEN state = 'snoozed' THEN 1 END)
			FROM conversation WHERE tenant_id = $1 AND `+live+visible, tenantID, by.UserID).
			Scan(&counts.Mine, &counts.Queue, &counts.Open, &counts.Snoozed); err != nil {
			return err
		}
		if by.oversees() || s.cfg.AttendantsSeeBots || s.cfg.AttendantsSeeAll {
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM conversation WHERE tenant_id = $1 AND state = 'bot' LIMIT $2) AS few`,
				tenantID, maxBotCount).Scan(&counts.Bot); err != nil {
				return err
			}
		}
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM conversation c WHERE c.tenant_id = $1 AND c.state <> 'bot' AND c.state <> 'resolved'
			AND c.owner_kind = 'human' AND c.owner_id = $2 AND c.last_in_seq > COALESCE((SELECT r.seq FROM read_cursor r
				WHERE r.tenant_id = c.tenant_id AND r.conversation_id = c.id AND r.user_id = $2), 0)`, tenantID, by.UserID).Scan(&counts.Unread)
	})
	return counts, err
}
