source "null" "broken" {
  communicator = 
}
