# When a deployment runs, as far as its provider's things must know: whether it
# rests at all, and the minutes at which offices open and close. The whole
# grammar, holidays and leases are judged by `prosa account check` and carried
# out by `prosa environment tick`.

terraform {
  required_version = "~> 1.11"
}

variable "schedule" {
  description = "always, on-demand, office, or hours: mon-fri 08:00-20:00 America/Sao_Paulo."
  type        = string
  validation {
    condition     = can(regex("^(always|on-demand(,.*)?|office([,:].*)?|.*[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}.*)$", var.schedule))
    error_message = "A schedule is always, on-demand, office, or hours with days and a zone."
  }
}

variable "office" {
  description = "What office means."
  type        = string
  validation {
    condition     = can(regex("[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}", var.office))
    error_message = "An office has hours: mon-fri 08:00-20:00 America/Sao_Paulo."
  }
}

variable "environment" {
  description = "Environment."
  type        = string
  validation {
    condition     = contains(["dev", "homolog", "prod"], var.environment)
    error_message = "The environments are dev, homolog and prod."
  }
  validation {
    condition     = (var.environment == "prod") == (var.schedule == "always")
    error_message = "Production runs always, and nothing else does."
  }
}

locals {
  text = startswith(var.schedule, "office") && !startswith(var.schedule, "office:") ? "${var.office}${trimprefix(var.schedule, "office")}" : var.schedule
  form = "(?P<days>[a-z]{3}-[a-z]{3}) (?P<from>[0-9]{2}:[0-9]{2})-(?P<to>[0-9]{2}:[0-9]{2}) (?P<zone>[A-Za-z]+/[A-Za-z_]+)"
  # Hours in another form still work: the tick, every quarter of an hour, reads
  # them. What is found here only makes it come at the very minute.
  hours = try(regex(local.form, local.text), null)
}

output "text" {
  description = "The schedule with office written out, for PROSA_ENVIRONMENT_SCHEDULE."
  value       = local.text
}

output "rests" {
  description = "Whether it is ever off."
  value       = var.schedule != "always"
}

output "edges" {
  description = "Days and times at which it opens and closes, where the hours are of one plain form; for a clock of the provider's."
  value = local.hours == null ? {} : {
    for edge, time in { opens = local.hours.from, closes = local.hours.to } : edge => {
      days                    = local.hours.days
      hour                    = tonumber(split(":", time)[0])
      minute                  = tonumber(split(":", time)[1])
      zone                    = local.hours.zone
    }
  }
}
