package image

import (
	"encoding/json"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/attest"
)

// Kinds of what is attached to an image, as artifact types (OCI image
// specification 1.1, manifest.md: artifactType, subject).
const (
	sbomKind       = "application/spdx+json"
	provenanceKind = attest.StatementKind
	signatureKind  = attest.EnvelopeType
)

// emptyBody stands where an attachment has no configuration. Its type is the
// attachment's kind: registries from before artifactType list a referrer by it.
func emptyBody() []byte { return []byte("{}") }

// attachment is a document that refers to an image by digest.
type attachment struct {
	kind string
	body []byte
	raw  []byte // the manifest
	v1.Descriptor
}

// attach makes the manifest of a document about subject.
func attach(kind string, body []byte, subject v1.Descriptor, epoch time.Time) (attachment, error) {
	manifest := v1.Manifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1, ArtifactType: kind,
		Config: describe(types.MediaType(kind), emptyBody()), Layers: []v1.Descriptor{describe(types.MediaType(kind), body)},
		Subject:     &v1.Descriptor{MediaType: subject.MediaType, Size: subject.Size, Digest: subject.Digest},
		Annotations: map[string]string{"org.opencontainers.image.created": epoch.Format(time.RFC3339)},
	}
	raw, err := json.Marshal(manifest)
	if err != nil {
		return attachment{}, fault.Wrap(err, fault.Internal, "an attachment can't be described")
	}
	a := attachment{kind: kind, body: body, raw: raw, Descriptor: describe(types.OCIManifestSchema1, raw)}
	a.ArtifactType = kind
	return a, nil
}

// RawManifest implements remote.Taggable.
func (a attachment) RawManifest() ([]byte, error) { return a.raw, nil }

// MediaType tells the registry what the manifest is.
func (a attachment) MediaType() (types.MediaType, error) { return types.OCIManifestSchema1, nil }

// describe names content by its digest.
func describe(kind types.MediaType, content []byte) v1.Descriptor {
	return v1.Descriptor{MediaType: kind, Size: int64(len(content)), Digest: digestOf(content)}
}
