import UESynthCore

/// Why a command was refused, in words for the person who sent it.
public struct SceneError: Error, Equatable, Sendable {
  public let status: Status
  public let message: String

  static func invalid(_ message: String) -> SceneError {
    SceneError(status: .invalidArgument, message: message)
  }

  static func unknown(_ noun: String, _ name: String, known: [String]) -> SceneError {
    var list = known.prefix(8).joined(separator: ", ")
    if known.count > 8 { list += " and \(known.count - 8) more" }
    return SceneError(
      status: .notFound, message: "unknown \(noun) \"\(excerpt(name))\": known are \(list)")
  }

  static func exists(_ noun: String, _ name: String) -> SceneError {
    SceneError(
      status: .alreadyExists, message: "\(noun) \"\(excerpt(name))\" exists already")
  }

  static func full(_ noun: String, limit: Int) -> SceneError {
    SceneError(
      status: .resourceExhausted, message: "the scene holds at most \(limit) \(noun)")
  }

  /// What a message quotes of text that a peer chose.
  static func excerpt(_ text: String) -> String {
    text.utf8.count <= SceneLimits.nameBytes
      ? text : String(decoding: text.utf8.prefix(64), as: UTF8.self) + "..."
  }
}
