package blob

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"prosa/internal/base/fault"
)

// Bucket keeps blobs in object storage that speaks S3, under
// [folder/]<company>/<first two of hash>/<hash>.
//
// A blob's name is known when all of it was read, so it is written to a
// temporary file first and sent in one request: the storage has it whole or not
// at all, and checks its SHA-256. Nothing is sent in parts, of which some could
// be left behind.
type Bucket struct {
	client *minio.Client
	place  place
	drafts string
}

// NewBucket makes a store in the bucket that the URL names. It calls nobody:
// storage that is away when we start does not keep us from starting.
func NewBucket(cfg Config) (*Bucket, error) {
	p, err := parse(cfg.URL)
	if err != nil {
		return nil, err
	}
	lookup := minio.BucketLookupAuto
	if p.byPath {
		lookup = minio.BucketLookupPath
	}
	keys := credentials.NewStaticV4(p.key, p.secret, "")
	if p.role { // of the shell, the task or the machine that we run in, asked for when they are needed
		keys = credentials.NewChainCredentials([]credentials.Provider{
			&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{Client: &http.Client{Transport: transport()}, Region: p.region},
		})
	}
	client, err := minio.New(p.host, &minio.Options{
		Creds: keys, Secure: p.secure, Region: p.region, BucketLookup: lookup,
		Transport: transport(), MaxRetries: 3, TrailingHeaders: true,
	})
	if err != nil {
		return nil, fault.OnField("PROSA_BLOB_URL", "is not an address of object storage")
	}
	return &Bucket{client: client, place: p, drafts: os.TempDir()}, nil
}

// transport uses no proxy of the environment, like all calls of the house.
func transport() *http.Transport {
	dialer := &net.Dialer{Timeout: callTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: callTimeout, ResponseHeaderTimeout: callTimeout,
		MaxIdleConns: 64, MaxIdleConnsPerHost: 64, IdleConnTimeout: 90 * time.Second, ExpectContinueTimeout: time.Second,
		DisableCompression: true, // a compressed answer would not be the bytes that we named
	}
}

func (b *Bucket) name(tenantID, hash string) string {
	return path.Join(b.place.folder, tenantID, hash[:2], hash)
}

// Put implements Store.
func (b *Bucket) Put(ctx context.Context, tenantID string, content io.Reader, limit int64) (ref Ref, err error) {
	if err := checkTenant(tenantID); err != nil {
		return Ref{}, err
	}
	draft, err := os.CreateTemp(b.drafts, "prosa-blob.*")
	if err != nil {
		return Ref{}, away(err)
	}
	defer func() {
		if closeErr := errors.Join(draft.Close(), os.Remove(draft.Name())); err == nil && closeErr != nil {
			err = away(closeErr)
		}
	}()
	if ref, err = write(ctx, draft, content, limit); err != nil {
		return Ref{}, err
	}
	if _, err := draft.Seek(0, io.SeekStart); err != nil {
		return Ref{}, away(err)
	}
	sum, err := hex.DecodeString(ref.Hash)
	if err != nil {
		return Ref{}, away(err)
	}
	_, err = b.client.PutObject(ctx, b.place.bucket, b.name(tenantID, ref.Hash), draft, ref.Size, minio.PutObjectOptions{
		ContentType: "application/octet-stream", DisableMultipart: true,
		UserMetadata: map[string]string{"x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(sum)},
	})
	if err != nil {
		return Ref{}, b.failed(ctx, err)
	}
	return ref, nil
}

// Open implements Store. What is read is fetched while it is read; a seek asks
// for the rest from there.
func (b *Bucket) Open(ctx context.Context, tenantID, hash string) (io.ReadSeekCloser, int64, error) {
	if err := check(tenantID, hash); err != nil {
		return nil, 0, err
	}
	info, err := b.client.StatObject(ctx, b.place.bucket, b.name(tenantID, hash), minio.StatObjectOptions{})
	if err != nil {
		return nil, 0, b.failed(ctx, err)
	}
	object, err := b.client.GetObject(ctx, b.place.bucket, b.name(tenantID, hash), minio.GetObjectOptions{})
	if err != nil {
		return nil, 0, b.failed(ctx, err)
	}
	return object, info.Size, nil
}

// Delete implements Store.
func (b *Bucket) Delete(ctx context.Context, tenantID, hash string) error {
	if err := check(tenantID, hash); err != nil {
		return err
	}
	err := b.client.RemoveObject(ctx, b.place.bucket, b.name(tenantID, hash), minio.RemoveObjectOptions{})
	if err = b.failed(ctx, err); fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// Expire implements Store.
func (b *Bucket) Expire(ctx context.Context, tenantID, hash string, beforeMS int64) (bool, error) {
	if err := check(tenantID, hash); err != nil {
		return false, err
	}
	info, err := b.client.StatObject(ctx, b.place.bucket, b.name(tenantID, hash), minio.StatObjectOptions{})
	if err = b.failed(ctx, err); err != nil {
		if fault.Is(err, fault.NotFound) {
			return false, nil
		}
		return false, err
	}
	if info.LastModified.UnixMilli() >= beforeMS {
		return false, nil
	}
	return true, b.Delete(ctx, tenantID, hash)
}

// List implements Store.
func (b *Bucket) List(ctx context.Context, tenantID string, each func(Ref) error) error {
	if err := checkTenant(tenantID); err != nil {
		return err
	}
	prefix := path.Join(b.place.folder, tenantID) + "/"
	for object := range b.client.ListObjectsIter(ctx, b.place.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if object.Err != nil {
			return b.failed(ctx, object.Err)
		}
		hash := object.Key[strings.LastIndexByte(object.Key, '/')+1:]
		if check(tenantID, hash) != nil {
			continue // no blob of ours
		}
		if err := each(Ref{Hash: hash, Size: object.Size, KeptMS: object.LastModified.UnixMilli()}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// failed sorts what went wrong; the text of a failure may hold the address, and
// never the secret.
func (b *Bucket) failed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch minio.ToErrorResponse(err).Code {
	case minio.NoSuchKey:
		return fault.New(fault.NotFound, "there is no such file")
	default:
		return away(err)
	}
}
