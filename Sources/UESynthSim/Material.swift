/// How a surface looks. Textures are solid: they fill the object's own space, in centimetres.
struct Material: Equatable, Sendable {
  enum Texture: String, CaseIterable, Sendable {
    case plain, checker, noise, stripes
  }

  var colour: Colour
  var roughness: Float = 0.6
  var metallic: Float = 0
  var emissive: Float = 0
  var texture: Texture = .plain
  /// The side of a checker, the width of a stripe, the largest blot of the noise: centimetres.
  var textureScale: Float = 25

  static let properties = [
    "color", "roughness", "metallic", "emissive", "texture", "texture_scale",
  ]

  mutating func set(_ property: String, to value: String) throws(SceneError) {
    switch property.lowercased().filter({ $0 != "_" && $0 != " " }) {
    case "color", "colour", "basecolor", "basecolour":
      guard let parsed = Colour(value) else {
        throw .invalid("color \"\(SceneError.excerpt(value))\": expected \(Colour.expected)")
      }
      colour = parsed
    case "roughness": roughness = try Self.number(value, of: property, in: 0...1)
    case "metallic": metallic = try Self.number(value, of: property, in: 0...1)
    case "emissive": emissive = try Self.number(value, of: property, in: 0...100)
    case "texturescale": textureScale = try Self.number(value, of: property, in: 1...10_000)
    case "texture":
      guard let parsed = Texture(rawValue: value.lowercased()) else {
        let known = Texture.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalid("texture \"\(SceneError.excerpt(value))\": expected one of \(known)")
      }
      texture = parsed
    default:
      throw .unknown("material property", property, known: Self.properties)
    }
  }

  private static func number(
    _ text: String, of property: String, in range: ClosedRange<Float>
  ) throws(SceneError) -> Float {
    guard let value = Float(text), range.contains(value) else {
      throw .invalid(
        "\(property) \"\(SceneError.excerpt(text))\": expected a number from "
          + "\(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}
