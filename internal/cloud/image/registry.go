package image

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// Access is how a registry is reached. The zero Access is a stranger.
type Access struct {
	User     string
	Password secret.Text
	// Keychain is asked when no user is named; nil for nobody.
	Keychain authn.Keychain
	// Transport carries the calls; nil is the usual one.
	Transport http.RoundTripper
}

// Enter gives the access that the configuration names: a user, or for Amazon's
// registries a password of an hour from the role that we run as, or what
// 'docker login' left behind.
func Enter(cfg Config, clock clock.Clock) Access {
	if cfg.User != "" {
		return Access{User: cfg.User, Password: cfg.Password}
	}
	return Access{Keychain: authn.NewMultiKeychain(amazon{api: or(cfg.ECR, ecrAPI), clock: clock}, authn.DefaultKeychain)}
}

func or(value, standard string) string {
	if value == "" {
		return standard
	}
	return value
}

func (a Access) options(ctx context.Context) []remote.Option {
	options := []remote.Option{remote.WithContext(ctx), remote.WithJobs(2), remote.WithUserAgent("prosa")}
	switch {
	case a.User != "":
		options = append(options, remote.WithAuth(&authn.Basic{Username: a.User, Password: a.Password.Reveal()}))
	case a.Keychain != nil:
		options = append(options, remote.WithAuthFromKeychain(a.Keychain))
	}
	if a.Transport != nil {
		options = append(options, remote.WithTransport(a.Transport))
	}
	return options
}

func (a Access) repository(at name.Repository) *repository { return &repository{Access: a, at: at} }

// repository is a shelf in a registry.
type repository struct {
	Access
	at name.Repository
}

// manifest implements shelf.
func (r *repository) manifest(ctx context.Context, digest v1.Hash) ([]byte, error) {
	got, err := remote.Get(r.at.Digest(digest.String()), r.options(ctx)...)
	if err != nil {
		return nil, err
	}
	return got.Manifest, nil
}

// blob implements shelf.
func (r *repository) blob(ctx context.Context, digest v1.Hash) (io.ReadCloser, error) {
	layer, err := remote.Layer(r.at.Digest(digest.String()), r.options(ctx)...)
	if err != nil {
		return nil, err
	}
	return layer.Compressed()
}

// attached implements shelf.
func (r *repository) attached(ctx context.Context, subject v1.Hash) ([]v1.Descriptor, error) {
	index, err := remote.Referrers(r.at.Digest(subject.String()), r.options(ctx)...)
	if err != nil {
		return nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	return manifest.Manifests, nil
}

// amazon gives passwords for the registries of Amazon's accounts.
type amazon struct {
	api   string
	clock clock.Clock
}

// amazonHost is <account>.dkr.ecr.<region>.amazonaws.com (Amazon ECR User Guide,
// "Private registries").
var amazonHost = regexp.MustCompile(`^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$`)

// Resolve implements authn.Keychain.
func (a amazon) Resolve(target authn.Resource) (authn.Authenticator, error) {
	parts := amazonHost.FindStringSubmatch(target.RegistryStr())
	if parts == nil {
		return authn.Anonymous, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	account, region := parts[1], parts[2]
	loaded, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(region), awsconfig.WithLogger(logging.Nop{}))
	if err != nil {
		return nil, fault.Wrap(err, fault.Forbidden, "there are no credentials for Amazon's registry")
	}
	user, password, err := a.password(ctx, loaded, account, region)
	if err != nil {
		return nil, err
	}
	return &authn.Basic{Username: user, Password: password.Reveal()}, nil
}

// password asks GetAuthorizationToken (Amazon ECR API reference). The account
// is named, so that a role of another account fails here and pushes nowhere.
func (a amazon) password(ctx context.Context, loaded aws.Config, account, region string) (string, secret.Text, error) {
	fail := func(err error) (string, secret.Text, error) {
		return "", secret.Text{}, fault.Wrap(err, fault.Forbidden, "the registry of account "+account+" gives no password")
	}
	credentials, err := loaded.Credentials.Retrieve(ctx)
	if err != nil && strings.Contains(err.Error(), "ec2imds") { // the last place that is asked: there are none
		return "", secret.Text{}, fault.New(fault.Forbidden, "nobody is signed in to AWS here: sign in (aws sso login) and name the profile in AWS_PROFILE")
	}
	if err != nil {
		return fail(err)
	}
	body := fmt.Appendf(nil, `{"registryIds":[%q]}`, account)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.ReplaceAll(a.api, "{region}", region), bytes.NewReader(body))
	if err != nil {
		return fail(err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken")
	if err := signer.NewSigner().SignHTTP(ctx, credentials, request, digestOf(body).Hex, "ecr", region, a.clock.Now()); err != nil {
		return fail(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fail(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return fail(err)
	}
	var answer struct {
		Data []struct {
			Token string `json:"authorizationToken"`
		} `json:"authorizationData"`
		Type string `json:"__type"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil || response.StatusCode != http.StatusOK || len(answer.Data) != 1 {
		return fail(fault.New(fault.Forbidden, "%s %.200s", response.Status, answer.Type))
	}
	pair, err := base64.StdEncoding.DecodeString(answer.Data[0].Token)
	user, password, found := strings.Cut(string(pair), ":")
	if err != nil || !found {
		return fail(fault.New(fault.Unavailable, "its token can't be read"))
	}
	return user, secret.New(password), nil
}
