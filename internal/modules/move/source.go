package move

import (
	"context"
	"fmt"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
)

// Deployment is what one side tells the other of itself.
type Deployment struct {
	Name       string `json:"name"`
	Line       string `json:"line"`
	Engine     string `json:"engine"`
	Schema     string `json:"schema"`
	Shards     int    `json:"shards"`
	GatewayURL string `json:"gateway_url"`
}

// Finding is one line of the list by which a move goes or does not.
type Finding struct {
	Point string `json:"point"`
	Go    bool   `json:"go"`
	Text  string `json:"text"`
}

// Person is somebody of the company, to be held against those of the target.
type Person struct {
	ID    string `json:"id"`
	Email string `json:"email"`
}

// Plan is what the source tells before anything is copied.
type Plan struct {
	MoveID    string           `json:"move_id"`
	CompanyID string           `json:"company_id"`
	Name      string           `json:"name"`
	Slug      string           `json:"slug"`
	From      Deployment       `json:"from"`
	People    []Person         `json:"people"`
	Accounts  []Account        `json:"accounts"`
	PlanIDs   []string         `json:"plan_ids"` // versions of plans that its contract names
	Rows      map[string]int64 `json:"rows"`
	Files     int              `json:"files"`
	FileBytes int64            `json:"file_bytes"`
	Findings  []Finding        `json:"findings"`
	AtMS      int64            `json:"at_ms"`
}

// Goes reports whether no finding stands against it.
func Goes(findings []Finding) bool {
	for _, f := range findings {
		if !f.Go {
			return false
		}
	}
	return true
}

func (s *Service) here() Deployment {
	return Deployment{s.with.Deployment, s.with.Line, string(s.db.Engine()), s.with.Schema, s.with.Shards, s.with.GatewayURL}
}

// Plan begins a move of a company from here, or tells again what is known of it:
// who and what goes, and what stands against it. Nothing changes for the company.
// company is its id or its short name.
func (s *Service) Plan(ctx context.Context, moveID, company string) (*Plan, error) {
	if moveID == "" {
		moveID = id.New(id.Move, s.nowMS())
	}
	p := &Plan{MoveID: moveID, From: s.here(), Rows: map[string]int64{}, AtMS: s.nowMS()}
	f, err := s.open(moveID)
	if err != nil {
		return nil, err
	}
	state := ""
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRow(ctx, "SELECT id, name, slug, state FROM "+"tenant WHERE id = $1 OR slug = $1", company).Scan(&p.CompanyID, &p.Name, &p.Slug, &state)
		if err != nil {
			return fault.New(fault.NotFound, "no company %q here", company)
		}
		return p.collect(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	if err := s.count(ctx, p); err != nil {
		return nil, err
	}
	if p.Accounts, err = s.with.Channels.Live(ctx, p.CompanyID); err != nil {
		return nil, err
	}
	h, err := hold.Find(ctx, s.db, p.CompanyID)
	if err != nil {
		return nil, err
	}
	if err := s.mayPlan(ctx, f, moveID, p.CompanyID); err != nil {
		return nil, err
	}
	p.find("company", state != "erased", "the company is "+state)
	p.find("alone", h.MoveID == "" || h.MoveID == moveID, "no other move holds it")
	if _, err := s.note(ctx, moveID, p.CompanyID, Source, Planned, nil); err != nil {
		return nil, err
	}
	return p, f.putJSON(ctx, "plan.json", p)
}

// mayPlan refuses a move that is another company's, or decided. One that nobody
// knows yet is fine.
func (s *Service) mayPlan(ctx context.Context, f *files, moveID, companyID string) error {
	m, err := s.find(ctx, moveID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	verdict, err := f.verdict(ctx)
	switch {
	case err != nil:
		return err
	case m.CompanyID != companyID:
		return fault.Refuse("side", "the move is that of the company %s", m.CompanyID)
	case verdict != "" || m.gone():
		return fault.Refuse("decided", "the move was decided: begin another one")
	}
	return nil
}

func (p *Plan) find(point string, ok bool, text string) {
	p.Findings = append(p.Findings, Finding{point, ok, text})
}

// collect reads who goes, and which plans the contract names.
func (p *Plan) collect(ctx context.Context, tx *database.Tx) error {
	p.People, p.PlanIDs = []Person{}, []string{}
	rows, err := tx.Query(ctx, "SELECT id, email FROM "+"app_user WHERE id IN (SELECT user_id FROM member WHERE tenant_id = $1) ORDER BY id", p.CompanyID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var one Person
		if err := rows.Scan(&one.ID, &one.Email); err != nil {
			return err
		}
		p.People = append(p.People, one)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	plans, err := tx.Query(ctx, "SELECT version_id FROM "+"subscription WHERE tenant_id = $1", p.CompanyID)
	if err != nil {
		return err
	}
	defer plans.Close()
	for plans.Next() {
		var version string
		if err := plans.Scan(&version); err != nil {
			return err
		}
		p.PlanIDs = append(p.PlanIDs, version)
	}
	if err := plans.Err(); err != nil {
		return err
	}
	var running int64
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+"acquisition WHERE tenant_id = $1 AND state NOT IN ('active', 'expired', 'canceled')", p.CompanyID).Scan(&running); err != nil {
		return err
	}
	p.find("journey", running == 0, "its purchase has come to its end")
	return nil
}

func (s *Service) count(ctx context.Context, p *Plan) error {
	tables, err := tablesOf(ctx, s.db)
	if err != nil {
		return err
	}
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		for i := range tables {
			var n int64
			if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+tables[i].Name+" WHERE "+tables[i].condition(), p.CompanyID).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				p.Rows[tables[i].Name] = n
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.blobs.List(ctx, p.CompanyID, func(ref blob.Ref) error {
		p.Files++
		p.FileBytes += ref.Size
		return nil
	})
}

// Copy copies the company while it lives: the rehearsal's base, and less to copy
// in the pause. It may be repeated; only what changed is sent.
func (s *Service) Copy(ctx context.Context, moveID string) (*Manifest, error) {
	f, m, err := s.undecided(ctx, moveID, Source)
	if err != nil {
		return nil, err
	}
	taken, err := s.gather(ctx, f, moveID, m.CompanyID, false)
	if err != nil {
		return nil, err
	}
	if err := f.putJSON(ctx, manifestName(taken.Number), taken); err != nil {
		return nil, err
	}
	_, err = s.note(ctx, moveID, m.CompanyID, Source, Copied, func(m *Move) { m.Facts.Manifest = taken.Number })
	return taken, err
}

// undecided gives a move of a side on which no verdict stands. Error: Refused
// "decided".
func (s *Service) undecided(ctx context.Context, moveID, side string) (*files, Move, error) {
	f, m, err := s.known(ctx, moveID, side)
	if err != nil {
		return nil, m, err
	}
	verdict, err := f.verdict(ctx)
	switch {
	case err != nil:
		return nil, m, err
	case verdict == cut:
		return nil, m, fault.Refuse("decided", "the move was carried out: the way back is a move from there to here")
	case verdict == back:
		return nil, m, fault.Refuse("decided", "the move was called off: begin another one")
	}
	return f, m, nil
}

func (s *Service) known(ctx context.Context, moveID, side string) (*files, Move, error) {
	m, err := s.find(ctx, moveID)
	if err != nil {
		return nil, m, err
	}
	if m.Side != side {
		return nil, m, fault.Refuse("side", "this installation is the %s of the move", m.Side)
	}
	f, err := s.open(moveID)
	return f, m, err
}

// Pause is how the pause is taken.
type Pause struct {
	// Stopped says that no process of the source runs: nothing is waited for.
	Stopped bool
	// Say, which may be nil, is told what goes on.
	Say func(what string)
}

func (p Pause) say(what string) {
	if p.Say != nil {
		p.Say(what)
	}
}

// freezes is how often freezing is tried before the move is put off.
const freezes = 3

// Pause makes the company stand still here and takes the final copy. From here
// until the cut-over its people can't write and its customers wait; what comes in
// is put aside. When it fails before a final copy may lie there, the company works
// again; from then on only the verdict ends the pause, since the target may cut
// over. It may be repeated.
func (s *Service) Pause(ctx context.Context, moveID string, how Pause) (taken *Manifest, err error) {
	f, m, err := s.undecided(ctx, moveID, Source)
	if err != nil {
		return nil, err
	}
	h, err := hold.Find(ctx, s.db, m.CompanyID)
	if err != nil {
		return nil, err
	}
	if h.Level == hold.Moved || m.gone() {
		return nil, fault.Refuse("decided", "the company has left already")
	}
	frozenMS, drainedMS := h.SinceMS, m.Facts.DrainedMS
	final := h.Level == hold.Frozen // there may be one of an earlier pause
	if !final {
		if drainedMS, frozenMS, err = s.freeze(ctx, m, how); err != nil {
			return nil, err
		}
	}
	defer func() {
		switch {
		case err != nil && final:
			err = fmt.Errorf("the company still stands still: repeat the pause, or roll the move back: %w", err)
		case err != nil:
			s.thaw(ctx, m, frozenMS)
		}
	}()
	if _, err := s.note(ctx, moveID, m.CompanyID, Source, "", func(m *Move) { m.Facts.DrainedMS, m.Facts.FrozenMS = drainedMS, frozenMS }); err != nil {
		return nil, err
	}
	how.say("frozen; taking the final copy")
	if taken, err = s.gather(ctx, f, moveID, m.CompanyID, true); err != nil {
		return nil, err
	}
	if h, err = hold.Find(ctx, s.db, m.CompanyID); err != nil {
		return nil, err
	}
	if h.MoveID != moveID || h.Level != hold.Frozen || h.SinceMS != frozenMS {
		return nil, fault.New(fault.Conflict, "another command has let the company work meanwhile: the copy is not final")
	}
	final = true
	if err = f.putJSON(ctx, manifestName(taken.Number), taken); err != nil {
		return nil, err
	}
	_, err = s.note(ctx, moveID, m.CompanyID, Source, Paused, func(m *Move) { m.Facts.Manifest = taken.Number })
	return taken, err
}

// thaw lets the company work again that this command brought to a stand. A process
// that is stopped leaves it, to go on where it was.
func (s *Service) thaw(ctx context.Context, m Move, sinceMS int64) {
	if ctx.Err() == nil {
		_ = hold.Thaw(ctx, s.db, m.CompanyID, m.ID, sinceMS)
	}
}

// freeze drains the company and freezes it, so that nothing of it is under way:
// no call to a platform, and no event that somebody who follows them has not
// done. When it fails, the company works again.
func (s *Service) freeze(ctx context.Context, m Move, how Pause) (drainedMS, frozenMS int64, err error) {
	sinceMS := int64(0) // of what this command set
	defer func() {
		if err != nil {
			s.thaw(ctx, m, sinceMS)
		}
	}()
	for try := 1; ; try++ {
		how.say("draining: nothing new is begun")
		if drainedMS, err = hold.Set(ctx, s.db, m.CompanyID, m.ID, hold.Draining); err != nil {
			return 0, 0, err
		}
		sinceMS = drainedMS
		if !how.Stopped {
			err := until(ctx, s.cfg.Patient, "what is under way for the company does not come to its end; is a worker of this installation running? (--stopped says that none is)", func() (bool, error) {
				h, err := hold.Find(ctx, s.db, m.CompanyID)
				if err != nil || h.PassedMS < drainedMS+s.cfg.Drain.Milliseconds() {
					return false, err
				}
				flying, err := s.flying(ctx, m.CompanyID)
				return flying == 0, err
			})
			if err != nil {
				return 0, 0, err
			}
		}
		if frozenMS, err = hold.Set(ctx, s.db, m.CompanyID, m.ID, hold.Frozen); err != nil || how.Stopped {
			return drainedMS, frozenMS, err
		}
		sinceMS = frozenMS
		err := until(ctx, 5*time.Second, "events of the company are not followed to their end", func() (bool, error) {
			h, err := hold.Find(ctx, s.db, m.CompanyID)
			return h.PassedMS >= frozenMS, err
		})
		if err == nil {
			return drainedMS, frozenMS, nil
		}
		if !fault.Is(err, fault.Unavailable) || try == freezes {
			return 0, 0, err
		}
		how.say("an event came too late: thawing, and once more")
		if err := hold.Thaw(ctx, s.db, m.CompanyID, m.ID, frozenMS); err != nil {
			return 0, 0, err
		}
	}
}

// callMS is how long a call to a platform may be under way.
const callMS = 30_000

// flying counts the calls to platforms for the company that may be under way.
func (s *Service) flying(ctx context.Context, companyID string) (n int64, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+"delivery WHERE tenant_id = $1 AND state = 'sending' AND sent_ms > $2", companyID, tx.Now()-callMS).Scan(&n)
	})
	return n, err
}

// Rollback calls the move off, if nobody has carried it out: the company works
// here again, and what was put aside is done first. Error: Refused "decided".
func (s *Service) Rollback(ctx context.Context, moveID string) error {
	f, m, err := s.known(ctx, moveID, Source)
	if err != nil {
		return err
	}
	// The shelf may have forgotten the verdict in time; this side has not.
	h, err := hold.Find(ctx, s.db, m.CompanyID)
	if err != nil {
		return err
	}
	if m.gone() || h.MoveID == moveID && h.Level == hold.Moved {
		return fault.Refuse("decided", "the company works at the target already: the way back is a move from there to here")
	}
	verdict, err := f.decide(ctx, back)
	if err != nil {
		return err
	}
	if verdict != back {
		return fault.Refuse("decided", "the company works at the target already: the way back is a move from there to here")
	}
	if err := hold.Lift(ctx, s.db, m.CompanyID, moveID); err != nil {
		return err
	}
	_, err = s.note(ctx, moveID, m.CompanyID, Source, Stayed, nil)
	return err
}

// Leave makes the source know that the target has taken over: what came in
// meanwhile, and what still comes, is sent on. Error: Refused "not_decided".
func (s *Service) Leave(ctx context.Context, moveID string) error {
	f, m, err := s.known(ctx, moveID, Source)
	if err != nil {
		return err
	}
	verdict, err := f.verdict(ctx)
	if err != nil {
		return err
	}
	if verdict != cut {
		return fault.Refuse("not_decided", "the target has not taken over")
	}
	if m.Step == Closed {
		return nil // nothing is sent on any more, and the company may be back
	}
	var answer Answer
	if err := f.getJSON(ctx, "target.json", &answer); err != nil {
		return err
	}
	if _, err := hold.Set(ctx, s.db, m.CompanyID, moveID, hold.Moved); err != nil {
		return err
	}
	step := Left
	if m.Step == Settled {
		step = m.Step
	}
	_, err = s.note(ctx, moveID, m.CompanyID, Source, step, func(m *Move) {
		m.TargetURL = answer.To.GatewayURL
		if m.UntilMS == 0 {
			m.UntilMS = s.nowMS() + s.cfg.Forward.Milliseconds()
		}
	})
	return err
}

// grace is how long after the platforms were told to deliver to the target a
// call of theirs may still be on its way here.
const grace = 2 * time.Second

// Settle waits until all that came here before the platforms delivered to the
// target has been sent on, and tells the target. An account whose platform could
// not be told goes on coming this way; it holds nothing up. stopped says that no
// process of the source runs, which then has nothing to send on. Error:
// Unavailable when it does not come to that within limit.
func (s *Service) Settle(ctx context.Context, moveID string, stopped bool, limit time.Duration) error {
	f, m, err := s.known(ctx, moveID, Source)
	if err != nil {
		return err
	}
	if m.Step == Closed {
		return nil
	}
	toldMS := int64(0) // when the platforms were known to be told
	err = until(ctx, limit, "what came here before the platforms delivered to the target has not been sent on yet; is a worker of this installation running, and the target reachable?", func() (bool, error) {
		var landed Landing
		err := f.getJSON(ctx, "landed.json", &landed)
		if fault.Is(err, fault.NotFound) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if toldMS == 0 {
			toldMS = s.nowMS()
		}
		h, err := hold.Find(ctx, s.db, m.CompanyID)
		if err != nil {
			return false, err
		}
		oldest, err := s.pieces.Oldest(ctx, m.CompanyID)
		if err != nil {
			return false, err
		}
		end := toldMS + grace.Milliseconds()
		if stopped {
			return oldest == 0, nil
		}
		return h.Level == hold.Moved && h.PassedMS >= end && (oldest == 0 || oldest > end), nil
	})
	if err != nil {
		return err
	}
	if err := f.putJSON(ctx, "settled.json", map[string]int64{"at_ms": s.nowMS()}); err != nil {
		return err
	}
	_, err = s.note(ctx, moveID, m.CompanyID, Source, Settled, nil)
	return err
}

// Close deletes the company here, once nothing is sent on any more or at once if
// wanted. It may come back afterwards as to any other installation.
func (s *Service) Close(ctx context.Context, moveID string, atOnce bool) (Move, error) {
	_, m, err := s.known(ctx, moveID, Source)
	if err != nil {
		return m, err
	}
	if m.Step == Closed {
		return m, nil
	}
	if m.Step != Settled {
		return m, fault.Refuse("not_settled", "the move is at the step %q; it is closed when it is settled", m.Step)
	}
	if !atOnce && s.nowMS() < m.UntilMS {
		return m, fault.Refuse("too_early", "webhooks are sent on until %s; --now closes it at once", time.UnixMilli(m.UntilMS).UTC().Format(time.RFC3339))
	}
	h, err := hold.Find(ctx, s.db, m.CompanyID)
	if err != nil {
		return m, err
	}
	gone := int64(0)
	if h.MoveID == moveID { // else it was closed and not noted
		if gone, err = s.clear(ctx, m); err != nil {
			return m, err
		}
	}
	if err := hold.Lift(ctx, s.db, m.CompanyID, moveID); err != nil {
		return m, err
	}
	return s.note(ctx, moveID, m.CompanyID, Source, Closed, func(m *Move) { m.Facts.Gone += gone })
}

// clear deletes a company that has left. What waits to be sent on is no part of
// it: it goes first. Error: Refused "pieces_waiting".
func (s *Service) clear(ctx context.Context, m Move) (gone int64, err error) {
	waiting, err := s.pieces.Count(ctx, m.CompanyID)
	if err != nil {
		return 0, err
	}
	if waiting > 0 {
		return 0, fault.Refuse("pieces_waiting", "%d pieces of webhooks wait to be sent on to %s: close when there are none", waiting, m.TargetURL)
	}
	return s.wipe(ctx, held{m.CompanyID, m.ID, hold.Moved})
}
