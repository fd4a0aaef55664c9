package whatsapp

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"prosa/internal/adapters/meta/metatest"
	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
)

func seeds(f *testing.F) [][]byte {
	f.Helper()
	files, err := filepath.Glob("testdata/in/*/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	var bodies [][]byte
	for _, path := range files {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	return bodies
}

// among builds webhooks with good messages around what is tried.
var among = metatest.Neighbours{
	Object: object,
	Entry:  `{"id":"900","changes":[` + fmt.Sprintf(goodChange, goodMessage) + `]}`,
	Lists: []string{
		`{"id":"900","changes":[` + fmt.Sprintf(goodChange, fmt.Sprintf(goodMessage, "%[1]s")+`,%[2]s,`+fmt.Sprintf(goodMessage, "%[3]s")) + `]}`,
		`{"id":"900","changes":[` + fmt.Sprintf(goodChange, fmt.Sprintf(goodMessage, "%[1]s")) + `,%[2]s,` + fmt.Sprintf(goodChange, fmt.Sprintf(goodMessage, "%[3]s")) + `]}`,
	},
	Elements: []string{"changes", "messages", "statuses", "message_echoes", "user_actions", "calls", "user_preferences", "history", "state_sync"},
}

const (
	goodChange  = `{"field":"messages","value":{"metadata":{"phone_number_id":"200"},"contacts":[{"wa_id":"5581988887777","profile":{"name":"Marina"}}],"messages":[%s]}}`
	goodMessage = `{"from":"5581988887777","id":"%s","timestamp":"1763800000","type":"text","text":{"body":"oi"}}`
)

// FuzzSplit: no body makes it panic, what it gives is JSON that databases can
// keep, and neighbours of whatever it is come out too.
func FuzzSplit(f *testing.F) {
	for _, body := range seeds(f) {
		f.Add(body)
		for _, element := range among.Seeds(body) {
			f.Add(element)
		}
	}
	f.Add([]byte(`{"object":"whatsapp_business_account","entry":` + strings.Repeat("[", 100)))
	adapter := New(testConfig(""), Deps{})
	f.Fuzz(func(t *testing.T, body []byte) {
		among.Check(t, adapter, body)
		pieces, err := adapter.Split(body)
		if err != nil {
			if code := fault.CodeOf(err); code != fault.Invalid && code != fault.TooLarge {
				t.Fatalf("error %v", err)
			}
			return
		}
		for _, piece := range pieces {
			if !json.Valid(piece.Body) || !utf8.Valid(piece.Body) || strings.ContainsRune(piece.ExternalID+piece.ShardKey, 0) {
				t.Fatalf("piece %+v of %q", piece, body)
			}
			if piece.Problem == "" {
				parse(t, adapter, piece.Body)
			}
		}
	})
}

// FuzzParse: no piece makes it panic, and no text that it gives is one that a
// database refuses.
func FuzzParse(f *testing.F) {
	adapter := New(testConfig(""), Deps{})
	for _, body := range seeds(f) {
		pieces, err := adapter.Split(body)
		if err != nil {
			f.Fatal(err)
		}
		for _, piece := range pieces {
			f.Add([]byte(piece.Body))
		}
	}
	f.Fuzz(func(t *testing.T, piece []byte) { parse(t, adapter, piece) })
}

func parse(t *testing.T, adapter *Adapter, piece []byte) {
	t.Helper()
	in, err := adapter.Parse(piece)
	if err != nil {
		if code := fault.CodeOf(err); code != fault.Invalid && code != fault.TooLarge {
			t.Fatalf("error %v", err)
		}
		return
	}
	if in.Kind == "" || in.AtMS < 0 {
		t.Fatalf("inbound %+v of %q", in, piece)
	}
	if in.Kind == channel.InAccount && in.News == nil || in.Kind == channel.InPerson && (in.Name == "" || len(in.From) == 0) {
		t.Fatalf("event %+v of %q", in, piece)
	}
	if in.Change != nil && (in.Change.Old.Value == "" || in.Change.New.Value == "" || in.Change.Old == in.Change.New) {
		t.Fatalf("change %+v of %q", in.Change, piece)
	}
	if in.Kind == channel.InMessage && (in.Key == "" || len(in.From) == 0 || in.Content.Kind == "" || in.AtMS == 0) {
		t.Fatalf("message %+v of %q", in, piece)
	}
	texts := []string{in.Key, in.ExternalID, in.Name, in.Username, in.Content.Text, in.QuotedID, in.Target}
	if share := in.Content.Share; share != nil {
		texts = append(texts, share.Kind, share.Title)
	}
	if news := in.News; news != nil {
		texts = append(texts, news.Template, news.Language, news.TemplateID, news.Status, news.Quality, news.Category, news.Limit, news.Reason)
	}
	if in.Referral != nil {
		texts = append(texts, in.Referral.Body, in.Referral.SourceID, in.Referral.ImageURL)
	}
	for _, address := range in.From {
		texts = append(texts, address.Value)
	}
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			t.Fatalf("text %q of %q", text, piece)
		}
	}
	for _, raw := range [][]byte{in.Content.Raw, in.Content.Form} {
		if len(raw) > 0 && !json.Valid(raw) {
			t.Fatalf("raw %q of %q", raw, piece)
		}
	}
}
