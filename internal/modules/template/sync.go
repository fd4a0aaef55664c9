package template

import (
	"context"
	"errors"
	"reflect"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// maxPages bounds a reading: an account has 6,000 templates at most, a page
// holds a hundred.
const maxPages = 200

// Sync reads all templates of an account's business account. What the platform
// has no more is marked as gone, after a whole reading only. Errors: those of
// Platform, NotFound, Refused "no_waba".
func (s *Service) Sync(ctx context.Context, tenantID, accountID string) (Reading, error) {
	account, waba, err := s.account(ctx, tenantID, accountID)
	if err != nil {
		return Reading{}, err
	}
	beganMS := clock.MS(s.Clock.Now())
	found, failed := s.readAll(ctx, account, waba, second(beganMS))
	if ctx.Err() != nil {
		return Reading{}, fault.Wrap(ctx.Err(), fault.Unavailable, "the reading was broken off")
	}
	var reading Reading
	err = s.DB.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		known, err := readings(ctx, tx, tenantID)
		if err != nil {
			return err
		}
		reading = known[waba]
		reading.TriedMS, reading.Problem, reading.ProblemText = tx.Now(), "", ""
		if failed != nil {
			reading.Problem, reading.ProblemText = reasonOf(failed), fault.MessageOf(failed)
			return saveReading(ctx, tx, tenantID, waba, reading)
		}
		if err := s.markGone(ctx, tx, tenantID, waba, second(beganMS)); err != nil {
			return err
		}
		reading.SyncedMS, reading.Found = tx.Now(), int64(found)
		if err := saveReading(ctx, tx, tenantID, waba, reading); err != nil {
			return err
		}
		return s.tell(ctx, tx, tenantID, event.Actor{Kind: "system"}, event.Auto, Event{WABA: waba})
	})
	return reading, errors.Join(failed, err)
}

func reasonOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Reason != "" {
		return f.Reason
	}
	return string(fault.CodeOf(err))
}

func (s *Service) readAll(ctx context.Context, account channel.Account, waba string, beganMS int64) (found int, err error) {
	cursor := ""
	for range maxPages {
		page, err := s.Platform.List(ctx, account, cursor)
		if err != nil {
			return found, err
		}
		found += len(page.Items)
		err = s.DB.Write(ctx, database.Company(account.TenantID), func(ctx context.Context, tx *database.Tx) error {
			for _, seen := range page.Items {
				if err := s.learn(ctx, tx, account.TenantID, waba, seen, beganMS); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || page.Next == "" || page.Next == cursor {
			return found, err
		}
		cursor = page.Next
	}
	return found, fault.New(fault.Unavailable, "WhatsApp's list of templates has no end")
}

// learn writes a template as the platform holds it. News that are later than the
// beginning of the reading stand.
func (s *Service) learn(ctx context.Context, tx *database.Tx, tenantID, waba string, seen Seen, beganMS int64) error {
	if !seen.usable() {
		return nil
	}
	t, known, err := hold(ctx, tx, tenantID, waba, seen.Name, seen.Language)
	if err != nil {
		return err
	}
	if !known {
		t = Template{TenantID: tenantID, ID: id.New(id.Template, tx.Now()), WABA: waba, Name: seen.Name, Language: seen.Language, CreatedMS: tx.Now(), Status: Pending}
	}
	before := t
	t.ExternalID = seen.ExternalID
	t.Definition = keepOurs(seen.Definition, before.Definition)
	if t.statusMS <= beganMS {
		t.Status, t.Reason, t.statusMS = seen.Status, seen.Reason, beganMS
	}
	if t.categoryMS <= beganMS {
		t.Category, t.categoryMS = seen.Category, beganMS
	}
	if t.qualityMS <= beganMS && seen.Quality != "" {
		t.Quality, t.qualityMS = seen.Quality, beganMS
	}
	t.SyncedMS = beganMS
	if err := save(ctx, tx, &t); err != nil {
		return err
	}
	return s.rememberDiffers(ctx, tx, &before, &t, known)
}

// keepOurs keeps what the platform does not tell: our file of the header, where
// the header is of the same kind, and samples that it left out.
func keepOurs(seen, ours Definition) Definition {
	if seen.Header != nil && ours.Header != nil && seen.Header.Kind == ours.Header.Kind && seen.Header.Sample == nil {
		seen.Header.Sample = ours.Header.Sample
	}
	if len(seen.Samples) == 0 && seen.Body == ours.Body {
		seen.Samples = ours.Samples
	}
	return seen
}

// rememberDiffers notes in the history what a reading found to be another.
func (s *Service) rememberDiffers(ctx context.Context, tx *database.Tx, before, now *Template, known bool) error {
	var changes []Change
	if !known || before.Status != now.Status {
		changes = append(changes, Change{AtMS: now.statusMS, Kind: "status", Value: string(now.Status), Reason: now.Reason})
	}
	if now.Quality != "" && before.Quality != now.Quality {
		changes = append(changes, Change{AtMS: now.qualityMS, Kind: "quality", Value: now.Quality})
	}
	if known && before.Category != now.Category {
		changes = append(changes, Change{AtMS: now.categoryMS, Kind: "category", Value: string(now.Category)})
	}
	if known && !sameWords(before.Definition, now.Definition) {
		changes = append(changes, Change{AtMS: now.SyncedMS, Kind: "content", Value: "changed"})
	}
	for _, change := range changes {
		if err := remember(ctx, tx, now, change); err != nil {
			return err
		}
	}
	return nil
}

// sameWords compares what a customer would read.
func sameWords(a, b Definition) bool {
	return a.Body == b.Body && a.Footer == b.Footer && reflect.DeepEqual(a.Buttons, b.Buttons)
}

// markGone marks what a whole reading that began at a time did not find, and
// that was there before it began.
func (s *Service) markGone(ctx context.Context, tx *database.Tx, tenantID, waba string, beganMS int64) error {
	lost, err := selected(ctx, tx, tenantID, "waba_id = $2 AND seen_ms < $3 AND created_ms < $3 AND updated_ms < $3 AND status <> $4 ORDER BY id"+tx.ForUpdate(), waba, beganMS, string(Gone))
	if err != nil {
		return err
	}
	for n := range lost {
		t := &lost[n]
		t.Status, t.Reason, t.statusMS = Gone, "", beganMS
		if err := save(ctx, tx, t); err != nil {
			return err
		}
		if err := remember(ctx, tx, t, Change{AtMS: beganMS, Kind: "status", Value: string(Gone)}); err != nil {
			return err
		}
	}
	return nil
}

// usable reports a template that has a name which a database can keep.
func (s *Seen) usable() bool {
	return s.Name != "" && s.Language != "" && database.Text(s.Name+s.Language+s.ExternalID) == nil
}
