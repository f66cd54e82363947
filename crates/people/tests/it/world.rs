//! A folder, a clock that is set by hand, and random bytes that are the same every time.

use std::net::IpAddr;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use throughline_people::{Actor, Attempt, Error, ErrorKind, Login, NewUser, People, Result, Role};

pub const ANNA: &str = "correct horse battery";
pub const BEN: &str = "staple of paper and glue";

pub struct World {
    pub folder: TempDir,
    pub people: People,
}

impl World {
    /// With nobody in it.
    pub fn empty() -> World {
        let folder = tempfile::tempdir().unwrap();
        let people = People::open(&folder.path().join("people.sqlite")).unwrap();
        World { folder, people }
    }

    /// With Anna the admin and Ben the viewer.
    pub fn new() -> World {
        let world = World::empty();
        world.add("Anna", Role::Admin, ANNA).unwrap();
        world.add("Ben", Role::Viewer, BEN).unwrap();
        world
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("people.sqlite")
    }

    pub fn add(&self, name: &str, role: Role, password: &str) -> Result<()> {
        let new = NewUser { name, role, password };
        self.people.add_user(&machine(), &new, at(0), &mut random(name)).map(drop)
    }

    pub fn login(&self, name: &str, password: &str, now: Timestamp) -> Result<Login> {
        self.login_from(name, password, None, now)
    }

    pub fn login_from(&self, name: &str, password: &str, address: Option<&str>, now: Timestamp) -> Result<Login> {
        let address = address.map(|address| address.parse::<IpAddr>().unwrap());
        self.people.login(&Attempt { name, password, address }, now, &mut random(&format!("{name}{now}")))
    }
}

pub fn machine() -> Actor {
    Actor::machine("root")
}

/// A moment so many seconds after the beginning.
pub fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-03-01T08:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 24 * HOUR;

/// Bytes that look random, and are the same for the same seed.
pub fn random(seed: &str) -> impl FnMut(&mut [u8]) -> Result<()> + use<> {
    let mut state = seed
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    move |bytes| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = state.to_be_bytes()[0];
        }
        Ok(())
    }
}

#[track_caller]
pub fn refused<T: std::fmt::Debug>(result: Result<T>, kind: ErrorKind, part: &str) -> Error {
    let error = result.unwrap_err();
    assert_eq!(error.kind, kind, "{error}");
    assert!(error.message.contains(part), "{error}");
    assert!(error.message.ends_with('.'), "a sentence: {error}");
    error
}
