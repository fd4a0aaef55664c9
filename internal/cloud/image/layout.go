package image

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/attest"
)

// write puts an image and its attachments into a folder as an OCI layout, whole
// or not at all: a draft beside it takes its place at the end.
func write(out string, index v1.ImageIndex, attachments []attachment) (err error) {
	if err := replaceable(out); err != nil {
		return err
	}
	draft := filepath.Clean(out) + ".draft"
	if err := os.RemoveAll(draft); err != nil {
		return fault.Wrap(err, fault.Unavailable, "what an earlier build left behind can't be removed")
	}
	defer func() { err = errors.Join(err, os.RemoveAll(draft)) }()
	path, err := layout.Write(draft, empty.Index)
	if err == nil {
		err = path.AppendIndex(index)
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "the layout can't be written")
	}
	for _, one := range attachments {
		if err := appendAttachment(path, one); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(out); err != nil {
		return fault.Wrap(err, fault.Unavailable, "the layout of before can't be replaced")
	}
	return fault.Wrap(os.Rename(draft, out), fault.Unavailable, "the layout can't be put into its place")
}

// replaceable refuses a folder that holds something else.
func replaceable(out string) error {
	left, err := os.ReadDir(out)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && len(left) == 0) {
		return nil
	}
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the folder of the layout can't be read")
	}
	if _, err := os.Stat(filepath.Join(out, "oci-layout")); err != nil {
		return fault.OnField("out", "%s holds something that is no layout: name another folder", out)
	}
	return nil
}

func appendAttachment(path layout.Path, a attachment) error {
	for _, content := range [][]byte{emptyBody(), a.body, a.raw} {
		if err := path.WriteBlob(digestOf(content), io.NopCloser(bytes.NewReader(content))); err != nil {
			return fault.Wrap(err, fault.Unavailable, "an attachment can't be written")
		}
	}
	return fault.Wrap(path.AppendDescriptor(a.Descriptor), fault.Unavailable, "an attachment can't be listed")
}

// Layout is a folder that holds one image with what is attached to it.
type Layout struct {
	path  layout.Path
	index v1.ImageIndex // the image itself
	// Digest of the image index: what is deployed.
	Digest string
}

// Open reads a layout. Nothing is hashed yet.
func Open(dir string) (*Layout, error) {
	path, err := layout.FromPath(dir)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, dir+" is no OCI layout: 'prosa image build' makes one")
	}
	listed, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, dir+" is no OCI layout")
	}
	manifest, err := listed.IndexManifest()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the layout's list can't be read")
	}
	var images []v1.Descriptor
	for _, one := range manifest.Manifests {
		if one.MediaType == types.OCIImageIndex {
			images = append(images, one)
		}
	}
	if len(images) != 1 {
		return nil, fault.New(fault.Invalid, "the layout holds %d images, one is wanted", len(images))
	}
	index, err := listed.ImageIndex(images[0].Digest)
	if err != nil {
		return nil, missing(err, "the image index", images[0].Digest)
	}
	return &Layout{path: path, index: index, Digest: images[0].Digest.String()}, nil
}

// manifest implements shelf.
func (l *Layout) manifest(_ context.Context, digest v1.Hash) ([]byte, error) {
	return l.path.Bytes(digest)
}

// blob implements shelf.
func (l *Layout) blob(_ context.Context, digest v1.Hash) (io.ReadCloser, error) {
	return l.path.Blob(digest)
}

// attached implements shelf.
func (l *Layout) attached(_ context.Context, subject v1.Hash) ([]v1.Descriptor, error) {
	listed, err := l.path.ImageIndex()
	if err != nil {
		return nil, err
	}
	manifest, err := listed.IndexManifest()
	if err != nil {
		return nil, err
	}
	var found []v1.Descriptor
	for _, one := range manifest.Manifests {
		if one.Digest != subject {
			found = append(found, one)
		}
	}
	return found, nil
}

// documents reads the attachments of the layout as they are pushed.
func (l *Layout) documents(ctx context.Context) ([]attachment, error) {
	digest, err := parseDigest(l.Digest)
	if err != nil {
		return nil, err
	}
	listed, err := l.attached(ctx, digest)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the layout's list can't be read")
	}
	var found []attachment
	for _, one := range listed {
		body, manifest, err := document(ctx, l, digest, one.Digest)
		if err != nil {
			return nil, err
		}
		raw, err := l.path.Bytes(one.Digest)
		if err != nil {
			return nil, missing(err, "an attachment", one.Digest)
		}
		found = append(found, attachment{kind: manifest.ArtifactType, body: body, raw: raw, Descriptor: one})
	}
	return found, nil
}

// Sign signs what a layout holds, after reading all of it, and attaches the
// signature. A layout that is signed gets one more.
func Sign(ctx context.Context, dir, name string, signer attest.Signer) (Release, error) {
	l, err := Open(dir)
	if err != nil {
		return Release{}, err
	}
	digest, err := parseDigest(l.Digest)
	if err != nil {
		return Release{}, err
	}
	found, err := inspect(ctx, l, digest)
	if err != nil {
		return Release{}, err
	}
	release := Release{Digest: l.Digest, Commit: found.revision, Created: found.created, Platforms: found.platforms}
	documents, err := l.documents(ctx)
	if err != nil {
		return Release{}, err
	}
	for _, one := range documents {
		switch one.kind {
		case sbomKind:
			release.SBOM = one.Digest.String()
		case provenanceKind:
			release.Provenance = one.Digest.String()
		}
	}
	if release.SBOM == "" || release.Provenance == "" {
		return Release{}, fault.New(fault.Invalid, "the layout lacks its list of parts or its provenance: build it again")
	}
	subject, err := descriptorOf(l.index)
	if err != nil {
		return Release{}, err
	}
	signed, err := release.sign(name, signer, subject)
	if err != nil {
		return Release{}, err
	}
	for _, one := range documents {
		if one.Digest == signed.Digest {
			return release, nil // this key has signed it already
		}
	}
	return release, appendAttachment(l.path, signed)
}

// read decodes JSON of ours or of a registry.
func read(raw []byte, out any) error { return json.Unmarshal(raw, out) }
