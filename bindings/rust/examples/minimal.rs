//! One frame by callback, one by poll, with std alone: rustc minimal.rs -L DIR && ./minimal [TARGET]
use std::{env, ffi::{c_char, c_void, CStr, CString}, mem::{size_of, zeroed}, ptr::{null, null_mut}, sync::mpsc::{channel, Sender}};

#[repr(C)] struct Action { struct_size: u32, kind: u32, name: *const c_char, transform: [f32; 9], fields: u32, width: u32, height: u32,
    strings: [*const c_char; 3], intensity: f32, color: [f32; 3] }
#[repr(C)] struct Event { struct_size: u32, kind: u32, request_id: u64, cookie: u64, status: i32, action: u32,
    message: *const c_char, frame: *mut c_void, reply: *const c_void, frameset: *const c_void, reserved: *mut c_void }
#[repr(C)] struct Info { struct_size: u32, modality: u32, data: *const u8, size: usize, width: u32, height: u32, stride: usize, format: u32,
    flags: u32, texts: [*const c_char; 2], numbers: [u64; 9], pose: [f32; 9] }
type OnEvent = extern "C" fn(*const Event, *mut c_void);
#[link(name = "uesynth")] extern "C" {
    fn uesynth_last_error() -> *const c_char;
    fn uesynth_client_new(target: *const c_char, options: *const c_void, client: *mut *mut c_void) -> i32;
    fn uesynth_client_free(client: *mut c_void);
    fn uesynth_client_submit(client: *mut c_void, action: *const Action, options: *const c_void, id: *mut u64,
        callback: Option<OnEvent>, user_data: *mut c_void, destroy: *const c_void) -> i32;
    fn uesynth_client_poll(client: *mut c_void, events: *mut Event, capacity: usize, size: usize, timeout_ms: i64, count: *mut usize) -> i32;
    fn uesynth_events_release(events: *mut Event, count: usize, size: usize);
    fn uesynth_frame_view(frame: *const c_void, info: *mut Info) -> i32;
}
fn text(from: *const c_char) -> String { unsafe { CStr::from_ptr(from) }.to_string_lossy().into_owned() }
fn check(status: i32) { if status != 0 { eprintln!("{}", text(unsafe { uesynth_last_error() })); std::process::exit(1) } }
unsafe fn show(way: &str, event: &Event) {
    let mut info = Info { struct_size: size_of::<Info>() as u32, ..zeroed() };
    if event.status != 0 { return println!("{way}: {}", text(event.message)) }
    check(uesynth_frame_view(event.frame, &mut info));
    println!("{way}: {} x {}, {} bytes, first {:?}", info.width, info.height, info.size, std::slice::from_raw_parts(info.data, info.size.min(4)));
}
extern "C" fn on_event(event: *const Event, done: *mut c_void) { unsafe { show("callback", &*event); let _ = (*(done as *const Sender<()>)).send(()); } }
fn main() { unsafe {
    let (target, (done, wait)) = (CString::new(env::args().nth(1).unwrap_or("localhost:50051".into())).unwrap(), channel::<()>());
    let (mut client, mut count, mut event) = (null_mut(), 0, Event { struct_size: size_of::<Event>() as u32, ..zeroed() });
    let capture = Action { struct_size: size_of::<Action>() as u32, kind: 4, transform: [0., 0., 0., 0., 0., 0., 1., 1., 1.], width: 320, height: 240, ..zeroed() };
    check(uesynth_client_new(target.as_ptr(), null(), &mut client));
    check(uesynth_client_submit(client, &capture, null(), null_mut(), Some(on_event), &done as *const _ as *mut c_void, null()));
    wait.recv().unwrap();
    check(uesynth_client_submit(client, &capture, null(), null_mut(), None, null_mut(), null()));
    check(uesynth_client_poll(client, &mut event, 1, size_of::<Event>(), -1, &mut count));
    show("poll", &event);
    uesynth_events_release(&mut event, 1, size_of::<Event>()); uesynth_client_free(client); } }
