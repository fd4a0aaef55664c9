package conversation

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"prosa/internal/message"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sampleMessage and sampleConversation have every field set, so that a renamed
// or dropped one shows in the golden files.
func sampleConversation() Conversation {
	return Conversation{
		TenantID: "ten_x", ID: "cnv_1", AccountID: "cha_1", Channel: message.WhatsApp, ContactID: "ctc_1", ContactName: "Bia", Blocked: true,
		State: Open, Owner: Owner{Kind: Human, ID: "usr_1", Name: "Ana"}, Team: "vendas", BotID: "bot_1", Seq: 9, Preview: "olá",
		PreviewKind: message.Text, PreviewBy: message.Out, LastMS: 1, LastInMS: 2, LastInSeq: 8, WaitingMS: 3, WindowMS: 4, SnoozedMS: 5,
		PreviousID: "cnv_0", Referral: &message.Referral{SourceType: "ad", SourceID: "1", SourceURL: "u", Headline: "h", ClickID: "c", Ref: "r"},
		CreatedMS: 6, ResolvedMS: 7, Version: 12, Shard: 3, LastUserID: "hidden", EventSeq: 44,
		Addresses: []message.Address{{Kind: message.WaID, Value: "hidden"}},
	}
}

func sampleMessage() Message {
	return Message{
		TenantID: "ten_x", ID: "msg_1", ConversationID: "cnv_1", Seq: 9, Direction: message.Out, Kind: message.Text,
		Content: message.Content{Kind: message.Text, Text: "olá"}, Sender: Sender{Kind: fromUser, ID: "usr_1", Name: "Ana"},
		Status: message.Failed, ErrorCode: "131026", ErrorText: "sem WhatsApp", QuotedID: "msg_0", ClientKey: "k1",
		Reactions: map[string]string{"customer": "👍"}, AtMS: 1, CreatedMS: 2, SentMS: 3, DeliveredMS: 4, ReadMS: 5, EditedMS: 6, DeletedMS: 7,
		Version: 8, ExternalID: "hidden",
	}
}

func TestEventsKeepTheirShape(t *testing.T) {
	m, c := sampleMessage(), sampleConversation()
	row, err := encode(c)
	if err != nil {
		t.Fatal(err)
	}
	told, err := messageEvent(&m, row)
	if err != nil {
		t.Fatal(err)
	}
	read, err := encode(ReadEvent{"cnv_1", "usr_1", 9})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"message.json": told, "conversation.json": conversationEvent(row), "read.json": read} {
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, data, "", "  "); err != nil {
			t.Fatalf("%s: %v in %s", name, err, data)
		}
		pretty.WriteByte('\n')
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, pretty.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(pretty.Bytes(), want) {
			t.Errorf("%s is now\n%s", name, pretty.Bytes())
		}
		if bytes.Contains(data, []byte("hidden")) || bytes.Contains(data, []byte("ten_x")) {
			t.Errorf("%s tells what is ours alone", name)
		}
	}
	// What is told by hand reads as what the API gives.
	var back MessageEvent
	strict := json.NewDecoder(bytes.NewReader(told))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&back); err != nil {
		t.Fatal(err)
	}
	if back.Message.Content.Text != "olá" || back.Message.Sender.Name != "Ana" || back.Conversation.Owner.ID != "usr_1" || back.Conversation.Version != 12 {
		t.Errorf("%+v", back)
	}
}
