package channel

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/shard"
)

// senders finds the sender of each shard that this process owns.
type senders struct {
	mu      sync.Mutex
	byShard map[int]*sender
}

type settledDelivery struct{ conversationID, deliveryID string }

// offer hands new rows to the shard's sender, here or in another process.
func (s *Service) offer(shardNumber int, batch []queued) {
	s.senders.mu.Lock()
	sender := s.senders.byShard[shardNumber]
	s.senders.mu.Unlock()
	if sender == nil {
		s.wake(shardNumber)
		return
	}
	select {
	case sender.fresh <- batch:
	default:
		// More than it can take now: it reads the table instead, before it sends
		// what is offered later.
		sender.missed.Store(true)
		sender.look()
	}
}

// settle tells the senders which ambiguous sends were settled by a report.
func (s *Service) settle(byShard map[int][]settledDelivery) {
	for shardNumber, batch := range byShard {
		s.senders.mu.Lock()
		sender := s.senders.byShard[shardNumber]
		s.senders.mu.Unlock()
		if sender == nil {
			continue
		}
		select {
		case sender.settled <- batch:
		default: // the time of the ambiguous send will show it
		}
	}
}

// Woken tells the shard's sender, if it runs here, to look at the table.
func (s *Service) Woken(shardNumber int) {
	s.senders.mu.Lock()
	sender := s.senders.byShard[shardNumber]
	s.senders.mu.Unlock()
	if sender != nil {
		sender.look()
	}
}

// Sender is the job of a shard's owner that sends its deliveries.
type Sender struct{ service *Service }

// Sender gives the shard job.
func (s *Service) Sender() Sender { return Sender{s} }

// Run sends until ctx ends, then waits for the calls under way and writes what
// became of them.
func (j Sender) Run(ctx context.Context, lease shard.Lease) error {
	s := newSender(j.service, lease)
	j.service.senders.mu.Lock()
	if j.service.senders.byShard == nil {
		j.service.senders.byShard = map[int]*sender{}
	}
	j.service.senders.byShard[lease.Shard] = s
	j.service.senders.mu.Unlock()
	defer func() {
		j.service.senders.mu.Lock()
		if j.service.senders.byShard[lease.Shard] == s {
			delete(j.service.senders.byShard, lease.Shard)
		}
		j.service.senders.mu.Unlock()
	}()
	return s.run(ctx)
}

// sender is one shard's. It works in one goroutine, and during a Ride in that
// of the rider; only the calls run beside it.
type sender struct {
	service *Service
	lease   shard.Lease

	fresh    chan []queued
	settled  chan []settledDelivery
	poll     chan struct{}
	prodded  chan struct{}
	finished chan outcome
	missed   atomic.Bool // rows were offered that found no place
	anew     atomic.Bool // rows are due that no look since the last whole one would find

	// What follows stands under the lock of serialize.

	// blind is set while the table may hold rows of a conversation that stand
	// before those in its lane: nothing is sent until it was read.
	blind    bool
	lanes    *lanes
	accounts map[string]*accountPace
	calls    int // under way
	crowd    int // of them, those of campaigns
	done     []outcome
	doneMS   int64 // since when done waits
	polledMS int64
	fullMS   int64
	rodeMS   int64 // when the last ride began
	ended    bool  // takes no rides any more
}

// outcomeWait is how long outcomes wait for a ride while rides come, and
// rideGap is how long after the last ride they are expected.
const (
	outcomeWaitMS = 20
	rideGapMS     = 100
)

// accountPace is what limits one account, beside the pauses that its platform
// asked for.
type accountPace struct {
	bucket bucket
	// slow takes the place of bucket for replies while campaigns are paused.
	slow bucket
	// stoppedUntilMS is set while the snapshot may not know yet that the account
	// was refused.
	stoppedUntilMS int64
}

// waitMS tells how long a message of a priority waits for its turn, and take
// uses that turn up.
func (p *accountPace) waitMS(priority int, slow bool, nowMS int64) int64 {
	reserve := 0
	if priority > 0 {
		reserve = p.bucket.burst / 2 // replies find some of the burst left
	}
	wait := max(p.stoppedUntilMS-nowMS, p.bucket.waitMS(nowMS, reserve))
	if slow {
		wait = max(wait, p.slow.waitMS(nowMS, 0))
	}
	return wait
}

func (p *accountPace) take(slow bool, nowMS int64) {
	p.bucket.take(nowMS)
	if slow {
		p.slow.take(nowMS)
	}
}

// outcome is what became of one call.
type outcome struct {
	item     queued
	lane     *lane
	account  Account
	attempt  int
	receipt  Receipt
	err      *SendError
	finished int64
	// verdict is judged once, when the call ended, since its waits are partly
	// random and the row and the lane must agree.
	verdict verdict
	// settled says that a report had closed the row before the outcome was
	// written.
	settled bool
	pause   *Pause // noted for it
}

// A full look at the table every so often finds what every other way missed. A
// busy sender looks for what was not announced after lookAtMostMS at the latest.
const (
	fullLookEvery = 5 * time.Minute
	lookAtMostMS  = 5_000
)

func newSender(s *Service, lease shard.Lease) *sender {
	return &sender{
		service: s, lease: lease,
		fresh: make(chan []queued, 256), settled: make(chan []settledDelivery, 256), poll: make(chan struct{}, 1),
		prodded:  make(chan struct{}, 1),
		finished: make(chan outcome, s.cfg.InFlight), blind: true, lanes: newLanes(), accounts: map[string]*accountPace{},
	}
}

// look asks for a look at the table.
func (s *sender) look() {
	select {
	case s.poll <- struct{}{}:
	default:
	}
}

// prod has the sender choose anew.
func (s *sender) prod() {
	select {
	case s.prodded <- struct{}{}:
	default:
	}
}

func (s *sender) run(ctx context.Context) error {
	ticker := time.NewTicker(s.service.cfg.PollEvery)
	defer ticker.Stop()
	s.look()
	timer := time.NewTimer(0)
	defer timer.Stop()
	lock := s.service.serialize(s.lease.Shard)
	for ctx.Err() == nil {
		var news news
		select {
		case <-ctx.Done():
		case news.fresh = <-s.fresh:
		case news.settled = <-s.settled:
		case done := <-s.finished:
			news.done = &done
		case <-ticker.C:
			news.tick = true
		case <-s.poll:
			news.look = true
		case <-s.prodded:
		case <-timer.C:
		}
		lock.Lock()
		wait, err := s.turn(ctx, news)
		lock.Unlock()
		if err != nil {
			return err
		}
		timer.Reset(max(wait, time.Millisecond))
	}
	return s.finish(ctx)
}

// news is what the sender woke up for.
type news struct {
	fresh   []queued
	settled []settledDelivery
	done    *outcome
	look    bool // at the table
	tick    bool // the time for a look has come
}

// turn takes the news in and does what can be done now. It tells when to look
// again.
func (s *sender) turn(ctx context.Context, news news) (wait time.Duration, err error) {
	s.take(news.fresh)
	s.release(news.settled)
	if news.done != nil {
		s.ends(*news.done)
	}
	s.drain()
	s.forsake()
	s.doubt()
	// With more to send than there are calls, what nobody announced can wait.
	busy := s.lanes.crowded(1) && s.now()-s.polledMS < lookAtMostMS
	if news.look || news.tick && !busy || s.blind {
		s.read(ctx)
	}
	var chosen []*lane
	if !s.blind {
		chosen = s.choose()
	}
	wait = s.service.cfg.PollEvery
	if left := s.patience(); len(chosen) == 0 && left > 0 {
		wait = left
	} else if err := s.step(ctx, chosen); err != nil {
		return 0, err
	}
	if next := s.lanes.due(s.now()); next > 0 {
		wait = min(wait, time.Duration(next-s.now())*time.Millisecond)
	}
	return wait, nil
}

// ends takes the outcome of a call.
func (s *sender) ends(o outcome) {
	if len(s.done) == 0 {
		s.doneMS = s.now()
	}
	s.done = append(s.done, o)
}

// patience is how long the outcomes may still wait for a ride: not at all when
// none is expected, when a conversation has more to send, or when the platform
// never tells of a send whose outcome is lost.
func (s *sender) patience() time.Duration {
	now := s.now()
	if len(s.done) == 0 || now-s.rodeMS > rideGapMS {
		return 0
	}
	for i := range s.done {
		if l := s.done[i].lane; l == nil || len(l.items) > 1 || !reports(s.done[i].account.Channel) {
			return 0
		}
	}
	return time.Duration(s.doneMS+outcomeWaitMS-now) * time.Millisecond
}

// drain takes what waits on the channels, so that one transaction carries it.
func (s *sender) drain() {
	for {
		select {
		case batch := <-s.fresh:
			s.take(batch)
		case batch := <-s.settled:
			s.release(batch)
		case done := <-s.finished:
			s.ends(done)
		default:
			return
		}
	}
}

// take puts rows in their lanes.
func (s *sender) take(batch []queued) {
	now := s.now()
	for _, q := range batch {
		account, ok := s.service.directory.Account(q.accountID)
		if ok && q.stuck() && !s.flying(q) && !reports(account.Channel) {
			// Its owner died in the call and the platform will never tell: unknown.
			o := outcome{item: q, account: account, attempt: q.attempt, finished: now,
				err: &SendError{Class: Ambiguous, Code: "interrupted", Message: "the service stopped during the send; it may have arrived"}}
			o.verdict = s.service.cfg.judge(o)
			s.done = append(s.done, o)
			continue
		}
		if ok && q.stuck() && !s.flying(q) {
			// The platform's word on it may wait unread since its owner died, however
			// long ago that was: the wait for it begins now.
			q.nextTryMS = max(q.nextTryMS, now+s.service.cfg.SettleAfter.Milliseconds())
		}
		s.lanes.offer(q, s.service.cfg.paceOf(account.Channel), now)
	}
}

// flying reports whether the row is known here already.
func (s *sender) flying(q queued) bool {
	l, ok := s.lanes.byConversation[q.conversationID]
	if !ok {
		return false
	}
	for i := range l.items {
		if l.items[i].id == q.id {
			return true
		}
	}
	return false
}

// release lets go of ambiguous sends that a report settled.
func (s *sender) release(batch []settledDelivery) {
	for _, settled := range batch {
		l, ok := s.lanes.byConversation[settled.conversationID]
		if !ok || (l.busy && len(l.items) > 0 && l.items[0].id == settled.deliveryID) {
			continue // its own call still runs and will tell
		}
		if l.remove(settled.deliveryID) {
			l.notBeforeMS = 0
		}
		s.lanes.arrange(l, s.now())
	}
}

// read looks at the table: at what became due since the last look, now and
// then at everything.
func (s *sender) read(ctx context.Context) {
	now := s.now()
	// Rows are stamped with the time of their transaction, which may commit a
	// little later than that: the window overlaps.
	const overlap = 15_000
	from, to := s.polledMS-overlap, now
	if s.fullMS == 0 || now-s.fullMS > fullLookEvery.Milliseconds() {
		from, to = 0, 1<<62
	}
	var found []queued
	err := s.service.db.Read(ctx, database.Platform("delivery queue: a shard sends for every company"), func(ctx context.Context, tx *database.Tx) (err error) {
		found, err = waiting(ctx, tx, s.lease.Shard, from, to)
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			s.service.logger.WarnContext(ctx, "the delivery queue could not be read", "shard", s.lease.Shard, "error", err)
		}
		return
	}
	if to != now {
		s.fullMS = now
	}
	s.polledMS, s.blind = now, false
	s.take(found)
}

// choose takes the lanes whose heads may be sent now, as many as calls are
// free; their places are given back by step.
func (s *sender) choose() []*lane {
	now := s.now()
	s.lanes.due(now)
	var chosen []*lane
	campaigns := 0
	for s.calls+len(chosen) < s.service.cfg.InFlight {
		l := s.lanes.next(s.crowd+campaigns < s.mayCrowd())
		if l == nil {
			break
		}
		if len(l.items) == 0 {
			s.lanes.drop(l, now)
			continue
		}
		if l.readyMS() > now {
			s.lanes.arrange(l, now)
			continue
		}
		account, ok := s.service.directory.Account(l.accountID)
		if !ok || account.State != Active {
			l.notBeforeMS = now + 2_000 // the queue is kept until the account is back
			s.lanes.arrange(l, now)
			continue
		}
		priority := l.items[0].priority
		if wait, slow := s.wait(account, priority, now); max(wait, l.pair.waitMS(now, 0)) > 0 {
			l.notBeforeMS = now + max(wait, l.pair.waitMS(now, 0))
			s.lanes.arrange(l, now)
			continue
		} else {
			s.pace(account).take(slow, now)
		}
		l.pair.take(now)
		l.busy = true
		if priority > 0 {
			campaigns++
		}
		chosen = append(chosen, l)
	}
	return chosen
}

// mayCrowd is how many of the calls campaigns may have at once: some are always
// left for replies.
func (s *sender) mayCrowd() int { return max(s.service.cfg.InFlight*3/4, 1) }

// wait tells how long an account waits before a message of a priority, and
// whether it goes slowly then.
func (s *sender) wait(account Account, priority int, now int64) (waitMS int64, slow bool) {
	if s.anew.Load() || s.service.gate.Holds(account.TenantID) {
		return standsMS, false
	}
	pausedUntilMS, slow := s.service.pauses.until(account, priority, now)
	return max(min(pausedUntilMS-now, recheckMS), s.pace(account).waitMS(priority, slow, now)), slow
}

func (s *sender) pace(account Account) *accountPace {
	p, ok := s.accounts[account.ID]
	if !ok {
		limit := s.service.cfg.paceOf(account.Channel)
		// A tenth of a second's worth may go at once.
		p = &accountPace{bucket: bucket{every: time.Duration(float64(time.Second) / limit.perSecond), burst: max(int(limit.perSecond/10), 1)},
			slow: bucket{every: slowEvery, burst: 1}}
		s.accounts[account.ID] = p
	}
	return p
}

// marked is a delivery that was claimed for a call.
type marked struct {
	lane    *lane
	item    queued
	request string
	attempt int
	late    bool // it goes as an answer after the free window
}

// step runs one transaction that writes what became of the last calls and
// claims the next ones, then starts those. When the database is away nothing
// is lost: the outcomes stay in memory and the rows stay as they were.
func (s *sender) step(ctx context.Context, chosen []*lane) error {
	if len(s.done) == 0 && len(chosen) == 0 {
		return nil
	}
	var claimed []marked
	var refused map[string]Refusal
	err := s.service.db.Write(ctx, database.Companies(companiesOf(s.done, chosen)), func(ctx context.Context, tx *database.Tx) error {
		if err := s.lease.Fence(ctx, tx); err != nil {
			return err
		}
		var err error
		refused, claimed, err = s.write(ctx, tx, chosen)
		return err
	})
	now := s.now()
	if err != nil {
		for _, l := range chosen {
			l.notBeforeMS = now + 1_000
		}
		s.putBack(chosen, now)
		if fault.Is(err, fault.Conflict) {
			return err // the lease is no longer ours
		}
		if _, _, stands := hold.Refused(err); stands {
			s.service.gate.Prod() // what is known of it is too old; with it the rest goes on
			return nil
		}
		if ctx.Err() == nil {
			s.service.logger.WarnContext(ctx, "deliveries could not be written; trying again", "shard", s.lease.Shard, "error", err)
		}
		return nil
	}
	s.learn(now)
	s.start(ctx, chosen, claimed, refused, now)
	return nil
}

// write is what a transaction does for the sender: it writes what became of the
// last calls and claims the next ones.
func (s *sender) write(ctx context.Context, tx *database.Tx, chosen []*lane) (refused map[string]Refusal, claimed []marked, err error) {
	if err := s.record(ctx, tx, s.done); err != nil {
		return nil, nil, err
	}
	if refused, err = s.admit(ctx, tx, chosen); err != nil {
		return nil, nil, err
	}
	claimed, err = s.claim(ctx, tx, chosen, refused)
	return refused, claimed, err
}

// putBack gives lanes that were chosen back their places.
func (s *sender) putBack(chosen []*lane, now int64) {
	for _, l := range chosen {
		l.busy = false
		s.lanes.arrange(l, now)
	}
}

func companiesOf(done []outcome, chosen []*lane) []string {
	seen := map[string]bool{}
	var companies []string
	add := func(tenantID string) {
		if !seen[tenantID] {
			seen[tenantID] = true
			companies = append(companies, tenantID)
		}
	}
	for _, o := range done {
		add(o.item.tenantID)
	}
	for _, l := range chosen {
		add(l.tenantID)
	}
	return companies
}

// admit asks the ledger whether the chosen heads may still be sent; refused
// ones are failed in the same transaction.
func (s *sender) admit(ctx context.Context, tx *database.Tx, chosen []*lane) (map[string]Refusal, error) {
	if len(chosen) == 0 {
		return nil, nil
	}
	candidates := make([]Candidate, len(chosen))
	for i, l := range chosen {
		head := l.items[0]
		candidates[i] = Candidate{TenantID: head.tenantID, ConversationID: head.conversationID, MessageID: head.messageID, Human: head.human, Kind: head.kind}
	}
	refusals, err := s.service.ledger.Admit(ctx, tx, candidates)
	if err != nil || len(refusals) == 0 {
		return nil, err
	}
	refused := make(map[string]Refusal, len(refusals))
	for _, refusal := range refusals {
		refused[refusal.MessageID] = refusal
	}
	var changes []Change
	var updates [][]any
	for _, l := range chosen {
		head := l.items[0]
		refusal, ok := refused[head.messageID]
		if !ok || refusal.goesLate() {
			continue
		}
		updates = append(updates, []any{head.tenantID, head.messageID, refusal.Code, refusal.Text, tx.Now()})
		changes = append(changes, Change{TenantID: head.tenantID, ConversationID: head.conversationID, MessageID: head.messageID,
			Status: message.Failed, AtMS: tx.Now(), ErrorCode: refusal.Code, ErrorText: refusal.Text})
	}
	if len(changes) == 0 {
		return refused, nil
	}
	if _, err := tx.Each(ctx, failRest, updates, nil); err != nil {
		return nil, err
	}
	return refused, s.service.ledger.Settle(ctx, tx, changes)
}

// failRest fails the parts of a message that have not been sent.
const failRest = `UPDATE delivery SET state = 'failed', next_try_ms = 0, error_code = $3, error_text = $4, updated_ms = $5
	WHERE tenant_id = $1 AND message_id = $2 AND state IN ('queued', 'sending') AND next_try_ms > 0`

// claim marks the heads as sending, with the time at which an unanswered call
// counts as ambiguous. A row that is no longer due is somebody else's.
func (s *sender) claim(ctx context.Context, tx *database.Tx, chosen []*lane, refused map[string]Refusal) ([]marked, error) {
	var args [][]any
	var owners []*lane
	settleMS := s.service.cfg.SettleAfter.Milliseconds()
	for _, l := range chosen {
		head := l.items[0]
		if refusal, no := refused[head.messageID]; no && !refusal.goesLate() {
			continue
		}
		args = append(args, []any{head.tenantID, head.id, tx.Now() + settleMS, tx.Now()})
		owners = append(owners, l)
	}
	if len(args) == 0 {
		return nil, nil
	}
	var claimed []marked
	// The clock of the process that queued a row may be a little ahead of ours.
	const skew = 2_000
	for i := range args {
		args[i] = append(args[i], tx.Now()+skew)
	}
	_, err := tx.All(ctx, `UPDATE delivery SET state = 'sending', attempt = attempt + 1, next_try_ms = $3, updated_ms = $4, sent_ms = $4
		WHERE tenant_id = $1 AND id = $2 AND next_try_ms > 0 AND next_try_ms <= $5 AND state IN ('queued', 'sending') RETURNING request, attempt`,
		args, func(i int, row database.Row) error {
			m := marked{lane: owners[i], item: owners[i].items[0]}
			m.late = refused[m.item.messageID].goesLate()
			if err := row.Scan(&m.request, &m.attempt); err != nil {
				return err
			}
			claimed = append(claimed, m)
			return nil
		})
	return claimed, err
}

// start makes the calls of what was claimed and frees the other lanes.
func (s *sender) start(ctx context.Context, chosen []*lane, claimed []marked, refused map[string]Refusal, now int64) {
	calling := make(map[*lane]bool, len(claimed))
	for _, m := range claimed {
		calling[m.lane] = true
		s.begin(ctx, m)
	}
	for _, l := range chosen {
		if calling[l] {
			continue
		}
		l.busy = false
		head := l.items[0]
		if refusal, no := refused[head.messageID]; no && !refusal.goesLate() {
			dropMessage(l, head.messageID)
		} else {
			l.remove(head.id)
		}
		s.lanes.arrange(l, now)
	}
}

// begin makes a call beside the sender.
func (s *sender) begin(ctx context.Context, m marked) {
	s.calls++
	if m.item.priority > 0 {
		s.crowd++
	}
	go s.call(ctx, m)
}

func dropMessage(l *lane, messageID string) {
	kept := l.items[:0]
	for _, item := range l.items {
		if item.messageID != messageID {
			kept = append(kept, item)
		}
	}
	l.items = kept
}

// call sends one part. It outlives ctx: a call that was begun is finished and
// its outcome written, within the adapter's own time-out.
func (s *sender) call(ctx context.Context, m marked) {
	o := outcome{item: m.item, lane: m.lane, attempt: m.attempt}
	defer func() {
		if broken := recover(); broken != nil {
			s.service.logger.ErrorContext(ctx, "an adapter panicked while sending", "delivery", m.item.id, "panic", broken)
			o.err = &SendError{Class: Ambiguous, Code: "panic", Message: "the send was interrupted by a defect"}
		}
		o.finished = s.now()
		o.verdict = s.service.cfg.judge(o)
		s.finished <- o
	}()
	var ok bool
	if o.account, ok = s.service.directory.Account(m.item.accountID); !ok {
		o.err = &SendError{Class: Rejected, Code: "no_account", Message: "the channel no longer exists"}
		return
	}
	var part Part
	if err := json.Unmarshal([]byte(m.request), &part); err != nil {
		o.err = &SendError{Class: Rejected, Code: "unreadable", Message: "the stored request is unreadable"}
		return
	}
	if m.late && len(part.Late) == 0 {
		o.err = &SendError{Class: Window, Code: "window_closed", Message: "the reply window is over, and this message cannot be sent as a late answer"}
		return
	}
	if m.late {
		part.Body, part.Late = part.Late, nil
	}
	receipt, err := s.service.adapters[o.account.Channel].Send(context.WithoutCancel(ctx), o.account, part)
	o.receipt = receipt
	if err != nil && !asSendError(err, &o.err) {
		o.err = &SendError{Class: Ambiguous, Code: "unclassified", Message: "the platform's answer could not be understood"}
		s.service.logger.ErrorContext(ctx, "an adapter returned an unclassified error", "delivery", m.item.id, "error", err)
	}
}

// finish waits for the calls under way after ctx ended and writes what became
// of them; the lease is still ours until Run returns.
func (s *sender) finish(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	lock := s.service.serialize(s.lease.Shard)
	lock.Lock()
	defer lock.Unlock()
	s.ended = true
	for waiting := s.calls - called(s.done); waiting > 0; waiting-- {
		s.done = append(s.done, <-s.finished)
	}
	return s.step(ctx, nil)
}

// called counts the outcomes of calls, as against rows found stuck.
func called(done []outcome) (n int) {
	for _, o := range done {
		if o.lane != nil {
			n++
		}
	}
	return n
}

// spread is the random part of a wait, so that a crowd does not return at once.
func spread() float64 { return rand.Float64() }
