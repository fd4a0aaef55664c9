package template

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"prosa/internal/modules/channel"
)

// The same news twice, shuffled: the same row and the same history.
func TestNewsActOnceAndInAnyOrder(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		base := time.Now().Add(time.Minute).UnixMilli()
		type told struct {
			news channel.News
			atMS int64
		}
		about := func(name string) []told {
			n := func(kind channel.NewsKind, fill func(*channel.News)) channel.News {
				news := channel.News{Kind: kind, Template: name, Language: "pt_BR", TemplateID: "ext-" + name}
				fill(&news)
				return news
			}
			return []told{
				{n(channel.NewsTemplateStatus, func(n *channel.News) { n.Status = "APPROVED" }), base + 1000},
				{n(channel.NewsTemplateStatus, func(n *channel.News) { n.Status, n.Reason = "PAUSED", "low quality" }), base + 3000},
				{n(channel.NewsTemplateStatus, func(n *channel.News) { n.Status = "REINSTATED" }), base + 5000},
				{n(channel.NewsTemplateQuality, func(n *channel.News) { n.Quality = "YELLOW" }), base + 2000},
				{n(channel.NewsTemplateQuality, func(n *channel.News) { n.Quality = "red" }), base + 4000},
				{n(channel.NewsTemplateCategory, func(n *channel.News) { n.Category = "MARKETING" }), base + 2500},
				{n(channel.NewsQuality, func(n *channel.News) { n.Quality = "red" }), base + 9000},
			}
		}
		random := rand.New(rand.NewPCG(1, 2))
		for n := range 6 {
			name := fmt.Sprintf("t%d", n)
			h.paper.held = append(h.paper.held, seen(name, "Olá {{1}}, tudo bem?"))
		}
		h.sync("cha_1")
		for n := range 6 {
			name := fmt.Sprintf("t%d", n)
			twice := append(about(name), about(name)...)
			random.Shuffle(len(twice), func(a, b int) { twice[a], twice[b] = twice[b], twice[a] })
			for _, one := range twice {
				h.hear(one.news, one.atMS)
			}
			detail, err := h.Get(context.Background(), company, h.find(name).ID)
			if err != nil || detail.Status != Approved || detail.Quality != "red" || detail.Category != Marketing || detail.StatusMS != base+5000 {
				t.Errorf("%s: %+v, %v", name, detail.Template, err)
			}
			if len(detail.History) != 8 { // six of the news, two of the reading
				t.Errorf("%s has %d entries: %+v", name, len(detail.History), detail.History)
			}
		}
		if len(h.later) != 0 {
			t.Errorf("readings were asked for: %v", h.later)
		}
	})
}

func TestNewsOfUnknownTemplatesAndOfContentAskForAReading(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.hear(channel.News{Kind: channel.NewsTemplateStatus, Template: "novo", Language: "pt_BR", Status: "approved"}, 5)
		h.paper.held = []Seen{seen("aviso", "Olá {{1}}, tudo bem?")}
		h.sync("cha_1")
		h.hear(channel.News{Kind: channel.NewsTemplateContent, Template: "aviso", Language: "pt_BR"}, 5)
		if len(h.later) != 2 || h.later[0] != "ten_1/cha_1" {
			t.Errorf("%v", h.later)
		}
		// What came before the reading began changes nothing but the history.
		h.hear(channel.News{Kind: channel.NewsTemplateStatus, Template: "aviso", Language: "pt_BR", Status: "rejected"}, 5)
		if got := h.find("aviso"); got.Status != Approved {
			t.Errorf("old news made it %s", got.Status)
		}
	})
}
