import CUESynthSys

/// Notices that the process is a forked child, in which none of the library's threads exist.
public enum ForkGuard {
  /// Changes in a child. The first call installs the fork handler: read it when a thread or a loop
  /// is made, and compare later.
  public static var generation: UInt32 { uesynth_sys_fork_generation() }
}
