# The plan of the networks: no two overlap, and each account's is cut the same
# way, a quarter a tier and a sixteenth a zone:
#
#   10.16.0.0/18   public 10.16.0.0/20    a /22, b /22, c /22, d /22
#                  private 10.16.16.0/20  likewise
#                  data 10.16.32.0/20     likewise
#                  10.16.48.0/20          kept for what comes
#
# The overlap is computed here in plain expressions, so that a plan of any layer
# refuses it, and again in `prosa account check`, before there is a plan.

terraform {
  required_version = "~> 1.11"
}

variable "networks" {
  description = "Every network that must be told from the others, by whose it is."
  type        = map(string)

  validation {
    condition = alltrue([for network in values(var.networks) :
      can(cidrhost(network, 0)) && can(regex("^[0-9.]+/[0-9]+$", network)) && try(cidrhost(network, 0) == split("/", network)[0], false)
    ])
    error_message = "A network is written by its first IPv4 address: 10.16.0.0/18."
  }

  # Two networks overlap when the wider one, cut at the other's first address, is
  # itself: both begin with the same bits. Pairs are ordered by name with !=, each
  # is seen twice and judged once by the length of its prefix.
  validation {
    condition = length(flatten([for one, wide in var.networks : [for other, narrow in var.networks : "${one} ${other}"
      if one != other &&
      try(tonumber(split("/", wide)[1]) <= tonumber(split("/", narrow)[1]), false) &&
      try(cidrhost("${cidrhost(narrow, 0)}/${split("/", wide)[1]}", 0) == cidrhost(wide, 0), false)
    ]])) == 0
    error_message = "Networks overlap: ${join(", ", flatten([for one, wide in var.networks : [for other, narrow in var.networks : "${other} (${narrow}) lies in ${one} (${wide})"
      if one != other &&
      try(tonumber(split("/", wide)[1]) <= tonumber(split("/", narrow)[1]), false) &&
      try(cidrhost("${cidrhost(narrow, 0)}/${split("/", wide)[1]}", 0) == cidrhost(wide, 0), false)
    ]]))}."
  }
}

variable "name" {
  description = "Whose network is cut: a key of networks."
  type        = string
  validation {
    condition     = contains(keys(var.networks), var.name)
    error_message = "${var.name} has no network in the plan."
  }
  validation {
    condition     = try(tonumber(split("/", var.networks[var.name])[1]) >= 16 && tonumber(split("/", var.networks[var.name])[1]) <= 24, true)
    error_message = "A network is of /16 to /24, so that its subnets are of sizes that providers make."
  }
}

variable "zones" {
  description = "Letters of the zones, in the order in which they are used."
  type        = list(string)
  validation {
    condition     = length(var.zones) >= 1 && length(var.zones) <= 4 && length(distinct(var.zones)) == length(var.zones)
    error_message = "One to four zones, each once."
  }
}

locals {
  network = var.networks[var.name]
  tiers   = ["public", "private", "data"]
}

output "network" {
  description = "The network that is cut."
  value       = local.network
}

output "subnets" {
  description = "Network by zone, by tier."
  value = { for place, tier in local.tiers : tier => {
    for number, zone in var.zones : zone => cidrsubnet(local.network, 4, place * 4 + number)
  } }
}
