import CNcurses
import Glibc
package import Terminal

/// The real screen, through ncurses.
///
/// While the value lives the terminal belongs to it; at its end, and also after `exit`, a signal or
/// a crash, the terminal is as it was before. Nothing else may write to the terminal meanwhile:
/// what goes to the standard error is kept, and written when the screen has been given back.
package struct NcursesTerminal: ~Copyable, TerminalDevice {
  /// What the user wants of the terminal.
  package struct Options: Sendable {
    /// Which characters may be shown.
    package enum Characters: Hashable, Sendable {
      /// All, if the locale is a UTF-8 one; otherwise those of ASCII.
      case automatic

      /// All, whatever the locale says.
      case unicode

      /// Those of ASCII.
      case ascii
    }

    /// The most colours to use; the terminal may have fewer.
    package var colors: ColorTier = .full256

    /// What the colours must stand out from.
    package var background: Background = .dark

    /// Whether the mouse is asked for; the terminal's own selection then needs Shift.
    package var usesMouse = true

    /// Which characters may be shown.
    package var characters: Characters = .automatic

    /// The options of someone who asked for nothing.
    package init() {}
  }

  /// Whether the user's locale has more characters than those of ASCII, in the widths that pictures need.
  package static var localeIsUnicode: Bool { cn_locale_is_unicode() }

  /// Whether the terminal can be sent more characters than those of ASCII.
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
    // Before anything of self exists: a screen that was not taken must not be given back.
    if let failure = TerminalFailure(status) { throw failure }
    self.isUnicode = isUnicode
    self.usesASCII = usesASCII
    palette = Palette(
      tier: options.colors.limited(to: ColorTier(colors: Int(cn_colors()))),
      background: options.background)
  }

  /// The number of colours that the terminal has.
  package var colors: Int { Int(cn_colors()) }

  /// Goes on with other options, as far as the terminal can follow them.
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

  /// Shows a grid; only what differs from the screen is sent.
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

  /// Whether Ctrl-C or a signal has asked for an end of what is being done, and ``nextKey(waiting:)`` has not told of it.
  ///
  /// For work between two keys; like ``showInPassing(_:)`` it asks the one screen there is, so that the work need not
  /// hold it.
  package static var isAskedToStop: Bool { cn_is_asked_to_stop() }

  /// Shows a line of ASCII in the last row until the next picture; nothing where no screen is taken.
  package static func showInPassing(_ line: String) {
    let columns = Int(cn_columns())
    guard columns > 0, cn_rows() > 0 else { return }
    var grid = Grid(Size(columns: columns, rows: 1))
    grid.put(line, x: 0, y: 0, limit: columns)
    var pen = Pen(Palette(tier: .none, background: .dark))
    let row = grid.row(0).map { pen.draw($0) }
    cn_put_row(cn_rows() - 1, row, CInt(row.count))
    cn_present(-1, -1)
  }

  /// Waits for the next key.
  ///
  /// - Parameter milliseconds: How long to wait; nil sleeps until something happens.
  /// - Returns: The key, or nil when the time is over.
  package mutating func nextKey(waiting milliseconds: Int?) -> Key? {
    Key(cn_next_event(milliseconds.map { CInt(clamping: max(0, $0)) } ?? -1))
  }
}

extension TerminalFailure {
  fileprivate init?(_ status: CNStatus) {
    let name = getenv("TERM").map { String(cString: $0) }
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
