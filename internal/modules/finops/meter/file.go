package meter

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
)

// columns of a file. Fields are only added, behind these.
func columns() []string {
	return []string{"deployment", "day", "revision", "company_id", "meter", "of", "count"}
}

// Encode writes a day's file: CSV in gzip, without a time in it, so that the same
// numbers are the same bytes.
func Encode(d Day) ([]byte, error) {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	w := csv.NewWriter(zip)
	if err := w.Write(columns()); err != nil {
		return nil, err
	}
	for _, u := range d.Uses {
		if err := u.check(); err != nil {
			return nil, err
		}
		if err := w.Write(d.record(u)); err != nil {
			return nil, err
		}
	}
	if len(d.Uses) == 0 {
		if err := w.Write(d.record(nothing)); err != nil {
			return nil, err
		}
	}
	w.Flush()
	if err := errors.Join(w.Error(), zip.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// nothing is the row of a day on which nobody used anything: it tells the revision,
// which takes the place of an earlier one that said otherwise.
var nothing = Use{}

func (d Day) record(u Use) []string {
	return []string{d.Deployment, d.Day, strconv.FormatInt(d.Revision, 10), u.CompanyID, string(u.Kind), u.Of, strconv.FormatInt(u.Count, 10)}
}

// Decode reads a day's file, of which name says deployment and day. It takes all
// of it or nothing. Error: fault.Invalid with the row, the header being the
// first, and the column.
func Decode(name string, file io.Reader) (Day, error) {
	d, err := named(name)
	if err != nil {
		return Day{}, err
	}
	zip, err := gzip.NewReader(file)
	if err != nil {
		return Day{}, fault.New(fault.Invalid, "%s is not in gzip", name)
	}
	empty := false
	room := &gate{from: zip, room: maxRow}
	r := csv.NewReader(room)
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil || len(header) < len(columns()) {
		return Day{}, fault.New(fault.Invalid, "%s: row 1: the header must begin with %s", name, strings.Join(columns(), ","))
	}
	for i, column := range columns() {
		if header[i] != column {
			return Day{}, fault.New(fault.Invalid, "%s: row 1, column %s: the header says %q", name, column, header[i])
		}
	}
	for row := 2; ; row++ {
		room.room = maxRow
		record, err := r.Read()
		if errors.Is(err, io.EOF) && d.Revision == 0 {
			return Day{}, fault.New(fault.Invalid, "%s: row 2, column revision: no row tells it", name)
		}
		if errors.Is(err, io.EOF) {
			return d, nil
		}
		if err != nil {
			return Day{}, fault.New(fault.Invalid, "%s: row %d: %v", name, row, err)
		}
		if row-1 > maxFileUses {
			return Day{}, fault.New(fault.TooLarge, "%s: more than %d rows", name, maxFileUses)
		}
		u, err := d.take(record)
		if empty {
			err = fault.OnField("company_id", "the day has nothing, by the row before")
		}
		if err == nil && u == nothing && len(d.Uses) == 0 {
			empty = true
			continue
		}
		if err == nil && u == nothing {
			err = fault.OnField("company_id", "the day has something, by the row before")
		}
		if err == nil && len(d.Uses) > 0 && before(d.Uses[len(d.Uses)-1], u) >= 0 {
			err = fault.OnField("company_id", "the rows are not sorted, or one comes twice")
		}
		if err != nil {
			return Day{}, located(name, row, err)
		}
		d.Uses = append(d.Uses, u)
	}
}

// take reads a row; the first one tells the revision.
func (d *Day) take(record []string) (Use, error) {
	if record[0] != d.Deployment {
		return Use{}, fault.OnField("deployment", "%q is not that of the file's name", record[0])
	}
	if record[1] != d.Day {
		return Use{}, fault.OnField("day", "%q is not that of the file's name", record[1])
	}
	revision, err := strconv.ParseInt(record[2], 10, 64)
	if err != nil || revision < 1 || d.Revision != 0 && revision != d.Revision {
		return Use{}, fault.OnField("revision", "%q must be one number from 1 in all rows", record[2])
	}
	d.Revision = revision
	count, err := strconv.ParseInt(record[6], 10, 64)
	if err != nil || strconv.FormatInt(count, 10) != record[6] {
		return Use{}, fault.OnField("count", "%q is no whole number", record[6])
	}
	u := Use{CompanyID: strings.Clone(record[3]), Kind: Kind(strings.Clone(record[4])), Of: strings.Clone(record[5]), Count: count}
	if u == nothing {
		return u, nil
	}
	return u, u.check()
}

// named reads deployment and day out of a file's name. Error: fault.Invalid.
func named(name string) (Day, error) {
	parts := strings.Split(name, "/")
	if len(parts) < 2 {
		return Day{}, fault.New(fault.Invalid, "%q is not named <deployment>/<day>.csv.gz", name)
	}
	deployment := parts[len(parts)-2]
	day, ok := strings.CutSuffix(parts[len(parts)-1], ".csv.gz")
	if _, _, err := bounds(day); err != nil || !ok || deployment == "" || len(deployment) > 64 || !plain(deployment) {
		return Day{}, fault.New(fault.Invalid, "%q is not named <deployment>/<day>.csv.gz", name)
	}
	return Day{Deployment: deployment, Day: day}, nil
}

func located(name string, row int, err error) error {
	var wrong *fault.Error
	if errors.As(err, &wrong) {
		return &fault.Error{Code: fault.Invalid, Field: wrong.Field, Message: name + ": row " + strconv.Itoa(row) + ", column " + wrong.Field + ": " + wrong.Message}
	}
	return err
}

// maxRow is how much of a file is unpacked for one row: what csv reads ahead, and
// the longest row. Some bytes of gzip may stand for a row without an end.
const maxRow = 1 << 16

// gate lets through what a row may take; it is given room for each.
type gate struct {
	from io.Reader
	room int
}

// Read implements io.Reader.
func (g *gate) Read(p []byte) (int, error) {
	if g.room <= 0 {
		return 0, errors.New("is longer than a row may be")
	}
	n, err := g.from.Read(p)
	g.room -= n
	return n, err
}
