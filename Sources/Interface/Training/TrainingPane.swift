/// A pane of the screen of a training; its number is also its key.
enum TrainingPane: Int, CaseIterable {
  /// Loss and accuracy over the epochs.
  case curves = 1
  /// The length of the gradient over the steps.
  case norm
  /// Silent neurons, the flattest slope, and how often a step was limited.
  case counts
  /// The class that is found at each point of the input plane.
  case map
  /// The time of the first spike of an output at each point of the input plane.
  case latency
  /// The weights of each layer by their size.
  case weights
  /// The spikes of the watched sample.
  case spikes
  /// V of the selected neuron in the watched sample.
  case potential

  /// The panes with the common axis of epochs.
  static let alongSteps: [Self] = [.curves, .norm, .counts]
  /// The panes of the input plane.
  static let ofPlane: [Self] = [.map, .latency]

  /// What the pane shows, in a few words.
  var summary: String {
    switch self {
    case .curves: "loss and accuracy over the epochs; a click goes to a step"
    case .norm: "length of the gradient over the epochs, on a logarithmic scale"
    case .counts: "silent neurons, flattest slope, limited steps over the epochs"
    case .map: "class found at each point of the input plane; a click opens the nearest sample"
    case .latency: "first spike of an output at each point of the input plane; ↑↓ select the output"
    case .weights: "number of weights by their size, for each layer"
    case .spikes: "spikes of the watched sample with the parameters of this step"
    case .potential: "V of the selected neuron in the watched sample"
    }
  }

  /// The pane `step` places further among the available ones; after the last comes the first.
  func moved(_ step: Int, in panes: [Self]) -> Self {
    guard let place = panes.firstIndex(of: self) else { return panes.first ?? self }
    return panes[(place + step + panes.count) % panes.count]
  }
}
