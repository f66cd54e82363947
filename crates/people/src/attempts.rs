//! Slows guessing: failed logins are counted by name and by address, and each failure beyond a few doubles the wait.
//!
//! An attempt counts as failed from its beginning until it succeeds, so that many at once are no way around the count.

use std::net::{IpAddr, Ipv6Addr};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::{At, Step};
use crate::{Error, name, secret};

/// Failures of a name before the next one has to wait.
const FREE_BY_NAME: i64 = 5;
/// Failures of an address before: people of one office share it.
const FREE_BY_ADDRESS: i64 = 20;
/// The longest wait.
const LONGEST_WAIT: i64 = 15 * 60;
/// Failures are forgotten after a day without one.
const MEMORY_HOURS: i64 = 24;

const NAME: &str = "name";
const ADDRESS: &str = "address";

/// Whom an attempt is counted for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    name: [u8; 32],
    address: Option<[u8; 32]>,
}

impl Counted {
    pub(crate) fn of(user: &str, address: Option<IpAddr>) -> Counted {
        let address = address.map(|address| secret::digest(&neighbourhood(address).to_string()));
        Counted { name: secret::digest(&name::key(user)), address }
    }

    fn each(&self) -> impl Iterator<Item = (&'static str, [u8; 32], i64)> {
        let address = self.address.map(|digest| (ADDRESS, digest, FREE_BY_ADDRESS));
        [(NAME, self.name, FREE_BY_NAME)].into_iter().chain(address)
    }
}

/// Who has one IPv6 address has the 2⁶⁴ beside it, too.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    }
}

/// Counts an attempt, or refuses it where name or address have to wait.
pub(crate) fn begin(connection: &Connection, whom: &Counted, now: Timestamp) -> Step<()> {
    let forgotten = now.saturating_sub(SignedDuration::from_hours(MEMORY_HOURS)).unwrap_or(Timestamp::MIN);
    connection.execute("DELETE FROM attempts WHERE last_at <= ?1", [At(forgotten)])?;
    let mut wait = 0;
    for (kind, digest, free) in whom.each() {
        let failed = connection
            .query_row(
                "SELECT failures, last_at FROM attempts WHERE kind = ?1 AND digest = ?2",
                params![kind, digest],
                |row| Ok((row.get::<_, i64>(0)?, row.get::<_, At>(1)?.0)),
            )
            .optional()?;
        if let Some((failures, last)) = failed {
            wait = wait.max(left(failures - free, last, now));
        }
    }
    if wait > 0 {
        return Err(too_many(wait).into());
    }
    for (kind, digest, _) in whom.each() {
        connection.execute(
            "INSERT INTO attempts (kind, digest, failures, last_at) VALUES (?1, ?2, 1, ?3)
             ON CONFLICT DO UPDATE SET failures = failures + 1, last_at = excluded.last_at",
            params![kind, digest, At(now)],
        )?;
    }
    Ok(())
}

/// Forgets the failures of a name after a success, and takes them off its address. The address keeps the others: an
/// account of one's own is no way to guess at those of others without end.
pub(crate) fn succeeded(connection: &Connection, whom: &Counted) -> Step<()> {
    let own: Option<i64> = connection
        .query_row("SELECT failures FROM attempts WHERE kind = ?1 AND digest = ?2", params![NAME, whom.name], |row| {
            row.get(0)
        })
        .optional()?;
    connection.execute("DELETE FROM attempts WHERE kind = ?1 AND digest = ?2", params![NAME, whom.name])?;
    if let (Some(own), Some(address)) = (own, whom.address) {
        connection.execute(
            "DELETE FROM attempts WHERE kind = ?1 AND digest = ?2 AND failures <= ?3",
            params![ADDRESS, address, own],
        )?;
        connection.execute(
            "UPDATE attempts SET failures = failures - ?3 WHERE kind = ?1 AND digest = ?2",
            params![ADDRESS, address, own],
        )?;
    }
    Ok(())
}

/// Seconds that are left to wait: 2, 4, 8 … after the last failure.
fn left(beyond: i64, last: Timestamp, now: Timestamp) -> u64 {
    let wait = match u32::try_from(beyond) {
        Err(_) => return 0,
        Ok(beyond) => 2_i64.checked_pow(beyond.saturating_add(1)).map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT)),
    };
    let gone = now.duration_since(last).as_millis();
    let left = (i128::from(wait) * 1000 - gone).clamp(0, i128::from(wait) * 1000);
    u64::try_from((left + 999) / 1000).unwrap_or_default()
}

fn too_many(seconds: u64) -> Error {
    let unit = if seconds == 1 { "second" } else { "seconds" };
    Error::too_many(seconds, format!("There were too many failed logins. Try again in {seconds} {unit}."))
        .hint("An admin can set a new password, which ends the wait.")
}

/// Forgets the failures of a name, as an admin who sets a new password wants it.
pub(crate) fn forget(connection: &Connection, user: &str) -> Step<()> {
    let digest = secret::digest(&name::key(user));
    connection.execute("DELETE FROM attempts WHERE kind = ?1 AND digest = ?2", params![NAME, digest])?;
    Ok(())
}
