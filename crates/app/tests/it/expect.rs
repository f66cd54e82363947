//! Comparing an answer with a file of what a person agreed to.

use std::path::Path;

/// Fails with both texts where they differ. `UPDATE_EXPECTED=1` writes the file instead; read it before
/// committing it.
#[track_caller]
pub fn check(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/expected").join(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, found).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{name} differs.\n--- expected\n{expected}\n--- found\n{found}");
}
