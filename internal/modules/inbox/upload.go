package inbox

import (
	"bufio"
	"context"
	"errors"
	"io"
	"path"
	"strings"
	"unicode"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/message"
	"prosa/internal/modules/media"
	"prosa/internal/platform/blob"
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
	Width     int          `json:"width,omitempty" doc:"Pixels."`
	Height    int          `json:"height,omitempty"`
	Seconds   int64        `json:"seconds,omitempty"`
	VoiceNote bool         `json:"voice_note,omitempty" doc:"OGG with Opus in one channel: may be sent as a recorded note."`
	Animated  bool         `json:"animated,omitempty"`

	hash, thumb string
}

// Media gives the upload as a part of a message. What was recorded, but is not
// what the apps take for a recorded note, goes as a sound.
func (u Upload) Media(voice bool) *message.Media {
	return &message.Media{
		MIME: u.MIME, Name: u.Name, Size: u.Size, SHA256: u.hash, Blob: u.hash, Thumb: u.thumb, State: "ready",
		Voice: voice && u.VoiceNote, Animated: u.Animated, Width: u.Width, Height: u.Height, Seconds: u.Seconds,
	}
}

// For gives the upload as it goes out on a channel: the kind and the medium.
// Errors, Refused: "media_type", "media_size".
func (u Upload) For(channel message.Channel, voice bool) (message.Kind, *message.Media, error) {
	kind, err := media.Fit(channel, u.Kind, u.MIME, u.Size)
	return kind, u.Media(voice && kind == message.Audio), err
}

// File is what a browser sends.
type File struct {
	Name    string
	Claimed string // the browser's word on the type, used only between types that no browser runs
	Content io.Reader
	// Poster is a picture of a film's first moment that the browser took; nil
	// where there is none. What is no picture is left out.
	Poster io.Reader
}

// posterMost is the largest picture of a film's first moment, in bytes.
const posterMost = 2 << 20

// Upload keeps a file. Errors: fault.TooLarge, fault.Invalid for an empty one.
func (s *Service) Upload(ctx context.Context, tenantID, userID string, file File) (Upload, error) {
	content := bufio.NewReader(file.Content)
	if _, err := content.Peek(1); errors.Is(err, io.EOF) {
		return Upload{}, fault.OnField("file", "is empty")
	}
	ref, err := s.blobs.Put(ctx, tenantID, content, s.cfg.UploadMax)
	if err != nil {
		return Upload{}, err
	}
	upload := Upload{Name: cleanName(file.Name), Size: ref.Size, hash: ref.Hash}
	found, err := s.inspect(ctx, tenantID, ref, upload.Name, file.Claimed)
	if err != nil {
		return Upload{}, err
	}
	upload.MIME, upload.Kind = found.MIME, found.Kind
	upload.Width, upload.Height, upload.Seconds = found.Width, found.Height, found.Seconds
	upload.VoiceNote, upload.Animated = found.VoiceNote, found.Animated
	if found.Thumb == nil && found.Kind == message.Video && file.Poster != nil {
		if found.Thumb, err = s.poster(ctx, tenantID, file.Poster); err != nil {
			return Upload{}, err
		}
	}
	if found.Thumb != nil {
		thumb, err := s.blobs.Put(ctx, tenantID, strings.NewReader(string(found.Thumb)), int64(len(found.Thumb)))
		if err != nil {
			return Upload{}, err
		}
		upload.thumb = thumb.Hash
	}
	return upload, s.keep(ctx, tenantID, userID, &upload)
}

func (s *Service) inspect(ctx context.Context, tenantID string, ref blob.Ref, name, claimed string) (media.Facts, error) {
	content, size, err := s.blobs.Open(ctx, tenantID, ref.Hash)
	if err != nil {
		return media.Facts{}, err
	}
	defer func() { _ = content.Close() }() // it was only read
	return s.look.Look(ctx, content, size, name, claimed)
}

// poster draws the picture of a film small. The one that the browser sent is not
// kept: the drawing holds nothing but pixels.
func (s *Service) poster(ctx context.Context, tenantID string, from io.Reader) ([]byte, error) {
	ref, err := s.blobs.Put(ctx, tenantID, from, posterMost)
	if fault.Is(err, fault.TooLarge) {
		return nil, nil // the film goes without
	}
	if err != nil {
		return nil, err
	}
	found, err := s.inspect(ctx, tenantID, ref, "", "")
	return found.Thumb, err
}

func (s *Service) keep(ctx context.Context, tenantID, userID string, u *Upload) error {
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		u.ID, u.CreatedMS = id.New(id.Media, tx.Now()), tx.Now()
		_, err := tx.Exec(ctx, `
			INSERT INTO upload (tenant_id, id, user_id, kind, mime, name, size, hash, thumb, width, height, seconds, voice_note, animated, created_ms)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
			tenantID, u.ID, userID, string(u.Kind), u.MIME, u.Name, u.Size, u.hash, u.thumb, u.Width, u.Height, u.Seconds, u.VoiceNote, u.Animated, u.CreatedMS)
		return err
	})
}

// Uploaded gives an upload of the person. Error: fault.NotFound.
func (s *Service) Uploaded(ctx context.Context, tenantID, userID, uploadID string) (u Upload, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRow(ctx, `
			SELECT id, kind, mime, name, size, hash, thumb, width, height, seconds, voice_note, animated, created_ms
			FROM upload WHERE tenant_id = $1 AND id = $2 AND user_id = $3`, tenantID, uploadID, userID).
			Scan(&u.ID, &u.Kind, &u.MIME, &u.Name, &u.Size, &u.hash, &u.thumb, &u.Width, &u.Height, &u.Seconds, &u.VoiceNote, &u.Animated, &u.CreatedMS)
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
