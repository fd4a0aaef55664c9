package expression

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
)

// Limits on the source of one expression.
const (
	maxSource = 1000 // bytes
	maxDepth  = 40   // nesting
)

// Program is a parsed expression. It holds no state and may be run by many.
type Program struct {
	root  *node
	paths []string
}

// Paths lists the paths that the program reads, each once, in source order.
func (p *Program) Paths() []string { return p.paths }

// Path gives the path of a program that is nothing but one ("vars.age").
func (p *Program) Path() (path string, bare bool) {
	return p.root.text, p.root.op == opPath
}

// op is what a node does. Operators of the source stand under their own sign.
type op string

const (
	opLiteral op = "literal"
	opPath    op = "path"
	opMinus   op = "neg"
	opNot     op = "not"
)

type node struct {
	op   op
	args []*node
	text string // a path
	lit  Value
	call function
}

// Compile parses a source. The error says what is wrong and where.
func Compile(source string) (*Program, error) {
	if len(source) > maxSource {
		return nil, wrong(fault.TooLarge, "an expression has at most %d characters", maxSource)
	}
	if !utf8.ValidString(source) {
		return nil, wrong(fault.Invalid, "the expression is not valid UTF-8")
	}
	p := &parser{source: source}
	p.next()
	root := p.expression(0)
	if p.err == nil && p.token != tokenEnd {
		p.fail("%q is not expected here", p.text)
	}
	if p.err != nil {
		return nil, p.err
	}
	return &Program{root: root, paths: p.paths}, nil
}

type token uint8

const (
	tokenEnd token = iota
	tokenName
	tokenNumber
	tokenText
	tokenSign
)

type parser struct {
	source string
	at     int // where the next token begins
	token  token
	text   string // of the current token; unquoted for a text
	depth  int
	paths  []string
	err    error
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = wrong(fault.Invalid, format, args...).at(p.at + 1)
	}
	p.token, p.text = tokenEnd, "" // stops every loop above
}

// binary gives the strength and operation of a word or sign between two
// operands; 0 for anything else.
func binary(text string) (strength int, what op) {
	switch text {
	case "or", "||":
		return 1, "or"
	case "and", "&&":
		return 2, "and"
	case "==", "!=", "<", "<=", ">", ">=", "contains", "startsWith":
		return 3, op(text)
	case "??":
		return 4, op(text)
	case "+", "-":
		return 5, op(text)
	case "*", "/", "%":
		return 6, op(text)
	default:
		return 0, ""
	}
}

// expression reads an operand and whatever operators bind tighter than floor.
func (p *parser) expression(floor int) *node {
	if p.depth++; p.depth > maxDepth {
		p.fail("nested too deeply")
	}
	defer func() { p.depth-- }()
	left := p.operand()
	for p.err == nil && (p.token == tokenSign || p.token == tokenName) {
		strength, what := binary(p.text)
		if strength == 0 || strength <= floor {
			break
		}
		p.next()
		left = &node{op: what, args: []*node{left, p.expression(strength)}}
	}
	return left
}

func (p *parser) operand() *node {
	text := p.text
	switch p.token {
	case tokenNumber:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			p.fail("%q is not a number", text)
		}
		p.next()
		return &node{op: opLiteral, lit: OfNumber(n)}
	case tokenText:
		p.next()
		return &node{op: opLiteral, lit: Of(text)}
	case tokenName:
		p.next()
		return p.named(text)
	case tokenSign:
		switch text {
		case "(":
			p.next()
			inner := p.expression(0)
			p.expect(")")
			return inner
		case "-":
			p.next()
			return &node{op: opMinus, args: []*node{p.expression(6)}}
		case "!":
			p.next()
			return &node{op: opNot, args: []*node{p.expression(2)}}
		}
		p.fail("%q is not expected here", text)
	default:
		p.fail("something is missing at the end")
	}
	return &node{op: opLiteral}
}

func (p *parser) named(name string) *node {
	switch name {
	case "true", "false":
		return &node{op: opLiteral, lit: OfFlag(name == "true")}
	case "not":
		return &node{op: opNot, args: []*node{p.expression(2)}}
	}
	if strength, _ := binary(name); strength > 0 {
		p.fail("%q is not expected here", name)
		return &node{op: opLiteral}
	}
	if p.token == tokenSign && p.text == "(" {
		return p.called(name)
	}
	for p.token == tokenSign && p.text == "." {
		p.next()
		if p.token != tokenName {
			p.fail("a name must follow the dot")
			break
		}
		name += "." + p.text
		p.next()
	}
	known := false
	for _, path := range p.paths {
		known = known || path == name
	}
	if !known {
		p.paths = append(p.paths, name)
	}
	return &node{op: opPath, text: name}
}

func (p *parser) called(name string) *node {
	call, found := lookup(name)
	if !found {
		p.fail("there is no function %q", name)
		return &node{op: opLiteral}
	}
	p.next()
	out := &node{op: op(name), call: call.run}
	for p.err == nil && !(p.token == tokenSign && p.text == ")") {
		out.args = append(out.args, p.expression(0))
		if p.token != tokenSign || p.text != "," {
			break
		}
		p.next()
	}
	p.expect(")")
	if p.err == nil && len(out.args) != call.args {
		p.fail("%s takes %d values, not %d", name, call.args, len(out.args))
	}
	return out
}

func (p *parser) expect(sign string) {
	if p.err == nil && (p.token != tokenSign || p.text != sign) {
		p.fail("%q is missing", sign)
		return
	}
	p.next()
}

// next reads a token.
func (p *parser) next() {
	if p.err != nil {
		return
	}
	for p.at < len(p.source) && strings.IndexByte(" \t\r\n", p.source[p.at]) >= 0 {
		p.at++
	}
	rest := p.source[p.at:]
	if rest == "" {
		p.token, p.text = tokenEnd, ""
		return
	}
	size := 0
	switch c := rest[0]; {
	case nameByte(c) && !digitByte(c):
		for size < len(rest) && nameByte(rest[size]) {
			size++
		}
		p.token = tokenName
	case digitByte(c):
		for size < len(rest) && (digitByte(rest[size]) || rest[size] == '.') {
			size++
		}
		p.token = tokenNumber
	case c == '"' || c == '\'':
		end := strings.IndexByte(rest[1:], c)
		if end < 0 {
			p.fail("the text is not closed")
			return
		}
		p.token, p.text = tokenText, rest[1:1+end]
		p.at += end + 2
		return
	default:
		size = 1
		if len(rest) > 1 {
			switch rest[:2] {
			case "==", "!=", "<=", ">=", "&&", "||", "??":
				size = 2
			}
		}
		if size == 1 && strings.IndexByte("()<>+-*/%!.,", c) < 0 {
			_, size = utf8.DecodeRuneInString(rest)
			p.fail("%q is not understood", rest[:size])
			return
		}
		p.token = tokenSign
	}
	p.text = rest[:size]
	p.at += size
}

func nameByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || digitByte(c)
}

func digitByte(c byte) bool { return c >= '0' && c <= '9' }
