package app

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"prosa/internal/base/fault"
)

// Whoever asks for the health sends traffic as soon as it says ready.
func TestNothingIsReadyBeforeItListens(t *testing.T) {
	r := &running{house: &house{logger: slog.New(slog.DiscardHandler)}, mux: http.NewServeMux()}
	r.cfg.Server.Listen, r.cfg.Server.Grace = "127.0.0.1:0", time.Second
	front := r.front()
	if len(r.ready) != 1 || !fault.Is(r.ready[0](), fault.Unavailable) {
		t.Fatal("ready before it listens")
	}
	if err := front.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.ready[0](); err != nil {
		t.Errorf("not ready though it listens: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := front.Run(ctx); err != nil {
		t.Error(err)
	}
}
