package arch

import (
	"go/ast"
	"go/token"
	"testing"
)

// counting are the folders in which money and stock are counted: in integers.
var counting = []string{"internal/base/money", "internal/modules/product", "internal/modules/order", "internal/modules/payment", "internal/modules/subscription", "internal/modules/finops/exact", "internal/adapters/manual", "internal/adapters/mercadopago", "internal/adapters/metacatalog", "internal/adapters/stripe", "internal/sandbox/metacatalog", "internal/sandbox/stripe"}

func TestMoneyIsNeverAFloat(t *testing.T) {
	seen := 0
	for _, s := range tree(t) {
		if s.test || !underAny(s.folder, counting...) {
			continue
		}
		seen++
		ast.Inspect(s.file, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.Ident:
				if n.Name == "float32" || n.Name == "float64" || n.Name == "ParseFloat" || n.Name == "FormatFloat" {
					t.Errorf("%s uses %s: money is counted in minor units", s.line(n), n.Name)
				}
			case *ast.BasicLit:
				if n.Kind == token.FLOAT {
					t.Errorf("%s holds %s: money is counted in minor units", s.line(n), n.Value)
				}
			}
			return true
		})
	}
	if seen < 4 {
		t.Errorf("only %d files were looked at", seen)
	}
}
