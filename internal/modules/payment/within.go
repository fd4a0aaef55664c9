package payment

import (
	"context"
	"errors"

	"prosa/internal/platform/database"
)

// Within gives the service inside the caller's transaction: its methods open
// none of their own.
func (s *Service) Within(tx *database.Tx) *Service {
	inside := *s
	inside.db = database.Within(tx)
	return &inside
}

// Offered is Choices for those who are in a transaction already: accounts are
// read in it too, and no vendor is asked.
func (s *Service) Offered(ctx context.Context, tx *database.Tx, tenantID string) ([]Choice, error) {
	setting, err := loadSetting(ctx, tx, tenantID)
	if err != nil {
		return nil, err
	}
	list := setting.choices()
	for _, name := range s.vendors() {
		if _, withAccounts := s.providers[name].(Vendor); !withAccounts {
			continue
		}
		account, _, err := scanAccount(tx.QueryRow(ctx, `SELECT `+accountColumns+` FROM payment_account WHERE tenant_id = $1 AND provider = $2`, tenantID, name))
		if errors.Is(err, database.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, method := range account.Methods {
			list = append(list, Choice{Provider: name, Method: method})
		}
	}
	return list, nil
}
