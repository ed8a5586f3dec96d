import CUESynth
import CUESynthSys
import UESynthClient
import UESynthCore

/// Runs what an export does and turns a thrown failure into its status, with the text kept for
/// `uesynth_last_error` on this thread.
@inline(__always)
func status(_ body: () throws(ClientFailure) -> Void) -> uesynth_status {
  do {
    try body()
    return 0
  } catch {
    return fail(error.status, error.message)
  }
}

func fail(_ status: Status, _ message: String) -> uesynth_status {
  var message = message
  message.withUTF8 { bytes in
    bytes.withMemoryRebound(to: CChar.self) {
      uesynth_sys_set_error($0.baseAddress, $0.count)
    }
  }
  return status.rawValue
}

func misuse(_ message: String) -> ClientFailure { ClientFailure(.misuse, message) }
