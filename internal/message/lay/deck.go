package lay

import (
	"strings"

	"prosa/internal/message"
)

// Spread is one message of a deck, or what goes before it.
type Spread struct {
	// Text is said first: the body above the cards where the channel has one
	// (Side on a channel with a DeckBody), a plain text of its own where there are
	// no Slides.
	Text string
	// Side says that the slides stand side by side in one message; else there is
	// one slide, which is a message of its own.
	Side   bool
	Slides []message.Slide
}

// Deck lays out a message of kind deck. Cards stand side by side where the
// channel can show all of them in one form, in as few messages as it allows;
// else each is a message of its own. Titles and labels are cut to the channel; a
// card whose words do not fit is never cut, but stands alone.
func Deck(content message.Content, channel message.Channel, language string) []Spread {
	limits, say := LimitsOf(channel), wordsOf(language)
	slides := make([]message.Slide, 0, len(content.Deck))
	for _, slide := range content.Deck {
		if slide = tidied(slide, limits); !blank(slide) {
			slides = append(slides, slide)
		}
	}
	var spreads []Spread
	text := strings.TrimSpace(content.Text)
	if len(slides) == 0 || !abreast(slides, limits) {
		spreads = said(spreads, message.Split(text, channel))
		for _, slide := range slides {
			spreads = append(spreads, Spread{Slides: []message.Slide{slide}})
		}
		return spreads
	}
	if limits.DeckBody.Max == 0 || !limits.DeckBody.Fits(text) {
		spreads = said(spreads, message.Split(text, channel))
		text = ""
	}
	for _, group := range evenly(slides, limits.Slides) {
		spread := Spread{Side: true, Slides: group}
		if limits.DeckBody.Max > 0 {
			spread.Text = or(text, say.more) // a deck without words above it is refused
			text = ""
		}
		spreads = append(spreads, spread)
	}
	return spreads
}

func said(spreads []Spread, texts []string) []Spread {
	for _, text := range texts {
		spreads = append(spreads, Spread{Text: text})
	}
	return spreads
}

// tidied is a slide with labels within the limits; links that cannot be opened
// become words.
func tidied(slide message.Slide, limits Limits) message.Slide {
	slide.Title, slide.Text = oneLine(slide.Title), strings.TrimSpace(slide.Text)
	label := limits.LinkTitle
	options := make([]message.Option, 0, len(slide.Options))
	seen := map[string]bool{}
	for _, option := range slide.Options {
		option.Title = label.Cut(oneLine(or(option.Title, option.ID)))
		if option.ID == "" || seen[option.Title] {
			continue // nobody could tell which of the two was tapped
		}
		seen[option.Title] = true
		options = append(options, option)
	}
	slide.Options = options
	links := make([]message.Link, 0, len(slide.Links))
	for _, link := range slide.Links {
		if !opens(link.URL) {
			slide.Text = stack("\n", slide.Text, written([]message.Link{link}))
			continue
		}
		links = append(links, message.Link{Title: label.Cut(or(oneLine(link.Title), "Link")), URL: strings.TrimSpace(link.URL)})
	}
	slide.Links = links
	return slide
}

func blank(slide message.Slide) bool {
	return slide.Title == "" && slide.Text == "" && slide.Media == nil && len(slide.Options)+len(slide.Links) == 0
}

// abreast reports whether the slides can stand side by side.
func abreast(slides []message.Slide, limits Limits) bool {
	if limits.Slides == 0 || len(slides) < limits.LeastSlides {
		return false
	}
	for i := range slides {
		slide := &slides[i]
		if len(slide.Options)+len(slide.Links) > limits.SlideTaps || !wordsFit(slide, limits) {
			return false
		}
		if !limits.Uniform {
			continue
		}
		taps, links := len(slide.Options), len(slide.Links)
		if slide.Media == nil || taps+links == 0 || taps > 0 && links > 0 || links > 1 {
			return false
		}
		first := &slides[0]
		if len(first.Options) != taps || len(first.Links) != links || filmed(first) != filmed(slide) {
			return false
		}
	}
	return true
}

func wordsFit(slide *message.Slide, limits Limits) bool {
	if limits.SlideTitle.Max > 0 {
		return limits.SlideTitle.Fits(slide.Title) && limits.SlideText.Fits(slide.Text)
	}
	whole := Words(*slide)
	return limits.SlideText.Fits(whole) && (limits.SlideBreaks == 0 || strings.Count(whole, "\n") <= limits.SlideBreaks)
}

// Words are a slide's title and text as one text.
func Words(slide message.Slide) string { return stack("\n", slide.Title, slide.Text) }

// Alone are the words of a slide in a message of its own, with the links that
// get no button.
func Alone(slide message.Slide, unbuttoned []message.Link) string {
	return stack("\n\n", Words(slide), written(unbuttoned))
}

func filmed(slide *message.Slide) bool {
	return slide.Media != nil && strings.HasPrefix(slide.Media.MIME, "video/")
}

// evenly cuts slides into groups of at most n and of about the same size, so
// that no group is left with one.
func evenly(slides []message.Slide, n int) [][]message.Slide {
	groups := (len(slides) + n - 1) / n
	out := make([][]message.Slide, 0, groups)
	for left := groups; left > 0; left-- {
		size := (len(slides) + left - 1) / left
		out = append(out, slides[:size])
		slides = slides[size:]
	}
	return out
}
