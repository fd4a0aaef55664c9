package httpapi

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// leasesInMemory is a place for leases of two deployments; the true one is
// tested with its adapter in app.
type leasesInMemory struct {
	mu     sync.Mutex
	leases []EnvironmentLease
}

func (l *leasesInMemory) List(context.Context) ([]Environment, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return []Environment{
		{Deployment: "massivo-homolog", Switchable: true, Leases: append([]EnvironmentLease{}, l.leases...), Past: []EnvironmentLease{}, Parts: []EnvironmentPart{}, Floor: []string{"balancer"},
			Times: EnvironmentTimes{Kind: "office", Zone: "America/Sao_Paulo", Windows: []EnvironmentWindow{{Days: []int{1, 2}, FromMinute: 480, ToMinute: 1200}}}},
		{Deployment: "massivo-prod", Leases: []EnvironmentLease{}, Past: []EnvironmentLease{}, Parts: []EnvironmentPart{}, Floor: []string{}, Times: EnvironmentTimes{Kind: "always", Windows: []EnvironmentWindow{}}},
	}, nil
}

func (l *leasesInMemory) Take(_ context.Context, name string, who EnvironmentHolder, why string, length time.Duration) (EnvironmentLease, error) {
	if name != "massivo-homolog" {
		return EnvironmentLease{}, fault.Refuse("production", "never switched")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	lease := EnvironmentLease{ID: "lea_" + who.Proof, Who: who.Name, Why: why, UntilMS: length.Milliseconds()}
	l.leases = append(l.leases, lease)
	return lease, nil
}

func (l *leasesInMemory) find(leaseID string) (*EnvironmentLease, error) {
	for n := range l.leases {
		if l.leases[n].ID == leaseID {
			return &l.leases[n], nil
		}
	}
	return nil, fault.New(fault.NotFound, "there is no lease %q", leaseID)
}

func (l *leasesInMemory) Extend(_ context.Context, _, leaseID, by string, length time.Duration) (EnvironmentLease, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lease, err := l.find(leaseID)
	if err != nil {
		return EnvironmentLease{}, err
	}
	lease.Extended, lease.UntilMS = by, length.Milliseconds()
	return *lease, nil
}

func (l *leasesInMemory) End(_ context.Context, _, leaseID, by string, force bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	lease, err := l.find(leaseID)
	if err == nil && lease.Who != by && !force {
		return fault.Refuse("held", "%s holds it", lease.Who)
	}
	if err == nil {
		lease.EndedBy = by
	}
	return err
}

func TestOperatorsHoldEnvironments(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		const leases = "/operator/environments/massivo-homolog/leases"
		if got := h.root.get("/operator/environments").want(http.StatusOK); !strings.Contains(string(got.body), "massivo-prod") {
			t.Fatalf("%s", got.body)
		}
		lease := h.root.call(http.MethodPost, leases, map[string]any{"minutes": 120, "why": "fluxo de pedidos"}).want(http.StatusCreated).text("id")
		if got := h.root.get("/operator/environments"); !strings.Contains(string(got.body), "fluxo de pedidos") {
			t.Fatalf("%s", got.body)
		}
		h.root.call(http.MethodPost, leases+"/"+lease+"/extend", map[string]any{"minutes": 180}).want(http.StatusOK)
		h.root.call(http.MethodPost, leases+"/lea_none/extend", map[string]any{"minutes": 180}).wantProblem(http.StatusNotFound, fault.NotFound, "")
		h.root.call(http.MethodPost, "/operator/environments/massivo-prod/leases", map[string]any{"minutes": 120, "why": "teste"}).wantProblem(http.StatusConflict, fault.Refused, "production")
		for _, body := range []map[string]any{{"minutes": 1, "why": "teste"}, {"minutes": 5000, "why": "teste"}, {"minutes": 60, "why": ""}} {
			h.root.call(http.MethodPost, leases, body).want(http.StatusUnprocessableEntity)
		}
		h.environments.mu.Lock()
		h.environments.leases[0].Who = "outra@prosa.example.com"
		h.environments.mu.Unlock()
		h.root.call(http.MethodDelete, leases+"/"+lease, nil).wantProblem(http.StatusConflict, fault.Refused, "held")
		h.root.call(http.MethodDelete, leases+"/"+lease+"?force=true", nil).want(http.StatusNoContent)
		log := string(h.root.get("/operator/audit").want(http.StatusOK).body)
		for _, action := range []string{"environment.taken", "environment.extended", "environment.ended"} {
			if !strings.Contains(log, action) {
				t.Errorf("%s is not in the log", action)
			}
		}
		admin := h.join(h.root, "alba@alfa.example.com", "Alba", identity.Admin)
		admin.get("/operator/environments").want(http.StatusForbidden)
	})
}

// Without a place for leases there is nothing to see.
func TestEnvironmentsThatAreNotKept(t *testing.T) {
	if _, err := (&api{}).environments(); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
}
