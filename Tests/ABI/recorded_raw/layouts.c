/* Written by Tests/ABI/record.py from include/uesynth_raw.h: sizes and offsets on 64-bit machines. */
#include "uesynth_raw.h"

#include <stddef.h>

#define ASSERT(name, condition) typedef char assert_##name[(condition) ? 1 : -1]

ASSERT(size_of_uesynth_raw_options, sizeof(uesynth_raw_options) == 32);
ASSERT(uesynth_raw_options_struct_size, offsetof(uesynth_raw_options, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_raw_options_flags, offsetof(uesynth_raw_options, flags) == 4); /* uint32_t */
ASSERT(uesynth_raw_options_timeout_ms, offsetof(uesynth_raw_options, timeout_ms) == 8); /* int64_t */
ASSERT(uesynth_raw_options_metadata, offsetof(uesynth_raw_options, metadata) == 16); /* const uesynth_metadata * */
ASSERT(uesynth_raw_options_metadata_count, offsetof(uesynth_raw_options, metadata_count) == 24); /* size_t */
ASSERT(size_of_uesynth_raw_result, sizeof(uesynth_raw_result) == 72);
ASSERT(uesynth_raw_result_struct_size, offsetof(uesynth_raw_result, struct_size) == 0); /* uint32_t */
ASSERT(uesynth_raw_result_status, offsetof(uesynth_raw_result, status) == 4); /* uesynth_status */
ASSERT(uesynth_raw_result_message, offsetof(uesynth_raw_result, message) == 8); /* const char * */
ASSERT(uesynth_raw_result_data, offsetof(uesynth_raw_result, data) == 16); /* const uint8_t * */
ASSERT(uesynth_raw_result_size, offsetof(uesynth_raw_result, size) == 24); /* size_t */
ASSERT(uesynth_raw_result_initial, offsetof(uesynth_raw_result, initial) == 32); /* const uesynth_metadata * */
ASSERT(uesynth_raw_result_initial_count, offsetof(uesynth_raw_result, initial_count) == 40); /* size_t */
ASSERT(uesynth_raw_result_trailing, offsetof(uesynth_raw_result, trailing) == 48); /* const uesynth_metadata * */
ASSERT(uesynth_raw_result_trailing_count, offsetof(uesynth_raw_result, trailing_count) == 56); /* size_t */
ASSERT(uesynth_raw_result_reserved, offsetof(uesynth_raw_result, reserved) == 64); /* void * */
