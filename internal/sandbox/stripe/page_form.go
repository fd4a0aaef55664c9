package stripe

import "html/template"

// pageForm is the one form of all pages. The script copies a code; without it the
// code can be selected.
var pageForm = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{if .Title}}{{.Title}} · {{end}}{{.Words.Pay}}</title>
<style>
:root{color-scheme:light dark;--paper:light-dark(#fff,#1b1d2a);--ground:light-dark(#f2f3f8,#101119);--ink:light-dark(#1b1f33,#e8e9f2);--soft:light-dark(#5b6078,#a6aac2);--line:light-dark(#d8dbe6,#34384c);--accent:light-dark(#4b3fd1,#8f86ff);--on:light-dark(#fff,#12101f)}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;font:16px/1.5 system-ui,sans-serif;background:var(--ground);color:var(--ink);display:grid;place-items:start center;padding:max(1rem,6vh) 1rem 2rem}
main{width:100%;max-width:27rem;padding:1.5rem;border-radius:1rem;background:var(--paper);border:1px solid var(--line)}
h1{font-size:1.05rem;font-weight:600;margin:0;color:var(--soft)}
.sum{font-size:2.1rem;font-weight:700;margin:.1rem 0 .75rem;line-height:1.2}.sum small{font-size:1rem;font-weight:400;color:var(--soft)}
ul{margin:0 0 1rem;padding:0;list-style:none;color:var(--soft)}
p{margin:.75rem 0}
[role=alert]{padding:.75rem;border-radius:.6rem;background:light-dark(#fdeaea,#4a1f26);color:light-dark(#8a1420,#ffd9dc)}
button,.back{display:block;width:100%;min-height:3rem;margin:.6rem 0;padding:.75rem;border:1px solid transparent;border-radius:.7rem;font:inherit;font-weight:600;text-align:center;text-decoration:none;background:var(--accent);color:var(--on);cursor:pointer}
button.quiet,.back{background:none;border-color:var(--line);color:var(--ink);font-weight:500}
button:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
img{display:block;width:min(100%,15rem);margin:1rem auto;border-radius:.6rem;background:#fff;padding:.5rem;image-rendering:pixelated}
code{display:block;overflow-wrap:anywhere;padding:.8rem;border-radius:.6rem;background:var(--ground);font-size:.85rem;user-select:all}
footer{margin-top:1rem;font-size:.85rem;color:var(--soft)}
</style></head><body><main>
{{if .Title}}<h1>{{.Title}}</h1>{{end}}
{{if .Amount}}<p class="sum">{{.Amount}} {{if .Each}}<small>{{.Each}}</small>{{end}}</p>{{end}}
{{if .Notes}}<ul>{{range .Notes}}<li>{{.}}</li>{{end}}</ul>{{end}}
{{if .Problem}}<p role="alert">{{.Problem}}</p>{{end}}
{{if .Status}}<p role="status">{{.Status}}</p>{{end}}
{{if .Picture}}<img src="{{.Picture}}" alt="{{.CodeName}}">{{end}}
{{if .Code}}<p id="name">{{.CodeName}}</p><code aria-labelledby="name" id="code">{{.Code}}</code><button class="quiet" type="button" id="copy" data-done="{{.Words.Copied}}">{{.Words.Copy}}</button>{{end}}
{{if .Buttons}}<form method="post">{{range .Buttons}}<button name="action" value="{{.Value}}"{{if .Quiet}} class="quiet"{{end}}>{{.Name}}</button>{{end}}</form>{{end}}
{{if .Back}}<a class="back" href="{{.Back}}" rel="noreferrer">{{.BackName}}</a>{{end}}
<footer>{{.Words.Test}}</footer>
</main>{{if .Code}}<script nonce="{{.Nonce}}">const b=document.getElementById("copy");b.addEventListener("click",async()=>{try{await navigator.clipboard.writeText(document.getElementById("code").textContent);b.textContent=b.dataset.done}catch{getSelection().selectAllChildren(document.getElementById("code"))}})</script>{{end}}
</body></html>
`))
