/// A preset whose training takes 30 short steps.
///
/// - Parameter extra: Further keys of `training`, with their values.
/// - Returns: The text of the preset, in the public format.
public func smallTraining(_ extra: String = "seed: 0") -> String {
  """
  title: small circle
  t_max: 30 ms
  parameters: { tau_mem: 10 ms, tau_syn: 5 ms, v_reset: -1 }
  inputs: { size: 5 }
  data: { set: circle, train: 40, test: 20 }
  encode: { from: 1 ms, to: 9 ms, mirror: true, bias: 0 ms }
  layers:
    - { name: hidden, size: 9, weights: { normal: { mean: 1.1, std: 0.8, seed: 3 } } }
    - { name: out, size: 2, weights: { normal: { mean: 0.7, std: 0.5, seed: 4 } } }
  loss: { kind: ttfs_cross_entropy, tau: 1 ms, clip: 30 ms }
  training: { epochs: 6, batch: 8, rate: 0.02, learn: [weights], \(extra) }
  """
}
