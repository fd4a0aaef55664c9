package telegram

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/message"
)

// content reads what a message holds; said is false for what the app says by
// itself. Of two members that are set together the richer one comes first. What
// is not known is kept whole, under the platform's name for it.
func (m *incoming) content(raw jsontext.Value) (content message.Content, said bool) {
	content = m.body(raw)
	if content.Kind == message.Unsupported {
		name := strange(raw)
		if signs[name] {
			return content, false
		}
		content.Share = &message.Shared{Kind: name}
	}
	if len(m.Origin) > 0 {
		content.Forwarded = "once"
	}
	if m.ReplyStory != nil {
		content.Story = m.ReplyStory.shared()
	}
	content.Excerpt = m.Quote.Text
	return content, true
}

func (m *incoming) body(raw jsontext.Value) message.Content {
	caption := readable(m.Caption, m.CaptionEntities)
	media := func(kind message.Kind, f *file, mime string) message.Content {
		return message.Content{Kind: kind, Text: caption, Media: f.media(mime, m.Album)}
	}
	switch {
	case m.Text != nil:
		return message.Content{Kind: message.Text, Text: readable(*m.Text, m.Entities)}
	case m.LivePhoto != nil:
		content := media(message.Video, m.LivePhoto, "video/mp4")
		content.Media.Animated = true
		return content
	case len(m.Photo) > 0:
		return media(message.Image, largest(m.Photo), "image/jpeg")
	case m.Animation != nil:
		content := media(message.Video, m.Animation, "video/mp4")
		content.Media.Animated = true
		return content
	case m.Video != nil:
		return media(message.Video, m.Video, "video/mp4")
	case m.VideoNote != nil:
		content := media(message.Video, m.VideoNote, "video/mp4")
		content.Media.Round = true
		content.Media.Width, content.Media.Height = m.VideoNote.Length, m.VideoNote.Length
		return content
	case m.Audio != nil:
		return media(message.Audio, m.Audio, "audio/mpeg")
	case m.Voice != nil:
		content := media(message.Audio, m.Voice, "audio/ogg")
		content.Media.Voice = true
		return content
	case m.Sticker != nil:
		return m.Sticker.content()
	case m.Document != nil:
		return media(message.Document, m.Document, "application/octet-stream")
	case m.PaidMedia != nil:
		return m.paid(caption, raw)
	default:
		return m.things(raw)
	}
}

// things reads what is neither words nor a file.
func (m *incoming) things(raw jsontext.Value) message.Content {
	switch {
	case m.Venue != nil && m.Venue.Location != nil:
		return message.Content{Kind: message.Place, Place: &message.Location{
			Latitude: m.Venue.Location.Latitude, Longitude: m.Venue.Location.Longitude, Name: m.Venue.Title, Address: m.Venue.Address,
		}}
	case m.Location != nil:
		return message.Content{Kind: message.Place, Place: &message.Location{
			Latitude: m.Location.Latitude, Longitude: m.Location.Longitude, LiveSeconds: max(m.Location.Live, 0),
		}}
	case m.Contact != nil:
		return m.card(raw)
	case m.Users != nil:
		content := message.Content{Kind: message.Cards, Raw: json.RawMessage(raw)}
		for _, person := range m.Users.Users {
			name := person.name()
			if person.Username != "" {
				name = strings.TrimSpace(name + " @" + person.Username)
			}
			content.Cards = append(content.Cards, message.Card{Name: name})
		}
		return content
	case m.Dice != nil:
		return message.Content{Kind: message.Text, Text: m.Dice.Emoji + " " + strconv.FormatInt(m.Dice.Value, 10)}
	case m.Poll != nil:
		poll := &message.Poll{Question: m.Poll.Question, Options: []string{}, Several: m.Poll.Several, Closed: m.Poll.Closed}
		for _, option := range m.Poll.Options {
			poll.Options = append(poll.Options, option.Text)
		}
		return message.Content{Kind: message.Survey, Text: poll.Question, Poll: poll}
	case m.Checklist != nil:
		return message.Content{Kind: message.Text, Text: m.Checklist.written(nil)}
	case m.TasksAdded != nil:
		return message.Content{Kind: message.Text, Text: m.TasksAdded.written(nil)}
	case m.TasksDone != nil:
		return message.Content{Kind: message.Text, Text: m.TasksDone.Checklist.Checklist.written(append(m.TasksDone.Done, m.TasksDone.Undone...))}
	case m.WebApp != nil:
		form := json.RawMessage(m.WebApp.Data)
		if !strings.HasPrefix(strings.TrimSpace(m.WebApp.Data), "{") || !json.Valid(form) {
			form, _ = json.Marshal(map[string]string{"data": m.WebApp.Data}) // a map of texts can be written
		}
		return message.Content{Kind: message.Form, Text: m.WebApp.Button, Form: form}
	case m.Rich != nil:
		if text := richText(m.Rich.Blocks); text != "" {
			return message.Content{Kind: message.Text, Text: text, Raw: json.RawMessage(raw)}
		}
	}
	return m.shared(raw)
}

// shared reads what came from elsewhere on Telegram.
func (m *incoming) shared(raw jsontext.Value) message.Content {
	share := func(kind, id, title string) message.Content {
		return message.Content{Kind: message.Share, Share: &message.Shared{Kind: kind, ID: id, Title: title}, Raw: json.RawMessage(raw)}
	}
	switch {
	case m.Story != nil:
		content := share("", "", "")
		content.Share = m.Story.shared()
		return content
	case m.Game != nil:
		content := share("game", "", m.Game.Title)
		content.Text = m.Game.Description
		return content
	case m.SharedChat != nil:
		content := share("chat", strconv.FormatInt(m.SharedChat.ID, 10), m.SharedChat.Title)
		if m.SharedChat.Username != "" {
			content.Share.URL = publicPage + m.SharedChat.Username
		}
		return content
	case m.Giveaway != nil:
		return share("giveaway", "", m.Giveaway.title())
	case m.Winners != nil:
		return share("giveaway_winners", "", m.Winners.title())
	case m.Gift != nil:
		content := share("gift", "", m.Gift.Gift.Sticker.Emoji)
		content.Text = m.Gift.Text
		return content
	case m.Unique != nil:
		return share("gift", "", m.Unique.Gift.Name)
	case m.Invoice != nil:
		return share("invoice", "", strings.TrimSpace(m.Invoice.Title+" "+m.Invoice.written()))
	case m.Payment != nil:
		return share("payment", m.Payment.ID, m.Payment.written())
	case m.Refund != nil:
		return share("refund", m.Refund.ID, m.Refund.written())
	default:
		return message.Content{Kind: message.Unsupported, Raw: json.RawMessage(raw)}
	}
}

// card reads a shared contact. Telegram vouches for a number only when it is the
// sender's own account; it still is no WhatsApp address.
func (m *incoming) card(raw jsontext.Value) message.Content {
	card := message.Card{Name: strings.TrimSpace(m.Contact.FirstName + " " + m.Contact.LastName)}
	if m.Contact.Phone != "" {
		card.Phones = []string{m.Contact.Phone}
		card.Own = m.From != nil && m.Contact.UserID == m.From.ID && m.Contact.UserID != 0
	}
	return message.Content{Kind: message.Cards, Cards: []message.Card{card}, Raw: json.RawMessage(raw)}
}

// paid shows the first file of what was sent for stars, if it may be seen.
func (m *incoming) paid(caption string, raw jsontext.Value) message.Content {
	content := message.Content{
		Kind: message.Share, Text: caption, Raw: json.RawMessage(raw),
		Share: &message.Shared{Kind: "paid_media", Title: "⭐ " + strconv.FormatInt(m.PaidMedia.Stars, 10)},
	}
	for _, item := range m.PaidMedia.Media {
		switch {
		case len(item.Photo) > 0:
			content.Media = largest(item.Photo).media("image/jpeg", m.Album)
		case item.Video != nil:
			content.Media = item.Video.media("video/mp4", m.Album)
		case item.LivePhoto != nil:
			content.Media = item.LivePhoto.media("video/mp4", m.Album)
		default:
			continue
		}
		break
	}
	return content
}

// largest gives the best of a picture's sizes, which ascend.
func largest(sizes []file) *file { return &sizes[len(sizes)-1] }

// media gives a file. Those of an album are messages of their own that share
// its name.
func (f *file) media(mime, album string) *message.Media {
	if f.MIME != "" {
		mime = f.MIME
	}
	media := &message.Media{
		MIME: mime, Name: f.Name, Size: max(f.Size, 0), Remote: f.ID, State: "pending", Album: album,
		Width: max(f.Width, 0), Height: max(f.Height, 0), Seconds: max(f.Duration, 0),
	}
	if f.ID == "" {
		media.State = "failed" // nothing to fetch it by
	}
	return media
}

// content of a sticker: its emoji is what it says. Of one that moves by
// Telegram's own format, which no browser plays, the still picture is taken.
func (s *sticker) content() message.Content {
	mime := "image/webp"
	switch {
	case s.Animated:
		mime = "application/x-tgsticker"
	case s.Video:
		mime = "video/webm"
	}
	media := s.media(mime, "")
	media.Animated = s.Animated || s.Video
	if s.Animated && s.Thumbnail != nil && s.Thumbnail.ID != "" {
		media.MIME, media.Remote, media.Size, media.State = "image/webp", s.Thumbnail.ID, 0, "pending"
		media.Width, media.Height = max(s.Thumbnail.Width, 0), max(s.Thumbnail.Height, 0)
	}
	return message.Content{Kind: message.Sticker, Text: s.Emoji, Media: media}
}

func (s *story) shared() *message.Shared {
	shared := &message.Shared{Kind: "story", ID: strconv.FormatInt(s.ID, 10)}
	if s.Chat != nil {
		shared.ID = strconv.FormatInt(s.Chat.ID, 10) + ":" + shared.ID
		shared.Title = s.Chat.name()
		if s.Chat.Username != "" {
			shared.URL = publicPage + s.Chat.Username + "/s/" + strconv.FormatInt(s.ID, 10)
		}
	}
	return shared
}

// written is the list as one sees it; only the named tasks when there are any.
func (c *checklist) written(only []int64) string {
	lines := []string{}
	if c.Title != "" {
		lines = append(lines, c.Title)
	}
	for _, task := range c.Tasks {
		if only != nil && !slices.Contains(only, task.ID) {
			continue
		}
		box := "☐ "
		if task.Done > 0 {
			box = "☑ "
		}
		lines = append(lines, box+task.Text)
	}
	return strings.Join(lines, "\n")
}

func (p *prize) title() string {
	names := []string{}
	if p.Chat != nil {
		names = append(names, p.Chat.name())
	}
	for _, c := range p.Chats {
		names = append(names, c.name())
	}
	if p.Description != "" {
		names = append(names, p.Description)
	}
	return strings.Join(names, ", ")
}

// written is the amount for a person. All currencies of Telegram's payments
// that shops of ours use have two digits; stars have none.
func (p *price) written() string {
	if p.Currency == "" {
		return ""
	}
	if p.Currency == "XTR" {
		return "⭐ " + strconv.FormatInt(p.Amount, 10)
	}
	units, cents := p.Amount/100, p.Amount%100
	return p.Currency + " " + strconv.FormatInt(units, 10) + "." + strconv.FormatInt(100+max(cents, 0), 10)[1:]
}

// envelope are members of a message that say nothing of what it holds.
var envelope = map[string]bool{
	"message_id": true, "message_thread_id": true, "from": true, "sender_chat": true, "sender_boost_count": true, "sender_business_bot": true,
	"sender_tag": true, "date": true, "guest_query_id": true, "business_connection_id": true, "chat": true, "forward_origin": true,
	"is_topic_message": true, "is_automatic_forward": true, "reply_to_message": true, "external_reply": true, "quote": true,
	"reply_to_story": true, "reply_to_checklist_task_id": true, "reply_to_poll_option_id": true, "via_bot": true, "edit_date": true,
	"has_protected_content": true, "is_from_offline": true, "is_paid_post": true, "media_group_id": true, "author_signature": true,
	"paid_star_count": true, "effect_id": true, "reply_markup": true, "direct_messages_topic": true, "link_preview_options": true,
}

// signs are what the app says by itself, with nothing that a person meant for
// us.
var signs = map[string]bool{
	"pinned_message": true, "message_auto_delete_timer_changed": true, "chat_background_set": true, "write_access_allowed": true,
	"connected_website": true, "boost_added": true, "proximity_alert_triggered": true, "giveaway_created": true, "giveaway_completed": true,
	"paid_message_price_changed": true, "direct_message_price_changed": true, "forum_topic_created": true, "forum_topic_edited": true,
	"forum_topic_closed": true, "forum_topic_reopened": true, "poll_option_added": true, "poll_option_deleted": true,
	"managed_bot_created": true, "gift_upgrade_sent": true,
}

// strange names the member of a message that we do not know.
func strange(raw jsontext.Value) string {
	var members map[string]jsontext.Value
	if read(raw, &members) != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !envelope[name] {
			return name
		}
	}
	return ""
}

// richText collects the words of a rich message, a line for each block.
func richText(blocks jsontext.Value) string {
	var tree []any
	if read(blocks, &tree) != nil {
		return ""
	}
	var lines []string
	for _, block := range tree {
		var words strings.Builder
		gather(block, &words)
		if line := strings.TrimSpace(words.String()); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// gather walks the members of a rich text that hold words.
func gather(value any, words *strings.Builder) {
	switch v := value.(type) {
	case string:
		words.WriteString(v)
	case []any:
		for _, item := range v {
			gather(item, words)
		}
	case map[string]any:
		for _, name := range []string{"summary", "text", "expression", "cells", "caption", "credit"} {
			gather(v[name], words)
		}
		for _, name := range []string{"blocks", "items"} {
			if list, ok := v[name].([]any); ok {
				for _, item := range list {
					words.WriteString("\n")
					gather(item, words)
				}
			}
		}
	}
}
