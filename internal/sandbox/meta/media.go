package meta

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// file is an uploaded or received media object.
type file struct {
	ID      string `json:"id"`
	WABA    string `json:"waba"`
	Kind    string `json:"kind"`
	MIME    string `json:"mime"`
	Name    string `json:"name,omitempty"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"` // hex, as GET /{media} gives it
	AtMS    int64  `json:"at"`
	Inbound bool   `json:"inbound,omitempty"`
}

// sha256Base64 is the form of the hash inside webhooks.
func (f file) sha256Base64() string {
	raw, err := hex.DecodeString(f.SHA256)
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// formats are the accepted MIME types with their limit in bytes. Source: Cloud
// API reference, "Supported media types".
var formats = map[string]struct {
	kind string
	most int64
}{
	"audio/aac": {"audio", 16 << 20}, "audio/amr": {"audio", 16 << 20}, "audio/mpeg": {"audio", 16 << 20},
	"audio/mp4": {"audio", 16 << 20}, "audio/ogg": {"audio", 16 << 20},
	"image/jpeg": {"image", 5 << 20}, "image/png": {"image", 5 << 20},
	"image/webp": {"sticker", 500 << 10},
	"video/3gpp": {"video", 16 << 20}, "video/mp4": {"video", 16 << 20},
	"text/plain": {"document", 100 << 20}, "application/pdf": {"document", 100 << 20},
	"application/msword": {"document", 100 << 20}, "application/vnd.ms-excel": {"document", 100 << 20},
	"application/vnd.ms-powerpoint":                                             {"document", 100 << 20},
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   {"document", 100 << 20},
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         {"document", 100 << 20},
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": {"document", 100 << 20},
}

// store keeps media bytes in a folder, or in memory without one.
type store struct {
	dir string
	key [32]byte // signs download addresses; a new one a process, as they live minutes

	mu    sync.Mutex
	files map[string]file
	bytes map[string][]byte
}

func newStore(dir string) (*store, error) {
	m := &store{files: map[string]file{}, bytes: map[string][]byte{}}
	_, _ = rand.Read(m.key[:])
	if dir != "" {
		m.dir = filepath.Join(dir, "media")
		if err := os.MkdirAll(m.dir, 0o755); err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "the sandbox's media folder cannot be made")
		}
	}
	return m, nil
}

func (m *store) remember(item file) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[item.ID] = item
}

func (m *store) get(id string) (file, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	item, ok := m.files[id]
	return item, ok
}

// save writes the bytes before the record, so that a record always has bytes.
func (m *store) save(item file, data []byte) error {
	if m.dir != "" {
		path := filepath.Join(m.dir, item.ID)
		if err := os.WriteFile(path+".part", data, 0o600); err != nil {
			return fault.Wrap(err, fault.Unavailable, "media cannot be written")
		}
		if err := os.Rename(path+".part", path); err != nil {
			return fault.Wrap(err, fault.Unavailable, "media cannot be written")
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[item.ID] = item
	if m.dir == "" {
		m.bytes[item.ID] = data
	}
	return nil
}

func (m *store) read(id string) ([]byte, error) {
	m.mu.Lock()
	item, ok := m.files[id]
	data := m.bytes[id]
	m.mu.Unlock()
	if !ok {
		return nil, fault.New(fault.NotFound, "no such media")
	}
	if m.dir == "" {
		return data, nil
	}
	data, err := os.ReadFile(filepath.Join(m.dir, item.ID))
	return data, fault.Wrap(err, fault.NotFound, "the media's bytes are gone")
}

func (m *store) remove(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, id)
	delete(m.bytes, id)
	if m.dir != "" {
		_ = os.Remove(filepath.Join(m.dir, id)) // bytes without a record are only garbage
	}
}

func (m *store) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.files {
		if m.dir != "" {
			_ = os.Remove(filepath.Join(m.dir, id))
		}
	}
	m.files, m.bytes = map[string]file{}, map[string][]byte{}
}

func (m *store) sign(id string, until int64, token string) string {
	mac := hmac.New(sha256.New, m.key[:])
	fmt.Fprintf(mac, "%s|%d|%s", id, until, token)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:15])
}

// keepFile stores media for an account; the caller has checked its format.
func (s *Server) keepFile(waba, mimeType, name string, data []byte, inbound bool) (file, error) {
	sum := sha256.Sum256(data)
	plain, _, _ := strings.Cut(mimeType, ";")
	item := file{
		ID: hashDigits(traceID(), 16), WABA: waba, Kind: formats[strings.TrimSpace(plain)].kind, MIME: mimeType, Name: name,
		Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), AtMS: s.now().UnixMilli(), Inbound: inbound,
	}
	if err := s.media.save(item, data); err != nil {
		return file{}, err
	}
	s.journal.Put(keyMedia+item.ID, item)
	return item, nil
}

// postMedia answers the multipart upload POST /{number}/media.
func (s *Server) postMedia(c *call, number Number) (stage.Answer, *graphError) {
	reader, err := c.request.MultipartReader()
	if err != nil {
		return stage.Answer{}, invalid("The parameter file is required.")
	}
	fields := map[string]string{}
	var data []byte
	var name, partType string
	found := false
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return stage.Answer{}, invalid("The multipart body cannot be read.")
		}
		content, err := io.ReadAll(io.LimitReader(part, 100<<20+1))
		if err != nil {
			return stage.Answer{}, invalid("The multipart body cannot be read.")
		}
		if part.FormName() == "file" {
			data, name, partType, found = content, part.FileName(), part.Header.Get("Content-Type"), true
			continue
		}
		fields[part.FormName()] = string(content)
	}
	if fields["messaging_product"] == "" {
		return stage.Answer{}, invalid("The parameter messaging_product is required.")
	}
	if fields["messaging_product"] != "whatsapp" {
		return stage.Answer{}, invalid("Param messaging_product must be one of {WHATSAPP} - got %q.", fields["messaging_product"])
	}
	if !found {
		return stage.Answer{}, invalid("The parameter file is required.")
	}
	kind := partType
	if kind == "" || kind == "application/octet-stream" {
		kind = fields["type"]
	}
	if kind == "" || kind == "application/octet-stream" {
		kind = mime.TypeByExtension(filepath.Ext(name))
	}
	if failure := checkFormat(kind, data); failure != nil {
		return stage.Answer{}, failure
	}
	item, err := s.keepFile(number.WABA, kind, name, data, false)
	if err == nil {
		err = s.journal.Flush()
	}
	if err != nil {
		return stage.Answer{}, whatsappError(131053, "Media upload error", "Unable to store the media")
	}
	return stage.JSON(http.StatusOK, map[string]string{"id": item.ID}), nil
}

// checkFormat holds media against the platform's formats and sizes.
func checkFormat(kind string, data []byte) *graphError {
	plain, _, _ := strings.Cut(kind, ";")
	format, known := formats[strings.ToLower(strings.TrimSpace(plain))]
	if !known {
		return invalid("Param file must be a file with one of the following types: audio/aac, audio/mp4, audio/mpeg, audio/amr, audio/ogg, application/vnd.ms-powerpoint, application/msword, application/vnd.openxmlformats-officedocument.wordprocessingml.document, application/vnd.openxmlformats-officedocument.presentationml.presentation, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, application/pdf, text/plain, application/vnd.ms-excel, image/jpeg, image/png, image/webp, video/mp4, video/3gpp. Received file of type '%s'.", plain)
	}
	if len(data) == 0 {
		return invalid("Param file must not be empty.")
	}
	if int64(len(data)) > format.most {
		e := whatsappError(131053, "Media upload error", fmt.Sprintf("Media file size too big. Max file size we currently support: %dMB.", format.most>>20))
		if format.kind == "sticker" {
			e.Data.Details = "Sticker file size too big. Max file size we currently support: 500KB."
		}
		return e
	}
	return nil
}

// getMedia answers GET /{media}: an address that lives five minutes.
func (s *Server) getMedia(c *call, item file) (stage.Answer, *graphError) {
	if wanted := c.param("phone_number_id"); wanted != "" && item.Inbound {
		// Media of customers does not belong to a number.
		return stage.Answer{}, noObject("GET", item.ID)
	}
	life := uploadLife
	if item.Inbound {
		life = inboundMediaLife
	}
	if s.now().Sub(time.UnixMilli(item.AtMS)) > life {
		return stage.Answer{}, noObject("GET", item.ID)
	}
	return stage.JSON(http.StatusOK, map[string]any{
		"messaging_product": "whatsapp", "url": s.mediaURL(item, c.token), "mime_type": item.MIME, "sha256": item.SHA256,
		"file_size": item.Size, "id": item.ID,
	}), nil
}

// mediaURL is where the bytes are for five minutes, for the owner of the token.
func (s *Server) mediaURL(item file, token string) string {
	until := s.now().Add(mediaURLLife).Unix()
	return fmt.Sprintf("%s/media/?mid=%s&ext=%d&hash=%s", s.config.PublicURL, item.ID, until, s.media.sign(item.ID, until, token))
}

func (s *Server) deleteMedia(item file) (stage.Answer, *graphError) {
	s.media.remove(item.ID)
	s.journal.Delete(keyMedia + item.ID)
	if err := s.journal.Flush(); err != nil {
		return stage.Answer{}, whatsappError(131000, "Something went wrong", "Unable to delete the media")
	}
	return stage.JSON(http.StatusOK, map[string]bool{"success": true}), nil
}

// download answers /media/?mid=..&ext=..&hash=..: only with the token that
// asked for the address, only while it lives.
func (s *Server) download(r *http.Request) stage.Answer {
	gone := stage.Answer{Status: http.StatusNotFound, Type: "text/html; charset=utf-8", Body: []byte("<html><body>404 Not Found</body></html>")}
	query := r.URL.Query()
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	until, err := strconv.ParseInt(query.Get("ext"), 10, 64)
	if !bearer || err != nil || !hmac.Equal([]byte(query.Get("hash")), []byte(s.media.sign(query.Get("mid"), until, token))) {
		return gone
	}
	if s.now().Unix() > until {
		return stage.Answer{Status: http.StatusForbidden, Type: "text/plain; charset=utf-8", Body: []byte("URL signature expired")}
	}
	item, ok := s.media.get(query.Get("mid"))
	if !ok {
		return gone
	}
	data, err := s.media.read(item.ID)
	if err != nil {
		return gone
	}
	return stage.Answer{Status: http.StatusOK, Type: item.MIME, Body: data, Header: map[string]string{
		"Content-Disposition": "attachment; filename=" + strconv.Quote(item.Name),
	}}
}

// File gives the bytes and the MIME type of media, for the phones.
func (s *Server) File(id string) (data []byte, mimeType string, err error) {
	item, ok := s.media.get(id)
	if !ok {
		return nil, "", fault.New(fault.NotFound, "no such media")
	}
	data, err = s.media.read(id)
	return data, item.MIME, err
}

// doomOfLinks fetches media links where the server is told to, and gives the
// failure that a bad one leads to.
func (s *Server) doomOfLinks(ctx context.Context, d draft) *StatusError {
	if !s.config.FetchLinks {
		return nil
	}
	for _, ref := range d.files {
		if ref.link == "" {
			continue
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, ref.link, nil)
		if err != nil {
			return statusError(131053, "The link is not an address.")
		}
		response, err := s.client.Do(request)
		if err != nil {
			return statusError(131053, "Downloading media from weblink failed: the host did not answer.")
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 100<<20))
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return statusError(131053, fmt.Sprintf("Downloading media from weblink failed with http code %d, status message %s", response.StatusCode, http.StatusText(response.StatusCode)))
		}
		if kind := formats[strings.SplitN(response.Header.Get("Content-Type"), ";", 2)[0]].kind; kind != ref.kind && ref.kind != "document" {
			return statusError(131053, "Media type of the link does not fit the message type.")
		}
	}
	return nil
}
