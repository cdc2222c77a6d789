import Notation
import Terminal

/// Which key means which line at the prompt.
///
/// Every key is a command: what a key does can also be typed, recorded and explained.
enum KeyMap {
  /// Keys that act whenever nothing is being typed.
  static func line(for key: Key) -> String? {
    switch key {
    case .right: "step"
    case .left: "unstep"
    case .function(1): "help"
    case .function(5): "continue"
    case .function(10): "next"
    case .function(11): "step"
    default: nil
    }
  }

  /// Letters that act in the mode where single keys do.
  static func line(forLetter letter: Unicode.Scalar, in focus: Pane) -> String? {
    // A curve belongs to one neuron, and only what touches it changes the curve.
    let isCurve = focus == .potential || focus == .adjoint
    return switch letter {
    case "s": "step"
    case "S": "unstep"
    case "n": "next"
    case "N": "prev"
    case "c": "continue"
    case "C": "rcontinue"
    case "f": "finish"
    case "r": "run"
    case "]": isCurve ? "next" : "step"
    case "[": isCurve ? "prev" : "unstep"
    case "g": "goto start"
    case "G": "goto end"
    case "+", "=": "zoom in"
    case "-": "zoom out"
    case "0": "zoom fit"
    case "e": "equation"
    case "u": "undo"
    case "h": "pan left"
    case "l": "pan right"
    case "v": "zoom event"
    case "z": "max"
    case "o": "overlay"
    case "1"..."8": "focus \(letter)"
    case "?": "help"
    case "q": "quit"
    default: nil
    }
  }
}
