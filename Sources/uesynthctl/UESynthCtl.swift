import ArgumentParser
import CUESynth
import UESynthABI

@main
struct UESynthCtl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uesynthctl",
    abstract: "Tools for UESynth, the plugin that makes an Unreal Engine scene a source of frames.",
    version: "uesynthctl \(String(cString: uesynth_version()))",
    subcommands: [SimCommand.self, BenchCommand.self])
}
