//! What people do, through the public calls: clock and random bytes are made up here.
#![allow(clippy::unwrap_used)]

mod attempts;
mod audit;
mod copy;
mod file;
mod notes;
mod sessions;
mod together;
mod tokens;
mod users;
mod world;
