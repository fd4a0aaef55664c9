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
	busy           bool     // the head is being sent
	notBeforeMS    int64    // throttled or backing off until then
	pair           bucket
	place          int  // in the heap of waiting lanes, -1 when not there
	lined          bool // in the line of its company
}

func (l *lane) add(q queued) {
	at, exists := slices.BinarySearchFunc(l.items, q, func(a, b queued) int {
		if c := cmp.Compare(a.seq, b.seq); c != 0 {
			return c
		}
		if c := cmp.Compare(a.part, b.part); c != 0 {
			return c
		}
		return cmp.Compare(a.id, b.id)
	})
	if !exists {
		l.items = slices.Insert(l.items, at, q)
	}
}

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
func (l *lane) readyMS() int64 { return max(l.notBeforeMS, l.items[0].nextTryMS) }

// lanes is what one shard's sender has to do: the conversations that have
// something to send, taken round-robin by company so that none waits for
// another's crowd, and those that wait for a time.
type lanes struct {
	byConversation map[string]*lane
	companies      map[string]*line
	turn           []string // companies with a line, in the order of their turns
	waiting        laneHeap
	rest           map[string]restingPair // pairs of conversations without a lane, while their bucket is not full
}

// line is the company's conversations that may send now.
type line struct{ ready []*lane }

type restingPair struct{ pair bucket }

func newLanes() *lanes {
	return &lanes{byConversation: map[string]*lane{}, companies: map[string]*line{}, rest: map[string]restingPair{}}
}

// offer adds a delivery; one that is known already changes nothing.
func (ls *lanes) offer(q queued, customer pace, nowMS int64) {
	ls.arrange(ls.enter(q, customer), nowMS)
}

// enter adds a delivery to its lane, which the caller arranges or marks busy.
func (ls *lanes) enter(q queued, customer pace) *lane {
	l, ok := ls.byConversation[q.conversationID]
	if !ok {
		l = &lane{conversationID: q.conversationID, tenantID: q.tenantID, accountID: q.accountID, place: -1,
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
	if l.busy || l.lined {
		return
	}
	if at := l.readyMS(); at > nowMS {
		ls.waitUntil(l)
		return
	}
	if l.place >= 0 {
		heap.Remove(&ls.waiting, l.place)
	}
	company, ok := ls.companies[l.tenantID]
	if !ok {
		company = &line{}
		ls.companies[l.tenantID] = company
		ls.turn = append(ls.turn, l.tenantID)
	}
	l.lined = true
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
	if l.busy || l.lined {
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

// next takes the lane whose turn it is, nil when none may send now. The caller
// marks it busy or puts it back.
func (ls *lanes) next() *lane {
	for len(ls.turn) > 0 {
		tenantID := ls.turn[0]
		company := ls.companies[tenantID]
		if len(company.ready) == 0 {
			ls.turn = ls.turn[1:]
			delete(ls.companies, tenantID)
			continue
		}
		l := company.ready[0]
		company.ready = company.ready[1:]
		l.lined = false
		ls.turn = append(ls.turn[1:], tenantID)
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
