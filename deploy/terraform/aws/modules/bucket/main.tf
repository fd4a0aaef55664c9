# A bucket that nobody outside sees: versioned, sealed, reached by TLS only.
#
# A version that was replaced or deleted is kept for some days and then goes, so
# that a mistake can be undone and a mistake is not paid for for ever. Uploads
# that were cut off go after a week.

terraform {
  required_version = "~> 1.11"
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" {
  description = "Name of the bucket, the only one of that name in the world."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "A bucket's name has 3 to 63 of a-z, 0-9 and -."
  }
}

variable "key_arn" {
  description = "Key that seals the objects; null takes the store's own, which is the only one that a load balancer can write its log with."
  type        = string
  default     = null
}

variable "keep_old_days" {
  description = "Days that a replaced or deleted version is kept."
  type        = number
  default     = 30
  validation {
    condition     = var.keep_old_days >= 1
    error_message = "A version is kept for a day at least."
  }
}

variable "expire_days" {
  description = "Days after which objects go; null keeps them."
  type        = number
  default     = null
}

variable "cheap_after_days" {
  description = "Days after which objects move to the class for what is rarely read; null leaves them."
  type        = number
  default     = null
  validation {
    condition     = var.cheap_after_days == null ? true : var.cheap_after_days >= 30
    error_message = "The class for what is rarely read takes nothing younger than 30 days."
  }
}

variable "statements" {
  description = "Further statements of the bucket's policy, such as of a service that writes into it."
  type        = any # statements differ in shape
  default     = []
}

variable "disposable" {
  description = "Whether the bucket may be removed with what is in it."
  type        = bool
  default     = false
}

resource "aws_s3_bucket" "this" {
  bucket        = var.name
  force_destroy = var.disposable
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id
  rule { object_ownership = "BucketOwnerEnforced" }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id
  rule {
    bucket_key_enabled = var.key_arn != null
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "old-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration { noncurrent_days = var.keep_old_days }
    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }

  dynamic "rule" {
    for_each = var.expire_days == null ? {} : { expire = var.expire_days }
    content {
      id     = "expire"
      status = "Enabled"
      filter {}
      expiration { days = rule.value }
    }
  }

  dynamic "rule" {
    for_each = var.cheap_after_days == null ? {} : { cheap = var.cheap_after_days }
    content {
      id     = "cheap"
      status = "Enabled"
      filter {}
      transition {
        days          = rule.value
        storage_class = "STANDARD_IA"
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([{
      Sid       = "TLSOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::${var.name}", "arn:aws:s3:::${var.name}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }], var.statements)
  })

  # Two writes of access settings at once refuse each other.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

output "name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.id
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}

# Who takes this waits until the bucket's policy stands: a service that is to
# write there tries at once.
output "ready_name" {
  description = "Name of the bucket, once its policy stands."
  value       = aws_s3_bucket_policy.this.bucket
}
