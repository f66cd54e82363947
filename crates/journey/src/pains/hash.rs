//! A quick hash for maps keyed by codes. Nothing is ever told in the order of such a map.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by codes.
pub(super) type CodeMap<K, V> = HashMap<K, V, BuildHasherDefault<Mixer>>;

/// Multiplies and rotates word by word, as rustc's FxHasher does.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Mixer(u64);

impl Mixer {
    fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        // The map takes its place from the low bits, which a product mixes least.
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.word(u64::from(*byte)));
    }

    fn write_u8(&mut self, value: u8) {
        self.word(u64::from(value));
    }

    fn write_u16(&mut self, value: u16) {
        self.word(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.word(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.word(value);
    }

    fn write_isize(&mut self, value: isize) {
        self.word(value as u64);
    }
}
