use std::fmt;
use std::marker::PhantomData;
use std::os::raw::{c_char, c_void};
use std::ptr::{null, NonNull};
use std::sync::Arc;

use crate::error::{check, Result};
use crate::panics::Panics;
use crate::text::{self, Text};
use uesynth_sys as sys;

/// TLS 1.2 or later. Without anything set, the server's certificate must be signed by one of the system's
/// CAs and be for the target's name.
///
/// ```
/// use uesynth::{ClientOptions, TlsOptions};
///
/// let options = ClientOptions::new()
///     .tls(TlsOptions::new().server_name("engine.example"))
///     .metadata("authorization", "Bearer 12345");
/// ```
#[derive(Clone, Debug, Default)]
pub struct TlsOptions {
    ca_file: Option<Text>,
    ca_pem: Option<Text>,
    certificate_file: Option<Text>,
    certificate_pem: Option<Text>,
    key_file: Option<Text>,
    key_pem: Option<Text>,
    server_name: Option<Text>,
}

macro_rules! texts {
    ($($(#[$meta:meta])* $name:ident;)*) => {
        impl TlsOptions {
            $(
                $(#[$meta])*
                #[must_use]
                pub fn $name(mut self, text: &str) -> Self {
                    self.$name = Some(Text::new(text));
                    self
                }
            )*

            /// With pointers into `self`.
            pub(crate) fn raw(&self) -> Result<sys::uesynth_tls_options> {
                let mut raw = sys::UESYNTH_TLS_OPTIONS_INIT;
                $(raw.$name = self.$name.as_ref().map_or(Ok(null()), Text::pointer)?;)*
                Ok(raw)
            }
        }
    };
}

texts! {
    /// PEM: the CAs that are trusted, or the server's own certificate.
    ca_file;
    /// The same as text.
    ca_pem;
    /// PEM: a client certificate, followed by those between it and its CA.
    certificate_file;
    /// The same as text.
    certificate_pem;
    /// PEM: the client certificate's private key, not encrypted.
    key_file;
    /// The same as text.
    key_pem;
    /// The name that the certificate must have, instead of the target's.
    server_name;
}

impl TlsOptions {
    /// The system's CAs, the target's name, no client certificate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// A pair that goes with every call.
#[derive(Clone)]
pub(crate) struct Metadata {
    key: Text,
    value: Vec<u8>,
}

impl Metadata {
    pub(crate) fn new(key: &str, value: &[u8]) -> Self {
        Self { key: Text::new(key), value: value.to_vec() }
    }

    /// With pointers into `self`.
    pub(crate) fn raw(&self) -> Result<sys::uesynth_metadata> {
        let value = if self.value.is_empty() { null() } else { self.value.as_ptr().cast() };
        Ok(sys::uesynth_metadata { key: self.key.pointer()?, value, size: self.value.len() })
    }
}

/// The metadata of one call, to be added to while a closure is asked for it:
/// [`ClientOptions::metadata_with`](crate::ClientOptions::metadata_with).
pub struct MetadataList<'a> {
    raw: NonNull<sys::uesynth_metadata_list>,
    lent: PhantomData<&'a mut ()>,
}

impl MetadataList<'_> {
    /// Adds a pair. Keys are small letters, digits and `_.-`; values printable ASCII, or under a key that
    /// ends with `-bin` any bytes.
    pub fn add(&mut self, key: &str, value: impl AsRef<[u8]>) -> Result<()> {
        let pair = Metadata::new(key, value.as_ref());
        let raw = pair.raw()?;
        // SAFETY: the list is valid as long as the closure runs; key and value are copied.
        check(unsafe {
            sys::uesynth_metadata_list_add(self.raw.as_ptr(), raw.key, raw.value, raw.size)
        })
    }
}

impl fmt::Debug for MetadataList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetadataList")
    }
}

pub(crate) type Ask = dyn Fn(&str, &mut MetadataList<'_>) -> Result<()> + Send + Sync;

struct Source {
    ask: Arc<Ask>,
    panics: Arc<Panics>,
}

/// Sets the closure that is asked before each call. The library lets go of it by `destroy`.
pub(crate) fn set_source(
    options: &mut sys::uesynth_client_options,
    ask: &Arc<Ask>,
    panics: &Arc<Panics>,
) {
    let source = Source { ask: Arc::clone(ask), panics: Arc::clone(panics) };
    options.metadata_callback = Some(on_call);
    options.metadata_user_data = Box::into_raw(Box::new(source)).cast();
    options.metadata_destroy = Some(on_done);
}

unsafe extern "C" fn on_call(
    method: *const c_char,
    list: *mut sys::uesynth_metadata_list,
    user_data: *mut c_void,
) -> sys::uesynth_status {
    let source = &*user_data.cast::<Source>();
    let raw = match NonNull::new(list) {
        Some(raw) => raw,
        None => return sys::UESYNTH_INTERNAL,
    };
    let mut list = MetadataList { raw, lent: PhantomData };
    match source.panics.catch(|| (source.ask)(text::borrowed(method), &mut list)) {
        Some(Ok(())) => sys::UESYNTH_OK,
        Some(Err(error)) => error.status().code(),
        None => sys::UESYNTH_INTERNAL,
    }
}

unsafe extern "C" fn on_done(user_data: *mut c_void) {
    let source = Box::from_raw(user_data.cast::<Source>());
    let panics = Arc::clone(&source.panics);
    let _ = panics.catch(|| drop(source));
}
