package meta

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"

	"prosa/internal/sandbox/stage"
)

// uploadSession is a file on its way by the Resumable Upload API, which gives
// the handle that an example of a template's header needs. It lives in memory,
// as Meta's sessions live for a day only.
type uploadSession struct {
	app, mime string
	length    int64
	data      []byte
	handle    string
}

// openUpload answers POST /{app}/uploads.
func (s *Server) openUpload(c *call, app string) (stage.Answer, *graphError) {
	c.jsonParams()
	length, err := strconv.ParseInt(c.param("file_length"), 10, 64)
	if err != nil || length < 1 {
		return stage.Answer{}, invalid("The parameter file_length is required.")
	}
	kind := c.param("file_type")
	switch kind {
	case "image/jpeg", "image/jpg", "image/png", "video/mp4", "application/pdf":
	default:
		return stage.Answer{}, invalid("Param file_type must be one of {application/pdf, image/jpeg, image/jpg, image/png, video/mp4} - got %q.", kind)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := "upload:" + base64.RawURLEncoding.EncodeToString([]byte(traceID()))
	s.uploads[id] = &uploadSession{app: app, mime: kind, length: length}
	return stage.JSON(http.StatusOK, map[string]string{"id": id}), nil
}

// continueUpload answers GET and POST /upload:...: how much has come, and the
// bytes from file_offset on.
func (s *Server) continueUpload(r *http.Request, id string) stage.Answer {
	token, oauth := strings.CutPrefix(r.Header.Get("Authorization"), "OAuth ")
	if !oauth || !s.knownToken(token) {
		return badToken().answer()
	}
	s.mu.Lock()
	session := s.uploads[id]
	s.mu.Unlock()
	if session == nil {
		return noObject(r.Method, id).answer()
	}
	if r.Method == http.MethodGet {
		return stage.JSON(http.StatusOK, map[string]any{"id": id, "file_offset": len(session.data)})
	}
	offset, err := strconv.ParseInt(r.Header.Get("file_offset"), 10, 64)
	if r.Method != http.MethodPost || err != nil || offset != int64(len(session.data)) {
		return invalid("The header file_offset must be %d.", len(session.data)).answer()
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, session.length-offset+1))
	s.mu.Lock()
	defer s.mu.Unlock()
	session.data = append(session.data, data...)
	switch {
	case err != nil || int64(len(session.data)) < session.length:
		return (&graphError{Message: "Partial request (did not match length of file)", Type: "ApiException", Code: 6000, IsTransient: true, status: http.StatusBadRequest}).answer()
	case int64(len(session.data)) > session.length:
		session.data = session.data[:offset]
		return invalid("The file is longer than file_length.").answer()
	}
	sum := sha256.Sum256(session.data)
	session.handle = "4::" + base64.StdEncoding.EncodeToString([]byte(session.mime)) + ":" + hex.EncodeToString(sum[:])
	s.handles[session.handle] = true
	return stage.JSON(http.StatusOK, map[string]string{"h": session.handle})
}

func (s *Server) knownToken(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, number := range s.numbers {
		if number.Token == token {
			return true
		}
	}
	return false
}

// handlesKnown refuses examples that were never uploaded here.
func (s *Server) handlesKnown(body object) *graphError {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, handle := range handlesIn(body.m["components"]) {
		if !s.handles[handle] {
			return templateError(subcodeHeader, "Header example is not valid", "The handle of the example is not one of an uploaded file.")
		}
	}
	return nil
}

// handlesIn finds all header_handle values, those of cards too.
func handlesIn(value any) []string {
	var found []string
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			found = append(found, handlesIn(item)...)
		}
	case map[string]any:
		for name, item := range value {
			if list, ok := item.([]any); ok && name == "header_handle" {
				for _, handle := range list {
					if text, ok := handle.(string); ok {
						found = append(found, text)
					}
				}
				continue
			}
			found = append(found, handlesIn(item)...)
		}
	}
	return found
}
