package telegram

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// file is something that has a file_id.
type file struct {
	ID     string `json:"file_id"`
	Unique string `json:"file_unique_id"`
	Kind   string `json:"kind"` // photo, video, document ...
	MIME   string `json:"mime,omitempty"`
	Name   string `json:"name,omitempty"`
	Size   int64  `json:"size"`
	Path   string `json:"path"`          // as getFile gives it
	URL    string `json:"url,omitempty"` // given by address and not fetched
}

// folders name the paths of getFile; extensions are used when a name has none.
var folders = map[string][2]string{
	"photo": {"photos", ".jpg"}, "video": {"videos", ".mp4"}, "animation": {"animations", ".mp4"},
	"audio": {"music", ".mp3"}, "voice": {"voice", ".oga"}, "document": {"documents", ".bin"},
	"video_note": {"video_notes", ".mp4"}, "sticker": {"stickers", ".webp"},
}

// store keeps file bytes in a folder, or in memory without one.
type store struct {
	dir string

	mu     sync.Mutex
	files  map[string]file // by file id
	byPath map[string]string
	bytes  map[string][]byte
}

func newStore(dir string) (*store, error) {
	m := &store{files: map[string]file{}, byPath: map[string]string{}, bytes: map[string][]byte{}}
	if dir != "" {
		m.dir = filepath.Join(dir, "telegram-files")
		if err := os.MkdirAll(m.dir, 0o755); err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "the sandbox's folder of files cannot be made")
		}
	}
	return m, nil
}

func (m *store) remember(f file) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[f.ID] = f
	m.byPath[f.Path] = f.ID
}

func (m *store) get(id string) (file, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.files[id]
	return f, ok
}

func (m *store) atPath(path string) (file, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.files[m.byPath[path]]
	return f, ok
}

func (m *store) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.files)
}

func (m *store) save(f file, data []byte) error {
	if m.dir != "" && f.URL == "" {
		path := filepath.Join(m.dir, f.Unique)
		err := os.WriteFile(path+".part", data, 0o600)
		if err == nil {
			err = os.Rename(path+".part", path)
		}
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "a file cannot be written")
		}
	}
	m.remember(f)
	if m.dir == "" && f.URL == "" {
		m.mu.Lock()
		m.bytes[f.ID] = data
		m.mu.Unlock()
	}
	return nil
}

func (m *store) read(id string) ([]byte, error) {
	m.mu.Lock()
	f, ok := m.files[id]
	data := m.bytes[id]
	m.mu.Unlock()
	switch {
	case !ok || f.URL != "":
		return nil, fault.New(fault.NotFound, "no such file")
	case m.dir == "":
		return data, nil
	}
	data, err := os.ReadFile(filepath.Join(m.dir, f.Unique))
	return data, fault.Wrap(err, fault.NotFound, "the file's bytes are gone")
}

func (m *store) clear() { m.clearBut(nil) }

// clearBut forgets all files but those with the given ids.
func (m *store) clearBut(kept map[string]bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, f := range m.files {
		if kept[id] {
			continue
		}
		if m.dir != "" {
			_ = os.Remove(filepath.Join(m.dir, f.Unique))
		}
		delete(m.files, id)
		delete(m.byPath, f.Path)
		delete(m.bytes, id)
	}
}

func (m *store) all() []file {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Values(m.files))
}

// keepFile gives bytes (or an address) a file id.
func (s *Server) keepFile(kind string, up upload, address string) (file, error) {
	var random [27]byte
	_, _ = rand.Read(random[:])
	f := file{
		ID:     "AgACAgEAAxkB" + base64.RawURLEncoding.EncodeToString(random[:]),
		Unique: "AQAD" + base64.RawURLEncoding.EncodeToString(random[:9]),
		Kind:   kind, MIME: up.mime, Name: up.name, Size: int64(len(up.data)), URL: address,
	}
	if f.MIME == "" || f.MIME == "application/octet-stream" {
		if byName := mime.TypeByExtension(filepath.Ext(up.name)); byName != "" {
			f.MIME = byName
		}
	}
	folder := folders[kind]
	extension := filepath.Ext(up.name)
	if extension == "" {
		extension = folder[1]
	}
	for n := s.files.count(); ; n++ {
		f.Path = fmt.Sprintf("%s/file_%d%s", folder[0], n, extension)
		if _, taken := s.files.atPath(f.Path); !taken {
			break
		}
	}
	if err := s.files.save(f, up.data); err != nil {
		return file{}, err
	}
	s.journal.Put(keyFile+f.ID, f)
	return f, nil
}

// readFile finds the file of a parameter: a part of the body, attach://name, a
// file id or an address.
func (s *Server) readFile(r *http.Request, p params, value, kind string) (file, *apiError) {
	name := kind
	if attached, ok := strings.CutPrefix(value, "attach://"); ok {
		name, value = attached, ""
		if _, there := p.files[name]; !there {
			return file{}, bad("there is no %s in the request", kind)
		}
	}
	if up, ok := p.files[name]; ok && value == "" {
		if len(up.data) == 0 {
			return file{}, bad("file must be non-empty")
		}
		if kind == "photo" && len(up.data) > maxPhoto {
			return file{}, bad("file is too big")
		}
		kept, err := s.keepFile(kind, up, "")
		if err != nil {
			return file{}, errInternal
		}
		return kept, nil
	}
	if value == "" {
		return file{}, bad("there is no %s in the request", kind)
	}
	if strings.Contains(value, "://") || strings.HasPrefix(value, "www.") {
		if kind == "video_note" {
			return file{}, bad("video notes can't be sent by a URL")
		}
		return s.fileByAddress(r, value, kind)
	}
	known, ok := s.files.get(value)
	if !ok {
		return file{}, bad("wrong file identifier/HTTP URL specified")
	}
	if known.Kind != kind && !(kind == "document" && known.Kind == "animation") {
		return file{}, bad("can't use file of type %s as %s", title(known.Kind), title(kind))
	}
	return known, nil
}

func (s *Server) fileByAddress(r *http.Request, value, kind string) (file, *apiError) {
	address, err := url.Parse(value)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return file{}, bad("wrong HTTP URL specified")
	}
	up := upload{name: filepath.Base(address.Path)}
	if !s.config.FetchLinks {
		kept, err := s.keepFile(kind, up, value)
		if err != nil {
			return file{}, errInternal
		}
		return kept, nil
	}
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, value, nil)
	if err != nil {
		return file{}, bad("wrong HTTP URL specified")
	}
	response, err := s.client.Do(request)
	if err != nil {
		return file{}, bad("failed to get HTTP URL content")
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxDownload+1))
	_ = response.Body.Close()
	most := maxDownload
	if kind == "photo" {
		most = 5 << 20
	}
	if err != nil || response.StatusCode != http.StatusOK || len(data) > most {
		return file{}, bad("failed to get HTTP URL content")
	}
	up.data, up.mime = data, response.Header.Get("Content-Type")
	kept, err := s.keepFile(kind, up, "")
	if err != nil {
		return file{}, errInternal
	}
	return kept, nil
}

func title(kind string) string {
	words := strings.Split(kind, "_")
	for i, word := range words {
		words[i] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}

// media gives the member of a Message for a file: its name and its value.
func (f file) media(p params) (string, any) {
	o := object{"file_id": f.ID, "file_unique_id": f.Unique}
	if f.Size > 0 {
		o["file_size"] = f.Size
	}
	number := func(name string, usual int64) {
		value := p.number(name)
		if value == 0 {
			value = usual
		}
		o[name] = value
	}
	optional := func(names ...string) {
		for _, name := range names {
			if p.text(name) != "" {
				o[name] = p.text(name)
			}
		}
	}
	if f.MIME != "" && f.Kind != "photo" && f.Kind != "sticker" && f.Kind != "video_note" {
		o["mime_type"] = f.MIME
	}
	switch f.Kind {
	case "photo":
		o["width"], o["height"] = 1280, 960
		small := object{"file_id": f.ID, "file_unique_id": f.Unique + "s", "width": 90, "height": 67, "file_size": min(f.Size, 1200)}
		return "photo", []any{small, o}
	case "video", "animation":
		number("width", 640)
		number("height", 480)
		number("duration", 3)
		if f.Name != "" {
			o["file_name"] = f.Name
		}
	case "audio":
		number("duration", 3)
		optional("title", "performer")
		if f.Name != "" {
			o["file_name"] = f.Name
		}
	case "voice":
		number("duration", 3)
	case "video_note":
		number("length", 240)
		number("duration", 3)
	case "document":
		if f.Name != "" {
			o["file_name"] = f.Name
		}
	case "sticker":
		o["type"], o["width"], o["height"], o["is_animated"], o["is_video"] = "regular", 512, 512, false, false
		optional("emoji")
	}
	return f.Kind, o
}

// download answers /file/bot<token>/<path>.
func (s *Server) download(r *http.Request) stage.Answer {
	rest := strings.TrimPrefix(r.URL.Path, "/file/bot")
	token, path, ok := strings.Cut(rest, "/")
	if !ok {
		return errNotFound.answer()
	}
	if _, err := s.authorize(token); err != nil {
		return err.answer()
	}
	f, known := s.files.atPath(path)
	if !known {
		return errNotFound.answer()
	}
	data, err := s.files.read(f.ID)
	if err != nil {
		return errNotFound.answer()
	}
	// The vendor's file host does not tell the type.
	return stage.Answer{Status: http.StatusOK, Type: "application/octet-stream", Body: data}
}

// File gives the bytes and the type of a file, for the phones. A file that was
// given by address and never fetched has an address instead.
func (s *Server) File(id string) (data []byte, mimeType, address string, err error) {
	f, ok := s.files.get(id)
	if !ok {
		return nil, "", "", fault.New(fault.NotFound, "no such file")
	}
	if f.URL != "" {
		return nil, f.MIME, f.URL, nil
	}
	data, err = s.files.read(id)
	if f.MIME == "" {
		f.MIME = http.DetectContentType(data)
	}
	return data, f.MIME, "", err
}
