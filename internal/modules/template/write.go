package template

import (
	"context"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// NewTemplate is the input of Create.
type NewTemplate struct {
	TenantID   string
	AccountID  string
	Name       string
	Language   string
	Category   Category
	Definition Definition
	By         By
}

// second rounds a time down: the platform tells its news by whole seconds, and
// those of the second in which we called are news to us.
func second(ms int64) int64 { return ms - ms%1000 }

// Create has a template reviewed by the platform. Errors: Invalid on the field
// that breaks a rule, before anything is asked; the platform's refusals
// (Platform); Conflict "template_exists".
func (s *Service) Create(ctx context.Context, in NewTemplate) (t Template, err error) {
	if err := checkHead(in.Name, in.Language, in.Category); err != nil {
		return t, err
	}
	if err := in.Definition.check(); err != nil {
		return t, err
	}
	account, waba, err := s.account(ctx, in.TenantID, in.AccountID)
	if err != nil {
		return t, err
	}
	// One that is gone at the platform makes room for a new one.
	err = s.DB.Read(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		before, found, err := find(ctx, tx, in.TenantID, waba, in.Name, in.Language)
		if found && before.Obstacle != "gone" {
			return &fault.Error{Code: fault.Conflict, Reason: ReasonExists, Field: "name", Message: "there is a template of this name in this language already"}
		}
		return err
	})
	if err != nil {
		return t, err
	}
	draft := Draft{Name: in.Name, Language: in.Language, Category: in.Category, Definition: in.Definition}
	if draft.Handle, err = s.example(ctx, account, in.Definition); err != nil {
		return t, err
	}
	beganMS := second(clock.MS(s.Clock.Now()))
	made, err := s.Platform.Create(ctx, account, draft)
	if err != nil {
		return t, err
	}
	t = Template{
		TenantID: in.TenantID, WABA: waba, Name: in.Name, Language: in.Language, Category: in.Category, Status: Pending, Definition: in.Definition,
		ExternalID: made.ExternalID, statusMS: beganMS, categoryMS: beganMS,
	}
	if made.Status != "" {
		t.Status = made.Status
	}
	if made.Category != "" {
		t.Category = made.Category
	}
	err = s.DB.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		before, found, err := hold(ctx, tx, in.TenantID, waba, in.Name, in.Language)
		if err != nil {
			return err
		}
		t.ID, t.CreatedMS, t.version = id.New(id.Template, tx.Now()), tx.Now(), 0
		if found {
			t.ID, t.CreatedMS, t.version = before.ID, before.CreatedMS, before.version
			if before.Obstacle != "gone" && before.statusMS >= beganMS {
				// The platform's word on it was faster than our own row.
				t.Status, t.Reason, t.statusMS = before.Status, before.Reason, before.statusMS
				t.Category, t.Quality, t.qualityMS = before.Category, before.Quality, before.qualityMS
			}
		}
		if err := save(ctx, tx, &t); err != nil {
			return err
		}
		if err := remember(ctx, tx, &t, Change{AtMS: beganMS, Kind: "status", Value: string(t.Status)}); err != nil {
			return err
		}
		return s.done(ctx, tx, &t, in.By, "template.created")
	})
	return t, err
}

// done tells the log and the browsers of what a person did.
func (s *Service) done(ctx context.Context, tx *database.Tx, t *Template, by By, action string) error {
	if err := note(ctx, tx, t, by, action); err != nil {
		return err
	}
	return s.tell(ctx, tx, t.TenantID, by.Actor, event.Manual, eventOf(t))
}

// example shows the platform the file of a header; empty without one.
func (s *Service) example(ctx context.Context, account channel.Account, d Definition) (string, error) {
	if d.Header == nil || d.Header.Sample == nil {
		return "", nil
	}
	file := d.Header.Sample
	content, size, err := s.Blobs.Open(ctx, account.TenantID, file.Blob)
	if err != nil {
		return "", fault.OnField("header.sample", "the file is not there any more: choose it again")
	}
	defer func() { _ = content.Close() }()
	return s.Platform.UploadHeader(ctx, account, File{Name: file.Name, MIME: file.MIME, Size: size, Content: content})
}

// Edit is a new content for a template. Its name and language stay.
type Edit struct {
	TenantID   string
	TemplateID string
	Category   Category // of one that was rejected; empty: as it is
	Definition Definition
	By         By
}

// Edit replaces the content of a template, which is reviewed again. A header
// without a sample keeps the one it had. Errors: as Create, and Refused
// "template_edits" with the time from which on it may be edited.
func (s *Service) Edit(ctx context.Context, in Edit) (t Template, err error) {
	err = s.DB.Read(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		t, err = load(ctx, tx, in.TenantID, in.TemplateID)
		return err
	})
	if err != nil {
		return t, err
	}
	if h, old := in.Definition.Header, t.Header; h != nil && old != nil && h.Kind == old.Kind && h.Sample == nil {
		h.Sample = old.Sample
	}
	if in.Category == "" {
		in.Category = t.Category
	}
	if err := mayEdit(&t, in.Category); err != nil {
		return t, err
	}
	if err := in.Definition.check(); err != nil {
		return t, err
	}
	account, err := s.manager(ctx, in.TenantID, t.WABA)
	if err != nil {
		return t, err
	}
	draft := Draft{Name: t.Name, Language: t.Language, Category: in.Category, Definition: in.Definition}
	if draft.Handle, err = s.example(ctx, account, in.Definition); err != nil {
		return t, err
	}
	beganMS := second(clock.MS(s.Clock.Now()))
	if err := s.Platform.Edit(ctx, account, t.ExternalID, draft); err != nil {
		return t, err
	}
	err = s.DB.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		if t, err = take(ctx, tx, in.TenantID, in.TemplateID); err != nil {
			return err
		}
		if t.Status == Approved {
			t.EditedMS = append(since(t.EditedMS, tx.Now()-monthMS), tx.Now())
		}
		t.Definition, t.Category = in.Definition, in.Category
		if t.statusMS <= beganMS {
			t.Status, t.statusMS, t.Reason = Pending, beganMS, ""
		}
		if err := save(ctx, tx, &t); err != nil {
			return err
		}
		if err := remember(ctx, tx, &t, Change{AtMS: tx.Now(), Kind: "content", Value: "edited"}); err != nil {
			return err
		}
		return s.done(ctx, tx, &t, in.By, "template.edited")
	})
	return t, err
}

// mayEdit holds an edit against the platform's rules.
func mayEdit(t *Template, category Category) error {
	switch {
	case category != t.Category && t.Status == Approved:
		return fault.OnField("category", "the category of an approved template stays as it is")
	case category != t.Category && category != Marketing && category != Utility:
		return fault.OnField("category", "must be marketing or utility")
	case len(t.Foreign) > 0 || t.Category == Authentication:
		return fault.Refuse("template_foreign", "this template has parts that are edited at WhatsApp Manager only")
	case t.ExternalID == "":
		return fault.Refuse(ReasonAbsent, "the platform has not named this template yet: read the templates again")
	case t.Editable.OK:
		return nil
	}
	switch t.Editable.Reason {
	case "pending":
		return fault.Refuse(ReasonEdits, "WhatsApp is reviewing this template: wait for its answer")
	case "day":
		return fault.Refuse(ReasonEdits, "an approved template can be edited once in 24 hours")
	case "month":
		return fault.Refuse(ReasonEdits, "an approved template can be edited ten times in 30 days")
	default:
		return fault.Refuse(ReasonEdits, "a template that is %s can't be edited", t.Status)
	}
}

// Removal says what Delete takes away.
type Removal struct {
	TenantID   string
	TemplateID string
	// AllLanguages takes every language of the template's name.
	AllLanguages bool
	By           By
}

// Delete takes a template away, at the platform and here. The platform keeps the
// name of an approved one for thirty days. Errors: NotFound and those of
// Platform.
func (s *Service) Delete(ctx context.Context, in Removal) error {
	var t Template
	err := s.DB.Read(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		t, err = load(ctx, tx, in.TenantID, in.TemplateID)
		return err
	})
	if err != nil {
		return err
	}
	if t.Obstacle != "gone" || in.AllLanguages {
		if err := s.deleteThere(ctx, t, in.AllLanguages); err != nil {
			return err
		}
	}
	return s.DB.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		which := []Template{t}
		if in.AllLanguages {
			if which, err = selected(ctx, tx, in.TenantID, "waba_id = $2 AND name = $3 ORDER BY id"+tx.ForUpdate(), t.WABA, t.Name); err != nil {
				return err
			}
		}
		for n := range which {
			if err := drop(ctx, tx, in.TenantID, which[n].ID); err != nil {
				return err
			}
			which[n].Status = Deleted
			if err := s.done(ctx, tx, &which[n], in.By, "template.deleted"); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) deleteThere(ctx context.Context, t Template, all bool) error {
	account, err := s.manager(ctx, t.TenantID, t.WABA)
	if err != nil {
		return err
	}
	externalID := t.ExternalID
	if all {
		externalID = ""
	} else if externalID == "" {
		return fault.Refuse(ReasonAbsent, "the platform has not named this template yet: read the templates again")
	}
	return s.Platform.Delete(ctx, account, t.Name, externalID)
}
