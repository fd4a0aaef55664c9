package app

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// What is no digest or no deployment is refused before anybody is asked.
func TestRolloutsAreOfADigestAndADeployment(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusTeapot)
	}))
	t.Cleanup(server.Close)
	settings := map[string]string{"PROSA_ENVIRONMENT_AWS_URL": server.URL}
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	digest := "sha256:" + strings.Repeat("a", 64)
	for _, one := range []struct{ args, says string }{
		{"rollout --deployment massivo-dev --digest latest", "no digest"},
		{"rollout --deployment massivo-dev --digest sha256:abc", "no digest"},
		{"rollout --deployment massivo-xx --digest " + digest, "massivo-xx"},
		{"migrate --deployment massivo-xx", "massivo-xx"},
	} {
		code, _, problem := invoke(t, settings, append([]string{"image"}, strings.Fields(one.args)...)...)
		if code != exitFailure || !strings.Contains(problem, one.says) || strings.Contains(problem, "AWS") {
			t.Errorf("%s: %d %s", one.args, code, problem)
		}
	}
	if asked.Load() != 0 {
		t.Errorf("%d questions were asked", asked.Load())
	}
}

// Who is not signed in is told so in a sentence, without the lines of the SDK.
func TestNobodyIsSignedIn(t *testing.T) {
	machine := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/token") {
			w.WriteHeader(http.StatusForbidden) // the SDK goes on by the older way, and says so
			return
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	t.Cleanup(machine.Close)
	digest, keys := "sha256:"+strings.Repeat("a", 64), filepath.Join(t.TempDir(), "keys.pem")
	if code, _, problem := invoke(t, nil, "image", "key", "--private", filepath.Join(t.TempDir(), "key.pem"), "--public", keys); code != exitOK {
		t.Fatal(problem)
	}
	for _, args := range []string{
		"image rollout --deployment massivo-dev --digest " + digest, "image migrate --deployment massivo-dev",
		"image verify --ref 100000000011.dkr.ecr.sa-east-1.amazonaws.com/prosa@" + digest + " --keys " + keys,
	} {
		command := exec.Command(os.Args[0], "-test.run=^TestMainAsAChild$")
		command.Env = []string{"PROSA_TEST_ARGS=" + strings.ReplaceAll(args, " ", "\n"), "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"),
			"AWS_EC2_METADATA_SERVICE_ENDPOINT=" + machine.URL, "PROSA_ENVIRONMENT_AWS_URL=" + machine.URL}
		said, err := command.CombinedOutput()
		if err == nil || !bytes.Contains(said, []byte("nobody is signed in to AWS here")) || bytes.Count(said, []byte("\n")) != 1 || bytes.Contains(said, []byte("ec2imds")) {
			t.Errorf("prosa %s: %v\n%s", args, err, said)
		}
	}
}
