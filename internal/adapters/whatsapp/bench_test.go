package whatsapp

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"prosa/internal/base/clock"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// BenchmarkSplit is the gateway's share of a webhook with one message.
func BenchmarkSplit(b *testing.B) {
	body, err := os.ReadFile("testdata/in/pick/button_reply.json")
	if err != nil {
		b.Fatal(err)
	}
	adapter := New(testConfig(""), Deps{})
	b.ReportAllocs()
	for b.Loop() {
		if pieces, err := adapter.Split(body); err != nil || len(pieces) != 1 {
			b.Fatal(err)
		}
	}
}

// BenchmarkParse is the worker's share of an event.
func BenchmarkParse(b *testing.B) {
	body, err := os.ReadFile("testdata/in/pick/button_reply.json")
	if err != nil {
		b.Fatal(err)
	}
	adapter := New(testConfig(""), Deps{})
	pieces, err := adapter.Split(body)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := adapter.Parse(pieces[0].Body); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRender is a menu of the bot.
func BenchmarkRender(b *testing.B) {
	adapter := New(testConfig("https://graph.example"), Deps{})
	out := channel.Outbound{To: to("wa:5581988887777"), Ours: "dlv_1", Content: message.Content{
		Kind: message.Options, Text: "Como ajudo?", Choice: &message.Choice{Options: options(7, "Opção ")},
	}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := adapter.Render(out); err != nil {
			b.Fatal(err)
		}
	}
}

// answers is a platform without a network.
type answers struct{}

func (answers) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(accepted)), ContentLength: int64(len(accepted))}, nil
}

type discard struct{}

func (discard) Record(channel.Exchange) {}

// BenchmarkSend is our share of a send: everything but the HTTP transport.
func BenchmarkSend(b *testing.B) {
	adapter := New(testConfig("https://graph.example"), Deps{HTTP: &http.Client{Transport: answers{}}, Recorder: discard{}, Clock: clock.System{}})
	parts, err := adapter.Render(channel.Outbound{To: to("wa:5581988887777"), Ours: "dlv_1", Content: message.Content{Kind: message.Text, Text: "oi"}})
	if err != nil {
		b.Fatal(err)
	}
	account := testAccount()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := adapter.Send(b.Context(), account, parts[0]); err != nil {
			b.Fatal(err)
		}
	}
}
