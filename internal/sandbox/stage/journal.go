package stage

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"prosa/internal/base/fault"
)

// syncEvery bounds what a power cut can take. Losing the process loses
// nothing: Flush has handed the bytes to the kernel.
const syncEvery = 200 * time.Millisecond

// Journal is an append-only file of (key, JSON value) records, of which the
// last one of a key counts. Each line is a checksum, a key and a value; a torn
// last line is cut off when the file is opened again.
//
// Put only appends to memory; Flush writes all that waits in one call, so that
// concurrent callers share it. A nil *Journal is valid and keeps nothing.
type Journal struct {
	mu      sync.Mutex // guards pending, puts, failed
	pending []byte
	puts    uint64
	failed  error

	write   sync.Mutex // held while writing; guards file, written, dirty, closed
	file    *os.File
	path    string
	spare   []byte
	written uint64
	dirty   bool
	closed  bool
	stop    chan struct{}
	done    chan struct{}
}

// Record is a key with the value it had last.
type Record struct {
	Key   string
	Value json.RawMessage
}

// OpenJournal opens or creates dir/name and gives the live records in the
// order in which their keys were first put. A file that is mostly history is
// rewritten first.
func OpenJournal(dir, name string) (*Journal, []Record, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, nil, fault.Wrap(err, fault.Unavailable, "the sandbox's folder cannot be made")
	}
	path := filepath.Join(dir, name)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Unavailable, "the sandbox's journal cannot be opened")
	}
	records, lines, good, err := readRecords(file)
	if err == nil {
		// Cut a torn tail, so that the next record does not join it.
		err = file.Truncate(good)
	}
	if err == nil {
		_, err = file.Seek(good, io.SeekStart)
	}
	if err != nil {
		_ = file.Close()
		return nil, nil, fault.Wrap(err, fault.Unavailable, "the sandbox's journal cannot be read")
	}
	j := &Journal{file: file, path: path, stop: make(chan struct{}), done: make(chan struct{})}
	if lines > 1000 && lines > 2*len(records) {
		if err := j.rewrite(records); err != nil {
			_ = file.Close()
			return nil, nil, err
		}
	}
	go j.syncLoop()
	return j, records, nil
}

// readRecords gives the live records, the number of lines and the offset at
// which the last whole line ends.
func readRecords(r io.Reader) (records []Record, lines int, good int64, err error) {
	reader := bufio.NewReaderSize(r, 1<<16)
	place := map[string]int{}
	for {
		line, err := reader.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break // what has no newline was being written when the process died
		}
		if err != nil {
			return nil, 0, 0, err
		}
		key, value, ok := parseLine(line[:len(line)-1])
		if !ok {
			break
		}
		good += int64(len(line))
		lines++
		at, known := place[key]
		if !known {
			at = len(records)
			place[key] = at
			records = append(records, Record{Key: key})
		}
		records[at].Value = value
	}
	live := records[:0]
	for _, record := range records {
		if len(record.Value) > 0 {
			live = append(live, record)
		}
	}
	return live, lines, good, nil
}

func parseLine(line []byte) (key string, value json.RawMessage, ok bool) {
	if len(line) < 10 || line[8] != '\t' {
		return "", nil, false
	}
	sum, err := strconv.ParseUint(string(line[:8]), 16, 32)
	if err != nil || uint32(sum) != crc32.ChecksumIEEE(line[9:]) {
		return "", nil, false
	}
	rawKey, rawValue, found := bytes.Cut(line[9:], []byte{'\t'})
	return string(rawKey), rawValue, found
}

func appendLine(out []byte, key string, value []byte) []byte {
	start := len(out)
	out = append(out, "00000000\t"...)
	out = append(out, key...)
	out = append(out, '\t')
	out = append(out, value...)
	sum := strconv.FormatUint(uint64(crc32.ChecksumIEEE(out[start+9:])), 16)
	copy(out[start+8-len(sum):], sum)
	return append(out, '\n')
}

// Put appends the value of key. The key holds no tab and no line break. A
// value that cannot be encoded is a defect of the caller and fails every later
// Flush.
func (j *Journal) Put(key string, value any) {
	if j == nil {
		return
	}
	encoded, err := json.Marshal(value)
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil {
		j.failed = fmt.Errorf("record %s: %w", key, err)
		return
	}
	j.pending = appendLine(j.pending, key, encoded)
	j.puts++
}

// Delete forgets key.
func (j *Journal) Delete(key string) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.pending = appendLine(j.pending, key, nil)
	j.puts++
}

// Flush returns when all that was put before it is in the kernel's hands, so
// that kill -9 cannot take it; fsync follows within syncEvery.
func (j *Journal) Flush() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	want := j.puts
	j.mu.Unlock()
	j.write.Lock()
	defer j.write.Unlock()
	if j.written >= want {
		return j.failure() // somebody else's flush carried ours
	}
	if j.closed { // what is put after Close is lost, and said so
		return fault.New(fault.Unavailable, "the sandbox's journal is closed")
	}
	j.mu.Lock()
	batch, upTo := j.pending, j.puts
	j.pending = j.spare[:0]
	j.mu.Unlock()
	_, err := j.file.Write(batch)
	j.spare, j.written, j.dirty = batch, upTo, true
	if err != nil {
		j.fail(err)
	}
	return j.failure()
}

func (j *Journal) fail(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.failed = err
}

func (j *Journal) failure() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return fault.Wrap(j.failed, fault.Unavailable, "the sandbox's journal cannot be written")
}

func (j *Journal) syncLoop() {
	defer close(j.done)
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		select {
		case <-j.stop:
			return
		case <-tick.C:
			j.write.Lock()
			file, due := j.file, j.dirty && !j.closed
			j.dirty = false
			j.write.Unlock()
			if due {
				// Outside the lock: an fsync takes milliseconds and
				// appending during it is fine.
				if err := file.Sync(); err != nil && !errors.Is(err, os.ErrClosed) {
					j.fail(err)
				}
			}
		}
	}
}

// rewrite replaces the file by one that holds the given records only.
func (j *Journal) rewrite(records []Record) error {
	temporary, err := os.CreateTemp(filepath.Dir(j.path), ".journal-*")
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "the sandbox's journal cannot be rewritten")
	}
	var out []byte
	for _, record := range records {
		out = appendLine(out, record.Key, record.Value)
	}
	_, err = temporary.Write(out)
	if err == nil {
		err = temporary.Sync()
	}
	if err == nil {
		err = os.Rename(temporary.Name(), j.path)
	}
	if err != nil {
		_ = temporary.Close()
		_ = os.Remove(temporary.Name())
		return fault.Wrap(err, fault.Unavailable, "the sandbox's journal cannot be rewritten")
	}
	old := j.file
	j.file = temporary
	return fault.Wrap(old.Close(), fault.Unavailable, "the old journal cannot be closed")
}

// Reset forgets every record.
func (j *Journal) Reset() error {
	if j == nil {
		return nil
	}
	j.write.Lock()
	defer j.write.Unlock()
	if j.closed {
		return fault.New(fault.Unavailable, "the sandbox's journal is closed")
	}
	j.mu.Lock()
	j.pending = j.pending[:0]
	j.written = j.puts
	j.mu.Unlock()
	return j.rewrite(nil)
}

// Close writes what waits, syncs and closes. Closing twice is fine.
func (j *Journal) Close() error {
	if j == nil {
		return nil
	}
	err := j.Flush()
	j.write.Lock()
	if j.closed {
		j.write.Unlock()
		return nil
	}
	j.closed = true
	close(j.stop)
	j.write.Unlock()
	<-j.done // outside the lock: the loop may be waiting for it
	if j.dirty {
		err = errors.Join(err, j.file.Sync())
	}
	return errors.Join(err, j.file.Close())
}
