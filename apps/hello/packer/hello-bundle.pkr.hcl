# Makes the hello bundle: the process template that the local sandbox boots in place of a machine image.
# Needs no plugin: runs with Packer 1.6 and with the bare core of 1.11 and later.

variable "version" {
  type        = string
  description = "Reported by /version and x-hello-version."
}

variable "release" {
  type        = string
  default     = "good"
  description = "How it behaves: good, bad-health or bad-app."
}

variable "port" {
  type    = string
  default = "8080"
}

variable "out" {
  type        = string
  description = "The .tar.gz to write; checksums and a manifest are put beside it."
}

variable "node" {
  type        = string
  default     = "node"
  description = "Node 24 or later."
}

source "null" "hello" {
  communicator = "none"
}

build {
  sources = ["source.null.hello"]

  provisioner "shell-local" {
    # Through the environment, because a shell would read what is put into its command line.
    environment_vars = [
      "HELLO_NODE=${var.node}",
      "HELLO_BUNDLER=${path.root}/../bundle.ts",
      "HELLO_VERSION=${var.version}",
      "HELLO_RELEASE=${var.release}",
      "HELLO_PORT=${var.port}",
      "HELLO_OUT=${var.out}",
    ]
    inline = [
      "exec \"$HELLO_NODE\" --disable-warning=ExperimentalWarning \"$HELLO_BUNDLER\" --out \"$HELLO_OUT\" --version \"$HELLO_VERSION\" --release \"$HELLO_RELEASE\" --port \"$HELLO_PORT\"",
    ]
  }

  post-processors {
    post-processor "artifice" {
      files = [var.out]
    }
    post-processor "checksum" {
      checksum_types      = ["md5", "sha256"]
      output              = "${var.out}.{{ .ChecksumType }}"
      keep_input_artifact = true
    }
    post-processor "manifest" {
      output      = "${var.out}.manifest.json"
      custom_data = { version = var.version, release = var.release }
    }
  }
}
