package flow

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/modules/flow/expression"
)

// The nodes of the shop are dialogs: each asks the shop (an Ask of kind
// "shop.*", answered in the turn's own transaction) and the customer by turns.
// What they learn stands in variables with fixed names, so that texts and
// conditions of every flow read alike:
//
//	product_id, product_variant, product_name, product_price, product_link
//	cart_count, cart_amount (minor units), cart_total, cart_text
//	order_id, order_number, order_total, order_state, order_payment,
//	order_prepaid (a flag: it is paid before it is sent), order_link
func productVariables() []string {
	return []string{"product_id", "product_variant", "product_name", "product_price", "product_link"}
}

func cartVariables() []string {
	return []string{"cart_count", "cart_amount", "cart_total", "cart_text"}
}

func orderVariables() []string {
	return []string{"order_id", "order_number", "order_total", "order_state", "order_payment", "order_prepaid", "order_link"}
}

// ShopFailed begins the note of a hand-off whose cause is the shop and not the
// flow: it gave no answer, or one of no use.
const ShopFailed = "a loja não atendeu"

const (
	// shopMargin is how long an Ask of the shop may take before it counts as
	// failed: it is answered in the same transaction, or never.
	shopMargin = int64(60_000)
	maxKept    = 6 << 10 // bytes of what a dialog keeps
	maxTitle   = 80      // bytes of a kept title
	maxShelf   = 30      // goods of one message
)

// goods is a product as the shop tells of it.
type goods struct {
	ProductID string `json:"product_id"`
	VariantID string `json:"variant_id"`
	Name      string `json:"name"`
	PriceText string `json:"price_text"`
	Available bool   `json:"available"`
	Variants  int    `json:"variants"` // sellable ones
	Link      string `json:"link"`
}

// cart is the customer's cart as the shop tells of it.
type cart struct {
	Lines []struct {
		VariantID string   `json:"variant_id"`
		Name      string   `json:"name"`
		Options   []string `json:"options"`
		Quantity  int64    `json:"quantity"`
		TotalText string   `json:"total_text"`
	} `json:"lines"`
	Count      int64  `json:"count"`
	Empty      bool   `json:"empty"`
	Moved      bool   `json:"moved"` // a price is not what it was
	Short      bool   `json:"short"` // more is wanted than there is
	CouponFlaw string `json:"coupon_flaw"`
	Total      int64  `json:"total"`
	TotalText  string `json:"total_text"`
	Text       string `json:"text"`
}

// order is an order as the shop tells of it.
type order struct {
	ID           string `json:"id"`
	Number       string `json:"number"`
	StateText    string `json:"state_text"`
	State        string `json:"state"`
	PaymentState string `json:"payment_state"`
	TotalText    string `json:"total_text"`
	Link         string `json:"link"`
	Prepaid      bool   `json:"prepaid"`
}

func (g *goods) save(r *run) {
	r.set("product_id", expression.Of(g.ProductID))
	r.set("product_variant", expression.Of(g.VariantID))
	r.set("product_name", expression.Of(g.Name))
	r.set("product_price", expression.Of(g.PriceText))
	r.set("product_link", expression.Of(g.Link))
}

func (c *cart) save(r *run) {
	r.set("cart_count", expression.OfNumber(float64(c.Count)))
	r.set("cart_amount", expression.OfNumber(float64(c.Total)))
	r.set("cart_total", expression.Of(c.TotalText))
	r.set("cart_text", expression.Of(c.Text))
}

func (o *order) save(r *run) {
	r.set("order_id", expression.Of(o.ID))
	r.set("order_number", expression.Of(o.Number))
	r.set("order_total", expression.Of(o.TotalText))
	r.set("order_state", expression.Of(o.StateText))
	r.set("order_payment", expression.Of(o.PaymentState))
	r.set("order_prepaid", expression.OfFlag(o.Prepaid))
	r.set("order_link", expression.Of(o.Link))
}

// patience is how a dialog bears answers that it does not understand, and where
// it goes on.
type patience struct {
	Misses int    `json:"misses,omitzero"`
	OnMiss string `json:"on_miss,omitempty"`
	Next   string `json:"next"`
}

func (p *patience) missed() exit {
	return exit{label: "on_miss", to: p.OnMiss, optional: true, waited: true}
}

// scene is what differs from one node of the shop to the other.
type scene interface {
	enter(r *run) step
	// prompt is what is asked at the stage at hand.
	prompt(r *run) prompt
	// take reads the customer's answer: the option at that place, or -1 for
	// words. It reports false for what is no answer.
	take(r *run, at int, content *message.Content) (step, bool)
	// told goes on with what the shop said.
	told(r *run, answer *Answer) step
}

// prompt is a question of a dialog, with options or in words.
type prompt struct {
	body    string
	refusal string // instead of the engine's 'I didn't get that'
	options []promptOption
}

type promptOption struct {
	title, note string
	synonyms    []string // folded
}

// seller is a scene at work: it shows prompts, finds the option that an answer
// means, and counts what is not understood.
type seller struct {
	scene
	name   string
	misses int
	onMiss string
}

func (c *compiler) seller(scene scene, head *Head, p *patience) runner {
	c.misses(p.Misses)
	return &seller{scene: scene, name: head.Name, misses: p.Misses, onMiss: p.OnMiss}
}

func (t *seller) ask(r *run, reason string) step {
	p := t.prompt(r)
	p.body = reason
	r.prompt(p)
	return stop()
}

func (t *seller) repeat(r *run, remark string) step {
	p := t.prompt(r)
	p.body = strings.TrimSpace(remark + "\n\n" + p.body)
	r.prompt(p)
	return stop()
}

func (t *seller) hint(p *phrases) string { return p.here }

func (t *seller) late(r *run) step {
	r.fail(ShopFailed + ": sem resposta em " + strconv.Quote(t.name))
	return stop()
}

func (t *seller) answered(r *run, answer *Answer) step {
	if len(answer.Body) > MaxAnswer {
		return t.late(r)
	}
	return t.told(r, answer)
}

func (t *seller) answer(r *run, content *message.Content) step {
	p := t.prompt(r)
	words := fold.Words(content.Text)
	at := p.chosen(r, content)
	if at < 0 && len(p.options) > 0 && (words == "0" || words == fold.Words(r.phrases().more)) {
		if layout := message.Lay(*p.choice(r), p.body, r.env.Channel); layout.Pages > 1 {
			r.state.Page = (r.state.Page + 1) % layout.Pages
			return t.ask(r, p.body)
		}
	}
	next, understood := t.take(r, at, content)
	if understood {
		return next
	}
	complaint := p.refusal
	if complaint == "" && (len(p.options) > 0 || words != "") {
		complaint = r.render(r.flow.texts.miss)
	}
	if complaint == "" {
		complaint = r.phrases().expect["text"]
	}
	return r.miss(t.misses, t.onMiss, content, t, complaint)
}

// choice lays the options out as a choice of the turn that asked.
func (p *prompt) choice(r *run) *message.Choice {
	words, prefix := r.phrases(), optionPrefix(r.env.Session, r.state.Asked)
	out := &message.Choice{Button: words.button, Page: r.state.Page, Options: make([]message.Option, len(p.options))}
	if len(p.options) > message.PageSize {
		out.More = words.more
	}
	for i, o := range p.options {
		out.Options[i] = message.Option{ID: prefix + strconv.FormatInt(int64(i), 36), Title: o.title, Description: o.note}
	}
	return out
}

// chosen finds the option that an answer means, or -1.
func (p *prompt) chosen(r *run, content *message.Content) int {
	words := fold.Words(content.Text)
	if content.Kind == message.Pick && content.Pick != nil {
		if index, ours := strings.CutPrefix(content.Pick.ID, optionPrefix(r.env.Session, r.state.Asked)); ours {
			if n, err := strconv.ParseInt(index, 36, 16); err == nil && n >= 0 && int(n) < len(p.options) {
				return int(n)
			}
		}
		if words == "" {
			words = fold.Words(content.Pick.Title)
		}
	}
	if len(p.options) == 0 {
		return -1
	}
	choices := &choice{node: &choiceNode{}, options: make([]option, len(p.options))}
	for i, o := range p.options {
		choices.options[i] = option{node: &optionNode{}, titles: []string{fold.Words(o.title)}, synonyms: o.synonyms}
	}
	return choices.match(r, words)
}

func (r *run) prompt(p prompt) {
	if len(p.options) == 0 {
		r.sayText(p.body)
		return
	}
	r.send(message.Content{Kind: message.Options, Text: p.body, Choice: p.choice(r)})
}

// kept is what a dialog remembers between its stages. A scene uses what it
// needs.
type kept struct {
	Items []keptItem `json:"i,omitempty"`
	Words []string   `json:"w,omitempty"`
	Page  int        `json:"p,omitzero"`
	More  bool       `json:"m,omitzero"` // the shop has more than what is shown
	Sum   int64      `json:"s,omitzero"`
	AtMS  int64      `json:"t,omitzero"`
}

type keptItem struct {
	ID      string `json:"i"`
	Variant string `json:"v,omitempty"`
	Title   string `json:"t"`
	Note    string `json:"n,omitempty"`
	Link    string `json:"l,omitempty"`
}

func (r *run) kept() (k kept) {
	// What can't be read is of no version of ours, and the dialog begins anew.
	_ = json.Unmarshal([]byte(r.state.Kept), &k)
	return k
}

func (r *run) keep(k kept) {
	for {
		text, err := json.Marshal(k, json.Deterministic(true))
		if err != nil || len(text) <= maxKept || len(k.Items) == 0 {
			r.state.Kept = string(text)
			return
		}
		k.Items = k.Items[:len(k.Items)-1]
	}
}

// keptGoods is how goods are remembered.
func keptGoods(list []goods) []keptItem {
	items := make([]keptItem, 0, min(len(list), maxShelf))
	for _, g := range list {
		if len(items) == maxShelf {
			break
		}
		variant := g.VariantID
		items = append(items, keptItem{ID: g.ProductID, Variant: variant, Title: shorten(g.Name, maxTitle), Note: shorten(g.PriceText, maxTitle), Link: shorten(g.Link, 200)})
	}
	return items
}

func (i *keptItem) goods() *goods {
	return &goods{ProductID: i.ID, VariantID: i.Variant, Name: i.Title, PriceText: i.Note, Link: i.Link}
}

func promptOptions(items []keptItem) []promptOption {
	out := make([]promptOption, len(items))
	for i, item := range items {
		out[i] = promptOption{title: item.Title, note: item.Note}
	}
	return out
}

// inquire asks the shop; the dialog goes on at the stage with its answer.
func (r *run) inquire(node string, stage int, kind string, request map[string]any, keep kept) step {
	if r.state.Calls++; r.state.Calls > maxCalls {
		r.fail("a conversa perguntou à loja " + strconv.Itoa(maxCalls) + " vezes seguidas")
		return stop()
	}
	r.await(node)
	return r.shop(node, stage, kind, request, keep)
}

func (r *run) shop(node string, stage int, kind string, request map[string]any, keep kept) step {
	if request == nil {
		request = map[string]any{}
	}
	request["language"] = r.phrases().tag
	if kind == "shop.show" {
		request["option_prefix"] = strings.TrimSuffix(optionPrefix(r.env.Session, r.state.Asked), ".")
	}
	text, err := json.Marshal(request, json.Deterministic(true))
	if err != nil || r.failure != "" {
		r.fail("o pedido à loja não pôde ser escrito")
		return stop()
	}
	r.keep(keep)
	r.state.Asking, r.state.Stage, r.state.DueMS = true, stage, r.env.NowMS+shopMargin
	r.effect(Effect{Ask: &Ask{ID: AskID(r.state.Asked), Node: r.path(node), Kind: kind, Request: jsontext.Value(text)}})
	return stop()
}

// hold lets the dialog ask the customer at a stage. Options that the shop made
// are bound to the turn that asked it.
func (r *run) hold(stage int, keep kept) {
	if !r.state.Asking {
		r.state.Asked = r.state.Seq
	}
	r.settle()
	r.state.Misses, r.state.Page, r.state.Stage = 0, 0, stage
	r.keep(keep)
}

// open is hold for a dialog that begins with the customer.
func (r *run) open(node string, stage int) {
	r.await(node)
	r.state.Stage = stage
}

// refusal is what the shop says when it does not do what was asked.
type refusal struct {
	Reason string `json:"reason"`
	Text   string `json:"text"`
}

// hears reads the shop's answer. It reports false for a refusal, and for an
// answer that can't be read, which has no Reason.
func hears(answer *Answer, into any) (refusal, bool) {
	if answer.OK && json.Unmarshal([]byte(answer.Body), into) == nil {
		return refusal{}, true
	}
	var no refusal
	if !answer.OK {
		_ = json.Unmarshal([]byte(answer.Body), &no) // what can't be read has no reason
		if no.Reason == "" {
			no.Reason = answer.Error
		}
	}
	return no, false
}

// unserved fails the turn: what the shop said is of no use here.
func (r *run) unserved(no refusal) step {
	r.fail(ShopFailed + ": " + orText(no.Reason, "resposta ilegível"))
	return stop()
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// optional compiles an optional expression; nil when there is none.
func (c *compiler) optional(field, source string) *expression.Program {
	if strings.TrimSpace(source) == "" {
		return nil
	}
	return c.program(field, source)
}

// learned notes variables that the node sets before it says what comes next.
func (c *compiler) learned(names []string) {
	for _, name := range names {
		c.assigned(name)
	}
}

// spoken gives the author's words, or the engine's.
func (r *run) spoken(own texts, otherwise string) string {
	if text := r.render(own); text != "" {
		return text
	}
	return otherwise
}
