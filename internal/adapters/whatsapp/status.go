package whatsapp

import (
	"strconv"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// statusEvent is one element of statuses (Cloud API, webhooks reference:
// status messages).
type statusEvent struct {
	person
	ID           string    `json:"id"`
	Status       string    `json:"status"`
	Type         string    `json:"type"`
	Timestamp    meta.Text `json:"timestamp"`
	Ours         string    `json:"biz_opaque_callback_data"`
	Conversation *struct {
		Expires meta.Text `json:"expiration_timestamp"`
	} `json:"conversation"`
	Pricing *struct {
		Model    string `json:"pricing_model"`
		Billable bool   `json:"billable"`
		Category string `json:"category"`
	} `json:"pricing"`
	Errors []struct {
		Code    int    `json:"code"`
		Title   string `json:"title"`
		Message string `json:"message"`
		Data    struct {
			Details string `json:"details"`
		} `json:"error_data"`
	} `json:"errors"`
}

func parseStatus(p *piece) (channel.Inbound, error) {
	var event statusEvent
	if err := meta.Read(p.Status, &event); err != nil {
		return channel.Inbound{}, fault.New(fault.Invalid, "the status cannot be read: %s", shape(err))
	}
	if event.ID == "" {
		return channel.Inbound{}, fault.New(fault.Invalid, "the status names no message")
	}
	at, err := timestamp(string(event.Timestamp))
	if err != nil {
		return channel.Inbound{}, err
	}
	if event.Type == "payment" {
		// What WhatsApp shows of a payment: it moves no money here and reconciles
		// none, so that the provider's word alone counts (Payments API Brazil).
		return channel.Inbound{Kind: channel.InIgnored, AtMS: at}, nil
	}
	in := reading{channel.Inbound{Kind: channel.InStatus, ExternalID: event.ID, AtMS: at}}
	in.address(message.WaID, event.Recipient)
	in.address(message.BSUID, event.RecipientUser)
	report := &channel.StatusReport{ExternalID: event.ID, Ours: event.Ours}
	switch event.Status {
	case "sent":
		report.Status = message.Sent
	case "delivered":
		report.Status = message.Delivered
	case "read":
		report.Status = message.Read
	case "played":
		report.Status = message.Played
	case "failed":
		report.Status = message.Failed
	case "deleted":
		return channel.Inbound{Kind: channel.InIgnored, AtMS: at}, nil // the customer deleted it for themselves
	default:
		return channel.Inbound{}, fault.New(fault.Invalid, "the status %.40q is not known", event.Status)
	}
	if c := event.Conversation; c != nil && c.Expires != "" {
		// Only a hint: a time that cannot be read is none.
		report.WindowEndsMS, _ = timestamp(string(c.Expires))
	}
	if event.Pricing != nil {
		report.Billable, report.Category, report.Model = event.Pricing.Billable, event.Pricing.Category, event.Pricing.Model
	}
	if len(event.Errors) > 0 {
		first := event.Errors[0]
		report.ErrorCode = strconv.Itoa(first.Code)
		report.ErrorText = first.Title
		if report.ErrorText == "" {
			report.ErrorText = first.Message
		}
		if first.Data.Details != "" && first.Data.Details != report.ErrorText {
			report.ErrorText += ": " + first.Data.Details
		}
	}
	in.Status = report
	return in.Inbound, nil
}
