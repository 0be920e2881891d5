# Makes a file with commands of this machine only.

variable "out" {
  type = string
}

variable "token" {
  type    = string
  default = "none"
}

variable "command" {
  type    = string
  default = "true"
}

source "null" "local" {
  communicator = "none"
}

build {
  sources = ["source.null.local"]

  provisioner "shell-local" {
    environment_vars = ["OUT=${var.out}", "TOKEN=${var.token}"]
    inline           = [var.command, "mkdir -p $(dirname \"$OUT\")", "printf 'QFI\\373' > \"$OUT\""]
  }

  post-processor "artifice" {
    files = [var.out]
  }
}
