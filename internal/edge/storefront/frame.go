package storefront

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/product"
	"prosa/internal/modules/tenancy"
)

// frame is what every page has around it.
type frame struct {
	Title   string
	Company string
	Zone    *time.Location
	// Home is the address of the customer's shop, Cart that of their cart; empty
	// outside of it.
	Home, Cart string
	// Pieces is how many pieces the cart holds.
	Pieces int64
	Query  string
	Notice string
	Talks  []talk
	// Refresh is after how many seconds a page without a script asks again; 0 is
	// never.
	Refresh int
	Card    *card

	images []string // hosts of pictures
}

// talk is a way to write to the company.
type talk struct {
	Channel message.Channel
	Name    string
	URL     string
}

// card is what a page says of itself to crawlers and link previews (Open Graph
// protocol; schema.org Product, as Meta's "microdata tags for catalog" page
// takes them).
type card struct {
	URL, Title, Description, Image string
	Site, Locale                   string
	Amount, Currency               string // decimal
	SaleAmount                     string
	Availability                   string // "in stock", "out of stock"
	ID, Group, Brand               string
	Data                           map[string]any // JSON-LD
}

func (v *visit) frame(title string) frame {
	zone, err := time.LoadLocation(tenancy.DefaultTimezone)
	if err != nil {
		zone = time.UTC
	}
	return frame{Title: title, Zone: zone}
}

// of makes the frame of a company's page. Error: fault.NotFound for a company
// that is suspended.
func (v *visit) of(tenantID, title string) (frame, error) {
	company, err := v.site.deps.Companies.Get(v.ctx, tenantID)
	if err != nil {
		return frame{}, err
	}
	if !company.Serves() {
		return frame{}, errNothing()
	}
	f := v.frame(title)
	f.Company = company.Name
	if zone, err := time.LoadLocation(company.Timezone); err == nil {
		f.Zone = zone
	}
	return f, nil
}

// show sends a page. Its policy names the hosts of the pictures that stand on
// it, and nothing else of the world.
func (v *visit) show(status int, name string, page interface{ hosts() []string }) {
	var body bytes.Buffer
	if err := v.pages.ExecuteTemplate(&body, name, page); err != nil {
		v.site.deps.Logger.ErrorContext(v.ctx, "a page of the shop can't be drawn", "page", name, "error", err)
		http.Error(v.w, "500", http.StatusInternalServerError)
		return
	}
	header := v.w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Language", v.lang)
	header.Add("Vary", "Accept-Language")
	header.Set("Content-Security-Policy", strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", strings.Join(append([]string{"img-src 'self'"}, page.hosts()...), " "),
		"connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
	}, "; "))
	v.w.WriteHeader(status)
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(body.Bytes()) // the client is gone: nobody to tell
	}
}

func (f frame) hosts() []string {
	slices.Sort(f.images)
	return slices.Compact(f.images)
}

// picture gives the address of a picture as a page shows it, and remembers its
// host for the policy.
func (f *frame) picture(tenantID string, image product.Image) string {
	if image.Blob != "" {
		return picturePath(tenantID, image.Blob)
	}
	return f.outside(image.URL)
}

// outside takes a picture of another host. Only addresses of the web are
// drawn; what can't be named in a policy is not.
func (f *frame) outside(link string) string {
	address, err := url.Parse(link)
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" || strings.ContainsAny(address.Host, " ;,'\"") {
		return ""
	}
	f.images = append(f.images, address.Scheme+"://"+address.Host)
	return link
}

// kept gives the picture of a line, which is an address or the hash of a file.
func (f *frame) kept(tenantID, image string) string {
	switch {
	case image == "":
		return ""
	case strings.Contains(image, "://"):
		return f.outside(image)
	default:
		return picturePath(tenantID, image)
	}
}

func picturePath(tenantID, hash string) string {
	return "/api/v1/public/images/" + tenantID + "/" + hash
}

// talks are the ways to write to the company, with a text that says what about;
// the payload is what a Telegram bot is told at its start.
func (v *visit) talks(tenantID, text, payload string) ([]talk, error) {
	accounts, err := v.site.deps.Channels.List(v.ctx, tenantID)
	if err != nil {
		return nil, err
	}
	var list []talk
	seen := map[message.Channel]bool{}
	for _, account := range accounts {
		if account.State != channel.Active || seen[account.Channel] {
			continue
		}
		link := ""
		switch account.Channel {
		case message.WhatsApp:
			if number := digits(account.Display); number != "" {
				link = v.site.cfg.WhatsApp + "/" + number + "?text=" + strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
			}
		case message.Telegram:
			if name := strings.TrimPrefix(account.Display, "@"); name != "" {
				link = v.site.cfg.Telegram + "/" + url.PathEscape(name)
				if payload != "" {
					link += "?start=" + url.QueryEscape(payload)
				}
			}
		default:
		}
		if link != "" {
			seen[account.Channel] = true
			list = append(list, talk{account.Channel, v.say("channel." + string(account.Channel)), link})
		}
	}
	slices.SortStableFunc(list, func(a, b talk) int { return strings.Compare(string(b.Channel), string(a.Channel)) }) // WhatsApp first
	return list, nil
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}

// clean makes what somebody typed into text of at most so many bytes: valid,
// without control characters, trimmed.
func clean(text string, most int) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r), r == utf8.RuneError:
			return -1
		default:
			return r
		}
	}, strings.ReplaceAll(text, "\r\n", "\n")))
	if len(text) > most {
		cut := most
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = strings.TrimSpace(text[:cut])
	}
	return text
}

func reasonOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Reason
	}
	return ""
}

func fieldOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Field
	}
	return ""
}

// see sends the browser on after a form was taken, so that loading the page
// again repeats nothing.
func (v *visit) see(path string) error {
	v.w.Header().Set("Location", path)
	v.w.WriteHeader(http.StatusSeeOther)
	return nil
}
