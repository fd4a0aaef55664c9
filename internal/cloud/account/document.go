package account

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"gopkg.in/yaml.v3"

	"prosa/internal/base/fault"
)

// maxText bounds what is read, in bytes: a file of people, not of machines.
const maxText = 1 << 20

// Problem is one thing that is wrong in a file.
type Problem struct {
	// Path leads to the value: accounts[2].cidr.
	Path string `json:"path"`
	// Line counts from 1; 0 where the value is missing altogether.
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// String is the problem as a line for people.
func (p Problem) String() string {
	if p.Line == 0 {
		return p.Path + ": " + p.Message
	}
	return fmt.Sprintf("line %d: %s: %s", p.Line, p.Path, p.Message)
}

// document is a YAML text as values, with the line of each.
type document struct {
	root     *yaml.Node
	lines    map[string]int
	problems []Problem
}

// readDocument reads a text and holds it against a schema. The problems are in
// the document; the error is about a text that is no YAML at all.
func readDocument(text []byte, schema string) (document, error) {
	if len(text) > maxText {
		return document{}, fault.New(fault.TooLarge, "the file is larger than %d bytes", maxText)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var top yaml.Node
	if err := decoder.Decode(&top); err != nil {
		if errors.Is(err, io.EOF) {
			return document{}, fault.New(fault.Invalid, "the file is empty")
		}
		return document{}, fault.Wrap(err, fault.Invalid, "the file is no YAML")
	}
	var second yaml.Node
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return document{}, fault.New(fault.Invalid, "the file holds a second document: only one is read")
	}
	d := document{root: top.Content[0], lines: map[string]int{}}
	value := d.value(d.root, "")
	if len(d.problems) > 0 {
		return d, nil
	}
	judge, err := compile(schema)
	if err != nil {
		return d, err
	}
	if err := judge.Validate(value); err != nil {
		var invalid *jsonschema.ValidationError
		if !errors.As(err, &invalid) {
			return d, fault.Wrap(err, fault.Internal, "the schema could not judge the file")
		}
		d.collect(invalid, value)
	}
	return d, nil
}

// decode fills a struct from a document whose shape the schema found right.
func (d document) decode(into any) error {
	if len(d.problems) > 0 {
		return nil
	}
	if err := d.root.Decode(into); err != nil {
		return fault.Wrap(err, fault.Invalid, "the file can't be read")
	}
	return nil
}

// value turns a node into what JSON knows. Anchors, merges and tags of one's own
// are refused: Terraform's reader of the same file treats them otherwise.
func (d *document) value(node *yaml.Node, path string) any {
	d.lines[path] = node.Line
	if node.Anchor != "" || node.Kind == yaml.AliasNode {
		d.add(path, node.Line, "anchors are not read alike by everyone who reads this file: write the value out")
		return nil
	}
	switch node.Kind {
	case yaml.MappingNode:
		fields := make(map[string]any, len(node.Content)/2)
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, under := node.Content[i], join(path, node.Content[i].Value)
			if key.Kind != yaml.ScalarNode || key.Tag != "!!str" {
				d.add(path, key.Line, "a key is a word")
				continue
			}
			if _, twice := fields[key.Value]; twice {
				d.add(under, key.Line, "is given twice")
			}
			fields[key.Value] = d.value(node.Content[i+1], under)
			d.lines[under] = key.Line
		}
		return fields
	case yaml.SequenceNode:
		items := make([]any, 0, len(node.Content))
		for i, item := range node.Content {
			items = append(items, d.value(item, fmt.Sprintf("%s[%d]", path, i)))
		}
		return items
	default:
		var scalar any
		switch node.Tag {
		case "!!str", "!!int", "!!bool", "!!null":
			if err := node.Decode(&scalar); err != nil {
				d.add(path, node.Line, "can't be read")
			}
		default:
			d.add(path, node.Line, "is a text here: put it into quotation marks")
		}
		return scalar
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (d *document) add(path string, line int, format string, args ...any) {
	d.problems = append(d.problems, Problem{Path: path, Line: line, Message: fmt.Sprintf(format, args...)})
}

func compile(schema string) (*jsonschema.Schema, error) {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the schema is no JSON")
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", value); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the schema can't be read")
	}
	judge, err := compiler.Compile("schema.json")
	return judge, fault.Wrap(err, fault.Internal, "the schema can't be read")
}

// collect turns the leaves of what the schema found into problems, in the order
// of the lines.
func (d *document) collect(found *jsonschema.ValidationError, root any) {
	if named, is := found.ErrorKind.(*kind.PropertyNames); is {
		d.misnamed(found.SchemaURL, named.Property, "the name"+reasonOf(innermost(found)))
		return
	}
	if len(found.Causes) > 0 {
		for _, cause := range found.Causes {
			d.collect(cause, root)
		}
		return
	}
	path := pathOf(found.InstanceLocation, root)
	line := d.lines[path]
	switch k := found.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			under := join(path, name)
			d.add(under, d.lines[under], "is not known here: is it misspelt?")
		}
	case *kind.Required:
		for _, name := range k.Missing {
			d.add(join(path, name), line, "is missing")
		}
	case *kind.Type:
		d.add(path, line, "is %s, not %s%s", k.Got, strings.Join(k.Want, " or "), quoteHint(k))
	case *kind.Pattern:
		d.add(path, line, "%q does not have the form %s", k.Got, k.Want)
	case *kind.Enum:
		words := make([]string, 0, len(k.Want))
		for _, want := range k.Want {
			words = append(words, fmt.Sprint(want))
		}
		d.add(path, line, "%v is none of %s", k.Got, strings.Join(words, ", "))
	default:
		d.add(path, line, "%s", inWords(found.ErrorKind))
	}
	// The schema finds them in any order; of one line the shortest path says most.
	slices.SortFunc(d.problems, func(a, b Problem) int {
		return cmp.Or(a.Line-b.Line, len(a.Path)-len(b.Path), strings.Compare(a.Path, b.Path), strings.Compare(a.Message, b.Message))
	})
}

// misnamed tells of a key that the schema does not take. The validator's own
// location of such an error is written over by what it looks at next, so the key
// is found by what the schema is of (.../properties/settings/propertyNames): a
// name that is wrong in one map of a kind is wrong in each.
func (d *document) misnamed(schema, name, message string) {
	steps := strings.Split(schema, "/")
	under := join(steps[max(len(steps)-2, 0)], name)
	for path, line := range d.lines {
		problem := Problem{Path: path, Line: line, Message: message}
		if (path == under || strings.HasSuffix(path, "."+under)) && !slices.Contains(d.problems, problem) {
			d.problems = append(d.problems, problem)
		}
	}
}

// innermost is the cause that has none itself.
func innermost(found *jsonschema.ValidationError) *jsonschema.ValidationError {
	for len(found.Causes) > 0 {
		found = found.Causes[0]
	}
	return found
}

// reasonOf says what is wrong with a name, behind "the name".
func reasonOf(found *jsonschema.ValidationError) string {
	if form, is := found.ErrorKind.(*kind.Pattern); is {
		return " does not have the form " + form.Want
	}
	return ": " + inWords(found.ErrorKind)
}

func inWords(wrong jsonschema.ErrorKind) string {
	return wrong.LocalizedString(message.NewPrinter(language.English))
}

func quoteHint(k *kind.Type) string {
	if slices.Contains(k.Want, "string") && k.Got == "number" {
		return ": put it into quotation marks"
	}
	return ""
}

// pathOf writes a location as people do: numbers are places only inside a list.
func pathOf(location []string, root any) string {
	path, at := "", root
	for _, step := range location {
		switch here := at.(type) {
		case []any:
			path += "[" + step + "]"
			if i, err := strconv.Atoi(step); err == nil && i < len(here) {
				at = here[i]
			}
		case map[string]any:
			path, at = join(path, step), here[step]
		default:
			path = join(path, step)
		}
	}
	return path
}
