package template

import (
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/flow"
)

func TestTemplatesPassEveryProof(t *testing.T) {
	if len(Names()) < 2 {
		t.Fatalf("only %v", Names())
	}
	for _, name := range Names() {
		text, err := Text(name)
		if err != nil {
			t.Fatal(err)
		}
		definition, err := flow.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, issues := flow.Compile(definition, flow.Options{Channels: []message.Channel{message.WhatsApp, message.Telegram, message.Messenger, message.Instagram}})
		for _, issue := range issues {
			t.Errorf("%s: %s: %s", name, issue.Node, issue.Sentence("pt-BR"))
		}
	}
}

func TestUnknownTemplates(t *testing.T) {
	for _, name := range []string{"", "nada", "../template", "recepcao.json"} {
		if _, err := Text(name); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
