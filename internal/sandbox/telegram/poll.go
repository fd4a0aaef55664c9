package telegram

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// Limits of a poll. Source: sendPoll, InputPollOption.
const (
	maxQuestion = 300
	maxAnswer   = 100
	maxAnswers  = 12
)

// poll makes the object of a new poll.
func (s *Server) poll(question string, answers []string, anonymous, several bool) object {
	id := hashID("poll" + question + strconv.FormatInt(s.now().UnixNano(), 10))
	options := make([]object, 0, len(answers))
	for n, answer := range answers {
		options = append(options, object{"persistent_id": hashID(id + strconv.Itoa(n))[:10], "text": answer, "voter_count": 0})
	}
	return object{
		"id": id, "question": question, "options": options, "total_voter_count": 0, "is_closed": false, "is_anonymous": anonymous,
		"type": "regular", "allows_multiple_answers": several, "allows_revoting": true, "members_only": false,
	}
}

func checkPoll(question string, answers []string) *apiError {
	switch {
	case question == "":
		return bad("poll question must be non-empty")
	case utf8.RuneCountInString(question) > maxQuestion:
		return bad("poll question length must not exceed %d", maxQuestion)
	case len(answers) == 0:
		return bad("poll must have at least 1 option")
	case len(answers) > maxAnswers:
		return bad("poll can't have more than %d options", maxAnswers)
	}
	for _, answer := range answers {
		if strings.TrimSpace(answer) == "" {
			return bad("poll options must be non-empty")
		}
		if utf8.RuneCountInString(answer) > maxAnswer {
			return bad("poll options length must not exceed %d", maxAnswer)
		}
	}
	return nil
}

func (s *Server) sendPoll(c *call) (stage.Answer, *apiError) {
	// An option may be a plain text, as in older versions.
	var options []json.RawMessage
	if json.Unmarshal([]byte(c.params.text("options")), &options) != nil {
		return stage.Answer{}, bad("can't parse options JSON object")
	}
	var answers []string
	for _, raw := range options {
		var option struct {
			Text string `json:"text"`
		}
		if json.Unmarshal(raw, &option.Text) != nil && json.Unmarshal(raw, &option) != nil {
			return stage.Answer{}, bad("can't parse options JSON object")
		}
		answers = append(answers, option.Text)
	}
	question := strings.TrimSpace(c.params.text("question"))
	if err := checkPoll(question, answers); err != nil {
		return stage.Answer{}, err
	}
	if kind := c.params.text("type"); kind != "" && kind != "regular" {
		return stage.Answer{}, bad("unsupported poll type specified")
	}
	anonymous := c.params.text("is_anonymous") == "" || c.params.flag("is_anonymous")
	poll := s.poll(question, answers, anonymous, c.params.flag("allows_multiple_answers"))
	return s.deliver(c, []outgoing{{kind: "poll", text: question, content: object{"poll": poll}}})
}

func (s *Server) stopPoll(c *call) (stage.Answer, *apiError) {
	s.mu.Lock()
	message, _, err := s.find(c, "message with poll to stop not found")
	if err != nil {
		s.mu.Unlock()
		return stage.Answer{}, err
	}
	content := message.object()
	poll, is := content["poll"].(object)
	switch {
	case !is:
		err = bad("message is not a poll")
	case message.Dir != Outbound:
		err = bad("poll can't be stopped")
	case poll["is_closed"] == true:
		err = bad("poll has already been closed")
	}
	if err != nil {
		s.mu.Unlock()
		return stage.Answer{}, err
	}
	poll["is_closed"] = true
	message.Content = encode(content)
	s.saveMessage(message)
	copied := *message
	s.mu.Unlock()
	s.publish(copied)
	return result(poll, ""), nil
}

// vote answers a poll of the bot, or takes the answer back; the caller holds the
// lock.
func (s *Server) vote(bot *Bot, user *User, chat *Chat, a Action) (*Message, *update, error) {
	target := s.messages[chat.message(a.Message)]
	if target == nil || target.Deleted {
		return nil, nil, fault.New(fault.NotFound, "no such message in this chat")
	}
	content := target.object()
	poll, is := content["poll"].(object)
	options, _ := poll["options"].([]any)
	switch {
	case !is || target.Dir != Outbound:
		return nil, nil, fault.Refuse("no_poll", "the message is no poll of the bot")
	case poll["is_closed"] == true:
		return nil, nil, fault.Refuse("closed", "the poll is closed")
	case len(a.Picks) > 1 && poll["allows_multiple_answers"] != true:
		return nil, nil, fault.OnField("picks", "the poll takes one answer")
	}
	persistent := []string{}
	for n, option := range options {
		shown, _ := option.(object)
		shown["voter_count"] = 0
		if slices.Contains(a.Picks, n) {
			shown["voter_count"] = 1
			id, _ := shown["persistent_id"].(string)
			persistent = append(persistent, id)
		}
	}
	if len(persistent) != len(a.Picks) {
		return nil, nil, fault.OnField("picks", "the poll has no such answers")
	}
	poll["total_voter_count"] = min(len(a.Picks), 1)
	target.Content = encode(content)
	target.Chosen = strings.Trim(string(encode(a.Picks)), "[]")
	s.saveMessage(target)
	if poll["is_anonymous"] == true {
		return target, s.newUpdate(bot, user.ID, "poll", nil, poll), nil
	}
	picks := append([]int{}, a.Picks...)
	return target, s.newUpdate(bot, user.ID, "poll_answer", nil, object{
		"poll_id": poll["id"], "user": user.object(), "option_ids": picks, "option_persistent_ids": persistent,
	}), nil
}

// sendDice throws what its emoji shows.
func (s *Server) sendDice(c *call) (stage.Answer, *apiError) {
	emoji := or(c.params.text("emoji"), "🎲")
	if diceFaces[emoji] == 0 {
		return stage.Answer{}, bad("wrong dice emoji specified")
	}
	return s.deliver(c, []outgoing{{kind: "dice", text: emoji, content: object{"dice": s.dice(emoji)}}})
}

// diceFaces says how many values a dice has. Source: Dice.
var diceFaces = map[string]int64{"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}

func (s *Server) dice(emoji string) object {
	return object{"emoji": emoji, "value": 1 + s.now().UnixNano()/1000%diceFaces[emoji]}
}
