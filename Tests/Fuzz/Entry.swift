import Glibc

/// What is done with an input; it ends the process if something about it is not as it has to be.
typealias Target = @Sendable (UnsafeRawBufferPointer) -> Void

private let targets: [String: Target] = [
  "deframer": DeframerTarget.run,
  "reader": ReaderTarget.run,
  "decoder": DecoderTarget.run,
  "request": RequestTarget.run,
  "response": ResponseTarget.run,
  "session": SessionTarget.run,
]

/// Set before the first input; libFuzzer has one thread.
nonisolated(unsafe) private var target: Target = { _ in }

/// The program's name says what it fuzzes.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
  let path = arguments.pointee[0].map { String(cString: $0) } ?? ""
  let name = path.split(separator: "/").last.map(String.init) ?? ""
  guard let chosen = targets[name] else {
    print("\(path): is to be called by the name of a target: \(targets.keys.sorted())")
    exit(2)
  }
  target = chosen
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  target(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
  return 0
}

/// A finding, if it does not hold.
func expect(_ holds: Bool, _ what: @autoclosure () -> String, line: UInt = #line) {
  if !holds { fatalError("not as expected: \(what())", line: line) }
}
