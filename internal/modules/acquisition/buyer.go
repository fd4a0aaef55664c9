package acquisition

// buyer is for whom a page of a provider was opened. The form may be changed
// while the page stands open in another tab, and be half filled in, or unproven,
// when the money comes.
type buyer struct {
	Email         string  `json:"email"`
	EmailProvenMS int64   `json:"email_proven_ms"`
	Person        Person  `json:"person"`
	Company       Company `json:"company"`
	TaxID         string  `json:"tax_id"`
}

func (a *Acquisition) buyer() *buyer {
	return &buyer{Email: a.Email, EmailProvenMS: a.EmailProvenMS, Person: a.Person, Company: a.Company, TaxID: a.taxID}
}

// restore makes the journey that of its page's buyer again; an e-mail that was
// proven since stays.
func (a *Acquisition) restore(b *buyer) {
	if b == nil {
		return
	}
	a.Person, a.Company, a.taxID = b.Person, b.Company, b.TaxID
	if a.EmailProvenMS == 0 {
		a.Email, a.EmailProvenMS = b.Email, b.EmailProvenMS
		a.codeHash, a.codeTries, a.codeUntilMS = "", 0, 0
	}
}
