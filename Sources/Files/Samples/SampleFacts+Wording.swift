package import EventProp
package import Language
package import Study

extension SampleFacts {
  /// What the sample shows by a measure, in a phrase.
  package func phrase(by measure: SampleMeasure, _ names: Names) -> String {
    switch measure {
    case .loss, .wrong: "L = \(Quantity.display(loss, digits: 5))"
    case .gradient: "|dL/dw| = \(Quantity.display(gradient, digits: 5))"
    case .slope:
      slope.map {
        "tau_mem V' = \(Quantity.display($0.value)) at spike \($0.spike) of \(names.name(ofNeuron: $0.neuron))"
      } ?? "the loss depends on no spike"
    case .margin:
      margin.map { margin in
        let neuron = names.name(ofNeuron: margin.neuron)
        let part = "\(Quantity.display(100 * margin.part, digits: 3)) %: \(neuron) almost"
        return margin.spike.map { "\(part) loses spike \($0)" }
          ?? "\(part) spikes at \(Quantity.displayTime(margin.time))"
      } ?? "no neuron can spike by itself"
    case .silent:
      "\(silent) silent neuron\(silent == 1 ? "" : "s")"
        + (decision?.isLabelSilent ?? false ? ", the label's among them" : "")
    }
  }
}

extension SampleFacts {
  /// What the sample shows by a measure, its loss and its class, in a line of a list.
  package func line(by measure: SampleMeasure, _ names: Names) -> String {
    var parts = [phrase(by: measure, names)]
    if measure != .loss, measure != .wrong { parts.append(phrase(by: .loss, names)) }
    if let decision { parts.append(decision.brief) }
    return parts.joined(separator: "  ")
  }
}

extension SampleFacts.Decision {
  /// The label and the class found, in a phrase.
  package var phrase: String { brief + (isRight ? ": right" : ": wrong") }

  /// The label and the class found, in a few words.
  var brief: String { "label \(label), \(chosen.map { "found \($0)" } ?? "none found")" }
}

extension SampleMeasure {
  /// The order of a list, in a phrase.
  package var order: String {
    switch self {
    case .loss: "by loss, the largest first"
    case .gradient: "by the length of dL/dw, the longest first"
    case .slope: "by the flattest spike on which the loss depends"
    case .margin: "by the distance to a gained or lost spike, in % of v_th - v_leak"
    case .silent: "by silent neurons, a silent one of the label first"
    case .wrong: "classified wrongly, the largest loss first"
    }
  }

  /// Why a list is empty, in a sentence.
  package var absence: String {
    switch self {
    case .loss, .gradient: "no sample has a gradient"
    case .slope: "in no sample the loss depends on a spike"
    case .margin: "in no sample a neuron can spike by itself"
    case .silent: "no sample has a silent neuron"
    case .wrong: "no sample is classified wrongly"
    }
  }
}

extension SampleSurvey {
  /// The batch in a line: the number of samples done, L, and the part classified rightly.
  package var summary: String {
    var parts = ["\(done == total ? "" : "\(done) of ")\(total) sample\(total == 1 ? "" : "s")"]
    if let batch {
      parts.append("\(samples.together.rawValue) L = \(Quantity.display(batch.loss, digits: 8))")
    }
    if let right = rightCount {
      let part = 100 * Double(right) / Double(facts.count)
      parts.append("\(right) classified rightly (\(Quantity.display(part, digits: 4)) %)")
    }
    return parts.joined(separator: ", ")
  }

  /// The samples without a gradient in a line, with the reasons of the first; nil where all have one.
  ///
  /// `sentence` gives the reason in words.
  package func failureLine(_ sentence: (SimulationError) -> String) -> String? {
    guard !failures.isEmpty else { return nil }
    let shown = failures.prefix(5).map { "\($0.number) (\(sentence($0.reason)))" }
    let rest = failures.count - shown.count
    return
      "\(failures.count) sample\(failures.count == 1 ? " has" : "s have") no gradient, and "
      + "\(failures.count == 1 ? "is" : "are") not in L: \(shown.joined(separator: ", "))"
      + (rest > 0 ? ", and \(rest) more" : "")
  }
}
