package phone

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/telegram"
)

// botMessage is a Message of the Bot API, as far as a telephone draws it.
type botMessage struct {
	Entities        []Entity
	CaptionEntities []Entity `json:"caption_entities"`
	Photo           []botFile
	Video           *botFile
	Animation       *botFile
	Audio           *botFile
	Voice           *botFile
	VideoNote       *botFile `json:"video_note"`
	Document        *botFile
	Sticker         *botFile
	Location        *botPlace
	Poll            *botPoll
	Dice            *struct{ Emoji string }
	Venue           *struct {
		Title, Address string
	}
	Contact *struct {
		Phone string `json:"phone_number"`
		First string `json:"first_name"`
		Last  string `json:"last_name"`
	}
	Album string `json:"media_group_id"`
}

type botFile struct {
	ID       string `json:"file_id"`
	MIME     string `json:"mime_type"`
	Name     string `json:"file_name"`
	Size     int64  `json:"file_size"`
	Duration int
	Emoji    string
}

// telegramBubble draws a message.
func (h *Handler) telegramBubble(m telegram.Message) Bubble {
	b := Bubble{
		ID: telegramID + m.Key, Chat: telegramChat(m.Bot, m.User), Dir: Theirs, Kind: m.Kind, At: m.AtMS, Text: m.Text,
		Tick: m.Status, Edited: m.EditedMS > 0, Deleted: m.Deleted,
	}
	if m.Dir == telegram.Inbound {
		b.Dir = Mine
	}
	if m.Kind == "callback" {
		b.Notice = m.Callback
		b.ReplyTo = h.telegramQuote(m)
		return b
	}
	for _, reaction := range []Reaction{{Dir: Mine, Emoji: m.Mine}, {Dir: Theirs, Emoji: m.Theirs}} {
		if reaction.Emoji != "" {
			b.Reactions = append(b.Reactions, reaction)
		}
	}
	if m.ReplyTo != 0 {
		b.ReplyTo = h.telegramQuote(m)
	}
	var g botMessage
	if json.Unmarshal(m.Content, &g) == nil {
		h.drawBotMessage(&b, g, m.Chosen)
	}
	var markup telegram.Markup
	if m.Markup != nil && json.Unmarshal(m.Markup, &markup) == nil {
		b.Rows = keys(markup.Inline, m.Chosen)
		if b.Kind == "text" && len(b.Rows) > 0 {
			b.Kind = "buttons"
		}
	}
	return b
}

func (h *Handler) telegramQuote(m telegram.Message) *Quote {
	target, err := h.config.Telegram.Message(fmt.Sprintf("%d:%d:%d", m.Bot, m.User, m.ReplyTo))
	if err != nil {
		return nil
	}
	quote := &Quote{ID: telegramID + target.Key, Dir: Theirs, Text: target.Text}
	if target.Dir == telegram.Inbound {
		quote.Dir = Mine
	}
	return quote
}

func (h *Handler) drawBotMessage(b *Bubble, g botMessage, chosen string) {
	b.Entities, b.Album = g.Entities, g.Album
	if g.Location != nil {
		b.Location = &g.Location.Location
	}
	if len(g.CaptionEntities) > 0 {
		b.Entities = g.CaptionEntities
	}
	if len(g.Photo) > 0 {
		b.Kind, b.Media = "image", h.botMedia(&g.Photo[len(g.Photo)-1], "image/jpeg")
	}
	for _, item := range []struct {
		kind, mime string
		file       *botFile
	}{{"document", "", g.Document}, {"video", "video/mp4", g.Video}, {"video", "video/mp4", g.Animation}, {"video", "video/mp4", g.VideoNote},
		{"audio", "audio/mpeg", g.Audio}, {"voice", "audio/ogg", g.Voice}, {"sticker", "image/webp", g.Sticker}} {
		if item.file == nil {
			continue
		}
		b.Kind, b.Media = item.kind, h.botMedia(item.file, item.mime)
		b.Media.Voice, b.Media.Round = item.kind == "voice", item.file == g.VideoNote
		if item.kind == "sticker" {
			b.Text = item.file.Emoji
		}
	}
	if g.Venue != nil && b.Location != nil {
		b.Kind, b.Location.Name, b.Location.Address = "location", g.Venue.Title, g.Venue.Address
	}
	if g.Location != nil && g.Location.Period > 0 {
		b.Location.Live = g.Location.Period
	}
	if g.Poll != nil {
		b.Kind, b.Text, b.Poll = "poll", "", g.Poll.draw(chosen)
	}
	if g.Dice != nil {
		b.Kind, b.Text = "sticker", g.Dice.Emoji
	}
	if g.Contact != nil {
		b.Kind = "contacts"
		b.Contacts = []Contact{{Name: strings.TrimSpace(g.Contact.First + " " + g.Contact.Last), Phone: g.Contact.Phone}}
	}
}

func (h *Handler) botMedia(f *botFile, usual string) *Media {
	media := &Media{ID: telegramID + f.ID, MIME: f.MIME, Name: f.Name, Size: f.Size, Seconds: f.Duration}
	media.URL = h.mediaURL(media.ID)
	if media.MIME == "" {
		media.MIME = usual
	}
	return media
}

// keys draws the rows of a keyboard.
func keys(rows [][]telegram.Button, chosen string) [][]Choice {
	var out [][]Choice
	for i, row := range rows {
		var drawn []Choice
		for j, button := range row {
			choice := Choice{ID: fmt.Sprintf("%d.%d", i, j), Text: button.Text, Kind: "other"}
			switch {
			case button.CallbackData != nil:
				choice.ID, choice.Kind = *button.CallbackData, "reply"
				choice.Chosen = chosen == choice.ID
			case button.URL != "":
				choice.Kind, choice.Value = "url", button.URL
			case button.CopyText != nil:
				choice.Kind, choice.Value = "copy", button.CopyText.Text
			case button.WebApp != nil:
				choice.Kind = "app"
			case button.RequestContact:
				choice.Kind = "contact"
			case button.RequestLocation:
				choice.Kind = "location"
			}
			drawn = append(drawn, choice)
		}
		out = append(out, drawn)
	}
	return out
}

// keyboard draws a reply keyboard: a key without an action is a text.
func keyboard(markup *telegram.Markup) *Keyboard {
	if markup == nil {
		return nil
	}
	drawn := &Keyboard{Rows: keys(markup.Keyboard, ""), Placeholder: markup.Placeholder, OneTime: markup.OneTime, Persistent: markup.Persistent}
	for _, row := range drawn.Rows {
		for i := range row {
			if row[i].Kind == "other" {
				row[i].Kind = "reply"
			}
		}
	}
	return drawn
}

// sendTelegram does what a Send asks for.
func (h *Handler) sendTelegram(bot, user int64, s Send) (Bubble, error) {
	action := telegram.Action{
		Bot: bot, Do: s.Kind, Text: s.Text, Data: s.Choice, Emoji: s.Emoji, Latitude: s.Latitude, Longitude: s.Longitude,
		Options: s.Answers, Several: s.Several, Picks: s.Picks,
		Name: s.Name, Address: s.Address, Phone: s.Phone, Bytes: s.data, MIME: s.mime, Filename: s.filename, Seconds: s.Seconds,
	}
	for _, ref := range []struct {
		id   string
		into *int64
	}{{s.ReplyTo, &action.ReplyTo}, {s.Bubble, &action.Message}} {
		if ref.id == "" {
			continue
		}
		target, err := h.config.Telegram.Message(strings.TrimPrefix(ref.id, telegramID))
		if err != nil {
			return Bubble{}, err
		}
		*ref.into = target.MessageID
	}
	switch s.Kind {
	case "key":
		action.Do = "text"
	case "tap":
		action.Do = "press"
	case "image":
		action.Do = "photo"
	case "start":
		action.Text = s.Payload
	case "location":
		if s.Name != "" {
			action.Do = "venue"
		}
	case "ad":
		action.Do = "start"
		action.Text = s.Payload
	case "order", "revoke", "form", "call", "preference", "share", "story_reply", "story_mention":
		return Bubble{}, fault.Refuse("not_here", "Telegram has no such thing")
	}
	message, err := h.config.Telegram.Act(user, action)
	if err != nil {
		return Bubble{}, err
	}
	return h.telegramBubble(message), nil
}

// botPlace is a position that may move.
type botPlace struct {
	Location
	Period int `json:"live_period"`
}

// botPoll is a question to vote on.
type botPoll struct {
	Question string
	Options  []struct {
		Text  string
		Votes int `json:"voter_count"`
	}
	Several bool `json:"allows_multiple_answers"`
	Closed  bool `json:"is_closed"`
}

// draw draws a poll; chosen lists the numbers of the answers that the telephone's
// owner gave.
func (p *botPoll) draw(chosen string) *Poll {
	drawn := &Poll{Question: p.Question, Answers: []Answer{}, Several: p.Several, Closed: p.Closed}
	picks := strings.Split(chosen, ",")
	for i, option := range p.Options {
		drawn.Answers = append(drawn.Answers, Answer{Text: option.Text, Votes: option.Votes, Chosen: slices.Contains(picks, strconv.Itoa(i))})
	}
	return drawn
}
