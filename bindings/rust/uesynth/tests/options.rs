//! Options of a client.

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{eventually, Simulator, WAIT};
use uesynth::{
    Action, ClientOptions, Compression, Modality, Route, Status, SubmitOptions, TlsOptions,
};

#[test]
fn options_come_from_elsewhere() -> uesynth::Result<()> {
    let options = ClientOptions::new().channel_argument("grpc.keepalive_time_ms", 30_000)?;
    let odd = options.clone().channel_argument("grpc.no_such", 1).unwrap_err();
    assert_eq!(odd.status(), Status::NOT_FOUND);
    let (options, target) = options.environment()?;
    assert_eq!(target, "localhost:50051");
    options.keepalive(Duration::from_secs(60)).max_backoff(Duration::from_secs(5)).open(&target)?;
    Ok(())
}

#[test]
fn metadata_and_tls_are_options() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let options = ClientOptions::new().metadata("authorization", "Bearer 12345");
    let naked = options.open(&simulator.target).unwrap_err();
    assert_eq!(naked.status(), Status::MISUSE);
    let methods = Arc::new(Mutex::new(Vec::new()));
    let asked = Arc::clone(&methods);
    let options = options.insecure_metadata(true).metadata_with(move |method, list| {
        asked.lock().unwrap().push(method.to_string());
        list.add("Not allowed", "x").unwrap_err();
        list.add("token-bin", [0u8, 255])
    });
    let client = options.open(&simulator.target)?;
    client.call(&Action::list_objects(), SubmitOptions::new().route(Route::Direct))?;
    let seen = methods.lock().unwrap().clone();
    assert!(seen.iter().any(|method| method.ends_with("/ListObjects")), "{seen:?}");
    drop((client, options));
    eventually("the closure is let go", || Arc::strong_count(&methods) == 1);

    let refusing = ClientOptions::new()
        .insecure_metadata(true)
        .metadata_with(|_, list| list.add("UPPER KEY", ""))
        .compression(Compression::Auto)
        .open(&simulator.target)?;
    let direct = SubmitOptions::new().route(Route::Direct);
    assert_eq!(
        refusing.call(&Action::list_objects(), direct).unwrap_err().status(),
        Status::MISUSE
    );

    let tls = TlsOptions::new().ca_file("/no/such/file");
    let missing = ClientOptions::new().tls(tls).open(&simulator.target).unwrap_err();
    assert_eq!(missing.status(), Status::MISUSE);
    let tls = ClientOptions::new().tls(TlsOptions::new()).open(&simulator.target)?;
    assert!(tls.connect(Some(Duration::from_secs(5))).is_err(), "the simulator speaks no TLS");
    Ok(())
}

#[test]
fn tls_is_what_it_says() -> uesynth::Result<()> {
    let folder = std::env::temp_dir().join(format!("uesynth-rust-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_string();
    let (certificate, key) = (path("certificate.pem"), path("key.pem"));
    let made = std::process::Command::new("openssl")
        .args("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2".split(' '))
        .args(["-subj", "/CN=engine", "-addext", "subjectAltName=DNS:engine.example"])
        .args(["-keyout", &key, "-out", &certificate])
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let simulator = Simulator::start(&["--tls-cert", &certificate, "--tls-key", &key]);
    let pem = std::fs::read_to_string(&certificate).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();

    let trusting = TlsOptions::new().ca_pem(&pem).server_name("engine.example");
    let options = ClientOptions::new().tls(trusting).metadata("authorization", "Bearer 1");
    let client = options.open(&simulator.target)?;
    assert_eq!(client.capture(Modality::Rgb, "", 16, 16)?.width(), 16);
    for wrong in [TlsOptions::new().ca_pem(&pem), TlsOptions::new().server_name("engine.example")] {
        let client = ClientOptions::new().tls(wrong).open(&simulator.target)?;
        let refused = client.connect(WAIT).unwrap_err();
        assert_eq!(refused.status(), Status::UNAVAILABLE, "{refused}");
    }
    Ok(())
}
