/// Linear light, red, green and blue.
struct Colour: Equatable, Sendable {
  var r: Float
  var g: Float
  var b: Float

  init(_ r: Float, _ g: Float, _ b: Float) {
    self.r = r
    self.g = g
    self.b = b
  }

  /// From display values 0...1. The display's gamma is taken as 2, here and in the encoder.
  init(display r: Float, _ g: Float, _ b: Float) { self.init(r * r, g * g, b * b) }

  static func * (a: Colour, k: Float) -> Colour { Colour(a.r * k, a.g * k, a.b * k) }
  static func * (a: Colour, c: Colour) -> Colour { Colour(a.r * c.r, a.g * c.g, a.b * c.b) }
  static func + (a: Colour, c: Colour) -> Colour { Colour(a.r + c.r, a.g + c.g, a.b + c.b) }

  /// "#rrggbb", "r,g,b" (0 to 1, or 0 to 255 if one of them is above 1) or a name.
  init?(_ text: String) {
    let word = text.filter { $0 != " " }.lowercased()
    if let hex = Self.names[word] ?? Self.hexadecimal(word) {
      self.init(
        display: Float((hex >> 16) & 255) / 255, Float((hex >> 8) & 255) / 255,
        Float(hex & 255) / 255)
      return
    }
    let bare = word.filter { !"()[]".contains($0) }
    let parts = bare.split(separator: ",", omittingEmptySubsequences: false).map { Float($0) }
    guard parts.count == 3, let r = parts[0], let g = parts[1], let b = parts[2],
      [r, g, b].allSatisfy({ (0...255).contains($0) })
    else { return nil }
    let unit: Float = max(r, g, b) > 1 ? 255 : 1
    self.init(display: r / unit, g / unit, b / unit)
  }

  static let expected =
    "\"#rrggbb\", \"r,g,b\" (0 to 1 or 0 to 255) or one of "
    + names.keys.sorted().joined(separator: ", ")

  private static func hexadecimal(_ word: String) -> UInt32? {
    guard word.utf8.count == 7, word.hasPrefix("#"), !word.contains("+"), !word.contains("-")
    else { return nil }
    return UInt32(word.dropFirst(), radix: 16)
  }

  private static let names: [String: UInt32] = [
    "black": 0x101010, "white": 0xf4f4f4, "gray": 0x808080, "grey": 0x808080,
    "red": 0xd02020, "green": 0x20a030, "blue": 0x2050d0, "yellow": 0xf0d020,
    "orange": 0xf08020, "purple": 0x8030b0, "pink": 0xf080b0, "brown": 0x805030,
    "cyan": 0x20c0d0, "magenta": 0xd020c0, "teal": 0x208080, "navy": 0x203060,
  ]
}
