import EventProp
import Language
import Learning
import Study

extension Session {
  /// Changes the rule of the optimizer from the present step on.
  mutating func set(
    training name: Word, to value: Word, _ reply: inout Reply
  ) throws(Diagnostic) {
    guard var course else { return }
    let change: (inout TrainingSettings) -> Void
    let word = name.text.lowercased()
    let was: String
    func positive() throws(Diagnostic) -> Double {
      let number = try value.quantity()
      guard number > 0, number.isFinite else {
        throw value.complaint("\(word) must be greater than 0", remedy: "set \(word) 1e-3")
      }
      return number
    }
    let settings = course.training.settings
    switch word {
    case "rate":
      let rate = try positive()
      was = Quantity.display(settings.rate)
      change = { $0.rate = rate }
    case "epochs":
      guard let epochs = Int(value.text), epochs >= 1, atEpoch(epochs, course) < Int.max else {
        throw value.complaint("epochs must be a whole number from 1", remedy: "set epochs 20")
      }
      guard atEpoch(epochs, course) >= course.step else {
        throw value.complaint(
          "step \(course.step) is beyond the end of \(value.text) epochs",
          remedy: "goto epoch \(value.text) goes back first")
      }
      was = "\(settings.epochs)"
      change = { $0.epochs = epochs }
    case "clip":
      let isOff = ["off", "none"].contains(value.text.lowercased())
      let most = isOff ? nil : try positive()
      was = settings.clipping.map(\.text) ?? "off"
      change = { settings in
        guard let most else { return settings.clipping = nil }
        if case .value? = settings.clipping {
          settings.clipping = .value(most)
        } else {
          settings.clipping = .norm(most)
        }
      }
    default:
      throw name.complaint(
        "in the training the optimizer changes the network, not you",
        remedy: "set rate, set epochs, set clip; open examines a sample, leave goes back")
    }
    let known = course.training.facts.count - course.step - 1
    course.change(change)
    do throws(Training.Failure) {
      _ = try course.settle()
    } catch {
      throw value.complaint(sentence(for: error), remedy: "nothing was changed")
    }
    self.course = course
    reply.say(
      "\(word) = \(value.text) from step \(course.step) on (was \(was))"
        + (known > 0 ? "; \(known) known step\(known == 1 ? "" : "s") beyond it let go" : ""))
    reply.say(courseLine)
  }
}

extension Clipping {
  /// The limit in words.
  var text: String {
    switch self {
    case .norm(let most): "norm \(Quantity.display(most))"
    case .value(let most): "value \(Quantity.display(most))"
    }
  }
}
