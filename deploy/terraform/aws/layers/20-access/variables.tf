variable "bitbucket_subjects" {
  description = "Form of the subject in Bitbucket's tokens, should it not be the one of its documentation (docs/cloud.md)."
  type        = object({ repository = string, environment = string })
  default     = { repository = "{REPOSITORY}:*", environment = "{REPOSITORY}:{ENVIRONMENT}:*" }
}
