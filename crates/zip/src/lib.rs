//! Members of zip archives: what calamine asks of the crate `zip`, and what archives of files need.
//!
//! It stands in for that crate (see `[patch.crates-io]`), which turns on features of `crc32fast` and `simd-adler32`
//! that DataFusion is built on; every build of ours would compile DataFusion again. The work is that of `rawzip`
//! (where the members are, checksums) and `flate2`. A member that unpacks to very much more than its size is refused,
//! within a spreadsheet too.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Mutex, PoisonError};

use rawzip::{CompressionMethod, ReaderAt, ZipArchiveEntryWayfinder};

pub use read::ZipArchive;

/// Bytes that any member may unpack to.
pub const FREE_BYTES: u64 = 256 << 20;
/// Beyond them, at most so many times its packed size.
pub const MOST_TIMES: u64 = 200;

/// Errors.
pub mod result {
    use std::{fmt, io};

    /// Why an archive cannot be read.
    #[derive(Debug)]
    pub enum ZipError {
        /// There is no member of that name.
        FileNotFound,
        /// What is wrong, as words that follow a colon.
        Invalid(String),
        /// It cannot be read.
        Io(io::Error),
    }

    impl fmt::Display for ZipError {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self {
                ZipError::FileNotFound => write!(out, "a member is missing"),
                ZipError::Invalid(what) => write!(out, "{what}"),
                ZipError::Io(error) => write!(out, "{error}"),
            }
        }
    }

    impl std::error::Error for ZipError {}

    impl From<io::Error> for ZipError {
        fn from(error: io::Error) -> Self {
            ZipError::Io(error)
        }
    }

    impl From<rawzip::Error> for ZipError {
        fn from(error: rawzip::Error) -> Self {
            ZipError::Invalid(error.to_string())
        }
    }

    /// What was read, or why not.
    pub type ZipResult<T> = Result<T, ZipError>;
}

/// A reader that is read at places.
#[derive(Debug)]
struct At<R>(Mutex<R>);

impl<R: Read + Seek> ReaderAt for At<R> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut reader = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reader.seek(SeekFrom::Start(offset))?;
        reader.read(buffer)
    }
}

/// Archives and their members.
pub mod read {
    use super::*;
    use crate::result::{ZipError, ZipResult};
    use rawzip::{RECOMMENDED_BUFFER_SIZE, ZipLocator};

    /// An archive, its list of members read.
    #[derive(Debug)]
    pub struct ZipArchive<R> {
        archive: rawzip::ZipArchive<At<R>>,
        members: Vec<Member>,
    }

    #[derive(Debug)]
    struct Member {
        name: String,
        folder: bool,
        encrypted: bool,
        method: CompressionMethod,
        wayfinder: ZipArchiveEntryWayfinder,
    }

    impl<R: Read + Seek> ZipArchive<R> {
        /// Reads the list of members.
        ///
        /// # Errors
        /// It is no zip archive, or its list is broken.
        pub fn new(mut reader: R) -> ZipResult<Self> {
            let end = reader.seek(SeekFrom::End(0))?;
            let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
            let located = ZipLocator::new().locate_in_reader(At(Mutex::new(reader)), &mut buffer, end);
            let archive = located.map_err(|(_, error)| error)?;
            let mut members = Vec::new();
            let mut entries = archive.entries(&mut buffer);
            while let Some(entry) = entries.next_entry()? {
                members.push(Member {
                    name: String::from_utf8_lossy(entry.file_path().as_bytes()).into_owned(),
                    folder: entry.is_dir(),
                    encrypted: entry.flags().is_encrypted(),
                    method: entry.compression_method(),
                    wayfinder: entry.wayfinder(),
                });
            }
            Ok(ZipArchive { archive, members })
        }

        /// A member by its exact name.
        ///
        /// # Errors
        /// There is none, or it cannot be unpacked.
        pub fn by_name(&mut self, name: &str) -> ZipResult<ZipFile<'_, R>> {
            let place = self.members.iter().position(|member| member.name == name).ok_or(ZipError::FileNotFound)?;
            self.by_index(place)
        }

        /// A member by its place.
        ///
        /// # Errors
        /// There is none, or it cannot be unpacked.
        pub fn by_index(&mut self, place: usize) -> ZipResult<ZipFile<'_, R>> {
            let member = self.members.get(place).ok_or(ZipError::FileNotFound)?;
            if member.encrypted {
                return Err(ZipError::Invalid(format!("{} is encrypted", member.name)));
            }
            let entry = self.archive.get_entry(member.wayfinder)?;
            let (begin, end) = entry.compressed_data_range();
            let packed = BufReader::with_capacity(1 << 16, entry.reader());
            let unpacked: Box<dyn Read + '_> = match member.method {
                CompressionMethod::STORE => Box::new(entry.verifying_reader(packed)),
                CompressionMethod::DEFLATE => {
                    Box::new(entry.verifying_reader(flate2::bufread::DeflateDecoder::new(packed)))
                }
                other => return Err(ZipError::Invalid(format!("{} is packed by {other}", member.name))),
            };
            let size = member.wayfinder.uncompressed_size_hint();
            let most = (end - begin).saturating_mul(MOST_TIMES).max(FREE_BYTES);
            Ok(ZipFile { name: &member.name, size, most, unpacked, archive: std::marker::PhantomData })
        }
    }

    impl<R> ZipArchive<R> {
        /// How many members there are.
        pub fn len(&self) -> usize {
            self.members.len()
        }

        /// Whether there is none.
        pub fn is_empty(&self) -> bool {
            self.members.is_empty()
        }

        /// The names of all members.
        pub fn file_names(&self) -> impl Iterator<Item = ZipResult<&str>> {
            self.members.iter().map(|member| Ok(member.name.as_str()))
        }

        /// Whether a member is a folder.
        pub fn is_folder(&self, place: usize) -> bool {
            self.members.get(place).is_some_and(|member| member.folder)
        }
    }

    /// A member, unpacked while it is read; its end tells whether it is whole.
    pub struct ZipFile<'a, R> {
        name: &'a str,
        size: u64,
        most: u64,
        unpacked: Box<dyn Read + 'a>,
        archive: std::marker::PhantomData<&'a R>,
    }

    impl<R> ZipFile<'_, R> {
        /// Its name, with folders.
        ///
        /// # Errors
        /// None; callers of the crate `zip` expect one.
        pub fn name(&self) -> ZipResult<&str> {
            Ok(self.name)
        }

        /// Bytes it says it unpacks to.
        pub fn size(&self) -> u64 {
            self.size
        }
    }

    impl<R> Read for ZipFile<'_, R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let read = self.unpacked.read(buffer)?;
            match self.most.checked_sub(read as u64) {
                Some(most) => self.most = most,
                None => {
                    let message = format!("{} unpacks to more than {MOST_TIMES} times its size", self.name);
                    return Err(io::Error::new(io::ErrorKind::InvalidData, message));
                }
            }
            Ok(read)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::{Cursor, Write};

    use super::*;

    fn archive(name: &str, bytes: &[u8], deflated: bool) -> Vec<u8> {
        let mut output = Vec::new();
        let mut archive = rawzip::ZipArchiveWriter::new(&mut output);
        let method = if deflated { CompressionMethod::DEFLATE } else { CompressionMethod::STORE };
        let (mut entry, config) = archive.new_file(name).compression_method(method).start().unwrap();
        let descriptor = if deflated {
            let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::best());
            let mut writer = config.wrap(encoder);
            writer.write_all(bytes).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            descriptor
        } else {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(bytes).unwrap();
            writer.finish().unwrap().1
        };
        entry.finish(descriptor).unwrap();
        archive.finish().unwrap();
        output
    }

    fn read_back(bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(io::Error::other)?;
        let mut text = Vec::new();
        archive.by_index(0).map_err(io::Error::other)?.read_to_end(&mut text)?;
        Ok(text)
    }

    #[test]
    fn members_come_back_and_damage_is_noticed() {
        for deflated in [false, true] {
            let bytes = archive("a/b.csv", b"id\n1\n", deflated);
            assert_eq!(read_back(bytes.clone()).unwrap(), b"id\n1\n");
            let mut archive = ZipArchive::new(Cursor::new(bytes.clone())).unwrap();
            assert_eq!(archive.file_names().map(Result::unwrap).collect::<Vec<_>>(), ["a/b.csv"]);
            assert!(matches!(archive.by_name("b.csv").err(), Some(result::ZipError::FileNotFound)));
            let mut damaged = bytes.clone();
            let at = damaged.windows(4).position(|four| four == b"id\n1").unwrap_or(40);
            damaged[at] ^= 1;
            assert!(read_back(damaged).is_err());
            for length in 0..bytes.len() {
                let _ = read_back(bytes[..length].to_vec());
            }
        }
    }

    #[test]
    fn a_bomb_is_refused() {
        let bytes = archive("zeros", &vec![0; (FREE_BYTES + 1) as usize], true);
        assert!(bytes.len() as u64 * MOST_TIMES < FREE_BYTES);
        let error = read_back(bytes).unwrap_err();
        assert!(error.to_string().contains("zeros unpacks to more than 200 times"), "{error}");
    }
}
