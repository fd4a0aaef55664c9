package plan

import (
	"context"
	"regexp"
	"strconv"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// Plan is something that companies subscribe to. What it says and costs is in
// its versions.
type Plan struct {
	ID        string `json:"id"`
	Slug      string `json:"slug"`
	Line      string `json:"line" enum:"massivo,enterprise"`
	Position  int64  `json:"position" doc:"On the page of prices, lowest first."`
	State     string `json:"state" enum:"open,closed" doc:"A closed plan is shown to nobody new."`
	CreatedMS int64  `json:"created_ms"`
	Version   int64  `json:"version"`
}

// States of a plan.
const (
	Open   = "open"
	Closed = "closed"
)

// Edition is a plan with all its versions, newest first.
type Edition struct {
	Plan
	Versions []Version `json:"versions" nullable:"false"`
}

var slugs = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Editions lists all plans with all versions, for operators.
func (s *Service) Editions(ctx context.Context) (list []Edition, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		plans, err := listPlans(ctx, tx)
		if err != nil {
			return err
		}
		versions, err := listVersions(ctx, tx, "1 = 1")
		if err != nil {
			return err
		}
		list = make([]Edition, len(plans))
		for i, p := range plans {
			list[i] = Edition{Plan: p, Versions: []Version{}}
			for _, v := range versions {
				if v.PlanID == p.ID {
					list[i].Versions = append(list[i].Versions, v)
				}
			}
		}
		return nil
	})
	return list, err
}

// Create makes a plan with its first draft. Errors: fault.Invalid,
// fault.Conflict with reason slug_taken.
func (s *Service) Create(ctx context.Context, slug, line string, content Content, by tenancy.By) (v Version, err error) {
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		v, err = s.create(ctx, tx, slug, line, content, by)
		return err
	})
	return v, err
}

func (s *Service) create(ctx context.Context, tx *database.Tx, slug, line string, content Content, by tenancy.By) (v Version, err error) {
	if len(slug) > 40 || !slugs.MatchString(slug) {
		return v, fault.OnField("slug", "must be 1 to 40 small letters, digits and single hyphens")
	}
	if line != tenancy.Massivo && line != tenancy.Enterprise {
		return v, fault.OnField("line", "must be %s or %s", tenancy.Massivo, tenancy.Enterprise)
	}
	p := Plan{ID: id.New(id.Plan, tx.Now()), Slug: slug, Line: line, State: Open, CreatedMS: tx.Now(), Version: 1}
	if err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(position), 0) + 1 FROM plan WHERE line = $1", line).Scan(&p.Position); err != nil {
		return v, err
	}
	made, err := tx.Exec(ctx, "INSERT INTO plan ("+planColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (slug) DO NOTHING",
		p.ID, p.Slug, p.Line, p.Position, p.State, p.CreatedMS, p.Version)
	if err != nil {
		return v, err
	}
	if made == 0 {
		return v, &fault.Error{Code: fault.Conflict, Reason: "slug_taken", Field: "slug", Message: "another plan has this short name"}
	}
	return s.draft(ctx, tx, p, 1, content, by)
}

// draft inserts a draft.
func (s *Service) draft(ctx context.Context, tx *database.Tx, p Plan, number int64, content Content, by tenancy.By) (Version, error) {
	content, err := content.tidy()
	if err != nil {
		return Version{}, err
	}
	v := Version{
		ID: id.New(id.PlanVersion, tx.Now()), PlanID: p.ID, Slug: p.Slug, Line: p.Line, Number: number, State: Draft, Content: content,
		Revision: 1, CreatedMS: tx.Now(), UpdatedMS: tx.Now(),
	}
	text, _, err := content.encode()
	if err != nil {
		return v, err
	}
	made, err := tx.Exec(ctx, `INSERT INTO plan_version (id, plan_id, number, state, content, hash, revision, created_ms, updated_ms, published_ms, withdrawn_ms)
		VALUES ($1, $2, $3, 'draft', $4, '', 1, $5, $5, 0, 0) ON CONFLICT DO NOTHING`, v.ID, v.PlanID, v.Number, text, tx.Now())
	if err != nil {
		return v, err
	}
	if made == 0 {
		return v, &fault.Error{Code: fault.Conflict, Reason: "draft_exists", Message: "the plan has a draft already"}
	}
	return v, note(ctx, tx, "plan.drafted", v, by)
}

// Redraft makes a draft of a plan out of its newest version. Errors:
// fault.NotFound, fault.Conflict with reason draft_exists.
func (s *Service) Redraft(ctx context.Context, planID string, by tenancy.By) (v Version, err error) {
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		p, err := loadPlan(ctx, tx, planID, tx.ForUpdate())
		if err != nil {
			return err
		}
		before, err := listVersions(ctx, tx, "p.id = $1", planID)
		if err != nil {
			return err
		}
		if len(before) == 0 {
			return errNoVersion()
		}
		v, err = s.draft(ctx, tx, p, before[0].Number+1, before[0].Content, by)
		return err
	})
	return v, err
}

// Edit replaces the content of a draft at the revision that its editor saw.
// Errors: fault.NotFound, fault.Invalid, fault.Conflict with reason
// plan_published, fault.Conflict with reason revision when somebody else
// edited it meanwhile.
func (s *Service) Edit(ctx context.Context, versionID string, revision int64, content Content, by tenancy.By) (v Version, err error) {
	content, err = content.tidy()
	if err != nil {
		return v, err
	}
	text, _, err := content.encode()
	if err != nil {
		return v, err
	}
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if v, err = loadVersion(ctx, tx, versionID); err != nil {
			return err
		}
		// The one statement that writes content: what is published is out of its reach.
		changed, err := tx.Exec(ctx, `UPDATE plan_version SET content = $2, revision = revision + 1, updated_ms = $3
			WHERE id = $1 AND state = 'draft' AND revision = $4`, versionID, text, tx.Now(), revision)
		switch {
		case err != nil:
			return err
		case changed == 0 && v.State != Draft:
			return errPublished()
		case changed == 0:
			return &fault.Error{Code: fault.Conflict, Reason: "revision", Message: "somebody else has changed the draft: look at it again"}
		}
		v.Content, v.Revision, v.UpdatedMS = content, v.Revision+1, tx.Now()
		return note(ctx, tx, "plan.edited", v, by)
	})
	return v, err
}

func errPublished() error {
	return &fault.Error{Code: fault.Conflict, Reason: "plan_published", Message: "what was published never changes: make a new draft"}
}

// Publish sells a draft from now on, in place of the version before. Errors:
// fault.NotFound, fault.Invalid when a text lacks, fault.Conflict with reason
// plan_published.
func (s *Service) Publish(ctx context.Context, versionID string, by tenancy.By) (v Version, err error) {
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		v, err = s.publish(ctx, tx, versionID, by)
		return err
	})
	return v, err
}

func (s *Service) publish(ctx context.Context, tx *database.Tx, versionID string, by tenancy.By) (Version, error) {
	v, err := loadVersion(ctx, tx, versionID)
	if err != nil {
		return v, err
	}
	if _, err := loadPlan(ctx, tx, v.PlanID, tx.ForUpdate()); err != nil {
		return v, err
	}
	// Once more, now that nobody else edits or publishes.
	if v, err = loadVersion(ctx, tx, versionID); err != nil {
		return v, err
	}
	if err := v.ready(); err != nil {
		return v, err
	}
	_, hash, err := v.encode()
	if err != nil {
		return v, err
	}
	if _, err := tx.Exec(ctx, "UPDATE plan_version SET state = 'withdrawn', withdrawn_ms = $3 WHERE plan_id = $1 AND state = 'published' AND id <> $2", v.PlanID, v.ID, tx.Now()); err != nil {
		return v, err
	}
	changed, err := tx.Exec(ctx, "UPDATE plan_version SET state = 'published', hash = $2, published_ms = $3 WHERE id = $1 AND state = 'draft' AND revision = $4",
		v.ID, hash, tx.Now(), v.Revision)
	if err != nil {
		return v, err
	}
	if changed == 0 {
		return v, errPublished()
	}
	v.State, v.Hash, v.PublishedMS = Published, hash, tx.Now()
	return v, note(ctx, tx, "plan.published", v, by)
}

// Withdraw sells a version no more; who has chosen it may buy it for another 30
// days. Errors: fault.NotFound, fault.Conflict when it is not published.
func (s *Service) Withdraw(ctx context.Context, versionID string, by tenancy.By) (v Version, err error) {
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if v, err = loadVersion(ctx, tx, versionID); err != nil {
			return err
		}
		changed, err := tx.Exec(ctx, "UPDATE plan_version SET state = 'withdrawn', withdrawn_ms = $2 WHERE id = $1 AND state = 'published'", v.ID, tx.Now())
		if err != nil {
			return err
		}
		if changed == 0 {
			return fault.New(fault.Conflict, "the version is not on sale")
		}
		v.State, v.WithdrawnMS = Withdrawn, tx.Now()
		return note(ctx, tx, "plan.withdrawn", v, by)
	})
	return v, err
}

// Discard forgets a draft; a plan that never had another version goes with it.
// Errors: fault.NotFound, fault.Conflict with reason plan_published.
func (s *Service) Discard(ctx context.Context, versionID string, by tenancy.By) error {
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		v, err := loadVersion(ctx, tx, versionID)
		if err != nil {
			return err
		}
		gone, err := tx.Exec(ctx, "DELETE FROM plan_version WHERE id = $1 AND state = 'draft'", v.ID)
		if err != nil {
			return err
		}
		if gone == 0 {
			return errPublished()
		}
		if _, err := tx.Exec(ctx, "DELETE FROM plan WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM plan_version v WHERE v.plan_id = plan.id)", v.PlanID); err != nil {
			return err
		}
		return note(ctx, tx, "plan.discarded", v, by)
	})
}

// Placement is where a plan stands on the page of prices; nil leaves a field as
// it is.
type Placement struct {
	Position *int64
	State    *string
}

// Place moves a plan on the page of prices, closes or opens it. Errors:
// fault.NotFound, fault.Invalid.
func (s *Service) Place(ctx context.Context, planID string, to Placement, by tenancy.By) (p Plan, err error) {
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if p, err = loadPlan(ctx, tx, planID, tx.ForUpdate()); err != nil {
			return err
		}
		if to.Position != nil {
			p.Position = *to.Position
		}
		if to.State != nil {
			p.State = *to.State
		}
		if p.State != Open && p.State != Closed {
			return fault.OnField("state", "must be %s or %s", Open, Closed)
		}
		p.Version++
		if _, err := tx.Exec(ctx, "UPDATE plan SET position = $2, state = $3, version = $4 WHERE id = $1", p.ID, p.Position, p.State, p.Version); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{Actor: by.Actor, Action: "plan.placed", Target: p.ID,
			Facts: map[string]string{"position": strconv.FormatInt(p.Position, 10), "state": p.State}, IP: by.IP})
	})
	return p, err
}

// note writes the log's entry of a change of a version.
func note(ctx context.Context, tx *database.Tx, action string, v Version, by tenancy.By) error {
	facts := map[string]string{"plan": v.Slug, "number": strconv.FormatInt(v.Number, 10)}
	if v.Hash != "" {
		facts["hash"] = v.Hash
	}
	return audit.Write(ctx, tx, audit.Entry{Actor: by.Actor, Action: action, Target: v.ID, Facts: facts, IP: by.IP})
}
