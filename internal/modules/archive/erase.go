package archive

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/service"
)

const (
	// eraseRows is how many rows one transaction erases: others write between two.
	eraseRows = 500
	// eraseEvery is how often it is looked for companies to erase; nobody waits.
	eraseEvery = 10 * time.Minute
)

// Doomed lists the companies whose data is to go; they may have been erased
// before.
type Doomed func(ctx context.Context) ([]string, error)

// Eraser erases the data of companies whose time to come back is over.
func (s *Service) Eraser(doomed Doomed, logger *slog.Logger) service.Service {
	return service.Service{Name: "erasures", Run: func(ctx context.Context) error {
		tick := time.NewTicker(eraseEvery)
		defer tick.Stop()
		for {
			if err := s.EraseAll(ctx, doomed); err != nil && ctx.Err() == nil {
				logger.ErrorContext(ctx, "the data of a company could not be erased; it is tried again", "error", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}}
}

// EraseAll erases the data of all that are doomed and not erased yet.
func (s *Service) EraseAll(ctx context.Context, doomed Doomed) error {
	companies, err := doomed(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, tenantID := range companies {
		errs = append(errs, s.erase(ctx, tenantID))
	}
	return errors.Join(errs...)
}

// erase empties a company's tables and files. A crash leaves less to do: it
// begins again and finds what is left.
func (s *Service) erase(ctx context.Context, tenantID string) error {
	over, err := s.begin(ctx, tenantID)
	if err != nil || over {
		return err
	}
	for _, table := range slices.Sorted(maps.Keys(goes)) {
		for more := true; more && err == nil; {
			more, err = s.eraseSome(ctx, tenantID, table)
		}
		if err != nil {
			return err
		}
	}
	if err := s.eraseFiles(ctx, tenantID); err != nil {
		return err
	}
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		var gone int64
		err := tx.QueryRow(ctx, "UPDATE erasure SET done_ms = $2 WHERE tenant_id = $1 AND done_ms = 0 RETURNING gone", tenantID, tx.Now()).Scan(&gone)
		if errors.Is(err, database.ErrNoRows) {
			return nil // another process came first
		}
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			TenantID: tenantID, Actor: event.Actor{Kind: "system", ID: "archive"}, Action: "company.data_erased", Target: tenantID,
			Facts: map[string]string{"rows": strconv.FormatInt(gone, 10)},
		})
	})
}

func (s *Service) begin(ctx context.Context, tenantID string) (over bool, err error) {
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO erasure (tenant_id, began_ms, done_ms, gone) VALUES ($1, $2, 0, 0) ON CONFLICT (tenant_id) DO NOTHING", tenantID, tx.Now())
		if err != nil {
			return err
		}
		var doneMS int64
		err = tx.QueryRow(ctx, "SELECT done_ms FROM erasure WHERE tenant_id = $1", tenantID).Scan(&doneMS)
		over = doneMS > 0
		return err
	})
	return over, err
}

// eraseSome erases the next rows of a table and counts them with it.
func (s *Service) eraseSome(ctx context.Context, tenantID, table string) (more bool, err error) {
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		gone, err := tx.Exec(ctx, eraseQuery(table), tenantID, eraseRows)
		if err != nil {
			return err
		}
		more = gone == eraseRows
		_, err = tx.Exec(ctx, "UPDATE erasure SET gone = gone + $2 WHERE tenant_id = $1", tenantID, gone)
		return err
	})
	return more, err
}

// eraseQuery deletes at most $2 rows of the company $1.
func eraseQuery(table string) string {
	key := "tenant_id"
	if columns := strings.Join(strings.Fields(goes[table]), ", "); columns != "" {
		key = columns
	}
	return "DELETE FROM " + table + " WHERE tenant_id = $1 AND (" + key + ") IN (SELECT " + key + " FROM " + table + " WHERE tenant_id = $1 LIMIT $2)"
}

func (s *Service) eraseFiles(ctx context.Context, tenantID string) error {
	var refs []blob.Ref
	err := s.blobs.List(ctx, tenantID, func(ref blob.Ref) error {
		refs = append(refs, ref)
		return nil
	})
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if err := s.blobs.Delete(ctx, tenantID, ref.Hash); err != nil {
			return err
		}
	}
	return nil
}
