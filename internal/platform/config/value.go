package config

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Size is a number of bytes, written with a unit: "512", "64KB", "64MB",
// "2GiB". KB, MB and GB are powers of 1,024, as KiB, MiB and GiB are.
type Size int64

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(text []byte) error {
	digits, factor := strings.TrimSpace(string(text)), int64(1)
	if digits == "" {
		*s = 0
		return nil
	}
	digits = strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(digits), "B"), "I")
	if cut := len(digits) - 1; cut >= 0 {
		if power := strings.IndexByte("KMGT", digits[cut]); power >= 0 {
			digits, factor = digits[:cut], 1<<(10*(power+1))
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/factor {
		return errors.New("not a size such as 512, 64KB or 2GB")
	}
	*s = Size(n * factor)
	return nil
}

// String gives the size with the largest unit that divides it.
func (s Size) String() string {
	n := int64(s)
	for _, unit := range []struct {
		name  string
		bytes int64
	}{{"TB", 1 << 40}, {"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}} {
		if n != 0 && n%unit.bytes == 0 {
			return strconv.FormatInt(n/unit.bytes, 10) + unit.name
		}
	}
	return strconv.FormatInt(n, 10)
}

// parse sets value from text; an empty text is the zero value.
func parse(value reflect.Value, text string) error {
	if text == "" {
		value.SetZero()
		return nil
	}
	switch target := value.Addr().Interface().(type) {
	case encoding.TextUnmarshaler:
		return target.UnmarshalText([]byte(text))
	case *time.Duration:
		d, err := time.ParseDuration(text)
		*target = d
		return wrap(err, "not a duration such as 90s or 1m30s")
	case *url.URL:
		return parseURL(target, text)
	}
	bits := 0
	if value.CanInt() || value.CanUint() || value.CanFloat() {
		bits = value.Type().Bits()
	}
	switch value.Kind() {
	case reflect.String:
		value.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		value.SetBool(b)
		return wrap(err, "not true or false")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, bits)
		value.SetInt(n)
		return wrap(err, "not a whole number that fits")
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := strconv.ParseUint(text, 10, bits)
		value.SetUint(n)
		return wrap(err, "not a whole number from 0 that fits")
	case reflect.Float32, reflect.Float64:
		f, err := strconv.ParseFloat(text, bits)
		value.SetFloat(f)
		return wrap(err, "not a number")
	case reflect.Slice:
		return parseList(value, text)
	default:
		return fmt.Errorf("a variable can't hold a %s", value.Type())
	}
	return nil
}

func wrap(err error, message string) error {
	if err == nil {
		return nil
	}
	return errors.New(message)
}

func parseURL(target *url.URL, text string) error {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Host == "" || parsed.Scheme == "" {
		return errors.New("not a whole URL such as https://example.com")
	}
	*target = *parsed
	return nil
}

func parseList(value reflect.Value, text string) error {
	parts := strings.Split(text, ",")
	list := reflect.MakeSlice(value.Type(), 0, len(parts))
	for _, part := range parts {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		item := reflect.New(value.Type().Elem()).Elem()
		if err := parse(item, part); err != nil {
			return err
		}
		list = reflect.Append(list, item)
	}
	value.Set(list)
	return nil
}

// show spells a value as the variable would.
func show(value reflect.Value) string {
	switch v := value.Addr().Interface().(type) {
	case *url.URL:
		return v.Redacted()
	case fmt.Stringer:
		return v.String()
	case encoding.TextMarshaler:
		text, err := v.MarshalText()
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
	if value.Kind() == reflect.Slice {
		parts := make([]string, value.Len())
		for i := range parts {
			parts[i] = show(value.Index(i))
		}
		return strings.Join(parts, ",")
	}
	return fmt.Sprint(value.Interface())
}
