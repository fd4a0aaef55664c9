package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"

	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/stream"
)

// estate is what a company has, by which another could ask for it.
type estate struct {
	store
	admin                                  *client
	tenant, account, contact, conversation string
	message, file, user, invitation, bot   string
	upload, session, cursor, email         string
	talk, secret                           string // a conversation with the bot, the name of a secret
	catalog                                string // at Meta
	support                                string // an operator's look
	template                               string // of messages
}

// marks are the texts that only the company may see.
func (e estate) marks() []string {
	return append(e.store.marks(), e.tenant, e.account, e.contact, e.conversation, e.message, e.file, e.user, e.invitation, e.bot, e.upload, e.session, e.email, e.talk, e.secret, e.catalog, e.support, e.template)
}

// furnish gives a company one of everything. word stands in all its texts.
func furnish(t *testing.T, h *house, admin *client, word, number, email string) estate {
	t.Helper()
	e := estate{admin: admin, tenant: admin.tenantID(), user: admin.userID(), email: email}
	e.bot = admin.call(http.MethodPost, "/bots", map[string]any{"name": word + " bot", "definition": botFlow(word)}).want(http.StatusCreated).text("id")
	admin.call(http.MethodPost, "/bots/"+e.bot+"/publish", map[string]any{"revision": 1, "note": word + " nota"}).want(http.StatusOK)
	e.secret = word + "_chave"
	admin.call(http.MethodPut, "/bot-secrets/"+e.secret, map[string]any{"value": word + " segredo"}).want(http.StatusOK)
	e.account = h.connect(admin, word+" telegram", number+number+number+":token-of-the-company-"+word)
	e.conversation, e.message = h.writes(admin, e.account, number+"00", word+" cliente", word+" oi", nil)
	ref, err := h.blobs.Put(context.Background(), e.tenant, strings.NewReader(word+" bytes"), 1000)
	if err != nil {
		t.Fatal(err)
	}
	_, e.file = h.writes(admin, e.account, number+"00", word+" cliente", word+" arquivo",
		&message.Media{MIME: "application/pdf", Name: word + ".pdf", Blob: ref.Hash, State: "ready"})
	h.talks(e.tenant, e.bot, e.conversation, word)
	e.talk = admin.get("/bots/"+e.bot+"/sessions").want(http.StatusOK).text("items", "0", "session_id")
	e.contact = admin.get("/conversations/" + e.conversation).want(http.StatusOK).text("contact_id")
	e.invitation = admin.call(http.MethodPost, "/invitations", map[string]any{"email": word + "@convidado.example.com", "role": "attendant"}).
		want(http.StatusCreated).text("invitation", "id")
	e.upload = admin.call(http.MethodPost, "/media", file(t, word+".txt", word+" upload")).want(http.StatusCreated).text("id")
	e.session = admin.get("/session").text("session_id")
	admin.call(http.MethodPost, "/conversations/"+e.conversation+"/take", nil).want(http.StatusOK)
	admin.call(http.MethodPut, "/conversations/"+e.conversation+"/draft", map[string]any{"text": word + " rascunho"}).want(http.StatusOK)
	admin.call(http.MethodPost, "/conversations/"+e.conversation+"/notes", map[string]any{"text": word + " nota"}, "Idempotency-Key", "note-"+word).want(http.StatusCreated)
	e.store = stockUp(t, admin, word, e.contact)
	e.catalog = h.connectCatalog(admin, e.account)
	e.template = writeTemplate(admin, e.account, word+"_modelo")
	e.support = h.root.call(http.MethodPost, "/operator/companies/"+e.tenant+"/support", map[string]any{"reason": word + " não abre."}).want(http.StatusCreated).text("id")
	return e
}

func file(t *testing.T, name, content string) form {
	t.Helper()
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	part, err := writer.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return form{body.Bytes(), writer.FormDataContentType()}
}

// attempt is one call that reaches for another company.
type attempt struct {
	path   string // with the place filled in
	body   any
	key    bool  // with an Idempotency-Key
	status []int // allowed answers; 403 and 404 when empty
}

// shut are the answers to who asks by another's ids.
var shut = []int{http.StatusForbidden, http.StatusNotFound}

// blind are calls that take no id: they answer, and tell nothing of others.
func blind(path string) []attempt {
	return []attempt{{path: path, status: []int{http.StatusOK, http.StatusNoContent, http.StatusForbidden}}}
}

// reach lists, for every operation of the contract, how somebody of a company
// (own) would reach for what another one has (other): by path, query and body.
// A new operation fails the suite until it is listed.
func reach(own, other estate) map[string][]attempt {
	conversation := "/conversations/" + other.conversation
	mine := "/conversations/" + own.conversation
	bot, myBot := "/bots/"+other.bot, "/bots/"+own.bot
	some := map[string]any{"text": "x"}
	return map[string][]attempt{
		"get-setup":           blind("/setup"),
		"get-session":         blind("/session"),
		"list-sessions":       blind("/sessions"),
		"get-company":         blind("/company"),
		"list-plans":          blind("/plans"),
		"get-usage":           blind("/usage"),
		"list-members":        blind("/members"),
		"list-invitations":    blind("/invitations"),
		"count-conversations": blind("/conversations/counts"),
		"list-channels":       blind("/channels"),
		"list-companies":      {{path: "/companies"}},
		"list-quarantine":     {{path: "/quarantine"}},
		"list-dead-letters":   {{path: "/dead-letters"}},
		"replay-quarantined":  {{path: "/quarantine/" + id.New(id.Quarantine, 1) + "/replay"}},
		"drop-quarantined":    {{path: "/quarantine/" + id.New(id.Quarantine, 1) + "/drop"}},
		"replay-dead-letter":  {{path: "/dead-letters/1/replay"}},
		"drop-dead-letter":    {{path: "/dead-letters/1/drop"}},
		"create-company":      {{path: "/companies", body: map[string]any{"name": "Gama"}}},
		"set-company-state":   {{path: "/operator/companies/" + other.tenant + "/state", body: map[string]any{"state": "suspended", "reason": "a stranger"}}},
		"switch-company":      {{path: "/session", body: map[string]any{"company_id": other.tenant}}},
		"change-company":      {{path: "/company", body: map[string]any{"name": "Alfa"}, status: []int{http.StatusOK, http.StatusForbidden}}},
		"change-me":           {{path: "/me", body: map[string]any{"locale": "pt-BR"}, status: []int{http.StatusOK}}},
		"set-member-role":     {{path: "/members/" + other.user, body: map[string]any{"role": "attendant"}}},
		"remove-member":       {{path: "/members/" + other.user}},
		"revoke-invitation":   {{path: "/invitations/" + other.invitation}},
		"create-invitation":   {{path: "/invitations", body: map[string]any{"email": other.email, "role": "attendant"}, status: []int{http.StatusCreated, http.StatusForbidden}}},
		"list-audit":          {{path: "/audit?cursor=" + other.cursor, status: []int{http.StatusOK, http.StatusForbidden, http.StatusUnprocessableEntity}}},
		"list-conversations": {
			{path: "/conversations?view=all", status: []int{http.StatusOK}},
			{path: "/conversations?view=all&account_id=" + other.account, status: []int{http.StatusOK}},
			{path: "/conversations?view=all&q=zebrafish", status: []int{http.StatusOK}},
			{path: "/conversations?view=all&cursor=" + other.cursor, status: []int{http.StatusOK}},
		},
		"get-conversation":       {{path: conversation}},
		"take-conversation":      {{path: conversation + "/take"}},
		"assign-conversation":    {{path: conversation + "/assign", body: map[string]any{"user_id": own.user}}, {path: mine + "/assign", body: map[string]any{"user_id": other.user}}},
		"resolve-conversation":   {{path: conversation + "/resolve"}},
		"reopen-conversation":    {{path: conversation + "/reopen"}},
		"snooze-conversation":    {{path: conversation + "/snooze", body: map[string]any{"until_ms": 0}}},
		"hand-back-conversation": {{path: conversation + "/hand-back"}, {path: mine + "/hand-back", body: map[string]any{"bot_id": other.bot}}},
		"start-bot":              {{path: conversation + "/start-bot", body: map[string]any{"bot_id": own.bot}}, {path: mine + "/start-bot", body: map[string]any{"bot_id": other.bot}}},
		"mark-conversation-read": {{path: conversation + "/read", body: map[string]any{"seq": 1}}},
		"show-typing":            {{path: conversation + "/typing", body: map[string]any{"typing": true}}},
		"get-draft":              {{path: conversation + "/draft"}},
		"save-draft":             {{path: conversation + "/draft", body: some}},
		"list-messages":          {{path: conversation + "/messages"}, {path: conversation + "/messages?after=0"}},
		"post-message": {
			{path: conversation + "/messages", body: some, key: true},
			{path: mine + "/messages", body: map[string]any{"media": map[string]any{"upload": other.upload}}, key: true},
			{path: mine + "/messages", body: map[string]any{"template": map[string]any{"template_id": other.template, "values": map[string]any{"1": "x"}}}, key: true},
			{path: mine + "/messages", body: map[string]any{"text": "x", "quote_id": other.message}, key: true, status: []int{http.StatusNotFound, http.StatusCreated, http.StatusUnprocessableEntity, http.StatusConflict}},
		},
		"post-note":          {{path: conversation + "/notes", body: some, key: true}},
		"send-message-again": {{path: "/messages/" + other.message + "/send-again"}},
		"react-to-message":   {{path: "/messages/" + other.message + "/react", key: true, body: map[string]any{"emoji": "👍"}}},
		"edit-message":       {{path: "/messages/" + other.message + "/edit", key: true, body: some}},
		"withdraw-message":   {{path: "/messages/" + other.message + "/withdraw", key: true}},
		"list-abilities":     blind("/abilities"),
		"upload-media":       {{path: "/media", body: form{[]byte("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nabc\r\n--x--\r\n"), "multipart/form-data; boundary=x"}, status: []int{http.StatusCreated}}},
		"get-archive":        blind("/archive?files=true"),
		"list-media-limits":  blind("/media/limits"),
		"get-media-thumb":    {{path: "/media/" + other.file + "/thumb"}},
		"retry-media":        {{path: "/media/" + other.file + "/retry"}},
		"get-media":          {{path: "/media/" + other.file}, {path: "/media/" + other.upload}},
		"list-contacts":      {{path: "/contacts?q=zebrafish", status: []int{http.StatusOK}}, {path: "/contacts?cursor=" + other.cursor, status: []int{http.StatusOK, http.StatusUnprocessableEntity}}},
		"get-contact":        {{path: "/contacts/" + other.contact}},
		"change-contact":     {{path: "/contacts/" + other.contact, body: map[string]any{"name": "x"}}},
		"block-contact":      {{path: "/contacts/" + other.contact + "/block", body: map[string]any{"blocked": true}}},
		"list-duplicates":    {{path: "/contacts/" + other.contact + "/duplicates"}},
		"list-merges":        {{path: "/contacts/" + other.contact + "/merges"}},
		"merge-contacts": {
			{path: "/contacts/" + other.contact + "/merge", body: map[string]any{"other_id": own.contact}},
			{path: "/contacts/" + own.contact + "/merge", body: map[string]any{"other_id": other.contact}},
		},
		"part-contacts":              {{path: "/contacts/" + other.contact + "/merges/" + id.New(id.Merge, 1) + "/undo"}},
		"get-consents":               {{path: "/contacts/" + other.contact + "/consents"}},
		"write-consent":              {{path: "/contacts/" + other.contact + "/consents", body: map[string]any{"granted": false}}},
		"list-consents":              {{path: "/consents", status: []int{http.StatusOK}}},
		"get-consent-rule":           blind("/consent-rule"),
		"set-consent-rule":           {{path: "/consent-rule", body: map[string]any{"opt_in": false}, status: []int{http.StatusOK, http.StatusForbidden}}},
		"list-contact-conversations": {{path: "/contacts/" + other.contact + "/conversations"}},
		"create-channel": {
			{path: "/channels", body: map[string]any{"channel": "telegram", "name": "x", "bot_id": other.bot, "credentials": map[string]string{"token": "777:some-token-of-another-bot"}}},
			// The other's number: refused, without a word on who has it.
			{path: "/channels", body: map[string]any{"channel": "telegram", "name": "x", "credentials": map[string]string{"token": "222:x-token-of-their-own-bot"}}, status: []int{http.StatusConflict, http.StatusForbidden}},
		},
		"get-channel":          {{path: "/channels/" + other.account}},
		"change-channel":       {{path: "/channels/" + other.account, body: map[string]any{"name": "x"}}, {path: "/channels/" + own.account, body: map[string]any{"bot_id": other.bot}}},
		"probe-channel":        {{path: "/channels/" + other.account + "/probe"}},
		"subscribe-channel":    {{path: "/channels/" + other.account + "/subscribe"}},
		"list-exchanges":       {{path: "/channels/" + other.account + "/exchanges"}},
		"get-channel-guide":    blind("/channel-guides/telegram"),
		"get-channel-health":   {{path: "/channels/" + other.account + "/health"}},
		"check-channel":        {{path: "/channels/" + other.account + "/check"}},
		"connect-channel":      {{path: "/channels/" + other.account + "/connect", body: map[string]any{}}},
		"rotate-channel-token": {{path: "/channels/" + other.account + "/token", body: map[string]any{"token": "222:another-token-of-the-bot"}}},
		"test-channel":         {{path: "/channels/" + other.account + "/test-message", body: map[string]any{"to": "1"}}},
		"disconnect-channel":   {{path: "/channels/" + other.account + "/disconnect"}},
		"list-bots":            append(blind("/bots"), blind("/bots?state=archived")...),
		"list-bot-templates":   blind("/bot-templates"),
		"list-bot-secrets":     blind("/bot-secrets"),
		"create-bot":           {{path: "/bots", body: map[string]any{"name": "Nova", "template": "recepcao"}, status: []int{http.StatusCreated, http.StatusForbidden}}},
		"change-bot":           {{path: bot, body: map[string]any{"name": "x"}}, {path: bot, body: map[string]any{"state": "archived"}}},
		"bind-bot":             {{path: bot + "/accounts", body: map[string]any{"account_id": own.account}}, {path: myBot + "/accounts", body: map[string]any{"account_id": other.account}}},
		"unbind-bot":           {{path: bot + "/accounts/" + other.account}, {path: myBot + "/accounts/" + other.account}},
		"export-bot":           {{path: bot + "/export"}},
		"get-bot-draft":        {{path: bot + "/draft"}},
		"save-bot-draft":       {{path: bot + "/draft", body: map[string]any{"revision": 1, "definition": botFlow("x")}}},
		"check-flow": {
			{path: "/bots/check", body: map[string]any{"definition": botFlow("x"), "bot_id": other.bot}},
			// The other's bot and secret are no names of ours.
			{path: "/bots/check", body: map[string]any{"definition": botCalling("zebrafish-bot", other.secret)}, status: []int{http.StatusOK, http.StatusForbidden}},
		},
		"simulate-bot": {
			{path: bot + "/simulate", body: map[string]any{"channel": "telegram", "input": map[string]any{"kind": "start"}}},
			{path: myBot + "/simulate", body: map[string]any{"definition": botCalling("zebrafish-bot", other.secret), "channel": "telegram", "input": map[string]any{"kind": "start"}},
				status: []int{http.StatusConflict, http.StatusForbidden}},
		},
		"run-bot-tests":      {{path: bot + "/tests/run", body: map[string]any{}}},
		"record-bot-test":    {{path: bot + "/tests/record", body: map[string]any{"name": "x", "channel": "telegram", "now_ms": 1, "steps": []any{}}}},
		"explore-bot":        {{path: bot + "/explore", body: map[string]any{"runs": 1}}},
		"list-bot-versions":  {{path: bot + "/versions"}},
		"get-bot-version":    {{path: bot + "/versions/1"}},
		"compare-bot":        {{path: bot + "/diff?from=1&to=draft"}},
		"get-bot-impact":     {{path: bot + "/impact"}},
		"publish-bot":        {{path: bot + "/publish", body: map[string]any{"revision": 1}}},
		"roll-back-bot":      {{path: bot + "/roll-back", body: map[string]any{"number": 1}}},
		"get-bot-counts":     {{path: bot + "/counts"}, {path: bot + "/counts?version=1"}},
		"list-bot-sessions":  {{path: bot + "/sessions"}},
		"replay-bot-session": {{path: bot + "/sessions/" + other.talk + "/replay"}, {path: myBot + "/sessions/" + other.talk + "/replay?version=1"}},
		"put-bot-secret":     {{path: "/bot-secrets/" + own.secret, body: map[string]any{"value": "x"}, status: []int{http.StatusOK, http.StatusForbidden}}},
		"delete-bot-secret":  {{path: "/bot-secrets/" + other.secret}},
		"get-bot":            {{path: "/bots/" + other.bot}},
		// These end or make sessions, each checked on its own in session_test.go
		// and setup_test.go: none takes an id.
		"sign-out": nil, "sign-out-everywhere": nil, "sign-in": nil, "set-up": nil, "open-demo-session": nil,
		// Whoever holds the token of a link may read and take it: that is its use.
		"resend-invitation":   {{path: "/invitations/" + other.invitation + "/letter"}},
		"search-audit":        {{path: "/operator/audit?company=" + other.tenant}, {path: "/operator/audit"}},
		"list-journeys":       {{path: "/operator/journeys"}},
		"inspect-journey":     {{path: "/operator/journeys/" + id.New(id.Acquisition, 1)}},
		"retry-journey-step":  {{path: "/operator/journeys/" + id.New(id.Acquisition, 1) + "/steps/deal/retry", body: map[string]any{"reason": "a stranger"}}},
		"finish-journey-step": {{path: "/operator/journeys/" + id.New(id.Acquisition, 1) + "/steps/deal/done", body: map[string]any{"reason": "a stranger", "external_id": "1"}}},
		"skip-journey-step":   {{path: "/operator/journeys/" + id.New(id.Acquisition, 1) + "/steps/deal/skip", body: map[string]any{"reason": "a stranger"}}},
		"cancel-journey":      {{path: "/operator/journeys/" + id.New(id.Acquisition, 1) + "/cancel", body: map[string]any{"reason": "a stranger"}}},
		"reissue-activation":  {{path: "/operator/journeys/" + id.New(id.Acquisition, 1) + "/activation-link"}},
		"list-environments":   {{path: "/operator/environments"}},
		"take-environment":    {{path: "/operator/environments/massivo-homolog/leases", body: map[string]any{"minutes": 60, "why": "a stranger"}}},
		"extend-environment":  {{path: "/operator/environments/massivo-homolog/leases/" + id.New(id.Lease, 1) + "/extend", body: map[string]any{"minutes": 60}}},
		"end-environment":     {{path: "/operator/environments/massivo-homolog/leases/" + id.New(id.Lease, 1)}},
		"list-integrations":   {{path: "/operator/integrations"}},
		"probe-integration":   {{path: "/operator/integrations/zoho/probe"}},
		"list-letters":        {{path: "/operator/letters"}},
		"get-mail":            {{path: "/operator/mail"}},
		"mend-letter":         {{path: "/operator/letters/" + id.New(id.Letter, 1) + "/mend"}},
		// The CRM is the platform's.
		"get-crm": {{path: "/operator/crm"}}, "change-crm": {{path: "/operator/crm", body: crmSettingsBody()}}, "connect-crm": {{path: "/operator/crm/connect", body: crmConnectBody()}},
		"disconnect-crm": {{path: "/operator/crm/disconnect"}}, "test-crm": {{path: "/operator/crm/test"}}, "check-crm-fields": {{path: "/operator/crm/fields"}},
		// Whose e-mail it is, is told to nobody; see reset_test.go.
		"ask-password-reset":  {{path: "/password-reset", body: map[string]any{"email": other.email}, status: []int{http.StatusAccepted}}},
		"open-password-reset": {{path: "/password-reset/open", body: map[string]any{"token": other.user}}},
		"reset-password":      {{path: "/password-reset/accept", body: map[string]any{"token": other.user, "password": password}}},
		// A purchase is its browser's; whose session asks makes no difference. See signup_test.go.
		"list-trades": blind("/trades"), "get-terms": blind("/terms"), "begin-signup": {{path: "/signup", body: map[string]any{"version_id": other.tenant, "interval": "month", "locale": "pt-BR"}}},
		"get-signup": {{path: "/signup"}}, "change-signup": {{path: "/signup", body: map[string]any{"tax_id": other.email}}}, "send-signup-code": {{path: "/signup/code"}},
		"prove-signup-email": {{path: "/signup/proof", body: map[string]any{"code": "AAAA-AAAA"}}}, "accept-terms": {{path: "/signup/terms", body: map[string]any{"version": "1", "hash": "1"}, status: []int{http.StatusNotFound, http.StatusConflict}}},
		"pay-signup": {{path: "/signup/checkout", body: map[string]any{}}}, "pay-signup-again": {{path: "/signup/again"}}, "cancel-signup": {{path: "/signup/cancel"}},
		"resume-signup": {{path: "/signup/resume", body: map[string]any{"email": other.email}, status: []int{http.StatusNoContent}}}, "open-signup": {{path: "/signup/open", body: map[string]any{"token": other.invitation}}},
		"show-activation": {{path: "/signup/activation"}}, "send-activation": {{path: "/signup/activation/letter"}}, "get-contract": {{path: "/signup/contract.pdf"}},
		"open-invitation":   {{path: "/invitation/open", body: map[string]any{"token": other.invitation}}},
		"accept-invitation": {{path: "/invitation/accept", body: map[string]any{"token": other.invitation, "password": password}}},
		// The stream of events is watched through the whole suite, see below.
		"stream-events": nil,
		// Factors and sessions are of a person, and not of a company.
		"list-factors":         blind("/factors"),
		"add-app":              {{path: "/factors/app", status: []int{http.StatusCreated}}},
		"confirm-app":          {{path: "/factors/app/confirm", body: map[string]any{"code": "000000"}, status: []int{http.StatusNotFound, http.StatusUnprocessableEntity}}},
		"add-passkey":          {{path: "/factors/passkeys/begin", status: []int{http.StatusOK}}},
		"confirm-passkey":      {{path: "/factors/passkeys", body: map[string]any{"passkey": map[string]any{}}, status: []int{http.StatusUnprocessableEntity, http.StatusUnauthorized}}},
		"rename-factor":        {{path: "/factors/" + other.user, body: map[string]any{"name": "x"}}},
		"remove-factor":        {{path: "/factors/" + other.user}},
		"renew-recovery-codes": {{path: "/factors/recovery-codes"}},
		"ask-step-up":          {{path: "/session/step-up/passkey"}},
		"step-up":              {{path: "/session/step-up", body: map[string]any{"password": "guess guess"}, status: []int{http.StatusForbidden, http.StatusTooManyRequests}}},
		"end-session":          {{path: "/sessions/" + other.session}},
		"end-other-sessions":   {{path: "/sessions/end-others", status: []int{http.StatusNoContent}}},
		"end-member-sessions":  {{path: "/members/" + other.user + "/sessions/end"}},
		"reset-member-factors": {{path: "/members/" + other.user + "/factors/reset"}},
		"get-factor-policy":    blind("/company/factor-policy"),
		"set-factor-policy":    {{path: "/company/factor-policy", body: map[string]any{"required": "nobody"}, status: []int{http.StatusOK, http.StatusForbidden}}},
		"reset-factors":        {{path: "/operator/factor-resets", body: map[string]any{"email": other.email, "reason": "Perdeu o celular."}}},
		"ask-support":          {{path: "/operator/companies/" + other.tenant + "/support", body: map[string]any{"reason": "Quero olhar."}}},
		"list-all-support":     {{path: "/operator/support"}},
		"approve-support":      {{path: "/operator/support/" + other.support + "/approve"}},
		"refuse-support":       {{path: "/operator/support/" + other.support + "/refuse"}},
		"end-support":          {{path: "/operator/support/" + other.support + "/end"}},
		"list-support":         blind("/support"),
		"end-company-support":  {{path: "/support/" + other.support + "/end"}},
		// Ways to the door, each checked on its own in factor_test.go.
		"sign-in-second-step": nil, "ask-passkey": nil, "sign-in-by-passkey": nil,
	}
}

func TestNoCompanyReachesAnother(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		own := furnish(t, h, h.join(h.root, "alba@alfa.example.com", "Alba", identity.Admin), "alfa", "1", "alba@alfa.example.com")
		other := furnish(t, h, h.company("Beta zebrafish", "bruno@beta.example.com", "Bruno zebrafish"), "zebrafish", "2", "bruno@beta.example.com")
		other.cursor = cursorOf(t, other)
		attendant := h.join(own.admin, "atendente@alfa.example.com", "Atena", identity.Attendant)
		before := snapshot(other)
		marks := append(other.marks(), "zebrafish", "Bruno")
		watching := []*watch{own.admin.watch(""), attendant.watch("")}
		cases := reach(own, other)
		maps.Copy(cases, reachStore(own, other))
		maps.Copy(cases, reachListing(other))
		maps.Copy(cases, reachTemplates(other))
		maps.Copy(cases, reachPlans(other))
		maps.Copy(cases, reachBilling(other))
		maps.Copy(cases, reachCosts(other))
		for _, op := range allOperations(t) {
			attempts, listed := cases[op.OperationID]
			if !listed {
				t.Errorf("%s has no case: say how another company would reach for it", op.OperationID)
			}
			for _, one := range attempts {
				for name, who := range map[string]*client{"admin": own.admin, "attendant": attendant} {
					check(t, op.OperationID+" as "+name, call(who, op.Method, one), one, marks)
				}
			}
		}
		for name := range cases {
			if !slices.ContainsFunc(allOperations(t), func(op operation) bool { return op.OperationID == name }) {
				t.Errorf("%s is no operation any more", name)
			}
		}
		if after := snapshot(other); after != before {
			t.Errorf("the other company changed:\n%s\nwas\n%s", after, before)
		}
		checkStreams(t, h, own, other, watching, marks)
		checkConsumers(t, h, own, other)
	})
}

func call(who *client, method string, one attempt) *answer {
	var headers []string
	if one.key {
		headers = []string{"Idempotency-Key", fmt.Sprintf("key-%p-%s", who, id.New(id.Event, 1))}
	}
	return who.call(method, one.path, one.body, headers...)
}

func check(t *testing.T, what string, got *answer, one attempt, marks []string) {
	t.Helper()
	allowed := one.status
	if allowed == nil {
		allowed = shut
	}
	if !slices.Contains(allowed, got.status) {
		t.Errorf("%s: %s answers %d, want one of %v: %s", what, got.what, got.status, allowed, got.body)
	}
	seen := string(got.body) + fmt.Sprint(got.header)
	for _, mark := range marks {
		// What the caller said may be said back.
		asked, _ := json.Marshal(one.body)
		if strings.Contains(seen, mark) && !strings.Contains(one.path, mark) && !strings.Contains(string(asked), mark) {
			t.Errorf("%s: %s leaks %q: %s", what, got.what, mark, got.body)
		}
	}
}

// cursorOf is a place in the other's list.
func cursorOf(t *testing.T, e estate) string {
	t.Helper()
	rows := e.admin.get("/audit?limit=1").want(http.StatusOK)
	return rows.text("next")
}

// snapshot is all that a company sees of itself.
func snapshot(e estate) string {
	var all strings.Builder
	for _, path := range []string{
		"/company", "/members", "/invitations", "/support", "/company/factor-policy", "/channels", "/contacts", "/contacts/" + e.contact, "/conversations?view=all", "/conversations/counts",
		"/conversations/" + e.conversation + "/messages", "/conversations/" + e.conversation + "/draft", "/bots", "/audit", "/products", "/collections", "/coupons", "/delivery/zones", "/orders", "/orders/" + e.order, "/payments/setting",
		"/contacts/" + e.contact + "/cart", "/variants/" + e.variant + "/movements", "/bot-secrets",
		"/bots/" + e.bot, "/bots/" + e.bot + "/draft", "/bots/" + e.bot + "/versions", "/bots/" + e.bot + "/sessions", "/bots/" + e.bot + "/sessions/" + e.talk + "/replay", "/channels/" + e.account + "/exchanges",
	} {
		fmt.Fprintf(&all, "%s %s\n", path, e.admin.get(path).want(http.StatusOK).body)
	}
	return all.String()
}

// checkStreams has the other company live on while the first one watches, and
// resumes at a place of the other's.
func checkStreams(t *testing.T, h *house, own, other estate, watching []*watch, marks []string) {
	t.Helper()
	theirs := other.admin.watch("")
	h.writes(other.admin, other.account, "200", "zebrafish cliente", "zebrafish segredo", nil)
	other.admin.call(http.MethodPatch, "/contacts/"+other.contact, map[string]any{"name": "zebrafish renomeado"}).want(http.StatusOK)
	other.admin.call(http.MethodPost, "/conversations/"+other.conversation+"/typing", map[string]any{"typing": true}).want(http.StatusNoContent)
	other.admin.call(http.MethodPatch, "/company", map[string]any{"name": "Beta zebrafish 2"}).want(http.StatusOK)
	lastID := ""
	theirs.each(func(e [3]string) bool {
		if e[0] != "" {
			lastID = e[0]
		}
		return e[1] == event.TenantUpdated
	})
	watching = append(watching, own.admin.watch(lastID), own.admin.watch(strings.Split(lastID, ".")[0]+".1.0"))
	h.writes(own.admin, own.account, "100", "alfa cliente", "alfa fim", nil)
	sentinel := h.join(own.admin, "fim@alfa.example.com", "Fim", identity.Attendant).userID() // which all may see
	for _, w := range watching {
		w.each(func(e [3]string) bool {
			for _, mark := range marks {
				if strings.Contains(e[2], mark) {
					t.Errorf("the stream of events leaks %q: %v", mark, e)
				}
			}
			return e[1] == event.MemberUpdated && strings.Contains(e[2], sentinel)
		})
	}
}

// checkConsumers feeds every consumer of the streams what names one company and
// the things of the other: nothing of the other's may move. The consumers are
// those of the streams themselves, so that a new one is noticed.
func checkConsumers(t *testing.T, h *house, own, other estate) {
	t.Helper()
	before := snapshot(other)
	in := channel.Inbound{
		Kind: channel.InMessage, Key: "forged", ExternalID: "forged", AtMS: 1, Name: "intruso",
		From:    []message.Address{{Kind: message.TelegramUser, Value: "200"}},
		Content: message.Content{Kind: message.Text, Text: "intruso"},
	}
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []event.Raw{
		{TenantID: own.tenant, AccountID: other.account, Channel: "telegram", ReceivedMS: 1, Body: body},
		{TenantID: "", AccountID: other.account, Channel: "telegram", ReceivedMS: 1, Body: body},
	} {
		if err := h.replay(context.Background(), raw); err != nil {
			t.Fatal(err)
		}
	}
	// One message behind them on the same shard: when it is there, they are done.
	h.writes(own.admin, own.account, "100", "alfa cliente", "alfa depois", nil)
	if after := snapshot(other); after != before {
		t.Errorf("a frame that names another company changed this one:\n%s\nwas\n%s", after, before)
	}
	if subject := conversation.Subject(0); subject != "in.channel.0" {
		t.Errorf("the subject is %s: is there another consumer?", subject)
	}
	for _, name := range []string{stream.In, stream.Event} {
		if _, last, err := h.streams.Bounds(context.Background(), name); err != nil || last == 0 {
			t.Errorf("the suite did not go through %s: %v", name, err)
		}
	}
}
