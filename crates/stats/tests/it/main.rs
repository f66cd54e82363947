//! Properties of the intervals over random input, and coverage by simulation.

mod coverage;
mod properties;
