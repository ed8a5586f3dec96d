import UESynthCore
import UESynthWire

/// What a client sends to a server, in the stream and by its unary methods.
enum RequestTarget {
  static func run(_ bytes: UnsafeRawBufferPointer) {
    var input = FuzzInput(bytes)
    let choice = Int(input.byte())
    let kinds = ActionKind.allCases
    var whole = Pieces(seed: 0)
    whole.each(of: input.rest) { message in
      _ = try? ServerRequest.decodeStream(message)
      _ = try? ServerRequest.decodeUnary(kinds[choice % kinds.count], message)
      return true
    }
  }
}
