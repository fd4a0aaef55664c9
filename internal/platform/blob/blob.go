package blob

import (
	"context"
	"encoding/hex"
	"io"

	"prosa/internal/base/fault"
)

// Ref names a blob.
type Ref struct {
	// Hash is the SHA-256 of the content, in 64 hexadecimal characters.
	Hash string
	// Size is the length of the content in bytes.
	Size int64
	// KeptMS is when the content was put last; only List tells it.
	KeptMS int64
}

// Store keeps blobs. Implementations are safe for concurrent use.
type Store interface {
	// Put reads content to its end and keeps it for the company. More than
	// limit bytes is fault.TooLarge and leaves nothing behind; so does an error
	// of content, which is returned. Putting the same content again is fine.
	Put(ctx context.Context, tenantID string, content io.Reader, limit int64) (Ref, error)
	// Open gives the content and its size in bytes; the caller closes it. A
	// blob that the company doesn't have is fault.NotFound.
	Open(ctx context.Context, tenantID, hash string) (io.ReadSeekCloser, int64, error)
	// Delete forgets the blob; one that is not there is fine.
	Delete(ctx context.Context, tenantID, hash string) error
	// Expire forgets the blob if it was put last before a time, and reports
	// whether it did: what is put again meanwhile stays.
	Expire(ctx context.Context, tenantID, hash string, beforeMS int64) (bool, error)
	// List tells the company's blobs, in no order; for the sweep of those that
	// no row names any more.
	List(ctx context.Context, tenantID string, each func(Ref) error) error
}

// check refuses names that are not ours, before they become part of a path.
func check(tenantID, hash string) error {
	if err := checkTenant(tenantID); err != nil {
		return err
	}
	if raw, err := hex.DecodeString(hash); err != nil || len(raw) != 32 || hex.EncodeToString(raw) != hash {
		return fault.New(fault.NotFound, "there is no such file")
	}
	return nil
}

func checkTenant(tenantID string) error {
	for _, c := range []byte(tenantID) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
		default:
			return fault.New(fault.Internal, "%q can't be the id of a company", tenantID)
		}
	}
	if tenantID == "" || len(tenantID) > 64 {
		return fault.New(fault.Internal, "a blob belongs to a company")
	}
	return nil
}
