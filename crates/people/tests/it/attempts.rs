//! Guessing is slowed, and who belongs here is not kept out for long.

use throughline_people::ErrorKind::{TooMany, Unauthenticated};
use throughline_people::{ErrorKind, Result};

use crate::world::{ANNA, BEN, DAY, MINUTE, World, at, machine, random};

fn kind<T: std::fmt::Debug>(result: Result<T>) -> ErrorKind {
    result.unwrap_err().kind
}

#[test]
fn each_failure_beyond_five_doubles_the_wait() {
    let world = World::new();
    for _ in 0..5 {
        assert_eq!(kind(world.login("Anna", "wrong guess", at(0))), Unauthenticated);
    }
    let compared = world.people.passwords_compared();
    let mut now = 0;
    for wait in [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        // Even the right password has to wait, whoever types it and however the name is written.
        let error = world.login(" ANNA", ANNA, at(now)).unwrap_err();
        assert_eq!(error.kind, TooMany { retry_after: wait });
        assert!(error.message.contains(&format!("{wait} seconds")), "{error}");
        let wait = i64::try_from(wait).unwrap();
        assert_eq!(kind(world.login("Anna", ANNA, at(now + wait - 1))), TooMany { retry_after: 1 });
        now += wait;
        assert_eq!(kind(world.login("Anna", "wrong guess", at(now))), Unauthenticated);
    }
    assert_eq!(world.people.passwords_compared() - compared, 11, "who waits costs nothing");
    world.login("Ben", BEN, at(now)).unwrap();
    world.login("Anna", ANNA, at(now + 15 * MINUTE)).unwrap();
    assert_eq!(kind(world.login("Anna", "wrong guess", at(now + 15 * MINUTE))), Unauthenticated);
}

#[test]
fn failures_are_forgotten_after_a_day_or_a_new_password() {
    let world = World::new();
    let fail = |now| {
        for _ in 0..5 {
            assert_eq!(kind(world.login("Anna", "wrong guess", at(now))), Unauthenticated);
        }
        assert!(matches!(kind(world.login("Anna", ANNA, at(now))), TooMany { .. }));
    };
    fail(0);
    fail(DAY);
    world.people.set_password(&machine(), "anna", ANNA, at(DAY), &mut random("new")).unwrap();
    world.login("Anna", ANNA, at(DAY)).unwrap();
}

#[test]
fn names_that_nobody_has_are_slowed_alike() {
    let world = World::new();
    for _ in 0..5 {
        assert_eq!(kind(world.login("Nobody", "wrong guess", at(0))), Unauthenticated);
    }
    assert_eq!(kind(world.login("nobody", "wrong guess", at(0))), TooMany { retry_after: 2 });
}

#[test]
fn one_address_cannot_try_many_names() {
    let world = World::new();
    let home = Some("203.0.113.7");
    let guess = |place: i64, address| world.login_from(&format!("name {place}"), "wrong guess", address, at(0));
    for place in 0..20 {
        assert_eq!(kind(guess(place, home)), Unauthenticated);
    }
    assert_eq!(kind(guess(20, home)), TooMany { retry_after: 2 });
    assert_eq!(kind(guess(20, Some("::ffff:203.0.113.7"))), TooMany { retry_after: 2 });
    assert_eq!(kind(world.login_from("Anna", ANNA, home, at(0))), TooMany { retry_after: 2 });
    world.login_from("Anna", ANNA, Some("203.0.113.8"), at(0)).unwrap();
    world.login_from("Anna", ANNA, home, at(2)).unwrap();
    // A login of one's own does not begin the count anew.
    assert_eq!(kind(guess(21, home)), TooMany { retry_after: 2 });
}

#[test]
fn an_address_of_the_new_kind_is_its_network() {
    let world = World::new();
    for place in 0..20 {
        let address = format!("2001:db8:1:2::{place:x}");
        assert_eq!(kind(world.login_from(&format!("n{place}"), "wrong guess", Some(&address), at(0))), Unauthenticated);
    }
    let near = world.login_from("Anna", ANNA, Some("2001:db8:1:2:ffff::1"), at(0));
    assert_eq!(kind(near), TooMany { retry_after: 2 });
    world.login_from("Anna", ANNA, Some("2001:db8:1:3::1"), at(0)).unwrap();
}

#[test]
fn own_slips_are_taken_off_the_address() {
    let world = World::new();
    let office = Some("198.51.100.1");
    for round in 0..30 {
        for _ in 0..4 {
            assert_eq!(kind(world.login_from("Anna", "mistyped it", office, at(round))), Unauthenticated);
        }
        world.login_from("Anna", ANNA, office, at(round)).unwrap();
    }
}

#[test]
fn what_is_typed_as_a_name_is_not_kept() {
    let world = World::new();
    assert_eq!(kind(world.login(ANNA, "Anna", at(0))), Unauthenticated);
    for name in ["people.sqlite", "people.sqlite-wal"] {
        let bytes = std::fs::read(world.folder.path().join(name)).unwrap();
        assert!(!bytes.windows(ANNA.len()).any(|part| part == ANNA.as_bytes()), "{name}");
    }
}
