package httpclient

import (
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"prosa/internal/base/fault"
)

// refusedHosts are spelled as they would stand in a URL.
var refusedHosts = []string{
	// loopback and "this host"
	"127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "0.0.0.0", "0.0.0.1", "0.255.255.255", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]",
	// private
	"10.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.20.10.5", "172.31.255.255", "192.168.0.1", "192.168.1.254", "192.168.255.255",
	// carrier-grade NAT
	"100.64.0.1", "100.100.100.200", "100.127.255.255",
	// link-local and the clouds' metadata
	"169.254.0.1", "169.254.169.254", "169.254.170.2", "169.254.169.123", "169.254.169.253", "168.63.129.16", "192.0.0.192", "[fd00:ec2::254]", "[fd00:ec2::123]", "[fd20:ce::254]", "[fe80::a9fe:a9fe]",
	// documentation, benchmarks, protocols, retired
	"192.0.0.1", "192.0.0.170", "192.0.2.1", "198.51.100.7", "203.0.113.9", "198.18.0.1", "198.19.255.255", "192.88.99.1",
	// multicast, reserved, broadcast
	"224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "[ff02::1]", "[ff05::2]", "[ff0e::1]",
	// unique local, link-local, site-local
	"[fc00::1]", "[fd12:3456:789a::1]", "[fdff:ffff::1]", "[fe80::1]", "[fe80::1%25eth0]", "[febf::1]", "[fec0::1]",
	// a v4 address in v6 clothes: mapped, compatible, NAT64, 6to4, Teredo, ISATAP-like
	"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::ffff:8.8.8.8]", "[::127.0.0.1]", "[::a9fe:a9fe]",
	"[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b::808:808]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2001:0:7f00:1::1]", "[2001::1]",
	// documentation and other special v6
	"[2001:db8::1]", "[2001:10::1]", "[2001:20::1]", "[3fff::1]", "[100::1]", "[5f00::1]", "[4000::1]",
	// spellings that some resolvers take for an address
	"2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "017700000001", "127.0.0.1.", "0xa9fea9fe", "2852039166", "0",
}

// counting is a server that must not be reached.
func counting(t *testing.T) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var hits atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		hits.Add(1)
		fmt.Fprint(w, "secret of the house")
	}))
	t.Cleanup(server.Close)
	return server, &hits
}

func get(t *testing.T, client *http.Client, target string) (string, error) {
	t.Helper()
	response, err := client.Get(target)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

func wantRefused(t *testing.T, err error, reason, what string) {
	t.Helper()
	var refused *fault.Error
	if !errors.As(err, &refused) || refused.Code != fault.Refused || refused.Reason != reason {
		t.Errorf("%s: got %v, want refused for %s", what, err, reason)
	}
}

func TestGuardedRefusesAddresses(t *testing.T) {
	if len(refusedHosts) < 70 {
		t.Fatalf("only %d addresses", len(refusedHosts))
	}
	server, hits := counting(t)
	port := server.Listener.Addr().(*net.TCPAddr).Port
	client := Guarded(Policy{})
	for _, host := range refusedHosts {
		_, err := get(t, client, fmt.Sprintf("http://%s:%d/", host, port))
		wantRefused(t, err, "address_refused", host)
	}
	if n := hits.Load(); n > 0 {
		t.Fatalf("our own server was reached %d times", n)
	}
}

// The same addresses behind a name: the name is resolved once, by the
// connection that is checked.
func TestGuardedRefusesNamesThatResolveToThem(t *testing.T) {
	server, hits := counting(t)
	port := server.Listener.Addr().(*net.TCPAddr).Port
	tried := 0
	for _, host := range refusedHosts {
		address, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if err != nil || isPublic(address.Unmap()) {
			continue // a spelling, to which no name resolves; a mapped public address, called as such
		}
		tried++
		client := guarded(Policy{}, nameServer(t, func(int64) netip.Addr { return address }), func(netip.AddrPort) error {
			return errors.New("let through")
		})
		_, err = get(t, client, fmt.Sprintf("http://innocent.example:%d/", port))
		wantRefused(t, err, "address_refused", "a name for "+host)
	}
	if n := hits.Load(); n > 0 || tried < 60 {
		t.Fatalf("%d tried, our own server reached %d times", tried, n)
	}
}

// A name that is public when looked at and ours when called. Whatever the
// resolver says and when, an address of ours is never called.
func TestGuardedRefusesRebinding(t *testing.T) {
	server, hits := counting(t)
	port := server.Listener.Addr().(*net.TCPAddr).Port
	public, ours := netip.MustParseAddr("93.184.216.34"), netip.MustParseAddr("127.0.0.1")
	var called []netip.Addr
	stop := errors.New("a public address; a test goes no further")
	client := guarded(Policy{}, nameServer(t, func(query int64) netip.Addr {
		if query%2 == 1 {
			return public
		}
		return ours
	}), func(address netip.AddrPort) error {
		called = append(called, address.Addr())
		return stop
	})
	refused := 0
	for range 10 {
		_, err := get(t, client, fmt.Sprintf("http://rebind.example:%d/", port))
		switch {
		case fault.Is(err, fault.Refused):
			refused++
		case !errors.Is(err, stop):
			t.Fatal(err)
		}
	}
	for _, address := range called {
		if address != public {
			t.Fatalf("%s was called", address)
		}
	}
	if refused == 0 || len(called) == 0 || hits.Load() > 0 {
		t.Fatalf("%d refused, %d called, %d hits: the resolver did not change its mind", refused, len(called), hits.Load())
	}
}

// nameServer is a DNS server on this machine that answers every question for an
// address with answer(number of the question, from 1).
func nameServer(t *testing.T, answer func(query int64) netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	var queries atomic.Int64
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return // closed
			}
			if reply := dnsReply(buffer[:n], &queries, answer); reply != nil {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// dnsReply builds the answer by RFC 1035 section 4: header, the question
// again, and one record if the question is for the address's family.
func dnsReply(question []byte, queries *atomic.Int64, answer func(int64) netip.Addr) []byte {
	end := 12
	for end < len(question) && question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5 // the closing zero, type and class
	if end > len(question) {
		return nil
	}
	kind := binary.BigEndian.Uint16(question[end-4:])
	reply := append([]byte{}, question[:end]...)
	binary.BigEndian.PutUint16(reply[2:], 0x8180) // an answer, recursion done
	clear(reply[6:12])
	const a, aaaa = 1, 28
	var address netip.Addr
	if kind == a {
		address = answer(queries.Add(1))
	} else if kind == aaaa {
		address = answer(queries.Load() + 1)
	}
	if kind == a && address.Is4() || kind == aaaa && address.Is6() {
		raw := address.AsSlice()
		reply[7] = 1
		reply = append(reply, 0xc0, 12, byte(kind>>8), byte(kind), 0, 1, 0, 0, 0, 0, 0, byte(len(raw)))
		reply = append(reply, raw...)
	}
	return reply
}

func TestGuardedReachesThePublic(t *testing.T) {
	passed := errors.New("passed")
	for _, text := range []string{"1.1.1.1", "8.8.8.8", "93.184.216.34", "157.240.12.35", "172.32.0.1", "100.128.0.1", "169.253.1.1", "2606:4700::1111", "2a03:2880:f12f::1", "2800:3f0::1"} {
		address := netip.MustParseAddr(text)
		client := guarded(Policy{}, nil, func(netip.AddrPort) error { return passed })
		if _, err := get(t, client, "http://"+netip.AddrPortFrom(address, 80).String()+"/"); !errors.Is(err, passed) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestGuardedAllowListOpensPrivateButNeverMetadata(t *testing.T) {
	server, hits := counting(t)
	if body, err := get(t, Guarded(Policy{Private: []string{"127.0.0.1"}}), server.URL); err != nil || body != "secret of the house" {
		t.Fatalf("an allowed host: %q, %v", body, err)
	}
	if hits.Load() != 1 {
		t.Fatal("the allowed host was not reached")
	}
	for _, host := range []string{"169.254.169.254", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16", "0.0.0.0", "224.0.0.1", "[::ffff:169.254.169.254]", "[fe80::1]"} {
		policy := Policy{Private: []string{host, strings.Trim(host, "[]")}}
		_, err := get(t, Guarded(policy), "http://"+host+"/latest/meta-data/")
		wantRefused(t, err, "address_refused", host)
	}
	named := guarded(Policy{Private: []string{"db.internal"}}, nameServer(t, func(int64) netip.Addr { return netip.MustParseAddr("169.254.169.254") }), nil)
	_, err := get(t, named, "http://db.internal/")
	wantRefused(t, err, "address_refused", "an allowed name for the metadata service")
}

func TestGuardedRefusesRequests(t *testing.T) {
	client := Guarded(Policy{Denied: []string{"graph.facebook.com", "telegram.org"}})
	for name, change := range map[string]func(*http.Request){
		"ftp":               func(r *http.Request) { r.URL.Scheme = "ftp" },
		"userinfo":          func(r *http.Request) { r.URL.User = url.UserPassword("a", "b") },
		"other host header": func(r *http.Request) { r.Host = "metadata.google.internal" },
		"metadata header":   func(r *http.Request) { r.Header.Set("Metadata-Flavor", "Google") },
		"denied":            func(r *http.Request) { r.Host, r.URL.Host = "", "graph.facebook.com" },
		"denied, dotted":    func(r *http.Request) { r.Host, r.URL.Host = "", "GRAPH.facebook.com." },
		"denied, below":     func(r *http.Request) { r.Host, r.URL.Host = "", "api.telegram.org:443" },
	} {
		request, err := http.NewRequest(http.MethodGet, "http://shop.example/", nil)
		if err != nil {
			t.Fatal(err)
		}
		change(request)
		_, err = client.Do(request)
		wantRefused(t, err, "address_refused", name)
	}
	// Another company's host that only ends like a denied one is fine.
	g := &guard{denied: []string{"telegram.org"}}
	request := httptest.NewRequest(http.MethodGet, "http://mytelegram.org/", nil)
	if err := g.check(request); err != nil {
		t.Error(err)
	}
}

func TestGuardedChecksEveryHop(t *testing.T) {
	inside, hits := counting(t)
	insidePort := inside.Listener.Addr().(*net.TCPAddr).Port
	var seen http.Header
	mux := http.NewServeMux()
	mux.HandleFunc("/to", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("target"), http.StatusFound)
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/end", func(_ http.ResponseWriter, r *http.Request) { seen = r.Header.Clone() })
	door := httptest.NewServer(mux)
	t.Cleanup(door.Close)
	client := Guarded(Policy{Private: []string{"127.0.0.1"}})
	for _, target := range []string{
		fmt.Sprintf("http://localhost:%d/", insidePort), fmt.Sprintf("http://[::1]:%d/", insidePort), "http://169.254.169.254/latest/meta-data/",
		"http://2130706433/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "http://user:pass@127.0.0.1/",
	} {
		_, err := get(t, client, door.URL+"/to?target="+url.QueryEscape(target))
		wantRefused(t, err, "address_refused", "redirect to "+target)
	}
	_, err := get(t, client, door.URL+"/loop")
	wantRefused(t, err, "too_many_redirects", "a loop")
	if hits.Load() > 0 {
		t.Fatal("the server inside was reached")
	}

	// A redirect to another origin carries no header that may be a secret.
	other := httptest.NewServer(mux)
	t.Cleanup(other.Close)
	request, err := http.NewRequest(http.MethodGet, door.URL+"/to?target="+url.QueryEscape(other.URL+"/end"), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Api-Key", "k")
	request.Header.Set("Accept", "application/json")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if seen.Get("X-Api-Key") != "" || seen.Get("Referer") != "" || seen.Get("Accept") != "application/json" {
		t.Fatalf("the next host got %v", seen)
	}
}

func TestGuardedIgnoresTheProxyOfTheEnvironment(t *testing.T) {
	proxy, hits := counting(t)
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	passed := errors.New("passed")
	client := guarded(Policy{}, nil, func(netip.AddrPort) error { return passed })
	if _, err := get(t, client, "http://93.184.216.34/"); !errors.Is(err, passed) || hits.Load() > 0 {
		t.Fatalf("%v, proxy reached %d times", err, hits.Load())
	}
}

func TestBodiesAreBounded(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/plain/{size}", func(w http.ResponseWriter, r *http.Request) {
		var size int
		fmt.Sscan(r.PathValue("size"), &size)
		_, _ = io.CopyN(w, zeros{}, int64(size))
	})
	mux.HandleFunc("/bomb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		_, _ = io.CopyN(packed, zeros{}, 4<<20)
		_ = packed.Close()
	})
	mux.HandleFunc("/drip", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	client := Guarded(Policy{Private: []string{"127.0.0.1"}, Limits: Limits{Body: 1000, Timeout: 30 * time.Second}})
	if body, err := get(t, client, server.URL+"/plain/1000"); err != nil || len(body) != 1000 {
		t.Fatalf("a body that fits: %d bytes, %v", len(body), err)
	}
	for _, path := range []string{"/plain/1001", "/plain/100000", "/bomb"} {
		if body, err := get(t, client, server.URL+path); !fault.Is(err, fault.TooLarge) || len(body) > 1000 {
			t.Errorf("%s: %d bytes, %v", path, len(body), err)
		}
	}
	client.Timeout = 100 * time.Millisecond
	if _, err := get(t, client, server.URL+"/drip"); err == nil {
		t.Error("a body that never ends was waited for")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
