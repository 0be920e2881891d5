# For Packer 1.7 and later: registers by itself what it makes.

packer {
  required_plugins {
    exoscale = {
      source  = "github.com/exoscale/exoscale"
      version = "= 0.5.2"
    }
  }
}

variable "out" {
  type = string
}

variable "build_mark" {
  type = string
}

variable "api_key" {
  type      = string
  sensitive = true
}

variable "api_secret" {
  type      = string
  sensitive = true
}

source "file" "image" {
  content = "image"
  target  = var.out
}

build {
  sources = ["source.file.image"]

  post-processor "exoscale-import" {
    api_key        = var.api_key
    api_secret     = var.api_secret
    image_bucket   = "exoship-templates"
    template_name  = "imported"
    template_zones = ["ch-gva-2"]
    template_build = var.build_mark
  }
}
