import Glibc
import Testing
import UESynthCore
import UESynthNet

@testable import UESynthSim

@Suite struct ServiceShutdownTests {
  private func seconds(_ body: () -> Void) -> Double {
    let start = MonotonicClock.now()
    body()
    return Double(MonotonicClock.now() - start) / 1e9
  }

  @Test func openStreamsAreEndedWithAReason() throws {
    var options = ServerOptions()
    options.shutdownLimit = 20_000_000_000
    let client = try ServiceClient(options)
    let stream = client.stream()
    stream.send([Proto.request("1", 17, [])])
    _ = try stream.replies(1)
    let took = seconds { client.server.stop() }
    try stream.waitForEnd()
    #expect(stream.status == 14 && stream.statusMessage.contains("shutting down"))
    #expect(client.waitForGoAway())
    #expect(took < 10)
    client.end()
  }

  @Test func thePluginWaitsForItsStreams() throws {
    var options = ServerOptions()
    options.behaviour = .plugin
    options.shutdownLimit = 20_000_000_000
    let client = try ServiceClient(options)
    let stream = client.stream()
    stream.send([Proto.request("1", 17, [])])
    _ = try stream.replies(1)
    let stopped = Latch()
    let thread = try NetThread.start(name: "stop", role: .worker) {
      client.server.stop()
      stopped.open()
    }
    #expect(client.waitForGoAway())
    // Still served.
    stream.send([Proto.request("2", 17, [])])
    #expect(try stream.replies(2)[1].text(1) == "2")
    #expect(!stream.isOver)
    stream.halfClose()
    try stream.waitForEnd()
    #expect(stream.status == 0)
    stopped.wait()
    thread.join()
    client.end()
  }

  @Test func itDoesNotWaitForEver() throws {
    var options = ServerOptions()
    options.behaviour = .plugin
    options.shutdownLimit = 100_000_000
    let client = try ServiceClient(options)
    let stream = client.stream()
    stream.send([Proto.request("1", 17, [])])
    _ = try stream.replies(1)
    let took = seconds { client.server.stop() }
    #expect(took >= 0.1)
    try stream.waitForEnd()
    #expect(stream.status == nil)
    client.end()
  }

  @Test func pictureUnderWayIsStillSent() throws {
    var options = ServerOptions()
    options.shutdownLimit = 20_000_000_000
    let client = try ServiceClient(options)
    let call = client.open("CaptureRgbImage")
    call.send([Proto.capture(640, 480)])
    call.halfClose()
    while client.server.statistics.captures == 0 { usleep(1000) }
    client.server.stop()
    try call.waitForEnd()
    #expect(call.status == 0 && call.messages.count == 1)
    client.end()
  }

  @Test func stopMayComeTwiceAndAtOnce() throws {
    let server = try SimServer(listenOn: [.address("127.0.0.1", port: 0)])
    server.stop()
    server.stop()
    #expect(server.port != 0)
  }

  @Test func severalEndpointsAndAnErrorInWords() throws {
    let path = "/tmp/uesynth-sim-\(getpid()).sock"
    let server = try SimServer(
      listenOn: [.address("127.0.0.1", port: 0), .unix(path: path)])
    #expect(server.addresses == ["127.0.0.1:\(server.port)", "unix:\(path)"])
    #expect(access(path, F_OK) == 0)
    do {
      let second = try SimServer(listenOn: [.address("127.0.0.1", port: server.port)])
      second.stop()
      Issue.record("two servers on one port")
    } catch {
      #expect(error.message.contains("in use already"))
    }
    server.stop()
    #expect(access(path, F_OK) != 0)
  }
}
