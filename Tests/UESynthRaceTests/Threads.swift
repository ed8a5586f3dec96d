import Glibc
import Testing

private final class ThreadStart: Sendable {
  let index: Int
  let body: @Sendable (Int) -> Void

  init(_ index: Int, _ body: @escaping @Sendable (Int) -> Void) {
    self.index = index
    self.body = body
  }
}

/// Runs `body` on `count` pthreads, and returns when all have ended.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  var threads: [pthread_t] = []
  for index in 0..<count {
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(ThreadStart(index, body)).toOpaque()
    let result = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
        start.body(start.index)
        return nil
      }, argument)
    #expect(result == 0)
    threads.append(thread)
  }
  for thread in threads { pthread_join(thread, nil) }
}
