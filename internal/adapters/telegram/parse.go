package telegram

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/wire"
)

// Parse implements channel.Adapter.
func (a *Adapter) Parse(piece []byte) (channel.Inbound, error) {
	clean, err := wire.Clean(piece)
	if err != nil {
		return channel.Inbound{}, err
	}
	var u update
	if read(clean, &u) != nil || u.ID == nil {
		return channel.Inbound{}, broken("the piece is not an update")
	}
	mark := strconv.FormatInt(*u.ID, 10)
	switch {
	case len(u.Message) > 0:
		return parseMessage(u.Message)
	case len(u.Edited) > 0:
		return parseEdit(u.Edited, mark)
	case len(u.Callback) > 0:
		return parseCallback(u.Callback)
	case len(u.Membership) > 0:
		return parseMembership(u.Membership, mark)
	case len(u.Reaction) > 0:
		return parseReaction(u.Reaction, mark)
	default:
		return channel.Inbound{Kind: channel.InIgnored}, nil // a kind that we did not ask for
	}
}

func parseMessage(raw jsontext.Value) (channel.Inbound, error) {
	m, err := readMessage(raw)
	if err != nil {
		return channel.Inbound{}, err
	}
	if !private(m.Chat) || m.isSign() {
		return channel.Inbound{Kind: channel.InIgnored, AtMS: m.Date * 1000}, nil
	}
	id := externalID(m.Chat.ID, m.ID)
	in := channel.Inbound{
		Kind: channel.InMessage, Key: id, ExternalID: id, AtMS: m.Date * 1000,
		Content: m.content(raw), Automatic: m.From.IsBot || m.Offline,
	}
	who(&in, m.Chat, m.From)
	if m.ReplyTo != nil {
		in.QuotedID = externalID(m.Chat.ID, m.ReplyTo.ID)
	}
	// A link t.me/bot?start=x opens the chat with its payload.
	if payload, found := strings.CutPrefix(in.Content.Text, "/start "); found && in.Content.Kind == message.Text {
		in.Referral = &message.Referral{SourceType: "start", Ref: strings.TrimSpace(payload)}
	}
	return in, nil
}

func parseEdit(raw jsontext.Value, mark string) (channel.Inbound, error) {
	m, err := readMessage(raw)
	if err != nil {
		return channel.Inbound{}, err
	}
	at := max(m.EditDate, m.Date) * 1000
	if !private(m.Chat) {
		return channel.Inbound{Kind: channel.InIgnored, AtMS: at}, nil
	}
	id := externalID(m.Chat.ID, m.ID)
	in := channel.Inbound{Kind: channel.InEdit, Key: id + ":edit:" + mark, ExternalID: id, Target: id, AtMS: at, Content: m.content(raw)}
	who(&in, m.Chat, m.From)
	return in, nil
}

func readMessage(raw jsontext.Value) (*incoming, error) {
	var m incoming
	switch err := read(raw, &m); {
	case err != nil:
		return nil, broken("the message cannot be read")
	case m.ID == 0 || m.Chat == nil || m.Chat.ID == 0:
		return nil, broken("the message has no id or no chat")
	case !plausible(m.Date) || m.EditDate != 0 && !plausible(m.EditDate):
		return nil, broken("the message's date is not a time of our days")
	case m.From == nil && private(m.Chat):
		return nil, broken("the message names no sender")
	}
	return &m, nil
}

// plausible holds seconds of the Unix epoch between 2009 and 2100.
func plausible(seconds int64) bool { return seconds > 1_230_768_000 && seconds < 4_102_444_800 }

func private(c *chat) bool { return c != nil && c.Type == "private" }

// isSign is true for what the app says by itself.
func (m *incoming) isSign() bool {
	return len(m.Pinned)+len(m.AutoDelete)+len(m.Background)+len(m.Access) > 0
}

func who(in *channel.Inbound, place *chat, person *user) {
	in.From = append(in.From, message.Address{Kind: message.TelegramChat, Value: strconv.FormatInt(place.ID, 10)})
	if person == nil {
		return
	}
	in.From = append(in.From, message.Address{Kind: message.TelegramUser, Value: strconv.FormatInt(person.ID, 10)})
	in.Name, in.Username, in.Language = person.name(), person.Username, person.Language
}

// parseCallback reads a tap on an inline button. It is acknowledged even when
// it says nothing to us, or the button would spin.
func parseCallback(raw jsontext.Value) (channel.Inbound, error) {
	var tap callback
	if read(raw, &tap) != nil || tap.ID == "" || tap.From == nil || tap.From.ID == 0 {
		return channel.Inbound{}, broken("the callback has no id or no sender")
	}
	place := &chat{ID: tap.From.ID, Type: "private"}
	if tap.Message != nil && tap.Message.Chat != nil {
		place = tap.Message.Chat
		if place.Type == "" {
			place.Type = "private" // of an old message only the id may be told
		}
	}
	in := channel.Inbound{Kind: channel.InIgnored, Key: "callback:" + tap.ID, CallbackID: tap.ID}
	who(&in, place, tap.From)
	if !private(place) || tap.Data == nil {
		return in, nil
	}
	in.Kind = channel.InMessage
	title := ""
	if tap.Message != nil {
		in.QuotedID = externalID(place.ID, tap.Message.ID)
		for _, row := range tap.Message.Markup.Keyboard {
			for _, button := range row {
				if button.Data == *tap.Data && title == "" {
					title = button.Text
				}
			}
		}
	}
	in.Content = message.Content{Kind: message.Pick, Text: title, Pick: &message.Picked{ID: *tap.Data, Title: title}}
	return in, nil
}

// parseMembership tells whether the customer blocked the bot or let it in
// again.
func parseMembership(raw jsontext.Value, mark string) (channel.Inbound, error) {
	var m membership
	if read(raw, &m) != nil || m.Chat == nil || m.Chat.ID == 0 || !plausible(m.Date) {
		return channel.Inbound{}, broken("the membership has no chat or no date")
	}
	in := channel.Inbound{Kind: channel.InIgnored, AtMS: m.Date * 1000}
	reachable := m.New.Status == "member"
	if !private(m.Chat) || !reachable && m.New.Status != "kicked" {
		return in, nil
	}
	in.Kind, in.Reachable = channel.InReach, &reachable
	in.Key = strconv.FormatInt(m.Chat.ID, 10) + ":reach:" + mark
	who(&in, m.Chat, m.From)
	return in, nil
}

// Stand-ins for reactions that are no emoji.
const (
	customReaction = "❇️"
	paidReaction   = "⭐"
)

// parseReaction takes the first reaction: a private chat allows a person one,
// with a subscription three.
func parseReaction(raw jsontext.Value, mark string) (channel.Inbound, error) {
	var r reaction
	if read(raw, &r) != nil || r.Chat == nil || r.Chat.ID == 0 || r.MessageID == 0 || !plausible(r.Date) {
		return channel.Inbound{}, broken("the reaction has no chat, message or date")
	}
	if !private(r.Chat) {
		return channel.Inbound{Kind: channel.InIgnored, AtMS: r.Date * 1000}, nil
	}
	target := externalID(r.Chat.ID, r.MessageID)
	in := channel.Inbound{Kind: channel.InReaction, Key: target + ":reaction:" + mark, Target: target, AtMS: r.Date * 1000}
	in.Content = message.Content{Kind: message.Emoji, Target: target}
	if len(r.New) > 0 {
		switch r.New[0].Type {
		case "emoji":
			in.Content.Text = r.New[0].Emoji
		case "paid":
			in.Content.Text = paidReaction
		default:
			in.Content.Text = customReaction
		}
	}
	who(&in, r.Chat, r.User)
	return in, nil
}

// content reads what a message holds. Animation comes before document and venue
// before location, since Telegram sets both. What is not known is kept whole.
func (m *incoming) content(raw jsontext.Value) message.Content {
	switch {
	case m.Text != nil:
		return message.Content{Kind: message.Text, Text: *m.Text}
	case len(m.Photo) > 0:
		return m.media(message.Image, &m.Photo[len(m.Photo)-1], "image/jpeg", raw) // sizes ascend
	case m.Animation != nil:
		content := m.media(message.Video, m.Animation, "video/mp4", raw)
		content.Media.Animated = true
		return content
	case m.Video != nil:
		return m.media(message.Video, m.Video, "video/mp4", raw)
	case m.VideoNote != nil:
		return m.media(message.Video, m.VideoNote, "video/mp4", raw)
	case m.Audio != nil:
		return m.media(message.Audio, m.Audio, "audio/mpeg", raw)
	case m.Voice != nil:
		content := m.media(message.Audio, m.Voice, "audio/ogg", raw)
		content.Media.Voice = true
		return content
	case m.Sticker != nil:
		content := m.media(message.Sticker, &m.Sticker.file, stickerType(m.Sticker), raw)
		content.Media.Animated = m.Sticker.Animated || m.Sticker.Video
		return content
	case m.Document != nil:
		return m.media(message.Document, m.Document, "application/octet-stream", raw)
	case m.Venue != nil && m.Venue.Location != nil:
		return message.Content{Kind: message.Place, Place: &message.Location{
			Latitude: m.Venue.Location.Latitude, Longitude: m.Venue.Location.Longitude, Name: m.Venue.Title, Address: m.Venue.Address,
		}}
	case m.Location != nil:
		return message.Content{Kind: message.Place, Place: &message.Location{Latitude: m.Location.Latitude, Longitude: m.Location.Longitude}}
	case m.Contact != nil:
		card := message.Card{Name: strings.TrimSpace(m.Contact.FirstName + " " + m.Contact.LastName)}
		if m.Contact.Phone != "" {
			card.Phones = []string{m.Contact.Phone}
		}
		return message.Content{Kind: message.Cards, Cards: []message.Card{card}, Raw: json.RawMessage(raw)}
	default:
		return message.Content{Kind: message.Unsupported, Raw: json.RawMessage(raw)}
	}
}

// media gives a file. Pictures of an album are messages of their own; the raw
// message keeps which album.
func (m *incoming) media(kind message.Kind, f *file, mime string, raw jsontext.Value) message.Content {
	if f.MIME != "" {
		mime = f.MIME
	}
	content := message.Content{Kind: kind, Text: m.Caption, Media: &message.Media{
		MIME: mime, Name: f.Name, Size: max(f.Size, 0), Remote: f.ID, State: "pending",
	}}
	if f.ID == "" {
		content.Media.State = "failed" // nothing to fetch it by
	}
	if m.Album != "" {
		content.Raw = json.RawMessage(raw)
	}
	return content
}

func stickerType(s *sticker) string {
	switch {
	case s.Animated:
		return "application/x-tgsticker"
	case s.Video:
		return "video/webm"
	default:
		return "image/webp"
	}
}
