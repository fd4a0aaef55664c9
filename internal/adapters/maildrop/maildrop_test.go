package maildrop

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/modules/mail"
)

func letter(id string) mail.Mail {
	return mail.Mail{
		LetterID: id, From: mail.Address{Email: "prosa@example.com", Name: "Prosa"}, To: mail.Address{Email: "ana@example.com", Name: "Ana"},
		Content: mail.Content{Subject: "Olá <" + id + ">", Text: "Abra:\nhttps://prosa.example.com/reset#a-token\n", HTML: "<h1>Olá</h1>"},
	}
}

func get(t *testing.T, page http.Handler, path string) (int, string, http.Header) {
	t.Helper()
	answer := httptest.NewRecorder()
	page.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Code, string(body), answer.Header()
}

func TestMailsLieInTheFolderAndOnThePage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	drop := New(Config{Dir: dir}, clock.NewManual(time.UnixMilli(1_700_000_000_000)))
	page := drop.Page()
	if status, body, _ := get(t, page, "/"); status != http.StatusOK || !strings.Contains(body, "Nada ainda") {
		t.Fatalf("before the first mail: %d %s", status, body)
	}
	for _, id := range []string{"ltr_1", "ltr_2", "ltr_2"} {
		if external, err := drop.Send(context.Background(), letter(id)); err != nil || external != id {
			t.Fatal(external, err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Fatalf("files: %v, %v", files, err)
	}
	for _, file := range files {
		if info, err := file.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read by others: %v, %v", file.Name(), info.Mode(), err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "broken.eml"), []byte("no mail"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, body, header := get(t, page, "/")
	if first, second := strings.Index(body, "Olá &lt;ltr_2&gt;"), strings.Index(body, "Olá &lt;ltr_1&gt;"); first < 0 || second < first {
		t.Errorf("the page does not show the newest first, as text: %s", body)
	}
	if !strings.Contains(body, `href="https://prosa.example.com/reset#a-token"`) {
		t.Error("the link can't be opened")
	}
	if !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") || header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("headers: %v", header)
	}
	if status, body, _ := get(t, page, "/ltr_1"); status != http.StatusOK || body != "<h1>Olá</h1>" {
		t.Errorf("one mail: %d %s", status, body)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "secret.eml"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/none", "/..%2Fsecret", "/broken"} {
		if status, _, _ := get(t, page, path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestAFolderThatIsNoneIsToldAsTrouble(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	drop := New(Config{Dir: filepath.Join(file, "mail")}, clock.System{})
	_, err := drop.Send(context.Background(), letter("ltr_1"))
	if trouble := new(mail.Trouble); !errors.As(err, &trouble) || trouble.Kind != mail.Down {
		t.Errorf("error: %v", err)
	}
	if status, _, _ := get(t, drop.Page(), "/"); status != http.StatusInternalServerError {
		t.Errorf("the page: %d", status)
	}
	if drop.Name() != Name {
		t.Error("it has another name")
	}
}
