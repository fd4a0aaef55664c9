package sample

import (
	"bytes"
	"image/png"
	"testing"
)

func TestPicturesAreLargeEnoughAndUnlike(t *testing.T) {
	first, err := Picture("Canecas esmaltadas")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Picture("Canecas esmaltadas")
	other, _ := Picture("Jogo de panelas antiaderentes")
	if !bytes.Equal(first, again) || bytes.Equal(first, other) {
		t.Error("a name has one picture, and another name another one")
	}
	drawn, err := png.DecodeConfig(bytes.NewReader(first))
	if err != nil || drawn.Width < 500 || drawn.Height < 500 {
		t.Errorf("the picture is %dx%d: %v", drawn.Width, drawn.Height, err)
	}
}
