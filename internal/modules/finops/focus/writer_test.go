package focus

import (
	"bytes"
	"testing"

	"prosa/internal/base/fault"
)

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	rows, _, err := readAll(tableOf(t, good(), with("Tags", "")), usual)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	writer, err := NewWriter(&file, "x_Line")
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if err := writer.Write(&rows[i].Text, "massivo"); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Write(&rows[0].Text); !fault.Is(err, fault.Internal) {
		t.Error("a cell is missing:", err)
	}
	if err := writer.Flush(); err != nil {
		t.Fatal(err)
	}
	again, reader, err := readAll(file.Bytes(), usual)
	if err != nil || len(again) != 2 || reader.Version() != "1.3" || len(reader.Findings()) != 0 {
		t.Fatal(again, err)
	}
	for i := range again {
		if again[i].Text != rows[i].Text || again[i].Billed != rows[i].Billed {
			t.Errorf("row %d came back as %+v", i, again[i].Text)
		}
	}
	if _, err := NewWriter(&file, "Line"); !fault.Is(err, fault.Internal) {
		t.Error(err)
	}
	if Time(1791158400000) != "2026-10-05T00:00:00Z" || Tags.String() != "Tags" || Column(-1).String() != "" || columnOf("SkuId") != SkuID {
		t.Error("names")
	}
}
