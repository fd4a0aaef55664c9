package expression

import (
	"math"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/message/fold"
)

// maxText bounds every text that an expression makes, in bytes.
const maxText = 16 << 10

// Fuel is what the runs of one turn may still cost: a unit a node, a unit for
// each 64 bytes of text that it handles and for each 4 that it compares.
type Fuel int

// ErrFuel is returned when a turn has used up its fuel.
var ErrFuel = fault.New(fault.Refused, "the flow calculates too much in one turn")

func (f *Fuel) burn(bytes int) bool {
	*f -= Fuel(1 + bytes/64)
	return *f >= 0
}

// Scope answers what a path stands for. An unknown path is Empty.
type Scope interface {
	Lookup(path string) Value
}

// Eval runs the program. The only error is ErrFuel.
func (p *Program) Eval(scope Scope, fuel *Fuel) (Value, error) {
	v := p.root.eval(scope, fuel)
	if *fuel < 0 {
		return Value{}, ErrFuel
	}
	return v, nil
}

func (n *node) eval(scope Scope, fuel *Fuel) Value {
	if !fuel.burn(len(n.lit.text)) {
		return Value{}
	}
	switch n.op {
	case opLiteral:
		return n.lit
	case opPath:
		v := scope.Lookup(n.text)
		fuel.burn(len(v.text))
		return v
	case opNot:
		return OfFlag(!n.args[0].eval(scope, fuel).Truth())
	case opMinus:
		x, ok := n.args[0].eval(scope, fuel).Number()
		if !ok {
			return Value{}
		}
		return OfNumber(-x)
	case "and":
		return OfFlag(n.args[0].eval(scope, fuel).Truth() && n.args[1].eval(scope, fuel).Truth())
	case "or":
		return OfFlag(n.args[0].eval(scope, fuel).Truth() || n.args[1].eval(scope, fuel).Truth())
	case "??":
		if v := n.args[0].eval(scope, fuel); v.Kind != Empty {
			return v
		}
		return n.args[1].eval(scope, fuel)
	}
	var values [2]Value
	for i, arg := range n.args {
		values[i] = arg.eval(scope, fuel)
		if !fuel.burn(len(values[i].text)) {
			return Value{}
		}
	}
	if n.call != nil {
		return n.call(values[0], values[1])
	}
	// Comparing folds both texts, which takes some 16 times as long as copying.
	if values[0].Kind == Text && values[1].Kind == Text && n.op != "+" && !fuel.burn(16*(len(values[0].text)+len(values[1].text))) {
		return Value{}
	}
	return operate(n.op, values[0], values[1])
}

func operate(what op, a, b Value) Value {
	switch what {
	case "==":
		return OfFlag(Equal(a, b))
	case "!=":
		return OfFlag(!Equal(a, b))
	case "<":
		yes, ok := less(a, b)
		return OfFlag(ok && yes)
	case ">":
		yes, ok := less(b, a)
		return OfFlag(ok && yes)
	case "<=":
		yes, ok := less(b, a)
		return OfFlag(ok && !yes)
	case ">=":
		yes, ok := less(a, b)
		return OfFlag(ok && !yes)
	case "contains":
		return OfFlag(b.Kind != Empty && strings.Contains(fold.Text(a.String()), fold.Text(b.String())))
	case "startsWith":
		return OfFlag(b.Kind != Empty && strings.HasPrefix(fold.Text(a.String()), fold.Text(b.String())))
	case "+":
		if a.Kind == Text || b.Kind == Text {
			return Of(clip(a.String() + b.String()))
		}
	}
	x, ok := a.Number()
	y, also := b.Number()
	if !ok || !also {
		return Value{}
	}
	switch what {
	case "+":
		return OfNumber(x + y)
	case "-":
		return OfNumber(x - y)
	case "*":
		return OfNumber(x * y)
	case "/":
		return OfNumber(x / y)
	default: // "%"
		return OfNumber(math.Mod(x, y))
	}
}

// clip bounds a text at a whole character.
func clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	cut := maxText
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}
