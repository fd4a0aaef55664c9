package whatsapp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

const accepted = `{"messaging_product":"whatsapp","contacts":[{"input":"5581988887777","wa_id":"558188887777","user_id":"BR.7"}],"messages":[{"id":"wamid.OUT1","message_status":"accepted"}]}`

func textPart(t *testing.T, a *Adapter) channel.Part {
	t.Helper()
	parts, err := a.Render(channel.Outbound{To: to("wa:5581988887777"), Ours: "dlv_01", Content: message.Content{Kind: message.Text, Text: "oi"}})
	if err != nil || len(parts) != 1 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	return parts[0]
}

func failureOf(t *testing.T, err error) *channel.SendError {
	t.Helper()
	var failure *channel.SendError
	if !errors.As(err, &failure) {
		t.Fatalf("not a SendError: %v", err)
	}
	return failure
}

func TestSendText(t *testing.T) {
	adapter, book := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/v25.0/200100300400/messages" || r.Header.Get("Authorization") != "Bearer "+testToken {
			t.Errorf("%s %s, %s", r.Method, r.URL.Path, r.Header.Get("Authorization"))
		}
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body["to"] != "5581988887777" || body["biz_opaque_callback_data"] != "dlv_01" {
			t.Errorf("body %v, %v", body, err)
		}
		_, _ = io.WriteString(w, accepted)
	})
	receipt, err := adapter.Send(t.Context(), testAccount(), textPart(t, adapter))
	if err != nil {
		t.Fatal(err)
	}
	want := []message.Address{{Kind: message.WaID, Value: "558188887777"}, {Kind: message.BSUID, Value: "BR.7"}}
	if receipt.ExternalID != "wamid.OUT1" || receipt.Status != message.Accepted || fmt.Sprint(receipt.Learned) != fmt.Sprint(want) {
		t.Errorf("receipt %+v", receipt)
	}
	exchanges := book.all()
	if len(exchanges) != 1 || exchanges[0].DeliveryID != "dlv_01" || exchanges[0].Status != 200 || exchanges[0].Path != "/v25.0/200100300400/messages" {
		t.Errorf("recorded %+v", exchanges)
	}
}

// TestVerdicts holds every code of Meta's table against what it must lead to.
func TestVerdicts(t *testing.T) {
	throttledAll := channel.SendError{Class: channel.Throttled, Scope: channel.OneAccount}
	groups := []struct {
		codes  []int
		status int
		want   channel.SendError
	}{
		{[]int{1, 2, 131016, 133004, 131057}, 400, channel.SendError{Class: channel.Retry}},
		{[]int{131000}, 500, channel.SendError{Class: channel.Retry, MaxTries: 3}},
		{[]int{131053, 137000}, 400, channel.SendError{Class: channel.Retry, MaxTries: 2}},
		{[]int{4, 80007, 130429, 131048, 131064}, 400, throttledAll},
		{[]int{133016}, 400, channel.SendError{Class: channel.Throttled, Scope: channel.OneAccount, AfterMS: 3_600_000}},
		{[]int{131056}, 429, channel.SendError{Class: channel.Throttled, Scope: channel.OneCustomer}},
		{[]int{131047, 470}, 400, channel.SendError{Class: channel.Window}},
		{[]int{131026, 131049, 130472, 131050, 131051, 131052, 131008, 131009, 100, 33, 131062, 131021, 131030,
			132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132068, 132069, 131063}, 400, channel.SendError{Class: channel.Rejected}},
		{[]int{0, 190, 3, 10, 200, 250, 299, 131005}, 401, channel.SendError{Class: channel.Stop}},
		{[]int{368, 131031, 130497, 131037, 131042, 131045, 133010}, 403, channel.SendError{Class: channel.Stop}},
		{[]int{987654}, 400, channel.SendError{Class: channel.Rejected}},
		{[]int{987654}, 503, channel.SendError{Class: channel.Retry}},
		{[]int{987654}, 429, throttledAll},
		{[]int{131008}, 200, channel.SendError{Class: channel.Rejected}}, // an error under a success
	}
	var status, code int
	adapter, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"message":"(#%d) no","code":%d,"error_data":{"details":"because"}}}`, code, code)
	})
	for _, group := range groups {
		for _, code = range group.codes {
			status = group.status
			_, err := adapter.Send(t.Context(), testAccount(), textPart(t, adapter))
			got := *failureOf(t, err)
			want := group.want
			want.Code, want.Message = fmt.Sprint(code), got.Message
			if got != want {
				t.Errorf("code %d under %d: got %+v, want %+v", code, status, got, want)
			}
			if !strings.Contains(got.Message, "because") {
				t.Errorf("code %d: message %q", code, got.Message)
			}
		}
	}
}

func TestAnswersWithoutAnErrorObject(t *testing.T) {
	cases := map[string]struct {
		answer http.HandlerFunc
		want   channel.Class
		after  int64
	}{
		"502 of a proxy": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }, channel.Retry, 0},
		"429 with a time": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(429)
		}, channel.Throttled, 7000},
		"401":      {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, channel.Stop, 0},
		"404":      {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, channel.Rejected, 0},
		"redirect": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "http://127.0.0.1:1/", 307) }, channel.Rejected, 0},
		"no id":    {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{}`) }, channel.Ambiguous, 0},
		"html":     {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `<html>`) }, channel.Ambiguous, 0},
		"cut off":  {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "99") }, channel.Ambiguous, 0},
		"transient": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `{"error":{"is_transient":true}}`)
		}, channel.Retry, 0},
		"hung up": {func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			panic(http.ErrAbortHandler)
		}, channel.Ambiguous, 0},
		"refused cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")
			w.WriteHeader(400)
		}, channel.Rejected, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			adapter, _ := serve(t, c.answer)
			_, err := adapter.Send(t.Context(), testAccount(), textPart(t, adapter))
			if got := failureOf(t, err); got.Class != c.want || got.AfterMS != c.after {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestNetworkFailures(t *testing.T) {
	nobody, _ := newAdapter(t, "http://127.0.0.1:1")
	_, err := nobody.Send(t.Context(), testAccount(), textPart(t, nobody))
	if got := failureOf(t, err); got.Class != channel.Retry {
		t.Errorf("refused connection: %+v", got)
	}
	release := make(chan struct{})
	silent, book := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-release
	})
	defer close(release)
	silent.config.Timeout = 50 * time.Millisecond
	silent = New(silent.config, Deps{HTTP: silent.http, Recorder: book, Clock: silent.clock, Logger: silent.logger, Blobs: silent.blobs})
	_, err = silent.Send(t.Context(), testAccount(), textPart(t, silent))
	if got := failureOf(t, err); got.Class != channel.Ambiguous {
		t.Errorf("no answer: %+v", got)
	}
	if last := book.all()[len(book.all())-1]; last.Problem != "no answer in time" {
		t.Errorf("recorded %+v", last)
	}
}

func TestSendUploadsFirst(t *testing.T) {
	steps := ""
	adapter, book := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/media"):
			steps += "upload "
			kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
			form, err := multipart.NewReader(r.Body, params["boundary"]).ReadForm(1 << 20)
			if err != nil || kind != "multipart/form-data" {
				t.Errorf("%s, %v", kind, err)
				return
			}
			file := form.File["file"][0]
			if file.Size != int64(len("jpeg bytes")) || file.Filename != "praia.jpg" || file.Header.Get("Content-Type") != "image/jpeg" ||
				form.Value["messaging_product"][0] != "whatsapp" || form.Value["type"][0] != "image/jpeg" {
				t.Errorf("form %+v, file %+v", form.Value, file)
			}
			_, _ = io.WriteString(w, `{"id":"9009"}`)
		default:
			steps += "send "
			body, _ := io.ReadAll(r.Body)
			if !strings.Contains(string(body), `"image":{"caption":"a praia","id":"9009"}`) {
				t.Errorf("body %s", body)
			}
			_, _ = io.WriteString(w, accepted)
		}
	})
	parts, err := adapter.Render(outbounds()["image"])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := adapter.Send(t.Context(), testAccount(), parts[0]); err != nil {
		t.Fatal(err)
	}
	if steps != "upload send " {
		t.Errorf("steps %q", steps)
	}
	if log := book.all(); len(log) != 2 || strings.Contains(log[0].Request, "jpeg bytes") || !strings.Contains(log[0].Request, "10 bytes") {
		t.Errorf("recorded %+v", log)
	}
}

// TestEveryFileHasAPlace sends each kind of file through its upload.
func TestEveryFileHasAPlace(t *testing.T) {
	for name, out := range outbounds() {
		if out.Content.Media == nil {
			continue
		}
		sent := ""
		adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if strings.HasSuffix(r.URL.Path, "/media") {
				_, _ = io.WriteString(w, `{"id":"9009"}`)
				return
			}
			sent = string(body)
			_, _ = io.WriteString(w, accepted)
		})
		parts, err := adapter.Render(out)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := adapter.Send(t.Context(), testAccount(), parts[0]); err != nil || !strings.Contains(sent, `"id":"9009"`) {
			t.Errorf("%s: %v, sent %s", name, err, sent)
		}
	}
}

func TestAFailedUploadSentNothing(t *testing.T) {
	adapter, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	})
	parts, err := adapter.Render(outbounds()["image"])
	if err != nil {
		t.Fatal(err)
	}
	_, err = adapter.Send(t.Context(), testAccount(), parts[0])
	if got := failureOf(t, err); got.Class != channel.Retry {
		t.Errorf("lost upload: %+v", got)
	}
	parts[0].Upload.Blob = "absent"
	_, err = adapter.Send(t.Context(), testAccount(), parts[0])
	if got := failureOf(t, err); got.Class != channel.Retry || got.Code != "blob" {
		t.Errorf("absent blob: %+v", got)
	}
	parts[0].Upload.Blob, parts[0].Body = "photo", []byte(`{"type":"text"}`)
	uploads, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"id":1}`) })
	_, err = uploads.Send(t.Context(), testAccount(), parts[0])
	if got := failureOf(t, err); got.Class != channel.Rejected {
		t.Errorf("no place for the file: %+v", got)
	}
}

// TestNoSecretLeaves makes the platform repeat the token in every way that it
// can, and looks for it wherever texts are kept.
func TestNoSecretLeaves(t *testing.T) {
	adapter, book := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(400)
		fmt.Fprintf(w, `{"error":{"message":"Malformed access token %s","code":190,"error_data":{"details":"%s app-secret"}}}`, testToken, testToken)
	})
	account := testAccount()
	_, err := adapter.Send(t.Context(), account, textPart(t, adapter))
	said := err.Error()
	_, err = adapter.Probe(t.Context(), account)
	said += err.Error()
	err = adapter.Subscribe(t.Context(), account, "https://prosa.example/hook")
	said += err.Error()
	_, err = adapter.Fetch(t.Context(), account, message.Media{Remote: "8001"})
	said += err.Error()
	log, _ := json.Marshal(book.all())
	for _, secret := range []string{testToken, "app-secret", "verify-me"} {
		if strings.Contains(said, secret) || strings.Contains(string(log), secret) {
			t.Errorf("%q shows in %s or %s", secret, said, log)
		}
	}
}

func TestSignal(t *testing.T) {
	var bodies []string
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		_, _ = io.WriteString(w, `{"success":true}`)
	})
	for _, signal := range []channel.Signal{{}, {Typing: true}, {ReadUpTo: "wamid.IN1"}, {ReadUpTo: "wamid.IN1", Typing: true}} {
		if err := adapter.Signal(t.Context(), testAccount(), nil, signal); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		`{"messaging_product":"whatsapp","status":"read","message_id":"wamid.IN1"}`,
		`{"messaging_product":"whatsapp","status":"read","message_id":"wamid.IN1","typing_indicator":{"type":"text"}}`,
	}
	if fmt.Sprint(bodies) != fmt.Sprint(want) {
		t.Errorf("got %v", bodies)
	}
}
