//! Pictures in memory of the host, pictures as files, and what runtimes share.

mod common;

use std::alloc::{alloc, dealloc, Layout};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::{env, fs, process};

use common::{eventually, Simulator, WAIT};
use uesynth::{
    Action, Allocator, Client, ClientOptions, EventKind, File, Format, FrameFlags, Modality,
    PictureOptions, RuntimeOptions, SaveOptions, Status, SubmitOptions, ThreadRole,
};

#[derive(Default)]
struct Counting {
    taken: AtomicUsize,
    returned: AtomicUsize,
}

// SAFETY: as std's allocator.
unsafe impl Allocator for Counting {
    fn allocate(&self, size: usize, alignment: usize) -> Option<NonNull<u8>> {
        self.taken.fetch_add(1, Ordering::Relaxed);
        let layout = Layout::from_size_align(size.max(1), alignment).ok()?;
        // SAFETY: the size is not 0.
        NonNull::new(unsafe { alloc(layout) })
    }

    unsafe fn deallocate(&self, memory: NonNull<u8>, size: usize) {
        self.returned.fetch_add(1, Ordering::Relaxed);
        dealloc(memory.as_ptr(), Layout::from_size_align_unchecked(size.max(1), 64));
    }
}

#[test]
fn frames_lie_where_an_allocator_says() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let counting = Arc::new(Counting::default());
    let options = ClientOptions::new().allocator(Arc::clone(&counting) as Arc<dyn Allocator>);
    let client = options.open(&simulator.target)?;
    let frame = client.capture(Modality::Rgb, "", 64, 64)?;
    assert!(frame.flags().contains(FrameFlags::HOST_MEMORY));
    let again = frame.clone();
    drop((frame, client));
    assert_eq!(again.as_ref().len(), 64 * 64 * 4);
    drop((again, options));
    eventually("everything was returned", || Arc::strong_count(&counting) == 1);
    let counts =
        (counting.taken.load(Ordering::Relaxed), counting.returned.load(Ordering::Relaxed));
    assert_eq!(counts, (1, 1));
    Ok(())
}

#[test]
fn a_picture_goes_where_a_request_says() -> uesynth::Result<()> {
    struct Kept(Vec<u8>, Arc<Mutex<usize>>);
    impl AsMut<[u8]> for Kept {
        fn as_mut(&mut self) -> &mut [u8] {
            &mut self.0
        }
    }
    impl Drop for Kept {
        fn drop(&mut self) {
            *self.1.lock().unwrap() += 1;
        }
    }
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let gone = Arc::new(Mutex::new(0));
    let memory = Kept(vec![0; 32 * 32 * 4], Arc::clone(&gone));
    let place = memory.0.as_ptr();
    let capture = Action::capture(Modality::Rgb).size(32, 32);
    let frame = client.call(&capture, SubmitOptions::new().destination(memory))?.into_frame()?;
    assert_eq!(frame.bytes().as_ptr(), place);
    assert_eq!(*gone.lock().unwrap(), 0);
    drop(frame);
    eventually("the memory was let go", || *gone.lock().unwrap() == 1);

    let small = Kept(vec![0; 16], Arc::clone(&gone));
    let refused = client.call(&capture, SubmitOptions::new().destination(small)).unwrap_err();
    assert_eq!(refused.status(), Status::BUFFER_TOO_SMALL);
    eventually("this too", || *gone.lock().unwrap() == 2);
    let unused = Kept(vec![0; 16], Arc::clone(&gone));
    drop(SubmitOptions::new().destination(unused));
    assert_eq!(*gone.lock().unwrap(), 3);
    Ok(())
}

#[test]
fn pictures_become_pixels_and_files() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let frame = client.capture(Modality::Rgb, "", 32, 16)?;
    let pixels = frame.convert(Format::Rgb8)?;
    assert_eq!((pixels.layout().stride, pixels.bytes().len()), (96, 32 * 16 * 3));
    assert_eq!(pixels.bytes()[..3], frame.bytes()[..3]);
    let planar = frame.decode(Format::F32x3Planar)?;
    let value = f32::from(frame.bytes()[1]) / 255.0;
    assert!((planar.floats().unwrap()[32 * 16] - value).abs() < 1e-6);
    let mut memory = vec![7; 100 * 16];
    let layout = frame.convert_into(Format::Rgb8, 100, &mut memory)?;
    assert_eq!((layout.stride, memory[96..100].to_vec()), (100, vec![7; 4]));
    let small = frame.decode_into(Format::Rgb8, 0, &mut memory[..10]).unwrap_err();
    assert_eq!(small.status(), Status::BUFFER_TOO_SMALL);

    let folder = env::temp_dir().join(format!("uesynth-rust-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    let npy = frame.encode(File::Npy, &PictureOptions::new().keep_alpha())?;
    assert_eq!(npy[npy.len() - frame.bytes().len()..], *frame.bytes());
    frame.save(folder.join("one.npy"), &PictureOptions::new().keep_alpha())?;
    assert_eq!(fs::read(folder.join("one.npy")).unwrap(), *npy);
    client.save(&frame, folder.join("two.npy"), &SaveOptions::new().cookie(5))?;
    let saved = client.poll(WAIT)?.unwrap();
    assert_eq!((saved.kind(), saved.cookie()), (Some(EventKind::Saved), 5));
    assert_eq!(saved.message(), folder.join("two.npy").to_str().unwrap());
    client.save(&frame, folder.join("three.npy"), &SaveOptions::new().no_event())?;
    assert!(client.flush_saves(WAIT)?);
    assert!(folder.join("three.npy").exists());
    let odd = frame.save(folder.join("four.gif"), &PictureOptions::new()).unwrap_err();
    assert_eq!(odd.status(), Status::MISUSE);
    fs::remove_dir_all(&folder).unwrap();
    Ok(())
}

#[test]
fn clients_share_a_runtime_with_hooks() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let threads = Arc::new(Mutex::new(Vec::new()));
    let (started, stopped) = (Arc::clone(&threads), Arc::clone(&threads));
    let runtime = RuntimeOptions::new()
        .loop_threads(2)
        .on_thread_start(move |role, index| started.lock().unwrap().push((role, index, true)))
        .on_thread_stop(move |role, index| stopped.lock().unwrap().push((role, index, false)))
        .build()?;
    let options = ClientOptions::new().runtime(&runtime);
    let (left, right) = (options.open(&simulator.target)?, options.open(&simulator.target)?);
    left.capture(Modality::Rgb, "", 8, 8)?;
    right.capture(Modality::Rgb, "", 8, 8)?;
    drop((left, right, options, runtime));
    eventually("the hooks were let go", || Arc::strong_count(&threads) == 1);
    let mut seen = threads.lock().unwrap().clone();
    seen.retain(|(role, ..)| *role == ThreadRole::Loop);
    assert_eq!(seen.iter().filter(|(.., start)| *start).count(), 2, "{seen:?}");
    assert_eq!(seen.len(), 4, "{seen:?}");
    Ok(())
}
