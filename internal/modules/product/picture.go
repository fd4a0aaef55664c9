package product

import (
	"bufio"
	"context"
	"io"
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// MaxPicture is the largest picture, in bytes; Meta takes no larger one.
const MaxPicture = 8 << 20

// Picture is an uploaded file that anybody may fetch.
type Picture struct {
	Hash string `json:"blob"`
	MIME string `json:"mime"`
	Size int64  `json:"size"`
}

// drawn are the types that a catalog shows. Meta takes JPEG and PNG only.
var drawn = map[string]bool{"image/jpeg": true, "image/png": true}

// AddPicture keeps a picture of the catalog. What it is is read from its bytes.
// Errors: fault.Invalid for what is no JPEG or PNG, fault.TooLarge.
func (s *Service) AddPicture(ctx context.Context, tenantID string, content io.Reader) (p Picture, err error) {
	reader := bufio.NewReader(content)
	head, err := reader.Peek(512)
	if err != nil && err != io.EOF { //nolint:errorlint // Peek gives it bare
		return p, fault.Wrap(err, fault.Invalid, "the file could not be read")
	}
	if p.MIME = http.DetectContentType(head); !drawn[p.MIME] {
		return p, fault.OnField("file", "a picture of a catalog is a JPEG or a PNG")
	}
	ref, err := s.blobs.Put(ctx, tenantID, reader, MaxPicture)
	if err != nil {
		return p, err
	}
	p.Hash, p.Size = ref.Hash, ref.Size
	return p, s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO product_image (tenant_id, hash, mime, size, created_ms) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (tenant_id, hash) DO NOTHING`, tenantID, p.Hash, p.MIME, p.Size, tx.Now())
		return err
	})
}

// Picture gives a picture of a catalog; the caller closes it. Error:
// fault.NotFound, also for a file that is no picture of a catalog.
func (s *Service) Picture(ctx context.Context, tenantID, hash string) (p Picture, content io.ReadSeekCloser, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		p, err = loadPicture(ctx, tx, tenantID, hash)
		return err
	})
	if err != nil {
		return p, nil, err
	}
	content, _, err = s.blobs.Open(ctx, tenantID, hash)
	return p, content, err
}

func loadPicture(ctx context.Context, tx *database.Tx, tenantID, hash string) (p Picture, err error) {
	err = tx.QueryRow(ctx, `SELECT hash, mime, size FROM product_image WHERE tenant_id = $1 AND hash = $2`, tenantID, hash).Scan(&p.Hash, &p.MIME, &p.Size)
	return p, absent(err, "picture")
}
