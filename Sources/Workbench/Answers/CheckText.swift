import EventProp
import Files
import Language
import Study

extension CheckTask {
  private var names: Names { Names(experiment) }

  /// The rows found so far.
  var report: String {
    guard name.parameters != nil else {
      return label
        + CheckReport(
          rows, verdict: check.verdict, identities: done < total ? nil : Identities(of: adjoint),
          names,
          interruptedOf: done < total ? total : nil
        ).text
    }
    if total == 1, let row = rows.first {
      return label + Self.numbers(name.text, [row]) + "\n" + Self.judgement(row, names)
    }
    var lines = rows.map { Self.line($0, names) }
    guard done > 0 || total == 0 else {
      return "interrupted after 0 of \(total): nothing checked"
    }
    if done < total {
      lines.insert("interrupted after \(done) of \(total):", at: 0)
    } else if let field = name.shared {
      lines.append(Self.sharedLine(field, rows))
    }
    lines.append("verdict\(done < total ? " so far" : ""): \(check.verdict.name)")
    return label + lines.joined(separator: "\n")
  }

  /// The sum of rows, which is the derivative by one value that all neurons share.
  static func sharedLine(_ field: LIFParameters.Field, _ rows: [GradientCheck.Row]) -> String {
    numbers("\(field.rawValue), one value for these \(rows.count)", rows)
  }

  /// A derivative with its references and its verdict.
  static func line(_ row: GradientCheck.Row, _ names: Names) -> String {
    numbers(names.name(of: row.parameter), [row]) + "  " + judgement(row, names)
  }

  /// The sums of some rows; there are no differences where a row has none.
  private static func numbers(_ name: String, _ rows: [GradientCheck.Row]) -> String {
    func sum(_ values: [Double]) -> String {
      Quantity.display(values.reduce(0, +), digits: 9)
    }
    let differences = rows.compactMap(\.difference)
    return
      "\(name): adjoint \(sum(rows.map(\.adjoint)))  forward mode \(sum(rows.map(\.forwardMode)))"
      + (differences.count == rows.count ? "  differences \(sum(differences))" : "")
  }

  private static func judgement(_ row: GradientCheck.Row, _ names: Names) -> String {
    guard case .notComparable(let reason) = row.verdict else { return row.verdict.name }
    return "\(row.verdict.name): \(names.sentence(for: reason))"
  }
}
