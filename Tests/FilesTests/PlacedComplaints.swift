import Files
import Language

/// The complaints of a reading, each as `line:column message | remedy`; empty where it succeeds.
func complaints(of read: () throws(PresetComplaints) -> PresetDocument) -> [String] {
  do throws(PresetComplaints) {
    _ = try read()
    return []
  } catch {
    return error.diagnostics.map {
      "\($0.span.start.line):\($0.span.start.column) \($0.message)"
        + ($0.remedy.map { " | " + $0 } ?? "")
    }
  }
}
