package httpapi

import (
	"context"
	"mime"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/platform/database/databasetest"
)

func TestAnAttendantSendsAFile(t *testing.T) {
	h := open(t, databasetest.Open(t))
	account := h.connect(h.root, "Telegram", "111:token-of-the-first-bot")
	conversationID, _ := h.writes(h.root, account, "500", "Cliente", "oi", nil)
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100)
	upload := h.root.call(http.MethodPost, "/media", file(t, "bolo.png", png)).want(http.StatusCreated)
	if upload.text("kind") != "image" || upload.text("mime") != "image/png" {
		t.Fatalf("uploaded: %s", upload.body)
	}
	posted := h.root.call(http.MethodPost, "/conversations/"+conversationID+"/messages",
		map[string]any{"text": "O bolo", "media": map[string]any{"upload": upload.text("id")}}, "Idempotency-Key", "key-00001").want(http.StatusCreated)
	if posted.text("content", "kind") != "image" || posted.text("content", "text") != "O bolo" {
		t.Fatalf("posted: %s", posted.body)
	}
	got := h.root.get("/media/" + posted.text("id")).want(http.StatusOK)
	if string(got.body) != png || got.header.Get("Content-Type") != "image/png" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "inline") {
		t.Fatalf("%d bytes, %v", len(got.body), got.header)
	}
	part := h.root.call(http.MethodGet, "/media/"+posted.text("id"), nil, "Range", "bytes=0-3").want(http.StatusPartialContent)
	if string(part.body) != "\x89PNG" {
		t.Fatalf("a range gave %q", part.body)
	}
}

func TestFilesOfStrangersAreDownloads(t *testing.T) {
	h := open(t, databasetest.Open(t))
	account := h.connect(h.root, "Telegram", "111:token-of-the-first-bot")
	ref, err := h.blobs.Put(context.Background(), h.root.tenantID(), strings.NewReader("<script>alert(1)</script>"), 100)
	if err != nil {
		t.Fatal(err)
	}
	for name, media := range map[string]message.Media{
		"html": {MIME: "text/html", Name: "a.html", Blob: ref.Hash, State: "ready"},
		"svg":  {MIME: "image/svg+xml", Name: "a\r\nX: y.svg", Blob: ref.Hash, State: "ready"},
		"pdf":  {MIME: "application/pdf; x=y", Name: "relatório \"final\".pdf", Blob: ref.Hash, State: "ready"},
	} {
		_, messageID := h.writes(h.root, account, "500", "Cliente", name, &media)
		got := h.root.get("/media/" + messageID).want(http.StatusOK)
		disposition, parameters, err := mime.ParseMediaType(got.header.Get("Content-Disposition"))
		if err != nil || disposition != "attachment" || got.header.Get("Content-Type") != "application/octet-stream" || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v %v %v", name, err, parameters, got.header)
		}
		if got.header.Get("X") != "" {
			t.Errorf("%s: a file's name wrote a header", name)
		}
	}
	_, pending := h.writes(h.root, account, "500", "Cliente", "depois", &message.Media{MIME: "image/png", Remote: "r1", State: "pending"})
	h.root.get("/media/"+pending).wantProblem(http.StatusNotFound, fault.NotFound, "media_pending")
	_, text := h.writes(h.root, account, "500", "Cliente", "só texto", nil)
	h.root.get("/media/"+text).wantProblem(http.StatusNotFound, fault.NotFound, "")
}

func TestFilesAreBounded(t *testing.T) {
	h := open(t, databasetest.Open(t))
	h.root.call(http.MethodPost, "/media", file(t, "a.txt", strings.Repeat("a", 1<<20+1))).wantProblem(http.StatusRequestEntityTooLarge, fault.TooLarge, "")
	h.root.call(http.MethodPost, "/media", file(t, "a.txt", "")).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
	big := h.root.call(http.MethodPost, "/media", file(t, "a.txt", strings.Repeat("a", 2<<20)))
	if big.status != http.StatusRequestEntityTooLarge {
		t.Fatalf("a form over the limit: %d %s", big.status, big.body)
	}
}
