//! Opening a file: gzip and zstd are recognised by their first bytes, whatever the name says.

use std::fs::File;
use std::io::{self, BufReader, Chain, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const BUFFER: usize = 1 << 18;

/// How the bytes on disk are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip, also several members one after another.
    Gzip,
    /// Zstandard.
    Zstd,
}

/// Reader that adds what it read from disk to a counter.
struct Counting<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// The packing that the first bytes of a file tell.
pub fn packing(head: &[u8]) -> Packing {
    match head {
        [0x1f, 0x8b, ..] => Packing::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Packing::Zstd,
        _ => Packing::Plain,
    }
}

/// Opens a file for reading its unpacked bytes; bytes read from disk are added to `count`.
///
/// # Errors
/// The file cannot be read.
pub fn open(path: &Path, count: Arc<AtomicU64>) -> io::Result<Box<dyn Read + Send>> {
    let mut file = Counting { inner: File::open(path)?, count };
    let mut head = [0u8; 4];
    let length = fill(&mut file, &mut head)?;
    let head = head.get(..length).unwrap_or_default().to_vec();
    let packing = packing(&head);
    let whole: BufReader<Chain<Cursor<Vec<u8>>, _>> = BufReader::with_capacity(BUFFER, Cursor::new(head).chain(file));
    Ok(match packing {
        Packing::Plain => Box::new(whole),
        Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(whole)),
        Packing::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(whole)?),
    })
}

/// Reads until the buffer is full or the input ends.
///
/// # Errors
/// What the reader answers.
pub fn fill(reader: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// The first `most` bytes of a file, unpacked; fewer only where it ends.
///
/// # Errors
/// The file cannot be read.
pub fn head(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path, Arc::default())?.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;

    use super::*;

    #[test]
    fn packing_is_known_by_content() {
        let folder = tempfile::tempdir().unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"a,b\n").unwrap();
        let one = gzip.finish().unwrap();
        let cases = [
            ("a.gz", b"a,b\n".to_vec(), "a,b\n"),
            ("b.csv", [one.clone(), one].concat(), "a,b\na,b\n"),
            ("c.csv", zstd::encode_all(&b"a,b\n"[..], 1).unwrap(), "a,b\n"),
            ("d", Vec::new(), ""),
            ("e", b"x".to_vec(), "x"),
        ];
        for (name, bytes, expected) in cases {
            let path = folder.path().join(name);
            std::fs::write(&path, &bytes).unwrap();
            let count = Arc::new(AtomicU64::new(0));
            let mut text = String::new();
            open(&path, count.clone()).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!((text.as_str(), count.load(Ordering::Relaxed)), (expected, bytes.len() as u64), "{name}");
        }
    }

    #[test]
    fn a_truncated_file_is_an_error_and_not_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&vec![b'x'; 100_000]).unwrap();
        let bytes = gzip.finish().unwrap();
        let path = folder.path().join("cut.gz");
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let mut sink = Vec::new();
        assert!(open(&path, Arc::default()).unwrap().read_to_end(&mut sink).is_err());
    }
}
