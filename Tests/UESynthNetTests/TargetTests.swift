import Testing
import UESynthCore

@testable import UESynthNet

extension NetTests {
  @Suite struct TargetTests {
    struct Good: Sendable, CustomTestStringConvertible {
      let text: String
      let target: Target
      let authority: String
      let description: String
      var testDescription: String { text }

      init(_ text: String, _ target: Target, _ authority: String, _ description: String? = nil) {
        self.text = text
        self.target = target
        self.authority = authority
        self.description = description ?? authority
      }
    }

    static let good: [Good] = [
      Good("localhost:50051", .host(name: "localhost", port: 50051), "localhost:50051"),
      Good("localhost", .host(name: "localhost", port: 50051), "localhost:50051"),
      Good(
        "render-01.lab_2.example:7", .host(name: "render-01.lab_2.example", port: 7),
        "render-01.lab_2.example:7"),
      Good("host.:65535", .host(name: "host.", port: 65535), "host.:65535"),
      Good("1.2.3.4:5", .numeric(address: "1.2.3.4", port: 5), "1.2.3.4:5"),
      Good("1.2.3.4", .numeric(address: "1.2.3.4", port: 50051), "1.2.3.4:50051"),
      Good("[::1]:5", .numeric(address: "::1", port: 5), "[::1]:5"),
      Good("[::1]", .numeric(address: "::1", port: 50051), "[::1]:50051"),
      Good(
        "[fe80::1%lo]:5", .numeric(address: "fe80::1%lo", port: 5), "[fe80::1]:5",
        "[fe80::1%lo]:5"),
      Good("dns:///host:80", .host(name: "host", port: 80), "host:80"),
      Good("dns:host:80", .host(name: "host", port: 80), "host:80"),
      Good("dns:///[::1]:80", .numeric(address: "::1", port: 80), "[::1]:80"),
      Good("dns:///10.0.0.1", .numeric(address: "10.0.0.1", port: 50051), "10.0.0.1:50051"),
      Good("ipv4:1.2.3.4:5", .numeric(address: "1.2.3.4", port: 5), "1.2.3.4:5"),
      Good("ipv4:1.2.3.4", .numeric(address: "1.2.3.4", port: 50051), "1.2.3.4:50051"),
      Good("ipv6:[::1]:5", .numeric(address: "::1", port: 5), "[::1]:5"),
      Good(
        "ipv6:2607:f8b0::ef", .numeric(address: "2607:f8b0::ef", port: 50051),
        "[2607:f8b0::ef]:50051"),
      Good("unix:/path", .unix(path: "/path"), "localhost", "unix:/path"),
      Good("unix:///path", .unix(path: "/path"), "localhost", "unix:/path"),
      Good("unix:relative.sock", .unix(path: "relative.sock"), "localhost", "unix:relative.sock"),
      Good(
        "unix:/" + String(repeating: "x", count: 106),
        .unix(path: "/" + String(repeating: "x", count: 106)), "localhost",
        "unix:/" + String(repeating: "x", count: 106)),
      Good("unix-abstract:name", .unixAbstract(name: "name"), "localhost", "unix-abstract:name"),
    ]

    @Test(arguments: good) func reads(_ good: Good) throws {
      let target = try Target.parse(good.text)
      #expect(target == good.target)
      #expect(target.authority == good.authority)
      #expect(target.description == good.description)
      // What is printed can be read again.
      #expect(try Target.parse(target.description) == target)
    }

    static let bad: [(text: String, part: String)] = [
      ("", "is empty"),
      ("local host:5", "space or control character"),
      ("host\u{0}:5", "space or control character"),
      ("localhost:", "no port after the colon"),
      (":50051", "no host before the colon"),
      ("localhost:0", "number from 1 to 65535"),
      ("localhost:65536", "number from 1 to 65535"),
      ("localhost:99999999999999999999", "number from 1 to 65535"),
      ("localhost:http", "number from 1 to 65535"),
      ("localhost:+5", "number from 1 to 65535"),
      ("localhost:٥", "number from 1 to 65535"),
      ("::1", "stands in brackets"),
      ("a:b:c", "more than one colon"),
      ("[::1", "no closing bracket"),
      ("[::1]5", "something else than :port"),
      ("[localhost]:5", "no IPv6 address in its brackets"),
      ("[]:5", "no IPv6 address in its brackets"),
      ("http://localhost:50051", "unknown scheme"),
      ("vsock://2:5", "unknown scheme"),
      ("localhost/path", "'/' in its host"),
      ("größe:5", "other characters"),
      ("1.2.3:5", "neither a name nor an address"),
      ("1.2.3.400:5", "neither a name nor an address"),
      ("...", "no host"),
      (String(repeating: "x", count: 254), "more than 253"),
      ("dns://8.8.8.8/host:5", "names a DNS server"),
      ("dns:", "no host"),
      ("dns:///", "no host"),
      ("ipv4:localhost:5", "no IPv4 address"),
      ("ipv4:1.2.3.4:5,1.2.3.5:5", "number from 1 to 65535"),
      ("ipv4:[::1]:5", "write it like ipv4:127.0.0.1:50051"),
      ("ipv6:1.2.3.4:5", "no IPv6 address in brackets"),
      ("ipv6:[1.2.3.4]:5", "no IPv6 address in its brackets"),
      ("unix:", "no path"),
      ("unix://", "no absolute path"),
      ("unix://host/path", "no absolute path"),
      ("unix:/" + String(repeating: "x", count: 107), "more than 107 bytes"),
      ("unix-abstract:", "no name"),
      ("unix-abstract:" + String(repeating: "x", count: 108), "more than 107 bytes"),
    ]

    @Test(arguments: bad) func refuses(text: String, part: String) throws {
      let error = #expect(throws: NetError.self) { try Target.parse(text) }
      #expect(error?.status == .invalidArgument)
      let message = error?.message ?? ""
      #expect(message.contains(part), "\(message)")
      // Every refusal shows a target that is right.
      let example = message.split(separator: " ").last.map(String.init) ?? ""
      #expect(throws: Never.self) { try Target.parse(example) }
    }
  }
}
