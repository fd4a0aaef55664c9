package media

import (
	"testing"

	"prosa/internal/message"
)

func TestTypesAreReadFromBytes(t *testing.T) {
	for _, one := range []struct {
		head, name, claimed, mime string
		kind                      message.Kind
	}{
		{"%PDF-1.7", "x.png", "image/png", "application/pdf", message.Document},
		{"<html><script>", "x.png", "image/png", "application/octet-stream", message.Document},
		{"<?xml version='1.0'?><svg>", "x.svg", "image/svg+xml", "application/octet-stream", message.Document},
		{"GIF89a", "x", "", "image/gif", message.Image},
		{"PK\x03\x04", "planilha.XLSX", "", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", message.Document},
		{"PK\x03\x04", "x.zip", "", "application/zip", message.Document},
		{"OggS\x00", "nota", "", "audio/ogg", message.Audio},
		{"\x1a\x45\xdf\xa3", "filme.webm", "video/webm", "video/webm", message.Video},
		{"nome;valor\n", "dados.csv", "", "text/csv", message.Document},
	} {
		mime := Sniff([]byte(one.head), one.name, one.claimed)
		if mime != one.mime || KindOf(mime) != one.kind {
			t.Errorf("%s %q is %s %s, want %s %s", one.name, one.head, mime, KindOf(mime), one.mime, one.kind)
		}
	}
}
