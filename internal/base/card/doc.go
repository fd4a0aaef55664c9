// Package card recognizes the number of a payment card in a text, so that none is
// ever stored: cards are typed on the vendor's page alone (PCI DSS, SAQ A).
//
// A number is 15 to 19 digits, in one piece or in groups, that begin as those of
// an issuer do and whose last digit agrees (ISO/IEC 7812-1, annex B: Luhn). Shorter
// ones, which hardly anybody issues any more, are not told from a CNPJ, a telephone
// or a state registration, and are not looked for.
package card
