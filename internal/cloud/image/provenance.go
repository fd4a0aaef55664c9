package image

import (
	"os"
	"path/filepath"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/attest"
)

// The predicate of SLSA's provenance v1 (slsa.dev/spec/v1.0/provenance), without
// the times of the run: the same build is to give the same bytes.
type slsaPredicate struct {
	Definition slsaDefinition `json:"buildDefinition"`
	Run        slsaRun        `json:"runDetails"`
}

type slsaDefinition struct {
	Type     string         `json:"buildType"`
	External slsaExternal   `json:"externalParameters"`
	Internal slsaInternal   `json:"internalParameters"`
	Resolved []slsaResource `json:"resolvedDependencies"`
}

// slsaExternal is what whoever asked for the build could choose.
type slsaExternal struct {
	Commit    string     `json:"commit"`
	Epoch     int64      `json:"sourceDateEpoch"` // seconds since 1970
	Package   string     `json:"package"`
	Platforms []Platform `json:"platforms"`
}

// slsaInternal is what the builder fixed.
type slsaInternal struct {
	Go    string   `json:"go"`
	Node  string   `json:"node,omitempty"` // that built the pages
	Flags []string `json:"flags"`
	Env   []string `json:"environment"`
}

type slsaResource struct {
	URI    string            `json:"uri"`
	Digest map[string]string `json:"digest,omitempty"`
}

type slsaRun struct {
	Builder struct {
		ID string `json:"id"`
	} `json:"builder"`
	Metadata *slsaMetadata `json:"metadata,omitempty"`
}

type slsaMetadata struct {
	Invocation string `json:"invocationId"`
}

// inputs are the files that fix what a build takes from elsewhere.
var inputs = []string{"go.mod", "go.sum", "web/package-lock.json"}

// provenance tells how an image came to be.
func provenance(spec Spec, binaries []binary, node string, subjects []attest.Subject) ([]byte, error) {
	goVersion := binaries[0].info.GoVersion
	predicate := slsaPredicate{Definition: slsaDefinition{
		Type:     buildType,
		External: slsaExternal{Commit: spec.Source.Commit, Epoch: spec.Source.Epoch.Unix(), Package: spec.Package, Platforms: spec.Platforms},
		Internal: slsaInternal{Go: goVersion, Node: node, Flags: flags(spec.Source.Commit), Env: fixed(spec.Platforms[0])},
		Resolved: []slsaResource{{URI: "git+" + spec.Source.uri(), Digest: map[string]string{"gitCommit": spec.Source.Commit}}, {URI: "pkg:golang/toolchain@" + goVersion}},
	}}
	// The platform is told above; these are the same for each.
	predicate.Definition.Internal.Env = slices.DeleteFunc(predicate.Definition.Internal.Env, func(pair string) bool {
		return pair[:5] == "GOOS=" || pair[:7] == "GOARCH="
	})
	if node != "" {
		predicate.Definition.Resolved = append(predicate.Definition.Resolved, slsaResource{URI: "pkg:generic/node@" + node})
	}
	for _, name := range inputs {
		content, err := os.ReadFile(filepath.Join(spec.Source.Dir, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "an input of the build can't be read")
		}
		predicate.Definition.Resolved = append(predicate.Definition.Resolved, slsaResource{URI: "file:" + name, Digest: map[string]string{"sha256": digestOf(content).Hex}})
	}
	predicate.Run.Builder.ID = spec.Builder
	if spec.Builder == "" {
		predicate.Run.Builder.ID = localBuilder
	}
	if spec.Run != "" {
		predicate.Run.Metadata = &slsaMetadata{Invocation: spec.Run}
	}
	return attest.NewStatement(provenanceType, predicate, subjects...)
}

// uri names the source; a clone that does not say where it is from is local.
func (s Source) uri() string {
	if s.Remote == "" {
		return "local"
	}
	return s.Remote
}
