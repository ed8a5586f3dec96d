use std::time::Duration;

use crate::client::Client;
use crate::error::{check, Result, Status};
use crate::names::{Ability, ActionKind, SizeMeaning, Stage};
use crate::text::{self, Text};
use uesynth_sys as sys;

/// Counters since the client was made, all of one moment, by the names of the header.
pub type Stats = sys::uesynth_stats;

/// A percentile of how long one stage of requests took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// Within 2 %.
    pub time: Duration,
    /// The requests that count.
    pub count: u64,
}

impl Client {
    /// Counters, all of one moment.
    ///
    /// ```
    /// let client = uesynth::Client::new("localhost:50051")?;
    /// let stats = client.stats()?;
    /// assert_eq!(stats.requests_submitted, stats.requests_in_flight + stats.completed_ok);
    /// # Ok::<(), uesynth::Error>(())
    /// ```
    pub fn stats(&self) -> Result<Stats> {
        let mut stats = sys::UESYNTH_STATS_INIT;
        // SAFETY: struct_size is set.
        check(unsafe { sys::uesynth_client_stats(self.as_ptr(), &mut stats) })?;
        Ok(stats)
    }

    /// The same numbers by name, also those that only the loaded library knows.
    pub fn stat_values(&self) -> Result<Vec<(&'static str, f64)>> {
        // SAFETY: no arguments.
        let count = unsafe { sys::uesynth_stat_count() };
        let mut values = vec![0.0; count];
        // SAFETY: room for count of them.
        check(unsafe {
            sys::uesynth_client_stat_values(self.as_ptr(), values.as_mut_ptr(), count)
        })?;
        let name = |index| {
            // SAFETY: static memory.
            unsafe { text::borrowed(sys::uesynth_stat_name(index)) }
        };
        Ok(values.into_iter().enumerate().map(|(index, value)| (name(index), value)).collect())
    }

    /// One of them. A name that there is not is [`Status::NOT_FOUND`].
    pub fn stat_value(&self, name: &str) -> Result<f64> {
        let (name, mut value) = (Text::new(name), 0.0);
        // SAFETY: valid.
        check(unsafe {
            sys::uesynth_client_stat_value(self.as_ptr(), name.pointer()?, &mut value)
        })?;
        Ok(value)
    }

    /// A percentile, 0 (the shortest) to 100, of what one stage took; `None`: of all actions together.
    pub fn latency(
        &self,
        action: Option<ActionKind>,
        stage: Stage,
        percentile: f64,
    ) -> Result<Latency> {
        let (mut ns, mut count, action) = (0, 0, action.map_or(0, ActionKind::raw));
        // SAFETY: valid.
        check(unsafe {
            let (raw, stage) = (self.as_ptr(), stage.raw());
            sys::uesynth_client_latency(raw, action, stage, percentile, &mut ns, &mut count)
        })?;
        Ok(Latency { time: Duration::from_nanos(u64::try_from(ns).unwrap_or(0)), count })
    }

    /// The statistics as text for Prometheus. `labels` stands in the braces of every line:
    /// `client="left"`.
    pub fn stats_text(&self, labels: &str) -> Result<String> {
        let labels = Text::new(labels);
        let pointer = labels.pointer()?;
        let (mut buffer, mut size) = (Vec::<u8>::new(), 0);
        loop {
            // SAFETY: room for capacity bytes.
            let status = check(unsafe {
                let (to, capacity) = (buffer.as_mut_ptr().cast(), buffer.capacity());
                sys::uesynth_client_stats_text(self.as_ptr(), pointer, to, capacity, &mut size)
            });
            match status {
                Ok(()) if buffer.capacity() > 0 => break,
                Err(error) if error.status() != Status::BUFFER_TOO_SMALL => return Err(error),
                _ => buffer = Vec::with_capacity(size + 1),
            }
        }
        // SAFETY: size bytes were written.
        unsafe { buffer.set_len(size) };
        Ok(String::from_utf8_lossy(&buffer).into_owned())
    }

    /// Tries what the server can do, an action after the other, waiting at most so long for each. Reads
    /// only, unless it may change things.
    pub fn probe(&self, may_change: bool, wait: Duration) -> Result<ProbeReport> {
        self.panics().resuming(|| {
            let mut report = sys::UESYNTH_PROBE_REPORT_INIT;
            let flags = if may_change { sys::UESYNTH_PROBE_MAY_CHANGE } else { 0 };
            let wait = text::wait_ms(Some(wait));
            // SAFETY: struct_size is set.
            check(unsafe { sys::uesynth_client_probe(self.as_ptr(), flags, wait, &mut report) })?;
            Ok(ProbeReport(report))
        })
    }
}

/// What a server really does: [`Client::probe`].
#[derive(Clone, Copy, Debug)]
pub struct ProbeReport(sys::uesynth_probe_report);

fn yes_or_no(answer: u8) -> Option<bool> {
    match u32::from(answer) {
        sys::UESYNTH_PROBE_YES => Some(true),
        sys::UESYNTH_PROBE_NO => Some(false),
        _ => None,
    }
}

fn ability(of: &[u8], action: ActionKind) -> Ability {
    let index = usize::try_from(action.raw()).unwrap_or(usize::MAX);
    let found = of.get(index).and_then(|number| Ability::from_raw(u32::from(*number)));
    found.unwrap_or(Ability::NotProbed)
}

impl ProbeReport {
    /// Whether cameras of different names are different cameras; `None`: not found out.
    #[must_use]
    pub fn camera_names_matter(&self) -> Option<bool> {
        yes_or_no(self.0.camera_names_matter)
    }

    /// Whether pictures follow the camera's pose; `None`: not found out.
    #[must_use]
    pub fn view_follows_camera(&self) -> Option<bool> {
        yes_or_no(self.0.view_follows_camera)
    }

    /// What a smaller picture shows.
    #[must_use]
    pub fn size(&self) -> SizeMeaning {
        SizeMeaning::from_raw(u32::from(self.0.size)).unwrap_or(SizeMeaning::Unknown)
    }

    /// What became of an action as an RPC of its own.
    #[must_use]
    pub fn direct(&self, action: ActionKind) -> Ability {
        ability(&self.0.direct, action)
    }

    /// What became of it on a `ControlStream`.
    #[must_use]
    pub fn stream(&self, action: ActionKind) -> Ability {
        ability(&self.0.stream, action)
    }
}
