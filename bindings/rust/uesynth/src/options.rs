use std::fmt;
use std::ptr::null_mut;
use std::sync::Arc;
use std::time::Duration;

use crate::client::Client;
use crate::error::{check, Result};
use crate::memory::{self, Allocator};
use crate::names::{Compression, Overflow, Preset, WhenFull};
use crate::panics::Panics;
use crate::runtime::Runtime;
use crate::security::{set_source, Ask, Metadata, MetadataList, TlsOptions};
use crate::text::{self, Text};
use uesynth_sys as sys;

/// How a [`Client`] is made.
///
/// ```
/// use std::time::Duration;
/// use uesynth::{ClientOptions, Overflow, Preset};
///
/// let client = ClientOptions::preset(Preset::Production)
///     .timeout(Duration::from_secs(1))
///     .overflow(Overflow::Latest)
///     .open("localhost:50051")?; // connects with the first request
/// # Ok::<(), uesynth::Error>(())
/// ```
#[derive(Clone)]
pub struct ClientOptions {
    raw: sys::uesynth_client_options,
    runtime: Option<Runtime>,
    allocator: Option<Arc<dyn Allocator>>,
    tls: Option<TlsOptions>,
    metadata: Vec<Metadata>,
    ask: Option<Arc<Ask>>,
}

// SAFETY: the pointers in raw are only set for the call that makes a client.
unsafe impl Send for ClientOptions {}
// SAFETY: as above.
unsafe impl Sync for ClientOptions {}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            raw: sys::UESYNTH_CLIENT_OPTIONS_INIT,
            runtime: None,
            allocator: None,
            tls: None,
            metadata: Vec::new(),
            ask: None,
        }
    }
}

macro_rules! settings {
    ($($(#[$meta:meta])* $name:ident($argument:ident: $kind:ty) sets $member:ident = $value:expr;)*) => {
        impl ClientOptions {
            $(
                $(#[$meta])*
                #[must_use]
                pub fn $name(mut self, $argument: $kind) -> Self {
                    self.raw.$member = $value;
                    self
                }
            )*
        }
    };
}

settings! {
    /// `ControlStream`s side by side, 1 to 64; 0: the library finds out how many pay.
    lanes(count: u32) sets lanes = count;
    /// For requests that name none. On a stream it bounds the server's silence.
    timeout(timeout: Duration) sets timeout_ms = text::wait_ms(Some(timeout));
    /// For one attempt to connect.
    connect_timeout(timeout: Duration) sets connect_timeout_ms = text::wait_ms(Some(timeout));
    /// The hard cap for messages on their way and undelivered frames, at least 1 MiB.
    stream_buffer_bytes(bytes: u64) sets stream_buffer_bytes = bytes;
    /// Undelivered frames, at least 1.
    stream_buffer_size(frames: u32) sets stream_buffer_size = frames;
    /// 1 to 1,000,000.
    max_concurrent_requests(count: u32) sets max_concurrent_requests = count;
    /// In bytes; a longer reply is `RESOURCE_EXHAUSTED`.
    max_receive_message_length(bytes: u64) sets max_receive_message_length = bytes;
    /// In bytes; a longer request is `RESOURCE_EXHAUSTED`.
    max_send_message_length(bytes: u64) sets max_send_message_length = bytes;
    /// The pause after a failed attempt to connect; it grows by 1.6 each time.
    initial_backoff(pause: Duration) sets initial_backoff_ms = text::wait_ms(Some(pause));
    /// The longest such pause.
    max_backoff(pause: Duration) sets max_backoff_ms = text::wait_ms(Some(pause));
    /// Ping a server that was silent for so long; zero: never. See the header on what servers make of it.
    keepalive(interval: Duration) sets keepalive_ms = text::wait_ms(Some(interval));
    /// So long after such a ping the server is lost.
    keepalive_timeout(timeout: Duration) sets keepalive_timeout_ms = text::wait_ms(Some(timeout));
    /// Whether to ping also when nothing is under way.
    keepalive_without_calls(ping: bool) sets keepalive_without_calls = u32::from(ping);
    /// Pings between two requests; 0: any number.
    max_pings_without_data(count: u32) sets max_pings_without_data = count;
    /// Whether the server is told that it may compress replies.
    compression(policy: Compression) sets compression = policy.raw();
    /// Whether metadata may be sent without TLS, for all to read.
    insecure_metadata(allowed: bool) sets insecure_metadata = u32::from(allowed);
    /// For so long, at most a second, a thread that waits looks without sleeping: an answer that comes
    /// meanwhile is not held up by waking it. Takes a processor.
    busy_poll(time: Duration) sets busy_poll_us = u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
    /// What gives way when undelivered frames reach their cap.
    overflow(policy: Overflow) sets overflow = policy.raw();
    /// What a submit does when as many requests are under way as may be.
    when_full(policy: WhenFull) sets when_full = policy.raw();
    /// Whether cameras of different names are different cameras.
    distinct_cameras(distinct: bool) sets distinct_cameras = u32::from(distinct);
    /// How often a direct capture is tried again while the server has no viewport yet, at most 100.
    max_retries(count: u32) sets max_retries = count;
}

impl ClientOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Options that go together.
    #[must_use]
    pub fn preset(preset: Preset) -> Self {
        let mut raw = sys::UESYNTH_CLIENT_OPTIONS_INIT;
        // SAFETY: struct_size is set.
        let status = unsafe { sys::uesynth_client_options_preset(preset.raw(), &mut raw) };
        debug_assert_eq!(status, sys::UESYNTH_OK);
        Self { raw, ..Self::default() }
    }

    /// What a gRPC channel argument of this name stands for, such as `"grpc.keepalive_time_ms"`. One that
    /// means nothing here is [`Status::NOT_FOUND`](crate::Status::NOT_FOUND).
    pub fn channel_argument(mut self, name: &str, value: i64) -> Result<Self> {
        let name = Text::new(name);
        // SAFETY: struct_size is set.
        check(unsafe {
            sys::uesynth_client_options_channel_argument(&mut self.raw, name.pointer()?, value)
        })?;
        Ok(self)
    }

    /// Reads `UESYNTH_TIMEOUT` into the options, and makes a target of `UESYNTH_HOST` and
    /// `UESYNTH_PORT`. The library never looks at the environment otherwise.
    pub fn environment(mut self) -> Result<(Self, String)> {
        let mut target = vec![0u8; 1024];
        // SAFETY: struct_size is set, and there is room for so many bytes.
        check(unsafe {
            let (to, capacity) = (target.as_mut_ptr().cast(), target.len());
            sys::uesynth_client_options_environment(&mut self.raw, to, capacity)
        })?;
        // SAFETY: success wrote a string.
        let target = unsafe { text::borrowed(target.as_ptr().cast()) }.to_string();
        Ok((self, target))
    }

    /// Talks to the server by TLS, and never without.
    #[must_use]
    pub fn tls(mut self, tls: TlsOptions) -> Self {
        self.tls = Some(tls);
        self
    }

    /// A pair that goes with every call: a credential, mostly. It needs TLS, unless
    /// [`ClientOptions::insecure_metadata`] says otherwise.
    #[must_use]
    pub fn metadata(mut self, key: &str, value: impl AsRef<[u8]>) -> Self {
        self.metadata.push(Metadata::new(key, value.as_ref()));
        self
    }

    /// Asked before each call, by its method, for the metadata that go with it beside those that go with
    /// all. A failure is what the call then ends with. It must not call what waits for this client.
    #[must_use]
    pub fn metadata_with(
        mut self,
        ask: impl Fn(&str, &mut MetadataList<'_>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.ask = Some(Arc::new(ask));
        self
    }

    /// Shares a runtime with other clients.
    #[must_use]
    pub fn runtime(mut self, runtime: &Runtime) -> Self {
        self.runtime = Some(runtime.clone());
        self
    }

    /// Where pictures are to lie. A panic in it fails the request and is resumed by the next call.
    #[must_use]
    pub fn allocator(mut self, allocator: Arc<dyn Allocator>) -> Self {
        self.allocator = Some(allocator);
        self
    }

    /// Makes a client of the server at `target`: `"host"`, `"host:port"`, `"[::1]:50051"`,
    /// `"unix:/run/uesynth.sock"` ... It connects with the first request.
    pub fn open(&self, target: &str) -> Result<Client> {
        let target = Text::new(target);
        let pointer = target.pointer()?;
        let panics = Arc::new(Panics::default());
        panics.resuming(|| {
            let mut raw = self.raw;
            let tls = self.tls.as_ref().map(TlsOptions::raw).transpose()?;
            raw.tls = tls.as_ref().map_or(raw.tls, |tls| tls);
            let metadata = self.metadata.iter().map(Metadata::raw).collect::<Result<Vec<_>>>()?;
            raw.metadata = metadata.as_ptr();
            raw.metadata_count = metadata.len();
            // From here on nothing returns early: the library lets go of what it is handed.
            if let Some(ask) = &self.ask {
                set_source(&mut raw, ask, &panics);
            }
            raw.runtime = self.runtime.as_ref().map_or(null_mut(), Runtime::as_ptr);
            let allocator = self.allocator.as_ref().map(|own| memory::allocator(own, &panics));
            raw.allocator = allocator.as_ref().map_or(std::ptr::null(), |allocator| allocator);
            let mut client = null_mut();
            // SAFETY: all that raw points to is borrowed for the call.
            check(unsafe { sys::uesynth_client_new(pointer, &raw, &mut client) })?;
            // SAFETY: success hands over the client.
            unsafe { Client::adopt(client, Arc::clone(&panics)) }
        })
    }
}

impl fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientOptions").field("raw", &self.raw).finish_non_exhaustive()
    }
}
