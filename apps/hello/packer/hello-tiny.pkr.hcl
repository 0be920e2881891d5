# Hello as a machine image that is made in seconds: a base of Debian packages (tiny/make-base.sh), for laptops and CI.
# Runs with Packer 1.6, and with 1.11 and later once `packer init tiny/plugins.pkr.hcl` has fetched the qemu plugin.

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
  description = "The .qcow2 to write, in a folder that does not exist yet."
}

variable "base_image" {
  type        = string
  description = "What tiny/make-base.sh has made."
}

variable "base_checksum" {
  type        = string
  description = "Of the base image, as sha256:HEX."
}

variable "node" {
  type        = string
  default     = "node"
  description = "Node 24 or later, to make the bundle with."
}

# Given by packer-build, for one build only.
variable "ssh_private_key_file" {
  type = string
}

variable "seed" {
  type        = string
  description = "NoCloud image with user data that trusts the key."
}

variable "accelerator" {
  type        = string
  description = "kvm or tcg. Never left to Packer, which takes kvm because there is a device, and then waits in vain."
}

locals {
  folder = dirname(var.out)
  name   = basename(var.out)
}

source "qemu" "hello" {
  vm_name          = local.name
  output_directory = local.folder
  iso_url          = var.base_image
  iso_checksum     = var.base_checksum
  disk_image       = true
  skip_resize_disk = true
  skip_compaction  = true
  format           = "qcow2"
  accelerator      = var.accelerator
  machine_type     = "pc"
  headless         = true
  cpus             = 1
  memory           = 384

  # A switch that is named here loses all values that Packer would have given it.
  qemuargs = [
    ["-nodefaults"],
    ["-vga", "none"],
    ["-drive", "file=${var.out},if=virtio,cache=unsafe,format=qcow2"],
    ["-drive", "file=${var.seed},if=virtio,format=raw,readonly=on"],
    # On loopback only, where Packer would let all the world in; and no way out for the guest.
    ["-netdev", "user,id=user.0,restrict=on,hostfwd=tcp:127.0.0.1:{{ .SSHHostPort }}-:22"],
    ["-device", "virtio-net-pci,netdev=user.0,romfile="],
    ["-device", "virtio-rng-pci"],
    ["-serial", "file:${local.folder}/serial.log"],
  ]

  # A little more than the machine needs: a connection that comes too early hangs until it is given up.
  boot_wait               = "12s"
  communicator            = "ssh"
  ssh_username            = "root"
  ssh_private_key_file    = var.ssh_private_key_file
  ssh_timeout             = "5m"
  ssh_handshake_attempts  = 200
  ssh_keep_alive_interval = "2s"
  ssh_read_write_timeout  = "10s"

  shutdown_command       = "sync; poweroff"
  shutdown_timeout       = "2m"
}

build {
  sources = ["source.qemu.hello"]

  provisioner "shell-local" {
    # Through the environment, because a shell would read what is put into its command line.
    environment_vars = [
      "HELLO_NODE=${var.node}",
      "HELLO_BUNDLER=${path.root}/../bundle.ts",
      "HELLO_VERSION=${var.version}",
      "HELLO_RELEASE=${var.release}",
      "HELLO_PORT=${var.port}",
      "HELLO_OUT=${local.folder}/hello.tar.gz",
    ]
    inline = [
      "exec \"$HELLO_NODE\" --disable-warning=ExperimentalWarning \"$HELLO_BUNDLER\" --out \"$HELLO_OUT\" --version \"$HELLO_VERSION\" --release \"$HELLO_RELEASE\" --port \"$HELLO_PORT\"",
    ]
  }

  provisioner "file" {
    source      = "${local.folder}/hello.tar.gz"
    destination = "/tmp/hello.tar.gz"
    generated   = true
  }

  provisioner "shell" {
    execute_command  = "chmod +x {{ .Path }}; {{ .Vars }} sh -e '{{ .Path }}'"
    environment_vars = ["HELLO_PORT=${var.port}"]
    script           = "${path.root}/tiny/install.sh"
  }

  post-processor "checksum" {
    checksum_types      = ["md5", "sha256"]
    output              = "${var.out}.{{ .ChecksumType }}"
    keep_input_artifact = true
  }
}
