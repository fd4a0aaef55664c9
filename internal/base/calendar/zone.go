package calendar

import "time"

// Zone gives a zone of Brazil by its IANA name, as it is since 2019, when summer
// time was abolished (Decreto 9.772/2019): times before then may be an hour off.
func Zone(name string) (zone *time.Location, known bool) {
	hours := 0
	switch name {
	case "America/Noronha":
		hours = -2
	case "America/Sao_Paulo", "America/Araguaina", "America/Bahia", "America/Belem", "America/Fortaleza", "America/Maceio", "America/Recife", "America/Santarem":
		hours = -3
	case "America/Boa_Vista", "America/Campo_Grande", "America/Cuiaba", "America/Manaus", "America/Porto_Velho":
		hours = -4
	case "America/Eirunepe", "America/Rio_Branco":
		hours = -5
	default:
		return nil, false
	}
	return time.FixedZone(name, hours*60*60), true
}
