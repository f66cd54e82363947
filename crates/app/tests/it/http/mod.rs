//! The server: answers, who may ask, what is written, and how it begins and ends.

mod client;
mod definitions;
mod doors;
mod openapi;
mod people;
mod process;
mod reads;
mod writes;
