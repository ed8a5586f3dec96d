// Frames as fast as the server makes them, in a range-for, while another thread moves the camera at
// 30 Hz:
//
//     c++ -std=c++17 -pthread stream.cpp $(pkg-config --cflags --libs uesynth) -o stream
//     ./stream localhost:50051 300
#include <uesynth.hpp>

#include <atomic>
#include <chrono>
#include <cmath>
#include <exception>
#include <iostream>
#include <string>
#include <thread>

int main(int argc, char **argv) try {
  const std::string target = argc > 1 ? argv[1] : "localhost:50051";
  const unsigned long wanted = argc > 2 ? std::stoul(argv[2]) : 300;

  uesynth::client client(target);
  client.connect(std::chrono::seconds(20));

  std::atomic<bool> done{false};
  std::thread mover([&] {
    uesynth::pacer pacer(30);
    uesynth::submit_options quiet;
    quiet.flags = UESYNTH_SUBMIT_NO_EVENT; // should it fail, the frame says so by a flag
    while (!done) {
      const float angle = static_cast<float>(pacer.wait()->number) * 0.02f;
      const uesynth::transform pose = uesynth::pose(
          {-600 * std::cos(angle), -600 * std::sin(angle), 250}, {-15, angle * 57.29578f, 0});
      try {
        client.submit(uesynth::action::set_camera_transform("", pose), quiet);
      } catch (const uesynth::error &failure) {
        std::cerr << "pose: " << failure.what() << '\n';
        return;
      }
    }
  });

  std::exception_ptr failure;
  unsigned long count = 0, dropped = 0;
  const auto start = std::chrono::steady_clock::now();
  try {
    uesynth::subscription_options options;
    options.width = 320;
    options.height = 240;
    uesynth::frames frames = client.frames(options);
    for (const uesynth::frame &frame : frames) {
      dropped += frame.info().dropped_before;
      if (++count >= wanted)
        break;
    }
  } catch (...) {
    failure = std::current_exception();
  }
  done = true;
  mover.join();
  if (failure)
    std::rethrow_exception(failure);

  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  std::cout << count << " frames, " << dropped << " dropped, "
            << static_cast<double>(count) / time.count() << " a second\n";
} catch (const uesynth::error &failure) {
  std::cerr << failure.name() << ": " << failure.what() << '\n';
  return 1;
}
