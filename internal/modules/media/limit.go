package media

import (
	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// Limit is what a channel takes of a kind.
type Limit struct {
	Kind message.Kind `json:"kind" enum:"image,video,audio,document"`
	Max  int64        `json:"max" doc:"Bytes; 0: the channel carries no such file."`
	// Types that the channel shows as this kind; others of the kind go as a
	// document where it carries documents. Empty: any.
	Types []string `json:"types" nullable:"false"`
}

// types by channel and kind: WhatsApp "Media" (supported media types, 2026-07);
// Messenger "Send API attachments" (2026-04); Instagram "Send a message: media"
// (2026-03); Bot API 10.1, sendPhoto, sendVideo, sendAudio.
var types = map[message.Channel]map[message.Kind][]string{
	message.WhatsApp: {
		message.Image: {"image/jpeg", "image/png"}, message.Video: {"video/mp4", "video/3gpp"},
		message.Audio: {"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"},
	},
	message.Telegram: {
		message.Image: {"image/jpeg", "image/png", "image/webp", "image/gif"}, message.Video: {"video/mp4"},
		message.Audio: {"audio/mpeg", "audio/mp4", "audio/ogg"},
	},
	message.Messenger: {
		message.Image: {"image/jpeg", "image/png", "image/gif"}, message.Video: {"video/mp4", "video/ogg", "video/webm", "video/quicktime"},
		message.Audio: {"audio/aac", "audio/mp4", "audio/mpeg", "audio/wav", "audio/ogg"},
	},
	message.Instagram: {
		message.Image: {"image/jpeg", "image/png"}, message.Video: {"video/mp4", "video/ogg", "video/webm", "video/quicktime"},
		message.Audio: {"audio/aac", "audio/mp4", "audio/wav"},
	},
}

// kinds that people send, in the order of their tables.
var kinds = []message.Kind{message.Image, message.Video, message.Audio, message.Document}

// LimitsOf lists what a channel takes, each kind, of at most most bytes.
func LimitsOf(channel message.Channel, most int64) []Limit {
	bounds := message.LimitsOf(channel)
	list := make([]Limit, len(kinds))
	for i, kind := range kinds {
		size := map[message.Kind]int64{
			message.Image: bounds.Image, message.Video: bounds.Video, message.Audio: bounds.Audio, message.Document: bounds.Document,
		}[kind]
		list[i] = Limit{Kind: kind, Max: min(size, most), Types: append([]string{}, types[channel][kind]...)}
	}
	return list
}

// Fit gives the kind that a file goes out as on a channel: its own, or as a
// document where the channel does not show its type. Errors, Refused:
// "media_type" when the channel carries no such file, "media_size" when it is
// too large for it.
func Fit(channel message.Channel, kind message.Kind, mime string, size int64) (message.Kind, error) {
	var own, document Limit
	for _, l := range LimitsOf(channel, 1<<62) {
		if l.Kind == kind {
			own = l
		}
		if l.Kind == message.Document {
			document = l
		}
	}
	if own.Max == 0 || !own.takes(mime) {
		own = document
	}
	switch {
	case own.Max == 0:
		return kind, fault.Refuse("media_type", "%s does not carry files of the type %s", channel, mime)
	case size > own.Max:
		return kind, fault.Refuse("media_size", "%s takes at most %d MB of this", channel, own.Max>>20)
	}
	return own.Kind, nil
}

func (l Limit) takes(mime string) bool {
	if len(l.Types) == 0 {
		return true
	}
	for _, t := range l.Types {
		if t == mime {
			return true
		}
	}
	return false
}
