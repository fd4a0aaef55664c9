package image

import (
	"archive/tar"
	"compress/gzip"
	"crypto/x509"
	"debug/buildinfo"
	"debug/elf"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"prosa/internal/base/fault"
)

// files reads a folder whole: path -> content.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		short, _ := filepath.Rel(dir, path)
		found[short] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Two clones at two paths, one key: the layouts are the same, byte for byte.
func TestTwoClonesGiveTheSameBytes(t *testing.T) {
	signer := signerOf(t)
	var layouts []map[string]string
	var releases []Release
	for range 2 {
		out := filepath.Join(t.TempDir(), "layout")
		release, err := Build(t.Context(), spec(source(t, ""), signer), out)
		if err != nil {
			t.Fatal(err)
		}
		layouts, releases = append(layouts, files(t, out)), append(releases, release)
	}
	if len(layouts[0]) < 12 || len(layouts[0]) != len(layouts[1]) {
		t.Fatalf("%d and %d files", len(layouts[0]), len(layouts[1]))
	}
	for name, content := range layouts[0] {
		if layouts[1][name] != content {
			t.Errorf("%s differs", name)
		}
	}
	if releases[0].Digest != releases[1].Digest {
		t.Errorf("%s and %s", releases[0].Digest, releases[1].Digest)
	}
	// The time is the commit's, and another program is another image.
	if releases[0].Created != "2026-01-02T03:04:05Z" {
		t.Errorf("made at %s", releases[0].Created)
	}
	other, err := Build(t.Context(), spec(source(t, "\nvar more = 1\n\nfunc init() { println(more) }\n"), signer), filepath.Join(t.TempDir(), "layout"))
	if err != nil || other.Digest == releases[0].Digest {
		t.Errorf("another program: %s, %v", other.Digest, err)
	}
}

func TestWhichRunBuiltDoesNotChangeTheImage(t *testing.T) {
	b := tiny(t)
	again := spec(source(t, ""), b.signer)
	again.Builder, again.Run = "https://ci.example.com/prosa", "42"
	release, err := Build(t.Context(), again, filepath.Join(t.TempDir(), "layout"))
	if err != nil || release.Digest != b.release.Digest || release.Provenance == b.release.Provenance {
		t.Fatalf("%+v, %v", release, err)
	}
}

// unpack reads the entries of a layer.
func unpack(t *testing.T, l *Layout, layer v1.Descriptor) map[string]*tar.Header {
	t.Helper()
	packed, err := l.blob(t.Context(), layer.Digest)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	if !plain.ModTime.IsZero() || plain.Name != "" {
		t.Errorf("the layer says when it was packed: %v %q", plain.ModTime, plain.Name)
	}
	entries, last := map[string]*tar.Header{}, ""
	for from := tar.NewReader(plain); ; {
		header, err := from.Next()
		if errors.Is(err, io.EOF) {
			return entries
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Name <= last || !header.ModTime.Equal(at(2026)) || header.Uname != "" {
			t.Errorf("%s after %s at %v by %q", header.Name, last, header.ModTime, header.Uname)
		}
		entries[header.Name], last = header, header.Name
	}
}

func TestTheImageIsSmallAndItsUserIsNobody(t *testing.T) {
	b := tiny(t)
	l, err := Open(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := parseDigest(l.Digest)
	if err != nil {
		t.Fatal(err)
	}
	found, err := inspect(t.Context(), l, digest)
	if err != nil || len(found.platforms) != 2 || found.revision != b.release.Commit {
		t.Fatalf("%+v, %v", found, err)
	}
	for platform, layers := range found.layers {
		img, err := l.index.Image(mustHash(t, found.platforms[platform]))
		if err != nil {
			t.Fatal(err)
		}
		config, err := img.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		if config.Config.User != "65532:65532" || config.Config.Entrypoint[0] != "/tiny" || config.OS+"/"+config.Architecture != string(platform) || !config.Created.Equal(at(2026)) {
			t.Errorf("%s: %+v", platform, config)
		}
		base, top := unpack(t, l, layers[0]), unpack(t, l, layers[1])
		if base["etc/ssl/certs/ca-certificates.crt"] == nil || base["etc/passwd"] == nil || base["tmp/"].Mode != 0o1777 || base["var/lib/prosa/"].Uid != 65532 {
			t.Errorf("%s: base holds %v", platform, base)
		}
		if len(top) != 1 || top["tiny"].Mode != 0o755 || top["tiny"].Uid != 0 {
			t.Errorf("%s: top holds %v", platform, top)
		}
	}
}

func mustHash(t *testing.T, text string) v1.Hash {
	t.Helper()
	digest, err := parseDigest(text)
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

func TestTheProgramIsStaticAndTellsNoPath(t *testing.T) {
	b := tiny(t)
	for platform, machine := range map[Platform]elf.Machine{"linux/amd64": elf.EM_X86_64, "linux/arm64": elf.EM_AARCH64} {
		path := filepath.Join(t.TempDir(), "tiny")
		verified, err := Extract(t.Context(), b.dir, "tiny", platform, path, b.signer.Keys(), Access{})
		if err != nil || verified.Digest != b.release.Digest {
			t.Fatalf("%s: %+v, %v", platform, verified, err)
		}
		program, err := elf.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if program.Machine != machine {
			t.Errorf("%s is for %v", platform, program.Machine)
		}
		for _, part := range program.Progs {
			if part.Type == elf.PT_INTERP || part.Type == elf.PT_DYNAMIC {
				t.Errorf("%s asks for a dynamic linker", platform)
			}
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("%s: %v %v", platform, info, err)
		}
		info, err := buildinfo.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(path)
		if err != nil || strings.Contains(string(content), "/clone/") || strings.Contains(string(content), os.TempDir()+"/Test") {
			t.Errorf("%s tells where it was built (%v)", platform, err)
		}
		if settings := info.String(); strings.Contains(settings, "vcs") || !strings.Contains(settings, "-trimpath=true") || !strings.Contains(settings, "CGO_ENABLED=0") {
			t.Errorf("%s: %s", platform, settings)
		}
	}
	if _, err := Extract(t.Context(), b.dir, "other", "linux/amd64", filepath.Join(t.TempDir(), "x"), b.signer.Keys(), Access{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("another program: %v", err)
	}
	if _, err := Extract(t.Context(), b.dir, "tiny", "linux/riscv64", filepath.Join(t.TempDir(), "x"), b.signer.Keys(), Access{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("another platform: %v", err)
	}
}

func TestTheRootsAreCertificatesWithoutConditions(t *testing.T) {
	pool, rest, count := x509.NewCertPool(), roots(), 0
	if !pool.AppendCertsFromPEM(rest) {
		t.Fatal("no certificate was read")
	}
	names := ""
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil || !certificate.IsCA {
			t.Fatalf("%v", err)
		}
		count++
		names += certificate.Subject.String() + "\n"
	}
	if count < 80 || !strings.Contains(names, "ISRG Root X1") || !strings.Contains(names, "Amazon Root CA 1") || strings.Contains(names, "Izenpe") {
		t.Errorf("%d certificates:\n%s", count, names)
	}
}

func TestTheListOfPartsNamesWhatIsInside(t *testing.T) {
	b := tiny(t)
	l, err := Open(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	raw, _, err := documentOf(t.Context(), l, mustHash(t, b.release.Digest), mustHash(t, b.release.SBOM), "the list", ReasonSBOM)
	if err != nil {
		t.Fatal(err)
	}
	var list spdxDocument
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	var locators []string
	ids := map[string]bool{}
	for _, one := range list.Packages {
		if ids[one.ID] || strings.Trim(one.ID, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") != "" {
			t.Errorf("the name %q is taken or not allowed", one.ID)
		}
		ids[one.ID] = true
		for _, reference := range one.References {
			locators = append(locators, reference.Locator)
		}
	}
	got := strings.Join(locators, " ")
	for _, want := range []string{"pkg:golang/stdlib@1.26", "pkg:npm/react@19.0.0", "pkg:npm/%40x/y@2.0.0"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in %s", want, got)
		}
	}
	if strings.Contains(got, "vitest") {
		t.Error("a package of the tests is listed")
	}
	if len(list.Files) != 2 || len(list.Files[0].Checksums) != 2 {
		t.Errorf("files: %+v", list.Files)
	}
	for _, relation := range list.Relationships {
		if relation.From != "SPDXRef-DOCUMENT" && !ids[relation.From] {
			t.Errorf("a relation of nothing: %+v", relation)
		}
	}
}

func TestOnlyACleanCommitIsBuilt(t *testing.T) {
	s := source(t, "")
	if err := os.WriteFile(filepath.Join(s.Dir, "left.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	dirty, err := ReadSource(t.Context(), s.Dir, "")
	if err != nil || !dirty.Dirty {
		t.Fatalf("%+v, %v", dirty, err)
	}
	_, err = Build(t.Context(), spec(dirty, signerOf(t)), filepath.Join(t.TempDir(), "layout"))
	refused(t, err, "dirty")

	if _, err := ReadSource(t.Context(), t.TempDir(), ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("no clone: %v", err)
	}
	if _, err := ReadSource(t.Context(), s.Dir, "soon"); !fault.Is(err, fault.Invalid) {
		t.Errorf("no time: %v", err)
	}
	if read, err := ReadSource(t.Context(), s.Dir, "1000000000"); err != nil || read.Epoch.Unix() != 1e9 {
		t.Errorf("%v, %v", read.Epoch, err)
	}
	s.Dirty = false
	for _, platform := range []Platform{"windows/amd64", "linux/386", "linux", ""} {
		one := spec(s, signerOf(t))
		one.Platforms = []Platform{platform}
		if _, err := Build(t.Context(), one, filepath.Join(t.TempDir(), "layout")); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", platform, err)
		}
	}
	taken := t.TempDir()
	if err := os.WriteFile(filepath.Join(taken, "mine.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := replaceable(taken); !fault.Is(err, fault.Invalid) {
		t.Errorf("a folder of another kind: %v", err)
	}
}

func TestAProgramThatDoesNotCompileSaysWhy(t *testing.T) {
	broken := source(t, "\nfunc broken() { nothing() }\n")
	one := spec(broken, signerOf(t))
	one.Platforms = one.Platforms[:1]
	if _, err := Build(t.Context(), one, filepath.Join(t.TempDir(), "layout")); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "undefined: nothing") {
		t.Errorf("%v", err)
	}
}
