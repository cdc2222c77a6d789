/// L = Σ coefficient · t of named spikes.
package enum LinearSpikeTimes: SpikeTimeLoss {
  package static let name = "linear_spike_times"
  package static let required: [LossField] = [.terms]
  package static let optional: [LossField] = []
  package static let formula = "L = Σ c·t"
  package static let termFormula = "{c}·{t} = {value}"

  package static func value(
    _ values: LossValues, on spikes: LayerSpikes, addingTo gradients: inout [Double]
  ) throws(SimulationError) -> Double {
    var sum = 0.0
    for (number, term) in values.terms.enumerated() {
      let found = spikes.count(of: term.neuron)
      if let spike = term.spike, spike >= found {
        throw .missingSpike(
          term: number, neuron: spikes.offset + term.neuron, spike: spike, found: found)
      }
      for spike in term.spikes(of: found) {
        let place = spikes.place(of: spike, of: term.neuron)
        sum += term.coefficient * spikes.times[place]
        gradients[place] += term.coefficient
      }
    }
    return sum
  }

  package static func terms(_ values: LossValues, on spikes: LayerSpikes) -> [LossTerm] {
    values.terms.flatMap { term in
      let found = spikes.count(of: term.neuron)
      return term.spikes(of: found).filter { $0 < found }.map { spike in
        let place = spikes.place(of: spike, of: term.neuron)
        return LossTerm(
          neuron: term.neuron, reading: .spike(event: spikes.events[place], target: nil),
          value: term.coefficient * spikes.times[place])
      }
    }
  }
}

extension Loss.Rule {
  /// L = Σ coefficient · t of named spikes.
  public static func linearSpikeTimes(_ terms: [Loss.SpikeTerm]) -> Self {
    var values = LossValues()
    values.terms = terms
    return Self(LinearSpikeTimes.self, values)
  }
}

extension Loss.SpikeTerm {
  /// The numbers of the spikes that the term reads, of a neuron with `count` spikes.
  package func spikes(of count: Int) -> Range<Int> { spike.map { $0..<$0 + 1 } ?? 0..<count }
}
