package br

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/money"
)

func TestTheSumIsThatOfTheStandard(t *testing.T) {
	if got := crc16("123456789"); got != "29B1" { // the check value of CRC-16/CCITT-FALSE
		t.Error(got)
	}
}

// Codes that others made: the manual of Banco Central, a code of a company, and
// one of bacen/pix-api issue 189 with its sum put right as told there.
func TestCodesOfOthers(t *testing.T) {
	for code, want := range map[string]Pix{
		"00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D": {
			Key: "123e4567-e12b-12d1-a456-426655440000", Name: "Fulano de Tal", City: "BRASILIA",
		},
		"00020126330014BR.GOV.BCB.PIX01115794666323452040000530398654041.005802BR5925CLENILTON CRUZ DE ALENCAR6006MANAUS62070503***6304FA88": {
			Key: "57946663234", Name: "CLENILTON CRUZ DE ALENCAR", City: "MANAUS", Amount: 100,
		},
		// The dynamic code of the same manual: its data stands behind the address.
		"00020101021226700014br.gov.bcb.pix2548pix.example.com/8b3da2f39a4140d1a91abd93113bd4415204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***630464E4": {
			URL: "pix.example.com/8b3da2f39a4140d1a91abd93113bd441", Name: "Fulano de Tal", City: "BRASILIA",
		},
		// The example of the manual of BR Code, with the fields of another scheme
		// beside those of Pix.
		"00020104141234567890123426580014BR.GOV.BCB.PIX0136123e4567-e12b-12d1-a456-42665544000027300012BR.COM.OUTRO011001234567895204000053039865406123.455802BR5917NOME DO RECEBEDOR6008BRASILIA61087007490062190515RP12345678-201980390012BR.COM.OUTRO01190123.ABCD.3456.WXYZ6304AD38": {
			Key: "123e4567-e12b-12d1-a456-426655440000", Name: "NOME DO RECEBEDOR", City: "BRASILIA", Amount: 12345, TxID: "RP12345678-2019",
		},
		"0020101021226990014br.gov.bcb.pix": {},
	} {
		got, err := ParsePix(code)
		if (err == nil) != (want.Name != "") || err == nil && got != want {
			t.Errorf("%s is %+v, %v", code, got, err)
		}
	}
	// The same data gives the same text.
	code, err := Pix{Key: "123e4567-e12b-12d1-a456-426655440000", Name: "Fulano de Tal", City: "BRASILIA"}.Code()
	if err != nil || !strings.HasSuffix(code, "62070503***63041D3D") {
		t.Error(code, err)
	}
}

// A length of 08 for 7 characters, with a sum that is right for it: a code that
// is in use as an example and that no bank reads. And a sum that is wrong.
func TestBadCodes(t *testing.T) {
	good := "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***6304"
	bad := strings.Replace(good, "62070503***", "62080503***", 1)
	for _, code := range []string{
		bad + crc16(bad), good + "1D3C", good, "", "6304", good[:40],
		"0020101021226990014br.gov.bcb.pix2577qrcode.pix.bancobmg.com.br/qrs1/01mWFiCMHqRMdrkzWFWazsiurgfoqpsJFbuXx3IcpRqfj52040000530398654040.015802BR5917JEFFERSON F SOUZA6009SAO PAULO62290525QRS1-F5CMMUTDLOVWF8UBT7Q4630413DF",
	} {
		if got, err := ParsePix(code); err == nil {
			t.Errorf("%s is %+v", code, got)
		}
	}
}

func TestWhatNoCodeCanSay(t *testing.T) {
	good := Pix{Key: "a@b.c", Name: "Padaria", City: "Recife"}
	for name, spoil := range map[string]func(p *Pix){
		"no key": func(p *Pix) { p.Key = "" }, "both": func(p *Pix) { p.URL = "x" }, "accent in the key": func(p *Pix) { p.Key = "é" },
		"no name": func(p *Pix) { p.Name = "ção"[:0] }, "no city": func(p *Pix) { p.City = "日本" }, "txid": func(p *Pix) { p.TxID = "a-b" },
		"long txid": func(p *Pix) { p.TxID = strings.Repeat("a", 26) }, "amount": func(p *Pix) { p.Amount = -1 },
	} {
		p := good
		spoil(&p)
		if code, err := p.Code(); err == nil {
			t.Errorf("%s: %s", name, code)
		}
	}
}

func TestAccentsComeOff(t *testing.T) {
	code, err := Pix{Key: "a@b.c", Name: "Pão de Açúcar São José Ltda", City: "São Luís do Maranhão"}.Code()
	if err != nil || !strings.Contains(code, "5925Pao de Acucar Sao Jose Lt6015Sao Luis do Mar") {
		t.Error(code, err)
	}
}

func TestWhatIsSpelledIsReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Pix{
			Key: rapid.StringMatching(`[a-z0-9+@.-]{1,77}`).Draw(t, "key"), Name: rapid.StringMatching(`[A-Za-zÀ-ü][A-Za-zÀ-ü ]{0,40}x`).Draw(t, "name"),
			City: rapid.StringMatching(`[A-Zé]{1,20}`).Draw(t, "city"), TxID: rapid.StringMatching(`[A-Za-z0-9]{0,25}`).Draw(t, "txid"),
			Note: rapid.StringMatching(`[a-z ]{0,60}`).Draw(t, "note"), Amount: money.Amount(rapid.Int64Range(0, 1<<40).Draw(t, "amount")),
		}
		code, err := p.Code()
		if err != nil {
			t.Skip(err)
		}
		got, err := ParsePix(code)
		if err != nil || got.Key != p.Key || got.Amount != p.Amount || got.TxID != p.TxID || len(got.Name) > 25 || len(got.City) > 15 {
			t.Fatalf("%+v is %s is %+v, %v", p, code, got, err)
		}
	})
}

func FuzzParsePix(f *testing.F) {
	f.Add("00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***")
	f.Add("26")
	f.Fuzz(func(t *testing.T, body string) {
		body += "6304"
		if p, err := ParsePix(body + crc16(body)); err == nil && (p.Amount < 0 || p.Key == "" && p.URL == "") {
			t.Fatalf("%+v", p)
		}
	})
}
