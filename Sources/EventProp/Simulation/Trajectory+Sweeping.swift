extension Trajectory {
  init?(sweeping circuit: Circuit) { return nil }
}
