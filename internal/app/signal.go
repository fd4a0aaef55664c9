package app

import (
	"context"
	"log/slog"
	"time"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// signals shows small signs in customers' apps (typing, read ticks, the end of
// a button's spinner) beside the work: a sign may be lost, never waited for.
type signals struct {
	channel *channel.Service
	logger  *slog.Logger
	queue   chan sign
}

type sign struct {
	accountID string
	to        []message.Address
	signal    channel.Signal
}

// Bounds of what signs may take.
const (
	signalQueue   = 512
	signalWorkers = 4
	signalPatient = 10 * time.Second
)

func newSignals(service *channel.Service, logger *slog.Logger) *signals {
	return &signals{channel: service, logger: logger, queue: make(chan sign, signalQueue)}
}

// show fills conversation.Signaler.
func (s *signals) show(_, accountID string, to []message.Address, signal channel.Signal) {
	select {
	case s.queue <- sign{accountID, to, signal}:
	default:
	}
}

// run shows signs until ctx ends.
func (s *signals) run(ctx context.Context) error {
	done := make(chan struct{}, signalWorkers)
	for range signalWorkers {
		go func() {
			defer func() { done <- struct{}{} }()
			for {
				select {
				case <-ctx.Done():
					return
				case next := <-s.queue:
					s.one(ctx, next)
				}
			}
		}()
	}
	for range signalWorkers {
		<-done
	}
	return nil
}

func (s *signals) one(ctx context.Context, next sign) {
	ctx, cancel := context.WithTimeout(ctx, signalPatient)
	defer cancel()
	if err := s.channel.Signal(ctx, next.accountID, next.to, next.signal); err != nil && ctx.Err() == nil {
		s.logger.DebugContext(ctx, "a sign was not shown", "account_id", next.accountID, "error", err)
	}
}
