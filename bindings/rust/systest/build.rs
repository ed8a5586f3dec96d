//! Reads the declarations of `uesynth-sys` as text and writes them once more, as C that the compiler
//! compares with `uesynth.h` (the types of functions and members), and as lists of numbers in C and
//! Rust that the tests compare (sizes, offsets, constants, what the INIT macros set).

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a crate declares, in its order.
#[derive(Default)]
struct Declarations {
    structs: Vec<(String, Vec<(String, String)>)>,
    functions: Vec<(String, Vec<String>, String)>,
    callbacks: Vec<(String, String)>,
    constants: Vec<String>,
    initializers: Vec<(String, String)>,
}

impl Declarations {
    fn read(source: &str) -> Self {
        let mut found = Self::default();
        let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        let text: Vec<_> = lines.flat_map(str::split_whitespace).collect();
        // However the formatter has broken a line.
        let text = text.join(" ").replace("Option< ", "Option<").replace(", >", ">");
        for item in text.split("pub ").skip(1) {
            let (word, rest) = item.split_once(' ').unwrap_or((item, ""));
            match word {
                "struct" => {
                    let name = rest.split([' ', '{']).next().unwrap_or("");
                    found.structs.push((name.into(), Vec::new()));
                }
                "fn" => found.functions.push(function(rest)),
                "type" => {
                    let (name, kind) = rest.split_once(" = ").expect("a type has a meaning");
                    let kind = kind.split(';').next().unwrap_or("").trim();
                    if kind.starts_with("Option") {
                        found.callbacks.push((name.into(), kind.into()));
                    }
                }
                "const" => {
                    let (name, rest) = rest.split_once(": ").expect("a constant has a type");
                    let kind = rest.split(" =").next().unwrap_or("");
                    if kind.starts_with("uesynth_") && kind != "uesynth_status" {
                        found.initializers.push((name.into(), kind.into()));
                    } else {
                        found.constants.push(name.into());
                    }
                }
                _ if word.ends_with(':') => {
                    let kind = field_type(rest);
                    let (_, fields) = found.structs.last_mut().expect("a field is in a struct");
                    fields.push((word.trim_end_matches(':').into(), kind));
                }
                _ => panic!("not understood: pub {item}"),
            }
        }
        found.structs.retain(|(_, fields)| !fields.is_empty());
        found
    }
}

/// Up to the comma that ends the field.
fn field_type(text: &str) -> String {
    let text = text.split('}').next().unwrap_or("");
    let (kind, _) = text.rsplit_once(',').expect("a field ends with a comma");
    kind.trim().into()
}

fn function(text: &str) -> (String, Vec<String>, String) {
    let text = text.split(';').next().unwrap_or("");
    let (name, rest) = text.split_once('(').expect("a function has arguments");
    let (arguments, result) = rest.rsplit_once(')').expect("arguments end");
    let arguments = arguments
        .split(", ")
        .flat_map(|part| part.split(','))
        .filter_map(|argument| argument.split_once(": "))
        .map(|(_, kind)| kind.trim().to_string())
        .collect();
    (name.into(), arguments, result.trim().trim_start_matches("->").trim().into())
}

/// A Rust type as C writes it, around the name of what has it.
fn c_type(kind: &str, name: &str) -> String {
    let kind = kind.trim();
    if let Some(inner) = kind.strip_prefix("*const ") {
        let inner = if inner.starts_with('*') {
            c_type(inner, "const ")
        } else {
            format!("const {}", c_type(inner, ""))
        };
        return if kind.starts_with("*const *") {
            // A pointer to a pointer that is not written through.
            format!("{}*const *{name}", inner.replace("*const ", "").trim_end_matches('*'))
        } else {
            format!("{inner} *{name}")
        };
    }
    if let Some(inner) = kind.strip_prefix("*mut ") {
        return c_type(inner, &format!("*{name}"));
    }
    if let Some(array) = kind.strip_prefix('[') {
        let (inner, count) =
            array.trim_end_matches(']').split_once("; ").expect("an array's length");
        return format!("{}[{count}]", c_type(inner, name));
    }
    if let Some(callback) = kind.strip_prefix("Option<unsafe extern \"C\" fn(") {
        let (arguments, result) =
            callback.trim_end_matches('>').rsplit_once(')').expect("a function");
        let arguments = arguments.split(", ").map(|part| {
            let kind = part.split_once(": ").map_or(part, |(_, kind)| kind);
            c_type(kind.trim_end_matches(','), "")
        });
        let result = result.trim().trim_start_matches("->").trim();
        return format!(
            "{} (*{name})({})",
            result_type(result),
            arguments.collect::<Vec<_>>().join(", ")
        );
    }
    let word = match kind {
        "f32" => "float",
        "f64" => "double",
        "u8" => "uint8_t",
        "u32" => "uint32_t",
        "i32" => "int32_t",
        "u64" => "uint64_t",
        "i64" => "int64_t",
        "usize" => "size_t",
        "c_int" => "int",
        "c_char" => "char",
        "c_void" => "void",
        other => other,
    };
    format!("{word} {name}").trim_end().into()
}

fn result_type(kind: &str) -> String {
    if kind.is_empty() {
        "void".into()
    } else {
        c_type(kind, "")
    }
}

fn c_name(field: &str) -> &str {
    field.strip_suffix('_').unwrap_or(field)
}

/// The numbers that both languages must agree on: what they are called, in C and in Rust.
fn numbers(all: &Declarations) -> Vec<(String, String, String)> {
    let mut numbers = Vec::new();
    for (name, fields) in &all.structs {
        numbers.push((
            format!("size of {name}"),
            format!("sizeof({name})"),
            format!("std::mem::size_of::<{name}>() as i64"),
        ));
        numbers.push((
            format!("alignment of {name}"),
            format!("_Alignof({name})"),
            format!("std::mem::align_of::<{name}>() as i64"),
        ));
        for (field, _) in fields {
            numbers.push((
                format!("offset of {name}.{field}"),
                format!("offsetof({name}, {})", c_name(field)),
                format!("offset!({name}, {field})"),
            ));
            numbers.push((
                format!("size of {name}.{field}"),
                format!("sizeof(((const {name} *)0)->{})", c_name(field)),
                format!("size!({name}, {field})"),
            ));
        }
    }
    for name in &all.constants {
        numbers.push((name.clone(), name.clone(), format!("i64::from({name})")));
    }
    numbers
}

fn write_c(all: &Declarations) -> String {
    let mut c = String::from(
        "#include <stddef.h>\n#include <stdint.h>\n#include \"uesynth.h\"\n\
         #define SAME(what, ...) _Static_assert(__builtin_types_compatible_p(__VA_ARGS__), what)\n",
    );
    for (name, fields) in &all.structs {
        for (field, kind) in fields {
            let (member, kind) = (c_name(field), c_type(kind, ""));
            writeln!(
                c,
                "SAME(\"{name}.{member}\", __typeof__(((({name} *)0)->{member})), {kind});"
            )
            .unwrap();
        }
    }
    for (name, kind) in &all.callbacks {
        writeln!(c, "SAME(\"{name}\", {name}, {});", c_type(kind, "")).unwrap();
    }
    for (name, arguments, result) in &all.functions {
        let arguments: Vec<_> = arguments.iter().map(|kind| c_type(kind, "")).collect();
        let arguments = if arguments.is_empty() { "void".into() } else { arguments.join(", ") };
        writeln!(
            c,
            "SAME(\"{name}\", __typeof__(&{name}), {} (*)({arguments}));",
            result_type(result)
        )
        .unwrap();
    }
    writeln!(c, "const int64_t systest_numbers[] = {{").unwrap();
    for (_, expression, _) in numbers(all) {
        writeln!(c, "  (int64_t)({expression}),").unwrap();
    }
    writeln!(c, "}};").unwrap();
    for (name, kind) in &all.initializers {
        writeln!(c, "const {kind} systest_{name} = {name};").unwrap();
    }
    c
}

fn write_rust(all: &Declarations) -> String {
    let mut rust = String::new();
    let numbers = numbers(all);
    writeln!(rust, "pub(super) fn numbers_of_rust() -> Vec<(&'static str, i64)> {{\n    vec![")
        .unwrap();
    for (what, _, expression) in &numbers {
        writeln!(rust, "    ({what:?}, {expression}),").unwrap();
    }
    writeln!(
        rust,
        "    ]\n}}\nextern \"C\" {{\n    static systest_numbers: [i64; {}];",
        numbers.len()
    )
    .unwrap();
    for (name, kind) in &all.initializers {
        writeln!(rust, "    static systest_{name}: {kind};").unwrap();
    }
    writeln!(rust, "}}\npub(super) fn differing_initializers() -> Vec<&'static str> {{\n    let mut wrong = vec![];").unwrap();
    for (name, kind) in &all.initializers {
        let (_, fields) = all.structs.iter().find(|(n, _)| n == kind).expect("a struct");
        for (field, _) in fields {
            writeln!(rust, "    differ!(wrong, {kind}, {name}, systest_{name}, {field});").unwrap();
        }
    }
    writeln!(rust, "    wrong\n}}").unwrap();
    let list = |names: Vec<&String>| format!("{names:?}");
    let functions = list(all.functions.iter().map(|(name, ..)| name).collect());
    let structs = list(all.structs.iter().map(|(name, _)| name).collect());
    let callbacks = list(all.callbacks.iter().map(|(name, _)| name).collect());
    let constants = list(all.constants.iter().collect());
    let initializers = list(all.initializers.iter().map(|(name, _)| name).collect());
    for (name, value) in [
        ("FUNCTIONS", functions),
        ("STRUCTS", structs),
        ("CALLBACKS", callbacks),
        ("CONSTANTS", constants),
        ("INITIALIZERS", initializers),
    ] {
        writeln!(rust, "pub(super) static {name}: &[&str] = &{value};").unwrap();
    }
    rust
}

/// Where `uesynth.h` lies: the checkout's, or the installed one.
fn include() -> PathBuf {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../include");
    if checkout.join("uesynth.h").exists() {
        return checkout;
    }
    let output = Command::new("pkg-config").args(["--variable=includedir", "uesynth"]).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    PathBuf::from(text.expect("pkg-config knows where uesynth.h is").trim())
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?} ended with {status}");
}

/// The files of the crate that its lib.rs names, in that order.
fn sections(folder: &Path) -> String {
    let read = |name: &str| {
        fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let root = read("lib.rs");
    let names = root.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
    names.map(|name| read(&format!("{name}.rs"))).collect()
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../uesynth-sys/src");
    let header = include().join("uesynth.h");
    for path in [&folder, &header, &PathBuf::from("build.rs")] {
        println!("cargo:rerun-if-changed={}", path.display());
    }
    let all = Declarations::read(&sections(&folder));

    let out = PathBuf::from(env::var_os("OUT_DIR").expect("OUT_DIR"));
    let (c, object, archive) =
        (out.join("systest.c"), out.join("systest.o"), out.join("libsystest.a"));
    fs::write(&c, write_c(&all)).expect("systest.c");
    fs::write(out.join("systest.rs"), write_rust(&all)).expect("systest.rs");
    let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
    run(Command::new(compiler)
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-c"])
        .arg(&c)
        .arg("-I")
        .arg(include())
        .arg("-o")
        .arg(&object));
    let _ = fs::remove_file(&archive);
    run(Command::new("ar").arg("rcs").arg(&archive).arg(&object));
    println!("cargo:rustc-link-search=native={}", out.display());
    println!("cargo:rustc-link-lib=static=systest");
    println!("cargo:rustc-env=UESYNTH_HEADER={}", header.display());
}
