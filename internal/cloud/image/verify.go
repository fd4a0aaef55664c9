package image

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/attest"
)

// Verified is an image of which everything was read, hashed and found signed.
type Verified struct {
	Release
	// Key is the name of the key that signed.
	Key string `json:"key"`
	// Bytes is how much was read and hashed.
	Bytes int64 `json:"bytes"`
}

// Verify reads an image from a registry by digest and refuses it, naming what is
// wrong, unless every layer, configuration and manifest is what the digest says,
// one of the keys signed the release, and the list of parts and the provenance
// are the signed ones and speak of this image.
func Verify(ctx context.Context, reference string, keys attest.Keys, as Access) (Verified, error) {
	at, err := parseReference(reference)
	if err != nil {
		return Verified{}, err
	}
	return verify(ctx, as.repository(at.repository), at.digest, keys)
}

// VerifyLayout does the same with a layout on disk.
func VerifyLayout(ctx context.Context, dir string, keys attest.Keys) (Verified, error) {
	l, err := Open(dir)
	if err != nil {
		return Verified{}, err
	}
	digest, err := parseDigest(l.Digest)
	if err != nil {
		return Verified{}, err
	}
	return verify(ctx, l, digest, keys)
}

func verify(ctx context.Context, from shelf, digest v1.Hash, keys attest.Keys) (Verified, error) {
	found, err := inspect(ctx, from, digest)
	if err != nil {
		return Verified{}, err
	}
	release, key, err := signedRelease(ctx, from, digest, keys)
	if err != nil {
		return Verified{}, err
	}
	for platform, manifest := range found.platforms {
		if release.Platforms[platform] != manifest {
			return Verified{}, fault.Refuse(ReasonOther, "the signature is of another image for %s", platform)
		}
	}
	if err := checkParts(ctx, from, digest, release.SBOM); err != nil {
		return Verified{}, err
	}
	if err := checkOrigin(ctx, from, digest, release); err != nil {
		return Verified{}, err
	}
	return Verified{Release: release, Key: key.ID(), Bytes: found.bytes}, nil
}

// signedRelease looks for a signature that is believed. Others may hang on the
// image too, of old keys or of strangers: they neither help nor harm.
func signedRelease(ctx context.Context, from shelf, digest v1.Hash, keys attest.Keys) (Release, attest.Key, error) {
	listed, err := from.attached(ctx, digest)
	if err != nil {
		return Release{}, attest.Key{}, missing(err, "the list of attachments", digest)
	}
	var refusal error
	for _, one := range listed {
		if one.ArtifactType != signatureKind {
			continue
		}
		release, key, err := openRelease(ctx, from, digest, one.Digest, keys)
		if err == nil {
			return release, key, nil
		}
		refusal = err
	}
	if refusal != nil {
		return Release{}, attest.Key{}, refusal
	}
	return Release{}, attest.Key{}, fault.Refuse(ReasonUnsigned, "the image %s is not signed", digest)
}

// KeyUse is what a key that signs images is believed for, where a trusted key is
// narrowed (attest.OnlyHeader).
const KeyUse = "image"

func openRelease(ctx context.Context, from shelf, digest, at v1.Hash, keys attest.Keys) (Release, attest.Key, error) {
	sealed, _, err := documentOf(ctx, from, digest, at, "the signature", ReasonSignature)
	if err != nil {
		return Release{}, attest.Key{}, err
	}
	payload, key, err := keys.For(KeyUse).Open(attest.StatementKind, sealed)
	if err != nil {
		return Release{}, attest.Key{}, err
	}
	var release Release
	statement, err := attest.ReadStatement(payload, releaseType, &release)
	if err != nil {
		return Release{}, attest.Key{}, err
	}
	if !statement.Names(digest.Hex) || release.Digest != digest.String() {
		return Release{}, attest.Key{}, fault.Refuse(ReasonOther, "the signature is of another image: %s", release.Digest)
	}
	return release, key, nil
}

// checkParts reads the list of parts that was signed.
func checkParts(ctx context.Context, from shelf, digest v1.Hash, named string) error {
	at, err := parseDigest(named)
	if err != nil {
		return fault.Refuse(ReasonNoSBOM, "the image %s has no list of parts", digest)
	}
	raw, _, err := documentOf(ctx, from, digest, at, "the list of parts", ReasonSBOM)
	if err != nil {
		return absent(err, ReasonNoSBOM, "the list of parts that was signed is missing")
	}
	var list spdxDocument
	if err := json.Unmarshal(raw, &list); err != nil || list.Version != "SPDX-2.3" || list.Namespace != "urn:oci:"+digest.String() || len(list.Packages) == 0 {
		return fault.Refuse(ReasonSBOM, "the list of parts does not speak of %s", digest)
	}
	return nil
}

// checkOrigin reads the provenance that was signed.
func checkOrigin(ctx context.Context, from shelf, digest v1.Hash, release Release) error {
	at, err := parseDigest(release.Provenance)
	if err != nil {
		return fault.Refuse(ReasonNoOrigin, "the image %s has no provenance", digest)
	}
	raw, _, err := documentOf(ctx, from, digest, at, "the provenance", ReasonProvenance)
	if err != nil {
		return absent(err, ReasonNoOrigin, "the provenance that was signed is missing")
	}
	var predicate slsaPredicate
	statement, err := attest.ReadStatement(raw, provenanceType, &predicate)
	if err != nil || !statement.Names(digest.Hex) || predicate.Definition.External.Commit != release.Commit {
		return fault.Refuse(ReasonProvenance, "the provenance does not speak of %s from the commit %.12s", digest, release.Commit)
	}
	return nil
}

// document reads an attachment whose kind is told by its manifest.
func document(ctx context.Context, from shelf, subject, at v1.Hash) ([]byte, v1.Manifest, error) {
	return documentOf(ctx, from, subject, at, "an attachment", ReasonManifest)
}

// documentOf reads an attachment and compares it with its digests; it must refer
// to subject.
func documentOf(ctx context.Context, from shelf, subject, at v1.Hash, what, reason string) ([]byte, v1.Manifest, error) {
	raw, err := fetch(ctx, from, at, what, reason)
	if err != nil {
		return nil, v1.Manifest{}, err
	}
	var manifest v1.Manifest
	if err := json.Unmarshal(raw, &manifest); err != nil || len(manifest.Layers) != 1 || manifest.Subject == nil || manifest.Layers[0].Size > maxDocument {
		return nil, v1.Manifest{}, fault.Refuse(reason, "%s is no attachment of ours", what)
	}
	if manifest.Subject.Digest != subject {
		return nil, v1.Manifest{}, fault.Refuse(reason, "%s is attached to another image, %s", what, manifest.Subject.Digest)
	}
	// It says nothing, and is read all the same: all that hangs on an image is there
	// and is what its digest says.
	if manifest.Config.Digest != digestOf(emptyBody()) {
		return nil, v1.Manifest{}, fault.Refuse(reason, "%s brings a configuration, %s, as no attachment of ours does", what, manifest.Config.Digest)
	}
	if _, err := hashed(ctx, from, manifest.Config, what+"'s configuration", reason, io.Discard); err != nil {
		return nil, v1.Manifest{}, err
	}
	var body bytes.Buffer
	if _, err := hashed(ctx, from, manifest.Layers[0], what, reason, &body); err != nil {
		return nil, v1.Manifest{}, err
	}
	return slices.Clip(body.Bytes()), manifest, nil
}

// maxDocument bounds an attachment, in bytes.
const maxDocument = 32 << 20

// absent gives a missing document its own reason.
func absent(err error, reason, message string) error {
	if ReasonOf(err) == ReasonAbsent {
		return fault.Refuse(reason, "%s", message)
	}
	return err
}
