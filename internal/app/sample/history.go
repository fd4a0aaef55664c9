package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Conversation is one that happened, told without ids.
type Conversation struct {
	Customer  Customer
	Channel   string // whatsapp | telegram | messenger | instagram
	Lines     []Line
	Attendant string // e-mail of who answered; empty when the bot sufficed or nobody has yet
	// TakenAt is when the attendant took it, zero when nobody did.
	TakenAt time.Time
	// HandedOffAt is when the bot gave it to people, zero when it did not.
	HandedOffAt time.Time
	// ResolvedAt is zero while it is still going on.
	ResolvedAt time.Time
	Topic      string
}

// Customer is who wrote.
type Customer struct {
	Name     string
	WaID     string
	UserID   string // business-scoped
	Telegram int64
	Username string
}

// Line is one message of a conversation.
type Line struct {
	By   string // customer | bot | attendant | note
	Text string
	At   time.Time
}

// Weeks is how far back the history goes.
const Weeks = 3

// History makes up the conversations of the three weeks before now, oldest
// first, all of them over. What goes on now is not told but lived: see Scenes.
func History(seed uint64, now time.Time, zone *time.Location) []Conversation {
	dice := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	people := customers(dice, 90)
	all := scripts()
	var history []Conversation
	today := now.In(zone)
	for back := Weeks * 7; back >= 0; back-- {
		day := time.Date(today.Year(), today.Month(), today.Day()-back, 0, 0, 0, 0, zone)
		for range busyness(day.Weekday(), dice) {
			start := day.Add(hour(dice))
			if start.After(now.Add(-4 * time.Minute)) {
				continue
			}
			history = append(history, play(pick(all, dice), people[dice.IntN(len(people))], start, now, dice))
		}
	}
	slices.SortStableFunc(history, func(a, b Conversation) int { return a.Lines[0].At.Compare(b.Lines[0].At) })
	over := history[:0]
	for _, c := range apart(history) {
		if !c.ResolvedAt.IsZero() {
			over = append(over, c)
		}
	}
	return over
}

// apart drops conversations of a customer that would run into each other.
func apart(history []Conversation) []Conversation {
	last := map[string]time.Time{}
	kept := make([]Conversation, 0, len(history))
	for _, c := range history {
		key := c.Channel + c.Customer.WaID
		if until, ok := last[key]; ok && c.Lines[0].At.Before(until.Add(25*time.Hour)) {
			continue
		}
		last[key] = c.Lines[len(c.Lines)-1].At
		kept = append(kept, c)
	}
	return kept
}

// busyness is how many conversations begin on a day.
func busyness(day time.Weekday, dice *rand.Rand) int {
	switch day {
	case time.Sunday:
		return 2 + dice.IntN(2)
	case time.Saturday:
		return 5 + dice.IntN(4)
	case time.Monday:
		return 13 + dice.IntN(6)
	default:
		return 9 + dice.IntN(6)
	}
}

// hour is when in a day somebody writes: mostly at the ends of the morning and
// of the afternoon.
func hour(dice *rand.Rand) time.Duration {
	peak := 10.5
	if dice.IntN(2) == 0 {
		peak = 16.5
	}
	h := peak + dice.NormFloat64()*1.8
	return time.Duration(min(max(h, 7.2), 22.5) * float64(time.Hour))
}

func customers(dice *rand.Rand, count int) []Customer {
	first, last := firstNames(), lastNames()
	areas := []int{11, 19, 21, 31, 41, 47, 51, 62, 71, 81}
	people := make([]Customer, count)
	for i := range people {
		name := first[i%len(first)] + " " + last[dice.IntN(len(last))]
		people[i] = Customer{
			Name: name, WaID: fmt.Sprintf("55%d9%08d", areas[dice.IntN(len(areas))], 61_000_000+i*137), UserID: fmt.Sprintf("BR.%d", 7_700_000_000_000+int64(i)*7919),
			Telegram: 810_000_000 + int64(i)*31, Username: strings.ToLower(strings.Join(strings.Fields(plain(name)), "_")),
		}
	}
	return people
}

// plain takes the accents of Portuguese off a name, for a username.
func plain(name string) string {
	return strings.NewReplacer("á", "a", "ã", "a", "â", "a", "é", "e", "ê", "e", "í", "i", "ó", "o", "ô", "o", "õ", "o", "ú", "u", "ç", "c",
		"Á", "A", "Â", "A", "É", "E", "Í", "I", "Ó", "O", "Ô", "O", "Ú", "U").Replace(name)
}

func pick(all []script, dice *rand.Rand) script {
	total := 0
	for _, s := range all {
		total += s.weight
	}
	at := dice.IntN(total)
	for _, s := range all {
		if at -= s.weight; at < 0 {
			return s
		}
	}
	return all[0]
}

// play turns a script into a conversation that began at start, cut where now
// is.
func play(s script, who Customer, start, now time.Time, dice *rand.Rand) Conversation {
	team := Team()
	c := Conversation{Customer: who, Channel: "whatsapp", Topic: s.topic}
	switch dice.IntN(20) {
	case 0, 1, 2:
		c.Channel = "telegram"
	case 3, 4, 5:
		c.Channel = "instagram"
	case 6, 7:
		c.Channel = "messenger"
	}
	words := strings.NewReplacer("{name}", strings.Fields(who.Name)[0], "{product}", products()[dice.IntN(len(products()))],
		"{order}", fmt.Sprint(40_000+dice.IntN(9_000)), "{city}", cities()[dice.IntN(len(cities()))], "{price}", prices()[dice.IntN(len(prices()))])
	helper := team[2+dice.IntN(len(team)-2)].Email
	at := start
	handedOff := time.Time{}
	for _, l := range s.lines {
		wait := float64(l.after)
		if l.after > 5 {
			wait *= 0.5 + dice.Float64()*1.4 // people are not machines
		}
		at = at.Add(time.Duration(wait * float64(time.Second)))
		if at.After(now.Add(-30 * time.Second)) {
			break
		}
		if l.by == attendant && c.Attendant == "" {
			c.Attendant = helper
			c.TakenAt = at.Add(-time.Duration(10+dice.IntN(20)) * time.Second)
		}
		c.Lines = append(c.Lines, Line{By: l.by, Text: capital(words.Replace(l.text)), At: at})
		if l.by == bot && strings.Contains(l.text, "equipe.") {
			handedOff = at
		}
	}
	c.HandedOffAt = handedOff
	if end := at.Add(time.Duration(60+dice.IntN(900)) * time.Second); len(c.Lines) == len(s.lines) && end.Before(now) {
		c.ResolvedAt = end
	}
	return c
}

// capital starts a sentence that begins with a filled-in word.
func capital(text string) string {
	for _, article := range []string{"a ", "o "} {
		if strings.HasPrefix(text, article) {
			return strings.ToUpper(text[:1]) + text[1:]
		}
	}
	return text
}
