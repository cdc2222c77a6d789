import EventProp
import Language
import Study

extension SweepPoint.Failure {
  /// The failure in a sentence.
  func sentence(_ names: Names) -> String {
    switch self {
    case .cutShort: "max_events cut the run"
    case .cannotRun(let error): names.sentence(for: error)
    case .lossNotFinite: "the loss is no finite number"
    }
  }
}
