package image

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/attest"
)

// Extract verifies an image and writes the program of a platform to a file: the
// way onto a machine without containers. from is a layout's folder, or an image
// in a registry by digest.
func Extract(ctx context.Context, from, program string, platform Platform, to string, keys attest.Keys, as Access) (Verified, error) {
	shelf, digest, err := locate(from, as)
	if err != nil {
		return Verified{}, err
	}
	verified, err := verify(ctx, shelf, digest, keys)
	if err != nil {
		return Verified{}, err
	}
	found, err := inspect(ctx, shelf, digest)
	if err != nil {
		return Verified{}, err
	}
	layers := found.layers[platform]
	if layers == nil {
		return Verified{}, fault.OnField("platform", "the image has nothing for %s", platform)
	}
	for i := len(layers) - 1; i >= 0; i-- {
		done, err := takeOut(ctx, shelf, layers[i], program, to)
		if err != nil || done {
			return verified, err
		}
	}
	return Verified{}, fault.New(fault.NotFound, "the image has no program /%s", program)
}

// locate takes a folder that holds a layout for one, anything else for a
// reference.
func locate(from string, as Access) (shelf, v1.Hash, error) {
	if _, err := os.Stat(filepath.Join(from, "oci-layout")); err == nil {
		l, err := Open(from)
		if err != nil {
			return nil, v1.Hash{}, err
		}
		digest, err := parseDigest(l.Digest)
		return l, digest, err
	}
	at, err := parseReference(from)
	return as.repository(at.repository), at.digest, err
}

// takeOut writes a file of a layer, whole or not at all, and reports whether the
// layer has it. The layer is hashed while it is read.
func takeOut(ctx context.Context, from shelf, layer v1.Descriptor, program, to string) (done bool, err error) {
	draft, err := os.CreateTemp(filepath.Dir(to), "."+filepath.Base(to)+"-*")
	if err != nil {
		return false, fault.Wrap(err, fault.Invalid, "the program can't be written there")
	}
	defer func() {
		closeErr, removeErr := draft.Close(), os.Remove(draft.Name())
		if err == nil && !done {
			err = errors.Join(closeErr, removeErr)
		}
	}()
	reader, writer := io.Pipe()
	hashing := make(chan error, 1)
	go func() {
		_, err := hashed(ctx, from, layer, "a layer", ReasonLayer, writer)
		writer.CloseWithError(err)
		hashing <- err
	}()
	found, readErr := copyFile(reader, program, draft)
	_, _ = io.Copy(io.Discard, reader) // the rest of the layer counts for its hash
	if err := <-hashing; err != nil {
		return false, err
	}
	if readErr != nil {
		return false, readErr
	}
	if !found {
		return false, nil
	}
	if err := errors.Join(draft.Chmod(0o755), draft.Sync(), os.Rename(draft.Name(), to)); err != nil {
		return false, fault.Wrap(err, fault.Unavailable, "the program can't be put into its place")
	}
	return true, nil
}

// copyFile looks for a file in a packed layer.
func copyFile(packed io.Reader, name string, to io.Writer) (bool, error) {
	plain, err := gzip.NewReader(packed)
	if err != nil {
		return false, fault.Wrap(err, fault.Invalid, "a layer can't be unpacked")
	}
	entries := tar.NewReader(plain)
	for {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, fault.Wrap(err, fault.Invalid, "a layer can't be unpacked")
		}
		if header.Name == name && header.Typeflag == tar.TypeReg {
			if _, err := io.Copy(to, entries); err != nil { //nolint:gosec // the layer was hashed and signed
				return false, fault.Wrap(err, fault.Unavailable, "the program can't be written")
			}
			return true, nil
		}
	}
}
