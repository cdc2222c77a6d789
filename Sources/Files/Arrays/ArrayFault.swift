import EventProp
import Language

/// The faults of a file of arrays, as facts with their evidence.
package enum ArrayFault: Error, Equatable, Sendable {
  /// The kind of bytes that was expected.
  package enum Format: Equatable, Sendable {
    /// No file of arrays.
    case either
    /// A member of an archive that is no array.
    case member(String)
    /// Not an HDF5 file, or a damaged one.
    case hdf5
  }

  /// What a member of an HDF5 file is read as.
  package enum MemberKind: String, Equatable, Sendable {
    /// A folder of members.
    case group = "a group"
    /// An array of numbers.
    case numbers
    /// An array of texts.
    case text
    /// An array of lists of numbers.
    case lists = "lists of numbers"
    /// Something else.
    case other = "something else"
  }

  /// The bytes are not of the expected kind.
  case notArrays(Format)
  /// A version of the `.npy` format that is unknown.
  case unknownVersion(Int)
  /// The bytes contradict each other; the text tells where.
  case damaged(String)
  /// A type of numbers that is not supported, such as complex numbers, by its name in the file.
  case unknownType(String)
  /// A type of numbers that does not fit its use.
  case wrongType(NumberArray.Element, wantsIntegers: Bool)
  /// A shape that differs from the required one; nil stands for any length.
  case wrongShape(expected: [Int?], found: [Int])
  /// There is no array of this name; the names are the ones in the archive.
  case noArray(String, present: [String])
  /// A member with a compression other than deflate.
  case unknownCompression(String, method: String)
  /// A member that needs a password.
  case encrypted(String)
  /// A member that unpacks to more bytes than allowed.
  case tooLarge(String, most: Int)
  /// A member of an HDF5 file that is not of the kind that is read here.
  case wrongMember(String, expected: MemberKind, found: MemberKind)
  /// A member of an HDF5 file that leads to another place or another file.
  case link(String)
  /// A member of an HDF5 file whose bytes make no sense.
  case damagedMember(String)
  /// A whole number that no Double equals.
  case inexact(String)
}

extension ArrayFault {
  /// Whether bytes of the file are wrong, and not only a type or a name.
  var isDamage: Bool {
    switch self {
    case .damaged, .damagedMember, .notArrays: true
    default: false
    }
  }

  /// The fact, as a sentence without a capital or a full stop.
  package var message: String {
    switch self {
    case .notArrays(.either): "not a .npy, .npz or .safetensors file"
    case .notArrays(.member(let name)): "'\(Self.shown(name))' is not an array"
    case .unknownVersion(let version): "version \(version) of the .npy format is not known"
    case .notArrays(.hdf5): "not an HDF5 file, or a damaged one"
    case .damaged(let where_): "the file is damaged: \(where_)"
    case .unknownType(let type): "arrays of type \(Self.shown(type)) are not read"
    case .wrongType(let found, let wantsIntegers):
      "expected \(wantsIntegers ? "integers" : "floating-point numbers"), found \(found.rawValue)"
    case .wrongShape(let expected, let found):
      "expected \(Self.shown(expected)), found \(Self.shown(found.map(Optional.some)))"
    case .noArray(let name, _): "there is no array '\(Self.shown(name))' in this file"
    case .unknownCompression(let name, let method):
      "'\(Self.shown(name))' is compressed with \(method)"
    case .encrypted(let name): "'\(Self.shown(name))' is encrypted"
    case .tooLarge(let name, let most):
      "'\(Self.shown(name))' unpacks to more than \(most >> 20) MiB"
    case .wrongMember(let name, let expected, let found):
      "expected \(expected.rawValue) at '\(Self.shown(name))', found \(found.rawValue)"
    case .link(let name): "'\(Self.shown(name))' is a link to another place or another file"
    case .damagedMember(let name): "the file is damaged at '\(Self.shown(name))'"
    case .inexact(let number): "the whole number \(number) is beyond 2⁵³ and would be rounded"
    }
  }

  /// The expected value, or the remedy.
  package var remedy: String? {
    switch self {
    case .notArrays(.hdf5), .damagedMember: "write it again"
    case .notArrays: "numpy.save and numpy.savez write such files"
    case .unknownVersion: "versions 1 to 3 are read"
    case .damaged: "write it again"
    case .unknownType(let type) where type.hasSuffix("O'"):
      "lists of different lengths and dictionaries become such; save each array of numbers under a name of its own: numpy.savez(FILE, w0=…, w1=…)"
    case .unknownType("record"):
      "save each field as an array of its own: numpy.savez(FILE, t=a['t'])"
    case .unknownType, .wrongType(_, wantsIntegers: false): "convert with .astype('float64')"
    case .wrongType(_, wantsIntegers: true): "convert with .astype('int64')"
    case .wrongShape(let expected, let found):
      expected.count == 2 && expected == found.reversed()
        ? "add transpose: true, or take it away" : nil
    case .noArray(let name, let present):
      Suggestion.nearest(to: name, among: present).map { "did you mean '\(Self.shown($0))'?" }
        ?? Self.inventory(present)
    case .unknownCompression: "numpy.savez and numpy.savez_compressed write what is read here"
    case .encrypted: "save it without a password"
    case .link: "write the values into this file"
    case .inexact: "convert with .astype('float64') if the rounded number will do"
    case .wrongMember, .tooLarge: nil
    }
  }

  /// The names of an archive's arrays, in a phrase.
  static func inventory(_ names: [String]) -> String {
    names.isEmpty ? "there are no arrays in it" : "it has \(list(names))"
  }

  /// The first of some names from a file.
  static func list(_ names: [String]) -> String {
    let most = 8
    return names.prefix(most).map(shown).joined(separator: ", ")
      + (names.count > most ? ", … (\(names.count) in all)" : "")
  }

  /// `[3 × 2]`; an open length is n.
  private static func shown(_ shape: [Int?]) -> String {
    guard !shape.isEmpty else { return "a single number" }
    return "[\(shape.map { $0.map(String.init) ?? "n" }.joined(separator: " × "))]"
  }

  /// A name from a file, without characters that could move the cursor of a terminal.
  static func shown(_ name: String) -> String {
    String(String.UnicodeScalarView(name.unicodeScalars.prefix(60))).unmasked
  }
}
