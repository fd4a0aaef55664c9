package identity

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
	"prosa/internal/platform/service"
)

const (
	// resetLife is how long the link to a new password works.
	resetLife = 30 * time.Minute
	// resetsAnHour is how many letters an e-mail gets; further wishes change
	// nothing and look the same.
	resetsAnHour = 3
	resetTick    = time.Second
	resetBatch   = 50
	resetTopic   = "identity.reset"
)

// perResetAddress slows down who asks for many people's passwords.
var perResetAddress = limit{free: 20, first: 30 * time.Second, most: 15 * time.Minute}

var errNoReset = fault.New(fault.NotFound, "this link is unknown, used or too old")

// AskReset asks for a letter that leads to a new password. It does the same
// work for anybody's e-mail and for nobody's: whose it is, is found out later
// (Resets), so neither the answer nor its time tells. Errors: fault.Invalid for
// what is no e-mail, fault.Refused with reason mail_off, *Throttled.
func (s *Service) AskReset(ctx context.Context, email string, client Client) error {
	if !s.Posts() {
		return fault.Refuse("mail_off", "this installation sends no mail; ask an administrator")
	}
	email, err := cleanEmail("email", email)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		if err := attempt(ctx, tx, []subject{{"reset-ip:" + network(client.IP), perResetAddress}}); err != nil {
			return err
		}
		return wishReset(ctx, tx, email, client.IP)
	})
}

// wishReset asks for the letter.
func wishReset(ctx context.Context, tx *database.Tx, email, ip string) error {
	tx.Notify(resetTopic, 0)
	_, err := tx.Exec(ctx, `INSERT INTO password_reset (id, email, ip, asked_ms, user_id, token_hash, expires_ms, used_ms) VALUES ($1, $2, $3, $4, '', '', 0, 0)`,
		id.New(id.Reset, tx.Now()), email, ip, tx.Now())
	return err
}

// Resets writes the letters that were asked for, for as long as it runs.
func (s *Service) Resets(logger *slog.Logger) service.Service {
	return service.Service{Name: "password resets", Run: func(ctx context.Context) error {
		wake := make(chan struct{}, 1)
		defer s.db.OnNotify(resetTopic, func(int) {
			select {
			case wake <- struct{}{}:
			default: // it is looked soon anyway
			}
		})()
		tick := time.NewTicker(resetTick)
		defer tick.Stop()
		for {
			if err := s.SweepResets(ctx); err != nil && ctx.Err() == nil {
				logger.ErrorContext(ctx, "letters to a new password could not be written", "error", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-wake:
			case <-tick.C:
			}
		}
	}}
}

// wish is a reset that was asked for and not looked at.
type wish struct{ id, email string }

// SweepResets writes the letters that were asked for, once.
func (s *Service) SweepResets(ctx context.Context) error {
	var wishes []wish
	err := s.db.Read(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) (err error) {
		wishes, err = wishesOf(ctx, tx)
		return err
	})
	if err != nil || len(wishes) == 0 || !s.Posts() {
		return err
	}
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		for _, w := range wishes {
			if err := s.grant(ctx, tx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

func wishesOf(ctx context.Context, tx *database.Tx) ([]wish, error) {
	rows, err := tx.Query(ctx, `SELECT id, email FROM password_reset WHERE expires_ms = 0 ORDER BY asked_ms, id LIMIT $1`, resetBatch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []wish
	for rows.Next() {
		var w wish
		if err := rows.Scan(&w.id, &w.email); err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	return list, rows.Err()
}

// grant writes the letter of a wish, or forgets the wish: nobody has that
// e-mail, or it got enough letters.
func (s *Service) grant(ctx context.Context, tx *database.Tx, w wish) error {
	user, err := userByEmail(ctx, tx, w.email)
	if err != nil {
		return err
	}
	var granted int64
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM password_reset WHERE email = $1 AND asked_ms > $2 AND expires_ms > 0`,
		w.email, tx.Now()-time.Hour.Milliseconds()).Scan(&granted)
	if err != nil {
		return err
	}
	if user.ID == "" || user.state != stateActive || granted >= resetsAnHour {
		_, err := tx.Exec(ctx, `DELETE FROM password_reset WHERE id = $1 AND expires_ms = 0`, w.id)
		return err
	}
	token, hash := newToken()
	expires := tx.Now() + resetLife.Milliseconds()
	mine, err := tx.Exec(ctx, `UPDATE password_reset SET user_id = $2, token_hash = $3, expires_ms = $4 WHERE id = $1 AND expires_ms = 0`, w.id, user.ID, hash, expires)
	if err != nil || mine == 0 {
		return err // another process was faster
	}
	return s.post.Send(ctx, tx, mail.Letter{
		Key: "password_reset:" + w.id, Template: mail.PasswordReset, Locale: user.Locale, To: user.Email, Name: user.Name, ExpiresMS: expires,
		Data: map[string]string{"minutes": strconv.Itoa(int(resetLife / time.Minute)), "link": s.cfg.PublicURL + resetPage + token.Reveal()},
	})
}

// OpenReset shows whose password a link replaces. Error: fault.NotFound.
func (s *Service) OpenReset(ctx context.Context, token secret.Text) (email string, err error) {
	err = s.db.Read(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		user, err := resetUser(ctx, tx, token, "")
		email = user.Email
		return err
	})
	return email, err
}

// resetUser finds the person of an open link.
func resetUser(ctx context.Context, tx *database.Tx, token secret.Text, lock string) (User, error) {
	var userID string
	err := tx.QueryRow(ctx, `SELECT user_id FROM password_reset WHERE token_hash = $1 AND used_ms = 0 AND expires_ms > $2`+lock, hashToken(token), tx.Now()).Scan(&userID)
	if errors.Is(err, database.ErrNoRows) {
		return User{}, errNoReset
	}
	if err != nil {
		return User{}, err
	}
	user, err := scanUser(tx.QueryRow(ctx, "SELECT "+userColumns+" FROM app_user WHERE id = $1"+lock, userID))
	if errors.Is(err, database.ErrNoRows) || err == nil && user.state != stateActive {
		return User{}, errNoReset
	}
	return user, err
}

// Reset replaces a forgotten password by the link of a letter, once, and ends
// all sessions of the person. It signs nobody in: a second factor is asked for
// as ever. Errors: fault.NotFound, fault.Invalid with reason weak_password.
func (s *Service) Reset(ctx context.Context, token, password secret.Text, client Client) error {
	var user User
	err := s.db.Read(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) (err error) {
		user, err = resetUser(ctx, tx, token, "")
		return err
	})
	if err != nil {
		return err
	}
	if err := checkPassword("password", password, user.Email); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, everyCompany(), func(ctx context.Context, tx *database.Tx) error {
		// Read again under a lock: the link may be used twice at once.
		if user, err = resetUser(ctx, tx, token, tx.ForUpdate()); err != nil {
			return err
		}
		user.passwordHash = hash
		if err := saveUser(ctx, tx, user); err != nil {
			return err
		}
		// The person's other letters lead nowhere any more either.
		if _, err := tx.Exec(ctx, `UPDATE password_reset SET used_ms = $2 WHERE user_id = $1 AND used_ms = 0`, user.ID, tx.Now()); err != nil {
			return err
		}
		if err := s.endAll(ctx, tx, user); err != nil {
			return err
		}
		// Failed tries of the old password don't close the door on the new one.
		if _, err := tx.Exec(ctx, `DELETE FROM login_attempt WHERE subject = $1`, "email:"+user.Email); err != nil {
			return err
		}
		if err := s.noteReset(ctx, tx, user, client); err != nil {
			return err
		}
		return s.notice(ctx, tx, user, mail.PasswordChanged, client.IP)
	})
}

// endAll ends every session of a person.
func (s *Service) endAll(ctx context.Context, tx *database.Tx, user User) error {
	live, err := sessions(ctx, tx, user.ID)
	if err != nil {
		return err
	}
	if err := revokeOthers(ctx, tx, user.ID, ""); err != nil {
		return err
	}
	for _, session := range live {
		if err := s.tell(ctx, tx, session.activeTenantID, event.SessionRevoked, user.Actor(), revoked{UserID: user.ID, SessionID: session.ID}); err != nil {
			return err
		}
	}
	return nil
}

// noteReset writes the change into the log of each company of the person.
func (s *Service) noteReset(ctx context.Context, tx *database.Tx, user User, client Client) error {
	companies, _, err := memberships(ctx, tx, user.ID)
	if err != nil {
		return err
	}
	var tenants []string
	for _, company := range companies {
		tenants = append(tenants, company.ID)
	}
	if len(tenants) == 0 {
		tenants = append(tenants, "") // the platform's own log
	}
	for _, tenantID := range tenants {
		err := audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: user.Actor(), Action: "user.password_reset", Target: user.ID, IP: client.IP})
		if err != nil {
			return err
		}
	}
	return nil
}
