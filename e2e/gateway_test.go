package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// number is a WhatsApp number of a company, whose webhooks the test posts
// itself, in the vendor's format and with the vendor's signature.
type number struct {
	h      *house
	owner  *client // an admin of its company
	id     string  // phone_number_id
	hook   string  // URL path of its webhook
	secret string
}

// connect makes a WhatsApp account by the API, as an admin does on the page,
// and waits until the gateway knows it.
func (h *house) connect(owner *client, id, secret string) *number {
	h.t.Helper()
	// A number is connected only by a token that the platform takes for it.
	meta := newClient(h.t, h.SandboxURL+"/meta/_sandbox")
	meta.do(http.MethodPost, "/apps", map[string]string{"app_id": "99" + id, "app_secret": secret, "name": "App " + id}, nil)
	meta.do(http.MethodPost, "/numbers", map[string]string{"phone_number_id": id, "waba_id": "9" + id, "app_id": "99" + id, "token": "EAAG" + id, "verified_name": "Número " + id}, nil)
	var made struct {
		WebhookURL  string `json:"webhook_url"`
		VerifyToken string `json:"verify_token"`
	}
	owner.do(http.MethodPost, "/channels", map[string]any{
		"channel": "whatsapp", "name": "Número " + id, "external_id": id, "settings": map[string]string{"waba_id": "9" + id},
		"credentials": map[string]string{"token": "EAAG" + id, "app_secret": secret},
	}, &made)
	parsed, err := url.Parse(made.WebhookURL)
	if err != nil || parsed.Path == "" {
		h.t.Fatalf("the channel's webhook URL is %q: %v", made.WebhookURL, err)
	}
	n := &number{h: h, owner: owner, id: id, hook: parsed.Path, secret: secret}
	challenge := h.GatewayURL + n.hook + "?hub.mode=subscribe&hub.challenge=4711&hub.verify_token=" + url.QueryEscape(made.VerifyToken)
	until(h.t, "the handshake of "+id, func() (bool, string) {
		response, err := http.Get(challenge)
		if err != nil {
			return false, err.Error()
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return response.StatusCode == http.StatusOK && string(body) == "4711", fmt.Sprintf("%d %s", response.StatusCode, body)
	})
	return n
}

// secondCompany makes a company with an admin of its own.
func (h *house) secondCompany(operator *client, name string) *client {
	h.t.Helper()
	var made struct {
		Link string `json:"link"`
	}
	operator.do(http.MethodPost, "/companies", map[string]string{"name": name, "admin_email": "dona@outra.example"}, &made)
	_, token, _ := strings.Cut(made.Link, "#")
	admin := newClient(h.t, operator.base)
	admin.do(http.MethodPost, "/invitation/accept", map[string]string{"token": token, "name": "Dona", "password": "uma senha bem comprida 42"}, nil)
	return admin
}

// reply is what the gateway said.
type answer struct {
	status int
	body   string
	took   time.Duration
}

// post sends a body signed with a secret to a webhook.
func (n *number) post(secret string, body []byte) answer {
	return postSigned(n.h.GatewayURL+n.hook, secret, body)
}

// tell sends a body as the platform does.
func (n *number) tell(body []byte) answer { return n.post(n.secret, body) }

func postSigned(address, secret string, body []byte) answer {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	request, err := http.NewRequest(http.MethodPost, address, strings.NewReader(string(body)))
	if err != nil {
		return answer{body: err.Error()}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	began := time.Now()
	response, err := (&http.Client{Timeout: 20 * time.Second}).Do(request)
	if err != nil {
		return answer{body: err.Error()}
	}
	defer response.Body.Close()
	said, _ := io.ReadAll(response.Body)
	return answer{response.StatusCode, string(said), time.Since(began)}
}

// object and list shorten the vendor's shapes.
type (
	object = map[string]any
	list   = []any
)

// envelope wraps changes, one an entry, as Meta does.
func envelope(entries ...object) []byte {
	var all list
	for _, value := range entries {
		all = append(all, object{"id": "900800700600", "changes": list{object{"field": "messages", "value": value}}})
	}
	raw, err := json.Marshal(object{"object": "whatsapp_business_account", "entry": all})
	if err != nil {
		panic(err)
	}
	return raw
}

// value is a change about a number: messages of one customer.
func (n *number) value(customer, name string, messages ...object) object {
	all := make(list, len(messages))
	for i, m := range messages {
		m["from"] = customer
		if m["timestamp"] == nil {
			m["timestamp"] = fmt.Sprint(time.Now().Unix())
		}
		all[i] = m
	}
	return object{
		"messaging_product": "whatsapp", "metadata": object{"display_phone_number": "551140001000", "phone_number_id": n.id},
		"contacts": list{object{"profile": object{"name": name}, "wa_id": customer}}, "messages": all,
	}
}

func text(id, words string) object {
	return object{"id": id, "type": "text", "text": object{"body": words}}
}

// heard waits for the conversation of a customer and for count messages in it.
func (c *client) heard(name string, count int) []said {
	c.t.Helper()
	found := c.find("all", name)
	var in []said
	until(c.t, fmt.Sprintf("%d messages of %s", count, name), func() (bool, string) {
		thread, err := c.wholeThread(found.ID)
		if err != nil {
			return false, err.Error()
		}
		in = nil
		for _, m := range thread {
			if m.Direction == "in" {
				in = append(in, m)
			}
		}
		return len(in) >= count, fmt.Sprintf("%+v", in)
	})
	return in
}

// quarantined waits for a piece in quarantine whose body holds text.
func (c *client) quarantined(holds string) quarantined {
	c.t.Helper()
	var found quarantined
	until(c.t, "a piece in quarantine with "+holds, func() (bool, string) {
		pieces := c.quarantine()
		for _, piece := range pieces {
			if strings.Contains(string(piece.Body), holds) {
				found = piece
				return true, ""
			}
		}
		return false, fmt.Sprintf("%d others", len(pieces))
	})
	return found
}

type quarantined struct {
	ID       string `json:"id"`
	TenantID string `json:"tenant_id"`
	Reason   string `json:"reason"`
	Body     []byte `json:"body"` // base64 in JSON, as encoding/json reads it
}

func (c *client) quarantine() []quarantined {
	var page struct {
		Items []quarantined `json:"items"`
	}
	if err := c.get("/quarantine?limit=100", &page); err != nil {
		c.t.Error(err)
	}
	return page.Items
}
