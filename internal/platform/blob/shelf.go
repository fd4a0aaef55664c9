package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// Item is a named file of a Shelf.
type Item struct {
	// Name is the path below the shelf, with slashes.
	Name string
	// Size is the length of the content in bytes.
	Size int64
	// ModifiedMS is when the file was put last.
	ModifiedMS int64
	// Version changes when the content does: an ETag, or a hash that Open told;
	// List of a folder leaves it empty.
	Version string
}

// Shelf keeps files by name, for what passes between deployments: bills,
// meters, leases. Unlike a Store it belongs to no company, and a file may be
// replaced. Implementations are safe for concurrent use.
type Shelf interface {
	// List tells the files whose name begins with prefix, in order of names.
	List(ctx context.Context, prefix string, each func(Item) error) error
	// Open gives a file's content; the caller closes it. Error: fault.NotFound.
	Open(ctx context.Context, name string) (io.ReadCloser, Item, error)
	// Put keeps the content under the name, in place of what was there: whole or
	// not at all.
	Put(ctx context.Context, name string, content []byte) error
	// PutIf keeps the content if the file's version is still the one that the
	// caller read; an empty version wants that there is no file. Error:
	// fault.Conflict when somebody else was faster; what they wrote stays. Content
	// that is there byte for byte counts as kept: an answer that was lost is no
	// conflict.
	PutIf(ctx context.Context, name, version string, content []byte) (Item, error)
	// Remove forgets the file; one that is not there is fine.
	Remove(ctx context.Context, name string) error
}

// OpenShelf gives the shelf at a URL: a folder's path, file:///folder, or
// s3://key:secret@host/bucket[/folder] with the options of PROSA_BLOB_URL. It
// calls nobody. Error: fault.Invalid, without the URL, which may hold a secret.
func OpenShelf(location secret.Text) (Shelf, error) {
	text := location.Reveal()
	if strings.HasPrefix(text, "s3://") {
		bucket, err := NewBucket(Config{URL: location})
		if err != nil {
			return nil, fault.New(fault.Invalid, "the address of object storage is wrong: %s", fault.MessageOf(err))
		}
		return bucketShelf{bucket}, nil
	}
	if strings.Contains(text, "://") {
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "file" || u.Host != "" || u.Path == "" {
			return nil, fault.New(fault.Invalid, "files are kept in a folder, file:///folder or s3://")
		}
		text = u.Path
	}
	if text == "" {
		return nil, fault.New(fault.Invalid, "no folder is named")
	}
	dir, err := filepath.Abs(text)
	if err != nil {
		return nil, away(err)
	}
	return folderShelf{dir}, nil
}

// checkName refuses names that would leave the shelf.
func checkName(name string) error {
	if name == "" || name == "." || len(name) > 512 || !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return fault.New(fault.Invalid, "%q can't be the name of a file", name)
	}
	return nil
}

type folderShelf struct{ dir string }

// draftMark is in the name of what is being written; List leaves it out.
const draftMark = ".prosa-draft-"

// List implements Shelf.
func (f folderShelf) List(ctx context.Context, prefix string, each func(Item) error) error {
	var items []Item
	err := filepath.WalkDir(f.dir, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // an empty shelf, or a file removed meanwhile
		case err != nil:
			return away(err)
		case ctx.Err() != nil:
			return ctx.Err()
		case !entry.Type().IsRegular() || strings.Contains(entry.Name(), draftMark):
			return nil
		}
		short, err := filepath.Rel(f.dir, name)
		if err != nil {
			return away(err)
		}
		short = filepath.ToSlash(short)
		if !strings.HasPrefix(short, prefix) {
			return nil
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return away(err)
		}
		items = append(items, Item{Name: short, Size: info.Size(), ModifiedMS: info.ModTime().UnixMilli()})
		return nil
	})
	if err != nil {
		return err
	}
	// A walk sorts by folder, which is not the order of whole names.
	slices.SortFunc(items, func(a, b Item) int { return strings.Compare(a.Name, b.Name) })
	for _, item := range items {
		if err := each(item); err != nil {
			return err
		}
	}
	return nil
}

// Open implements Shelf.
func (f folderShelf) Open(_ context.Context, name string) (io.ReadCloser, Item, error) {
	if err := checkName(name); err != nil {
		return nil, Item{}, err
	}
	file, err := os.Open(filepath.Join(f.dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Item{}, fault.New(fault.NotFound, "there is no file %s", name)
	}
	if err != nil {
		return nil, Item{}, away(err)
	}
	hash := sha256.New()
	size, err := io.Copy(hash, file)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	info, statErr := file.Stat()
	if err := errors.Join(err, statErr); err != nil {
		return nil, Item{}, errors.Join(away(err), file.Close())
	}
	return file, Item{Name: name, Size: size, ModifiedMS: info.ModTime().UnixMilli(), Version: hex.EncodeToString(hash.Sum(nil))}, nil
}

// Put implements Shelf.
func (f folderShelf) Put(_ context.Context, name string, content []byte) (err error) {
	if err := checkName(name); err != nil {
		return err
	}
	target := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return away(err)
	}
	draft, err := os.CreateTemp(filepath.Dir(target), draftMark+"*")
	if err != nil {
		return away(err)
	}
	defer func() {
		if err != nil {
			_ = draft.Close()
			_ = os.Remove(draft.Name())
		}
	}()
	_, err = draft.Write(content)
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return away(err)
	}
	if err := errors.Join(os.Rename(draft.Name(), target), syncDir(filepath.Dir(target))); err != nil {
		return away(err)
	}
	return nil
}

// Remove implements Shelf.
func (f folderShelf) Remove(_ context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(f.dir, filepath.FromSlash(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return away(err)
	}
	return nil
}

type bucketShelf struct{ *Bucket }

func (b bucketShelf) key(name string) string { return path.Join(b.place.folder, name) }

// List implements Shelf.
func (b bucketShelf) List(ctx context.Context, prefix string, each func(Item) error) error {
	root := ""
	if b.place.folder != "" {
		root = b.place.folder + "/"
	}
	for object := range b.client.ListObjectsIter(ctx, b.place.bucket, minio.ListObjectsOptions{Prefix: root + prefix, Recursive: true}) {
		if object.Err != nil {
			return b.failed(ctx, object.Err)
		}
		if strings.HasSuffix(object.Key, "/") {
			continue // a folder that somebody made by hand
		}
		if err := each(Item{Name: strings.TrimPrefix(object.Key, root), Size: object.Size, ModifiedMS: object.LastModified.UnixMilli(), Version: object.ETag}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Open implements Shelf.
func (b bucketShelf) Open(ctx context.Context, name string) (io.ReadCloser, Item, error) {
	if err := checkName(name); err != nil {
		return nil, Item{}, err
	}
	object, err := b.client.GetObject(ctx, b.place.bucket, b.key(name), minio.GetObjectOptions{})
	if err != nil {
		return nil, Item{}, b.failed(ctx, err)
	}
	info, err := object.Stat()
	if err != nil {
		return nil, Item{}, errors.Join(b.failed(ctx, err), object.Close())
	}
	return object, Item{Name: name, Size: info.Size, ModifiedMS: info.LastModified.UnixMilli(), Version: info.ETag}, nil
}

// Put implements Shelf.
func (b bucketShelf) Put(ctx context.Context, name string, content []byte) error {
	if err := checkName(name); err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	_, err := b.client.PutObject(ctx, b.place.bucket, b.key(name), bytes.NewReader(content), int64(len(content)), minio.PutObjectOptions{
		ContentType: "application/octet-stream", DisableMultipart: true,
		UserMetadata: map[string]string{"x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(sum[:])},
	})
	return b.failed(ctx, err)
}

// Remove implements Shelf.
func (b bucketShelf) Remove(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	err := b.client.RemoveObject(ctx, b.place.bucket, b.key(name), minio.RemoveObjectOptions{})
	if err = b.failed(ctx, err); fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
