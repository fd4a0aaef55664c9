package telegram

import (
	"path"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// way is a method that carries a file, and the field that the file goes in.
type way struct{ method, field string }

// media sends a file of ours. What its kind cannot carry, by type or size, goes
// as a document; a caption that does not fit follows as text.
func (r *rendering) media(content message.Content) error {
	file := content.Media
	if file == nil || file.Blob == "" {
		return fault.Refuse("media", "the file is not at hand")
	}
	limits := message.LimitsOf(message.Telegram)
	by := wayOf(content.Kind, file)
	if by == asDocument && file.Size > limits.Document {
		return fault.Refuse("media_size", "the file has %d bytes; Telegram takes at most %d", file.Size, limits.Document)
	}
	q := request{}
	rest := strings.TrimSpace(content.Text)
	if by != asSticker && limits.Caption.Fits(rest) {
		q.Caption, rest = strings.ToValidUTF8(rest, "\uFFFD"), ""
	}
	upload := *file
	if err := r.add(by.method, &upload, q); err != nil {
		return err
	}
	return r.texts(rest)
}

var (
	asPhoto     = way{"sendPhoto", "photo"}
	asVideo     = way{"sendVideo", "video"}
	asAnimation = way{"sendAnimation", "animation"}
	asAudio     = way{"sendAudio", "audio"}
	asVoice     = way{"sendVoice", "voice"}
	asSticker   = way{"sendSticker", "sticker"}
	asDocument  = way{"sendDocument", "document"}
)

// wayOf picks the method by kind, type and size (Bot API, sendPhoto, sendVideo,
// sendAnimation, sendAudio, sendVoice, sendSticker).
func wayOf(kind message.Kind, file *message.Media) way {
	limits := message.LimitsOf(message.Telegram)
	mime := base(file.MIME)
	is := func(types ...string) bool { return slices.Contains(types, mime) }
	switch {
	case kind == message.Image && is("image/gif") && file.Size <= limits.Video:
		return asAnimation
	case kind == message.Image && is("image/jpeg", "image/png", "image/webp") && file.Size <= limits.Image:
		return asPhoto
	case kind == message.Video && file.Animated && is("video/mp4") && file.Size <= limits.Video:
		return asAnimation
	case kind == message.Video && is("video/mp4") && file.Size <= limits.Video:
		return asVideo
	case kind == message.Audio && (file.Voice || is("audio/ogg", "audio/opus")) &&
		is("audio/ogg", "audio/opus", "audio/mpeg", "audio/mp4", "audio/m4a", "audio/x-m4a") && file.Size <= limits.Audio:
		return asVoice
	case kind == message.Audio && is("audio/mpeg", "audio/mp4", "audio/m4a", "audio/x-m4a") && file.Size <= limits.Audio:
		return asAudio
	case kind == message.Sticker && is("image/webp", "video/webm", "application/x-tgsticker") && file.Size <= limits.Sticker:
		return asSticker
	default:
		return asDocument
	}
}

// fieldOf gives the field that a method's file goes in.
func fieldOf(method string) (string, bool) {
	for _, by := range []way{asPhoto, asVideo, asAnimation, asAudio, asVoice, asSticker, asDocument} {
		if by.method == method {
			return by.field, true
		}
	}
	return "", false
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
