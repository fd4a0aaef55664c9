package trial

import (
	"strconv"
	"strings"

	"prosa/internal/message"
)

// Sentence says why the test failed in words that a lay person understands;
// empty when it passed. lang is "en" or anything else for Brazilian Portuguese.
func (r Result) Sentence(lang string) string {
	if r.Passed || r.why == nil {
		return ""
	}
	text, en := r.why.pattern()
	before, nothing := "No passo $step, ", "(nada)"
	if lang == "en" {
		text, before, nothing = en, "At step $step, ", "(nothing)"
	}
	gaps := []string{"$step", strconv.Itoa(r.Step + 1), "$name", r.why.name}
	for gap, value := range map[string]string{"$expected": r.why.expected, "$got": r.why.got} {
		if value == "" {
			gaps = append(gaps, `"`+gap+`"`, nothing, gap, nothing)
		} else {
			gaps = append(gaps, gap, short(value))
		}
	}
	return strings.NewReplacer(gaps...).Replace(before + text)
}

func (f *failure) pattern() (pt, en string) {
	switch f.code {
	case badTest:
		return `a hora "$got" não tem a forma $expected.`, `the time "$got" has not the form $expected.`
	case noChoice:
		return `o cliente escolheria "$expected", mas o robô não mostrou opções.`, `the customer would pick "$expected", but the bot has shown no options.`
	case noOption:
		return `não existe a opção "$expected"; as opções são: $got.`, `there is no option "$expected"; the options are: $got.`
	case noAsk:
		return `nenhuma chamada web esperava resposta.`, `no web call waited for an answer.`
	case silent:
		if f.expected == "" {
			return `o robô não disse nada.`, `the bot said nothing.`
		}
		return `o robô deveria dizer "$expected", mas não disse mais nada.`, `the bot should say "$expected", but said nothing more.`
	case text:
		return `o robô deveria dizer "$expected", mas disse "$got".`, `the bot should say "$expected", but said "$got".`
	case contains:
		return `o robô deveria falar em "$expected", mas disse "$got".`, `the bot should mention "$expected", but said "$got".`
	case kind:
		return `o robô deveria mandar "$expected", mas mandou "$got".`, `the bot should send "$expected", but sent "$got".`
	case options:
		return `as opções deveriam ser "$expected", mas foram "$got".`, `the options should be "$expected", but were "$got".`
	case node:
		return `a conversa deveria estar em "$expected", mas está em "$got".`, `the conversation should be at "$expected", but is at "$got".`
	case status:
		return `a conversa deveria estar "` + statusName(f.expected, "pt") + `", mas está "` + statusName(f.got, "pt") + `".`,
			`the conversation should be "` + statusName(f.expected, "en") + `", but is "` + statusName(f.got, "en") + `".`
	case team:
		return `a equipe "$expected" deveria receber a conversa, mas foi "$got".`, `the team "$expected" should get the conversation, but it was "$got".`
	case reasonIs:
		return `o motivo deveria ser "$expected", mas foi "$got".`, `the reason should be "$expected", but was "$got".`
	case variable:
		return `a variável "$name" deveria valer "$expected", mas vale "$got".`, `the variable "$name" should be "$expected", but is "$got".`
	case field:
		return `o campo "$name" do contato deveria ficar "$expected", mas ficou "$got".`, `the contact's field "$name" should become "$expected", but became "$got".`
	case tag:
		return `o contato deveria ter a etiqueta "$expected"; tem: $got.`, `the contact should have the tag "$expected"; it has: $got.`
	case score:
		return `a nota deveria ser $expected, mas foi $got.`, `the score should be $expected, but was $got.`
	default:
		return `o teste foi interrompido.`, `the test was interrupted.`
	}
}

func statusName(status, lang string) string {
	pt, en := "nova", "new"
	switch status {
	case "waiting":
		pt, en = "esperando o cliente", "waiting for the customer"
	case "ended":
		pt, en = "encerrada", "over"
	case "handed_off":
		pt, en = "com uma pessoa", "with a person"
	case "failed":
		pt, en = "com uma pessoa, depois de uma falha", "with a person, after a failure"
	}
	if lang == "en" {
		return en
	}
	return pt
}

// short keeps a sentence a sentence, and its quotation marks its own.
func short(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return strings.ReplaceAll(message.Size{Max: 120, Unit: message.Runes}.Cut(text), `"`, "'")
}
