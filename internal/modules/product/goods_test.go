package product

import (
	"context"
	"testing"

	"prosa/internal/base/fault"
)

func TestGoodsAreFoundByTheNamesThatCatalogsUse(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		saved := h.mustSave(shirt())
		second := saved.Variants[1]
		list, err := h.Goods(context.Background(), alfa, []string{"CAM-P", "var_unknown", second.ID})
		if err != nil || len(list) != 2 {
			t.Fatalf("%+v %v", list, err)
		}
		if g := list[0]; g.RetailerID != "CAM-P" || g.VariantID != saved.Variants[0].ID || g.Name != "Camiseta Algodão" || g.Image == nil || g.Image.URL != "https://example.com/p.jpg" {
			t.Errorf("by SKU: %+v", g)
		}
		if g := list[1]; g.RetailerID != second.ID || g.SKU != "CAM-G" || len(g.Options) != 1 || g.Options[0] != "G" {
			t.Errorf("by id: %+v", g)
		}
		if none, err := h.Goods(context.Background(), beta, []string{second.ID, "CAM-P"}); err != nil || len(none) != 0 {
			t.Errorf("another company sees %+v %v", none, err)
		}
		_, err = h.Goods(context.Background(), alfa, make([]string, MaxGoods+1))
		wantCode(t, err, fault.Invalid, "")
	})
}
