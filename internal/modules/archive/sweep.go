package archive

import (
	"context"
	"errors"
	"log/slog"
	"regexp"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/service"
)

const (
	// sweepGrace is how old a blob must be before it may go: what is being
	// uploaded, fetched or written has long found its row by then.
	sweepGrace = 7 * 24 * time.Hour
	// sweepEvery is how often it is looked; nobody waits.
	sweepEvery = 24 * time.Hour
	// sweepMost is how many blobs are held against the rows at once; each takes
	// about 100 bytes.
	sweepMost = 100_000
)

// Sweeper deletes files that no row names any more, once a day: drafts that were
// never sent, pictures that were replaced. all lists the companies.
func (s *Service) Sweeper(now clock.Clock, all func(ctx context.Context) ([]string, error), logger *slog.Logger) service.Service {
	return service.Service{Name: "sweeps", Run: func(ctx context.Context) error {
		tick := time.NewTicker(sweepEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
			if err := s.sweepAll(ctx, now, all); err != nil && ctx.Err() == nil {
				logger.ErrorContext(ctx, "files that nobody names could not be deleted; it is tried again tomorrow", "error", err)
			}
		}
	}}
}

func (s *Service) sweepAll(ctx context.Context, now clock.Clock, all func(ctx context.Context) ([]string, error)) error {
	companies, err := all(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, tenantID := range companies {
		_, err := s.sweep(ctx, tenantID, clock.MS(now.Now().Add(-sweepGrace)))
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// sweep deletes the company's blobs that were put before a time and that no row
// names. A blob that is put again meanwhile stays.
func (s *Service) sweep(ctx context.Context, tenantID string, beforeMS int64) (gone int, err error) {
	unnamed := map[string]bool{}
	empty := func() error {
		if err := s.strike(ctx, tenantID, unnamed); err != nil {
			return err
		}
		for hash := range unnamed {
			done, err := s.blobs.Expire(ctx, tenantID, hash, beforeMS)
			if err != nil {
				return err
			}
			if done {
				gone++
			}
		}
		clear(unnamed)
		return nil
	}
	err = s.blobs.List(ctx, tenantID, func(ref blob.Ref) error {
		if ref.KeptMS >= beforeMS {
			return nil
		}
		unnamed[ref.Hash] = true
		if len(unnamed) == sweepMost {
			return empty()
		}
		return nil
	})
	if err != nil {
		return gone, err
	}
	return gone, empty()
}

// blobName is how a blob is named in a row, also inside of JSON.
var blobName = regexp.MustCompile(`[0-9a-f]{64}`)

// strike takes out what rows name.
func (s *Service) strike(ctx context.Context, tenantID string, unnamed map[string]bool) error {
	for _, table := range names {
		var last []any
		for more := len(unnamed) > 0; more; {
			var err error
			if more, last, err = s.strikePage(ctx, tenantID, table, last, unnamed); err != nil {
				return err
			}
		}
	}
	return nil
}

// strikePage reads the rows behind a key in a short transaction of its own.
func (s *Service) strikePage(ctx context.Context, tenantID string, table sheet, behind []any, unnamed map[string]bool) (more bool, last []any, err error) {
	fields := table.fields()
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		last = behind
		args := append([]any{tenantID}, behind...)
		rows, err := tx.Query(ctx, table.query(behind == nil), append(args, pageRows)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		count := 0
		for ; rows.Next(); count++ {
			holders := hold(fields)
			if err := rows.Scan(holders...); err != nil {
				return err
			}
			for _, holder := range holders {
				if text, ok := holder.(*string); ok {
					for _, hash := range blobName.FindAllString(*text, -1) {
						delete(unnamed, hash)
					}
				}
			}
			last = keyOf(holders[:table.keys])
		}
		more = count == pageRows
		return rows.Err()
	})
	return more, last, err
}

// names lists where a row may name a blob: the key, and columns of text. A test
// holds the list against the schema.
var names = []sheet{
	{"", "message", 1, "id content"},
	{"", "upload", 1, "id hash thumb"},
	{"", "delivery", 1, "id request"},
	{"", "product_image", 1, "hash"},
	{"", "product", 1, "id images"},
	{"", "variant", 1, "id image"},
	{"", "order_line", 2, "order_id variant_id image"},
	{"", "listing_item", 2, "catalog_id retailer_id image"},
	{"", "bot_draft", 1, "bot_id definition tests"},
	{"", "flow_version", 1, "id definition tests lock"},
	{"", "bot_session", 1, "conversation_id state"},
	{"", "bot_turn", 2, "session_id seq# input effects"},
	{"", "template", 1, "id definition"},
}

// nameless says why columns that look as if they could name a blob do not.
var nameless = map[string]string{
	"bot_call.request":        "a call to a company's server, without files",
	"bot_wait.answer":         "an answer of a server, without files",
	"bot_draft.hash":          "of the definition",
	"bot_draft.based_hash":    "of the definition",
	"exchange.request":        "what a provider was told; it ends after a week",
	"invitation.token_hash":   "of a secret",
	"shop_order.request_hash": "of a request",
	"flow_version.hash":       "of the definition",
	"listing_item.sent_hash":  "of what the provider was told",
}
