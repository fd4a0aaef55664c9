package meta

import (
	"regexp"
	"strings"
)

// draft is a send call that was read and found right.
type draft struct {
	kind      string // type, refined for interactive messages
	typ       string
	to        string // as asked
	bsuid     string
	text      string // what a person reads
	replyTo   string
	reference string // biz_opaque_callback_data
	target    string // of a reaction
	emoji     string
	category  string // pricing
	files     []attachment
	template  *templateUse
	goods     []ProductRef
	catalog   bool   // it opens the account's catalog
	payment   string // reference_id of order details or an order status
	country   bool   // must be a Brazilian customer
	marketing bool   // it came by /marketing_messages

	orderStatus string
	paid        bool
}

// attachment is media that a message refers to.
type attachment struct {
	kind, id, link, place string
}

// maxReference bounds biz_opaque_callback_data.
const maxReference = 512

// readMessage checks a body of POST /{number}/messages that sends a message.
// Source: Cloud API reference, "Messages" and the guides of each type.
func readMessage(body object) draft {
	c := body.check
	d := draft{category: "service"}
	d.to, d.bsuid = body.maybe("to", 0), body.maybe("recipient", 0)
	if d.to == "" && d.bsuid == "" {
		c.fail(invalid("The parameter to is required."))
	}
	if d.to != "" && digits(d.to) == "" {
		c.fail(wrong("Recipient phone number not valid: %s", d.to))
	}
	if d.to == "" && d.bsuid != "" && !bsuidForm.MatchString(d.bsuid) {
		c.fail(wrong("Recipient is not a valid business-scoped user ID"))
	}
	if kind := body.maybe("recipient_type", 0); kind != "" && kind != "individual" {
		c.fail(invalid("Param recipient_type must be one of {individual} - got %q.", kind))
	}
	d.reference = body.maybe("biz_opaque_callback_data", maxReference)
	if body.has("context") {
		context := body.object("context")
		context.only("message_id")
		d.replyTo = context.text("message_id", 0)
	}
	d.typ = body.maybe("type", 0)
	if d.typ == "" {
		d.typ = "text" // the documented default
	}
	d.kind = d.typ
	switch d.typ {
	case "text":
		text := body.object("text")
		text.only("body", "preview_url")
		d.text = text.text("body", 4096)
		text.flag("preview_url")
		if c.err == nil && strings.TrimSpace(d.text) == "" {
			c.fail(invalid("Param text['body'] must be a string with a length of at least 1."))
		}
	case "image", "video", "audio", "document", "sticker":
		readMedia(body.object(d.typ), d.typ, &d)
	case "location":
		place := body.object("location")
		place.only("latitude", "longitude", "name", "address")
		readCoordinates(place)
		d.text = place.maybe("name", 0)
		if place.has("address") && d.text == "" {
			c.fail(missing("The parameter location['name'] is required when address is given."))
		}
	case "contacts":
		d.text = readContacts(body)
	case "reaction":
		reaction := body.object("reaction")
		reaction.only("message_id", "emoji")
		d.target, d.emoji = reaction.text("message_id", 0), reaction.maybe("emoji", 0)
		d.text = d.emoji
		if len([]rune(d.emoji)) > 10 || isPlain(d.emoji) {
			c.fail(wrong("Reaction emoji is not a valid emoji"))
		}
	case "interactive":
		readInteractive(body.object("interactive"), &d)
	case "template":
		readTemplate(body.object("template"), &d)
	default:
		c.fail(invalid("Param type must be one of {AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION, REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got %q.", d.typ))
	}
	return d
}

var bsuidForm = regexp.MustCompile(`^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$`)

// isPlain reports whether text holds a letter or a digit: then it is no emoji.
// A keycap (1️⃣) is one although it starts with a digit.
func isPlain(text string) bool {
	if strings.ContainsRune(text, 0x20e3) {
		return false
	}
	for _, r := range text {
		if r < 0x2000 && r != 0xa9 && r != 0xae {
			return true
		}
	}
	return false
}

// readMedia checks a media object: id or link, and what its type may carry.
func readMedia(media object, kind string, d *draft) {
	allowed := map[string][]string{
		"image": {"id", "link", "caption"}, "video": {"id", "link", "caption"},
		"audio": {"id", "link", "voice"}, "document": {"id", "link", "caption", "filename"},
		"sticker": {"id", "link"},
	}
	media.only(allowed[kind]...)
	d.text = media.maybe("caption", 1024)
	media.flag("voice")
	media.maybe("filename", 0)
	readReference(media, kind, d)
}

// readReference takes the id or the link of a media object.
func readReference(media object, kind string, d *draft) {
	file := attachment{kind: kind, place: media.path}
	switch {
	case media.m == nil:
	case media.has("id") && media.has("link"):
		media.check.fail(invalid("Param %s: only one of id and link may be given.", media.path))
	case media.has("id"):
		file.id = media.text("id", 0)
	case media.has("link"):
		file.link = media.link("link", 0)
	default:
		media.check.fail(missing("One of id or link is required for %s", media.path))
	}
	d.files = append(d.files, file)
}

func readCoordinates(place object) {
	latitude, longitude := place.number("latitude"), place.number("longitude")
	if latitude < -90 || latitude > 90 {
		place.check.fail(invalid("Param %s must be between -90 and 90.", place.at("latitude")))
	}
	if longitude < -180 || longitude > 180 {
		place.check.fail(invalid("Param %s must be between -180 and 180.", place.at("longitude")))
	}
}

// readContacts checks contact cards. The platform's text and the description
// disagree on the most (257 and 5); the larger one is taken here.
func readContacts(body object) string {
	cards := body.list("contacts")
	if len(cards) == 0 || len(cards) > 257 {
		body.check.fail(wrong("Invalid contacts count. Min allowed contacts: 1, Max allowed contacts: 257"))
	}
	first := ""
	for _, card := range cards {
		card.only("name", "phones", "emails", "urls", "addresses", "org", "birthday", "vcard")
		name := card.object("name")
		name.only("formatted_name", "first_name", "last_name", "middle_name", "suffix", "prefix")
		formatted := name.text("formatted_name", 0)
		if first == "" {
			first = formatted
		}
		parts := 0
		for _, part := range []string{"first_name", "last_name", "middle_name", "suffix", "prefix"} {
			if name.maybe(part, 0) != "" {
				parts++
			}
		}
		if parts == 0 {
			card.check.fail(missing("At least one optional name parameter is required beside %s", name.at("formatted_name")))
		}
		if card.has("birthday") && !birthdayForm.MatchString(card.text("birthday", 0)) {
			card.check.fail(invalid("Param %s must be YYYY-MM-DD.", card.at("birthday")))
		}
		for _, members := range []struct {
			name    string
			allowed []string
		}{
			{"phones", []string{"phone", "type", "wa_id"}},
			{"emails", []string{"email", "type"}},
			{"urls", []string{"url", "type"}},
			{"addresses", []string{"street", "city", "state", "zip", "country", "country_code", "type"}},
		} {
			if !card.has(members.name) {
				continue
			}
			for _, item := range card.list(members.name) {
				item.only(members.allowed...)
			}
		}
		if card.has("org") {
			card.object("org").only("company", "department", "title")
		}
	}
	return first
}

var birthdayForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
