package aws

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// element is a piece of an XML answer: a text, or children in their order.
type element struct {
	name     string
	text     string
	raw      string // XML as it was given once, instead of a text
	children []element
}

// el holds children; those without a name are left out, so that an optional part
// can be written in place.
func el(name string, children ...element) element { return element{name: name, children: children} }

// say holds a text: a string, a number, a truth, a time.
func say(name string, value any) element {
	switch v := value.(type) {
	case string:
		return element{name: name, text: v}
	case time.Time:
		return element{name: name, text: v.UTC().Format(time.RFC3339)}
	default:
		return element{name: name, text: fmt.Sprint(v)}
	}
}

// some is say, or nothing when the text is empty.
func some(name, value string) element {
	if value == "" {
		return element{}
	}
	return say(name, value)
}

// list holds an element per thing: "member" in Query, "item" in EC2, a name of
// their own in RDS.
func list[T any](name, each string, things []T, write func(T) []element) element {
	children := make([]element, 0, len(things))
	for _, thing := range things {
		children = append(children, el(each, write(thing)...))
	}
	return el(name, children...)
}

// texts holds a list of strings.
func texts(name, each string, values []string) element {
	children := make([]element, 0, len(values))
	for _, value := range values {
		children = append(children, say(each, value))
	}
	return el(name, children...)
}

func (e element) write(b *bytes.Buffer) {
	if e.name == "" {
		return
	}
	b.WriteString("<" + e.name + ">")
	_ = xml.EscapeText(b, []byte(e.text)) // a buffer takes everything
	b.WriteString(e.raw)
	for _, child := range e.children {
		child.write(b)
	}
	name, _, _ := strings.Cut(e.name, " ") // an attribute stays with the opening
	b.WriteString("</" + name + ">")
}

// answerXML is what a handler of Query and EC2 returns: the parts of the result.
type answerXML []element

func (p protocol) write(w http.ResponseWriter, c *call, served service, result any) {
	switch p {
	case jsonProtocol:
		writeJSON(w, result)
	case restProtocol:
		writeREST(w, result)
	case queryProtocol, ec2Protocol:
		parts, _ := result.(answerXML)
		root := el(c.action + `Response xmlns="` + served.space + `"`)
		if p == queryProtocol {
			root.children = []element{el(c.action+"Result", parts...), el("ResponseMetadata", say("RequestId", requestID))}
		} else {
			root.children = append([]element{say("requestId", requestID)}, parts...)
		}
		writeXML(w, http.StatusOK, root)
	}
}

func (p protocol) fail(w http.ResponseWriter, c *call, f *failure) {
	problem := el("Error", say("Type", "Sender"), say("Code", f.Code), say("Message", f.Message))
	switch p {
	case jsonProtocol:
		failJSON(w, f)
	case queryProtocol:
		writeXML(w, f.Status, el("ErrorResponse", problem, say("RequestId", requestID)))
	case ec2Protocol:
		writeXML(w, f.Status, el("Response", el("Errors", problem), say("RequestID", requestID)))
	case restProtocol:
		failREST(w, c, f)
	}
}

func writeXML(w http.ResponseWriter, status int, root element) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	root.write(&b)
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("X-Amzn-RequestId", requestID)
	w.WriteHeader(status)
	_, _ = io.Copy(w, &b) // the client hung up; nobody is left to tell
}

// formList reads a list of a form: Name.member.1, Name.1 or Name.Each.1, until a
// number is missing.
func (c *call) formList(prefix string) []string {
	var values []string
	for n := 1; ; n++ {
		value, ok := c.form[prefix+"."+strconv.Itoa(n)]
		if !ok || len(value) == 0 {
			return values
		}
		values = append(values, value[0])
	}
}

// formRecords reads a list of structures: prefix.1.Key, prefix.1.Value, ...
// Each record is by the rest of the field's name.
func (c *call) formRecords(prefix string) []map[string]string {
	var records []map[string]string
	for n := 1; ; n++ {
		start := prefix + "." + strconv.Itoa(n) + "."
		record := map[string]string{}
		for name, values := range c.form {
			if rest, ok := strings.CutPrefix(name, start); ok && len(values) > 0 {
				record[rest] = values[0]
			}
		}
		if len(record) == 0 {
			return records
		}
		records = append(records, record)
	}
}

// formTags reads the tags of a form: prefix.1.Key and prefix.1.Value.
func (c *call) formTags(prefix string) map[string]string {
	tags := map[string]string{}
	for _, record := range c.formRecords(prefix) {
		tags[record["Key"]] = record["Value"]
	}
	return tags
}

// tagList writes tags in the order of their keys.
func tagList(name, each string, tags map[string]string) element {
	return list(name, each, sortedKeys(tags), func(key string) []element {
		return []element{say("Key", key), say("Value", tags[key])}
	})
}

func (c *call) need(names ...string) error {
	for _, name := range names {
		if c.form.Get(name) == "" {
			return refuse(http.StatusBadRequest, "MissingParameter", "The request must contain the parameter %s.", name)
		}
	}
	return nil
}
