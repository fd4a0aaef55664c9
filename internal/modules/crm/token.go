package crm

import (
	"context"
	"errors"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/platform/database"
)

// pass is an access token with its number.
type pass struct {
	Access
	generation int64
	grantedMS  int64
	nowMS      int64
}

// tokenTimes gives when a token gets a successor, and when it is not used any
// more.
func tokenTimes(nowMS, lifeMS int64) (refreshMS, expiresMS int64) {
	life := time.Duration(lifeMS) * time.Millisecond
	expires := max(life-expiryMargin, life/2)
	return nowMS + min(refreshAge, expires).Milliseconds(), nowMS + expires.Milliseconds()
}

// usable reports whether the token may be used by who saw the token number
// refused being refused.
func (c *connection) usable(refused, nowMS int64) bool {
	return !c.access.IsZero() && c.generation > refused && nowMS < c.expiresMS
}

// Pauses between looks at the row while another one fetches a token.
const (
	shortestLook = 10 * time.Millisecond
	longestLook  = 250 * time.Millisecond
)

// token gives an access token, fetching one when it must: by whoever claims the
// row first; the others wait for what the row says then. refused is the number
// of a token that the vendor did not accept, 0 for none. Errors: ErrOff,
// *Trouble.
func (s *Service) token(ctx context.Context, refused int64) (pass, error) {
	for look := shortestLook; ; look = min(2*look, longestLook) {
		c, nowMS, err := s.peek(ctx)
		if err != nil {
			return pass{}, err
		}
		fresh := c.usable(refused, nowMS)
		if fresh && nowMS < c.refreshMS {
			return c.pass(nowMS), nil
		}
		switch {
		case c.CooldownMS > nowMS:
			if fresh {
				return c.pass(nowMS), nil // its successor can wait
			}
			return pass{}, &Trouble{Kind: c.Trouble, Message: c.Problem, UntilMS: c.CooldownMS}
		case c.leaseMS > nowMS:
			if fresh {
				return c.pass(nowMS), nil // somebody fetches its successor
			}
		default:
			owner, claimed, err := s.claim(ctx, c)
			if err != nil {
				return pass{}, err
			}
			if claimed {
				if err := s.renew(ctx, c, owner); err != nil && !fresh {
					return pass{}, err
				}
			}
			continue // and see what the row says now
		}
		if err := pause(ctx, look); err != nil {
			return pass{}, err
		}
	}
}

func (c *connection) pass(nowMS int64) pass {
	return pass{Access: Access{APIDomain: c.apiDomain, Token: c.access}, generation: c.generation, grantedMS: c.grantedMS, nowMS: nowMS}
}

func (s *Service) peek(ctx context.Context) (c *connection, nowMS int64, err error) {
	err = s.db.Read(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
		nowMS = tx.Now()
		c, err = s.load(ctx, tx)
		if fault.CodeOf(err) == fault.Refused && !errors.Is(err, ErrOff) {
			err = &Trouble{Kind: Locked, Message: fault.MessageOf(err)}
		}
		return err
	})
	return c, nowMS, err
}

// claim takes the lease for fetching the successor of the token that was seen.
// The clock is the transaction's, the same for all processes of a database that
// has one; a lease that is too short costs a token, never a wrong one.
func (s *Service) claim(ctx context.Context, seen *connection) (owner string, claimed bool, err error) {
	err = s.db.Write(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
		owner = id.New("lease", tx.Now())
		rows, err := tx.Exec(ctx, `UPDATE crm_connection SET lease_ms = $5, lease_owner = $6
			WHERE vendor = $1 AND version = $2 AND generation = $3 AND lease_ms <= $4 AND cooldown_ms <= $4`,
			s.vendor.Name(), seen.version, seen.generation, tx.Now(), tx.Now()+s.cfg.Lease.Milliseconds(), owner)
		claimed = rows > 0
		return err
	})
	return owner, claimed, err
}

// renew fetches a token and writes down what came of it. Only the holder of the
// lease may, and only for the connection that was claimed.
func (s *Service) renew(ctx context.Context, c *connection, owner string) error {
	// What the vendor gave must be kept also when who asked went away meanwhile.
	keep := context.WithoutCancel(ctx)
	ask, cancel := context.WithTimeout(ctx, s.cfg.Lease*3/4)
	defer cancel()
	token, err := s.vendor.Refresh(ask, c.app(), c.refresh)
	if err != nil {
		return errors.Join(s.rest(keep, c, owner, err), ctx.Err())
	}
	access, err := s.sealer.Seal(s.place("access"), []byte(token.Access.Reveal()))
	if err != nil {
		return err
	}
	return s.db.Write(keep, platform(), func(ctx context.Context, tx *database.Tx) error {
		refreshMS, expiresMS := tokenTimes(tx.Now(), token.LifeMS)
		_, err := tx.Exec(ctx, `UPDATE crm_connection SET access = $4, api_domain = $5, generation = generation + 1, granted_ms = $6, refresh_ms = $7,
				expires_ms = $8, lease_ms = 0, lease_owner = '', cooldown_ms = 0, trouble = '', problem = ''
			WHERE vendor = $1 AND version = $2 AND lease_owner = $3`,
			s.vendor.Name(), c.version, owner, access, token.APIDomain, tx.Now(), refreshMS, expiresMS)
		return err
	})
}

// rest lets nobody ask for a token for a while after it was refused.
func (s *Service) rest(ctx context.Context, c *connection, owner string, cause error) error {
	t := troubleOf(cause)
	pause := downRest
	switch t.Kind {
	case Throttled:
		pause = s.cfg.Cooldown
	case Locked, Refused, Stale, Held:
		t.Kind, pause = Locked, lockedRest
	}
	return s.db.Write(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE crm_connection SET lease_ms = 0, lease_owner = '', cooldown_ms = $4, trouble = $5, problem = $6
			WHERE vendor = $1 AND version = $2 AND lease_owner = $3`,
			s.vendor.Name(), c.version, owner, tx.Now()+pause.Milliseconds(), string(t.Kind), t.Message)
		return err
	})
}

// call makes a call with a token, and once more with another one when the vendor
// does not accept it. Errors: ErrOff, *Trouble.
func (s *Service) call(ctx context.Context, fn func(ctx context.Context, access Access) error) error {
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	case <-ctx.Done():
		return ctx.Err()
	}
	refused := int64(0)
	for {
		p, err := s.token(ctx, refused)
		if err != nil {
			return err
		}
		err = fn(ctx, p.Access)
		if err == nil {
			return nil
		}
		t := troubleOf(err)
		if t.Kind != Stale {
			return t
		}
		young := p.nowMS-p.grantedMS < youngAge.Milliseconds()
		if refused > 0 || young {
			return s.lock(ctx, p, t)
		}
		refused = p.generation
	}
}

// lock is the trouble of a token that is not accepted although it is new.
func (s *Service) lock(ctx context.Context, p pass, t *Trouble) error {
	trouble := &Trouble{Kind: Locked, Message: t.Message}
	err := s.db.Write(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE crm_connection SET trouble = $3, problem = $4 WHERE vendor = $1 AND generation = $2`,
			s.vendor.Name(), p.generation, string(Locked), trouble.Message)
		return err
	})
	if err != nil {
		return err
	}
	return trouble
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
