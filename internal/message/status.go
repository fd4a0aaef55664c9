package message

// Status is where an outbound message stands. It only moves forward by rank:
// platforms report out of order.
type Status string

// The states of an outbound message.
const (
	Queued    Status = "queued"
	Sending   Status = "sending" // marked before the call, so that a crash leaves the ambiguous known
	Accepted  Status = "accepted"
	Sent      Status = "sent"
	Delivered Status = "delivered"
	Read      Status = "read"
	Played    Status = "played"
	Failed    Status = "failed"
	// Unknown is a send that may or may not have happened, on a platform that
	// will not tell. It is never repeated by itself.
	Unknown Status = "unknown"
)

// Rank orders the states: queued 0 < sending 1 < accepted 2 < sent 3 <
// delivered 4 < read 5 < played 6. Failed and unknown stand beside the order
// (see Advances) and have the rank of the last state they may follow.
func (s Status) Rank() int {
	switch s {
	case Queued:
		return 0
	case Sending:
		return 1
	case Accepted, Unknown:
		return 2
	case Sent, Failed:
		return 3
	case Delivered:
		return 4
	case Read:
		return 5
	case Played:
		return 6
	default:
		return -1
	}
}

// Advances reports whether a message that stands at from moves when a platform
// reports to. A failure is believed until a delivery is known; after a failure
// a late delivery or read wins (the customer has several devices), a late sent
// does not. Unknown is settled by any report.
func Advances(from, to Status) bool {
	if from == to || to.Rank() < 0 {
		return false
	}
	switch {
	case to == Failed:
		return from.Rank() <= Sent.Rank()
	case from == Failed:
		return to.Rank() >= Delivered.Rank()
	case from == Unknown:
		return to == Sent || to.Rank() >= Accepted.Rank()
	case to == Unknown:
		return from == Sending || from == Queued // a message is not told of each call that starts
	case to == Queued:
		return false // a retry is a new attempt, decided by its owner and not by a report
	default:
		return to.Rank() > from.Rank()
	}
}
