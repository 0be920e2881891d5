source "nosuch" "missing" {}

build {
  sources = ["source.nosuch.missing"]
}
