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
	if err != nil || len(pieces) != 1 || pieces[0].ShardKey != strconv.Itoa(rui) {
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
	sent := map[string]bool{}
	reactions := 0
	for name, out := range telegram.Outbounds() {
		if out.QuoteID != "" {
			out.QuoteID = opened.ExternalID
		}
		if out.Content.Kind == message.Emoji {
			out.Content.Target = opened.ExternalID
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
			if receipt.Status != message.Sent || sent[receipt.ExternalID] {
				t.Errorf("%s: %+v", name, receipt)
			}
			if receipt.ExternalID == "" {
				reactions++
				continue
			}
			sent[receipt.ExternalID] = true
		}
	}
	if reactions != 2 {
		t.Errorf("%d sends without an id", reactions)
	}
	t.Logf("%d messages and %d reactions of %d kinds were accepted", len(sent), reactions, len(telegram.Outbounds()))
}

func TestATapComesBackAsItsOptionAndIsAcknowledged(t *testing.T) {
	w := start(t)
	w.act(t, simulator.Action{Do: "start"})
	parts, err := w.adapter.Render(telegram.Outbounds()["keyboard"])
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
	parts, err := w.adapter.Render(telegram.Outbounds()["text"])
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
