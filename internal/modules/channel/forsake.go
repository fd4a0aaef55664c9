package channel

// standsMS is how soon it is looked again whether a company that stands still
// may send.
const standsMS = 500

// released has all senders look at the whole table before they send again: what
// belongs to a company that stood still was left out of their looks, and of a
// conversation what is due last may be due first.
func (s *Service) released() {
	s.senders.mu.Lock()
	defer s.senders.mu.Unlock()
	for _, sender := range s.senders.byShard {
		sender.anew.Store(true)
		sender.look()
	}
}

// doubt notes that the table must be read before anything is sent.
func (s *sender) doubt() {
	if s.missed.Swap(false) {
		s.blind = true
	}
	if s.anew.Swap(false) {
		s.blind, s.fullMS = true, 0
	}
}

// forsake drops what calls came to whose company has come to a stand: nothing is
// written for it here any more. It is as if this process had died in the call:
// the row says sending, and whoever takes the company up settles it.
func (s *sender) forsake() {
	gate := s.service.gate
	if !gate.Busy() || len(s.done) == 0 {
		return
	}
	now := s.now()
	kept := s.done[:0]
	for _, o := range s.done {
		if !gate.Sealed(o.item.tenantID) {
			kept = append(kept, o)
			continue
		}
		if o.lane == nil {
			continue
		}
		s.calls--
		if o.item.priority > 0 {
			s.crowd--
		}
		o.lane.busy = false
		o.lane.remove(o.item.id)
		s.lanes.arrange(o.lane, now)
	}
	clear(s.done[len(kept):])
	s.done = kept
}
