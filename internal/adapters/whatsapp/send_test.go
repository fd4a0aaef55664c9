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

// verdict is what a code must lead to.
type verdict struct {
	codes    []int
	class    channel.Class
	scope    channel.Scope
	afterMS  int64
	maxTries int
}

// verdictTable is Meta's table of codes, a line a code (Cloud API, Error Codes).
var verdictTable = []verdict{
	{[]int{1}, channel.Retry, "", 0, 0},
	{[]int{2}, channel.Retry, "", 0, 0},
	{[]int{131016}, channel.Retry, "", 0, 0},
	{[]int{133004}, channel.Retry, "", 0, 0},
	{[]int{131057}, channel.Retry, "", 0, 0},
	{[]int{131000}, channel.Retry, "", 0, 3},
	{[]int{131053}, channel.Retry, "", 0, 2},
	{[]int{137000}, channel.Retry, "", 0, 2},
	{[]int{4}, channel.Throttled, channel.OneApp, 0, 0},
	{[]int{80007}, channel.Throttled, channel.OneAccount, 0, 0},
	{[]int{130429}, channel.Throttled, channel.OneAccount, 0, 0},
	{[]int{131056}, channel.Throttled, channel.OneCustomer, 0, 0},
	{[]int{131048}, channel.Throttled, channel.Campaigns, 3_600_000, 0},
	{[]int{131064}, channel.Throttled, channel.Campaigns, 3_600_000, 0},
	{[]int{133016}, channel.Throttled, channel.OneAccount, 3_600_000, 0},
	{[]int{131047}, channel.Window, "", 0, 0},
	{[]int{470}, channel.Window, "", 0, 0},
	{[]int{131026}, channel.Rejected, "", 0, 0},
	{[]int{131049}, channel.Rejected, "", 0, 0},
	{[]int{130472}, channel.Rejected, "", 0, 0},
	{[]int{131050}, channel.Rejected, "", 0, 0},
	{[]int{131051}, channel.Rejected, "", 0, 0},
	{[]int{131052}, channel.Rejected, "", 0, 0},
	{[]int{131008}, channel.Rejected, "", 0, 0},
	{[]int{131009}, channel.Rejected, "", 0, 0},
	{[]int{100}, channel.Rejected, "", 0, 0},
	{[]int{33}, channel.Rejected, "", 0, 0},
	{[]int{131062}, channel.Rejected, "", 0, 0},
	{[]int{131021}, channel.Rejected, "", 0, 0},
	{[]int{131030}, channel.Rejected, "", 0, 0},
	{[]int{132000}, channel.Rejected, "", 0, 0},
	{[]int{132001}, channel.Rejected, "", 0, 0},
	{[]int{132005}, channel.Rejected, "", 0, 0},
	{[]int{132007}, channel.Rejected, "", 0, 0},
	{[]int{132008}, channel.Rejected, "", 0, 0},
	{[]int{132012}, channel.Rejected, "", 0, 0},
	{[]int{132015}, channel.Rejected, "", 0, 0},
	{[]int{132016}, channel.Rejected, "", 0, 0},
	{[]int{132068}, channel.Rejected, "", 0, 0},
	{[]int{132069}, channel.Rejected, "", 0, 0},
	{[]int{131063}, channel.Rejected, "", 0, 0},
	{[]int{0}, channel.Stop, "", 0, 0},
	{[]int{3}, channel.Stop, "", 0, 0},
	{[]int{10}, channel.Stop, "", 0, 0},
	{[]int{190}, channel.Stop, "", 0, 0},
	{[]int{131005}, channel.Stop, "", 0, 0},
	{span(200, 299), channel.Stop, "", 0, 0},
	{[]int{368}, channel.Stop, "", 0, 0},
	{[]int{131031}, channel.Stop, "", 0, 0},
	{[]int{130497}, channel.Stop, "", 0, 0},
	{[]int{131037}, channel.Stop, "", 0, 0},
	{[]int{131042}, channel.Stop, "", 0, 0},
	{[]int{131045}, channel.Stop, "", 0, 0},
	{[]int{133010}, channel.Stop, "", 0, 0},
}

func span(from, to int) []int {
	var codes []int
	for code := from; code <= to; code++ {
		codes = append(codes, code)
	}
	return codes
}

// TestVerdicts has every code answered, under the status that fits it least: the
// code decides alone.
func TestVerdicts(t *testing.T) {
	var status, code int
	adapter, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"message":"(#%d) no","code":%d,"error_data":{"details":"because"}}}`, code, code)
	})
	seen := map[int]bool{}
	for _, line := range verdictTable {
		for _, code = range line.codes {
			if seen[code] {
				t.Errorf("code %d is twice in the table", code)
			}
			seen[code] = true
			for _, status = range []int{200, 400, 500} {
				_, err := adapter.Send(t.Context(), testAccount(), textPart(t, adapter))
				got := *failureOf(t, err)
				want := channel.SendError{Class: line.class, Scope: line.scope, AfterMS: line.afterMS, MaxTries: line.maxTries, Code: fmt.Sprint(code), Message: got.Message}
				if got != want {
					t.Errorf("code %d under %d: got %+v, want %+v", code, status, got, want)
				}
				if !strings.Contains(got.Message, "because") {
					t.Errorf("code %d: message %q", code, got.Message)
				}
			}
		}
	}
}

// TestCodesOfNoTable are decided by the status alone.
func TestCodesOfNoTable(t *testing.T) {
	for status, want := range map[int]channel.Class{400: channel.Rejected, 503: channel.Retry, 429: channel.Throttled} {
		adapter, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"error":{"message":"(#987654) no","code":987654}}`)
		})
		_, err := adapter.Send(t.Context(), testAccount(), textPart(t, adapter))
		if got := failureOf(t, err); got.Class != want {
			t.Errorf("under %d: %+v", status, got)
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

// TestEveryFileHasAPlace sends each message with files of ours through its
// uploads: every handle stands in the request, and none of them twice.
func TestEveryFileHasAPlace(t *testing.T) {
	files := 0
	for name, out := range outbounds() {
		var sent string
		var handles []string
		adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if strings.HasSuffix(r.URL.Path, "/media") {
				handles = append(handles, fmt.Sprint(9000+len(handles)))
				fmt.Fprintf(w, `{"id":%q}`, handles[len(handles)-1])
				return
			}
			sent = string(body)
			_, _ = io.WriteString(w, accepted)
		})
		parts, err := adapter.Render(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			sent, handles = "", nil
			if _, err := adapter.Send(t.Context(), testAccount(), part); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			want := len(part.Uploads)
			if part.Upload != nil {
				want++
			}
			if len(handles) != want || strings.Count(sent, `"id":"90`) != want {
				t.Errorf("%s: %d uploads of %d, sent %s", name, len(handles), want, sent)
			}
			for _, handle := range handles {
				if strings.Count(sent, `"id":"`+handle+`"`) != 1 {
					t.Errorf("%s: handle %s in %s", name, handle, sent)
				}
			}
			files += want
		}
	}
	if files < 30 {
		t.Errorf("only %d files", files)
	}
}

// TestMarketingGoesWhereMetaWantsIt: a template that is refused with 131063 goes
// to the other endpoint, once; nothing else does.
func TestMarketingGoesWhereMetaWantsIt(t *testing.T) {
	var paths, bodies []string
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		paths, bodies = append(paths, r.URL.Path), append(bodies, string(body))
		if strings.HasSuffix(r.URL.Path, "/messages") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":{"message":"(#131063) no","code":131063}}`)
			return
		}
		_, _ = io.WriteString(w, accepted)
	})
	out := outbounds()["template"]
	out.Ours, out.QuoteID = "dlv_1", "wamid.1"
	parts, err := adapter.Render(out)
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := adapter.Send(t.Context(), testAccount(), parts[0])
	if err != nil || receipt.ExternalID != "wamid.OUT1" || len(paths) != 2 || paths[1] != "/v25.0/200100300400/marketing_messages" ||
		strings.Contains(bodies[1], "dlv_1") || strings.Contains(bodies[1], "wamid.1") || !strings.Contains(bodies[1], `"template"`) {
		t.Errorf("%+v, %v, %v\n%s", receipt, err, paths, bodies)
	}
	paths = nil
	if _, err := adapter.Send(t.Context(), testAccount(), textPart(t, adapter)); failureOf(t, err).Code != "131063" || len(paths) != 1 {
		t.Errorf("a text: %v, %v", err, paths)
	}
	out.To = to("bs:BR.7")
	if parts, err = adapter.Render(out); err != nil {
		t.Fatal(err)
	}
	paths = nil
	if _, err := adapter.Send(t.Context(), testAccount(), parts[0]); failureOf(t, err).Code != "131063" || len(paths) != 1 {
		t.Errorf("without a number: %v, %v", err, paths)
	}
}

// TestStoredPartsWithoutAPlaceAreRefused: a request that was stored by another
// version, or broken, is refused before the call.
func TestStoredPartsWithoutAPlaceAreRefused(t *testing.T) {
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/media") {
			t.Errorf("a request went out: %s", r.URL.Path)
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"id":"9000"}`)
	})
	blob := &message.Media{MIME: "image/jpeg", Blob: "photo"}
	for _, body := range []string{
		`{`, `{}`, `{"type":"image"}`, `{"type":"interactive","interactive":{}}`, `{"type":"interactive","interactive":{"header":{"type":"image"}}}`,
		`{"type":"template","template":{"components":[]}}`, `{"type":"template","template":{"components":{}}}`, `{"type":"template","template":{"components":[{"parameters":[{}]}]}}`,
	} {
		_, err := adapter.Send(t.Context(), testAccount(), channel.Part{Method: "messages", Body: []byte(body), Upload: blob})
		if got := failureOf(t, err); got.Class != channel.Rejected {
			t.Errorf("%s: %+v", body, got)
		}
	}
	for _, body := range []string{`{`, `{"interactive":1}`, `{"interactive":{"action":{"cards":[]}}}`, `{"interactive":{"action":{"cards":[{"header":{"type":"image","image":{"id":"1"}}}]}}}`} {
		_, err := adapter.Send(t.Context(), testAccount(), channel.Part{Method: "messages", Body: []byte(body), Uploads: []message.Media{*blob}})
		if got := failureOf(t, err); got.Class != channel.Rejected {
			t.Errorf("%s: %+v", body, got)
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
