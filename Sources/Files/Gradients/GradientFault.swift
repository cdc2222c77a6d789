internal import EventProp
import Language
internal import Study

/// The faults of a file with a foreign gradient, as facts with their evidence.
enum GradientFault: Error, Equatable {
  case empty
  case notAGradient
  case nothingInIt
  case expectedMapping(found: String)
  case expectedList(found: String)
  case expectedNumber(found: String)
  case raggedRow(expected: Int, found: Int)
  case naming(PartFault)
  case unknownLayer(String, known: [String])
  case noLayerAt(Int, count: Int)
  case twice(String)
  case wrongShape(name: String, expected: [Int], found: [Int])
  case noSuchSynapse(Int, Int)
  case synapseTwice(Int, Int)
  case synapseMissing(Int, Int)
  case noPartFits([Int])
  case manyPartsFit([Int], [String])
  case arrays(ArrayFault)
  case mappedTwice(String)
  case mappedNothing(String)
}

extension GradientFault {
  /// Whether the name is at fault, and not the value.
  var isAboutName: Bool {
    switch self {
    case .naming, .twice, .unknownLayer: true
    default: false
    }
  }

  /// Runs a search for a part by its name, and turns its fault into one of a file.
  static func naming<Found>(_ find: () throws(PartFault) -> Found) throws(GradientFault) -> Found {
    do throws(PartFault) {
      return try find()
    } catch {
      throw .naming(error)
    }
  }

  /// The fact, as a sentence without a capital or a full stop.
  var message: String {
    switch self {
    case .empty: "the file is empty"
    case .notAGradient: "neither JSON nor arrays"
    case .nothingInIt: "there is no gradient in it"
    case .expectedMapping(let found): "expected names with their derivatives, found \(found)"
    case .expectedList(let found): "expected a list, found \(found)"
    case .expectedNumber(let found): "expected a number, found \(found)"
    case .raggedRow(let expected, let found):
      "expected \(expected) number\(expected == 1 ? "" : "s") as in the first row, found \(found)"
    case .naming(.unknown(let name, _)): "no part '\(ArrayFault.shown(name))' of this gradient"
    case .unknownLayer(let name, _): "no layer '\(ArrayFault.shown(name))'"
    case .noLayerAt(let position, let count):
      "no layer \(position): there \(count == 1 ? "is 1" : "are \(count)")"
    case .naming(.layerNeeded(let name, _)): "'\(name)' of which layer?"
    case .naming(.absent(let quantity, let layer)):
      switch quantity {
      case .recurrent: "\(layer) has no recurrent synapses"
      case .recurrentDelays: "\(layer) has no recurrent delays"
      default: "\(layer) has no delays"
      }
    case .twice(let name): "\(name) is given twice"
    case .wrongShape(let name, let expected, let found):
      "\(name) is \(Self.shown(expected)), found \(Self.shown(found))"
    case .noSuchSynapse(let before, let this): "there is no synapse \(before)→\(this)"
    case .synapseTwice(let before, let this): "synapse \(before)→\(this) stands twice"
    case .synapseMissing(let before, let this): "synapse \(before)→\(this) has no value"
    case .noPartFits(let shape): "nothing in this gradient is \(Self.shown(shape))"
    case .manyPartsFit(let shape, let names):
      "\(Self.list(names)) are all \(Self.shown(shape))"
    case .arrays(let fault): fault.message
    case .mappedTwice(let name): "'\(ArrayFault.shown(name))' is mapped twice"
    case .mappedNothing(let name): "there is no '\(ArrayFault.shown(name))' to map"
    }
  }

  /// The expected value, or the remedy.
  var remedy: String? {
    switch self {
    case .empty, .notAGradient, .nothingInIt, .expectedMapping:
      "write a report, or arrays named after it: hidden.weights, input_times"
    case .expectedList, .expectedNumber, .raggedRow: nil
    case .naming(.unknown(let name, let known)), .unknownLayer(let name, let known):
      Suggestion.nearest(to: name, among: known).map { "did you mean \($0)?" }
        ?? "there is \(Self.list(known))"
    case .noLayerAt: nil
    case .naming(.layerNeeded(_, let known)): Self.list(known, or: true)
    case .naming(.absent): "leave it out"
    case .twice: "one of them is enough"
    case .wrongShape(_, let expected, let found):
      if expected.isEmpty, found.count == 1 {
        "one value per neuron belongs to a layer: hidden.tau_mem"
      } else if found.count == expected.count + 1, Array(found.dropFirst()) == expected {
        "add it up over the first axis, the samples: .sum(0)"
      } else {
        expected.count == 2 ? "rows are presynaptic, columns postsynaptic" : nil
      }
    case .noSuchSynapse: "[before, this, value] of a synapse of the preset"
    case .synapseTwice: "one value for each"
    case .synapseMissing: "a derivative that is zero is written as 0"
    case .noPartFits: "name the file after a part: hidden.weights.npy"
    case .manyPartsFit(_, let names): "name the file after one of them: \(names[0]).npy"
    case .arrays(let fault): fault.remedy
    case .mappedTwice: "one meaning for each array"
    case .mappedNothing: "the name in the file stands before the '='"
    }
  }

  private static func shown(_ shape: [Int]) -> String {
    shape.isEmpty
      ? "a single number" : "[\(shape.map(String.init).joined(separator: " × "))]"
  }

  private static func list(_ names: [String], or isChoice: Bool = false) -> String {
    let most = 12
    let some = names.prefix(most).map { ArrayFault.shown($0) }
    return some.joined(separator: isChoice ? " or " : ", ")
      + (names.count > most ? ", … (\(names.count) in all)" : "")
  }
}

/// All faults of a file with a foreign gradient.
package struct GradientComplaints: Error, Equatable, Sendable {
  /// The complaints, one per line, with their places: `theirs.json:3:14: error: …; remedy`.
  package let lines: [String]
  /// All complaints; a complaint about a text has its line and a caret.
  package let rendered: String
}
