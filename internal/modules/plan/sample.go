package plan

import (
	"context"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// Sample makes a page of prices of three plans and puts it on sale, so that a
// fresh installation sells at once. What an operator does not like of it they
// change by new versions. Error: fault.Conflict with reason plans_exist where
// there is any plan.
func (s *Service) Sample(ctx context.Context, by tenancy.By) (list []Version, err error) {
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list = nil
		plans, err := listPlans(ctx, tx)
		if err != nil {
			return err
		}
		if len(plans) > 0 {
			return &fault.Error{Code: fault.Conflict, Reason: "plans_exist", Message: "there are plans already"}
		}
		for _, one := range samples() {
			v, err := s.create(ctx, tx, one.slug, tenancy.Massivo, one.content, by)
			if err != nil {
				return err
			}
			if v, err = s.publish(ctx, tx, v.ID, by); err != nil {
				return err
			}
			list = append(list, v)
		}
		return nil
	})
	return list, err
}

type sample struct {
	slug    string
	content Content
}

// samples are the plans of the sample page of prices.
func samples() []sample {
	most := func(count int64) tenancy.Limit { return tenancy.Limit{Count: count, Over: tenancy.Block} }
	billed := func(count int64, price money.Amount) tenancy.Limit {
		return tenancy.Limit{Count: count, Over: tenancy.Overage, OveragePrice: price}
	}
	return []sample{
		{"essencial", Content{
			Name:    Text{"Essencial", "Essential"},
			Summary: Text{"Para começar a vender e atender por conversa.", "To start selling and serving in conversations."},
			Features: []Text{
				{"Robô que responde primeiro", "A bot that answers first"},
				{"Catálogo, carrinho e pedidos na conversa", "Catalog, cart and orders in the conversation"},
				{"WhatsApp e Telegram em uma só caixa de entrada", "WhatsApp and Telegram in one inbox"},
			},
			Currency: money.BRL, Monthly: 14_900, Annual: 149_000, TrialDays: 14,
			Limits: map[tenancy.Meter]tenancy.Limit{
				tenancy.Attendants: most(2), tenancy.Channels: most(2), tenancy.Bots: most(2), tenancy.Conversations: most(500),
			},
		}},
		{"profissional", Content{
			Name:      Text{"Profissional", "Professional"},
			Summary:   Text{"Para equipes que atendem o dia todo.", "For teams that serve all day long."},
			Highlight: true,
			Features: []Text{
				{"Tudo do Essencial", "All of Essential"},
				{"Transferência entre atendentes e supervisão", "Transfers between attendants, and supervision"},
				{"O que passar do incluído é cobrado, nada para", "What goes beyond is billed, nothing stops"},
			},
			Currency: money.BRL, Monthly: 34_900, Annual: 349_000, TrialDays: 14,
			Limits: map[tenancy.Meter]tenancy.Limit{
				tenancy.Attendants: most(8), tenancy.Channels: most(3), tenancy.Bots: most(10), tenancy.Conversations: billed(2_500, 20),
			},
		}},
		{"escala", Content{
			Name:    Text{"Escala", "Scale"},
			Summary: Text{"Para operações com muitos atendentes e canais.", "For operations with many attendants and channels."},
			Features: []Text{
				{"Tudo do Profissional", "All of Professional"},
				{"Robôs sem limite", "Bots without limit"},
				{"Menor preço por conversa", "Lowest price a conversation"},
			},
			Currency: money.BRL, Monthly: 89_900, Annual: 899_000, TrialDays: 14, TrialNeedsPayment: true,
			Limits: map[tenancy.Meter]tenancy.Limit{
				tenancy.Attendants: most(40), tenancy.Channels: most(12), tenancy.Conversations: billed(12_000, 12),
			},
		}},
	}
}
