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

// runnable is a version ready to run.
type runnable struct {
	compiled *flow.Compiled
	number   int64
	// kinds of the nodes of the flow and of those that it pinned, see nodeKey.
	kinds map[nodeKey]string
}

// nodeKey names a node within a version; the version's own flow has no key.
type nodeKey struct{ flow, node string }

// takes reports whether a session of the version before can go on in this one:
// the node at which it waits, and every sub-flow node above it, exists here and
// is of the same kind, and an answer to it means the same.
func (r *runnable) takes(state *flow.State, before *runnable) bool {
	same := func(key, node string) bool {
		kind, found := r.kinds[nodeKey{key, node}]
		return found && kind == before.kinds[nodeKey{key, node}]
	}
	for i := range state.Stack {
		if !same(state.Stack[i].Flow, state.Stack[i].Node) {
			return false
		}
	}
	return state.Node == "" || same(state.Flow, state.Node) && r.compiled.Fits(*state) && r.compiled.AsksAlike(before.compiled, *state)
}

// versionCache holds compiled versions. They never change, so an entry is right
// for ever; when it is full, any one makes room.
type versionCache struct {
	mu      sync.Mutex
	entries map[versionKey]*runnable
	most    int
}

func newVersionCache(most int) *versionCache {
	return &versionCache{entries: make(map[versionKey]*runnable), most: most}
}

func (c *versionCache) get(k versionKey) *runnable {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries[k]
}

func (c *versionCache) put(k versionKey, ready *runnable) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) >= c.most {
		for victim := range c.entries {
			delete(c.entries, victim)
			break
		}
	}
	c.entries[k] = ready
}

// version gives a compiled version, from memory or the database. An error that
// is not the database's is about this version alone.
func (s *Service) version(ctx context.Context, tx *database.Tx, k versionKey) (*runnable, error) {
	if ready := s.compiled.get(k); ready != nil {
		return ready, nil
	}
	version, err := loadVersion(ctx, tx, k.tenantID, k.id)
	if err != nil {
		return nil, err
	}
	// The channels were checked when it was published; here it must only run.
	compiled, definition, issues, err := version.compile(nil)
	if err != nil {
		return nil, unusable(err)
	}
	if compiled == nil {
		return nil, unusable(fault.New(fault.Internal, "%s", firstError(issues)))
	}
	children, err := version.children()
	if err != nil {
		return nil, unusable(err)
	}
	ready := &runnable{compiled: compiled, number: version.Number, kinds: map[nodeKey]string{}}
	ready.know("", definition)
	for key, child := range children {
		ready.know(key, child)
	}
	s.compiled.put(k, ready)
	return ready, nil
}

func (r *runnable) know(key string, definition *flow.Definition) {
	for _, node := range flow.Inspect(definition).Nodes {
		r.kinds[nodeKey{key, node.Name}] = node.Kind
	}
}

// errUnusable marks a published version that this engine can't run.
type errUnusable struct{ cause error }

func (e *errUnusable) Error() string { return "the version can't be run: " + e.cause.Error() }
func (e *errUnusable) Unwrap() error { return e.cause }

func unusable(cause error) error { return &errUnusable{cause} }
