package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"prosa/internal/platform/database"
)

// loadVariable has this test's binary be the customers: a process of its own, so
// that what it uses is not counted as the server's.
const loadVariable = "PROSA_CHECKOUT_LOAD"

// load is what the customers are told.
type load struct {
	Address  string // host and port
	Cookie   string
	Zone     string
	Variants []string
	Contacts []string // one a client
	Crowd    int      // how many customers there are for carts that are only filled; crowdID names them
	Seconds  float64
	Adds     bool // only fill carts
}

// TestCheckoutLoad is the other process; it does nothing by itself.
func TestCheckoutLoad(t *testing.T) {
	text := os.Getenv(loadVariable)
	if text == "" {
		t.Skip("the load of TestShowCheckoutRate")
	}
	var l load
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var all []time.Duration
	var running sync.WaitGroup
	until := time.Now().Add(time.Duration(l.Seconds * float64(time.Second)))
	for place := range l.Contacts {
		running.Go(func() {
			var took []time.Duration
			b, err := l.buyer(place)
			for n := 0; err == nil && (n < 3 || time.Now().Before(until)); n++ {
				from := time.Now()
				if l.Adds {
					err = b.add(n)
				} else {
					err = b.checkout(n)
				}
				took = append(took, time.Since(from))
			}
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	running.Wait()
	if err := json.NewEncoder(os.Stdout).Encode(all); err != nil {
		t.Fatal(err)
	}
}

// buyer is one client in a closed loop, on a connection of its own. It writes
// HTTP by hand, to take as little as possible of the machine that it shares.
type buyer struct {
	load
	contact string
	place   int // among the clients
	conn    net.Conn
	reader  *bufio.Reader
	buffer  []byte
}

func (l load) buyer(place int) (*buyer, error) {
	conn, err := net.Dial("tcp", l.Address)
	if err != nil {
		return nil, err
	}
	return &buyer{load: l, contact: l.Contacts[place], place: place, conn: conn, reader: bufio.NewReader(conn)}, nil
}

// checkout is the five requests: two variants into the cart, the ways of
// delivery, the one chosen, and the order with its payment.
func (b *buyer) checkout(n int) error {
	cart := "/contacts/" + b.contact + "/cart"
	for i := range 2 {
		if err := b.do(http.MethodPost, cart+"/lines", "", `{"variant_id":"`+b.Variants[(n*7+i*3)%len(b.Variants)]+`","add":1}`); err != nil {
			return err
		}
	}
	if err := b.do(http.MethodGet, "/delivery/quotes?subtotal=4980", "", ""); err != nil {
		return err
	}
	if err := b.do(http.MethodPut, cart+"/delivery", "", `{"delivery":{"zone_id":"`+b.Zone+`"}}`); err != nil {
		return err
	}
	return b.do(http.MethodPost, "/orders", fmt.Sprint("order-", b.contact, n, time.Now().UnixNano()),
		`{"contact_id":"`+b.contact+`","payment":{"provider":"on_delivery","method":"cash"},"customer":{"name":"Cliente"}}`)
}

// crowdID names a customer of the crowd.
func crowdID(n int) string { return fmt.Sprintf("ctc_crowd_%06d", n) }

// add puts one more line into a cart: every five into the new cart of the next
// customer, as a shop's visitors do. Where the crowd has all been served, carts
// begin anew by being emptied, which is a request of its own.
func (b *buyer) add(n int) error {
	turn := b.place + n/5*len(b.Contacts)
	contact := crowdID(turn % b.Crowd)
	if n%5 == 0 && turn >= b.Crowd {
		if err := b.do(http.MethodDelete, "/contacts/"+contact+"/cart", "", ""); err != nil {
			return err
		}
	}
	return b.do(http.MethodPost, "/contacts/"+contact+"/cart/lines", "", `{"variant_id":"`+b.Variants[(n*11)%len(b.Variants)]+`","add":1}`)
}

func (b *buyer) do(method, path, key, body string) error {
	b.buffer = fmt.Appendf(b.buffer[:0], "%s %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nSec-Fetch-Site: same-origin\r\n", method, Prefix+path, b.Address, b.Cookie)
	if key != "" {
		b.buffer = fmt.Appendf(b.buffer, "Idempotency-Key: %s\r\n", key)
	}
	if body != "" {
		b.buffer = fmt.Appendf(b.buffer, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	b.buffer = append(append(b.buffer, "\r\n"...), body...)
	if _, err := b.conn.Write(b.buffer); err != nil {
		return err
	}
	response, err := http.ReadResponse(b.reader, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode < 300 {
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	answer, err := io.ReadAll(response.Body)
	if err == nil {
		err = fmt.Errorf("%s %s: %d %s", method, path, response.StatusCode, answer)
	}
	return err
}

// rate is what a measurement found. The times of processors are those of one
// piece of work.
type rate struct {
	count                    int
	took                     time.Duration
	all                      []time.Duration
	server, client, postgres time.Duration
	trips                    float64
}

// String tells the rate, the times at half and at 95 of a hundred, and what each
// took of the machine. postgres is everything that its server did meanwhile.
func (r rate) String() string {
	slices.Sort(r.all)
	text := fmt.Sprintf("%.0f/s, p50 %s, p95 %s (%d in %s); CPU each: server %s, client %s", float64(r.count)/r.took.Seconds(), r.all[len(r.all)/2].Round(100*time.Microsecond),
		r.all[len(r.all)*95/100].Round(100*time.Microsecond), r.count, r.took.Round(10*time.Millisecond), r.server.Round(time.Microsecond), r.client.Round(time.Microsecond))
	if r.postgres > 0 {
		text += fmt.Sprintf(", PostgreSQL %s; %.1f round trips each", r.postgres.Round(time.Microsecond), r.trips)
	}
	return text
}

// measure has the customers, in a process of their own, work for a while.
func measure(t *testing.T, l load, postmaster int, trips func() int64) (r rate) {
	t.Helper()
	told, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(os.Args[0], "-test.run=^TestCheckoutLoad$")
	command.Env = append(os.Environ(), loadVariable+"="+string(told))
	var out, complaint bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaint
	used, serverUsed, asked, begun := cpuTime(t), treeTime(postmaster), trips(), time.Now()
	err = command.Run()
	r.took = time.Since(begun)
	if err != nil {
		t.Fatalf("%v: %s%s", err, out.String(), complaint.String())
	}
	if err := json.NewDecoder(&out).Decode(&r.all); err != nil {
		t.Fatal(err)
	}
	r.count = len(r.all)
	each := func(d time.Duration) time.Duration { return d / time.Duration(r.count) }
	r.server, r.postgres, r.trips = each(cpuTime(t)-used), each(treeTime(postmaster)-serverUsed), float64(trips()-asked)/float64(r.count)
	r.client = each(command.ProcessState.UserTime() + command.ProcessState.SystemTime())
	return r
}

// cpuTime is what this process has used so far. On a machine that others share it
// says more than the clock.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// postmasterOf gives the process of the server behind a database, 0 on SQLite
// and where there is no /proc.
func postmasterOf(t *testing.T, db *database.DB) int {
	t.Helper()
	if db.Engine() != database.Postgres {
		return 0
	}
	var backend int
	err := db.Read(t.Context(), database.Platform("test"), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&backend)
	})
	if err != nil {
		t.Fatal(err)
	}
	parent, _ := processOf(strconv.Itoa(backend))
	return parent
}

// treeTime is what a process, those that it started, and those of them that have
// ended have used.
func treeTime(pid int) (used time.Duration) {
	if pid == 0 {
		return 0
	}
	found, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range found {
		name := filepath.Base(folder)
		if parent, own := processOf(name); parent == pid || name == strconv.Itoa(pid) {
			used += own
		}
	}
	return used
}

// processOf gives a process's parent and what it has used, its ended children
// included. Source: proc_pid_stat(5), fields 4 and 14 to 17, in ticks of 10 ms.
func processOf(pid string) (parent int, used time.Duration) {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0, 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 15 {
		return 0, 0
	}
	parent, _ = strconv.Atoi(fields[1])
	for _, ticks := range fields[11:15] {
		n, _ := strconv.Atoi(ticks)
		used += time.Duration(n) * 10 * time.Millisecond
	}
	return parent, used
}

// fsyncTimes gives how long the disk takes to keep 4 KiB: p50 and p99.
func fsyncTimes(t *testing.T) (p50, p99 time.Duration) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "fsync"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []time.Duration
	for range 200 {
		from := time.Now()
		if _, err := file.Write(make([]byte, 4096)); err != nil {
			t.Fatal(err)
		}
		if err := file.Sync(); err != nil {
			t.Fatal(err)
		}
		all = append(all, time.Since(from))
	}
	slices.Sort(all)
	return all[len(all)/2], all[len(all)*99/100]
}
