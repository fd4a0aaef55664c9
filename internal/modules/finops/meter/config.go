package meter

import "prosa/internal/base/secret"

// Config says where meters go.
type Config struct {
	Files secret.Text `env:"PROSA_FINOPS_METERS_URL" doc:"Where deployments write what their companies used, day by day, and the cost ledger reads it: a folder or s3://key:secret@host/bucket[/folder] with the options of PROSA_BLOB_URL. Empty: no meters are written or read."`
}
