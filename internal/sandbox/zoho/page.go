package zoho

import (
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"prosa/internal/sandbox/stage"
)

// selfClient is the client that the console makes when it is opened the first
// time.
const selfClient = "1000.SELFCLIENTSIMULADO"

// pageRoutes are the pages for people: what the CRM holds, and the console that
// hands out grant codes.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { show(w, holdingPage, s.holding()) })
	mux.HandleFunc("POST /away", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		settings := s.settings
		s.mu.Unlock()
		settings.Away = r.FormValue("away") != ""
		if _, err := s.Set(settings); err == nil {
			_ = s.journal.Flush() // the next call says whether it can be kept
		}
		// Relative as it is: http.Redirect would resolve it below the mount.
		w.Header().Set("Location", "./")
		w.WriteHeader(http.StatusSeeOther)
	})
	mux.HandleFunc("GET /console", func(w http.ResponseWriter, _ *http.Request) { show(w, consolePage, console{Client: s.self()}) })
	mux.HandleFunc("POST /console", func(w http.ResponseWriter, _ *http.Request) {
		shown := console{Client: s.self()}
		code, err := s.NewCode(Code{Client: shown.Client.ID})
		if err == nil {
			err = s.journal.Flush()
		}
		if err != nil {
			stage.Failure(err).Write(w)
			return
		}
		shown.Code = code.Code
		show(w, consolePage, shown)
	})
}

// self gives the console's own client, which it makes when there is none.
func (s *Server) self() Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clients[selfClient] == nil {
		client := &Client{ID: selfClient, Secret: strings.ReplaceAll(newSecret()[5:], ".", "")}
		s.clients[client.ID] = client
		s.journal.Put(clientPrefix+client.ID, client)
	}
	return *s.clients[selfClient]
}

type console struct {
	Client Client
	Code   string
}

type holding struct {
	Organization string
	Away         bool
	Tables       []table
}

type table struct {
	Name    string
	Columns []string
	Rows    [][]string
}

// holding is what the CRM holds, newest first.
func (s *Server) holding() holding {
	s.mu.Lock()
	defer s.mu.Unlock()
	shown := holding{Organization: s.settings.Organization, Away: s.settings.Away}
	titles := map[string]string{"Accounts": "Contas", "Contacts": "Contatos", "Deals": "Negócios", "Leads": "Leads"}
	columns := map[string][]string{
		"Accounts": {"Account_Name", "CNPJ", "Phone", "Billing_City"}, "Contacts": {"First_Name", "Last_Name", "Email", "Account_Name"},
		"Deals": {"Deal_Name", "Contract_ID", "Stage", "Amount", "Account_Name"}, "Leads": {"Last_Name", "Company", "Email", "Lead_Source"},
	}
	for _, module := range modules {
		t := table{Name: titles[module], Columns: append(columns[module], "Mudou em")}
		records := s.inOrder(module)
		for i := len(records) - 1; i >= 0; i-- {
			row := []string{}
			for _, name := range columns[module] {
				row = append(row, s.cell(records[i].Values[name]))
			}
			t.Rows = append(t.Rows, append(row, time.UnixMilli(records[i].ModifiedMS).In(time.FixedZone("", -3*60*60)).Format("02/01 15:04:05")))
		}
		shown.Tables = append(shown.Tables, t)
	}
	return shown
}

func (s *Server) cell(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value
	case json.Number:
		return value.String()
	case object:
		return s.title(s.records[pointed(value)])
	default:
		return fmt.Sprint(value)
	}
}

func show(w http.ResponseWriter, page *template.Template, value any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Cache-Control", "no-store")
	_ = page.Execute(w, value) // a reader who hung up is nobody's problem
}

const pageHead = `<!doctype html>
<html lang="pt-BR"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Zoho CRM simulado</title>
<style>
:root{color-scheme:light dark}
body{margin:0;font:15px/1.5 system-ui,sans-serif;background:light-dark(#f4f2ee,#171512);color:light-dark(#26221c,#ece7de)}
main{max-width:64rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.3rem;margin:0}h2{font-size:1.05rem;margin:2rem 0 .5rem}
section{overflow-x:auto}
table{border-collapse:collapse;width:100%;background:light-dark(#fff,#211e1a)}
th,td{text-align:left;padding:.45rem .7rem;border-bottom:1px solid light-dark(#e6e1d8,#34302a);white-space:nowrap}
th{font-weight:600;opacity:.75}
button{padding:.5rem .9rem;border:0;border-radius:.5rem;font:inherit;font-weight:600;background:#b8541a;color:#fff;cursor:pointer}
code{display:block;overflow-wrap:anywhere;padding:.7rem;border-radius:.5rem;background:light-dark(#fff,#211e1a)}
.away{padding:.6rem .9rem;border-radius:.5rem;background:light-dark(#fbe3d6,#4a2312)}
nav{display:flex;gap:1rem;align-items:center;justify-content:space-between;flex-wrap:wrap}
</style></head><body><main>
`

var holdingPage = template.Must(template.New("holding").Parse(pageHead + `<nav><h1>{{.Organization}}</h1>
<form method="post" action="away">{{if .Away}}<button>Voltar ao ar</button>{{else}}<button name="away" value="1">Tirar do ar</button>{{end}} <a href="console">Console de API</a></form></nav>
{{if .Away}}<p class="away" role="status">Fora do ar: toda chamada é respondida com erro 500.</p>{{end}}
{{range .Tables}}<section aria-label="{{.Name}}"><h2>{{.Name}} ({{len .Rows}})</h2>
{{if .Rows}}<table><thead><tr>{{range .Columns}}<th scope="col">{{.}}</th>{{end}}</tr></thead>
<tbody>{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>{{end}}</tbody></table>{{else}}<p>Nada ainda.</p>{{end}}</section>{{end}}
<p><small>Simulador: nada disto está na Zoho.</small></p></main></body></html>
`))

var consolePage = template.Must(template.New("console").Parse(pageHead + `<nav><h1>Console de API · Self Client</h1><a href="./">O que o CRM tem</a></nav>
<h2>Client ID</h2><code>{{.Client.ID}}</code><h2>Client Secret</h2><code>{{.Client.Secret}}</code>
<h2>Código</h2>{{if .Code}}<code>{{.Code}}</code><p role="status">Vale uma vez, por 3 minutos.</p>{{end}}
<form method="post" action="console"><button>Gerar código</button></form>
<p><small>Simulador: nada disto está na Zoho.</small></p></main></body></html>
`))
