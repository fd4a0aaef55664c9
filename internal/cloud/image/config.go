package image

import (
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/cloud/attest"
)

// Names of kinds; they are compared, never called.
const (
	provenanceType = "https://slsa.dev/provenance/v1"
	releaseType    = "https://prosa.example/attestation/release/v1"
	buildType      = "https://prosa.example/build/go-image/v1"
	localBuilder   = "https://prosa.example/builder/local"
)

// ecrAPI is where a region's registry of Amazon gives its passwords.
const ecrAPI = "https://api.ecr.{region}.amazonaws.com/"

// ECR names a repository in the registry of an account of Amazon (Amazon ECR
// User Guide, "Private registries").
func ECR(account, region, name string) string {
	return account + ".dkr.ecr." + region + ".amazonaws.com/" + name
}

// Config is what the commands on images need to know. None of it belongs into
// the environment of a running service.
type Config struct {
	Key      secret.Text `env:"PROSA_IMAGE_KEY" doc:"Private key that signs images and run records: PEM (PKCS #8) or its base64 in one line, Ed25519 or ECDSA on P-256; 'prosa image key' makes one. Only for the steps of a pipeline that sign."`
	Builder  string      `env:"PROSA_IMAGE_BUILDER" doc:"Who builds, as the provenance names it: the address of the pipeline. Empty: this machine."`
	Run      string      `env:"PROSA_IMAGE_RUN" doc:"Which run of the builder it is; told in the provenance."`
	User     string      `env:"PROSA_IMAGE_REGISTRY_USER" doc:"User at the registry, where neither Amazon's registry nor a login of docker is used."`
	Password secret.Text `env:"PROSA_IMAGE_REGISTRY_PASSWORD" doc:"Password of that user."`
	ECR      string      `env:"PROSA_IMAGE_ECR_URL" doc:"API of Amazon's registry that gives its passwords; {region} is replaced. Empty: Amazon's."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	if (c.User == "") != c.Password.IsZero() {
		return fault.OnField("PROSA_IMAGE_REGISTRY_PASSWORD", "user and password of a registry are set together")
	}
	if !c.Key.IsZero() {
		if _, err := attest.ReadSigner(c.Key); err != nil {
			return fault.OnField("PROSA_IMAGE_KEY", "%s", fault.MessageOf(err))
		}
	}
	return nil
}
