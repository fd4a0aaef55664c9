package telegram

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// way is a method that carries a file, and the field that the file goes in.
type way struct{ method, field string }

// media sends a file of ours, or one that lies at a public address. What its
// kind cannot carry, by type or size, goes as a document; a caption that does
// not fit follows as text.
func (r *rendering) media(content message.Content) error {
	file := content.Media
	if file == nil || file.Blob == "" && file.URL == "" {
		return fault.Refuse("media", "the file is not at hand")
	}
	limits := message.LimitsOf(message.Telegram)
	by := wayOf(content.Kind, file)
	if by == asDocument && file.Size > limits.Document {
		return fault.Refuse("media_size", "the file has %d bytes; Telegram takes at most %d", file.Size, limits.Document)
	}
	q := request{}
	rest := strings.TrimSpace(content.Text)
	if by != asSticker && by != asRound && limits.Caption.Fits(rest) {
		q.Caption, rest = strings.ToValidUTF8(rest, "\uFFFD"), ""
	}
	if err := r.file(content.Kind, file, q); err != nil {
		return err
	}
	return r.texts(rest)
}

// file adds the part that carries a file. Bytes of ours are uploaded. A public
// address is left to Telegram to fetch; if it can't, we fetch and upload.
func (r *rendering) file(kind message.Kind, file *message.Media, q request) error {
	by := wayOf(kind, file)
	switch by {
	case asVideo, asAnimation:
		q.Duration, q.Width, q.Height = file.Seconds, file.Width, file.Height
	case asAudio, asVoice:
		q.Duration = file.Seconds
	case asRound:
		q.Duration, q.Length = file.Seconds, file.Width
	}
	upload := *file
	if file.Blob != "" || !q.point(by, file.URL) {
		return r.addFiles(by.method, &upload, nil, q)
	}
	if err := r.add(by.method, q); err != nil {
		return err
	}
	return r.otherwise(func(other *rendering) error {
		q.point(by, "")
		return other.addFiles(by.method, &upload, nil, q)
	})
}

// point puts a public address at the place of the file; false where Telegram
// takes uploads only (sendVideoNote).
func (q *request) point(by way, address string) bool {
	field := map[way]*string{
		asPhoto: &q.Photo, asVideo: &q.Video, asAnimation: &q.Animation, asAudio: &q.Audio,
		asVoice: &q.Voice, asSticker: &q.Sticker, asDocument: &q.Document,
	}[by]
	if field == nil {
		return false
	}
	*field = address
	return true
}

var (
	asPhoto     = way{"sendPhoto", "photo"}
	asVideo     = way{"sendVideo", "video"}
	asRound     = way{"sendVideoNote", "video_note"}
	asAnimation = way{"sendAnimation", "animation"}
	asAudio     = way{"sendAudio", "audio"}
	asVoice     = way{"sendVoice", "voice"}
	asSticker   = way{"sendSticker", "sticker"}
	asDocument  = way{"sendDocument", "document"}
)

// roundest is how long a film in a circle may be, in seconds (sendVideoNote).
const roundest = 60

// wayOf picks the method by kind, type and size (Bot API, sendPhoto, sendVideo,
// sendAnimation, sendAudio, sendVoice, sendVideoNote, sendSticker). Of a public
// address the type may be unknown: it is taken for the usual one.
func wayOf(kind message.Kind, file *message.Media) way {
	limits := message.LimitsOf(message.Telegram)
	mime := base(file.MIME)
	if mime == "" && file.Blob == "" {
		mime = map[message.Kind]string{
			message.Image: "image/jpeg", message.Video: "video/mp4", message.Audio: "audio/mpeg", message.Sticker: "image/webp",
		}[kind]
	}
	is := func(types ...string) bool { return slices.Contains(types, mime) }
	switch {
	case kind == message.Image && is("image/gif") && file.Size <= limits.Video:
		return asAnimation
	case kind == message.Image && is("image/jpeg", "image/png", "image/webp") && file.Size <= limits.Image:
		return asPhoto
	case kind == message.Video && file.Animated && is("video/mp4") && file.Size <= limits.Video:
		return asAnimation
	case kind == message.Video && file.Round && is("video/mp4") && file.Seconds <= roundest && file.Size <= limits.Video:
		return asRound
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
	for _, by := range []way{asPhoto, asVideo, asRound, asAnimation, asAudio, asVoice, asSticker, asDocument} {
		if by.method == method {
			return by.field, true
		}
	}
	return "", false
}

// kindOf tells what a file is by its type; a picture when nothing is known.
func kindOf(file *message.Media) message.Kind {
	head, _, _ := strings.Cut(base(file.MIME), "/")
	switch head {
	case "", "image":
		return message.Image
	case "video":
		return message.Video
	case "audio":
		return message.Audio
	default:
		return message.Document
	}
}

// albumTypes are what an album holds, by the way of the file. Films and
// pictures mix; documents and music stay among their like (sendMediaGroup).
var albumTypes = map[way]struct{ name, class string }{
	asPhoto: {"photo", "visual"}, asVideo: {"video", "visual"}, asAudio: {"audio", "audio"}, asDocument: {"document", "document"},
}

const albumMost = 10

// album sends files as few albums as Telegram allows, in their order; what
// cannot be in an album, or would be alone in it, goes by itself.
func (r *rendering) album(content message.Content) error {
	if len(content.Album) == 0 {
		return fault.OnField("album", "an album without files")
	}
	limits := message.LimitsOf(message.Telegram)
	caption := strings.TrimSpace(content.Text)
	if !limits.Caption.Fits(caption) {
		if err := r.texts(caption); err != nil {
			return err
		}
		caption = ""
	}
	for _, run := range runs(content.Album) {
		if err := r.albumOf(run, caption); err != nil {
			return err
		}
		caption = ""
	}
	return nil
}

// runs cuts files where an album must end, the longer ones evenly.
func runs(files []message.Media) [][]message.Media {
	var out [][]message.Media
	class := func(f message.Media) string { return albumTypes[wayOf(kindOf(&f), &f)].class }
	for start := 0; start < len(files); {
		end := start + 1
		for end < len(files) && class(files[start]) != "" && class(files[end]) == class(files[start]) {
			end++
		}
		count := (end - start + albumMost - 1) / albumMost
		for i := range count {
			from, to := start+(end-start)*i/count, start+(end-start)*(i+1)/count
			out = append(out, files[from:to])
		}
		start = end
	}
	return out
}

func (r *rendering) albumOf(files []message.Media, caption string) error {
	if len(files) == 1 {
		return r.media(message.Content{Kind: kindOf(&files[0]), Media: &files[0], Text: caption})
	}
	for _, file := range files {
		if file.Blob == "" && file.URL == "" {
			return fault.Refuse("media", "a file of the album is not at hand")
		}
		if most := message.LimitsOf(message.Telegram).Document; file.Size > most {
			return fault.Refuse("media_size", "a file has %d bytes; Telegram takes at most %d", file.Size, most)
		}
	}
	add := func(to *rendering, byAddress bool) error {
		q := request{}
		var uploads []message.Media
		for n, file := range files {
			item := picture{Type: albumTypes[wayOf(kindOf(&file), &file)].name, Media: file.URL}
			if n == 0 {
				item.Caption = strings.ToValidUTF8(caption, "\uFFFD")
			}
			if file.Blob != "" || !byAddress {
				item.Media = attached + fileField(len(uploads))
				uploads = append(uploads, file)
			}
			q.Media = append(q.Media, item)
		}
		return to.addFiles("sendMediaGroup", nil, uploads, q)
	}
	if err := add(r, true); err != nil {
		return err
	}
	if !slices.ContainsFunc(files, func(f message.Media) bool { return f.Blob == "" }) {
		return nil
	}
	return r.otherwise(func(other *rendering) error { return add(other, false) })
}

// attached is how a body names a file of its form (Bot API, "Sending files").
const attached = "attach://"

func fileField(n int) string { return "f" + strconv.Itoa(n) }

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
