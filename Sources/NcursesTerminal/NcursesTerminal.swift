import CNcurses
import Foundation
import Glibc
package import Terminal

/// The real screen, by means of ncurses.
///
/// The terminal belongs to this value while it lives. At its end, and also after `exit`, a signal
/// or a crash, the terminal is as it was before. Nothing else may write to the terminal meanwhile.
/// Text for the standard error is kept, and written after the screen has been given back.
package struct NcursesTerminal: ~Copyable, TerminalDevice {
  /// The user's options for the terminal.
  package struct Options: Sendable {
    /// The characters that may be shown.
    package enum Characters: Hashable, Sendable {
      /// All characters in a UTF-8 locale, else ASCII.
      case automatic

      /// All characters, whatever the locale.
      case unicode

      /// ASCII characters only.
      case ascii
    }

    /// The most colours to use; the terminal may have fewer.
    package var colors: ColorTier = .full256

    /// The background against which the colours must be visible.
    package var background: Background = .unknown

    /// Whether to use the mouse; the selection of the terminal itself then needs Shift.
    package var usesMouse = true

    /// The characters that may be shown.
    package var characters: Characters = .automatic

    /// The default options.
    package init() {}
  }

  /// Whether the user's locale has the characters for pictures, with the right widths; else it has
  /// only ASCII.
  package static var localeIsUnicode: Bool { cn_locale_is_unicode() }

  /// The background that the terminal or the environment tells: by an answer to OSC 11, by COLORFGBG,
  /// or as the console of Linux.
  package static var background: Background {
    let brightness = cn_background()
    if brightness >= 0 { return brightness < 128 ? .dark : .light }
    if variable("TERM") == "linux" { return .dark }
    return Background(colorFGBG: variable("COLORFGBG"))
  }

  fileprivate static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Whether the terminal can show more than ASCII.
  package let isUnicode: Bool

  private var usesASCII: Bool
  private var palette: Palette

  /// Takes over the terminal.
  package init(_ options: Options = Options()) throws(TerminalFailure) {
    let isUnicode = Self.localeIsUnicode || options.characters == .unicode
    let usesASCII = !isUnicode || options.characters == .ascii
    let status = cn_open(
      CNOptions(
        usesColor: options.colors != .none, usesMouse: options.usesMouse, usesUnicode: !usesASCII))
    // This comes before the value exists: a screen that was not taken must not be given back.
    if let failure = TerminalFailure(status) { throw failure }
    self.isUnicode = isUnicode
    self.usesASCII = usesASCII
    palette = Palette(
      tier: options.colors.limited(to: ColorTier(colors: Int(cn_colors()))),
      background: options.background)
  }

  /// Which description is used for a terminal without one; nil where TERM has its own.
  package static var substitution: String? {
    guard let name = cn_substitute(), let term = variable("TERM") else { return nil }
    return "TERM=\(term) has no description on this computer; \(String(cString: name)) is used"
  }

  /// Asks the terminal to put a text on the clipboard, by OSC 52.
  package mutating func copy(_ text: String) {
    let base64 = Array(Data(text.utf8).base64EncodedString().utf8CString)
    cn_copy(base64, CInt(base64.count - 1))
  }

  /// The number of colours of the terminal.
  package var colors: Int { Int(cn_colors()) }

  /// Changes the options, as far as the terminal can follow them.
  package mutating func adopt(_ options: Options) {
    usesASCII = !isUnicode || options.characters == .ascii
    palette = Palette(
      tier: options.colors.limited(to: ColorTier(colors: colors)), background: options.background)
    cn_use_color(options.colors != .none)
    cn_use_mouse(options.usesMouse)
  }

  deinit { cn_close() }

  /// The size of the screen now.
  package var size: Size { Size(columns: Int(cn_columns()), rows: Int(cn_rows())) }

  /// Shows a grid; only changed cells are sent.
  package mutating func present(_ grid: Grid, cursor: (x: Int, y: Int)?) {
    let grid = usesASCII ? grid.asciiOnly() : grid
    var pen = Pen(palette)
    for y in 0..<grid.size.rows {
      let row = grid.row(y).map { cell in pen.draw(cell) }
      cn_put_row(CInt(y), row, CInt(row.count))
    }
    cn_present(CInt(clamping: cursor?.x ?? -1), CInt(clamping: cursor?.y ?? -1))
  }

  /// Sends every cell with the next ``present(_:cursor:)``: for Ctrl-L.
  package mutating func repaint() { cn_repaint() }

  /// Whether Ctrl-C or a signal has asked for an end that ``nextKey(waiting:)`` has not returned
  /// yet.
  ///
  /// This is for work between two keys. Like ``showInPassing(_:)`` it uses the one screen that
  /// exists, so that the work need not own it.
  package static var isAskedToStop: Bool { cn_is_asked_to_stop() }

  /// Shows a line of ASCII in the last row until the next picture; does nothing without a screen.
  package static func showInPassing(_ line: String) {
    let columns = Int(cn_columns())
    guard columns > 0, cn_rows() > 0 else { return }
    var grid = Grid(Size(columns: columns, rows: 1))
    grid.put(line, x: 0, y: 0, limit: columns)
    var pen = Pen(Palette(tier: .none))
    let row = grid.row(0).map { pen.draw($0) }
    cn_put_row(cn_rows() - 1, row, CInt(row.count))
    cn_present(-1, -1)
  }

  /// Waits for the next key.
  ///
  /// - Parameter milliseconds: The longest wait; nil waits without limit.
  /// - Returns: The key; nil after the wait, or where the terminal has told its background.
  package mutating func nextKey(waiting milliseconds: Int?) -> Key? {
    Key(cn_next_event(milliseconds.map { CInt(clamping: max(0, $0)) } ?? -1))
  }
}

extension TerminalFailure {
  fileprivate init?(_ status: CNStatus) {
    let name = NcursesTerminal.variable("TERM")
    switch status {
    case .ready: return nil
    case .inputIsNoTerminal: self = .notATerminal(.input)
    case .outputIsNoTerminal: self = .notATerminal(.output)
    case .unknownTerminal: self = .unknownTerminal(name: name)
    case .noCursorAddressing: self = .noCursorAddressing(name: name)
    case .alreadyOpen: self = .alreadyOpen
    case .noResources: self = .noResources
    }
  }
}
