//! Passwords: what is asked of them, how they are hashed, and how a guess is compared.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::{Error, People, Random, Result, name};

/// Letters that a password must have.
pub const SHORTEST_PASSWORD: usize = 12;
/// Letters that a password may have at most.
pub const LONGEST_PASSWORD: usize = 1024;

/// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT: usize = 16;

/// A hash of the same effort that no password has: what a guess for an unknown name is compared with.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGNhbGxlZA$bm8gcGFzc3dvcmQgaGFzIHRoaXMgaGFzaCBhdCBhbGw";

/// Says why a text will not do as the password of `user`.
pub(crate) fn check(password: &str, user: &str) -> Result<()> {
    let letters = password.chars().count();
    if letters < SHORTEST_PASSWORD {
        return Err(Error::input(format!("The password has {letters} letters; it must have {SHORTEST_PASSWORD}."))
            .hint("A few words that do not belong together are long and easy to keep in mind."));
    }
    if letters > LONGEST_PASSWORD {
        return Err(Error::input(format!("The password has {letters} letters; at most {LONGEST_PASSWORD} will do.")));
    }
    if name::key(password) == name::key(user) {
        return Err(Error::input("The password is the name."));
    }
    Ok(())
}

impl People {
    /// The hash of a password, as it is kept.
    pub(crate) fn hash(&self, password: &str, random: &mut Random<'_>) -> Result<String> {
        let mut salt = [0; SALT];
        random(&mut salt)?;
        let _one_at_a_time = self.hashing.lock().unwrap_or_else(PoisonError::into_inner);
        let hash: password_hash::Result<PasswordHash> =
            hasher().map_err(|error| failed(&error))?.hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|error| failed(&error))
    }

    /// Whether a guess has the hash that is kept. Without one it takes as long, and is wrong.
    pub(crate) fn verify(&self, guess: &str, kept: Option<&str>) -> Result<bool> {
        if guess.chars().count() > LONGEST_PASSWORD {
            // Nobody's password is so long, whether the name is known or not.
            return Ok(false);
        }
        let hash = PasswordHash::new(kept.unwrap_or(NOBODY)).map_err(|error| failed(&error.into()))?;
        let hasher = hasher().map_err(|error| failed(&error))?;
        let _one_at_a_time = self.hashing.lock().unwrap_or_else(PoisonError::into_inner);
        self.verified.fetch_add(1, Ordering::Relaxed);
        match hasher.verify_password(guess.as_bytes(), &hash) {
            Ok(()) => Ok(kept.is_some()),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(failed(&error)),
        }
    }

    /// How many passwords have been compared since the file was opened, those for unknown names included.
    pub fn passwords_compared(&self) -> u64 {
        self.verified.load(Ordering::Relaxed)
    }
}

fn hasher() -> password_hash::Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn failed(error: &password_hash::Error) -> Error {
    Error::internal(format!("A password could not be hashed: {error}."))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_cost_what_known_ones_do() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let real = hasher().unwrap().hash_password_with_salt(b"a long enough word", &[7; SALT]).unwrap();
        let real: PasswordHash = real;
        assert_eq!(nobody.params.to_string(), real.params.to_string());
        assert_eq!((nobody.algorithm, nobody.version), (real.algorithm, real.version));
        let sizes = |hash: &PasswordHash| (hash.salt.unwrap().len(), hash.hash.unwrap().len());
        assert_eq!(sizes(&nobody), sizes(&real));
    }
}
