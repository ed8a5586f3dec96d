import Testing

@testable import UESynthClient

@Suite struct PictureFileTests {
  @Test(arguments: [
    ("a.png", PictureFile.png), ("/x/y.z/a.PNG", .png), ("a.b.Jpg", .jpeg), ("ä.jpeg", .jpeg),
    ("a.npy", .npy), ("a.png.NPY", .npy),
  ])
  func endings(path: String, file: PictureFile) {
    #expect(PictureFile(path: path) == file)
  }

  @Test(arguments: [
    "", "png", ".png", "/x/.png", "a.png/", "a.pngs", "a.pn", "a png", "a\u{0e}png", "a.\u{10}ng",
    "a.jpe", "a.exr",
  ])
  func notEndings(path: String) {
    #expect(PictureFile(path: path) == nil)
  }
}
