//! Any text as settings, journey, scorecard, measure, and source: problems are told, nothing panics, and no problem
//! stands outside the text.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use throughline_model::definitions::{DefinitionFile, read};
use throughline_model::vocabulary::{self, Vocabulary};

static VOCABULARY: LazyLock<Vocabulary> =
    LazyLock::new(|| vocabulary::read(include_str!("../../catalog/tables.toml")).expect("the shipped vocabulary"));

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let file = |path: &str| DefinitionFile { path: path.to_owned(), text: text.to_owned() };
    for path in ["throughline.toml", "journey.toml", "scorecard.toml", "measures/fuzzed.toml"] {
        let (_, problems) = read(&[file(path)], &[]);
        let lines = text.lines().count() + 1;
        for problem in problems {
            assert!(problem.line <= lines, "{problem}");
        }
    }
    throughline_model::source::read("sources/fuzzed.toml", text, &VOCABULARY, &[]);
});
