package media

import (
	"encoding/binary"
	"image"
)

// turnOf reads how a JPEG is to be turned (Exif 2.32, tag 0x0112): 1 to 8, where
// 1 is as it stands. Anything unreadable is 1.
func turnOf(jpeg []byte) int {
	for at := 2; at+4 <= len(jpeg) && jpeg[at] == 0xff; {
		mark, size := jpeg[at+1], int(big.Uint16(jpeg[at+2:]))
		if mark == 0xda || size < 2 || at+2+size > len(jpeg) {
			return 1
		}
		if body := jpeg[at+4 : at+2+size]; mark == 0xe1 && len(body) > 14 && string(body[:6]) == "Exif\x00\x00" {
			return turnIn(body[6:])
		}
		at += 2 + size
	}
	return 1
}

// turnIn looks through the first directory of a TIFF.
func turnIn(tiff []byte) int {
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = little
	case "MM\x00*":
		order = big
	default:
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range int(order.Uint16(tiff[at:])) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == 0x0112 {
			if turn := int(order.Uint16(entries[8:])); turn >= 1 && turn <= 8 {
				return turn
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}

// turned gives a picture as it is meant to be seen.
func turned(from *image.RGBA, turn int) *image.RGBA {
	if turn <= 1 || turn > 8 {
		return from
	}
	w, h := from.Rect.Dx(), from.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if turn >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	to := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch turn {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(to.Pix[to.PixOffset(tx, ty):], from.Pix[from.PixOffset(x, y):from.PixOffset(x, y)+4])
		}
	}
	return to
}
