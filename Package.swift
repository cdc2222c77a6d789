// swift-tools-version: 6.2
import PackageDescription

/// The walls between rooms: a file imports what it uses, and says which imports leak into its API.
let walls: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let realModule = Target.Dependency.product(name: "RealModule", package: "swift-numerics")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// A room of the house: a target whose sentence stands in the README.
func room(_ name: String, uses: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: uses, swiftSettings: walls)
}

/// The tests of one room, entered through its door.
///
/// Snapshots lie beside the tests and are read from there, not bundled.
func tests(
  of name: String, uses: [Target.Dependency], resources: [Resource] = [], snapshots: Bool = false,
  beside: [String] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: uses, exclude: (snapshots ? ["Snapshots"] : []) + beside,
    resources: resources, swiftSettings: walls)
}

/// The files of the folder `Presets`.
let presets = [
  "reference", "single-neuron", "race", "silent", "grazing", "recurrent-pair", "xor", "leaky",
  "identical-twins", "delays", "readout", "integral", "yin-yang",
  "yin-yang-100", "yin-yang-200", "yin-yang-delays", "digits", "exploding",
]

/// The pages in the folder `Sources/Topics/Pages`.
let topics = [
  "eventprop", "membrane", "threshold", "spike_time", "lambda", "jump", "arrival", "gradient",
  "derivatives", "phases", "glossary", "notation", "units", "trust", "tie", "near_miss", "silent",
  "border", "warnings", "check", "rules", "losses", "first_spike_mse", "all_spikes_mse",
  "target_time", "ttfs_cross_entropy", "linear_spike_times", "voltage_integral",
  "max_over_time_cross_entropy", "format", "parameters", "inputs", "samples", "values", "data",
  "training", "layers", "weights", "delays", "limits", "import", "defaults", "presets", "example",
  "screen", "signs", "raster", "plots", "header", "lists", "charts", "keys", "mouse", "display",
  "student", "teacher", "researcher", "steps", "stops", "update", "skip_silent", "training_screen",
]

let package = Package(
  name: "backspike",
  products: [
    .library(name: "EventProp", targets: ["EventProp"]),
    .executable(name: "backspike", targets: ["backspike"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // The pure rooms.
    room("EventProp", uses: ["CLayer", realModule]),
    room("Study", uses: ["EventProp", realModule]),
    room("Learning", uses: ["EventProp", realModule]),
    room("Columns"),
    room("Language", uses: ["EventProp", "Study", "Columns", "Topics", realModule]),
    room(
      "Files",
      uses: ["EventProp", "Learning", "Study", "Language", "Columns", "CHDF5", realModule, yams]),
    room(
      "Workbench",
      uses: [
        "EventProp", "Learning", "Study", "Language", "Files", "Columns", "Topics", "Presets",
      ]),
    room("Terminal", uses: ["Columns"]),
    room(
      "Interface",
      uses: [
        "EventProp", "Learning", "Study", "Language", "Files", "Workbench", "Terminal", "Columns",
        realModule,
      ]),

    // HDF5, read in a child process and written in memory.
    .target(name: "CHDF5", linkerSettings: [.linkedLibrary("hdf5_serial")]),

    // What a whole row of neurons does at an event, for the widest vectors of the machine that runs it.
    .target(name: "CLayer"),

    // The presets, compiled in: the files in the visible folder are the only copy.
    .target(
      name: "Presets", path: "Presets",
      resources: (presets.map { "\($0).yaml" } + ["digits.npz"]).map { .embedInCode($0) },
      swiftSettings: walls),

    // The program's own book, compiled in: a text file for each page.
    .target(
      name: "Topics", resources: topics.map { .embedInCode("Pages/\($0).txt") },
      swiftSettings: walls),

    // The rim: the real screen and the door.
    .target(
      name: "CNcurses",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    room("NcursesTerminal", uses: ["Terminal", "CNcurses"]),
    .executableTarget(
      name: "backspike",
      dependencies: [
        "EventProp", "Learning", "Study", "Language", "Files", "Workbench", "Terminal", "Interface",
        "NcursesTerminal", "Columns", "Presets", "Topics", arguments,
      ],
      swiftSettings: walls),

    // Tests mirror the rooms.
    .target(name: "CSpawn", path: "Tests/CSpawn"),
    .target(
      name: "TestSupport", dependencies: ["CSpawn"], path: "Tests/TestSupport",
      swiftSettings: walls),
    // Experiments, and what others computed for them: 64-digit arithmetic and jaxsnn.
    .target(
      name: "ReferenceCases", dependencies: ["EventProp"], path: "Tests/ReferenceCases",
      resources: [.copy("Golden"), .copy("Jaxsnn")], swiftSettings: walls),
    tests(of: "EventProp", uses: ["EventProp", "ReferenceCases", realModule]),
    tests(
      of: "Study",
      uses: ["EventProp", "Study", "Language", "Files", "Presets", "ReferenceCases", realModule],
      beside: ["Planted"]),
    tests(
      of: "Learning", uses: ["EventProp", "Learning", "Study", "ReferenceCases"],
      resources: [.copy("Reference"), .copy("YinYang")]),
    tests(of: "Topics", uses: ["Topics"]),
    tests(of: "Language", uses: ["EventProp", "Study", "Language", "Files", "Presets"]),
    // The cost of the engine on one page: swift run -c release engine-table
    .executableTarget(
      name: "engine-table", dependencies: ["EventProp"], path: "Tests/EngineTable",
      swiftSettings: walls),
    // Whether a check is ever wrong, on random experiments: swift run -c release random-checks
    .executableTarget(
      name: "random-checks", dependencies: ["EventProp", "Study", "ReferenceCases", realModule],
      path: "Tests/RandomChecks", swiftSettings: walls),
    // Whether any input breaks the program: .build/release/mutations
    .executableTarget(
      name: "mutations",
      dependencies: [
        "EventProp", "Study", "Language", "Files", "Workbench", "Terminal", "Interface", "Presets",
        "CSpawn",
      ],
      path: "Tests/Mutations", swiftSettings: walls),
    // How long a person waits for a picture: .build/release/screen-table
    .executableTarget(
      name: "screen-table", dependencies: ["CSpawn"], path: "Tests/ScreenTable",
      swiftSettings: walls),
    tests(
      of: "Files", uses: ["EventProp", "Study", "Learning", "Language", "Files", "Presets"],
      resources: [.copy("Arrays"), .copy("Networks")]),
    tests(
      of: "Workbench",
      uses: [
        "EventProp", "Learning", "Study", "Language", "Files", "Presets", "Workbench", "Columns",
        "Topics",
        "TestSupport",
      ], snapshots: true),
    tests(of: "Terminal", uses: ["Terminal", "Columns", "TestSupport"], snapshots: true),
    tests(
      of: "Interface",
      uses: [
        "EventProp", "Learning", "Study", "Language", "Files", "Workbench", "Terminal", "Interface",
        "Columns",
        "Presets", "Topics", "TestSupport",
      ],
      snapshots: true),
    tests(
      of: "EndToEnd", uses: ["backspike", "Language", "Learning", "Files", "TestSupport"],
      beside: ["Researcher"]),
  ]
)
