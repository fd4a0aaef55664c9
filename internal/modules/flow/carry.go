package flow

import (
	"prosa/internal/message"
	"prosa/internal/message/lay"
)

// What a channel shows otherwise than the author wrote it, or refuses, is a
// warning for each channel that the flow is bound to: see codeOtherwise and
// codeRefused, whose first argument says what.

// otherwise warns of the given channels.
func (c *compiler) otherwise(what string, on ...message.Channel) {
	for _, channel := range c.options.Channels {
		for _, one := range on {
			if one == channel {
				c.report(Warning, codeOtherwise, what, string(channel))
			}
		}
	}
}

// linked warns where there are more links than the channel has buttons for.
func (c *compiler) linked(links int) {
	for _, channel := range c.options.Channels {
		if links > lay.LimitsOf(channel).Links {
			c.report(Warning, codeOtherwise, "links", string(channel))
		}
	}
}

// asking warns where the app has no button for what is asked for.
func (c *compiler) asking(request string) {
	for _, channel := range c.options.Channels {
		if request != "" && !contains(lay.LimitsOf(channel).Asks, request) {
			c.report(Warning, codeOtherwise, "request", string(channel))
		}
	}
}

// decked warns where cards do not stand side by side.
func (c *compiler) decked(d *deck) {
	if len(d.slides) < 2 {
		return
	}
	content := message.Content{Kind: message.Deck}
	static := func(t texts) string {
		if len(t) == 0 {
			return ""
		}
		return t[0].Static()
	}
	for i := range d.slides {
		own := &d.slides[i]
		shown := message.Slide{Title: static(own.title), Text: static(own.text)}
		if own.node.Media != nil {
			media := own.node.Media.media()
			shown.Media = &media
		}
		for k, title := range own.taps {
			shown.Options = append(shown.Options, message.Option{ID: itoa(k), Title: static(title)})
		}
		for _, link := range own.links {
			shown.Links = append(shown.Links, message.Link{Title: static(link.title), URL: "https://example.com"})
		}
		content.Deck = append(content.Deck, shown)
	}
	for _, channel := range c.options.Channels {
		for _, spread := range lay.Deck(content, channel, c.flow.languages[0]) {
			if len(spread.Slides) > 0 && !spread.Side {
				c.report(Warning, codeOtherwise, "deck", string(channel))
				break
			}
		}
	}
}

// polled warns where a poll is shown as a menu.
func (c *compiler) polled() {
	for _, channel := range c.options.Channels {
		if !hasPolls(channel) {
			c.report(Warning, codeOtherwise, "poll", string(channel))
		}
	}
}

// hasPolls reports a channel that lets a company ask by poll.
func hasPolls(channel message.Channel) bool { return channel == message.Telegram }

// carried warns of a file that a channel does not take, or takes as something
// else: Messenger and Instagram have no stickers of a company's own, Instagram
// no documents but PDF and no sound in OGG.
func (c *compiler) carried(file *mediaNode) {
	if file.Kind == message.Sticker {
		c.otherwise("sticker", message.Messenger, message.Instagram)
	}
	for _, channel := range c.options.Channels {
		if channel != message.Instagram || file.MIME == "" {
			continue
		}
		switch {
		case file.Kind == message.Document && file.MIME != "application/pdf":
			c.report(Warning, codeRefused, "document", string(channel))
		case file.Kind == message.Audio && (file.MIME == "audio/ogg" || file.MIME == "audio/opus"):
			c.report(Warning, codeRefused, "audio", string(channel))
		}
	}
}
