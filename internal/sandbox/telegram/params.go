package telegram

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// upload is a file part of a multipart call.
type upload struct {
	name, mime string
	data       []byte
}

// params are the parameters of a call, wherever they were sent. Nested values
// are JSON text, as in a form.
type params struct {
	values map[string]string
	files  map[string]upload
	raw    []byte // the body, for the record; empty for multipart
}

// readParams reads query, form, multipart or JSON. A call with a body of an
// unknown type has the query only, as the server does it.
func readParams(r *http.Request) (params, *apiError) {
	p := params{values: map[string]string{}, files: map[string]upload{}}
	for name, values := range r.URL.Query() {
		p.values[name] = values[0]
	}
	if r.Method != http.MethodPost {
		return p, nil
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		return p, p.readMultipart(r)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxUpload+1))
	if err != nil || len(body) > maxUpload {
		return p, errTooLarge
	}
	p.raw = body
	switch {
	case kind == "application/json" && len(body) > 0:
		return p, p.readJSON(body)
	case kind == "application/x-www-form-urlencoded":
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		if err := r.ParseForm(); err != nil {
			return p, bad("can't parse the form")
		}
		for name, values := range r.PostForm {
			p.values[name] = values[0]
		}
	}
	return p, nil
}

func (p *params) readJSON(body []byte) *apiError {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return bad("can't parse JSON object")
	}
	for name, raw := range fields {
		if string(raw) == "null" {
			continue
		}
		var text string
		if json.Unmarshal(raw, &text) == nil {
			p.values[name] = text
			continue
		}
		p.values[name] = string(raw)
	}
	return nil
}

func (p *params) readMultipart(r *http.Request) *apiError {
	reader, err := r.MultipartReader()
	if err != nil {
		return bad("can't parse the multipart body")
	}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return bad("can't parse the multipart body")
		}
		content, err := io.ReadAll(io.LimitReader(part, maxUpload+1))
		if err != nil {
			return bad("can't parse the multipart body")
		}
		if len(content) > maxUpload {
			return errTooLarge
		}
		if part.FileName() == "" {
			p.values[part.FormName()] = string(content)
			continue
		}
		p.files[part.FormName()] = upload{name: part.FileName(), mime: part.Header.Get("Content-Type"), data: content}
	}
}

func (p params) text(name string) string { return p.values[name] }

// number reads an integer; a missing or odd one is 0, as the server takes it.
func (p params) number(name string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(p.values[name]), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (p params) flag(name string) bool {
	switch strings.ToLower(strings.TrimSpace(p.values[name])) {
	case "true", "yes", "1":
		return true
	}
	return false
}

// float reads a required coordinate.
func (p params) float(name string) (float64, *apiError) {
	if p.values[name] == "" {
		return 0, bad("%s is empty", name)
	}
	f, err := strconv.ParseFloat(p.values[name], 64)
	if err != nil {
		return 0, bad("can't parse %s", name)
	}
	return f, nil
}

// entities reads a list of MessageEntity.
func (p params) entities(name string) ([]entity, *apiError) {
	if p.values[name] == "" {
		return nil, nil
	}
	var list []entity
	if err := json.Unmarshal([]byte(p.values[name]), &list); err != nil {
		return nil, bad("can't parse entities JSON object")
	}
	for _, e := range list {
		if !entityTypes[e.Type] {
			return nil, bad("can't parse MessageEntity: Unsupported type specified")
		}
		if e.Offset < 0 || e.Length < 0 {
			return nil, bad("can't parse MessageEntity: Wrong offset or length specified")
		}
	}
	return list, nil
}
