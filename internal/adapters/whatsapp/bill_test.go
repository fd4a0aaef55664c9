package whatsapp

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// anyBill draws a bill that adds up.
func anyBill(t *rapid.T) *message.Bill {
	b := &message.Bill{Reference: rapid.StringMatching(`[A-Za-z0-9_.-]{1,35}`).Draw(t, "reference"), Number: "1", Currency: "BRL", Native: true,
		Pix: &message.PixCode{Code: "000201", Merchant: "Loja", Key: "a@b.example", KeyType: "EMAIL"}}
	for range rapid.IntRange(1, 12).Draw(t, "lines") {
		line := message.BillLine{
			RetailerID: "r", Name: rapid.StringN(1, 90, -1).Draw(t, "name"), Quantity: rapid.Int64Range(1, 999).Draw(t, "quantity"),
			Price: money.Amount(rapid.Int64Range(1, 10_000_000).Draw(t, "price")),
		}
		if rapid.Bool().Draw(t, "on sale") && line.Price > 1 {
			line.Sale = money.Amount(rapid.Int64Range(1, int64(line.Price)-1).Draw(t, "sale"))
		}
		total, err := line.Total()
		if err != nil {
			t.Fatal(err)
		}
		b.Lines = append(b.Lines, line)
		b.Subtotal += total
	}
	b.Discount = money.Amount(rapid.Int64Range(0, int64(b.Subtotal)).Draw(t, "discount"))
	b.Shipping = money.Amount(rapid.Int64Range(0, 100_000).Draw(t, "shipping"))
	b.Tax = money.Amount(rapid.Int64Range(0, 1000).Draw(t, "tax"))
	b.Total = b.Sum()
	return b
}

// TestEveryBillAddsUpInWhatIsSent reads the sums back from the request, by
// whole numbers.
func TestEveryBillAddsUpInWhatIsSent(t *testing.T) {
	adapter := New(testConfig("https://graph.example"), Deps{})
	type amount struct{ Value, Offset int64 }
	rapid.Check(t, func(t *rapid.T) {
		b := anyBill(t)
		parts, err := adapter.Render(channel.Outbound{To: to("wa:5581988887777"), Content: message.Content{Kind: message.Invoice, Text: "Falta pagar", Bill: b}})
		if err != nil || len(parts) != 1 {
			t.Fatalf("%d parts, %v", len(parts), err)
		}
		var body struct {
			Interactive struct {
				Type   string
				Action struct {
					Parameters struct {
						Total amount `json:"total_amount"`
						Order struct {
							Items []struct {
								Name     string
								Amount   amount
								Sale     *amount `json:"sale_amount"`
								Quantity int64
							}
							Subtotal, Tax, Shipping, Discount amount
						}
					}
				}
			}
		}
		if err := json.Unmarshal(parts[0].Body, &body); err != nil || body.Interactive.Type != "order_details" {
			t.Fatalf("%s, %v", parts[0].Body, err)
		}
		p := body.Interactive.Action.Parameters
		sum := int64(0)
		for _, item := range p.Order.Items {
			price := item.Amount.Value
			if item.Sale != nil {
				price = item.Sale.Value
			}
			sum += price * item.Quantity
			if n := len([]rune(item.Name)); n < 1 || n > 60 {
				t.Fatalf("a name of %d", n)
			}
		}
		o := p.Order
		if len(o.Items) != len(b.Lines) || sum != o.Subtotal.Value || p.Total.Value != o.Subtotal.Value+o.Tax.Value+o.Shipping.Value-o.Discount.Value ||
			p.Total.Value != int64(b.Total) || p.Total.Offset != 100 || o.Subtotal.Offset != 100 {
			t.Fatalf("does not add up: %s", parts[0].Body)
		}
		// In words the same total stands, and the code is a message of its own.
		instead := parts[0].Instead
		if len(instead) < 2 || !strings.Contains(string(instead[len(instead)-2].Body), "Total: "+b.Total.Text("BRL")) || !strings.Contains(string(instead[len(instead)-1].Body), `"text":{"body":"000201"}`) {
			t.Fatalf("%d stand-ins", len(instead))
		}
		wrong := *b
		wrong.Total += money.Amount(rapid.SampledFrom([]int64{-1, 1}).Draw(t, "off by"))
		if _, err := adapter.Render(channel.Outbound{To: to("wa:5581988887777"), Content: message.Content{Kind: message.Invoice, Bill: &wrong}}); reasonOf(err) != "bill_sum" {
			t.Fatalf("a wrong total passed: %v", err)
		}
	})
}

func reasonOf(err error) string {
	var failure *fault.Error
	if errors.As(err, &failure) {
		return failure.Reason
	}
	return ""
}

func TestBillsAreRefusedBeforeTheCall(t *testing.T) {
	adapter := New(testConfig("https://graph.example"), Deps{})
	for want, change := range map[string]func(*message.Bill){
		"bill_sum":       func(b *message.Bill) { b.Subtotal++; b.Total++ },
		"bill_lines":     func(b *message.Bill) { b.Lines = nil },
		"bill_reference": func(b *message.Bill) { b.Native, b.Reference = true, "pedido nº 1" },
	} {
		bill := *shopping()["bill_words"].Content.Bill
		change(&bill)
		_, err := adapter.Render(channel.Outbound{To: to("wa:5581988887777"), Content: message.Content{Kind: message.Invoice, Bill: &bill}})
		if reasonOf(err) != want || err.Error() == "" {
			t.Errorf("%s: %v", want, err)
		}
	}
	for _, empty := range []message.Kind{message.Invoice, message.OrderNews, message.Product, message.Catalog} {
		if _, err := adapter.Render(channel.Outbound{To: to("wa:5581988887777"), Content: message.Content{Kind: empty}}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s of nothing: %v", empty, err)
		}
	}
	if _, err := adapter.Render(channel.Outbound{To: to("wa:5581988887777"), Content: message.Content{Kind: message.Products, Shelf: &message.Shelf{}}}); !fault.Is(err, fault.Refused) {
		t.Errorf("an empty shelf: %v", err)
	}
}
