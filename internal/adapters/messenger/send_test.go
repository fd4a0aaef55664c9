package messenger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

func to() []message.Address {
	return []message.Address{{Kind: message.PSID, Value: "5550001112223"}}
}

func render(t *testing.T, adapter *Adapter, content message.Content) channel.Part {
	t.Helper()
	parts, err := adapter.Render(channel.Outbound{To: to(), Ours: "dlv_1", Content: content})
	if err != nil || len(parts) != 1 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	return parts[0]
}

func TestSendText(t *testing.T) {
	adapter, book := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v25.0/"+testPage+"/messages" || r.Header.Get("Authorization") != "Bearer "+testToken || r.URL.RawQuery != "" {
			t.Errorf("%s %v", r.URL, r.Header)
		}
		body, _ := io.ReadAll(r.Body)
		if string(body) != `{"recipient":{"id":"5550001112223"},"messaging_type":"RESPONSE","message":{"text":"oi","metadata":"dlv_1"}}` {
			t.Errorf("body %s", body)
		}
		_, _ = io.WriteString(w, `{"recipient_id":"5550001112223","message_id":"m_9"}`)
	})
	receipt, err := adapter.Send(t.Context(), testAccount(), render(t, adapter, message.Content{Kind: message.Text, Text: "oi"}))
	if err != nil || receipt.ExternalID != "m_9" || receipt.Status != message.Sent || receipt.Learned[0] != to()[0] {
		t.Errorf("%+v, %v", receipt, err)
	}
	if log := book.all(); len(log) != 1 || log[0].DeliveryID != "dlv_1" || strings.Contains(fmt.Sprint(log), testToken) {
		t.Errorf("recorded %+v", log)
	}
}

// TestSendPicturesUploadsEachFirst sends an album: two uploads, then the one
// message that names both.
func TestSendPicturesUploadsEachFirst(t *testing.T) {
	uploads := 0
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v25.0/" + testPage + "/message_attachments":
			uploads++
			if err := r.ParseMultipartForm(1 << 20); err != nil {
				t.Error(err)
			}
			file, head, err := r.FormFile("filedata")
			if err != nil {
				t.Fatal(err)
			}
			content, _ := io.ReadAll(file)
			if string(content) != "jpeg bytes" || head.Header.Get("Content-Type") != "image/jpeg" || head.Filename != "a.jpg" ||
				r.FormValue("message") != `{"attachment":{"type":"image","payload":{"is_reusable":true}}}` || r.FormValue("platform") != "" {
				t.Errorf("%q %v %v", content, head, r.Form)
			}
			fmt.Fprintf(w, `{"attachment_id":"77%d"}`, uploads)
		default:
			body, _ := io.ReadAll(r.Body)
			var sent struct {
				Message struct{ Attachments json.RawMessage }
			}
			if json.Unmarshal(body, &sent) != nil || string(sent.Message.Attachments) != `[{"type":"image","payload":{"attachment_id":"771"}},{"type":"image","payload":{"attachment_id":"772"}}]` {
				t.Errorf("body %s", body)
			}
			_, _ = io.WriteString(w, `{"recipient_id":"1","message_id":"m_9"}`)
		}
	})
	file := message.Media{MIME: "image/jpeg", Size: 10, Blob: "photo", Name: "C:\\fotos\\a.jpg"}
	part := render(t, adapter, message.Content{Kind: message.Album, Album: []message.Media{file, file}})
	if _, err := adapter.Send(t.Context(), testAccount(), part); err != nil || uploads != 2 {
		t.Errorf("%d uploads, %v", uploads, err)
	}
}

func TestSendAReactionMakesNoMessage(t *testing.T) {
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if string(body) != `{"recipient":{"id":"5550001112223"},"sender_action":"react","payload":{"message_id":"m_1","reaction":"👍"}}` {
			t.Errorf("body %s", body)
		}
		_, _ = io.WriteString(w, `{"recipient_id":"5550001112223"}`)
	})
	receipt, err := adapter.Send(t.Context(), testAccount(), render(t, adapter, message.Content{Kind: message.Emoji, Text: "👍", Target: "m_1"}))
	if err != nil || receipt.ExternalID != "" || receipt.Status != message.Sent {
		t.Errorf("%+v, %v", receipt, err)
	}
}

// TestSendFails holds the class of each way to fail; nothing of the token shows.
func TestSendFails(t *testing.T) {
	text := message.Content{Kind: message.Text, Text: "oi"}
	picture := message.Content{Kind: message.Image, Media: &message.Media{MIME: "image/png", Blob: "photo"}}
	lost := message.Content{Kind: message.Image, Media: &message.Media{MIME: "image/png", Blob: "gone"}}
	for _, c := range []struct {
		name    string
		content message.Content
		status  int
		answer  string
		class   channel.Class
	}{
		{"window", text, 400, `{"error":{"code":10,"error_subcode":2018278,"message":"outside of the window"}}`, channel.Window},
		{"gone", text, 400, `{"error":{"code":100,"error_subcode":2018001}}`, channel.Dead},
		{"token", text, 401, `{"error":{"code":190,"message":"` + testToken + ` is expired"}}`, channel.Stop},
		{"rate", text, 400, `{"error":{"code":613}}`, channel.Throttled},
		{"permission", text, 403, `{"error":{"code":200}}`, channel.Doubtful},
		{"later", text, 500, `{"error":{"code":2}}`, channel.Retry},
		{"error under 200", text, 200, `{"error":{"code":1200}}`, channel.Retry},
		{"no id", text, 200, `{"recipient_id":"1"}`, channel.Ambiguous},
		{"no JSON", text, 200, `ok`, channel.Ambiguous},
		{"upload refused", picture, 400, `{"error":{"code":100,"error_subcode":2018047}}`, channel.Retry},
		{"upload without id", picture, 200, `{}`, channel.Retry},
		{"file lost", lost, 200, `{}`, channel.Retry},
	} {
		t.Run(c.name, func(t *testing.T) {
			adapter, book := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.answer)
			})
			_, err := adapter.Send(t.Context(), testAccount(), render(t, adapter, c.content))
			var failure *channel.SendError
			if !errors.As(err, &failure) || failure.Class != c.class {
				t.Errorf("got %v", err)
			}
			if strings.Contains(fmt.Sprint(err, book.all()), testToken) {
				t.Errorf("the token shows: %v", err)
			}
		})
	}
}

// TestASendThatBreaksOff tells an upload, after which nothing was sent, from a
// send that may have happened.
func TestASendThatBreaksOff(t *testing.T) {
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	})
	for class, content := range map[channel.Class]message.Content{
		channel.Ambiguous: {Kind: message.Text, Text: "oi"},
		channel.Retry:     {Kind: message.Image, Media: &message.Media{MIME: "image/png", Blob: "photo"}},
	} {
		var failure *channel.SendError
		if _, err := adapter.Send(t.Context(), testAccount(), render(t, adapter, content)); !errors.As(err, &failure) || failure.Class != class {
			t.Errorf("%s: %v", content.Kind, err)
		}
	}
}

func TestSendRefusesABodyThatIsNotOurs(t *testing.T) {
	adapter, _ := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
	for _, body := range []string{`{`, `{}`, `{"message":{"text":"x"}}`, `{"message":{"attachments":[{"type":"image"},{"type":"image"}]}}`} {
		part := channel.Part{Method: "messages", Body: []byte(body), Upload: &message.Media{Blob: "photo"}}
		var failure *channel.SendError
		if _, err := adapter.Send(t.Context(), testAccount(), part); !errors.As(err, &failure) || failure.Class != channel.Rejected {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestSignals(t *testing.T) {
	var said []string
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		said = append(said, string(body))
		_, _ = io.WriteString(w, `{"recipient_id":"1"}`)
	})
	if err := adapter.Signal(t.Context(), testAccount(), to(), channel.Signal{Typing: true, ReadUpTo: "m_1"}); err != nil {
		t.Fatal(err)
	}
	want := `{"recipient":{"id":"5550001112223"},"sender_action":"mark_seen"} {"recipient":{"id":"5550001112223"},"sender_action":"typing_on"}`
	if got := strings.Join(said, " "); got != want {
		t.Errorf("said %s", got)
	}
	said = nil
	nobody := []message.Address{{Kind: message.UserRef, Value: "u"}}
	if err := adapter.Signal(t.Context(), testAccount(), nobody, channel.Signal{Typing: true}); err != nil || len(said) != 0 {
		t.Errorf("said %v, %v", said, err)
	}
}

func TestVerifyGivesTheAccountsOfTheApp(t *testing.T) {
	adapter := New(testConfig(""), Deps{})
	other := testAccount()
	other.ID, other.Credentials = "cha_2", map[string]secret.Text{"app_secret": secret.New("another")}
	header := http.Header{"X-Hub-Signature-256": {"sha256=d6b8e0ffb6d6d5d95e48e5f9d6b8e0ffb6d6d5d95e48e5f9d6b8e0ffb6d6d5d9"}}
	if accounts, err := adapter.Verify(header, []byte("{}"), []channel.Account{testAccount(), other}); err == nil {
		t.Errorf("a forged signature gave %d accounts", len(accounts))
	}
	query := map[string][]string{"hub.mode": {"subscribe"}, "hub.verify_token": {"verify-me"}, "hub.challenge": {"1158"}}
	if answer, err := adapter.Challenge(query, []channel.Account{other, testAccount()}); err != nil || string(answer) != "1158" {
		t.Errorf("%q, %v", answer, err)
	}
}
