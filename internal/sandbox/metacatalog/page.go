package metacatalog

import (
	"html/template"
	"net/http"

	"prosa/internal/base/fault"
)

// pageRoutes is the control page: what the catalogs hold, and the same levers
// as the control API, by forms.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /_sandbox/{$}", func(w http.ResponseWriter, r *http.Request) { s.show(w, "") })
	mux.HandleFunc("POST /_sandbox/do", func(w http.ResponseWriter, r *http.Request) {
		var err error
		switch r.FormValue("act") {
		case "settle":
			err = s.Hurry()
		case "clear":
			if err = s.ClearDooms(); err == nil {
				s.rules.Remove("")
			}
		default:
			_, err = s.PutDoom(Doom{Do: r.FormValue("act"), RetailerID: r.FormValue("retailer_id"), Catalog: r.FormValue("catalog_id"), Message: r.FormValue("message"), Count: 1})
		}
		if err == nil {
			err = s.journal.Flush()
		}
		if err != nil {
			s.show(w, fault.MessageOf(err))
			return
		}
		http.Redirect(w, r, "./", http.StatusSeeOther)
	})
}

func (s *Server) show(w http.ResponseWriter, problem string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Cache-Control", "no-store")
	_ = controlPage.Execute(w, object{"Catalogs": s.Catalogs(), "Dooms": s.Dooms(), "Faults": s.rules.List(), "Problem": problem}) // a reader who hung up is nobody's problem
}

var controlPage = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="pt-BR"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Catálogo simulado</title>
<style>
:root{color-scheme:light dark}
body{margin:0 auto;max-width:48rem;padding:1.5rem;font:16px/1.5 system-ui,sans-serif;background:light-dark(#f4f6f8,#10161c);color:light-dark(#1b2733,#e6edf3)}
section{margin:1rem 0;padding:1rem 1.25rem;border-radius:.8rem;background:light-dark(#fff,#1a232c)}
h1{font-size:1.3rem}h2{font-size:1rem;margin:0}
dl{display:grid;grid-template-columns:auto 1fr;gap:0 1rem;margin:.5rem 0}dd{margin:0}
label{display:block;margin:.5rem 0}input,select{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}
button{margin:.5rem .5rem 0 0;padding:.5rem .9rem;border:0;border-radius:.5rem;font:inherit;font-weight:600;background:#0b62c4;color:#fff;cursor:pointer}
code{overflow-wrap:anywhere}
</style></head><body><main>
<h1>Catálogo simulado da Meta</h1>
{{if .Problem}}<p role="alert">{{.Problem}}</p>{{end}}
{{range .Catalogs}}<section><h2>{{.Name}} <code>{{.ID}}</code></h2>
<dl><dt>Itens</dt><dd>{{.Items}}</dd><dt>Em análise</dt><dd>{{.Pending}}</dd><dt>Rejeitados</dt><dd>{{.Rejected}}</dd><dt>Ocultos</dt><dd>{{.Hidden}}</dd>
<dt>Lotes em espera</dt><dd>{{.Batches}}</dd><dt>Contas do WhatsApp</dt><dd>{{range .WABAs}}{{.}} {{else}}nenhuma{{end}}</dd></dl></section>
{{else}}<section>Nenhum catálogo ainda.</section>{{end}}
<section><h2>Provocar um problema</h2>
<form method="post" action="do">
<label>O que acontece <select name="act">
<option value="refuse">o próximo envio do item falha</option><option value="reject">a análise rejeita o item</option>
<option value="lose_image">a foto não pode ser baixada</option><option value="hide">o item fica oculto</option>
<option value="break">o próximo lote termina em erro</option></select></label>
<label>Item (retailer_id; vazio: o próximo) <input name="retailer_id" autocomplete="off"></label>
<label>Motivo <input name="message" autocomplete="off"></label>
<button>Provocar</button></form>
<form method="post" action="do"><button name="act" value="settle">Terminar tudo agora</button><button name="act" value="clear">Tirar todos os problemas</button></form>
</section>
<section><h2>Problemas ativos</h2><ul>
{{range .Dooms}}<li>{{.Do}} {{.RetailerID}} {{.Message}} ({{.Hits}}×)</li>{{end}}{{range .Faults}}<li>{{.On}} {{.Do}} {{.Path}} ({{.Hits}}×)</li>{{end}}
</ul></section>
</main></body></html>
`))
