package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// policy is the content security policy of every page. Styles need the
// exception since the component library writes them; scripts need none, save that
// the encoder and the decoder of voice notes are WebAssembly, of our own origin. A
// page may be framed by ourselves only: the demo frames the inbox.
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self' blob:; frame-src 'self'; " +
	"frame-ancestors 'self'; form-action 'self'; base-uri 'none'; object-src 'none'"

// unbuilt is served while dist holds no application.
const unbuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Prosa</title>
<p>The web application is not built into this binary: run <code>make web</code> and build again.</p></html>
`

// Options of a site.
type Options struct {
	// Demo serves the simulated phones at /demo; without it the address is like
	// any other that the application does not know.
	Demo bool
}

// Handler serves the application that is embedded in this binary.
func Handler(options Options) http.Handler {
	return New(Dist(), options)
}

// Site serves the application from files. It implements http.Handler.
type Site struct {
	files fs.FS
	demo  bool
}

// New makes a site over the files of a build; see Dist.
func New(files fs.FS, options Options) *Site {
	return &Site{files: files, demo: options.Demo}
}

// ServeHTTP serves a file of the build, or, for an address that names none and
// looks like a page, the application itself, which knows its own addresses.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	secure(w.Header())
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	switch {
	case name == "demo" && s.demo:
		s.page(w, r, "demo.html")
	case public(name):
		if name != "planos" && name != "termos" {
			w.Header().Set("X-Robots-Tag", "noindex") // a purchase under way is nobody's search result
		}
		s.page(w, r, "site.html")
	case name == "" || name == "index.html" || name == "demo.html" || name == "site.html" || path.Ext(name) == "":
		s.page(w, r, "index.html")
	default:
		s.file(w, r, name)
	}
}

// public reports a page for people who have no account yet: prices, terms and
// the steps of a purchase. They are an entry of their own, without a line of the
// inbox, since they are read by phone on a slow line.
func public(name string) bool {
	return name == "planos" || name == "termos" || name == "assinar" || strings.HasPrefix(name, "assinar/")
}

func secure(header http.Header) {
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Permissions-Policy", "camera=(), microphone=(self), geolocation=(), payment=(), usb=()")
}

// page serves one of the entry documents. They are small, change with every
// build and are asked for each time; the tag makes that an empty answer.
func (s *Site) page(w http.ResponseWriter, r *http.Request, name string) {
	body, err := fs.ReadFile(s.files, name)
	if err != nil {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(unbuilt)) // the client is gone: nobody to tell
		return
	}
	serve(w, r, name, body, "no-cache")
}

// file serves an asset, compressed where the build holds it so and the browser
// takes it.
func (s *Site) file(w http.ResponseWriter, r *http.Request, name string) {
	caching := "no-cache"
	if strings.HasPrefix(name, "assets/") {
		caching = "public, max-age=31536000, immutable"
	}
	if _, err := fs.Stat(s.files, name); err != nil || strings.HasPrefix(path.Base(name), ".") {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Vary", "Accept-Encoding")
	for _, coding := range []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !accepts(r.Header.Get("Accept-Encoding"), coding.name) {
			continue
		}
		if body, err := fs.ReadFile(s.files, name+coding.suffix); err == nil {
			w.Header().Set("Content-Encoding", coding.name)
			serve(w, r, name, body, caching)
			return
		}
	}
	body, err := fs.ReadFile(s.files, name)
	if err != nil {
		http.NotFound(w, r) // a folder
		return
	}
	serve(w, r, name, body, caching)
}

func serve(w http.ResponseWriter, r *http.Request, name string, body []byte, caching string) {
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	sum := sha256.Sum256(body)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", caching)
	w.Header().Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(sum[:12])+`"`)
	if w.Header().Get("Content-Encoding") != "" {
		// ServeContent leaves the length to us when the body is coded.
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// accepts reports whether an Accept-Encoding header takes a coding: named, and
// not with weight zero (RFC 9110, section 12.5.3).
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		weight, found := strings.CutPrefix(strings.ReplaceAll(parameters, " ", ""), "q=")
		if !found {
			return true
		}
		value, err := strconv.ParseFloat(weight, 64)
		return err == nil && value > 0
	}
	return false
}
