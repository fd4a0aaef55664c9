package expression

import (
	"errors"
	"fmt"
	"strconv"

	"prosa/internal/base/fault"
)

// mistake is what is wrong with a source, in both languages of its authors. As
// an error it is a *fault.Error in English.
type mistake struct {
	fault      *fault.Error
	portuguese string
}

func (m *mistake) Error() string { return m.fault.Error() }

func (m *mistake) Unwrap() error { return m.fault }

// Portuguese says an error of Compile or Parse in Portuguese, where it is one.
func Portuguese(err error) string {
	var m *mistake
	if errors.As(err, &m) {
		return m.portuguese
	}
	return fault.MessageOf(err)
}

// wrong makes a mistake of an English format, which its Portuguese belongs to.
func wrong(code fault.Code, format string, args ...any) *mistake {
	return &mistake{fault: fault.New(code, format, args...), portuguese: fmt.Sprintf(portuguese(format), args...)}
}

// at puts the place in a source before a mistake.
func (m *mistake) at(place int) *mistake {
	return &mistake{
		fault:      fault.New(m.fault.Code, "character %s: %s", strconv.Itoa(place), m.fault.Message),
		portuguese: "letra " + strconv.Itoa(place) + ": " + m.portuguese,
	}
}

// in puts the expression of a template before a mistake.
func (m *mistake) in(source string) *mistake {
	return &mistake{fault: fault.New(m.fault.Code, "{{%s}}: %s", source, m.fault.Message), portuguese: "{{" + source + "}}: " + m.portuguese}
}

func portuguese(format string) string {
	switch format {
	case "an expression has at most %d characters":
		return "uma expressão tem no máximo %d letras"
	case "the expression is not valid UTF-8":
		return "a expressão não é UTF-8 válido"
	case "\"{{\" is not closed by \"}}\"":
		return "\"{{\" não é fechado por \"}}\""
	case "%q is not expected here":
		return "%q não cabe aqui"
	case "nested too deeply":
		return "há parênteses ou sinais demais um dentro do outro"
	case "%q is not a number":
		return "%q não é um número"
	case "something is missing at the end":
		return "falta algo no final"
	case "a name must follow the dot":
		return "depois do ponto vem um nome"
	case "there is no function %q":
		return "não existe a função %q"
	case "%s takes %d values, not %d":
		return "%s recebe %d valores, não %d"
	case "%q is missing":
		return "falta %q"
	case "the text is not closed":
		return "falta fechar as aspas do texto"
	case "%q is not understood":
		return "%q não faz sentido aqui"
	default:
		return format
	}
}
