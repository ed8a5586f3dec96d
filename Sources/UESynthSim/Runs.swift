/// Calls `body` with each stretch of columns that shows one surface.
@inline(__always)
func forEachRun(
  _ surfaces: UnsafePointer<Int32>, _ columns: Int, _ body: (Int32, Range<Int>) -> Void
) {
  var start = 0
  while start < columns {
    let surface = surfaces[start]
    var end = start &+ 1
    while end < columns && surfaces[end] == surface { end &+= 1 }
    body(surface, start..<end)
    start = end
  }
}
