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

func TestTheTableOfObjectsIsTrue(t *testing.T) {
	var d Document
	d.Markdown("# Contrato\n\n## 1. Preço\n\n" + strings.Repeat("São João não (vê) a avó\\ — 10 €. ", 400))
	d.Add(Small, "fim")
	file := d.Bytes()
	start, err := strconv.Atoi(string(regexp.MustCompile(`startxref\n(\d+)`).FindSubmatch(file)[1]))
	if err != nil || !bytes.HasPrefix(file[start:], []byte("xref\n")) {
		t.Fatalf("the table is not at %d: %v", start, err)
	}
	for n, entry := range regexp.MustCompile(`(\d{10}) 00000 n `).FindAllSubmatch(file[start:], -1) {
		offset, err := strconv.Atoi(string(entry[1]))
		if err != nil || !bytes.HasPrefix(file[offset:], fmt.Appendf(nil, "%d 0 obj", n+1)) {
			t.Errorf("object %d is not at %d: %v", n+1, offset, err)
		}
	}
	for _, stream := range regexp.MustCompile(`(?s)/Length (\d+) >>\nstream\n(.*?)endstream`).FindAllSubmatch(file, -1) {
		if length, err := strconv.Atoi(string(stream[1])); err != nil || length != len(stream[2]) {
			t.Errorf("a stream of %d bytes says %s: %v", len(stream[2]), stream[1], err)
		}
	}
	if len(d.pages) < 2 || !bytes.Contains(file, []byte(`S\ xe3o`[:1])) || !bytes.Contains(file, []byte(`\(v`+"\xea"+`\)`)) || !bytes.Contains(file, []byte("\x97")) || !bytes.Contains(file, []byte("\x80")) {
		t.Errorf("%d pages; the text is not as it was written", len(d.pages))
	}
	if again := (&d).Bytes(); !bytes.Equal(again, file) {
		t.Error("the same document gives other bytes")
	}
}

func TestLinesStayOnThePage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := encode(rapid.String().Draw(t, "text"))
		size := rapid.SampledFrom([]float64{8.5, 10.5, 18}).Draw(t, "size")
		var kept []byte
		for _, line := range wrap(text, size, 200) {
			if measure(line, size) > 200 {
				t.Fatalf("the line %q is %.0f points wide", line, measure(line, size))
			}
			kept = append(kept, bytes.ReplaceAll(line, []byte(" "), nil)...)
		}
		if want := bytes.Join(bytes.Fields(text), nil); !bytes.Equal(bytes.Join(bytes.Fields(kept), nil), want) {
			t.Fatalf("wrapped %q to %q", want, kept)
		}
	})
}
