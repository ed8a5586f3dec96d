//! Sequences, pacers and geometry.

mod common;

use std::time::{Duration, Instant};

use common::{Simulator, WAIT};
use uesynth::{
    camera_intrinsics, Axes, Client, Modality, Pacer, PoseConvention, Rotator, SequenceOptions,
    Status, Transform, Vector3,
};

#[test]
fn sequences_keep_the_order_of_their_poses() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let poses: Vec<_> =
        (0..20u8).map(|i| Transform::at(Vector3::new(f32::from(i), 0.0, 100.0))).collect();
    let options = SequenceOptions::new(Modality::Rgb).size(16, 16).ahead(4);
    let mut sequence = client.sequence(&options, &poses)?;
    for (place, frame) in sequence.by_ref().enumerate() {
        let frame = frame?;
        assert_eq!(frame.cookie(), place as u64);
        assert_eq!(frame.pose().unwrap().location, poses[place].location);
    }
    let stats = sequence.stats()?;
    assert_eq!((stats.poses, stats.handed_out, stats.ahead), (20, 20, 4));
    assert_eq!(sequence.next_event(WAIT).unwrap_err().status(), Status::OUT_OF_RANGE);

    let mut other = client.sequence(&options, &poses)?;
    other.cancel()?;
    assert!(other.next().is_none());
    assert_eq!(client.sequence(&options, &[]).unwrap_err().status(), Status::MISUSE);
    Ok(())
}

#[test]
fn pacers_hold_a_rate() -> uesynth::Result<()> {
    let pacer = Pacer::new(200.0)?;
    let start = Instant::now();
    let beats: Vec<_> = pacer.beats().take(11).collect();
    assert!(start.elapsed() >= Duration::from_millis(50));
    assert_eq!(beats[0].number, 0);
    let last = beats.last().unwrap();
    assert_eq!(
        last.intended_ns - beats[0].intended_ns,
        i64::try_from(last.number).unwrap() * 5_000_000
    );
    assert_eq!(pacer.stats()?.beats, 11);
    assert!(pacer.late(100.0)? >= pacer.late(0.0)?);
    assert!(pacer.fd()? >= 0);
    let slow = Pacer::new(0.01)?;
    assert!(slow.wait(WAIT)?.is_some());
    assert!(slow.wait(Some(Duration::from_millis(1)))?.is_none());
    assert_eq!(Pacer::new(0.0).unwrap_err().status(), Status::MISUSE);
    Ok(())
}

#[test]
fn poses_turn_into_other_conventions() -> uesynth::Result<()> {
    let pose = Transform::at(Vector3::new(100.0, 200.0, 300.0));
    let matrix = pose.to_matrix(Axes::Ros, PoseConvention::METRES)?;
    for (row, metres) in [1.0, -2.0, 3.0].iter().enumerate() {
        assert!((matrix[row][3] - metres).abs() < 1e-9, "{matrix:?}");
    }
    let turned = Transform::default().facing(Rotator::new(0.0, 180.0, 0.0));
    let back = turned.to_quaternion(Axes::Unreal, PoseConvention::PLAIN)?;
    assert!((back[2].abs() - 1.0).abs() < 1e-6, "{back:?}");
    let both = PoseConvention::INVERSE | PoseConvention::SCALED;
    let flat = Transform::default().scaled(Vector3::default());
    assert_eq!(flat.to_matrix(Axes::Unreal, both).unwrap_err().status(), Status::MISUSE);
    let k = camera_intrinsics(90.0, 640, 480)?;
    assert!((k[0][0] - 320.0).abs() < 1e-9 && (k[0][2] - 320.0).abs() < 1e-9);
    Ok(())
}
