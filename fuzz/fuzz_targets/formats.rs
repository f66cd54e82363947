//! Any bytes as a file of any format: its parts can be read to their end, or the reason is a sentence.
#![no_main]

use std::io::Read;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use throughline_formats::{Spool, expand, source};

// Panics of the libraries that read spreadsheets are caught; those that nobody catches still end the run.
fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |data: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("fuzzed");
    std::fs::write(&path, data).expect("written");
    let spooled = folder.path().join("spool");
    std::fs::create_dir(&spooled).expect("a folder");
    let mut spool = Spool::new(&spooled);
    match expand(&path, "fuzzed", &mut spool) {
        Ok(parts) => {
            for part in parts.into_iter().flatten() {
                match part.content {
                    Ok(content) => {
                        let mut bytes = Vec::new();
                        let mut reader = source::open(&content.path, Arc::default()).expect("a part that was spooled");
                        // A member may be packed and cut off.
                        let _ = reader.by_ref().take(1 << 24).read_to_end(&mut bytes);
                    }
                    Err(problem) => assert!(problem.message.ends_with('.'), "{}", problem.message),
                }
            }
        }
        Err(problem) => assert!(problem.message.ends_with('.'), "{}", problem.message),
    }
});
