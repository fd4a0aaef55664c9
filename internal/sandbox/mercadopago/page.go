package mercadopago

import (
	"html/template"
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
)

// pageRoutes are the pages that the payer sees: the hosted checkout, and a
// place to paste a code, as in a bank's app.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /checkout/v1/redirect", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		p := s.preferences[r.URL.Query().Get("pref_id")]
		var shown page
		if p != nil {
			shown = page{Title: p.Title, Total: p.Total.Text(money.BRL), Preference: p.ID, Paid: p.Paid, Back: p.Back}
		}
		s.mu.Unlock()
		show(w, shown, p != nil)
	})
	mux.HandleFunc("GET /pix", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		o := s.orders[r.URL.Query().Get("order")]
		shown := page{Title: "Pix"}
		if o != nil {
			shown = page{Title: or(o.Description, o.Reference), Total: o.Total.Text(money.BRL), Order: o.ID, Code: o.Code, Paid: o.State.paid(), Over: !o.State.open() && !o.State.paid()}
		}
		s.mu.Unlock()
		show(w, shown, o != nil)
	})
	mux.HandleFunc("POST /_pay", func(w http.ResponseWriter, r *http.Request) {
		wish := Pay{Order: r.FormValue("order"), Preference: r.FormValue("preference"), Method: r.FormValue("method")}
		if r.FormValue("refuse") != "" {
			wish.Method, wish.Refuse = "master", true
		}
		paid, err := s.Pay(wish)
		if err == nil {
			err = s.journal.Flush()
		}
		shown := page{Title: "Mercado Pago", Total: paid.Amount.Text(money.BRL), Done: err == nil, Refused: wish.Refuse, Back: s.backOf(paid.Preference)}
		if err != nil {
			shown.Problem = fault.MessageOf(err)
		}
		show(w, shown, true)
	})
}

func (s *Server) backOf(preferenceID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.preferences[preferenceID]; p != nil {
		return p.Back
	}
	return ""
}

type page struct {
	Title, Total, Order, Preference, Code, Back, Problem string
	Paid, Over, Done, Refused                            bool
}

func show(w http.ResponseWriter, p page, found bool) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Cache-Control", "no-store")
	if !found {
		w.WriteHeader(http.StatusNotFound)
		p.Problem = "Este pagamento não existe."
	}
	_ = pageForm.Execute(w, p) // a payer who hung up is nobody's problem
}

var pageForm = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="pt-BR"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Title}} · Pagamento simulado</title>
<style>
:root{color-scheme:light dark}
body{margin:0;font:16px/1.5 system-ui,sans-serif;background:light-dark(#eef3f8,#10161c);color:light-dark(#1b2733,#e6edf3)}
main{max-width:26rem;margin:8vh auto;padding:2rem;border-radius:1rem;background:light-dark(#fff,#1a232c);box-shadow:0 1px 3px rgb(0 0 0/15%)}
h1{font-size:1.1rem;margin:0}strong{display:block;font-size:2rem;margin:.25rem 0 1rem}
button{display:block;width:100%;margin:.5rem 0;padding:.8rem;border:0;border-radius:.6rem;font:inherit;font-weight:600;background:#0b62c4;color:#fff;cursor:pointer}
button.no{background:none;color:inherit;border:1px solid currentColor}
code{display:block;overflow-wrap:anywhere;padding:.8rem;border-radius:.6rem;background:light-dark(#eef3f8,#10161c);font-size:.8rem}
small{opacity:.75}
</style></head><body><main>
<h1>{{.Title}}</h1>
{{if .Problem}}<p role="alert">{{.Problem}}</p>
{{else if .Done}}<strong>{{.Total}}</strong><p role="status">{{if .Refused}}Pagamento recusado.{{else}}Pagamento feito.{{end}}</p>
{{else if .Paid}}<strong>{{.Total}}</strong><p role="status">Já está pago.</p>
{{else if .Over}}<strong>{{.Total}}</strong><p role="status">O prazo deste pagamento acabou.</p>
{{else}}<strong>{{.Total}}</strong>
{{if .Code}}<p>Código para copiar e colar:</p><code>{{.Code}}</code>{{end}}
<form method="post" action="{{if .Order}}_pay{{else}}../../_pay{{end}}">
<input type="hidden" name="order" value="{{.Order}}"><input type="hidden" name="preference" value="{{.Preference}}">
{{if .Preference}}<button name="method" value="pix">Pagar com Pix</button><button name="method" value="master">Pagar com cartão</button>
<button class="no" name="refuse" value="1">Simular cartão recusado</button>
{{else}}<button>Pagar agora</button>{{end}}
</form>{{end}}
{{if .Back}}<p><a href="{{.Back}}" rel="noreferrer">Voltar à loja</a></p>{{end}}
<small>Simulador: nenhum dinheiro de verdade se move.</small>
</main></body></html>
`))
