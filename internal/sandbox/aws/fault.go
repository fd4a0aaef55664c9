package aws

import "net/http"

// faults are the calls of an account that fail for a while.
type faults struct{ throttled map[string]int }

// Throttle lets the next calls of an action (such as "rds:StopDBInstance") fail
// as if too many were made, so many times.
func (s *Server) Throttle(accountID, action string, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[accountID]; a != nil {
		f := state[faults](a, "faults")
		if f.throttled == nil {
			f.throttled = map[string]int{}
		}
		f.throttled[action] = times
	}
}

// throttling wraps a service's calls so that Throttle reaches them.
func throttling(calls map[string]handler) map[string]handler {
	for action, handle := range calls {
		calls[action] = func(c *call) (any, error) {
			f := state[faults](c.account, "faults")
			if name := c.service + ":" + c.action; f.throttled[name] > 0 {
				f.throttled[name]--
				return nil, refuse(http.StatusBadRequest, "ThrottlingException", "Rate exceeded")
			}
			return handle(c)
		}
	}
	return calls
}
