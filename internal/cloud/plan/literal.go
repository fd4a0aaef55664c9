package plan

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

var (
	literalARN     = regexp.MustCompile(`\barn:aws[a-z-]*:[a-z0-9-]+:(?:[a-z]{2}-[a-z]+-\d:|[a-z0-9-]*:\d{12}:)`)
	literalAccount = regexp.MustCompile(`\b\d{12}\b`)
	literalRegion  = regexp.MustCompile(`\b(?:us|eu|sa|ap|ca|me|af|il|mx)-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d[a-z]?\b`)
	literalHost    = regexp.MustCompile(`(?i)\b(?:https?|nats|postgres(?:ql)?|amqp|redis)://[a-z0-9]`)
	hostName       = regexp.MustCompile(`(?i)\b(?:[a-z0-9-]+\.)+(?:com|com\.br|net|org|io|dev|app|example|internal)\b`)
)

// vendorNames are ends of names that the cloud itself gives to its services:
// principals, and the fixed addresses of identity providers.
var vendorNames = []string{"amazonaws.com", "cloudfront.net", "amazon.com"}

// literals reads every text of a file that stands in code, not in a comment.
func (s *scan) literals(file *source) {
	_ = hclsyntax.VisitAll(file.body, func(node hclsyntax.Node) hcl.Diagnostics {
		literal, ok := node.(*hclsyntax.LiteralValueExpr)
		if !ok || literal.Val.IsNull() {
			return nil
		}
		switch literal.Val.Type().FriendlyName() {
		case "number":
			if text := literal.Val.AsBigFloat().Text('f', 0); literalAccount.MatchString(text) {
				s.breach("literal-account", literal.SrcRange, text)
			}
		case "string":
			s.text(literal)
		}
		return nil
	})
}

func (s *scan) text(literal *hclsyntax.LiteralValueExpr) {
	text := literal.Val.AsString()
	switch {
	case literalARN.MatchString(text):
		s.breach("literal-arn", literal.SrcRange, quoted(text))
	case literalAccount.MatchString(text):
		s.breach("literal-account", literal.SrcRange, quoted(text))
	case literalRegion.MatchString(text) && text != regionOfGlobals:
		s.breach("literal-region", literal.SrcRange, quoted(text))
	case literalHost.MatchString(text):
		s.breach("literal-endpoint", literal.SrcRange, quoted(text))
	default:
		for _, host := range hostName.FindAllString(text, -1) {
			if !slices.ContainsFunc(vendorNames, func(end string) bool { return strings.HasSuffix(host, end) }) {
				s.breach("literal-endpoint", literal.SrcRange, quoted(host))
			}
		}
	}
}

func quoted(text string) string { return strconv.Quote(text) }

func itoa(n int) string { return strconv.Itoa(n) }

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
