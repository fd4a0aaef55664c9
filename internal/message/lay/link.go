package lay

import (
	"net/url"
	"strings"

	"prosa/internal/message"
)

// Doors is a text with buttons that open pages, laid out for one channel.
type Doors struct {
	// Before holds parts of a long text that go out first, as plain texts.
	Before []string
	// Text is the body above the buttons; a plain text when there are none.
	Text string
	// Links are the buttons, labels cut to the channel.
	Links []message.Link
}

// Links lays out a message of kind link: buttons where the channel has enough of
// them, else the addresses in words below the text. What is no http address is
// written as it is.
func Links(content message.Content, channel message.Channel, language string) Doors {
	limits, say := LimitsOf(channel), wordsOf(language)
	buttons := len(content.Links) > 0 && len(content.Links) <= limits.Links
	for _, link := range content.Links {
		buttons = buttons && opens(link.URL)
	}
	if !buttons {
		parts := message.Split(stack("\n\n", content.Text, written(content.Links)), channel)
		if len(parts) == 0 {
			return Doors{}
		}
		return Doors{Before: parts[:len(parts)-1], Text: parts[len(parts)-1]}
	}
	doors := Doors{Links: make([]message.Link, 0, len(content.Links))}
	for _, link := range content.Links {
		doors.Links = append(doors.Links, message.Link{Title: limits.LinkTitle.Cut(or(oneLine(link.Title), say.open)), URL: strings.TrimSpace(link.URL)})
	}
	doors.Before, doors.Text = body(content.Text, limits.LinkBody, channel)
	if doors.Text == "" {
		doors.Text = limits.LinkBody.Cut(or(oneLine(content.Links[0].Title), say.more))
	}
	return doors
}

// body gives the parts of a text that go before a message with buttons and the
// one that stands in it. A text too long for the room goes before as a whole, in
// as few messages as the channel allows.
func body(text string, room message.Size, channel message.Channel) (before []string, last string) {
	parts := message.Split(text, channel)
	if n := len(parts); n > 0 && room.Fits(parts[n-1]) {
		return parts[:n-1], parts[n-1]
	}
	return parts, ""
}

// written are links in words, a line each.
func written(links []message.Link) string {
	lines := make([]string, 0, len(links))
	for _, link := range links {
		lines = append(lines, stack(": ", oneLine(link.Title), link.URL))
	}
	return stack("\n", lines...)
}

// opens reports whether an address is one that apps open from a button.
func opens(address string) bool {
	parsed, err := url.Parse(strings.TrimSpace(address))
	return err == nil && parsed.Host != "" && (parsed.Scheme == "https" || parsed.Scheme == "http") && len(address) <= 2000
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
