package aws

import (
	"bufio"
	"bytes"
	"crypto/md5" //nolint:gosec // an ETag is one, and guards nothing
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bucket of any account: names are one space over all of them.
type bucket struct {
	Name, Owner, Region string
	Settings            map[string]setting // sub-resources by name, as they were written
	Objects             shelf[object]
	Made                time.Time
}

type setting struct {
	body   []byte
	header string // lifecycle: the least size that moves
}

type object struct {
	Key, ETag, Type string
	Content         []byte
	Written         time.Time
}

// s3State is the one name space of buckets; it lies with no account.
type s3State struct{ buckets shelf[bucket] }

// settings of a bucket: what is answered when none was written, an XML document
// or the code of the refusal.
var s3Settings = map[string]string{
	"policy":            "NoSuchBucketPolicy",
	"cors":              "NoSuchCORSConfiguration",
	"website":           "NoSuchWebsiteConfiguration",
	"lifecycle":         "NoSuchLifecycleConfiguration",
	"replication":       "ReplicationConfigurationNotFoundError",
	"object-lock":       "ObjectLockConfigurationNotFoundError",
	"tagging":           "NoSuchTagSet",
	"ownershipControls": "OwnershipControlsNotFoundError",
	"publicAccessBlock": "NoSuchPublicAccessBlockConfiguration",
	"versioning":        "<VersioningConfiguration/>",
	"accelerate":        "<AccelerateConfiguration/>",
	"requestPayment":    "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>",
	"logging":           "<BucketLoggingStatus/>",
	"notification":      "<NotificationConfiguration/>",
	"encryption":        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
	"acl":               `<AccessControlPolicy><Owner><ID>owner</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>owner</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>`,
}

// minimumSize is the header of a lifecycle's least size.
const minimumSize = "X-Amz-Transition-Default-Minimum-Object-Size"

// s3Action names a request: "PutBucket", "GetBucket:policy", "PutObject".
func s3Action(r *http.Request) string {
	name, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	verb := map[string]string{http.MethodGet: "Get", http.MethodPut: "Put", http.MethodHead: "Head", http.MethodDelete: "Delete", http.MethodPost: "Post"}[r.Method]
	query := r.URL.Query()
	switch {
	case r.URL.Path == accountBlock:
		return verb + "AccountBlock"
	case name == "":
		return "ListBuckets"
	case key != "" && query.Has("tagging"):
		return verb + "ObjectTagging"
	case key != "":
		return verb + "Object"
	case query.Has("versions"):
		return "ListObjectVersions"
	case query.Has("location"):
		return "GetBucketLocation"
	case query.Has("delete"):
		return "DeleteObjects"
	}
	for what := range s3Settings {
		if query.Has(what) {
			return verb + "BucketSetting"
		}
	}
	if r.Method == http.MethodGet {
		return "ListObjects"
	}
	return verb + "Bucket"
}

func s3Calls() map[string]handler {
	return map[string]handler{
		"PutAccountBlock": putAccountBlock, "GetAccountBlock": getAccountBlock, "DeleteAccountBlock": deleteAccountBlock,
		"ListBuckets": listBuckets, "PutBucket": createBucket, "HeadBucket": headBucket, "DeleteBucket": deleteBucket, "GetBucketLocation": bucketLocation,
		"GetBucketSetting": getSetting, "PutBucketSetting": putSetting, "DeleteBucketSetting": deleteSetting,
		"ListObjects": listObjects, "ListObjectVersions": listVersionsOfObjects, "GetObject": getObject, "HeadObject": getObject,
		"PutObject": putObject, "DeleteObject": deleteObject, "DeleteObjects": deleteObjects, "GetObjectTagging": objectTagging,
	}
}

func (s *Server) buckets() *s3State { return &s.objects }

// MakeBucket makes a bucket in an account without a call, as the one that holds
// Terraform's state is made before Terraform runs.
func (s *Server) MakeBucket(accountID, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets().buckets[name] == nil {
		s.buckets().buckets.put(name, &bucket{Name: name, Owner: accountID, Region: Region, Settings: map[string]setting{}, Made: s.config.Now()})
	}
}

// PutObject writes an object without a call. The bucket must exist.
func (s *Server) PutObject(bucketName, key string, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buckets().buckets[bucketName].keep(key, content, "", s.config.Now())
}

// Object reads an object without a call.
func (s *Server) Object(bucketName, key string) (content []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if held := s.buckets().buckets[bucketName]; held != nil && held.Objects[key] != nil {
		return slices.Clone(held.Objects[key].Content), true
	}
	return nil, false
}

func (b *bucket) keep(key string, content []byte, kind string, now time.Time) *object {
	sum := md5.Sum(content) //nolint:gosec // an ETag is one, and guards nothing
	kept := &object{Key: key, ETag: `"` + hex.EncodeToString(sum[:]) + `"`, Type: kind, Content: content, Written: now}
	b.Objects.put(key, kept)
	return kept
}

func (c *call) bucketAndKey() (name, key string) {
	name, key, _ = strings.Cut(strings.TrimPrefix(c.request.URL.Path, "/"), "/")
	return name, key
}

// bucket finds the bucket of the request; that of another account is refused.
func (c *call) bucket() (*bucket, error) {
	name, _ := c.bucketAndKey()
	held := c.server.buckets().buckets[name]
	switch {
	case held == nil:
		return nil, refuse(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
	case held.Owner != c.account.ID:
		return nil, refuse(http.StatusForbidden, "AccessDenied", "Access Denied")
	}
	return held, nil
}

func listBuckets(c *call) (any, error) {
	var mine []*bucket
	for _, b := range c.server.buckets().buckets.all() {
		if b.Owner == c.account.ID {
			mine = append(mine, b)
		}
	}
	root := el("ListAllMyBucketsResult", list("Buckets", "Bucket", mine, func(b *bucket) []element {
		return []element{say("Name", b.Name), say("CreationDate", b.Made)}
	}))
	return answerREST{root: &root}, nil
}

func createBucket(c *call) (any, error) {
	name, _ := c.bucketAndKey()
	if held := c.server.buckets().buckets[name]; held != nil {
		if held.Owner == c.account.ID {
			return nil, refuse(http.StatusConflict, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.")
		}
		return nil, refuse(http.StatusConflict, "BucketAlreadyExists", "The requested bucket name is not available.")
	}
	made := &bucket{Name: name, Owner: c.account.ID, Region: c.region, Settings: map[string]setting{}, Made: c.server.config.Now()}
	if strings.EqualFold(c.request.Header.Get("X-Amz-Bucket-Object-Lock-Enabled"), "true") {
		made.Settings["object-lock"] = setting{body: []byte("<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>")}
		made.Settings["versioning"] = setting{body: []byte("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")}
	}
	// Of new buckets the vendor blocks all that is public and lets the owner own.
	made.Settings["ownershipControls"] = setting{body: []byte("<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>")}
	c.server.buckets().buckets.put(name, made)
	return answerREST{header: map[string]string{"Location": "/" + name}}, nil
}

func headBucket(c *call) (any, error) {
	held, err := c.bucket()
	if err != nil {
		return nil, err
	}
	return answerREST{header: map[string]string{"X-Amz-Bucket-Region": held.Region}}, nil
}

func deleteBucket(c *call) (any, error) {
	held, err := c.bucket()
	if err != nil {
		return nil, err
	}
	if len(held.Objects) > 0 {
		return nil, refuse(http.StatusConflict, "BucketNotEmpty", "The bucket you tried to delete is not empty")
	}
	delete(c.server.buckets().buckets, held.Name)
	return answerREST{status: http.StatusNoContent}, nil
}

func bucketLocation(c *call) (any, error) {
	held, err := c.bucket()
	if err != nil {
		return nil, err
	}
	root := say("LocationConstraint", held.Region)
	return answerREST{root: &root}, nil
}

func (c *call) setting() string {
	for what := range s3Settings {
		if c.request.URL.Query().Has(what) {
			return what
		}
	}
	return ""
}

func getSetting(c *call) (any, error) {
	held, err := c.bucket()
	if err != nil {
		return nil, err
	}
	what := c.setting()
	written, ok := held.Settings[what]
	if !ok {
		standard := s3Settings[what]
		if !strings.HasPrefix(standard, "<") {
			return nil, refuse(http.StatusNotFound, standard, "The %s of the bucket was never set", what)
		}
		written.body = []byte(standard)
	}
	kind, header := "application/xml", map[string]string{}
	if what == "policy" {
		kind = "application/json"
	}
	if written.header != "" {
		header[minimumSize] = written.header
	}
	header["Content-Type"] = kind
	return answerREST{body: written.body, header: header}, nil
}

func putSetting(c *call) (any, error) {
	held, err := c.bucket()
	if err != nil {
		return nil, err
	}
	what, body := c.setting(), c.payload()
	if what != "policy" {
		if err := xml.Unmarshal(body, new(struct{ XMLName xml.Name })); err != nil && what != "acl" {
			return nil, refuse(http.StatusBadRequest, "MalformedXML", "The XML you provided was not well-formed")
		}
	}
	if what == "policy" {
		if err := c.judgeBucketPolicy(held.Name, body); err != nil {
			return nil, err
		}
	}
	if what == "policy" && isPublic(body) && strings.Contains(string(held.Settings["publicAccessBlock"].body), "<BlockPublicPolicy>true<") {
		return nil, refuse(http.StatusForbidden, "AccessDenied", "public policies are blocked by the BlockPublicPolicy block public access setting")
	}
	written := setting{body: body}
	if what == "lifecycle" {
		if written.header = c.request.Header.Get(minimumSize); written.header == "" {
			written.header = "all_storage_classes_128K"
		}
	}
	held.Settings[what] = written
	return answerREST{header: map[string]string{minimumSize: written.header}}, nil
}

// isPublic says whether a bucket's policy lets anyone read it.
func isPublic(document []byte) bool {
	allowed, err := evaluate(string(document), request{action: "s3:GetObject", principals: map[string][]string{"AWS": {"anonymous"}}, claims: map[string][]string{"aws:SecureTransport": {"true"}}})
	return err == nil && allowed
}

func deleteSetting(c *call) (any, error) {
	held, err := c.bucket()
	if err != nil {
		return nil, err
	}
	delete(held.Settings, c.setting())
	return answerREST{status: http.StatusNoContent}, nil
}

func listObjects(c *call) (any, error) {
	held, err := c.bucket()
	if err != nil {
		return nil, err
	}
	query := c.request.URL.Query()
	var found []*object
	for _, o := range held.Objects.all() {
		if strings.HasPrefix(o.Key, query.Get("prefix")) {
			found = append(found, o)
		}
	}
	parts := []element{say("Name", held.Name), say("Prefix", query.Get("prefix")), say("KeyCount", len(found)), say("MaxKeys", 1000), say("IsTruncated", false)}
	for _, o := range found {
		key := o.Key
		if query.Get("encoding-type") == "url" {
			key = url.QueryEscape(key)
		}
		parts = append(parts, el("Contents", say("Key", key), say("LastModified", o.Written), say("ETag", o.ETag), say("Size", len(o.Content)), say("StorageClass", "STANDARD")))
	}
	root := el("ListBucketResult", parts...)
	return answerREST{root: &root}, nil
}

func listVersionsOfObjects(c *call) (any, error) {
	held, err := c.bucket()
	if err != nil {
		return nil, err
	}
	parts := []element{say("Name", held.Name), say("IsTruncated", false)}
	for _, o := range held.Objects.all() {
		parts = append(parts, el("Version", say("Key", o.Key), say("VersionId", "null"), say("IsLatest", true), say("LastModified", o.Written), say("ETag", o.ETag), say("Size", len(o.Content))))
	}
	root := el("ListVersionsResult", parts...)
	return answerREST{root: &root}, nil
}

func getObject(c *call) (any, error) {
	held, err := c.bucket()
	if err != nil {
		return nil, err
	}
	_, key := c.bucketAndKey()
	found := held.Objects[key]
	if found == nil {
		return nil, refuse(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	}
	return answerREST{body: found.Content, header: map[string]string{
		"ETag": found.ETag, "Content-Type": found.Type, "Content-Length": strconv.Itoa(len(found.Content)),
		"Last-Modified": found.Written.UTC().Format(http.TimeFormat), "X-Amz-Server-Side-Encryption": "AES256",
	}}, nil
}

// putObject writes one, or refuses with 412 when the condition does not hold:
// that is what Terraform's lock file and our own leases rest on.
func putObject(c *call) (any, error) {
	held, err := c.bucket()
	if err != nil {
		return nil, err
	}
	_, key := c.bucketAndKey()
	before := held.Objects[key]
	if c.request.Header.Get("If-None-Match") == "*" && before != nil {
		return nil, refuse(http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
	}
	if wanted := c.request.Header.Get("If-Match"); wanted != "" && (before == nil || before.ETag != wanted) {
		return nil, refuse(http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
	}
	kept := held.keep(key, c.payload(), c.request.Header.Get("Content-Type"), c.server.config.Now())
	return answerREST{header: map[string]string{"ETag": kept.ETag, "X-Amz-Server-Side-Encryption": "AES256"}}, nil
}

func deleteObject(c *call) (any, error) {
	held, err := c.bucket()
	if err != nil {
		return nil, err
	}
	_, key := c.bucketAndKey()
	delete(held.Objects, key)
	return answerREST{status: http.StatusNoContent}, nil
}

func deleteObjects(c *call) (any, error) {
	held, err := c.bucket()
	if err != nil {
		return nil, err
	}
	var asked struct {
		Object []struct{ Key string }
	}
	if err := xml.Unmarshal(c.payload(), &asked); err != nil {
		return nil, refuse(http.StatusBadRequest, "MalformedXML", "The XML you provided was not well-formed")
	}
	root := el("DeleteResult")
	for _, o := range asked.Object {
		delete(held.Objects, o.Key)
		root.children = append(root.children, el("Deleted", say("Key", o.Key)))
	}
	return answerREST{root: &root}, nil
}

func objectTagging(*call) (any, error) {
	root := el("Tagging", el("TagSet"))
	return answerREST{root: &root}, nil
}

// payload is the body without the framing of aws-chunked: a size in hex with its
// signature, the bytes, and trailers after the last.
func (c *call) payload() []byte {
	if !strings.Contains(c.request.Header.Get("Content-Encoding"), "aws-chunked") && !strings.HasPrefix(c.request.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return c.body
	}
	reader := bufio.NewReader(bytes.NewReader(c.body))
	var content bytes.Buffer
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return content.Bytes()
		}
		size, err := strconv.ParseInt(strings.TrimSpace(strings.SplitN(line, ";", 2)[0]), 16, 32)
		if err != nil || size == 0 {
			return content.Bytes()
		}
		if _, err := io.CopyN(&content, reader, size); err != nil {
			return content.Bytes()
		}
		_, _ = reader.ReadString('\n') // the line's end after the bytes
	}
}
