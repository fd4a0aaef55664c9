package message

import "testing"

// Every kind has words of its own in both languages; none is left to the words
// for what is not supported.
func TestPreviewOfEveryKind(t *testing.T) {
	of := map[string]Content{
		"🔗 Post bonito":                {Kind: Share, Share: &Shared{Kind: "post", Title: "Post  bonito"}},
		"🔗 https://a.example":          {Kind: Share, Share: &Shared{Kind: "link", URL: "https://a.example"}},
		"🔗 Compartilhou algo":          {Kind: Share},
		"⭕ Mencionou você em um story": {Kind: Share, Share: &Shared{Kind: "story_mention"}},
		"📊 Qual?":                      {Kind: Survey, Poll: &Poll{Question: "Qual?"}},
		"📞 Chamada perdida":            {Kind: PhoneCall, Call: &Call{State: "missed"}},
		"📞 Permitiu chamadas":          {Kind: PhoneCall, Call: &Call{State: "permitted"}},
		"📞 Chamada":                    {Kind: PhoneCall},
		"🔔 Parou de receber mensagens": {Kind: Permission, Consent: &Consent{Topic: "marketing"}},
		"🔔 Aceita mensagens":           {Kind: Permission, Consent: &Consent{Granted: true}},
		"Veja":                         {Kind: Links, Text: "Veja"},
		"Onde?":                        {Kind: Request, Text: "Onde?"},
		"🗂️ Camisa":                    {Kind: Deck, Deck: []Slide{{Title: "Camisa"}}},
		"🖼️ Álbum":                     {Kind: Album},
		"📝 Preencha":                   {Kind: FormOffer, Text: "Preencha"},
		"✏️ certo":                     {Kind: Amendment, Text: "certo"},
		"🚫 Mensagem apagada":           {Kind: Withdrawal},
		"📨 Olá, Ana":                   {Kind: Template, Template: &TemplateRef{Shown: &TemplateShown{Text: "Olá,\nAna"}}},
	}
	for want, content := range of {
		if got := Preview(content, "pt-BR"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		english := Preview(content, "en")
		if english == "" || english == "❔ Message of a kind not supported" {
			t.Errorf("%s in English: %q", content.Kind, english)
		}
	}
}
