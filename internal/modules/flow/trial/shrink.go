package trial

import (
	"context"
	"strings"

	"prosa/internal/modules/flow"
)

// maxTries bounds the conversations that shrinking plays.
const maxTries = 600

// shrink looks for a shorter conversation that breaks the same rule: it leaves
// out steps, first many at a time, then makes what is left plainer, until
// nothing more can go.
func shrink(ctx context.Context, subject *Subject, test Test, found *broken) Test {
	tries := 0
	still := func(candidate Test) bool {
		if tries++; tries > maxTries || ctx.Err() != nil {
			return false
		}
		got := replay(subject, &candidate).broken
		return got != nil && got.rule == found.rule
	}
	for again := true; again; {
		again = false
		for size := max(1, len(test.Steps)/2); size >= 1; size = fewer(size) {
			for at := 0; at+size <= len(test.Steps); {
				shorter := test
				shorter.Steps = append(append([]Step(nil), test.Steps[:at]...), test.Steps[at+size:]...)
				if still(shorter) {
					test, again = shorter, true
				} else {
					at += size
				}
			}
		}
		for at := range test.Steps {
			for _, plainer := range plainer(test.Steps[at]) {
				simpler := test
				simpler.Steps = append([]Step(nil), test.Steps...)
				simpler.Steps[at] = plainer
				if still(simpler) {
					test, again = simpler, true
					break
				}
			}
		}
	}
	plain := test
	plain.Contact = flow.Contact{}
	if still(plain) {
		test = plain
	}
	return test
}

// fewer gives the next smaller number of steps to leave out: half of many, of a
// few one less, since a question and its answer go together or not at all.
func fewer(size int) int {
	if size > 6 {
		return size / 2
	}
	return size - 1
}

// plainer gives simpler steps to try instead of one, the simplest first. Each is
// shorter than the step, so that trying ends.
func plainer(step Step) []Step {
	var out []Step
	switch {
	case step.Customer != nil:
		c := *step.Customer
		if c.Quick {
			c.Quick = false
			out = append(out, Step{Customer: &c})
		}
		if c.Tap != "" && c.Text != "" {
			out = append(out, Step{Customer: &Customer{Text: c.Text}})
		}
		if c := *step.Customer; len(c.Text) > 2 && c.Tap == "" && c.Media == "" {
			out = append(out, Step{Customer: &Customer{Text: "oi"}})
			if half := strings.ToValidUTF8(c.Text[:len(c.Text)/2], ""); half != "" && len(half) > 2 {
				c.Text = half
				out = append(out, Step{Customer: &c})
			}
		}
	case step.Answer != nil && len(step.Answer.Raw)+len(step.Answer.Body)+len(step.Answer.Error) > 2:
		out = append(out, Step{Answer: &Answer{OK: step.Answer.OK, Status: step.Answer.Status, Late: step.Answer.Late}})
	}
	return out
}

// Sentence says what was found in words that a lay person understands; lang is
// "en" or anything else for Brazilian Portuguese.
func (f Finding) Sentence(lang string) string {
	pt, en := "", ""
	switch f.Invariant {
	case RuleSilence:
		pt, en = "O cliente escreveu e ficou sem resposta", "The customer wrote and got no answer"
	case RuleBurst:
		pt, en = "O cliente receberia mensagens demais de uma vez", "The customer would get too many messages at once"
	case RulePerson:
		pt, en = "Quem pede um atendente aqui não chega a uma pessoa", "Who asks for a person here does not reach one"
	case RuleFailure:
		pt, en = "A conversa falhou e caiu no pedido de desculpas", "The conversation failed and fell back on the apology"
	case RuleState:
		pt, en = "A conversa guarda dados demais", "The conversation keeps too much data"
	case RuleReplay:
		pt, en = "A mesma mensagem deu duas respostas diferentes", "The same message gave two different answers"
	case RuleLimits:
		pt, en = "Uma mensagem não cabe no canal", "A message does not fit the channel"
	case RuleOver:
		pt, en = "A conversa terminou sem encerrar e sem chamar uma pessoa, ou continuou sem prazo", "The conversation stopped without an end or a person, or went on without a time limit"
	case RuleStale:
		pt, en = "Um botão de uma mensagem antiga foi aceito como resposta", "A button of an older message was taken for an answer"
	default:
		pt, en = "O fluxo recusou um passo da conversa", "The flow refused a step of the conversation"
	}
	text, at := pt, " em "
	if lang == "en" {
		text, at = en, " at "
	}
	if f.Node != "" {
		text += at + `"` + f.Node + `"`
	}
	return text + "."
}
