//! The command line of Throughline.

pub mod render;
