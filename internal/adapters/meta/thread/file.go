package thread

import (
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// attachmentTypes are the platform's words for kinds of files.
var attachmentTypes = map[message.Kind]string{
	message.Image: "image", message.Video: "video", message.Audio: "audio", message.Document: "file",
}

// mostPictures is how many pictures one message carries (Messenger Platform,
// Send API, attachments).
const mostPictures = 10

// media sends a file as its kind, or as the kind that takes its type. There are
// no captions: the words follow.
func (r *rendering) media(content message.Content) error {
	kind, err := r.carry(content.Kind, content.Media)
	if err != nil {
		return err
	}
	if err := r.file(kind, content.Media); err != nil {
		return err
	}
	return r.texts(content.Text)
}

// file adds one file: bytes of ours, to be uploaded, or a public address.
func (r *rendering) file(kind message.Kind, file *message.Media) error {
	body := &messageBody{Attachment: &attachmentBody{Type: attachmentTypes[kind], Payload: &payloadBody{}}}
	if file.Blob == "" {
		body.Attachment.Payload.URL = file.URL
		return r.say(body)
	}
	return r.say(body, *file)
}

// carry gives the kind that a file goes as. Error: fault.Refused when the
// platform takes no such file.
func (r *rendering) carry(wanted message.Kind, file *message.Media) (message.Kind, error) {
	if file == nil || file.Blob == "" && file.URL == "" {
		return "", fault.Refuse("media", "the file is not at hand")
	}
	if file.Blob == "" && base(file.MIME) == "" {
		return wanted, nil // a public address whose type the platform finds out
	}
	for _, kind := range []message.Kind{wanted, message.Image, message.Video, message.Audio, message.Document} {
		if !slices.Contains(r.dialect.Carried[kind], base(file.MIME)) && !(kind == message.Document && r.dialect.AnyFile) {
			continue
		}
		most := r.most(kind)
		if file.Size > most && kind != message.Document && r.dialect.AnyFile && file.Size <= r.most(message.Document) {
			return message.Document, nil // too large to be shown, small enough to be handed over
		}
		if file.Size > most {
			return "", fault.Refuse("media_size", "the file has %d bytes; %s takes at most %d of its kind", file.Size, r.dialect.Name, most)
		}
		return kind, nil
	}
	if wanted == message.Document {
		return "", fault.Refuse("document", "%s takes no documents of type %q from companies, only PDF", r.dialect.Name, base(file.MIME))
	}
	return "", fault.Refuse("media_type", "%s takes no files of type %q", r.dialect.Name, base(file.MIME))
}

// most is how many bytes a file of the kind may have.
func (r *rendering) most(kind message.Kind) int64 {
	limits := message.LimitsOf(r.dialect.Channel)
	switch kind {
	case message.Image:
		return limits.Image
	case message.Video:
		return limits.Video
	case message.Audio:
		return limits.Audio
	default:
		return limits.Document
	}
}

// sticker sends the platform's own heart or thumbs-up; of others the picture,
// or in words what it says.
func (r *rendering) sticker(content message.Content) error {
	switch {
	case r.dialect.Heart && content.Media == nil && strings.HasPrefix(content.Text, "❤"):
		return r.say(&messageBody{Attachment: &attachmentBody{Type: "like_heart"}})
	case r.dialect.Thumb != "" && content.Media == nil && strings.HasPrefix(content.Text, "👍"):
		return r.say(&messageBody{Sticker: jsontext.Value(r.dialect.Thumb)})
	case content.Media == nil && content.Text != "":
		return r.texts(content.Text)
	}
	kind, err := r.carry(message.Image, content.Media)
	if err != nil {
		return err
	}
	return r.file(kind, content.Media)
}

// album sends pictures together and the rest one by one.
func (r *rendering) album(content message.Content) error {
	if len(content.Album) == 0 {
		return fault.Refuse("media", "the album is empty")
	}
	var pictures []message.Media
	flush := func() error {
		group := pictures
		pictures = nil
		switch len(group) {
		case 0:
			return nil
		case 1:
			return r.file(message.Image, &group[0])
		}
		body := &messageBody{Attachments: make([]attachmentBody, len(group))}
		for n := range body.Attachments {
			body.Attachments[n] = attachmentBody{Type: "image", Payload: &payloadBody{}}
		}
		return r.say(body, group...)
	}
	for n := range content.Album {
		file := &content.Album[n]
		kind, err := r.carry(kindByType(file), file)
		if err != nil {
			return err
		}
		if r.dialect.Several && kind == message.Image && file.Blob != "" {
			if pictures = append(pictures, *file); len(pictures) < mostPictures {
				continue
			}
			if err := flush(); err != nil {
				return err
			}
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		if err := r.file(kind, file); err != nil {
			return err
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return r.texts(content.Text)
}

func kindByType(file *message.Media) message.Kind {
	switch head, _, _ := strings.Cut(base(file.MIME), "/"); head {
	case "video":
		return message.Video
	case "audio":
		return message.Audio
	case "image", "":
		return message.Image
	default:
		return message.Document
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
