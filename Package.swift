// swift-tools-version:6.1
import PackageDescription

// UESYNTH_DEV=1 links the Swift runtime dynamically: sanitizers need it. Everyone else gets a
// libuesynth.so that carries its own runtime and loads on machines without Swift.
let development = Context.environment["UESYNTH_DEV"] == "1"

// UESYNTH_TESTS="Core Wire" leaves out the tool and the tests of all other modules: under a sanitizer
// everything takes long to compile.
let wantedTests = Context.environment["UESYNTH_TESTS"]?.split(separator: " ").map {
  "UESynth\($0)Tests"
}

// Modules speak to each other in `public`: what is `package` is never inlined in another module. It goes no
// further than the version script lets it.
let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  // Dynamic exclusivity checks cost two to five times on the per-message path (debug keeps them).
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

let libraryLinkerSettings: [LinkerSetting] =
  development
  ? []
  : [
    .unsafeFlags([
      // GNU gold, the default, puts local symbols into the dynamic table.
      "-static-stdlib", "-use-ld=lld",
      "-Xlinker", "-soname", "-Xlinker", "libuesynth.so.0",
      "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/UESynthLib/uesynth.map",
      "-Xlinker", "-Bsymbolic",
      "-Xlinker", "-z", "-Xlinker", "defs",
      "-Xlinker", "-z", "-Xlinker", "nodelete",
      "-Xlinker", "--gc-sections",
    ])
  ]

// The tool is a host like any other, and runs where there is no Swift too. swift-argument-parser
// needs FoundationEssentials, whose own static libraries are not found by themselves.
let toolLinkerSettings: [LinkerSetting] =
  development
  ? []
  : [
    .unsafeFlags(
      ["-use-ld=lld", "-static-stdlib", "-l_FoundationCShims", "-l_FoundationCollections"],
      .when(configuration: .release))
  ]

// Square roots that may set errno are calls, and loops with a call are not vectorised.
let vectorSettings: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-fno-math-errno"])]

func module(
  _ name: String, _ dependencies: [Target.Dependency], settings: [SwiftSetting] = []
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings + settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

let tool: [Target] = [
  .executableTarget(
    name: "uesynthctl",
    dependencies: [
      "UESynthSim", "UESynthNet", "UESynthABI", "CUESynth", "CUESynthCount", "CUESynthSys",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    swiftSettings: swiftSettings, linkerSettings: toolLinkerSettings)
]

let allTests = [
  tests("UESynthCoreTests", ["UESynthCore"]),
  tests("UESynthWireTests", ["UESynthWire", "UESynthCore", "CUESynthProto"]),
  tests("UESynthHTTP2Tests", ["UESynthHTTP2", "UESynthCore"]),
  tests("UESynthNetTests", ["UESynthNet", "UESynthCore"]),
  tests(
    "UESynthClientTests",
    ["UESynthABI", "UESynthClient", "UESynthSim", "UESynthNet", "CUESynth", "UESynthCore"]),
  tests(
    "UESynthRaceTests", ["UESynthABI", "UESynthSim", "UESynthNet", "CUESynth", "UESynthCore"]),
  tests(
    "UESynthSimTests",
    ["UESynthSim", "UESynthNet", "UESynthHTTP2", "UESynthWire", "UESynthCore"]),
]

let package = Package(
  name: "uesynth",
  products: wantedTests != nil
    ? []
    : [
      .library(name: "uesynth", type: .dynamic, targets: ["UESynthLib"]),
      .executable(name: "uesynthctl", targets: ["uesynthctl"]),
    ],
  dependencies: wantedTests != nil
    ? [] : [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")],
  targets: [
    .systemLibrary(
      name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),

    .target(
      name: "CUESynth", path: ".", sources: ["Sources/CUESynth"], publicHeadersPath: "include"),
    .target(name: "CUESynthInitial", dependencies: ["CUESynth"]),
    .target(name: "CUESynthSys"),
    .target(
      name: "CUESynthProto", dependencies: ["CProtobufC"],
      exclude: ["uesynth.proto", "regenerate.sh"]),
    .target(name: "CUESynthCodec"),
    .target(name: "CUESynthCount"),

    module("UESynthCore", ["CUESynthSys"]),
    module("UESynthWire", ["UESynthCore", "CUESynthProto", "CZlib"]),
    module("UESynthHTTP2", ["UESynthCore", "CNghttp2"]),
    module("UESynthNet", ["UESynthHTTP2", "UESynthCore", "COpenSSL", "CUESynthSys"]),
    module(
      "UESynthClient",
      ["UESynthNet", "UESynthHTTP2", "UESynthWire", "UESynthCore", "CUESynthCodec", "CUESynthSys"]),
    module(
      "UESynthABI",
      [
        "UESynthClient", "UESynthNet", "UESynthWire", "UESynthCore", "CUESynth", "CUESynthInitial",
        "CUESynthSys",
      ]),
    .target(
      name: "UESynthLib", dependencies: ["UESynthABI"], exclude: ["uesynth.map"],
      swiftSettings: swiftSettings, linkerSettings: libraryLinkerSettings),

    module(
      "UESynthSim", ["UESynthNet", "UESynthHTTP2", "UESynthWire", "UESynthCore", "CUESynthSys"],
      settings: vectorSettings),
  ] + (wantedTests == nil ? tool : [])
    + allTests.filter { wantedTests?.contains($0.name) ?? true }
)
