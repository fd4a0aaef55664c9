package httpapi

import (
	"log/slog"
	"testing"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

func TestWebhookURLsNameTheGateway(t *testing.T) {
	account := channel.Account{Channel: message.WhatsApp, Hook: "hook"}
	for _, test := range []struct{ gateway, want string }{
		{"", "https://prosa.example/webhooks/whatsapp/hook"},
		{"https://in.prosa.example/", "https://in.prosa.example/webhooks/whatsapp/hook"},
	} {
		a, _, err := build(Deps{PublicURL: "https://prosa.example", GatewayURL: test.gateway, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if got := a.webhookURL(account); got != test.want {
			t.Errorf("with gateway %q: %s, want %s", test.gateway, got, test.want)
		}
	}
}
