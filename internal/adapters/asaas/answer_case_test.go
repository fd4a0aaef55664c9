package asaas

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"prosa/internal/base/clock"
	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

// Every status that the vendor documents has one word of ours, whichever way the
// bill is paid. Source: "Payments", status.
func TestWordsForEachStatus(t *testing.T) {
	for status, want := range map[string]subscription.BillState{
		"CONFIRMED": subscription.BillPaid, "RECEIVED": subscription.BillPaid, "RECEIVED_IN_CASH": subscription.BillPaid, "DUNNING_RECEIVED": subscription.BillPaid,
		"REFUND_REQUESTED": subscription.BillPaid, "REFUND_IN_PROGRESS": subscription.BillPaid, "REFUNDED": subscription.BillRefunded,
		"CHARGEBACK_REQUESTED": subscription.BillDisputed, "CHARGEBACK_DISPUTE": subscription.BillDisputed, "AWAITING_CHARGEBACK_REVERSAL": subscription.BillDisputed,
		"OVERDUE": subscription.BillFailed, "DUNNING_REQUESTED": subscription.BillFailed,
	} {
		for _, method := range []string{undefined, "PIX", "BOLETO", "CREDIT_CARD"} {
			if got := (bill{Status: status, BillingType: method}).state(); got != want {
				t.Errorf("%s by %s is %s, want %s", status, method, got, want)
			}
		}
		gone := want
		if want == subscription.BillFailed {
			gone = subscription.BillVoid // what was paid stays paid, what was not is owed no more
		}
		if got := (bill{Status: status, Deleted: true}).state(); got != gone {
			t.Errorf("%s that was taken back is %s, want %s", status, got, gone)
		}
	}
	for method, want := range map[string]subscription.BillState{undefined: subscription.BillOpen, "CREDIT_CARD": subscription.BillOpen, "PIX": subscription.BillPending, "BOLETO": subscription.BillPending} {
		waits := bill{Status: "PENDING", BillingType: method}
		if waits.state() != want || !waits.open() || waits.settled() {
			t.Errorf("awaited by %s it is %s", method, waits.state())
		}
	}
	if got := (bill{Status: "OF_A_LATER_VERSION", BillingType: "CREDIT_CARD"}).state(); got != subscription.BillOpen {
		t.Errorf("a status that nobody knows is %s: it must not count as paid", got)
	}
}

// Numbers are read to the cent, and refunds that were taken back do not count.
func TestNumbersOfBills(t *testing.T) {
	for text, want := range map[string]money.Amount{"199.9": 19_990, "199.90": 19_990, "5": 500, "0.01": 1, "0": 0, "": 0, "1.999": 0, "1e3": 0, "NaN": 0} {
		if got := amountOf(json.Number(text)); got != want {
			t.Errorf("%q is %d cents, want %d", text, got, want)
		}
	}
	b := bill{Refunds: []refund{{Status: "DONE", Value: "10.50"}, {Status: "PENDING", Value: "5"}, {Status: "CANCELLED", Value: "100"}}}
	if got := b.refunded(); got != 1_550 {
		t.Errorf("%d cents went back", got)
	}
}

// Days of Brasília, whatever the machine's zone: midnight there is three in
// Greenwich.
func TestDaysOfTheVendor(t *testing.T) {
	midnight := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC).UnixMilli()
	if day(midnight) != "2026-03-01" || day(midnight-1) != "2026-02-28" {
		t.Errorf("%s and %s", day(midnight), day(midnight-1))
	}
	if got, ok := dayMS("2026-03-01"); !ok || got != midnight {
		t.Errorf("%d, %t", got, ok)
	}
	for text, want := range map[string]int64{"2026-03-01 00:00:01": midnight + 1000, "2026-03-01": midnight, "": 0, "01/03/2026": 0, "2026-02-30": 0, "2026-03-01T00:00:00Z": 0} {
		if got := momentMS(text); got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
	for _, c := range []struct {
		from  string
		every subscription.Interval
		times int
		want  string
	}{
		{"2026-01-31", subscription.Monthly, 1, "2026-02-28"}, {"2026-01-31", subscription.Monthly, 2, "2026-03-31"}, {"2027-12-31", subscription.Monthly, 2, "2028-02-29"},
		{"2028-02-29", subscription.Annual, 1, "2029-02-28"}, {"2028-02-29", subscription.Annual, 4, "2032-02-29"}, {"2026-03-31", subscription.Monthly, -1, "2026-02-28"},
	} {
		from, _ := dayMS(c.from)
		if got := day(after(from, c.every, c.times)); got != c.want {
			t.Errorf("%d of %s behind %s is %s, want %s", c.times, c.every, c.from, got, c.want)
		}
	}
}

// FuzzRefusals holds whatever the vendor answers, or something before it, to a
// trouble of a known kind that is one bounded line.
func FuzzRefusals(f *testing.F) {
	f.Add(400, `{"errors":[{"code":"invalid_cpfCnpj","description":"O CPF/CNPJ informado é inválido."}]}`, "")
	f.Add(401, `{"errors":[{"code":"invalid_access_token","description":"A chave de API fornecida é inválida."}]}`, "")
	f.Add(429, "", "30")
	f.Add(429, "", "-1")
	f.Add(404, "", "99999999999999999999")
	f.Add(502, "<html>\r\n<h1>Bad Gateway</h1></html>", "")
	f.Add(400, `{"errors":null}`, "0")
	f.Add(409, `{"errors":[{},{},{},{},{},{"code":"sixth"}]}`, "")
	f.Add(400, fmt.Sprintf(`{"errors":[{"code":"x","description":%q}]}`, strings.Repeat("ã", 200)), "")
	f.Fuzz(func(t *testing.T, status int, body, reset string) {
		now := time.UnixMilli(1_795_000_000_000)
		p := &Provider{clock: clock.NewManual(now)}
		err := trouble(p.refused(&http.Response{StatusCode: status, Header: http.Header{"Ratelimit-Reset": {reset}}}, []byte(body)))
		var got *subscription.Trouble
		if !errors.As(err, &got) || got.Kind == "" {
			t.Fatalf("%v", err)
		}
		if len(got.Message) > 2000 || strings.ContainsAny(got.Message, "\n\r\x00") || !utf8.ValidString(got.Message) {
			t.Fatalf("%q", got.Message)
		}
		if got.UntilMS != 0 && (got.Kind != subscription.Throttled || got.UntilMS <= now.UnixMilli()) {
			t.Fatalf("%s until %d", got.Kind, got.UntilMS)
		}
		if got.Field != "" && got.Kind != subscription.Refused {
			t.Fatalf("%s of the field %s", got.Kind, got.Field)
		}
	})
}
