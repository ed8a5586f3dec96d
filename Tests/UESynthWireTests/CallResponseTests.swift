import Testing
import UESynthCore

@testable import UESynthWire

@Suite struct CallResponseTests {
  /// What happens to a call, in order; the outcome is the first that is given.
  enum Event {
    case headers([(String, String)])
    case trailers([(String, String)])
    case data(String)
    case end
    case reset(UInt32)
    case resetAfterDeadline(UInt32)
    case cancelled
    case deadline
  }

  private static let good: Event = .headers([
    (":status", "200"), ("content-type", "application/grpc"),
  ])

  private func outcome(_ events: [Event]) -> CallOutcome? {
    var response = CallResponse()
    for event in events {
      let result: CallOutcome?
      switch event {
      case .headers(let fields): result = block(&response, fields, endStream: false)
      case .trailers(let fields): result = block(&response, fields, endStream: true)
      case .data(let text):
        result = Array(text.utf8).withUnsafeBytes { response.dataArrived($0) }
      case .end: result = response.endStream()
      case .reset(let code):
        result = response.reset(code: code, cancelledByUs: false, deadlinePassed: false)
      case .resetAfterDeadline(let code):
        result = response.reset(code: code, cancelledByUs: false, deadlinePassed: true)
      case .cancelled:
        result = response.reset(code: 8, cancelledByUs: true, deadlinePassed: false)
      case .deadline:
        result = response.reset(code: 8, cancelledByUs: true, deadlinePassed: true)
      }
      if let result {
        // What was said once stands.
        #expect(response.reset(code: 2, cancelledByUs: true, deadlinePassed: true) == result)
        #expect(response.endStream() == result)
        return result
      }
    }
    return nil
  }

  private func block(
    _ response: inout CallResponse, _ fields: [(String, String)], endStream: Bool
  ) -> CallOutcome? {
    response.beginBlock()
    for (name, value) in fields {
      // Bytes that are no UTF-8 are written as Latin-1 here.
      let raw =
        value.unicodeScalars.allSatisfy { $0.value < 256 }
        ? value.unicodeScalars.map { UInt8($0.value) } : Array(value.utf8)
      Array(name.utf8).withUnsafeBytes { name in
        raw.withUnsafeBytes { response.field(name: name, value: $0) }
      }
    }
    return response.endBlock(endStream: endStream)
  }

  private func expect(
    _ events: [Event], _ status: Status, _ words: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    guard let outcome = outcome(events) else {
      Issue.record("the call is not over", sourceLocation: sourceLocation)
      return
    }
    #expect(outcome.status == status, "\(outcome.message)", sourceLocation: sourceLocation)
    #expect(
      words.isEmpty || outcome.message.contains(words), "\(outcome.message)",
      sourceLocation: sourceLocation)
    #expect(
      outcome.message.isEmpty == (status == .ok) || words.isEmpty, sourceLocation: sourceLocation)
  }

  // MARK: HEADERS, messages, trailers

  @Test func goodResponse() {
    #expect(
      outcome([Self.good, .data("x"), .trailers([("grpc-status", "0")])]) == CallOutcome.ok)
    #expect(outcome([Self.good, .data("x")]) == nil)
    #expect(
      outcome([Self.good, .trailers([("grpc-status", "0"), ("grpc-message", "fine")])])
        == CallOutcome.ok)
  }

  @Test(arguments: [
    "application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8",
    "application/grpc+proto; x=y", "Application/GRPC", "APPLICATION/grpc+Proto",
  ])
  func contentTypesOfGRPC(type: String) {
    expect(
      [
        .headers([(":status", "200"), ("content-type", type)]), .data("x"),
        .trailers([("grpc-status", "0")]),
      ], .ok)
  }

  @Test func trailersOnly() {
    expect(
      [
        .trailers([
          (":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "12"),
          ("grpc-message", "unknown method"),
        ])
      ], .unimplemented, "unknown method")
  }

  @Test func statusCountsOnlyInTrailers() {
    let early: Event = .headers([
      (":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "0"),
    ])
    expect([early, .trailers([("x", "y")])], .unknown, "without a grpc-status")
    expect([early, .end], .unknown, "without a grpc-status")
    expect([early, .trailers([("grpc-status", "5")])], .notFound)
  }

  @Test func informationalBlocksAreSkipped() {
    let hints: Event = .headers([(":status", "103"), ("content-type", "text/html"), ("link", "a")])
    expect([hints, hints, Self.good, .data("x"), .trailers([("grpc-status", "0")])], .ok)
    expect([.headers([(":status", "100")]), .data("x")], .internal, "before headers")
    expect([.trailers([(":status", "103")])], .internal)
  }

  @Test func allCodes() {
    for code in 1...16 {
      expect(
        [Self.good, .trailers([("grpc-status", "\(code)"), ("grpc-message", "why")])],
        Status(rawValue: Int32(code)), "why")
    }
  }

  // MARK: No grpc-status

  @Test(
    arguments: [
      (400, .internal), (401, .unauthenticated), (403, .permissionDenied), (404, .unimplemented),
      (429, .unavailable), (502, .unavailable), (503, .unavailable), (504, .unavailable),
      (200, .unknown), (204, .unknown), (302, .unknown), (418, .unknown), (500, .unknown),
    ] as [(Int, Status)])
  func httpStatus(code: Int, status: Status) {
    let fields = [(":status", "\(code)"), ("content-type", "application/grpc")]
    expect([.headers(fields), .trailers([("x", "y")])], status, "without a grpc-status")
    expect([.headers(fields), .end], status, "without a grpc-status")
    expect([.trailers(fields)], status)
    let html = [(":status", "\(code)"), ("content-type", "text/html")]
    expect([.headers(html), .data("<html>"), .end], status, "HTTP \(code) text/html: ")
    expect([.trailers([(":status", "\(code)")])], status, "without a content-type")
    // The server's own word wins.
    expect([.headers(fields), .trailers([("grpc-status", "10")])], .aborted)
    expect([.headers(html), .data("<html>"), .trailers([("grpc-status", "10")])], .aborted)
    expect([.headers(fields), .trailers([("grpc-status", "0")])], .ok)
  }

  @Test(arguments: ["", "2000", "abc", "20", "99", "-20"]) func oddHTTPStatus(text: String) {
    expect(
      [.headers([(":status", text), ("content-type", "application/grpc")]), .end], .unknown)
  }

  // MARK: Unreadable, unknown, twice

  @Test(arguments: [
    "", " 0", "0 ", "00", "-0", "-1", "+0", "0x0", "OK", "17", "99", "999999999", "9999999999",
    "4294967296", "\u{0}",
  ])
  func badCodes(text: String) {
    expect(
      [Self.good, .trailers([("grpc-status", text), ("grpc-message", "kept")])], .unknown, "kept")
    expect([Self.good, .trailers([("grpc-message", "kept"), ("grpc-status", text)])], .unknown)
  }

  @Test func repeatedStatusIsNeverOK() {
    for codes in [["0", "0"], ["0", "5"], ["5", "0"], ["5", "5"], ["0", "x", "0"]] {
      expect(
        [Self.good, .trailers(codes.map { ("grpc-status", $0) } + [("grpc-message", "kept")])],
        .unknown, "more than one grpc-status: kept")
    }
  }

  @Test func trailersWithoutStatus() {
    expect([Self.good, .data("x"), .trailers([])], .unknown, "without a grpc-status")
    expect(
      [Self.good, .trailers([("grpc-message", "kept")])], .unknown, "without a grpc-status: kept")
  }

  @Test func headersTwice() {
    expect([Self.good, Self.good], .internal, "headers twice")
    expect([Self.good, .data("x"), .headers([("a", "b")])], .internal, "headers twice")
  }

  // MARK: content-type

  @Test(arguments: [
    "text/html", "application/json", "application/grpc-web", "application/grpcx", "application/grp",
    "", "grpc", "application/grpc-web+proto",
  ])
  func foreignContentType(type: String) {
    let headers: Event = .headers([(":status", "200"), ("content-type", type)])
    expect([headers, .data("hello"), .end], .unknown, "(body starts \"hello\")")
    expect([headers, .end], .unknown, "is the port right?")
    expect([headers, .data("hello"), .trailers([("grpc-status", "0")])], .unknown, "hello")
    expect([headers, .data("hello"), .trailers([("grpc-status", "7")])], .permissionDenied)
    expect([headers, .data("hel"), .data("lo"), .reset(5)], .unknown, "\"hello\"")
  }

  @Test func webServerIsNamed() {
    let headers: Event = .headers([(":status", "404"), ("content-type", "text/html")])
    #expect(
      outcome([headers, .data("<html>\r\n\t <p>No such page"), .end])
        == CallOutcome(
          status: .unimplemented,
          message: "the server answered HTTP 404 text/html: this is not a gRPC server; is the port "
            + "right? (body starts \"<html> <p>No such page\")"))
  }

  @Test func longForeignBodyEndsTheCallAtOnce() {
    let headers: Event = .headers([(":status", "200"), ("content-type", "text/plain")])
    let text = String(repeating: "é", count: 100)
    expect([headers, .data(text)], .unknown, "\(String(repeating: "é", count: 60))...\")")
    #expect(outcome([headers, .data(String(repeating: "a", count: 120))]) == nil)
    expect(
      [headers, .data(String(repeating: "a", count: 120)), .data("b")], .unknown, "aaa...\")")
  }

  @Test func foreignTextIsMadeFitToShow() {
    let headers: Event = .headers([
      (":status", "500"), ("content-type", "text/\u{1B}[31m\u{0}\u{FF}"),
    ])
    guard let outcome = outcome([headers, .data("\u{1B}[2J\u{0}\u{7F}ok"), .end]) else {
      Issue.record("the call is not over")
      return
    }
    #expect(outcome.message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
    #expect(outcome.message.contains("ok\""))
  }

  @Test func otherCodec() {
    for type in ["application/grpc+json", "application/grpc+protobuf", "application/grpc+"] {
      let fields = [(":status", "200"), ("content-type", type)]
      expect([.headers(fields)], .internal, type)
      expect([.trailers(fields + [("grpc-status", "0")])], .internal, type)
      expect([.trailers(fields + [("grpc-status", "3")])], .invalidArgument)
    }
  }

  // MARK: grpc-message

  @Test(arguments: [
    ("plain", "plain"), ("a%20b", "a b"), ("%C3%A9", "é"), ("%c3%a9", "é"), ("100%", "100%"),
    ("%", "%"), ("%4", "%4"), ("%zz!", "%zz!"), ("%%41", "%A"), ("%FF", "\u{FFFD}"),
    ("\u{E9}", "\u{FFFD}"), ("%00x", "?x"), ("line%0Atwo", "line\ntwo"),
  ])
  func messages(sent: String, shown: String) {
    let end: Event = .trailers([("grpc-status", "9"), ("grpc-message", sent)])
    #expect(
      outcome([Self.good, end]) == CallOutcome(status: .failedPrecondition, message: shown))
  }

  @Test func messagesAreCapped() {
    let end: Event = .trailers([
      ("grpc-message", String(repeating: "%C3%A9", count: 5000)), ("grpc-status", "2"),
    ])
    #expect(
      outcome([Self.good, end])?.message == String(repeating: "é", count: 2048) + "...")
  }

  // MARK: DATA and END_STREAM out of place

  @Test func dataBeforeHeaders() {
    expect([.data("x")], .internal, "data before headers")
  }

  @Test func endWithoutAnything() {
    expect([.end], .internal, "without an answer")
    expect([Self.good, .end], .unknown, "without a grpc-status")
    expect([Self.good, .data("x"), .end], .unknown, "without a grpc-status")
  }

  // MARK: RST_STREAM

  @Test(
    arguments: [
      (7, .unavailable), (8, .cancelled), (11, .resourceExhausted), (12, .permissionDenied),
      (0, .internal), (1, .internal), (2, .internal), (3, .internal), (4, .internal),
      (5, .internal),
      (6, .internal), (9, .internal), (10, .internal), (13, .internal), (UInt32.max, .internal),
    ] as [(UInt32, Status)])
  func resets(code: UInt32, status: Status) {
    expect([.reset(code)], status)
    expect([Self.good, .data("x"), .reset(code)], status)
    expect([Self.good, .resetAfterDeadline(code)], code == 8 ? .deadlineExceeded : status)
  }

  @Test func ourOwnResets() {
    expect([Self.good, .cancelled], .cancelled, "cancelled")
    expect([.deadline], .deadlineExceeded, "deadline")
  }

  @Test func receivedStatusStandsAfterTrailers() {
    var response = CallResponse()
    _ = block(
      &response, [(":status", "200"), ("content-type", "application/grpc")], endStream: false)
    _ = block(&response, [("grpc-status", "0")], endStream: true)
    #expect(response.reset(code: 2, cancelledByUs: false, deadlinePassed: true) == CallOutcome.ok)
    #expect([1].withUnsafeBytes { response.dataArrived($0) } == CallOutcome.ok)
  }

  @Test func aViolationIsToldUnlessTrailersHaveCome() {
    var response = CallResponse()
    #expect(!response.hasMessages)
    _ = block(
      &response, [(":status", "200"), ("content-type", "application/grpc")], endStream: false)
    #expect(response.hasMessages)
    let told = response.violated(.resourceExhausted, "too long")
    #expect(told == CallOutcome(status: .resourceExhausted, message: "too long"))
    #expect(response.violated(.internal, "more") == told)
  }

  @Test func aForeignBodyHoldsNoMessages() {
    var response = CallResponse()
    _ = block(&response, [(":status", "503"), ("content-type", "text/html")], endStream: false)
    #expect(!response.hasMessages)
  }
}
