//! Names, texts and instants as SQL writes them, quoted by construction.

use jiff::Timestamp;

/// A name in double quotes.
pub(crate) fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in single quotes.
pub(crate) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Texts in single quotes, divided by commas.
pub(crate) fn texts(texts: &[String]) -> String {
    texts.iter().map(|word| text(word)).collect::<Vec<_>>().join(", ")
}

/// An instant, through our own SQL function so that its type is that of the tables.
pub(crate) fn instant(at: Timestamp) -> String {
    format!("instant('{at}')")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_its_quotes() {
        assert_eq!(name("a\"b"), "\"a\"\"b\"");
        assert_eq!(text("it's"), "'it''s'");
        assert_eq!(texts(&["a".into(), "b'".into()]), "'a', 'b'''");
        assert_eq!(instant(Timestamp::UNIX_EPOCH), "instant('1970-01-01T00:00:00Z')");
    }
}
