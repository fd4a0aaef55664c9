package app

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"time"

	"prosa/internal/platform/service"
)

// operations serves what only operators may see: metrics and health.
func (r *running) operations() service.Service {
	if r.cfg.Server.Operations == "off" {
		return service.Service{Name: "operations"}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", r.metrics.Handler())
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", r.readyz)
	s := r.serve(r.cfg.Server.Operations, mux)
	s.Name = "operations"
	return s
}

// profiles serves Go's profiler where the operator asked for it.
func (r *running) profiles() service.Service {
	if r.cfg.Server.Pprof == "" {
		return service.Service{Name: "profiles"}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	s := r.serve(r.cfg.Server.Pprof, mux)
	s.Name = "profiles"
	return s
}

// health is what /readyz tells.
type health struct {
	Ready    bool     `json:"ready"`
	Target   string   `json:"target"`
	Version  string   `json:"version"`
	Problems []string `json:"problems"`
}

func (r *running) readyz(w http.ResponseWriter, request *http.Request) {
	ctx, cancel := context.WithTimeout(request.Context(), 2*time.Second)
	defer cancel()
	state := health{Ready: true, Target: r.target, Version: r.version, Problems: []string{}}
	problem := func(err error) {
		if err != nil {
			state.Ready = false
			state.Problems = append(state.Problems, err.Error())
		}
	}
	if r.target != targetGateway {
		problem(r.db.Ping(ctx)) // the gateway accepts while the database is away
	}
	for _, ready := range r.ready {
		problem(ready())
	}
	w.Header().Set("Content-Type", "application/json")
	if !state.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(state)
}
