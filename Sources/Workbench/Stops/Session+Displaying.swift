import EventProp
import Language

extension Session {
  mutating func display(_ words: [Word], _ reply: inout Reply) throws(Diagnostic) {
    let now: String
    do throws(Diagnostic) {
      now = try value(of: words)
    } catch {
      // A quantity that is not computed yet is accepted.
      guard !point.isBackward, run.adjoint != nil,
        let probe = try? Probe(words, names, selected: selected)
      else { throw error }
      now = "\(probe.text(names)): \(error.message)"
    }
    reply.say("\(stops.display(words)): \(now)")
  }

  var displayTable: String {
    guard !stops.displays.isEmpty else { return "no displays; display V n0 sets one" }
    return stops.displays.map { "\($0.number): \(quantityName($0.words))" }.joined(separator: "\n")
  }

  /// The name of a quantity in `print`, with its place.
  private func quantityName(_ words: [Word]) -> String {
    let place = words.placeIndex ?? words.endIndex
    let probe = try? Probe(Array(words[..<place]), names, selected: selected)
    return
      ([probe?.text(names) ?? CommandParser.joined(words[..<place]).text]
      + words[place...].map(\.text)).joined(separator: " ")
  }

  /// Every displayed quantity, at a stop.
  mutating func sayDisplays(_ reply: inout Reply) {
    // If this walk is stopped, the command asks again at its end and then takes everything back.
    guard !stops.displays.isEmpty, (try? refreshGradient()) != nil else { return }
    for display in stops.displays {
      do throws(Diagnostic) {
        reply.display("\(display.number): \(try value(of: display.words))")
      } catch {
        reply.display("\(display.number): \(quantityName(display.words)): \(error.message)")
      }
    }
  }
}
