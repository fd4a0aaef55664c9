package pdf

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
)

// The page, in points: A4 with its margins.
const (
	pageWidth  = 595
	pageHeight = 842
	margin     = 56
)

// Style of a block of text.
type Style int

// Styles.
const (
	Body Style = iota
	Heading
	Title
	Small
)

type look struct {
	size    float64
	leading float64
	before  float64 // space above the block
	font    string
}

var looks = map[Style]look{
	Body:    {10.5, 15, 5, "F1"},
	Heading: {12.5, 17, 13, "F2"},
	Title:   {18, 24, 0, "F2"},
	Small:   {8.5, 12, 3, "F1"},
}

// Document is being written; the zero value is an empty one.
type Document struct {
	pages []*bytes.Buffer
	y     float64 // of the next line's foot
}

// Add writes a block of text, wrapped to the page; a block that does not fit goes
// on on the next one.
func (d *Document) Add(style Style, text string) {
	l := looks[style]
	d.y -= l.before
	for _, line := range wrap(encode(text), l.size, pageWidth-2*margin) {
		if len(d.pages) == 0 || d.y-l.leading < margin {
			d.pages = append(d.pages, &bytes.Buffer{})
			d.y = pageHeight - margin
		}
		d.y -= l.leading
		fmt.Fprintf(d.pages[len(d.pages)-1], "BT /%s %.1f Tf %d %.1f Td (%s) Tj ET\n", l.font, l.size, margin, d.y, escape(line))
	}
}

// Markdown writes the few marks that our texts use: # and ## headings, and
// paragraphs.
func (d *Document) Markdown(text string) {
	for block := range strings.SplitSeq(text, "\n\n") {
		block = strings.TrimSpace(strings.ReplaceAll(block, "\n", " "))
		switch {
		case block == "":
		case strings.HasPrefix(block, "## "):
			d.Add(Heading, block[3:])
		case strings.HasPrefix(block, "# "):
			d.Add(Title, block[2:])
		default:
			d.Add(Body, block)
		}
	}
}

// Bytes gives the file. The same document gives the same bytes.
func (d *Document) Bytes() []byte {
	var out bytes.Buffer
	var at []int
	object := func(body string) {
		at = append(at, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", len(at), body)
	}
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	const first = 5 // objects before the pages: catalog, pages, two fonts
	kids := make([]string, len(d.pages))
	for i := range d.pages {
		kids[i] = fmt.Sprintf("%d 0 R", first+2*i)
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object(fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(kids)))
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>")
	for i, page := range d.pages {
		object(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents %d 0 R >>",
			pageWidth, pageHeight, first+2*i+1))
		object(fmt.Sprintf("<< /Length %d >>\nstream\n%sendstream", page.Len(), page.String()))
	}
	xref := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return out.Bytes()
}

// wrap breaks a text into lines of a width; a word that is too long is cut.
func wrap(text []byte, size float64, width float64) [][]byte {
	var lines [][]byte
	var line []byte
	for _, word := range bytes.Fields(text) {
		for measure(word, size) > width {
			cut := len(word) - 1
			for cut > 1 && measure(word[:cut], size) > width {
				cut--
			}
			if len(line) > 0 {
				lines, line = append(lines, line), nil
			}
			lines, word = append(lines, word[:cut]), word[cut:]
		}
		longer := bytes.TrimLeft(append(append(bytes.Clone(line), ' '), word...), " ")
		if len(line) > 0 && measure(longer, size) > width {
			lines, longer = append(lines, line), word
		}
		line = longer
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	return lines
}

// measure gives the width of a text in points. Bold is a little wider than what
// is counted here; the margin has room for it.
func measure(text []byte, size float64) float64 {
	sum := 0
	for _, c := range text {
		sum += int(widths[c])
	}
	return float64(sum) * size / 1000
}

// windows1252 are the characters of 0x80 to 0x9f.
const windows1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"

// encode brings a text to Windows-1252.
func encode(text string) []byte {
	special := []rune(windows1252)
	out := make([]byte, 0, len(text))
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			out = append(out, ' ')
		case r >= 0x20 && r < 0x7f, r > 0xa0 && r <= 0xff:
			out = append(out, byte(r))
		default:
			mark := byte('?')
			for i, s := range special {
				if s == r {
					mark = byte(0x80 + i)
				}
			}
			out = append(out, mark)
		}
	}
	return out
}

// escape spells a text as a string of PDF.
func escape(text []byte) []byte {
	var out []byte
	for _, c := range text {
		if c == '(' || c == ')' || c == '\\' {
			out = append(out, '\\')
		}
		out = append(out, c)
	}
	return out
}
