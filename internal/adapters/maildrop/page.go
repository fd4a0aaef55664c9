package maildrop

import (
	"bytes"
	"errors"
	"html/template"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"os"
	"slices"
	"strings"
	"time"

	_ "embed"
)

//go:embed page.html
var pageText string

// shown bounds the mails of a page, and of a file in bytes.
const (
	shown   = 100
	fileMax = 1 << 20
)

// entry is a mail on the page.
type entry struct {
	ID, From, To, Subject, Text string
	Links                       []string
	At                          time.Time
}

// Page shows the mails of the folder, newest first, at GET /, and each as its
// HTML at GET /{id}. It is mounted in the demo only.
func (d *Drop) Page() http.Handler {
	page := template.Must(template.New("").Parse(pageText))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		list, err := d.list()
		if err != nil {
			http.Error(w, "the folder can't be read", http.StatusInternalServerError)
			return
		}
		var out bytes.Buffer
		if err := page.Execute(&out, list); err != nil {
			http.Error(w, "the page can't be made", http.StatusInternalServerError)
			return
		}
		guard(w)
		_, _ = w.Write(out.Bytes()) // a browser that left needs nothing
	})
	mux.HandleFunc("GET /{id}", func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("id")
		_, markup, err := d.read(name + ".eml")
		if err != nil {
			http.NotFound(w, r)
			return
		}
		guard(w)
		_, _ = w.Write([]byte(markup)) // a browser that left needs nothing
	})
	return mux
}

// guard keeps what stands in a mail from doing anything but being read.
func guard(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
}

func (d *Drop) list() ([]entry, error) {
	files, err := os.ReadDir(d.cfg.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// Ids grow with time, so their names sort as they were written.
	slices.SortFunc(files, func(a, b fs.DirEntry) int { return strings.Compare(b.Name(), a.Name()) })
	var list []entry
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".eml") || strings.HasPrefix(file.Name(), ".") || len(list) == shown {
			continue
		}
		found, _, err := d.read(file.Name())
		if err != nil {
			continue // not a mail, or taken away meanwhile
		}
		list = append(list, found)
	}
	return list, nil
}

// read gives a mail and its HTML.
func (d *Drop) read(name string) (found entry, markup string, err error) {
	folder, err := os.OpenRoot(d.cfg.Dir)
	if err != nil {
		return entry{}, "", err
	}
	defer func() { _ = folder.Close() }()
	file, err := folder.Open(name)
	if err != nil {
		return entry{}, "", err
	}
	defer func() { _ = file.Close() }()
	message, err := mail.ReadMessage(io.LimitReader(file, fileMax))
	if err != nil {
		return entry{}, "", err
	}
	words := new(mime.WordDecoder)
	field := func(name string) string {
		text, err := words.DecodeHeader(message.Header.Get(name))
		if err != nil {
			return message.Header.Get(name)
		}
		return text
	}
	found = entry{ID: strings.TrimSuffix(name, ".eml"), From: field("From"), To: field("To"), Subject: field("Subject")}
	found.At, _ = message.Header.Date() // the zero time for none
	_, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		return entry{}, "", err
	}
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return entry{}, "", err
		}
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return entry{}, "", err
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			markup = string(content)
		} else {
			found.Text = string(content)
		}
	}
	for _, word := range strings.Fields(found.Text) {
		if strings.HasPrefix(word, "http://") || strings.HasPrefix(word, "https://") {
			found.Links = append(found.Links, word)
		}
	}
	return found, markup, nil
}
