package channel

import (
	"context"
	"slices"
	"sync"

	"prosa/internal/base/clock"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// Ride is how the batch of a shard's events carries what the shard's sender has
// to write: outcomes of calls that ended, claims of the next ones. Both work on
// the same rows, and a transaction of its own for each would cost as much as
// what it writes. The owner of the shard boards before its transaction, begins
// the ride as the transaction's first step, carries as its last one, and leaves
// when it has ended:
//
//	ride := channels.Board(shard)
//	err := db.Write(ctx, companies and ride.Companies(), func(ctx, tx) error {
//		ride.Begin(tx)
//		... Order and Report on tx ...
//		return ride.Carry(ctx, tx)
//	})
//	ride.Leave(ctx, err)
//
// From Board to Leave the shard is the rider's alone: its own sender waits. A
// shard whose sender runs elsewhere, or not at all, is locked all the same and
// carries nothing.
type Ride struct {
	service *Service
	lock    *sync.Mutex
	sender  *sender // nil: nothing to carry
	chosen  []*lane // those that may send rows which stood before the ride

	// Of the transaction; Begin sets them back when it is tried again.
	tx       *database.Tx
	fresh    []boarded
	starting int             // of fresh, claimed as they were inserted
	seen     map[string]bool // conversations of fresh
	reported map[string]string
	refused  map[string]Refusal
	claimed  []marked
}

// boarded is a delivery that the ride's transaction inserted.
type boarded struct {
	queued
	account Account
	request string // set when the row was claimed at once
}

// Board waits until the shard is free and takes it.
func (s *Service) Board(shardNumber int) *Ride {
	r := &Ride{service: s, lock: s.serialize(shardNumber)}
	r.lock.Lock()
	s.senders.mu.Lock()
	sender := s.senders.byShard[shardNumber]
	s.senders.mu.Unlock()
	if sender != nil && !sender.ended {
		r.sender = sender
		sender.rodeMS = sender.now()
		sender.drain()
		sender.forsake()
		sender.doubt()
		if !sender.blind {
			r.chosen = sender.choose()
		}
	}
	return r
}

// Companies names those whose rows the ride carries, for the transaction's
// scope.
func (r *Ride) Companies() []string {
	if r.sender == nil {
		return nil
	}
	return companiesOf(r.sender.done, r.chosen)
}

// Begin ties the ride to the transaction.
func (r *Ride) Begin(tx *database.Tx) {
	if r.tx != nil {
		r.service.rides.Delete(r.tx)
	}
	r.tx = tx
	r.fresh, r.starting, r.seen, r.reported, r.refused, r.claimed = nil, 0, map[string]bool{}, map[string]string{}, nil, nil
	if r.sender != nil {
		r.service.rides.Store(tx, r)
	}
}

// rideOf gives the ride of the transaction for a shard, nil for none.
func (s *Service) rideOf(tx *database.Tx) *Ride {
	if r, ok := s.rides.Load(tx); ok {
		return r.(*Ride)
	}
	return nil
}

// take notes a row that is about to be inserted, and says whether it is claimed
// at once: when its conversation waits for nothing, nobody else's turn is
// skipped, no limit is in the way, and its reply window was looked at in this
// transaction.
func (r *Ride) take(q *queued, account Account, admitted bool, request string, settleMS int64) {
	s, nowMS := r.sender, r.tx.Now()
	b := boarded{account: account}
	if admitted && r.free(q, account) {
		_, slow := s.wait(account, q.priority, s.now())
		s.pace(account).take(slow, s.now())
		r.starting++
		b.request = request
		q.state, q.attempt, q.nextTryMS = message.Sending, 1, nowMS+settleMS
	}
	r.seen[q.conversationID] = true
	b.queued = *q
	r.fresh = append(r.fresh, b)
}

func (r *Ride) free(q *queued, account Account) bool {
	s := r.sender
	if s.blind || r.seen[q.conversationID] || q.part > 0 || s.lanes.crowded(q.priority) || account.State != Active {
		return false
	}
	if _, waits := s.lanes.byConversation[q.conversationID]; waits {
		return false
	}
	room := s.service.cfg.InFlight
	if q.priority > 0 {
		room = s.mayCrowd()
	}
	if s.calls+len(r.chosen)+r.starting >= room {
		return false
	}
	now := s.now()
	resting := s.lanes.rest[q.conversationID]
	wait, _ := s.wait(account, q.priority, now)
	return wait <= 0 && resting.pair.waitMS(now, 0) == 0
}

// hears notes what a report wrote on a delivery in this transaction.
func (r *Ride) hears(deliveryID, externalID string) {
	if externalID != "" {
		r.reported[deliveryID] = externalID
	}
}

// knows reports whether an outcome has nothing to add to what a report of this
// transaction wrote: the platform took the message, under that id, and told no
// address that is new.
func (r *Ride) knows(o *outcome) bool {
	if r == nil || o.err != nil || o.receipt.ExternalID == "" || r.reported[o.item.id] != o.receipt.ExternalID || r.service.parked.Load() > 0 {
		return false
	}
	return !slices.ContainsFunc(o.receipt.Learned, func(a message.Address) bool { return !slices.Contains(o.item.to, a) })
}

// Carry writes what the sender has: the outcomes of the calls that ended, and
// the claims of the next ones.
func (r *Ride) Carry(ctx context.Context, tx *database.Tx) (err error) {
	if r.sender == nil {
		return nil
	}
	r.refused, r.claimed, err = r.sender.write(ctx, tx, r.chosen)
	return err
}

// Leave ends the ride with the transaction's outcome and lets the sender on.
// What was claimed is sent now; without a commit all is as it was.
func (r *Ride) Leave(ctx context.Context, err error) {
	defer r.lock.Unlock()
	if r.sender == nil {
		return
	}
	if r.tx != nil {
		r.service.rides.Delete(r.tx)
	}
	s := r.sender
	now := s.now()
	if err != nil {
		s.putBack(r.chosen, now)
		s.prod()
		return
	}
	s.learn(now)
	s.start(ctx, r.chosen, r.claimed, r.refused, now)
	waiting := false
	for _, b := range r.fresh {
		pace := s.service.cfg.paceOf(b.account.Channel)
		if b.request == "" {
			s.lanes.offer(b.queued, pace, now)
			waiting = true
			continue
		}
		l := s.lanes.enter(b.queued, pace)
		l.busy = true
		l.pair.take(now)
		s.begin(ctx, marked{lane: l, item: b.queued, request: b.request, attempt: b.attempt})
	}
	if waiting {
		s.prod()
	}
}

// serialize gives the lock under which the owner of a shard runs the
// transactions that touch the shard's conversations and deliveries. Its two
// writers, the consumer of what comes in and the sender, would else take the
// same rows in opposite order. Under it, too, stands the state of the sender.
func (s *Service) serialize(shardNumber int) *sync.Mutex {
	lock, _ := s.serial.LoadOrStore(shardNumber, &sync.Mutex{})
	return lock.(*sync.Mutex)
}

func (s *sender) now() int64 { return clock.MS(s.service.clock.Now()) }
