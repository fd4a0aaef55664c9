variable "image_digest" {
  description = "Digest of the image that serves: sha256:..."
  type        = string
  validation {
    condition     = can(regex("^sha256:[0-9a-f]{64}$", var.image_digest))
    error_message = "An image is named by its digest: sha256: and 64 hexadecimal digits."
  }
}

variable "migrate_digest" {
  description = "Digest of the image that migrates; null takes the one that serves. A deployment sets it first, runs the task, and moves image_digest after it."
  type        = string
  default     = null
  validation {
    condition     = var.migrate_digest == null ? true : can(regex("^sha256:[0-9a-f]{64}$", var.migrate_digest))
    error_message = "An image is named by its digest: sha256: and 64 hexadecimal digits."
  }
}

variable "architecture" {
  description = "What the image was built for: X86_64 or ARM64."
  type        = string
  default     = "X86_64"
}
