package channel

import (
	"cmp"
	"container/heap"
	"slices"

	"prosa/internal/message"
)

// lane is the queue of one conversation: its deliveries leave one at a time.
type lane struct {
	conversationID string
	tenantID       string
	accountID      string
	items          []queued // by (seq, part); the head stays until it is settled
	busy           bool     // the head is being sent, or is what a call was chosen for
	notBeforeMS    int64    // throttled or backing off until then
	pausedUntilMS  int64    // the platform wants nothing sent to this customer before
	pair           bucket
	place          int // in the heap of waiting lanes, -1 when not there
	lined          int // in the line of its company of that priority, notLined for none
}

const notLined = -1

// before orders the deliveries of a conversation: replies overtake campaigns,
// which nobody waits for; else they leave as they were said.
func before(a, b queued) int {
	return cmp.Or(cmp.Compare(a.priority, b.priority), cmp.Compare(a.seq, b.seq), cmp.Compare(a.part, b.part), cmp.Compare(a.id, b.id))
}

func (l *lane) add(q queued) {
	settled := 0
	if l.busy && len(l.items) > 0 {
		settled = 1 // nothing overtakes what is being sent
		if l.items[0].id == q.id {
			return
		}
	}
	at, exists := slices.BinarySearchFunc(l.items[settled:], q, before)
	if exists {
		return
	}
	head := len(l.items) > 0 && settled+at == 0
	l.items = slices.Insert(l.items, settled+at, q)
	if head && q.priority < l.items[1].priority {
		l.notBeforeMS = 0 // what held the campaign back is not the reply's; what is stands in the account's pace
	}
}

// rank sorts the lane anew after its head came back from a call.
func (l *lane) rank() { slices.SortFunc(l.items, before) }

// priority is that of the head.
func (l *lane) priority() int { return min(max(l.items[0].priority, 0), 1) }

// remove drops a delivery by its id and reports whether it was the head.
func (l *lane) remove(deliveryID string) (wasHead bool) {
	for i := range l.items {
		if l.items[i].id == deliveryID {
			l.items = slices.Delete(l.items, i, i+1)
			return i == 0
		}
	}
	return false
}

// readyMS is when the head may leave.
func (l *lane) readyMS() int64 { return max(l.notBeforeMS, l.pausedUntilMS, l.items[0].nextTryMS) }

// lanes is what one shard's sender has to do: the conversations that have
// something to send, taken round-robin by company so that none waits for
// another's crowd, and those that wait for a time.
//
// There is a round for each priority: while a reply may leave, no campaign is
// looked at.
type lanes struct {
	byConversation map[string]*lane
	rounds         [2]round
	waiting        laneHeap
	rest           map[string]restingPair // pairs of conversations without a lane, while their bucket is not full
}

// round takes companies in turn.
type round struct {
	companies map[string]*line
	turn      []string // companies with a line, in the order of their turns
}

// line is the company's conversations that may send now. A lane that has left
// for the line of another priority may still stand in it.
type line struct{ ready []*lane }

type restingPair struct{ pair bucket }

func newLanes() *lanes {
	return &lanes{byConversation: map[string]*lane{}, rounds: [2]round{{companies: map[string]*line{}}, {companies: map[string]*line{}}}, rest: map[string]restingPair{}}
}

// crowded reports whether conversations wait for their turn with messages of a
// priority or of one before it.
func (ls *lanes) crowded(priority int) bool {
	for i := range min(max(priority, 0), 1) + 1 {
		if len(ls.rounds[i].turn) > 0 {
			return true
		}
	}
	return false
}

// offer adds a delivery; one that is known already changes nothing.
func (ls *lanes) offer(q queued, customer pace, nowMS int64) {
	ls.arrange(ls.enter(q, customer), nowMS)
}

// enter adds a delivery to its lane, which the caller arranges or marks busy.
func (ls *lanes) enter(q queued, customer pace) *lane {
	l, ok := ls.byConversation[q.conversationID]
	if !ok {
		l = &lane{conversationID: q.conversationID, tenantID: q.tenantID, accountID: q.accountID, place: -1, lined: notLined,
			pair: bucket{every: customer.every, burst: customer.burst}}
		if resting, ok := ls.rest[q.conversationID]; ok {
			l.pair.fullAtMS = resting.pair.fullAtMS
			delete(ls.rest, q.conversationID)
		}
		ls.byConversation[q.conversationID] = l
	}
	l.add(q)
	return l
}

// arrange puts a lane where it belongs: in the line of its company, in the
// heap of those that wait, or nowhere while it is busy or empty.
func (ls *lanes) arrange(l *lane, nowMS int64) {
	if len(l.items) == 0 {
		ls.drop(l, nowMS)
		return
	}
	priority := l.priority()
	if l.busy || l.lined == priority {
		return
	}
	if at := l.readyMS(); at > nowMS {
		if l.lined == notLined { // else its turn shows that it has to wait
			ls.waitUntil(l)
		}
		return
	}
	if l.place >= 0 {
		heap.Remove(&ls.waiting, l.place)
	}
	round := &ls.rounds[priority]
	company, ok := round.companies[l.tenantID]
	if !ok {
		company = &line{}
		round.companies[l.tenantID] = company
		round.turn = append(round.turn, l.tenantID)
	}
	l.lined = priority
	company.ready = append(company.ready, l)
}

func (ls *lanes) waitUntil(l *lane) {
	if l.place >= 0 {
		heap.Fix(&ls.waiting, l.place)
		return
	}
	heap.Push(&ls.waiting, l)
}

func (ls *lanes) drop(l *lane, nowMS int64) {
	if l.place >= 0 {
		heap.Remove(&ls.waiting, l.place)
	}
	if l.busy || l.lined != notLined {
		return // whoever holds it drops it
	}
	delete(ls.byConversation, l.conversationID)
	if l.pair.idle(nowMS) {
		return
	}
	if len(ls.rest) > 10_000 {
		for conversationID, resting := range ls.rest {
			if resting.pair.idle(nowMS) {
				delete(ls.rest, conversationID)
			}
		}
	}
	ls.rest[l.conversationID] = restingPair{l.pair}
}

// due moves the lanes whose time has come into line and gives the time of the
// next one, 0 for none.
func (ls *lanes) due(nowMS int64) (nextMS int64) {
	for len(ls.waiting) > 0 {
		l := ls.waiting[0]
		if len(l.items) > 0 && l.readyMS() > nowMS {
			return l.readyMS()
		}
		heap.Pop(&ls.waiting)
		ls.arrange(l, nowMS)
	}
	return 0
}

// next takes the lane whose turn it is, nil when none may send now. Campaigns
// come when no reply may leave, and only if they are asked for. The caller marks
// the lane busy or puts it back.
func (ls *lanes) next(campaigns bool) *lane {
	if l := ls.rounds[0].next(0); l != nil || !campaigns {
		return l
	}
	return ls.rounds[1].next(1)
}

func (r *round) next(priority int) *lane {
	for len(r.turn) > 0 {
		tenantID := r.turn[0]
		company := r.companies[tenantID]
		for len(company.ready) > 0 && company.ready[0].lined != priority {
			company.ready = company.ready[1:] // it has left for the other round
		}
		if len(company.ready) == 0 {
			r.turn = r.turn[1:]
			delete(r.companies, tenantID)
			continue
		}
		l := company.ready[0]
		company.ready = company.ready[1:]
		l.lined = notLined
		r.turn = append(r.turn[1:], tenantID)
		return l
	}
	return nil
}

// laneHeap orders the waiting lanes by the time they may send.
type laneHeap []*lane

func (h laneHeap) Len() int           { return len(h) }
func (h laneHeap) Less(i, j int) bool { return at(h[i]) < at(h[j]) }
func (h laneHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i]; h[i].place, h[j].place = i, j }

// Push implements heap.Interface.
func (h *laneHeap) Push(x any) {
	l := x.(*lane)
	l.place = len(*h)
	*h = append(*h, l)
}

// Pop implements heap.Interface.
func (h *laneHeap) Pop() any {
	old := *h
	l := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	l.place = -1
	return l
}

func at(l *lane) int64 {
	if len(l.items) == 0 {
		return 0
	}
	return l.readyMS()
}

// stuck reports whether a row was being sent when its owner died: found as
// sending by somebody who has not sent it.
func (q queued) stuck() bool { return q.state == message.Sending }
