package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/edge/visitor"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/telemetry"
)

// about is what is known of a request; the layers fill it in turn, for the log.
type about struct {
	id     string
	client identity.Client
	who    identity.Principal
	route  string
	// console says that the request came to the operators' host.
	console bool
}

type aboutKey struct{}

// aboutOf gives what is known of the request of a context; outside of one, an
// empty one.
func aboutOf(ctx context.Context) *about {
	if a, ok := ctx.Value(aboutKey{}).(*about); ok {
		return a
	}
	return &about{}
}

func requestID(ctx context.Context) string { return aboutOf(ctx).id }

// caller is who makes the request; the zero Principal on public operations.
func caller(ctx context.Context) identity.Principal { return aboutOf(ctx).who }

// outermost is the layer around everything: it names the request, bounds it,
// sets the headers that every answer carries, catches panics and writes the
// access log.
func outermost(next http.Handler, proxies int, logger *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		about := &about{id: newRequestID(), client: clientOf(r, proxies)}
		ctx := context.WithValue(r.Context(), aboutKey{}, about)
		ctx = telemetry.With(ctx, slog.String(telemetry.RequestKey, about.id))
		out := &recorder{ResponseWriter: w}
		header := out.Header()
		header.Set("X-Request-Id", about.id)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		// Answers are data: should one be opened as a page, it may do nothing.
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		defer func() {
			if cause := recover(); cause != nil && cause != http.ErrAbortHandler { //nolint:errorlint // a recovered value, not an error's chain
				logger.ErrorContext(ctx, "an operation panicked", "cause", cause, "stack", string(debug.Stack()))
				if out.status == 0 {
					writeProblem(out, r.WithContext(ctx), fault.New(fault.Internal, "panic"))
				}
			}
			logAccess(ctx, logger, r, about, out, time.Since(begun))
		}()
		next.ServeHTTP(out, r.WithContext(ctx))
	})
}

// logAccess writes the line of a request: the pattern of its path and no query,
// body or header, where a person's data may stand.
func logAccess(ctx context.Context, logger *slog.Logger, r *http.Request, about *about, out *recorder, took time.Duration) {
	attrs := []slog.Attr{
		slog.String("method", r.Method), slog.String("route", about.route), slog.Int("status", out.status),
		slog.Int64("bytes", out.bytes), slog.Duration("took", took), slog.String("ip", about.client.IP),
	}
	if about.who.User.ID != "" {
		attrs = append(attrs, slog.String(telemetry.UserKey, about.who.User.ID), slog.String(telemetry.TenantKey, about.who.TenantID()))
	}
	logger.LogAttrs(ctx, slog.LevelInfo, "request", attrs...)
}

func newRequestID() string {
	var bits [8]byte
	_, _ = rand.Read(bits[:])
	return hex.EncodeToString(bits[:])
}

// clientOf tells who asks, and from where.
func clientOf(r *http.Request, proxies int) identity.Client {
	return identity.Client{Agent: r.UserAgent(), IP: visitor.Address(r, proxies), Host: hostOf(r)}
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func writeJSON(w http.ResponseWriter, status int, contentType string, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{}`)
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // a caller who left reads nothing
}
