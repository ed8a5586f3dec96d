//! Compares `uesynth-sys` with `uesynth.h`: types when it is built (see build.rs), numbers and names
//! in its tests.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    macro_rules! offset {
        ($kind:ty, $field:ident) => {{
            let it = std::mem::MaybeUninit::<$kind>::uninit();
            // SAFETY: only addresses are taken.
            unsafe {
                let field = std::ptr::addr_of!((*it.as_ptr()).$field).cast::<u8>();
                field.offset_from(it.as_ptr().cast::<u8>()) as i64
            }
        }};
    }

    macro_rules! size {
        ($kind:ty, $field:ident) => {{
            fn size_of_pointee<T>(_: *const T) -> i64 {
                std::mem::size_of::<T>() as i64
            }
            let it = std::mem::MaybeUninit::<$kind>::uninit();
            // SAFETY: only an address is taken.
            size_of_pointee(unsafe { std::ptr::addr_of!((*it.as_ptr()).$field) })
        }};
    }

    macro_rules! differ {
        ($wrong:ident, $kind:ty, $rust:ident, $c:ident, $field:ident) => {{
            let mine: $kind = $rust;
            let size = size!($kind, $field) as usize;
            // SAFETY: both are initialised, and no member has padding within.
            let (mine, theirs) = unsafe {
                let mine = std::ptr::addr_of!(mine.$field).cast::<u8>();
                let theirs = std::ptr::addr_of!($c.$field).cast::<u8>();
                (std::slice::from_raw_parts(mine, size), std::slice::from_raw_parts(theirs, size))
            };
            if mine != theirs {
                $wrong.push(concat!(stringify!($rust), ".", stringify!($field)));
            }
        }};
    }

    #[allow(clippy::pedantic)]
    mod generated {
        use uesynth_sys::*;
        pub(super) fn numbers() -> Vec<(&'static str, i64, i64)> {
            // SAFETY: written by the C compiler.
            let theirs = unsafe { &systest_numbers };
            numbers_of_rust().into_iter().zip(theirs).map(|((w, r), c)| (w, r, *c)).collect()
        }
        include!(concat!(env!("OUT_DIR"), "/systest.rs"));
    }
    use generated::{
        differing_initializers, numbers, CALLBACKS, CONSTANTS, FUNCTIONS, INITIALIZERS, STRUCTS,
    };

    /// The header without comments and preprocessor conditions.
    fn header() -> String {
        let text = fs::read_to_string(env!("UESYNTH_HEADER")).unwrap();
        let mut parts = text.split("/*");
        let mut bare = parts.next().unwrap_or("").to_string();
        for part in parts {
            bare.push(' ');
            bare.push_str(part.split_once("*/").expect("a comment ends").1);
        }
        bare
    }

    fn words(text: &str) -> impl Iterator<Item = &str> {
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|w| !w.is_empty())
    }

    /// The names as they first stand in the header, of those that are declared there by `is_one`.
    fn declared(text: &str, is_one: impl Fn(&str, &str) -> bool) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut names = Vec::new();
        let mut at = 0;
        for word in words(text) {
            at += text[at..].find(word).unwrap() + word.len();
            if is_one(word, &text[at..]) && seen.insert(word) {
                names.push(word.to_string());
            }
        }
        names
    }

    #[test]
    fn sizes_offsets_and_constants_are_those_of_c() {
        let wrong: Vec<_> = numbers().into_iter().filter(|(_, rust, c)| rust != c).collect();
        assert!(wrong.is_empty(), "(what, Rust, C): {wrong:?}");
        assert!(numbers().len() > 600, "{} numbers compared", numbers().len());
    }

    #[test]
    fn initializers_are_those_of_c() {
        assert_eq!(differing_initializers(), Vec::<&str>::new());
    }

    #[test]
    fn functions_are_all_there_and_in_order() {
        let wanted = declared(&header(), |word, after| {
            word.starts_with("uesynth_") && after.starts_with('(') && !word.ends_with("_fn")
        });
        assert_eq!(FUNCTIONS, wanted);
    }

    #[test]
    fn structs_are_all_there_and_in_order() {
        let text = header();
        let wanted = declared(&text, |word, after| {
            word.starts_with("uesynth_") && after.trim_start().starts_with('{')
        });
        assert_eq!(STRUCTS, wanted);
    }

    #[test]
    fn callbacks_are_all_there() {
        let text = header();
        let wanted: Vec<_> = text
            .match_indices("typedef ")
            .filter_map(|(at, _)| text[at..].split(';').next()?.split_once("(*"))
            .map(|(_, rest)| rest.split(')').next().unwrap())
            .collect();
        assert_eq!(CALLBACKS, wanted);
    }

    #[test]
    fn constants_are_all_there_and_in_order() {
        let text = header();
        let macros: Vec<_> = text
            .match_indices("#define UESYNTH_")
            .map(|(at, _)| words(&text[at + "#define ".len()..]).next().unwrap())
            .collect();
        let wanted = declared(&text, |word, after| {
            word.starts_with("UESYNTH_")
                && if macros.contains(&word) {
                    word.starts_with("UESYNTH_VERSION_")
                } else {
                    after.trim_start().starts_with('=')
                }
        });
        assert_eq!(CONSTANTS, wanted);
        let wanted: Vec<_> = macros.into_iter().filter(|name| name.ends_with("_INIT")).collect();
        assert_eq!(INITIALIZERS, wanted);
    }
}
