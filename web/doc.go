// Package web carries the built web application inside the binary and serves
// it: the inbox and its pages from index.html, the public pages (prices, terms,
// purchase) from site.html, and, where the demo is on, the simulated phones from
// demo.html.
//
// The folder dist is made by npm run build and is not committed, save for a
// placeholder that keeps the embed directive satisfied. A binary that was
// built without it serves one sentence that says what to run.
//
// Files under assets carry their content's hash in their name and are cached
// for ever; everything else is asked for again each time. Precompressed
// siblings (.br, .gz) are served where the browser takes them.
package web
