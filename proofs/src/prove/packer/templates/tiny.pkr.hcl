# The smallest machine there is to build: it serves one page. For Packer 1.6, or later ones that have the qemu plugin.

variable "out" {
  type = string
}

variable "base_image" {
  type = string
}

variable "base_checksum" {
  type = string
}

variable "ssh_private_key_file" {
  type = string
}

variable "seed" {
  type = string
}

variable "accelerator" {
  type = string
}

variable "token" {
  type      = string
  default   = "none"
  sensitive = true
}

variable "boot_wait" {
  type    = string
  default = "10s"
}

variable "ssh_timeout" {
  type    = string
  default = "5m"
}

variable "listen" {
  type    = string
  default = "127.0.0.1"
}

variable "finish" {
  type    = string
  default = "rm -rf /root/.ssh/authorized_keys /etc/dropbear/* /etc/instance-id"
}

source "qemu" "tiny" {
  vm_name          = basename(var.out)
  output_directory = dirname(var.out)
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
  memory           = 256

  qemuargs = [
    ["-nodefaults"],
    ["-vga", "none"],
    ["-drive", "file=${var.out},if=virtio,cache=unsafe,format=qcow2"],
    ["-drive", "file=${var.seed},if=virtio,format=raw,readonly=on"],
    ["-netdev", "user,id=user.0,restrict=on,hostfwd=tcp:${var.listen}:{{ .SSHHostPort }}-:22"],
    ["-device", "virtio-net-pci,netdev=user.0,romfile="],
    ["-device", "virtio-rng-pci"],
    ["-serial", "file:${dirname(var.out)}/serial.log"],
  ]

  boot_wait               = var.boot_wait
  communicator            = "ssh"
  ssh_username            = "root"
  ssh_private_key_file    = var.ssh_private_key_file
  ssh_timeout             = var.ssh_timeout
  ssh_handshake_attempts  = 200
  ssh_keep_alive_interval = "2s"
  ssh_read_write_timeout  = "10s"

  shutdown_command = "sync; poweroff"
  shutdown_timeout = "2m"
}

build {
  sources = ["source.qemu.tiny"]

  provisioner "shell" {
    execute_command  = "chmod +x {{ .Path }}; {{ .Vars }} sh -e '{{ .Path }}'"
    environment_vars = ["TOKEN=${var.token}"]
    inline = [
      "echo token as it is: $TOKEN",
      "echo token on stderr: $TOKEN >&2",
      "printf %s \"$TOKEN\" | base64",
      "cat /run/seed/user-data",
      "echo '::respawn:/bin/httpd -f -p 8080 -h /srv' >>/etc/inittab",
      "echo 'Hello, World!' >/srv/index.html",
      var.finish,
    ]
  }
}
