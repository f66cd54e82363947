//! How text is encoded: told by a mark, by zeros between letters, or by what the beginning cannot be; and reading it as
//! UTF-8, piece by piece.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use encoding_rs::{CoderResult, Decoder, DecoderResult, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::source::{self, fill};

pub use encoding_rs::Encoding;

/// Bytes looked at.
pub const LOOKED_AT: usize = 4 << 20;
/// Bytes decoded at once.
const PIECE: usize = 1 << 16;

/// The encoding of that name, such as `utf-8`, `windows-1250`, `utf-16le`, `shift_jis`.
pub fn named(name: &str) -> Option<&'static Encoding> {
    Encoding::for_label(name.trim().as_bytes())
}

/// How a text is encoded that begins so; `whole` where nothing follows. Text that is no UTF-8 is Windows-1252, unless
/// most of what is not ASCII in it is UTF-8: then single rows are broken and not the encoding.
pub fn guess(head: &[u8], whole: bool) -> &'static Encoding {
    if let Some((marked, _)) = Encoding::for_bom(head) {
        return marked;
    }
    if let Some(wide) = wide(head) {
        return wide;
    }
    let (mut good, mut bad) = (0usize, 0usize);
    let mut rest = head;
    loop {
        let (valid, broken) = match std::str::from_utf8(rest) {
            Ok(text) => (text, None),
            Err(error) => {
                let valid = rest.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok());
                // A character cut by the end of the look is not broken.
                let length = error.error_len().or(whole.then_some(rest.len() - error.valid_up_to()));
                (valid.unwrap_or_default(), length.map(|length| error.valid_up_to() + length))
            }
        };
        if !valid.is_ascii() {
            good += valid.chars().filter(|letter| !letter.is_ascii()).count();
        }
        let Some(behind) = broken else { break };
        bad += 1;
        rest = rest.get(behind..).unwrap_or_default();
    }
    if bad > good { WINDOWS_1252 } else { UTF_8 }
}

/// UTF-16 without a mark: every other byte of most text is zero.
fn wide(head: &[u8]) -> Option<&'static Encoding> {
    let head = head.get(..head.len().min(4096) & !1).unwrap_or_default();
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), head.len() / 2);
    match pairs {
        0..4 => None,
        _ if odd * 3 > pairs * 2 && even * 10 < pairs => Some(UTF_16LE),
        _ if even * 3 > pairs * 2 && odd * 10 < pairs => Some(UTF_16BE),
        _ => None,
    }
}

/// Opens a text file, unpacked, as UTF-8. UTF-8 itself comes as it stands, broken bytes included; of other encodings,
/// what cannot be decoded becomes a byte that is no UTF-8, so that its row can be told from the others.
///
/// # Errors
/// The file cannot be read.
pub fn open(path: &Path, encoding: &'static Encoding, count: Arc<AtomicU64>) -> io::Result<Box<dyn Read + Send>> {
    let reader = source::open(path, count)?;
    Ok(decoded(reader, encoding))
}

/// Text of an encoding as UTF-8.
pub fn decoded(reader: Box<dyn Read + Send>, encoding: &'static Encoding) -> Box<dyn Read + Send> {
    if encoding == UTF_8 {
        return reader;
    }
    let decoder = encoding.new_decoder_with_bom_removal();
    Box::new(Decoding { reader, decoder, raw: vec![0; PIECE], begin: 0, end: 0, text: Vec::new(), at: 0, ended: false })
}

struct Decoding {
    reader: Box<dyn Read + Send>,
    decoder: Decoder,
    raw: Vec<u8>,
    begin: usize,
    end: usize,
    text: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Decoding {
    /// Decodes some more; nothing is left only at the end.
    fn more(&mut self) -> io::Result<()> {
        self.text.clear();
        self.at = 0;
        while self.text.is_empty() && !self.ended {
            if self.begin == self.end {
                (self.begin, self.end) = (0, fill(&mut self.reader, &mut self.raw)?);
            }
            let last = self.end < self.raw.len();
            self.piece(last);
        }
        Ok(())
    }

    fn piece(&mut self, last: bool) {
        let raw = self.raw.get(self.begin..self.end).unwrap_or_default();
        let room = self.decoder.max_utf8_buffer_length_without_replacement(raw.len()).unwrap_or(PIECE * 4);
        self.text.resize(room + 1, 0);
        let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(raw, &mut self.text, last);
        self.text.truncate(written);
        self.begin += read;
        match result {
            DecoderResult::InputEmpty => self.ended = last,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => self.text.push(0xff),
        }
    }
}

impl Read for Decoding {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.text.len() {
            self.more()?;
        }
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        self.at += length;
        Ok(length)
    }
}

/// The beginning of a text as UTF-8, as far as whole characters go.
pub fn decoded_head(head: &[u8], encoding: &'static Encoding) -> Vec<u8> {
    if encoding == UTF_8 {
        return head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).to_vec();
    }
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut text = vec![0; decoder.max_utf8_buffer_length(head.len()).unwrap_or(head.len() * 4)];
    let (result, _, written, _) = decoder.decode_to_utf8(head, &mut text, false);
    debug_assert_eq!(result, CoderResult::InputEmpty);
    text.truncate(written);
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    fn read(bytes: &[u8], encoding: &'static Encoding) -> Vec<u8> {
        let mut text = Vec::new();
        decoded(Box::new(io::Cursor::new(bytes.to_vec())), encoding).read_to_end(&mut text).unwrap();
        text
    }

    #[test]
    fn encodings_are_told_by_marks_zeros_and_what_cannot_be() {
        let text = "id;Straße\n1;Größe\n2;x\n";
        let (ansi, _, _) = WINDOWS_1252.encode(text);
        let cases: [(&[u8], &str); 8] = [
            (text.as_bytes(), "UTF-8"),
            (b"a,b\n1,2\n", "UTF-8"),
            (&ansi, "windows-1252"),
            (&utf16(text, false, true), "UTF-16LE"),
            (&utf16(text, true, true), "UTF-16BE"),
            (&utf16(text, false, false), "UTF-16LE"),
            (&utf16(text, true, false), "UTF-16BE"),
            ("größer, schöner, früher\nkaputt \u{e4}".as_bytes(), "UTF-8"),
        ];
        for (bytes, name) in cases {
            assert_eq!(guess(bytes, true).name(), name);
        }
        // One broken row among good ones is a broken row.
        assert_eq!(guess(&[text.as_bytes(), b"3;\xff\n"].concat(), true), UTF_8);
        assert_eq!(guess(b"ab\xc3", false), UTF_8);
        assert_eq!(guess(b"ab\xc3", true), WINDOWS_1252);
        assert_eq!(named("cp1250").map(|one| one.name()), Some("windows-1250"));
        assert!(named("no such").is_none());
    }

    #[test]
    fn what_cannot_be_decoded_is_no_utf8() {
        let text = read(&[b'a', 0, 0, 0xd8, b'b', 0], UTF_16LE);
        assert!(std::str::from_utf8(&text).is_err());
        assert_eq!((text.first(), text.last()), (Some(&b'a'), Some(&b'b')));
    }

    proptest! {
        #[test]
        fn the_same_text_in_any_encoding_reads_the_same(text in "[a-zA-Zäöüß€,;\"\n]{0,300}", times in 1usize..400) {
            let text = text.repeat(times);
            let (ansi, _, _) = WINDOWS_1252.encode(&text);
            prop_assert_eq!(read(&ansi, WINDOWS_1252), text.as_bytes());
            for big in [false, true] {
                let encoding = if big { UTF_16BE } else { UTF_16LE };
                prop_assert_eq!(read(&utf16(&text, big, true), encoding), text.as_bytes());
            }
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), whole: bool) {
            let encoding = guess(&bytes, whole);
            for encoding in [encoding, UTF_16LE, UTF_16BE, WINDOWS_1252, encoding_rs::SHIFT_JIS, encoding_rs::GB18030] {
                read(&bytes, encoding);
                decoded_head(&bytes, encoding);
            }
        }
    }
}
