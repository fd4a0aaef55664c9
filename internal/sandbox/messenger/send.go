package messenger

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"prosa/internal/sandbox/stage"
)

// sendAnswer is the answer of an accepted message.
type sendAnswer struct {
	Recipient  string `json:"recipient_id"`
	Message    string `json:"message_id,omitempty"`
	Attachment string `json:"attachment_id,omitempty"`
}

// echoWait bounds how long an answer is held back so that the echo comes first.
const echoWait = 2 * time.Second

// postMessages answers POST /{account}/messages: a message or a sender action.
// The recipient decides whether the page or its Instagram account speaks.
func (s *Server) postMessages(c *call, a seat) (stage.Answer, *graphError) {
	check := &checker{}
	body := c.object(check)
	if check.err != nil {
		return stage.Answer{}, check.err
	}
	a = s.speaker(body, a)
	d := readSend(body, a)
	if check.err != nil {
		return stage.Answer{}, check.err
	}
	if d.action != "" {
		return s.act(a, d)
	}
	files, err := s.resolveFiles(c, a, d.files)
	if err != nil {
		return stage.Answer{}, err
	}
	answer, message, echo, err := s.accept(c, a, d, files)
	if err != nil {
		return stage.Answer{}, err
	}
	if err := s.journal.Flush(); err != nil {
		return stage.Answer{}, trouble() // not on disk: the effect cannot be promised
	}
	s.publish(message)
	s.sendEcho(c.request.Context(), echo)
	s.planDelivery(message)
	return answer, nil
}

// speaker gives the account that a call of a page's token speaks for.
func (s *Server) speaker(body object, a seat) seat {
	probe := object{check: &checker{}, m: body.m}
	recipient := probe.object("recipient")
	id, _ := recipient.string("id")
	comment, _ := recipient.string("comment_id")
	s.mu.Lock()
	defer s.mu.Unlock()
	account := s.byScoped[id].account
	if kept := s.comments[comment]; kept != nil {
		account = kept.Account
	}
	if other, there := s.seat(account); there && other.page == a.id && a.object == ObjectPage {
		return other
	}
	return a
}

// sendEcho tells the apps of a message that was sent. The platform promises no
// order between the echo and the answer; Settings chooses one.
func (s *Server) sendEcho(ctx context.Context, echo *event) {
	if echo == nil {
		return
	}
	settings := s.Settings()
	if settings.EchoFirst {
		echo.done = make(chan struct{})
		s.hooks.enqueue(echo)
		limit := time.NewTimer(echoWait)
		defer limit.Stop()
		select {
		case <-echo.done:
		case <-limit.C:
		case <-ctx.Done():
		}
		return
	}
	s.timers.After(millis(settings.EchoMS), func() { s.hooks.enqueue(echo) })
}

// reach finds the person that a recipient names, and the chat. The caller holds
// the lock.
func (s *Server) reach(a seat, d draft) (*Person, *Chat, *graphError) {
	nobody := graphFault(http.StatusBadRequest, 100, 2018001, "No matching user found")
	switch {
	case d.comment != "":
		comment := s.comments[d.comment]
		if comment == nil || comment.Account != a.id {
			return nil, nil, graphFault(http.StatusBadRequest, 100, 33, "The comment does not exist.")
		}
		if comment.Answered {
			return nil, nil, graphFault(http.StatusBadRequest, 10900, 0, "Activity already replied to")
		}
		if s.now().Sub(time.UnixMilli(comment.AtMS)) > commentLife {
			return nil, nil, graphFault(http.StatusBadRequest, 10903, 0, "This user cant reply to this activity")
		}
		return s.people[comment.Person], s.chat(a.id, comment.Person), nil
	case d.topic != "":
		for _, chat := range s.chats {
			if chat.Account == a.id {
				for _, token := range chat.Topics {
					if token == d.topic {
						return s.people[chat.Person], chat, nil
					}
				}
			}
		}
		return nil, nil, graphFault(http.StatusBadRequest, 100, 2018317, "The notification messages token is not valid.")
	}
	who, there := s.byScoped[d.to]
	if !there || who.account != a.id {
		return nil, nil, nobody
	}
	chat := s.chats[chatKey(a.id, who.person)]
	if chat == nil || chat.LastActionMS == 0 && !chat.Started {
		return nil, nil, nobody // the id exists, but nobody who knows it wrote
	}
	return s.people[who.person], chat, nil
}

// admit holds a message against the chat: blocks, threads of other apps, the
// reply window and the rates. The caller holds the lock.
func (s *Server) admit(a seat, d draft, chat *Chat) *graphError {
	now := s.now()
	switch {
	case a.blocked != "":
		return graphFault(http.StatusForbidden, 368, 1390008, "The action attempted has been deemed abusive or is otherwise disallowed")
	case chat.Blocked:
		return graphFault(http.StatusBadRequest, 551, 1545041, "This person isn't available right now.")
	case chat.Owner != "" && chat.Owner != a.app:
		return graphFault(http.StatusForbidden, 10, 2018300, "Message not sent because another app is controlling this thread now.")
	case d.tag == "HUMAN_AGENT" && !a.agent:
		return graphFault(http.StatusForbidden, 100, 2018034, "Message tag HUMAN_AGENT is not allowed: the app has no approval for the feature.")
	case d.topic != "" || d.comment != "":
	case chat.within(now, replyWindow):
	case d.tag == "HUMAN_AGENT" && chat.within(now, agentWindow):
	case d.tag != "" && d.tag != "HUMAN_AGENT":
	default:
		return outsideWindow(a)
	}
	if !s.settings.RateLimits {
		return nil
	}
	bucket, perSecond := s.bucket(a.id), float64(textPerSecond)
	if d.heavy() {
		bucket, perSecond = s.bucket(a.id+"/media"), mediaPerSecond
	}
	if wait, ok := bucket.Take(now, perSecond, perSecond); !ok {
		return throttled(a.id, 0, wait)
	}
	if wait, ok := chat.pace.Take(now, threadPerSecond, threadBurst); !ok {
		return throttled(a.id, 1893016, wait)
	}
	return nil
}

func outsideWindow(a seat) *graphError {
	subcode := 2018278
	if a.instagram() {
		subcode = 2534022
	}
	return graphFault(http.StatusForbidden, 10, subcode, "This message is sent outside of allowed window. Learn more about the new policy here: https://developers.facebook.com/docs/messenger-platform/policy-overview")
}

func (s *Server) bucket(key string) *stage.Bucket {
	if s.rates[key] == nil {
		s.rates[key] = &stage.Bucket{}
	}
	return s.rates[key]
}

// accept takes a message: it gives the answer, the message and the event of its
// echo.
func (s *Server) accept(c *call, a seat, d draft, files []Attached) (stage.Answer, Message, *event, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	person, chat, err := s.reach(a, d)
	if err == nil {
		err = s.admit(a, d, chat)
	}
	if err != nil {
		return stage.Answer{}, Message{}, nil, err
	}
	if target := s.messages[d.replyTo]; d.replyTo != "" && s.ledger.Full() && (target == nil || target.Account != a.id || target.Person != person.ID) {
		return stage.Answer{}, Message{}, nil, invalid("Param reply_to[mid] is not a message of this conversation.")
	}
	if comment := s.comments[d.comment]; comment != nil {
		comment.Answered = true
		s.journal.Put(keyComment+comment.ID, comment)
	}
	now := s.now().UnixMilli()
	message := &Message{
		ID: newMid(a), Account: a.id, Person: person.ID, Dir: Outbound, Kind: d.kind, AtMS: now, Content: d.content, Text: d.text, Files: files,
		Status: "sent", App: a.app, Metadata: d.metadata, Tag: d.tag, ReplyTo: d.replyTo,
	}
	answer := sendAnswer{Recipient: scopedID(a.id, person.ID), Message: message.ID}
	for i, ref := range d.files {
		if ref.keep && files[i].File != "" {
			answer.Attachment = files[i].File
		}
	}
	out := stage.JSON(http.StatusOK, answer)
	if s.ledger.Full() {
		message.Exchange = &stage.Exchange{
			AtMS: c.atMS, Method: c.request.Method, URL: c.request.URL.Path, RequestHeaders: stage.Headers(c.request.Header), RequestBody: stage.Clip(c.shown()),
			Status: out.Status, ResponseBody: stage.Clip(out.Body), TookMS: s.now().UnixMilli() - c.atMS,
			ResponseHeaders: map[string]string{"Content-Type": "application/json; charset=UTF-8"},
		}
	}
	chat.typingUntilMS = 0
	s.keepMessage(chat, message)
	s.ledger.Accept(stage.Send{
		AtMS: now, Account: a.id, Recipient: person.ID, Kind: d.kind, Text: d.text, Reference: d.metadata, ID: message.ID, Payload: d.content,
	})
	return out, *message, s.echoEvent(a, message), nil
}

// shown is the body of a call as a transcript shows it.
func (c *call) shown() []byte {
	if c.body != nil {
		return c.body
	}
	fields := make(map[string]string, len(c.form))
	for name, value := range c.form {
		if name != "access_token" {
			fields[name] = value
		}
	}
	if c.file != nil {
		fields["filedata"] = "@" + c.file.name
	}
	return stage.JSON(http.StatusOK, fields).Body
}

// act does a sender action.
func (s *Server) act(a seat, d draft) (stage.Answer, *graphError) {
	now := s.now().UnixMilli()
	s.mu.Lock()
	person, chat, err := s.reach(a, d)
	if err == nil && chat.Blocked {
		err = graphFault(http.StatusBadRequest, 551, 1545041, "This person isn't available right now.")
	}
	var changed []Message
	if err == nil {
		changed, err = s.doAction(a, d, chat, now)
	}
	s.mu.Unlock()
	if err != nil {
		return stage.Answer{}, err
	}
	for _, message := range changed {
		s.publish(message)
	}
	s.feed.Publish(Change{Account: a.id, Person: person.ID})
	if err := s.journal.Flush(); err != nil {
		return stage.Answer{}, trouble()
	}
	return stage.JSON(http.StatusOK, sendAnswer{Recipient: scopedID(a.id, person.ID)}), nil
}

// doAction changes the chat; the caller holds the lock.
func (s *Server) doAction(a seat, d draft, chat *Chat, now int64) (changed []Message, err *graphError) {
	switch d.action {
	case "typing_on":
		chat.typingUntilMS = now + typingTime.Milliseconds()
	case "typing_off":
		chat.typingUntilMS = 0
	case "mark_seen":
		for _, message := range chat.messages {
			if message.Dir == Inbound && message.ReadMS == 0 {
				message.Status, message.ReadMS = "read", now
				s.saveMessage(message)
				changed = append(changed, *message)
			}
		}
	case "react", "unreact":
		target := s.messages[d.target]
		if target == nil || target.Account != a.id || target.Person != chat.Person {
			return nil, invalid("Param payload[message_id] is not a message of this conversation.")
		}
		if !chat.within(s.now(), replyWindow) {
			return nil, outsideWindow(a)
		}
		target.ReactionOut = emojiOf(d.reaction)
		s.saveMessage(target)
		changed = append(changed, *target)
	}
	return changed, nil
}

// reactions are the words that the platform has for its usual reactions.
var reactions = map[string]string{"love": "❤", "smile": "😆", "wow": "😮", "sad": "😢", "angry": "😠", "like": "👍", "dislike": "👎"}

func emojiOf(reaction string) string { return or(reactions[reaction], reaction) }

// reactionOf gives the platform's word for an emoji: "other" for the rest.
func reactionOf(emoji string) string {
	plain := strings.TrimSuffix(emoji, "\ufe0f")
	for word, usual := range reactions {
		if usual == plain {
			return word
		}
	}
	return "other"
}

// newMid makes a message id of the platform's form.
func newMid(a seat) string {
	var random [24]byte
	_, _ = rand.Read(random[:])
	text := base64.RawURLEncoding.EncodeToString(random[:])
	if a.instagram() {
		return "aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlE" + text
	}
	return "m_" + text
}
