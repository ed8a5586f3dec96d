import Glibc
import Testing
import UESynthCore

@testable import UESynthNet

extension NetTests {
  @Suite struct TransportTests {
    /// Whatever the sizes of sends and receives, and whichever memory they go to, the bytes come
    /// back as they were, although the socket takes each send only in part.
    @Test(arguments: [1, 2, 3, 4]) func echoesAnySplit(seed: UInt64) throws {
      try withLoop { loop in
        let (near, far) = try socketPair()
        SocketOptions.setSendBuffer(near, bytes: 8192)
        SocketOptions.setSendBuffer(far, bytes: 8192)
        let total = 256 << 10
        let done = Gate()
        let source = PatternPeer(total: total, seed: seed, done: done)
        let echo = EchoPeer(seed: seed &+ 100)
        loop.runAndWait {
          echo.open(far, loop)
          source.open(near, loop)
          source.sendMore()
        }
        #expect(done.wait())
        loop.runAndWait {
          #expect(source.received == total)
          #expect(source.mismatches == 0)
          #expect(source.partialSends > 0)
          #expect(echo.directBytes > 0)
          #expect(echo.hotBytes > 0)
          #expect(source.transport?.sentBytes == Int64(total))
          #expect(source.transport?.receivedBytes == Int64(total))
          source.transport?.close()
        }
        // The echo sees the end of the stream.
        #expect(echo.closed.wait())
        loop.runAndWait {
          #expect(echo.failures == [nil])
        }
      }
    }

    @Test func aSmallMessageCostsOneReceive() throws {
      try withLoop { loop in
        let (near, far) = try socketPair()
        defer { close(far) }
        let peer = RecordingPeer()
        loop.runAndWait { peer.open(near, loop) }
        for round in 1...50 {
          #expect(write(far, "0123456789", 10) == 10)
          while peer.count < round * 10 { usleep(50) }
        }
        loop.runAndWait {
          #expect(peer.transport?.receiveCalls == 50)
          #expect(peer.passes == 50)
          peer.transport?.close()
        }
      }
    }

    @Test func vectorsAreSentInOrder() throws {
      try withLoop { loop in
        let (near, far) = try socketPair()
        defer { close(far) }
        let peer = RecordingPeer()
        loop.runAndWait {
          peer.open(near, loop)
          var parts: [[UInt8]] = (0..<2000).map { [UInt8(truncatingIfNeeded: $0)] }
          parts[3] = []
          var vectors = parts.map { part in
            let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
            memory.initialize(to: part.first ?? 0)
            return iovec(iov_base: memory, iov_len: part.count)
          }
          var sent = 0
          while !vectors.isEmpty {
            let count = vectors.withUnsafeBufferPointer { peer.transport?.sendv($0) ?? 0 }
            if count == 0 { break }
            sent += count
            var left = count
            while let first = vectors.first, first.iov_len <= left {
              left -= first.iov_len
              first.iov_base.deallocate()
              vectors.removeFirst()
            }
          }
          #expect(sent == 1999)
          peer.transport?.close()
        }
        var received = [UInt8](repeating: 0, count: 4096)
        let count = read(far, &received, received.count)
        #expect(count == 1999)
        let expected = (0..<2000).filter { $0 != 3 }.map { UInt8(truncatingIfNeeded: $0) }
        #expect(Array(received.prefix(max(count, 0))) == expected)
      }
    }

    @Test func nothingToSendIsNoSystemCall() throws {
      try withLoop { loop in
        let (near, far) = try socketPair()
        defer { close(far) }
        let peer = RecordingPeer()
        loop.runAndWait {
          peer.open(near, loop)
          #expect(peer.transport?.send(UnsafeRawBufferPointer(start: nil, count: 0)) == 0)
          #expect(peer.transport?.sendv(UnsafeBufferPointer(start: nil, count: 0)) == 0)
          #expect(peer.transport?.sendCalls == 0)
          peer.transport?.close()
        }
      }
    }

    @Test func whatThePeerSaidComesBeforeTheFailureToSend() throws {
      try withLoop { loop in
        let (near, far) = try socketPair()
        let peer = RecordingPeer()
        loop.runAndWait {
          peer.open(near, loop)
          // Closed with words unread on our side: the next send breaks (and raises no SIGPIPE).
          #expect(write(far, "goodbye", 7) == 7)
          close(far)
          #expect(peer.say("x") == 0)
          #expect(peer.say("y") == 0)
          #expect(peer.failures.isEmpty)
        }
        #expect(peer.closed.wait())
        loop.runAndWait {}
        loop.runAndWait {
          #expect(String(decoding: peer.bytes, as: UTF8.self) == "goodbye")
          #expect(peer.failures.count == 1)
          #expect(peer.failures.first??.status == .unavailable)
          #expect(peer.transport?.isClosed == true)
          #expect(peer.say("z") == 0)
        }
      }
    }

    @Test func aResetIsAFailureAndAnEndIsNot() throws {
      try withLoop { loop in
        for reset in [true, false] {
          let pair = try TCPPair()
          let peer = RecordingPeer()
          loop.runAndWait { peer.open(pair.client, loop) }
          if reset {
            var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
            setsockopt(
              pair.server, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
          }
          close(pair.server)
          #expect(peer.closed.wait())
          loop.runAndWait {
            #expect(peer.failures.count == 1)
            let message = peer.failures.first??.message
            #expect(message == (reset ? "connection lost: reset by the peer" : nil))
          }
        }
      }
    }

    @Test func pausedReadingLeavesTheBytes() throws {
      try withLoop { loop in
        let (near, far) = try socketPair()
        let peer = RecordingPeer()
        loop.runAndWait {
          peer.open(near, loop)
          peer.transport?.readPaused = true
        }
        #expect(write(far, "abc", 3) == 3)
        usleep(20_000)
        loop.runAndWait { #expect(peer.bytes.isEmpty) }
        // A hang-up while paused must neither spin the loop nor lose the bytes.
        close(far)
        usleep(20_000)
        loop.runAndWait {
          #expect(peer.bytes.isEmpty)
          #expect(peer.failures.isEmpty)
          peer.transport?.readPaused = false
        }
        #expect(peer.closed.wait())
        loop.runAndWait {
          #expect(peer.bytes.count == 3)
          #expect(peer.failures == [nil])
        }
      }
    }

    @Test func aHungUpPausedTransportDoesNotSpin() throws {
      try withLoop { loop in
        let (near, far) = try socketPair()
        let peer = RecordingPeer()
        loop.runAndWait {
          peer.open(near, loop)
          peer.transport?.readPaused = true
        }
        close(far)
        loop.runAndWait {}
        let before = processorTime(of: loop)
        usleep(200_000)
        #expect(processorTime(of: loop) - before < 50_000_000)
        loop.runAndWait { peer.transport?.close() }
      }
    }

    @Test func oneConnectionCannotStarveAnother() throws {
      try withLoop { loop in
        let flood = try TCPPair()
        let quiet = try TCPPair()
        let greedy = RecordingPeer()
        let modest = RecordingPeer()
        greedy.keepsBytes = false
        let stop = Shared(false)
        let server = flood.server
        let flooder = try NetThread.start(name: "flood", role: .worker) {
          let block = [UInt8](repeating: 7, count: 1 << 20)
          while !stop.value {
            if send(server, block, block.count, Int32(MSG_NOSIGNAL)) < 0 { sched_yield() }
          }
        }
        loop.runAndWait {
          greedy.open(flood.client, loop)
          modest.open(quiet.client, loop)
        }
        for round in 1...20 {
          #expect(write(quiet.server, "x", 1) == 1)
          let limit = MonotonicClock.now() + 10_000_000_000
          while modest.count < round && MonotonicClock.now() < limit { usleep(100) }
          #expect(modest.count == round)
        }
        stop.change { $0 = true }
        loop.runAndWait {
          #expect(greedy.largestPass <= (1 << 20) + (256 << 10))
          greedy.transport?.close()
          modest.transport?.close()
        }
        flooder.join()
        close(flood.server)
        close(quiet.server)
      }
    }

    @Test(arguments: CloseMoment.allCases) func closingInACallbackEndsAllCalls(
      moment: CloseMoment
    ) throws {
      try withLoop { loop in
        let (near, far) = try socketPair()
        let peer = RecordingPeer()
        peer.closeAt = moment
        loop.runAndWait { peer.open(near, loop) }
        #expect(write(far, "abcdef", 6) == 6)
        #expect(peer.closed.wait())
        close(far)
        loop.runAndWait {}
        loop.runAndWait {
          #expect(peer.failures.isEmpty)
          #expect(peer.callsAfterClose == 0)
          #expect(peer.transport?.isClosed == true)
        }
      }
    }

    @Test func closingLetsTheHandlerGo() throws {
      try withLoop { loop in
        let (near, far) = try socketPair()
        defer { close(far) }
        weak var peer: RecordingPeer?
        var transport: Transport?
        loop.runAndWait {
          let made = RecordingPeer()
          peer = made
          made.open(near, loop)
          transport = made.transport
          made.transport = nil
        }
        #expect(peer != nil)
        loop.runAndWait { transport?.close() }
        #expect(peer == nil)
        weak let gone = transport
        transport = nil
        #expect(gone == nil)
      }
    }

    @Test func aFailingInitClosesTheSocket() throws {
      try withoutLeaks {
        let loop = try EventLoop()
        loop.stop()
        let (near, far) = try socketPair()
        defer { close(far) }
        #expect(throws: NetError.self) {
          _ = try Transport(fd: near, loop: loop, handler: RecordingPeer())
        }
      }
    }
  }
}

/// What the loop's own thread took so far: the tests beside this one take time as well.
private func processorTime(of loop: EventLoop) -> Int64 {
  let taken = Shared<Int64>(0)
  loop.runAndWait {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    taken.change { $0 = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) }
  }
  return taken.value
}

enum CloseMoment: CaseIterable, Sendable { case vectors, received, passEnded }
