package whatsapp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"prosa/internal/adapters/whatsapp"
	"prosa/internal/base/clock"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/httpclient"
	"prosa/internal/sandbox/meta"
	"prosa/internal/sandbox/stage"
)

// world joins the adapter and the simulator of Meta, two readings of the same
// documents, over real HTTP: what one says the other must understand.
type world struct {
	platform *meta.Server
	adapter  *whatsapp.Adapter
	config   whatsapp.Config
	account  channel.Account
	heard    chan channel.Inbound
}

const (
	number = "106540352242922"
	waba   = "419561257915477"
	ana    = "5511987654321"
)

// templates are those that testdata/out sends.
var templates = []meta.Template{
	{Name: "pedido_enviado", Components: []byte(`[{"type":"BODY","text":"Olá {{1}}, saiu."},{"type":"BUTTONS","buttons":[{"type":"URL","text":"Ver","url":"https://loja.example/{{1}}","example":["p/1"]}]}]`)},
	{Name: "ola", Body: "Olá"},
	{Name: "oferta", Category: "MARKETING", Components: []byte(`[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Só hoje, {{1}}!"}]`)},
	{Name: "nota_fiscal", Components: []byte(`[{"type":"HEADER","format":"DOCUMENT"},{"type":"BODY","text":"Sua nota"}]`)},
	{Name: "boas_vindas", Format: "NAMED", Components: []byte(`[{"type":"BODY","text":"Olá {{nome}}, seja bem-vinda."}]`)},
	{Name: "pesquisa", Body: "Olá {{1}}, gostou?", Buttons: 2},
	{Name: "cupom", Components: []byte(`[{"type":"BODY","text":"Seu cupom"},{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","example":"BOLO10"}]}]`)},
}

type silent struct{}

func (silent) Record(channel.Exchange) {}

// blob is every file: the simulator looks at types and sizes only.
type blob struct{}

func (blob) Open(context.Context, string, string) (io.ReadCloser, int64, error) {
	return io.NopCloser(bytes.NewReader([]byte("bytes of a file"))), 15, nil
}

// late is an address that is known after the server behind it was made.
type late struct {
	mu      sync.Mutex
	handler http.Handler
}

func (l *late) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	handler := l.handler
	l.mu.Unlock()
	handler.ServeHTTP(w, r)
}

func start(t *testing.T) *world {
	t.Helper()
	front := &late{}
	graph := httptest.NewServer(front)
	t.Cleanup(graph.Close)
	platform, err := meta.New(meta.Config{PublicURL: graph.URL, Unlimited: true, StatusDelays: meta.StatusDelays{Sent: -1, Delivered: -1, Read: -1}})
	if err != nil {
		t.Fatal(err)
	}
	front.mu.Lock()
	front.handler = platform
	front.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = platform.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done; _ = platform.Close() })

	w := &world{platform: platform, heard: make(chan channel.Inbound, 256)}
	w.account = channel.Account{
		TenantID: "ten_1", ID: "cha_1", Channel: message.WhatsApp, ExternalID: number, Settings: map[string]string{whatsapp.WABAID: waba},
		Credentials: map[string]secret.Text{"token": secret.New("EAAtoken"), "app_secret": secret.New("s3cret"), "verify_token": secret.New("verify-me")},
	}
	config := whatsapp.Config{BaseURL: graph.URL, Version: "v25.0", Timeout: 5 * time.Second, UploadTimeout: 5 * time.Second}
	w.config = config
	client, err := httpclient.Provider(config.Limits(), config.Bases()...)
	if err != nil {
		t.Fatal(err)
	}
	w.adapter = whatsapp.New(config, whatsapp.Deps{HTTP: client, Recorder: silent{}, Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler), Blobs: blob{}})
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.receive(t, rw, r) }))
	t.Cleanup(hook.Close)

	_, err1 := platform.PutApp(meta.App{ID: "900100200300", Secret: "s3cret"})
	_, err2 := platform.PutWABA(meta.WABA{ID: waba})
	_, err3 := platform.PutNumber(meta.Number{ID: number, WABA: waba, App: "900100200300", Token: "EAAtoken", Display: "+55 11 4000-1234", VerifiedName: "Loja Aurora"})
	_, err4 := platform.PutCustomer(meta.Customer{WaID: ana, Name: "Ana Souza"})
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	for _, template := range templates {
		template.WABA, template.Language = waba, "pt_BR"
		if _, err := platform.PutTemplate(template); err != nil {
			t.Fatal(err)
		}
	}
	// The simulator calls the hook back at once: the handshake is part of it.
	if err := w.adapter.Subscribe(t.Context(), w.account, hook.URL); err != nil {
		t.Fatal(err)
	}
	return w
}

// receive is the house's webhook in small.
func (w *world) receive(t *testing.T, rw http.ResponseWriter, r *http.Request) {
	accounts := []channel.Account{w.account}
	if r.Method == http.MethodGet {
		answer, err := w.adapter.Challenge(r.URL.Query(), accounts)
		if err != nil {
			t.Errorf("challenge: %v", err)
		}
		_, _ = rw.Write(answer)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	if _, err := w.adapter.Verify(r.Header, body, accounts); err != nil {
		t.Errorf("signature: %v", err)
	}
	pieces, err := w.adapter.Split(body)
	if err != nil {
		t.Errorf("split: %v", err)
	}
	for _, piece := range pieces {
		in, err := w.adapter.Parse(piece.Body)
		if err != nil {
			t.Errorf("parse: %v of %s", err, piece.Body)
		}
		ofCustomer := in.Kind != channel.InAccount
		if piece.Problem != "" || ofCustomer && (piece.ExternalID != number || piece.ShardKey == "") || piece.ExternalID != number && piece.ExternalID != waba {
			t.Errorf("piece %+v", piece)
		}
		w.heard <- in
	}
}

// next waits for what the webhook brings next.
func (w *world) next(t *testing.T) channel.Inbound {
	t.Helper()
	select {
	case in := <-w.heard:
		return in
	case <-time.After(10 * time.Second):
		t.Fatal("no webhook came")
		return channel.Inbound{}
	}
}

func (w *world) act(t *testing.T, action meta.Action) meta.Message {
	t.Helper()
	action.Number = number
	done, err := w.platform.Act(ana, action)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestCustomersAreUnderstood(t *testing.T) {
	w := start(t)
	first := w.act(t, meta.Action{Do: "text", Text: "Oi! 💙"})
	in := w.next(t)
	if in.Kind != channel.InMessage || in.Content.Text != "Oi! 💙" || in.ExternalID != first.ID || in.Name != "Ana Souza" ||
		in.From[0] != (message.Address{Kind: message.WaID, Value: ana}) || in.AtMS == 0 {
		t.Fatalf("%+v", in)
	}
	for _, c := range []struct {
		action meta.Action
		kind   channel.InboundKind
		want   message.Kind
	}{
		{meta.Action{Do: "image", MIME: "image/jpeg", Data: []byte("jpeg"), Caption: "é este"}, channel.InMessage, message.Image},
		{meta.Action{Do: "voice", MIME: "audio/ogg", Data: []byte("ogg")}, channel.InMessage, message.Audio},
		{meta.Action{Do: "document", MIME: "application/pdf", Data: []byte("pdf"), Filename: "a.pdf"}, channel.InMessage, message.Document},
		{meta.Action{Do: "sticker", MIME: "image/webp", Data: []byte("webp")}, channel.InMessage, message.Sticker},
		{meta.Action{Do: "location", Latitude: -8, Longitude: -34, Name: "Marco Zero"}, channel.InMessage, message.Place},
		{meta.Action{Do: "contact"}, channel.InMessage, message.Cards},
		{meta.Action{Do: "order", CatalogID: "3300", Items: []meta.OrderItem{{ID: "a", Quantity: 2, Price: 9.9, Currency: "BRL"}}}, channel.InMessage, message.Cart},
		{meta.Action{Do: "button", Text: "Sim", Choice: "SIM"}, channel.InMessage, message.Pick},
		{meta.Action{Do: "form", Content: []byte(`{"cep":"50030-230"}`)}, channel.InMessage, message.Form},
		{meta.Action{Do: "unsupported"}, channel.InMessage, message.Unsupported},
		{meta.Action{Do: "raw", Type: "hologram", Content: []byte(`{"x":1}`)}, channel.InMessage, message.Unsupported},
		{meta.Action{Do: "request_welcome"}, channel.InMessage, message.Welcome},
		{meta.Action{Do: "reaction", Message: first.ID, Emoji: "👍"}, channel.InReaction, message.Emoji},
		{meta.Action{Do: "edit", Message: first.ID, Text: "Oi, corrigido"}, channel.InEdit, message.Text},
		{meta.Action{Do: "revoke", Message: first.ID}, channel.InRevoke, ""},
		{meta.Action{Do: "text", Text: "sobre", ReplyTo: first.ID}, channel.InMessage, message.Text},
	} {
		w.act(t, c.action)
		in := w.next(t)
		if in.Kind != c.kind || in.Content.Kind != c.want {
			t.Errorf("%s: %s of kind %q", c.action.Do, in.Kind, in.Content.Kind)
		}
		if (in.Kind == channel.InEdit || in.Kind == channel.InRevoke || in.Kind == channel.InReaction) && in.Target != first.ID {
			t.Errorf("%s: target %s", c.action.Do, in.Target)
		}
		if c.action.ReplyTo != "" && in.QuotedID != first.ID {
			t.Errorf("quoted %s", in.QuotedID)
		}
	}
}

func TestMediaComeBack(t *testing.T) {
	w := start(t)
	w.act(t, meta.Action{Do: "image", MIME: "image/jpeg", Data: []byte("these are the bytes")})
	media := w.next(t).Content.Media
	download, err := w.adapter.Fetch(t.Context(), w.account, *media)
	if err != nil {
		t.Fatal(err)
	}
	defer download.Body.Close()
	content, err := io.ReadAll(download.Body)
	if err != nil || string(content) != "these are the bytes" || download.MIME != "image/jpeg" || download.Size != int64(len(content)) {
		t.Errorf("%q, %+v, %v", content, download, err)
	}
}

// TestEverythingWeSendIsAccepted sends one message of each kind to a platform
// that refuses what Meta refuses, and follows each to its last tick.
func TestEverythingWeSendIsAccepted(t *testing.T) {
	w := start(t)
	opened := w.act(t, meta.Action{Do: "text", Text: "oi"})
	w.next(t)
	sent := 0
	all := whatsapp.Outbounds()
	for _, name := range slices.Sorted(maps.Keys(all)) { // an order's bill comes before its status
		out := all[name]
		out.To = []message.Address{{Kind: message.WaID, Value: ana}}
		out.Ours = "dlv_" + name
		if out.QuoteID != "" {
			out.QuoteID = opened.ID
		}
		if out.Content.Kind == message.Emoji {
			out.Content.Target = opened.ID
		}
		parts, err := w.adapter.Render(out)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, part := range parts {
			receipt, err := w.adapter.Send(t.Context(), w.account, part)
			if err != nil {
				t.Errorf("%s: %v\n%s", name, err, part.Body)
				continue
			}
			sent++
			if receipt.Status != message.Accepted || receipt.ExternalID == "" || len(receipt.Learned) == 0 {
				t.Errorf("%s: %+v", name, receipt)
			}
			for _, status := range []message.Status{message.Sent, message.Delivered, message.Read} {
				if err := w.platform.SetStatus(receipt.ExternalID, string(status), 0); err != nil {
					t.Errorf("%s: %v", name, err)
					break
				}
				in := w.next(t)
				if in.Kind != channel.InStatus || in.Status.Status != status || in.Status.ExternalID != receipt.ExternalID || in.Status.Ours != out.Ours {
					t.Errorf("%s, %s: %+v %+v", name, status, in, in.Status)
				}
			}
		}
	}
	t.Logf("%d messages of %d kinds were accepted and read", sent, len(whatsapp.Outbounds()))
}

func TestATapComesBackAsItsOption(t *testing.T) {
	w := start(t)
	w.act(t, meta.Action{Do: "text", Text: "oi"})
	w.next(t)
	for _, name := range []string{"buttons", "list"} {
		out := whatsapp.Outbounds()[name]
		out.To = []message.Address{{Kind: message.WaID, Value: ana}}
		parts, err := w.adapter.Render(out)
		if err != nil {
			t.Fatal(err)
		}
		receipt, err := w.adapter.Send(t.Context(), w.account, parts[0])
		if err != nil {
			t.Fatal(err)
		}
		w.act(t, meta.Action{Do: "tap", Message: receipt.ExternalID, Choice: "ob"})
		in := w.next(t)
		if in.Content.Kind != message.Pick || in.Content.Pick.ID != "ob" || in.Content.Text != "Opção B" || in.QuotedID != receipt.ExternalID {
			t.Errorf("%s: %+v", name, in)
		}
	}
}

func TestProbeAndSignals(t *testing.T) {
	w := start(t)
	probe, err := w.adapter.Probe(t.Context(), w.account)
	if err != nil || probe.ExternalID != number || probe.Name != "Loja Aurora" || probe.Facts["subscribed_apps"] != "1" || probe.Facts["webhook"] == "" {
		t.Errorf("%+v, %v", probe, err)
	}
	first := w.act(t, meta.Action{Do: "text", Text: "oi"})
	if err := w.adapter.Signal(t.Context(), w.account, nil, channel.Signal{ReadUpTo: first.ID, Typing: true}); err != nil {
		t.Error(err)
	}
	if seen, err := w.platform.Message(first.ID); err != nil || seen.Status != "read" {
		t.Errorf("%+v, %v", seen, err)
	}
	stranger := w.account
	stranger.Credentials = map[string]secret.Text{"token": secret.New("EAAwrong")}
	if _, err := w.adapter.Probe(t.Context(), stranger); err == nil {
		t.Error("a wrong token passed the probe")
	}
}

// TestFaultsOfThePlatform holds the classes of errors against what really
// happened on the other side.
func TestFaultsOfThePlatform(t *testing.T) {
	w := start(t)
	w.act(t, meta.Action{Do: "text", Text: "oi"})
	w.next(t)
	send := func(n int) error {
		parts, err := w.adapter.Render(channel.Outbound{
			To: []message.Address{{Kind: message.WaID, Value: ana}}, Ours: fmt.Sprint("dlv_", n), Content: message.Content{Kind: message.Text, Text: "x"},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.adapter.Send(t.Context(), w.account, parts[0])
		return err
	}
	for n, c := range []struct {
		rule  stage.Rule
		class channel.Class
		after int64
		sends int64 // that the platform took, over all cases so far
	}{
		{stage.Rule{Do: stage.DoStatus, Status: 429, RetryAfter: 3}, channel.Throttled, 3000, 0},
		{stage.Rule{Do: stage.DoStatus, Status: 500}, channel.Retry, 0, 0},
		{stage.Rule{Do: stage.DoStatus, Status: 503}, channel.Retry, 0, 0},
		{stage.Rule{Do: stage.DoStatus, Status: 400, Code: 131047}, channel.Window, 0, 0},
		{stage.Rule{Do: stage.DoStatus, Status: 400, Code: 131056}, channel.Throttled, 0, 0},
		{stage.Rule{Do: stage.DoStatus, Status: 401, Code: 190}, channel.Stop, 0, 0},
		{stage.Rule{Do: stage.DoCutBefore}, channel.Ambiguous, 0, 0},
		{stage.Rule{Do: stage.DoCutAfter}, channel.Ambiguous, 0, 1},
	} {
		c.rule.On, c.rule.Path, c.rule.Count = "call", "/messages", 1
		if _, err := w.platform.AddFault(c.rule); err != nil {
			t.Fatal(err)
		}
		var failure *channel.SendError
		if err := send(n); !errors.As(err, &failure) || failure.Class != c.class || c.after > 0 && failure.AfterMS != c.after {
			t.Errorf("%+v: %v", c.rule, err)
		}
		if got := w.platform.Ledger(0).Counts.Sends; got != c.sends {
			t.Errorf("%+v: %d sends", c.rule, got)
		}
	}
	if err := send(99); err != nil {
		t.Errorf("after the faults: %v", err)
	}
}
