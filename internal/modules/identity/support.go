package identity

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/mail"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// supportLife is how long an operator may look into a company.
const supportLife = time.Hour

// Support is an operator's look into a company: with a reason, approved by
// another operator where there is one, an hour long, read-only, and seen by the
// company, which may end it.
type Support struct {
	ID           string `json:"id"`
	CompanyID    string `json:"company_id"`
	OperatorID   string `json:"operator_id"`
	OperatorName string `json:"operator_name"`
	Reason       string `json:"reason"`
	State        string `json:"state" enum:"asked,open,refused,ended,expired"`
	AskedMS      int64  `json:"asked_ms"`
	ApproverName string `json:"approver_name" doc:"Empty while nobody approved, and where there was no second operator."`
	OpenedMS     int64  `json:"opened_ms"`
	ExpiresMS    int64  `json:"expires_ms"`
	EndedMS      int64  `json:"ended_ms"`
}

// readable is what an operator sees in a company; none of it changes anything.
var readable = map[Permission]bool{
	InboxRead: true, InboxSupervise: true, ContactRead: true, ChannelRead: true, BotRead: true, ProductRead: true, OrderRead: true, MemberRead: true, AuditRead: true,
}

var errNoSupport = fault.New(fault.NotFound, "no such access")

const supportColumns = "id, tenant_id, operator_id, operator_name, reason, state, asked_ms, approver_name, opened_ms, expires_ms, ended_ms"

func scanSupport(row database.Row, now int64) (Support, error) {
	var a Support
	err := row.Scan(&a.ID, &a.CompanyID, &a.OperatorID, &a.OperatorName, &a.Reason, &a.State, &a.AskedMS, &a.ApproverName, &a.OpenedMS, &a.ExpiresMS, &a.EndedMS)
	if errors.Is(err, database.ErrNoRows) {
		return Support{}, errNoSupport
	}
	if a.State == "open" && a.ExpiresMS <= now || a.State == "asked" && a.AskedMS+24*supportLife.Milliseconds() <= now {
		a.State = "expired"
	}
	return a, err
}

// cleanReason wants a reason worth reading.
func cleanReason(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < 5 || n > 500 || database.Text(reason) != nil {
		return "", fault.OnField("reason", "must have 5 to 500 characters")
	}
	return reason, nil
}

// AskSupport asks to look into a company. With a second operator it waits for
// their approval, else it is open at once. Errors: fault.Invalid, fault.NotFound,
// fault.Conflict with reason support_pending.
func (s *Service) AskSupport(ctx context.Context, who Principal, tenantID, reason string) (a Support, err error) {
	if reason, err = cleanReason(reason); err != nil {
		return Support{}, err
	}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		company, err := tenancy.Load(ctx, tx, tenantID)
		if err != nil {
			return err
		}
		before, err := scanSupport(tx.QueryRow(ctx, "SELECT "+supportColumns+` FROM support_access
			WHERE tenant_id = $1 AND operator_id = $2 AND state IN ('asked', 'open') ORDER BY id DESC LIMIT 1`, tenantID, who.User.ID), tx.Now())
		if err == nil && before.State != "expired" {
			return &fault.Error{Code: fault.Conflict, Reason: "support_pending", Message: "you asked for that company already"}
		}
		if err != nil && !errors.Is(err, errNoSupport) {
			return err
		}
		a = Support{
			ID: id.New(id.Support, tx.Now()), CompanyID: tenantID, OperatorID: who.User.ID, OperatorName: who.User.Name, Reason: reason,
			State: "asked", AskedMS: tx.Now(),
		}
		_, err = tx.Exec(ctx, `INSERT INTO support_access
			(tenant_id, id, operator_id, operator_name, reason, state, asked_ms, approver_id, approver_name, opened_ms, expires_ms, ended_ms, ended_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', 0, 0, 0, '')`, tenantID, a.ID, a.OperatorID, a.OperatorName, a.Reason, a.State, a.AskedMS)
		if err != nil {
			return err
		}
		if err := noteSupport(ctx, tx, who, a, "support.asked"); err != nil {
			return err
		}
		var others int64
		err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM app_user WHERE operator = TRUE AND state = $2 AND id <> $1", who.User.ID, stateActive).Scan(&others)
		if err != nil || others > 0 {
			return err
		}
		return s.openSupport(ctx, tx, who, company, &a)
	})
	return a, err
}

// openSupport begins the hour, and tells the company.
func (s *Service) openSupport(ctx context.Context, tx *database.Tx, who Principal, company tenancy.Company, a *Support) error {
	a.State, a.OpenedMS, a.ExpiresMS = "open", tx.Now(), tx.Now()+supportLife.Milliseconds()
	approver := ""
	if who.User.ID != a.OperatorID {
		approver, a.ApproverName = who.User.ID, who.User.Name
	}
	tx.Notify(rights, 0)
	_, err := tx.Exec(ctx, `UPDATE support_access SET state = 'open', opened_ms = $3, expires_ms = $4, approver_id = $5, approver_name = $6
		WHERE tenant_id = $1 AND id = $2`, a.CompanyID, a.ID, a.OpenedMS, a.ExpiresMS, approver, a.ApproverName)
	if err != nil {
		return err
	}
	if err := noteSupport(ctx, tx, who, *a, "support.opened"); err != nil {
		return err
	}
	return s.postSupport(ctx, tx, company, *a)
}

// postSupport writes to the company's admins.
func (s *Service) postSupport(ctx context.Context, tx *database.Tx, company tenancy.Company, a Support) error {
	if !s.Posts() {
		return nil
	}
	people, err := members(ctx, tx, company.ID)
	if err != nil {
		return err
	}
	for _, m := range people {
		if m.Role != Admin {
			continue
		}
		user, err := userByID(ctx, tx, m.UserID)
		if err != nil {
			return err
		}
		err = s.post.Send(ctx, tx, mail.Letter{
			TenantID: company.ID, Key: "support:" + a.ID + ":" + user.ID, Template: mail.SupportOpened, Locale: user.Locale, To: user.Email, Name: user.Name,
			Data: map[string]string{
				"company": company.Name, "operator": a.OperatorName, "reason": a.Reason,
				"until": moment(user.Locale, a.ExpiresMS, company.Timezone), "link": s.cfg.PublicURL + supportPage,
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func noteSupport(ctx context.Context, tx *database.Tx, who Principal, a Support, action string) error {
	return audit.Write(ctx, tx, audit.Entry{
		TenantID: a.CompanyID, Actor: actorOf(who, a), Action: action, Target: a.ID, Facts: map[string]string{"reason": a.Reason, "operator": a.OperatorName}, IP: who.ClientIP,
	})
}

// actorOf names who acts on an access: a member of the company, or staff.
func actorOf(who Principal, a Support) event.Actor {
	if who.TenantID() == a.CompanyID && who.Support == nil && who.Role != "" {
		return who.Actor()
	}
	return who.User.Actor()
}

// DecideSupport approves or refuses what another operator asked for. Errors:
// fault.NotFound, fault.Refused with reason own_support, fault.Conflict.
func (s *Service) DecideSupport(ctx context.Context, who Principal, supportID string, approve bool) (a Support, err error) {
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		if a, err = scanSupport(tx.QueryRow(ctx, "SELECT "+supportColumns+" FROM support_access WHERE id = $1"+tx.ForUpdate(), supportID), tx.Now()); err != nil {
			return err
		}
		switch {
		case a.State != "asked":
			return fault.New(fault.Conflict, "this was decided already")
		case a.OperatorID == who.User.ID && approve:
			return fault.Refuse("own_support", "another operator has to approve it")
		case !approve:
			return s.closeSupport(ctx, tx, who, &a, "refused")
		}
		company, err := tenancy.Load(ctx, tx, a.CompanyID)
		if err != nil {
			return err
		}
		return s.openSupport(ctx, tx, who, company, &a)
	})
	return a, err
}

// EndSupport ends an access: its operator, any other, or the company, of which
// who looks at one in tenantID. Error: fault.NotFound.
func (s *Service) EndSupport(ctx context.Context, who Principal, tenantID, supportID string) (a Support, err error) {
	scope, condition, args := everyCompany(), "id = $1", []any{supportID}
	if tenantID != "" {
		scope, condition, args = database.Company(tenantID), "id = $1 AND tenant_id = $2", []any{supportID, tenantID}
	}
	err = s.db.Write(ctx, scope, func(ctx context.Context, tx *database.Tx) error {
		if a, err = scanSupport(tx.QueryRow(ctx, "SELECT "+supportColumns+" FROM support_access WHERE "+condition+tx.ForUpdate(), args...), tx.Now()); err != nil {
			return err
		}
		if a.State != "open" && a.State != "asked" {
			return nil
		}
		return s.closeSupport(ctx, tx, who, &a, "ended")
	})
	return a, err
}

// closeSupport ends an access, and lets go of the streams that it opened.
func (s *Service) closeSupport(ctx context.Context, tx *database.Tx, who Principal, a *Support, state string) error {
	a.State, a.EndedMS = state, tx.Now()
	tx.Notify(rights, 0)
	_, err := tx.Exec(ctx, "UPDATE support_access SET state = $3, ended_ms = $4, ended_by = $5 WHERE tenant_id = $1 AND id = $2",
		a.CompanyID, a.ID, state, tx.Now(), who.User.ID)
	if err != nil {
		return err
	}
	live, err := sessions(ctx, tx, a.OperatorID)
	if err != nil {
		return err
	}
	for _, one := range live {
		if one.activeTenantID != a.CompanyID {
			continue
		}
		if err := s.tellRevoked(ctx, tx, one, Principal{User: User{ID: a.OperatorID, Name: a.OperatorName, Operator: true}}); err != nil {
			return err
		}
	}
	return noteSupport(ctx, tx, who, *a, "support."+state)
}

// SupportOf lists the last 100 accesses to a company, the newest first; of every
// company when tenantID is empty, for operators.
func (s *Service) SupportOf(ctx context.Context, tenantID string) (list []Support, err error) {
	scope, condition, args := everyCompany(), "", []any{}
	if tenantID != "" {
		scope, condition, args = database.Company(tenantID), "WHERE tenant_id = $1", []any{tenantID}
	}
	err = s.db.Read(ctx, scope, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT "+supportColumns+" FROM support_access "+condition+" ORDER BY asked_ms DESC, id DESC LIMIT 100", args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		list = []Support{}
		for rows.Next() {
			a, err := scanSupport(rows, tx.Now())
			if err != nil {
				return err
			}
			list = append(list, a)
		}
		return rows.Err()
	})
	return list, err
}

// lookIn gives the open access of a session's operator to the company that it
// looks at; nil for none.
func lookIn(ctx context.Context, tx *database.Tx, user User, tenantID string) (*Support, error) {
	if !user.Operator || tenantID == "" {
		return nil, nil
	}
	a, err := scanSupport(tx.QueryRow(ctx, "SELECT "+supportColumns+` FROM support_access
		WHERE operator_id = $1 AND tenant_id = $2 AND state = 'open' ORDER BY id DESC LIMIT 1`, user.ID, tenantID), tx.Now())
	if errors.Is(err, errNoSupport) || err == nil && a.State != "open" {
		return nil, nil
	}
	return &a, err
}
