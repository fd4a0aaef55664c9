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

// earful answers as the test says and keeps what it heard.
type earful struct {
	err    error
	vendor string
	body   string
	header http.Header
}

func (e *earful) Hear(_ context.Context, vendor string, header http.Header, body []byte) error {
	e.vendor, e.header, e.body = vendor, header, string(body)
	return e.err
}

func TestEventsOfMailsAreAnsweredWhenStored(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, http.StatusOK},
		{fault.New(fault.Unauthorized, "no"), http.StatusUnauthorized},
		{fault.New(fault.NotFound, "no"), http.StatusNotFound},
		{fault.New(fault.Invalid, "no"), http.StatusBadRequest},
		{errors.New("the database is away"), http.StatusServiceUnavailable},
	} {
		ear := &earful{err: c.err}
		request := httptest.NewRequest(http.MethodPost, "/webhooks/sendgrid", strings.NewReader("[]\r\n"))
		request.Header.Set("X-Signature", "abc")
		answer := httptest.NewRecorder()
		NewMails("sendgrid", ear, slog.New(slog.DiscardHandler)).ServeHTTP(answer, request)
		if answer.Code != c.want || answer.Body.Len() != 0 {
			t.Errorf("%v: %d %q, want %d", c.err, answer.Code, answer.Body, c.want)
		}
		if ear.vendor != "sendgrid" || ear.body != "[]\r\n" || ear.header.Get("X-Signature") != "abc" {
			t.Errorf("heard %+v", ear)
		}
	}
	large := httptest.NewRequest(http.MethodPost, "/webhooks/sendgrid", strings.NewReader(strings.Repeat(" ", mailEventsMax+1)))
	answer := httptest.NewRecorder()
	NewMails("sendgrid", &earful{}, slog.New(slog.DiscardHandler)).ServeHTTP(answer, large)
	if answer.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a body that is too large: %d", answer.Code)
	}
}
