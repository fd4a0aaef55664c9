package app

import (
	"context"
	"fmt"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/account"
	"prosa/internal/cloud/environment/amazon"
	"prosa/internal/cloud/gate"
	"prosa/internal/cloud/image"
	"prosa/internal/cloud/rollout"
)

// of finds the account of a deployment.
func (c accountFiles) of(deployment string) (account.Account, error) {
	file, err := c.load()
	if err != nil {
		return account.Account{}, err
	}
	found, ok := file.Account(deployment)
	if !ok {
		return account.Account{}, fault.New(fault.NotFound, "%s has no account %s", c.Accounts, deployment)
	}
	return found, nil
}

// registry is the repository of our images in a deployment's account; the
// account's id in it keeps a push from landing in another account.
func (c accountFiles) registry(deployment string) (string, error) {
	found, err := c.of(deployment)
	return image.ECR(found.ID, found.Region, program), err
}

// address is where a deployment's pages are.
func (c accountFiles) address(deployment string) (string, error) {
	found, err := c.of(deployment)
	return "https://" + found.Domain + "/", err
}

type imageMigrateCommand struct {
	Deployment string        `required:"" help:"<line>-<environment>, such as massivo-dev."`
	Patience   time.Duration `default:"20m" help:"How long the migration may take."`
}

// Run implements the command.
func (c *imageMigrateCommand) Run(around *surroundings) error {
	if _, err := gate.ParseDeployment(c.Deployment); err != nil {
		return err
	}
	cfg, err := load(around.lookup)
	if err != nil {
		return err
	}
	machines, err := amazon.New(around.ctx, cfg.Amazon, c.Deployment, nil)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(around.ctx, c.Patience)
	defer cancel()
	if err := machines.Migrate(ctx, pause); err != nil {
		return err
	}
	_, err = fmt.Fprintln(around.out, "the schema of", c.Deployment, "is up to date")
	return err
}

// pause between two looks at the cloud.
func pause(ctx context.Context) error { return sleep(ctx, 3*time.Second) }

type imageRolloutCommand struct {
	Digest     string        `required:"" help:"sha256:... that all services must run."`
	Deployment string        `required:"" help:"<line>-<environment>, such as massivo-dev."`
	Patience   time.Duration `default:"15m" help:"How long the services may take."`
}

// Run implements the command.
func (c *imageRolloutCommand) Run(around *surroundings) error {
	if _, err := gate.ParseDeployment(c.Deployment); err != nil {
		return err
	}
	if err := image.CheckDigest(c.Digest); err != nil {
		return err
	}
	cfg, err := load(around.lookup)
	if err != nil {
		return err
	}
	machines, err := amazon.New(around.ctx, cfg.Amazon, c.Deployment, nil)
	if err != nil {
		return err
	}
	client, name := machines.Services()
	cluster := rollout.Cluster{ECS: client, Name: name}
	for _, part := range []string{targetGateway, targetAPI, targetWorker} {
		cluster.Services = append(cluster.Services, c.Deployment+"-"+part)
	}
	ctx, cancel := context.WithTimeout(around.ctx, c.Patience)
	defer cancel()
	text, err := cluster.Await(ctx, c.Digest, pause)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(around.out, text)
	return err
}
