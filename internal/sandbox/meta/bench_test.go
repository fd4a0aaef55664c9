package meta

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"prosa/internal/sandbox/stage"
)

// BenchmarkSend is a message over HTTP with its three statuses delivered to a
// webhook on the same machine.
func BenchmarkSend(b *testing.B) {
	for _, mode := range []string{stage.LedgerFull, stage.LedgerLight, stage.LedgerCounts} {
		for _, disk := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/disk=%v", mode, disk), func(b *testing.B) {
				config := Config{Ledger: mode, Unlimited: true}
				if disk {
					config.Dir = b.TempDir()
				}
				benchmarkSend(b, config)
			})
		}
	}
}

func benchmarkSend(b *testing.B, config Config) {
	posted := make(chan struct{}, 1)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case posted <- struct{}{}:
		default:
		}
	}))
	defer hook.Close()
	s, err := New(config)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { _ = s.Run(ctx); close(done) }()
	_, _ = s.PutApp(App{ID: appID, Secret: secret, CallbackURL: hook.URL})
	_, _ = s.PutWABA(WABA{ID: wabaID, Subscriptions: map[string]string{appID: ""}})
	_, _ = s.PutNumber(Number{ID: numberID, WABA: wabaID, App: appID, Token: token})
	for i := range 1000 {
		number := fmt.Sprintf("55119%08d", i)
		_, _ = s.PutCustomer(Customer{WaID: number, Name: "C"})
		if _, err := s.Act(number, Action{Do: "text", Number: numberID, Text: "oi"}); err != nil {
			b.Fatal(err)
		}
	}
	server := httptest.NewServer(s)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	var turn atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			body := fmt.Sprintf(`{"messaging_product":"whatsapp","to":"55119%08d","type":"text","biz_opaque_callback_data":"msg_x","text":{"body":"olá, tudo bem?"}}`, turn.Add(1)%1000)
			request, _ := http.NewRequest("POST", server.URL+"/v25.0/"+numberID+"/messages", strings.NewReader(body))
			request.Header.Set("Authorization", "Bearer "+token)
			response, err := client.Do(request)
			if err != nil || response.StatusCode != 200 {
				b.Errorf("%v", err)
				return
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
	})
	// Every status must have been delivered, or the rate means nothing.
	for s.ledger.Counts().Events < int64(1000+3*b.N) {
		<-posted
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
	cancel()
	<-done
	server.Close()
	_ = s.Close()
}
