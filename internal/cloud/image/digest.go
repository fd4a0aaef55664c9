package image

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"

	"prosa/internal/base/fault"
)

// digestOf names content.
func digestOf(content []byte) v1.Hash {
	sum := sha256.Sum256(content)
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(sum[:])}
}

// parseDigest reads sha256:<64 hexadecimal characters>, and no other form.
func parseDigest(text string) (v1.Hash, error) {
	digest, err := v1.NewHash(text)
	if err != nil || digest.Algorithm != "sha256" || digest.Hex != strings.ToLower(digest.Hex) {
		return v1.Hash{}, fault.New(fault.Invalid, "%.100q is no digest: sha256:... is", text)
	}
	return digest, nil
}

// hexOf is a digest without its algorithm.
func hexOf(digest string) string { return strings.TrimPrefix(digest, "sha256:") }

func descriptorOf(what partial.Describable) (v1.Descriptor, error) {
	descriptor, err := partial.Descriptor(what)
	if err != nil {
		return v1.Descriptor{}, fault.Wrap(err, fault.Internal, "the image can't be described")
	}
	return *descriptor, nil
}
