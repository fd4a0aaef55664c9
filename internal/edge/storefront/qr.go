package storefront

import (
	"rsc.io/qr"

	"prosa/internal/base/fault"
	"prosa/internal/modules/payment"
)

// qrScale is the side of a module in pixels: a code of usual length is about 500
// pixels wide, sharp on every screen.
const qrScale = 8

// drawQR draws the Pix code by which the order can be paid now.
func (s *site) drawQR(v *visit) error {
	o, err := v.order()
	if err != nil {
		return err
	}
	found := dueOf(o)
	if found == nil || found.Method != payment.Pix || found.Code == "" {
		return errNothing()
	}
	image, err := drawCode(found.Code)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "image/png")
	v.w.Header().Set("Cache-Control", "private, max-age=300") // an order's next code has another stamp
	_, _ = v.w.Write(image)                                   // the client is gone: nobody to tell
	return nil
}

// drawCode makes the PNG of a code with its quiet zone. A seventh of it may be
// hidden (ISO/IEC 18004, level M).
func drawCode(text string) ([]byte, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the text is too long for a QR code")
	}
	code.Scale = qrScale
	return code.PNG(), nil
}
