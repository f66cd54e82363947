//! The file itself: made, opened again, refused.

use throughline_people::ErrorKind::{Busy, Damaged, Input};
use throughline_people::{Actor, Event, NewToken, People, Role, Scope};

use crate::world::{ANNA, World, at, machine, random, refused};

#[test]
fn everything_is_there_when_it_is_opened_again() {
    let world = World::new();
    let login = world.login("Anna", ANNA, at(0)).unwrap();
    let new = NewToken { name: "ci", scopes: [Scope::Read].into(), role: None, expires_at: None };
    let (token, _) = world.people.add_token(&machine(), &new, at(0), &mut random("t")).unwrap();
    let (users, tokens) = (world.people.users().unwrap(), world.people.tokens().unwrap());
    let file = world.file();
    let World { folder, people } = world;
    drop(people);
    let people = People::open(&file).unwrap();
    assert_eq!(people.path(), file);
    assert_eq!((people.users().unwrap(), people.tokens().unwrap()), (users, tokens));
    assert_eq!(people.find_session(login.secret.expose(), at(1)).unwrap(), Some(login.session));
    assert!(people.find_token(token.expose(), at(1)).unwrap().is_some());
    drop(folder);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let mode = |name: &str| std::fs::metadata(world.folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    for name in ["people.sqlite", "people.sqlite-wal", "people.sqlite-shm"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    std::fs::set_permissions(world.file(), PermissionsExt::from_mode(0o644)).unwrap();
    People::open(&world.file()).unwrap();
    assert_eq!(mode("people.sqlite"), 0o600, "a copy that came out too open is closed again");
}

#[test]
fn a_newer_file_is_left_alone() {
    let world = World::new();
    let file = world.file();
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.execute_batch("PRAGMA user_version = 99; CREATE TABLE from_the_future (x)").unwrap();
    let error = refused(People::open(&file), Damaged, "newer version of Throughline: its form is 99");
    assert!(error.message.contains("people.sqlite") && error.hint.unwrap().contains("newer program"));
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 99);
}

#[test]
fn what_is_no_file_of_people_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.sqlite");
    std::fs::write(&file, "This is a letter and no database.".repeat(100)).unwrap();
    let error = refused(People::open(&file), Damaged, "is damaged or is no file of people");
    assert!(error.message.contains(file.to_str().unwrap()) && error.hint.unwrap().contains("backup"));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("This is a letter"));
    std::fs::remove_file(&file).unwrap();
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();
    refused(People::open(&file), Damaged, "it belongs to another program");
    refused(People::open(&folder.path().join("nowhere/people.sqlite")), Input, "cannot be opened");
}

#[test]
fn damage_inside_the_file_is_named() {
    let world = World::new();
    for number in 0..2_000 {
        world.people.record(&Actor::local(), Event::done("day.end", &number.to_string(), ""), at(number)).unwrap();
    }
    let file = world.file();
    let World { folder, people } = world;
    drop(people);
    let mut bytes = std::fs::read(&file).unwrap();
    let from = 4096 * 2;
    bytes[from..].fill(0xa5);
    std::fs::write(&file, bytes).unwrap();
    let found = People::open(&file).and_then(|people| {
        people.users()?;
        people.audit(&Default::default(), None, 1000).map(drop)
    });
    let error = refused(found, Damaged, "is damaged");
    assert!(error.message.contains("people.sqlite"), "{error}");
    drop(folder);
}

#[test]
fn values_that_cannot_be_are_damage() {
    let world = World::new();
    let connection = rusqlite::Connection::open(world.file()).unwrap();
    connection.execute("UPDATE users SET created_at = 9223372036854775807", []).unwrap();
    refused(world.people.users(), Damaged, "is damaged");
    connection.execute("UPDATE users SET role = 'emperor'", []).unwrap_err();
    connection.execute("UPDATE users SET role = 7.5", []).unwrap_err();
}

#[test]
fn who_waits_too_long_is_told_so() {
    let world = World::new();
    let mut connection = rusqlite::Connection::open(world.file()).unwrap();
    let held = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    assert_eq!(world.people.users().unwrap().len(), 2, "readers do not wait");
    refused(world.people.set_role(&machine(), "Ben", Role::Editor, at(0)), Busy, "Another process is writing");
    drop(held);
    world.people.set_role(&machine(), "Ben", Role::Editor, at(0)).unwrap();
}
