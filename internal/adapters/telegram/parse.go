package telegram

import (
	"slices"
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
	case len(u.Checkout) > 0:
		return parseQuery(u.Checkout, checkoutQuery)
	case len(u.Shipping) > 0:
		return parseQuery(u.Shipping, shippingQuery)
	case len(u.Vote) > 0:
		return parseVote(u.Vote, mark)
	case len(u.BusinessMessage) > 0:
		return parseMessage(u.BusinessMessage)
	case len(u.BusinessEdited) > 0:
		return parseEdit(u.BusinessEdited, mark)
	case len(u.BusinessDeleted) > 0:
		return parseDeletion(u.BusinessDeleted, mark)
	case len(u.Connection) > 0:
		return parseConnection(u.Connection, mark)
	default:
		return channel.Inbound{Kind: channel.InIgnored}, nil // a kind that we did not ask for
	}
}

func parseMessage(raw jsontext.Value) (channel.Inbound, error) {
	m, err := readMessage(raw)
	if err != nil {
		return channel.Inbound{}, err
	}
	if !private(m.Chat) {
		return channel.Inbound{Kind: channel.InIgnored, AtMS: m.Date * 1000}, nil
	}
	content, said := m.content(raw)
	if !said {
		return channel.Inbound{Kind: channel.InIgnored, AtMS: m.Date * 1000}, nil
	}
	where := m.place()
	id := where.message(m.ID)
	in := channel.Inbound{
		Kind: channel.InMessage, Key: id, ExternalID: id, AtMS: m.Date * 1000,
		Content: content, Automatic: m.From.IsBot || m.Offline,
	}
	m.sender(&in)
	if m.ReplyTo != nil {
		in.QuotedID = where.message(m.ReplyTo.ID)
	}
	// A link t.me/bot?start=x opens the chat with its payload.
	if payload, found := strings.CutPrefix(content.Text, "/start "); found && content.Kind == message.Text {
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
	content, said := m.content(raw)
	if !private(m.Chat) || !said {
		return channel.Inbound{Kind: channel.InIgnored, AtMS: at}, nil
	}
	id := m.place().message(m.ID)
	in := channel.Inbound{Kind: channel.InEdit, Key: id + ":edit:" + mark, ExternalID: id, Target: id, AtMS: at, Content: content}
	m.sender(&in)
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

func (m *incoming) place() place { return place{m.Connection, m.Chat.ID} }

// sender tells who wrote. What the owner of a business chat wrote themselves,
// in their own app, is an echo: it speaks to the person whose chat it is.
func (m *incoming) sender(in *channel.Inbound) {
	if m.Connection == "" || m.From.ID == m.Chat.ID {
		who(in, m.place(), m.From)
		return
	}
	in.Kind, in.Automatic = channel.InEcho, false
	who(in, m.place(), &user{ID: m.Chat.ID, FirstName: m.Chat.FirstName, LastName: m.Chat.LastName, Username: m.Chat.Username})
}

// parseCallback reads a tap on an inline button. It is acknowledged even when
// it says nothing to us, or the button would spin.
func parseCallback(raw jsontext.Value) (channel.Inbound, error) {
	var tap callback
	if read(raw, &tap) != nil || tap.ID == "" || tap.From == nil || tap.From.ID == 0 {
		return channel.Inbound{}, broken("the callback has no id or no sender")
	}
	where, personal := place{chat: tap.From.ID}, true
	if tap.Message != nil && tap.Message.Chat != nil {
		where = place{tap.Message.Connection, tap.Message.Chat.ID}
		// Of an old message only the chat's id may be told.
		personal = private(tap.Message.Chat) || tap.Message.Chat.Type == ""
	}
	in := channel.Inbound{Kind: channel.InIgnored, Key: "callback:" + tap.ID, CallbackID: tap.ID}
	who(&in, where, tap.From)
	if !personal || tap.Data == nil {
		return in, nil
	}
	in.Kind = channel.InMessage
	title := ""
	if tap.Message != nil {
		in.QuotedID = where.message(tap.Message.ID)
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
	who(&in, place{chat: m.Chat.ID}, m.From)
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
	where := place{chat: r.Chat.ID}
	target := where.message(r.MessageID)
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
	who(&in, where, r.User)
	return in, nil
}

// parseQuery reads the question whether a payment may go on. Telegram waits ten
// seconds for the answer, which Signal gives: we sell no invoices there, so it
// is a refusal. The attempt is a quiet line of the thread.
func parseQuery(raw jsontext.Value, sort string) (channel.Inbound, error) {
	var q query
	if read(raw, &q) != nil || q.ID == "" || q.From == nil || q.From.ID == 0 {
		return channel.Inbound{}, broken("the query has no id or no sender")
	}
	in := channel.Inbound{Kind: channel.InMessage, Key: sort + q.ID, CallbackID: sort + q.ID}
	in.Content = message.Content{
		Kind: message.System, Text: strings.TrimSpace("💳 " + q.written()),
		Share: &message.Shared{Kind: strings.TrimSuffix(sort, ":"), ID: q.Payload, Title: q.written()},
	}
	who(&in, place{chat: q.From.ID}, q.From)
	return in, nil
}

// parseVote reads a vote on a poll of ours. Telegram tells the numbers of the
// answers and not their words; taking a vote back says nothing.
func parseVote(raw jsontext.Value, mark string) (channel.Inbound, error) {
	var v vote
	if read(raw, &v) != nil || v.Poll == "" {
		return channel.Inbound{}, broken("the vote has no poll")
	}
	if v.User == nil || v.User.ID == 0 || len(v.Options) == 0 {
		return channel.Inbound{Kind: channel.InIgnored}, nil
	}
	var ids, numbers []string
	for _, option := range v.Options {
		ids = append(ids, strconv.FormatInt(option, 10))
		numbers = append(numbers, strconv.FormatInt(option+1, 10))
	}
	said := strings.Join(numbers, ", ")
	in := channel.Inbound{Kind: channel.InMessage, Key: "vote:" + v.Poll + ":" + mark}
	in.Content = message.Content{Kind: message.Pick, Text: said, Pick: &message.Picked{ID: "poll:" + v.Poll + ":" + strings.Join(ids, ","), Title: said}}
	who(&in, place{chat: v.User.ID}, v.User)
	return in, nil
}

// parseConnection tells that a person lets the bot speak in their name, or no
// more. It says nothing of the bot's own chats.
func parseConnection(raw jsontext.Value, mark string) (channel.Inbound, error) {
	var c connection
	if read(raw, &c) != nil || c.ID == "" || c.User == nil || !plausible(c.Date) {
		return channel.Inbound{}, broken("the connection has no id, user or date")
	}
	status := "business_disabled"
	if c.Enabled {
		status = "business_enabled"
	}
	return channel.Inbound{Kind: channel.InAccount, Key: "connection:" + c.ID + ":" + mark, AtMS: c.Date * 1000, News: &channel.News{
		Kind: channel.NewsOther, Status: status, Reason: c.User.name(), Raw: []byte(slices.Clone(raw)),
	}}, nil
}

// parseDeletion tells that a message of a business chat is gone. Split made it
// one message a piece. Telegram does not say when.
func parseDeletion(raw jsontext.Value, mark string) (channel.Inbound, error) {
	var d deletion
	if read(raw, &d) != nil || d.Connection == "" || d.Chat == nil || d.Chat.ID == 0 || len(d.Messages) != 1 || d.Messages[0] <= 0 {
		return channel.Inbound{}, broken("the deletion names no message")
	}
	where := place{d.Connection, d.Chat.ID}
	target := where.message(d.Messages[0])
	in := channel.Inbound{Kind: channel.InRevoke, Key: target + ":gone:" + mark, ExternalID: target, Target: target}
	who(&in, where, &user{ID: d.Chat.ID, FirstName: d.Chat.FirstName, LastName: d.Chat.LastName, Username: d.Chat.Username})
	return in, nil
}
