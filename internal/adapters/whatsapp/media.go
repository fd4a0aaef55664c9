package whatsapp

import (
	"path"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// carried are the MIME types that each kind takes, for files that are uploaded
// (Cloud API, Media reference, supported media types). There is no kind for
// "any file".
var carried = map[message.Kind][]string{
	message.Image:   {"image/jpeg", "image/png"},
	message.Video:   {"video/mp4", "video/3gpp"},
	message.Audio:   {"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"},
	message.Sticker: {"image/webp"},
	message.Document: {
		"text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"application/vnd.openxmlformats-officedocument.presentationml.presentation",
	},
}

// animatedSticker is the limit of a moving sticker, in bytes.
const animatedSticker = 500 << 10

// media sends a file of ours as its kind, or as the kind that takes its type.
// A caption that does not fit follows as text.
func (r *rendering) media(content message.Content) error {
	file := content.Media
	if file == nil || file.Blob == "" {
		return fault.Refuse("media", "the file is not at hand")
	}
	kind, err := kindOf(content.Kind, file)
	if err != nil {
		return err
	}
	limits := message.LimitsOf(message.WhatsApp)
	body := &mediaBody{}
	rest := strings.TrimSpace(content.Text)
	if kind != message.Audio && kind != message.Sticker && limits.Caption.Fits(rest) {
		body.Caption, rest = strings.ToValidUTF8(rest, "\uFFFD"), ""
	}
	if kind == message.Document {
		body.Filename = fileName(file)
	}
	body.Voice = kind == message.Audio && file.Voice && base(file.MIME) == "audio/ogg"
	upload := *file
	err = r.add(string(kind), &upload, func(q *request) {
		switch kind {
		case message.Image:
			q.Image = body
		case message.Video:
			q.Video = body
		case message.Audio:
			q.Audio = body
		case message.Sticker:
			q.Sticker = body
		default:
			q.Document = body
		}
	})
	if err != nil {
		return err
	}
	return r.texts(rest)
}

// kindOf gives the kind that a file goes as. Error: fault.Refused when WhatsApp
// takes no such file.
func kindOf(wanted message.Kind, file *message.Media) (message.Kind, error) {
	for _, kind := range []message.Kind{wanted, message.Image, message.Video, message.Audio, message.Document, message.Sticker} {
		if !slices.Contains(carried[kind], base(file.MIME)) {
			continue
		}
		if most := limitOf(kind, file); file.Size > most {
			return "", fault.Refuse("media_size", "the file has %d bytes; WhatsApp takes at most %d of its kind", file.Size, most)
		}
		return kind, nil
	}
	return "", fault.Refuse("media_type", "WhatsApp takes no files of type %q", base(file.MIME))
}

// limitOf is how many bytes a file of the kind may have.
func limitOf(kind message.Kind, file *message.Media) int64 {
	limits := message.LimitsOf(message.WhatsApp)
	switch kind {
	case message.Image:
		return limits.Image
	case message.Video:
		return limits.Video
	case message.Audio:
		return limits.Audio
	case message.Sticker:
		if file.Animated {
			return animatedSticker
		}
		return limits.Sticker
	default:
		return limits.Document
	}
}

// base is a MIME type without its parameters ("audio/ogg; codecs=opus").
func base(mime string) string {
	head, _, _ := strings.Cut(mime, ";")
	return strings.ToLower(strings.TrimSpace(head))
}

// fileName is what the customer sees of a document: never a path.
func fileName(file *message.Media) string {
	name := path.Base(strings.ReplaceAll(strings.ToValidUTF8(file.Name, ""), `\`, "/"))
	if file.Name == "" || name == "." || name == "/" {
		_, extension, _ := strings.Cut(base(file.MIME), "/")
		return strings.TrimSuffix("file."+extension, ".")
	}
	return name
}
