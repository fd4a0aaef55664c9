package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"prosa/internal/adapters/telegram"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/httpclient"
	"prosa/internal/sandbox/stage"
	simulator "prosa/internal/sandbox/telegram"
)

const (
	token = "123456789:AAHsecret-secret-secret-secret-sec"
	bot   = 123456789
	rui   = 77001
	owner = 88001
)

// world joins the adapter and the simulator of the Bot API, two readings of the
// same documents, over real HTTP: what one says the other must understand.
type world struct {
	platform *simulator.Server
	adapter  *telegram.Adapter
	account  channel.Account
	heard    chan channel.Inbound
}

type silent struct{}

func (silent) Record(channel.Exchange) {}

// blob is every file: a real picture, since photos are looked at.
type blob struct{}

func (blob) Open(context.Context, string, string) (io.ReadCloser, int64, error) {
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		return nil, 0, err
	}
	return io.NopCloser(bytes.NewReader(picture.Bytes())), int64(picture.Len()), nil
}

func start(t *testing.T, changes ...func(*simulator.Config)) *world {
	t.Helper()
	simulated := simulator.Config{Unlimited: true}
	for _, change := range changes {
		change(&simulated)
	}
	platform, err := simulator.New(simulated)
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(platform)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = platform.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done; api.Close(); _ = platform.Close() })

	w := &world{platform: platform, heard: make(chan channel.Inbound, 256)}
	w.account = channel.Account{
		TenantID: "ten_1", ID: "cha_1", Channel: message.Telegram, ExternalID: strconv.Itoa(bot),
		Credentials: map[string]secret.Text{telegram.Token: secret.New(token), telegram.HookSecret: secret.New("hook-secret")},
	}
	config := telegram.Config{BaseURL: api.URL, Timeout: 5 * time.Second, UploadTimeout: 5 * time.Second, MaxConnections: 40}
	client, err := httpclient.Provider(config.Limits(), config.Bases()...)
	if err != nil {
		t.Fatal(err)
	}
	w.adapter = telegram.New(config, telegram.Deps{HTTP: client, Recorder: silent{}, Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler), Blobs: blob{}})
	telegram.OnPublicWeb(w.adapter)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { w.receive(t, r) }))
	t.Cleanup(hook.Close)
	_, err1 := platform.PutBot(simulator.Bot{Token: token, Username: "aurora_bot", Name: "Loja Aurora"})
	_, err2 := platform.PutUser(simulator.User{ID: rui, FirstName: "Rui", LastName: "Nery", Username: "ruinery", Language: "pt-br", Phone: "5581988887777"})
	if err := errors.Join(err1, err2, w.adapter.Subscribe(t.Context(), w.account, hook.URL)); err != nil {
		t.Fatal(err)
	}
	return w
}

// receive is the house's webhook in small.
func (w *world) receive(t *testing.T, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	if _, err := w.adapter.Verify(r.Header, body, []channel.Account{w.account}); err != nil {
		t.Errorf("secret: %v", err)
	}
	pieces, err := w.adapter.Split(body)
	if err != nil || len(pieces) != 1 || pieces[0].ShardKey != strconv.Itoa(rui) && pieces[0].ShardKey != strconv.Itoa(owner) {
		t.Errorf("split: %+v, %v", pieces, err)
		return
	}
	in, err := w.adapter.Parse(pieces[0].Body)
	if err != nil {
		t.Errorf("parse: %v of %s", err, body)
	}
	w.heard <- in
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

func (w *world) act(t *testing.T, action simulator.Action) channel.Inbound {
	t.Helper()
	action.Bot = bot
	if _, err := w.platform.Act(rui, action); err != nil {
		t.Fatalf("%s: %v", action.Do, err)
	}
	return w.next(t)
}

func TestCustomersAreUnderstood(t *testing.T) {
	w := start(t)
	in := w.act(t, simulator.Action{Do: "start", Text: "verao"})
	if in.Kind != channel.InMessage || in.Content.Text != "/start verao" || in.Referral == nil || in.Referral.Ref != "verao" ||
		in.Name != "Rui Nery" || in.Username != "ruinery" || in.Language != "pt-br" || in.From[0].Value != strconv.Itoa(rui) {
		t.Fatalf("%+v", in)
	}
	first := w.act(t, simulator.Action{Do: "text", Text: "Oi! 💙"})
	_, id, _ := strings.Cut(first.ExternalID, ":")
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil || first.Content.Text != "Oi! 💙" {
		t.Fatalf("%+v, %v", first, err)
	}
	file := []byte("bytes of a file")
	for _, c := range []struct {
		action simulator.Action
		kind   channel.InboundKind
		want   message.Kind
	}{
		{simulator.Action{Do: "photo", Bytes: picture(t), MIME: "image/jpeg", Text: "é este"}, channel.InMessage, message.Image},
		{simulator.Action{Do: "photo", Bytes: picture(t), MIME: "image/jpeg", Album: "9"}, channel.InMessage, message.Image},
		{simulator.Action{Do: "video", Bytes: file, MIME: "video/mp4"}, channel.InMessage, message.Video},
		{simulator.Action{Do: "animation", Bytes: file, MIME: "video/mp4"}, channel.InMessage, message.Video},
		{simulator.Action{Do: "video_note", Bytes: file, MIME: "video/mp4"}, channel.InMessage, message.Video},
		{simulator.Action{Do: "audio", Bytes: file, MIME: "audio/mpeg"}, channel.InMessage, message.Audio},
		{simulator.Action{Do: "voice", Bytes: file, MIME: "audio/ogg"}, channel.InMessage, message.Audio},
		{simulator.Action{Do: "document", Bytes: file, MIME: "application/pdf", Filename: "a.pdf"}, channel.InMessage, message.Document},
		{simulator.Action{Do: "sticker", Bytes: file, MIME: "image/webp"}, channel.InMessage, message.Sticker},
		{simulator.Action{Do: "location", Latitude: -8, Longitude: -34}, channel.InMessage, message.Place},
		{simulator.Action{Do: "venue", Latitude: -8, Longitude: -34, Name: "Marco Zero", Address: "Recife"}, channel.InMessage, message.Place},
		{simulator.Action{Do: "contact"}, channel.InMessage, message.Cards},
		{simulator.Action{Do: "text", Text: "sobre", ReplyTo: number}, channel.InMessage, message.Text},
		{simulator.Action{Do: "reaction", Message: number, Emoji: "👍"}, channel.InReaction, message.Emoji},
		{simulator.Action{Do: "edit", Message: number, Text: "Oi, corrigido"}, channel.InEdit, message.Text},
		{simulator.Action{Do: "dice", Emoji: "🎯"}, channel.InMessage, message.Text},
		{simulator.Action{Do: "poll", Text: "Qual?", Options: []string{"a", "b"}}, channel.InMessage, message.Survey},
		{simulator.Action{Do: "location", Latitude: -8, Longitude: -34, Seconds: 900}, channel.InMessage, message.Place},
		{simulator.Action{Do: "web_app", Text: "Escolher", Data: `{"tamanho":"M"}`}, channel.InMessage, message.Form},
		{simulator.Action{Do: "share_users", Users: []int64{rui}}, channel.InMessage, message.Cards},
		{simulator.Action{Do: "pay", Data: "x", Amount: 4990}, channel.InMessage, message.Share},
		{simulator.Action{Do: "text", Text: "passo adiante", Forwarded: "Bia"}, channel.InMessage, message.Text},
		{simulator.Action{Do: "text", Text: "isto", ReplyTo: number, Quote: "Oi"}, channel.InMessage, message.Text},
		{simulator.Action{Do: "message", Content: []byte(`{"game":{"title":"Corrida","description":"Corra!","photo":[]}}`)}, channel.InMessage, message.Share},
		{simulator.Action{Do: "message", Content: []byte(`{"checklist":{"title":"x","tasks":[{"id":1,"text":"a"}]}}`)}, channel.InMessage, message.Text},
		{simulator.Action{Do: "message", Content: []byte(`{"hologram":{"x":1}}`)}, channel.InMessage, message.Unsupported},
		{simulator.Action{Do: "reaction", Message: number, Emoji: "⭐"}, channel.InReaction, message.Emoji},
		{simulator.Action{Do: "reaction", Message: number}, channel.InReaction, message.Emoji},
		{simulator.Action{Do: "block"}, channel.InReach, ""},
		{simulator.Action{Do: "unblock"}, channel.InReach, ""},
	} {
		in := w.act(t, c.action)
		if in.Kind != c.kind || in.Content.Kind != c.want {
			t.Errorf("%s: %s of kind %q", c.action.Do, in.Kind, in.Content.Kind)
		}
		if (in.Kind == channel.InEdit || in.Kind == channel.InReaction) && in.Target != first.ExternalID {
			t.Errorf("%s: target %s", c.action.Do, in.Target)
		}
		if c.action.ReplyTo != 0 && in.QuotedID != first.ExternalID {
			t.Errorf("quoted %s", in.QuotedID)
		}
		if in.Kind == channel.InReach && *in.Reachable != (c.action.Do == "unblock") {
			t.Errorf("%s: reachable %v", c.action.Do, *in.Reachable)
		}
	}
}

// connect lets the bot speak in the name of a person.
func (w *world) connect(t *testing.T) {
	t.Helper()
	_, err1 := w.platform.PutUser(simulator.User{ID: owner, FirstName: "Ana"})
	_, err2 := w.platform.PutConnection(simulator.Connection{ID: "AbC-1", Bot: bot, Owner: owner, Enabled: true})
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if in := w.next(t); in.Kind != channel.InAccount || in.News.Status != "business_enabled" {
		t.Errorf("connection: %+v", in)
	}
}

// TestAPersonsOwnChat plays a chat of the bot's owner: their words are echoes,
// and what is deleted there is told.
func TestAPersonsOwnChat(t *testing.T) {
	w := start(t)
	w.connect(t)
	in := w.act(t, simulator.Action{Do: "text", Text: "oi, Ana", Business: true})
	if in.Kind != channel.InMessage || in.ExternalID != "AbC-1/77001:1" || in.From[0].Value != "AbC-1/77001" || in.From[1].Value != "77001" || in.Name != "Rui Nery" {
		t.Errorf("%+v", in)
	}
	echo := w.act(t, simulator.Action{Do: "text", Text: "já vou", Business: true, AsOwner: true})
	if echo.Kind != channel.InEcho || echo.From[1].Value != "77001" || echo.Name != "Rui Nery" || echo.Target != "" {
		t.Errorf("%+v", echo)
	}
	parts, err := w.adapter.Render(channel.Outbound{To: in.From, QuoteID: in.ExternalID, Content: message.Content{Kind: message.Text, Text: "aqui é o robô"}})
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := w.adapter.Send(t.Context(), w.account, parts[0])
	if err != nil || receipt.ExternalID != "AbC-1/77001:3" {
		t.Errorf("%+v, %v", receipt, err)
	}
	if err := w.adapter.Signal(t.Context(), w.account, in.From, channel.Signal{Typing: true, ReadUpTo: in.ExternalID}); err != nil {
		t.Error(err)
	}
	if in = w.act(t, simulator.Action{Do: "edit", Text: "oi, Ana!", Message: 1, Business: true}); in.Kind != channel.InEdit || in.Target != "AbC-1/77001:1" {
		t.Errorf("%+v", in)
	}
	if in = w.act(t, simulator.Action{Do: "delete", Message: 1, Business: true}); in.Kind != channel.InRevoke || in.Target != "AbC-1/77001:1" {
		t.Errorf("%+v", in)
	}
}

// TestPaymentsAreRefusedInTime answers what Telegram asks before a payment.
func TestPaymentsAreRefusedInTime(t *testing.T) {
	w := start(t)
	w.act(t, simulator.Action{Do: "start"})
	for _, do := range []string{"checkout", "shipping"} {
		in := w.act(t, simulator.Action{Do: do, Data: "pedido-1", Amount: 4990})
		if in.Kind != channel.InMessage || in.Content.Kind != message.System || in.Content.Share.ID != "pedido-1" {
			t.Errorf("%s: %+v", do, in)
		}
		if err := w.adapter.Signal(t.Context(), w.account, in.From, channel.Signal{CallbackID: in.CallbackID}); err != nil {
			t.Errorf("%s: %v", do, err)
		}
		messages, _, err := w.platform.Messages(bot, rui, "", 100)
		if err != nil || messages[len(messages)-1].Callback == "" {
			t.Errorf("%s: %+v, %v", do, messages, err)
		}
	}
}

// TestAConnectionIsLookedAt checks a connection point by point, breaks it and
// checks again.
func TestAConnectionIsLookedAt(t *testing.T) {
	w := start(t)
	hookURL := w.platform.Bots()[0].WebhookURL
	states := func(account channel.Account, hookURL string) string {
		findings, err := w.adapter.Check(t.Context(), account, hookURL)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, finding := range findings {
			all = append(all, finding.Point+" "+finding.State)
		}
		return strings.Join(all, ", ")
	}
	if got := states(w.account, hookURL); got != "token ok, account ok, webhook ok, subscription ok, secret ok" {
		t.Error(got)
	}
	if got := states(w.account, hookURL+"/other"); !strings.Contains(got, "webhook bad") {
		t.Error(got)
	}
	other := w.account
	other.ExternalID = "1"
	if got := states(other, hookURL); !strings.Contains(got, "account bad") {
		t.Error(got)
	}
	other.Credentials = map[string]secret.Text{telegram.Token: secret.New("1:wrong")}
	if got := states(other, hookURL); got != "token bad" {
		t.Error(got)
	}
	if err := w.adapter.Disconnect(t.Context(), other); err != nil {
		t.Errorf("nothing to disconnect: %v", err)
	}
	if err := w.adapter.Disconnect(t.Context(), w.account); err != nil || w.platform.Bots()[0].WebhookURL != "" {
		t.Errorf("%v, %+v", err, w.platform.Bots())
	}
	if got := states(w.account, hookURL); !strings.Contains(got, "webhook bad") {
		t.Error(got)
	}
}

func TestAPersonHasAFace(t *testing.T) {
	w := start(t)
	in := w.act(t, simulator.Action{Do: "start"})
	profile, err := w.adapter.Profile(t.Context(), w.account, in.From)
	if err != nil || profile.Name != "Rui Nery" || profile.Username != "ruinery" || profile.PictureURL != "" {
		t.Errorf("%+v, %v", profile, err)
	}
	if _, err := w.platform.PutPhoto(rui, picture(t), "image/jpeg"); err != nil {
		t.Fatal(err)
	}
	if profile, err = w.adapter.Profile(t.Context(), w.account, in.From); err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(profile.PictureURL)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", response, err)
	}
	_ = response.Body.Close()
}

func picture(t *testing.T) []byte {
	t.Helper()
	content, _, err := blob{}.Open(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestMediaComeBack(t *testing.T) {
	w := start(t)
	w.act(t, simulator.Action{Do: "start"})
	media := w.act(t, simulator.Action{Do: "document", Bytes: []byte("these are the bytes"), MIME: "application/pdf", Filename: "a.pdf"}).Content.Media
	download, err := w.adapter.Fetch(t.Context(), w.account, *media)
	if err != nil {
		t.Fatal(err)
	}
	defer download.Body.Close()
	content, err := io.ReadAll(download.Body)
	if err != nil || string(content) != "these are the bytes" || download.Size != int64(len(content)) || download.Name != "a.pdf" {
		t.Errorf("%q, %+v, %v", content, download, err)
	}
	if _, err := w.adapter.Fetch(t.Context(), w.account, message.Media{Remote: "unknown"}); !fault.Is(err, fault.Refused) {
		t.Errorf("an unknown file: %v", err)
	}
}

// TestEverythingWeSendIsAccepted sends one message of each kind to a platform
// that refuses what Telegram refuses.
func TestEverythingWeSendIsAccepted(t *testing.T) {
	w := start(t)
	opened := w.act(t, simulator.Action{Do: "start"})
	w.connect(t)
	owned := w.act(t, simulator.Action{Do: "text", Text: "oi, Ana", Business: true})
	say := func(out channel.Outbound) (receipts []channel.Receipt) {
		parts, err := w.adapter.Render(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			receipt, err := w.adapter.Send(t.Context(), w.account, part)
			if err != nil || receipt.Status != message.Sent {
				t.Errorf("%+v, %v\n%s", receipt, err, part.Body)
			}
			receipts = append(receipts, receipt)
		}
		return receipts
	}
	sent := map[string]bool{}
	silent := 0
	all := telegram.Outbounds(t)
	for name, out := range all {
		first := opened
		if strings.Contains(out.To[0].Value, "/") {
			first = owned
		}
		if out.QuoteID != "" {
			out.QuoteID = first.ExternalID
		}
		switch out.Content.Kind {
		case message.Emoji:
			out.Content.Target = first.ExternalID
		case message.Amendment, message.Withdrawal:
			out.Content.Target = say(channel.Outbound{To: out.To, Content: message.Content{Kind: message.Text, Text: "antes"}})[0].ExternalID
		}
		for _, receipt := range say(out) {
			if receipt.ExternalID == "" {
				silent++
			} else if sent[receipt.ExternalID] {
				t.Errorf("%s: %+v", name, receipt)
			}
			sent[receipt.ExternalID] = true
		}
	}
	if silent != 7 {
		t.Errorf("%d sends without an id", silent)
	}
	t.Logf("%d messages and %d changes of them, of %d kinds, were accepted", len(sent)-1, silent, len(all))
}

func TestATapComesBackAsItsOptionAndIsAcknowledged(t *testing.T) {
	w := start(t)
	w.act(t, simulator.Action{Do: "start"})
	parts, err := w.adapter.Render(telegram.Outbounds(t)["keyboard"])
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := w.adapter.Send(t.Context(), w.account, parts[0])
	if err != nil {
		t.Fatal(err)
	}
	_, id, _ := strings.Cut(receipt.ExternalID, ":")
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	in := w.act(t, simulator.Action{Do: "press", Message: number, Data: "ob"})
	if in.Content.Kind != message.Pick || in.Content.Pick.ID != "ob" || in.Content.Text != "Opção B" || in.QuotedID != receipt.ExternalID || in.CallbackID == "" {
		t.Errorf("%+v", in)
	}
	if err := w.adapter.Signal(t.Context(), w.account, in.From, channel.Signal{CallbackID: in.CallbackID, Typing: true}); err != nil {
		t.Error(err)
	}
	// A second answer comes too late, which is no failure.
	if err := w.adapter.Signal(t.Context(), w.account, in.From, channel.Signal{CallbackID: in.CallbackID}); err != nil {
		t.Error(err)
	}
	if view, err := w.platform.View(bot, rui); err != nil || view.TypingUntilMS == 0 {
		t.Errorf("%+v, %v", view, err)
	}
}

func TestProbe(t *testing.T) {
	w := start(t)
	probe, err := w.adapter.Probe(t.Context(), w.account)
	if err != nil || probe.ExternalID != strconv.Itoa(bot) || probe.Display != "@aurora_bot" || probe.Name != "Loja Aurora" || probe.Facts["webhook"] == "" {
		t.Errorf("%+v, %v", probe, err)
	}
	stranger := w.account
	stranger.Credentials = map[string]secret.Text{telegram.Token: secret.New("1:wrong")}
	if _, err := w.adapter.Probe(t.Context(), stranger); !fault.Is(err, fault.Refused) {
		t.Errorf("a wrong token: %v", err)
	}
}

// TestFaultsOfThePlatform holds the classes of errors against what really
// happened on the other side.
func TestFaultsOfThePlatform(t *testing.T) {
	w := start(t)
	w.act(t, simulator.Action{Do: "start"})
	parts, err := w.adapter.Render(telegram.Outbounds(t)["text"])
	if err != nil {
		t.Fatal(err)
	}
	send := func() error {
		_, err := w.adapter.Send(t.Context(), w.account, parts[0])
		return err
	}
	classOf := func(err error) channel.Class {
		var failure *channel.SendError
		if !errors.As(err, &failure) {
			return ""
		}
		return failure.Class
	}
	for _, c := range []struct {
		rule  stage.Rule
		class channel.Class
		sends int64 // that the platform took, over all cases so far
	}{
		{stage.Rule{Do: stage.DoStatus, Status: 429, RetryAfter: 3}, channel.Throttled, 0},
		{stage.Rule{Do: stage.DoStatus, Status: 500}, channel.Retry, 0},
		{stage.Rule{Do: stage.DoStatus, Status: 502}, channel.Retry, 0},
		{stage.Rule{Do: stage.DoStatus, Status: 401}, channel.Stop, 0},
		{stage.Rule{Do: stage.DoCutBefore}, channel.Ambiguous, 0},
		{stage.Rule{Do: stage.DoCutAfter}, channel.Ambiguous, 1},
	} {
		c.rule.On, c.rule.Kind, c.rule.Count = "call", "sendMessage", 1
		if _, err := w.platform.AddFault(c.rule); err != nil {
			t.Fatal(err)
		}
		if err := send(); classOf(err) != c.class {
			t.Errorf("%+v: %v", c.rule, err)
		}
		if got := w.platform.Ledger(0).Counts.Sends; got != c.sends {
			t.Errorf("%+v: %d sends", c.rule, got)
		}
	}
	if err := send(); err != nil {
		t.Errorf("after the faults: %v", err)
	}
	w.act(t, simulator.Action{Do: "block"})
	if err := send(); classOf(err) != channel.Dead {
		t.Errorf("blocked: %v", err)
	}
}
