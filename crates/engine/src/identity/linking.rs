//! How sure a link must be to count.

use std::fmt;
use std::str::FromStr;

/// Which links count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Linking {
    /// Those that are sure: stated by a source or a person, or made at purchase or login (confidence of 0.9 or more).
    Strict,
    /// All, also those a source is unsure of and those found by e-mail address.
    #[default]
    Loose,
}

impl Linking {
    /// The least confidence of a link that counts.
    pub fn least_confidence(self) -> f64 {
        match self {
            Linking::Strict => 0.9,
            Linking::Loose => 0.0,
        }
    }
}

impl fmt::Display for Linking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Linking::Strict => "strict",
            Linking::Loose => "loose",
        })
    }
}

impl FromStr for Linking {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "strict" => Ok(Linking::Strict),
            "loose" => Ok(Linking::Loose),
            other => Err(format!("{other} is no way of linking; write strict or loose")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_back() {
        for linking in [Linking::Strict, Linking::Loose] {
            assert_eq!(linking.to_string().parse(), Ok(linking));
        }
        assert!("losse".parse::<Linking>().is_err_and(|message| message.contains("strict or loose")));
        assert_eq!(Linking::default(), Linking::Loose);
    }
}
