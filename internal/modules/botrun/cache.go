package botrun

import (
	"context"
	"sync"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
)

// versionKey names a version; the company is part of it, so that no lookup can
// cross companies.
type versionKey struct{ tenantID, id string }

// versionCache holds compiled versions. They never change, so an entry is right
// for ever; when it is full, any one makes room.
type versionCache struct {
	mu      sync.Mutex
	entries map[versionKey]*flow.Compiled
	most    int
}

func newVersionCache(most int) *versionCache {
	return &versionCache{entries: make(map[versionKey]*flow.Compiled), most: most}
}

func (c *versionCache) get(k versionKey) *flow.Compiled {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries[k]
}

func (c *versionCache) put(k versionKey, compiled *flow.Compiled) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) >= c.most {
		for victim := range c.entries {
			delete(c.entries, victim)
			break
		}
	}
	c.entries[k] = compiled
}

// version gives a compiled version, from memory or the database. An error that
// is not the database's is about this version alone.
func (s *Service) version(ctx context.Context, tx *database.Tx, k versionKey) (*flow.Compiled, error) {
	if compiled := s.compiled.get(k); compiled != nil {
		return compiled, nil
	}
	version, err := loadVersion(ctx, tx, k.tenantID, k.id)
	if err != nil {
		return nil, err
	}
	definition, err := flow.Parse([]byte(version.Definition))
	if err != nil {
		return nil, unusable(err)
	}
	// The channels were checked when it was published; here it must only run.
	compiled, issues := flow.Compile(definition, flow.Options{})
	if compiled == nil {
		return nil, unusable(fault.New(fault.Internal, "%s", firstError(issues)))
	}
	s.compiled.put(k, compiled)
	return compiled, nil
}

// errUnusable marks a published version that this engine can't run.
type errUnusable struct{ cause error }

func (e *errUnusable) Error() string { return "the version can't be run: " + e.cause.Error() }
func (e *errUnusable) Unwrap() error { return e.cause }

func unusable(cause error) error { return &errUnusable{cause} }
