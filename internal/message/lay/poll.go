package lay

import (
	"strconv"
	"strings"

	"prosa/internal/message"
)

// pollOption starts the id of an option that stands for a poll's answer; its
// number follows, from 0.
const pollOption = "poll:"

// Poll gives a poll as a choice, for channels that let no company ask by poll.
// Several answers are given by tapping several times. The options' ids are
// "poll:0", "poll:1" and so on.
func Poll(content message.Content) message.Content {
	choice := &message.Choice{}
	question := ""
	if content.Poll != nil {
		question = content.Poll.Question
		for i, answer := range content.Poll.Options {
			choice.Options = append(choice.Options, message.Option{ID: pollOption + strconv.Itoa(i), Title: oneLine(answer)})
		}
	}
	text := strings.TrimSpace(content.Text)
	if text != question {
		text = stack("\n\n", text, question)
	}
	return message.Content{Kind: message.Options, Text: text, Choice: choice}
}
