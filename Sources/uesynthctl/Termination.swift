import Glibc

/// SIGINT and SIGTERM, waited for rather than handled. Made before any thread is, so that all of
/// them leave these signals alone.
struct Termination {
  private let signals: sigset_t

  init() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    // A reader of our output that goes away is no reason to die.
    signal(SIGPIPE, SIG_IGN)
    self.signals = signals
  }

  func wait() {
    var signals = signals
    var number: Int32 = 0
    while sigwait(&signals, &number) != 0 {}
  }

  /// From now on one more signal ends the process as it would have without us.
  func exitOnSecond() {
    var signals = signals
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}
