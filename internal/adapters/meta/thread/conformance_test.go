package thread_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/adapters/instagram"
	"prosa/internal/adapters/messenger"
	"prosa/internal/adapters/meta/thread/threadtest"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/httpclient"
	sandbox "prosa/internal/sandbox/messenger"
	"prosa/internal/sandbox/stage"
)

const (
	app  = "900100200300"
	page = "101010101010101"
	ana  = "ana"
)

type silent struct{}

func (silent) Record(channel.Exchange) {}

// blob is every file: the simulator looks at types and sizes only.
type blob struct{}

func (blob) Open(context.Context, string, string) (io.ReadCloser, int64, error) {
	return io.NopCloser(bytes.NewReader([]byte("bytes of a file"))), 15, nil
}

// late is a handler that is known after the server around it was made.
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

func (l *late) set(handler http.Handler) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handler = handler
}

// seat is a product and flavour under test.
type seat struct {
	name     string
	channel  message.Channel
	external string
	settings map[string]string
	token    string
}

var seats = []seat{
	{"messenger", message.Messenger, page, map[string]string{"app_id": app}, "EAAtoken"},
	{"instagram by page", message.Instagram, "17841400000000001", map[string]string{"app_id": app, "page_id": page}, "EAAtoken"},
	{"instagram by login", message.Instagram, "17841400000000002", map[string]string{"flavour": "login"}, "IGAAtoken"},
}

// world joins an adapter and the simulator of the Messenger Platform, two
// readings of the same documents, over real HTTP: what one says the other must
// understand.
type world struct {
	seat     seat
	platform *sandbox.Server
	adapter  channel.Adapter
	account  channel.Account
	time     *clock.Manual
	hook     string
	heard    chan channel.Inbound
}

func start(t *testing.T, s seat) *world {
	t.Helper()
	graphHandler, gramHandler := &late{}, &late{}
	graph, gram := httptest.NewServer(graphHandler), httptest.NewServer(gramHandler)
	t.Cleanup(graph.Close)
	t.Cleanup(gram.Close)
	hands := clock.NewManual(time.Now())
	platform, err := sandbox.New(sandbox.Config{PublicURL: graph.URL, Clock: hands, Unlimited: true, DeliveryDelay: -1, WebhookGaps: []time.Duration{time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	graphHandler.set(platform)
	gramHandler.set(platform.Instagram())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = platform.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		_ = platform.Close()
	})

	w := &world{seat: s, platform: platform, time: hands, heard: make(chan channel.Inbound, 4096), account: channel.Account{
		TenantID: "ten_1", ID: "cha_1", Channel: s.channel, ExternalID: s.external, Settings: s.settings,
		Credentials: map[string]secret.Text{"token": secret.New(s.token), "app_secret": secret.New("s3cret"), "verify_token": secret.New("verify-me")},
	}}
	w.adapter = adapterOf(t, s.channel, graph.URL, gram.URL)
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.receive(t, rw, r) }))
	t.Cleanup(hook.Close)
	w.hook = hook.URL

	_, err1 := platform.PutApp(sandbox.App{ID: app, Secret: "s3cret", VerifyToken: "verify-me", Callbacks: map[string]string{sandbox.ObjectInstagram: hook.URL}})
	_, err2 := platform.PutPage(sandbox.Page{ID: page, Name: "Loja Aurora", Token: "EAAtoken"})
	_, err3 := platform.PutInstagram(sandbox.Instagram{ID: "17841400000000001", Flavour: sandbox.FlavourPage, Page: page, User: "loja.aurora", Name: "Loja Aurora"})
	_, err4 := platform.PutInstagram(sandbox.Instagram{ID: "17841400000000002", Flavour: sandbox.FlavourLogin, User: "loja.aurora", Name: "Loja Aurora", Token: "IGAAtoken"})
	_, err5 := platform.PutPerson(sandbox.Person{ID: ana, Name: "Ana Souza", Username: "ana.souza"})
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	// The simulator calls the hook back at once: the handshake is part of it.
	if err := w.adapter.Subscribe(t.Context(), w.account, hook.URL); err != nil {
		t.Fatal(err)
	}
	return w
}

func adapterOf(t *testing.T, which message.Channel, graph, gram string) channel.Adapter {
	t.Helper()
	logger := slog.New(slog.DiscardHandler)
	client, err := httpclient.Provider(httpclient.Limits{Timeout: 10 * time.Second, Redirects: -1}, graph, gram)
	if err != nil {
		t.Fatal(err)
	}
	if which == message.Messenger {
		config := messenger.Config{BaseURL: graph, Version: "v25.0", Timeout: 5 * time.Second, UploadTimeout: 5 * time.Second}
		return messenger.New(config, messenger.Deps{HTTP: client, Recorder: silent{}, Clock: clock.System{}, Logger: logger, Blobs: blob{}})
	}
	config := instagram.Config{BaseURL: graph, LoginBaseURL: gram, Version: "v25.0", Timeout: 5 * time.Second, UploadTimeout: 5 * time.Second}
	return instagram.New(config, instagram.Deps{HTTP: client, Recorder: silent{}, Clock: clock.System{}, Logger: logger, Blobs: blob{}})
}

// each runs a test for every product and flavour.
func each(t *testing.T, test func(t *testing.T, w *world)) {
	for _, s := range seats {
		t.Run(s.name, func(t *testing.T) { test(t, start(t, s)) })
	}
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
		if piece.Problem != "" || piece.ExternalID != w.seat.external {
			t.Errorf("piece %+v of %s", piece, body)
		}
		in, err := w.adapter.Parse(piece.Body)
		if err != nil {
			t.Errorf("parse: %v of %s", err, piece.Body)
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

func (w *world) act(t *testing.T, action sandbox.Action) sandbox.Message {
	t.Helper()
	action.Account = w.seat.external
	done, err := w.platform.Act(ana, action)
	if err != nil {
		t.Fatalf("%s: %v", action.Do, err)
	}
	return done
}

// hello lets Ana write, and gives her message and her address.
func (w *world) hello(t *testing.T) (sandbox.Message, message.Address) {
	t.Helper()
	first := w.act(t, sandbox.Action{Do: "text", Text: "Oi! 💙"})
	in := w.next(t)
	if in.Kind != channel.InMessage || in.Content.Text != "Oi! 💙" || in.ExternalID != first.ID || in.AtMS == 0 || len(in.From) != 1 {
		t.Fatalf("%+v", in)
	}
	return first, in.From[0]
}

func TestCustomersAreUnderstood(t *testing.T) {
	picture := func(do string) sandbox.Action {
		return sandbox.Action{Do: do, MIME: "image/jpeg", Data: []byte("jpeg")}
	}
	type step struct {
		only   string // prefix of the seats that have it
		action sandbox.Action
		kind   channel.InboundKind
		want   message.Kind
	}
	each(t, func(t *testing.T, w *world) {
		first, _ := w.hello(t)
		for _, c := range []step{
			{"", picture("image"), channel.InMessage, message.Image},
			{"", sandbox.Action{Do: "video", MIME: "video/mp4", Data: []byte("mp4")}, channel.InMessage, message.Video},
			{"", sandbox.Action{Do: "audio", MIME: "audio/mp4", Data: []byte("m4a")}, channel.InMessage, message.Audio},
			{"", sandbox.Action{Do: "file", MIME: "application/pdf", Data: []byte("pdf"), Filename: "a.pdf"}, channel.InMessage, message.Document},
			{"messenger", sandbox.Action{Do: "sticker"}, channel.InMessage, message.Sticker},
			{"instagram", sandbox.Action{Do: "heart"}, channel.InMessage, message.Sticker},
			{"messenger", sandbox.Action{Do: "location", Latitude: -8, Longitude: -34, Title: "Marco Zero"}, channel.InMessage, message.Place},
			{"", sandbox.Action{Do: "share", URL: "https://loja.example/azul", Title: "Azul"}, channel.InMessage, message.Share},
			{"", sandbox.Action{Do: "reel", URL: "https://loja.example/reel"}, channel.InMessage, message.Share},
			{"instagram", picture("story_mention"), channel.InMessage, message.Share},
			{"instagram", picture("story_reply"), channel.InMessage, message.Text},
			{"", sandbox.Action{Do: "quick_reply", Text: "Sim", Choice: "SIM"}, channel.InMessage, message.Pick},
			{"", sandbox.Action{Do: "postback", Title: "Menu", Choice: "menu"}, channel.InMessage, message.Pick},
			{"", sandbox.Action{Do: "referral", Referral: map[string]any{"ref": "folheto", "source": "SHORTLINK", "type": "OPEN_THREAD"}}, channel.InMessage, message.Welcome},
			{"", sandbox.Action{Do: "text", Text: "vi o anúncio", Referral: map[string]any{"source": "ADS", "ad_id": "7"}}, channel.InMessage, message.Text},
			{"", sandbox.Action{Do: "text", Text: "tem M?", Product: "42"}, channel.InMessage, message.Text},
			{"instagram", sandbox.Action{Do: "unsupported"}, channel.InMessage, message.Unsupported},
			{"", sandbox.Action{Do: "reaction", Message: first.ID, Emoji: "👍"}, channel.InReaction, message.Emoji},
			{"", sandbox.Action{Do: "unreact", Message: first.ID}, channel.InReaction, message.Emoji},
			{"", sandbox.Action{Do: "edit", Message: first.ID, Text: "Oi, corrigido"}, channel.InEdit, message.Text},
			{"instagram", sandbox.Action{Do: "unsend", Message: first.ID}, channel.InRevoke, ""},
			{"", sandbox.Action{Do: "text", Text: "sobre", ReplyTo: first.ID}, channel.InMessage, message.Text},
			{"", sandbox.Action{Do: "optin", Topic: "Novidades"}, channel.InMessage, message.Permission},
			{"", sandbox.Action{Do: "optout", Topic: "Novidades"}, channel.InMessage, message.Permission},
			{"messenger", sandbox.Action{Do: "policy", Choice: "warning", Text: "cuidado"}, channel.InAccount, ""},
			{"", sandbox.Action{Do: "page_reply", Text: "Aqui é a Bia"}, channel.InEcho, message.Text},
			{"", sandbox.Action{Do: "request_control", App: "77"}, channel.InControl, ""},
			{"", sandbox.Action{Do: "take_control", App: "77"}, channel.InControl, ""},
			{"", sandbox.Action{Do: "text", Text: "para o outro app"}, channel.InMessage, message.Text},
			{"", sandbox.Action{Do: "pass_control", App: "77"}, channel.InControl, ""},
		} {
			if !strings.HasPrefix(w.seat.name, c.only) {
				continue
			}
			w.act(t, c.action)
			in := w.next(t)
			if in.Kind != c.kind || in.Content.Kind != c.want {
				t.Errorf("%s: %s of kind %q", c.action.Do, in.Kind, in.Content.Kind)
			}
			if (in.Kind == channel.InEdit || in.Kind == channel.InRevoke || in.Kind == channel.InReaction) && in.Target != first.ID {
				t.Errorf("%s: target %s", c.action.Do, in.Target)
			}
			if c.action.ReplyTo != "" && in.QuotedID != first.ID || c.action.Do == "story_reply" && in.Content.Story == nil {
				t.Errorf("%s: %+v", c.action.Do, in)
			}
			if standby := c.action.Text == "para o outro app"; in.Standby != standby {
				t.Errorf("%s: standby %v", c.action.Do, in.Standby)
			}
			if (c.action.Product != "") != (in.Content.About != nil) || (c.action.Referral != nil || c.action.Product != "") != (in.Referral != nil) {
				t.Errorf("%s: %+v", c.action.Do, in)
			}
		}
	})
}

func TestFilesComeBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		file := func(text string) sandbox.Upload { return sandbox.Upload{Data: []byte(text), MIME: "image/jpeg"} }
		sent := w.act(t, sandbox.Action{Do: "images", Text: "duas", Files: []sandbox.Upload{file("one"), file("two!")}})
		for n, want := range []string{"one", "two!"} {
			in := w.next(t)
			media := in.Content.Media
			if media == nil || media.Album != sent.ID || (in.Content.Text == "duas") != (n == 0) || (in.ExternalID == sent.ID) != (n == 0) {
				t.Fatalf("%+v %+v", in, media)
			}
			download, err := w.adapter.Fetch(t.Context(), w.account, *media)
			if err != nil {
				t.Fatal(err)
			}
			content := make([]byte, 20)
			read, _ := download.Body.Read(content)
			_ = download.Body.Close()
			if string(content[:read]) != want || download.MIME != "image/jpeg" || download.Size != int64(len(want)) {
				t.Errorf("%q %+v", content[:read], download)
			}
			if err := w.platform.Expire(sent.Files[n].File); err != nil {
				t.Fatal(err)
			}
			if _, err := w.adapter.Fetch(t.Context(), w.account, *media); !fault.Is(err, fault.NotFound) {
				t.Errorf("a file that is gone: %v", err)
			}
		}
	})
}

// TestEverythingWeSendIsAccepted sends every golden message to a platform that
// refuses what Meta refuses, and follows each to its last tick.
func TestEverythingWeSendIsAccepted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first, address := w.hello(t)
		paths, err := filepath.Glob(filepath.Join("..", "..", string(w.seat.channel), "testdata", "out", "*", "*.json"))
		if err != nil || len(paths) < 70 {
			t.Fatalf("%d cases, %v", len(paths), err)
		}
		messages := 0
		for _, path := range paths {
			out := threadtest.Outbound(t, path)
			if len(out.To) != 1 || out.To[0].Kind != address.Kind {
				continue // who has no address, or ticked a checkbox
			}
			out.To = []message.Address{address}
			if out.QuoteID != "" {
				out.QuoteID = first.ID
			}
			if out.Content.Target != "" {
				out.Content.Target = first.ID
			}
			parts, err := w.adapter.Render(out)
			if err != nil {
				continue // refused by name: the golden files say which
			}
			for _, part := range parts {
				receipt, err := w.adapter.Send(t.Context(), w.account, part)
				if err != nil {
					t.Errorf("%s: %v\n%s", path, err, part.Body)
					continue
				}
				if out.Content.Kind == message.Emoji {
					continue
				}
				messages++
				if receipt.Status != message.Sent || receipt.ExternalID == "" || receipt.Learned[0] != address {
					t.Errorf("%s: %+v", path, receipt)
				}
				w.hearEcho(t, receipt, out.Ours)
			}
		}
		if _, err := w.platform.Read(w.seat.external, ana); err != nil {
			t.Fatal(err)
		}
		in := w.next(t)
		if in.Kind != channel.InStatus || in.Status.Status != message.Read || in.Status.ExternalID == "" && in.Status.UpToMS == 0 {
			t.Errorf("read: %+v %+v", in, in.Status)
		}
		t.Logf("%d messages were accepted and read", messages)
	})
}

// hearEcho takes the echo of a send, which names it.
func (w *world) hearEcho(t *testing.T, receipt channel.Receipt, ours string) {
	t.Helper()
	in := w.next(t)
	if in.Kind != channel.InEcho || in.ExternalID != receipt.ExternalID {
		t.Fatalf("no echo of %s: %+v", receipt.ExternalID, in)
	}
	// Instagram's echoes tell no metadata.
	if w.seat.channel == message.Messenger && (in.Status == nil || in.Status.Ours != ours) {
		t.Errorf("the echo does not tell whose it is: %+v", in.Status)
	}
}

func TestATapComesBackAsItsOption(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, address := w.hello(t)
		for name, content := range map[string]message.Content{
			"chip": {Kind: message.Options, Text: "Como ajudo?", Choice: &message.Choice{Options: []message.Option{{ID: "a", Title: "Vendas"}, {ID: "b", Title: "Trocas"}}}},
			"card": {Kind: message.Deck, Deck: []message.Slide{{Title: "Camiseta", Options: []message.Option{{ID: "b", Title: "Trocas"}}}}},
		} {
			parts, err := w.adapter.Render(channel.Outbound{To: []message.Address{address}, Ours: "dlv_1", Content: content})
			if err != nil {
				t.Fatal(err)
			}
			receipt, err := w.adapter.Send(t.Context(), w.account, parts[0])
			if err != nil {
				t.Fatal(err)
			}
			w.hearEcho(t, receipt, "dlv_1")
			w.act(t, sandbox.Action{Do: "tap", Message: receipt.ExternalID, Choice: "b"})
			if in := w.next(t); in.Content.Kind != message.Pick || in.Content.Pick.ID != "b" || in.Content.Text != "Trocas" {
				t.Errorf("%s: %+v", name, in)
			}
		}
	})
}

func TestSetUpIsChecked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		probe, err := w.adapter.Probe(t.Context(), w.account)
		if err != nil || probe.ExternalID != w.seat.external || probe.Name != "Loja Aurora" || probe.Facts["subscribed_fields"] == "" {
			t.Errorf("%+v, %v", probe, err)
		}
		findings, err := w.adapter.(channel.Checker).Check(t.Context(), w.account, w.hook)
		if err != nil || len(findings) < 3 {
			t.Errorf("%+v, %v", findings, err)
		}
		for _, finding := range findings {
			if finding.State != "ok" && (finding.Point != "webhook" || w.account.Settings["app_id"] != "") {
				t.Errorf("%+v", finding)
			}
		}
		_, address := w.hello(t)
		profile, err := w.adapter.(channel.Profiler).Profile(t.Context(), w.account, []message.Address{address})
		if err != nil || profile.Name != "Ana Souza" || w.seat.channel == message.Instagram && profile.Username != "ana.souza" {
			t.Errorf("%+v, %v", profile, err)
		}
		if err := w.adapter.Signal(t.Context(), w.account, []message.Address{address}, channel.Signal{ReadUpTo: "x", Typing: true}); err != nil {
			t.Error(err)
		}
		stranger := w.account
		stranger.Credentials = map[string]secret.Text{"token": secret.New("EAAwrong")}
		if _, err := w.adapter.Probe(t.Context(), stranger); !fault.Is(err, fault.Refused) {
			t.Errorf("a wrong token: %v", err)
		}
		if err := w.adapter.(channel.Disconnecter).Disconnect(t.Context(), w.account); err != nil {
			t.Error(err)
		}
	})
}

// TestFaultsOfThePlatform holds the classes of errors against what really
// happened on the other side.
func TestFaultsOfThePlatform(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, address := w.hello(t)
		send := func() error {
			parts, err := w.adapter.Render(channel.Outbound{To: []message.Address{address}, Ours: "dlv_1", Content: message.Content{Kind: message.Text, Text: "x"}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = w.adapter.Send(t.Context(), w.account, parts[0])
			return err
		}
		for _, c := range []struct {
			rule  stage.Rule
			class channel.Class
			sends int64 // that the platform took, over all cases so far
		}{
			{stage.Rule{Do: stage.DoStatus, Status: 429, RetryAfter: 3}, channel.Throttled, 0},
			{stage.Rule{Do: stage.DoStatus, Status: 500}, channel.Retry, 0},
			{stage.Rule{Do: stage.DoStatus, Status: 400, Code: 613}, channel.Throttled, 0},
			{stage.Rule{Do: stage.DoStatus, Status: 401, Code: 190}, channel.Stop, 0},
			{stage.Rule{Do: stage.DoStatus, Status: 403, Code: 200}, channel.Doubtful, 0},
			{stage.Rule{Do: stage.DoCutBefore}, channel.Ambiguous, 0},
			{stage.Rule{Do: stage.DoCutAfter}, channel.Ambiguous, 1},
		} {
			c.rule.On, c.rule.Path, c.rule.Count = "call", "/messages", 1
			if _, err := w.platform.AddFault(c.rule); err != nil {
				t.Fatal(err)
			}
			var failure *channel.SendError
			if err := send(); !errors.As(err, &failure) || failure.Class != c.class {
				t.Errorf("%+v: %v", c.rule, err)
			}
			if got := w.platform.Ledger(0).Counts.Sends; got != c.sends {
				t.Errorf("%+v: %d sends", c.rule, got)
			}
		}
		if err := send(); err != nil {
			t.Errorf("after the faults: %v", err)
		}
	})
}

// TestAPersonAnswersLate: a day after the customer's last word only what a
// person wrote goes out, in its late form; a week after nothing does.
func TestAPersonAnswersLate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, address := w.hello(t)
		part := func(human bool) channel.Part {
			parts, err := w.adapter.Render(channel.Outbound{To: []message.Address{address}, Ours: "dlv_1", Human: human, Content: message.Content{Kind: message.Text, Text: "ainda aí?"}})
			if err != nil || len(parts) != 1 || (len(parts[0].Late) > 0) != human {
				t.Fatalf("%+v, %v", parts, err)
			}
			return parts[0]
		}
		class := func(part channel.Part) channel.Class {
			_, err := w.adapter.Send(t.Context(), w.account, part)
			var failure *channel.SendError
			if errors.As(err, &failure) {
				return failure.Class
			}
			return ""
		}
		late := part(true)
		late.Body = late.Late
		for _, c := range []struct {
			after      time.Duration
			free, late channel.Class
		}{{0, "", ""}, {25 * time.Hour, channel.Window, ""}, {7 * 24 * time.Hour, channel.Window, channel.Window}} {
			w.time.Advance(c.after)
			if free, human := class(part(false)), class(late); free != c.free || human != c.late {
				t.Errorf("after %v more: bot %q, person %q", c.after, free, human)
			}
		}
		if w.seat.channel == message.Messenger {
			if _, err := w.platform.PutPage(sandbox.Page{ID: page, NoHumanAgent: true}); err != nil {
				t.Fatal(err)
			}
			w.act(t, sandbox.Action{Do: "text", Text: "oi"})
			if got := class(late); got != channel.Rejected {
				t.Errorf("without the feature: %q", got)
			}
		}
	})
}

// TestATokenOfLoginIsRenewed: a young one is refused, as Meta does.
func TestATokenOfLoginIsRenewed(t *testing.T) {
	w := start(t, seats[2])
	renewer := w.adapter.(channel.Renewer)
	if _, err := renewer.Renew(t.Context(), w.account); !fault.Is(err, fault.Refused) {
		t.Errorf("a young token: %v", err)
	}
	old := sandbox.Instagram{ID: w.seat.external, Flavour: sandbox.FlavourLogin, Token: "IGAAtoken", TokenIssuedMS: w.time.Now().Add(-48 * time.Hour).UnixMilli()}
	if _, err := w.platform.PutInstagram(old); err != nil {
		t.Fatal(err)
	}
	renewal, err := renewer.Renew(t.Context(), w.account)
	if err != nil || renewal.Token.IsZero() || renewal.ExpiresMS == 0 {
		t.Fatalf("%+v, %v", renewal, err)
	}
	w.account.Credentials = map[string]secret.Text{"token": renewal.Token}
	if _, err := w.adapter.Probe(t.Context(), w.account); err != nil {
		t.Errorf("the fresh token: %v", err)
	}
}
