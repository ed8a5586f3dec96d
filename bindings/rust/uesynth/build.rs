//! Sets a run path to where `uesynth-sys` found the library, for the tests and examples of this crate,
//! so that they run without `LD_LIBRARY_PATH`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if let Ok(folder) = std::env::var("DEP_UESYNTH_LIBDIR") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
        // For crates that depend on this one: `DEP_UESYNTH_LIBDIR` reaches direct dependents only.
        println!("cargo:rustc-env=UESYNTH_LIBRARY_FOLDER={folder}");
    }
}
