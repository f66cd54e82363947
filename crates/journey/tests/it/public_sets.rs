//! Public data sets, where they are.

use std::path::PathBuf;

/// A data set's file, decompressed; says so and returns nothing where it is absent.
pub fn open(path: &str) -> Option<impl std::io::Read> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    // Relative to the repository, as a person at its root would write it.
    let shared = std::env::var_os("THROUGHLINE_SHARED").map_or_else(|| "../shared".into(), PathBuf::from);
    let path = root.join(shared).join("data").join(path);
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("skipped: {} is not there; name the folder of the data sets in THROUGHLINE_SHARED", path.display());
        return None;
    };
    Some(flate2::read::MultiGzDecoder::new(file))
}

/// Microseconds of "2012/10/09 14:50:17" or "2012-10-09 14:50:17.250", as if the clock were UTC.
pub fn instant(text: &str) -> i64 {
    let number = |from: usize, to: usize| text[from..to].parse::<i64>().unwrap();
    // Days since 1970 of the proleptic Gregorian calendar, counted in years that begin in March.
    let (year, month, day) = (number(0, 4) - i64::from(number(5, 7) < 3), (number(5, 7) + 9) % 12, number(8, 10));
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    let seconds = ((days * 24 + number(11, 13)) * 60 + number(14, 16)) * 60 + number(17, 19);
    let part = text.get(20..).map_or(0, |part| format!("{part:0<6}").parse::<i64>().unwrap());
    seconds * 1_000_000 + part
}
