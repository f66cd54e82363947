//! Secrets: made of random bytes that are handed in, shown once, and kept only as their SHA-256.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::Result;

/// Fills a slice with random bytes fit for secrets, or says why it cannot.
pub type Random<'a> = dyn FnMut(&mut [u8]) -> Result<()> + 'a;

/// Bytes of a secret: too many to guess, so that a plain hash of it is enough.
const BYTES: usize = 32;
/// What they become in base64url.
const LETTERS: usize = 43;

/// Text that must not get into logs: it shows itself only when asked to.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one behind a prefix.
    pub(crate) fn make(prefix: &str, random: &mut Random<'_>) -> Result<Secret> {
        let mut bytes = [0; BYTES];
        random(&mut bytes)?;
        Ok(Secret(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The hash of a text, as it is stored.
pub(crate) fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// The hash of a secret, if the text can be one at all.
pub(crate) fn digest_of(text: &str, prefix: &str) -> Option<[u8; 32]> {
    let letters = text.strip_prefix(prefix)?;
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (letters.len() == LETTERS && letters.bytes().all(good)).then(|| digest(text))
}

/// Compares hashes without telling by the time it takes where they differ.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}
