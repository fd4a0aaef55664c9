package webhook

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"prosa/internal/base/fault"
)

// paperNotices takes callbacks on paper.
type paperNotices struct {
	says  error
	heard []string
}

func (p *paperNotices) Hear(_ context.Context, vendor string, header http.Header, body []byte) error {
	p.heard = append(p.heard, vendor+" "+header.Get("Paper-Signature")+" "+string(body))
	return p.says
}

func TestCallbacksAboutPlansAreAnsweredWhenTheyAreStored(t *testing.T) {
	notices := &paperNotices{}
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/plans/{vendor}", NewPlans(notices, slog.New(slog.DiscardHandler)))
	for status, says := range map[int]error{
		http.StatusOK: nil, http.StatusUnauthorized: fault.New(fault.Unauthorized, "x"), http.StatusNotFound: fault.New(fault.NotFound, "x"),
		http.StatusServiceUnavailable: errors.New("the disk is full"),
	} {
		notices.says = says
		out := httptest.NewRecorder()
		in := httptest.NewRequest(http.MethodPost, "/webhooks/plans/paper", strings.NewReader(`{"a":1}`))
		in.Header.Set("Paper-Signature", "sig")
		mux.ServeHTTP(out, in)
		if out.Code != status || out.Body.Len() != 0 {
			t.Errorf("%v is answered by %d %q", says, out.Code, out.Body)
		}
		if again := out.Header().Get("Retry-After") != ""; again != (status == http.StatusServiceUnavailable) {
			t.Errorf("%v says when to come again: %v", says, again)
		}
	}
	if len(notices.heard) != 4 || notices.heard[0] != `paper sig {"a":1}` {
		t.Errorf("heard %q", notices.heard)
	}
	out := httptest.NewRecorder()
	mux.ServeHTTP(out, httptest.NewRequest(http.MethodPost, "/webhooks/plans/paper", strings.NewReader(strings.Repeat("x", planCallbackMax+1))))
	if out.Code != http.StatusRequestEntityTooLarge || len(notices.heard) != 4 {
		t.Errorf("a body that is too large is answered by %d", out.Code)
	}
}
