//! Sessions begin, go on, and end.

use throughline_people::{ABSOLUTE_HOURS, IDLE_HOURS, Role};

use crate::world::{ANNA, BEN, DAY, HOUR, MINUTE, World, at, machine, random};

fn alive(world: &World, secret: &str, seconds: i64) -> bool {
    world.people.find_session(secret, at(seconds)).unwrap().is_some()
}

#[test]
fn a_session_knows_its_user() {
    let world = World::new();
    let login = world.login("ben", BEN, at(0)).unwrap();
    let secret = login.secret.expose();
    assert_eq!(secret.len(), 43);
    assert!(!format!("{login:?}").contains(secret), "logs do not show it");
    let session = world.people.find_session(secret, at(10)).unwrap().unwrap();
    assert_eq!(session, login.session);
    assert_eq!((session.name.as_str(), session.role, session.created_at), ("Ben", Role::Viewer, at(0)));
    assert_eq!(session.expires_at, at(IDLE_HOURS * HOUR));
    for wrong in ["", "x", &secret[1..], &format!("{secret}A"), &secret.to_lowercase(), &"A".repeat(43), "' OR 1=1 --"]
    {
        assert_eq!(world.people.find_session(wrong, at(10)).unwrap(), None, "{wrong}");
    }
}

#[test]
fn only_the_hash_is_kept() {
    let world = World::new();
    let login = world.login("Anna", ANNA, at(0)).unwrap();
    let secret = login.secret.expose().as_bytes();
    for name in ["people.sqlite", "people.sqlite-wal"] {
        let bytes = std::fs::read(world.folder.path().join(name)).unwrap();
        assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{name}");
    }
}

#[test]
fn a_session_slides_until_it_is_left_alone() {
    let world = World::new();
    let login = world.login("Anna", ANNA, at(0)).unwrap();
    let secret = login.secret.expose();
    let idle = IDLE_HOURS * HOUR;
    assert!(alive(&world, secret, idle - 1));
    assert!(alive(&world, secret, 2 * idle - 2), "it was used in between");
    assert!(!alive(&world, secret, 3 * idle - 2));
    let untouched = world.login("Ben", BEN, at(0)).unwrap();
    assert!(!alive(&world, untouched.secret.expose(), idle));
}

#[test]
fn no_session_outlives_thirty_days() {
    let world = World::new();
    let login = world.login("Anna", ANNA, at(0)).unwrap();
    let end = ABSOLUTE_HOURS * HOUR;
    assert_eq!(end, 30 * DAY);
    let mut now = 0;
    while now < end {
        assert!(alive(&world, login.secret.expose(), now), "{now}");
        now += 6 * HOUR;
    }
    assert!(!alive(&world, login.secret.expose(), end));
}

#[test]
fn use_is_written_once_a_minute_and_never_backwards() {
    let world = World::new();
    let login = world.login("Anna", ANNA, at(0)).unwrap();
    let seen = || {
        let connection = rusqlite::Connection::open(world.file()).unwrap();
        connection.query_row("SELECT seen_at FROM sessions", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let start = seen();
    assert!(alive(&world, login.secret.expose(), MINUTE - 1));
    assert_eq!(seen(), start);
    assert!(alive(&world, login.secret.expose(), MINUTE));
    assert_eq!(seen(), start + 60_000);
    assert!(alive(&world, login.secret.expose(), -DAY), "a clock that was set back ends nothing");
    assert_eq!(seen(), start + 60_000);
}

#[test]
fn sessions_end_with_what_they_rested_on() {
    let world = World::new();
    type Change = fn(&World);
    let changes: [(&str, Change); 5] = [
        ("logout of all", |world| assert_eq!(world.people.end_sessions(&machine(), "BEN", at(5)).unwrap(), 2)),
        ("role", |world| drop(world.people.set_role(&machine(), "ben", Role::Analyst, at(5)).unwrap())),
        ("password", |world| {
            drop(world.people.set_password(&machine(), "Ben", BEN, at(5), &mut random("again")).unwrap());
        }),
        ("disabled", |world| {
            world.people.set_disabled(&machine(), "Ben", true, at(5)).unwrap();
            world.people.set_disabled(&machine(), "Ben", false, at(5)).unwrap();
        }),
        ("removed", |world| drop(world.people.remove_user(&machine(), "Ben", at(5)).unwrap())),
    ];
    let anna = world.login("Anna", ANNA, at(0)).unwrap();
    for (place, (what, change)) in changes.iter().enumerate() {
        let (one, two) = (world.login("Ben", BEN, at(0)).unwrap(), world.login("Ben", BEN, at(1)).unwrap());
        assert!(alive(&world, one.secret.expose(), 2) && alive(&world, two.secret.expose(), 2), "{place} {what}");
        change(&world);
        assert!(!alive(&world, one.secret.expose(), 6) && !alive(&world, two.secret.expose(), 6), "{what}");
    }
    assert!(alive(&world, anna.secret.expose(), 7), "nobody else's");
    // A role that stays what it is changes nothing.
    world.people.set_role(&machine(), "Anna", Role::Admin, at(8)).unwrap();
    assert!(alive(&world, anna.secret.expose(), 9));
    world.people.end_session(anna.secret.expose(), at(10)).unwrap();
    assert!(!alive(&world, anna.secret.expose(), 11));
    world.people.end_session(anna.secret.expose(), at(12)).unwrap();
}
