package app

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"prosa/internal/adapters/instagram"
	"prosa/internal/adapters/messenger"
	"prosa/internal/adapters/telegram"
	"prosa/internal/adapters/whatsapp"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

var updateMatrix = flag.Bool("update-matrix", false, "write docs/channel-matrix.md anew")

const matrixPath = "../../docs/channel-matrix.md"

// column is one channel of the matrix.
type column struct {
	adapter channel.Adapter
	// peer is how many cases the gateway has that we compare with.
	peer int
	// absent says why the platform has no such thing: by direction and kind. An
	// entry with cases beside it is an error, so that the table can't grow old.
	absent map[string]string
}

// onlyOut are kinds that the company says, or that stay in the house: no customer
// sends them on any channel.
var onlyOut = map[message.Kind]string{
	message.Options: "only the company asks", message.Product: "only the company shows goods", message.Products: "only the company shows goods",
	message.Catalog: "only the company shows goods", message.Invoice: "only the company bills", message.OrderNews: "only the company tells",
	message.Template: "only the company has templates", message.Note: "stays in the house", message.Activity: "stays in the house",
	message.Links: "only the company offers", message.Request: "only the company asks", message.Deck: "only the company shows cards",
	message.Album: "files come one by one, joined by Media.Album", message.FormOffer: "only the company offers forms",
	message.Amendment: "comes as an edit of its message", message.Withdrawal: "comes as a deletion of its message",
}

func columns() []message.Channel {
	return []message.Channel{message.WhatsApp, message.Telegram, message.Messenger, message.Instagram}
}

func matrix() map[message.Channel]column {
	return map[message.Channel]column{
		message.WhatsApp: {adapter: whatsapp.New(whatsapp.Config{}, whatsapp.Deps{}), peer: 88, absent: map[string]string{
			"in poll": "comes as unsupported, poll_creation", "in share": "adverts and posts come as a referral of a message",
			"in reach": "blocks are not told; a refused send says so", "in control": "no handover between apps",
		}},
		message.Telegram: {adapter: telegram.New(telegram.Config{}, telegram.Deps{}), peer: 45, absent: map[string]string{
			"in order": "no catalog with a cart", "in call": "bots get no calls", "in consent": "no such switch; blocks come as reach",
			"in welcome": "the start button comes as the text /start", "in status": "no news of deliveries and reads", "in control": "no handover between apps",
			"in person": "no address book",
		}},
		message.Messenger: {adapter: messenger.New(messenger.Config{}, messenger.Deps{}), peer: 35, absent: map[string]string{
			"in contacts": "customers can't send cards", "in form": "no forms", "in order": "no cart in the chat", "in poll": "no polls in chats with pages",
			"in call": "calls to pages are not told to apps", "in system": "page-scoped ids do not change", "in reach": "blocks are not told; a refused send says so",
			"in person": "no address book",
		}},
		message.Instagram: {adapter: instagram.New(instagram.Config{}, instagram.Deps{}), peer: 44, absent: map[string]string{
			"in contacts": "customers can't send cards", "in form": "no forms", "in order": "no cart in the chat", "in poll": "no polls in chats with businesses",
			"in call": "calls are not told to apps", "in system": "account-scoped ids do not change", "in reach": "blocks are not told; a refused send says so",
			"in person": "no address book", "in location": "the app sends no locations",
		}},
	}
}

// cell is what is known of a channel, a direction and a kind.
type cell struct {
	cases   int
	refused map[string]int // reason -> cases
	absent  string
}

func (c cell) text() string {
	var parts []string
	if c.cases > 0 {
		parts = append(parts, fmt.Sprintf("%d", c.cases))
	}
	for _, reason := range slices.Sorted(maps.Keys(c.refused)) {
		parts = append(parts, fmt.Sprintf("`%s` %d", reason, c.refused[reason]))
	}
	if c.absent != "" {
		parts = append(parts, c.absent)
	}
	return strings.Join(parts, ", ")
}

// TestMatrix holds every channel, kind and direction against the golden cases
// of the adapters. Each cell has cases that pass, or the name of what the
// platform refuses; none is empty. What a case must give is held by the
// adapter's own golden tests; here it is read again, to see that it is of its
// kind and what became of it.
func TestMatrix(t *testing.T) {
	table := matrix()
	cells := map[message.Channel]map[string]cell{}
	for _, name := range columns() {
		col := table[name]
		found := map[string]cell{}
		for _, direction := range []string{"in", "out"} {
			readCases(t, name, col.adapter, direction, found)
		}
		for key, why := range col.absent {
			if found[key].cases+len(found[key].refused) > 0 {
				t.Errorf("%s: %s is said to be absent and has cases", name, key)
			}
			found[key] = cell{absent: why}
		}
		total := 0
		for _, c := range found {
			total += c.cases
			for _, n := range c.refused {
				total += n
			}
		}
		if total <= col.peer {
			t.Errorf("%s: %d cases, not more than %d", name, total, col.peer)
		}
		found["total"] = cell{cases: total}
		cells[name] = found
	}

	var out strings.Builder
	out.WriteString("# What each channel carries\n\nGenerated by `go test ./internal/app -run TestMatrix -update-matrix`; `make show-matrix` prints it.\n\n" +
		"A number counts golden cases that pass; a name in code is a refusal before the call, with the cases that show it; words say what the platform does not have.\n")
	for _, direction := range []string{"in", "out"} {
		title := map[string]string{"in": "From customers and platforms", "out": "To customers"}[direction]
		out.WriteString("\n## " + title + "\n\n| kind | WhatsApp | Telegram | Messenger | Instagram |\n|---|---|---|---|---|\n")
		for _, kind := range rowsOf(t, direction) {
			line := "| " + kind
			for _, name := range columns() {
				c := cells[name][direction+" "+kind]
				if direction == "out" && c.text() == "" {
					c = refusedOutright(t, name, table[name].adapter, message.Kind(kind))
				}
				if c.text() == "" {
					if why := onlyOut[message.Kind(kind)]; direction == "in" && why != "" {
						c.absent = why
					}
				}
				if c.text() == "" {
					t.Errorf("%s: nothing shows %s %s", name, direction, kind)
				}
				line += " | " + c.text()
			}
			out.WriteString(line + " |\n")
		}
	}
	out.WriteString("\n## Cases\n\n| | WhatsApp | Telegram | Messenger | Instagram |\n|---|---|---|---|---|\n| here |")
	for _, name := range columns() {
		fmt.Fprintf(&out, " %d |", cells[name]["total"].cases)
	}
	out.WriteString("\n| a known gateway |")
	for _, name := range columns() {
		fmt.Fprintf(&out, " %d |", table[name].peer)
	}
	out.WriteString("\n")
	t.Log("\n" + out.String())
	if *updateMatrix {
		if err := os.WriteFile(matrixPath, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	written, err := os.ReadFile(matrixPath)
	if err != nil || string(written) != out.String() {
		t.Errorf("docs/channel-matrix.md is stale: run go test ./internal/app -run TestMatrix -update-matrix (%v)", err)
	}
}

// rowsOf gives the kinds of a direction, as the code declares them.
func rowsOf(t *testing.T, direction string) []string {
	t.Helper()
	kinds := declared(t, "../message/content.go", `(?m)^\s+\w+\s+Kind\s+= "(\w+)"`)
	if direction == "out" {
		return kinds
	}
	// The form that bodies with several events take is no kind.
	for _, kind := range declared(t, "../modules/channel/adapter.go", `(?m)^\s+In\w+\s+InboundKind = "(\w+)"`) {
		if kind != string(channel.InMessage) && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func declared(t *testing.T, path, form string) (names []string) {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(form).FindAllSubmatch(source, -1) {
		names = append(names, string(match[1]))
	}
	if len(names) < 9 {
		t.Fatalf("%s declares only %v", path, names)
	}
	return names
}

// readCases counts the cases of a channel and direction, by kind.
func readCases(t *testing.T, name message.Channel, adapter channel.Adapter, direction string, into map[string]cell) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("../adapters", string(name), "testdata", direction, "*", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: no cases %s: %v", name, direction, err)
	}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path + ".golden"); err != nil {
			if _, err := os.Stat(strings.TrimSuffix(path, ".json") + ".golden"); err != nil {
				t.Errorf("%s has no golden file", path)
			}
		}
		folder := filepath.Base(filepath.Dir(path))
		key := direction + " " + folder
		if direction == "in" {
			if folder == "batch" || folder == "broken" {
				into[key] = counted(into[key], "")
				continue
			}
			into[key] = counted(into[key], heard(t, adapter, path, folder, body))
			continue
		}
		into[key] = counted(into[key], rendered(t, adapter, path, body, folder))
	}
}

// refusedOutright asks for a message of a kind that customers and platforms
// alone say: it never leaves.
func refusedOutright(t *testing.T, name message.Channel, adapter channel.Adapter, kind message.Kind) cell {
	t.Helper()
	to := map[message.Channel]message.AddressKind{
		message.WhatsApp: message.WaID, message.Telegram: message.TelegramChat, message.Messenger: message.PSID, message.Instagram: message.IGSID,
	}
	parts, err := adapter.Render(channel.Outbound{To: []message.Address{{Kind: to[name], Value: "5511999990000"}}, Content: message.Content{Kind: kind, Text: "x"}})
	var refusal *fault.Error
	if !errors.As(err, &refusal) || refusal.Message == "" || len(parts) > 0 {
		t.Errorf("%s: a message of kind %s has no case, and is not refused: %v", name, kind, err)
		return cell{}
	}
	return counted(cell{}, refusal.Reason)
}

func counted(c cell, reason string) cell {
	if reason == "" {
		c.cases++
		return c
	}
	if c.refused == nil {
		c.refused = map[string]int{}
	}
	c.refused[reason]++
	return c
}

// heard reads a webhook and says whether an event of the folder's kind came of
// it: "" when one did, "invalid" for one that goes to quarantine whole.
func heard(t *testing.T, adapter channel.Adapter, path, folder string, body []byte) string {
	t.Helper()
	pieces, err := adapter.Split(body)
	if err != nil || len(pieces) == 0 {
		t.Errorf("%s: %d pieces, %v", path, len(pieces), err)
		return ""
	}
	var others []string
	for _, piece := range pieces {
		in, err := adapter.Parse(piece.Body)
		kind := string(in.Kind)
		if in.Kind == channel.InMessage {
			kind = string(in.Content.Kind)
		}
		switch {
		case err == nil && kind == folder:
			return ""
		case err == nil:
			others = append(others, kind)
		case !fault.Is(err, fault.Invalid):
			t.Errorf("%s: %v", path, err)
		}
	}
	if len(others) > 0 && !slices.Contains([]string{"text"}, folder) {
		t.Errorf("%s gives %v", path, others)
	}
	return string(fault.Invalid)
}

// rendered gives the reason for which a message is refused, "" for one that
// leaves.
func rendered(t *testing.T, adapter channel.Adapter, path string, body []byte, folder string) string {
	t.Helper()
	var out struct {
		channel.Outbound
		Quote string `json:"quote_id"`
	}
	if err := json.Unmarshal(body, &out); err != nil {
		t.Errorf("%s: %v", path, err)
		return ""
	}
	if string(out.Content.Kind) != folder {
		t.Errorf("%s holds a message of kind %s", path, out.Content.Kind)
	}
	parts, err := adapter.Render(out.Outbound)
	var refusal *fault.Error
	switch {
	case err == nil && len(parts) > 0:
		return ""
	case errors.As(err, &refusal) && refusal.Message != "":
		if refusal.Reason != "" {
			return refusal.Reason
		}
		return string(refusal.Code)
	default:
		t.Errorf("%s: %d parts, %v", path, len(parts), err)
		return ""
	}
}
