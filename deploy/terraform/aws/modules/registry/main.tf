# The account's own registry. Every account gets the same image by a push of its
# own: nothing is mirrored, so no account feeds another. Deployments name the
# digest; a tag is a label, and can't be moved to another image.

terraform {
  required_version = "~> 1.11"
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "repository" {
  description = "Name of the repository, the same in every account, since an image's name takes part in its signature."
  type        = string
  default     = "prosa"
}

variable "key_arn" {
  description = "Key that seals the layers."
  type        = string
}

variable "keep" {
  description = "Tagged images that are kept, the latest first: how far back a roll-back reaches."
  type        = number
  default     = 30
  validation {
    condition     = var.keep >= 5
    error_message = "Five images at least are kept, to roll back to."
  }
}

resource "aws_ecr_repository" "this" {
  name                 = var.repository
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration { scan_on_push = true }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = var.key_arn
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name
  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "The latest images stay"
        selection    = { tagStatus = "tagged", tagPatternList = ["*"], countType = "imageCountMoreThan", countNumber = var.keep }
        action       = { type = "expire" }
      },
    ]
  })
}

output "url" {
  description = "Address of the repository, without tag or digest."
  value       = aws_ecr_repository.this.repository_url
}

output "arn" {
  description = "ARN of the repository."
  value       = aws_ecr_repository.this.arn
}
