package move

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"

	"golang.org/x/crypto/chacha20poly1305"

	"prosa/internal/base/fault"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/secretbox"
)

// Shelf keeps the files of moves by name; blob.Shelf is one.
type Shelf interface {
	// List tells the files whose name begins with prefix, in order of names.
	List(ctx context.Context, prefix string, each func(blob.Item) error) error
	// Open gives a file's content; the caller closes it. Error: fault.NotFound.
	Open(ctx context.Context, name string) (io.ReadCloser, blob.Item, error)
	// Put keeps the content under the name, whole or not at all.
	Put(ctx context.Context, name string, content []byte) error
	// PutIf is Put if nothing is there (version ""). Error: fault.Conflict.
	PutIf(ctx context.Context, name, version string, content []byte) (blob.Item, error)
	// Remove forgets the file; one that is not there is fine.
	Remove(ctx context.Context, name string) error
}

// fileMax bounds a file of a move: a chunk, a manifest, or a piece of a blob.
const fileMax = 256 << 20

// files are a move's files: each is packed, sealed and bound to its name, so that
// nobody reads, changes or swaps them without the move's key.
type files struct {
	shelf  Shelf
	aead   cipher.AEAD
	naming []byte // key of hashes, which are names in the open
	prefix string
}

// openFiles makes the files of a move. The key is that of both sides
// (PROSA_MOVE_KEY).
func openFiles(shelf Shelf, box *secretbox.Box, moveID string) (*files, error) {
	sealing, err := derive(box, "company move, files of "+moveID)
	if err != nil {
		return nil, err
	}
	naming, err := derive(box, "company move, names of "+moveID)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.NewX(sealing)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the move's key can't be used")
	}
	return &files{shelf: shelf, aead: aead, naming: naming, prefix: "moves/" + moveID + "/"}, nil
}

func derive(box *secretbox.Box, purpose string) ([]byte, error) {
	keys, err := box.Derive(purpose)
	if err != nil {
		return nil, err
	}
	return keys[0], nil
}

// sum begins the hash of content.
func (f *files) sum() hash.Hash { return hmac.New(sha256.New, f.naming) }

func (f *files) put(ctx context.Context, name string, content []byte) error {
	sealed, err := f.wrap(name, content)
	if err != nil {
		return err
	}
	return f.shelf.Put(ctx, f.prefix+name, sealed)
}

// wrap packs and seals.
func (f *files) wrap(name string, content []byte) ([]byte, error) {
	var packed bytes.Buffer
	nonce := make([]byte, f.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails since Go 1.24
	writer := gzip.NewWriter(&packed)
	_, err := writer.Write(content)
	if err := errors.Join(err, writer.Close()); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "a file could not be packed")
	}
	return f.aead.Seal(nonce, nonce, packed.Bytes(), []byte(f.prefix+name)), nil
}

// get gives the content of a file. Errors: fault.NotFound, fault.Refused for what
// this move's key did not seal.
func (f *files) get(ctx context.Context, name string) ([]byte, error) {
	from, _, err := f.shelf.Open(ctx, f.prefix+name)
	if err != nil {
		return nil, err
	}
	sealed, err := io.ReadAll(io.LimitReader(from, fileMax))
	if err := errors.Join(err, from.Close()); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "the file "+name+" can't be read")
	}
	size := f.aead.NonceSize()
	if len(sealed) < size {
		return nil, notOurs(name)
	}
	packed, err := f.aead.Open(nil, sealed[:size], sealed[size:], []byte(f.prefix+name))
	if err != nil {
		return nil, notOurs(name)
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, notOurs(name)
	}
	content, err := io.ReadAll(io.LimitReader(reader, 4*fileMax))
	if err != nil {
		return nil, notOurs(name)
	}
	return content, nil
}

func notOurs(name string) error {
	return fault.Refuse("move_file", "the file %s was not sealed by this move's key, or was changed", name)
}

func (f *files) putJSON(ctx context.Context, name string, value any) error {
	content, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		return fault.Wrap(err, fault.Internal, name+" could not be written")
	}
	return f.put(ctx, name, content)
}

func (f *files) getJSON(ctx context.Context, name string, into any) error {
	content, err := f.get(ctx, name)
	if err != nil {
		return err
	}
	return fault.Wrap(json.Unmarshal(content, into), fault.Invalid, name+" can't be read")
}

// verdicts of a move.
const (
	cut  = "cut"
	back = "back"
)

// decide writes the verdict unless there is one, and gives the one that stands.
func (f *files) decide(ctx context.Context, verdict string) (string, error) {
	sealed, err := f.wrap("verdict", []byte(verdict))
	if err != nil {
		return "", err
	}
	if _, err := f.shelf.PutIf(ctx, f.prefix+"verdict", "", sealed); err != nil && !fault.Is(err, fault.Conflict) {
		return "", err
	}
	return f.verdict(ctx)
}

// verdict gives what was decided, empty for nothing yet.
func (f *files) verdict(ctx context.Context) (string, error) {
	content, err := f.get(ctx, "verdict")
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return string(content), err
}

// mac signs what the source's gateway sends on to the target's.
func mac(key []byte, parts ...[]byte) string {
	sum := hmac.New(sha256.New, key)
	for _, part := range parts {
		sum.Write(part)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
