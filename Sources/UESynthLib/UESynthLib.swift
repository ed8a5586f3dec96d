// The leaf of the build: its linker settings (Package.swift) make libuesynth.so out of UESynthABI.
