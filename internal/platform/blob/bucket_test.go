package blob

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

const (
	testKey    = "AKIDEXAMPLE"
	testSecret = "wJalr/XUtnFEMI+K7MDENG"
)

// shelf is a small storage that speaks as much of S3 as we use: PUT, GET with
// ranges, HEAD, DELETE, ListObjectsV2 in pages. It checks each signature by
// AWS Signature Version 4 as written down in the Amazon S3 API Reference
// ("Authenticating Requests"), and the checksum of what it is given.
type shelf struct {
	mu      sync.Mutex
	objects map[string]object
	broken  bool // answers 503 to everything
	page    int
	silent  int // so many writes are done and answered 500
}

type object struct {
	content []byte
	kept    time.Time
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		refuseXML(w, http.StatusServiceUnavailable, "SlowDown")
		return
	}
	if err := signed(r); err != nil {
		refuseXML(w, http.StatusForbidden, "SignatureDoesNotMatch")
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if bucket != "prosa-test" {
		refuseXML(w, http.StatusNotFound, "NoSuchBucket")
		return
	}
	held, there := s.objects[key]
	switch {
	case key == "" && r.Method == http.MethodGet:
		s.list(w, r.URL.Query())
	case r.Method == http.MethodPut:
		s.put(w, r, key)
	case r.Method == http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case !there:
		refuseXML(w, http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("ETag", tagOf(held.content))
		http.ServeContent(w, r, "", held.kept, bytes.NewReader(held.content))
	}
}

func refuseXML(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, code)
}

func (s *shelf) put(w http.ResponseWriter, r *http.Request, key string) {
	body := io.Reader(r.Body)
	if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		body = &chunks{from: bufio.NewReader(r.Body)}
	}
	content, err := io.ReadAll(body)
	declared := r.Header.Get("X-Amz-Decoded-Content-Length")
	if declared == "" {
		declared = r.Header.Get("Content-Length")
	}
	if err != nil || declared != "" && declared != strconv.Itoa(len(content)) {
		refuseXML(w, http.StatusBadRequest, "IncompleteBody")
		return
	}
	if r.Header.Get("X-Amz-Checksum-Sha256") != base64.StdEncoding.EncodeToString(sum(content)) {
		refuseXML(w, http.StatusBadRequest, "BadDigest")
		return
	}
	// Conditional writes: If-None-Match knows only *, If-Match one tag; a tag of
	// what is not there is 404 (Amazon S3 User Guide, "Conditional writes").
	held, there := s.objects[key]
	if r.Header.Get("If-None-Match") == "*" && there {
		refuseXML(w, http.StatusPreconditionFailed, "PreconditionFailed")
		return
	}
	if want := r.Header.Get("If-Match"); want != "" && !there {
		refuseXML(w, http.StatusNotFound, "NoSuchKey")
		return
	} else if want != "" && want != tagOf(held.content) {
		refuseXML(w, http.StatusPreconditionFailed, "PreconditionFailed")
		return
	}
	s.objects[key] = object{content, time.Now()}
	if s.silent > 0 { // it is written, and the answer is lost
		s.silent--
		refuseXML(w, http.StatusInternalServerError, "InternalError")
		return
	}
	w.Header().Set("ETag", tagOf(content))
}

func tagOf(content []byte) string { return `"` + hex.EncodeToString(sum(content)[:16]) + `"` }

func (s *shelf) list(w http.ResponseWriter, q url.Values) {
	type entry struct {
		Key, LastModified, ETag string
		Size                    int
	}
	answer := struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		Contents              []entry
		IsTruncated           bool
		NextContinuationToken string
	}{}
	for _, key := range slices.Sorted(maps.Keys(s.objects)) {
		if !strings.HasPrefix(key, q.Get("prefix")) || key <= q.Get("continuation-token") {
			continue
		}
		if len(answer.Contents) == s.page {
			answer.IsTruncated, answer.NextContinuationToken = true, answer.Contents[s.page-1].Key
			break
		}
		held := s.objects[key]
		answer.Contents = append(answer.Contents, entry{key, held.kept.UTC().Format("2006-01-02T15:04:05.000Z"), tagOf(held.content), len(held.content)})
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(answer)
}

func sum(content []byte) []byte { s := sha256.Sum256(content); return s[:] }

// chunks reads the body of a signed upload in chunks: "<hex>;chunk-signature=..".
type chunks struct {
	from *bufio.Reader
	left int64
}

func (c *chunks) Read(p []byte) (int, error) {
	if c.left == 0 {
		line, err := c.from.ReadString('\n')
		if err != nil {
			return 0, err
		}
		size, signature, _ := strings.Cut(strings.TrimSpace(line), ";")
		if !strings.HasPrefix(signature, "chunk-signature=") {
			return 0, errors.New("a chunk without a signature")
		}
		if c.left, err = strconv.ParseInt(size, 16, 64); err != nil {
			return 0, err
		}
		if c.left == 0 {
			return 0, io.EOF
		}
	}
	n, err := c.from.Read(p[:min(int64(len(p)), c.left)])
	if c.left -= int64(n); c.left == 0 && err == nil {
		_, err = c.from.Discard(2)
	}
	return n, err
}

// signed checks the Authorization header.
func signed(r *http.Request) error {
	fields := map[string]string{}
	for part := range strings.SplitSeq(strings.TrimPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 "), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[name] = value
	}
	scope := strings.Split(fields["Credential"], "/")
	if len(scope) != 5 || scope[0] != testKey || scope[2] != "sa-east-1" {
		return errors.New("unknown key or region")
	}
	var headers strings.Builder
	for name := range strings.SplitSeq(fields["SignedHeaders"], ";") {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		headers.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	query := strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20")
	request := strings.Join([]string{
		r.Method, r.URL.EscapedPath(), query, headers.String(), fields["SignedHeaders"], r.Header.Get("X-Amz-Content-Sha256"),
	}, "\n")
	text := strings.Join([]string{"AWS4-HMAC-SHA256", r.Header.Get("X-Amz-Date"), strings.Join(scope[1:], "/"), hex.EncodeToString(sum([]byte(request)))}, "\n")
	key := []byte("AWS4" + testSecret)
	for _, part := range append(slices.Clone(scope[1:]), text) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	if hex.EncodeToString(key) != fields["Signature"] {
		return errors.New("wrong signature")
	}
	return nil
}

func bucket(t *testing.T, secretKey string) (*Bucket, *shelf) {
	t.Helper()
	s := &shelf{objects: map[string]object{}, page: 3}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "http://")
	address := "s3://" + testKey + ":" + url.QueryEscape(secretKey) + "@" + host + "/prosa-test/homolog?region=sa-east-1&tls=off&style=path"
	store, err := NewBucket(Config{URL: secret.New(address)})
	if err != nil {
		t.Fatal(err)
	}
	store.drafts = t.TempDir()
	return store, s
}

func TestBucket(t *testing.T) {
	conform(t, func(t *testing.T) Store {
		store, _ := bucket(t, testSecret)
		return store
	})
}

func TestBucketLeavesNoDraftAndNamesByContent(t *testing.T) {
	store, s := bucket(t, testSecret)
	ref, err := store.Put(t.Context(), "ten_a", strings.NewReader("olá"), 10)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = store.Put(t.Context(), "ten_a", strings.NewReader("too long"), 3)
	_, _ = store.Put(t.Context(), "ten_a", failure{errors.New("x")}, 10)
	if keys := slices.Collect(maps.Keys(s.objects)); len(keys) != 1 || keys[0] != "homolog/ten_a/"+ref.Hash[:2]+"/"+ref.Hash {
		t.Fatalf("kept as %v", keys)
	}
	if left, err := os.ReadDir(store.drafts); err != nil || len(left) != 0 {
		t.Fatalf("left: %v, %v", left, err)
	}
}

func TestBucketListsEveryPage(t *testing.T) {
	store, _ := bucket(t, testSecret)
	for n := range 8 {
		if _, err := store.Put(t.Context(), "ten_a", strings.NewReader(strconv.Itoa(n)), 10); err != nil {
			t.Fatal(err)
		}
	}
	if got := list(t, store, "ten_a"); len(got) != 8 {
		t.Fatalf("%d of 8", len(got))
	}
}

func TestBucketThatIsAwayIsUnavailable(t *testing.T) {
	wrong, _ := bucket(t, "another secret")
	if _, err := wrong.Put(t.Context(), "ten_a", strings.NewReader("x"), 3); !fault.Is(err, fault.Unavailable) || strings.Contains(err.Error(), "another secret") {
		t.Fatalf("a wrong secret: %v", err)
	}
	gone, s := bucket(t, testSecret)
	s.broken = true
	if _, _, err := gone.Open(t.Context(), "ten_a", strings.Repeat("a", 64)); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("a storage that is away: %v", err)
	}
}

func TestTheURLIsCheckedAndNeverShown(t *testing.T) {
	for _, good := range []string{"s3://k:s@s3.amazonaws.com/prosa", "s3://k:s%2F@minio:9000/prosa/a/b?tls=off&style=path&region=x", "s3://s3.amazonaws.com/prosa?region=x&credentials=role", ""} {
		if err := (Config{URL: secret.New(good)}).Validate(); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"http://k:hidden@host/b", "s3://k:hidden@/prosa", "s3://host/prosa", "s3://k@host/prosa", "s3://k:hidden@host/", "s3://k:hidden@host/A",
		"s3://k:hidden@host/prosa?tls=maybe", "s3://k:hidden@host/prosa?credentials=role", "s3://host/prosa?credentials=key", "s3://k:hidden@host/prosa?credentials=none", "s3://k:hidden@host/prosa?secret=hidden", "s3://k:hid%zzden@host/prosa",
	} {
		err := (Config{URL: secret.New(bad)}).Validate()
		if !fault.Is(err, fault.Invalid) || strings.Contains(err.Error(), "hid") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if store, err := Open(Config{Dir: t.TempDir()}); err != nil {
		t.Error(err)
	} else if _, ok := store.(*Folder); !ok {
		t.Errorf("without a URL: %T", store)
	}
}
