import EventProp

/// Names of layers for the nodes of a file: a layer's name has letters, digits, '_' and '-'.
struct LayerNames {
  private var taken: Set<String> = []

  /// The name of a layer, near to the name of its node.
  mutating func name(for node: String) -> String {
    var name = String(
      node.map { sign in
        sign.isLetter || sign.isNumber || sign == "_" || sign == "-" ? sign : "_"
      })
    if name.isEmpty || PresetReading.fault(ofLayerName: name) != nil { name = "layer_" + name }
    var free = name
    var number = 2
    while !taken.insert(free.lowercased()).inserted {
      free = "\(name)_\(number)"
      number += 1
    }
    return free
  }
}
