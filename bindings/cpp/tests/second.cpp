// The header in a second translation unit: a definition that is not inline would be there twice.
#include "uesynth.hpp"

#include <cstddef>

std::size_t captured_elsewhere(uesynth::client &client) {
  return client.capture(uesynth::modality::depth, "", 16, 8).floats().size();
}
