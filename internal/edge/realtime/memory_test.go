package realtime

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"

	"prosa/internal/event"
)

// BenchmarkBrowsers says what a connected browser costs: memory at rest, and
// the time to fan one event out to all of a company. Method: real TCP
// connections to a real HTTP server in the same process, each read until its
// greeting; the client's side is counted too.
func BenchmarkBrowsers(b *testing.B) {
	const browsers = 2000
	cfg := small()
	cfg.PerUser, cfg.Connections = browsers, browsers
	tape := newTape()
	h := start(b, cfg, tape)
	before := heap()
	var readers []*bufio.Reader
	for range browsers {
		connection, err := net.Dial("tcp", strings.TrimPrefix(h.server.URL, "http://"))
		if err != nil {
			b.Skipf("no more connections on this machine: %v", err)
		}
		defer connection.Close()
		fmt.Fprintf(connection, "GET /?user=usr_a&tenant=ten_a&role=attendant HTTP/1.1\r\nHost: x\r\n\r\n")
		reader := bufio.NewReaderSize(connection, 1024)
		skipTo(b, reader, "event: hello")
		readers = append(readers, reader)
	}
	cost := float64(heap()-before) / browsers / 1024
	b.ResetTimer()
	for n := range b.N {
		data, err := json.Marshal([]event.Envelope{message("ten_a", n)})
		if err != nil {
			b.Fatal(err)
		}
		tape.raw(data)
		for _, reader := range readers {
			skipTo(b, reader, "event: message.created")
		}
	}
	b.StopTimer()
	b.ReportMetric(cost, "KiB/browser")
	h.server.CloseClientConnections()
}

func skipTo(b *testing.B, reader *bufio.Reader, prefix string) {
	b.Helper()
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			b.Fatal(err)
		}
		if strings.HasPrefix(line, prefix) {
			return
		}
	}
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapInuse + stats.StackInuse
}
