package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/pquerna/otp/totp"

	"prosa/internal/base/fault"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/secretbox"
)

// giveApp sets up a code app for who is signed in, and gives its key and the
// recovery codes.
func giveApp(t *testing.T, c *client) (key string, codes []string) {
	t.Helper()
	seed := c.call(http.MethodPost, "/factors/app", nil).want(http.StatusCreated)
	key = seed.text("key")
	if picture := decode[struct{ QR qrCode }](seed).QR; picture.Size < 21 || !strings.HasPrefix(picture.Path, "M0 0h7v1H0z") { // its finder pattern
		t.Fatalf("the picture is %+v", picture)
	}
	// An operator's code lives as long as its half minute, which may just end.
	for range 3 {
		got := c.call(http.MethodPost, "/factors/app/confirm", map[string]any{"code": appCode(t, key), "name": "Telefone"})
		if got.status == http.StatusOK {
			return key, decode[struct {
				Codes []string `json:"recovery_codes"`
			}](got).Codes
		}
		got.wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "bad_code")
	}
	t.Fatal("no code was taken")
	return "", nil
}

func appCode(t *testing.T, key string) string {
	t.Helper()
	code, err := totp.GenerateCode(key, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// stale lets the proofs of all sessions be long past.
func (h *house) stale() {
	h.t.Helper()
	err := h.db.Write(context.Background(), database.Platform("a test lets time pass for all"), func(ctx context.Context, tx *database.Tx) error {
		tx.Notify("identity.rights", 0)
		_, err := tx.Exec(ctx, "UPDATE login_session SET proved_ms = 1")
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// ASVS 3.3.1 to 3.3.4, 6.6.2, 7.2.4: a second step belongs to the browser that
// began, and every step has a token of its own.
func TestSignInWithASecondFactor(t *testing.T) {
	h := open(t, databasetest.Open(t))
	bia := h.join(h.root, "bia@alfa.example.com", "Bia", identity.Attendant)
	before := bia.jar["sid"]
	_, codes := giveApp(t, bia)
	if len(codes) != 10 {
		t.Fatalf("recovery codes %v", codes)
	}
	bia.get("/session").want(http.StatusOK)
	if bia.jar["sid"] == before {
		t.Fatal("the token stays after a new factor")
	}
	b := h.browser()
	begun := b.call(http.MethodPost, "/session", map[string]any{"email": "bia@alfa.example.com", "password": password}).want(http.StatusAccepted)
	for _, part := range []string{"step=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=300"} {
		if cookie := begun.header.Get("Set-Cookie"); !strings.Contains(cookie, part) || strings.Contains(cookie, "sid=") {
			t.Errorf("the cookie of the second step lacks %s: %s", part, cookie)
		}
	}
	if strings.Contains(string(begun.body), b.jar["step"]) || !strings.Contains(string(begun.body), `"totp","recovery"`) {
		t.Fatalf("begun: %s", begun.body)
	}
	b.get("/session").wantProblem(http.StatusUnauthorized, fault.Unauthorized, "")
	h.browser().call(http.MethodPost, "/session/factor", map[string]any{"recovery": codes[0]}).wantProblem(http.StatusUnauthorized, fault.Unauthorized, "challenge_over")
	b.call(http.MethodPost, "/session/factor", map[string]any{"code": "000000"}).wantProblem(http.StatusUnauthorized, fault.Unauthorized, "bad_code")
	done := b.call(http.MethodPost, "/session/factor", map[string]any{"recovery": codes[0]}).want(http.StatusCreated)
	if _, kept := b.jar["step"]; kept || b.jar["sid"] == "" || !decode[me](done).MustEnrol {
		t.Fatalf("signed in: %v %s", b.jar, done.body)
	}
	b.get("/conversations").wantProblem(http.StatusForbidden, fault.Forbidden, "must_enrol")
	giveApp(t, b)
	b.get("/conversations").want(http.StatusOK)
	factors := decode[identity.Factors](b.get("/factors").want(http.StatusOK))
	if len(factors.Items) != 1 || factors.Items[0].Name != "Telefone" || factors.RecoveryLeft != 10 {
		t.Fatalf("factors %+v", factors)
	}
	path := "/factors/" + factors.Items[0].ID
	b.call(http.MethodPatch, path, map[string]any{"name": "Celular"}).want(http.StatusNoContent)
	b.call(http.MethodPost, "/factors/recovery-codes", nil).want(http.StatusOK)
	b.call(http.MethodDelete, path, nil).want(http.StatusNoContent)
	h.browser().call(http.MethodPost, "/session", map[string]any{"email": "bia@alfa.example.com", "password": password}).want(http.StatusCreated)
}

func TestSignInByPasskeyAlone(t *testing.T) {
	h := open(t, databasetest.Open(t))
	bia := h.join(h.root, "bia@alfa.example.com", "Bia", identity.Attendant)
	party := virtualwebauthn.RelyingParty{Name: "Prosa", ID: "prosa.example.com", Origin: "http://prosa.example.com"}
	auth, key := virtualwebauthn.NewAuthenticator(), virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeRSA)
	asked := decode[struct{ Passkey json.RawMessage }](bia.call(http.MethodPost, "/factors/passkeys/begin", nil).want(http.StatusOK))
	creation, err := virtualwebauthn.ParseAttestationOptions(string(asked.Passkey))
	if err != nil {
		t.Fatal(err)
	}
	auth.Options.UserHandle = []byte(creation.UserID)
	bia.call(http.MethodPost, "/factors/passkeys", map[string]any{
		"name": "Notebook", "passkey": json.RawMessage(virtualwebauthn.CreateAttestationResponse(party, auth, key, *creation)),
	}).want(http.StatusCreated)

	b := h.browser()
	asked = decode[struct{ Passkey json.RawMessage }](b.call(http.MethodPost, "/session/passkey/begin", nil).want(http.StatusAccepted))
	assertion, err := virtualwebauthn.ParseAssertionOptions(string(asked.Passkey))
	if err != nil {
		t.Fatal(err)
	}
	key.Counter++
	answer := map[string]any{"passkey": json.RawMessage(virtualwebauthn.CreateAssertionResponse(party, auth, key, *assertion))}
	h.browser().call(http.MethodPost, "/session/passkey", answer).wantProblem(http.StatusUnauthorized, fault.Unauthorized, "challenge_over")
	if got := b.call(http.MethodPost, "/session/passkey", answer).want(http.StatusCreated); got.text("user", "name") != "Bia" {
		t.Fatalf("signed in: %s", got.body)
	}
	if got := b.get("/sessions").want(http.StatusOK); !strings.Contains(string(got.body), `"proof":"passkey"`) {
		t.Fatalf("sessions: %s", got.body)
	}
}

// ASVS 7.5.1: sensitive operations ask again who is there. A new one is a
// decision, so it is named here.
func TestSensitiveOperationsWantAFreshProof(t *testing.T) {
	marked := map[string]bool{}
	for _, op := range allOperations(t) {
		if op.Extensions[freshKey] == true {
			marked[op.OperationID] = true
		}
	}
	for _, name := range []string{
		"add-app", "confirm-app", "add-passkey", "confirm-passkey", "remove-factor", "renew-recovery-codes", "set-factor-policy", "reset-member-factors",
		"reset-factors", "ask-support", "approve-support",
	} {
		if !marked[name] {
			t.Errorf("%s asks for no fresh proof", name)
		}
	}
	// What operators write asks too, but for what harms nobody or can be taken back.
	calm := []string{
		"create-plan", "draft-plan", "edit-plan", "discard-plan", // nobody sees a draft
		"refuse-support", "end-support", // takes away
		"retry-journey-step", "replay-quarantined", "replay-dead-letter", "mend-letter", "probe-integration", "test-crm", "check-crm-fields", // once more
		"change-crm", "set-invoice-nfse", // names and numbers
		"set-cost-rates", "set-cost-fees", "delete-cost-fee", "set-cost-rules", "set-cost-budgets", "add-cost-saving", "change-cost-saving", "save-cost-invoice",
		"save-cost-account", "remove-cost-account", "start-cost-import", // what a report is reckoned by: written down, and typed anew
		"revoke-cost-reader",                                        // takes away
		"take-environment", "extend-environment", "end-environment", // machines for trials, for some hours
	}
	for _, op := range allOperations(t) {
		writes := op.Method != http.MethodGet && op.Extensions[permissionKey] == string(identity.PlatformOperate)
		if writes && marked[op.OperationID] == slices.Contains(calm, op.OperationID) {
			t.Errorf("%s asks operators for a fresh proof: %t", op.OperationID, marked[op.OperationID])
		}
	}
	h := open(t, databasetest.Open(t))
	bia := h.join(h.root, "bia@alfa.example.com", "Bia", identity.Attendant)
	clicked := h.browser()
	clicked.call(http.MethodPost, "/demo/session", map[string]any{"role": "attendant"}).want(http.StatusCreated)
	h.stale()
	bia.call(http.MethodPost, "/factors/app", nil).wantProblem(http.StatusForbidden, fault.Forbidden, "step_up_required")
	h.root.call(http.MethodPut, "/company/factor-policy", map[string]any{"required": "admins"}).wantProblem(http.StatusForbidden, fault.Forbidden, "step_up_required")
	clicked.call(http.MethodPost, "/factors/app", nil).want(http.StatusCreated) // has nothing to prove it by
	bia.call(http.MethodPost, "/session/step-up", map[string]any{"password": "wrong password"}).wantProblem(http.StatusForbidden, fault.Forbidden, "wrong_password")
	token := bia.jar["sid"]
	bia.call(http.MethodPost, "/session/step-up", map[string]any{"password": password}).want(http.StatusNoContent)
	key, _ := giveApp(t, bia)
	if bia.jar["sid"] == token {
		t.Fatal("the token stays after a new proof")
	}
	h.stale()
	bia.call(http.MethodPost, "/session/step-up", map[string]any{"password": password}).wantProblem(http.StatusForbidden, fault.Forbidden, "factor_needed")
	bia.call(http.MethodPost, "/session/step-up/passkey", nil).wantProblem(http.StatusNotFound, fault.NotFound, "")
	// The next code: this half minute's is used up.
	code, err := totp.GenerateCode(key, time.Now().Add(30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	bia.call(http.MethodPost, "/session/step-up", map[string]any{"code": code}).want(http.StatusNoContent)
	bia.call(http.MethodPost, "/factors/recovery-codes", nil).want(http.StatusOK)
}

// ASVS 6.3.2 and 6.3.3: the first operator sets up a factor before anything else.
func TestTheFirstOperatorEnrolsFirst(t *testing.T) {
	h := bare(t, databasetest.Open(t), "https://prosa.example.com", false)
	box, err := secretbox.Open(secretbox.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	h.identity.BindSealer(box)
	token, err := h.identity.SetupToken(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	made := b.call(http.MethodPost, "/setup", map[string]any{"token": token.Reveal(), "company_name": "Alfa", "name": "Ana", "email": "ana@example.com", "password": password}).want(http.StatusCreated)
	if who := decode[me](made); !who.MustEnrol || len(who.Permissions) != 0 {
		t.Fatalf("set up: %+v", who)
	}
	for _, path := range []string{"/members", "/companies", "/audit", "/operator/support"} {
		b.get(path).wantProblem(http.StatusForbidden, fault.Forbidden, "must_enrol")
	}
	giveApp(t, b)
	for _, path := range []string{"/members", "/companies", "/audit", "/operator/support"} {
		b.get(path).want(http.StatusOK)
	}
	b.call(http.MethodPatch, "/session", map[string]any{"company_id": b.tenantID()}).want(http.StatusOK)
	if cookie := b.call(http.MethodPost, "/session", map[string]any{"email": "ana@example.com", "password": password}).want(http.StatusAccepted).header.Get("Set-Cookie"); !strings.HasPrefix(cookie, "__Host-step=") || !strings.Contains(cookie, "; Secure") {
		t.Fatalf("by https the cookie is %s", cookie)
	}
}

// ASVS 8.2.1: support reads, and the company sees and ends it.
func TestSupportReadsOnly(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		beta := h.company("Beta", "bruno@beta.example.com", "Bruno")
		account := h.connect(beta, "Telegram", "222:token-of-another-bot")
		conversation, _ := h.writes(beta, account, "500", "Cliente", "oi", nil)
		tenantID := beta.tenantID()
		h.root.call(http.MethodPatch, "/session", map[string]any{"company_id": tenantID}).wantProblem(http.StatusForbidden, fault.Forbidden, "")
		access := h.root.call(http.MethodPost, "/operator/companies/"+tenantID+"/support", map[string]any{"reason": "O bot parou."}).want(http.StatusCreated).text("id")
		seen := decode[me](h.root.call(http.MethodPatch, "/session", map[string]any{"company_id": tenantID}).want(http.StatusOK))
		if seen.Support == nil || seen.Support.Reason != "O bot parou." || slices.Contains(seen.Permissions, identity.InboxReply) {
			t.Fatalf("looks as %+v", seen)
		}
		h.root.get("/conversations/" + conversation).want(http.StatusOK)
		h.root.get("/conversations?view=all").want(http.StatusOK)
		h.root.call(http.MethodPost, "/conversations/"+conversation+"/read", map[string]any{"seq": 1}).wantProblem(http.StatusForbidden, fault.Forbidden, "support_reads")
		h.root.call(http.MethodPost, "/conversations/"+conversation+"/messages", map[string]any{"text": "x"}, "Idempotency-Key", "k").wantProblem(http.StatusForbidden, fault.Forbidden, "role")
		h.root.get("/invitations").wantProblem(http.StatusForbidden, fault.Forbidden, "role")
		if got := beta.get("/support").want(http.StatusOK); got.text("items", "0", "operator_name") != "Ana" {
			t.Fatalf("the company sees %s", got.body)
		}
		if got := beta.get("/audit").want(http.StatusOK); !strings.Contains(string(got.body), "support.opened") {
			t.Fatalf("the company's log: %s", got.body)
		}
		beta.call(http.MethodPost, "/support/"+access+"/end", nil).want(http.StatusOK)
		h.root.get("/conversations/"+conversation).wantProblem(http.StatusForbidden, fault.Forbidden, "no_company")
		h.root.call(http.MethodPost, "/operator/support/"+access+"/approve", nil).wantProblem(http.StatusConflict, fault.Conflict, "")
	})
}

// ASVS 7.5.2 and 7.4.5.
func TestSessionsAreEndedByTheirPersonAndTheirAdmin(t *testing.T) {
	h := open(t, databasetest.Open(t))
	bia := h.join(h.root, "bia@alfa.example.com", "Bia", identity.Attendant)
	other, third := h.browser(), h.browser()
	for _, b := range []*client{other, third} {
		b.call(http.MethodPost, "/session", map[string]any{"email": "bia@alfa.example.com", "password": password}).want(http.StatusCreated)
	}
	bia.call(http.MethodDelete, "/sessions/"+other.get("/session").text("session_id"), nil).want(http.StatusNoContent)
	other.get("/session").want(http.StatusUnauthorized)
	bia.call(http.MethodPost, "/sessions/end-others", nil).want(http.StatusNoContent)
	third.get("/session").want(http.StatusUnauthorized)
	h.root.call(http.MethodPost, "/members/"+bia.userID()+"/sessions/end", nil).want(http.StatusNoContent)
	bia.get("/session").want(http.StatusUnauthorized)
}
