package image

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"prosa/internal/base/fault"
)

// ReasonTag is the reason of a refusal: the tag names another image already.
const ReasonTag = "tag_taken"

// Pushed tells what a push found and left.
type Pushed struct {
	// Reference is registry/repository@digest: what is deployed.
	Reference string `json:"reference"`
	Tag       string `json:"tag"`
	// Already tells that the tag named this image before.
	Already     bool     `json:"already"`
	Attachments []string `json:"attachments"` // digests
	// Bytes is how much was read back and hashed.
	Bytes int64 `json:"bytes"`
}

// Push sends a layout to a repository and puts a tag on it: as it is, without
// what the registry has already, and again from where an earlier push broke off.
// A tag that names another image is refused before anything is sent; the same
// image is a success, also where a registry with immutable tags answers that the
// tag is taken (Amazon ECR: ImageTagAlreadyExistsException, even for the same
// digest). Afterwards all of it is read back and hashed.
func Push(ctx context.Context, layout, repository, tag string, as Access) (Pushed, error) {
	l, err := Open(layout)
	if err != nil {
		return Pushed{}, err
	}
	digest, err := parseDigest(l.Digest)
	if err != nil {
		return Pushed{}, err
	}
	at, err := parseRepository(repository)
	if err != nil {
		return Pushed{}, err
	}
	label, err := name.NewTag(at.String()+":"+tag, name.StrictValidation)
	if err != nil {
		return Pushed{}, fault.OnField("tag", "%.100q is no tag", tag)
	}
	// What lay on disk since the build is not trusted either.
	if _, err := inspect(ctx, l, digest); err != nil {
		return Pushed{}, err
	}
	push := pushing{layout: l, digest: digest, at: at, tag: label, as: as}
	return push.run(ctx)
}

type pushing struct {
	layout *Layout
	digest v1.Hash
	at     name.Repository
	tag    name.Tag
	as     Access
}

func (p pushing) run(ctx context.Context) (Pushed, error) {
	done := Pushed{Reference: p.at.Digest(p.digest.String()).String(), Tag: p.tag.TagStr()}
	already, err := p.tagged(ctx)
	if err != nil {
		return Pushed{}, err
	}
	done.Already = already
	options := p.as.options(ctx)
	if err := remote.WriteIndex(p.at.Digest(p.digest.String()), p.layout.index, options...); err != nil {
		return Pushed{}, refusedBy(err, "the registry did not take the image")
	}
	documents, err := p.layout.documents(ctx)
	if err != nil {
		return Pushed{}, err
	}
	for _, one := range documents {
		if err := p.document(ctx, one); err != nil {
			return Pushed{}, err
		}
		done.Attachments = append(done.Attachments, one.Digest.String())
	}
	if !already {
		if err := p.label(ctx); err != nil {
			return Pushed{}, err
		}
	}
	done.Bytes, err = p.readBack(ctx, documents)
	return done, err
}

// tagged reports whether the tag names our image; another one is refused.
func (p pushing) tagged(ctx context.Context) (bool, error) {
	found, err := remote.Head(p.tag, p.as.options(ctx)...)
	var answer *transport.Error
	switch {
	case errors.As(err, &answer) && answer.StatusCode == http.StatusNotFound:
		return false, nil
	case err != nil:
		return false, refusedBy(err, "the registry does not say what the tag "+p.tag.TagStr()+" names")
	case found.Digest != p.digest:
		return false, fault.Refuse(ReasonTag, "the tag %s in %s names %s already, not %s: tags never move, push under another one", p.tag.TagStr(), p.at, found.Digest, p.digest)
	}
	return true, nil
}

// label puts the tag on the image that is there.
func (p pushing) label(ctx context.Context) error {
	err := remote.Put(p.tag, p.layout.index, p.as.options(ctx)...)
	if err == nil {
		return nil
	}
	// Somebody may have been faster with the same image.
	if same, headErr := p.tagged(ctx); headErr != nil || same {
		return headErr
	}
	return refusedBy(err, "the registry did not take the tag "+p.tag.TagStr())
}

// document sends an attachment that is not there yet.
func (p pushing) document(ctx context.Context, one attachment) error {
	options := p.as.options(ctx)
	at := p.at.Digest(one.Digest.String())
	if _, err := remote.Head(at, options...); err == nil {
		return nil
	}
	for _, content := range [][]byte{emptyBody(), one.body} {
		if err := remote.WriteLayer(p.at, static.NewLayer(content, types.MediaType(one.kind)), options...); err != nil {
			return refusedBy(err, "the registry did not take an attachment")
		}
	}
	return refusedBy(remote.Put(at, one, options...), "the registry did not take an attachment")
}

// readBack reads what the registry has now, as a stranger would.
func (p pushing) readBack(ctx context.Context, documents []attachment) (int64, error) {
	from := p.as.repository(p.at)
	if named, err := p.tagged(ctx); err != nil || !named {
		return 0, errors.Join(err, fault.New(fault.Conflict, "the tag %s is gone again", p.tag.TagStr()))
	}
	found, err := inspect(ctx, from, p.digest)
	if err != nil {
		return 0, err
	}
	listed, err := from.attached(ctx, p.digest)
	if err != nil {
		return 0, missing(err, "the list of attachments", p.digest)
	}
	there := map[v1.Hash]bool{}
	for _, one := range listed {
		there[one.Digest] = true
	}
	for _, one := range documents {
		if !there[one.Digest] {
			return 0, fault.Refuse(ReasonAbsent, "the registry does not list the attachment %s (%s) of the image", one.Digest, one.kind)
		}
		if _, _, err := document(ctx, from, p.digest, one.Digest); err != nil {
			return 0, err
		}
	}
	return found.bytes, nil
}

// refusedBy tells a registry that lets nobody in from one that is away.
func refusedBy(err error, what string) error {
	var answer *transport.Error
	if errors.As(err, &answer) && (answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden) {
		return fault.Wrap(err, fault.Forbidden, what+": it does not let us in")
	}
	return fault.Wrap(err, fault.Unavailable, what)
}
