package service

import (
	"context"
	"time"
)

// DefaultStopTimeout is how long a service may take to stop when it doesn't say.
const DefaultStopTimeout = 10 * time.Second

// Service is one part of a process. Each function may be nil.
type Service struct {
	// Name is how logs and errors call it.
	Name string
	// Start makes the service able to work and returns then. Its context ends
	// when starting is given up; what must live on takes it from Run.
	Start func(ctx context.Context) error
	// Run works until ctx ends, finishes what it has in hand, and returns nil. A
	// return before that, even without an error, is a failure of the service.
	Run func(ctx context.Context) error
	// Stop is called after Run has returned, or when the service only started;
	// it releases what Start took. Its context ends with the stop time-out.
	Stop func(ctx context.Context) error
	// Ready tells why the service can't do its work just now; nil when it can.
	Ready func() error
	// StopTimeout bounds the end of Run and Stop together; zero is
	// DefaultStopTimeout.
	StopTimeout time.Duration
}

func (s *Service) stopTimeout() time.Duration {
	if s.StopTimeout > 0 {
		return s.StopTimeout
	}
	return DefaultStopTimeout
}
