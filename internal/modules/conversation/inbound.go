package conversation

import (
	"context"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/contact"
	"prosa/internal/platform/database"
)

// item is one event of the platform on its way through a batch.
type item struct {
	raw     event.Raw
	account channel.Account
	in      channel.Inbound
	// messageID is made before the message is stored, since its key points to it.
	messageID string
	known     contact.Known
	// late marks an edit or reaction whose message never came: it is shown by
	// itself, without waking anybody.
	late bool
}

func (i *item) target(external string) target {
	return target{i.raw.TenantID, i.raw.AccountID, external}
}

// key is what makes the event act once; being shown late is an act of its own.
func (i *item) key() string {
	if i.late {
		return "late:" + i.in.Key
	}
	return i.in.Key
}

// speaks reports whether the event puts a message into a conversation.
func (i *item) speaks() bool {
	return i.in.Kind == channel.InMessage || i.in.Kind == channel.InEcho && i.in.Target == "" || i.late
}

// hears reports whether the event is about one customer's conversation: it
// speaks, or says who has the thread.
func (i *item) hears() bool { return i.speaks() || i.in.Kind == channel.InControl }

// alters reports whether the event is about a message that should be stored
// already.
func (i *item) alters() bool {
	if i.late {
		return false
	}
	switch i.in.Kind {
	case channel.InEdit, channel.InRevoke, channel.InReaction:
		return true
	default:
		return i.in.Kind == channel.InEcho && i.in.Target != ""
	}
}

// quiet reports whether the event wakes nobody: what the platform says of the
// customer's account, of consent and of calls that nobody missed, and what lost
// its message.
func (i *item) quiet() bool {
	switch {
	case i.late, i.in.History, i.in.Kind == channel.InControl:
		return true
	case i.in.Content.Kind == message.PhoneCall:
		return i.in.Content.Call == nil || i.in.Content.Call.State != "missed" && i.in.Content.Call.State != "permitted" && i.in.Content.Call.State != "forbidden"
	default:
		return i.in.Content.Kind == message.System || i.in.Content.Kind == message.Permission
	}
}

// wantsBot reports whether a bot is to answer it.
func (i *item) wantsBot() bool {
	call := i.in.Content.Call
	return !i.in.Standby && (i.in.Content.Kind != message.PhoneCall || call != nil && call.State == "missed")
}

// facts is what a flow may read of the customer.
func (i *item) facts() ContactFacts {
	return ContactFacts{ID: i.known.ID, Name: i.known.Called, Username: i.known.Username, Language: i.known.Language, Fields: i.known.Fields, Tags: i.known.Tags}
}

// batch is one transaction's worth of events.
type batch struct {
	*work
	s     *Service
	tx    *database.Tx
	shard int
	items []*item
	// careful gives every turn its own savepoint, after a batch in which the
	// bots failed.
	careful bool
	latest  map[person]*entry
	pasts   map[person]*entry // what was said before the account was connected
	quotes  map[target]string
	ours    map[target]bool // echoes of what we sent ourselves
}

// errBots says that the bots failed in a batch, though the database did not:
// the batch runs again, carefully.
type errBots struct{ cause error }

func (e errBots) Error() string { return "the bots failed: " + e.cause.Error() }
func (e errBots) Unwrap() error { return e.cause }

// process does one batch in one transaction.
func (s *Service) process(ctx context.Context, fence Fence, shard int, items []*item, careful bool) (err error) {
	var tenants []string
	for _, i := range items {
		tenants = append(tenants, i.raw.TenantID)
	}
	// What the shard's sender has to write goes along.
	ride := s.deliverer.Board(shard)
	err = errCutOff
	defer func() { ride.Leave(ctx, err) }()
	tenants = append(tenants, ride.Companies()...)
	slices.Sort(tenants)
	tenants = slices.Compact(tenants)
	err = s.db.Write(ctx, database.Companies(tenants), func(ctx context.Context, tx *database.Tx) error {
		ride.Begin(tx)
		if fence != nil {
			if err := fence.Fence(ctx, tx); err != nil {
				return errFenced{err}
			}
		}
		b := &batch{work: s.newWork(tx), s: s, tx: tx, shard: shard, careful: careful, latest: map[person]*entry{}, pasts: map[person]*entry{}}
		var err error
		if b.items, err = keepNew(ctx, tx, items); err != nil {
			return err
		}
		for _, step := range []func(ctx context.Context) error{b.hearNews, b.remember, b.reach, b.meet, b.receive, b.consent, b.alter} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		if err := s.flush(ctx, tx, b.work); err != nil {
			return err
		}
		// Late, since what channel has to say of a message needs its row.
		if err := b.report(ctx); err != nil {
			return err
		}
		return ride.Carry(ctx, tx)
	})
	return err
}

// errCutOff stands for a transaction that did not come to its end.
var errCutOff = fault.New(fault.Internal, "the transaction was cut off")

// errFenced says that another process owns the shard now.
type errFenced struct{ cause error }

func (e errFenced) Error() string { return "the shard was lost: " + e.cause.Error() }
func (e errFenced) Unwrap() error { return e.cause }

// keepNew stores the keys of the events and gives those that never came
// before. Events without a key (statuses) act by their rank alone.
func keepNew(ctx context.Context, tx *database.Tx, items []*item) ([]*item, error) {
	var args [][]any
	var keyed []*item
	for _, i := range items {
		i.messageID = ""
		if i.in.Key == "" {
			continue
		}
		if i.speaks() {
			i.messageID = id.New(id.Message, tx.Now())
		}
		keyed = append(keyed, i)
		args = append(args, []any{i.raw.TenantID, i.raw.AccountID, i.key(), i.messageID, tx.Now()})
	}
	// Of several that are the same only the first is new.
	fresh := make(map[target]bool, len(keyed))
	if _, err := tx.All(ctx, `INSERT INTO inbound_key (tenant_id, account_id, key, message_id, at_ms) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant_id, account_id, key) DO NOTHING RETURNING tenant_id, account_id, key`, args, func(_ int, row database.Row) error {
		var key target
		err := row.Scan(&key.tenant, &key.account, &key.external)
		fresh[key] = true
		return err
	}); err != nil {
		return nil, err
	}
	first := make(map[*item]bool, len(keyed))
	for _, i := range keyed {
		if key := i.target(i.key()); fresh[key] {
			fresh[key], first[i] = false, true
		}
	}
	kept := make([]*item, 0, len(items))
	for _, i := range items {
		if i.in.Key == "" || first[i] {
			kept = append(kept, i)
		}
	}
	return kept, nil
}

// report passes the platforms' words on our messages to channel.
func (b *batch) report(ctx context.Context) error {
	var reports []channel.Report
	for _, i := range b.items {
		if (i.in.Kind == channel.InStatus || i.in.Kind == channel.InEcho) && i.in.Status != nil {
			reports = append(reports, channel.Report{
				TenantID: i.raw.TenantID, AccountID: i.raw.AccountID, AtMS: i.in.AtMS, From: i.in.From, Status: *i.in.Status,
			})
		}
	}
	if len(reports) == 0 {
		return nil
	}
	return b.s.deliverer.Report(ctx, b.tx, reports)
}

// hearNews passes on what platforms say of accounts themselves.
func (b *batch) hearNews(ctx context.Context) error {
	for _, i := range b.items {
		if i.in.Kind != channel.InAccount || i.in.News == nil {
			continue
		}
		for _, reader := range b.s.news {
			if err := reader.HearNews(ctx, b.tx, i.account, *i.in.News, b.clamp(i.at())); err != nil {
				return err
			}
		}
	}
	return nil
}

// remember takes over what the company calls its customers in the platform's
// own app.
func (b *batch) remember(ctx context.Context) error {
	var book []contact.Acquaintance
	for _, i := range b.items {
		if i.in.Kind == channel.InPerson {
			book = append(book, contact.Acquaintance{
				TenantID: i.raw.TenantID, Channel: i.account.Channel, AccountID: i.raw.AccountID, Addresses: i.in.From, Name: plain(i.in.Name),
			})
		}
	}
	if len(book) == 0 {
		return nil
	}
	return b.s.contacts.Remember(ctx, b.tx, book)
}

// reach notes who blocked or unblocked us.
func (b *batch) reach(ctx context.Context) error {
	var reaches []contact.Reach
	for _, i := range b.items {
		if i.in.Kind == channel.InReach && i.in.Reachable != nil {
			reaches = append(reaches, contact.Reach{TenantID: i.raw.TenantID, AccountID: i.raw.AccountID, Addresses: i.in.From, Reachable: *i.in.Reachable})
		}
	}
	if len(reaches) == 0 {
		return nil
	}
	return b.s.contacts.SetReach(ctx, b.tx, reaches)
}

// meet finds the customers of all events that speak, their conversations, and
// the messages that they quote.
func (b *batch) meet(ctx context.Context) error {
	var speaking []*item
	var sightings []contact.Sighting
	var quoted []target
	for _, i := range b.items {
		if !i.hears() {
			continue
		}
		speaking = append(speaking, i)
		sighting := contact.Sighting{
			TenantID: i.raw.TenantID, Channel: i.account.Channel, AccountID: i.raw.AccountID, Addresses: i.addresses(),
			Name: plain(i.in.Name), Username: plain(i.in.Username), Language: plain(i.in.Language), AtMS: i.in.AtMS,
		}
		sightings = append(sightings, sighting)
		if i.in.QuotedID != "" {
			quoted = append(quoted, i.target(i.in.QuotedID))
		}
	}
	if len(speaking) == 0 {
		return nil
	}
	known, err := b.s.contacts.Resolve(ctx, b.tx, sightings)
	if err != nil {
		return err
	}
	people := make([]person, len(speaking))
	for n, i := range speaking {
		i.known = known[n]
		people[n] = i.person()
	}
	var remembered []person
	for n, i := range speaking {
		if i.in.History {
			remembered = append(remembered, people[n])
		}
	}
	found, err := loadLatest(ctx, b.tx, people)
	if err != nil {
		return err
	}
	for p, c := range found {
		b.latest[p] = &entry{Conversation: c}
	}
	past, err := loadPasts(ctx, b.tx, remembered)
	if err != nil {
		return err
	}
	for p, c := range past {
		b.pasts[p] = &entry{Conversation: c, quiet: true}
	}
	if b.quotes, err = b.s.locate(ctx, b.tx, quoted); err != nil {
		return err
	}
	return b.findOurs(ctx, speaking)
}

// findOurs marks the echoes of messages that we sent: a platform may echo
// those too.
func (b *batch) findOurs(ctx context.Context, speaking []*item) error {
	b.ours = map[target]bool{}
	var dropped [][]any
	for _, i := range speaking {
		if i.in.Kind != channel.InEcho || i.in.ExternalID == "" {
			continue
		}
		known, err := b.s.deliverer.Locate(ctx, b.tx, i.raw.TenantID, i.raw.AccountID, []string{i.in.ExternalID})
		if err != nil {
			return err
		}
		// What carries a delivery's id is ours before the platform's answer told us
		// its own.
		ours := known[i.in.ExternalID] != "" || i.in.Status != nil && id.Check(id.Delivery, i.in.Status.Ours) == nil
		if !ours {
			if ours, err = b.flying(ctx, i); err != nil {
				return err
			}
		}
		b.ours[i.target(i.in.ExternalID)] = ours
		if ours {
			dropped = append(dropped, []any{i.raw.TenantID, i.raw.AccountID, i.key(), known[i.in.ExternalID]})
		}
	}
	if len(dropped) == 0 {
		return nil
	}
	// The echo's key stands for our message, not for one of its own, or reactions
	// and quotes would look for that.
	_, err := b.tx.Each(ctx, `UPDATE inbound_key SET message_id = $4 WHERE tenant_id = $1 AND account_id = $2 AND key = $3`, dropped, nil)
	return err
}

// recentOut is how many of our last messages an echo may be of.
const recentOut = 20

// sameWords reports whether an echo may be of a part of what we said: a long
// text leaves in pieces, and words leave after their file.
func sameWords(said, echo message.Content) bool {
	if said.Text == "" || echo.Text == "" {
		return said.Kind == echo.Kind
	}
	return strings.Contains(echo.Text, said.Text) || strings.Contains(said.Text, echo.Text)
}

// flying reports whether an echo that names nobody is of a message of ours that
// is being sent right now: Instagram's echo may be faster than its answer, and
// carries nothing of ours. On the other channels an echo that names no delivery
// is a person's word in the platform's own app, whatever is under way.
func (b *batch) flying(ctx context.Context, i *item) (bool, error) {
	e := b.latest[i.person()]
	if e == nil || i.account.Channel != message.Instagram {
		return false, nil
	}
	rows, err := b.tx.Query(ctx, `SELECT `+messageColumns+` FROM message
		WHERE tenant_id = $1 AND conversation_id = $2 AND direction = 'out' ORDER BY seq DESC LIMIT $3`, e.TenantID, e.ID, recentOut)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	var likely []string
	for rows.Next() {
		m, err := scanMessage(rows)
		if err != nil {
			return false, err
		}
		if sameWords(m.Content, i.in.Content) {
			likely = append(likely, m.ID)
		}
	}
	if err := rows.Err(); err != nil {
		return false, err
	}
	rows.Close()
	found, err := b.s.deliverer.InFlight(ctx, b.tx, e.TenantID, likely)
	return len(found) > 0, err
}

// addresses are all that the event names of the customer, also those that gave
// way to others.
func (i *item) addresses() []message.Address {
	all := i.in.From
	if change := i.in.Change; change != nil {
		for _, address := range []message.Address{change.New, change.Old} {
			if address.Value != "" && address.Value == plain(address.Value) && !slices.Contains(all, address) {
				all = append(slices.Clone(all), address)
			}
		}
	}
	return all
}

func (i *item) person() person { return person{i.raw.TenantID, i.raw.AccountID, i.known.ID} }

// receive puts messages into conversations in the order in which they came,
// and lets bots answer. Conversations are served side by side, each one event
// after the other: a turn sees what the turn before it did.
func (b *batch) receive(ctx context.Context) error {
	lanes := map[person][]*item{}
	var order []person
	for _, i := range b.items {
		if !i.hears() {
			continue
		}
		p := i.person()
		if lanes[p] == nil {
			order = append(order, p)
		}
		lanes[p] = append(lanes[p], i)
	}
	for len(order) > 0 {
		var requests []TurnRequest
		var busy []person
		for _, p := range order {
			for len(lanes[p]) > 0 {
				i := lanes[p][0]
				album, err := b.gathered(ctx, p, i)
				if err != nil {
					return err
				}
				if album != nil {
					requests = append(requests, *album)
					break
				}
				lanes[p] = lanes[p][1:]
				request, err := b.hear(ctx, p, i)
				if err != nil {
					return err
				}
				if request != nil {
					requests = append(requests, *request)
					break // the rest of the lane waits for the answer
				}
			}
			if len(lanes[p]) > 0 {
				busy = append(busy, p)
			}
		}
		if err := b.answer(ctx, requests); err != nil {
			return err
		}
		order = busy
	}
	return nil
}

// hear puts one message into its conversation and says whether a bot is to
// answer it.
func (b *batch) hear(ctx context.Context, p person, i *item) (*TurnRequest, error) {
	echo := i.in.Kind == channel.InEcho
	if echo && b.ours[i.target(i.in.ExternalID)] {
		return nil, nil
	}
	if i.in.History {
		return nil, b.recall(ctx, p, i)
	}
	e, first, err := b.conversationFor(p, i)
	if err != nil {
		return nil, err
	}
	e.ContactName, e.Blocked, e.Shard = i.known.Name, i.known.Blocked, b.shard
	if i.in.Kind == channel.InControl {
		b.hearControl(e, i)
		return nil, nil
	}
	b.learn(e, i)
	b.sidelined(e, i)
	plainContent(&i.in.Content)
	if change := i.in.Change; change != nil && i.in.Content.Kind == message.System {
		i.in.Content.Activity = &message.Act{What: "identity_changed", Facts: map[string]string{
			"kind": string(change.New.Kind), "from": plain(change.Old.Value), "to": plain(change.New.Value),
		}}
	}
	m := &Message{
		ID: i.messageID, Direction: message.In, Content: i.in.Content, Sender: Sender{Kind: fromCustomer, ID: e.ContactID, Name: e.ContactName},
		Status: message.Delivered, ExternalID: plain(i.in.ExternalID), AtMS: b.clamp(i.at()),
	}
	if i.in.QuotedID != "" {
		if m.QuotedID = b.quotes[i.target(i.in.QuotedID)]; m.QuotedID == "" {
			m.QuotedID = plain(i.in.QuotedID)
		}
	}
	if i.in.CallbackID != "" {
		b.signals = append(b.signals, sign{e.TenantID, e.AccountID, i.in.From, channel.Signal{CallbackID: i.in.CallbackID}})
	}
	if echo {
		return nil, b.overhear(e, m, i.late)
	}
	b.add(e, m)
	b.wantMedia(e, m)
	if !i.quiet() || m.Content.Kind == message.PhoneCall {
		e.LastInMS = max(e.LastInMS, m.AtMS)
		e.WindowMS = max(e.WindowMS, windowEnd(e.Channel, m.AtMS))
	}
	if i.quiet() {
		return nil, nil
	}
	e.LastInSeq = m.Seq
	if r := i.in.Referral; r != nil && (e.Referral == nil || m.AtMS >= e.Referral.AtMS) {
		came := *r
		came.AtMS = m.AtMS
		e.Referral = &came
	}
	if e.Blocked || i.in.Standby {
		return nil, nil // another app answers
	}
	if err := b.s.silence(b.work, e); err != nil {
		return nil, err
	}
	if e.Owner.Kind != Bot {
		if e.WaitingMS == 0 && e.Live() && m.Content.Kind != message.Welcome {
			e.WaitingMS = m.AtMS
		}
		return nil, nil
	}
	if e.held() || !i.wantsBot() || b.collect(e, m) {
		return nil, nil
	}
	return &TurnRequest{
		TenantID: e.TenantID, ConversationID: e.ID, BotID: e.Owner.ID, Channel: e.Channel, AccountID: e.AccountID, Cause: CustomerWrote,
		MessageID: m.ID, Content: m.Content, AtMS: m.AtMS, Referral: i.in.Referral, New: first, Contact: i.facts(),
	}, nil
}

// overhear stores what the company wrote in the vendor's own app. A person
// there answered: the customer no longer waits, and a bot falls silent.
// The sender has no name: no platform tells who it was.
func (b *batch) overhear(e *entry, m *Message, late bool) error {
	m.Direction, m.Status, m.SentMS = message.Out, message.Sent, m.AtMS
	m.Sender = Sender{Kind: fromUser}
	b.add(e, m)
	b.wantMedia(e, m)
	if late {
		return nil
	}
	if e.Owner.Kind == Bot {
		if err := b.move(e, Change{To: Queued, Actor: Actor{Kind: fromUser}, Cause: event.Manual, Reason: "answered_elsewhere"}); err != nil {
			return err
		}
	}
	e.WaitingMS = 0
	return nil
}

// at is the platform's time, or that of the arrival where it tells none.
func (i *item) at() int64 {
	if i.in.AtMS > 0 {
		return i.in.AtMS
	}
	return i.raw.ReceivedMS
}

// clamp keeps a clock that runs ahead from opening windows in the future.
func (b *batch) clamp(atMS int64) int64 {
	if atMS <= 0 {
		return b.now
	}
	return min(atMS, b.now)
}

// conversationFor gives the conversation that a message belongs to: the live
// one, the last one when it ended a moment ago, else a new one.
func (b *batch) conversationFor(p person, i *item) (e *entry, first bool, err error) {
	last := b.latest[p]
	quiet := i.quiet() || i.in.Kind == channel.InEcho && last != nil
	if last != nil && (last.Live() || quiet || i.known.Blocked) {
		b.adopt(last)
		if last.State == Snoozed && !quiet && !i.known.Blocked {
			to := Queued
			if last.Owner.Kind == Human {
				to = Open
			}
			err = b.move(last, b.byCustomer(Change{To: to, Owner: last.Owner}, i))
		}
		return last, false, err
	}
	if last != nil && b.now-last.ResolvedMS <= b.s.cfg.ReopenWithin.Milliseconds() {
		b.adopt(last)
		return last, false, b.move(last, b.byCustomer(b.begin(i), i))
	}
	c := &Conversation{
		TenantID: p.tenant, AccountID: p.account, Channel: i.account.Channel, ContactID: p.contact, ContactName: i.known.Name,
		Blocked: i.known.Blocked, Shard: b.shard, BotID: i.account.BotID,
	}
	if last != nil {
		c.PreviousID, c.Control = last.ID, last.Control
	}
	e = b.create(c)
	b.latest[p] = e
	change := b.begin(i)
	if i.known.Blocked || i.quiet() {
		change = Change{To: Resolved}
	}
	err = b.move(e, b.byCustomer(change, i))
	if i.in.Standby {
		e.WaitingMS = 0 // another app answers
	}
	return e, true, err
}

// adopt brings a loaded conversation under work when it is first needed.
func (b *batch) adopt(e *entry) {
	if b.byID[e.ID] == nil {
		b.byID[e.ID] = e
		b.entries = append(b.entries, e)
	}
}

// begin says who answers a conversation that starts or comes back: the
// account's bot where the company's plan lets it, else people.
func (b *batch) begin(i *item) Change {
	if bots, _ := b.s.serves(i.raw.TenantID); bots && i.account.BotID != "" && i.in.Kind != channel.InEcho {
		return Change{To: WithBot, Owner: Owner{Kind: Bot, ID: i.account.BotID}}
	}
	return Change{To: Queued}
}

func (b *batch) byCustomer(change Change, i *item) Change {
	change.Actor = Actor{Kind: fromCustomer, ID: i.known.ID, Name: i.known.Name}
	change.Cause = event.ByCustomer
	return change
}

// learn keeps how to reach the customer: as this event named them, best first.
// A notice of a changed number names the old address too, so there what is new
// goes first; and where it comes to somebody else, who had the new one before,
// the old one is not theirs.
func (b *batch) learn(e *entry, i *item) {
	if i.late || len(i.in.From) == 0 {
		return
	}
	if i.in.Content.Kind != message.System {
		if !slices.Equal(e.Addresses, i.in.From) {
			e.Addresses = slices.Clone(i.in.From)
		}
		return
	}
	var fresh []message.Address
	for _, address := range i.in.From {
		if change := i.in.Change; !slices.Contains(e.Addresses, address) && (change == nil || address != change.Old) {
			fresh = append(fresh, address)
		}
	}
	e.Addresses = append(fresh, e.Addresses...)
}
