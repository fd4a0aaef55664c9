package telegram

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestParseModes(t *testing.T) {
	cases := []struct {
		mode, in, text, entities, fails string
	}{
		{"HTML", "<b>oi</b> <i>a&amp;b</i>", "oi a&b", "bold 0 2, italic 3 3", ""},
		{"HTML", "👍 <b>x</b>", "👍 x", "bold 3 1", ""},
		{"html", `<a href="https://example.com/?a=1&amp;b=2">aqui</a>`, "aqui", "text_link 0 4 https://example.com/?a=1&b=2", ""},
		{"HTML", `<pre><code class="language-go">x</code></pre>`, "x", "pre 0 1", ""},
		{"HTML", "<b>a<i>b</i></b>", "ab", "bold 0 2, italic 1 1", ""},
		{"HTML", "<blockquote expandable>q</blockquote>", "q", "expandable_blockquote 0 1", ""},
		{"HTML", `<span class="tg-spoiler">s</span>`, "s", "spoiler 0 1", ""},
		{"HTML", "1 &lt; 2 &#33; &nbsp;", "1 < 2 ! &nbsp;", "", ""},
		{"HTML", "<div>x</div>", "", "", `Unsupported start tag "div" at byte offset 0`},
		{"HTML", "a <b>x", "", "", `Can't find end tag corresponding to start tag "b"`},
		{"HTML", "x</b>", "", "", "Unexpected end tag at byte offset 1"},
		{"HTML", "<b>x</i>", "", "", `Unmatched end tag at byte offset 4, expected "</b>", found "</i>"`},
		{"HTML", "2 < 3", "", "", "Unclosed start tag at byte offset 2"},
		{"HTML", "<span>x</span>", "", "", `Tag "span" must have class "tg-spoiler" at byte offset 0`},
		{"MarkdownV2", "*oi* _você_ ~x~ ||y||", "oi você x y", "bold 0 2, italic 3 4, strikethrough 8 1, spoiler 10 1", ""},
		{"MarkdownV2", "__u__ `c.d` [aqui](https://example.com/a_b)", "u c.d aqui", "underline 0 1, code 2 3, text_link 6 4 https://example.com/a_b", ""},
		{"MarkdownV2", "```go\nx := 1\n```", "x := 1", "pre 0 6", ""},
		{"MarkdownV2", `pre\ço R\$ 1\.50\!`, `pre\ço R$ 1.50!`, "", ""},
		{"MarkdownV2", ">citado\nfora", "citado\nfora", "blockquote 0 6", ""},
		{"MarkdownV2", "Fim.", "", "", `Character '.' is reserved and must be escaped with the preceding '\'`},
		{"MarkdownV2", "*oi", "", "", "Can't find end of Bold entity at byte offset 0"},
		{"MarkdownV2", "a `b", "", "", "Can't find end of Code entity at byte offset 2"},
		{"Markdown", "*oi* _x_ [l](http://e.com)", "oi x l", "bold 0 2, italic 3 1, text_link 5 1 http://e.com", ""},
		{"Markdown", "um * só", "", "", "Can't find end of the entity starting at byte offset 3"},
		{"", "veja https://example.com e /ajuda", "veja https://example.com e /ajuda", "url 5 19, bot_command 27 6", ""},
		{"", "  oi  ", "oi", "", ""},
		{"BBCode", "x", "", "", "-"},
	}
	for _, c := range cases {
		t.Run(c.mode+" "+c.in, func(t *testing.T) {
			got, err := readText(c.in, c.mode, nil)
			if c.fails != "" {
				want := "Bad Request: can't parse entities: " + c.fails
				if c.fails == "-" {
					want = "Bad Request: unsupported parse_mode"
				}
				if err == nil || err.description != want {
					t.Fatalf("got %v, wanted %q", err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var list []string
			for _, e := range got.entities {
				list = append(list, strings.TrimSpace(fmt.Sprintf("%s %d %d %s", e.Type, e.Offset, e.Length, e.URL)))
			}
			if got.text != c.text || strings.Join(list, ", ") != c.entities {
				t.Fatalf("%q with %v", got.text, list)
			}
		})
	}
}

// TestEntitiesStayInside: whatever is parsed, no entity leaves its text and
// escaped text comes back as it was.
func TestEntitiesStayInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		alphabet := rapid.SampledFrom([]string{"a", " ", "👍", "<b>", "</b>", "<i>", "</i>", "&lt;", "*", "_", "`", "\\", "[", "](", ")", "\n", ">", "ã"})
		text := strings.Join(rapid.SliceOf(alphabet).Draw(t, "parts"), "")
		for _, mode := range []string{"HTML", "MarkdownV2", "Markdown", ""} {
			got, err := readText(text, mode, nil)
			if err != nil {
				continue
			}
			for _, e := range got.entities {
				if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > units(got.text) {
					t.Fatalf("%s %q: %+v leaves %q", mode, text, e, got.text)
				}
			}
		}
		plain := strings.TrimSpace(strings.NewReplacer("\n", "").Replace(text))
		var escaped strings.Builder
		for _, r := range plain {
			if strings.ContainsRune(reserved+`\`, r) {
				escaped.WriteByte('\\')
			}
			escaped.WriteRune(r)
		}
		if got, err := readText(escaped.String(), "MarkdownV2", nil); err != nil || got.text != plain {
			t.Fatalf("%q became %q, %v", plain, got.text, err)
		}
	})
}

func FuzzReadText(f *testing.F) {
	f.Add("<b>x</b>", "HTML")
	f.Add("*a* [b](c)", "MarkdownV2")
	f.Fuzz(func(t *testing.T, text, mode string) {
		got, err := readText(text, mode, nil)
		if err == nil && !utf8.ValidString(got.text) {
			t.Fatalf("%q gave text that is not UTF-8", text)
		}
	})
}
