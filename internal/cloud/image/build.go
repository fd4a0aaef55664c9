package image

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/attest"
)

// Spec says what to build.
type Spec struct {
	Source    Source
	Package   string // "./cmd/prosa"
	Name      string // of the program in the image: "prosa"
	Platforms []Platform
	// Pages is the folder of the npm package whose build the program embeds; empty
	// for none.
	Pages string
	// Builder and Run are told in the provenance: who builds, and which of its
	// runs. A run that is named makes the attachments differ, never the image.
	Builder, Run string
	// Signer signs the release; the zero Signer leaves it unsigned.
	Signer attest.Signer
}

func (s Spec) check() error {
	if s.Source.Dirty {
		return fault.Refuse("dirty", "the source differs from the commit %.12s: commit or remove what is changed, an image is named after a commit", s.Source.Commit)
	}
	if len(s.Platforms) == 0 {
		return fault.OnField("platform", "at least one is wanted")
	}
	for _, platform := range s.Platforms {
		if system, machine := platform.parts(); system != "linux" || (machine != "amd64" && machine != "arm64") {
			return fault.OnField("platform", "%q is not built: linux/amd64 and linux/arm64 are", platform)
		}
	}
	return nil
}

// Release names what was built.
type Release struct {
	Digest     string              `json:"digest"` // of the image index: what is deployed
	Commit     string              `json:"commit"`
	Created    string              `json:"created"` // RFC 3339, UTC: the commit's time
	Platforms  map[Platform]string `json:"platforms"`
	SBOM       string              `json:"sbom"`       // digest of the attachment
	Provenance string              `json:"provenance"` // digest of the attachment
}

// Build compiles the program, packs the image and writes it with its attachments
// as an OCI layout to a folder that must not exist, or holds an earlier layout.
func Build(ctx context.Context, spec Spec, out string) (release Release, err error) {
	if err := spec.check(); err != nil {
		return Release{}, err
	}
	work, err := os.MkdirTemp("", "prosa-image-")
	if err != nil {
		return Release{}, fault.Wrap(err, fault.Unavailable, "there is no room to build in")
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	// What the clone holds beside the commit (built pages, ignored files) must not
	// come into an image that is named after the commit.
	if spec.Source, err = spec.Source.alone(ctx, filepath.Join(work, "source")); err != nil {
		return Release{}, err
	}
	node, err := pages(ctx, spec.Source, spec.Pages)
	if err != nil {
		return Release{}, err
	}
	binaries, index, err := spec.assemble(ctx, work)
	if err != nil {
		return Release{}, err
	}
	descriptor, err := descriptorOf(index)
	if err != nil {
		return Release{}, err
	}
	release = Release{Digest: descriptor.Digest.String(), Commit: spec.Source.Commit, Created: spec.Source.Epoch.Format(time.RFC3339), Platforms: map[Platform]string{}}
	manifest, err := index.IndexManifest()
	if err != nil {
		return Release{}, fault.Wrap(err, fault.Internal, "the image can't be described")
	}
	for _, one := range manifest.Manifests {
		release.Platforms[Platform(one.Platform.String())] = one.Digest.String()
	}
	attachments, err := spec.documents(&release, binaries, node, descriptor)
	if err != nil {
		return Release{}, err
	}
	return release, write(out, index, attachments)
}

// assemble compiles each platform and packs its image.
func (s Spec) assemble(ctx context.Context, work string) ([]binary, v1.ImageIndex, error) {
	platforms := slices.Sorted(slices.Values(s.Platforms))
	foundation, err := pack(base(), s.Source.Epoch, filepath.Join(work, "base.tar"))
	if err != nil {
		return nil, nil, err
	}
	var binaries []binary
	var members []mutate.IndexAddendum
	for _, platform := range slices.Compact(platforms) {
		built, err := compile(ctx, s.Source, s.Package, s.Name, platform, work)
		if err != nil {
			return nil, nil, err
		}
		top, err := pack(program(s.Name, built.path), s.Source.Epoch, built.path+".tar")
		if err != nil {
			return nil, nil, err
		}
		one, err := s.image(platform, foundation, top)
		if err != nil {
			return nil, nil, err
		}
		system, machine := platform.parts()
		binaries = append(binaries, built)
		members = append(members, mutate.IndexAddendum{Add: one, Descriptor: v1.Descriptor{
			MediaType: types.OCIManifestSchema1, Platform: &v1.Platform{OS: system, Architecture: machine},
		}})
	}
	index := mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), members...)
	index, ok := mutate.Annotations(index, s.labels()).(v1.ImageIndex)
	if !ok {
		return nil, nil, fault.New(fault.Internal, "the index lost its kind")
	}
	return binaries, index, nil
}

// image puts the layers of a platform together.
func (s Spec) image(platform Platform, foundation, top v1.Layer) (v1.Image, error) {
	system, machine := platform.parts()
	at := v1.Time{Time: s.Source.Epoch}
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	img, err := mutate.ConfigFile(img, &v1.ConfigFile{
		OS: system, Architecture: machine, Created: at, RootFS: v1.RootFS{Type: "layers"},
		Config: v1.Config{
			User: "65532:65532", WorkingDir: "/", Entrypoint: []string{"/" + s.Name},
			Env:    []string{"PATH=/", "SSL_CERT_FILE=/" + certFile, "PROSA_DATA_DIR=" + dataDir},
			Labels: s.labels(),
			// Named, so that an empty volume mounted there gets the folder's owner and mode.
			Volumes: map[string]struct{}{"/tmp": {}, dataDir: {}},
		},
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the image can't be described")
	}
	img, err = mutate.Append(img,
		mutate.Addendum{Layer: foundation, MediaType: types.OCILayer, History: v1.History{Created: at, CreatedBy: "certificates, users, folders"}},
		mutate.Addendum{Layer: top, MediaType: types.OCILayer, History: v1.History{Created: at, CreatedBy: "go build " + strings.Join(flags(s.Source.Commit), " ")}})
	return img, fault.Wrap(err, fault.Internal, "the image can't be put together")
}

// labels are those of the OCI image specification (annotations.md).
func (s Spec) labels() map[string]string {
	labels := map[string]string{
		"org.opencontainers.image.title": s.Name, "org.opencontainers.image.revision": s.Source.Commit,
		"org.opencontainers.image.created": s.Source.Epoch.Format(time.RFC3339),
	}
	if s.Source.Remote != "" {
		labels["org.opencontainers.image.source"] = s.Source.Remote
	}
	return labels
}

// documents writes what is attached: the parts, the provenance, and the signed
// release that names both.
func (s Spec) documents(release *Release, binaries []binary, node string, subject v1.Descriptor) ([]attachment, error) {
	lock, err := os.ReadFile(filepath.Join(s.Source.Dir, "web/package-lock.json"))
	if err != nil && !os.IsNotExist(err) {
		return nil, fault.Wrap(err, fault.Unavailable, "the lock file of the pages can't be read")
	}
	list, err := partsList(s.Name, s.Source, release.Digest, binaries, lock)
	if err != nil {
		return nil, err
	}
	parts, err := attach(sbomKind, list, subject, s.Source.Epoch)
	if err != nil {
		return nil, err
	}
	statement, err := provenance(s, binaries, node, release.subjects(s.Name))
	if err != nil {
		return nil, err
	}
	origin, err := attach(provenanceKind, statement, subject, s.Source.Epoch)
	if err != nil {
		return nil, err
	}
	release.SBOM, release.Provenance = parts.Digest.String(), origin.Digest.String()
	if s.Signer.ID() == "" {
		return []attachment{parts, origin}, nil
	}
	signed, err := release.sign(s.Name, s.Signer, subject)
	return []attachment{parts, origin, signed}, err
}

// subjects are the index and the image of each platform.
func (r Release) subjects(name string) []attest.Subject {
	subjects := []attest.Subject{{Name: name, Digest: map[string]string{"sha256": hexOf(r.Digest)}}}
	for _, platform := range slices.Sorted(maps.Keys(r.Platforms)) {
		subjects = append(subjects, attest.Subject{Name: name + " for " + string(platform), Digest: map[string]string{"sha256": hexOf(r.Platforms[platform])}})
	}
	return subjects
}

// sign makes the attachment that binds a release.
func (r Release) sign(name string, signer attest.Signer, subject v1.Descriptor) (attachment, error) {
	statement, err := attest.NewStatement(releaseType, r, r.subjects(name)[0])
	if err != nil {
		return attachment{}, err
	}
	sealed, err := signer.Seal(attest.StatementKind, statement)
	if err != nil {
		return attachment{}, err
	}
	created, err := time.Parse(time.RFC3339, r.Created)
	if err != nil {
		return attachment{}, fault.Wrap(err, fault.Invalid, "the release's time can't be read")
	}
	return attach(signatureKind, sealed, subject, created)
}
