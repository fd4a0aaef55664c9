package botrun

import (
	"context"
	"errors"
	"regexp"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
	"prosa/internal/platform/secretbox"
)

// SecretView is a secret of a company as people may see it: never its value.
type SecretView struct {
	Name      string `json:"name"`
	UpdatedMS int64  `json:"updated_ms"`
}

const (
	secretMax  = 4 << 10 // bytes of a value
	secretsMax = 100     // of a company
)

var secretName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,39}$`)

// ListSecrets gives the names of a company's secrets.
func (s *Service) ListSecrets(ctx context.Context, tenantID string) (list []SecretView, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT name, updated_ms FROM bot_secret WHERE tenant_id = $1 ORDER BY name", tenantID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var view SecretView
			if err := rows.Scan(&view.Name, &view.UpdatedMS); err != nil {
				return err
			}
			list = append(list, view)
		}
		return rows.Err()
	})
	return list, err
}

// PutSecret keeps a secret under a name, sealed for that place; the one before
// is gone. Flows name it as {{secret.NAME}} in a web node. Errors:
// fault.Invalid, fault.Refused with reason too_many.
func (s *Service) PutSecret(ctx context.Context, tenantID, name string, value secret.Text) error {
	if !secretName.MatchString(name) {
		return fault.OnField("name", "must begin with a letter and have up to 40 letters, digits and _")
	}
	if n := len(value.Reveal()); n == 0 || n > secretMax {
		return fault.OnField("value", "must have 1 to %d bytes", secretMax)
	}
	sealed, err := s.sealer.Seal(secretPlace(tenantID, name), []byte(value.Reveal()))
	if err != nil {
		return err
	}
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		var others int64
		if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM bot_secret WHERE tenant_id = $1 AND name <> $2", tenantID, name).Scan(&others); err != nil {
			return err
		}
		if others >= secretsMax {
			return fault.Refuse("too_many", "a company keeps at most %d secrets", secretsMax)
		}
		_, err := tx.Exec(ctx, `INSERT INTO bot_secret (tenant_id, name, sealed, updated_ms) VALUES ($1, $2, $3, $4)
			ON CONFLICT (tenant_id, name) DO UPDATE SET sealed = excluded.sealed, updated_ms = excluded.updated_ms`, tenantID, name, sealed, tx.Now())
		return err
	})
}

// DeleteSecret forgets a secret. Error: fault.NotFound.
func (s *Service) DeleteSecret(ctx context.Context, tenantID, name string) error {
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM bot_secret WHERE tenant_id = $1 AND name = $2", tenantID, name)
		if err == nil && n == 0 {
			return fault.New(fault.NotFound, "no such secret")
		}
		return err
	})
}

// reveal opens a secret for a web call that is about to leave. Errors:
// fault.NotFound, fault.Refused when it can't be opened here.
func (s *Service) reveal(ctx context.Context, tenantID, name string) (value secret.Text, err error) {
	var sealed string
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRow(ctx, "SELECT sealed FROM bot_secret WHERE tenant_id = $1 AND name = $2", tenantID, name).Scan(&sealed)
		if errors.Is(err, database.ErrNoRows) {
			return fault.New(fault.NotFound, "the company has no secret %q", name)
		}
		return err
	})
	if err != nil {
		return secret.Text{}, err
	}
	plain, err := s.sealer.Open(secretPlace(tenantID, name), sealed)
	return secret.New(string(plain)), err
}

func secretPlace(tenantID, name string) string { return secretbox.AAD(tenantID, "bot_secret", name) }
