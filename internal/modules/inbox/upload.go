package inbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path"
	"strings"
	"unicode"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// Upload is a file that an attendant has chosen.
type Upload struct {
	ID        string       `json:"id"`
	Kind      message.Kind `json:"kind" enum:"image,video,audio,document"`
	MIME      string       `json:"mime"`
	Name      string       `json:"name"`
	Size      int64        `json:"size" doc:"Bytes."`
	CreatedMS int64        `json:"created_ms"`

	hash string
}

// Media gives the upload as a part of a message.
func (u Upload) Media(voice bool) *message.Media {
	return &message.Media{
		MIME: u.MIME, Name: u.Name, Size: u.Size, SHA256: u.hash, Blob: u.hash,
		Voice: voice && u.Kind == message.Audio, State: "ready",
	}
}

// File is what a browser sends.
type File struct {
	Name    string
	Claimed string // the browser's word on the type, used for nothing but audio in a video's container
	Content io.Reader
}

// Upload keeps a file. Errors: fault.TooLarge, fault.Invalid for an empty one.
func (s *Service) Upload(ctx context.Context, tenantID, userID string, file File) (Upload, error) {
	head := make([]byte, 512)
	n, err := io.ReadFull(file.Content, head)
	if n == 0 {
		return Upload{}, fault.OnField("file", "is empty")
	}
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Upload{}, fault.Wrap(err, fault.Invalid, "the file could not be read")
	}
	head = head[:n]
	ref, err := s.blobs.Put(ctx, tenantID, io.MultiReader(strings.NewReader(string(head)), file.Content), s.cfg.UploadMax)
	if err != nil {
		return Upload{}, err
	}
	upload := Upload{Name: cleanName(file.Name), Size: ref.Size, hash: ref.Hash}
	upload.MIME = mimeOf(head, upload.Name, file.Claimed)
	upload.Kind = kindOf(upload.MIME)
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		upload.ID, upload.CreatedMS = id.New(id.Media, tx.Now()), tx.Now()
		_, err := tx.Exec(ctx, `
			INSERT INTO upload (tenant_id, id, user_id, kind, mime, name, size, hash, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			tenantID, upload.ID, userID, string(upload.Kind), upload.MIME, upload.Name, upload.Size, upload.hash, upload.CreatedMS)
		return err
	})
	return upload, err
}

// Uploaded gives an upload of the person. Error: fault.NotFound.
func (s *Service) Uploaded(ctx context.Context, tenantID, userID, uploadID string) (u Upload, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRow(ctx, "SELECT id, kind, mime, name, size, hash, created_ms FROM upload WHERE tenant_id = $1 AND id = $2 AND user_id = $3",
			tenantID, uploadID, userID).Scan(&u.ID, &u.Kind, &u.MIME, &u.Name, &u.Size, &u.hash, &u.CreatedMS)
		if errors.Is(err, database.ErrNoRows) {
			return fault.New(fault.NotFound, "no such upload")
		}
		return err
	})
	return u, err
}

// cleanName keeps the last element of a file's name, without what could fool a
// reader or a file system.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`"<>|:*?`, r) {
			return -1
		}
		return r
	}, name))
	if runes := []rune(name); len(runes) > 120 {
		name = string(runes[:60]) + "…" + string(runes[len(runes)-59:]) // the ending says what it is
	}
	if name == "" || name == "." || name == "/" || name == ".." {
		return "file"
	}
	return name
}

// byExtension are types that bytes alone do not tell.
var byExtension = map[string]string{
	".csv": "text/csv", ".txt": "text/plain", ".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".aac":  "audio/aac", ".amr": "audio/amr", ".m4a": "audio/mp4", ".opus": "audio/ogg", ".ogg": "audio/ogg", ".mp3": "audio/mpeg", ".3gp": "video/3gpp",
}

// mimeOf reads the type of a file from its first bytes; the name decides only
// between types that a browser never runs.
func mimeOf(head []byte, name, claimed string) string {
	found, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch found {
	case "application/octet-stream", "application/zip", "application/ogg", "text/plain":
		if known, ok := byExtension[strings.ToLower(path.Ext(name))]; ok {
			return known
		}
		if found == "application/ogg" {
			return "audio/ogg"
		}
	case "video/webm", "video/mp4":
		if strings.HasPrefix(claimed, "audio/") {
			return "audio" + strings.TrimPrefix(found, "video")
		}
	case "text/html", "text/xml":
		return "application/octet-stream" // never shown by a browser as a page of ours
	case "audio/wave":
		return "audio/wav"
	}
	return found
}

func kindOf(mime string) message.Kind {
	switch {
	case mime == "image/jpeg", mime == "image/png", mime == "image/webp", mime == "image/gif":
		return message.Image
	case strings.HasPrefix(mime, "video/"):
		return message.Video
	case strings.HasPrefix(mime, "audio/"):
		return message.Audio
	default:
		return message.Document
	}
}
