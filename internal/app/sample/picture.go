package sample

import (
	"bytes"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
)

// Picture draws a plain picture of a product, as large as Meta wants pictures
// of catalogs: always the same one for a name.
func Picture(name string) ([]byte, error) {
	const side = 600
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(name)) // it never fails
	n := sum.Sum32()
	grounds := []color.RGBA{{237, 228, 214, 255}, {222, 232, 226, 255}, {233, 222, 231, 255}, {221, 228, 238, 255}, {240, 229, 205, 255}}
	shapes := []color.RGBA{{176, 104, 72, 255}, {72, 120, 108, 255}, {122, 84, 128, 255}, {70, 98, 150, 255}, {190, 140, 50, 255}}
	ground, shape := grounds[n%5], shapes[(n/5)%5]
	shade := color.RGBA{shape.R / 4 * 3, shape.G / 4 * 3, shape.B / 4 * 3, 255}
	picture := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{ground, shape, shade})
	radius := 150 + int(n/25)%60
	for y := range side {
		for x := range side {
			dx, dy := x-side/2, y-side/2
			round := dx*dx + dy*dy
			if n/1500%2 == 0 {
				round = max(dx*dx, dy*dy)
			}
			switch {
			case round > radius*radius:
			case dx+dy > radius/2:
				picture.SetColorIndex(x, y, 2)
			default:
				picture.SetColorIndex(x, y, 1)
			}
		}
	}
	var out bytes.Buffer
	err := png.Encode(&out, picture)
	return out.Bytes(), err
}
