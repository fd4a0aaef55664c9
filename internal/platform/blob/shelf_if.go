package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/minio/minio-go/v7"

	"prosa/internal/base/fault"
)

// ReadShelf gives a file of a shelf whole, of at most limit bytes. Errors:
// fault.NotFound, fault.TooLarge.
func ReadShelf(ctx context.Context, shelf Shelf, name string, limit int64) ([]byte, Item, error) {
	for {
		file, item, err := shelf.Open(ctx, name)
		if err != nil {
			return nil, Item{}, err
		}
		content, err := io.ReadAll(io.LimitReader(file, limit+1))
		err = errors.Join(err, file.Close())
		switch {
		case ctx.Err() != nil:
			return nil, Item{}, ctx.Err()
		case replaced(err): // between our two looks: another look
			continue
		case err != nil:
			return nil, Item{}, away(err)
		case int64(len(content)) > limit:
			return nil, Item{}, fault.New(fault.TooLarge, "the file %s is larger than %d bytes", name, limit)
		}
		return content, item, nil
	}
}

// replaced tells whether a read failed since the file is another by now: what
// Open described is read by its version, or not at all.
func replaced(err error) bool {
	var answer minio.ErrorResponse
	return errors.As(err, &answer) && answer.StatusCode == http.StatusPreconditionFailed
}

// faster is the answer to all but the first of those who change a file at once.
func faster(name string) error {
	return fault.New(fault.Conflict, "somebody else has changed %s meanwhile", name)
}

// lockName is the file that who writes on condition holds.
const lockName = draftMark + "lock"

// PutIf implements Shelf. The lock makes comparing and replacing one step among
// all who write by PutIf, in this process and in others.
func (f folderShelf) PutIf(ctx context.Context, name, version string, content []byte) (item Item, err error) {
	if err := checkName(name); err != nil {
		return Item{}, err
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return Item{}, away(err)
	}
	lock, err := hold(filepath.Join(f.dir, lockName))
	if err != nil {
		return Item{}, away(err)
	}
	defer func() { _ = lock.Close() }() // which lets the next one in
	held, err := f.version(ctx, name)
	sum := sha256.Sum256(content)
	wanted := hex.EncodeToString(sum[:])
	switch {
	case err != nil:
		return Item{}, err
	case held == wanted: // an answer that was lost, and is asked for again
	case held != version:
		return Item{}, faster(name)
	default:
		if err := f.Put(ctx, name, content); err != nil {
			return Item{}, err
		}
	}
	info, err := os.Stat(filepath.Join(f.dir, filepath.FromSlash(name)))
	if err != nil {
		return Item{}, away(err)
	}
	return Item{Name: name, Size: info.Size(), ModifiedMS: info.ModTime().UnixMilli(), Version: wanted}, nil
}

// version of a file, empty for one that is not there.
func (f folderShelf) version(ctx context.Context, name string) (string, error) {
	file, item, err := f.Open(ctx, name)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return item.Version, away(file.Close())
}

// PutIf implements Shelf by a conditional write: the storage decides, by
// If-None-Match and If-Match (Amazon S3 User Guide, "Conditional writes").
func (b bucketShelf) PutIf(ctx context.Context, name, version string, content []byte) (Item, error) {
	if err := checkName(name); err != nil {
		return Item{}, err
	}
	sum := sha256.Sum256(content)
	options := minio.PutObjectOptions{
		ContentType: "application/octet-stream", DisableMultipart: true,
		UserMetadata: map[string]string{"x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(sum[:])},
	}
	if version == "" {
		options.SetMatchETagExcept("*")
	} else {
		options.SetMatchETag(version)
	}
	info, err := b.client.PutObject(ctx, b.place.bucket, b.key(name), bytes.NewReader(content), int64(len(content)), options)
	if err == nil {
		return Item{Name: name, Size: int64(len(content)), ModifiedMS: info.LastModified.UnixMilli(), Version: info.ETag}, nil
	}
	answer := minio.ToErrorResponse(err)
	switch {
	case ctx.Err() != nil:
		return Item{}, ctx.Err()
	// 412: the version is another. 409: another conditional write runs. 404:
	// what was to be replaced is gone.
	case answer.StatusCode == http.StatusPreconditionFailed, answer.StatusCode == http.StatusConflict, answer.Code == minio.NoSuchKey:
	default:
		return Item{}, away(err)
	}
	// The client repeats what was not answered, and the first try may have been
	// heard: then what we find is ours.
	held, item, err := ReadShelf(ctx, b, name, int64(len(content)))
	if err == nil && bytes.Equal(held, content) {
		return item, nil
	}
	return Item{}, faster(name)
}
