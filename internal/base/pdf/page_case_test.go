package pdf

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// line is a line of a page as it is drawn.
type line struct {
	font    string
	size, y float64
	x       int
	text    []byte // in Windows-1252
	page    int
}

var drawn = regexp.MustCompile(`(?s)BT /(F\d) ([\d.]+) Tf (\d+) (-?[\d.]+) Td \(((?:[^()\\]|\\.)*)\) Tj ET\n`)

// lines reads back what a document draws, and fails on anything else on a page.
func lines(t interface{ Fatalf(string, ...any) }, d *Document) (list []line) {
	for page, content := range d.pages {
		rest := drawn.ReplaceAll(content.Bytes(), nil)
		if len(rest) > 0 {
			t.Fatalf("page %d holds %q", page, rest)
		}
		for _, found := range drawn.FindAllSubmatch(content.Bytes(), -1) {
			size, err := strconv.ParseFloat(string(found[2]), 64)
			x, err2 := strconv.Atoi(string(found[3]))
			y, err3 := strconv.ParseFloat(string(found[4]), 64)
			if err != nil || err2 != nil || err3 != nil {
				t.Fatalf("numbers of %q", found[0])
			}
			text := regexp.MustCompile(`(?s)\\(.)`).ReplaceAll(found[5], []byte("$1"))
			list = append(list, line{string(found[1]), size, y, x, text, page})
		}
	}
	return list
}

// Whatever is written, each line stands within the margins, below the one before
// it, in the style of its block, and nothing is lost.
func TestWhateverIsWrittenStandsOnItsPage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d Document
		var written []byte
		blocks := rapid.IntRange(0, 60).Draw(t, "blocks")
		for range blocks {
			style := rapid.SampledFrom([]Style{Body, Heading, Title, Small}).Draw(t, "style")
			text := rapid.StringOfN(rapid.RuneFrom([]rune("aãeçmW .()\\—€ł\n\t")), 0, 300, -1).Draw(t, "text")
			d.Add(style, text)
			written = append(written, bytes.Join(bytes.Fields(encode(text)), nil)...)
		}
		var seen []byte
		last := line{page: -1}
		for _, l := range lines(t, &d) {
			if l.x != margin || l.y < margin-0.05 || l.y > pageHeight-margin {
				t.Fatalf("a line stands at %d, %.1f", l.x, l.y)
			}
			if width := measure(l.text, l.size); width > pageWidth-2*margin {
				t.Fatalf("a line is %.1f points wide", width)
			}
			if l.page == last.page && last.y-l.y < l.size {
				t.Fatalf("lines at %.1f and %.1f of %.1f points stand in each other", last.y, l.y, l.size)
			}
			if l.page > last.page+1 {
				t.Fatalf("page %d is empty", last.page+1)
			}
			last = l
			seen = append(seen, bytes.ReplaceAll(l.text, []byte(" "), nil)...)
		}
		if !bytes.Equal(seen, written) {
			t.Fatalf("written %q, drawn %q", written, seen)
		}
		if count := regexp.MustCompile(`/Count (\d+)`).FindSubmatch(d.Bytes()); string(count[1]) != fmt.Sprint(len(d.pages)) {
			t.Fatalf("%s pages are counted of %d", count[1], len(d.pages))
		}
	})
}

// The marks of our texts, and what is none.
func TestMarksOfMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"# Contrato":                       "F2/18.0 Contrato",
		"## 1. Preço":                      "F2/12.5 1. Preço",
		"### three":                        "F1/10.5 ### three",
		"#none":                            "F1/10.5 #none",
		"plain":                            "F1/10.5 plain",
		"a\nb":                             "F1/10.5 a b",
		"a\n\nb":                           "F1/10.5 a|F1/10.5 b",
		"\n\n\n\na\n\n\n\n\nb\n":           "F1/10.5 a|F1/10.5 b",
		"# Title\n\n## Part\n\ntext\n\n":   "F2/18.0 Title|F2/12.5 Part|F1/10.5 text",
		"# Title\ngoes on":                 "F2/18.0 Title goes on",
		"":                                 "",
		"   \n\n \t ":                      "",
		`a backslash \ and (parentheses`:   `F1/10.5 a backslash \ and (parentheses`,
		"**bold** is not known, [a](link)": "F1/10.5 **bold** is not known, [a](link)",
	} {
		var d Document
		d.Markdown(text)
		var got []string
		for _, l := range lines(t, &d) {
			runes := make([]rune, 0, len(l.text))
			for _, c := range l.text {
				runes = append(runes, rune(c))
			}
			got = append(got, fmt.Sprintf("%s/%.1f %s", l.font, l.size, string(runes)))
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q is drawn as %q, want %q", text, got, want)
		}
	}
}

// Every character of Windows-1252 is written as its own byte, all others as a
// question mark. Source: WHATWG Encoding, index windows-1252.
func TestCharactersOfWindows1252(t *testing.T) {
	for text, want := range map[string]string{
		"ÁÉÍÓÚÂÊÔÃÕÀÇ": "\xc1\xc9\xcd\xd3\xda\xc2\xca\xd4\xc3\xd5\xc0\xc7", "áéíóúâêôãõàçü": "\xe1\xe9\xed\xf3\xfa\xe2\xea\xf4\xe3\xf5\xe0\xe7\xfc",
		"ªº°§²³½": "\xaa\xba\xb0\xa7\xb2\xb3\xbd", "€‚ƒ„…†‡ˆ‰Š‹Œ": "\x80\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c", "Ž‘’“”•–—˜™š›œžŸ": "\x8e\x91\x92\x93\x94\x95\x96\x97\x98\x99\x9a\x9b\x9c\x9e\x9f",
		"Łódź": "?\xf3d?", "日本": "??", "👍": "?", "\x00\x7f\x1b": "???", "a\u00a0b\u2003c\td": "a b c d", "": "", "\xff": "?",
	} {
		if got := string(encode(text)); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// An empty document is a file that readers open, too.
func TestAnEmptyDocument(t *testing.T) {
	file := (&Document{}).Bytes()
	if !bytes.HasPrefix(file, []byte("%PDF-1.7\n")) || !bytes.HasSuffix(file, []byte("%%EOF\n")) || !bytes.Contains(file, []byte("/Kids [] /Count 0")) {
		t.Errorf("%s", file)
	}
}

// A word that is wider than the page is cut, and the page is never left.
func TestAWordThatIsTooLong(t *testing.T) {
	for _, word := range []string{strings.Repeat("W", 500), strings.Repeat("i", 5000), "https://example.com/" + strings.Repeat("a%20", 200)} {
		for style, l := range looks {
			var d Document
			d.Add(style, "before "+word+" behind")
			var drawn string
			for _, shown := range lines(t, &d) {
				if width := measure(shown.text, l.size); width > pageWidth-2*margin {
					t.Errorf("style %d: a line of %.0f points", style, width)
				}
				drawn += strings.ReplaceAll(string(shown.text), " ", "")
			}
			if drawn != "before"+word+"behind" {
				t.Errorf("style %d: %.40s... lost something", style, word)
			}
		}
	}
}

// FuzzMarkdown holds any text to a file whose table of objects is true.
func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{"", "# A\n\n## B\n\nc", "(\\)", "\x00\xff", strings.Repeat("word ", 3000), "endstream\nendobj", "# \n\n## \n\n"} {
		f.Add(seed)
	}
	table := regexp.MustCompile(`(\d{10}) 00000 n `)
	f.Fuzz(func(t *testing.T, text string) {
		var d Document
		d.Markdown(text)
		file := d.Bytes()
		at := bytes.LastIndex(file, []byte("startxref\n"))
		start, err := strconv.Atoi(strings.Fields(string(file[at:]))[1])
		if err != nil || !bytes.HasPrefix(file[start:], []byte("xref\n")) {
			t.Fatalf("the table is not where it is said to be: %v", err)
		}
		for n, entry := range table.FindAllSubmatch(file[start:], -1) {
			offset, err := strconv.Atoi(string(entry[1]))
			if err != nil || !bytes.HasPrefix(file[offset:], fmt.Appendf(nil, "%d 0 obj\n", n+1)) {
				t.Fatalf("object %d is not at %d", n+1, offset)
			}
		}
		lines(t, &d)
	})
}
