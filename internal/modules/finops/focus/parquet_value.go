package focus

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// cellText writes a value as CSV would hold it.
func cellText(node parquet.Node, value parquet.Value) (string, error) {
	if value.IsNull() {
		return "", nil
	}
	var logical *format.LogicalType
	if kind := node.Type(); kind != nil {
		logical = kind.LogicalType()
	}
	switch value.Kind() {
	case parquet.Boolean:
		return strconv.FormatBool(value.Boolean()), nil
	case parquet.Int32:
		return integerText(logical, int64(value.Int32()))
	case parquet.Int64:
		return integerText(logical, value.Int64())
	case parquet.Int96:
		return int96Text(value), nil
	case parquet.Float:
		return strconv.FormatFloat(float64(value.Float()), 'g', -1, 32), nil
	case parquet.Double:
		return strconv.FormatFloat(value.Double(), 'g', -1, 64), nil
	case parquet.ByteArray, parquet.FixedLenByteArray:
		if scale, ok := scaleOf(logical); ok {
			return decimalText(signed(value.ByteArray()), scale)
		}
		return string(value.ByteArray()), nil
	default:
		return "", fmt.Errorf("a value of the kind %s is not read", value.Kind())
	}
}

// integerText writes what an integer stands for.
func integerText(logical *format.LogicalType, n int64) (string, error) {
	if scale, ok := scaleOf(logical); ok {
		return decimalText(big.NewInt(n), scale)
	}
	if logical == nil {
		return strconv.FormatInt(n, 10), nil
	}
	switch kind := logical.Value.(type) {
	case *format.DateType:
		return time.Unix(0, 0).UTC().AddDate(0, 0, int(n)).Format(time.RFC3339), nil
	case *format.TimestampType:
		switch kind.Unit.Value.(type) {
		case *format.MilliSeconds:
			return time.UnixMilli(n).UTC().Format(time.RFC3339Nano), nil
		case *format.MicroSeconds:
			return time.UnixMicro(n).UTC().Format(time.RFC3339Nano), nil
		case *format.NanoSeconds:
			return time.Unix(n/1e9, n%1e9).UTC().Format(time.RFC3339Nano), nil
		}
	}
	return strconv.FormatInt(n, 10), nil
}

// int96Text writes the old form of times: nanoseconds of the day, and the day
// by Julius Caesar's count (Apache Parquet, LogicalTypes.md, "Deprecated time
// types").
func int96Text(value parquet.Value) string {
	const epoch = 2_440_588 // the Julian day of 1970-01-01
	raw := value.Int96()
	nanos := uint64(raw[1])<<32 | uint64(raw[0])
	return time.Unix((int64(raw[2])-epoch)*86_400, 0).UTC().Add(time.Duration(nanos)).Format(time.RFC3339Nano)
}

// scaleOf tells how many decimal places a decimal has.
func scaleOf(logical *format.LogicalType) (scale int, ok bool) {
	if logical == nil {
		return 0, false
	}
	kind, ok := logical.Value.(*format.DecimalType)
	if !ok {
		return 0, false
	}
	return int(kind.Scale), true
}

// signed reads a two's complement number, highest byte first.
func signed(raw []byte) *big.Int {
	n := new(big.Int).SetBytes(raw)
	if len(raw) > 0 && raw[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(raw))*8))
	}
	return n
}

// decimalText writes n*10^-scale.
func decimalText(n *big.Int, scale int) (string, error) {
	const most = 38
	if scale < 0 || scale > most || n.BitLen() > 128 {
		return "", fmt.Errorf("a decimal of %d places is not read", scale)
	}
	digits := new(big.Int).Abs(n).String()
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	sign := ""
	if n.Sign() < 0 {
		sign = "-"
	}
	if scale == 0 {
		return sign + digits, nil
	}
	whole, places := digits[:len(digits)-scale], digits[len(digits)-scale:]
	if places = strings.TrimRight(places, "0"); places == "" {
		return sign + whole, nil
	}
	return sign + whole + "." + places, nil
}
