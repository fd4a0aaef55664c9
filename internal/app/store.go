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
