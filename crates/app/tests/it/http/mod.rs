//! The server: answers, who may ask, what is written, and how it begins and ends.

mod client;
mod definitions;
mod doors;
mod limits;
mod openapi;
mod people;
mod process;
mod readers;
mod reads;
mod writes;
