//! How answers look in a terminal or a pipe: plain text, widths by `unicode-width`, colour only as an
//! addition to signs and words.

pub mod bar;
pub mod columns;
pub mod grid;
pub mod measure_row;
pub mod moves;
pub mod scorecard;
pub mod sparkline;
pub mod style;
pub mod text;
