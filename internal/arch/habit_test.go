package arch

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// calls gives the calls of package.function in a file, by the names in the
// text.
func calls(s source, packageName, function string) []*ast.CallExpr {
	var found []*ast.CallExpr
	ast.Inspect(s.file, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || selector.Sel.Name != function {
			return true
		}
		if owner, ok := selector.X.(*ast.Ident); ok && owner.Name == packageName {
			found = append(found, call)
		}
		return true
	})
	return found
}

func TestOnlyConfigReadsTheEnvironment(t *testing.T) {
	for _, s := range tree(t) {
		if s.test || under(s.folder, "internal/platform/config") {
			continue
		}
		if strings.HasSuffix(s.folder, "test") {
			continue // helpers of tests: databasetest asks which engine to use
		}
		for _, function := range []string{"Getenv", "LookupEnv", "Environ"} {
			for _, call := range calls(s, "os", function) {
				t.Errorf("%s reads the environment: add a field to the package's Config", s.line(call))
			}
		}
	}
}

func TestNothingHappensAtImport(t *testing.T) {
	for _, s := range tree(t) {
		for _, declaration := range s.file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Recv == nil && function.Name.Name == "init" {
				t.Errorf("%s: init() runs behind the reader's back; call it from app", s.line(function))
			}
		}
	}
}

func TestPackageVariablesAreNeverAssigned(t *testing.T) {
	declared := map[string]map[string]bool{} // folder -> names
	sources := tree(t)
	for _, s := range sources {
		if s.test {
			continue
		}
		for _, declaration := range s.file.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok || general.Tok != token.VAR {
				continue
			}
			for _, spec := range general.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					if declared[s.folder] == nil {
						declared[s.folder] = map[string]bool{}
					}
					declared[s.folder][name.Name] = true
				}
			}
		}
	}
	for _, s := range sources {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			assignment, ok := node.(*ast.AssignStmt)
			if !ok || assignment.Tok == token.DEFINE {
				return true
			}
			for _, left := range assignment.Lhs {
				name, ok := left.(*ast.Ident)
				if !ok || name.Name == "_" || !declared[s.folder][name.Name] {
					continue
				}
				// The parser resolves what a file declares: a local of that name has an
				// object whose declaration is not a package-level one.
				if name.Obj != nil && !packageLevel(s.file, name.Obj) {
					continue
				}
				t.Errorf("%s assigns the package variable %s: pass it in", s.line(assignment), name.Name)
			}
			return true
		})
	}
}

func packageLevel(file *ast.File, object *ast.Object) bool {
	return file.Scope != nil && file.Scope.Lookup(object.Name) == object
}

// A URL in code is an endpoint that an operator cannot change.
func TestURLsStandOnlyInConfiguration(t *testing.T) {
	url := regexp.MustCompile(`https?://[a-zA-Z0-9]`)
	for _, s := range tree(t) {
		if s.test || strings.HasSuffix(s.path, "/config.go") || underAny(s.folder, "internal/sandbox", "internal/arch", "e2e", "bench") || strings.HasSuffix(s.folder, "test") {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			literal, ok := node.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING || !url.MatchString(literal.Value) {
				return true
			}
			if slices.ContainsFunc(namesNotPlaces, func(name string) bool { return strings.Contains(literal.Value, name) }) {
				return true
			}
			t.Errorf("%s: %s belongs into a config.go", s.line(literal), literal.Value)
			return true
		})
	}
}

// namesNotPlaces are URLs that name a thing and are never called: a schema, a
// problem type, an example in a field's documentation.
var namesNotPlaces = []string{"json-schema.org", "example.com", "example.org", "http://127.0.0.1", "http://localhost", "http://operator.localhost"}

// Names that say nothing about what stands inside.
var emptyNames = []string{"util", "utils", "common", "models", "helpers", "helper", "misc", "shared", "types"}

func TestPackageNamesSaySomething(t *testing.T) {
	for _, s := range tree(t) {
		name := strings.TrimSuffix(s.file.Name.Name, "_test")
		if slices.Contains(emptyNames, name) {
			t.Errorf("%s: package %s says nothing about what it holds", s.path, name)
		}
	}
}

func TestEveryPackageIntroducesItself(t *testing.T) {
	documented := map[string]bool{}
	folders := map[string]bool{}
	for _, s := range tree(t) {
		if s.test {
			continue
		}
		folders[s.folder] = true
		if s.file.Doc != nil && len(s.file.Doc.Text()) > 20 {
			documented[s.folder] = true
		}
	}
	for folder := range folders {
		if !documented[folder] {
			t.Errorf("%s has no package comment: say what it owns", folder)
		}
	}
}

// Every caller of a transaction that may touch all companies is listed here,
// with its reason in the call itself.
var platformScope = []string{
	"internal/platform/outbox",
	"internal/platform/shard",
	"internal/platform/job",
	"internal/platform/saga",
	"internal/platform/hold",
	"internal/modules/channel",
	"internal/modules/channel/health",
	"internal/modules/conversation",
	"internal/modules/botrun",
	"internal/modules/order",
	"internal/modules/payment",
	"internal/modules/acquisition",
	"internal/modules/sale",
	"internal/modules/listing",
	"internal/modules/identity",
	"internal/modules/mail",
	"internal/modules/plan",
	"internal/modules/subscription",
	"internal/modules/tenancy",
	"internal/modules/audit",
	"internal/modules/crm",
	"internal/modules/finops",
	"internal/modules/finops/meter",
	"internal/modules/move",
	"internal/edge/httpapi",
	"internal/app",
}

func TestWhoMayTouchAllCompanies(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range tree(t) {
		if s.test || under(s.folder, "internal/platform/database") {
			continue
		}
		for _, call := range calls(s, "database", "Platform") {
			seen[s.folder] = true
			if !slices.Contains(platformScope, s.folder) {
				t.Errorf("%s takes a transaction over all companies: name its companies, or list it with a reason", s.line(call))
			}
			if reason, ok := call.Args[0].(*ast.BasicLit); !ok || len(reason.Value) < 20 {
				t.Errorf("%s: say in a literal why all companies are needed", s.line(call))
			}
		}
	}
}

// Statements that one engine reads otherwise than the other.
var notBothEngines = map[*regexp.Regexp]string{
	regexp.MustCompile(`\$\d+::|\w::(text|bigint|int|jsonb|boolean)\b`): ":: is PostgreSQL's cast; use CAST",
	regexp.MustCompile(`(?i)\bnow\(\)`):                                 "take the time from tx.Now()",
	regexp.MustCompile(`(?i)\bILIKE\b`):                                 "search a folded column with LIKE",
	regexp.MustCompile(`(?i)=\s*ANY\s*\(`):                              "use IN with database.List",
	regexp.MustCompile(`->>`):                                           "JSON is opaque text",
	regexp.MustCompile(`(?i)FOR UPDATE SKIP LOCKED`):                    "claim with UPDATE .. RETURNING",
}

var sqlVerb = regexp.MustCompile(`(?s)^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b`)

func TestOneTextOfSQL(t *testing.T) {
	variants := 0
	for _, s := range tree(t) {
		if s.test || !underAny(s.folder, "internal/modules", "internal/platform", "internal/edge", "internal/app") {
			continue
		}
		if strings.HasSuffix(s.path, "_postgres.go") || strings.HasSuffix(s.path, "_sqlite.go") || strings.HasSuffix(s.path, "/postgres.go") || strings.HasSuffix(s.path, "/sqlite.go") {
			variants++
			continue
		}
		eachSQL(s, func(literal *ast.BasicLit, text string) {
			for pattern, advice := range notBothEngines {
				if pattern.MatchString(text) && !under(s.folder, "internal/platform/database") {
					t.Errorf("%s: %s", s.line(literal), advice)
				}
			}
		})
	}
	const most = 16
	if variants > most {
		t.Errorf("%d files are written for one engine, more than %d: is the difference needed?", variants, most)
	}
}

func eachSQL(s source, fn func(literal *ast.BasicLit, text string)) {
	ast.Inspect(s.file, func(node ast.Node) bool {
		literal, ok := node.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		if text, err := strconv.Unquote(literal.Value); err == nil && sqlVerb.MatchString(text) {
			fn(literal, text)
		}
		return true
	})
}
