package whatsapp_test

import (
	"encoding/json"
	"testing"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/sandbox/meta"
)

// TestGesturesAreUnderstood plays what a customer does besides writing, and what
// the company does in its own phone app.
func TestGesturesAreUnderstood(t *testing.T) {
	w := start(t)
	first := w.act(t, meta.Action{Do: "text", Text: "oi"})
	w.next(t)
	for name, c := range map[string]struct {
		action meta.Action
		right  func(channel.Inbound) bool
	}{
		"forwarded":       {meta.Action{Do: "text", Text: "x", Forwarded: true}, func(in channel.Inbound) bool { return in.Content.Forwarded == "once" }},
		"forwarded often": {meta.Action{Do: "text", Text: "x", Often: true}, func(in channel.Inbound) bool { return in.Content.Forwarded == "often" }},
		"ad": {meta.Action{Do: "text", Text: "x", Referral: json.RawMessage(`{"source_type":"ad","source_id":"1","body":"Promo","image_url":"https://a.example/i.jpg","ctwa_clid":"c"}`)}, func(in channel.Inbound) bool {
			return in.Referral != nil && in.Referral.ClickID == "c" && in.Referral.Body == "Promo" && in.Referral.ImageURL != ""
		}},
		"animated": {meta.Action{Do: "sticker", MIME: "image/webp", Data: []byte("x"), Animated: true}, func(in channel.Inbound) bool { return in.Content.Media.Animated }},
		"own contact": {meta.Action{Do: "share_contact"}, func(in channel.Inbound) bool {
			return len(in.Content.Cards) == 1 && in.Content.Cards[0].Own && in.From[0].Value == ana
		}},
		"another's contact": {meta.Action{Do: "contact", Name: "João", Phone: "5511900000000"}, func(in channel.Inbound) bool {
			return !in.Content.Cards[0].Own && len(in.From) == 2
		}},
		"address": {meta.Action{Do: "address"}, func(in channel.Inbound) bool {
			return in.Content.Kind == message.Form && in.Content.Ask.ID == "address_message"
		}},
		"form": {meta.Action{Do: "form", Content: []byte(`{"flow_token":"ses_1"}`)}, func(in channel.Inbound) bool { return in.Content.Ask.Token == "ses_1" }},
		"permission": {meta.Action{Do: "call_permission", State: "accept"}, func(in channel.Inbound) bool {
			return in.Content.Call.State == "permitted" && in.Content.Call.UntilMS > in.AtMS
		}},
		"forbidden": {meta.Action{Do: "call_permission", State: "reject"}, func(in channel.Inbound) bool { return in.Content.Call.State == "forbidden" }},
		"ringing":   {meta.Action{Do: "call", State: "ringing"}, func(in channel.Inbound) bool { return in.Content.Call.State == "ringing" && in.Name == "Ana Souza" }},
		"missed":    {meta.Action{Do: "call", State: "missed"}, func(in channel.Inbound) bool { return in.Content.Call.State == "missed" }},
		"ended": {meta.Action{Do: "call", State: "ended", Seconds: 42}, func(in channel.Inbound) bool {
			return in.Content.Call.State == "ended" && in.Content.Call.Seconds == 42
		}},
		"stop": {meta.Action{Do: "preference", State: "stop"}, func(in channel.Inbound) bool {
			return in.Content.Consent.Topic == "marketing" && !in.Content.Consent.Granted
		}},
		"resume": {meta.Action{Do: "preference", State: "resume"}, func(in channel.Inbound) bool { return in.Content.Consent.Granted }},
		"poll": {meta.Action{Do: "poll"}, func(in channel.Inbound) bool {
			return in.Content.Kind == message.Unsupported && in.Content.Share.Kind == "poll_creation"
		}},
		"view once": {meta.Action{Do: "unsupported", Type: "view_once"}, func(in channel.Inbound) bool { return in.Content.Share.Kind == "view_once" }},
		"empty": {meta.Action{Do: "empty"}, func(in channel.Inbound) bool {
			return in.Content.Kind == message.Unsupported && len(in.Content.Raw) > 0
		}},
		"group":    {meta.Action{Do: "group", Text: "x"}, func(in channel.Inbound) bool { return in.Kind == channel.InIgnored }},
		"identity": {meta.Action{Do: "identity"}, func(in channel.Inbound) bool { return in.Content.Kind == message.System && in.Change == nil }},
		"unreaction": {meta.Action{Do: "reaction", Message: first.ID}, func(in channel.Inbound) bool {
			return in.Kind == channel.InReaction && in.Content.Text == "" && in.Target == first.ID
		}},
	} {
		w.act(t, c.action)
		if in := w.next(t); !c.right(in) {
			t.Errorf("%s: %+v", name, in)
		}
	}
}

func TestChangesOfPeopleAreUnderstood(t *testing.T) {
	w := start(t)
	w.act(t, meta.Action{Do: "change_user_id"})
	in := w.next(t)
	if in.Change == nil || in.Change.Old.Kind != message.BSUID || in.Change.New.Kind != message.BSUID || in.Change.Old == in.Change.New {
		t.Errorf("%+v", in)
	}
	w.act(t, meta.Action{Do: "change_number", Phone: "5511911112222"})
	in = w.next(t)
	if in.Change == nil || in.Change.Old.Value != ana || in.Change.New != (message.Address{Kind: message.WaID, Value: "5511911112222"}) {
		t.Errorf("%+v", in)
	}
}

func TestTheCompanysOwnAppIsUnderstood(t *testing.T) {
	w := start(t)
	question := w.act(t, meta.Action{Do: "text", Text: "abrem?"})
	w.next(t)
	echo := func(a meta.Action) (meta.Message, channel.Inbound) {
		t.Helper()
		a.Number = number
		done, err := w.platform.Echo(ana, a)
		if err != nil {
			t.Fatal(err)
		}
		return done, w.next(t)
	}
	said, in := echo(meta.Action{Do: "text", Text: "abrimos", ReplyTo: question.ID})
	if in.Kind != channel.InEcho || in.Content.Text != "abrimos" || in.QuotedID != question.ID || in.From[0].Value != ana || in.ExternalID != said.ID {
		t.Errorf("%+v", in)
	}
	for _, c := range []struct {
		action meta.Action
		target string
	}{
		{meta.Action{Do: "edit", Message: said.ID, Text: "abrimos às 9"}, said.ID},
		{meta.Action{Do: "reaction", Message: question.ID, Emoji: "👍"}, question.ID},
		{meta.Action{Do: "revoke", Message: said.ID}, said.ID},
		{meta.Action{Do: "voice", MIME: "audio/ogg", Data: []byte("ogg")}, ""},
	} {
		if _, in := echo(c.action); in.Kind != channel.InEcho || in.Target != c.target || in.Key == "" {
			t.Errorf("%s: %+v", c.action.Do, in)
		}
	}
	past := meta.History{Threads: []meta.Thread{{Customer: ana, Messages: []meta.PastWord{{Text: "vocês abrem sábado?"}, {Ours: true, Text: "abrimos"}}}}}
	if err := w.platform.Import(number, past); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []channel.InboundKind{channel.InMessage, channel.InEcho} {
		if in := w.next(t); in.Kind != kind || !in.History || in.From[0].Value != ana || in.AtMS == 0 {
			t.Errorf("%+v", in)
		}
	}
	if err := w.platform.SyncContacts(number, []meta.BookEntry{{Name: "Ana S.", Phone: ana}}); err != nil {
		t.Fatal(err)
	}
	if in := w.next(t); in.Kind != channel.InPerson || in.Name != "Ana S." || in.From[0].Value != ana {
		t.Errorf("%+v", in)
	}
}

// TestNewsAreUnderstood hears what the platform says of the account: it is
// routed by the account's id, or by the number where it names one.
func TestNewsAreUnderstood(t *testing.T) {
	w := start(t)
	all, err := w.platform.PutTemplate(meta.Template{WABA: waba, Name: "aviso", Language: "pt_BR", Body: "Oi"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.platform.DecideTemplate(all.ID, meta.TemplateState{Status: "PAUSED", Quality: "RED", Category: "MARKETING"}); err != nil {
		t.Fatal(err)
	}
	if err := w.platform.Tell(waba, "", "phone_number_quality_update", json.RawMessage(`{"display_phone_number":"551140001234","event":"FLAGGED","current_limit":"TIER_1K"}`)); err != nil {
		t.Fatal(err)
	}
	if err := w.platform.Tell(waba, number, "messages", json.RawMessage(`{"errors":[{"code":130429,"title":"Rate limit hit"}]}`)); err != nil {
		t.Fatal(err)
	}
	got := map[channel.NewsKind]*channel.News{}
	for range 5 {
		in := w.next(t)
		if in.Kind != channel.InAccount || in.News == nil {
			t.Fatalf("%+v", in)
		}
		got[in.News.Kind] = in.News
	}
	status, quality, category := got[channel.NewsTemplateStatus], got[channel.NewsTemplateQuality], got[channel.NewsTemplateCategory]
	if status == nil || status.Status != "paused" || status.TemplateID != all.ID || status.Template != "aviso" || status.Language != "pt_BR" ||
		quality == nil || quality.Quality != "red" || category == nil || category.Category != "marketing" {
		t.Errorf("%+v %+v %+v", status, quality, category)
	}
	if number, problem := got[channel.NewsQuality], got[channel.NewsProblem]; number == nil || number.Quality != "red" || problem == nil || problem.Status != "130429" {
		t.Errorf("%+v %+v", number, problem)
	}
}

func TestAConnectionIsCheckedAndTakenBack(t *testing.T) {
	w := start(t)
	account := w.platform.Numbers()[0]
	findings, err := w.adapter.Check(t.Context(), w.account, "https://elsewhere.example/hook")
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]string{}
	for _, finding := range findings {
		states[finding.Point] = finding.State
	}
	for point, want := range map[string]string{"token": "ok", "permissions": "ok", "account": "ok", "registration": "ok", "webhook": "bad", "subscription": "warn"} {
		if states[point] != want {
			t.Errorf("%s is %s", point, states[point])
		}
	}
	if err := w.adapter.Disconnect(t.Context(), w.account); err != nil || w.platform.Ready(account.ID) {
		t.Errorf("still subscribed: %v", err)
	}
}
