package telegram

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// drawMedia gives a file of any type and size, ours or at an address.
func drawMedia(t *rapid.T) message.Media {
	media := message.Media{
		MIME: rapid.SampledFrom([]string{"image/jpeg", "image/gif", "image/png", "video/mp4", "video/webm", "audio/mpeg", "audio/ogg", "audio/amr", "application/pdf", ""}).Draw(t, "mime"),
		Size: rapid.SampledFrom([]int64{0, 1000, 6 << 20, 11 << 20, 49 << 20}).Draw(t, "size"),
	}
	if rapid.Bool().Draw(t, "ours") {
		media.Blob = "photo"
	} else {
		media.URL = "https://loja.example/i/a.jpg"
	}
	return media
}

// drawLong gives nothing, or a text around one of the limits.
func drawLong(t *rapid.T) string {
	length := rapid.SampledFrom([]int{0, 0, 63, 100, 299, 1023, 1024, 1025, 4095, 4096, 4097, 9000}).Draw(t, "long")
	return strings.Repeat("palavra ", length/8) + strings.Repeat("💙", length%8)
}

// drawContent gives content of the kinds that come with files, buttons and
// answers, of any length.
func drawContent(t *rapid.T) message.Content {
	content := message.Content{
		Kind: rapid.SampledFrom([]message.Kind{message.Album, message.Deck, message.Links, message.Survey, message.Request, message.Amendment, message.Image, message.Video, message.Audio}).Draw(t, "kind"),
		Text: drawText(t, "text", 40) + drawLong(t), Target: "77001:40", Request: "phone",
	}
	media := drawMedia(t)
	content.Media = &media
	alike := rapid.Bool().Draw(t, "alike")
	for range rapid.SampledFrom([]int{1, 2, 3, 9, 10, 11, 12, 20, 21, 25}).Draw(t, "files") {
		if !alike {
			media = drawMedia(t)
		}
		content.Album = append(content.Album, media)
	}
	links := func() (out []message.Link) {
		for range rapid.IntRange(0, 4).Draw(t, "links") {
			out = append(out, message.Link{Title: drawText(t, "title", 30), URL: rapid.SampledFrom([]string{"https://loja.example/", "tel:+5581", ""}).Draw(t, "url")})
		}
		return out
	}
	content.Links = links()
	for range rapid.IntRange(1, 3).Draw(t, "slides") {
		slide := message.Slide{Title: drawText(t, "slide", 20), Text: drawText(t, "words", 30) + drawLong(t), Links: links()}
		if rapid.Bool().Draw(t, "pictured") {
			picture := drawMedia(t)
			slide.Media = &picture
		}
		for n := range rapid.IntRange(0, 12).Draw(t, "options") {
			slide.Options = append(slide.Options, message.Option{ID: fmt.Sprint("id", n), Title: fmt.Sprint(n, drawText(t, "option", 30))})
		}
		content.Deck = append(content.Deck, slide)
	}
	content.Poll = &message.Poll{Question: drawText(t, "question", 80) + drawLong(t)}
	for range rapid.IntRange(1, 14).Draw(t, "answers") {
		content.Poll.Options = append(content.Poll.Options, drawText(t, "answer", 30))
	}
	return content
}

// TestEveryFormStaysWithinLimits draws messages of the richer kinds: each part,
// and what goes in its place, is within the platform's limits, an album's files
// are all there once, and what is refused is refused by name.
func TestEveryFormStaysWithinLimits(t *testing.T) {
	adapter := New(testConfig("https://api.example"), Deps{})
	rapid.Check(t, func(t *rapid.T) {
		content := drawContent(t)
		parts, err := adapter.Render(channel.Outbound{To: rui(), Content: content})
		if err != nil {
			if code := fault.CodeOf(err); code != fault.Refused && code != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		files := 0
		for _, part := range parts {
			for _, form := range append([]channel.Part{part}, part.Instead...) {
				if err := within(form); err != nil {
					t.Fatalf("%s %s: %v", form.Method, form.Body, err)
				}
			}
			if !strings.HasPrefix(part.Method, "sendMe") || strings.Contains(part.Method, "Group") {
				files += max(1, len(requestOf(t, part).Media))
			}
		}
		if content.Kind == message.Album && files != len(content.Album) {
			t.Fatalf("%d files of %d", files, len(content.Album))
		}
	})
}

func requestOf(t *rapid.T, part channel.Part) request {
	var q request
	if err := json.Unmarshal(part.Body, &q); err != nil {
		t.Fatal(err)
	}
	return q
}

// within holds a request against the limits of the Bot API.
func within(part channel.Part) error {
	var q request
	if err := json.Unmarshal(part.Body, &q); err != nil {
		return err
	}
	limits := message.LimitsOf(message.Telegram)
	addresses := slices.DeleteFunc([]string{q.Photo, q.Video, q.Animation, q.Audio, q.Voice, q.Sticker, q.Document}, func(a string) bool { return a == "" })
	isFile := slices.ContainsFunc([]way{asPhoto, asVideo, asRound, asAnimation, asAudio, asVoice, asSticker, asDocument}, func(w way) bool { return w.method == part.Method })
	attachedFiles := strings.Count(string(part.Body), attached)
	switch {
	case part.Method == "sendMessage" && q.Text == "", !limits.Text.Fits(q.Text):
		return fmt.Errorf("a text of %d", limits.Text.Of(q.Text))
	case !limits.Caption.Fits(q.Caption):
		return fmt.Errorf("a caption of %d", limits.Caption.Of(q.Caption))
	case part.Method == "sendMediaGroup" && (len(q.Media) < 2 || len(q.Media) > 10 || q.Markup != nil || part.Upload != nil):
		return fmt.Errorf("an album of %d", len(q.Media))
	case attachedFiles != len(part.Uploads):
		return fmt.Errorf("%d files are named, %d come along", attachedFiles, len(part.Uploads))
	case isFile && (part.Upload == nil) != (len(addresses) == 1):
		return fmt.Errorf("a file by %d addresses, upload %v", len(addresses), part.Upload)
	case part.Method == "sendPoll" && (!pollQuestion.Fits(q.Question) || q.Question == "" || len(q.Options) > pollAnswers):
		return fmt.Errorf("a poll of %d answers", len(q.Options))
	}
	classes := map[string]bool{}
	for _, item := range q.Media {
		if item.Media == "" || !limits.Caption.Fits(item.Caption) {
			return fmt.Errorf("item %+v", item)
		}
		classes[map[string]string{"photo": "visual", "video": "visual"}[item.Type]+strings.TrimPrefix(strings.TrimPrefix(item.Type, "photo"), "video")] = true
	}
	if len(classes) > 1 {
		return fmt.Errorf("an album of %v", classes)
	}
	if q.Markup == nil {
		return nil
	}
	count := 0
	for _, row := range q.Markup.Keyboard {
		count += len(row)
		for _, key := range row {
			if strings.TrimSpace(key.Text) == "" || !limits.OptionID.Fits(key.Data) || (key.Data == "") == (key.URL == "") {
				return fmt.Errorf("key %+v", key)
			}
		}
	}
	if count > limits.Keyboard {
		return fmt.Errorf("%d buttons", count)
	}
	return nil
}
