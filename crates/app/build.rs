//! Compiles the program anew when the page was built anew.

use std::path::Path;

fn main() {
    let page = "../../web/dist/index.html";
    // A path that is not there would compile the program anew every time.
    let watched = if Path::new(page).exists() { page } else { "build.rs" };
    println!("cargo::rerun-if-changed={watched}");
}
