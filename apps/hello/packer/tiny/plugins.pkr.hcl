# For Packer 1.7 and later, which has its builders in plugins. `ci-cli build` fetches it; by hand: packer init plugins.pkr.hcl
packer {
  required_plugins {
    qemu = {
      source  = "github.com/hashicorp/qemu"
      version = "1.1.0"
    }
  }
}
