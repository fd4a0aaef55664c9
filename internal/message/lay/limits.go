package lay

import "prosa/internal/message"

// Limits is what a channel can carry of this package's forms. A zero count or
// Size means that the channel has no such thing.
type Limits struct {
	Links     int          // buttons that open pages under one text
	LinkTitle message.Size // label of such a button
	LinkBody  message.Size // the text above them

	// Asks are the wishes that the app has a button for.
	Asks    []string
	AskBody message.Size // the text above that button

	Slides      int          // cards side by side, at most; zero: each in a message of its own
	LeastSlides int          // cards side by side, at least
	Uniform     bool         // all cards have a picture or film of one kind and buttons of one kind and number
	SlideTitle  message.Size // apart from the text; zero: the title is the text's first line
	SlideText   message.Size
	SlideBreaks int          // line breaks in a card's words; zero: as many as one likes
	SlideTaps   int          // buttons under one card
	DeckBody    message.Size // the text above the cards; zero: it goes before them
}

// LimitsOf gives the limits of a channel; an unknown one carries words only.
//
// Sources: WhatsApp: interactive-cta-url-messages, location-request-messages,
// interactive-media-carousel-messages (2025-12). Telegram: Bot API 10.1,
// InlineKeyboardButton, KeyboardButton. Messenger and Instagram: button
// template, generic template, quick replies (user_phone_number, user_email).
func LimitsOf(channel message.Channel) Limits {
	utf16 := func(most int) message.Size { return message.Size{Max: most, Unit: message.UTF16} }
	switch channel {
	case message.WhatsApp:
		return Limits{
			Links: 1, LinkTitle: utf16(20), LinkBody: utf16(1024),
			Asks: []string{Place, Phone}, AskBody: utf16(1024),
			Slides: 10, LeastSlides: 2, Uniform: true, SlideText: utf16(160), SlideBreaks: 2, SlideTaps: 3, DeckBody: utf16(1024),
		}
	case message.Telegram:
		return Limits{
			Links: 20, LinkTitle: utf16(64), LinkBody: utf16(4096),
			Asks: []string{Place, Phone}, AskBody: utf16(4096),
		}
	case message.Messenger:
		return Limits{
			Links: 3, LinkTitle: utf16(20), LinkBody: utf16(640),
			Asks: []string{Phone, Email}, AskBody: utf16(2000),
			Slides: 10, LeastSlides: 1, SlideTitle: utf16(80), SlideText: utf16(80), SlideTaps: 3,
		}
	case message.Instagram:
		return Limits{
			Links: 3, LinkTitle: utf16(20), LinkBody: utf16(640),
			Slides: 10, LeastSlides: 1, SlideTitle: utf16(80), SlideText: utf16(80), SlideTaps: 3,
		}
	default:
		return Limits{}
	}
}
