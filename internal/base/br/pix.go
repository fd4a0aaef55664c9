package br

import (
	"strconv"
	"strings"
	"unicode"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
)

// Pix is what a BR Code says. Source: Banco Central do Brasil, "Manual de
// padrões para iniciação do Pix"; EMV QR Code Specification for Payment
// Systems, merchant-presented mode.
type Pix struct {
	// Key of a static code: a CPF, CNPJ, phone, e-mail or random key.
	Key string
	// URL of a dynamic code, without its scheme; then there is no key.
	URL string
	// Note is shown to the payer; static codes only.
	Note string
	// Name and City of who is paid: at most 25 and 15 characters.
	Name, City string
	// Amount asked, 0 when the payer types it.
	Amount money.Amount
	// TxID names the payment: 1 to 25 letters and digits, empty for none.
	TxID string
}

const pixDomain = "br.gov.bcb.pix"

// Code spells the BR Code, the text of "Pix copia e cola". Accents are taken
// off, since lengths count characters. Error: fault.Invalid.
func (p Pix) Code() (string, error) {
	name, city, note := ascii(p.Name, 25), ascii(p.City, 15), ascii(p.Note, 40)
	switch {
	case (p.Key == "") == (p.URL == ""):
		return "", fault.OnField("key", "a code has a key, or an address")
	case ascii(p.Key, 77) != p.Key || ascii(p.URL, 77) != p.URL:
		return "", fault.OnField("key", "must be plain characters, at most 77")
	case name == "" || city == "":
		return "", fault.OnField("name", "who is paid, and their city, must be named")
	case p.Amount.Check() != nil:
		return "", fault.OnField("amount", "%s", fault.MessageOf(p.Amount.Check()))
	case len(p.TxID) > 25 || strings.IndexFunc(p.TxID, func(r rune) bool { return r > 'z' || !unicode.IsLetter(r) && !unicode.IsDigit(r) }) >= 0:
		return "", fault.OnField("txid", "has 1 to 25 letters and digits")
	}
	account := tlv("00", pixDomain)
	if p.Key != "" {
		account += tlv("01", p.Key)
	} else {
		account += tlv("25", p.URL)
	}
	if room := 99 - len(account) - 4; note != "" && p.Key != "" && room > 0 {
		account += tlv("02", note[:min(len(note), room)])
	}
	code := tlv("00", "01")
	if p.URL != "" {
		code += tlv("01", "12")
	}
	code += tlv("26", account) + tlv("52", "0000") + tlv("53", "986")
	if p.Amount > 0 {
		code += tlv("54", p.Amount.Decimal())
	}
	txid := p.TxID
	if txid == "" || p.URL != "" {
		txid = "***"
	}
	code += tlv("58", "BR") + tlv("59", name) + tlv("60", city) + tlv("62", tlv("05", txid)) + "6304"
	return code + crc16(code), nil
}

// ParsePix reads a BR Code and checks its sum and its lengths. Error:
// fault.Invalid.
func ParsePix(code string) (p Pix, err error) {
	if len(code) < 8 || len(code) > 512 || code[len(code)-8:len(code)-4] != "6304" || !strings.EqualFold(crc16(code[:len(code)-4]), code[len(code)-4:]) {
		return p, fault.New(fault.Invalid, "the sum of the code is wrong")
	}
	fields, err := readTLV(code)
	if err != nil {
		return p, err
	}
	account, err := readTLV(fields["26"])
	if err != nil {
		return p, err
	}
	more, err := readTLV(fields["62"])
	if err != nil {
		return p, err
	}
	if !strings.EqualFold(account["00"], pixDomain) || fields["53"] != "986" || fields["58"] != "BR" || fields["00"] != "01" {
		return p, fault.New(fault.Invalid, "the code is none of Pix")
	}
	p = Pix{Key: account["01"], URL: account["25"], Note: account["02"], Name: fields["59"], City: fields["60"]}
	if p.TxID = more["05"]; p.TxID == "***" {
		p.TxID = ""
	}
	if text, ok := fields["54"]; ok {
		if p.Amount, err = money.ParseDecimal(text); err != nil {
			return p, err
		}
	}
	if (p.Key == "") == (p.URL == "") {
		return p, fault.New(fault.Invalid, "the code has neither a key nor an address")
	}
	return p, nil
}

func tlv(tag, value string) string {
	size := strconv.Itoa(len(value))
	if len(size) < 2 {
		size = "0" + size
	}
	return tag + size + value
}

// readTLV reads a row of tag, two digits of length, and value to its end.
func readTLV(text string) (map[string]string, error) {
	fields := map[string]string{}
	for rest := text; rest != ""; {
		if len(rest) < 4 {
			return nil, fault.New(fault.Invalid, "the code breaks off")
		}
		size, err := strconv.ParseUint(rest[2:4], 10, 8)
		if err != nil || len(rest) < 4+int(size) {
			return nil, fault.New(fault.Invalid, "the length of field %s is wrong", rest[:2])
		}
		if _, twice := fields[rest[:2]]; twice {
			return nil, fault.New(fault.Invalid, "field %s is there twice", rest[:2])
		}
		fields[rest[:2]], rest = rest[4:4+size], rest[4+size:]
	}
	return fields, nil
}

// crc16 is CRC-16/CCITT-FALSE in four hexadecimal digits: polynomial 1021,
// initial FFFF, nothing reflected.
func crc16(text string) string {
	crc := uint16(0xffff)
	for _, c := range []byte(text) {
		crc ^= uint16(c) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	hex := strings.ToUpper(strconv.FormatUint(uint64(crc), 16))
	return strings.Repeat("0", 4-len(hex)) + hex
}

// accented are the letters of Portuguese and its neighbours by their bare ones,
// A, a, C, c and so on.
var accented = [...]string{"ÁÀÂÃÄÅ", "áàâãäå", "Ç", "ç", "ÉÈÊË", "éèêë", "ÍÌÎÏ", "íìîï", "Ñ", "ñ", "ÓÒÔÕÖ", "óòôõö", "ÚÙÛÜ", "úùûü"}

// ascii takes accents off, drops what is left outside of plain characters, and
// cuts to a length.
func ascii(text string, most int) string {
	var out strings.Builder
	for _, r := range text {
		for i, letters := range accented {
			if strings.ContainsRune(letters, r) {
				r = rune("AaCcEeIiNnOoUu"[i])
				break
			}
		}
		if r >= ' ' && r <= '~' {
			out.WriteRune(r)
		}
	}
	plain := strings.TrimSpace(out.String())
	return strings.TrimSpace(plain[:min(len(plain), most)])
}
