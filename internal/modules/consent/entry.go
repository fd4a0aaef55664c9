package consent

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/platform/database"
)

// Marketing is the topic that templates of the category marketing and campaigns
// are held against.
const Marketing = "marketing"

// Source says by what a word came.
type Source string

// Sources.
const (
	ByCustomer Source = "customer"  // said in the platform's own form (WhatsApp's stop button)
	ByWords    Source = "words"     // the customer wrote "parar" or its like
	ByPlatform Source = "platform"  // the platform refused a send for it
	ByPerson   Source = "attendant" // somebody of the company wrote it down
	ByBot      Source = "bot"       // a flow asked
)

// Entry is one line of the ledger.
type Entry struct {
	TenantID  string `json:"-"`
	ID        string `json:"id"`
	ContactID string `json:"contact_id"`
	Topic     string `json:"topic"`
	Granted   bool   `json:"granted"`
	Source    Source `json:"source" enum:"customer,words,platform,attendant,bot"`
	AccountID string `json:"account_id,omitempty"`
	MessageID string `json:"message_id,omitempty"`
	ActorID   string `json:"actor_id,omitempty"`
	ActorName string `json:"actor_name,omitempty"`
	Proof     string `json:"proof,omitempty" doc:"The customer's words, or the name of the form or list that they signed."`
	// Token goes back to the platform with a message of the topic; nobody else
	// sees it.
	Token string `json:"-"`
	AtMS  int64  `json:"at_ms"`
}

// State is what counts of a topic.
type State struct {
	Topic   string `json:"topic"`
	Granted bool   `json:"granted"`
	Source  Source `json:"source"`
	AtMS    int64  `json:"at_ms"`
}

// Limits of an entry.
const (
	MaxProof = 500 // characters
	maxTopic = 40  // bytes
)

var topicForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]*$`)

// TopicOf brings the name of a topic, as a platform or a person gives it, into
// its form: "Ofertas de Natal" is "ofertas-de-natal". Empty is marketing.
func TopicOf(text string) string {
	topic := strings.ReplaceAll(fold.Words(text), " ", "-")
	for len(topic) > maxTopic {
		_, size := utf8.DecodeLastRuneInString(topic)
		topic = topic[:len(topic)-size]
	}
	if !topicForm.MatchString(topic) {
		return Marketing
	}
	return topic
}

func (e *Entry) check() error {
	e.Proof = strings.TrimSpace(e.Proof)
	switch {
	case e.ContactID == "":
		return fault.OnField("contact_id", "is required")
	case len(e.Topic) > maxTopic || !topicForm.MatchString(e.Topic):
		return fault.OnField("topic", "has 1 to %d lower-case letters, digits and signs", maxTopic)
	case utf8.RuneCountInString(e.Proof) > MaxProof || database.Text(e.Proof) != nil:
		return fault.OnField("proof", "has at most %d characters of text", MaxProof)
	case e.AtMS <= 0:
		return fault.OnField("at_ms", "is required")
	}
	return nil
}

// words are those that end marketing (false) and resume it (true), when a
// message holds nothing else; in the form of fold.Words.
var words = map[string]bool{
	"parar": false, "pare": false, "stop": false, "sair da lista": false, "descadastrar": false, "descadastrar me": false, "me descadastra": false,
	"unsubscribe": false, "parar promocoes": false, "parar de receber": false, "parar mensagens": false, "nao quero receber": false,
	"nao quero mais receber": false, "nao quero promocoes": false, "stop promotions": false, "opt out": false, "cancelar inscricao": false,
	"remover da lista": false, "me remova da lista": false,

	"voltar a receber": true, "quero receber": true, "quero promocoes": true, "aceito promocoes": true, "aceito receber promocoes": true,
	"subscribe": true, "opt in": true, "resume promotions": true,
}

// longestWords bounds the texts that are compared at all, in bytes.
const longestWords = 60

// Read says what a customer's text means for marketing: nothing, for all texts
// but the few that hold only such words.
func Read(text string) *message.Consent {
	if len(text) > longestWords {
		return nil
	}
	granted, known := words[fold.Words(text)]
	if !known {
		return nil
	}
	return &message.Consent{Topic: Marketing, Granted: granted, Text: text}
}

// Proof cuts a platform's or customer's words to what an entry keeps.
func Proof(text string) string {
	return message.Size{Max: MaxProof, Unit: message.Runes}.Cut(strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")))
}
