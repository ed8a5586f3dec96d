/// Unreal's basic shapes, 100 cm across at scale 1, centred on their origin.
public enum Shape: String, CaseIterable, Sendable {
  case cube = "Cube"
  case sphere = "Sphere"
  case cylinder = "Cylinder"
  case cone = "Cone"
  case plane = "Plane"

  /// Half the size along the object's own X, Y and Z at scale 1. A plane is a slab 2 mm thick, so
  /// that every shape is a convex solid.
  var half: Point {
    self == .plane ? Point(50, 50, 0.1) : Point(50, 50, 50)
  }

  var assetPath: String { "/Engine/BasicShapes/\(rawValue).\(rawValue)" }

  /// Takes "/Engine/BasicShapes/Cube.Cube", with or without the object name after the dot and
  /// the wrapping StaticMesh'...', or "Cube" alone; case is ignored.
  init(assetPath: String) throws(SceneError) {
    var path = Substring(assetPath)
    if path.hasSuffix("'"), let quote = path.firstIndex(of: "'") {
      path = path[path.index(after: quote)...].dropLast()
    }
    let last = path.split(separator: "/").last ?? ""
    let name = (last.split(separator: ".").first ?? "").lowercased()
    guard let shape = Self.allCases.first(where: { $0.rawValue.lowercased() == name }) else {
      let known = Self.allCases.map(\.assetPath).joined(separator: ", ")
      throw .invalid("unknown asset \"\(SceneError.excerpt(assetPath))\": known are \(known)")
    }
    self = shape
  }
}
