package aws_test

import (
	"net/http"
	"strings"
	"testing"
)

func (c *cloud) s3(t *testing.T, account, method, path, body string, header map[string]string) (int, string) {
	t.Helper()
	return c.call(t, account, "s3", method, path, "application/octet-stream", body, header)
}

func TestABucketIsItsAccountsOwn(t *testing.T) {
	c := newCloud(t)
	c.MakeBucket(dev, "prosa-massivo-dev-state")
	for _, one := range []struct {
		account, method, path string
		want                  int
	}{
		{dev, http.MethodHead, "/prosa-massivo-dev-state", 200},
		{prod, http.MethodHead, "/prosa-massivo-dev-state", 403},
		{prod, http.MethodGet, "/prosa-massivo-dev-state/x", 403},
		{prod, http.MethodPut, "/prosa-massivo-dev-state", 409}, // one name space over all accounts
		{dev, http.MethodGet, "/prosa-massivo-dev-state/x", 404},
		{dev, http.MethodGet, "/nobodys/x", 404},
	} {
		if got, text := c.s3(t, one.account, one.method, one.path, "", nil); got != one.want {
			t.Errorf("%s %s as %s: %d %s, want %d", one.method, one.path, one.account, got, text, one.want)
		}
	}
}

func TestTheSecondWriterIsRefused(t *testing.T) {
	c := newCloud(t)
	c.MakeBucket(dev, "state")
	absent := map[string]string{"If-None-Match": "*"}
	if got, _ := c.s3(t, dev, http.MethodPut, "/state/layer.tfstate.tflock", "first", absent); got != 200 {
		t.Fatalf("the first lock: %d", got)
	}
	if got, text := c.s3(t, dev, http.MethodPut, "/state/layer.tfstate.tflock", "second", absent); got != http.StatusPreconditionFailed {
		t.Errorf("the second lock: %d %s", got, text)
	}
	if held, _ := c.Object("state", "layer.tfstate.tflock"); string(held) != "first" {
		t.Errorf("the lock holds %q", held)
	}
	if got, _ := c.s3(t, dev, http.MethodPut, "/state/layer.tfstate.tflock", "x", map[string]string{"If-Match": `"0"`}); got != http.StatusPreconditionFailed {
		t.Errorf("a writer of another version: %d", got)
	}
	if got, _ := c.s3(t, dev, http.MethodDelete, "/state/layer.tfstate.tflock", "", nil); got != http.StatusNoContent {
		t.Errorf("the lock is not given back: %d", got)
	}
	if got, _ := c.s3(t, dev, http.MethodPut, "/state/layer.tfstate.tflock", "third", absent); got != 200 {
		t.Errorf("after that: %d", got)
	}
}

func TestChunkedBodiesAreTakenApart(t *testing.T) {
	c := newCloud(t)
	c.MakeBucket(dev, "state")
	body := "5;chunk-signature=0\r\nhello\r\n6;chunk-signature=0\r\n world\r\n0;chunk-signature=0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n"
	if got, text := c.s3(t, dev, http.MethodPut, "/state/x", body, map[string]string{"X-Amz-Content-Sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "Content-Encoding": "aws-chunked"}); got != 200 {
		t.Fatal(text)
	}
	if _, text := c.s3(t, dev, http.MethodGet, "/state/x", "", nil); text != "hello world" {
		t.Errorf("it holds %q", text)
	}
}

func TestSettingsAreReadAsTheyWereWritten(t *testing.T) {
	c := newCloud(t)
	c.MakeBucket(dev, "media")
	if got, text := c.s3(t, dev, http.MethodGet, "/media?policy", "", nil); got != 404 || !strings.Contains(text, "NoSuchBucketPolicy") {
		t.Errorf("no policy yet: %d %s", got, text)
	}
	block := "<PublicAccessBlockConfiguration><BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>"
	if got, text := c.s3(t, dev, http.MethodPut, "/media?publicAccessBlock", block, nil); got != 200 {
		t.Fatal(text)
	}
	if _, text := c.s3(t, dev, http.MethodGet, "/media?publicAccessBlock", "", nil); text != block {
		t.Errorf("read back as %q", text)
	}
	public := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::media/*"}}`
	if got, _ := c.s3(t, dev, http.MethodPut, "/media?policy", public, nil); got != http.StatusForbidden {
		t.Errorf("a public policy was taken in spite of the block: %d", got)
	}
	if got, _ := c.s3(t, dev, http.MethodPut, "/media?tagging", "<Tagging", nil); got != http.StatusBadRequest {
		t.Errorf("broken XML was taken: %d", got)
	}
}
