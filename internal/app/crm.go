package app

import (
	"prosa/internal/adapters/zoho"
	"prosa/internal/modules/crm"
	"prosa/internal/platform/httpclient"
)

// joinCRM makes the CRM of the installation; whether one is connected is an
// operator's matter.
func (h *house) joinCRM() error {
	client, err := httpclient.Provider(h.cfg.Zoho.Limits(), h.cfg.Zoho.Bases()...)
	if err != nil {
		return err
	}
	h.crm = crm.New(h.cfg.CRM, h.db, h.secrets, zoho.New(h.cfg.Zoho, client), h.logger)
	return nil
}
