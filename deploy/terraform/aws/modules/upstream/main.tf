# What an earlier layer of the same account has made, read from its state.
#
# Only the account's own state bucket is read, so a layer can't come to depend
# on another account by accident. The outputs of a layer are its contract: what
# is not an output is nobody else's business.

terraform {
  required_version = "~> 1.11"
}

variable "bucket" {
  description = "State bucket of the account."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "The state bucket must be a bucket's name."
  }
}

variable "region" {
  description = "Region of the state bucket."
  type        = string
}

variable "prefix" {
  description = "Folder of the account's states: <line>/<environment>."
  type        = string
}

variable "layers" {
  description = "Layers to read, such as 30-network."
  type        = set(string)
  validation {
    condition     = alltrue([for layer in var.layers : can(regex("^[0-9]{2}-[a-z-]+$", layer))])
    error_message = "A layer is called by its folder: 30-network."
  }
}

data "terraform_remote_state" "layer" {
  for_each = var.layers
  backend  = "s3"
  config = {
    bucket = var.bucket
    region = var.region
    key    = "${var.prefix}/${each.value}.tfstate"
  }
}

output "outputs" {
  description = "Outputs by layer."
  value       = { for layer, state in data.terraform_remote_state.layer : layer => state.outputs }
}
