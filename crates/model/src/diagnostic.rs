//! What is wrong with a definition, and where it stands.

use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The part it is about was left out or replaced by its default.
    Error,
    /// Everything loads; someone should look at it.
    Warning,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Error => "error",
            Level::Warning => "warning",
        })
    }
}

/// One problem at one place of one definition file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub level: Level,
    /// Path of the file, as handed to the reader.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// What is wrong, one sentence without full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnostic { level, file, line, column, message, hint } = self;
        write!(f, "{file}:{line}:{column}: {level}: {message}")?;
        match hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// Puts diagnostics into the order of files, lines and columns; those of one place keep their order.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
}

/// The candidate that a person who wrote `word` probably meant, or `None` when nothing is near.
///
/// Near means a Damerau-Levenshtein distance of at most a third of the length, ignoring case.
/// Among equally near candidates the first in the order given wins.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = word.to_lowercase();
    let limit = (written.chars().count() / 3).max(1);
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in candidates {
        // Long strings are never a slip of the finger, and the distance is quadratic.
        if candidate.len().abs_diff(word.len()) > 16 || word.len() > 256 {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&written, &candidate.to_lowercase());
        if distance <= limit && best.is_none_or(|(nearest, _)| distance < nearest) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// "did you mean `x`?" where something is near, else the list of what is possible while it is short.
pub fn hint_among<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    if let Some(near) = nearest(word, candidates.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    (!candidates.is_empty() && candidates.len() <= 12).then(|| format!("one of {}", candidates.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_slips_and_nothing_else() {
        let words = ["csat", "nps", "first_response_time", "revenue"];
        let check = |word: &str, expected: Option<&str>| assert_eq!(nearest(word, words), expected);
        check("cast", Some("csat"));
        check("frist_response_time", Some("first_response_time"));
        check("Revenue", Some("revenue"));
        check("margin", None);
        check("", None);
        check(&"x".repeat(100_000), None);
    }

    #[test]
    fn a_diagnostic_reads_like_a_compiler_message() {
        let diagnostic = Diagnostic {
            level: Level::Error,
            file: "scorecard.toml".into(),
            line: 3,
            column: 7,
            message: "there is no measure `cast`".into(),
            hint: hint_among("cast", ["csat"]),
        };
        let expected = "scorecard.toml:3:7: error: there is no measure `cast` (did you mean `csat`?)";
        assert_eq!(diagnostic.to_string(), expected);
    }
}
