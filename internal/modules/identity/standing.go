package identity

import (
	"context"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// leaves reports whether the state of the company looked at leaves a permission
// to its people: all while it works; what is read while it is read only, and
// always what is needed to pay.
func (p Principal) leaves(permission Permission) bool {
	switch {
	case p.Company.Working():
		return true
	case permission == BillingRead || permission == BillingManage:
		return p.Company.Billable()
	case p.Company.ReadsOnly():
		// A supervisor goes on seeing what others own; to take it is another permission.
		return permission == InboxSupervise || strings.HasSuffix(string(permission), ".read")
	default:
		return false
	}
}

// admitMember asks whether the company's plan has a seat for somebody who is
// not an active member yet. Error: fault.Refused with reason plan_limit.
func admitMember(ctx context.Context, tx *database.Tx, tenantID, userID string) error {
	if _, err := member(ctx, tx, tenantID, userID); err == nil || !fault.Is(err, fault.NotFound) {
		return err
	}
	return tenancy.Admit(ctx, tx, tenantID, tenancy.Attendants, 1, func(ctx context.Context) (int64, error) { return CountMembers(ctx, tx, tenantID) })
}

// CountMembers tells how many active members a company has, in the caller's
// transaction.
func CountMembers(ctx context.Context, tx *database.Tx, tenantID string) (n int64, err error) {
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM member WHERE tenant_id = $1 AND state = 'active'", tenantID).Scan(&n)
	return n, err
}

// Admins gives the active admins of a company, in the caller's transaction: to
// whom its letters go.
func Admins(ctx context.Context, tx *database.Tx, tenantID string) ([]tenancy.Person, error) {
	rows, err := tx.Query(ctx, `SELECT u.id, u.name, u.email, u.locale FROM member m JOIN app_user u ON u.id = m.user_id
		WHERE m.tenant_id = $1 AND m.role = 'admin' AND m.state = 'active' AND u.state = 'active' ORDER BY u.id`, tenantID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var admins []tenancy.Person
	for rows.Next() {
		var p tenancy.Person
		if err := rows.Scan(&p.ID, &p.Name, &p.Email, &p.Locale); err != nil {
			return nil, err
		}
		admins = append(admins, p)
	}
	return admins, rows.Err()
}
