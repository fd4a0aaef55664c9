package product

import (
	"context"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

func TestGoodsAreFoundByTheNamesThatCatalogsUse(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		saved := h.mustSave(shirt())
		second := saved.Variants[1]
		named := func(context.Context, *database.Tx, string, string, []string) (map[string]string, error) {
			return map[string]string{"theirs": saved.Variants[0].ID, "gone": "var_gone"}, nil
		}
		list, err := h.Goods(context.Background(), alfa, "cat", []string{"CAM-P", "var_unknown", second.ID, "theirs"}, named)
		if err != nil || len(list) != 3 {
			t.Fatalf("%+v %v", list, err)
		}
		if g := list[0]; g.RetailerID != "CAM-P" || g.VariantID != saved.Variants[0].ID || g.Name != "Camiseta Algodão" || g.Image == nil || g.Image.URL != "https://example.com/p.jpg" {
			t.Errorf("by SKU: %+v", g)
		}
		if g := list[1]; g.RetailerID != second.ID || g.SKU != "CAM-G" || len(g.Options) != 1 || g.Options[0] != "G" {
			t.Errorf("by id: %+v", g)
		}
		if g := list[2]; g.RetailerID != "theirs" || g.VariantID != saved.Variants[0].ID {
			t.Errorf("by a name of the catalog's own: %+v", g)
		}
		if none, err := h.Goods(context.Background(), beta, "cat", []string{second.ID, "CAM-P", "theirs"}, named); err != nil || len(none) != 0 {
			t.Errorf("another company sees %+v %v", none, err)
		}
		_, err = h.Goods(context.Background(), alfa, "", make([]string, MaxGoods+1), named)
		wantCode(t, err, fault.Invalid, "")
	})
}
