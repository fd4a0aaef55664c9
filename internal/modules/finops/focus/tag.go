package focus

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// tagSet is a text of tags, read.
type tagSet struct {
	values  map[string]string
	tidy    string // compact, keys in order
	doubled bool
}

var errNoObject = errors.New("no JSON object")

// readTagText reads a JSON object of one level. FOCUS: a tag without a value is
// true.
func readTagText(text string) (tagSet, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return tagSet{}, errNoObject
	}
	set := tagSet{values: map[string]string{}}
	kept := map[string]any{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return tagSet{}, errNoObject
		}
		key, ok := token.(string)
		var value any
		if !ok || decoder.Decode(&value) != nil {
			return tagSet{}, errNoObject
		}
		if _, known := kept[key]; known {
			set.doubled = true
		}
		kept[key] = value
		if written, isText := value.(string); isText {
			set.values[key] = written
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			return tagSet{}, errNoObject
		}
		set.values[key] = string(raw)
	}
	if _, err := decoder.Token(); err != nil {
		return tagSet{}, errNoObject
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return tagSet{}, errNoObject
	}
	// Maps are written with their keys in order.
	var tidy bytes.Buffer
	encoder := json.NewEncoder(&tidy)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(kept); err != nil {
		return tagSet{}, errNoObject
	}
	set.tidy = strings.TrimSuffix(tidy.String(), "\n")
	// A JSON escape may name what no column can hold.
	if strings.Contains(set.tidy, `\u0000`) {
		return tagSet{}, errNoObject
	}
	return set, nil
}

func (r *Reader) readTags() error {
	for _, column := range []Column{Tags, AllocatedTags} {
		text := r.row.Text[column]
		if text == "" {
			continue
		}
		set, cached := r.tags[text]
		if !cached {
			var err error
			if set, err = readTagText(text); err != nil {
				return r.refuse(column, BadTags, quoted(text)+" is no JSON object")
			}
			if len(r.tags) < cacheMost {
				r.tags[strings.Clone(text)] = set
			}
		}
		if set.doubled {
			r.note(DoubleTag, column, text)
		}
		r.row.Text[column] = set.tidy
		if column == Tags {
			r.row.Tags = set.values
		}
	}
	return nil
}
