# Who may take a role by a token: the trust policy of a pipeline's role, one
# statement a vendor, always by subject AND audience, both compared so that an
# absent claim refuses. It makes nothing, so that a test reads its document
# without a provider (internal/cloud/trust holds it against good and bad tokens).

terraform {
  required_version = "~> 1.11"
}

variable "account_id" {
  description = "Account whose role it is."
  type        = string
  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "from" {
  description = "repository: any step of the repository, a pull request among them. environment: only a step that deploys to the environment."
  type        = string
  validation {
    condition     = contains(["repository", "environment"], var.from)
    error_message = "A role is taken from the repository or from an environment."
  }
}

variable "bitbucket" {
  description = "Who signs Bitbucket's tokens (an address without https://), its workspace and repository with the deployment environment, UUIDs without braces; null for none."
  type        = object({ issuer = string, workspace_uuid = string, repository_uuid = string, environment_uuid = string })
  default     = null
  validation {
    condition = var.bitbucket == null ? true : alltrue([
      for uuid in [var.bitbucket.workspace_uuid, var.bitbucket.repository_uuid, var.bitbucket.environment_uuid] :
      can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", uuid))
    ])
    error_message = "A UUID of Bitbucket's is written in small letters and without braces."
  }
}

variable "bitbucket_subjects" {
  description = "Form of the claim sub. Publications disagree about it; Atlassian's own is {repository}[:{environment}]:{step} with the braces in it. A wrong form locks out and lets nobody in."
  type        = object({ repository = string, environment = string })
  default = {
    repository  = "{REPOSITORY}:*"
    environment = "{REPOSITORY}:{ENVIRONMENT}:*"
  }
  validation {
    condition     = startswith(var.bitbucket_subjects.repository, "{REPOSITORY}:") && startswith(var.bitbucket_subjects.environment, "{REPOSITORY}:{ENVIRONMENT}:")
    error_message = "The subject begins with the whole repository, and one of an environment goes on with the environment: anything less lets other repositories in."
  }
}

variable "github" {
  description = "Who signs GitHub's tokens (an address without https://), its repository with the environment; null for none."
  type        = object({ issuer = string, owner = string, repository = string, environment = string })
  default     = null
  validation {
    condition     = var.github == null ? true : alltrue([for part in [var.github.owner, var.github.repository, var.github.environment] : can(regex("^[A-Za-z0-9._-]+$", part))])
    error_message = "Owner, repository and environment are written out, without wildcards."
  }
}

locals {
  bitbucket = var.bitbucket == null ? [] : [{
    vendor   = "bitbucket"
    issuer   = var.bitbucket.issuer
    audience = "ari:cloud:bitbucket::workspace/${var.bitbucket.workspace_uuid}"
    # The last part is the step, which is another each time.
    operator = "StringLike"
    subjects = [replace(replace(
      var.bitbucket_subjects[var.from],
      "{REPOSITORY}", "{${var.bitbucket.repository_uuid}}"),
    "{ENVIRONMENT}", "{${var.bitbucket.environment_uuid}}")]
  }]

  # A pull request of a fork has no token of this repository: its subject would
  # name it, but GitHub gives forks no permission to ask for one.
  github = var.github == null ? [] : [{
    vendor   = "github"
    issuer   = var.github.issuer
    audience = "sts.amazonaws.com"
    operator = "StringEquals"
    subjects = [for place in {
      repository  = ["pull_request", "ref:refs/heads/main"]
      environment = ["environment:${var.github.environment}"]
    }[var.from] : "repo:${var.github.owner}/${var.github.repository}:${place}"]
  }]
}

output "policy" {
  description = "The trust policy, JSON."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [for one in concat(local.bitbucket, local.github) : {
      Sid       = title(one.vendor)
      Effect    = "Allow"
      Principal = { Federated = "arn:aws:iam::${var.account_id}:oidc-provider/${one.issuer}" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      # One operator has one object: the two conditions are merged where it is the
      # same.
      Condition = merge(
        { StringEquals = merge(
          { "${one.issuer}:aud" = one.audience },
          one.operator == "StringEquals" ? { "${one.issuer}:sub" = one.subjects } : {},
        ) },
        one.operator == "StringEquals" ? {} : { (one.operator) = { "${one.issuer}:sub" = one.subjects } },
      )
    }]
  })
  precondition {
    condition     = var.bitbucket != null || var.github != null
    error_message = "Nobody could take the role: name a repository of Bitbucket or GitHub."
  }
}

output "providers" {
  description = "Address and audience of each vendor's provider of tokens."
  value       = { for one in concat(local.bitbucket, local.github) : one.vendor => { url = "https://${one.issuer}", audience = one.audience } }
}
