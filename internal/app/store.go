package app

import (
	"prosa/internal/base/ticket"
	"prosa/internal/edge/storefront"
)

// makeLinks makes the addresses of the customers' pages. Their key comes of the
// house's own: links of before a change of keys are good as long as the older
// key is there.
func (h *house) makeLinks() error {
	keys, err := h.secrets.Derive("links of the shop")
	if err != nil {
		return err
	}
	h.links = storefront.NewLinks(h.cfg.Store, h.cfg.Server.PublicURL, ticket.New(keys[0], keys[1:]...), h.clock)
	return nil
}

// openStore serves the pages that customers open by those addresses.
func (r *running) openStore() error {
	pages, err := storefront.New(r.cfg.Store, storefront.Deps{
		Links: r.links, PublicURL: r.cfg.Server.PublicURL, ImageURL: r.cfg.Server.gatewayURL(), Proxies: r.cfg.Server.Proxies,
		Companies: r.tenancy, Contacts: r.contact, Channels: r.channel, Products: r.products, Orders: r.orders, Payments: r.payments,
		Clock: r.clock, Logger: r.logger,
	})
	if err == nil {
		r.mux.Handle(storefront.Prefix+"/", pages)
	}
	return err
}
