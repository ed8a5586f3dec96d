import Glibc

/// `uesynthctl sim` in a process of its own, so that what it uses is not counted as the client's. Ends with
/// this object.
final class ChildSimulator {
  struct Failure: Error { let message: String }

  private let process: pid_t
  private let output: Int32
  let target: String

  init(_ arguments: [String]) throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Failure(message: "no pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    let words = ["uesynthctl", "sim", "--port", "0"] + arguments
    var pointers = words.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    var child: pid_t = 0
    let result = posix_spawn(&child, "/proc/self/exe", &actions, nil, pointers, environ)
    close(ends[1])
    guard result == 0 else {
      close(ends[0])
      throw Failure(message: "cannot start the simulator: \(String(cString: strerror(result)))")
    }
    process = child
    output = ends[0]
    guard let address = Self.address(from: ends[0]) else {
      kill(child, SIGTERM)
      var status: Int32 = 0
      waitpid(child, &status, 0)
      close(ends[0])
      throw Failure(message: "the simulator did not start: \(words.joined(separator: " "))")
    }
    target = address
  }

  deinit {
    kill(process, SIGTERM)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    close(output)
  }

  /// What follows "listening on", within ten seconds.
  private static func address(from output: Int32) -> String? {
    var text: [UInt8] = []
    var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
    while text.count < 4096, poll(&waiting, 1, 10_000) > 0 {
      var byte: UInt8 = 0
      guard read(output, &byte, 1) == 1 else { return nil }
      if byte == UInt8(ascii: "\n") { break }
      text.append(byte)
    }
    let line = String(decoding: text, as: UTF8.self)
    guard line.hasPrefix("listening on ") else { return nil }
    return line.dropFirst(13).split(separator: " ").first.map(String.init)
  }
}
