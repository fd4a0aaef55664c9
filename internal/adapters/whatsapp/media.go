package whatsapp

import (
	"path"
	"slices"
	"strconv"
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
	kind, upload, err := r.file(content.Kind, file)
	if err != nil {
		return err
	}
	limits := message.LimitsOf(message.WhatsApp)
	body := &mediaBody{}
	if upload == nil {
		body.Link = file.URL
	}
	rest := strings.TrimSpace(content.Text)
	if kind != message.Audio && kind != message.Sticker && limits.Caption.Fits(rest) {
		body.Caption, rest = strings.ToValidUTF8(rest, "\uFFFD"), ""
	}
	if kind == message.Document {
		body.Filename = fileName(file)
	}
	body.Voice = kind == message.Audio && file.Voice && base(file.MIME) == "audio/ogg"
	err = r.add(string(kind), upload, func(q *request) {
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

// file gives the kind that a file goes as and what must be uploaded first:
// nothing for a public address, which Meta fetches by itself. Errors:
// fault.Refused with reason media, media_type or media_size.
func (r *rendering) file(wanted message.Kind, file *message.Media) (message.Kind, *message.Media, error) {
	switch {
	case file != nil && file.Blob != "":
		kind, err := r.kindOf(wanted, file)
		if err != nil {
			return "", nil, err
		}
		upload := *file
		return kind, &upload, nil
	case file != nil && strings.HasPrefix(file.URL, "https://"):
		if file.MIME == "" {
			return wanted, nil, nil // Meta will see; 131053 when it is of no use
		}
		kind, err := r.kindOf(wanted, file)
		return kind, nil, err
	default:
		return "", nil, fault.Refuse("media", "%s", r.say("O arquivo não está disponível para envio", "The file is not at hand"))
	}
}

// kindOf gives the kind that takes a file's type.
func (r *rendering) kindOf(wanted message.Kind, file *message.Media) (message.Kind, error) {
	for _, kind := range []message.Kind{wanted, message.Image, message.Video, message.Audio, message.Document, message.Sticker} {
		if !slices.Contains(carried[kind], base(file.MIME)) {
			continue
		}
		if most := limitOf(kind, file); file.Size > most {
			return "", fault.Refuse("media_size", r.say("O arquivo tem %s; o WhatsApp aceita até %s deste tipo", "The file has %s; WhatsApp takes at most %s of its kind"), sizeOf(file.Size), sizeOf(most))
		}
		return kind, nil
	}
	return "", fault.Refuse("media_type", r.say("O WhatsApp não aceita arquivos do tipo %q", "WhatsApp takes no files of type %q"), base(file.MIME))
}

// sizeOf writes bytes for a person, rounded up.
func sizeOf(bytes int64) string {
	if bytes < 1<<20 {
		return strconv.FormatInt((bytes+1023)>>10, 10) + " KB"
	}
	return strconv.FormatInt((bytes+1<<20-1)>>20, 10) + " MB"
}

// kindByType is the kind that a file of the type is sent as at best.
func kindByType(file *message.Media) message.Kind {
	for _, kind := range []message.Kind{message.Image, message.Video, message.Audio, message.Sticker} {
		if slices.Contains(carried[kind], base(file.MIME)) {
			return kind
		}
	}
	head, _, _ := strings.Cut(base(file.MIME), "/")
	switch {
	case head == "" && file.URL != "":
		return message.Image // a picture that the company named by its address
	case head == "image" || head == "video" || head == "audio":
		return message.Kind(head)
	default:
		return message.Document
	}
}

// header is a file above a message with buttons: only pictures, films and
// documents stand there. Error: as file; reason media_type for other kinds.
func (r *rendering) header(file *message.Media) (*headerBody, *message.Media, error) {
	wanted := message.Image
	if file != nil {
		wanted = kindByType(file)
	}
	kind, upload, err := r.file(wanted, file)
	if err != nil {
		return nil, nil, err
	}
	body := &mediaBody{}
	if upload == nil {
		body.Link = file.URL
	}
	header := &headerBody{Type: string(kind)}
	switch kind {
	case message.Image:
		header.Image = body
	case message.Video:
		header.Video = body
	case message.Document:
		body.Filename = fileName(file)
		header.Document = body
	default:
		return nil, nil, fault.Refuse("media_type", r.say("Acima de botões o WhatsApp não mostra arquivos do tipo %q", "Above buttons WhatsApp shows no files of type %q"), base(file.MIME))
	}
	return header, upload, nil
}

// above gives the file that stands over the buttons of a message. Where the
// message has no such place, or the file is of a kind that cannot stand there,
// it goes before, by itself.
func (r *rendering) above(content message.Content, room bool) (*headerBody, *message.Media, error) {
	if content.Media == nil {
		return nil, nil, nil
	}
	if room {
		if header, upload, err := r.header(content.Media); err == nil {
			return header, upload, nil
		}
	}
	return nil, nil, r.media(message.Content{Kind: kindByType(content.Media), Media: content.Media})
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
