//! How answers look in a terminal or a pipe: plain text, widths by `unicode-width`, colour only as an
//! addition to signs and words.

pub mod audit;
pub mod backup;
pub mod bar;
pub mod columns;
pub mod customer;
pub mod doctor;
pub mod explain;
pub mod grid;
pub mod identity;
pub mod import;
pub mod instant;
pub mod journey;
pub mod measure_row;
pub mod measures;
pub mod moved;
pub mod moves;
pub mod plan;
pub mod readings;
pub mod refresh;
pub mod rejects;
pub mod scorecard;
pub mod sources;
pub mod sparkline;
pub mod style;
pub mod table;
pub mod text;
pub mod token;
pub mod trust;
pub mod user;
