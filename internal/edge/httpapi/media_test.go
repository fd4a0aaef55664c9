package httpapi

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"image/png"
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

// drawn is a picture of the given size, as PNG.
func drawn(t *testing.T, w, h int) string {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewRGBA(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestAPictureIsShownSmallAndNeverRuns(t *testing.T) {
	h := open(t, databasetest.Open(t))
	account := h.connect(h.root, "Telegram", "111:token-of-the-first-bot")
	conversationID, _ := h.writes(h.root, account, "500", "Cliente", "oi", nil)
	upload := h.root.call(http.MethodPost, "/media", file(t, "bolo.png", drawn(t, 960, 600))).want(http.StatusCreated)
	posted := h.root.call(http.MethodPost, "/conversations/"+conversationID+"/messages",
		map[string]any{"media": map[string]any{"upload": upload.text("id")}}, "Idempotency-Key", "key-00002").want(http.StatusCreated)
	small := h.root.get("/media/" + posted.text("id") + "/thumb").want(http.StatusOK)
	size, err := jpeg.DecodeConfig(bytes.NewReader(small.body))
	if err != nil || size.Width != 480 || size.Height != 300 || small.header.Get("Content-Type") != "image/jpeg" {
		t.Fatal(size, err, small.header)
	}
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=31536000, immutable",
	} {
		if got := small.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if small.header.Get("Etag") == "" {
		t.Error("a browser can't ask whether it changed")
	}
	h.root.get("/media/"+posted.text("id")+"?item=1").wantProblem(http.StatusNotFound, fault.NotFound, "")
}

func TestAFileThatFailedIsAskedForAgain(t *testing.T) {
	h := open(t, databasetest.Open(t))
	account := h.connect(h.root, "Telegram", "111:token-of-the-first-bot")
	_, failed := h.writes(h.root, account, "500", "Cliente", "foto", &message.Media{MIME: "image/png", Remote: "r1", State: "failed", Problem: "sumiu"})
	h.root.get("/media/"+failed).wantProblem(http.StatusNotFound, fault.NotFound, "media_failed")
	h.root.call(http.MethodPost, "/media/"+failed+"/retry", nil).want(http.StatusAccepted)
	h.root.get("/media/"+failed).wantProblem(http.StatusNotFound, fault.NotFound, "media_pending")
	again := h.root.call(http.MethodPost, "/media/"+failed+"/retry", nil)
	if again.text("reason") != "nothing_to_fetch" {
		t.Fatalf("asked twice: %s", again.body)
	}
}

func TestTheLimitsOfEachChannelAreTold(t *testing.T) {
	h := open(t, databasetest.Open(t))
	told := string(h.root.get("/media/limits").want(http.StatusOK).body)
	for _, want := range []string{`"channel":"whatsapp"`, `"channel":"instagram"`, `"image/jpeg"`, `"kind":"document"`, `"max":1048576`} {
		if !strings.Contains(told, want) {
			t.Errorf("%s is missing in %s", want, told)
		}
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
