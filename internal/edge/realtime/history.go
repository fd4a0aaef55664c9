package realtime

// history holds the latest events for browsers that come back soon. It covers
// all events whose sequence is at least from.
type history struct {
	entries []*entry // in the order of their positions
	bytes   int
	from    uint64
	most    int
	mostB   int
}

func (h *history) reset(from uint64) {
	h.entries, h.bytes, h.from = nil, 0, from
}

func (h *history) add(e *entry) {
	h.entries = append(h.entries, e)
	h.bytes += e.size()
	drop := 0
	for drop < len(h.entries)-1 && (len(h.entries)-drop > h.most || h.bytes > h.mostB) {
		h.bytes -= h.entries[drop].size()
		// The rest of its frame may still be here, but not all of it.
		h.from = h.entries[drop].at.seq + 1
		h.entries[drop] = nil
		drop++
	}
	h.entries = h.entries[drop:]
}

// after gives the events behind a position, and whether the history reaches
// back to it.
func (h *history) after(at position) ([]*entry, bool) {
	if at.seq < h.from {
		return nil, false
	}
	low, high := 0, len(h.entries)
	for low < high {
		middle := (low + high) / 2
		if h.entries[middle].at.compare(at) <= 0 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return h.entries[low:], true
}
