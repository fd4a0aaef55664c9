package webhook

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/payment"
)

// paperAccounts takes callbacks on paper.
type paperAccounts struct {
	says error
	took []payment.Callback
	hook string
}

func (p *paperAccounts) Take(_ context.Context, provider, hook string, call payment.Callback) error {
	p.took, p.hook = append(p.took, call), provider+"/"+hook
	return p.says
}

func TestPaymentsAreAnsweredWhenTheyAreStored(t *testing.T) {
	accounts := &paperAccounts{}
	at := clock.NewManual(time.UnixMilli(1_795_000_000_000))
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/paperpay/{hook}", NewPayments("paperpay", accounts, at, slog.New(slog.DiscardHandler)))
	server := httptest.NewServer(mux)
	defer server.Close()
	post := func(body string) *http.Response {
		t.Helper()
		response, err := http.Post(server.URL+"/webhooks/paperpay/abc?data.id=77", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if response.ContentLength != 0 {
			t.Errorf("the answer says %d bytes", response.ContentLength)
		}
		_ = response.Body.Close()
		return response
	}
	for status, says := range map[int]error{
		http.StatusOK: nil, http.StatusUnauthorized: fault.New(fault.Unauthorized, "x"), http.StatusNotFound: fault.New(fault.NotFound, "x"),
		http.StatusServiceUnavailable: fault.New(fault.Unavailable, "x"),
	} {
		accounts.says = says
		response := post(`{"a":1}`)
		if response.StatusCode != status {
			t.Errorf("%v is answered by %d", says, response.StatusCode)
		}
		if again := response.Header.Get("Retry-After") != ""; again != (status == http.StatusServiceUnavailable) {
			t.Errorf("%d says when to come again: %v", status, again)
		}
	}
	call := accounts.took[0]
	if string(call.Body) != `{"a":1}` || call.Query.Encode() != (url.Values{"data.id": {"77"}}).Encode() || call.AtMS != 1_795_000_000_000 || accounts.hook != "paperpay/abc" {
		t.Errorf("took %+v at %s", call, accounts.hook)
	}
	taken := len(accounts.took)
	if response := post(strings.Repeat("x", callbackMax+1)); response.StatusCode != http.StatusRequestEntityTooLarge || len(accounts.took) != taken {
		t.Errorf("a body that is too large is answered by %d", response.StatusCode)
	}
}
