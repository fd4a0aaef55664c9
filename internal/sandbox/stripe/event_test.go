package stripe

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"prosa/internal/sandbox/stage"
)

// kinds drains what was heard until an event of the last kind.
func (s *shop) kinds(last string) (list []string) {
	s.t.Helper()
	for {
		e := s.next("")
		if list = append(list, e.kind); e.kind == last {
			return list
		}
	}
}

func TestEventsOfAPurchase(t *testing.T) {
	s := start(t, Config{})
	id := s.session(nil)["id"].(string)
	s.control("choose", Choice{Session: id, Action: chooseBoleto}, http.StatusOK)
	e := s.next("checkout.session.completed")
	if e.about["id"] != id || e.about["payment_status"] != unpaid {
		t.Fatalf("told %v", e.about)
	}
	s.control("pay", Pay{Session: id}, http.StatusOK)
	if e = s.next("checkout.session.async_payment_succeeded"); e.about["payment_status"] != paid {
		t.Fatalf("told %v", e.about)
	}
	late := s.session(nil)["id"].(string)
	s.passes(1)
	if e = s.next("checkout.session.expired"); e.about["id"] != late {
		t.Fatalf("told %v", e.about)
	}
	state := s.server.show()["events"].([]string)
	for _, kind := range []string{"customer.subscription.created", "invoice.created", "invoice.finalized", "payment_intent.requires_action", "payment_intent.succeeded", "charge.succeeded", "invoice.paid", "customer.subscription.updated"} {
		if !slices.Contains(state, kind) {
			t.Errorf("no %s happened", kind)
		}
	}
}

func TestFaultsOfEvents(t *testing.T) {
	s := start(t, Config{})
	rule := func(do, kind string, delay int64) {
		s.control("faults", stage.Rule{On: "webhook", Do: do, Kind: kind, Count: 1, DelayMS: delay}, http.StatusOK)
	}
	rule(stage.DoDrop, "invoice.created", 0)
	rule(stage.DoDuplicate, "charge.succeeded", 0)
	rule(stage.DoReorder, "invoice.paid", 0)
	rule(stage.DoDelay, "payment_intent.succeeded", 150)
	s.control("choose", Choice{Session: s.session(nil)["id"].(string), Action: chooseCard}, http.StatusOK)
	list := s.kinds("payment_intent.succeeded")
	count := func(kind string) (n int) {
		for _, one := range list {
			if one == kind {
				n++
			}
		}
		return n
	}
	if count("invoice.created") != 0 || count("charge.succeeded") != 2 || count("checkout.session.completed") != 1 || count("invoice.paid") != 1 {
		t.Errorf("heard %v", list)
	}
}

func TestEventsAreRepeatedAndGivenUp(t *testing.T) {
	s := start(t, Config{})
	s.says(http.StatusInternalServerError)
	s.session(nil)
	s.passes(2)
	first := s.next("checkout.session.expired")
	for range 2 {
		if again := s.next("checkout.session.expired"); again.id != first.id {
			t.Fatalf("%s is another event than %s", again.id, first.id)
		}
	}
	// The endpoint has answered; that it was noted is seen a moment later.
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	limit := time.After(30 * time.Second)
	for {
		push, _ := s.server.ledger.Push(first.id)
		if push.State == "given_up" {
			if len(push.Attempts) != 3 {
				t.Errorf("%d attempts", len(push.Attempts))
			}
			return
		}
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("the event is %+v", push)
		}
	}
}

func TestFaultsOfCalls(t *testing.T) {
	s := start(t, Config{})
	s.control("faults", stage.Rule{On: "call", Do: stage.DoStatus, Status: http.StatusTooManyRequests, RetryAfter: 7, Count: 1}, http.StatusOK)
	answer, got := s.call(http.MethodGet, "/v1/customers", "", nil)
	if answer.StatusCode != http.StatusTooManyRequests || answer.Header.Get("Retry-After") != "7" || got["error"].(object)["code"] != "rate_limit" {
		t.Errorf("throttled by %d %v", answer.StatusCode, got)
	}
	for status, kind := range map[int]string{http.StatusForbidden: "invalid_request_error", http.StatusUnauthorized: "invalid_request_error", http.StatusServiceUnavailable: "api_error", http.StatusConflict: "invalid_request_error"} {
		s.control("faults", stage.Rule{On: "call", Do: stage.DoStatus, Status: status, Count: 1}, http.StatusOK)
		if e := s.no(http.MethodGet, "/v1/customers", nil, status); e["type"] != kind {
			t.Errorf("%d: %v", status, e)
		}
	}
	s.control("faults", stage.Rule{On: "call", Do: stage.DoCutAfter, Method: http.MethodPost, Count: 1}, http.StatusOK)
	request, _ := http.NewRequest(http.MethodPost, s.http.URL+"/v1/customers?", nil)
	request.Header.Set("Authorization", "Bearer "+testKey)
	request.Header.Set("Idempotency-Key", "lost")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if answer, err := client.Do(request); err == nil {
		_ = answer.Body.Close()
		t.Error("the answer was not lost")
	}
	if answer, _ := s.call(http.MethodPost, "/v1/customers", "lost", nil); answer.Header.Get("Idempotent-Replayed") != "true" {
		t.Error("the effect was lost too")
	}
}
