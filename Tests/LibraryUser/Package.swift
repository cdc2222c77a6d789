// swift-tools-version: 6.2
import PackageDescription

/// A package of somebody else's that uses the library: what a newcomer would write.
let package = Package(
  name: "library-user",
  dependencies: [.package(name: "backspike", path: "../..")],
  targets: [
    .executableTarget(
      name: "LibraryUser", dependencies: [.product(name: "EventProp", package: "backspike")])
  ]
)
