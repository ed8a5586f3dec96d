/* Written by Tests/ABI/record.py from include/uesynth_raw.h: the types of functions and callbacks. */
#include "uesynth_raw.h"

#ifdef __cplusplus
extern "C" {
#endif

uesynth_status uesynth_call_raw(uesynth_client *, const char *, const void *, size_t, const uesynth_raw_options *, const uesynth_raw_result **);
void uesynth_raw_result_free(const uesynth_raw_result *);
uesynth_status uesynth_raw_stream_open(uesynth_client *, const char *, const uesynth_raw_options *, uesynth_raw_stream **);
uesynth_status uesynth_raw_stream_write(uesynth_raw_stream *, const void *, size_t, int64_t);
uesynth_status uesynth_raw_stream_writes_done(uesynth_raw_stream *);
uesynth_status uesynth_raw_stream_read(uesynth_raw_stream *, int64_t, uint8_t **, size_t *);
uesynth_status uesynth_raw_stream_finish(uesynth_raw_stream *, int64_t, const uesynth_raw_result **);
uesynth_status uesynth_raw_stream_cancel(uesynth_raw_stream *);
void uesynth_raw_stream_free(uesynth_raw_stream *);

#ifdef __cplusplus
}
#endif
