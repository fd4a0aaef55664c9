variable "operator_networks" {
  description = "Networks from which the operators' host answers; none leaves it to the second factor alone."
  type        = set(string)
  default     = []
}

variable "firewall" {
  description = "block or count; null blocks in production and counts elsewhere, where rules are tried."
  type        = string
  default     = null
  validation {
    condition     = var.firewall == null ? true : contains(["block", "count"], var.firewall)
    error_message = "The firewall blocks or counts."
  }
}

variable "names" {
  description = "write, or read: which role of the network account is taken for production's names. The plan of a proposal may only read."
  type        = string
  default     = "write"
  validation {
    condition     = contains(["write", "read"], var.names)
    error_message = "Names are written or read."
  }
}
