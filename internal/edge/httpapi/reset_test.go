package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/secretbox"
)

// mailbag is a vendor that keeps what it is given; refuses says which addresses
// it can't write to.
type mailbag struct {
	mu      sync.Mutex
	mails   []mail.Mail
	refuses string
}

func (m *mailbag) Name() string { return "bag" }

func (m *mailbag) Send(_ context.Context, letter mail.Mail) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuses != "" && strings.Contains(letter.To.Email, m.refuses) {
		return "", &mail.Trouble{Kind: mail.Refused, Message: "no such street"}
	}
	m.mails = append(m.mails, letter)
	return letter.LetterID, nil
}

// to gives the mails to an address, oldest first.
func (m *mailbag) to(address string) []mail.Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []mail.Mail
	for _, letter := range m.mails {
		if letter.To.Email == address {
			list = append(list, letter)
		}
	}
	return list
}

func (h *house) openMail(box *secretbox.Box, logger *slog.Logger) {
	h.outbox = &mailbag{}
	var err error
	if h.mail, err = mail.New(defaults[mail.Config](h.t), h.db, box, h.outbox, logger); err != nil {
		h.t.Fatal(err)
	}
	h.identity.BindPost(h.mail)
}

// post sends what waits, as the worker would.
func (h *house) post() {
	h.t.Helper()
	ctx := context.Background()
	if err := h.identity.SweepResets(ctx); err != nil {
		h.t.Fatal(err)
	}
	if err := h.mail.Sweep(ctx); err != nil {
		h.t.Fatal(err)
	}
}

// tokenOf gives what stands behind the # of a mail's link.
func tokenOf(m mail.Mail) string {
	_, token, _ := strings.Cut(m.Data["link"], "#")
	return token
}

func TestAForgottenPasswordIsReplacedByMail(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		email := h.root.get("/session").text("user", "email")
		stranger := h.browser()
		if !strings.Contains(string(h.root.get("/setup").body), `"mail":true`) {
			t.Error("the sign-in page is not told that passwords can be replaced")
		}
		known := stranger.call(http.MethodPost, "/password-reset", map[string]any{"email": strings.ToUpper(email)}).want(http.StatusAccepted)
		nobody := stranger.call(http.MethodPost, "/password-reset", map[string]any{"email": "nobody@example.com"}).want(http.StatusAccepted)
		if string(known.body) != string(nobody.body) {
			t.Errorf("the answers differ: %q, %q", known.body, nobody.body)
		}
		stranger.call(http.MethodPost, "/password-reset", map[string]any{"email": "no address"}).want(http.StatusUnprocessableEntity)
		h.post()
		if len(h.outbox.to("nobody@example.com")) != 0 {
			t.Error("somebody without an account was written to")
		}
		letters := h.outbox.to(email)
		if len(letters) != 1 || letters[0].Template != mail.PasswordReset || !strings.HasPrefix(letters[0].Data["link"], "http://prosa.example.com/reset#") {
			t.Fatalf("letters: %+v", letters)
		}
		token := tokenOf(letters[0])
		if got := stranger.call(http.MethodPost, "/password-reset/open", map[string]any{"token": token}).want(http.StatusOK).text("email"); got != email {
			t.Errorf("the link is %q's", got)
		}
		stranger.call(http.MethodPost, "/password-reset/accept", map[string]any{"token": token, "password": "short"}).
			wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "weak_password")
		stranger.call(http.MethodPost, "/password-reset/accept", map[string]any{"token": token, "password": "a wholly new password"}).want(http.StatusNoContent)
		stranger.call(http.MethodPost, "/password-reset/accept", map[string]any{"token": token, "password": "and another password"}).
			wantProblem(http.StatusNotFound, fault.NotFound, "")
		h.root.get("/session").want(http.StatusUnauthorized)
		stranger.get("/session").want(http.StatusUnauthorized) // it signs nobody in
		stranger.call(http.MethodPost, "/session", map[string]any{"email": email, "password": "a wholly new password"}).want(http.StatusCreated)
		h.post()
		if letters = h.outbox.to(email); len(letters) != 2 || letters[1].Template != mail.PasswordChanged {
			t.Errorf("no notice was sent: %+v", letters)
		}
		if logs := h.logs.String(); strings.Contains(logs, token) {
			t.Error("the token is in the log")
		}
	})
}

func TestInvitationsAreMailed(t *testing.T) {
	h := open(t, databasetest.Open(t))
	h.outbox.refuses = "@gone.example.com"
	made := h.root.call(http.MethodPost, "/invitations", map[string]any{"email": "bia@example.com", "role": "attendant"}).want(http.StatusCreated)
	lost := h.root.call(http.MethodPost, "/invitations", map[string]any{"email": "leo@gone.example.com", "role": "admin"}).want(http.StatusCreated)
	if !strings.Contains(string(made.body), `"mailed":true`) {
		t.Error("the admin is not told that the invitation is mailed")
	}
	// Two of one millisecond stand in any order.
	place := map[string]string{}
	for n, one := range decode[struct{ Items []struct{ Email string } }](h.root.get("/invitations").want(http.StatusOK)).Items {
		place[one.Email] = strconv.Itoa(n)
	}
	bia, leo := place["bia@example.com"], place["leo@gone.example.com"]
	if got := h.root.get("/invitations").text("items", bia, "letter", "state"); got != "queued" {
		t.Errorf("before it went it is %q", got)
	}
	h.post()
	letters := h.outbox.to("bia@example.com")
	if len(letters) != 1 || letters[0].Data["link"] != made.text("link") {
		t.Fatalf("letters: %+v", letters)
	}
	list := h.root.get("/invitations").want(http.StatusOK)
	if a, b := list.text("items", bia, "letter", "state"), list.text("items", leo, "letter", "state"); a != "accepted" || b != "failed" {
		t.Errorf("states: %s, %s", a, b)
	}
	if got := list.text("items", leo, "letter", "problem"); got != "no such street" {
		t.Errorf("why it was not sent: %q", got)
	}
	if strings.Contains(string(list.body), tokenOf(letters[0])) {
		t.Error("the list gives the link away")
	}
	path := "/invitations/" + lost.text("invitation", "id") + "/letter"
	h.outbox.refuses = ""
	if got := h.root.call(http.MethodPost, path, nil).want(http.StatusOK).text("state"); got != "queued" {
		t.Errorf("sent again it is %s", got)
	}
	h.root.call(http.MethodPost, path, nil).wantProblem(http.StatusConflict, fault.Refused, "letter_done")
	h.root.call(http.MethodPost, "/invitations/inv_none/letter", nil).wantProblem(http.StatusNotFound, fault.NotFound, "")
	h.post()
	if len(h.outbox.to("leo@gone.example.com")) != 1 {
		t.Error("it was not sent again")
	}
	shown := decode[struct{ Items []struct{ ID, To string } }](h.root.get("/operator/letters").want(http.StatusOK)).Items
	at := slices.IndexFunc(shown, func(l struct{ ID, To string }) bool { return l.To == "leo@gone.example.com" })
	if at < 0 {
		t.Fatalf("operators see %v", shown)
	}
	h.root.call(http.MethodPost, "/operator/letters/"+shown[at].ID+"/mend", nil).wantProblem(http.StatusConflict, fault.Refused, "letter_done")
	if h.root.get("/operator/mail").text("sender") != "bag" {
		t.Error("operators are not told who sends")
	}
}
