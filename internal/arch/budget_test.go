package arch

import (
	"go/ast"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Budgets of the tree. A file over them wants a second room.
const (
	maxFileLines  = 800
	maxP95Lines   = 450
	maxExported   = 60
	minTestToCode = 0.8
)

func TestFilesStaySmall(t *testing.T) {
	var lengths []int
	code, tests := 0, 0
	for _, s := range tree(t) {
		if s.lines > maxFileLines {
			t.Errorf("%s has %d lines, more than %d", s.path, s.lines, maxFileLines)
		}
		if s.test || strings.HasSuffix(s.folder, "test") || underAny(s.folder, "e2e", "internal/arch") {
			tests += s.lines
			continue
		}
		code += s.lines
		lengths = append(lengths, s.lines)
	}
	// Goldens, transcripts and corpora are tests written as data.
	tests += dataLines(t)
	slices.Sort(lengths)
	if p95 := lengths[len(lengths)*95/100]; p95 > maxP95Lines {
		t.Errorf("the 95th percentile of file lengths is %d lines, more than %d", p95, maxP95Lines)
	}
	ratio := float64(tests) / float64(code)
	t.Logf("%d lines of code, %d of tests, ratio %.2f", code, tests, ratio)
	if ratio < minTestToCode {
		t.Errorf("there are %.2f lines of tests for a line of code, fewer than %.1f", ratio, minTestToCode)
	}
}

// dataLines counts the lines of what lies in testdata folders.
func dataLines(t *testing.T) (lines int) {
	t.Helper()
	root := projectRoot(t)
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains([]string{".git", "node_modules", "dist", ".tools", "bin", "data"}, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.Contains(filepath.ToSlash(name), "/testdata/") {
			return nil
		}
		text, err := os.ReadFile(name)
		lines += strings.Count(string(text), "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestPackagesExportLittle(t *testing.T) {
	exported := map[string]int{}
	for _, s := range tree(t) {
		if s.test {
			continue
		}
		for _, declaration := range s.file.Decls {
			exported[s.folder] += countExported(declaration)
		}
	}
	for folder, count := range exported {
		if count > maxExported {
			t.Errorf("%s exports %d names, more than %d", folder, count, maxExported)
		}
	}
}

// countExported counts top-level names; the constants of one typed group count
// once, since a reader learns them together, and methods belong to their type.
func countExported(declaration ast.Decl) int {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.IsExported() {
			return 1
		}
	case *ast.GenDecl:
		count := 0
		group := false
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() {
					count++
				}
			case *ast.ValueSpec:
				for _, name := range s.Names {
					if name.IsExported() && !group {
						count++
						group = len(d.Specs) > 1
					}
				}
			}
		}
		return count
	}
	return 0
}
