package product

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

func (h *house) imported(text string, dry bool) Report {
	h.t.Helper()
	report, err := h.Import(context.Background(), alfa, strings.NewReader(text), dry, ana)
	if err != nil {
		h.t.Fatal(err)
	}
	return report
}

func TestAFileOfOursIsReadAndWritten(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		file := "\xef\xbb\xbfhandle;name;category;option1_name;option1_value;sku;price;sale_price;stock;image_url\r\n" +
			"suco;Suco de uva;Bebidas > Sucos;Tamanho;300 ml;SU-3;R$ 9,90;7,90;12;https://example.com/a.jpg\r\n" +
			"suco;;;;1 l;SU-1;24.90;;3;https://example.com/b.jpg\r\n" +
			"ruim;Ruim;;;;RU;quanto?;;-1;\r\n" +
			";;;;;;;;;\r\n" +
			"bolo;'=Bolo;;;;BO;30;;;\r\n"
		dry := h.imported(file, true)
		if dry.Created != 2 || dry.Refused != 1 || len(dry.Flaws) != 2 || !dry.DryRun || dry.Dialect != "prosa" || dry.Rows != 5 {
			t.Fatalf("%+v", dry)
		}
		if dry.Flaws[0] != (Flaw{4, "price", "not a price, such as 49,90"}) || dry.Flaws[1].Column != "stock" {
			t.Errorf("%+v", dry.Flaws)
		}
		if list, err := h.List(context.Background(), Search{TenantID: alfa}); err != nil || len(list.Items) != 0 {
			t.Fatalf("a dry run kept %s, %v", names(list.Items), err)
		}
		if real := h.imported(file, false); real.Created != 2 || real.Refused != 1 {
			t.Fatalf("%+v", real)
		}
		h.audit()
		list, err := h.List(context.Background(), Search{TenantID: alfa, Query: "suco"})
		if err != nil || len(list.Items) != 1 {
			t.Fatalf("%s %v", names(list.Items), err)
		}
		juice := list.Items[0]
		if len(juice.Variants) != 2 || juice.Variants[0].SalePrice != 790 || juice.Variants[1].Price != 2490 || juice.Variants[0].OnHand != 12 || len(juice.Images) != 2 {
			t.Errorf("%+v", juice)
		}
		var out bytes.Buffer
		if err := h.Export(context.Background(), alfa, &out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "Bebidas > Sucos") || !strings.Contains(out.String(), ",'=Bolo,") {
			t.Errorf("%s", out.String())
		}
		again := h.imported(out.String(), false)
		if again.Created != 0 || again.Changed != 2 || len(again.Flaws) != 0 {
			t.Errorf("%+v", again)
		}
		var second bytes.Buffer
		if err := h.Export(context.Background(), alfa, &second); err != nil || second.String() != out.String() {
			t.Errorf("what was written and read is written otherwise, %v:\n%s\n%s", err, out.String(), second.String())
		}
		h.audit()
	})
}

func TestAFeedOfMetaIsRead(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		file := "id,title,description,availability,condition,price,sale_price,sale_price_effective_date,link,image_link,brand,item_group_id,color,size,quantity_to_sell_on_facebook,product_type\n" +
			"T-1,Tênis,Leve,in stock,new,299.90 BRL,199.90 BRL,2026-01-01T00:00-03:00/2026-02-01T00:00-03:00,https://example.com/t,https://example.com/t.jpg,Pisa,tenis,azul,40,7,Calçados\n" +
			"T-2,Tênis,Leve,in stock,new,299.90 BRL,,,https://example.com/t,https://example.com/t.jpg,Pisa,tenis,azul,41,0,Calçados\n" +
			"B-1,Bolo,Feito na hora,available for order,new,50.00 BRL,,,https://example.com/b,https://example.com/b.jpg,,,,,,\n" +
			"D-1,Importado,x,in stock,new,10.00 USD,,,https://example.com/d,https://example.com/d.jpg,,,,,,\n"
		report := h.imported(file, false)
		if report.Dialect != "meta" || report.Created != 2 || len(report.Flaws) != 1 || report.Flaws[0].Row != 5 || report.Flaws[0].Column != "price" {
			t.Fatalf("%+v", report)
		}
		list, err := h.List(context.Background(), Search{TenantID: alfa, Query: "tenis"})
		if err != nil || len(list.Items) != 1 {
			t.Fatal(err)
		}
		shoe := list.Items[0]
		if fmt.Sprint(shoe.Options) != "[color size]" || fmt.Sprint(shoe.Variants[1].Options) != "[azul 41]" || shoe.Variants[0].SaleToMS == 0 || shoe.Variants[0].OnHand != 7 {
			t.Errorf("%+v", shoe)
		}
	})
}

func TestAnExportOfShopifyIsRead(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		file := "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Image Position,Status\n" +
			"caneca,Caneca,<p>Boa</p>,Barro,Casa,,TRUE,Title,Default Title,CAN,350,4,39.90,49.90,https://example.com/c.jpg,1,active\n" +
			"caneca,,,,,,,,,,,,,,https://example.com/c2.jpg,2,\n"
		report := h.imported(file, false)
		if report.Dialect != "shopify" || report.Created != 1 || len(report.Flaws) != 0 {
			t.Fatalf("%+v", report)
		}
		list, err := h.List(context.Background(), Search{TenantID: alfa})
		if err != nil || len(list.Items) != 1 {
			t.Fatal(err)
		}
		cup := list.Items[0]
		if len(cup.Options) != 0 || cup.Variants[0].Price != 4990 || cup.Variants[0].SalePrice != 3990 || cup.Variants[0].WeightG != 350 || len(cup.Images) != 2 {
			t.Errorf("%+v", cup)
		}
	})
}

// One product that the database refuses leaves its neighbours of the same
// transaction alone, and a count below what is promised is refused.
func TestARefusedProductDoesNotTakeOthersAlong(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.mustSave(shirt())
		if err := h.write(func(ctx context.Context, tx *database.Tx) error {
			_, err := h.Hold(ctx, tx, holding("a", "1"), []Take{{p.Variants[0].ID, 5}}, 0)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		report := h.imported("handle,name,sku,price,stock,option1_name,option1_value\n"+
			"um,Um,U1,1,1,,\n"+
			"dois,Dois,CAM-P,1,1,,\n"+ // the SKU of another product
			"camiseta-algodao,Camiseta,CAM-P,49.90,3,Tamanho,P\n"+ // five are promised
			"tres,Três,T3,1,1,,\n", false)
		if report.Created != 2 || report.Refused != 2 || len(report.Flaws) != 2 || report.Flaws[0].Row != 3 || report.Flaws[1].Row != 4 || report.Flaws[1].Column != "stock" {
			t.Fatalf("%+v", report)
		}
		h.audit()
	})
}

func TestWhatIsNoFileOfProductsIsRefused(t *testing.T) {
	for _, text := range []string{"", "a,b,c\n1,2,3\n", "\xff\xfe\x00"} {
		if _, err := readFile(strings.NewReader(text)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := readFile(strings.NewReader("sku\n" + strings.Repeat("x\n", maxRows+1))); !fault.Is(err, fault.TooLarge) {
		t.Error(err)
	}
}

func FuzzReadFile(f *testing.F) {
	f.Add("handle,name,sku,price\na,b,c,1\n")
	f.Add("Handle,Variant SKU,Option1 Name,Option1 Value\na,b,Title,Default Title\n")
	f.Add("id;availability;price;color\n1;in stock;2,00;azul\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := readFile(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, d := range s.products {
			if len(d.Images) > MaxImages {
				t.Fatal("too many images")
			}
			for _, v := range d.Variants {
				if v.Price.Check() != nil || v.OnHand < 0 || len(v.Options) != len(d.Options) {
					t.Fatalf("%+v", v)
				}
			}
		}
	})
}
