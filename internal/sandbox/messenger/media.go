package messenger

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// file is an uploaded or received file.
type file struct {
	ID      string `json:"id"` // attachment_id
	Account string `json:"account"`
	Kind    string `json:"kind"` // image, video, audio, file
	MIME    string `json:"mime"`
	Name    string `json:"name,omitempty"`
	Size    int64  `json:"size"`
	AtMS    int64  `json:"at"`
	Story   bool   `json:"story,omitempty"` // dies after a day
	Dead    bool   `json:"dead,omitempty"`  // deleted: its address gives 404
}

// upload is a file inside a multipart body.
type upload struct {
	data []byte
	name string
	mime string
}

const (
	imageMost = 8 << 20
	fileMost  = 25 << 20
)

// instagramFormats are the types that Instagram takes; Messenger takes any
// subtype of a kind. Source: "Upload Media for Instagram Messaging".
var instagramFormats = map[string][]string{
	"image": {"image/png", "image/jpeg", "image/gif"},
	"audio": {"audio/aac", "audio/mp4", "audio/x-m4a", "audio/m4a", "audio/wav", "audio/x-wav", "audio/vnd.wave"},
	"video": {"video/mp4", "video/ogg", "video/avi", "video/x-msvideo", "video/quicktime", "video/webm"},
	"file":  {"application/pdf"},
}

// checkFile holds a file against the formats and sizes of the platform.
func checkFile(a seat, kind, mimeType string, size int64) *graphError {
	plain, _, _ := strings.Cut(strings.ToLower(mimeType), ";")
	plain = strings.TrimSpace(plain)
	fits := kind == "file" || strings.HasPrefix(plain, kind+"/")
	if a.instagram() {
		fits = slices.Contains(instagramFormats[kind], plain)
	}
	most := int64(fileMost)
	if kind == "image" {
		most = imageMost
	}
	switch {
	case size == 0:
		return graphFault(http.StatusBadRequest, 100, 2018047, "Upload attachment failure: the file is empty.")
	case !fits:
		return graphFault(http.StatusBadRequest, 100, 2018047, "Upload attachment failure. A common way to trigger this error is that the provided media type does not match type of file provided in the URL: %s is not %s.", plain, kind)
	case size > most:
		return graphFault(http.StatusBadRequest, 100, 2018109, "Attachment size exceeds allowable limit.")
	}
	return nil
}

// store keeps bytes in a folder, or in memory without one.
type store struct {
	dir string
	key []byte // signs addresses

	mu    sync.Mutex
	files map[string]file
	bytes map[string][]byte
}

func newStore(dir string) (*store, error) {
	m := &store{files: map[string]file{}, bytes: map[string][]byte{}, key: []byte("the simulator's own CDN")}
	if dir != "" {
		m.dir = filepath.Join(dir, "media")
		if err := os.MkdirAll(m.dir, 0o755); err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "the sandbox's media folder cannot be made")
		}
	}
	return m, nil
}

func (m *store) get(id string) (file, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	item, ok := m.files[id]
	return item, ok
}

func (m *store) remember(item file) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[item.ID] = item
}

// save writes the bytes before the record, so that a record always has bytes.
func (m *store) save(item file, data []byte) error {
	if m.dir != "" {
		whole := filepath.Join(m.dir, item.ID)
		err := os.WriteFile(whole+".part", data, 0o600)
		if err == nil {
			err = os.Rename(whole+".part", whole)
		}
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "a file cannot be written")
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
		return nil, fault.New(fault.NotFound, "no such file")
	}
	if m.dir == "" {
		return data, nil
	}
	data, err := os.ReadFile(filepath.Join(m.dir, item.ID))
	return data, fault.Wrap(err, fault.NotFound, "the file's bytes are gone")
}

func (m *store) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.files {
		if m.dir != "" {
			_ = os.Remove(filepath.Join(m.dir, id)) // bytes without a record are only garbage
		}
	}
	m.files, m.bytes = map[string]file{}, map[string][]byte{}
}

// sign gives the part of an address that cannot be guessed: the end of its life
// and a mac over it.
func (m *store) sign(id string, until int64) string {
	mac := hmac.New(sha256.New, m.key)
	fmt.Fprintf(mac, "%s|%d", id, until)
	return strconv.FormatInt(until, 36) + "-" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:15])
}

// address gives the address of a file at the CDN.
func (s *Server) address(item file) string {
	until := item.AtMS + s.config.MediaLife.Milliseconds()
	if item.Story {
		until = min(until, item.AtMS+storyLife.Milliseconds())
	}
	return fmt.Sprintf("%s/media/%s/%s/%s", s.config.PublicURL, item.ID, s.media.sign(item.ID, until), url.PathEscape(or(item.Name, item.Kind)))
}

// download answers an address of the CDN.
func (s *Server) download(r *http.Request) stage.Answer {
	gone := stage.Answer{Status: http.StatusNotFound, Type: "text/plain; charset=utf-8", Body: []byte("URL signature expired")}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/media/"), "/")
	if len(parts) < 2 || r.Method != http.MethodGet {
		return gone
	}
	item, ok := s.media.get(parts[0])
	ends, _, _ := strings.Cut(parts[1], "-")
	until, err := strconv.ParseInt(ends, 36, 64)
	if !ok || err != nil || item.Dead || !hmac.Equal([]byte(s.media.sign(item.ID, until)), []byte(parts[1])) || s.now().UnixMilli() >= until {
		return gone
	}
	data, err := s.media.read(item.ID)
	if err != nil {
		return gone
	}
	return stage.Answer{Status: http.StatusOK, Type: item.MIME, Body: data}
}

// keepFile stores a file; the caller has checked its format.
func (s *Server) keepFile(account, kind, mimeType, name string, data []byte, story bool) (file, error) {
	var random [8]byte
	_, _ = rand.Read(random[:])
	item := file{ID: hashDigits(string(random[:]), 16), Account: account, Kind: kind, MIME: mimeType, Name: name, Size: int64(len(data)), AtMS: s.now().UnixMilli(), Story: story}
	if err := s.media.save(item, data); err != nil {
		return file{}, err
	}
	s.journal.Put(keyMedia+item.ID, item)
	return item, nil
}

// File gives a file's bytes, for the telephones.
func (s *Server) File(id string) (data []byte, mimeType string, err error) {
	item, ok := s.media.get(id)
	if !ok {
		return nil, "", fault.New(fault.NotFound, "no such file")
	}
	data, err = s.media.read(id)
	return data, item.MIME, err
}

// Expire lets a file's addresses die before their time, as when a story is
// deleted.
func (s *Server) Expire(id string) error {
	item, ok := s.media.get(id)
	if !ok {
		return fault.New(fault.NotFound, "no such file")
	}
	item.Dead = true
	s.media.remember(item)
	s.journal.Put(keyMedia+id, item)
	return s.journal.Flush()
}

// resolveFiles finds, fetches or keeps the files that a message names.
func (s *Server) resolveFiles(c *call, a seat, refs []fileRef) ([]Attached, *graphError) {
	out := make([]Attached, 0, len(refs))
	for _, ref := range refs {
		attached, err := s.resolveFile(c, a, ref)
		if err != nil {
			return nil, err
		}
		out = append(out, attached)
	}
	return out, nil
}

func (s *Server) resolveFile(c *call, a seat, ref fileRef) (Attached, *graphError) {
	var item file
	var err *graphError
	switch {
	case ref.id != "":
		known, there := s.media.get(ref.id)
		if !there || known.Account != or(a.page, a.id) && known.Account != a.id || known.Kind != ref.kind {
			return Attached{}, graphFault(http.StatusBadRequest, 100, 2018074, "Invalid attachment id %s.", ref.id)
		}
		item, err = known, checkFile(a, ref.kind, known.MIME, known.Size)
	case ref.uploaded && c.file == nil:
		return Attached{}, invalid("Param %s must hold one of url and attachment_id, or the call a file.", ref.place)
	case ref.uploaded:
		item, err = s.take(a, ref.kind, *c.file)
	default:
		parsed, _ := url.Parse(ref.url)
		if !slices.Contains(s.config.FetchHosts, parsed.Host) {
			return Attached{Kind: ref.kind, URL: ref.url, Name: path.Base(parsed.Path)}, nil
		}
		var fetched upload
		if fetched, err = s.fetch(c.request.Context(), ref.url); err == nil {
			item, err = s.take(a, ref.kind, fetched)
		}
	}
	if err != nil {
		return Attached{}, err
	}
	return Attached{Kind: ref.kind, File: item.ID, MIME: item.MIME, Name: item.Name, Size: item.Size}, nil
}

// take checks and keeps the bytes of a file.
func (s *Server) take(a seat, kind string, u upload) (file, *graphError) {
	if err := checkFile(a, kind, u.mime, int64(len(u.data))); err != nil {
		return file{}, err
	}
	item, err := s.keepFile(or(a.page, a.id), kind, u.mime, u.name, u.data, false)
	if err != nil {
		return file{}, trouble()
	}
	return item, nil
}

// fetch gets a file that was sent by its address, as Meta's servers do.
func (s *Server) fetch(ctx context.Context, address string) (upload, *graphError) {
	failed := graphFault(http.StatusBadRequest, 100, 2018008, "Failed to fetch the file from the url.")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return upload{}, failed
	}
	request.Header.Set("User-Agent", "facebookexternalua")
	response, err := s.client.Do(request)
	if err != nil {
		return upload{}, failed
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, fileMost+1))
	if err != nil || response.StatusCode != http.StatusOK {
		return upload{}, failed
	}
	return upload{data: data, name: path.Base(request.URL.Path), mime: response.Header.Get("Content-Type")}, nil
}

// readMultipart reads the fields and the file of a multipart body.
func (c *call) readMultipart() *graphError {
	reader, err := c.request.MultipartReader()
	if err != nil {
		return invalid("The multipart body cannot be read.")
	}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return invalid("The multipart body cannot be read.")
		}
		content, err := io.ReadAll(io.LimitReader(part, fileMost+1))
		if err != nil {
			return invalid("The multipart body cannot be read.")
		}
		if part.FormName() != "filedata" {
			c.form[part.FormName()] = string(content)
			continue
		}
		kind := part.Header.Get("Content-Type")
		if kind == "" || kind == "application/octet-stream" {
			kind = or(mime.TypeByExtension(filepath.Ext(part.FileName())), "application/octet-stream")
		}
		c.file = &upload{data: content, name: part.FileName(), mime: kind}
	}
}

// postAttachment answers POST /{account}/message_attachments: a file to be sent
// later, any number of times.
func (s *Server) postAttachment(c *call, a seat) (stage.Answer, *graphError) {
	check := &checker{}
	body := c.object(check)
	body.only("message", "platform", "access_token", "filedata", "type", "appsecret_proof")
	if body.has("platform") && body.one("platform", "messenger", "instagram") == "instagram" && !a.instagram() {
		s.mu.Lock()
		ig := s.linked(a.id)
		if ig != nil {
			a, _ = s.seat(ig.ID)
		}
		s.mu.Unlock()
		if ig == nil {
			check.fail(invalid("The page has no Instagram account."))
		}
	}
	message := body.object("message")
	message.only("attachment")
	at := message.object("attachment")
	at.only("type", "payload")
	kind := at.one("type", "image", "audio", "video", "file")
	payload := at.object("payload")
	payload.only("url", "is_reusable")
	ref := fileRef{place: payload.path, kind: kind}
	if payload.has("url") {
		ref.url = payload.address("url")
	} else {
		ref.uploaded = true
	}
	if !payload.yes("is_reusable") {
		check.fail(invalid("Param %s must be true.", payload.at("is_reusable")))
	}
	if check.err != nil {
		return stage.Answer{}, check.err
	}
	attached, err := s.resolveFile(c, a, ref)
	if err != nil {
		return stage.Answer{}, err
	}
	if attached.File == "" {
		// Nothing was fetched here: the id stands for an address that cannot be read.
		return stage.Answer{}, graphFault(http.StatusBadRequest, 100, 2018008, "Failed to fetch the file from the url.")
	}
	if err := s.journal.Flush(); err != nil {
		return stage.Answer{}, trouble()
	}
	return stage.JSON(http.StatusOK, map[string]string{"attachment_id": attached.File}), nil
}

func millis(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }
