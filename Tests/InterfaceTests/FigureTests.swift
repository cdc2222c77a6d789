import EventProp
import Files
import Foundation
import FoundationXML
import Interface
import Presets
import Testing
import Workbench

@Suite("The figure") struct FigureTests {
  /// The elements of a document with their attributes and texts; nil where it is no XML.
  private final class Reader: NSObject, XMLParserDelegate {
    var elements: [(name: String, attributes: [String: String], text: String)] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      elements.append((name, attributes, ""))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
      if string != "\n", !elements.isEmpty { elements[elements.count - 1].text += string }
    }
  }

  private func elements(
    of session: Session
  ) throws -> [(name: String, attributes: [String: String], text: String)] {
    let parser = XMLParser(data: Data(Figure.svg(of: session).utf8))
    let reader = Reader()
    parser.delegate = reader
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
    return reader.elements
  }

  private func points(_ text: String?) -> [(x: Double, y: Double)] {
    (text ?? "").split(separator: " ").compactMap { pair in
      let parts = pair.split(separator: ",").compactMap { Double($0) }
      return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
  }

  @Test func `it is XML with axes, units, a threshold, a legend and text as text`() throws {
    var session = try Session(reference, named: "reference")
    _ = session.apply("set tau_mem 22ms; select n0")
    let elements = try elements(of: session)
    #expect(
      elements[0].name == "svg" && elements[0].attributes["xmlns"] == "http://www.w3.org/2000/svg")
    let texts = elements.filter { $0.name == "text" }.map(\.text)
    for text in [
      "V (dimensionless)", "spikes", "λ (1/s), computed from right to left", "t / ms", "v_th", "λV",
      "λI",
      "n0 (hidden.0)", "run 1", "in3", "n2", "40",
    ] {
      #expect(texts.contains(text), "\(text)")
    }
    #expect(
      texts.contains { $0.hasPrefix("reference, run 2, L = 98.38") && $0.hasSuffix("grey: run 1") })
    // V, its ghost, λI and λV.
    #expect(elements.count { $0.name == "polyline" } == 4)
  }

  @Test
  func `it draws I where plot shows it, with its name, its unit and a stroke at every arrival`()
    throws
  {
    var session = try Session(reference, named: "reference")
    _ = session.apply("select n0; plot V I")
    let both = try elements(of: session)
    let texts = both.filter { $0.name == "text" }.map(\.text)
    for text in ["V, I (dimensionless)", "V", "I", "n0 (hidden.0)", "v_th"] {
      #expect(texts.contains(text), "\(text)")
    }
    // I, V, λI and λV; what has gaps is told from what has none.
    let curves = both.filter { $0.name == "polyline" }
    #expect(curves.map { $0.attributes["stroke-dasharray"] } == ["4 3", nil, "4 3", nil])
    let current = points(curves.first?.attributes["points"])
    let jumps = session.run.trajectory.events(touching: 0).filter { event in
      let sides = [Side.before, .after].map {
        session.run.trajectory.state(of: 0, atEvent: event, side: $0).current
      }
      return sides[0] != sides[1]
    }
    #expect(!jumps.isEmpty)
    let strokes = zip(current, current.dropFirst()).filter { $0.x == $1.x && $0.y != $1.y }
    #expect(strokes.count == jumps.count)

    // Its largest value, read off the axis, is that of the run.
    let zero = try #require(current.first).y
    let one = try #require(
      both.first { $0.name == "line" && $0.attributes["stroke-dasharray"] == "2 3" }?
        .attributes["y1"].flatMap { Double($0) })
    let top = try #require(current.map(\.y).min())
    let largest = try #require(
      jumps.map { session.run.trajectory.state(of: 0, atEvent: $0, side: .after).current }.max())
    #expect(abs((zero - top) / (zero - one) - largest) < 1e-3 * largest)

    _ = session.apply("plot I lV")
    let alone = try elements(of: session)
    #expect(
      alone.filter { $0.name == "polyline" }.map { $0.attributes["stroke-dasharray"] } == [
        nil, nil,
      ])
    let names = alone.filter { $0.name == "text" }.map(\.text)
    #expect(names.contains("I (dimensionless)") && !names.contains("v_th") && !names.contains("V"))
    _ = session.apply("plot auto; overlay; plot V I")
    #expect(try elements(of: session).count { $0.name == "polyline" } == 12)
  }

  @Test func `where rows are too many for names, layers have theirs and marks can be seen`() throws
  {
    let preset = try #require(Preset.all.first { $0.name == "yin-yang" })
    let session = try Session(
      try PresetReader.read(preset.text, named: "yin-yang").experiment, named: "yin-yang")
    let elements = try elements(of: session)
    let texts = elements.filter { $0.name == "text" }.map(\.text)
    for text in ["in", "hidden", "out"] { #expect(texts.contains(text), "\(text)") }
    #expect(!texts.contains("n3"))
    let marks = elements.filter { $0.name == "line" && $0.attributes["stroke-width"] == "1.6" }
    #expect(marks.count == session.run.trajectory.events.count)
    for mark in marks {
      let ends = ["y1", "y2"].compactMap { mark.attributes[$0].flatMap { Double($0) } }
      try #require(ends.count == 2)
      #expect(ends[1] - ends[0] >= 4.9)
    }
  }

  @Test func `a title cannot break it`() throws {
    var experiment = reference
    experiment.title = "<&> \"a\" \u{1} ]]>"
    let elements = try elements(of: Session(experiment, named: "a<b"))
    #expect(elements.contains { $0.name == "title" && $0.text.hasPrefix("<&> \"a\"") })
  }

  @Test func `the curve lies on the closed form, and a reset is a vertical stroke`() throws {
    var session = try Session(reference, named: "reference")
    _ = session.apply("select n1")
    let elements = try elements(of: session)
    let curve = points(elements.first { $0.name == "polyline" }?.attributes["points"])
    try #require(curve.count > 50)
    #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.x <= $1.x })
    // The axes as the document itself has them: the frame of V and its threshold line.
    let frame = try #require(
      elements.first { $0.name == "rect" && $0.attributes["fill"] == "none" }?.attributes)
    func number(_ key: String) -> Double { frame[key].flatMap { Double($0) } ?? .nan }
    let threshold = try #require(
      elements.first { $0.name == "line" && $0.attributes["stroke-dasharray"] == "2 3" }?
        .attributes["y1"].flatMap { Double($0) })
    let zero = try #require(curve.first).y
    let run = session.run
    for point in curve {
      let time = (point.x - number("x")) / number("width") * run.experiment.horizon
      let value = (zero - point.y) / (zero - threshold)
      let sides = [Side.before, .after].map { side in
        run.trajectory.state(of: 1, at: min(max(time, 0), run.experiment.horizon), side: side)
          .potential
      }
      // A hundredth of a pixel in x is 0.6 us, in which V moves by no more than this.
      let near = sides.contains { abs($0 - value) < 2e-3 }
      let isAtSpike = run.trajectory.spikeTimes[1].contains { abs($0 - time) < 2e-6 }
      #expect(near || isAtSpike, "\(time) \(value) \(sides)")
    }
    let strokes = zip(curve, curve.dropFirst()).filter { $0.x == $1.x && abs($0.y - $1.y) > 1 }
    #expect(strokes.count == 2)
    for (top, bottom) in strokes {
      #expect(abs(top.y - threshold) < 0.02 && abs(bottom.y - zero) < 0.02)
    }
  }

  @Test func `every preset can be drawn, zoomed, overlaid, and without a loss`() throws {
    var experiment = reference
    experiment.loss = nil
    let plain = try elements(of: Session(experiment, named: "x"))
    #expect(plain.count { $0.name == "polyline" } == 1)
    var session = try Session(reference, named: "reference")
    _ = session.apply("overlay; zoom 12.9ms..13.1ms")
    let zoomed = try elements(of: session)
    #expect(zoomed.count { $0.name == "polyline" } == 9)
  }
}
