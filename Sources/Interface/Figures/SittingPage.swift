import EventProp
import Language
package import Workbench

/// The places of a sitting as one page of HTML, which needs no network.
///
/// Each command that goes somewhere, asks or changes something has a section with its answer, the
/// equation of the place, and the figure at the cursor. The arrow keys step through the sections;
/// without scripts all of them are shown. All numbers are text, and a figure has its place as a label.
package enum SittingPage {
  /// The most sections; each has a figure of some 20 kB.
  package static let mostPlaces = 400

  /// A section: the command and what it led to.
  private struct Place {
    var command: String
    var caption: String?
    var note: String?
    var answer: [String]
    var summary: String
    var equation: [String]
    var figure: String
  }

  /// The page of a session, from the moment when its experiment was opened.
  ///
  /// The commands are carried out once more. Throws `NotDone` where there are none, or too many.
  package static func html(of session: Session) throws -> String {
    let lines = session.sitting.journal
    let telling = lines.count { kind(of: $0) != nil }
    guard telling > 0 else {
      throw NotDone("nothing to show yet: the page has the places of this sitting, so step first")
    }
    guard telling <= mostPlaces else {
      throw NotDone(
        "\(telling) places are too many for a page, at most \(mostPlaces): load the preset again")
    }
    return document(try places(of: session, lines), of: session)
  }

  private enum Kind { case place, note }

  /// Whether a command gets a section, and of which kind.
  private static func kind(of line: String) -> Kind? {
    switch try? CommandParser.parse(line).first?.command {
    case .move, .experiment, .ask, .script(.echo): .place
    case .script(.note): .note
    default: nil
    }
  }

  private static func places(of session: Session, _ lines: [String]) throws -> [Place] {
    var replay = try Session(
      session.bench.opened, named: session.bench.name, remarks: session.bench.remarks,
      samples: session.bench.filedSamples)
    replay.sitting.adoptAliases(of: session.sitting)
    var places: [Place] = []
    for line in lines {
      let reply = replay.apply(line)
      guard reply.succeeded else {
        throw NotDone("'\(line)' cannot be repeated: \(reply.lines.last?.sentence ?? "")")
      }
      guard let kind = kind(of: line) else { continue }
      let isEquation =
        if case .ask(.equation) = try? CommandParser.parse(line).first?.command { true } else {
          false
        }
      places.append(
        Place(
          command: line, caption: replay.looks.view.caption,
          note: kind == .note ? line.argument : nil,
          answer: kind == .note || isEquation ? [] : reply.lines.map(\.text),
          summary: replay.summary(of: replay.point),
          equation: isEquation
            ? reply.lines.map(\.text)
            : replay.equation.text.split(separator: "\n").map(String.init),
          figure: Figure.svg(of: replay, at: places.count)))
    }
    return places
  }

  // MARK: - The document

  private static func document(_ places: [Place], of session: Session) -> String {
    let title = SVGText.escaped(session.experiment.title)
    let sections = places.enumerated().map { section($1, number: $0 + 1, of: places.count) }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title)</title>
      <style>
      \(style)
      </style>
      </head>
      <body>
      <header>
      <h1>\(title)</h1>
      \(session.experiment.about.map { "<p>\(SVGText.escaped($0))</p>" } ?? "")
      <nav aria-label="Places" hidden>
      <button id="back">&larr; back</button> <span id="where"></span> <button id="on">on &rarr;</button>
      </nav>
      </header>
      <main aria-live="polite">
      \(sections.joined(separator: "\n"))
      </main>
      <footer>
      <p>tau_mem λV is how much the loss L falls, per unit of V, if V is a little higher at that time; tau_syn λI
      is the same for I. Both are known at the end first, and are computed back in time. ⁻ stands
      for just before a spike, ⁺ for just after it; e10 is event 10, n1 neuron 1, n2&lt;-n1 the synapse from n1 to n2.</p>
      </footer>
      <script>
      \(script)
      </script>
      </body>
      </html>

      """
  }

  private static func section(_ place: Place, number: Int, of count: Int) -> String {
    func lines(_ texts: [String], _ label: String) -> String {
      texts.isEmpty
        ? ""
        : "<h3>\(label)</h3>\n<pre>\(SVGText.escaped(texts.joined(separator: "\n")))</pre>\n"
    }
    func paragraph(_ text: String?, _ style: String) -> String {
      text.map { "<p class=\"\(style)\">\(SVGText.escaped($0))</p>\n" } ?? ""
    }
    let summary = SVGText.escaped(place.summary)
    return """
      <section id="p\(number)">
      <h2 tabindex="-1">\(number) of \(count): <code>\(SVGText.escaped(place.command))</code></h2>
      \(paragraph(place.caption, "caption"))\(paragraph(place.note, "note"))<p>\(summary)</p>
      <figure role="img" aria-label="\(summary)">
      \(place.figure)
      </figure>
      \(lines(place.answer.filter { $0 != place.summary }, "Answer"))\(lines(place.equation, "Equation"))</section>
      """
  }

  private static let style = """
    body { font: 16px/1.5 sans-serif; max-width: 60em; margin: 1em auto; padding: 0 1em; color: #222; background: #fff }
    svg { max-width: 100%; height: auto }
    figure { margin: 0 }
    pre { overflow-x: auto; background: #f4f4f4; padding: .6em }
    h2:focus { outline: none }
    .caption { font-size: 1.4em; font-weight: bold }
    .note { border-left: .3em solid #0072B2; padding-left: .6em }
    """

  /// Shows one section at a time; the address keeps its number.
  private static let script = """
    const sections = [...document.querySelectorAll("section")]
    let here = 0
    function show(place, moves) {
      here = Math.min(Math.max(place, 0), sections.length - 1)
      sections.forEach((section, number) => { section.hidden = number !== here })
      document.getElementById("where").textContent = `${here + 1} of ${sections.length}, arrow keys step`
      if (moves) {
        history.replaceState(null, "", "#" + sections[here].id)
        sections[here].querySelector("h2").focus()
      }
    }
    document.querySelector("nav").hidden = false
    document.getElementById("back").onclick = () => show(here - 1, true)
    document.getElementById("on").onclick = () => show(here + 1, true)
    document.addEventListener("keydown", event => {
      const steps = { ArrowRight: 1, ArrowLeft: -1, PageDown: 1, PageUp: -1, Home: -sections.length, End: sections.length }
      if (event.key in steps && !event.altKey && !event.ctrlKey && !event.metaKey) {
        event.preventDefault()
        show(here + steps[event.key], true)
      }
    })
    show(Math.max(0, sections.findIndex(section => "#" + section.id === location.hash)), false)
    """
}

extension String {
  /// The line without its verb.
  fileprivate var argument: String {
    String(drop { $0 == " " }.drop { $0 != " " }.drop { $0 == " " })
  }
}
