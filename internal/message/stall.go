package message

import "strings"

// Stand says how goods are shown.
type Stand string

// Stands. The first four are the channel's own and need its catalog.
const (
	StandProduct  Stand = "product"
	StandList     Stand = "product_list"
	StandCarousel Stand = "product_carousel"
	StandCatalog  Stand = "catalog"
	StandCard     Stand = "card"  // one good: picture, words, something to tap
	StandCards    Stand = "cards" // several of them side by side
	StandRows     Stand = "rows"  // a thing to tap for each good
	StandDoor     Stand = "door"  // a button that opens the shop's page
	StandText     Stand = "text"
)

// Stall is one message of goods, laid out for one channel; every text in it
// fits the channel.
type Stall struct {
	Stand          Stand
	Text           string
	Header, Footer string
	// Button is the label that opens a list, or takes a good.
	Button string
	// Sections hold the goods of the channel's own list, titles cut to it.
	Sections []Section
	// Goods are what the message shows; of a catalog, the one whose picture
	// stands for it.
	Goods []Goods
	// Rows answer Goods one by one (StandRows).
	Rows []Option
	// Link is the page that Details opens: of the good, or of the shop.
	Link    string
	Details string
}

// Arrange lays a shelf out as the messages of a channel, on the first rung that
// holds it. The channel's own forms need Shelf.CatalogID and a RetailerID of
// every good:
//
//	Product:  product, card
//	Products: product_carousel (when wanted) or product_list, cards (when wanted
//	          and every good has a picture's address), rows, text with links
//	Catalog:  catalog, door, text
//
// More goods than one message holds give further messages; none is left out.
// Without its CatalogID a shelf gives the plain forms, which say the same.
func Arrange(kind Kind, shelf Shelf, text string, channel Channel, language string) []Stall {
	words := shopWordsOf(language)
	limits := LimitsOf(channel)
	a := arranging{shelf: shelf, text: strings.TrimSpace(text), limits: limits, words: words}
	goods := shelf.Goods()
	switch {
	case kind == Catalog:
		a.catalog(goods)
	case len(goods) == 0:
		a.say()
	case len(goods) == 1:
		a.product(goods[0])
	default:
		a.products(goods)
	}
	return a.out
}

type arranging struct {
	shelf  Shelf
	text   string
	limits Limits
	words  shopWords
	out    []Stall
}

// native reports whether the channel's own forms can show the goods.
func (a *arranging) native(goods []Goods) bool {
	if a.limits.Shop.Products == 0 || a.shelf.CatalogID == "" {
		return false
	}
	for _, good := range goods {
		if good.RetailerID == "" {
			return false
		}
	}
	return true
}

// stall starts a message: header and footer where the channel shows them apart,
// the text within room, what is too long of it as texts before.
func (a *arranging) stall(stand Stand, header bool, room Size, usual string) Stall {
	s := Stall{Stand: stand}
	text := a.text
	if a.limits.Footer.Max > 0 {
		s.Footer = a.limits.Footer.Cut(a.shelf.Footer)
	} else {
		text = stack(text, a.shelf.Footer)
	}
	if header && a.limits.Header.Max > 0 {
		s.Header = a.limits.Header.Cut(a.shelf.Header)
	} else {
		text = stack(a.shelf.Header, text)
	}
	parts := split(or(text, usual), room)
	for len(parts) > 1 {
		a.out = append(a.out, Stall{Stand: StandText, Text: parts[0]})
		parts = parts[1:]
	}
	if len(parts) > 0 {
		s.Text = parts[0]
	}
	return s
}

// further is the next message of a shelf: what introduces it was said.
func (a *arranging) further() {
	a.text, a.shelf.Header, a.shelf.Footer = "", "", ""
}

func (a *arranging) say() {
	for _, part := range split(stack(a.shelf.Header, a.text, a.shelf.Footer), a.limits.Text) {
		a.out = append(a.out, Stall{Stand: StandText, Text: part})
	}
}

func (a *arranging) catalog(goods []Goods) {
	shop := a.limits.Shop
	switch {
	case a.native(goods):
		s := a.stall(StandCatalog, false, shop.Body, a.words.catalog)
		if len(goods) > 0 {
			s.Goods = goods[:1]
		}
		a.out = append(a.out, s)
	case a.shelf.Link != "" && shop.LinkTitle.Max > 0:
		s := a.stall(StandDoor, true, shop.Body, a.words.catalog)
		s.Link, s.Details = a.shelf.Link, shop.LinkTitle.Cut(or(a.shelf.Button, a.words.open))
		a.out = append(a.out, s)
	default:
		a.text = stack(or(a.text, a.words.catalog), a.shelf.Link)
		a.say()
	}
}

func (a *arranging) product(good Goods) {
	shop := a.limits.Shop
	if a.native([]Goods{good}) {
		s := a.stall(StandProduct, false, shop.Body, "")
		s.Goods = []Goods{good}
		a.out = append(a.out, s)
		return
	}
	if shop.LinkTitle.Max == 0 { // the channel has no buttons for a card
		a.text = stack(a.text, good.text(a.words), good.Link)
		a.say()
		return
	}
	s := Stall{Stand: StandCard, Goods: []Goods{good}, Link: good.Link, Details: shop.LinkTitle.Cut(a.words.details)}
	room := shop.Body
	if good.pictured() && a.limits.Caption.Max > 0 && a.limits.Caption.Max < room.Max {
		room = a.limits.Caption
	}
	parts := split(stack(a.shelf.Header, a.text), room)
	words := good.text(a.words)
	if len(parts) > 0 && room.Fits(stack(parts[len(parts)-1], words)) {
		words = stack(parts[len(parts)-1], words)
		parts = parts[:len(parts)-1]
	}
	for _, part := range parts {
		a.out = append(a.out, Stall{Stand: StandText, Text: part})
	}
	s.Text = room.Cut(words)
	if a.limits.Footer.Max > 0 {
		s.Footer = a.limits.Footer.Cut(a.shelf.Footer)
	} else if whole := stack(s.Text, a.shelf.Footer); room.Fits(whole) {
		s.Text = whole
	}
	if good.Option != "" && a.limits.OptionID.Fits(good.Option) {
		s.Button = takeLabel(a.limits).Cut(or(a.shelf.Button, a.words.take))
	}
	a.out = append(a.out, s)
}

// takeLabel is the room of the label under a good.
func takeLabel(limits Limits) Size {
	if limits.ButtonTitle.Max > 0 {
		return limits.ButtonTitle
	}
	return limits.Shop.LinkTitle
}

func (a *arranging) products(goods []Goods) {
	shop := a.limits.Shop
	switch {
	case a.native(goods) && a.shelf.Carousel:
		for _, some := range evenly(goods, shop.Cards) {
			s := a.stall(StandCarousel, false, shop.Body, a.words.choose)
			s.Footer, s.Goods = "", some // a carousel has no footer
			a.out = append(a.out, s)
			a.further()
		}
	case a.native(goods):
		a.list()
	case (a.shelf.Carousel || a.listless()) && shop.Cards > 0 && all(goods, func(g Goods) bool { return g.ImageURL != "" && (g.Option != "" || !shop.CardTaps) }):
		for _, some := range evenly(goods, shop.Cards) {
			s := a.stall(StandCards, false, shop.Body, a.words.choose)
			s.Footer, s.Goods, s.Button = "", some, takeLabel(a.limits).Cut(or(a.shelf.Button, a.words.take))
			s.Rows = rowsOf(some, a.limits, a.words)
			a.out = append(a.out, s)
			a.further()
		}
	case a.tappable(goods):
		a.rows(goods)
	default:
		a.text = stack(append([]string{a.text}, a.lines(goods)...)...)
		a.say()
	}
}

// lines are goods in words: name, price and page of each.
func (a *arranging) lines(goods []Goods) []string {
	lines := make([]string, 0, len(goods))
	for _, good := range goods {
		lines = append(lines, strings.TrimSpace(good.Name+"\n"+good.priced(a.words)+"\n"+good.Link))
	}
	return lines
}

// listless reports whether the channel has no list to show goods in: cards are
// the best that it has, and below words only chips.
func (a *arranging) listless() bool { return a.limits.Rows == 0 && a.limits.Keyboard == 0 }

// tappable reports whether each good can be a row.
func (a *arranging) tappable(goods []Goods) bool {
	return (!a.listless() || a.limits.QuickReplies > 0) &&
		all(goods, func(g Goods) bool { return g.Option != "" && a.limits.OptionID.Fits(g.Option) })
}

// rows gives as many messages as are needed of the channel's lists or
// keyboards.
func (a *arranging) rows(goods []Goods) {
	most := max(a.limits.Rows, a.limits.Keyboard)
	if a.listless() {
		most = a.limits.QuickReplies
	}
	for _, some := range evenly(goods, most) {
		if a.listless() { // a chip has room for a name only, so the words tell the rest
			a.text = stack(append([]string{or(a.text, a.words.choose)}, a.lines(some)...)...)
		}
		room := a.limits.Text
		if a.limits.Rows > 0 {
			room = a.limits.ListBody
		}
		s := a.stall(StandRows, true, room, a.words.choose)
		s.Goods, s.Rows = some, rowsOf(some, a.limits, a.words)
		s.Button = a.limits.ListButton.Cut(or(a.shelf.Button, a.words.see))
		a.out = append(a.out, s)
		a.further()
	}
}

// list fills the channel's own lists, section by section.
func (a *arranging) list() {
	shop := a.limits.Shop
	var pages [][]Section
	room := 0 // for goods on the last page
	for _, section := range a.shelf.Sections {
		goods := section.Goods
		for len(goods) > 0 {
			if room == 0 || len(pages[len(pages)-1]) == shop.Sections {
				pages, room = append(pages, nil), shop.Products
			}
			n := min(room, len(goods))
			last := &pages[len(pages)-1]
			*last = append(*last, Section{Title: section.Title, Goods: goods[:n]})
			goods, room = goods[n:], room-n
		}
	}
	for _, sections := range pages {
		s := a.stall(StandList, true, shop.Body, a.words.choose)
		s.Header = or(s.Header, a.words.goods) // the vendor refuses a list without one
		for i := range sections {
			title := strings.TrimSpace(sections[i].Title)
			if len(sections) > 1 {
				title = or(title, a.words.goods)
			}
			sections[i].Title = shop.SectionTitle.Cut(title)
			s.Goods = append(s.Goods, sections[i].Goods...)
		}
		s.Sections = sections
		a.out = append(a.out, s)
		a.further()
	}
}

// rowsOf makes what is tapped for each good: its name, and its price with the
// rest below.
func rowsOf(goods []Goods, limits Limits, words shopWords) []Option {
	title := limits.RowTitle
	if title.Max == 0 {
		title = limits.Shop.LinkTitle
	}
	options := make([]Option, 0, len(goods))
	for _, good := range goods {
		options = append(options, Option{ID: good.Option, Title: good.Name})
	}
	if limits.Rows == 0 && limits.Keyboard == 0 {
		return titled(options, limits.QuickTitle)
	}
	if limits.Rows == 0 { // nothing stands below a key, so its label has all
		for i, good := range goods {
			tail := " · " + good.Price.Text(good.Currency)
			options[i].Title = Size{max(title.Max-title.Of(tail), 1), title.Unit}.Cut(good.Name) + tail
		}
		return titled(options, title)
	}
	options = titled(options, title)
	for i, good := range goods {
		more := good.Description
		if options[i].Title != strings.Join(strings.Fields(good.Name), " ") {
			more = good.Name
		}
		below := good.priced(words)
		if more = strings.Join(strings.Fields(more), " "); more != "" {
			below += " · " + more
		}
		options[i].Description = limits.RowDescription.Cut(below)
	}
	return options
}

// evenly cuts goods into as few parts of at most n as there must be, none much
// smaller than the others, so that no carousel of one is left over.
func evenly(goods []Goods, n int) [][]Goods {
	parts := (len(goods) + n - 1) / n
	out := make([][]Goods, 0, parts)
	for i := range parts {
		out = append(out, goods[i*len(goods)/parts:(i+1)*len(goods)/parts])
	}
	return out
}

func all(goods []Goods, is func(Goods) bool) bool {
	for _, good := range goods {
		if !is(good) {
			return false
		}
	}
	return true
}

func (g *Goods) pictured() bool { return g.ImageURL != "" || g.Image != nil && g.Image.Blob != "" }

// priced is what the good costs, with what it cost before.
func (g *Goods) priced(words shopWords) string {
	now := g.Price.Text(g.Currency)
	if g.ListPrice > g.Price {
		return strings.NewReplacer("{was}", g.ListPrice.Text(g.Currency), "{now}", now).Replace(words.sale)
	}
	return now
}

// text is the whole card in words.
func (g *Goods) text(words shopWords) string {
	return strings.ToValidUTF8(stack(strings.TrimSpace(g.Name)+"\n"+g.priced(words), g.Description), "\uFFFD")
}

// CardText is the good in the few words that a card side by side with others
// has room for: name, price, and what fits of the description.
func (g *Goods) CardText(channel Channel, language string) string {
	shop := LimitsOf(channel).Shop
	name := strings.Join(strings.Fields(g.Name), " ")
	price := g.priced(shopWordsOf(language))
	rest := Size{max(shop.CardBody.Max-shop.CardBody.Of(price)-2, 0), shop.CardBody.Unit}
	text := rest.Cut(name) + "\n" + price
	if more := strings.Join(strings.Fields(g.Description), " "); more != "" && shop.CardBody.Fits(text+"\n"+more) {
		text += "\n" + more
	}
	return text
}
