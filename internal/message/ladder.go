package message

import (
	"strconv"
	"strings"
)

// Shape says how the options of a choice are shown.
type Shape string

// Shapes, from the most comfortable to the one that always works.
const (
	ShapeButtons  Shape = "buttons"       // WhatsApp reply buttons
	ShapeList     Shape = "list"          // WhatsApp list behind a button
	ShapeKeyboard Shape = "keyboard"      // Telegram inline keyboard
	ShapeQuick    Shape = "quick_replies" // Messenger and Instagram chips
	ShapeNumbered Shape = "numbered"      // text with a number for each option
)

// PageSize is how many options a numbered page shows; "0" asks for the next.
const PageSize = 9

// Layout is a choice laid out for one channel. Every text in it fits the
// channel; ids are those of the choice.
type Layout struct {
	Shape Shape
	// Before holds parts of a long text that go out first, as plain texts.
	Before []string
	// Text is the body that carries the options. With ShapeNumbered it already
	// holds them and is a plain text.
	Text string
	// Header and Footer are set only where the channel shows them apart.
	Header, Footer string
	// Button opens a list (ShapeList only).
	Button string
	// Options are those to be shown as things to tap, titles cut to the channel
	// and unique; on a numbered page, those of the page.
	Options []Option
	// Pages is how many numbered pages the choice has; 1 with any other shape.
	Pages int
}

// Lay puts a choice on the first rung of the channel's ladder that holds it:
// WhatsApp: buttons, list, numbered text; Telegram: inline keyboard, numbered;
// Messenger and Instagram: quick replies, numbered; others: numbered. Titles
// too long for a button never lose their id, only their tail.
func Lay(choice Choice, text string, channel Channel) Layout {
	limits := LimitsOf(channel)
	switch {
	case len(choice.Options) == 0:
		before, last := body(choice, text, limits.Text)
		return Layout{Shape: ShapeNumbered, Before: before, Text: last, Pages: 1}
	case !idsFit(choice.Options, limits.OptionID):
		return numbered(choice, text, limits)
	case buttonsHold(choice.Options, limits):
		return tapped(ShapeButtons, choice, text, limits, limits.ButtonBody, limits.ButtonTitle)
	case listHolds(choice.Options, limits):
		layout := tapped(ShapeList, choice, text, limits, limits.ListBody, limits.RowTitle)
		layout.Button = limits.ListButton.Cut(or(choice.Button, "Ver opções"))
		for i, option := range choice.Options {
			row := &layout.Options[i]
			if row.Description == "" && row.Title != option.Title {
				row.Description = option.Title // the whole title, since the row shows only its head
			}
			row.Description = limits.RowDescription.Cut(strings.TrimSpace(row.Description)) // a blank one is refused
		}
		return layout
	case len(choice.Options) <= limits.Keyboard:
		return tapped(ShapeKeyboard, choice, text, limits, limits.Text, Size{64, UTF16})
	case len(choice.Options) <= limits.QuickReplies:
		return tapped(ShapeQuick, choice, text, limits, limits.Text, limits.QuickTitle)
	default:
		return numbered(choice, text, limits)
	}
}

func idsFit(options []Option, size Size) bool {
	for _, option := range options {
		if option.ID == "" || !size.Fits(option.ID) {
			return false
		}
	}
	return true
}

func buttonsHold(options []Option, limits Limits) bool {
	if len(options) > limits.Buttons {
		return false
	}
	for _, option := range options {
		// A description has no place under a button; a list shows it.
		if option.Description != "" || !limits.ButtonTitle.Fits(option.Title) {
			return false
		}
	}
	return true
}

func listHolds(options []Option, limits Limits) bool {
	if len(options) > limits.Rows {
		return false
	}
	for _, option := range options {
		if limits.RowTitle.Fits(option.Title) {
			continue
		}
		if option.Description != "" || !limits.RowDescription.Fits(option.Title) {
			return false
		}
	}
	return true
}

// tapped lays out the shapes that have something to tap.
func tapped(shape Shape, choice Choice, text string, limits Limits, room, title Size) Layout {
	layout := Layout{Shape: shape, Options: titled(choice.Options, title), Pages: 1}
	if limits.Header.Max > 0 {
		layout.Header = limits.Header.Cut(choice.Header)
		choice.Header = ""
	}
	if limits.Footer.Max > 0 {
		layout.Footer = limits.Footer.Cut(choice.Footer)
		choice.Footer = ""
	}
	layout.Before, layout.Text = body(choice, text, room)
	if layout.Text == "" {
		// Vendors refuse buttons without a body.
		layout.Text = room.Cut(or(layout.Header, choice.Button, "Escolha uma opção:"))
		if layout.Text == layout.Header {
			layout.Header = ""
		}
	}
	return layout
}

// body joins header, text and footer and gives the parts before the last and
// the last, each within room.
func body(choice Choice, text string, room Size) (before []string, last string) {
	parts := split(stack(choice.Header, text, choice.Footer), room)
	if len(parts) == 0 {
		return nil, ""
	}
	return parts[:len(parts)-1], parts[len(parts)-1]
}

// numbered writes the options of the choice's page under the text. Numbers run
// on over the pages, so that "12" means the same on each of them.
func numbered(choice Choice, text string, limits Limits) Layout {
	pages := (len(choice.Options) + PageSize - 1) / PageSize
	page := min(max(choice.Page, 0), pages-1)
	from := page * PageSize
	to := min(from+PageSize, len(choice.Options))
	var lines strings.Builder
	for i, option := range choice.Options[from:to] {
		if i > 0 {
			lines.WriteByte('\n')
		}
		lines.WriteString(strconv.Itoa(from+i+1) + ". " + option.Title)
		if option.Description != "" {
			lines.WriteString(" - " + option.Description)
		}
	}
	if pages > 1 {
		lines.WriteString("\n0. " + or(choice.More, "Mais opções"))
	}
	choice.Footer = stack(lines.String(), choice.Footer)
	layout := Layout{Shape: ShapeNumbered, Options: choice.Options[from:to], Pages: pages}
	layout.Before, layout.Text = body(choice, text, limits.Text)
	return layout
}

// titled cuts the titles and keeps them unique: WhatsApp refuses two equal
// button titles, and a customer could not tell them apart.
func titled(options []Option, size Size) []Option {
	out := make([]Option, len(options))
	seen := make(map[string]bool, len(options))
	for i, option := range options {
		title := strings.Join(strings.Fields(strings.ToValidUTF8(option.Title, "")), " ")
		cut := size.Cut(or(title, strconv.Itoa(i+1)))
		for n := 2; seen[cut]; n++ {
			tail := " " + strconv.Itoa(n)
			cut = Size{size.Max - len(tail), size.Unit}.Cut(or(title, "·")) + tail
		}
		seen[cut] = true
		option.Title = cut
		out[i] = option
	}
	return out
}

// stack joins the parts that are not empty, a blank line between them.
func stack(parts ...string) string {
	kept := parts[:0:0]
	for _, part := range parts {
		if part = strings.TrimSpace(part); part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "\n\n")
}

func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
