//! Delimited text without quotes: fields end at delimiters and records at line ends, found many bytes at a time.

/// A piece of text that can be cut without a look at quotes: there are none, or they are text; lines end in `\n` or
/// `\r\n`, and all of it is text.
pub(crate) fn plain_text(bytes: &[u8], quoted: bool) -> Option<&str> {
    let ends_line = |at: usize| bytes.get(at + 1) == Some(&b'\n');
    let stops = if quoted { memchr::memchr2(b'"', 0, bytes) } else { memchr::memchr(0, bytes) };
    let plain = stops.is_none() && memchr::memchr_iter(b'\r', bytes).all(ends_line);
    if plain { std::str::from_utf8(bytes).ok() } else { None }
}

/// One record of plain text.
pub(crate) struct Record<'a> {
    text: &'a str,
    begin: usize,
    /// Where each field ends within the text; the next begins behind the delimiter.
    ends: Vec<usize>,
    /// The line it stands on.
    pub(crate) line: u64,
}

impl<'a> Record<'a> {
    /// How many fields it has.
    pub(crate) fn width(&self) -> usize {
        self.ends.len()
    }

    /// A field.
    #[inline]
    pub(crate) fn field(&self, place: usize) -> Option<&'a str> {
        let end = *self.ends.get(place)?;
        let begin = match place.checked_sub(1) {
            Some(before) => self.ends.get(before)? + 1,
            None => self.begin,
        };
        self.text.get(begin..end)
    }

    /// Whether no field says anything.
    fn is_blank(&self) -> bool {
        (0..self.width())
            .all(|place| self.field(place).is_none_or(|field| field.bytes().all(|byte| byte.is_ascii_whitespace())))
    }
}

/// Hands out every record of plain text that begins on `line`; those that say nothing are none.
pub(crate) fn each_record(text: &str, delimiter: u8, line: u64, take: &mut dyn FnMut(&Record<'_>)) {
    let bytes = text.as_bytes();
    let mut record = Record { text, begin: 0, ends: Vec::new(), line };
    let mut end = |record: &mut Record<'_>, at: usize| {
        let cut = if at > record.begin && bytes.get(at - 1) == Some(&b'\r') { at - 1 } else { at };
        record.ends.push(cut);
        let says = bytes.get(record.begin).is_some_and(|byte| byte.is_ascii_graphic() && *byte != delimiter);
        if says || !record.is_blank() {
            take(record);
        }
        record.ends.clear();
        (record.begin, record.line) = (at + 1, record.line + 1);
    };
    for at in memchr::memchr2_iter(delimiter, b'\n', bytes) {
        if bytes.get(at) == Some(&b'\n') {
            end(&mut record, at);
        } else {
            record.ends.push(at);
        }
    }
    if record.begin < bytes.len() {
        end(&mut record, bytes.len());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agrees_with_the_csv_crate(text in "[a, é\n]{0,60}(\r\n)?[a,\n]{0,20}") {
            let mut ours: Vec<Vec<String>> = Vec::new();
            each_record(plain_text(text.as_bytes(), true).unwrap(), b',', 1, &mut |record| {
                ours.push((0..record.width()).map(|place| record.field(place).unwrap().to_owned()).collect());
            });
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let theirs = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
            let says = |record: &Vec<String>| record.iter().any(|field| field.bytes().any(|byte| !byte.is_ascii_whitespace()));
            prop_assert_eq!(ours, theirs.filter(says).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_not_plain() {
        for text in [&b"a,\"b\"\n"[..], b"a\rb\n", b"a\0b\n", b"a\xff\n", b"a\r"] {
            assert!(plain_text(text, true).is_none(), "{text:?}");
        }
    }
}
