package telegram

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

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

func failureOf(t *testing.T, err error) *channel.SendError {
	t.Helper()
	var failure *channel.SendError
	if !errors.As(err, &failure) {
		t.Fatalf("not a SendError: %v", err)
	}
	return failure
}

func partOf(t *testing.T, a *Adapter, name string) channel.Part {
	t.Helper()
	parts, err := a.Render(outbounds(t)[name])
	if err != nil {
		t.Fatal(err)
	}
	return parts[0]
}

func TestVerify(t *testing.T) {
	adapter, _ := newAdapter("")
	other := testAccount()
	other.ID, other.Credentials = "cha_2", map[string]secret.Text{HookSecret: secret.New("other")}
	none := testAccount()
	none.ID, none.Credentials = "cha_3", nil
	accounts := []channel.Account{testAccount(), other, none}
	matched, err := adapter.Verify(http.Header{SecretHeader: {"hook-secret"}}, nil, accounts)
	if err != nil || len(matched) != 1 || matched[0].ID != "cha_1" {
		t.Errorf("matched %+v, %v", matched, err)
	}
	for _, given := range []string{"", "hook-secre", "HOOK-SECRET", "hook-secret "} {
		if _, err := adapter.Verify(http.Header{SecretHeader: {given}}, nil, accounts); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("%q: %v", given, err)
		}
	}
	if _, err := adapter.Challenge(nil, accounts); !fault.Is(err, fault.NotFound) {
		t.Errorf("challenge: %v", err)
	}
}

func TestSendText(t *testing.T) {
	adapter, book := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.URL.Path != "/bot"+testToken+"/sendMessage" || body["chat_id"] != 77001.0 || body["parse_mode"] != nil {
			t.Errorf("%s %v %v", r.URL.Path, body, err)
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":{"message_id":501,"date":1763800000,"chat":{"id":77001,"type":"private"},"text":"x"}}`)
	})
	receipt, err := adapter.Send(t.Context(), testAccount(), partOf(t, adapter, "text"))
	if err != nil || receipt.ExternalID != "77001:501" || receipt.Status != message.Sent {
		t.Errorf("receipt %+v, %v", receipt, err)
	}
	if log := book.all(); len(log) != 1 || log[0].Path != "/bot[secret]/sendMessage" || log[0].DeliveryID != "dlv_1" || log[0].Status != 200 {
		t.Errorf("recorded %+v", log)
	}
}

func TestSendReaction(t *testing.T) {
	adapter, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"ok":true,"result":true}`) })
	receipt, err := adapter.Send(t.Context(), testAccount(), partOf(t, adapter, "reaction"))
	if err != nil || receipt.ExternalID != "" || receipt.Status != message.Sent {
		t.Errorf("receipt %+v, %v", receipt, err)
	}
}

// TestSendFiles sends each kind of file and reads the form as Telegram would.
func TestSendFiles(t *testing.T) {
	for name, out := range outbounds(t) {
		if out.Content.Media == nil || out.Content.Media.Blob == "" {
			continue
		}
		adapter, book := serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
			form, err := multipart.NewReader(r.Body, params["boundary"]).ReadForm(1 << 20)
			if err != nil || r.ContentLength <= 0 {
				t.Errorf("%s: %v", name, err)
				return
			}
			method := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
			field := map[bool]string{true: "video_note", false: strings.ToLower(strings.TrimPrefix(method, "send"))}[method == "sendVideoNote"]
			if len(form.File[field]) != 1 || form.File[field][0].Filename != "praia.jpg" || form.File[field][0].Size != 10 || form.Value["chat_id"][0] != "77001" {
				t.Errorf("%s by %s: %+v", name, method, form)
			}
			if out.Content.Text == "a praia" && form.Value["caption"][0] != "a praia" {
				t.Errorf("%s: caption %v", name, form.Value["caption"])
			}
			_, _ = io.WriteString(w, `{"ok":true,"result":{"message_id":1,"chat":{"id":77001}}}`)
		})
		if _, err := adapter.Send(t.Context(), testAccount(), partOf(t, adapter, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if log := book.all(); strings.Contains(log[0].Request, "jpeg bytes") || !strings.Contains(log[0].Request, "10 bytes") {
			t.Errorf("%s recorded %+v", name, log)
		}
	}
}

// TestVerdicts holds every error of the table against what it must lead to.
func TestVerdicts(t *testing.T) {
	cases := []struct {
		status int
		body   string
		want   channel.SendError
	}{
		{400, `{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`, channel.SendError{Class: channel.Rejected, Code: "400"}},
		{400, `{"ok":false,"error_code":400,"description":"Bad Request: message is too long"}`, channel.SendError{Class: channel.Rejected, Code: "400"}},
		{400, `{"ok":false,"error_code":400,"description":"Bad Request: BUTTON_DATA_INVALID"}`, channel.SendError{Class: channel.Rejected, Code: "400"}},
		{401, `{"ok":false,"error_code":401,"description":"Unauthorized"}`, channel.SendError{Class: channel.Stop, Code: "401"}},
		{403, `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`, channel.SendError{Class: channel.Dead, Code: "403"}},
		{403, `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user (and more)"}`, channel.SendError{Class: channel.Dead, Code: "403"}},
		{403, `{"ok":false,"error_code":403,"description":"Forbidden: user is deactivated"}`, channel.SendError{Class: channel.Dead, Code: "403"}},
		{403, `{"ok":false,"error_code":403,"description":"Forbidden: bot can't initiate conversation with a user"}`, channel.SendError{Class: channel.Dead, Code: "403"}},
		{403, `{"ok":false,"error_code":403,"description":"Forbidden: bots can't send messages to bots"}`, channel.SendError{Class: channel.Dead, Code: "403"}},
		{400, `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-100}}`, channel.SendError{Class: channel.Rejected, Code: "400"}},
		{429, `{"ok":false,"error_code":429,"description":"Too Many Requests"}`, channel.SendError{Class: channel.Throttled, Scope: channel.OneCustomer, Code: "429"}},
		{403, `{"ok":false,"error_code":403,"description":"Forbidden: something else"}`, channel.SendError{Class: channel.Rejected, Code: "403"}},
		{404, `{"ok":false,"error_code":404,"description":"Not Found"}`, channel.SendError{Class: channel.Stop, Code: "404"}},
		{409, `{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}`, channel.SendError{Class: channel.Retry, Code: "409"}},
		{413, `{"ok":false,"error_code":413,"description":"Request Entity Too Large"}`, channel.SendError{Class: channel.Rejected, Code: "413"}},
		{429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 14","parameters":{"retry_after":14}}`, channel.SendError{Class: channel.Throttled, Scope: channel.OneCustomer, AfterMS: 14000, Code: "429"}},
		{500, `{"ok":false,"error_code":500,"description":"Internal Server Error"}`, channel.SendError{Class: channel.Retry, Code: "500"}},
		{502, `<html>bad gateway</html>`, channel.SendError{Class: channel.Retry, Code: "502"}},
		{302, ``, channel.SendError{Class: channel.Rejected, Code: "302"}},
		{200, `{"ok":false,"error_code":403,"description":"Forbidden: user is deactivated"}`, channel.SendError{Class: channel.Dead, Code: "403"}},
		{200, `<html>`, channel.SendError{Class: channel.Ambiguous, Code: "no_answer"}},
	}
	var status int
	var body string
	adapter, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
	for _, c := range cases {
		status, body = c.status, c.body
		_, err := adapter.Send(t.Context(), testAccount(), partOf(t, adapter, "text"))
		got := *failureOf(t, err)
		if got.Message == "" {
			t.Errorf("%d %s: no message", status, body)
		}
		c.want.Message = got.Message
		if got != c.want {
			t.Errorf("%d %s: %+v", status, body, got)
		}
	}
}

func TestNetworkFailures(t *testing.T) {
	nobody, _ := newAdapter("http://127.0.0.1:1")
	_, err := nobody.Send(t.Context(), testAccount(), partOf(t, nobody, "text"))
	if got := failureOf(t, err); got.Class != channel.Retry || strings.Contains(got.Message, "very_secret") {
		t.Errorf("refused connection: %+v", got)
	}
	hangUp, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	})
	for _, name := range []string{"text", "photo"} {
		_, err = hangUp.Send(t.Context(), testAccount(), partOf(t, hangUp, name))
		if got := failureOf(t, err); got.Class != channel.Ambiguous {
			t.Errorf("%s, hung up: %+v", name, got)
		}
	}
	release := make(chan struct{})
	silent, book := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-release
	})
	defer close(release)
	silent.config.Timeout = 50 * time.Millisecond
	_, err = silent.Send(t.Context(), testAccount(), partOf(t, silent, "text"))
	if got := failureOf(t, err); got.Class != channel.Ambiguous {
		t.Errorf("no answer: %+v", got)
	}
	if log := book.all(); log[0].Problem != "no answer in time" {
		t.Errorf("recorded %+v", log)
	}
}

func TestWhatCannotBeSentIsNotTried(t *testing.T) {
	adapter, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("called %s", r.URL.Path) })
	for _, token := range []string{"", "abc", "123:", ":abc", "123:a/b", "12a:abc", "123:abc?x=1"} {
		account := testAccount()
		account.Credentials[Token] = secret.New(token)
		_, err := adapter.Send(t.Context(), account, partOf(t, adapter, "text"))
		if got := failureOf(t, err); got.Class != channel.Stop {
			t.Errorf("token %q: %+v", token, got)
		}
	}
	part := partOf(t, adapter, "photo")
	part.Upload.Blob = "absent"
	_, err := adapter.Send(t.Context(), testAccount(), part)
	if got := failureOf(t, err); got.Class != channel.Retry || got.Code != "blob" {
		t.Errorf("absent blob: %+v", got)
	}
	part = partOf(t, adapter, "photo")
	part.Method = "sendMessage"
	_, err = adapter.Send(t.Context(), testAccount(), part)
	if got := failureOf(t, err); got.Class != channel.Rejected {
		t.Errorf("no place for a file: %+v", got)
	}
	part = partOf(t, adapter, "photo")
	part.Body = []byte("[]")
	_, err = adapter.Send(t.Context(), testAccount(), part)
	if got := failureOf(t, err); got.Class != channel.Rejected {
		t.Errorf("broken body: %+v", got)
	}
}

// TestNoSecretLeaves makes the platform repeat the secrets, and looks for them
// wherever texts are kept.
func TestNoSecretLeaves(t *testing.T) {
	adapter, book := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/file/") {
			http.Redirect(w, r, "http://127.0.0.1:1/"+testToken, http.StatusFound)
			return
		}
		if strings.HasSuffix(r.URL.Path, "/getFile") {
			fmt.Fprintf(w, `{"ok":true,"result":{"file_id":"1","file_path":"photos/%s.jpg"}}`, testToken)
			return
		}
		w.WriteHeader(400)
		fmt.Fprintf(w, `{"ok":false,"error_code":400,"description":"bad https://api/bot%s/x hook-secret"}`, testToken)
	})
	account, said := testAccount(), ""
	for _, err := range []error{
		second(adapter.Send(t.Context(), account, partOf(t, adapter, "text"))),
		adapter.Signal(t.Context(), account, rui(), channel.Signal{Typing: true, CallbackID: "1"}),
		second(adapter.Fetch(t.Context(), account, message.Media{Remote: "1"})),
		second(adapter.Probe(t.Context(), account)),
		second(adapter.Profile(t.Context(), account, rui())),
		second(adapter.Check(t.Context(), account, "https://prosa.example/h")),
		adapter.Disconnect(t.Context(), account),
		adapter.Subscribe(t.Context(), account, "https://prosa.example/h"),
	} {
		if err == nil {
			t.Fatal("no error")
		}
		said += err.Error()
	}
	log, _ := json.Marshal(book.all())
	for _, value := range []string{"very_secret", "hook-secret"} {
		if strings.Contains(said, value) || strings.Contains(string(log), value) {
			t.Errorf("%q shows in %s or %s", value, said, log)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestSignal(t *testing.T) {
	var calls []string
	answer := `{"ok":true,"result":true}`
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		calls = append(calls, r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]+string(body))
		if strings.Contains(answer, "false") {
			w.WriteHeader(400)
		}
		_, _ = io.WriteString(w, answer)
	})
	for _, signal := range []channel.Signal{{}, {ReadUpTo: "77001:1"}, {Typing: true}, {CallbackID: "900"}, {CallbackID: "901", Typing: true}} {
		if err := adapter.Signal(t.Context(), testAccount(), rui(), signal); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		`sendChatAction{"chat_id":77001,"action":"typing"}`, `answerCallbackQuery{"callback_query_id":"900"}`,
		`answerCallbackQuery{"callback_query_id":"901"}`, `sendChatAction{"chat_id":77001,"action":"typing"}`,
	}
	if fmt.Sprint(calls) != fmt.Sprint(want) {
		t.Errorf("calls %v", calls)
	}
	if err := adapter.Signal(t.Context(), testAccount(), nil, channel.Signal{Typing: true}); failureOf(t, err).Code != "no_address" {
		t.Errorf("no address: %v", err)
	}
	answer = `{"ok":false,"error_code":400,"description":"Bad Request: query is too old and response timeout expired or query ID is invalid"}`
	if err := adapter.Signal(t.Context(), testAccount(), rui(), channel.Signal{CallbackID: "902"}); err != nil {
		t.Errorf("too old: %v", err)
	}
	answer = `{"ok":false,"error_code":400,"description":"Bad Request: other"}`
	if err := adapter.Signal(t.Context(), testAccount(), rui(), channel.Signal{CallbackID: "902"}); failureOf(t, err).Class != channel.Rejected {
		t.Errorf("refused: %v", err)
	}
}
