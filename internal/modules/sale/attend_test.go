package sale

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/product"
)

// The customer's conversation ended and another began: the bill goes there, and
// a repeated request finds it there.
func TestABillThatWentIntoALaterConversationIsSentOnce(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		o := s.placed(pix)
		s.tell(o.ID)
		if _, err := s.conversations.Resolve(t.Context(), conversation.Step{TenantID: s.tenant, ConversationID: s.conversation, By: boss}); err != nil {
			t.Fatal(err)
		}
		s.clock.Advance(time.Minute)
		s.writesFrom("Bia", 1)
		if s.conversation == o.ConversationID {
			t.Fatal("no later conversation began")
		}
		in := BillInput{TenantID: s.tenant, OrderID: o.ID, By: boss, Key: "key-1234"}
		first, err := s.BillAgain(t.Context(), in)
		if err != nil || first.ConversationID != s.conversation {
			t.Fatalf("%+v, %v", first, err)
		}
		again, err := s.BillAgain(t.Context(), in)
		if err != nil || again.ID != first.ID || strings.Count(s.spoken(), "bill:") != 1 {
			t.Fatalf("%+v, %v: %s", again, err, s.spoken())
		}
		// Who may not see that conversation learns nothing of it.
		if _, err := s.conversations.Take(t.Context(), conversation.Step{TenantID: s.tenant, ConversationID: s.conversation, By: boss}); err != nil {
			t.Fatal(err)
		}
		in.By = conversation.Viewer{UserID: "usr_nobody", Role: conversation.Attendant}
		if m, err := s.BillAgain(t.Context(), in); !fault.Is(err, fault.NotFound) {
			t.Fatalf("%+v, %v", m, err)
		}
		in.OrderID, in.By = "ord_of_nobody", boss
		if _, err := s.BillAgain(t.Context(), in); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
	})
}

// A picture of ours goes by its file, and, where goods stand side by side, by its
// address.
func TestAnUploadedPictureHasAnAddressToo(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		picture := image.NewRGBA(image.Rect(0, 0, 600, 600))
		picture.Set(1, 1, color.White)
		var file bytes.Buffer
		s.must(png.Encode(&file, picture))
		kept, err := s.products.AddPicture(t.Context(), s.tenant, &file)
		s.must(err)
		s.cup.Images = []product.Image{{Blob: kept.Hash}}
		s.cup, err = s.products.Save(t.Context(), s.cup, ana)
		s.must(err)
		m, err := s.Show(t.Context(), ShowInput{TenantID: s.tenant, ConversationID: s.conversation, By: boss, Key: "key-12345", Carousel: true,
			VariantIDs: []string{s.variant(), s.shirt.Variants[0].ID}})
		s.must(err)
		cup := m.Content.Shelf.Goods()[0]
		if cup.Image == nil || cup.Image.Blob != kept.Hash || cup.ImageURL != "https://loja.example.com/"+kept.Hash {
			t.Fatalf("%+v", cup)
		}
	})
}

func TestWhoChangedTheSettingStandsInTheLog(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		c, err := s.Setting(t.Context(), s.tenant)
		s.must(err)
		c.HonourHours = 3
		saved, err := s.SaveSetting(t.Context(), c, ana)
		s.must(err)
		stale := saved
		if saved, err = s.SaveSetting(t.Context(), saved, ana); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SaveSetting(t.Context(), stale, ana); !fault.Is(err, fault.Conflict) {
			t.Fatal(saved, err)
		}
		log, err := audit.New(s.db).List(t.Context(), s.tenant, "", 50)
		s.must(err)
		var entries []audit.Entry
		for _, e := range log.Items {
			if e.Action == "sale.settings_changed" {
				entries = append(entries, e)
			}
		}
		if len(entries) != 2 || entries[0].Actor.ID != ana.ID || entries[0].Facts["honour_hours"] != "3" || entries[0].Facts["native_bill"] != "true" {
			t.Fatalf("%+v", entries)
		}
	})
}
