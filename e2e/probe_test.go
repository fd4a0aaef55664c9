package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // opens the file of a running process, to hold it up

	"prosa/internal/platform/database"
)

// probe is one thing that is tried on the door for webhooks: what a known
// gateway made of it when it was measured, and what should become of it.
type probe struct {
	name, peer, wanted string
	try                func(p *probes) (ours string)
}

// probes is what they share.
type probes struct {
	*house
	operator      *client
	first, second *number // of two companies, under one app
	attendant     *client
	seed          int
}

// The peer is a gateway of another maker, measured on 2026-11-22 (courier
// v26.3.38).
var allProbes = []probe{
	{"4 equal POSTs at once, 20 message ids", "79 rows for 20 ids", "20 rows", (*probes).equalPosts},
	{"status read, 0.7 s later sent", "stored sent", "read", (*probes).readThenSent},
	{"status failed, then delivered", "delivered", "delivered", (*probes).failedThenDelivered},
	{"one POST, 2 entries, numbers of 2 companies", "both under the first", "each in its own", (*probes).twoCompanies},
	{"3 messages, the second with a bad timestamp", "first stored, third lost, 200", "1 and 3 stored, 2 quarantined", (*probes).badTimestamp},
	{"order from the cart", "200, nothing stored", "stored whole", (*probes).order},
	{"wrong signature", "200, the right signature in the body", "401, nothing told", (*probes).wrongSignature},
	{"database stopped, message at once", "200 in 8 ms, stored 40 s later", "200, stored", (*probes).databaseStopped},
	{"database stopped beyond the cache's life", "200 with an error, lost", "200, stored", (*probes).databaseLongStopped},
	{"the same, message for an unknown account", "200 with an error, lost", "503 or 404 by proof", (*probes).unknownWhileStopped},
	{"body that is no JSON, signed", "(not measured)", "200, quarantined", (*probes).malformed},
	{"number that nobody has, signed", "(not measured)", "200, quarantined", (*probes).stranger},
	{"kind of tomorrow", "(not measured)", "stored, shown as a placeholder", (*probes).unknownKind},
}

// TestProbes tries each probe against the running binary and prints the table.
func TestProbes(t *testing.T) {
	results := map[string][]string{}
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			h := newHouse(t, mode, "PROSA_CHANNEL_REFRESH_EVERY=200ms", "PROSA_CHANNEL_STALE_AFTER=2s")
			p := &probes{house: h, operator: h.signIn("admin"), attendant: h.signIn("attendant")}
			p.first = h.connect(p.operator, "200100300400", "the-app's-secret")
			p.second = h.connect(h.secondCompany(p.operator, "Outra Loja"), "200100300499", "the-app's-secret")
			for _, probe := range allProbes {
				t.Run(strings.ReplaceAll(probe.name, " ", "_"), func(t *testing.T) {
					here := *p
					here.house = h.in(t)
					here.first, here.second = here.first.in(t), here.second.in(t)
					operator, attendant := *p.operator, *p.attendant
					operator.t, attendant.t = t, t
					here.operator, here.attendant = &operator, &attendant
					ours := probe.try(&here)
					p.seed = here.seed
					results[probe.name] = append(results[probe.name], ours)
					if !strings.HasPrefix(ours, probe.wanted) && !strings.HasPrefix(ours, "as wanted") {
						t.Errorf("wanted %q, got %q", probe.wanted, ours)
					}
				})
			}
		})
	}
	var table strings.Builder
	fmt.Fprintf(&table, "\n%-44s | %-37s | %-30s | %s\n", "probe", "peer (courier v26.3.38)", "wanted", "ours: all; split")
	for _, probe := range allProbes {
		fmt.Fprintf(&table, "%-44s | %-37s | %-30s | %s\n", probe.name, probe.peer, probe.wanted, strings.Join(results[probe.name], "; "))
	}
	fmt.Print(table.String())
}

func (n *number) in(t *testing.T) *number {
	sub, owner := *n, *n.owner
	owner.t = t
	sub.h, sub.owner = n.h.in(t), &owner
	return &sub
}

// customer makes up a customer that no probe had before.
func (p *probes) customer() (id, name string) {
	p.seed++
	return fmt.Sprintf("55119%08d", 70000000+p.seed), fmt.Sprintf("Cliente %d", p.seed)
}

func (p *probes) equalPosts() string {
	id, name := p.customer()
	var messages []object
	for i := range 20 {
		messages = append(messages, text(fmt.Sprintf("wamid.equal%d", i), fmt.Sprintf("m%d", i)))
	}
	body := envelope(p.first.value(id, name, messages...))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if r := p.first.tell(body); r.status != http.StatusOK {
				p.t.Errorf("a POST was answered %d", r.status)
			}
		})
	}
	group.Wait()
	p.operator.heard(name, 20)
	p.passed(p.first, id, name)
	return fmt.Sprintf("%d rows", len(p.operator.heard(name, 20))-1)
}

// passed waits until what was posted before is done: a message behind it has
// come.
func (p *probes) passed(n *number, customer, name string) {
	p.t.Helper()
	p.seed++
	words := fmt.Sprintf("mark %d", p.seed)
	if r := n.tell(envelope(n.value(customer, name, text("wamid."+words, words)))); r.status != http.StatusOK {
		p.t.Fatalf("the mark was answered %d", r.status)
	}
	found := n.owner.find("all", name)
	until(p.t, words, func() (bool, string) {
		thread, err := n.owner.wholeThread(found.ID)
		if err != nil {
			return false, err.Error()
		}
		for _, m := range thread {
			if m.Content.Text == words {
				return true, ""
			}
		}
		return false, fmt.Sprintf("%+v", thread)
	})
}

// answered brings about a message of ours on the sample company's number,
// while the simulator keeps its own words on it to itself, and gives it with
// its id on the platform.
func (p *probes) answered() (own *number, conversationID string, m said, external string) {
	p.fault(p.t, "meta", object{"id": "silence", "on": "webhook", "kind": "status", "do": "drop"})
	var apps struct {
		Apps []struct {
			Secret string `json:"app_secret"`
		} `json:"apps"`
	}
	newClient(p.t, p.SandboxURL+"/meta/_sandbox").do(http.MethodGet, "/apps", nil, &apps)
	var channels struct {
		Items []struct {
			ID         string `json:"id"`
			Channel    string `json:"channel"`
			ExternalID string `json:"external_id"`
		} `json:"items"`
	}
	p.operator.do(http.MethodGet, "/channels", nil, &channels)
	own = &number{h: p.house, owner: p.operator, secret: apps.Apps[0].Secret}
	for _, item := range channels.Items {
		if item.Channel == "whatsapp" && item.ExternalID != p.first.id {
			own.id = item.ExternalID
			var view struct {
				WebhookURL string `json:"webhook_url"`
			}
			p.operator.do(http.MethodGet, "/channels/"+item.ID, nil, &view)
			own.hook = strings.TrimPrefix(view.WebhookURL, p.GatewayURL)
		}
	}
	p.seed++
	name := fmt.Sprintf("Probe %d", p.seed)
	chat := p.newPhone(name, "whatsapp")
	chat.say("Oi")
	found := p.attendant.find("all", name)
	p.attendant.do(http.MethodPost, "/conversations/"+found.ID+"/take", object{}, nil)
	p.attendant.do(http.MethodPost, "/conversations/"+found.ID+"/messages", object{"text": "Pois não?"}, &m, "Idempotency-Key", "probe-key-"+fmt.Sprint(p.seed))
	shown := chat.await(p.t, "the answer", func(b bubble) bool { return b.Text == "Pois não?" })
	p.status(found.ID, m.ID, "accepted", "sent")
	return own, found.ID, m, strings.TrimPrefix(shown.ID, "w.")
}

// status waits until a message has one of the states.
func (p *probes) status(conversationID, messageID string, states ...string) (state string) {
	p.t.Helper()
	until(p.t, "the message as "+strings.Join(states, " or "), func() (bool, string) {
		thread, err := p.operator.wholeThread(conversationID)
		if err != nil {
			return false, err.Error()
		}
		for _, m := range thread {
			if m.ID == messageID {
				state = m.Status
			}
		}
		for _, wanted := range states {
			if state == wanted {
				return true, ""
			}
		}
		return false, state
	})
	return state
}

func (n *number) report(external, status string, more object) []byte {
	report := object{"id": external, "status": status, "timestamp": fmt.Sprint(time.Now().Unix()), "recipient_id": "5511900000000"}
	for name, value := range more {
		report[name] = value
	}
	return envelope(object{
		"messaging_product": "whatsapp", "metadata": object{"display_phone_number": "551140001000", "phone_number_id": n.id}, "statuses": list{report},
	})
}

func (p *probes) readThenSent() string {
	own, conversation, m, external := p.answered()
	defer p.wellAgain(p.t)
	own.tell(own.report(external, "read", nil))
	p.status(conversation, m.ID, "read")
	time.Sleep(700 * time.Millisecond) // the probe's own pause
	if r := own.tell(own.report(external, "sent", nil)); r.status != http.StatusOK {
		return fmt.Sprintf("answered %d", r.status)
	}
	// What comes behind it shows that it was worked on.
	other, name := p.customer()
	_ = own.tell(envelope(own.value(other, name, text("wamid.behind1", "depois"))))
	p.operator.heard(name, 1)
	return p.status(conversation, m.ID, "read", "sent", "delivered")
}

func (p *probes) failedThenDelivered() string {
	own, conversation, m, external := p.answered()
	defer p.wellAgain(p.t)
	own.tell(own.report(external, "failed", object{"errors": list{object{"code": 131000, "title": "Something went wrong"}}}))
	p.status(conversation, m.ID, "failed")
	own.tell(own.report(external, "delivered", nil))
	return p.status(conversation, m.ID, "delivered")
}

func (p *probes) twoCompanies() string {
	id, name := p.customer()
	other, otherName := p.customer()
	body := envelope(p.first.value(id, name, text("wamid.two1", "para a primeira")), p.second.value(other, otherName, text("wamid.two2", "para a segunda")))
	if r := p.first.tell(body); r.status != http.StatusOK {
		return fmt.Sprintf("answered %d", r.status)
	}
	p.first.owner.heard(name, 1)
	p.second.owner.heard(otherName, 1)
	for _, wrong := range []struct {
		of   *client
		name string
	}{{p.first.owner, otherName}, {p.second.owner, name}} {
		var page struct {
			Items []conversation `json:"items"`
		}
		wrong.of.do(http.MethodGet, "/conversations?view=all&limit=100", nil, &page)
		for _, item := range page.Items {
			if item.ContactName == wrong.name {
				return "one company sees the other's"
			}
		}
	}
	return "each in its own"
}

func (p *probes) badTimestamp() string {
	id, name := p.customer()
	second := text("wamid.bad2", "dois")
	second["timestamp"] = "nunca"
	r := p.first.tell(envelope(p.first.value(id, name, text("wamid.bad1", "um"), second, text("wamid.bad3", "três"))))
	if r.status != http.StatusOK {
		return fmt.Sprintf("answered %d", r.status)
	}
	var texts []string
	for _, m := range p.operator.heard(name, 2) {
		texts = append(texts, m.Content.Text)
	}
	piece := p.operator.quarantined("wamid.bad2")
	if strings.Join(texts, ",") != "um,três" || piece.Reason == "" {
		return fmt.Sprintf("stored %v, reason %q", texts, piece.Reason)
	}
	return "1 and 3 stored, 2 quarantined"
}

func (p *probes) order() string {
	id, name := p.customer()
	p.first.tell(envelope(p.first.value(id, name, object{"id": "wamid.order1", "type": "order", "order": object{
		"catalog_id": "3300", "text": "para presente", "product_items": list{
			object{"product_retailer_id": "VEST-AZ-M", "quantity": 1, "item_price": 189.9, "currency": "BRL"},
			object{"product_retailer_id": "MEIA-3", "quantity": "2", "item_price": "12.50", "currency": "BRL"},
		}}})))
	m := p.operator.heard(name, 1)[0]
	raw := string(m.Raw)
	if m.Content.Kind == "" || !strings.Contains(raw, "VEST-AZ-M") || !strings.Contains(raw, "MEIA-3") {
		return "kept as " + raw
	}
	return "stored whole"
}

func (p *probes) wrongSignature() string {
	id, name := p.customer()
	body := envelope(p.first.value(id, name, text("wamid.forged", "falso")))
	r := p.first.post("a guess", body)
	if r.status != http.StatusUnauthorized || r.body != "" {
		return fmt.Sprintf("%d %q", r.status, r.body)
	}
	own := p.first.in(p.t)
	p.passed(own, id, name) // and nothing but the mark is there
	if heard := p.operator.heard(name, 1); len(heard) != 1 {
		return fmt.Sprintf("stored: %+v", heard)
	}
	return "401, nothing told"
}

// stopDatabase takes the database away and gives what brings it back. On
// PostgreSQL its connections are cut; SQLite lives in the process, so its file
// is held by another writer.
func (p *probes) stopDatabase() (mend func()) {
	p.t.Helper()
	if p.postgres != nil {
		p.postgres.cut()
		return p.postgres.mend
	}
	db, err := sql.Open("sqlite", filepath.Join(p.dir, "data", database.FileName)+"?_pragma=busy_timeout(20000)")
	if err != nil {
		p.t.Fatal(err)
	}
	connection, err := db.Conn(context.Background())
	if err == nil {
		_, err = connection.ExecContext(context.Background(), "BEGIN IMMEDIATE")
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return func() {
		_, rollback := connection.ExecContext(context.Background(), "ROLLBACK")
		if err := rollback; err != nil {
			p.t.Error(err)
		}
		_ = connection.Close()
		_ = db.Close()
	}
}

func (p *probes) databaseStopped() string {
	id, name := p.customer()
	mend := sync.OnceFunc(p.stopDatabase())
	defer mend()
	r := p.first.tell(envelope(p.first.value(id, name, text("wamid.stopped1", "agora"))))
	if r.status != http.StatusOK {
		return fmt.Sprintf("answered %d", r.status)
	}
	mend()
	began := time.Now()
	p.operator.heard(name, 1)
	return fmt.Sprintf("200, stored (in %d ms; in the thread %s after the mending)", r.took.Milliseconds(), time.Since(began).Round(100*time.Millisecond))
}

// databaseLongStopped waits until the snapshot of accounts is older than the
// age at which it counts as stale (here 2 s instead of the usual 15).
func (p *probes) databaseLongStopped() string {
	id, name := p.customer()
	mend := sync.OnceFunc(p.stopDatabase())
	defer mend()
	time.Sleep(6 * time.Second) // longer than the snapshot's life and any look at the table
	r := p.first.tell(envelope(p.first.value(id, name, text("wamid.stopped2", "depois"))))
	if r.status != http.StatusOK {
		return fmt.Sprintf("answered %d", r.status)
	}
	mend()
	p.operator.heard(name, 1)
	return fmt.Sprintf("200, stored (in %d ms)", r.took.Milliseconds())
}

func (p *probes) unknownWhileStopped() string {
	mend := sync.OnceFunc(p.stopDatabase())
	defer mend()
	unknown := p.GatewayURL + "/webhooks/whatsapp/a-hook-that-nobody-has"
	body := envelope(p.first.value("5511900000001", "Ninguém", text("wamid.nobody", "oi")))
	if p.mode == "all" {
		// The file can still be read, so the snapshot proves that there is no such
		// account.
		if r := postSigned(unknown, "x", body); r.status != http.StatusNotFound {
			return fmt.Sprintf("answered %d", r.status)
		}
		return "as wanted: 404, proved by a fresh snapshot"
	}
	until(p.t, "a stale snapshot", func() (bool, string) {
		r := postSigned(unknown, "x", body)
		return r.status == http.StatusServiceUnavailable, fmt.Sprint(r.status)
	})
	mend()
	until(p.t, "a fresh snapshot", func() (bool, string) {
		r := postSigned(unknown, "x", body)
		return r.status == http.StatusNotFound, fmt.Sprint(r.status)
	})
	return "as wanted: 503 while stale, 404 when fresh again"
}

func (p *probes) malformed() string {
	r := p.first.tell([]byte(`{"object":"whatsapp_business_account","entry":[{"half`))
	if r.status != http.StatusOK {
		return fmt.Sprintf("answered %d", r.status)
	}
	piece := p.operator.quarantined(`"entry":[{"half`)
	if piece.Reason == "" || piece.TenantID == "" {
		return fmt.Sprintf("kept without reason or company: %+v", piece)
	}
	// Trying it again works, and it comes back with its reason.
	p.operator.do(http.MethodPost, "/quarantine/"+piece.ID+"/replay", nil, nil)
	until(p.t, "the replayed piece", func() (bool, string) {
		again := p.operator.quarantined(`"entry":[{"half`)
		return again.ID != piece.ID && again.Reason != "", fmt.Sprintf("%+v", again)
	})
	return "200, quarantined"
}

func (p *probes) stranger() string {
	stranger := *p.first
	stranger.id = "200100300777"
	if r := p.first.tell(envelope(stranger.value("5511900000001", "Ninguém", text("wamid.stranger", "oi")))); r.status != http.StatusOK {
		return fmt.Sprintf("answered %d", r.status)
	}
	piece := p.operator.quarantined("wamid.stranger")
	if piece.TenantID != "" || !strings.Contains(piece.Reason, "200100300777") {
		return fmt.Sprintf("kept as %+v", piece)
	}
	return "200, quarantined"
}

func (p *probes) unknownKind() string {
	id, name := p.customer()
	p.first.tell(envelope(p.first.value(id, name, object{"id": "wamid.tomorrow", "type": "hologram", "hologram": object{"beam": "azul"}})))
	m := p.operator.heard(name, 1)[0]
	if m.Content.Kind == "" || !strings.Contains(string(m.Raw), "azul") {
		return "kept as " + string(m.Raw)
	}
	return "stored, shown as a placeholder (" + m.Content.Kind + ")"
}
