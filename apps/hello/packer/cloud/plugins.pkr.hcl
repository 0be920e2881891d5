# For Packer 1.7 and later, which has its builders in plugins: packer init plugins.pkr.hcl
packer {
  required_plugins {
    qemu = {
      source  = "github.com/hashicorp/qemu"
      version = "1.1.0"
    }
    exoscale = {
      source  = "github.com/exoscale/exoscale"
      version = "0.5.2"
    }
  }
}
