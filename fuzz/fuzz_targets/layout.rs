//! Any text as a layout: problems are told, nothing panics.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use throughline_model::layout;
use throughline_model::vocabulary::{self, Vocabulary};

static VOCABULARY: LazyLock<Vocabulary> =
    LazyLock::new(|| vocabulary::read(include_str!("../../catalog/tables.toml")).expect("the shipped vocabulary"));

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    layout::read("layouts/fuzzed.toml", text, &VOCABULARY);
});
