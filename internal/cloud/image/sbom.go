package image

import (
	"crypto/sha1" //nolint:gosec // SPDX 2.3 asks for it beside SHA-256
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"prosa/internal/base/fault"
)

// The parts of an SPDX 2.3 document that we write (spdx.github.io/spdx-spec/v2.3,
// JSON schema of the same version).
type spdxDocument struct {
	Version       string             `json:"spdxVersion"`
	License       string             `json:"dataLicense"`
	ID            string             `json:"SPDXID"`
	Name          string             `json:"name"`
	Namespace     string             `json:"documentNamespace"`
	Creation      spdxCreation       `json:"creationInfo"`
	Packages      []spdxPackage      `json:"packages"`
	Files         []spdxFile         `json:"files"`
	Relationships []spdxRelationship `json:"relationships"`
}

type spdxCreation struct {
	Created  string   `json:"created"`
	Creators []string `json:"creators"`
}

type spdxPackage struct {
	Name          string         `json:"name"`
	ID            string         `json:"SPDXID"`
	Version       string         `json:"versionInfo"`
	Location      string         `json:"downloadLocation"`
	Analyzed      bool           `json:"filesAnalyzed"`
	Concluded     string         `json:"licenseConcluded"`
	Declared      string         `json:"licenseDeclared"`
	Copyright     string         `json:"copyrightText"`
	Source        string         `json:"sourceInfo,omitempty"`
	Checksums     []spdxChecksum `json:"checksums,omitempty"`
	References    []spdxRef      `json:"externalRefs,omitempty"`
	PrimaryReason string         `json:"primaryPackagePurpose,omitempty"`
}

type spdxFile struct {
	Name      string         `json:"fileName"`
	ID        string         `json:"SPDXID"`
	Checksums []spdxChecksum `json:"checksums"`
	Concluded string         `json:"licenseConcluded"`
	Copyright string         `json:"copyrightText"`
	Comment   string         `json:"comment"`
}

type spdxChecksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
}

type spdxRef struct {
	Category string `json:"referenceCategory"`
	Type     string `json:"referenceType"`
	Locator  string `json:"referenceLocator"`
}

type spdxRelationship struct {
	From string `json:"spdxElementId"`
	Kind string `json:"relationshipType"`
	To   string `json:"relatedSpdxElement"`
}

const (
	unsaid = "NOASSERTION"
	rootID = "SPDXRef-image"
)

// partsList writes the list of what the binaries were built of: Go modules from
// the binaries themselves, packages of the pages from their lock file.
func partsList(name string, source Source, digest string, binaries []binary, lock []byte) ([]byte, error) {
	document := spdxDocument{
		Version: "SPDX-2.3", License: "CC0-1.0", ID: "SPDXRef-DOCUMENT", Name: name + "@" + source.Commit, Namespace: "urn:oci:" + digest,
		Creation:      spdxCreation{Created: source.Epoch.Format(time.RFC3339), Creators: []string{"Tool: prosa-image"}},
		Packages:      []spdxPackage{part(rootID, name, source.Commit, "", "", "CONTAINER")},
		Relationships: []spdxRelationship{{"SPDXRef-DOCUMENT", "DESCRIBES", rootID}},
	}
	packages := modules(binaries)
	more, err := pagePackages(lock)
	if err != nil {
		return nil, err
	}
	packages = append(packages, more...)
	slices.SortFunc(packages, func(a, b spdxPackage) int { return strings.Compare(a.ID, b.ID) })
	packages = slices.CompactFunc(packages, func(a, b spdxPackage) bool { return a.ID == b.ID })
	document.Packages = append(document.Packages, packages...)
	for _, one := range packages {
		document.Relationships = append(document.Relationships, spdxRelationship{rootID, "DEPENDS_ON", one.ID})
	}
	for _, b := range binaries {
		file, err := fileOf(b, name)
		if err != nil {
			return nil, err
		}
		document.Files = append(document.Files, file)
		document.Relationships = append(document.Relationships, spdxRelationship{rootID, "CONTAINS", file.ID})
	}
	return json.MarshalIndent(document, "", " ")
}

// part is a package with the fields that the format wants of each.
func part(id, name, version, locator, license, purpose string) spdxPackage {
	p := spdxPackage{
		Name: name, ID: id, Version: version, Location: unsaid, Concluded: unsaid, Declared: unsaid, Copyright: unsaid, PrimaryReason: purpose,
	}
	if locator != "" {
		p.ID = rowID(locator)
		p.References = []spdxRef{{"PACKAGE-MANAGER", "purl", locator}}
	}
	if plainLicense(license) {
		p.Declared = license
	}
	return p
}

// rowID is a name within the document for a package URL: readable, and its own
// even where two URLs differ in a sign only.
func rowID(locator string) string {
	sum := sha256.Sum256([]byte(locator))
	readable := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-':
			return r
		}
		return '-'
	}, strings.TrimPrefix(locator, "pkg:"))
	return "SPDXRef-" + readable + "-" + hex.EncodeToString(sum[:4])
}

// plainLicense reports whether a text is a single licence's name of SPDX's list,
// by its form; expressions and free words are not repeated.
func plainLicense(text string) bool {
	if text == "" || len(text) > 30 {
		return false
	}
	return strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == ""
}

// modules are the Go modules in the binaries, and the standard library.
func modules(binaries []binary) []spdxPackage {
	var packages []spdxPackage
	for _, b := range binaries {
		packages = append(packages, part("", "stdlib", b.info.GoVersion, "pkg:golang/stdlib@"+strings.TrimPrefix(b.info.GoVersion, "go"), "BSD-3-Clause", "LIBRARY"))
		for _, module := range b.info.Deps {
			packages = append(packages, goModule(module))
		}
	}
	return packages
}

func goModule(module *debug.Module) spdxPackage {
	if module.Replace != nil {
		module = module.Replace
	}
	p := part("", module.Path, module.Version, "pkg:golang/"+module.Path+"@"+module.Version, "", "LIBRARY")
	if module.Sum != "" {
		p.Source = "go.sum: " + module.Sum
	}
	return p
}

// pagePackages are the packages that the pages are built with, by the lock file
// of npm (version 2 and 3); those of the build and the tests are left out.
func pagePackages(lock []byte) ([]spdxPackage, error) {
	if len(lock) == 0 {
		return nil, nil
	}
	var read struct {
		Packages map[string]struct {
			Version   string `json:"version"`
			Integrity string `json:"integrity"`
			License   string `json:"license"`
			Dev       bool   `json:"dev"`
			DevOpt    bool   `json:"devOptional"`
			Link      bool   `json:"link"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(lock, &read); err != nil || read.Packages == nil {
		return nil, fault.New(fault.Invalid, "the lock file of the pages can't be read")
	}
	var packages []spdxPackage
	for place, one := range read.Packages {
		cut := strings.LastIndex(place, "node_modules/")
		if cut < 0 || one.Dev || one.DevOpt || one.Link {
			continue
		}
		name := place[cut+len("node_modules/"):]
		p := part("", name, one.Version, "pkg:npm/"+strings.Replace(name, "@", "%40", 1)+"@"+one.Version, one.License, "LIBRARY")
		if raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(one.Integrity, "sha512-")); err == nil && len(raw) == 64 {
			p.Checksums = []spdxChecksum{{"SHA512", hex.EncodeToString(raw)}}
		}
		packages = append(packages, p)
	}
	return packages, nil
}

// fileOf describes the binary of a platform.
func fileOf(b binary, name string) (spdxFile, error) {
	file, err := os.Open(b.path)
	if err != nil {
		return spdxFile{}, fault.Wrap(err, fault.Unavailable, "the program is gone")
	}
	defer file.Close()
	short, long := sha1.New(), sha256.New() //nolint:gosec // see above
	if _, err := io.Copy(io.MultiWriter(short, long), file); err != nil {
		return spdxFile{}, fault.Wrap(err, fault.Unavailable, "the program can't be read")
	}
	return spdxFile{
		Name: "./" + name, ID: "SPDXRef-file-" + strings.ReplaceAll(string(b.platform), "/", "-"), Concluded: unsaid, Copyright: unsaid,
		Comment:   string(b.platform),
		Checksums: []spdxChecksum{{"SHA1", hex.EncodeToString(short.Sum(nil))}, {"SHA256", hex.EncodeToString(long.Sum(nil))}},
	}, nil
}
