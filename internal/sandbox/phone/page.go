package phone

import (
	"encoding/json"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/messenger"
)

// pages gives the simulator of Messenger and Instagram, if there is one.
func (h *Handler) pages() (Pages, error) {
	if h.config.Pages == nil {
		return nil, fault.New(fault.NotFound, "no such chat")
	}
	return h.config.Pages, nil
}

// pageAccounts are the accounts of a person on Messenger and on Instagram.
func pageAccounts(p messenger.Person) []Account {
	has := func(object string) bool {
		return len(p.Apps) == 0 || strings.Contains(strings.Join(p.Apps, " "), object)
	}
	var out []Account
	if has(messenger.ObjectPage) {
		out = append(out, Account{Channel: MessengerChannel, ID: p.ID, Address: p.Name})
	}
	if has(messenger.ObjectInstagram) {
		out = append(out, Account{Channel: InstagramChannel, ID: p.ID, Address: "@" + p.Username})
	}
	return out
}

// joinPages gives the owner of a telephone an account on one of the two.
func (h *Handler) joinPages(id, number, name, username, channel string) error {
	pages, err := h.pages()
	if err != nil {
		return fault.OnField("channels", "unknown channel %q", channel)
	}
	object := messenger.ObjectPage
	if channel == InstagramChannel {
		object = messenger.ObjectInstagram
	}
	if username == "" {
		username = strings.ToLower(strings.ReplaceAll(name, " ", "."))
	}
	next := messenger.Person{ID: id, Name: name, Username: username, Phone: plus(number), Apps: []string{object}}
	for _, person := range pages.People() {
		if person.ID == id {
			next = person
			next.Name, next.Apps = name, append(person.Apps, object)
		}
	}
	_, err = pages.PutPerson(next)
	return err
}

// pageBusinesses are the pages and the Instagram accounts that one can write to.
func (h *Handler) pageBusinesses() []Business {
	out := []Business{}
	if h.config.Pages == nil {
		return out
	}
	for _, page := range h.config.Pages.Pages() {
		out = append(out, Business{ID: messengerID + page.ID, Channel: MessengerChannel, Name: page.Name, Address: "m.me/" + page.ID, Ready: h.config.Pages.Ready(page.ID)})
	}
	for _, ig := range h.config.Pages.Instagrams() {
		out = append(out, Business{ID: instagramID + ig.ID, Channel: InstagramChannel, Name: ig.Name, Address: "@" + ig.User, Ready: h.config.Pages.Ready(ig.ID)})
	}
	return out
}

// pagePlace says on which of the two an account's chat is.
func (h *Handler) pagePlace(account, person string) (place, error) {
	for _, business := range h.pageBusinesses() {
		if plainID(business.ID) == account {
			return place{channel: business.Channel, account: account, person: person}, nil
		}
	}
	return place{}, fault.New(fault.NotFound, "no such account")
}

// pageChat draws a chat of Messenger or Instagram.
func (h *Handler) pageChat(id string, where place) (Chat, error) {
	pages, err := h.pages()
	if err != nil {
		return Chat{}, err
	}
	view, err := pages.View(where.account, where.person)
	if err != nil {
		return Chat{}, err
	}
	now := h.config.Clock.Now().UnixMilli()
	chat := Chat{
		ID: id, Channel: where.channel, Phone: where.person, Unread: view.Unread, Blocked: view.Blocked, Started: !view.GetStarted,
		WindowUntil: view.WindowUntilMS, typingUntil: view.TypingUntilMS, Typing: view.TypingUntilMS > now,
	}
	if view.Last != nil {
		last := h.pageBubble(where.channel, *view.Last)
		chat.Last = &last
	}
	for _, business := range h.pageBusinesses() {
		if business.ID == pageID(where.channel)+where.account {
			chat.Business = business
		}
	}
	return chat, nil
}

// pageBubbles draws a page of a chat. Quick replies show under the newest
// message only.
func (h *Handler) pageBubbles(where place, before string, limit int) ([]Bubble, bool, error) {
	pages, err := h.pages()
	if err != nil {
		return nil, false, err
	}
	messages, more, err := pages.Messages(where.account, where.person, plainID(before), limit)
	bubbles := make([]Bubble, 0, len(messages))
	for _, message := range messages {
		bubbles = append(bubbles, h.pageBubble(where.channel, message))
	}
	return bubbles, more, err
}

// pageBubble draws a message.
func (h *Handler) pageBubble(channel string, m messenger.Message) Bubble {
	b := Bubble{
		ID: pageID(channel) + m.ID, Chat: pageChat(channel, m.Account, m.Person), Dir: Theirs, Kind: m.Kind, At: m.AtMS, Text: m.Text, Tick: m.Status,
		Edited: m.Edits > 0, Deleted: m.Unsent,
	}
	if m.Dir == messenger.Inbound {
		b.Dir = Mine
		if b.Tick == "sent" && !h.config.Pages.Ready(m.Account) {
			b.Tick = "clock"
		}
	}
	for _, reaction := range []Reaction{{Dir: Mine, Emoji: m.ReactionIn}, {Dir: Theirs, Emoji: m.ReactionOut}} {
		if reaction.Emoji != "" {
			b.Reactions = append(b.Reactions, reaction)
		}
	}
	if m.ReplyTo != "" {
		if target, err := h.config.Pages.Message(m.ReplyTo); err == nil {
			b.ReplyTo = &Quote{ID: pageID(channel) + target.ID, Dir: Theirs, Text: target.Text}
			if target.Dir == messenger.Inbound {
				b.ReplyTo.Dir = Mine
			}
		}
	}
	h.drawFiles(&b, m)
	drawPageKind(&b, m)
	if m.Dir == messenger.Outbound {
		h.drawOffer(&b, m)
	}
	return b
}

// drawFiles draws the files and the story of a message.
func (h *Handler) drawFiles(b *Bubble, m messenger.Message) {
	files := make([]Media, 0, len(m.Files))
	for _, f := range m.Files {
		media := Media{URL: f.URL, MIME: f.MIME, Name: f.Name, Size: f.Size, Voice: f.Kind == "audio"}
		if f.File != "" {
			media.ID = messengerID + f.File
			media.URL = h.mediaURL(media.ID)
		}
		if media.MIME == "" {
			media.MIME = f.Kind + "/*"
		}
		files = append(files, media)
	}
	if m.Story != nil {
		b.Story = &Story{ID: m.Story.ID}
		if _, kind, err := h.config.Pages.File(m.Story.File); err == nil {
			b.Story.Media = &Media{ID: messengerID + m.Story.File, URL: h.mediaURL(messengerID + m.Story.File), MIME: kind}
		}
		return
	}
	if len(files) > 0 {
		b.Media = &files[0]
	}
	if len(files) > 1 {
		b.Images = files
	}
}

// drawPageKind names the kind of a bubble as the other channels do.
func drawPageKind(b *Bubble, m messenger.Message) {
	switch m.Kind {
	case "images":
		b.Kind = "image"
	case "audio":
		b.Kind = "voice"
	case "file":
		b.Kind = "document"
	case "like":
		b.Kind = "sticker"
	case "postback", "quick_reply":
		b.Kind = "button_reply"
	case "referral":
		b.Kind, b.Notice, b.Text = "system", m.Text, ""
	case "location", "share":
		drawPlaceOrShare(b, m)
	}
}

// drawPlaceOrShare reads the attachment of what a person sent on.
func drawPlaceOrShare(b *Bubble, m messenger.Message) {
	var item struct {
		Message struct {
			Attachments []struct {
				Type    string
				Title   string
				Payload struct {
					URL, Title  string
					Coordinates struct{ Lat, Long float64 }
				}
			}
		}
	}
	if json.Unmarshal(m.Content, &item) != nil || len(item.Message.Attachments) == 0 {
		return
	}
	at := item.Message.Attachments[0]
	if m.Kind == "location" {
		b.Location = &Location{Latitude: at.Payload.Coordinates.Lat, Longitude: at.Payload.Coordinates.Long, Name: at.Title}
		b.Text = ""
		return
	}
	b.Share = &Share{Kind: "post", Title: at.Payload.Title, URL: at.Payload.URL}
	if strings.Contains(at.Type, "reel") {
		b.Share.Kind = "reel"
	}
}

// drawOffer draws what a message of the business offers: quick replies, buttons,
// cards.
func (h *Handler) drawOffer(b *Bubble, m messenger.Message) {
	shown := messenger.Show(m)
	for _, quick := range shown.Quick {
		choice := Choice{ID: quick.Payload, Text: quick.Title, Kind: "reply", Chosen: m.Chosen == quick.Payload && m.Chosen != ""}
		switch quick.Type {
		case "user_phone_number":
			choice.ID, choice.Text, choice.Kind = quick.Type, "Enviar meu telefone", "contact"
		case "user_email":
			choice.ID, choice.Text, choice.Kind = quick.Type, "Enviar meu e-mail", "contact"
		}
		b.Quick = append(b.Quick, choice)
	}
	switch m.Kind {
	case "button":
		b.Kind, b.Rows = "buttons", pageButtons(shown.Buttons, m.Chosen)
	case "generic":
		b.Kind, b.Text = "carousel", ""
		for _, element := range shown.Elements {
			card := Card{Title: element.Title, Text: element.Subtitle, Rows: pageButtons(element.Buttons, m.Chosen)}
			if element.Image != "" {
				card.Header = &Header{Media: &Media{URL: element.Image, MIME: "image/*"}}
			}
			b.Cards = append(b.Cards, card)
		}
	case "media":
		if b.Media != nil {
			b.Kind = strings.Split(b.Media.MIME, "/")[0]
		}
		for _, element := range shown.Elements {
			b.Rows = append(b.Rows, pageButtons(element.Buttons, m.Chosen)...)
		}
	}
}

func pageButtons(buttons []messenger.Button, chosen string) [][]Choice {
	var rows [][]Choice
	for _, button := range buttons {
		choice := Choice{ID: button.Payload, Text: button.Title, Kind: "reply", Chosen: chosen != "" && chosen == button.Payload}
		switch button.Type {
		case "web_url":
			choice.ID, choice.Kind, choice.Value = button.URL, "url", button.URL
		case "phone_number":
			choice.Kind, choice.Value = "phone", button.Payload
		}
		rows = append(rows, []Choice{choice})
	}
	return rows
}

// sendPage does what a Send asks for on Messenger or Instagram.
func (h *Handler) sendPage(where place, s Send) (Bubble, error) {
	pages, err := h.pages()
	if err != nil {
		return Bubble{}, err
	}
	action := messenger.Action{
		Account: where.account, Do: s.Kind, Text: s.Text, ReplyTo: plainID(s.ReplyTo), Message: plainID(s.Bubble), Choice: s.Choice, Emoji: s.Emoji,
		URL: s.URL, Title: s.Name, Latitude: s.Latitude, Longitude: s.Longitude, Data: s.data, MIME: s.mime, Filename: s.filename,
	}
	switch s.Kind {
	case "voice":
		action.Do = "audio"
	case "document":
		action.Do = "file"
	case "sticker":
		action.Do, action.Data = "sticker", nil
		if where.channel == InstagramChannel {
			action.Do = "heart"
		}
	case "revoke":
		action.Do = "unsend"
	case "key":
		action.Do = "text"
	case "start":
		action.Do = "get_started"
	case "story_reply", "story_mention":
		action.Data, action.MIME, action.Filename = storyFile(), "image/png", "story.png"
	case "link":
		action.Do, action.Referral = "referral", map[string]any{"ref": s.Payload, "source": "SHORTLINK", "type": "OPEN_THREAD"}
	case "ad":
		action.Do, action.Referral = "text", map[string]any{
			"ref": s.Payload, "source": "ADS", "type": "OPEN_THREAD", "ad_id": "61200000000000",
			"ads_context_data": map[string]any{"ad_title": s.Name, "photo_url": "", "post_id": "1"},
		}
	case "text", "image", "video", "audio", "location", "share", "reel", "reaction", "tap", "edit", "unsupported":
	default:
		return Bubble{}, fault.Refuse("not_here", "this app has no such thing")
	}
	message, err := pages.Act(where.person, action)
	if err != nil {
		return Bubble{}, err
	}
	return h.pageBubble(where.channel, message), nil
}
