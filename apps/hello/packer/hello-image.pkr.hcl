# Hello on a cloud image (Debian or Ubuntu, amd64): systemd, cloud-init, a hardened unit.
# Runs with Packer 1.6, and with 1.11 and later once `packer init cloud/plugins.pkr.hcl` has fetched the plugins.
# Leaves the image to ci-cli, which boots and verifies it, and registers it with a key that is minutes old. hello.pkr.hcl
# is the same, but registers the image by itself.

variable "version" {
  type        = string
  description = "Reported by /version and x-hello-version."
}

variable "release" {
  type    = string
  default = "good"
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
  description = "Path or URL of the cloud image."
}

variable "base_checksum" {
  type        = string
  description = "Of the cloud image, as sha256:HEX; part of what the build depends on."
}

variable "node" {
  type        = string
  description = "Path of the Node 24 that is put into the image."
}

variable "ssh_username" {
  type    = string
  default = "debian"
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
  disk_size        = "10240M"
  format           = "qcow2"
  accelerator      = var.accelerator
  machine_type     = "pc"
  headless         = true
  cpus             = 2
  memory           = 1024

  # A switch that is named here loses all values that Packer would have given it.
  qemuargs = [
    ["-nodefaults"],
    ["-vga", "none"],
    ["-drive", "file=${var.out},if=virtio,cache=unsafe,format=qcow2,discard=unmap"],
    ["-drive", "file=${var.seed},if=virtio,format=raw,readonly=on"],
    # On loopback only, where Packer would let all the world in; nothing is fetched, so there is no way out.
    ["-netdev", "user,id=user.0,restrict=on,hostfwd=tcp:127.0.0.1:{{ .SSHHostPort }}-:22"],
    ["-device", "virtio-net-pci,netdev=user.0,romfile="],
    ["-device", "virtio-rng-pci"],
    ["-serial", "file:${local.folder}/serial.log"],
  ]

  boot_wait               = "15s"
  communicator            = "ssh"
  ssh_username            = var.ssh_username
  ssh_private_key_file    = var.ssh_private_key_file
  ssh_timeout             = "15m"
  ssh_handshake_attempts  = 200
  ssh_keep_alive_interval = "2s"
  ssh_read_write_timeout  = "30s"

  shutdown_command = "sudo systemctl poweroff"
  shutdown_timeout = "5m"
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

  provisioner "file" {
    source      = var.node
    destination = "/tmp/node"
  }

  provisioner "file" {
    source      = "${path.root}/cloud/hello.service"
    destination = "/tmp/hello.service"
  }

  provisioner "shell" {
    execute_command  = "chmod +x {{ .Path }}; {{ .Vars }} sudo -E sh -e '{{ .Path }}'"
    environment_vars = ["HELLO_PORT=${var.port}"]
    script           = "${path.root}/cloud/install.sh"
  }

  post-processor "checksum" {
    checksum_types      = ["md5", "sha256"]
    output              = "${var.out}.{{ .ChecksumType }}"
    keep_input_artifact = true
  }
}
