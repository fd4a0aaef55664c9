package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"prosa/internal/base/fault"
)

// Folder keeps blobs as files: <dir>/<company>/<first two of hash>/<hash>.
type Folder struct{ dir string }

// NewFolder makes a store in the data folder.
func NewFolder(cfg Config) (*Folder, error) {
	folder := &Folder{dir: filepath.Join(cfg.Dir, "blob")}
	if err := os.MkdirAll(filepath.Join(folder.dir, drafts), 0o700); err != nil {
		return nil, away(err)
	}
	return folder, folder.sweep()
}

// drafts is the folder of what is being written; no company can have its name,
// which holds a dot.
const drafts = "draft.tmp"

// abandoned is the age at which nobody writes a draft any more.
const abandoned = time.Hour

// sweep removes what a crash left half-written.
func (f *Folder) sweep() error {
	left, err := os.ReadDir(filepath.Join(f.dir, drafts))
	if err != nil {
		return away(err)
	}
	for _, file := range left {
		// A young one may be the work of another process on the same folder.
		if info, err := file.Info(); err == nil && time.Since(info.ModTime()) > abandoned {
			if err := os.Remove(filepath.Join(f.dir, drafts, file.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return away(err)
			}
		}
	}
	return nil
}

func (f *Folder) path(tenantID, hash string) string {
	return filepath.Join(f.dir, tenantID, hash[:2], hash)
}

// Put implements Store.
func (f *Folder) Put(ctx context.Context, tenantID string, content io.Reader, limit int64) (ref Ref, err error) {
	if err := checkTenant(tenantID); err != nil {
		return Ref{}, err
	}
	draft, err := os.CreateTemp(filepath.Join(f.dir, drafts), tenantID+".*")
	if err != nil {
		return Ref{}, away(err)
	}
	defer func() {
		// After the rename there is nothing left to remove.
		closeErr, removeErr := draft.Close(), os.Remove(draft.Name())
		if err == nil && closeErr != nil && !errors.Is(closeErr, fs.ErrClosed) {
			err = away(closeErr)
		}
		if err == nil && removeErr != nil && !errors.Is(removeErr, fs.ErrNotExist) {
			err = away(removeErr)
		}
	}()
	ref, err = write(ctx, draft, content, limit)
	if err != nil {
		return Ref{}, err
	}
	if err := errors.Join(draft.Sync(), draft.Close()); err != nil {
		return Ref{}, away(err)
	}
	target := f.path(tenantID, ref.Hash)
	if err := f.makeDir(filepath.Dir(target)); err != nil {
		return Ref{}, away(err)
	}
	// The same content may be there already; the rename puts the same bytes in
	// its place.
	if err := os.Rename(draft.Name(), target); err != nil {
		return Ref{}, away(err)
	}
	if err := syncDir(filepath.Dir(target)); err != nil {
		return Ref{}, away(err)
	}
	return ref, nil
}

// write copies content into the draft, at most limit bytes, and hashes it.
func write(ctx context.Context, draft io.Writer, content io.Reader, limit int64) (Ref, error) {
	hash := sha256.New()
	source := &failing{Reader: io.LimitReader(content, limit+1), ctx: ctx}
	size, err := io.Copy(io.MultiWriter(draft, hash), source)
	switch {
	case source.err != nil:
		return Ref{}, source.err // the sender's failure, not the disk's
	case err != nil:
		return Ref{}, away(err)
	case size > limit:
		return Ref{}, fault.New(fault.TooLarge, "the file is larger than %d bytes", limit)
	}
	return Ref{Hash: hex.EncodeToString(hash.Sum(nil)), Size: size}, nil
}

// failing remembers the error of the reader, to tell it from the disk's, and
// ends with its context.
type failing struct {
	io.Reader
	ctx context.Context
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	if err := f.ctx.Err(); err != nil {
		f.err = err
		return 0, err
	}
	n, err := f.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

// makeDir makes the folder and its parents so that they survive a power cut.
func (f *Folder) makeDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return errors.Join(syncDir(filepath.Dir(dir)), syncDir(f.dir))
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Open implements Store.
func (f *Folder) Open(_ context.Context, tenantID, hash string) (io.ReadSeekCloser, int64, error) {
	if err := check(tenantID, hash); err != nil {
		return nil, 0, err
	}
	file, err := os.Open(f.path(tenantID, hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fault.New(fault.NotFound, "there is no such file")
	}
	if err != nil {
		return nil, 0, away(err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, errors.Join(away(err), file.Close())
	}
	return file, info.Size(), nil
}

// Delete implements Store.
func (f *Folder) Delete(_ context.Context, tenantID, hash string) error {
	if err := check(tenantID, hash); err != nil {
		return err
	}
	if err := os.Remove(f.path(tenantID, hash)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return away(err)
	}
	return nil
}

// Expire implements Store.
func (f *Folder) Expire(ctx context.Context, tenantID, hash string, beforeMS int64) (bool, error) {
	if err := check(tenantID, hash); err != nil {
		return false, err
	}
	info, err := os.Stat(f.path(tenantID, hash))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, away(err)
	case info.ModTime().UnixMilli() >= beforeMS:
		return false, nil
	}
	return true, f.Delete(ctx, tenantID, hash)
}

// List implements Store.
func (f *Folder) List(ctx context.Context, tenantID string, each func(Ref) error) error {
	if err := checkTenant(tenantID); err != nil {
		return err
	}
	root := filepath.Join(f.dir, tenantID)
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // a company without blobs, or a blob deleted meanwhile
		case err != nil:
			return away(err)
		case ctx.Err() != nil:
			return ctx.Err()
		case entry.IsDir() || check(tenantID, entry.Name()) != nil:
			return nil //nolint:nilerr // no blob of ours
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return away(err)
		}
		return each(Ref{Hash: entry.Name(), Size: info.Size(), KeptMS: info.ModTime().UnixMilli()})
	})
}

func away(err error) error {
	return fault.Wrap(err, fault.Unavailable, "files can't be kept now")
}
