package message

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Unit says what a vendor counts when it says "characters".
type Unit uint8

// Units. Where a vendor's page says no more than "characters" (WhatsApp,
// Messenger, Telegram) the table uses UTF16: it is never smaller than the count
// of code points, so a text that fits by it fits by either reading.
const (
	Runes Unit = iota
	UTF16
	Bytes
)

// Size is a limit on a text: at most Max of Unit. The zero Size allows nothing.
type Size struct {
	Max  int
	Unit Unit
}

// Of counts text in the unit of the size.
func (s Size) Of(text string) int {
	switch s.Unit {
	case Bytes:
		return len(text)
	case UTF16:
		n := 0
		for _, r := range text {
			n += max(1, utf16.RuneLen(r))
		}
		return n
	default:
		return utf8.RuneCountInString(text)
	}
}

// Fits reports whether text is within the size.
func (s Size) Fits(text string) bool {
	// No unit counts more than the bytes, so most texts need no walk.
	return len(text) <= s.Max || s.Of(text) <= s.Max
}

// Cut shortens text to the size: at a grapheme boundary, with an ellipsis where
// something was left out. A text that fits comes back as it is.
func (s Size) Cut(text string) string {
	if s.Fits(text) {
		return text
	}
	const ellipsis = "…"
	room := s.Max - s.Of(ellipsis)
	if room < 0 {
		return ""
	}
	head, _ := take(text, Size{Max: room, Unit: s.Unit})
	return strings.TrimRight(head, " \n\t,;:-") + ellipsis
}

// take splits text after the most whole graphemes that fit in the size.
func take(text string, size Size) (head, rest string) {
	used, at, state := 0, 0, -1
	left := text
	for left != "" {
		var cluster string
		cluster, left, _, state = uniseg.FirstGraphemeClusterInString(left, state)
		used += size.Of(cluster)
		if used > size.Max {
			break
		}
		at += len(cluster)
	}
	return text[:at], text[at:]
}

// Limits is what a channel can carry. A zero count or Size means that the
// channel has no such thing. Media limits are in bytes.
type Limits struct {
	Text    Size // body of a text message
	Caption Size // text under a medium; zero: send the text after the medium

	Buttons     int  // reply buttons under a message
	ButtonTitle Size // title of a reply button, unique in its message
	ButtonBody  Size // body of a message with buttons

	Rows           int  // rows of a list, over all its sections
	RowTitle       Size //
	RowDescription Size //
	ListBody       Size //
	ListButton     Size // label that opens the list

	QuickReplies int  // chips under a message
	QuickTitle   Size //

	Keyboard int // buttons of an inline keyboard

	OptionID Size // opaque id of any option
	Header   Size // zero: the header becomes the first line of the body
	Footer   Size // zero: the footer becomes the last line of the body

	Image, Video, Audio, Document, Sticker int64

	Shop ShopLimits
}

// ShopLimits is what a channel can carry of goods, bills and order news. A zero
// count or Size means that the channel has no such thing.
type ShopLimits struct {
	// Products of the channel's own catalog in one message, over all sections;
	// zero: the channel has no catalog of its own.
	Products     int
	Sections     int
	SectionTitle Size // needed by each when there are several

	Cards      int  // side by side, at least two
	CardBody   Size // text of one of them
	CardBreaks int  // line breaks in it; zero: as many as one likes
	CardTaps   bool // a card carries its own button; else taps come in a message after

	LinkTitle Size // label of a button that opens a page
	CopyText  Size // what a button that copies can hold

	Body     Size // text of a message with goods, a bill or order news
	ItemName Size // of a line of the channel's own form of a bill
	Note     Size // under a step of the channel's own order news
}

const (
	kilobyte = int64(1) << 10
	megabyte = int64(1) << 20
)

// LimitsOf gives the limits of a channel; an unknown channel gets those of a
// plain text of 1,000 bytes, which every messaging app carries.
//
// Sources: WhatsApp: Meta's pages text-messages (2026-07),
// interactive-reply-buttons-messages, interactive-list-messages (list body 4,096
// in newer text; 1,024 is accepted by both), media. Messenger: send-messages,
// quick-replies, template/button and template/generic (2026-04; a card's body is
// its title of 80 and its subtitle of 80). Instagram: send-message (2026-07),
// attachment-upload (2026-04; documents are PDF), quick-replies, button and
// generic template. Neither has stickers of a company's own: they go as pictures.
// Telegram: Bot API 10.1, sendMessage, InlineKeyboardButton.
// Shop: share-products (2025-11), interactive-media-carousel-messages (2025-12),
// interactive-cta-url-messages, payments-br/orders (2026-03); Bot API 10.1,
// sendMediaGroup, CopyTextButton.
func LimitsOf(channel Channel) Limits {
	switch channel {
	case WhatsApp:
		return Limits{
			Text: Size{4096, UTF16}, Caption: Size{1024, UTF16},
			Buttons: 3, ButtonTitle: Size{20, UTF16}, ButtonBody: Size{1024, UTF16},
			Rows: 10, RowTitle: Size{24, UTF16}, RowDescription: Size{72, UTF16},
			ListBody: Size{1024, UTF16}, ListButton: Size{20, UTF16},
			OptionID: Size{200, Bytes}, Header: Size{60, UTF16}, Footer: Size{60, UTF16},
			Image: 5 * megabyte, Video: 16 * megabyte, Audio: 16 * megabyte,
			Document: 100 * megabyte, Sticker: 100 * kilobyte,
			Shop: ShopLimits{
				Products: 30, Sections: 10, SectionTitle: Size{24, UTF16},
				Cards: 10, CardBody: Size{160, UTF16}, CardBreaks: 2, CardTaps: true,
				LinkTitle: Size{20, UTF16}, Body: Size{1024, UTF16}, ItemName: Size{60, UTF16}, Note: Size{120, UTF16},
			},
		}
	case Telegram:
		return Limits{
			Text: Size{4096, UTF16}, Caption: Size{1024, UTF16},
			Keyboard: 100, OptionID: Size{64, Bytes},
			Image: 10 * megabyte, Video: 50 * megabyte, Audio: 50 * megabyte,
			Document: 50 * megabyte, Sticker: 512 * kilobyte,
			Shop: ShopLimits{
				Cards: 10, CardBody: Size{1024, UTF16},
				LinkTitle: Size{64, UTF16}, CopyText: Size{256, UTF16}, Body: Size{4096, UTF16},
			},
		}
	case Messenger:
		return Limits{
			Text:         Size{2000, UTF16},
			QuickReplies: 13, QuickTitle: Size{20, UTF16}, OptionID: Size{1000, UTF16},
			Image: 8 * megabyte, Video: 25 * megabyte, Audio: 25 * megabyte, Document: 25 * megabyte, Sticker: 8 * megabyte,
			Shop: ShopLimits{
				Cards: 10, CardBody: Size{160, UTF16}, CardTaps: true,
				LinkTitle: Size{20, UTF16}, Body: Size{640, UTF16},
			},
		}
	case Instagram:
		return Limits{
			Text:         Size{1000, Bytes},
			QuickReplies: 13, QuickTitle: Size{20, UTF16}, OptionID: Size{1000, UTF16},
			Image: 8 * megabyte, Video: 25 * megabyte, Audio: 25 * megabyte, Document: 25 * megabyte, Sticker: 8 * megabyte,
			Shop: ShopLimits{
				Cards: 10, CardBody: Size{160, UTF16}, CardTaps: true,
				LinkTitle: Size{20, UTF16}, Body: Size{640, UTF16},
			},
		}
	default:
		return Limits{Text: Size{1000, Bytes}}
	}
}
