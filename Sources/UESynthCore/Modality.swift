/// What a capture shows. Raw values are the ABI's `UESYNTH_MODALITY_*`.
public enum Modality: UInt32, CaseIterable, Sendable {
  case rgb = 1
  case depth = 2
  case segmentation = 3
  case normals = 4
  case opticalFlow = 5
}
