package plan_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"prosa/internal/cloud/account"
	"prosa/internal/cloud/plan"
)

const tree = "../../../deploy/terraform"

// The tree as it is breaks no rule that its text can be held to.
func TestTheTreeKeepsTheRules(t *testing.T) {
	breaches, err := plan.Scan(tree, account.Layers())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range breaches {
		t.Error(b)
	}
}

// copied is a tree of one's own.
func copied(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(tree)); err != nil {
		t.Fatal(err)
	}
	return folder
}

// write puts a file into a tree, with the folders above it.
func write(t *testing.T, tree, name, text string) {
	t.Helper()
	full := filepath.Join(tree, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// alter replaces what a pattern finds in a file, which must be there.
func alter(t *testing.T, tree, name, pattern, with string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(tree, name))
	if err != nil {
		t.Fatal(err)
	}
	find := regexp.MustCompile(pattern)
	if !find.Match(text) {
		t.Fatalf("%s does not stand in %s", pattern, name)
	}
	write(t, tree, name, find.ReplaceAllString(string(text), with))
}

// remove takes something out of a tree.
func remove(t *testing.T, tree, name string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(tree, name)); err != nil {
		t.Fatal(err)
	}
}

const command = "resource \"terraform_data\" \"run\" {\n  provisioner \"local-exec\" { command = \"env\" }\n}\n"

// Code that is not there, or that is run and not read, is no code that keeps the
// rules; a value of another type is no end of the reading.
func TestWhatIsNotReadIsABreach(t *testing.T) {
	const main, versions = "aws/layers/50-runtime/main.tf", "aws/layers/50-runtime/versions.tf"
	for name, c := range map[string]struct {
		spoil func(t *testing.T, tree string)
		want  []string // rule and place of each breach
	}{
		"no code at all": {func(t *testing.T, tree string) { remove(t, tree, "aws") }, eachLayer()},
		"nothing but the two files": {func(t *testing.T, tree string) {
			remove(t, tree, "aws")
			remove(t, tree, "contract")
		}, eachLayer()},
		"no contract":          {func(t *testing.T, tree string) { remove(t, tree, "contract/hosts") }, []string{"module-pinned aws/layers/45-edge/main.tf"}},
		"a layer that is gone": {func(t *testing.T, tree string) { remove(t, tree, "aws/layers/30-network") }, []string{"layer aws/layers/30-network"}},
		"a layer that is elsewhere": {func(t *testing.T, tree string) {
			remove(t, tree, "aws/layers/30-network")
			if err := os.Symlink(t.TempDir(), filepath.Join(tree, "aws/layers/30-network")); err != nil {
				t.Fatal(err)
			}
		}, []string{"layer aws/layers/30-network"}},
		"a layer without code": {func(t *testing.T, tree string) {
			remove(t, tree, "aws/layers/30-network")
			write(t, tree, "aws/layers/30-network/outputs.json", "{}")
		}, []string{"layer aws/layers/30-network"}},
		"a layer that nobody knows": {func(t *testing.T, tree string) { write(t, tree, "aws/layers/99-evil/evil.tfvars.txt", "") }, []string{"layer aws/layers/99-evil"}},
		"a layer that is called like tests": {func(t *testing.T, tree string) { write(t, tree, "aws/layers/testdata/main.tf", command) },
			[]string{"layer aws/layers/testdata"}},
		"a module among the samples": {func(t *testing.T, tree string) {
			write(t, tree, "aws/layers/50-runtime/testdata/m/main.tf", command)
			alter(t, tree, main, `\z`, "\nmodule \"m\" { source = \"./testdata/m\" }\n")
		}, []string{"module-pinned " + main}},
		"a module that somebody fetched": {func(t *testing.T, tree string) {
			write(t, tree, "aws/layers/50-runtime/.terraform/m/main.tf", command)
			alter(t, tree, main, `\z`, "\nmodule \"m\" { source = \"./.terraform/m\" }\n")
		}, []string{"module-pinned " + main}},
		"a module outside of the tree": {func(t *testing.T, tree string) {
			alter(t, tree, main, `\z`, "\nmodule \"m\" { source = \"../../../../elsewhere\" }\n")
		}, []string{"module-pinned " + main}},
		"a module behind a link": {func(t *testing.T, tree string) {
			if err := os.Symlink(t.TempDir(), filepath.Join(tree, "aws/modules/linked")); err != nil {
				t.Fatal(err)
			}
			alter(t, tree, main, `\z`, "\nmodule \"m\" { source = \"../../modules/linked\" }\n")
		}, []string{"module-pinned " + main}},
		"a module that is read": {func(t *testing.T, tree string) {
			write(t, tree, "aws/modules/mine/main.tf", "locals { here = true }\n")
			alter(t, tree, main, `\z`, "\nmodule \"m\" { source = \"../../modules/mine\" }\n")
		}, nil},
		"a region that is a number":  {func(t *testing.T, tree string) { alter(t, tree, versions, `region +=.*`, "region = 5") }, []string{"provider-region " + versions}},
		"a region that is nothing":   {func(t *testing.T, tree string) { alter(t, tree, versions, `region +=.*`, "region = null") }, []string{"provider-region " + versions}},
		"a module of a number":       {func(t *testing.T, tree string) { alter(t, tree, main, `\z`, "\nmodule \"m\" { source = 5 }\n") }, []string{"module-pinned " + main}},
		"a module of nothing":        {func(t *testing.T, tree string) { alter(t, tree, main, `\z`, "\nmodule \"m\" { source = null }\n") }, []string{"module-pinned " + main}},
		"a version that is a number": {func(t *testing.T, tree string) { alter(t, tree, versions, `version = "5[.]100[.]0"`, "version = 5") }, []string{"provider-pinned " + versions}},
		"a provider whose source is none": {func(t *testing.T, tree string) {
			alter(t, tree, versions, `source *= "hashicorp/aws"`, "source = null")
		}, []string{"provider-pinned " + versions}},
		"a provider that is nothing": {func(t *testing.T, tree string) { alter(t, tree, versions, `(?s)aws = \{.*?\}`, "aws = null") }, []string{"provider-pinned " + versions}},
	} {
		t.Run(name, func(t *testing.T) {
			tree := copied(t)
			c.spoil(t, tree)
			breaches, err := plan.Scan(tree, account.Layers())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, b := range breaches {
				place, _, _ := strings.Cut(b.Where, ":")
				got = append(got, b.Rule+" "+place)
			}
			if got = slices.Compact(got); !slices.Equal(got, c.want) {
				t.Errorf("breaks %q, want %q", got, c.want)
			}
		})
	}
}

// eachLayer is the breach of a tree in which none is.
func eachLayer() (missing []string) {
	for _, layer := range account.Layers() {
		missing = append(missing, "layer aws/layers/"+layer)
	}
	return missing
}

// No text of a file ends the reading.
func FuzzScan(f *testing.F) {
	for _, text := range []string{
		"provider \"aws\" { region = 5 }", "module \"m\" { source = null }", "terraform {\n  required_providers { aws = { source = 1, version = [] } }\n}",
		"provider {}", "variable {}", "data {}", "terraform {\n  backend {}\n  required_version = 1\n}", "locals { a = 1e999 }",
		"resource \"a\" \"b\" {\n  lifecycle { ignore_changes = all }\n}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tree := t.TempDir()
		write(t, tree, "aws/layers/50-runtime/main.tf", text)
		_, _ = plan.Scan(tree, []string{"50-runtime"}) // what is no HCL is an error
	})
}
