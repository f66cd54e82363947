//! No code: features of shared dependencies, named once. See `Cargo.toml`.
