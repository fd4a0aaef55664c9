package bench

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// inbound builds the webhook of one text message.
// Source: Meta, WhatsApp Cloud API, webhooks, messages.
func inbound(n Number, customer, i int, at time.Time) []byte {
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"WABA-%[1]s","changes":[{"value":{"messaging_product":"whatsapp",`+
		`"metadata":{"display_phone_number":"%[1]s","phone_number_id":"%[1]s"},"contacts":[{"profile":{"name":"Cliente %[2]d"},"wa_id":"%[3]s","user_id":"%[4]s"}],`+
		`"messages":[{"from":"%[3]s","from_user_id":"%[4]s","id":"wamid.IN%[5]d","timestamp":"%[6]d","type":"text","text":{"body":"%[7]s"}}]},"field":"messages"}]}]}`,
		n.PhoneNumberID, customer, waID(customer), userID(customer), i, at.Unix(), marker(i))
}

// report is one status of a message that we took.
type report struct {
	wamid, recipient, userID, ours, status string
	at                                     time.Time
}

// statuses builds one webhook that carries reports of a number.
func statuses(n Number, reports []report) []byte {
	var body strings.Builder
	fmt.Fprintf(&body, `{"object":"whatsapp_business_account","entry":[{"id":"WABA-%[1]s","changes":[{"value":{"messaging_product":"whatsapp",`+
		`"metadata":{"display_phone_number":"%[1]s","phone_number_id":"%[1]s"},"statuses":[`, n.PhoneNumberID)
	for i, r := range reports {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"id":"%s","status":"%s","timestamp":"%d","recipient_id":"%s","recipient_user_id":"%s","biz_opaque_callback_data":"%s",`+
			`"pricing":{"billable":true,"pricing_model":"PMP","type":"regular","category":"service"}}`,
			r.wamid, r.status, r.at.Unix(), r.recipient, r.userID, r.ours)
	}
	body.WriteString(`]},"field":"messages"}]}]}`)
	return []byte(body.String())
}

// sign gives the header that Meta signs a body with.
func sign(appSecret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}
