package telegram

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// TestRemedies answers the first calls with refusals and looks at what is tried
// then.
func TestRemedies(t *testing.T) {
	const fine = ""
	for name, c := range map[string]struct {
		saying  string   // of testdata/out
		answers []string // descriptions of 400, or fine
		methods string
		class   channel.Class // empty: sent
		id      string
	}{
		"an address that Telegram cannot fetch": {"photo_address", []string{"Bad Request: failed to get HTTP URL content", fine}, "sendPhoto sendPhoto+file", "", "77001:1"},
		"an address of something else":          {"photo_address", []string{"Bad Request: wrong type of the web page content", fine}, "sendPhoto sendPhoto+file", "", "77001:1"},
		"a file that nobody wants":              {"photo_address", []string{"Bad Request: failed to get HTTP URL content", "Bad Request: IMAGE_PROCESS_FAILED"}, "sendPhoto sendPhoto+file", channel.Rejected, ""},
		"an album by address":                   {"album_address", []string{"Bad Request: WEBPAGE_CURL_FAILED", fine}, "sendMediaGroup+file sendMediaGroup+file", "", "77001:1"},
		"a good without picture":                {"card", []string{"Bad Request: failed to get HTTP URL content", "Bad Request: IMAGE_PROCESS_FAILED", fine}, "sendPhoto sendPhoto+file sendMessage", "", "77001:1"},
		"a chat that is gone":                   {"photo_address", []string{"Bad Request: chat not found"}, "sendPhoto", channel.Rejected, ""},
		"formatting out of bounds":              {"bill", []string{"Bad Request: can't parse entities: entity ends too late", fine}, "sendMessage sendMessage", "", "77001:1"},
		"formatting of no kind":                 {"bill", []string{"Bad Request: ENTITY_BOUNDS_INVALID", "Bad Request: ENTITY_BOUNDS_INVALID"}, "sendMessage sendMessage", channel.Rejected, ""},
		"a plain text that is refused":          {"text", []string{"Bad Request: can't parse entities: x"}, "sendMessage", channel.Rejected, ""},
		"new words of a file":                   {"edit", []string{"Bad Request: there is no text in the message to edit", fine}, "editMessageText editMessageCaption", "", ""},
		"the same words":                        {"edit", []string{"Bad Request: message is not modified: specified new message content and reply markup are exactly the same"}, "editMessageText", "", ""},
		"a message that is gone":                {"revoke", []string{"Bad Request: message to delete not found"}, "deleteMessage", "", ""},
		"a message that is too old":             {"revoke", []string{"Bad Request: message can't be deleted for everyone"}, "deleteMessage", channel.Rejected, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var methods []string
			adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				method := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
				if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
					method += "+file"
				}
				if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
					var body map[string]any
					if err := json.NewDecoder(r.Body).Decode(&body); err != nil || len(methods) > 0 && methods[0] == method && body["entities"] != nil {
						t.Errorf("%s %v %v", method, body, err)
					}
				}
				_, _ = io.Copy(io.Discard, r.Body)
				methods = append(methods, method)
				if len(methods) > len(c.answers) {
					t.Errorf("too many calls: %v", methods)
					return
				}
				if refusal := c.answers[len(methods)-1]; refusal != fine {
					w.WriteHeader(400)
					fmt.Fprintf(w, `{"ok":false,"error_code":400,"description":%q}`, refusal)
					return
				}
				sent := `{"message_id":1,"chat":{"id":77001,"type":"private"}}`
				if strings.HasPrefix(method, "sendMediaGroup") {
					sent = "[" + sent + "]"
				}
				_, _ = io.WriteString(w, `{"ok":true,"result":`+sent+`}`)
			})
			receipt, err := adapter.Send(t.Context(), testAccount(), partOf(t, adapter, c.saying))
			if c.class != "" {
				if got := failureOf(t, err); got.Class != c.class {
					t.Errorf("%+v", got)
				}
			} else if err != nil || receipt.Status != message.Sent || receipt.ExternalID != c.id {
				t.Errorf("%+v, %v", receipt, err)
			}
			if got := strings.Join(methods, " "); got != c.methods {
				t.Errorf("called %s", got)
			}
		})
	}
}

// TestAPublicFileThatIsGone: what neither Telegram nor we can fetch is told as
// such, and costs a good only its picture.
func TestAPublicFileThatIsGone(t *testing.T) {
	var methods []string
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		methods = append(methods, r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:])
		if strings.HasSuffix(r.URL.Path, "sendMessage") {
			_, _ = io.WriteString(w, `{"ok":true,"result":{"message_id":1,"chat":{"id":77001}}}`)
			return
		}
		w.WriteHeader(400)
		_, _ = io.WriteString(w, `{"ok":false,"error_code":400,"description":"Bad Request: failed to get HTTP URL content"}`)
	})
	for name, want := range map[string]string{"photo_address": "sendPhoto", "card": "sendPhoto sendMessage"} {
		methods = nil
		part := partOf(t, adapter, name)
		for n := range part.Instead {
			if part.Instead[n].Upload != nil {
				part.Instead[n].Upload.URL = "https://loja.example/gone.jpg"
			}
		}
		_, err := adapter.Send(t.Context(), testAccount(), part)
		if name == "photo_address" && failureOf(t, err).Code != unfetched || name == "card" && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := strings.Join(methods, " "); got != want {
			t.Errorf("%s called %s", name, got)
		}
	}
}

func TestSignsTellWhatIsBeingDone(t *testing.T) {
	var actions []string
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Action     string
			Connection string `json:"business_connection_id"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		actions = append(actions, body.Action+body.Connection)
		_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
	})
	for _, kind := range []message.Kind{message.Text, message.Image, message.Video, message.Audio, message.Document, message.Sticker, message.Place} {
		must(t, adapter.Signal(t.Context(), testAccount(), rui(), channel.Signal{Typing: true, Doing: kind}))
	}
	business := []message.Address{{Kind: message.TelegramChat, Value: "AbC-1/77001"}}
	must(t, adapter.Signal(t.Context(), testAccount(), business, channel.Signal{Typing: true}))
	if got := strings.Join(actions, " "); got != "typing upload_photo upload_video record_voice upload_document choose_sticker find_location typingAbC-1" {
		t.Error(got)
	}
}

// TestReadable holds what becomes of formatting; places count UTF-16 units, and
// those that make no sense are passed over.
func TestReadable(t *testing.T) {
	link := func(offset, length int, url string) mark { return mark{"text_link", offset, length, url} }
	for _, c := range []struct {
		text  string
		marks []mark
		want  string
	}{
		{"veja aqui", nil, "veja aqui"},
		{"veja aqui", []mark{{Type: "bold", Length: 4}}, "veja aqui"},
		{"veja aqui", []mark{link(5, 4, "https://x.example/")}, "veja aqui (https://x.example/)"},
		{"💙 aqui", []mark{link(3, 4, "https://x.example/")}, "💙 aqui (https://x.example/)"},
		{"a b", []mark{link(0, 1, "https://a.example"), link(2, 1, "https://b.example")}, "a (https://a.example) b (https://b.example)"},
		{"x.example", []mark{link(0, 9, "https://x.example/")}, "x.example"},
		{"a", []mark{link(0, 2, "https://a.example"), link(-1, 1, "https://a.example"), link(5, 1, "https://a.example"), link(0, 0, "https://a.example")}, "a"},
		{"um\ndois\nfim", []mark{{Type: "expandable_blockquote", Length: 7}}, "> um\n> dois\nfim"},
		{"um", []mark{{Type: "blockquote", Length: 2}, link(0, 2, "https://a.example")}, "> um (https://a.example)"},
	} {
		if got := readable(c.text, c.marks); got != c.want {
			t.Errorf("%q %v: %q, want %q", c.text, c.marks, got, c.want)
		}
	}
}
