package thread

import (
	"prosa/internal/message"
)

// Dialect is what tells the products of the Messenger Platform apart.
type Dialect struct {
	Channel message.Channel
	Object  string // of the webhook's envelope: "page", "instagram"
	Name    string // in sentences for people
	Address message.AddressKind
	// Carried are the MIME types that each kind takes; AnyFile says that a
	// document may be of any other.
	Carried map[message.Kind][]string
	AnyFile bool
	// Recorded says that all sound comes from the app's own microphone.
	Recorded bool
	// Heart says that there is a sticker for it (Instagram like_heart).
	Heart bool
	// Thumb is the platform's own thumbs-up sticker, to be sent; empty for none.
	Thumb string
	// Several says that one message may carry several pictures.
	Several bool
	// Love is the only name of a reaction that is sent by name and not as its
	// emoji, empty for none.
	Love string
}

// MessengerDialect is that of Facebook pages (Meta: Messenger Platform, Send
// API 2026-04, Sender Actions 2026-01, Sticker API 2026-06).
var MessengerDialect = Dialect{
	Channel: message.Messenger, Object: "page", Name: "Messenger", Address: message.PSID,
	Carried: map[message.Kind][]string{
		message.Image: {"image/jpeg", "image/png", "image/gif"},
		message.Video: {"video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"},
		message.Audio: {"audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/aac", "audio/wav", "audio/x-wav", "audio/ogg"},
	},
	AnyFile: true, Thumb: "369239263222822", Several: true,
}

// InstagramDialect is that of Instagram's professional accounts (Meta:
// Instagram Messaging, Upload Media 2026-04, Send a Message 2026-07).
var InstagramDialect = Dialect{
	Channel: message.Instagram, Object: "instagram", Name: "Instagram", Address: message.IGSID,
	Carried: map[message.Kind][]string{
		message.Image:    {"image/jpeg", "image/png", "image/gif"},
		message.Video:    {"video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"},
		message.Audio:    {"audio/mp4", "audio/x-m4a", "audio/aac", "audio/wav", "audio/x-wav"},
		message.Document: {"application/pdf"},
	},
	Recorded: true, Heart: true, Several: true, Love: "love",
}

// thumbs are the sizes of Messenger's thumbs-up (Messenger Platform, messages
// webhook).
var thumbs = map[string]bool{"369239263222822": true, "369239343222814": true, "369239383222810": true}

// moods are the names that reactions come by, for webhooks that carry no emoji
// (Messenger Platform, message_reactions).
var moods = map[string]string{
	"love": "❤️", "like": "👍", "dislike": "👎", "smile": "😆", "wow": "😮", "sad": "😢", "angry": "😠",
}
