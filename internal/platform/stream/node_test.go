package stream_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/stream"
)

const nodeToken = "3e10-a.token_of.nodes"

// nodes starts servers on the configuration that the machines of a deployment
// get (deploy/terraform/aws/modules/nats), moved to ports and folders of the test.
func nodes(t *testing.T, count int) (url string, ca secret.Text, options []*server.Options) {
	t.Helper()
	t.Setenv("NATS_TOKEN", `"`+nodeToken+`"`) // as the unit's environment file has it
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "deploy", "terraform", "aws", "modules", "nats", "nats.conf.tftpl"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	authority := certificates(t, dir)
	hosts := cty.ListValEmpty(cty.String)
	if count > 1 {
		names := make([]cty.Value, count)
		for i := range names {
			names[i] = cty.StringVal(fmt.Sprintf("nats-%d.inner", i+1))
		}
		hosts = cty.ListVal(names)
	}
	clients, routes := make([]int, count), make([]int, count)
	for i := range count {
		clients[i], routes[i] = port(t), port(t)
	}
	var urls []string
	var cluster []*server.Server
	for i := range count {
		conf := render(t, text, map[string]cty.Value{
			"node": cty.StringVal(fmt.Sprintf("nats-%d", i+1)), "cluster": cty.StringVal("nats"), "hosts": hosts,
			"max_payload": cty.NumberIntVal(stream.MaxPayload), "store_gb": cty.NumberIntVal(8),
		})
		moved := []string{"/run/nats", dir, "/var/lib/nats", filepath.Join(dir, fmt.Sprint(i)), "127.0.0.1:8222", "127.0.0.1:0",
			"0.0.0.0:4222", fmt.Sprintf("127.0.0.1:%d", clients[i]), "0.0.0.0:6222", fmt.Sprintf("127.0.0.1:%d", routes[i])}
		for n := range count {
			moved = append(moved, fmt.Sprintf("nats-%d.inner:6222", n+1), fmt.Sprintf("127.0.0.1:%d", routes[n]))
		}
		name := filepath.Join(dir, fmt.Sprintf("nats-%d.conf", i+1))
		if err := os.WriteFile(name, []byte(strings.NewReplacer(moved...).Replace(conf)), 0o600); err != nil {
			t.Fatal(err)
		}
		read, err := server.ProcessConfigFile(name)
		if err != nil {
			t.Fatalf("the server does not take its configuration: %v\n%s", err, conf)
		}
		read.NoSigs, read.NoLog = true, true
		running, err := server.NewServer(read)
		if err != nil {
			t.Fatal(err)
		}
		running.Start()
		t.Cleanup(func() { running.Shutdown(); running.WaitForShutdown() })
		options = append(options, read)
		urls = append(urls, fmt.Sprintf("tls://127.0.0.1:%d", clients[i]))
		cluster = append(cluster, running)
	}
	agree(t, cluster)
	return strings.Join(urls, ","), authority, options
}

// agree waits until the nodes answer and, where there are several, have chosen a
// leader and follow it: the servers tell nobody of that.
func agree(t *testing.T, cluster []*server.Server) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for _, node := range cluster {
		if !node.ReadyForConnections(30 * time.Second) {
			t.Fatal("a node does not come up")
		}
	}
	for len(cluster) > 1 && !slices.ContainsFunc(cluster, (*server.Server).JetStreamIsLeader) {
		select {
		case <-look.C:
		case <-t.Context().Done():
			t.Fatal("the nodes choose no leader")
		}
	}
	for _, node := range cluster {
		for len(cluster) > 1 && !node.JetStreamIsCurrent() {
			select {
			case <-look.C:
			case <-t.Context().Done():
				t.Fatal("a node does not follow its leader")
			}
		}
	}
}

// render fills a template as Terraform does.
func render(t *testing.T, text []byte, variables map[string]cty.Value) string {
	t.Helper()
	template, problems := hclsyntax.ParseTemplate(text, "nats.conf.tftpl", hcl.InitialPos)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	value, problems := template.Value(&hcl.EvalContext{Variables: variables, Functions: map[string]function.Function{"length": stdlib.LengthFunc}})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return value.AsString()
}

// certificates lays an authority and a certificate for this machine into dir.
func certificates(t *testing.T, dir string) (authority secret.Text) {
	t.Helper()
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	until := time.Now().Add(time.Hour)
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotAfter: until, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), NotAfter: until, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	secretKey, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]*pem.Block{"tls.key": {Type: "PRIVATE KEY", Bytes: secretKey}}
	for name, about := range map[string]*x509.Certificate{"ca.crt": root, "tls.crt": leaf} {
		public := key.Public()
		if about == root {
			public = signer.Public()
		}
		der, err := x509.CreateCertificate(rand.Reader, about, root, public, signer)
		if err != nil {
			t.Fatal(err)
		}
		parts[name] = &pem.Block{Type: "CERTIFICATE", Bytes: der}
	}
	for name, block := range parts {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return secret.New(string(pem.EncodeToMemory(parts["ca.crt"])))
}

// port is free now, and is asked of the machine as late as can be.
func port(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}

// The configuration of a deployment's node is one that the product takes: TLS of
// an own authority, token, payload, and what is acknowledged is on the disk.
func TestNodeOfADeployment(t *testing.T) {
	url, ca, options := nodes(t, 1)
	if one := options[0]; !one.SyncAlways || one.MaxPayload != stream.MaxPayload || one.Authorization != nodeToken || one.TLSConfig == nil || one.Cluster.Port != 0 {
		t.Errorf("synced %v, payload %d, token %q, TLS %v, cluster %+v", one.SyncAlways, one.MaxPayload, one.Authorization, one.TLSConfig != nil, one.Cluster)
	}
	cfg := stream.Config{URL: url, Token: secret.New(nodeToken), CA: ca}
	s := open(t, cfg)
	if _, err := s.Publish(t.Context(), "in.channel.0", []byte("body")); err != nil {
		t.Error(err)
	}
}

// Who does not know the authority, or has no token, is not let in; who names no
// authority is told so before anything is called.
func TestNodeOfADeploymentRefuses(t *testing.T) {
	url, ca, _ := nodes(t, 1)
	stranger := certificates(t, t.TempDir())
	for name, c := range map[string]struct {
		cfg  stream.Config
		kind fault.Code
	}{
		"another authority": {stream.Config{URL: url, Token: secret.New(nodeToken), CA: stranger}, fault.Unavailable},
		"no authority":      {stream.Config{URL: url, Token: secret.New(nodeToken)}, fault.Unavailable},
		"another token":     {stream.Config{URL: url, Token: secret.New("guess"), CA: ca}, fault.Unavailable},
		"no certificate":    {stream.Config{URL: url, CA: secret.New("text")}, fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			// Opening waits for a server that is not there yet; this one is there.
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			s, err := stream.Open(ctx, c.cfg)
			if s != nil {
				_ = s.Close()
			}
			if !fault.Is(err, c.kind) {
				t.Errorf("it was opened, or failed otherwise: %v", err)
			}
		})
	}
}

// Three nodes find each other by their routes and keep three copies.
func TestClusterOfADeployment(t *testing.T) {
	url, ca, _ := nodes(t, 3)
	s := open(t, stream.Config{URL: url, Token: secret.New(nodeToken), CA: ca, Replicas: 3})
	if _, err := s.Publish(t.Context(), "in.channel.0", []byte("body")); err != nil {
		t.Fatal(err)
	}
	state, err := s.State(t.Context(), stream.In)
	if err != nil || state.Messages != 1 {
		t.Errorf("IN holds %d messages, %v", state.Messages, err)
	}
}
