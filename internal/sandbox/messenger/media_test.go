package messenger

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"
)

func TestUploadOnceSendOften(t *testing.T) {
	w := start(t, Config{})
	w.hear(pageID)
	w.hear(igID)
	form := map[string]string{"message": `{"attachment":{"type":"image","payload":{"is_reusable":true}}}`}
	status, raw := w.upload("/v25.0/me/message_attachments", form, "image/png", "a.png", png)
	var answer struct {
		ID string `json:"attachment_id"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil || status != 200 || answer.ID == "" {
		t.Fatalf("%d %s", status, raw)
	}
	for _, account := range []string{pageID, igID} {
		mid := w.sent(account, attach("image", map[string]any{"attachment_id": answer.ID}))
		if kept, _ := w.server.Message(mid); kept.Files[0].File != answer.ID || kept.Files[0].Size != int64(len(png)) {
			t.Fatalf("%+v", kept.Files)
		}
	}
	if _, raw := w.send(pageID, attach("video", map[string]any{"attachment_id": answer.ID})); graphErr(t, raw).Subcode != 2018074 {
		t.Fatalf("a picture as a film: %s", raw)
	}
	w.hear(loginID)
	if _, raw := w.send(loginID, attach("image", map[string]any{"attachment_id": answer.ID})); graphErr(t, raw).Subcode != 2018074 {
		t.Fatalf("another account's: %s", raw)
	}
	form["message"] = `{"attachment":{"type":"image","payload":{}}}`
	if _, raw := w.upload("/me/message_attachments", form, "image/png", "a.png", png); graphErr(t, raw).Code != 100 {
		t.Fatalf("not reusable: %s", raw)
	}
}

func TestFilesOfAWrongSizeOrKind(t *testing.T) {
	w := start(t, Config{})
	cases := []struct {
		name, kind, mime, platform string
		size                       int
		subcode                    int
	}{
		{"a picture that is a film", "image", "video/mp4", "", 10, 2018047},
		{"an empty file", "file", "application/pdf", "", 0, 2018047},
		{"a picture of 8 MB and a byte", "image", "image/jpeg", "", 8<<20 + 1, 2018109},
		{"a film of 25 MB and a byte", "video", "video/mp4", "", 25<<20 + 1, 2018109},
		{"a voice note that Instagram cannot play", "audio", "audio/ogg", "instagram", 10, 2018047},
		{"a voice note that Messenger plays", "audio", "audio/ogg", "", 10, 0},
		{"a film for Instagram", "video", "video/mp4", "instagram", 10, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			form := map[string]string{"message": `{"attachment":{"type":"` + c.kind + `","payload":{"is_reusable":true}}}`}
			if c.platform != "" {
				form["platform"] = c.platform
			}
			status, raw := w.upload("/me/message_attachments", form, c.mime, "x", make([]byte, c.size))
			if c.subcode == 0 {
				if status != 200 {
					t.Fatalf("%s", raw)
				}
				return
			}
			if e := graphErr(t, raw); e.Subcode != c.subcode {
				t.Fatalf("%s", raw)
			}
		})
	}
}

func TestAFileInTheCallItself(t *testing.T) {
	w := start(t, Config{})
	w.hear(pageID)
	status, raw := w.upload("/me/messages", map[string]string{
		"recipient": `{"id":"` + scopedID(pageID, ana) + `"}`, "messaging_type": "RESPONSE", "message": `{"attachment":{"type":"file","payload":{"is_reusable":true}}}`,
	}, "application/pdf", "nota.pdf", []byte("%PDF"))
	var answer sendAnswer
	if err := json.Unmarshal(raw, &answer); err != nil || status != 200 || answer.Attachment == "" {
		t.Fatalf("%d %s", status, raw)
	}
	kept, _ := w.server.Message(answer.Message)
	if data, kind, err := w.server.File(kept.Files[0].File); err != nil || string(data) != "%PDF" || kind != "application/pdf" {
		t.Fatalf("%s %s %v", data, kind, err)
	}
}

func TestFilesByAddressAreFetched(t *testing.T) {
	cdn := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/a.png" {
			http.NotFound(rw, r)
			return
		}
		rw.Header().Set("Content-Type", "image/png")
		_, _ = rw.Write(png)
	}))
	defer cdn.Close()
	host, _ := url.Parse(cdn.URL)
	w := start(t, Config{FetchHosts: []string{host.Host}})
	w.hear(pageID)
	mid := w.sent(pageID, attach("image", map[string]any{"url": cdn.URL + "/a.png"}))
	if kept, _ := w.server.Message(mid); kept.Files[0].Size != int64(len(png)) || kept.Files[0].Name != "a.png" {
		t.Fatalf("%+v", kept.Files)
	}
	if _, raw := w.send(pageID, attach("image", map[string]any{"url": cdn.URL + "/gone.png"})); graphErr(t, raw).Subcode != 2018008 {
		t.Fatalf("%s", raw)
	}
	if status, raw := w.graph("POST", "/me/message_attachments", map[string]any{"message": map[string]any{"attachment": map[string]any{"type": "image", "payload": map[string]any{"url": cdn.URL + "/a.png", "is_reusable": true}}}}); status != 200 {
		t.Fatalf("%s", raw)
	}
}

func TestAddressesOfFilesDie(t *testing.T) {
	w := start(t, Config{})
	address := func(item map[string]any) string {
		return item["attachments"].([]any)[0].(map[string]any)["payload"].(map[string]any)["url"].(string)
	}
	get := func(address string) int {
		t.Helper()
		response, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		return response.StatusCode
	}
	w.act(Action{Do: "image", Data: png, MIME: "image/png"})
	picture := address(w.item("message"))
	mention := w.act(Action{Account: igID, Do: "story_mention", Data: png, MIME: "image/png"})
	story := address(w.item("message"))
	if get(picture) != 200 || get(story) != 200 || get(picture[:len(picture)-10]+"x/image") != 404 {
		t.Fatal("a CDN gives what was signed, and nothing else")
	}
	w.clock.move(25 * time.Hour)
	if get(picture) != 200 || get(story) != 404 {
		t.Fatal("a story lives a day")
	}
	w.clock.move(48 * time.Hour)
	if get(picture) != 404 {
		t.Fatal("addresses live three days")
	}
	again := w.act(Action{Account: igID, Do: "story_reply", Text: "lindo", Data: png, MIME: "image/png"})
	reply := w.item("message")["reply_to"].(map[string]any)["story"].(map[string]any)["url"].(string)
	if again.Story == nil || mention.Story == nil || get(reply) != 200 {
		t.Fatal("the story is not there")
	}
	if status, _ := w.do("DELETE", "/_sandbox/media/"+again.Story.File, "", nil); status != 200 || get(reply) != 404 {
		t.Fatal("a deleted story")
	}
}
