package app

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/edge/httpapi"
	"prosa/internal/edge/storefront"
)

// surface is a part of the product that may have a host of its own.
type surface string

// Surfaces. Each keeps its own cookies, since they are bound to their host.
const (
	surfaceApp      surface = "app"      // the company's people, and their customers' pages
	surfaceSite     surface = "site"     // prices, terms, purchase
	surfaceOperator surface = "operator" // the platform's staff
	surfaceAPI      surface = "api"      // calls by programs
	surfaceGateway  surface = "gateway"  // callbacks of platforms
)

// hookPath is where platforms call us. It is served under every name that a
// callback may have been registered with: platforms follow no redirect.
const hookPath = "/webhooks/"

// sitePages are the pages for people without an account.
var sitePages = []string{"/planos", "/termos", "/assinar"}

// hosts tells by the name of a host what is served under it. The zero value
// serves everything under any name.
type hosts struct {
	app, site, operator string             // base URLs
	serves              map[string]surface // by host name, without port
	others              surface            // of names that are not told, empty for none
	old                 map[string]string  // base URL by host name of before
}

// hosts reads the names of the surfaces. Where none has its own, every name
// serves all.
func (c ServerConfig) hosts() hosts {
	h := hosts{app: c.appURL(), site: c.siteURL(), operator: c.operatorURL(), old: map[string]string{}}
	scheme, _, _ := strings.Cut(c.PublicURL, ":")
	for _, pair := range c.OldHosts {
		before, now, _ := strings.Cut(pair, "=")
		h.old[hostName(before)] = scheme + "://" + now
	}
	if hostOf(h.site) == hostOf(h.app) && !c.consoleApart() && c.APIURL == "" {
		return h
	}
	h.serves = map[string]surface{}
	if c.Demo {
		// It is looked at under the machine's address too, and called back there.
		h.others, h.serves[hostOf(h.app)], h.serves[hostOf(h.operator)] = surfaceApp, surfaceApp, surfaceOperator
		return h
	}
	for _, named := range []struct {
		url string
		is  surface
	}{{c.gatewayURL(), surfaceGateway}, {c.APIURL, surfaceAPI}, {h.operator, surfaceOperator}, {h.site, surfaceSite}, {h.app, surfaceApp}} {
		if named.url != "" {
			h.serves[hostOf(named.url)] = named.is // a name that has several is the last of these
		}
	}
	return h
}

// checkHosts says which address of a surface cannot be worked with.
func (c ServerConfig) checkHosts() error {
	for name, text := range map[string]string{"PROSA_SITE_URL": c.SiteURL, "PROSA_OPERATOR_URL": c.OperatorURL, "PROSA_API_URL": c.APIURL} {
		if text == "" {
			continue
		}
		parsed, err := url.Parse(text)
		if err != nil || parsed.Host == "" || strings.Trim(parsed.Path, "/") != "" {
			return fault.OnField(name, "must be http(s)://host without a path")
		}
		if scheme, _, _ := strings.Cut(c.PublicURL, ":"); parsed.Scheme != scheme {
			return fault.OnField(name, "must be reached as PROSA_PUBLIC_URL is: all by https, or all by http")
		}
	}
	if c.Environment == "prod" && !c.consoleApart() {
		return fault.OnField("PROSA_OPERATOR_URL", "prod keeps its operators on a host of their own: name it here, unlike PROSA_PUBLIC_URL and PROSA_SITE_URL (another port is not enough, cookies know none)")
	}
	if c.consoleApart() {
		for name, other := range map[string]string{"PROSA_SITE_URL": c.SiteURL, "PROSA_API_URL": c.APIURL, "PROSA_GATEWAY_URL": c.GatewayURL} {
			if other != "" && hostOf(other) == hostOf(c.OperatorURL) {
				return fault.OnField(name, "is the host of the operators, which serves nothing else")
			}
		}
	}
	known := c.hosts()
	for _, pair := range c.OldHosts {
		before, now, ok := strings.Cut(pair, "=")
		switch {
		case !ok || hostName(before) == "" || hostName(now) == "" || strings.ContainsAny(pair, "/ "):
			return fault.OnField("PROSA_OLD_HOSTS", "must be a list of old.example.com=new.example.com")
		case known.serves[hostName(before)] != "" || hostName(before) == hostOf(c.PublicURL):
			return fault.OnField("PROSA_OLD_HOSTS", "%s is a host of now", before)
		case known.serves[hostName(now)] == "" && hostName(now) != hostOf(c.PublicURL):
			return fault.OnField("PROSA_OLD_HOSTS", "%s is no host of this installation", now)
		}
	}
	return nil
}

// appURL is where companies work.
func (c ServerConfig) appURL() string { return base(c.PublicURL) }

// siteURL is where people without an account look at prices and buy.
func (c ServerConfig) siteURL() string { return base(orElse(c.SiteURL, c.PublicURL)) }

// operatorURL is where the platform's staff works.
func (c ServerConfig) operatorURL() string {
	return base(orElse(c.OperatorURL, c.PublicURL))
}

// consoleApart reports whether operators have a host of their own. Another port
// is none: cookies know no ports (RFC 6265, section 8.5).
func (c ServerConfig) consoleApart() bool {
	return c.OperatorURL != "" && hostOf(c.OperatorURL) != hostOf(c.PublicURL) && (c.SiteURL == "" || hostOf(c.OperatorURL) != hostOf(c.SiteURL))
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func base(address string) string { return strings.TrimRight(address, "/") }

// hostOf gives the host name of a URL, without its port.
func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(parsed.Hostname())
}

// hostName gives the name of host or host:port, as in a Host header.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// route answers each surface under its own name only, and sends names of before
// to those of now.
func (h hosts) route(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := hostName(r.Host)
		if now, ok := h.old[name]; ok {
			if strings.HasPrefix(r.URL.Path, hookPath) {
				next.ServeHTTP(w, r)
				return
			}
			sendOn(w, r, now)
			return
		}
		if h.serves == nil {
			next.ServeHTTP(w, r)
			return
		}
		is, ok := h.serves[name]
		if !ok {
			is = h.others
		}
		switch is {
		case surfaceApp:
			h.routeApp(w, r, next)
		case surfaceSite:
			h.routeSite(w, r, next)
		case surfaceOperator:
			h.routeOperator(w, r, next)
		case surfaceAPI:
			only(w, r, next, httpapi.Prefix+"/")
		case surfaceGateway:
			only(w, r, next, hookPath, storefront.Prefix+"/") // platforms fetch pictures where they call us
		default:
			http.Error(w, "no surface of this installation has this name", http.StatusMisdirectedRequest)
		}
	})
}

func (h hosts) routeApp(w http.ResponseWriter, r *http.Request, next http.Handler) {
	switch {
	case h.operator != h.app && within(r.URL.Path, "/operator"):
		http.NotFound(w, r) // nor told where it is
	case h.site != h.app && within(r.URL.Path, sitePages...):
		sendOn(w, r, h.site)
	default:
		next.ServeHTTP(w, r)
	}
}

func (h hosts) routeSite(w http.ResponseWriter, r *http.Request, next http.Handler) {
	switch {
	case r.URL.Path == "/":
		http.Redirect(w, r, sitePages[0], http.StatusFound)
	case within(r.URL.Path, sitePages...), within(r.URL.Path, httpapi.Prefix, "/assets"), isFile(r.URL.Path):
		next.ServeHTTP(w, r)
	case within(r.URL.Path, "/operator"), strings.HasPrefix(r.URL.Path, hookPath):
		http.NotFound(w, r)
	default:
		sendOn(w, r, h.app)
	}
}

func (h hosts) routeOperator(w http.ResponseWriter, r *http.Request, next http.Handler) {
	switch {
	case r.URL.Path == "/":
		http.Redirect(w, r, "/operator", http.StatusFound)
	case within(r.URL.Path, sitePages...):
		sendOn(w, r, h.site)
	case within(r.URL.Path, "/setup"): // of the first company
		sendOn(w, r, h.app)
	case strings.HasPrefix(r.URL.Path, hookPath), within(r.URL.Path, storefront.Prefix):
		http.NotFound(w, r)
	default:
		next.ServeHTTP(w, r)
	}
}

// only serves the paths with one of the beginnings.
func only(w http.ResponseWriter, r *http.Request, next http.Handler, prefixes ...string) {
	if slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(r.URL.Path, prefix) }) {
		next.ServeHTTP(w, r)
		return
	}
	http.NotFound(w, r)
}

// within reports whether a path is one of the pages, or below one.
func within(path string, pages ...string) bool {
	return slices.ContainsFunc(pages, func(page string) bool { return path == page || strings.HasPrefix(path, page+"/") })
}

// isFile reports whether a path names a file of the site, as /favicon.ico.
func isFile(path string) bool {
	last := path[strings.LastIndexByte(path, '/')+1:]
	return strings.Contains(last, ".")
}

// sendOn sends the browser to the same page under another name, method and body
// kept.
func sendOn(w http.ResponseWriter, r *http.Request, to string) {
	http.Redirect(w, r, to+"/"+strings.TrimLeft(r.URL.RequestURI(), "/"), http.StatusPermanentRedirect)
}
