use std::fmt;
use std::os::unix::io::RawFd;
use std::ptr::NonNull;
use std::time::Duration;

use crate::client::made;
use crate::error::{check, check_or_not_now, Result};
use crate::text;
use uesynth_sys as sys;

/// Beats at a fixed rate that do not drift: each is computed from the first one.
///
/// ```
/// let pacer = uesynth::Pacer::new(200.0)?;
/// for beat in pacer.beats().take(3) {
///     println!("beat {} was {:?} late", beat.number, beat.lateness());
/// }
/// # Ok::<(), uesynth::Error>(())
/// ```
pub struct Pacer(NonNull<sys::uesynth_pacer>);

// SAFETY: its functions may be called on any thread.
unsafe impl Send for Pacer {}
// SAFETY: as above.
unsafe impl Sync for Pacer {}

/// One beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// 0, 1, 2 ...; missed ones count.
    pub number: u64,
    /// Beats right before this one that nobody took while they were the newest.
    pub missed_before: u64,
    /// When it was due, in nanoseconds of `CLOCK_MONOTONIC`,
    pub intended_ns: i64,
    /// and when it was taken.
    pub actual_ns: i64,
}

impl Beat {
    /// How late it was taken.
    #[must_use]
    pub fn lateness(&self) -> Duration {
        let late = self.actual_ns.saturating_sub(self.intended_ns);
        Duration::from_nanos(u64::try_from(late).unwrap_or(0))
    }
}

/// How late beats were taken. Missed ones count with the time until the wait that found them missed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PacerStats {
    /// As it was made.
    pub rate_hz: f64,
    /// Taken.
    pub beats: u64,
    /// Not taken.
    pub beats_missed: u64,
    /// Half of them were no later.
    pub late_p50: Duration,
    /// 90 %.
    pub late_p90: Duration,
    /// 99 %.
    pub late_p99: Duration,
    /// The latest.
    pub late_max: Duration,
}

fn duration(ns: i64) -> Duration {
    Duration::from_nanos(u64::try_from(ns).unwrap_or(0))
}

impl Pacer {
    /// 0.001 to 100000 beats a second. The first one is due at the first wait.
    pub fn new(rate_hz: f64) -> Result<Self> {
        // SAFETY: success hands over the pacer.
        made("pacer", |pacer| unsafe { sys::uesynth_pacer_new(rate_hz, pacer) }).map(Self)
    }

    /// Waits at most so long until a beat is due and takes it; of several the newest. `Ok(None)`: none
    /// was due in time.
    pub fn wait(&self, wait: Option<Duration>) -> Result<Option<Beat>> {
        let mut beat = sys::UESYNTH_BEAT_INIT;
        // SAFETY: struct_size is set.
        let taken = check_or_not_now(unsafe {
            sys::uesynth_pacer_wait(self.0.as_ptr(), text::wait_ms(wait), &mut beat)
        })?;
        Ok(taken.then_some(Beat {
            number: beat.number,
            missed_before: beat.missed_before,
            intended_ns: beat.intended_ns,
            actual_ns: beat.actual_ns,
        }))
    }

    /// One beat after the other, without end.
    pub fn beats(&self) -> impl Iterator<Item = Beat> + '_ {
        std::iter::from_fn(move || self.wait(None).ok().flatten())
    }

    /// A descriptor that is readable while a beat is due, until it is taken by [`Pacer::wait`]. It is the
    /// library's, and valid as long as the pacer.
    pub fn fd(&self) -> Result<RawFd> {
        let mut fd = -1;
        // SAFETY: valid.
        check(unsafe { sys::uesynth_pacer_fd(self.0.as_ptr(), &mut fd) })?;
        Ok(fd)
    }

    /// How late beats were.
    pub fn stats(&self) -> Result<PacerStats> {
        let mut stats = sys::UESYNTH_PACER_STATS_INIT;
        // SAFETY: struct_size is set.
        check(unsafe { sys::uesynth_pacer_get_stats(self.0.as_ptr(), &mut stats) })?;
        Ok(PacerStats {
            rate_hz: stats.rate_hz,
            beats: stats.beats,
            beats_missed: stats.beats_missed,
            late_p50: duration(stats.late_p50_ns),
            late_p90: duration(stats.late_p90_ns),
            late_p99: duration(stats.late_p99_ns),
            late_max: duration(stats.late_max_ns),
        })
    }

    /// A percentile, 0 to 100, of how late beats were.
    pub fn late(&self, percentile: f64) -> Result<Duration> {
        let mut ns = 0;
        // SAFETY: valid.
        check(unsafe { sys::uesynth_pacer_late(self.0.as_ptr(), percentile, &mut ns) })?;
        Ok(duration(ns))
    }
}

impl Drop for Pacer {
    fn drop(&mut self) {
        // SAFETY: owned.
        unsafe { sys::uesynth_pacer_free(self.0.as_ptr()) }
    }
}

impl fmt::Debug for Pacer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pacer").field("stats", &self.stats()).finish()
    }
}
