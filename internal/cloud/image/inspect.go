package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"prosa/internal/base/fault"
)

// Reasons of a refusal, for programs: what of an image is not what it was.
const (
	ReasonMutable    = "mutable_reference"
	ReasonManifest   = "manifest_tampered"
	ReasonConfig     = "configuration_tampered"
	ReasonLayer      = "layer_tampered"
	ReasonSBOM       = "sbom_tampered"
	ReasonProvenance = "provenance_tampered"
	ReasonSignature  = "signature_tampered"
	ReasonAbsent     = "content_missing"
	ReasonUnsigned   = "not_signed"
	ReasonNoSBOM     = "sbom_missing"
	ReasonNoOrigin   = "provenance_missing"
	ReasonOther      = "signature_of_another_image"
)

// shelf gives content by digest: a layout on disk, or a registry's repository.
// What it gives is not trusted.
type shelf interface {
	manifest(ctx context.Context, digest v1.Hash) ([]byte, error)
	blob(ctx context.Context, digest v1.Hash) (io.ReadCloser, error)
	// attached lists what says of itself that it refers to subject.
	attached(ctx context.Context, subject v1.Hash) ([]v1.Descriptor, error)
}

// contents is what was found, and hashed, under a digest.
type contents struct {
	raw       []byte // of the index
	revision  string // the commit, from the index's annotations
	created   string
	platforms map[Platform]string
	layers    map[Platform][]v1.Descriptor
	bytes     int64
}

// inspect reads an image from its index down to its layers and compares all of
// it with the digests that name it.
func inspect(ctx context.Context, from shelf, digest v1.Hash) (contents, error) {
	raw, err := fetch(ctx, from, digest, "the image index", ReasonManifest)
	if err != nil {
		return contents{}, err
	}
	var index v1.IndexManifest
	if err := read(raw, &index); err != nil || index.MediaType != types.OCIImageIndex || len(index.Manifests) == 0 {
		return contents{}, fault.Refuse(ReasonManifest, "%s is no image index of ours", digest)
	}
	found := contents{raw: raw, revision: index.Annotations["org.opencontainers.image.revision"], created: index.Annotations["org.opencontainers.image.created"],
		platforms: map[Platform]string{}, layers: map[Platform][]v1.Descriptor{}, bytes: int64(len(raw))}
	for _, one := range index.Manifests {
		if one.MediaType != types.OCIManifestSchema1 || one.Platform == nil {
			return contents{}, fault.Refuse(ReasonManifest, "the image index names %s, which is no image for a platform", one.Digest)
		}
		platform := Platform(one.Platform.String())
		if err := found.image(ctx, from, platform, one.Digest); err != nil {
			return contents{}, err
		}
	}
	return found, nil
}

// image reads the image of a platform.
func (c *contents) image(ctx context.Context, from shelf, platform Platform, digest v1.Hash) error {
	raw, err := fetch(ctx, from, digest, "the manifest for "+string(platform), ReasonManifest)
	if err != nil {
		return err
	}
	var manifest v1.Manifest
	if err := read(raw, &manifest); err != nil || len(manifest.Layers) == 0 {
		return fault.Refuse(ReasonManifest, "the manifest for %s is none", platform)
	}
	c.bytes += int64(len(raw))
	c.platforms[platform], c.layers[platform] = digest.String(), manifest.Layers
	if _, err := hashed(ctx, from, manifest.Config, "the configuration for "+string(platform), ReasonConfig, io.Discard); err != nil {
		return err
	}
	for _, layer := range manifest.Layers {
		read, err := hashed(ctx, from, layer, "a layer for "+string(platform), ReasonLayer, io.Discard)
		if err != nil {
			return err
		}
		c.bytes += read
	}
	return nil
}

// fetch reads a manifest and compares it with its digest.
func fetch(ctx context.Context, from shelf, digest v1.Hash, what, reason string) ([]byte, error) {
	raw, err := from.manifest(ctx, digest)
	switch {
	case tampered(err):
		return nil, changed(reason, what, digest)
	case err != nil:
		return nil, missing(err, what, digest)
	case digestOf(raw) != digest:
		return nil, changed(reason, what, digest)
	}
	return raw, nil
}

// hashed copies a blob to a writer and compares what it read, byte for byte and
// in length, with its descriptor.
func hashed(ctx context.Context, from shelf, descriptor v1.Descriptor, what, reason string, to io.Writer) (int64, error) {
	source, err := from.blob(ctx, descriptor.Digest)
	if tampered(err) {
		return 0, changed(reason, what, descriptor.Digest)
	}
	if err != nil {
		return 0, missing(err, what, descriptor.Digest)
	}
	defer source.Close()
	sum := sha256.New()
	// One byte more than promised is enough to know that it is another content.
	size, err := io.Copy(io.MultiWriter(to, sum), io.LimitReader(source, descriptor.Size+1))
	if err != nil && !tampered(err) {
		return size, missing(err, what, descriptor.Digest)
	}
	if err != nil || size != descriptor.Size || hex.EncodeToString(sum.Sum(nil)) != descriptor.Digest.Hex {
		return size, changed(reason, what, descriptor.Digest)
	}
	return size, nil
}

// tampered reports whether the library that reads from registries says that the
// content is not what its digest names. It has no type for that; the tests hold
// its words.
func tampered(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "error verifying") || strings.Contains(err.Error(), "does not match requested digest") ||
		strings.Contains(err.Error(), "does not match expected size"))
}

func changed(reason, what string, digest v1.Hash) error {
	return fault.Refuse(reason, "%s was tampered with: its content is not %s", what, digest)
}

// missing tells content that is not there from a registry that does not answer.
func missing(err error, what string, digest v1.Hash) error {
	var answer *transport.Error
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.As(err, &answer) && answer.StatusCode == http.StatusNotFound:
		return fault.Refuse(ReasonAbsent, "%s is missing: there is no %s", what, digest)
	case errors.As(err, &answer) && (answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden):
		return fault.Wrap(err, fault.Forbidden, "the registry does not let us read "+what)
	}
	return fault.Wrap(err, fault.Unavailable, "the registry did not give "+what)
}
