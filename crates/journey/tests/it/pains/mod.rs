//! Obstacles: detection against a naive program, comparison by simulation, and examples by hand.

mod by_hand;
mod naive;
mod naive_compare;
mod properties;
mod simulation;
mod world;
