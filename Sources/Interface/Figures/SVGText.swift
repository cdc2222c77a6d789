import EventProp

/// An SVG document in the making: elements in order, and escaped text.
struct SVGText {
  private(set) var text = ""

  /// A number with at most two decimals: a hundredth of a pixel is invisible.
  static func number(_ value: Double) -> String {
    // A place far outside the picture is as good as any other there.
    let hundredths = (min(max(value, -1e9), 1e9) * 100).rounded()
    guard hundredths.isFinite else { return "0" }
    let whole = Int(hundredths.magnitude)
    let rest = whole % 100
    let sign = hundredths < 0 && whole != 0 ? "-" : ""
    if rest == 0 { return sign + "\(whole / 100)" }
    let digits = rest % 10 == 0 ? "\(rest / 10)" : (rest < 10 ? "0\(rest)" : "\(rest)")
    return sign + "\(whole / 100).\(digits)"
  }

  /// A text for a place between tags or in an attribute.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // XML allows no other control characters, and no noncharacters.
      case "\n", "\t": result += " "
      case _
      where scalar.properties.generalCategory == .control
        || scalar.properties.isNoncharacterCodePoint:
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  mutating func raw(_ line: String) { text += line + "\n" }

  mutating func line(
    _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ color: String,
    width: Double = 1, dashes: String? = nil
  ) {
    raw(
      "<line x1=\"\(Self.number(from.x))\" y1=\"\(Self.number(from.y))\" "
        + "x2=\"\(Self.number(to.x))\" y2=\"\(Self.number(to.y))\" stroke=\"\(color)\" "
        + "stroke-width=\"\(Self.number(width))\"\(Self.dashed(dashes))/>")
  }

  /// Adds a curve of straight pieces; nothing for fewer than two points.
  mutating func polyline(
    _ points: [(x: Double, y: Double)], _ color: String, width: Double = 1.5,
    dashes: String? = nil, label: String? = nil
  ) {
    guard points.count > 1 else { return }
    let list = points.map { Self.number($0.x) + "," + Self.number($0.y) }.joined(separator: " ")
    let title = label.map { "<title>\(Self.escaped($0))</title>" } ?? ""
    raw(
      "<polyline points=\"\(list)\" fill=\"none\" stroke=\"\(color)\" stroke-linejoin=\"round\" "
        + "stroke-width=\"\(Self.number(width))\"\(Self.dashed(dashes))>\(title)</polyline>")
  }

  mutating func label(
    _ text: String, x: Double, y: Double, anchor: String = "start", color: String = "#222222",
    size: Double = 11
  ) {
    raw(
      "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor)\" "
        + "font-size=\"\(Self.number(size))\" fill=\"\(color)\">\(Self.escaped(text))</text>")
  }

  private static func dashed(_ dashes: String?) -> String {
    dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
  }
}
