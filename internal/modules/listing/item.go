package listing

import (
	"strings"
	"time"
)

// State says whether customers see an item.
type State string

// States of an item.
const (
	Visible State = "visible"
	Waiting State = "waiting" // for us or for Meta; nobody has to do anything
	Broken  State = "problem" // somebody has to
	Foreign State = "foreign" // only Meta knows it
)

// What an item should be.
const (
	wantListed  = "listed"
	wantAbsent  = "absent"
	wantForeign = "foreign" // not ours to say
)

// Item is one item of a catalog, as people may see it.
type Item struct {
	RetailerID string `json:"retailer_id"`
	VariantID  string `json:"variant_id" doc:"Empty for what only Meta knows."`
	ProductID  string `json:"product_id"`
	Name       string `json:"name"`
	Image      string `json:"image_url"`
	State      State  `json:"state" enum:"visible,waiting,problem,foreign"`
	Reason     string `json:"reason" doc:"Why, as a word of a closed list: to_send, sending, processing, in_review, leaving, sold_out, no_image, image_small and so on; empty when customers see it."`
	Text       string `json:"text" doc:"What Meta says, in its own words."`
	Shown      bool   `json:"shown" doc:"A message may show it."`
	// What was sent and what Meta shows, as texts.
	Price        string `json:"price" doc:"As it was sent, such as 49.90 BRL."`
	SalePrice    string `json:"sale_price"`
	SentMS       int64  `json:"sent_ms"`
	MetaName     string `json:"meta_name"`
	MetaPrice    string `json:"meta_price"`
	Availability string `json:"availability"`
	Review       string `json:"review"`
	SeenMS       int64  `json:"seen_ms" doc:"When Meta was seen to hold it; 0 when it does not."`
	Dirty        bool   `json:"dirty" doc:"A change waits to be sent."`
}

// item is a stored row.
type item struct {
	retailerID, variantID, productID string
	wanted                           string
	name, folded, image              string
	touched, dirtyMS                 int64
	sentHash, sentHandle             string
	sentMS                           int64
	sentPrice, sentSale              string
	tries                            int64
	problem, problemText             string
	seenMS                           int64
	seen                             Seen
	lookMS, looks                    int64
	shown                            bool
	state                            State
	reason                           string
}

// unsure stands for the hash of what was sent while it is not known what Meta
// holds: a call was begun and its end is not written, or Meta lost it.
const unsure = "?"

// maxTries is how often an item that Meta lost is sent again before a person
// is told.
const maxTries = 3

// judge says what customers see of an item, and why.
func (i *item) judge() {
	i.state, i.reason = i.verdict()
	// A message may show what Meta holds and has nothing against, also while its
	// review goes on or a newer version is on its way.
	seen, _ := i.atMeta()
	i.shown = i.wanted == wantListed && i.problem == "" && i.seenMS > 0 && seen != Broken
}

func (i *item) verdict() (State, string) {
	switch {
	case i.wanted == wantForeign:
		return Foreign, ""
	case i.wanted == wantAbsent:
		return Waiting, "leaving"
	case i.problem != "":
		return Broken, i.problem
	case i.seenMS > 0:
		return i.atMeta()
	case i.sentHandle != "":
		return Waiting, "sending"
	case i.sentHash == "" || i.sentHash == unsure:
		return Waiting, "to_send"
	default:
		return Waiting, "processing"
	}
}

// atMeta judges an item by what Meta tells of it alone.
func (i *item) atMeta() (State, string) {
	seen := i.seen
	switch {
	case seen.Review == "rejected":
		return Broken, or(classify(append(seen.texts(), seen.ReviewReasons...)...), "rejected")
	case seen.Visibility != "" && seen.Visibility != "published":
		return Broken, "hidden"
	case seen.ImageStatus == "fetch_failed":
		return Broken, "image_unreachable"
	}
	for _, flaw := range seen.Flaws {
		if strings.EqualFold(flaw.Priority, "high") {
			return Broken, or(classify(flaw.Kind, flaw.Title, flaw.Description), "other")
		}
	}
	switch {
	case seen.Review == "pending" || seen.Review == "outdated":
		return Waiting, "in_review"
	case seen.Availability != "" && seen.Availability != InStock:
		return Visible, "sold_out"
	default:
		return Visible, ""
	}
}

// texts are Meta's words about an item.
func (s Seen) texts() []string {
	var list []string
	for _, flaw := range s.Flaws {
		list = append(list, flaw.Kind, flaw.Title, flaw.Description)
	}
	return list
}

// words is what is shown of Meta's own words.
func (i *item) words() string {
	if i.problemText != "" {
		return i.problemText
	}
	var list []string
	for _, flaw := range i.seen.Flaws {
		list = append(list, strings.TrimSpace(or(flaw.Description, flaw.Title)+" "+flaw.Action))
	}
	return strings.Join(append(list, i.seen.ReviewReasons...), "\n")
}

func (i *item) view() Item {
	view := Item{
		RetailerID: i.retailerID, VariantID: i.variantID, ProductID: i.productID, Name: i.name, Image: i.image, State: i.state, Reason: i.reason,
		Shown: i.shown, Price: i.sentPrice, SalePrice: i.sentSale, SentMS: i.sentMS, MetaName: i.seen.Name, MetaPrice: i.seen.Price,
		Availability: i.seen.Availability, Review: i.seen.Review, SeenMS: i.seenMS, Dirty: i.dirtyMS > 0,
	}
	if i.state != Visible {
		view.Text = i.words()
	}
	return view
}

// take keeps what Meta holds of an item.
func (i *item) take(seen Seen, nowMS int64) {
	i.seen, i.seenMS = seen, nowMS
	if i.wanted == wantForeign {
		i.name, i.image = or(seen.Name, i.retailerID), seen.Image
	}
	if i.sentHash != "" && i.sentHash != unsure && i.sentHandle == "" {
		i.tries = 0 // what we sent last has come through
	}
	if i.seen.Review != "pending" && i.sentHandle == "" && i.wanted != wantAbsent {
		i.lookMS, i.looks = 0, 0
	}
}

// lookAfter are the pauses between the questions about an item that is not
// settled at Meta; behind the last, the whole reading of the day finds it.
var lookAfter = []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour}

// lookLater plans the next question about an item.
func (i *item) lookLater(nowMS int64) {
	i.lookMS = 0
	if i.looks < int64(len(lookAfter)) {
		i.lookMS = nowMS + lookAfter[i.looks].Milliseconds()
	}
	i.looks++
}

// again has an item sent once more, since Meta is not known to have it. What
// does not come through in the end is told to people.
func (i *item) again(nowMS int64) {
	i.sentHandle = ""
	if i.tries >= maxTries {
		if i.wanted == wantListed {
			i.problem, i.problemText = "not_taken", ""
		}
		return
	}
	i.tries++
	i.sentHash, i.dirtyMS = unsure, nowMS
}
