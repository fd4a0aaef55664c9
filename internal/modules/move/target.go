package move

import (
	"context"
	"errors"
	"fmt"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/job"
)

// Answer is what the target tells after it has looked at a plan.
type Answer struct {
	To       Deployment `json:"to"`
	Findings []Finding  `json:"findings"`
	Go       bool       `json:"go"`
	AtMS     int64      `json:"at_ms"`
}

// Landing is what the target tells once it has taken over.
type Landing struct {
	AtMS     int64     `json:"at_ms"`
	Manifest int       `json:"manifest"`
	Pointed  []Pointed `json:"pointed"`
}

// Pointed is an account whose platform was told to deliver to the target, or why
// it could not be.
type Pointed struct {
	Account
	Problem string `json:"problem,omitempty"`
}

// Check looks whether a company can come here. Nothing changes. What stands
// against it is in the findings; it is no error.
func (s *Service) Check(ctx context.Context, moveID string) (*Answer, error) {
	f, err := s.open(moveID)
	if err != nil {
		return nil, err
	}
	var p Plan
	if err := f.getJSON(ctx, "plan.json", &p); err != nil {
		return nil, err
	}
	verdict, err := f.verdict(ctx)
	if err != nil {
		return nil, err
	}
	if verdict != "" {
		return nil, fault.Refuse("decided", "the move was decided (%s): there is nothing to check any more", verdict)
	}
	a := &Answer{To: s.here(), Findings: append([]Finding{}, p.Findings...), AtMS: s.nowMS()}
	find := func(point string, ok bool, format string, args ...any) {
		a.Findings = append(a.Findings, Finding{point, ok, fmt.Sprintf(format, args...)})
	}
	find("schema", p.From.Schema == s.with.Schema, "both sides run the same release of the schema")
	// A conversation belongs to the shard that its customer comes on: with another
	// number of them, what waits and what comes would go by two ways.
	find("shards", p.From.Shards == s.with.Shards, "both sides have the same number of shards (PROSA_SHARDS): %d there, %d here", p.From.Shards, s.with.Shards)
	find("place", p.From.GatewayURL != s.with.GatewayURL, "the target is another installation: platforms deliver to %s", s.with.GatewayURL)
	known, err := s.find(ctx, moveID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	begun := err == nil && known.Side == Target
	if err == nil && known.Side == Source {
		return nil, fault.Refuse("side", "this installation is the source of the move")
	}
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		return s.against(ctx, tx, p, find)
	})
	if err != nil {
		return nil, err
	}
	for _, account := range p.Accounts {
		if !s.with.Channels.Speaks(account.Channel) {
			find("channels", false, "this installation does not speak %s, which %s needs", account.Channel, account.Name)
		}
	}
	a.Go = Goes(a.Findings)
	if err := f.putJSON(ctx, "target.json", a); err != nil {
		return nil, err
	}
	step := Checked
	if begun {
		step = "" // it is where it was
	}
	_, err = s.note(ctx, moveID, p.CompanyID, Target, step, nil)
	return a, err
}

// against looks for what is here already and would be in the way.
func (s *Service) against(ctx context.Context, tx *database.Tx, p Plan, find func(point string, ok bool, format string, args ...any)) error {
	count := func(query string, args ...any) (n int64, err error) {
		err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+query, args...).Scan(&n)
		return n, err
	}
	n, err := count("tenant WHERE id = $1", p.CompanyID)
	if err != nil {
		return err
	}
	// It is, once it was laid down: then it is held by this move.
	h, err := hold.FindIn(ctx, tx, p.CompanyID)
	if err != nil {
		return err
	}
	find("absent", h.MoveID == p.MoveID || h.MoveID == "" && n == 0, "the company is not here yet")
	if n, err = count("tenant WHERE slug = $1 AND id <> $2", p.Slug, p.CompanyID); err != nil {
		return err
	}
	find("slug", n == 0, "no company here has the short name %s", p.Slug)
	taken := 0
	for _, person := range p.People {
		if n, err = count("app_user WHERE email = $1 AND id <> $2", person.Email, person.ID); err != nil {
			return err
		}
		if n > 0 {
			taken++
			find("people", false, "%s has another account here: change one of the two e-mails first", person.Email)
		}
	}
	if taken == 0 {
		find("people", true, "none of its %d people has another account here", len(p.People))
	}
	for _, account := range p.Accounts {
		if n, err = count("channel_account WHERE channel = $1 AND external_id = $2 AND state = 'active' AND tenant_id <> $3", account.Channel, account.ExternalID, p.CompanyID); err != nil {
			return err
		}
		find("channels", n == 0, "%s (%s %s) is nobody else's here", account.Name, account.Channel, account.ExternalID)
	}
	for _, version := range p.PlanIDs {
		if n, err = count("plan_version WHERE id = $1", version); err != nil {
			return err
		}
		find("plan", n > 0, "the version %s of its plan is known here", version)
	}
	return nil
}

// Load lays the newest copy down here and makes sure that all is equal. Nobody
// works on it: it is a rehearsal until the cut-over. It may be repeated; only what
// differs is replaced.
func (s *Service) Load(ctx context.Context, moveID string) (*Loaded, error) {
	f, m, err := s.undecided(ctx, moveID, Target)
	if err != nil {
		return nil, err
	}
	var answer Answer
	if err := f.getJSON(ctx, "target.json", &answer); err != nil {
		return nil, err
	}
	if !answer.Go {
		return nil, fault.Refuse("no_go", "something stands against the move: see the findings of the check")
	}
	manifest, err := f.latest(ctx)
	if err != nil {
		return nil, err
	}
	if manifest == nil {
		return nil, fault.Refuse("no_copy", "the source has not copied anything yet")
	}
	if manifest.CompanyID != m.CompanyID || manifest.MoveID != moveID {
		return nil, fault.Refuse("move_file", "the copy is of another company or another move")
	}
	h, err := hold.Find(ctx, s.db, m.CompanyID)
	if err != nil {
		return nil, err
	}
	if h.Level != "" && h.Level != hold.Arriving {
		return nil, fault.Refuse("side", "the company is %s here", h.Level)
	}
	if h.Level == "" {
		here, err := s.present(ctx, m.CompanyID)
		if err != nil {
			return nil, err
		}
		if here || m.Step != Checked && m.Step != Discarded {
			return nil, fault.Refuse("side", "the company works here already")
		}
	}
	if _, err := hold.Set(ctx, s.db, m.CompanyID, moveID, hold.Arriving); err != nil {
		return nil, err
	}
	loaded, err := s.load(ctx, f, manifest)
	if err != nil {
		return nil, err
	}
	if _, err = s.note(ctx, moveID, m.CompanyID, Target, "", func(m *Move) { m.Facts.Manifest = manifest.Number }); err != nil {
		return nil, err
	}
	return loaded, s.shift(ctx, moveID, Laid, func(_ Move, h hold.Hold) error {
		if h.MoveID != moveID || h.Level != hold.Arriving {
			return fault.New(fault.Conflict, "the company is not arriving by this move any more")
		}
		return nil
	})
}

// Discard deletes what was laid down here: the end of a rehearsal, or of a move
// that was called off. Error: Refused "decided" once the company works here.
func (s *Service) Discard(ctx context.Context, moveID string) (Move, error) {
	f, m, err := s.known(ctx, moveID, Target)
	if err != nil {
		return m, err
	}
	verdict, err := f.verdict(ctx)
	if err != nil {
		return m, err
	}
	laid := false // else nothing was, or all of it is gone
	err = s.shift(ctx, moveID, Discarded, func(now Move, h hold.Hold) error {
		m, laid = now, h.Level != ""
		switch {
		case verdict == cut, m.Step == Landed, m.Step == Opened:
			return fault.Refuse("decided", "the company works here: there is nothing to discard")
		case m.Step == Cutting && verdict != back:
			return fault.Refuse("cutting", "a cut-over was begun: repeat it, or roll the move back at the source first")
		case laid && h.MoveID != moveID:
			return fault.Refuse("side", "the company is %s here by the move %s", h.Level, h.MoveID)
		}
		return nil
	})
	if err != nil || !laid {
		return m, err
	}
	gone, err := s.wipe(ctx, held{m.CompanyID, moveID, hold.Arriving})
	if err != nil {
		return m, err
	}
	if err := s.pieces.drop(ctx, m.CompanyID); err != nil {
		return m, err
	}
	if err := hold.Lift(ctx, s.db, m.CompanyID, moveID); err != nil {
		return m, err
	}
	return s.note(ctx, moveID, m.CompanyID, Target, Discarded, func(m *Move) { m.Facts.Gone += gone })
}

// CutOver has the company work here: the point of no return. The final copy must
// have been laid down and found equal. Then each platform is told to deliver
// here. One that can't be is in the answer; by repeating it is asked again, and
// anyway says that the source may go on sending on what it delivers there.
func (s *Service) CutOver(ctx context.Context, moveID string, anyway bool) (*Landing, error) {
	f, m, err := s.known(ctx, moveID, Target)
	if err != nil {
		return nil, err
	}
	manifest, err := f.latest(ctx)
	if err != nil {
		return nil, err
	}
	if manifest == nil || !manifest.Final {
		return nil, fault.Refuse("not_final", "the source has not paused: its newest copy is not the final one")
	}
	var loaded Loaded
	err = f.getJSON(ctx, loadedName(manifest.Number), &loaded)
	if err != nil || loaded.Root != manifest.Root {
		return nil, errors.Join(fault.Refuse("not_laid", "the final copy was not laid down here"), err)
	}
	if m, err = s.ready(ctx, f, moveID, manifest.Number); err != nil {
		return nil, err
	}
	verdict, err := f.decide(ctx, cut)
	if err != nil {
		return nil, err
	}
	if verdict != cut {
		return nil, fault.Refuse("decided", "the source has called the move off")
	}
	if m.Step != Landed && m.Step != Opened {
		if m, err = s.alight(ctx, moveID, m.CompanyID, manifest); err != nil {
			return nil, err
		}
	}
	landing := &Landing{AtMS: m.Facts.LandedMS, Manifest: manifest.Number, Pointed: []Pointed{}}
	accounts, err := s.with.Channels.Live(ctx, m.CompanyID)
	if err != nil {
		return nil, err
	}
	whole := true
	for _, account := range accounts {
		pointed := Pointed{Account: account}
		if err := s.with.Channels.Point(ctx, m.CompanyID, account.ID); err != nil {
			pointed.Problem, whole = fault.MessageOf(err), false
		}
		landing.Pointed = append(landing.Pointed, pointed)
	}
	if !whole && !anyway {
		return landing, nil
	}
	return landing, f.putJSON(ctx, "landed.json", landing)
}

// ready makes sure that a copy lies here whole and that the source will ask this
// installation, and keeps anybody from discarding it; or that the company has
// landed already.
func (s *Service) ready(ctx context.Context, f *files, moveID string, number int) (m Move, err error) {
	m, err = s.find(ctx, moveID)
	if err != nil {
		return m, err
	}
	if m.Step != Landed && m.Step != Opened {
		var answer Answer
		if err := f.getJSON(ctx, "target.json", &answer); err != nil {
			return m, err
		}
		if answer.To.GatewayURL != s.with.GatewayURL || answer.To.Name != s.with.Deployment {
			return m, fault.Refuse("side", "%s has looked at the move last, not this installation: check again here", answer.To.Name)
		}
		err = s.shift(ctx, moveID, Cutting, func(now Move, h hold.Hold) error {
			m = now
			switch {
			case h.MoveID == moveID && h.Level == hold.Landing:
				return nil // killed before it was noted
			case h.MoveID != moveID || h.Level != hold.Arriving || m.Step != Laid && m.Step != Cutting || m.Facts.Manifest != number:
				return fault.Refuse("not_laid", "the final copy does not lie here: load it")
			}
			return nil
		})
		return m, err
	}
	h, err := hold.Find(ctx, s.db, m.CompanyID)
	if err == nil && h.MoveID != "" && h.MoveID != moveID {
		err = fault.Refuse("side", "the company is %s here by the move %s", h.Level, h.MoveID)
	}
	return m, err
}

// alight lets the company work, and has the files fetched that were still to be.
func (s *Service) alight(ctx context.Context, moveID, companyID string, manifest *Manifest) (Move, error) {
	err := s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		for _, args := range manifest.Jobs {
			if err := job.EnqueueWith(ctx, tx, job.Again{Of: s.with.Fetching, Args: args}, job.Options{Unique: true}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Move{}, err
	}
	landedMS, err := hold.Set(ctx, s.db, companyID, moveID, hold.Landing)
	if err != nil {
		return Move{}, err
	}
	return s.note(ctx, moveID, companyID, Target, Landed, func(m *Move) {
		if m.Facts.LandedMS == 0 {
			m.Facts.LandedMS = landedMS
		}
	})
}

// Open ends the landing: what came here directly meanwhile is done, behind what
// was sent on. Error: Refused "not_settled" while the source has not said that all
// is sent on; force does without its word.
func (s *Service) Open(ctx context.Context, moveID string, force bool) (Move, error) {
	f, m, err := s.known(ctx, moveID, Target)
	if err != nil {
		return m, err
	}
	var settled map[string]int64
	if err := f.getJSON(ctx, "settled.json", &settled); err != nil && !(force && fault.Is(err, fault.NotFound)) {
		return m, errors.Join(fault.Refuse("not_settled", "the source has not said that all is sent on"), err)
	}
	if m.Step != Landed && m.Step != Opened {
		return m, fault.Refuse("not_landed", "the company does not work here yet")
	}
	if err := hold.Lift(ctx, s.db, m.CompanyID, moveID); err != nil {
		return m, err
	}
	return s.note(ctx, moveID, m.CompanyID, Target, Opened, func(m *Move) {
		if m.Facts.OpenedMS == 0 {
			m.Facts.OpenedMS = s.nowMS()
		}
	})
}
