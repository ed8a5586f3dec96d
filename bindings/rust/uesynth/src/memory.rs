use std::fmt;
use std::os::raw::c_void;
use std::ptr::{null_mut, NonNull};
use std::sync::Arc;

use crate::panics::Panics;
use uesynth_sys as sys;

/// Where a client's pictures are to lie: pinned, shared or mapped memory.
///
/// # Safety
/// What `allocate` returns is valid for writes of `size` bytes, aligned as asked, and stays in place until
/// `deallocate` is called with it.
pub unsafe trait Allocator: Send + Sync + 'static {
    /// Memory for one picture, or `None`, which fails that request.
    fn allocate(&self, size: usize, alignment: usize) -> Option<NonNull<u8>>;

    /// Takes it back.
    ///
    /// # Safety
    /// `memory` came from `allocate` with this `size`, and is not used any more.
    unsafe fn deallocate(&self, memory: NonNull<u8>, size: usize);
}

struct HostAllocator {
    allocator: Arc<dyn Allocator>,
    panics: Arc<Panics>,
}

/// The C form; the library lets go of it by `destroy`.
pub(crate) fn allocator(
    allocator: &Arc<dyn Allocator>,
    panics: &Arc<Panics>,
) -> sys::uesynth_allocator {
    let host = HostAllocator { allocator: Arc::clone(allocator), panics: Arc::clone(panics) };
    sys::uesynth_allocator {
        allocate: Some(allocate),
        deallocate: Some(deallocate),
        user_data: Box::into_raw(Box::new(host)).cast(),
        destroy: Some(destroy_allocator),
        ..sys::UESYNTH_ALLOCATOR_INIT
    }
}

unsafe extern "C" fn allocate(size: usize, alignment: usize, data: *mut c_void) -> *mut c_void {
    let host = &*data.cast::<HostAllocator>();
    let memory = host.panics.catch(|| host.allocator.allocate(size, alignment)).flatten();
    memory.map_or(null_mut(), |memory| memory.as_ptr().cast())
}

unsafe extern "C" fn deallocate(memory: *mut c_void, size: usize, data: *mut c_void) {
    let host = &*data.cast::<HostAllocator>();
    if let Some(memory) = NonNull::new(memory.cast()) {
        let _ = host.panics.catch(|| host.allocator.deallocate(memory, size));
    }
}

unsafe extern "C" fn destroy_allocator(data: *mut c_void) {
    let host = Box::from_raw(data.cast::<HostAllocator>());
    let panics = Arc::clone(&host.panics);
    let _ = panics.catch(|| drop(host));
}

/// Memory for the picture of one request. It is dropped when neither the library nor a frame refers to
/// it any more.
pub(crate) struct Destination {
    memory: NonNull<u8>,
    capacity: usize,
    /// Boxed, so that it has a thin pointer for C.
    owner: Option<Box<Owner>>,
}

/// What the memory belongs to. Kept as a pointer, since a box may not move while others point into it.
struct Owner(*mut dyn Send);

// SAFETY: it stands for a box of what is Send.
unsafe impl Send for Owner {}

impl Drop for Owner {
    fn drop(&mut self) {
        // SAFETY: made by Box::into_raw, and dropped once.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

// SAFETY: it is only carried; the owner is Send.
unsafe impl Send for Destination {}

impl Destination {
    pub(crate) fn new<M: AsMut<[u8]> + Send + 'static>(memory: M) -> Self {
        let memory = Box::into_raw(Box::new(memory));
        let owner = Some(Box::new(Owner(memory)));
        // SAFETY: the only reference; the owner does not look at it before it drops it.
        let bytes = unsafe { (*memory).as_mut() };
        Self { memory: NonNull::from(&mut *bytes).cast(), capacity: bytes.len(), owner }
    }

    /// Hands it to a request, which lets go of it, also when it is refused.
    pub(crate) fn hand_over(mut self, options: &mut sys::uesynth_submit_options) {
        if let Some(owner) = self.owner.take() {
            options.destination = self.memory.as_ptr().cast();
            options.destination_capacity = self.capacity;
            options.destination_done = Some(destination_done);
            options.destination_user_data = Box::into_raw(owner).cast();
        }
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Destination({} bytes)", self.capacity)
    }
}

unsafe extern "C" fn destination_done(data: *mut c_void) {
    let owner = Box::from_raw(data.cast::<Owner>());
    // There is no call that this could be resumed after: the frame may have outlived its client.
    let _ = Panics::default().catch(|| drop(owner));
}
