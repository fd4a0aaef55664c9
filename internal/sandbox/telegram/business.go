package telegram

import (
	"encoding/json"
	"sort"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// Connection is a person's leave for a bot to speak in their name (Telegram
// Business).
type Connection struct {
	ID      string `json:"id"`
	Bot     int64  `json:"bot"`
	Owner   int64  `json:"owner"`
	Enabled bool   `json:"enabled"`
	AtMS    int64  `json:"at,omitempty"`
}

func (s *Server) saveConnection(connection *Connection) {
	s.journal.Put(keyConnection+connection.ID, connection)
}

func (c *Connection) object(owner *User) object {
	return object{
		"id": c.ID, "user": owner.object(), "user_chat_id": owner.ID, "date": c.AtMS / 1000, "is_enabled": c.Enabled,
		"rights": object{"can_reply": true, "can_read_messages": true, "can_delete_sent_messages": true, "can_delete_all_messages": true},
	}
}

// PutConnection connects a person's account with a bot, or changes whether it is
// enabled, and tells the bot.
func (s *Server) PutConnection(connection Connection) (Connection, error) {
	s.mu.Lock()
	bot, owner := s.bots[connection.Bot], s.users[connection.Owner]
	if bot == nil || owner == nil {
		s.mu.Unlock()
		return Connection{}, fault.New(fault.NotFound, "no such bot or person")
	}
	if connection.ID == "" {
		connection.ID = "biz" + hashID("business" + chatKey(bot.ID, owner.ID))[:12]
	}
	connection.AtMS = s.now().UnixMilli()
	kept := connection
	s.connections[kept.ID] = &kept
	s.saveConnection(&kept)
	u := s.newUpdate(bot, owner.ID, "business_connection", nil, kept.object(owner))
	s.mu.Unlock()
	if err := s.settle(); err != nil {
		return Connection{}, err
	}
	if u != nil {
		s.courier.enqueue(u)
	}
	return connection, nil
}

// Connections gives the business connections in the order of their ids.
func (s *Server) Connections() []Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Connection, 0, len(s.connections))
	for _, connection := range s.connections {
		out = append(out, *connection)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// connectionOf gives the enabled connection of a bot; the caller holds the lock.
func (s *Server) connectionOf(bot int64) (*Connection, error) {
	var found *Connection
	for _, connection := range s.connections {
		if connection.Bot == bot && connection.Enabled && (found == nil || connection.ID < found.ID) {
			found = connection
		}
	}
	if found == nil {
		return nil, fault.Refuse("no_connection", "nobody lets this bot speak in their name")
	}
	return found, nil
}

// findConnection gives the connection that a call names; the caller holds the
// lock.
func (s *Server) findConnection(c *call) (*Connection, *apiError) {
	connection := s.connections[c.params.text("business_connection_id")]
	if connection == nil || connection.Bot != c.bot.ID {
		return nil, bad("business connection not found")
	}
	if !connection.Enabled {
		return nil, forbidden("the bot is not connected to the business account")
	}
	return connection, nil
}

// businessTarget is target for a chat of the bot's owner: the bot may write
// where the person did.
func (s *Server) businessTarget(c *call, id string, user *User) (*Chat, *User, *apiError) {
	if _, err := s.findConnection(c); err != nil {
		return nil, nil, err
	}
	chat := s.chats[(&Chat{Bot: c.bot.ID, User: user.ID, Connection: id}).key()]
	if chat == nil {
		return nil, nil, bad("BUSINESS_PEER_USAGE_MISSING")
	}
	if user.Deactivated {
		return nil, nil, forbidden("user is deactivated")
	}
	return chat, user, nil
}

// signed gives a message of a business chat its owner's name; the caller holds
// the lock.
func (s *Server) signed(content object, chat *Chat, bot Bot) {
	connection := s.connections[chat.Connection]
	if connection == nil {
		return
	}
	content["business_connection_id"], content["sender_business_bot"] = connection.ID, bot.object()
	if owner := s.users[connection.Owner]; owner != nil {
		content["from"] = owner.object()
	}
}

func (s *Server) getConnection(c *call) (stage.Answer, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	connection := s.connections[c.params.text("business_connection_id")]
	if connection == nil || connection.Bot != c.bot.ID {
		return stage.Answer{}, bad("business connection not found")
	}
	return result(connection.object(s.users[connection.Owner]), ""), nil
}

// ids reads a list of 1 to 100 message ids.
func (p params) ids(name string) ([]int64, *apiError) {
	var list []int64
	if json.Unmarshal([]byte(p.text(name)), &list) != nil {
		return nil, bad("can't parse message identifiers JSON object")
	}
	switch {
	case len(list) == 0:
		return nil, bad("message identifiers are not specified")
	case len(list) > 100:
		return nil, bad("too many message identifiers specified")
	}
	return list, nil
}

func (s *Server) deleteBusinessMessages(c *call) (stage.Answer, *apiError) {
	ids, err := c.params.ids("message_ids")
	if err != nil {
		return stage.Answer{}, err
	}
	s.mu.Lock()
	connection, err := s.findConnection(c)
	if err != nil {
		s.mu.Unlock()
		return stage.Answer{}, err
	}
	var gone []Message
	for _, chat := range s.chats {
		if chat.Bot != c.bot.ID || chat.Connection != connection.ID {
			continue
		}
		for _, id := range ids {
			if message := s.messages[chat.message(id)]; message != nil && !message.Deleted {
				message.Deleted = true
				s.saveMessage(message)
				gone = append(gone, *message)
			}
		}
	}
	s.mu.Unlock()
	if len(gone) == 0 {
		return stage.Answer{}, bad("message to delete not found")
	}
	for _, message := range gone {
		s.publish(message)
	}
	return result(true, ""), nil
}

func (s *Server) readBusinessMessage(c *call) (stage.Answer, *apiError) {
	s.mu.Lock()
	message, _, err := s.find(c, "message not found")
	if err == nil && (message.Connection == "" || message.Dir != Inbound) {
		err = bad("message can't be read")
	}
	if err != nil {
		s.mu.Unlock()
		return stage.Answer{}, err
	}
	message.Status = "read"
	s.saveMessage(message)
	copied := *message
	s.mu.Unlock()
	s.publish(copied)
	return result(true, ""), nil
}
