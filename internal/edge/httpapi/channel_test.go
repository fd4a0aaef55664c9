package httpapi

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func TestAChannelIsConnectedTestedAndChanged(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		created := h.root.call(http.MethodPost, "/channels", map[string]any{
			"channel": "telegram", "name": " Loja ", "credentials": map[string]string{"token": "777:s3cret-token-of-the-shop"},
		}).want(http.StatusCreated)
		id := created.text("id")
		view := decode[channelView](created)
		if view.Name != "Loja" || view.ExternalID != "777" || view.State != "active" || !slices.Contains(view.Credentials, "token") ||
			!strings.HasPrefix(view.WebhookURL, "http://prosa.example.com/webhooks/telegram/") || view.VerifyToken != "" {
			t.Fatalf("created: %s", created.body)
		}
		if probe := h.root.call(http.MethodPost, "/channels/"+id+"/probe", nil).want(http.StatusOK); !strings.Contains(string(probe.body), `"ok":true`) || probe.text("display") != "@paper" {
			t.Fatalf("probe: %s", probe.body)
		}
		subscribed := h.root.call(http.MethodPost, "/channels/"+id+"/subscribe", nil).want(http.StatusOK)
		if subscribed.text("webhook_url") != view.WebhookURL {
			t.Fatalf("subscribed: %s", subscribed.body)
		}
		changed := h.root.call(http.MethodPatch, "/channels/"+id, map[string]any{
			"name": "Loja 2", "state": "disabled", "credentials": map[string]string{"token": "77:another"}, "version": view.Version,
		}).want(http.StatusOK)
		if changed.text("name") != "Loja 2" || changed.text("state") != "disabled" {
			t.Fatalf("changed: %s", changed.body)
		}
		h.root.call(http.MethodPatch, "/channels/"+id, map[string]any{"name": "late", "version": view.Version}).wantProblem(http.StatusConflict, fault.Conflict, "")
		log := h.root.get("/audit").want(http.StatusOK)
		for _, action := range []string{"channel.created", "channel.subscribed", "channel.changed"} {
			if !strings.Contains(string(log.body), action) {
				t.Errorf("%s is not in the log", action)
			}
		}
		for _, got := range []*answer{created, changed, log, h.root.get("/channels"), h.root.get("/channels/" + id)} {
			for _, secret := range []string{"s3cret-token", "77:another"} {
				if strings.Contains(string(got.body), secret) {
					t.Errorf("%s tells a credential", got.what)
				}
			}
		}
		if strings.Contains(h.logs.String(), "s3cret-token") {
			t.Error("the log holds a credential")
		}
	})
}

func TestAttendantsSeeNoWebhookURLs(t *testing.T) {
	h := open(t, databasetest.Open(t))
	id := h.connect(h.root, "Telegram", "111:token-of-the-first-bot")
	attendant := h.join(h.root, "atena@alfa.example.com", "Atena", identity.Attendant)
	for _, path := range []string{"/channels", "/channels/" + id} {
		got := attendant.get(path).want(http.StatusOK)
		if strings.Contains(string(got.body), "/webhooks/") || strings.Contains(string(got.body), "verify_token\":") {
			t.Errorf("%s shows an attendant the hook: %s", path, got.body)
		}
	}
	attendant.call(http.MethodPatch, "/channels/"+id, map[string]any{"name": "x"}).wantProblem(http.StatusForbidden, fault.Forbidden, "role")
	attendant.get("/channels/"+id+"/exchanges").wantProblem(http.StatusForbidden, fault.Forbidden, "role")
}

func TestABadTokenConnectsNothing(t *testing.T) {
	h := open(t, databasetest.Open(t))
	h.root.call(http.MethodPost, "/channels", map[string]any{
		"channel": "telegram", "name": "x", "credentials": map[string]string{"token": "222:bad-token-of-a-second-bot"},
	}).wantProblem(http.StatusConflict, fault.Refused, "401")
	if list := h.root.get("/channels").want(http.StatusOK); strings.Contains(string(list.body), "222") {
		t.Errorf("it was kept: %s", list.body)
	}
}

func TestChannelsThatCannotBe(t *testing.T) {
	h := open(t, databasetest.Open(t))
	h.connect(h.root, "Telegram", "111:token-of-the-first-bot")
	post := func(body map[string]any) *answer { return h.root.call(http.MethodPost, "/channels", body) }
	token := map[string]string{"token": "111:another-token-of-the-bot"}
	if got := post(map[string]any{"channel": "telegram", "name": "x", "credentials": token}); got.status != http.StatusConflict {
		t.Errorf("the same bot twice: %d %s", got.status, got.body)
	}
	post(map[string]any{"channel": "whatsapp", "name": "x", "external_id": "9", "credentials": token}).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "") // paper speaks Telegram only
	post(map[string]any{"channel": "fax", "name": "x", "credentials": token}).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
	post(map[string]any{"channel": "telegram", "name": "x", "credentials": map[string]string{"token": "555:some-token-of-a-fifth-bot"}, "bot_id": "bot_none"}).wantProblem(http.StatusNotFound, fault.NotFound, "")
}

func TestIdsThatNameNothingAtThePlatform(t *testing.T) {
	const good = "111:token-of-the-first-bot"
	body := func(kind message.Channel, externalID, token string, settings map[string]string) *createChannelInput {
		in := &createChannelInput{}
		in.Body.Channel, in.Body.ExternalID, in.Body.Settings = kind, externalID, settings
		in.Body.Credentials = map[string]secret.Text{"token": secret.New(token)}
		return in
	}
	for name, c := range map[string]struct {
		in    *createChannelInput
		field string
	}{
		"telegram":              {body(message.Telegram, "", good, nil), ""},
		"telegram with its id":  {body(message.Telegram, "111", good, nil), ""},
		"another bot's id":      {body(message.Telegram, "222", good, nil), "external_id"},
		"nonsense token":        {body(message.Telegram, "", "nonsense", nil), "credentials.token"},
		"token with a path":     {body(message.Telegram, "", "111:../../token-of-the-first-bot", nil), "credentials.token"},
		"token with a new line": {body(message.Telegram, "", good+"\n", nil), "credentials.token"},
		"whatsapp":              {body(message.WhatsApp, "106540352242922", "t", map[string]string{"waba_id": "102290129340398"}), ""},
		"path for a number":     {body(message.WhatsApp, "1/../2", "t", nil), "external_id"},
		"no number":             {body(message.WhatsApp, "", "t", nil), "external_id"},
		"page":                  {body(message.Messenger, "page", "t", nil), "external_id"},
		"waba with a path":      {body(message.WhatsApp, "1", "t", map[string]string{"waba_id": "1?x=2"}), "settings.waba_id"},
		"unknown setting":       {body(message.WhatsApp, "1", "t", map[string]string{"base_url": "http://x"}), "settings.base_url"},
	} {
		err, field := checkIdentity(c.in), ""
		var known *fault.Error
		if errors.As(err, &known) {
			field = known.Field
		}
		if field != c.field {
			t.Errorf("%s: %v, want %q", name, err, c.field)
		}
	}
}

func TestADraftIsFinishedInSteps(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		draft := h.root.call(http.MethodPost, "/channels", map[string]any{"channel": "telegram", "name": "Novo", "draft": true}).want(http.StatusCreated)
		id := draft.text("id")
		if draft.text("state") != "draft" || draft.text("webhook_url") == "" {
			t.Fatalf("draft: %s", draft.body)
		}
		h.root.call(http.MethodPost, "/channels/"+id+"/connect", map[string]any{}).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
		h.root.call(http.MethodPatch, "/channels/"+id, map[string]any{"credentials": map[string]string{"token": "nonsense"}}).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
		bad := h.root.call(http.MethodPatch, "/channels/"+id, map[string]any{"credentials": map[string]string{"token": "222:bad-token-of-a-second-bot"}}).want(http.StatusOK)
		if bad.text("state") != "draft" || bad.text("external_id") != "222" {
			t.Fatalf("kept: %s", bad.body)
		}
		if checked := h.root.call(http.MethodPost, "/channels/"+id+"/check", nil).want(http.StatusOK); !strings.Contains(string(checked.body), `"ok":false`) || !strings.Contains(string(checked.body), "Unauthorized") {
			t.Errorf("check: %s", checked.body)
		}
		h.root.call(http.MethodPost, "/channels/"+id+"/connect", map[string]any{}).wantProblem(http.StatusConflict, fault.Refused, "401")
		h.root.call(http.MethodPatch, "/channels/"+id, map[string]any{"state": "active"}).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
		h.root.call(http.MethodPatch, "/channels/"+id, map[string]any{"credentials": map[string]string{"token": "222:good-token-of-a-draft-bot"}}).want(http.StatusOK)
		active := h.root.call(http.MethodPost, "/channels/"+id+"/connect", map[string]any{}).want(http.StatusOK)
		if active.text("state") != "active" || active.text("display") != "@paper" {
			t.Errorf("connected: %s", active.body)
		}
		removed := h.root.call(http.MethodPost, "/channels", map[string]any{"channel": "telegram", "name": "Outro", "draft": true}).want(http.StatusCreated).text("id")
		h.root.call(http.MethodPost, "/channels/"+removed+"/disconnect", nil).want(http.StatusOK)
		h.root.get("/channels/"+removed).wantProblem(http.StatusNotFound, fault.NotFound, "")
	})
}

func TestAChannelIsCaredFor(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		id := h.connect(h.root, "Telegram", "111:token-of-the-first-bot")
		path := "/channels/" + id
		if guide := h.root.get("/channel-guides/telegram").want(http.StatusOK); !strings.Contains(string(guide.body), "BotFather") {
			t.Errorf("guide: %s", guide.body)
		}
		h.root.get("/channel-guides/whatsapp").wantProblem(http.StatusNotFound, fault.NotFound, "") // paper speaks Telegram only
		h.root.call(http.MethodPut, path+"/token", map[string]any{"token": "222:bad-token-of-a-second-bot"}).wantProblem(http.StatusConflict, fault.Refused, "401")
		h.root.call(http.MethodPut, path+"/token", map[string]any{}).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
		rotated := h.root.call(http.MethodPut, path+"/token", map[string]any{"token": "111:a-fresh-token-of-the-bot"}).want(http.StatusOK)
		if strings.Contains(string(rotated.body), "fresh-token") {
			t.Error("the answer tells the token")
		}
		if sent := h.root.call(http.MethodPost, path+"/test-message", map[string]any{"to": "4711"}).want(http.StatusOK); !strings.Contains(string(sent.body), `"ok":true`) {
			t.Errorf("test: %s", sent.body)
		}
		h.root.call(http.MethodPost, path+"/check", nil).want(http.StatusOK)
		view := h.root.get(path + "/health").want(http.StatusOK)
		for _, part := range []string{`"point":"token"`, `"alarms":[]`, `"pauses":[]`, `"news":[]`, `"waiting":0`} {
			if !strings.Contains(string(view.body), part) {
				t.Errorf("health lacks %s: %s", part, view.body)
			}
		}
		attendant := h.join(h.root, "atena@alfa.example.com", "Atena", identity.Attendant)
		attendant.get(path + "/health").want(http.StatusOK)
		for _, act := range []string{"/check", "/disconnect"} {
			attendant.call(http.MethodPost, path+act, nil).wantProblem(http.StatusForbidden, fault.Forbidden, "role")
		}
		attendant.call(http.MethodPost, path+"/connect", map[string]any{}).wantProblem(http.StatusForbidden, fault.Forbidden, "role")
		attendant.call(http.MethodPut, path+"/token", map[string]any{"token": "x"}).wantProblem(http.StatusForbidden, fault.Forbidden, "role")
		attendant.call(http.MethodPost, path+"/test-message", map[string]any{"to": "x"}).wantProblem(http.StatusForbidden, fault.Forbidden, "role")
		attendant.get("/channel-guides/telegram").wantProblem(http.StatusForbidden, fault.Forbidden, "role")
		h.root.call(http.MethodPost, path+"/disconnect", nil).want(http.StatusOK)
		if off := h.root.get(path).want(http.StatusOK); off.text("state") != "disabled" {
			t.Errorf("disconnected: %s", off.body)
		}
		if back := h.root.call(http.MethodPost, path+"/connect", map[string]any{"discard": "old"}).want(http.StatusOK); back.text("state") != "active" {
			t.Errorf("back: %s", back.body)
		}
		log := h.root.get("/audit").want(http.StatusOK)
		for _, action := range []string{"channel.rotated", "channel.tested", "channel.disconnected", "channel.connected"} {
			if !strings.Contains(string(log.body), action) {
				t.Errorf("%s is not in the log", action)
			}
		}
	})
}
