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
      return label + line(name.text, row.adjoint, row.forwardMode, row.difference) + "\n"
        + judgement(row)
    }
    var lines = rows.map { row in
      line(names.name(of: row.parameter), row.adjoint, row.forwardMode, row.difference)
        + "  " + judgement(row)
    }
    guard done > 0 || total == 0 else {
      return "interrupted after 0 of \(total): nothing checked"
    }
    if done < total {
      lines.insert("interrupted after \(done) of \(total):", at: 0)
    } else if let field = name.shared {
      let differences = rows.compactMap(\.difference)
      lines.append(
        line(
          "\(field.rawValue), one value for these \(total)", sum(rows.map(\.adjoint)),
          sum(rows.map(\.forwardMode)), differences.count == total ? sum(differences) : nil))
    }
    lines.append("verdict\(done < total ? " so far" : ""): \(check.verdict.name)")
    return label + lines.joined(separator: "\n")
  }

  private func sum(_ values: [Double]) -> Double { values.reduce(0, +) }

  private func line(
    _ name: String, _ adjoint: Double, _ forwardMode: Double, _ difference: Double?
  ) -> String {
    let show = { (value: Double) in Quantity.display(value, digits: 9) }
    return "\(name): adjoint \(show(adjoint))  forward mode \(show(forwardMode))"
      + (difference.map { "  differences \(show($0))" } ?? "")
  }

  private func judgement(_ row: GradientCheck.Row) -> String {
    guard case .notComparable(let reason) = row.verdict else { return row.verdict.name }
    return "\(row.verdict.name): \(names.sentence(for: reason))"
  }
}
