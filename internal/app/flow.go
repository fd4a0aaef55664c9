package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/flow/layout"
	"prosa/internal/modules/flow/template"
	"prosa/internal/modules/flow/trial"
)

// flowCommand works on flows as files, without an installation.
type flowCommand struct {
	Fmt   flowFmtCommand   `cmd:"" help:"Put flows and their tests into the canonical form."`
	Check flowCheckCommand `cmd:"" help:"Prove what publishing would prove, with a sentence for each problem."`
	Test  flowTestCommand  `cmd:"" help:"Run the tests beside flows, and customers made up against them."`
	Diff  flowDiffCommand  `cmd:"" help:"Say what differs between two flows, by meaning."`
	Graph flowGraphCommand `cmd:"" help:"Draw a flow as Mermaid or DOT."`
}

// maxFlowFile bounds what is read of a file, in bytes.
const maxFlowFile = 8 << 20

// flowFile is a flow as it lies on disk: a definition with its tests in a file
// beside it, or all in one, the form of an export.
type flowFile struct {
	path       string
	whole      map[string]json.RawMessage // an export, with all its fields; nil for a bare definition
	definition []byte
	tests      []byte // nil for none
	testsPath  string // of the file beside; empty when they are in the same file
}

// readFlow reads a file; "-" is the standard input, and a name that is no file
// but that of a ready flow is that.
func readFlow(around *surroundings, path string) (*flowFile, error) {
	text, err := readText(around, path)
	if err != nil {
		return nil, err
	}
	f := &flowFile{path: path, definition: text}
	var whole map[string]json.RawMessage
	if json.Unmarshal(text, &whole) == nil && whole["definition"] != nil {
		f.whole, f.definition = whole, whole["definition"]
		f.tests = whole["tests"]
		return f, nil
	}
	if path == "-" {
		return f, nil
	}
	beside := strings.TrimSuffix(strings.TrimSuffix(path, ".json"), ".flow") + ".tests.json"
	switch tests, err := readText(around, beside); {
	case err == nil:
		f.tests, f.testsPath = tests, beside
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return f, nil
}

func readText(around *surroundings, path string) ([]byte, error) {
	in := around.in
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	if in == nil {
		return nil, fault.New(fault.Invalid, "there is no standard input")
	}
	text, err := io.ReadAll(io.LimitReader(in, maxFlowFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFlowFile {
		return nil, fault.New(fault.TooLarge, "%s has more than %d bytes", path, maxFlowFile)
	}
	return text, nil
}

// folder is where the flows lie that this one calls.
func (f *flowFile) folder() string {
	if f.path == "-" {
		return "."
	}
	return filepath.Dir(f.path)
}

// parse reads the definition and those of the flows that it calls, which lie in
// the same folder under their keys, or are ready flows.
func (f *flowFile) parse(around *surroundings) (*flow.Definition, map[string]*flow.Definition, error) {
	root, err := flow.Parse(f.definition)
	if err != nil {
		return nil, nil, err
	}
	family := map[string]*flow.Definition{}
	for wanted := flow.Inspect(root).Flows; len(wanted) > 0; wanted = wanted[1:] {
		key := wanted[0]
		if family[key] != nil || strings.ContainsAny(key, `/\.`) {
			continue // a key that is not one is an issue of the check
		}
		text, err := f.called(around, key)
		if err != nil {
			return nil, nil, err
		}
		if text == nil {
			continue // the check says that it is missing
		}
		child, err := flow.Parse(text)
		if err != nil {
			return nil, nil, fault.New(fault.CodeOf(err), "the flow %q that it calls: %w", key, err)
		}
		family[key] = child
		wanted = append(wanted, flow.Inspect(child).Flows...)
	}
	return root, family, nil
}

// called finds the flow of a key, nil when there is none.
func (f *flowFile) called(around *surroundings, key string) ([]byte, error) {
	for _, ending := range []string{".flow.json", ".json"} {
		other, err := readFlow(around, filepath.Join(f.folder(), key+ending))
		if err == nil {
			return other.definition, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	text, err := template.Text(key)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return text, err
}

// everyChannel is what a flow is held against when nobody says otherwise.
func everyChannel() []message.Channel {
	return []message.Channel{message.WhatsApp, message.Telegram, message.Messenger, message.Instagram}
}

func channelsOf(names []string) []message.Channel {
	if len(names) == 0 {
		return everyChannel()
	}
	out := make([]message.Channel, len(names))
	for i, name := range names {
		out[i] = message.Channel(name)
	}
	return out
}

type flowFmtCommand struct {
	Files []string `arg:"" help:"Flows, tests or exports; - reads the standard input."`
	Write bool     `short:"w" xor:"how" help:"Write the files instead of printing them."`
	Check bool     `xor:"how" help:"Only name the files that are not in their form; exit 1 when there are any."`
}

// Run implements the command.
func (c *flowFmtCommand) Run(around *surroundings) error {
	unformed := 0
	for _, path := range c.Files {
		text, err := readText(around, path)
		if err != nil {
			return err
		}
		formed, err := canonical(text)
		if err != nil {
			return fault.New(fault.CodeOf(err), "%s: %s", path, explain(err))
		}
		switch {
		case !c.Write && !c.Check:
			if _, err := around.out.Write(formed); err != nil {
				return err
			}
		case string(formed) == string(text):
		case c.Check:
			unformed++
			fmt.Fprintln(around.out, path)
		case path == "-":
			return fault.New(fault.Invalid, "the standard input can't be written")
		default:
			if err := os.WriteFile(path, formed, 0o600); err != nil { // an existing file keeps its mode
				return err
			}
			fmt.Fprintln(around.out, path)
		}
	}
	if unformed > 0 {
		return fault.New(fault.Invalid, "%d of %d files are not in their form: prosa flow fmt -w", unformed, len(c.Files))
	}
	return nil
}

// canonical gives the canonical form of a flow, of tests or of an export.
func canonical(text []byte) ([]byte, error) {
	var list []json.RawMessage
	if json.Unmarshal(text, &list) == nil {
		tests, err := trial.Parse(text)
		if err != nil {
			return nil, err
		}
		return trial.Text(tests)
	}
	var whole map[string]json.RawMessage
	if json.Unmarshal(text, &whole) != nil || whole["definition"] == nil {
		definition, err := flow.Parse(text)
		if err != nil {
			return nil, err
		}
		return definition.Text()
	}
	for name, form := range map[string]func([]byte) ([]byte, error){
		"definition": canonical, "tests": canonical,
		"layout": func(text []byte) ([]byte, error) {
			picture, err := layout.Parse(text)
			if err != nil {
				return nil, err
			}
			return picture.Text()
		},
	} {
		if whole[name] == nil || string(whole[name]) == "null" {
			continue
		}
		formed, err := form(whole[name])
		if err != nil {
			return nil, err
		}
		whole[name] = formed
	}
	return bundleText(whole)
}

// bundleText writes an export, what people look for first.
func bundleText(whole map[string]json.RawMessage) ([]byte, error) {
	names := []string{}
	for _, name := range []string{"name", "key", "title", "description", "definition", "layout", "tests"} {
		if whole[name] != nil {
			names = append(names, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(whole)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	var b bytes.Buffer
	for i, name := range names {
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		b.WriteString([]string{"{", ","}[min(i, 1)] + "\n  " + string(key) + ": ")
		if err := json.Indent(&b, bytes.TrimSpace(whole[name]), "  ", "  "); err != nil {
			return nil, err
		}
	}
	b.WriteString("\n}\n")
	return b.Bytes(), nil
}
