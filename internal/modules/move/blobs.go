package move

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"prosa/internal/base/fault"
	"prosa/internal/platform/blob"
)

// pieceBytes is how much of a file of the company goes into one file of the
// move: it is sealed in memory.
const pieceBytes = 8 << 20

// copyFiles copies the company's pictures and files by their hashes. What the
// copy before has is not sent again.
func (s *Service) copyFiles(ctx context.Context, f *files, m, before *Manifest) error {
	known := map[string]bool{}
	if before != nil {
		for _, ref := range before.Files {
			known[ref.Hash] = true
		}
	}
	var refs []blob.Ref
	if err := s.blobs.List(ctx, m.CompanyID, func(ref blob.Ref) error {
		refs = append(refs, blob.Ref{Hash: ref.Hash, Size: ref.Size})
		return nil
	}); err != nil {
		return err
	}
	m.Files = []blob.Ref{}
	for _, ref := range refs {
		if !known[ref.Hash] {
			err := s.copyFile(ctx, f, m.CompanyID, ref)
			if fault.Is(err, fault.NotFound) {
				continue // it was deleted meanwhile
			}
			if err != nil {
				return err
			}
		}
		m.Files = append(m.Files, ref)
	}
	sortRefs(m.Files)
	return nil
}

func blobName(hash string, piece int) string { return fmt.Sprintf("blobs/%s.%04d", hash, piece) }

func (s *Service) copyFile(ctx context.Context, f *files, companyID string, ref blob.Ref) error {
	from, _, err := s.blobs.Open(ctx, companyID, ref.Hash)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }() // it was only read
	part := make([]byte, pieceBytes)
	for piece := 0; ; piece++ {
		n, err := io.ReadFull(from, part)
		if n > 0 || piece == 0 {
			if err := f.put(ctx, blobName(ref.Hash, piece), part[:n]); err != nil {
				return err
			}
		}
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return nil
		default:
			return fault.Wrap(err, fault.Unavailable, "a file of the company can't be read")
		}
	}
}

// loadFiles brings the files that are missing; each is what its name says, or it
// is refused.
func (s *Service) loadFiles(ctx context.Context, f *files, m *Manifest) (loaded int, err error) {
	have := map[string]bool{}
	if err := s.blobs.List(ctx, m.CompanyID, func(ref blob.Ref) error {
		have[ref.Hash] = true
		return nil
	}); err != nil {
		return 0, err
	}
	for _, ref := range m.Files {
		if have[ref.Hash] {
			continue
		}
		got, err := s.blobs.Put(ctx, m.CompanyID, &parts{ctx: ctx, files: f, hash: ref.Hash, left: ref.Size}, ref.Size)
		if err != nil {
			return loaded, err
		}
		if got.Hash != ref.Hash {
			return loaded, fault.Refuse("move_file", "the file %s is not what its name says", ref.Hash)
		}
		loaded++
	}
	return loaded, nil
}

// parts reads a file of the company out of its pieces.
type parts struct {
	ctx   context.Context
	files *files
	hash  string
	piece int
	left  int64
	now   bytes.Reader
}

// Read implements io.Reader.
func (p *parts) Read(into []byte) (int, error) {
	if p.now.Len() == 0 {
		if p.left <= 0 {
			return 0, io.EOF
		}
		content, err := p.files.get(p.ctx, blobName(p.hash, p.piece))
		if err != nil {
			return 0, err
		}
		p.piece++
		p.left -= int64(len(content))
		p.now.Reset(content)
		if len(content) == 0 {
			return 0, io.EOF
		}
	}
	return p.now.Read(into)
}
