package arch

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// source is one Go file of the project.
type source struct {
	path    string // from the root, with slashes: "internal/base/id/id.go"
	folder  string // "internal/base/id"
	test    bool
	lines   int
	imports []string // of the project, without the module's name: "internal/base/fault"
	outside []string // all others
	file    *ast.File
	set     *token.FileSet
}

// tree gives every Go file of the project, for reading only.
func tree(t *testing.T) []source {
	t.Helper()
	sources, err := readTree()
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) < 20 {
		t.Fatalf("only %d Go files were found: the walk is wrong", len(sources))
	}
	return sources
}

// readTree reads the project once a test binary.
var readTree = sync.OnceValues(func() ([]source, error) {
	root, err := findRoot()
	if err != nil {
		return nil, err
	}
	var sources []source
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			switch entry.Name() {
			case ".git", "node_modules", "dist", ".tools", "testdata", "bin", "data":
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		s, err := read(name, filepath.ToSlash(relative))
		sources = append(sources, s)
		return err
	})
	return sources, err
})

func read(name, relative string) (source, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return source{}, err
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	s := source{path: relative, folder: path.Dir(relative), test: strings.HasSuffix(relative, "_test.go"),
		lines: strings.Count(string(text), "\n"), file: file, set: set}
	for _, spec := range file.Imports {
		target, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return source{}, err
		}
		if inside, ok := strings.CutPrefix(target, "prosa/"); ok {
			s.imports = append(s.imports, inside)
		} else {
			s.outside = append(s.outside, target)
		}
	}
	return s, nil
}

func projectRoot(t *testing.T) string {
	t.Helper()
	root, err := findRoot()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func findRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("go.mod was not found above the test")
		}
		folder = parent
	}
}

// line gives the place of a node for a message.
func (s source) line(node ast.Node) string {
	return s.path + ":" + strconv.Itoa(s.set.Position(node.Pos()).Line)
}

// under reports whether folder is root or below it.
func under(folder, root string) bool { return folder == root || strings.HasPrefix(folder, root+"/") }

func underAny(folder string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return under(folder, root) })
}
