package trial

import (
	"fmt"
	"strconv"

	"prosa/internal/message"
)

// prefixOf is what the ids of the options of a session and turn begin with.
func prefixOf(session string, asked int64) string {
	return session[max(0, len(session)-10):] + "." + strconv.FormatInt(asked, 36) + "."
}

// limits says what of a turn's messages does not fit the channel as it is laid
// out for it; empty when all fits.
func limits(t *turn) string {
	for _, effect := range t.effects {
		if effect.Send == nil {
			continue
		}
		if problem := misfit(effect.Send, t.env.Channel); problem != "" {
			return problem
		}
	}
	return ""
}

func misfit(content *message.Content, channel message.Channel) string {
	limits := message.LimitsOf(channel)
	if content.Choice == nil {
		if content.Kind == message.Text && content.Text == "" {
			return "an empty text"
		}
		return tooLong("a part of the text", message.Split(content.Text, channel), limits.Text)
	}
	layout := message.Lay(*content.Choice, content.Text, channel)
	if problem := tooLong("a part before the options", layout.Before, limits.Text); problem != "" {
		return problem
	}
	body, title := limits.Text, message.Size{}
	switch layout.Shape {
	case message.ShapeButtons:
		body, title = limits.ButtonBody, limits.ButtonTitle
	case message.ShapeList:
		body, title = limits.ListBody, limits.RowTitle
	case message.ShapeQuick:
		title = limits.QuickTitle
	}
	if layout.Text == "" {
		return "options without a text"
	}
	if problem := tooLong("the text over the options", []string{layout.Text}, body); problem != "" {
		return problem
	}
	if layout.Shape == message.ShapeNumbered {
		return ""
	}
	seen := map[string]bool{}
	for _, option := range layout.Options {
		switch {
		case option.Title == "" || seen[option.Title]:
			return fmt.Sprintf("the title %q comes twice or is empty", option.Title)
		case title.Max > 0 && !title.Fits(option.Title):
			return fmt.Sprintf("the title %q is too long", option.Title)
		case !limits.OptionID.Fits(option.ID) || option.ID == "":
			return fmt.Sprintf("the id %q is too long", option.ID)
		}
		seen[option.Title] = true
	}
	return ""
}

func tooLong(what string, parts []string, size message.Size) string {
	for _, part := range parts {
		if !size.Fits(part) {
			return fmt.Sprintf("%s has %d characters, %d fit", what, size.Of(part), size.Max)
		}
	}
	return ""
}
