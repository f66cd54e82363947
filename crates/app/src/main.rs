//! The binary `throughline`.

use std::process::ExitCode;

fn main() -> ExitCode {
    throughline_app::run()
}
