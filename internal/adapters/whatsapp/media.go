package whatsapp

import (
	"path"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// MIME types that each kind carries (Cloud API, media reference, supported
// media types). A document takes any.
var carried = map[message.Kind][]string{
	message.Image:   {"image/jpeg", "image/png"},
	message.Video:   {"video/mp4", "video/3gp", "video/3gpp"},
	message.Audio:   {"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/opus"},
	message.Sticker: {"image/webp"},
}

// animatedSticker is the limit of a moving sticker, in bytes.
const animatedSticker = 500 << 10

// media sends a file of ours. What the kind cannot carry, by type or size, goes
// as a document; a caption that does not fit follows as text.
func (r *rendering) media(content message.Content) error {
	file := content.Media
	if file == nil || file.Blob == "" {
		return fault.Refuse("media", "the file is not at hand")
	}
	kind := content.Kind
	if !fits(kind, file) {
		kind = message.Document
	}
	limits := message.LimitsOf(message.WhatsApp)
	if kind == message.Document && file.Size > limits.Document {
		return fault.Refuse("media_size", "the file has %d bytes; WhatsApp takes at most %d", file.Size, limits.Document)
	}
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
	err := r.add(string(kind), &upload, func(q *request) {
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

func fits(kind message.Kind, file *message.Media) bool {
	limits := message.LimitsOf(message.WhatsApp)
	most := map[message.Kind]int64{
		message.Image: limits.Image, message.Video: limits.Video, message.Audio: limits.Audio, message.Sticker: limits.Sticker,
	}[kind]
	if kind == message.Sticker && file.Animated {
		most = animatedSticker
	}
	if file.Size > most {
		return false
	}
	for _, mime := range carried[kind] {
		if base(file.MIME) == mime {
			return true
		}
	}
	return false
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
