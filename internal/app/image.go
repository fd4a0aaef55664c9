package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/cloud/attest"
	"prosa/internal/cloud/gate"
	"prosa/internal/cloud/image"
	"prosa/internal/platform/config"
)

// imageCommand is the way of an image from a commit to an environment.
type imageCommand struct {
	Key     imageKeyCommand     `cmd:"" help:"Make a key that signs images."`
	Build   imageBuildCommand   `cmd:"" help:"Build the image from a clean commit into an OCI layout, and sign it when there is a key."`
	Sign    imageSignCommand    `cmd:"" help:"Sign a layout that was built without a key."`
	Push    imagePushCommand    `cmd:"" help:"Push a layout to a registry and read it back."`
	Verify  imageVerifyCommand  `cmd:"" help:"Read a whole image, compare all digests, check signature, parts and provenance."`
	Gate    imageGateCommand    `cmd:"" help:"Decide whether an image may be deployed, and keep why."`
	Ran     imageRanCommand     `cmd:"" help:"Record that a deployment runs an image in health."`
	Extract imageExtractCommand `cmd:"" help:"Verify an image and take the program out, for a machine without containers."`
	Migrate imageMigrateCommand `cmd:"" help:"Run the migration task of a deployment to its end."`
	Rollout imageRolloutCommand `cmd:"" help:"Wait until all services of a deployment run an image, and nothing else."`
}

// program is the name of the binary in the image.
const program = "prosa"

// imageConfig is what these commands read from the environment. It is not part
// of Config: a running service must not have any of it.
type imageConfig struct {
	Image image.Config
	Gate  gate.Config
}

func loadImage(around *surroundings) (imageConfig, error) {
	var c imageConfig
	return c, config.Load(&c, around.lookup)
}

func (c imageConfig) signer() (attest.Signer, error) {
	if c.Image.Key.IsZero() {
		return attest.Signer{}, needs("a key", "set PROSA_IMAGE_KEY or PROSA_IMAGE_KEY_FILE; 'prosa image key' makes one")
	}
	return attest.ReadSigner(c.Image.Key)
}

// trusted names the file of the public keys; they are no secret and belong under
// review, beside the code.
type trusted struct {
	Keys string `default:"deploy/keys/images.pem" help:"File of the public keys that are believed (PEM)."`
}

func (t trusted) read() (attest.Keys, error) {
	text, err := os.ReadFile(t.Keys)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the trusted keys can't be read; name their file with --keys")
	}
	keys, err := attest.ReadKeys(string(text))
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s: %s", t.Keys, fault.MessageOf(err))
	}
	return keys, nil
}

// tell prints a result for programs.
func tell(around *surroundings, result any) error {
	encoder := json.NewEncoder(around.out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(result)
}

type imageKeyCommand struct {
	Private string   `required:"" help:"File to write the private key to; it must not exist."`
	Public  string   `required:"" help:"File to append the public key to, such as deploy/keys/images.pem."`
	Only    []string `help:"What the key is believed for: image, or deployments such as massivo-homolog whose runs it records. Everything when it is left out."`
}

// Run implements the command.
func (c *imageKeyCommand) Run(around *surroundings) error {
	for _, use := range c.Only {
		if _, err := gate.ParseDeployment(use); err != nil && use != image.KeyUse {
			return fault.OnField("only", "%.60q is neither image nor a deployment", use)
		}
	}
	private, public, err := attest.NewKey(c.Only...)
	if err != nil {
		return err
	}
	if err := writeTo(c.Private, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600, private.Reveal()); err != nil {
		return fault.Wrap(err, fault.Invalid, "the key can't be written")
	}
	if err := writeTo(c.Public, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644, public); err != nil {
		// Nobody would believe it, and it would stand in the way of the next try.
		return fault.Wrap(errors.Join(err, os.Remove(c.Private)), fault.Invalid, "the public key can't be written, so there is no key")
	}
	signer, err := attest.ReadSigner(private)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(around.out, "the key", signer.ID())
	return err
}

// writeTo writes a file; of one that it made and could not fill it leaves nothing.
func writeTo(path string, flags int, mode os.FileMode, content string) (err error) {
	file, err := os.OpenFile(path, flags, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil && flags&os.O_EXCL != 0 {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	defer func() {
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
	}()
	_, err = file.WriteString(content)
	return err
}

type imageBuildCommand struct {
	Source   string   `default:"." help:"Clone whose commit is built, its web pages among it."`
	Out      string   `required:"" help:"Folder of the OCI layout to write."`
	Platform []string `default:"linux/amd64,linux/arm64" help:"Platforms."`
}

// Run implements the command.
func (c *imageBuildCommand) Run(around *surroundings) error {
	cfg, err := loadImage(around)
	if err != nil {
		return err
	}
	epoch, _ := around.lookup("SOURCE_DATE_EPOCH")
	source, err := image.ReadSource(around.ctx, c.Source, epoch)
	if err != nil {
		return err
	}
	spec := image.Spec{Source: source, Package: "./cmd/prosa", Name: program, Pages: "web", Builder: cfg.Image.Builder, Run: cfg.Image.Run}
	for _, platform := range c.Platform {
		spec.Platforms = append(spec.Platforms, image.Platform(platform))
	}
	if !cfg.Image.Key.IsZero() {
		if spec.Signer, err = cfg.signer(); err != nil {
			return err
		}
	}
	release, err := image.Build(around.ctx, spec, c.Out)
	if err != nil {
		return err
	}
	return tell(around, release)
}

type imageSignCommand struct {
	Layout string `required:"" help:"Folder of the OCI layout."`
}

// Run implements the command.
func (c *imageSignCommand) Run(around *surroundings) error {
	cfg, err := loadImage(around)
	if err != nil {
		return err
	}
	signer, err := cfg.signer()
	if err != nil {
		return err
	}
	release, err := image.Sign(around.ctx, c.Layout, program, signer)
	if err != nil {
		return err
	}
	return tell(around, release)
}

type imagePushCommand struct {
	accountFiles `embed:""`
	Layout       string `required:"" help:"Folder of the OCI layout."`
	To           string `xor:"where" required:"" help:"registry/repository, without a tag."`
	Deployment   string `xor:"where" required:"" help:"Into the registry of this deployment's account, such as massivo-dev."`
	Tag          string `help:"Label of the image in the registry; the commit's first 12 characters when it is left out."`
	trusted
}

// Run implements the command.
func (c *imagePushCommand) Run(around *surroundings) error {
	cfg, err := loadImage(around)
	if err != nil {
		return err
	}
	keys, err := c.read()
	if err != nil {
		return err
	}
	verified, err := image.VerifyLayout(around.ctx, c.Layout, keys)
	if err != nil {
		return err
	}
	if c.To == "" {
		if c.To, err = c.registry(c.Deployment); err != nil {
			return err
		}
	}
	if c.Tag == "" {
		c.Tag = verified.Commit[:min(12, len(verified.Commit))]
	}
	done, err := image.Push(around.ctx, c.Layout, c.To, c.Tag, image.Enter(cfg.Image, clock.System{}))
	if err != nil {
		return err
	}
	return tell(around, done)
}

type imageVerifyCommand struct {
	Ref    string `xor:"what" required:"" help:"registry/repository@sha256:..."`
	Layout string `xor:"what" required:"" help:"Folder of an OCI layout."`
	trusted
}

// Run implements the command.
func (c *imageVerifyCommand) Run(around *surroundings) error {
	cfg, err := loadImage(around)
	if err != nil {
		return err
	}
	keys, err := c.read()
	if err != nil {
		return err
	}
	var verified image.Verified
	if c.Layout != "" {
		verified, err = image.VerifyLayout(around.ctx, c.Layout, keys)
	} else {
		verified, err = image.Verify(around.ctx, c.Ref, keys, image.Enter(cfg.Image, clock.System{}))
	}
	if err != nil {
		return err
	}
	return tell(around, verified)
}

// deployedImage is an image in the registry of a deployment.
type deployedImage struct {
	accountFiles `embed:""`
	Ref          string `xor:"image" required:"" help:"registry/repository@sha256:..., in the deployment's own registry."`
	Digest       string `xor:"image" required:"" help:"sha256:..., in the registry of the deployment's account."`
	Deployment   string `required:"" help:"<line>-<environment>, such as massivo-homolog."`
}

// reference gives registry/repository@digest.
func (d deployedImage) reference() (string, error) {
	if d.Ref != "" {
		return d.Ref, nil
	}
	registry, err := d.registry(d.Deployment)
	return registry + "@" + d.Digest, err
}

type imageGateCommand struct {
	deployedImage `embed:""`
	trusted
}

// Run implements the command.
func (c *imageGateCommand) Run(around *surroundings) error {
	cfg, err := loadImage(around)
	if err != nil {
		return err
	}
	to, err := gate.ParseDeployment(c.Deployment)
	if err != nil {
		return err
	}
	keys, err := c.read()
	if err != nil {
		return err
	}
	records, err := gate.Open(cfg.Gate)
	if err != nil {
		return err
	}
	reference, err := c.reference()
	if err != nil {
		return err
	}
	door := gate.Gate{Records: records, Keys: keys, Access: image.Enter(cfg.Image, clock.System{}), Clock: clock.System{}, By: cfg.Image.Builder, Run: cfg.Image.Run}
	decision, refusal := door.Decide(around.ctx, reference, to)
	if err := tell(around, decision); err != nil {
		return err
	}
	return refusal
}

type imageRanCommand struct {
	deployedImage `embed:""`
	Health        string        `help:"Address that answers 200 when the deployment is healthy; that of the account's domain when it is left out."`
	Patience      time.Duration `default:"5m" help:"How long it may take to become so."`
	trusted
}

// Run implements the command. The record is made from a verified image: a digest
// that nobody signed can't have a history.
func (c *imageRanCommand) Run(around *surroundings) error {
	cfg, err := loadImage(around)
	if err != nil {
		return err
	}
	signer, err := cfg.signer()
	if err != nil {
		return err
	}
	keys, err := c.read()
	if err != nil {
		return err
	}
	records, err := gate.Open(cfg.Gate)
	if err != nil {
		return err
	}
	reference, err := c.reference()
	if err != nil {
		return err
	}
	if c.Health == "" {
		if c.Health, err = c.address(c.Deployment); err != nil {
			return err
		}
	}
	if !keys.For(c.Deployment).Hold(signer.ID()) {
		return fault.Refuse("key_not_believed", "the key %.12s is not among those that are believed for %s (%s)", signer.ID(), c.Deployment, c.Keys)
	}
	verified, err := image.Verify(around.ctx, reference, keys, image.Enter(cfg.Image, clock.System{}))
	if err != nil {
		return err
	}
	if err := gate.Healthy(around.ctx, c.Health, c.Patience, time.Second); err != nil {
		return err
	}
	run := gate.Run{
		Deployment: c.Deployment, Digest: verified.Digest, Commit: verified.Commit, Health: c.Health,
		RanAt: clock.System{}.Now().UTC().Format(time.RFC3339), By: cfg.Image.Builder, Run: cfg.Image.Run,
	}
	if err := records.Keep(around.ctx, run, signer); err != nil {
		return err
	}
	return tell(around, run)
}

type imageExtractCommand struct {
	From     string `required:"" help:"Folder of an OCI layout, or registry/repository@sha256:..."`
	Platform string `default:"linux/amd64" help:"linux/amd64 or linux/arm64."`
	To       string `required:"" help:"File to write; what is there is replaced whole."`
	trusted
}

// Run implements the command.
func (c *imageExtractCommand) Run(around *surroundings) error {
	cfg, err := loadImage(around)
	if err != nil {
		return err
	}
	keys, err := c.read()
	if err != nil {
		return err
	}
	verified, err := image.Extract(around.ctx, c.From, program, image.Platform(c.Platform), c.To, keys, image.Enter(cfg.Image, clock.System{}))
	if err != nil {
		return err
	}
	return tell(around, verified)
}
