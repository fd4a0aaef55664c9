variable "nats_digest" {
  description = "SHA-256 of the NATS server's binary in the releases bucket (nats-server/<digest>)."
  type        = string
  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.nats_digest))
    error_message = "A digest is 64 hexadecimal digits."
  }
}
