package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Provider stands where Meta's Graph API stands: it takes sends, remembers when
// each reply came, and reports sent, delivered and read for each through the
// gateway.
type Provider struct {
	plan     Plan
	listener net.Listener
	server   *http.Server
	client   *http.Client
	byNumber map[string]int

	mu      sync.Mutex
	replies map[int]time.Time // message -> when its reply was taken
	last    map[int]int       // customer -> last message answered
	first   map[int]bool      // customer -> got the reply to the first message
	doubled int
	swapped int
	strange []string

	pending [][]report
	taken   atomic.Int64
	ids     atomic.Int64
	told    atomic.Int64
	refused atomic.Int64
}

// NewProvider listens on a free port of this machine.
func NewProvider(plan Plan) (*Provider, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Provider{
		plan: plan, listener: listener, client: newClient(plan.Senders), byNumber: map[string]int{},
		replies: map[int]time.Time{}, last: map[int]int{}, first: map[int]bool{}, pending: make([][]report, len(plan.Numbers)),
	}
	for i, n := range plan.Numbers {
		p.byNumber[n.PhoneNumberID] = i
	}
	p.server = &http.Server{Handler: http.HandlerFunc(p.serve), ReadHeaderTimeout: 10 * time.Second}
	return p, nil
}

// Use names the plan once the numbers and the gateway are known.
func (p *Provider) Use(plan Plan) {
	p.plan = plan
	p.pending = make([][]report, len(plan.Numbers))
	for i, n := range plan.Numbers {
		p.byNumber[n.PhoneNumberID] = i
	}
}

// URL is the provider's base URL.
func (p *Provider) URL() string { return "http://" + p.listener.Addr().String() }

// Run serves and reports until ctx ends.
func (p *Provider) Run(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- p.server.Serve(p.listener) }()
	ticker := time.NewTicker(max(p.plan.StatusEvery, time.Millisecond))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			p.report(context.WithoutCancel(ctx))
			return p.server.Close()
		case err := <-done:
			return err
		case <-ticker.C:
			p.report(ctx)
		}
	}
}

// sent is what matters to us in a send.
type sent struct {
	To        string `json:"to"`
	Recipient string `json:"recipient"`
	Ours      string `json:"biz_opaque_callback_data"`
	Status    string `json:"status"` // "read" marks, typing
	Type      string `json:"type"`
	Text      struct {
		Body string `json:"body"`
	} `json:"text"`
}

func (p *Provider) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	segments := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	w.Header().Set("Content-Type", "application/json")
	var s sent
	if len(segments) < 3 || segments[len(segments)-1] != "messages" || json.Unmarshal(body, &s) != nil {
		_, _ = io.WriteString(w, `{"success":true}`)
		return
	}
	if s.Status == "read" {
		_, _ = io.WriteString(w, `{"success":true}`)
		return
	}
	number, ok := p.byNumber[segments[len(segments)-2]]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"error":{"message":"Unsupported post request","type":"GraphMethodException","code":100,"error_subcode":33}}`)
		return
	}
	now := time.Now()
	wamid := "wamid.OUT" + strconv.FormatInt(p.ids.Add(1), 10)
	to := s.To
	if to == "" {
		to = s.Recipient
	}
	p.take(s, number, wamid, now)
	fmt.Fprintf(w, `{"messaging_product":"whatsapp","contacts":[{"input":"%s","wa_id":"%s"}],"messages":[{"id":"%s","message_status":"accepted"}]}`, to, to, wamid)
}

func (p *Provider) take(s sent, number int, wamid string, now time.Time) {
	p.taken.Add(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	customer := customerOf(s)
	if i, ok := answered(s.Text.Body); ok {
		p.note(customer, i, now)
	} else if customer >= 0 && !p.first[customer] {
		p.first[customer] = true
		p.note(customer, customer, now) // the first message of customer c is message c
	} else {
		p.odd("a reply without a marker: %q", s.Text.Body)
	}
	recipient := waID(max(customer, 0))
	user := userID(max(customer, 0))
	for _, status := range []string{"sent", "delivered", "read"} {
		p.pending[number] = append(p.pending[number], report{wamid, recipient, user, s.Ours, status, now})
	}
}

func (p *Provider) note(customer, i int, now time.Time) {
	if customer < 0 || p.plan.customer(i) != customer {
		p.odd("message %d was answered to customer %d", i, customer)
		return
	}
	if _, again := p.replies[i]; again {
		p.doubled++
		return
	}
	p.replies[i] = now
	if last, ok := p.last[customer]; ok && i < last {
		p.swapped++
	}
	p.last[customer] = max(p.last[customer], i)
}

func (p *Provider) odd(format string, args ...any) {
	if len(p.strange) < 5 {
		p.strange = append(p.strange, fmt.Sprintf(format, args...))
	}
}

// answered reads the marker that the bot repeated.
func answered(text string) (int, bool) {
	at := strings.LastIndexByte(text, 'n')
	if at < 0 {
		return 0, false
	}
	i, err := strconv.Atoi(text[at+1:])
	return i, err == nil
}

func customerOf(s sent) int {
	if rest, ok := strings.CutPrefix(s.To, "55119"); ok {
		if n, err := strconv.Atoi(rest); err == nil {
			return n - 10_000_000
		}
	}
	if rest, ok := strings.CutPrefix(s.Recipient, "BR."); ok {
		if n, err := strconv.Atoi(rest); err == nil {
			return n
		}
	}
	return -1
}

// report sends what waits, one POST a number, as Meta batches.
func (p *Provider) report(ctx context.Context) {
	var group sync.WaitGroup
	for number := range p.pending {
		p.mu.Lock()
		batch := p.pending[number]
		p.pending[number] = nil
		p.mu.Unlock()
		if len(batch) == 0 {
			continue
		}
		group.Add(1)
		go func() {
			defer group.Done()
			n := p.plan.Numbers[number]
			if err := post(ctx, p.client, p.plan.Gateway, n, statuses(n, batch)); err != nil {
				p.refused.Add(1)
				p.mu.Lock()
				p.pending[number] = append(batch, p.pending[number]...) // Meta repeats
				p.mu.Unlock()
				return
			}
			p.told.Add(int64(len(batch)))
		}()
	}
	group.Wait()
}

// post delivers a webhook; anything but 200 is an error.
func post(ctx context.Context, client *http.Client, gateway string, n Number, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, gateway+"/webhooks/whatsapp/"+n.Hook, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Hub-Signature-256", sign(n.AppSecret, body))
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the gateway answered %d", response.StatusCode)
	}
	return nil
}

func newClient(connections int) *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		MaxIdleConns: connections, MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, DisableCompression: true,
	}}
}
