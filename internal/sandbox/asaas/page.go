package asaas

import (
	"encoding/base64"
	"html/template"
	"net/http"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
)

// pageRoutes are the pages that the payer sees: a bill, with all ways to pay it.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	bill := func(w http.ResponseWriter, r *http.Request) { s.showBill(w, "pay_"+r.PathValue("bill"), "") }
	mux.HandleFunc("GET /i/{bill}", bill)
	mux.HandleFunc("GET /b/{bill}", bill)
	mux.HandleFunc("POST /i/{bill}", func(w http.ResponseWriter, r *http.Request) {
		deed := Deed{Payment: "pay_" + r.PathValue("bill"), Method: r.FormValue("method")}
		if r.FormValue("refuse") != "" {
			deed.Method, deed.Refuse = "CREDIT_CARD", true
		}
		_, err := s.Pay(deed)
		if err == nil {
			err = s.journal.Flush()
		}
		problem := ""
		switch {
		case err != nil:
			problem = fault.MessageOf(err)
		case deed.Refuse:
			problem = "O cartão foi recusado pelo banco. Tente de novo ou pague de outro jeito."
		}
		s.showBill(w, deed.Payment, problem)
	})
}

type billPage struct {
	Title, Total, Due, Pix, Boleto, Back, Problem string
	QR                                            template.URL
	Card, Paid, Gone, Late                        bool
}

// showBill shows a bill as it is now.
func (s *Server) showBill(w http.ResponseWriter, paymentID, problem string) {
	s.mu.Lock()
	s.settle()
	shown, found := billPage{Problem: problem}, false
	if p := s.payments[paymentID]; p != nil {
		found = true
		shown.Title, shown.Total, shown.Back = p.Description, p.Value.Text(money.BRL), p.SuccessURL
		shown.Paid, shown.Gone, shown.Late = !p.open() && !p.Gone, p.Gone, p.Status == "OVERDUE"
		if due, err := time.Parse(time.DateOnly, p.Due); err == nil {
			shown.Due = due.Format("02/01/2006")
		}
		open := p.BillingType == "UNDEFINED"
		shown.Card = open || p.BillingType == "CREDIT_CARD"
		if open || p.BillingType == "PIX" {
			shown.Pix = p.PixCode
			shown.QR = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(picture(p.PixCode))) //nolint:gosec // a picture of ours
		}
		if open || p.BillingType == "BOLETO" {
			shown.Boleto = p.BoletoLine
		}
	}
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-"+copyHash+"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Cache-Control", "no-store")
	if !found {
		w.WriteHeader(http.StatusNotFound)
		shown.Problem = "Esta cobrança não existe."
		shown.Gone = true
	}
	_ = billForm.Execute(w, shown) // a payer who hung up is nobody's problem
}

// copyScript copies a code; copyHash is its SHA-256, held by a test.
const (
	copyScript = `for(const b of document.querySelectorAll("button[data-copy]"))b.addEventListener("click",async()=>{await navigator.clipboard.writeText(document.getElementById(b.dataset.copy).textContent);b.textContent="Copiado"})`
	copyHash   = "lDBETq3frmPqfe3GVIFASYeeEYba6WcXudKugKHVTu4="
)

var billForm = template.Must(template.New("bill").Parse(`<!doctype html>
<html lang="pt-BR"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Title}} · Fatura simulada</title>
<style>
:root{color-scheme:light dark}
body{margin:0;font:16px/1.5 system-ui,sans-serif;background:light-dark(#eef1fa,#11131a);color:light-dark(#1d2333,#e6e9f2)}
main{max-width:28rem;margin:6vh auto;padding:2rem;border-radius:1rem;background:light-dark(#fff,#1b1f2a);box-shadow:0 1px 3px rgb(0 0 0/15%)}
h1{font-size:1.1rem;margin:0}h2{font-size:1rem;margin:1.5rem 0 .4rem}strong{display:block;font-size:2rem;margin:.25rem 0 0}
button,a.go{display:block;width:100%;box-sizing:border-box;margin:.5rem 0;padding:.8rem;border:0;border-radius:.6rem;font:inherit;font-weight:600;text-align:center;text-decoration:none;background:#0b46d6;color:#fff;cursor:pointer}
button.no{background:none;color:inherit;border:1px solid currentColor}
code{display:block;overflow-wrap:anywhere;padding:.8rem;border-radius:.6rem;background:light-dark(#eef1fa,#11131a);font-size:.8rem}
img{display:block;margin:.5rem auto;width:12rem;height:12rem;background:#fff;padding:.5rem;border-radius:.5rem}
p[role=alert]{padding:.6rem .8rem;border-radius:.6rem;background:light-dark(#fde7e7,#4b1d1d)}
small{opacity:.75}
</style></head><body><main>
<h1>{{.Title}}</h1>{{if .Total}}<strong>{{.Total}}</strong>{{end}}{{if .Due}}<p>Vencimento: {{.Due}}{{if .Late}} (vencida){{end}}</p>{{end}}
{{if .Problem}}<p role="alert">{{.Problem}}</p>{{end}}
{{if .Paid}}<p role="status">Pagamento recebido. Obrigado!</p>
{{else if .Gone}}<p role="status">Não há nada a pagar aqui.</p>
{{else}}
{{if .Pix}}<h2>Pix</h2><img src="{{.QR}}" alt="QR code do Pix"><code id="pix">{{.Pix}}</code><button class="no" type="button" data-copy="pix">Copiar código</button>
<form method="post"><button name="method" value="PIX">Simular: paguei o Pix</button></form>{{end}}
{{if .Boleto}}<h2>Boleto</h2><code id="boleto">{{.Boleto}}</code><button class="no" type="button" data-copy="boleto">Copiar linha digitável</button>
<form method="post"><button name="method" value="BOLETO">Simular: o boleto foi pago</button></form>{{end}}
{{if .Card}}<h2>Cartão</h2><p><small>O simulador não pede número de cartão.</small></p>
<form method="post"><button name="method" value="CREDIT_CARD">Simular: cartão aprovado</button><button class="no" name="refuse" value="1">Simular: cartão recusado</button></form>{{end}}
{{end}}
{{if and .Back .Paid}}<a class="go" href="{{.Back}}" rel="noreferrer">Ir para o site</a>{{end}}
<p><small>Simulador: nenhum dinheiro de verdade se move.</small></p>
</main><script>` + copyScript + `</script></body></html>
`))
