package messenger

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// draft is a send call that was read and found right in itself.
type draft struct {
	to, topic, comment string // recipient: exactly one
	messagingType, tag string
	action             string // sender_action, alone
	reaction, target   string // of the actions react and unreact

	kind     string
	text     string
	metadata string
	replyTo  string
	files    []fileRef
	content  json.RawMessage // the message as it was sent
}

// fileRef is a file that a message names.
type fileRef struct {
	place    string
	kind     string // image, video, audio, file
	id, url  string
	uploaded bool // in the same call
	keep     bool // is_reusable
}

// heavy reports whether the message counts as sound or film for the rates.
func (d draft) heavy() bool {
	return slices.ContainsFunc(d.files, func(f fileRef) bool { return f.kind == "audio" || f.kind == "video" })
}

var (
	messagingTypes = []string{"RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"}
	messengerTags  = []string{"HUMAN_AGENT", "CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE", "ACCOUNT_UPDATE", "CUSTOMER_FEEDBACK"}
	senderActions  = []string{"typing_on", "typing_off", "mark_seen", "react", "unreact"}
)

// readSend reads the body of POST /{account}/messages. Source: "Page Messages".
func readSend(body object, a seat) draft {
	var d draft
	body.only("recipient", "message", "messaging_type", "tag", "sender_action", "payload", "reply_to", "notification_type", "persona_id", "access_token", "platform", "filedata", "appsecret_proof")
	d.readRecipient(body)
	if body.has("sender_action") {
		d.readAction(body)
		return d
	}
	if body.has("notification_type") {
		body.one("notification_type", "REGULAR", "SILENT_PUSH", "NO_PUSH")
	}
	d.readType(body, a)
	message := body.object("message")
	if body.check.err != nil {
		return d
	}
	d.content, _ = json.Marshal(message.m)
	if body.has("reply_to") {
		reply := body.object("reply_to")
		reply.only("mid")
		d.replyTo = reply.text("mid", 0)
	}
	d.readMessage(message, a)
	return d
}

func (d *draft) readRecipient(body object) {
	recipient := body.object("recipient")
	recipient.only("id", "user_ref", "notification_messages_token", "comment_id", "post_id", "phone_number")
	if len(recipient.m) != 1 && body.check.err == nil {
		body.check.fail(invalid("Param recipient must hold exactly one of id, user_ref, notification_messages_token, comment_id, post_id, phone_number."))
	}
	switch {
	case recipient.has("id"):
		d.to = recipient.text("id", 0)
	case recipient.has("notification_messages_token"):
		d.topic = recipient.text("notification_messages_token", 0)
	case recipient.has("comment_id"):
		d.comment = recipient.text("comment_id", 0)
	case body.check.err == nil:
		body.check.fail(graphFault(400, 100, 2018001, "No matching user found"))
	}
}

// readAction reads a sender action, which goes alone with its recipient.
func (d *draft) readAction(body object) {
	if body.has("message") {
		body.check.fail(invalid("Params sender_action and message can not be sent together."))
	}
	d.action = strings.ToLower(body.text("sender_action", 0))
	if body.check.err == nil && !slices.Contains(senderActions, d.action) {
		body.one("sender_action", senderActions...)
	}
	switch d.action {
	case "react", "unreact":
		payload := body.object("payload")
		payload.only("message_id", "reaction")
		d.target = payload.text("message_id", 0)
		if d.action == "react" {
			d.reaction = payload.text("reaction", 0)
		}
	}
}

// readType reads what kind of sending it is. Messenger wants it named.
func (d *draft) readType(body object, a seat) {
	if body.has("messaging_type") || !a.instagram() {
		d.messagingType = body.one("messaging_type", messagingTypes...)
	}
	if body.has("tag") {
		d.tag = body.one("tag", messengerTags...)
	}
	switch {
	case body.check.err != nil:
	case d.tag != "" && d.messagingType != "MESSAGE_TAG" && d.messagingType != "":
		body.check.fail(invalid("Param tag can only be sent with the messaging_type MESSAGE_TAG."))
	case d.tag == "" && d.messagingType == "MESSAGE_TAG":
		body.check.fail(invalid("The parameter tag is required for the messaging_type MESSAGE_TAG."))
	case d.tag != "" && d.tag != "HUMAN_AGENT" && a.instagram():
		body.check.fail(graphFault(400, 100, 2018034, "Message tag %s is not allowed for Instagram.", d.tag))
	}
}

func (d *draft) readMessage(m object, a seat) {
	m.only("text", "attachment", "attachments", "sticker_id", "quick_replies", "metadata")
	d.metadata = m.maybe("metadata", maxMetadata)
	ways := 0
	for _, way := range []string{"text", "attachment", "attachments", "sticker_id"} {
		if m.has(way) {
			ways++
		}
	}
	if ways != 1 && m.check.err == nil {
		m.check.fail(invalid("Param message must hold exactly one of text, attachment, attachments and sticker_id."))
		return
	}
	switch {
	case m.has("text"):
		d.kind = "text"
		d.text = m.text("text", 0)
		if a.instagram() && len(d.text) > maxTextBytes {
			m.check.fail(tooLong("message[text]", maxTextBytes))
		}
		if !a.instagram() && len([]rune(d.text)) > maxText {
			m.check.fail(tooLong("message[text]", maxText))
		}
	case m.has("sticker_id"): // "Sticker API" (2026-06); of all stickers only the thumb is known here
		if a.instagram() || m.text("sticker_id", 0) != strconv.Itoa(thumb) {
			m.check.fail(invalid("Param message[sticker_id] is not the id of a sticker."))
		}
		d.kind, d.text = "like", "👍"
	case m.has("attachment"):
		d.readAttachment(m.object("attachment"), a)
	case m.has("attachments"):
		most := 30
		if a.instagram() {
			most = 10
		}
		d.kind = "images"
		for _, item := range m.list("attachments", most) {
			item.only("type", "payload")
			item.one("type", "image")
			d.readFile(item, "image")
		}
	}
	if m.has("quick_replies") {
		readQuick(m, a)
	}
}

func readQuick(m object, a seat) {
	if a.instagram() && !m.has("text") {
		m.check.fail(invalid("Quick replies can only be sent with a text."))
	}
	for _, quick := range m.list("quick_replies", maxQuick) {
		quick.only("content_type", "title", "payload", "image_url")
		kinds := []string{"text", "user_phone_number", "user_email"}
		if a.instagram() {
			kinds = kinds[:1]
		}
		if quick.one("content_type", kinds...) == "text" {
			quick.text("title", maxQuickTitle)
			quick.text("payload", maxPayload)
		}
		if quick.has("image_url") {
			quick.address("image_url")
		}
	}
}

func (d *draft) readAttachment(at object, a seat) {
	at.only("type", "payload")
	d.kind = strings.ToLower(at.text("type", 0))
	switch {
	case at.check.err != nil:
	case slices.Contains([]string{"image", "audio", "video", "file"}, d.kind):
		d.readFile(at, d.kind)
	case d.kind == "template":
		d.readTemplate(at.object("payload"), a)
	case d.kind == "like_heart" && a.instagram():
		d.kind, d.text = "like", "❤️"
	case d.kind == "media_share" && a.instagram():
		d.kind = "share"
		payload := at.object("payload")
		payload.only("id")
		payload.text("id", 0)
	default:
		at.check.fail(invalid("Param %s must be one of {IMAGE, AUDIO, VIDEO, FILE, TEMPLATE} - got %q.", at.at("type"), d.kind))
	}
}

// readFile reads the payload of a file: an address, an id of an upload, or
// neither where the bytes come with the call.
func (d *draft) readFile(at object, kind string) {
	payload := at.object("payload")
	payload.only("url", "attachment_id", "is_reusable")
	ref := fileRef{place: payload.path, kind: kind, keep: payload.yes("is_reusable")}
	switch {
	case payload.has("url") && payload.has("attachment_id"):
		at.check.fail(invalid("Param %s must hold one of url and attachment_id.", payload.path))
	case payload.has("url"):
		ref.url = payload.address("url")
	case payload.has("attachment_id"):
		ref.id = payload.text("attachment_id", 0)
	default:
		ref.uploaded = true
	}
	d.files = append(d.files, ref)
}

// readTemplate reads a structured message. Source: "Templates".
func (d *draft) readTemplate(p object, a seat) {
	typ := p.text("template_type", 0)
	d.kind = typ
	switch typ {
	case "button":
		p.only("template_type", "text", "buttons", "sharable")
		d.text = p.text("text", maxButtonText)
		readButtons(p, a)
	case "generic":
		p.only("template_type", "elements", "sharable", "image_aspect_ratio")
		if p.has("image_aspect_ratio") {
			p.one("image_aspect_ratio", "horizontal", "square")
		}
		for _, element := range p.list("elements", maxElements) {
			d.readElement(element, a)
		}
	case "media":
		if a.instagram() {
			break
		}
		p.only("template_type", "elements", "sharable")
		for _, element := range p.list("elements", 1) {
			element.only("media_type", "attachment_id", "url", "buttons")
			ref := fileRef{place: element.path, kind: element.one("media_type", "image", "video"), id: element.maybe("attachment_id", 0)}
			if element.has("url") {
				ref.url = element.address("url")
			}
			if (ref.id == "") == (ref.url == "") {
				p.check.fail(invalid("Param %s must hold one of url and attachment_id.", element.path))
			}
			if element.has("buttons") {
				readButtons(element, a)
			}
			d.files = append(d.files, ref)
		}
		return
	case "product":
		p.only("template_type", "elements")
		for _, element := range p.list("elements", maxElements) {
			element.only("id")
			element.text("id", 0)
		}
		return
	case "receipt":
		if a.instagram() {
			break
		}
		for _, name := range []string{"recipient_name", "order_number", "currency", "payment_method"} {
			p.text(name, 0)
		}
		p.object("summary")
		return
	}
	if typ != "button" && typ != "generic" {
		p.check.fail(invalid("Param %s must be one of {GENERIC, BUTTON, MEDIA, PRODUCT, RECEIPT} - got %q.", p.at("template_type"), typ))
	}
}

func (d *draft) readElement(e object, a seat) {
	e.only("title", "subtitle", "image_url", "default_action", "buttons")
	title := e.text("title", maxTitle)
	if d.text == "" {
		d.text = title
	}
	e.maybe("subtitle", maxTitle)
	if e.has("image_url") {
		e.address("image_url")
	}
	if e.has("default_action") {
		action := e.object("default_action")
		action.only("type", "url", "webview_height_ratio", "messenger_extensions", "fallback_url", "webview_share_button")
		action.one("type", "web_url")
		action.address("url")
	}
	if e.has("buttons") {
		readButtons(e, a)
	}
	if len(e.m) < 2 && e.check.err == nil {
		e.check.fail(graphFault(400, 100, 2018065, "Param %s needs something beside its title: subtitle, image_url, default_action or buttons.", e.path))
	}
}

func readButtons(parent object, a seat) {
	kinds := []string{"web_url", "postback", "phone_number"}
	if a.instagram() {
		kinds = kinds[:2]
	}
	for _, button := range parent.list("buttons", maxButtons) {
		kind := button.one("type", kinds...)
		button.text("title", maxQuickTitle)
		switch kind {
		case "web_url":
			button.only("type", "title", "url", "webview_height_ratio", "messenger_extensions", "fallback_url", "webview_share_button")
			button.address("url")
		case "postback":
			button.only("type", "title", "payload")
			button.text("payload", maxPayload)
		case "phone_number":
			button.only("type", "title", "payload")
			if number := button.text("payload", 0); !strings.HasPrefix(number, "+") || !digitsOnly(number[1:]) {
				button.check.fail(invalid("Param %s must be a phone number in the form +<COUNTRY_CODE><PHONE_NUMBER>.", button.at("payload")))
			}
		}
	}
}
