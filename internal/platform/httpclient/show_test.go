package httpclient

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"prosa/internal/base/fault"
)

// TestShowSSRF tries every address of the corpus in every way in which a flow
// could name it, and prints how many tries of each way were refused, the slowest
// refusal and what it allocated: go test -run TestShowSSRF -v ./internal/platform/httpclient.
func TestShowSSRF(t *testing.T) {
	server, hits := counting(t)
	port := server.Listener.Addr().(*net.TCPAddr).Port
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
	}))
	t.Cleanup(door.Close)
	doorPort := door.Listener.Addr().(*net.TCPAddr).Port
	// The door alone is open, by its name; what it leads to is not.
	throughDoor := guarded(Policy{Private: []string{"door.example"}}, nameServer(t, func(int64) netip.Addr { return netip.MustParseAddr("127.0.0.1") }), nil)
	plain := Guarded(Policy{})
	var queries atomic.Int64
	rebinding := guarded(Policy{}, nameServer(t, func(query int64) netip.Addr {
		queries.Store(query)
		return netip.MustParseAddr("127.0.0.1")
	}), func(netip.AddrPort) error { return errors.New("let through") })

	type way struct {
		name    string
		client  func(host string) *http.Client
		address func(host string) string
	}
	always := func(c *http.Client) func(string) *http.Client { return func(string) *http.Client { return c } }
	named := func(host string) *http.Client {
		address, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if err != nil || isPublic(address.Unmap()) {
			return nil // a spelling, to which no name resolves; a mapped public address, called as such
		}
		return guarded(Policy{}, nameServer(t, func(int64) netip.Addr { return address }), func(netip.AddrPort) error { return errors.New("let through") })
	}
	ways := []way{
		{"as it is", always(plain), func(host string) string { return fmt.Sprintf("http://%s:%d/", host, port) }},
		{"over https", always(plain), func(host string) string { return fmt.Sprintf("https://%s:%d/", host, port) }},
		{"with a user before it", always(plain), func(host string) string { return fmt.Sprintf("http://shop.example@%s:%d/", host, port) }},
		{"with a dot behind it", always(plain), func(host string) string {
			if strings.HasPrefix(host, "[") || strings.HasSuffix(host, ".") {
				return ""
			}
			return fmt.Sprintf("http://%s.:%d/", host, port)
		}},
		{"behind a redirect", always(throughDoor), func(host string) string {
			return fmt.Sprintf("http://door.example:%d/?to=%s", doorPort, url.QueryEscape(fmt.Sprintf("http://%s:%d/", host, port)))
		}},
		{"behind a name", named, func(string) string { return fmt.Sprintf("http://innocent.example:%d/", port) }},
	}
	t.Logf("%d addresses", len(refusedHosts))
	t.Logf("%-24s %6s %8s %10s %9s", "named", "tried", "refused", "slowest", "KiB each")
	total := 0
	for _, w := range ways {
		tried, refused, slowest := 0, 0, time.Duration(0)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for _, host := range refusedHosts {
			client, address := w.client(host), w.address(host)
			if client == nil || address == "" {
				continue
			}
			tried++
			began := time.Now()
			_, err := get(t, client, address)
			slowest = max(slowest, time.Since(began))
			if fault.Is(err, fault.Refused) {
				refused++
			} else {
				t.Errorf("%s, %s: %v", host, w.name, err)
			}
		}
		runtime.ReadMemStats(&after)
		total += refused
		t.Logf("%-24s %6d %8d %10s %9d", w.name, tried, refused, slowest.Round(10*time.Microsecond), (after.TotalAlloc-before.TotalAlloc)/1024/uint64(tried))
	}
	// A resolver that says something else at every question: the address that is
	// dialled is the one that is checked.
	public := netip.MustParseAddr("93.184.216.34")
	passed := errors.New("a public address; a test goes no further")
	flipping := guarded(Policy{}, nameServer(t, func(query int64) netip.Addr {
		if query%2 == 1 {
			return public
		}
		return netip.MustParseAddr("169.254.169.254")
	}), func(found netip.AddrPort) error {
		if found.Addr() != public {
			t.Errorf("%s was dialled", found)
		}
		return passed
	})
	rebound := 0
	for range 20 {
		_, err := get(t, flipping, fmt.Sprintf("http://rebind.example:%d/", port))
		switch {
		case fault.Is(err, fault.Refused):
			rebound++
		case !errors.Is(err, passed):
			t.Error(err)
		}
	}
	if _, err := get(t, rebinding, fmt.Sprintf("http://rebind.example:%d/", port)); !fault.Is(err, fault.Refused) || queries.Load() == 0 {
		t.Errorf("%v after %d questions", err, queries.Load())
	}
	t.Logf("%-24s %6d %8d of those that resolved to the metadata service", "a resolver that rebinds", 20, rebound)
	t.Logf("%d refusals, our own server was reached %d times", total+rebound, hits.Load())
	if rebound == 0 || hits.Load() > 0 {
		t.Errorf("%d rebound, %d hits", rebound, hits.Load())
	}
}
