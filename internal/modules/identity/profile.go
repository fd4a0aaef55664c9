package identity

import (
	"context"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
)

// Profile is a change of one's own account; nil leaves a field as it is.
type Profile struct {
	Name   *string
	Locale *string
	// CurrentPassword proves the person when NewPassword is set.
	CurrentPassword secret.Text
	NewPassword     *secret.Text
}

// Change changes one's own account. A new password ends all other sessions.
// Errors: fault.Invalid (reason weak_password), fault.Forbidden with reason
// wrong_password, *Throttled.
func (s *Service) Change(ctx context.Context, who Principal, profile Profile) (Principal, error) {
	user := who.User
	var err error
	if profile.Name != nil {
		if user.Name, err = cleanName("name", *profile.Name); err != nil {
			return Principal{}, err
		}
	}
	if profile.Locale != nil {
		if user.Locale, err = cleanLocale(*profile.Locale); err != nil {
			return Principal{}, err
		}
	}
	if profile.NewPassword != nil {
		if user.passwordHash, err = s.newPassword(ctx, who, profile); err != nil {
			return Principal{}, err
		}
	}
	var changed Principal
	err = s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) (err error) {
		if err := unchanged(ctx, tx, who.User); err != nil {
			return err
		}
		if err := saveUser(ctx, tx, user); err != nil {
			return err
		}
		if profile.NewPassword != nil {
			if err := s.passwordChanged(ctx, tx, who); err != nil {
				return err
			}
		}
		changed, err = s.assemble(ctx, tx, who.Session)
		return err
	})
	changed.ClientIP = who.ClientIP
	return changed, err
}

// unchanged locks the account of who asks and makes sure that it is as it was when
// they were recognized: another process may have given it another password since.
// Error: fault.Unauthorized.
func unchanged(ctx context.Context, tx *database.Tx, seen User) error {
	now, err := scanUser(tx.QueryRow(ctx, "SELECT "+userColumns+" FROM app_user WHERE id = $1"+tx.ForUpdate(), seen.ID))
	if err == nil && (now.passwordHash != seen.passwordHash || now.state != seen.state) {
		return errSignedOut
	}
	return err
}

func (s *Service) newPassword(ctx context.Context, who Principal, profile Profile) (string, error) {
	if err := checkPassword("new_password", *profile.NewPassword, who.User.Email); err != nil {
		return "", err
	}
	_, err := s.prove(ctx, who.User.Email, profile.CurrentPassword, Client{IP: who.ClientIP})
	if fault.Is(err, fault.Unauthorized) {
		return "", &fault.Error{Code: fault.Forbidden, Reason: "wrong_password", Field: "current_password", Message: "the current password is wrong"}
	}
	if err != nil {
		return "", err
	}
	return s.hasher.hash(ctx, *profile.NewPassword)
}

func (s *Service) passwordChanged(ctx context.Context, tx *database.Tx, who Principal) error {
	if err := succeeded(ctx, tx, who.User.Email, Client{IP: who.ClientIP}); err != nil {
		return err
	}
	if err := s.endOthers(ctx, tx, who); err != nil {
		return err
	}
	err := audit.Write(ctx, tx, audit.Entry{
		TenantID: who.TenantID(), Actor: who.Actor(), Action: "user.password_changed", Target: who.User.ID, IP: who.ClientIP,
	})
	if err != nil {
		return err
	}
	return s.notice(ctx, tx, who.User, mail.PasswordChanged, who.ClientIP)
}
