import Glibc
import Testing

@testable import UESynthNet

extension NetTests {
  @Suite struct SocketAddressTests {
    @Test func readsNumericAddresses() throws {
      let ipv4 = try #require(SocketAddress(numeric: "10.1.2.3", port: 513))
      #expect(ipv4.family == .ipv4 && ipv4.host == "10.1.2.3" && ipv4.port == 513)
      let ipv6 = try #require(SocketAddress(numeric: "2001:DB8:0::1", port: 1))
      #expect(ipv6.family == .ipv6 && ipv6.host == "2001:db8::1" && ipv6.port == 1)
      let index = if_nametoindex("lo")
      #expect(SocketAddress(numeric: "fe80::1%lo", port: 1)?.host == "fe80::1%\(index)")
      #expect(SocketAddress(numeric: "fe80::1%7", port: 1)?.host == "fe80::1%7")
      for text in ["", "localhost", "1.2.3", "::1%", "::1%nosuchinterface", "1.2.3.4%lo", "%lo"] {
        #expect(SocketAddress(numeric: text, port: 1) == nil, "\(text)")
      }
    }

    @Test func holdsUnixPathsUpToTheirLimit() throws {
      let longest = String(repeating: "p", count: 107)
      #expect(SocketAddress(unixPath: longest)?.host == longest)
      #expect(SocketAddress(unixPath: longest, isAbstract: true)?.host == "@" + longest)
      #expect(SocketAddress(unixPath: longest + "p") == nil)
      #expect(SocketAddress(unixPath: "") == nil)
      #expect(SocketAddress(unixPath: "a\u{0}b") == nil)
    }

    @Test func comparesAddressAndPort() throws {
      let one = try #require(SocketAddress(numeric: "127.0.0.1", port: 80))
      let same = try #require(SocketAddress(numeric: "127.0.0.1", port: 80))
      let port = try #require(SocketAddress(numeric: "127.0.0.1", port: 81))
      let host = try #require(SocketAddress(numeric: "127.0.0.2", port: 80))
      let family = try #require(SocketAddress(numeric: "::1", port: 80))
      #expect(one.isSame(as: same))
      for other in [port, host, family] { #expect(!one.isSame(as: other)) }
    }
  }

  @Suite struct AddressLookupTests {
    @Test func familiesAlternate() throws {
      func order(_ hosts: [String]) -> [String] {
        AddressLookup.interleaved(hosts.compactMap { SocketAddress(numeric: $0, port: 1) })
          .map(\.host)
      }
      #expect(
        order(["::1", "::2", "::3", "1.1.1.1", "2.2.2.2"])
          == ["::1", "1.1.1.1", "::2", "2.2.2.2", "::3"])
      #expect(order(["1.1.1.1", "::1", "::2"]) == ["1.1.1.1", "::1", "::2"])
      #expect(order(["1.1.1.1", "2.2.2.2"]) == ["1.1.1.1", "2.2.2.2"])
      #expect(order([]) == [])
    }

    @Test func theSystemKnowsLocalhost() throws {
      let addresses = try AddressLookup.system("localhost", 4711).get()
      #expect(!addresses.isEmpty)
      #expect(addresses.allSatisfy { ["127.0.0.1", "::1"].contains($0.host) && $0.port == 4711 })
    }
  }

  @Suite struct SocketOptionsTests {
    @Test func areTaken() throws {
      try withoutLeaks {
        let pair = try TCPPair()
        defer {
          close(pair.client)
          close(pair.server)
        }
        let tcp = Int32(IPPROTO_TCP)
        #expect(SocketOptions.setNoDelay(pair.client))
        #expect(option(pair.client, tcp, TCP_NODELAY) == 1)
        #expect(SocketOptions.setKeepAlive(pair.client))
        #expect(option(pair.client, SOL_SOCKET, SO_KEEPALIVE) == 1)
        #expect(option(pair.client, tcp, TCP_KEEPIDLE) == 10)
        #expect(option(pair.client, tcp, TCP_KEEPINTVL) == 5)
        #expect(option(pair.client, tcp, TCP_KEEPCNT) == 2)
        #expect(option(pair.client, tcp, TCP_USER_TIMEOUT) == 20_000)
        #expect(SocketOptions.setSendBuffer(pair.client, bytes: 100_000))
        #expect(option(pair.client, SOL_SOCKET, SO_SNDBUF) == 200_000)
        try SocketOptions.setCongestionControl(pair.client, "reno")
        #expect(SocketOptions.congestionControl(pair.client) == "reno")
        let error = #expect(throws: NetError.self) {
          try SocketOptions.setCongestionControl(pair.client, "no-such-thing")
        }
        #expect(error?.message.contains("no such algorithm") == true)
        #expect(SocketOptions.congestionControl(pair.client) == "reno")
      }
    }

    @Test func anythingButTCPHasNoCongestionControl() throws {
      let (a, b) = try socketPair()
      defer {
        close(a)
        close(b)
      }
      #expect(SocketOptions.congestionControl(a) == nil)
      #expect(!SocketOptions.setKeepAlive(a))
    }

    private func option(_ fd: Int32, _ level: Int32, _ name: Int32) -> Int32 {
      var value: Int32 = -1
      var length = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(fd, level, name, &value, &length)
      return value
    }
  }
}
