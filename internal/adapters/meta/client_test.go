package meta

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/secret"
	"prosa/internal/modules/channel"
)

type notebook struct{ exchanges []channel.Exchange }

func (n *notebook) Record(e channel.Exchange) { n.exchanges = append(n.exchanges, e) }

func serve(t *testing.T, handler http.HandlerFunc) (*Client, *notebook) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	book := &notebook{}
	config := Config{BaseURL: server.URL, Version: "v25.0", Timeout: 2 * time.Second, UploadTimeout: 2 * time.Second}
	return NewClient(config, &http.Client{}, book, clock.NewManual(time.UnixMilli(1_763_800_000_000))), book
}

func page() channel.Account {
	return channel.Account{TenantID: "ten_1", ID: "cha_9", ExternalID: "1077", Credentials: map[string]secret.Text{Token: secret.New("PAGE-TOKEN")}}
}

func TestDoCarriesTheTokenInTheHeaderOnly(t *testing.T) {
	client, book := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer PAGE-TOKEN" || strings.Contains(r.URL.String(), "PAGE-TOKEN") || r.URL.Path != "/v25.0/me/messages" || r.URL.Query().Get("fields") != "a,b" {
			t.Errorf("%s, %v", r.URL, r.Header)
		}
		_, _ = io.WriteString(w, `{"recipient_id":"1","echo":"PAGE-TOKEN"}`)
	})
	body, err := client.Do(t.Context(), page(), Call{
		Verb: http.MethodPost, Path: "me/messages", Query: url.Values{"fields": {"a,b"}}, Body: []byte(`{"message":{"text":"PAGE-TOKEN"}}`), DeliveryID: "dlv_1",
	}, PageErrors)
	if err != nil || !strings.Contains(string(body), "recipient_id") {
		t.Fatalf("%s, %v", body, err)
	}
	want := channel.Exchange{
		TenantID: "ten_1", AccountID: "cha_9", AtMS: 1_763_800_000_000, Outgoing: true, Method: http.MethodPost, Path: "/v25.0/me/messages?fields=a%2Cb",
		Request: `{"message":{"text":"[secret]"}}`, Status: 200, Response: `{"recipient_id":"1","echo":"[secret]"}`, DeliveryID: "dlv_1",
	}
	if len(book.exchanges) != 1 || book.exchanges[0] != want {
		t.Errorf("recorded %+v", book.exchanges)
	}
}

func TestDoClassifiesByTheTable(t *testing.T) {
	client, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(400)
		_, _ = io.WriteString(w, `{"error":{"message":"outside of the window for PAGE-TOKEN","code":10,"error_subcode":2018278}}`)
	})
	_, err := client.Do(t.Context(), page(), Call{Verb: http.MethodGet, Path: "me"}, PageErrors)
	var failure *channel.SendError
	if !errors.As(err, &failure) || failure.Class != channel.Window || failure.Code != "10/2018278" || strings.Contains(failure.Message, "PAGE-TOKEN") {
		t.Errorf("%+v", failure)
	}
}

func TestDoSendsAForm(t *testing.T) {
	client, book := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		form, err := multipart.NewReader(r.Body, params["boundary"]).ReadForm(1 << 20)
		if err != nil || form.Value["type"][0] != "image" || form.File["filedata"][0].Filename != `a "b".jpg` || form.File["filedata"][0].Size != 5 {
			t.Errorf("%+v, %v", form, err)
		}
		_, _ = io.WriteString(w, `{"attachment_id":"7"}`)
	})
	_, err := client.Do(t.Context(), page(), Call{Verb: http.MethodPost, Path: "me/message_attachments", File: &File{
		Fields: [][2]string{{"type", "image"}}, Field: "filedata", Name: `a "b".jpg`, MIME: "image/jpeg", Content: strings.NewReader("bytes"), Size: 5,
	}}, PageErrors)
	if err != nil {
		t.Fatal(err)
	}
	if got := book.exchanges[0].Request; got != `form: file a "b".jpg, image/jpeg, 5 bytes` {
		t.Errorf("recorded %q", got)
	}
}

// TestAShortFileIsNotSent: a file that ends before its announced size breaks
// the request, so nothing was done.
func TestAShortFileIsNotSent(t *testing.T) {
	client, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	_, err := client.Do(t.Context(), page(), Call{Verb: http.MethodPost, Path: "x", File: &File{Field: "file", Name: "x", MIME: "a/b", Content: strings.NewReader("x"), Size: 100}}, PageErrors)
	var failure *channel.SendError
	if !errors.As(err, &failure) || failure.Class != channel.Retry {
		t.Errorf("%+v", err)
	}
}

func TestAskGivesTheHeadersOfARefusalAndKeepsANoteOfALongBody(t *testing.T) {
	client, book := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Business-Use-Case-Usage", "{}")
		w.WriteHeader(400)
		_, _ = io.WriteString(w, `{"error":{"message":"too many calls","code":80014}}`)
	})
	answer, err := client.Ask(t.Context(), page(), Call{Verb: http.MethodPost, Path: "5/items_batch", Body: []byte(`{"requests":[]}`), Note: "items_batch: 0 rows"}, PageErrors)
	var failure *channel.SendError
	if !errors.As(err, &failure) || failure.Code != "80014" || answer.Status != 400 || answer.Header.Get("X-Business-Use-Case-Usage") != "{}" {
		t.Errorf("%+v, %v", answer, err)
	}
	if got := book.exchanges[0].Request; got != "items_batch: 0 rows" {
		t.Errorf("recorded %q", got)
	}
}
