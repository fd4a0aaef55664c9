package app

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// planted are numbers of cards that vendors give out for tests.
var planted = []string{"4242424242424242", "5555 5555 5555 4444", "3782-822463-10005", "4222222222222", "30569309025904"}

// suspicious finds runs of 13 to 19 digits, also in groups, that touch no letter, no
// other digit and no point or underscore before a digit, begin as cards do and agree
// with Luhn's sum. What is left out is left out by form alone: ids of ours and of
// vendors are letters and digits in one word, and times in milliseconds begin with
// 1, and a written time has its colons; two of them side by side, as a row of the
// database holds them, would make one run. There is no list of what is allowed.
func suspicious(data []byte) (found []string) {
	data = times.ReplaceAllFunc(data, func(at []byte) []byte { return bytes.Repeat([]byte("|"), len(at)) })
	for _, span := range runs.FindAllIndex(data, -1) {
		start, end := span[0], span[1]
		if start > 0 && isPartOfWord(data[start-1]) || end < len(data) && isPartOfWord(data[end]) {
			continue
		}
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, string(data[start:end]))
		if len(digits) >= 13 && len(digits) <= 19 && prefixes.MatchString(digits) && luhn(digits) {
			found = append(found, string(data[max(0, start-40):min(len(data), end+20)]))
		}
	}
	return found
}

var (
	times    = regexp.MustCompile(`20[0-9]{2}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9]`)
	runs     = regexp.MustCompile(`[0-9](?:[ -]?[0-9]){12,22}`)
	prefixes = regexp.MustCompile(`^(?:4|5[0-8]|6|3[04-9]|22[2-9]|2[3-6]|27[01]|2720)`)
)

func isPartOfWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

func luhn(digits string) bool {
	sum := 0
	for i, c := range digits {
		n := int(c - '0')
		if (len(digits)-i)%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// scan looks through all files below a folder.
func scan(t *testing.T, dir string) (files int, size int64, found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		size += int64(len(data))
		for _, text := range suspicious(data) {
			found = append(found, fmt.Sprintf("%s: %q", filepath.Base(path), text))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, size, found
}

// A purchase by card, with the log at its most talkative, and a buyer who types
// card numbers wherever they can: afterwards no card number is in the database's
// files, in the data folder or in the log. The scan finds what is planted.
func TestShowNoCardNumberIsKept(t *testing.T) {
	if testing.Short() {
		t.Skip("a process is started")
	}
	o := newOutside(t, map[string]string{"PROSA_LOG_LEVEL": "DEBUG", "PROSA_SAGA_POLL": "50ms", "PROSA_SIGNUP_POLL_EVERY": "1s", "PROSA_MAIL_SWEEP_EVERY": "100ms"})
	p := o.start()
	b := o.newBuyer(1)
	b.fillsIn()
	refused := b.typesCards()
	b.asksForThePage()
	b.pays()
	b.comes()
	b.settled()
	p.changes(b, target{})
	for field, body := range map[string]map[string]any{"payer": b.payer(), "reason": {"reason": "4242424242424242"}} {
		path, method := "/billing/payer", http.MethodPut
		if field == "reason" {
			path, method = "/billing/cancel", http.MethodPost
		}
		if status, err := b.tries(method, path, body, nil); status < 400 {
			t.Errorf("%s takes a card's number: %d, %v", field, status, err)
		} else {
			refused++
		}
	}
	files, size, found := scan(t, o.dir)
	log, err := os.ReadFile(p.log.Name())
	o.must(err)
	for _, text := range suspicious(log) {
		found = append(found, "log: "+text)
	}
	for _, text := range found {
		t.Error("kept: " + text)
	}
	if state := o.list(`SELECT method || ' ' || brand || ' ' || last4 FROM subscription WHERE tenant_id = $1`, b.tenant()); len(state) != 1 || !strings.HasPrefix(state[0], "card ") {
		t.Errorf("it was not paid by card: %v", state)
	}
	fmt.Printf("scanned after a purchase by card: %d files with %d KiB, a log of %d lines: %d card numbers; %d fields refused one\n",
		files, size/1024, bytes.Count(log, []byte("\n")), len(found), refused)
	if files < 2 || bytes.Count(log, []byte("\n")) < 5 {
		t.Errorf("hardly anything was scanned")
	}
	// The scan itself: each number is found behind a database page of other things.
	for _, number := range planted {
		if len(suspicious([]byte(`{"note":"`+number+`","id":"acq_01m83dyc50f00va77cx9x2scvq"}`))) != 1 {
			t.Errorf("%s is not found", number)
		}
	}
	const twice = "2026-11-23 10:07:10.5092026-11-23 10:07:25.509"
	if found := suspicious([]byte(twice)); len(found) != 0 {
		t.Errorf("two times are taken for a card: %q", found)
	}
	for _, glued := range []string{planted[0] + twice, twice[:19] + planted[0], twice + "," + planted[0]} {
		if len(suspicious([]byte(glued))) != 1 {
			t.Errorf("a number beside a time is not found: %s", glued)
		}
	}
	o.must(os.WriteFile(filepath.Join(o.dir, "planted"), append(bytes.Repeat([]byte{0}, 5000), planted[0]...), 0o600))
	if _, _, found := scan(t, o.dir); len(found) != 1 {
		t.Errorf("a planted number: %v", found)
	}
}

// typesCards types a card's number into each field of the form, as API and page
// send it; all refuse.
func (b *buyer) typesCards() (refused int) {
	b.t.Helper()
	for field, value := range b.form() {
		if _, is := value.(string); !is {
			continue
		}
		if status, err := b.tries(http.MethodPatch, "/signup", map[string]any{field: "4242 4242 4242 4242"}, nil); status != http.StatusUnprocessableEntity {
			b.t.Errorf("the field %s takes a card's number: %d, %v", field, status, err)
		}
		refused++
	}
	return refused
}

func (b *buyer) payer() map[string]any {
	return map[string]any{
		"kind": "company", "legal_name": "5555 5555 5555 4444", "tax_id": b.taxID, "state_registration": "", "municipal_registration": "", "regime": "", "iss_withheld": false,
		"email": b.email, "phone": "", "zip": "", "street": "", "number": "", "complement": "", "district": "", "city": "", "city_code": "", "state": "",
	}
}

// cardNames are what a field for a card is called.
var cardNames = regexp.MustCompile(`(?i)^(pan|cvv|cvc|cvv2|security_?code|card_?(number|no|holder|expiry|exp.*|cvc|cvv)|(number|holder|expiry)_?of_?card|exp_?(month|year)|cc_?.*)$`)

// No field of the API and of the pages is made for a card's number.
func TestNoFieldIsMadeForACardNumber(t *testing.T) {
	raw, err := os.ReadFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fields := 0
	for _, match := range regexp.MustCompile(`(?m)^\s+(?:- name: )?([A-Za-z_][A-Za-z0-9_]*):?\s*$`).FindAllSubmatch(raw, -1) {
		fields++
		if cardNames.Match(match[1]) {
			t.Errorf("the API has a field %s", match[1])
		}
	}
	pages := 0
	err = filepath.WalkDir("../../web/src", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".tsx") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		pages++
		for _, match := range regexp.MustCompile(`(?i)autocomplete=["{']+cc-[a-z]+|(?:name|id)="([A-Za-z_-]+)"`).FindAllSubmatch(text, -1) {
			if match[1] == nil || cardNames.Match(match[1]) {
				t.Errorf("%s has a field %s", path, match[0])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"card_number", "cvc", "pan", "exp_month", "cardNumber"} {
		if !cardNames.MatchString(name) {
			t.Errorf("%s would not be found", name)
		}
	}
	if fields < 300 || pages < 50 {
		t.Errorf("%d fields of the API and %d pages were looked at", fields, pages)
	}
	fmt.Printf("looked at: %d names in the API's description, %d page sources: none is made for a card\n", fields, pages)
}
