/* What the INIT macros of the headers say, for Swift, which does not read macros of structs. */
#ifndef CUESYNTHINITIAL_H
#define CUESYNTHINITIAL_H

#include "uesynth.h"
#include "uesynth_raw.h"

#define INITIAL(name, macro)                                                                       \
  static inline name initial_##name(void) {                                                        \
    name value = macro;                                                                            \
    return value;                                                                                  \
  }

INITIAL(uesynth_action, UESYNTH_ACTION_INIT)
INITIAL(uesynth_frame_info, UESYNTH_FRAME_INFO_INIT)
INITIAL(uesynth_event, UESYNTH_EVENT_INIT)
INITIAL(uesynth_allocator, UESYNTH_ALLOCATOR_INIT)
INITIAL(uesynth_runtime_options, UESYNTH_RUNTIME_OPTIONS_INIT)
INITIAL(uesynth_tls_options, UESYNTH_TLS_OPTIONS_INIT)
INITIAL(uesynth_client_options, UESYNTH_CLIENT_OPTIONS_INIT)
INITIAL(uesynth_submit_options, UESYNTH_SUBMIT_OPTIONS_INIT)
INITIAL(uesynth_frameset_options, UESYNTH_FRAMESET_OPTIONS_INIT)
INITIAL(uesynth_watch_options, UESYNTH_WATCH_OPTIONS_INIT)
INITIAL(uesynth_subscription_options, UESYNTH_SUBSCRIPTION_OPTIONS_INIT)
INITIAL(uesynth_probe_report, UESYNTH_PROBE_REPORT_INIT)
INITIAL(uesynth_pixels, UESYNTH_PIXELS_INIT)
INITIAL(uesynth_picture_options, UESYNTH_PICTURE_OPTIONS_INIT)
INITIAL(uesynth_save_options, UESYNTH_SAVE_OPTIONS_INIT)
INITIAL(uesynth_stats, UESYNTH_STATS_INIT)
INITIAL(uesynth_beat, UESYNTH_BEAT_INIT)
INITIAL(uesynth_pacer_stats, UESYNTH_PACER_STATS_INIT)
INITIAL(uesynth_sequence_options, UESYNTH_SEQUENCE_OPTIONS_INIT)
INITIAL(uesynth_sequence_stats, UESYNTH_SEQUENCE_STATS_INIT)
INITIAL(uesynth_raw_options, UESYNTH_RAW_OPTIONS_INIT)

#undef INITIAL

#endif
