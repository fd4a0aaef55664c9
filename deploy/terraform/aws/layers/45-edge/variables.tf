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
