/// A command about files with experiments.
package enum FileCommand: Equatable, Sendable {
  /// Open another preset or file.
  case load(Word)
  /// Write the experiment as a preset.
  case save(Word, overwriting: Bool)
  /// Write a preset that shows every key, as a start for one's own.
  case new(Word, overwriting: Bool)
  /// List the built-in presets.
  case presets
}

extension CommandTable {
  static let fileRows: [CommandRow] = [
    CommandRow(
      "load", arguments: "PRESET | FILE | last", summary: "open another preset or file",
      details: """
        load last brings back edits that an earlier sitting ended without saving, however it ended; where several have left
        some, each time the newest of those that are left. ./last is a file.
        """, example: "load xor", completes: .presets
    ) { (line) throws(Diagnostic) in .file(.load(try line.file("a preset or a file"))) },
    CommandRow(
      "save", arguments: "FILE", summary: "write the experiment as a preset; save! overwrites",
      details:
        "A name with blanks, or with one of ; # = in it, stands in quotes, here and wherever a file is named.",
      example: "save mine.yaml", completes: .files
    ) { (line) throws(Diagnostic) in
      .file(.save(try line.file(), overwriting: line.isForced))
    },
    CommandRow(
      "new", arguments: "FILE",
      summary: "write a preset with every key and its default; new! overwrites",
      details: "load FILE opens it. help example shows what is written, help format explains it.",
      example: "new mine.yaml", completes: .files
    ) { (line) throws(Diagnostic) in
      .file(.new(try line.file(), overwriting: line.isForced))
    },
    CommandRow(
      "presets", summary: "the built-in presets, from the simplest on, and what each shows"
    ) { _ in .file(.presets) },
  ]
}
