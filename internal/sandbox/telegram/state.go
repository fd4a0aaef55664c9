package telegram

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// The keys of the journal: one kind of record a prefix.
const (
	keyBot      = "bot/"
	keyUser     = "user/"
	keyChat     = "chat/"
	keyMessage  = "message/"
	keyFile     = "file/"
	keyUpdate   = "update/"
	keyCounter  = "counter/" // the last update id of a bot
	keySettings = "settings"
	// keyConnection is a business connection.
	keyConnection = "connection/"
)

func (s *Server) saveBot(bot *Bot)    { s.journal.Put(keyBot+strconv.FormatInt(bot.ID, 10), bot) }
func (s *Server) saveUser(user *User) { s.journal.Put(keyUser+strconv.FormatInt(user.ID, 10), user) }
func (s *Server) saveChat(chat *Chat) { s.journal.Put(keyChat+chat.key(), chat) }

func (s *Server) saveMessage(message *Message) {
	if s.ledger.Full() {
		s.journal.Put(keyMessage+message.Key, message)
	}
}

// keepMessage adds a message to its chat; only a full ledger keeps transcripts
// on disk and outbound messages at all. The caller holds the lock.
func (s *Server) keepMessage(chat *Chat, message *Message) {
	s.seq++
	message.Seq = s.seq
	if s.ledger.Full() {
		chat.messages = append(chat.messages, message)
	}
	if s.ledger.Full() || message.Dir == Inbound {
		s.messages[message.Key] = message
	}
	s.saveMessage(message)
}

// chat gives the chat of a bot and a person, making it when needed; the caller
// holds the lock.
func (s *Server) chat(bot, user int64) *Chat { return s.chatIn(bot, user, "") }

// chatIn is chat with a business connection.
func (s *Server) chatIn(bot, user int64, connection string) *Chat {
	wanted := &Chat{Bot: bot, User: user, Connection: connection}
	chat := s.chats[wanted.key()]
	if chat == nil {
		chat = wanted
		s.chats[wanted.key()] = chat
	}
	return chat
}

func (s *Server) publish(message Message) {
	s.feed.Publish(Change{Bot: message.Bot, User: message.User, Message: &message})
}

// load builds the state from the journal and takes up the updates that were
// under way when the last process ended.
func (s *Server) load(records []stage.Record) error {
	var waiting []*update
	for _, record := range records {
		taken, err := s.ledger.Load(record)
		if taken && err == nil {
			continue
		}
		if err == nil {
			err = s.loadRecord(record, &waiting)
		}
		if err != nil {
			return fault.Wrap(err, fault.Internal, "record "+record.Key)
		}
	}
	for _, chat := range s.chats {
		sort.Slice(chat.messages, func(i, j int) bool { return chat.messages[i].Seq < chat.messages[j].Seq })
	}
	sort.Slice(waiting, func(i, j int) bool { return waiting[i].ID < waiting[j].ID })
	for _, u := range waiting {
		s.courier.enqueue(u)
	}
	return nil
}

func (s *Server) loadRecord(record stage.Record, waiting *[]*update) error {
	kind, rest, _ := strings.Cut(record.Key, "/")
	switch kind + "/" {
	case keyBot:
		bot := &Bot{}
		if err := json.Unmarshal(record.Value, bot); err != nil {
			return err
		}
		s.bots[bot.ID] = bot
	case keyUser:
		user := &User{}
		if err := json.Unmarshal(record.Value, user); err != nil {
			return err
		}
		s.users[user.ID] = user
	case keyChat:
		stored := &Chat{}
		if err := json.Unmarshal(record.Value, stored); err != nil {
			return err
		}
		stored.messages = s.chatIn(stored.Bot, stored.User, stored.Connection).messages
		s.chats[stored.key()] = stored
	case keyMessage:
		message := &Message{}
		if err := json.Unmarshal(record.Value, message); err != nil {
			return err
		}
		chat := s.chatIn(message.Bot, message.User, message.Connection)
		chat.messages = append(chat.messages, message)
		chat.LastID = max(chat.LastID, message.MessageID)
		s.messages[message.Key] = message
		s.seq = max(s.seq, message.Seq)
	case keyFile:
		var f file
		if err := json.Unmarshal(record.Value, &f); err != nil {
			return err
		}
		s.files.remember(f)
	case keyUpdate:
		u := &update{}
		if err := json.Unmarshal(record.Value, u); err != nil {
			return err
		}
		*waiting = append(*waiting, u)
	case keyCounter:
		id, err := strconv.ParseInt(rest, 10, 64)
		if err != nil {
			return err
		}
		var last int64
		if err := json.Unmarshal(record.Value, &last); err != nil {
			return err
		}
		s.updateIDs[id] = last
	case keyConnection:
		connection := &Connection{}
		if err := json.Unmarshal(record.Value, connection); err != nil {
			return err
		}
		s.connections[connection.ID] = connection
	case keySettings + "/":
		return json.Unmarshal(record.Value, &s.settings)
	}
	return nil
}
