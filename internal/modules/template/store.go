package template

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message/fold"
	"prosa/internal/platform/database"
)

const columns = `id, waba_id, name, language, category, category_ms, status, status_ms, quality, quality_ms, reason, definition, external_id, edits,
	seen_ms, version, created_ms, updated_ms`

// selected reads templates; where follows "tenant_id = $1 AND".
func selected(ctx context.Context, tx *database.Tx, tenantID, where string, args ...any) ([]Template, error) {
	rows, err := tx.Query(ctx, "SELECT "+columns+" FROM template WHERE tenant_id = $1 AND "+where, append([]any{tenantID}, args...)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Template{}
	for rows.Next() {
		t := Template{TenantID: tenantID}
		var definition, edits string
		if err := rows.Scan(&t.ID, &t.WABA, &t.Name, &t.Language, &t.Category, &t.categoryMS, &t.Status, &t.statusMS, &t.Quality, &t.qualityMS,
			&t.Reason, &definition, &t.ExternalID, &edits, &t.SyncedMS, &t.version, &t.CreatedMS, &t.UpdatedMS); err != nil {
			return nil, err
		}
		if err := errors.Join(json.Unmarshal([]byte(definition), &t.Definition), json.Unmarshal([]byte(edits), &t.EditedMS)); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "a stored template can't be read")
		}
		t.finish(tx.Now())
		list = append(list, t)
	}
	return list, rows.Err()
}

func one(list []Template, err error) (Template, error) {
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "no such template")
	}
	if err != nil {
		return Template{}, err
	}
	return list[0], nil
}

func load(ctx context.Context, tx *database.Tx, tenantID, templateID string) (Template, error) {
	return one(selected(ctx, tx, tenantID, "id = $2", templateID))
}

// take is load with the row held until the end of the transaction.
func take(ctx context.Context, tx *database.Tx, tenantID, templateID string) (Template, error) {
	return one(selected(ctx, tx, tenantID, "id = $2"+tx.ForUpdate(), templateID))
}

const whereNamed = "waba_id = $2 AND name = $3 AND language = $4"

// find gives the template of a name and language; false when there is none.
func find(ctx context.Context, tx *database.Tx, tenantID, waba, name, language string) (Template, bool, error) {
	list, err := selected(ctx, tx, tenantID, whereNamed, waba, name, language)
	return first(list), len(list) > 0, err
}

// hold is find with the row held until the end of the transaction.
func hold(ctx context.Context, tx *database.Tx, tenantID, waba, name, language string) (Template, bool, error) {
	list, err := selected(ctx, tx, tenantID, whereNamed+tx.ForUpdate(), waba, name, language)
	return first(list), len(list) > 0, err
}

func first(list []Template) (t Template) {
	if len(list) > 0 {
		t = list[0]
	}
	return t
}

// foldedOf is what a search looks in: the name, also as words, and the texts.
func (t *Template) foldedOf() string {
	words := []string{t.Name, strings.ReplaceAll(t.Name, "_", " "), t.Body, t.Footer}
	if t.Header != nil {
		words = append(words, t.Header.Text)
	}
	for _, b := range t.Buttons {
		words = append(words, b.Text)
	}
	return fold.Text(strings.Join(words, "\n"))
}

// save writes a template, new or changed.
func save(ctx context.Context, tx *database.Tx, t *Template) error {
	definition, err := json.Marshal(t.Definition)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "a template could not be written")
	}
	if t.EditedMS == nil {
		t.EditedMS = []int64{}
	}
	edits, err := json.Marshal(t.EditedMS)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "a template could not be written")
	}
	t.version++
	t.UpdatedMS = tx.Now()
	_, err = tx.Exec(ctx, `
		INSERT INTO template (tenant_id, id, waba_id, name, language, category, category_ms, status, status_ms, quality, quality_ms, reason, definition,
			external_id, edits, folded, seen_ms, version, created_ms, updated_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
		ON CONFLICT (tenant_id, id) DO UPDATE SET category = excluded.category, category_ms = excluded.category_ms, status = excluded.status,
			status_ms = excluded.status_ms, quality = excluded.quality, quality_ms = excluded.quality_ms, reason = excluded.reason,
			definition = excluded.definition, external_id = excluded.external_id, edits = excluded.edits, folded = excluded.folded,
			seen_ms = excluded.seen_ms, version = excluded.version, updated_ms = excluded.updated_ms`,
		t.TenantID, t.ID, t.WABA, t.Name, t.Language, string(t.Category), t.categoryMS, string(t.Status), t.statusMS, t.Quality, t.qualityMS, t.Reason,
		string(definition), t.ExternalID, string(edits), t.foldedOf(), t.SyncedMS, t.version, t.CreatedMS, t.UpdatedMS)
	if err == nil {
		t.finish(tx.Now())
	}
	return err
}

func drop(ctx context.Context, tx *database.Tx, tenantID, templateID string) error {
	if _, err := tx.Exec(ctx, "DELETE FROM template_news WHERE tenant_id = $1 AND template_id = $2", tenantID, templateID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "DELETE FROM template WHERE tenant_id = $1 AND id = $2", tenantID, templateID)
	return err
}

// Change is one entry of a template's history.
type Change struct {
	AtMS   int64  `json:"at_ms"`
	Kind   string `json:"kind" enum:"status,quality,category,content"`
	Value  string `json:"value"`
	Reason string `json:"reason,omitempty"`
}

// remember keeps what was told; the same told again is kept once.
func remember(ctx context.Context, tx *database.Tx, t *Template, c Change) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO template_news (tenant_id, template_id, at_ms, kind, value, reason) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT DO NOTHING`, t.TenantID, t.ID, c.AtMS, c.Kind, c.Value, c.Reason)
	return err
}

// historyMost bounds the history that is shown.
const historyMost = 100

func history(ctx context.Context, tx *database.Tx, tenantID, templateID string) ([]Change, error) {
	rows, err := tx.Query(ctx, `
		SELECT at_ms, kind, value, reason FROM template_news WHERE tenant_id = $1 AND template_id = $2
		ORDER BY at_ms DESC, kind, value LIMIT $3`, tenantID, templateID, historyMost)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Change{}
	for rows.Next() {
		var c Change
		if err := rows.Scan(&c.AtMS, &c.Kind, &c.Value, &c.Reason); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// Reading is what is known of the last reading of a business account.
type Reading struct {
	SyncedMS    int64  `json:"synced_ms" doc:"0: never."`
	Found       int64  `json:"found"`
	Problem     string `json:"problem,omitempty" doc:"A reason, when the last reading failed."`
	ProblemText string `json:"problem_text,omitempty"`
	TriedMS     int64  `json:"tried_ms"`
}

func readings(ctx context.Context, tx *database.Tx, tenantID string) (map[string]Reading, error) {
	rows, err := tx.Query(ctx, "SELECT waba_id, synced_ms, found, problem, problem_text, tried_ms FROM template_sync WHERE tenant_id = $1", tenantID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := map[string]Reading{}
	for rows.Next() {
		var waba string
		var r Reading
		if err := rows.Scan(&waba, &r.SyncedMS, &r.Found, &r.Problem, &r.ProblemText, &r.TriedMS); err != nil {
			return nil, err
		}
		known[waba] = r
	}
	return known, rows.Err()
}

func saveReading(ctx context.Context, tx *database.Tx, tenantID, waba string, r Reading) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO template_sync (tenant_id, waba_id, synced_ms, found, problem, problem_text, tried_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (tenant_id, waba_id) DO UPDATE SET synced_ms = excluded.synced_ms, found = excluded.found, problem = excluded.problem,
			problem_text = excluded.problem_text, tried_ms = excluded.tried_ms`,
		tenantID, waba, r.SyncedMS, r.Found, r.Problem, r.ProblemText, r.TriedMS)
	return err
}
