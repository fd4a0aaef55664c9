package archive

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"

	"prosa/internal/modules/audit"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
)

// pageRows is how many rows one transaction reads.
const pageRows = 500

// Service writes archives.
type Service struct {
	db    *database.DB
	blobs blob.Store
}

// New makes the service.
func New(db *database.DB, blobs blob.Store) *Service { return &Service{db: db, blobs: blobs} }

// Manifest counts what an archive holds; it is its last entry.
type Manifest struct {
	Form      string     `json:"form"` // "prosa.archive.v1"
	CompanyID string     `json:"company_id"`
	BeganMS   int64      `json:"began_ms"`
	Entries   []Contents `json:"entries"`
	// Files are the pictures and the files of messages, under files/ by the
	// SHA-256 of what is in them; absent when they were not asked for.
	Files     int   `json:"files"`
	FileBytes int64 `json:"file_bytes"`
}

// Contents is one entry of JSON lines.
type Contents struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// Write writes a company's archive, with its files or without, and leaves an
// entry in the company's log first: that somebody asked is known even if the
// line breaks.
func (s *Service) Write(ctx context.Context, by audit.Entry, files bool, to io.Writer) error {
	by.Action, by.Target = "company.exported", by.TenantID
	manifest := Manifest{Form: "prosa.archive.v1", CompanyID: by.TenantID}
	err := s.db.Write(ctx, database.Company(by.TenantID), func(ctx context.Context, tx *database.Tx) error {
		manifest.BeganMS = tx.Now()
		return audit.Write(ctx, tx, by)
	})
	if err != nil {
		return err
	}
	out := zip.NewWriter(to)
	for _, sheet := range sheets {
		entry, err := s.sheet(ctx, out, by.TenantID, sheet)
		if err != nil {
			return err
		}
		manifest.Entries = append(manifest.Entries, entry)
	}
	if files {
		if err := s.files(ctx, out, by.TenantID, &manifest); err != nil {
			return err
		}
	}
	last, err := out.Create("manifest.json")
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(last)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(manifest); err != nil {
		return err
	}
	return out.Close()
}

// sheet writes one table.
func (s *Service) sheet(ctx context.Context, out *zip.Writer, tenantID string, sheet sheet) (Contents, error) {
	contents := Contents{Name: sheet.file + ".jsonl"}
	entry, err := out.Create(contents.Name)
	if err != nil {
		return contents, err
	}
	sum := sha256.New()
	var key []any
	for {
		lines, last, err := s.page(ctx, tenantID, sheet, key)
		if err != nil {
			return contents, err
		}
		for _, line := range lines {
			if err := writeBoth(entry, sum, line); err != nil {
				return contents, err
			}
		}
		contents.Rows += int64(len(lines))
		if len(lines) < pageRows || sheet.keys == 0 {
			contents.SHA256 = hex.EncodeToString(sum.Sum(nil))
			return contents, nil
		}
		key = last
	}
}

func writeBoth(entry io.Writer, sum hash.Hash, line []byte) error {
	line = append(line, '\n')
	sum.Write(line) // a hash takes everything
	_, err := entry.Write(line)
	return err
}

// page reads the rows behind a key as lines of JSON, and the key of the last.
func (s *Service) page(ctx context.Context, tenantID string, sheet sheet, behind []any) (lines [][]byte, last []any, err error) {
	fields := sheet.fields()
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		lines, last = nil, nil
		args := append([]any{tenantID}, behind...)
		rows, err := tx.Query(ctx, sheet.query(behind == nil), append(args, pageRows)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			holders := hold(fields)
			if err := rows.Scan(holders...); err != nil {
				return err
			}
			line, err := lineOf(fields, holders)
			if err != nil {
				return err
			}
			lines, last = append(lines, line), keyOf(holders[:sheet.keys])
		}
		return rows.Err()
	})
	return lines, last, err
}

func hold(fields []column) []any {
	holders := make([]any, len(fields))
	for i, field := range fields {
		switch field.kind {
		case '#':
			holders[i] = new(int64)
		case '?':
			holders[i] = new(bool)
		default:
			holders[i] = new(string)
		}
	}
	return holders
}

func keyOf(holders []any) []any {
	key := make([]any, len(holders))
	for i, holder := range holders {
		switch value := holder.(type) {
		case *int64:
			key[i] = *value
		case *bool:
			key[i] = *value
		case *string:
			key[i] = *value
		}
	}
	return key
}

// lineOf spells a row with its columns in the order of the sheet.
func lineOf(fields []column, holders []any) ([]byte, error) {
	line := []byte{'{'}
	for i, field := range fields {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(append(append(line, '"'), field.name...), '"', ':')
		value := holders[i]
		if text, ok := value.(*string); ok && field.kind == '@' && json.Valid([]byte(*text)) {
			value = json.RawMessage(*text)
		}
		spelled, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		line = append(line, spelled...)
	}
	return append(line, '}'), nil
}

// files copies the company's blobs, which are packed already and are not
// packed again.
func (s *Service) files(ctx context.Context, out *zip.Writer, tenantID string, manifest *Manifest) error {
	return s.blobs.List(ctx, tenantID, func(ref blob.Ref) error {
		content, _, err := s.blobs.Open(ctx, tenantID, ref.Hash)
		if err != nil {
			return err
		}
		defer func() { _ = content.Close() }() // it was only read
		entry, err := out.CreateHeader(&zip.FileHeader{Name: "files/" + ref.Hash, Method: zip.Store})
		if err != nil {
			return err
		}
		written, err := io.Copy(entry, content)
		manifest.Files++
		manifest.FileBytes += written
		return err
	})
}
