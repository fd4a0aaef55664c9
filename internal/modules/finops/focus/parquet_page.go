package focus

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const (
	// mostPage is how large a page may be, unpacked; writers make them of one MiB.
	mostPage = 64 << 20
	// mostValues is how many values a column may have for each row: tags.
	mostValues = 64
)

// checkFooter looks at how long the description at the end says to be, before
// room is made for it: four bytes in front of the last four.
func checkFooter(file io.ReaderAt, size int64) error {
	const around, most = 12, 256 << 20 // the marks and the length itself
	var end [8]byte
	if size < around {
		return &Refusal{Rule: NotReadable, Message: "is no Parquet that can be read, or was cut off"}
	}
	if _, err := file.ReadAt(end[:], size-int64(len(end))); err != nil {
		return err
	}
	if length := int64(binary.LittleEndian.Uint32(end[:4])); string(end[4:]) != "PAR1" || length > size-around || length > most {
		return &Refusal{Rule: NotReadable, Message: "is no Parquet that can be read, or was cut off"}
	}
	return nil
}

// checkPages looks at what each page says of itself before one is unpacked: a
// run of a few bytes may stand for two thousand million values, and the library
// makes room for what it is told.
func checkPages(file io.ReaderAt, size int64, meta *format.FileMetaData) error {
	for _, group := range meta.RowGroups {
		for i := range group.Columns {
			chunk := &group.Columns[i].MetaData
			most := max(1, group.NumRows) * mostValues
			if chunk.NumValues < 0 || chunk.NumValues > most {
				return errPages()
			}
			if err := checkChunk(file, size, chunk, most); err != nil {
				return err
			}
		}
	}
	return nil
}

func errPages() error {
	return &Refusal{Rule: TooLarge, Message: "a page of the file is larger than a bill's may be, or is none"}
}

func checkChunk(file io.ReaderAt, size int64, chunk *format.ColumnMetaData, most int64) error {
	at := chunk.DataPageOffset
	if chunk.DictionaryPageOffset > 0 && chunk.DictionaryPageOffset < at {
		at = chunk.DictionaryPageOffset
	}
	end := at + chunk.TotalCompressedSize
	if at < 0 || chunk.TotalCompressedSize < 0 || end > size || end < at {
		return errPages()
	}
	values := int64(0)
	for at < end {
		counted := &counter{from: io.NewSectionReader(file, at, end-at)}
		buffered := bufio.NewReaderSize(counted, 512)
		var header format.PageHeader
		protocol := thrift.CompactProtocol{}
		if err := thrift.NewDecoder(protocol.NewReader(buffered)).Decode(&header); err != nil {
			if errors.Is(err, io.EOF) {
				return nil // what follows the last page
			}
			return errPages()
		}
		if header.CompressedPageSize < 0 || header.UncompressedPageSize < 0 || header.UncompressedPageSize > mostPage {
			return errPages()
		}
		for _, n := range []int32{header.DataPageHeader.V.NumValues, header.DataPageHeaderV2.V.NumValues, header.DictionaryPageHeader.V.NumValues} {
			if n < 0 {
				return errPages()
			}
			values += int64(n)
		}
		if values > 2*most { // a dictionary may hold as many as the pages do
			return errPages()
		}
		at += counted.read - int64(buffered.Buffered()) + int64(header.CompressedPageSize)
	}
	return nil
}

// counter counts what was read.
type counter struct {
	from io.Reader
	read int64
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.read += int64(n)
	return n, err
}
