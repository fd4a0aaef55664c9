package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"prosa/internal/sandbox/stage"
)

// update is an Update that waits for the webhook or for getUpdates.
type update struct {
	ID      int64           `json:"id"`
	Bot     int64           `json:"bot"`
	User    int64           `json:"user"`
	Kind    string          `json:"kind"` // message, callback_query ...
	Message string          `json:"message,omitempty"`
	AtMS    int64           `json:"at"`
	Body    json.RawMessage `json:"body"` // the whole Update

	attempts int
	held     bool
	told     bool // the ledger knows it
}

// updateKinds are the kinds that allowed_updates may name; message_reaction
// comes only when it is named.
var updateKinds = []string{
	"message", "edited_message", "callback_query", "my_chat_member", "message_reaction", "pre_checkout_query",
	"shipping_query", "inline_query", "chosen_inline_result", "poll", "poll_answer", "channel_post",
	"edited_channel_post", "chat_member", "chat_join_request", "message_reaction_count", "business_connection",
	"business_message", "edited_business_message", "deleted_business_messages", "chat_boost", "removed_chat_boost",
	"purchased_paid_media", "guest_message", "managed_bot",
}

func (b *Bot) wants(kind string) bool {
	if len(b.Allowed) == 0 {
		return kind != "message_reaction" && kind != "chat_member" && kind != "message_reaction_count"
	}
	return slices.Contains(b.Allowed, kind)
}

// newUpdate makes an update, nil when the bot does not want its kind; the
// caller holds the lock.
func (s *Server) newUpdate(bot *Bot, user int64, kind string, message *Message, content any) *update {
	if !bot.wants(kind) {
		return nil
	}
	last := s.updateIDs[bot.ID]
	if last == 0 {
		last = 100_000_000 + bot.ID%1_000_000
	}
	last++
	s.updateIDs[bot.ID] = last
	s.journal.Put(keyCounter+strconv.FormatInt(bot.ID, 10), last)
	u := &update{
		ID: last, Bot: bot.ID, User: user, Kind: kind, AtMS: s.now().UnixMilli(),
		Body: encode(object{"update_id": last, kind: content}),
	}
	if message != nil {
		u.Message = message.Key
	}
	if s.ledger.Mode() != stage.LedgerCounts {
		s.journal.Put(u.key(), u)
	}
	return u
}

func (u *update) key() string { return fmt.Sprintf("%s%d/%d", keyUpdate, u.Bot, u.ID) }

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

func (s *Server) setWebhook(c *call) (stage.Answer, *apiError) {
	address := strings.TrimSpace(c.params.text("url"))
	if address == "" {
		return s.deleteWebhook(c)
	}
	if err := checkWebhook(address); err != nil {
		return stage.Answer{}, err
	}
	secret := c.params.text("secret_token")
	switch {
	case len(secret) > 256:
		return stage.Answer{}, bad("secret token is too long")
	case !secretForm.MatchString(secret):
		return stage.Answer{}, bad("secret token contains unallowed characters")
	}
	if err := s.allow(c); err != nil {
		return stage.Answer{}, err
	}
	connections := int(c.params.number("max_connections"))
	if connections == 0 {
		connections = 40
	}
	s.mu.Lock()
	bot := s.bots[c.bot.ID]
	same := bot.WebhookURL == address && bot.Secret == secret
	bot.WebhookURL, bot.Secret, bot.MaxConnections = address, secret, min(max(connections, 1), 100)
	bot.LastError, bot.LastErrorAt = "", 0
	s.saveBot(bot)
	s.mu.Unlock()
	s.courier.reset(c.bot.ID, c.params.flag("drop_pending_updates"))
	s.feed.Publish(Change{})
	if same {
		return result(true, "Webhook is already set"), nil
	}
	return result(true, "Webhook was set"), nil
}

// checkWebhook holds an address against the rules for webhooks. This machine
// itself may be called without TLS and on any port, as from a local server.
func checkWebhook(address string) *apiError {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return bad("bad webhook: invalid URL host specified")
	}
	switch parsed.Hostname() {
	case "localhost", "127.0.0.1", "::1":
		return nil
	}
	if parsed.Scheme != "https" {
		return bad("bad webhook: An HTTPS URL must be provided for webhook")
	}
	switch parsed.Port() {
	case "", "443", "80", "88", "8443":
		return nil
	}
	return bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
}

func (s *Server) deleteWebhook(c *call) (stage.Answer, *apiError) {
	s.mu.Lock()
	bot := s.bots[c.bot.ID]
	had := bot.WebhookURL != ""
	bot.WebhookURL, bot.Secret, bot.LastError, bot.LastErrorAt = "", "", "", 0
	s.saveBot(bot)
	s.mu.Unlock()
	s.courier.reset(c.bot.ID, c.params.flag("drop_pending_updates"))
	s.feed.Publish(Change{})
	if !had {
		return result(true, "Webhook is already deleted"), nil
	}
	return result(true, "Webhook was deleted"), nil
}

func (s *Server) getWebhookInfo(c *call) (stage.Answer, *apiError) {
	info := object{"url": c.bot.WebhookURL, "has_custom_certificate": false, "pending_update_count": s.courier.pending(c.bot.ID)}
	if c.bot.WebhookURL != "" {
		info["max_connections"] = c.bot.MaxConnections
	}
	if c.bot.LastError != "" {
		info["last_error_date"], info["last_error_message"] = c.bot.LastErrorAt, c.bot.LastError
	}
	if len(c.bot.Allowed) > 0 {
		info["allowed_updates"] = c.bot.Allowed
	}
	return result(info, ""), nil
}

// getUpdates answers with what waits, or waits for it as long as it is told; an
// offset confirms all before it.
func (s *Server) getUpdates(c *call) (stage.Answer, *apiError) {
	if c.bot.WebhookURL != "" {
		return stage.Answer{}, &apiError{code: http.StatusConflict, description: "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}
	}
	if err := s.allow(c); err != nil {
		return stage.Answer{}, err
	}
	limit := int(c.params.number("limit"))
	if limit <= 0 || limit > 100 {
		limit = 100
	}
	ctx, cancel := context.WithTimeout(c.request.Context(), time.Duration(min(max(c.params.number("timeout"), 0), longestPoll))*time.Second)
	defer cancel()
	for {
		waiting, changed := s.courier.take(c.bot.ID, c.params.number("offset"), limit)
		out := []json.RawMessage{}
		for _, u := range waiting {
			out = append(out, u.Body)
		}
		if len(out) > 0 {
			return result(out, ""), nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return result(out, ""), nil
		}
	}
}

// longestPoll is how long getUpdates waits at most, in seconds.
const longestPoll = 50

// allow keeps allowed_updates, when they are given.
func (s *Server) allow(c *call) *apiError {
	raw := c.params.text("allowed_updates")
	if raw == "" {
		return nil
	}
	var allowed []string
	if json.Unmarshal([]byte(raw), &allowed) != nil {
		return bad("can't parse allowed updates JSON object")
	}
	// Unknown names are ignored, as the server does.
	allowed = slices.DeleteFunc(allowed, func(kind string) bool { return !slices.Contains(updateKinds, kind) })
	s.mu.Lock()
	defer s.mu.Unlock()
	if bot := s.bots[c.bot.ID]; bot != nil {
		bot.Allowed = allowed
		s.saveBot(bot)
	}
	return nil
}

// line is the queue of one chat: its head is posted until it is taken.
type line struct {
	bot     int64
	waiting []*update
	posting bool // a worker has it
	planned bool // its head failed and waits for its repetition
	plan    int  // which repetition: an older one is void
}

// courier carries updates to webhooks.
type courier struct {
	server *Server

	mu      sync.Mutex
	lines   map[string]*line // by bot and user
	active  map[int64]int    // lines with a worker, by bot
	changed chan struct{}    // closes with the next update
	ctx     context.Context  // nil until Run
	workers sync.WaitGroup
}

func newCourier(s *Server) *courier {
	return &courier{server: s, lines: map[string]*line{}, active: map[int64]int{}, changed: make(chan struct{})}
}

func (c *courier) start(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ctx = ctx
	for _, l := range c.lines {
		l.replan()
		c.startLine(l)
	}
}

// replan voids a planned repetition, so that the line can start at once; the
// caller holds the courier's lock.
func (l *line) replan() {
	l.plan++
	l.planned = false
}

func (c *courier) wait() {
	c.mu.Lock()
	c.ctx = nil
	c.mu.Unlock()
	c.workers.Wait()
}

// enqueue adds an update to the end of its chat's line. The caller does not
// hold the server's lock.
func (c *courier) enqueue(u *update) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := chatKey(u.Bot, u.User)
	l := c.lines[key]
	if l == nil {
		l = &line{bot: u.Bot}
		c.lines[key] = l
	}
	l.waiting = append(l.waiting, u)
	close(c.changed)
	c.changed = make(chan struct{})
	c.startLine(l)
}

// startLine gives a line a worker if nothing is in its way; the caller holds
// the lock.
func (c *courier) startLine(l *line) {
	if c.ctx == nil || c.ctx.Err() != nil || l.posting || l.planned || len(l.waiting) == 0 {
		return
	}
	bot := c.server.webhook(l.bot)
	if bot.WebhookURL == "" || c.active[l.bot] >= bot.MaxConnections {
		return
	}
	l.posting = true
	c.active[l.bot]++
	c.workers.Add(1)
	go c.run(c.ctx, l)
}

// webhook gives the bot's settings. It takes the server's lock inside the
// courier's: nobody may enqueue while holding the server's.
func (s *Server) webhook(id int64) Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	if bot := s.bots[id]; bot != nil {
		return *bot
	}
	return Bot{}
}

// run posts a line's updates until it is empty or one must be repeated.
func (c *courier) run(ctx context.Context, l *line) {
	defer c.workers.Done()
	for {
		bot := c.server.webhook(l.bot)
		c.mu.Lock()
		if ctx.Err() != nil || len(l.waiting) == 0 || bot.WebhookURL == "" {
			c.leave(l)
			c.mu.Unlock()
			return
		}
		head, before := l.waiting[0], l.plan
		c.mu.Unlock()
		done, gap := c.deliver(ctx, l, bot, head)
		c.mu.Lock()
		if done {
			l.waiting = slices.DeleteFunc(l.waiting, func(u *update) bool { return u == head })
			c.mu.Unlock()
			continue
		}
		if l.plan != before {
			c.mu.Unlock() // a new webhook was set meanwhile: try that one at once
			continue
		}
		if ctx.Err() == nil {
			l.planned = true // the chat is stuck until then
			l.plan++
			plan := l.plan
			c.server.timers.After(gap, func() {
				c.mu.Lock()
				defer c.mu.Unlock()
				if l.plan == plan {
					l.planned = false
					c.startLine(l)
				}
			})
		}
		c.leave(l)
		c.mu.Unlock()
		return
	}
}

// leave takes the worker off a line and gives its place to a line that waited
// for one; the caller holds the lock.
func (c *courier) leave(l *line) {
	l.posting = false
	full := c.active[l.bot] >= c.server.webhook(l.bot).MaxConnections
	c.active[l.bot]--
	c.startLine(l)
	if !full {
		return
	}
	for _, other := range c.lines {
		if other.bot == l.bot {
			c.startLine(other)
		}
	}
}

// reset makes the bot's lines start at once, without what waits if told so.
func (c *courier) reset(bot int64, drop bool) {
	c.mu.Lock()
	var dropped []*update
	for _, l := range c.lines {
		if l.bot != bot {
			continue
		}
		if drop {
			dropped = append(dropped, l.waiting...)
			l.waiting = nil
		}
		l.replan()
		c.startLine(l)
	}
	c.mu.Unlock()
	for _, u := range dropped {
		c.server.journal.Delete(u.key())
	}
}

// clear forgets what waits.
func (c *courier) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.lines {
		l.waiting = nil
		l.replan()
	}
	c.lines = map[string]*line{}
}

func (c *courier) pending(bot int64) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, l := range c.lines {
		if l.bot == bot {
			n += len(l.waiting)
		}
	}
	return n
}

// take gives a bot's waiting updates in order, after forgetting those before
// the offset, and what closes when there are more.
func (c *courier) take(bot, offset int64, limit int) (waiting []*update, changed <-chan struct{}) {
	c.mu.Lock()
	changed = c.changed
	var out, gone []*update
	for _, l := range c.lines {
		if l.bot != bot {
			continue
		}
		kept := l.waiting[:0:0]
		for _, u := range l.waiting {
			if u.ID < offset {
				gone = append(gone, u)
				continue
			}
			kept = append(kept, u)
		}
		l.waiting = kept
		out = append(out, kept...)
	}
	c.mu.Unlock()
	for _, u := range gone {
		c.finish(u, true)
	}
	slices.SortFunc(out, func(a, b *update) int { return int(a.ID - b.ID) })
	return out[:min(limit, len(out))], changed
}

// deliver posts an update once, with the faults that match. It gives whether
// the line may go on, and else the pause before the next attempt.
func (c *courier) deliver(ctx context.Context, l *line, bot Bot, u *update) (done bool, gap time.Duration) {
	s := c.server
	if !u.told {
		u.told = true
		push := stage.Push{ID: u.pushID(), AtMS: s.now().UnixMilli(), URL: bot.WebhookURL, Events: []string{u.event()}}
		if s.ledger.Full() {
			push.Body = string(u.Body)
			s.mu.Lock()
			if message := s.messages[u.Message]; message != nil {
				message.Updates = append(message.Updates, push.ID)
				s.saveMessage(message)
			}
			s.mu.Unlock()
		}
		s.ledger.Pushed(push)
	}
	twice, lose := false, false
	for _, rule := range s.rules.Match(stage.Call{On: "webhook", Method: http.MethodPost, Path: bot.WebhookURL, Account: strconv.FormatInt(u.Bot, 10), Kinds: []string{u.Kind}}) {
		switch rule.Do {
		case stage.DoDelay:
			if !stage.Pause(ctx, time.Duration(rule.DelayMS)*time.Millisecond) {
				return false, 0
			}
		case stage.DoDuplicate:
			twice = true
		case stage.DoCutAfter:
			lose = true
		case stage.DoDrop:
			s.ledger.Attempted(u.pushID(), stage.Attempt{}, "dropped")
			c.finish(u, false)
			return true, 0
		case stage.DoReorder:
			// Behind the next update of its chat, if there is one.
			c.mu.Lock()
			if !u.held && len(l.waiting) > 1 {
				u.held = true
				l.waiting[0], l.waiting[1] = l.waiting[1], l.waiting[0]
				c.mu.Unlock()
				return false, 0
			}
			c.mu.Unlock()
		}
	}
	var twin sync.WaitGroup
	if twice {
		twin.Go(func() { c.post(ctx, bot, u, false) })
	}
	u.attempts++
	ok, retryAfter := c.post(ctx, bot, u, lose)
	twin.Wait()
	switch {
	case ok:
		c.finish(u, true)
		return true, 0
	case s.now().UnixMilli()-u.AtMS > s.config.WebhookLife.Milliseconds():
		s.ledger.Attempted(u.pushID(), stage.Attempt{AtMS: s.now().UnixMilli(), Error: "older than the time of repetition"}, "given_up")
		c.finish(u, false)
		return true, 0
	case retryAfter > 0:
		return false, retryAfter
	}
	return false, s.config.WebhookGaps[min(u.attempts-1, len(s.config.WebhookGaps)-1)]
}

func (u *update) pushID() string { return fmt.Sprintf("update-%d-%d", u.Bot, u.ID) }

func (u *update) event() string {
	if u.Message != "" {
		return u.Message
	}
	return strconv.FormatInt(u.ID, 10)
}

// post sends an update and writes the attempt into the ledger. retryAfter is
// what the webhook asked for, at most an hour.
func (c *courier) post(ctx context.Context, bot Bot, u *update, lose bool) (ok bool, retryAfter time.Duration) {
	s := c.server
	started := s.now()
	attempt := stage.Attempt{AtMS: started.UnixMilli()}
	var body []byte
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, bot.WebhookURL, bytes.NewReader(u.Body))
	if err == nil {
		request.Header.Set("Content-Type", "application/json")
		if bot.Secret != "" {
			request.Header.Set("X-Telegram-Bot-Api-Secret-Token", bot.Secret)
		}
		var response *http.Response
		if response, err = s.client.Do(request); err == nil {
			body, _ = io.ReadAll(io.LimitReader(response.Body, 1<<20))
			_ = response.Body.Close()
			attempt.Status = response.StatusCode
			if seconds, convErr := strconv.Atoi(response.Header.Get("Retry-After")); convErr == nil && seconds > 0 {
				retryAfter = min(time.Duration(seconds)*time.Second, time.Hour)
			}
		}
	}
	attempt.TookMS = s.now().Sub(started).Milliseconds()
	if err != nil {
		if ctx.Err() != nil {
			return false, 0
		}
		attempt.Error = err.Error()
	}
	if lose {
		attempt.Status, attempt.Error = 0, "the answer was lost (fault rule)"
	}
	ok = attempt.Error == "" && attempt.Status >= 200 && attempt.Status < 300
	state := "waiting"
	if ok {
		state = "delivered"
		s.performAnswer(ctx, bot, body)
	} else {
		s.webhookFailed(u.Bot, attempt)
	}
	s.ledger.Attempted(u.pushID(), attempt, state)
	return ok, retryAfter
}

// webhookFailed keeps what getWebhookInfo tells.
func (s *Server) webhookFailed(id int64, attempt stage.Attempt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bot := s.bots[id]
	if bot == nil {
		return
	}
	bot.LastErrorAt = s.now().Unix()
	bot.LastError = fmt.Sprintf("Wrong response from the webhook: %d %s", attempt.Status, http.StatusText(attempt.Status))
	if attempt.Status == 0 {
		bot.LastError = "Connection refused"
		if strings.Contains(attempt.Error, "timeout") || strings.Contains(attempt.Error, "deadline") {
			bot.LastError = "Read timeout expired"
		}
	}
	s.saveBot(bot)
}

// performAnswer runs the method that a webhook's answer may name; its result
// is lost.
func (s *Server) performAnswer(ctx context.Context, bot Bot, body []byte) {
	if len(body) == 0 || body[0] != '{' {
		return
	}
	p := params{values: map[string]string{}, files: map[string]upload{}, raw: body}
	if p.readJSON(body) != nil || p.text("method") == "" {
		return
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "/", nil)
	if err != nil {
		return
	}
	s.perform(&call{request: request, bot: bot, method: p.text("method"), params: p, atMS: s.now().UnixMilli()})
}

// finish forgets an update that is over and ticks its message.
func (c *courier) finish(u *update, delivered bool) {
	s := c.server
	var changed *Message
	s.mu.Lock()
	if s.ledger.Mode() != stage.LedgerCounts {
		s.journal.Delete(u.key())
	}
	if message := s.messages[u.Message]; message != nil {
		if delivered && message.Dir == Inbound && message.Status == "sent" && (u.Kind == "message" || u.Kind == "business_message" || u.Kind == "callback_query" || strings.HasSuffix(u.Kind, "_query")) {
			message.Status, message.DeliveredMS = "delivered", s.now().UnixMilli()
			s.saveMessage(message)
			copied := *message
			changed = &copied
		}
		if !s.ledger.Full() && message.Dir == Inbound {
			delete(s.messages, message.Key)
		}
	}
	s.mu.Unlock()
	if err := s.journal.Flush(); err != nil {
		s.config.Logger.Error("sandbox journal", "error", err)
	}
	if changed != nil {
		s.publish(*changed)
	}
}
