package flow

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/modules/flow/expression"
)

// webNode calls a service by HTTP and reads its answer.
type webNode struct {
	Head
	Method         string            `json:"method"`
	URL            string            `json:"url"` // template after the host
	Headers        map[string]string `json:"headers,omitempty"`
	Body           string            `json:"body,omitempty"`
	TimeoutSeconds int               `json:"timeout_seconds,omitzero"` // 10 when 0
	Save           map[string]string `json:"save,omitempty"`           // variable -> path in the answer
	Status         string            `json:"status,omitempty"`         // variable that gets the HTTP status
	Next           string            `json:"next"`
	OnError        string            `json:"on_error"`
}

// Limits on a web call.
const (
	// MaxAnswer is how many bytes of an answer are read.
	MaxAnswer = 256 << 10

	maxAnswerDepth = 32
	maxHeaders     = 20
	maxSaves       = 32
	maxURL         = 2000 // bytes, as rendered
	maxTimeout     = 60   // seconds
	// answerMargin is how long after its own timeout a call may still be answered:
	// the caller may have crashed and made it again.
	answerMargin = 60
)

// WebRequest is the request of an Ask of kind "web". Its texts are ready to be
// sent save for the references to secrets ("{{secret.NAME}}"), which come from
// the flow's author alone: what a customer wrote is escaped for its place and
// can't form one.
type WebRequest struct {
	Method         string            `json:"method"`
	URL            string            `json:"url"`
	Headers        map[string]string `json:"headers,omitempty"`
	Body           string            `json:"body,omitempty"`
	TimeoutSeconds int               `json:"timeout_seconds"`
}

func (n *webNode) exits() []exit {
	var status, sets []string
	if n.Status != "" {
		status = []string{n.Status}
	}
	sets = append(sorted(n.Save), status...)
	return []exit{{label: "next", to: n.Next, sets: sets}, {label: "on_error", to: n.OnError, sets: status}}
}

func (n *webNode) says() int { return 0 }

func (n *webNode) gist(string) string { return n.Method + " " + n.URL }

type web struct {
	node      *webNode
	url, body *sinkText
	headers   []webHeader
	paths     *pathTree
	timeout   int
}

type webHeader struct {
	name  string
	value *sinkText
}

func (n *webNode) prepare(c *compiler) runner {
	out := &web{node: n, timeout: or(n.TimeoutSeconds, 10), paths: &pathTree{}}
	switch n.Method {
	case "GET", "POST", "PUT", "PATCH", "DELETE":
	default:
		c.report(Error, codeMethod, n.Method)
	}
	if n.TimeoutSeconds < 0 || n.TimeoutSeconds > maxTimeout {
		c.report(Error, codeBounds, "timeout_seconds", "1", itoa(maxTimeout))
	}
	out.url = c.sinkText("url", n.URL, sinkURL)
	if n.URL == "" {
		c.report(Error, codeMissing, "url")
	} else if !hostIsFixed(out.url) {
		c.report(Error, codeURL)
	}
	if len(n.Headers) > maxHeaders {
		c.report(Error, codeOptions, itoa(len(n.Headers)), itoa(maxHeaders), "headers")
	}
	kind := ""
	for _, name := range sorted(n.Headers) {
		if !validHeader(name) {
			c.report(Error, codeHeader, name)
		}
		if strings.EqualFold(name, "Content-Type") {
			kind = strings.ToLower(n.Headers[name])
		}
		out.headers = append(out.headers, webHeader{name, c.sinkText("headers."+name, n.Headers[name], sinkHeader)})
	}
	if n.Body != "" && n.Method == "GET" {
		c.report(Error, codeBody)
	}
	out.body = c.sinkText("body", n.Body, bodySink(kind, n.Body))
	if out.body.sink == sinkJSON && n.Body != "" && !out.body.isJSON() {
		c.report(Error, codeNotJSON, "body")
	}
	if len(n.Save) > maxSaves {
		c.report(Error, codeOptions, itoa(len(n.Save)), itoa(maxSaves), "save")
	}
	for _, name := range sorted(n.Save) {
		if name == "" {
			c.report(Error, codeMissing, "save")
		}
		c.variable("save", name)
		if !out.paths.add(n.Save[name], name) {
			c.report(Error, codeAnswerPath, n.Save[name])
		}
	}
	c.variable("status", n.Status)
	return out
}

// hostIsFixed reports that nothing but the author, by text or by a secret,
// decides where the request goes.
func hostIsFixed(url *sinkText) bool {
	if len(url.pieces) == 0 {
		return false
	}
	first := url.pieces[0]
	if first.secret != "" {
		return len(url.pieces) == 1 || url.pieces[1].secret != "" || strings.IndexAny(url.pieces[1].text, "/?#") == 0
	}
	rest, ok := strings.CutPrefix(first.text, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(first.text, "http://")
	}
	if !ok || rest == "" || strings.ContainsAny(first.text, " \t\r\n\\") {
		return false
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		return len(url.pieces) == 1 && !strings.Contains(rest, "@")
	}
	return end > 0 && !strings.Contains(rest[:end], "@")
}

// climbs reports a path with "." or ".." for a segment, however it is written: a
// server takes it for another path than the author meant.
func climbs(address string) bool {
	path, _, _ := strings.Cut(address, "?")
	if plain, err := url.PathUnescape(path); err == nil {
		path = plain
	}
	for _, segment := range strings.FieldsFunc(path, func(char rune) bool { return char == '/' || char == '\\' }) {
		name, _, _ := strings.Cut(segment, ";") // some servers cut parameters off
		if name == "." || name == ".." {
			return true
		}
	}
	return false
}

// validHeader reports a header that an author may set: a token of RFC 9110
// section 5.6.2, and none that frames the message.
func validHeader(name string) bool {
	if name == "" || len(name) > 80 || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~") != "" {
		return false
	}
	switch strings.ToLower(name) {
	case "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect", "keep-alive", "proxy-authorization", "proxy-connection":
		return false
	}
	return true
}

// AskID is the id of the Ask that the turn seq made.
func AskID(seq int64) string { return "ask." + strconv.FormatInt(seq, 10) }

func (w *web) enter(r *run) step {
	if r.state.Calls++; r.state.Calls > maxCalls {
		r.fail("a conversa chamou serviços " + strconv.Itoa(maxCalls) + " vezes seguidas")
		return stop()
	}
	request := WebRequest{Method: w.node.Method, URL: w.url.render(r), Body: w.body.render(r), TimeoutSeconds: w.timeout}
	if len(w.headers) > 0 {
		request.Headers = make(map[string]string, len(w.headers))
		for _, header := range w.headers {
			request.Headers[header.name] = header.value.render(r)
		}
	}
	if r.failure != "" {
		return stop()
	}
	if len(request.URL) > maxURL || climbs(request.URL) {
		return w.failed(r, 0)
	}
	text, err := json.Marshal(request, json.Deterministic(true))
	if err != nil { // text that is not UTF-8, which the edge lets not in
		return w.failed(r, 0)
	}
	r.await(w.node.Name)
	r.state.DueMS = r.env.NowMS + int64(w.timeout+answerMargin)*1000
	r.effect(Effect{Ask: &Ask{ID: AskID(r.state.Asked), Node: r.path(w.node.Name), Kind: "web", Request: jsontext.Value(text)}})
	return stop()
}

func (w *web) late(r *run) step { return w.failed(r, 0) }

func (w *web) answered(r *run, answer *Answer) step {
	if !answer.OK || answer.Pending || len(answer.Body) > MaxAnswer {
		return w.failed(r, answer.Status)
	}
	if len(w.node.Save) > 0 {
		values, err := w.paths.read(answer.Body)
		if err != nil {
			return w.failed(r, answer.Status)
		}
		for _, name := range sorted(w.node.Save) {
			r.set(name, values[name])
		}
	}
	w.status(r, answer.Status)
	return leave("next", w.node.Next)
}

func (w *web) failed(r *run, status int) step {
	w.status(r, status)
	return leave("on_error", w.node.OnError)
}

func (w *web) status(r *run, status int) {
	if w.node.Status != "" {
		r.set(w.node.Status, expression.OfNumber(float64(status)))
	}
}
