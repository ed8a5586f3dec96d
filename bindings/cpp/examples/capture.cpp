// A pose, a picture of each modality from there, and a file of each that one can look at:
//
//     c++ -std=c++17 capture.cpp $(pkg-config --cflags --libs uesynth) -o capture
//     ./capture localhost:50051 pictures
#include <uesynth.hpp>

#include <filesystem>
#include <iostream>
#include <string>
#include <utility>

int main(int argc, char **argv) try {
  const std::string target = argc > 1 ? argv[1] : "localhost:50051";
  const std::filesystem::path folder = argc > 2 ? argv[2] : ".";
  std::filesystem::create_directories(folder);

  uesynth::client client(target);
  client.set_camera_transform("", uesynth::pose({-600, 0, 250}, {-15, 0, 0}));

  uesynth::frameset_request request;
  const std::pair<const char *, uesynth::modality> modalities[] = {
      {"rgb", uesynth::modality::rgb},
      {"depth", uesynth::modality::depth},
      {"segmentation", uesynth::modality::segmentation},
      {"normals", uesynth::modality::normals},
      {"flow", uesynth::modality::optical_flow}};
  for (const auto &[name, modality] : modalities)
    request.capture(modality, "", 640, 480);

  // One request for all: what the server cannot do fails alone.
  const uesynth::event event = client.capture_set(request);
  uesynth::picture_options preview;
  preview.kind = UESYNTH_PICTURE_PREVIEW;
  std::size_t index = 0;
  for (const uesynth_frameset_result &part : event->parts()) {
    const std::string name = modalities[index++].first;
    const uesynth::frame frame = uesynth::frame::share(part.frame);
    if (!frame || frame.has(UESYNTH_FRAME_PLACEHOLDER)) {
      std::cout << name << ": not from this server. " << part.message << '\n';
      continue;
    }
    const std::string path = (folder / (name + ".png")).string();
    frame.save(path, preview);
    std::cout << name << ": " << frame.width() << " x " << frame.height() << ", " << path << '\n';
  }
} catch (const uesynth::error &failure) {
  std::cerr << failure.name() << ": " << failure.what() << '\n';
  return 1;
}
