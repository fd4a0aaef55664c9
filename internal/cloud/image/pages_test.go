package image

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"prosa/internal/base/fault"
)

// paged is a program that embeds pages which npm builds from the commit.
func paged(t *testing.T, build string) Source {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("npm is absent: the building of pages was not tried")
	}
	return commit(t, map[string]string{
		"go.mod": "module tiny\n\ngo 1.26.0\n", ".gitignore": "/web/dist/\n/cmd/tiny/local.go\n",
		"cmd/tiny/main.go":      "package main\n\nimport \"tiny/web\"\n\nfunc main() { println(web.Page) }\n",
		"web/web.go":            "package web\n\nimport _ \"embed\"\n\n//go:embed dist/index.html\nvar Page string\n",
		"web/page.html":         "<p>of the commit</p>",
		"web/package.json":      `{"name":"web","version":"0.0.0","private":true,"scripts":{"build":"` + build + `"}}`,
		"web/package-lock.json": `{"name":"web","version":"0.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"web","version":"0.0.0"}}}`,
	})
}

// The pages are those of the commit, whatever lies in the clone beside it: an
// image is named after the commit.
func TestPagesAreThoseOfTheCommit(t *testing.T) {
	source := paged(t, "mkdir -p dist && cp page.html dist/index.html")
	made := func() Release {
		t.Helper()
		one := spec(source, signerOf(t))
		one.Pages, one.Platforms = "web", []Platform{"linux/amd64"}
		release, err := Build(t.Context(), one, filepath.Join(t.TempDir(), "layout"))
		if err != nil {
			t.Fatal(err)
		}
		return release
	}
	clean := made()
	for name, content := range map[string]string{"web/dist/index.html": "<script>not of the commit</script>", "cmd/tiny/local.go": "package main\n\nfunc init() { println(1) }\n"} {
		path := filepath.Join(source.Dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if again, err := ReadSource(t.Context(), source.Dir, ""); err != nil || again.Dirty {
		t.Fatalf("%+v, %v", again, err)
	}
	if got := made(); got.Digest != clean.Digest || got.Provenance != clean.Provenance {
		t.Errorf("%s beside files that git ignores, %s without", got.Digest, clean.Digest)
	}
}

func TestPagesAreToldInTheProvenance(t *testing.T) {
	source := paged(t, "mkdir -p dist && cp page.html dist/index.html")
	one := spec(source, signerOf(t))
	one.Pages, one.Platforms = "web", []Platform{"linux/amd64"}
	layout := filepath.Join(t.TempDir(), "layout")
	if _, err := Build(t.Context(), one, layout); err != nil {
		t.Fatal(err)
	}
	version, err := exec.Command("node", "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	want := []byte(`"uri":"pkg:generic/node@` + strings.TrimSpace(string(version)) + `"`)
	blobs, err := filepath.Glob(filepath.Join(layout, "blobs/sha256/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range blobs {
		if content, err := os.ReadFile(path); err == nil && bytes.Contains(content, want) {
			return
		}
	}
	t.Errorf("nothing in the layout says %s", want)
}

func TestPagesThatDoNotBuild(t *testing.T) {
	one := spec(paged(t, "echo the page is broken && exit 3"), signerOf(t))
	one.Pages = "web"
	if _, err := Build(t.Context(), one, filepath.Join(t.TempDir(), "layout")); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "the page is broken") {
		t.Error(err)
	}
}

// What builds is others' code, and sees none of our settings: the signing key is
// one of them.
func TestWhatBuildsSeesNoKey(t *testing.T) {
	source := paged(t, "mkdir -p dist && cp page.html dist/index.html")
	seen, bin := t.TempDir(), t.TempDir()
	for _, tool := range []string{"npm", "node", "go", "git"} {
		real, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		script := "#!/bin/sh\nenv >> " + filepath.Join(seen, tool) + "\nexec " + real + " \"$@\"\n"
		if err := os.WriteFile(filepath.Join(bin, tool), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("PROSA_IMAGE_KEY", "the key that signs")
	t.Setenv("BESIDE", "it all the same")
	source, err := ReadSource(t.Context(), source.Dir, "")
	if err != nil {
		t.Fatal(err)
	}
	one := spec(source, signerOf(t))
	one.Pages, one.Platforms = "web", []Platform{"linux/amd64"}
	if _, err := Build(t.Context(), one, filepath.Join(t.TempDir(), "layout")); err != nil {
		t.Fatal(err)
	}
	for _, tool := range []string{"npm", "node", "go", "git"} {
		told, err := os.ReadFile(filepath.Join(seen, tool))
		if err != nil || !strings.Contains(string(told), "BESIDE=it all the same") || strings.Contains(string(told), "PROSA_") {
			t.Errorf("%s was told (%v):\n%s", tool, err, told)
		}
	}
}
