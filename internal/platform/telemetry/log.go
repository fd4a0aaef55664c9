package telemetry

import (
	"context"
	"io"
	"log/slog"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/platform/httpclient"
)

// Config says how the process logs.
type Config struct {
	Level  slog.Level `env:"PROSA_LOG_LEVEL" default:"INFO" doc:"Least important line to log: DEBUG, INFO, WARN or ERROR."`
	Format string     `env:"PROSA_LOG_FORMAT" default:"text" doc:"Form of a log line: text for people, json for collectors."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	if c.Format != "text" && c.Format != "json" {
		return fault.OnField("PROSA_LOG_FORMAT", "must be text or json")
	}
	return nil
}

// NewLogger makes a logger that writes to w.
func NewLogger(w io.Writer, cfg Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.Level, ReplaceAttr: mask}
	if cfg.Format == "json" {
		return slog.New(scoped{slog.NewJSONHandler(w, options)})
	}
	return slog.New(scoped{slog.NewTextHandler(w, options)})
}

// Discard is a logger for tests that look at something else.
func Discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// The names under which ids stand on a log line.
const (
	TenantKey       = "tenant_id"
	UserKey         = "user_id"
	ConversationKey = "conversation_id"
	MessageKey      = "message_id"
	RequestKey      = "request_id"
)

type scopeKey struct{}

// With gives a context whose log lines carry the attributes too. A later one of
// the same name takes the place of an earlier one.
func With(ctx context.Context, attrs ...slog.Attr) context.Context {
	before, _ := ctx.Value(scopeKey{}).([]slog.Attr)
	scope := make([]slog.Attr, 0, len(before)+len(attrs))
	for _, attr := range before {
		if !named(attrs, attr.Key) {
			scope = append(scope, attr)
		}
	}
	return context.WithValue(ctx, scopeKey{}, append(scope, attrs...))
}

func named(attrs []slog.Attr, key string) bool {
	for _, attr := range attrs {
		if attr.Key == key {
			return true
		}
	}
	return false
}

// WithTenant names the company that the work of the context is for.
func WithTenant(ctx context.Context, id string) context.Context {
	return With(ctx, slog.String(TenantKey, id))
}

// WithConversation names the conversation that the work of the context is for.
func WithConversation(ctx context.Context, id string) context.Context {
	return With(ctx, slog.String(ConversationKey, id))
}

// WithMessage names the message that the work of the context is for.
func WithMessage(ctx context.Context, id string) context.Context {
	return With(ctx, slog.String(MessageKey, id))
}

// scoped puts the context's attributes on every line.
type scoped struct{ slog.Handler }

// Handle implements slog.Handler.
func (s scoped) Handle(ctx context.Context, record slog.Record) error {
	if scope, _ := ctx.Value(scopeKey{}).([]slog.Attr); len(scope) > 0 {
		record = record.Clone()
		record.AddAttrs(scope...)
	}
	return s.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (s scoped) WithAttrs(attrs []slog.Attr) slog.Handler { return scoped{s.Handler.WithAttrs(attrs)} }

// WithGroup implements slog.Handler.
func (s scoped) WithGroup(name string) slog.Handler { return scoped{s.Handler.WithGroup(name)} }

const masked = "[secret]"

// secretNames are parts of names whose values are never logged.
var secretNames = []string{"password", "secret", "token", "authorization", "cookie", "credential", "api_key", "apikey"}

// mask hides values whose names promise a secret and takes URLs, which may hold
// one, out of errors.
func mask(_ []string, attr slog.Attr) slog.Attr {
	name := strings.ToLower(attr.Key)
	for _, part := range secretNames {
		if strings.Contains(name, part) && attr.Value.Kind() != slog.KindBool && attr.Value.String() != "" {
			return slog.String(attr.Key, masked)
		}
	}
	if err, ok := attr.Value.Any().(error); ok {
		return slog.String(attr.Key, httpclient.Redact(err).Error())
	}
	return attr
}
