import CUESynthCount
import Glibc

/// What this process and the machine have used so far.
struct ProcessUsage {
  var seconds = 0.0
  var cpuSeconds = 0.0
  var allocations: UInt64 = 0

  static func now() -> ProcessUsage {
    var usage = ProcessUsage()
    usage.seconds = monotonicSeconds
    var used = rusage()
    if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &used) == 0 {
      usage.cpuSeconds = seconds(used.ru_utime) + seconds(used.ru_stime)
    }
    usage.allocations = uesynth_count_allocations()
    return usage
  }

  static var monotonicSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }

  /// Of all processors, what the hypervisor gave to others.
  static var stolenSeconds: Double {
    let words = contents("/proc/stat").prefix { $0 != "\n" }.split(separator: " ")
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    return words.count > 8 && ticks > 0 ? (Double(words[8]) ?? 0) / ticks : 0
  }

  /// The most memory that was resident since the last `forgetPeak`, in MB.
  static var peakMegabytes: Double {
    for line in contents("/proc/self/status").split(separator: "\n")
    where line.hasPrefix("VmHWM:") {
      return line.split(separator: " ").dropFirst().first.flatMap { Double($0) }.map {
        $0 * 1024 / 1e6
      } ?? 0
    }
    return 0
  }

  static func forgetPeak() {
    let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = write(file, "5", 1)
    close(file)
  }

  /// A small file of the kernel's.
  static func contents(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    return withUnsafeTemporaryAllocation(byteCount: 32 << 10, alignment: 16) { buffer in
      var count = 0
      while count < buffer.count {
        let got = read(file, buffer.baseAddress?.advanced(by: count), buffer.count - count)
        if got <= 0 { break }
        count += got
      }
      return String(decoding: buffer[0..<count], as: UTF8.self)
    }
  }
}
