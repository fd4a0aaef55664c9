package amazon

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/environment"
	"prosa/internal/platform/httpclient"
)

// Account switches one deployment in the account of its credentials. It
// implements environment.Power.
type Account struct {
	deployment, cluster string
	sts                 *sts.Client
	ecs                 *ecs.Client
	rds                 *rds.Client
	groups              *autoscaling.Client
}

// Calls are repeated when the vendor is busy or away.
const (
	callTries   = 8
	longestWait = 5 * time.Second
	callLimit   = 20 * time.Second
)

// New makes the caller of a deployment's account. Without keys it takes those of
// the task, the machine or the shell, as AWS's own programs do. Error:
// fault.Invalid.
func New(ctx context.Context, cfg Config, deployment string, keys aws.CredentialsProvider) (*Account, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if keys == nil {
		found, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(cfg.Region), awsconfig.WithLogger(logging.Nop{})) // what went wrong is in the error
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "the credentials for AWS can't be read")
		}
		keys = found.Credentials
	}
	client, err := httpclient.Provider(httpclient.Limits{Timeout: callLimit, Redirects: -1},
		cfg.endpoint("sts"), cfg.endpoint("ecs"), cfg.endpoint("rds"), cfg.endpoint("autoscaling"))
	if err != nil {
		return nil, err
	}
	common := aws.Config{
		Region: cfg.Region, Credentials: signedIn{keys}, HTTPClient: client,
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = callTries, longestWait })
		},
	}
	account := &Account{deployment: deployment, cluster: cfg.Cluster}
	if account.cluster == "" {
		account.cluster = deployment
	}
	account.sts = sts.NewFromConfig(common, func(o *sts.Options) { o.BaseEndpoint = aws.String(cfg.endpoint("sts")) })
	account.ecs = ecs.NewFromConfig(common, func(o *ecs.Options) { o.BaseEndpoint = aws.String(cfg.endpoint("ecs")) })
	account.rds = rds.NewFromConfig(common, func(o *rds.Options) { o.BaseEndpoint = aws.String(cfg.endpoint("rds")) })
	account.groups = autoscaling.NewFromConfig(common, func(o *autoscaling.Options) { o.BaseEndpoint = aws.String(cfg.endpoint("autoscaling")) })
	return account, nil
}

// Services gives the client of the container service and the cluster's name, for
// who looks only.
func (a *Account) Services() (*ecs.Client, string) { return a.ecs, a.cluster }

// Who implements environment.Power: the caller's ARN, of which the last part is
// the person or the session.
func (a *Account) Who(ctx context.Context) (environment.Caller, error) {
	who, err := a.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return environment.Caller{}, away("ask who calls", err)
	}
	arn := aws.ToString(who.Arn)
	return environment.Caller{Name: arn[strings.LastIndexAny(arn, "/:")+1:], Proof: arn, AccountID: aws.ToString(who.Account)}, nil
}

// Look implements environment.Power.
func (a *Account) Look(ctx context.Context) (environment.Sight, error) {
	var sight environment.Sight
	database, restarted, err := a.database(ctx)
	if err != nil {
		return environment.Sight{}, err
	}
	sight.Parts, sight.RestartedMS = append(sight.Parts, database), restarted
	groups, err := a.nodes(ctx)
	if err != nil {
		return environment.Sight{}, err
	}
	services, err := a.services(ctx)
	if err != nil {
		return environment.Sight{}, err
	}
	sight.Parts = append(append(sight.Parts, groups...), services...)
	return sight, nil
}

// Start implements environment.Power.
func (a *Account) Start(ctx context.Context, part environment.Part, count int) error {
	switch part.Role {
	case environment.Database:
		return a.startDatabase(ctx, part.Name)
	case environment.Stream:
		return a.scaleNodes(ctx, part.Name, count)
	default:
		return a.scaleService(ctx, part.Name, count)
	}
}

// Stop implements environment.Power.
func (a *Account) Stop(ctx context.Context, part environment.Part) error {
	switch part.Role {
	case environment.Database:
		return a.stopDatabase(ctx, part.Name)
	case environment.Stream:
		return a.scaleNodes(ctx, part.Name, 0)
	default:
		return a.scaleService(ctx, part.Name, 0)
	}
}

// signedIn says in a sentence that there are no keys.
type signedIn struct{ aws.CredentialsProvider }

// Retrieve implements aws.CredentialsProvider. The last place that is asked is the
// machine's own service; what it says where there is none helps nobody.
func (s signedIn) Retrieve(ctx context.Context) (aws.Credentials, error) {
	keys, err := s.CredentialsProvider.Retrieve(ctx)
	switch {
	case err == nil:
		return keys, nil
	case strings.Contains(err.Error(), "ec2imds"):
		return aws.Credentials{}, fault.New(fault.Forbidden, "nobody is signed in to AWS here: sign in (aws sso login) and name the profile in AWS_PROFILE")
	default:
		return aws.Credentials{}, fault.Wrap(err, fault.Forbidden, "AWS gives no keys: sign in again (aws sso login)")
	}
}

// away sorts what went wrong with a call.
func away(what string, err error) error {
	var known *fault.Error
	if errors.As(err, &known) && known.Code == fault.Forbidden {
		return known // signedIn's
	}
	var told smithy.APIError
	if errors.As(err, &told) {
		switch told.ErrorCode() {
		case "AccessDenied", "AccessDeniedException", "InvalidClientTokenId", "ExpiredToken", "ExpiredTokenException", "SignatureDoesNotMatch":
			return fault.New(fault.Forbidden, "AWS does not let us %s: %s", what, told.ErrorMessage())
		}
		return fault.New(fault.Unavailable, "AWS did not %s: %s: %s", what, told.ErrorCode(), told.ErrorMessage())
	}
	return fault.Wrap(err, fault.Unavailable, "AWS could not be asked to "+what)
}
