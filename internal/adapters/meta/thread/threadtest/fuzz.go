package threadtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"prosa/internal/adapters/meta/metatest"
	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
)

// FuzzSplit says that no body makes Split or Parse panic, that what comes out is
// JSON and texts that databases can keep, and that neighbours of whatever it is
// come out too.
func FuzzSplit(f *testing.F, adapter Adapter, object string) {
	around := neighbours(object)
	for _, path := range Files(f, "in", 1) {
		f.Add(read(f, path))
		for _, element := range around.Seeds(read(f, path)) {
			f.Add(element)
		}
	}
	f.Add([]byte(`{"object":"` + object + `","entry":` + strings.Repeat("[", 100)))
	f.Fuzz(func(t *testing.T, body []byte) {
		around.Check(t, adapter, body)
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

func neighbours(object string) metatest.Neighbours {
	const good = `{"sender":{"id":"71"},"recipient":{"id":"100"},"timestamp":1763800000000,"message":{"mid":"%s","text":"oi"}}`
	list := func(name string) string {
		return `{"id":"100","` + name + `":[` + fmt.Sprintf(good, "%[1]s") + `,%[2]s,` + fmt.Sprintf(good, "%[3]s") + `]}`
	}
	return metatest.Neighbours{
		Object: object, Entry: `{"id":"100","messaging":[` + good + `]}`,
		Lists:    []string{list("messaging"), list("standby")},
		Elements: []string{"messaging", "standby", "changes"},
	}
}

// FuzzParse says the same of pieces, which need not come from Split.
func FuzzParse(f *testing.F, adapter Adapter) {
	for _, path := range Files(f, "in", 1) {
		pieces, err := adapter.Split(read(f, path))
		if err != nil {
			f.Fatal(err)
		}
		for _, piece := range pieces {
			f.Add([]byte(piece.Body))
		}
	}
	f.Fuzz(func(t *testing.T, piece []byte) { parse(t, adapter, piece) })
}

func parse(t *testing.T, adapter Adapter, piece []byte) {
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
	switch in.Kind {
	case channel.InMessage, channel.InEcho, channel.InEdit, channel.InRevoke, channel.InReaction, channel.InControl:
		if in.Key == "" || len(in.From) == 0 || in.AtMS == 0 {
			t.Fatalf("event %+v of %q", in, piece)
		}
	case channel.InStatus:
		if in.Status == nil || in.Status.ExternalID == "" && in.Status.UpToMS == 0 {
			t.Fatalf("status %+v of %q", in, piece)
		}
	case channel.InAccount:
		if in.News == nil {
			t.Fatalf("news %+v of %q", in, piece)
		}
	}
	if in.Kind == channel.InMessage && in.Content.Kind == "" || (in.Kind == channel.InEdit || in.Kind == channel.InRevoke) && in.Target == "" {
		t.Fatalf("message %+v of %q", in, piece)
	}
	texts := []string{in.Key, in.ExternalID, in.Content.Text, in.QuotedID, in.Target}
	for _, address := range in.From {
		texts = append(texts, address.Value)
	}
	if in.Content.Media != nil {
		texts = append(texts, in.Content.Media.Name, in.Content.Media.Remote, in.Content.Media.Album)
	}
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			t.Fatalf("text %q of %q", text, piece)
		}
	}
	if raw := in.Content.Raw; len(raw) > 0 && !json.Valid(raw) {
		t.Fatalf("raw %q of %q", raw, piece)
	}
}
