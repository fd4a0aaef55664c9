package image

import (
	"errors"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"prosa/internal/base/fault"
)

// reference is an image in a repository, by digest.
type reference struct {
	repository name.Repository
	digest     v1.Hash
}

// parseReference reads registry/repository@sha256:...; a tag is refused, since
// it may name another image tomorrow.
func parseReference(text string) (reference, error) {
	before, after, found := strings.Cut(text, "@")
	if !found {
		return reference{}, fault.Refuse(ReasonMutable, "%.200q names an image by a tag, which may move: name it by digest, registry/repository@sha256:...", text)
	}
	digest, err := parseDigest(after)
	if err != nil {
		return reference{}, err
	}
	repository, err := parseRepository(before)
	if err != nil {
		return reference{}, err
	}
	return reference{repository: repository, digest: digest}, nil
}

// parseRepository reads registry/repository without a tag.
func parseRepository(text string) (name.Repository, error) {
	repository, err := name.NewRepository(text, name.StrictValidation)
	if err != nil {
		return name.Repository{}, fault.New(fault.Invalid, "%.200q is no repository: registry/repository is wanted, without a tag", text)
	}
	return repository, nil
}

// DigestOf gives the digest of a reference, which must have one.
func DigestOf(text string) (string, error) {
	at, err := parseReference(text)
	return at.digest.String(), err
}

// CheckDigest wants sha256:<64 hexadecimal characters>. Error: fault.Invalid.
func CheckDigest(text string) error {
	_, err := parseDigest(text)
	return err
}

// ReasonOf gives the machine-readable reason of a refusal, empty for another
// error.
func ReasonOf(err error) string {
	var known *fault.Error
	if errors.As(err, &known) {
		return known.Reason
	}
	return ""
}
