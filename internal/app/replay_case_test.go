package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"prosa/internal/adapters/meta"
	"prosa/internal/adapters/telegram"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// The accounts that the adapters' webhook files are about, and the secret that
// signs them. Those of the second company are named by files with several
// entries.
const replaySecret = "the-app's-secret"

var replayAccounts = map[message.Channel][2]string{
	message.WhatsApp:  {"200100300400", "200100300499"},
	message.Telegram:  {"900100", "900200"},
	message.Messenger: {"104070001112223", "104070009998887"},
	message.Instagram: {"17841405822304914", "17841400000000099"},
}

// replayNow is when the files are posted: within the reply window of what they
// say, and after all of it.
var replayNow = time.UnixMilli(1_763_800_000_000).Add(time.Hour)

// webhookCase is one webhook as it is posted.
type webhookCase struct {
	name    string // whatsapp/text/simple.json
	channel message.Channel
	body    []byte
}

func (c webhookCase) sign(header http.Header) {
	if c.channel == message.Telegram {
		header.Set(telegram.SecretHeader, replaySecret)
		return
	}
	mac := hmac.New(sha256.New, []byte(replaySecret))
	mac.Write(c.body)
	header.Set(meta.SignatureHeader, "sha256="+hex.EncodeToString(mac.Sum(nil)))
}

// Spellings of the files' customers, and of the others that some files are given
// to: many customers who are met at once.
var replayCustomers = map[message.Channel][][3]string{
	message.WhatsApp: {
		{"5581988887777", "5581988887701", "5581988887702"}, {"558188887777", "558188887701", "558188887702"},
		{"BR.70010020030040", "BR.70010020030041", "BR.70010020030042"},
	},
	message.Telegram:  {{"77001", "77002", "77003"}},
	message.Messenger: {{"5550001112223", "5550001112224", "5550001112225"}},
	message.Instagram: {{"1254459154682919", "1254459154682920", "1254459154682921"}},
}

// replayTargets are ids that files react to, edit and delete. The first files
// with a text have their message called so.
var replayTargets = map[message.Channel][]string{
	message.WhatsApp:  {"wamid.IN0000", "wamid.IN0001"}, // on Telegram the first of each id keeps it
	message.Messenger: {"m_first", "m_theirs"}, message.Instagram: {"m_first", "m_theirs"},
}

// platformTime finds the times of the files, in seconds or milliseconds.
var platformTime = regexp.MustCompile(`\b1763[78]\d{5}(\d{3})?\b`)

// replayCases reads every webhook file of an adapter. As they lie there most of
// them tell of one message at one moment, so that one alone would count. Here
// each has a time of its own; each message has a name of its own, but for those
// that other files are about; and some messages come from other customers.
func replayCases(t testing.TB, adapter channel.Adapter) []webhookCase {
	t.Helper()
	ch := adapter.Channel()
	root := filepath.Join("..", "adapters", string(ch), "testdata", "in")
	files, err := filepath.Glob(filepath.Join(root, "*", "*.json"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d webhook files of %s, %v", len(files), ch, err)
	}
	slices.Sort(files)
	targets, kept, taken := replayTargets[ch], map[string]bool{}, map[string]string{}
	var cases []webhookCase
	for n, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		body := platformTime.ReplaceAllStringFunc(string(raw), func(at string) string { return movedOn(at, n) })
		if filepath.Base(path) == "text_parent_user.json" {
			// Other files know the same user id alone. Whom an address of two people
			// counts for is decided by who came first, by a rule of contact's own: a
			// person decides whether they are one.
			body = strings.ReplaceAll(body, "BR.55", "BR.56")
		}
		spoken, bound := spokenOf(adapter, []byte(body))
		for i, id := range spoken {
			name := ""
			if i == 0 && len(spoken) == 1 && len(targets) > 0 && filepath.Base(filepath.Dir(path)) == "text" {
				name, targets = targets[0], targets[1:]
			}
			if ch == message.Telegram && filepath.Base(filepath.Dir(path)) == "text" && !kept[id] {
				name, kept[id] = id, true
			}
			body = renamed(ch, body, id, name, n)
		}
		if !bound && n%3 > 0 {
			for _, who := range replayCustomers[ch] {
				body = strings.ReplaceAll(body, who[0], who[n%3])
			}
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		// Two files may show one event in two ways. No platform does: the first counts.
		if twin := slices.IndexFunc(keysOf(adapter, []byte(body)), func(key string) bool { return taken[key] != "" }); twin >= 0 {
			t.Logf("left out: %s/%s has the key of %s", ch, name, taken[keysOf(adapter, []byte(body))[twin]])
			continue
		}
		for _, key := range keysOf(adapter, []byte(body)) {
			taken[key] = name
		}
		cases = append(cases, webhookCase{name: string(ch) + "/" + filepath.ToSlash(name), channel: ch, body: []byte(body)})
	}
	if len(targets) > 0 {
		t.Fatalf("no message is called %v", targets)
	}
	return cases
}

// movedOn moves a time of a file on, by the file's number.
func movedOn(at string, n int) string {
	ms := int64(n) * 11
	if len(at) > 10 {
		ms *= 1000
	}
	was, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return at
	}
	return strconv.FormatInt(was+ms, 10)
}

// spokenOf gives the ids that a body's events have of their own, and whether it
// is bound to its customer: by what happened before, or by other addresses.
func spokenOf(adapter channel.Adapter, body []byte) (ids []string, bound bool) {
	pieces, err := adapter.Split(body)
	if err != nil {
		return nil, true
	}
	for _, piece := range pieces {
		in, err := adapter.Parse(piece.Body)
		if err != nil || piece.Problem != "" || in.History || in.Standby || in.Kind != channel.InMessage || in.Change != nil || !usual(adapter.Channel(), in.From) {
			bound = true
		}
		if err == nil && in.ExternalID != "" && in.ExternalID != in.Target && !slices.Contains(ids, in.ExternalID) {
			ids = append(ids, in.ExternalID)
		}
	}
	return ids, bound
}

// usual reports whether these are addresses of the files' usual customer only.
func usual(ch message.Channel, from []message.Address) bool {
	for _, address := range from {
		if !slices.ContainsFunc(replayCustomers[ch], func(who [3]string) bool { return strings.Contains(address.Value, who[0]) }) {
			return false
		}
	}
	return true
}

// keysOf gives the keys of a body's events.
func keysOf(adapter channel.Adapter, body []byte) (keys []string) {
	pieces, err := adapter.Split(body)
	if err != nil {
		return nil
	}
	for _, piece := range pieces {
		if in, err := adapter.Parse(piece.Body); err == nil && in.Key != "" {
			keys = append(keys, in.Key)
		}
	}
	return keys
}

// renamed calls a message by name, or by one that no other file has.
func renamed(ch message.Channel, body, id, name string, n int) string {
	switch {
	case ch == message.Telegram:
		_, number, _ := strings.Cut(id, ":")
		if name != "" {
			return body
		}
		return regexp.MustCompile(`("message_id": ?)`+number+`\b`).ReplaceAllString(body, "${1}"+strconv.Itoa(1000*(n+1))+number)
	case name != "":
		return strings.ReplaceAll(body, id, name)
	default:
		id, _, _ = strings.Cut(id, ":") // "wacid.C1:ended"
		id, _, _ = strings.Cut(id, "#") // the files of one message
		return strings.ReplaceAll(body, `"`+id+`"`, `"`+id+"."+strconv.Itoa(n)+`"`)
	}
}
