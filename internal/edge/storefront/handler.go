package storefront

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/edge/visitor"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/contact"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/product"
	"prosa/internal/modules/tenancy"
)

// Prefix is where the pages are mounted.
const Prefix = "/s"

const (
	bodyMax     = 64 << 10 // of a form, in bytes
	callTimeout = 30 * time.Second
)

// Deps is what the pages are made of.
type Deps struct {
	Links Links
	// PublicURL is where browsers reach us, without a path.
	PublicURL string
	// ImageURL is where others fetch the catalog's pictures; empty is PublicURL.
	ImageURL string
	// Proxies is how many proxies of ours append to X-Forwarded-For.
	Proxies int

	Companies interface {
		Get(ctx context.Context, tenantID string) (tenancy.Company, error)
	}
	Contacts interface {
		Get(ctx context.Context, tenantID, contactID string) (contact.Contact, error)
	}
	Channels interface {
		List(ctx context.Context, tenantID string) ([]channel.Account, error)
	}
	Products *product.Service
	Orders   *order.Service
	Payments *payment.Service
	Clock    clock.Clock
	Logger   *slog.Logger
}

// site is all pages.
type site struct {
	cfg     Config
	deps    Deps
	tongues map[string]*tongue
	cross   *http.CrossOriginProtection
	writes  *gate
	guesses *gate
	assets  assets
}

// New makes the handler of everything under Prefix. Error: fault.Invalid for a
// public URL that is none.
func New(cfg Config, deps Deps) (http.Handler, error) {
	public, err := url.Parse(deps.PublicURL)
	if err != nil || public.Host == "" {
		return nil, fault.OnField("PROSA_PUBLIC_URL", "must be a URL with a host")
	}
	deps.PublicURL = strings.TrimRight(deps.PublicURL, "/")
	if deps.ImageURL = strings.TrimRight(deps.ImageURL, "/"); deps.ImageURL == "" {
		deps.ImageURL = deps.PublicURL
	}
	s := &site{
		cfg: cfg, deps: deps, cross: http.NewCrossOriginProtection(), assets: readAssets(),
		writes: newGate(cfg.Writes, deps.Clock), guesses: newGate(cfg.Guesses, deps.Clock),
	}
	if s.tongues, err = readTongues(s.assets); err != nil {
		return nil, err
	}
	// A proxy may show us another Host than the browser's.
	if err := s.cross.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the public URL can't be an origin")
	}
	return s.outermost(s.routes()), nil
}

func (s *site) routes() *http.ServeMux {
	mux := http.NewServeMux()
	page := func(pattern string, fn func(v *visit) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, pattern, fn) })
	}
	page("GET /s/p/{ticket}", s.showProduct)
	page("GET /s/c/{ticket}", s.shopper(s.showShop))
	page("GET /s/c/{ticket}/p/{variant}", s.shopper(s.showGood))
	page("POST /s/c/{ticket}/add", s.shopper(s.addLine))
	page("GET /s/c/{ticket}/cart", s.shopper(s.showCart))
	page("POST /s/c/{ticket}/line", s.shopper(s.setLine))
	page("POST /s/c/{ticket}/coupon", s.shopper(s.setCoupon))
	page("GET /s/c/{ticket}/delivery", s.shopper(s.showDelivery))
	page("POST /s/c/{ticket}/delivery", s.shopper(s.setDelivery))
	page("GET /s/c/{ticket}/pay", s.shopper(s.showPay))
	page("POST /s/c/{ticket}/pay", s.shopper(s.place))
	page("GET /s/o/{ticket}", s.showOrder)
	page("GET /s/o/{ticket}/live", s.followOrder)
	page("POST /s/o/{ticket}/cancel", s.cancelOrder)
	page("GET /s/q/{ticket}", s.drawQR)
	page("GET /s/static/{name}", s.sendAsset)
	page("/s/", func(*visit) error { return errNothing() })
	return mux
}

func errNothing() error { return fault.New(fault.NotFound, "there is nothing under this address") }

// visit is one request.
type visit struct {
	*tongue
	site *site
	w    *recorder
	r    *http.Request
	ctx  context.Context //nolint:containedctx // a visit is the request, and ends with it
	// shop is set on the pages of a customer's own shop.
	shop *shop
}

// serve gives a request its language, its time and its limits, and makes a page
// of its failure.
func (s *site) serve(w http.ResponseWriter, r *http.Request, pattern string, fn func(v *visit) error) {
	ctx, cancel := context.WithTimeout(r.Context(), callTimeout)
	defer cancel()
	out, ok := w.(*recorder)
	if !ok {
		out = &recorder{ResponseWriter: w}
	}
	out.route = pattern
	v := &visit{tongue: s.tongues[tongueOf(r.Header.Get("Accept-Language"))], site: s, w: out, r: r, ctx: ctx}
	if err := v.admit(); err != nil {
		v.fail(err)
		return
	}
	if err := fn(v); err != nil {
		v.fail(err)
	}
}

// admit lets a request through that neither writes too much nor comes from
// another site.
func (v *visit) admit() error {
	address := visitor.Address(v.r, v.site.deps.Proxies)
	if v.site.guesses.closed(address) {
		return fault.New(fault.RateLimited, "too many addresses that are none")
	}
	if v.r.Method == http.MethodGet || v.r.Method == http.MethodHead {
		return nil
	}
	if err := v.site.cross.Check(v.r); err != nil {
		return fault.New(fault.Forbidden, "forms are taken from our own pages only")
	}
	if !v.site.writes.pass(address) {
		return fault.New(fault.RateLimited, "too many changes")
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, bodyMax)
	if err := v.r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "the form can't be read")
	}
	return nil
}

// guessed counts an address that was none of ours.
func (v *visit) guessed() error {
	v.site.guesses.pass(visitor.Address(v.r, v.site.deps.Proxies))
	return errNothing()
}

// fail shows what went wrong, in plain words.
func (v *visit) fail(err error) {
	status, words := http.StatusInternalServerError, "fail.internal"
	switch fault.CodeOf(err) {
	case fault.NotFound:
		status, words = http.StatusNotFound, "fail.absent"
	case fault.Forbidden:
		status, words = http.StatusForbidden, "fail.foreign"
	case fault.RateLimited:
		status, words = http.StatusTooManyRequests, "fail.limited"
		v.w.Header().Set("Retry-After", "60")
	case fault.Invalid, fault.TooLarge, fault.Refused, fault.Conflict:
		status, words = http.StatusBadRequest, "fail.form"
	case fault.Unavailable:
		status, words = http.StatusServiceUnavailable, "fail.away"
	default:
	}
	if reasonOf(err) == reasonOver {
		status, words = http.StatusGone, "fail.over"
	}
	if status >= http.StatusInternalServerError {
		v.site.deps.Logger.ErrorContext(v.ctx, "a page of the shop failed", "route", v.w.route, "error", err)
	}
	if v.w.status != 0 {
		return // half a page is out: there is nothing to take back
	}
	v.show(status, "failure.html", failurePage{frame: v.frame(v.say(words + ".title")), Text: v.say(words + ".text")})
}

type failurePage struct {
	frame
	Text string
}

// outermost is the layer around everything: headers that every answer carries,
// the access log without the address, which is a capability, and panics.
func (s *site) outermost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		out := &recorder{ResponseWriter: w, route: "/s/?"}
		header := out.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		// Not no-referrer: with it a browser tells no Origin for a form of our own
		// (Fetch, "append a request Origin header"), and other sites get none either way.
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Cache-Control", "private, no-store")
		header.Set("X-Robots-Tag", "noindex, nofollow")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		defer func() {
			if cause := recover(); cause != nil && cause != http.ErrAbortHandler { //nolint:errorlint // a recovered value, not an error's chain
				s.deps.Logger.ErrorContext(r.Context(), "a page of the shop panicked", "route", out.route, "cause", cause, "stack", string(debug.Stack()))
				if out.status == 0 {
					http.Error(out, "500", http.StatusInternalServerError)
				}
			}
			s.deps.Logger.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("method", r.Method), slog.String("route", out.route),
				slog.Int("status", out.status), slog.Duration("took", time.Since(begun)), slog.String("ip", visitor.Address(r, s.deps.Proxies)))
		}()
		next.ServeHTTP(out, r)
	})
}

// recorder remembers what was answered, and by which route.
type recorder struct {
	http.ResponseWriter
	route  string
	status int
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
