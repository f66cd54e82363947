//! Tokens of programs.

use std::collections::BTreeSet;

use throughline_people::ErrorKind::{Forbidden, Input, NotFound};
use throughline_people::{Actor, NewToken, Result, Role, Scope, Secret, Token};

use crate::world::{DAY, MINUTE, World, at, machine, random, refused};

fn add(world: &World, name: &str, scopes: &[Scope], role: Option<Role>, days: Option<i64>) -> Result<(Secret, Token)> {
    let scopes: BTreeSet<Scope> = scopes.iter().copied().collect();
    let new = NewToken { name, scopes, role, expires_at: days.map(|days| at(days * DAY)) };
    world.people.add_token(&machine(), &new, at(0), &mut random(name))
}

#[test]
fn a_token_opens_what_it_is_for() {
    let world = World::empty();
    let (secret, token) = add(&world, "Shop front", &[Scope::Read, Scope::Events], None, None).unwrap();
    assert!(secret.expose().starts_with("tl_") && secret.expose().len() == 46);
    assert_eq!((token.name.as_str(), token.role, token.created_by.as_str()), ("Shop front", Role::Viewer, "root"));
    let holder = world.people.find_token(secret.expose(), at(1)).unwrap().unwrap();
    assert_eq!(Scope::ALL.map(|scope| holder.allows(scope)), [true, true, false, false]);
    assert_eq!((holder.actor().name.as_str(), holder.role), ("token:Shop front", Role::Viewer));
    let text = secret.expose();
    for wrong in ["", "tl_", &text[3..], &text[..45], &format!("{text}x"), &text.to_uppercase(), "tl_' OR 1=1"] {
        assert_eq!(world.people.find_token(wrong, at(1)).unwrap(), None, "{wrong}");
    }
    assert_eq!(world.people.find_session(text, at(1)).unwrap(), None, "a token is no session");
    let bytes = std::fs::read(world.folder.path().join("people.sqlite-wal")).unwrap();
    assert!(!bytes.windows(46).any(|part| part == text.as_bytes()), "only its hash is kept");
}

#[test]
fn a_token_ends_by_date_or_by_hand() {
    let world = World::empty();
    let (old, _) = add(&world, "old", &[Scope::Read], None, Some(90)).unwrap();
    let (new, _) = add(&world, "new", &[Scope::Read], None, None).unwrap();
    let open = |secret: &Secret, now| world.people.find_token(secret.expose(), now).unwrap().is_some();
    assert!(open(&old, at(90 * DAY - 1)) && !open(&old, at(90 * DAY)));
    assert!(open(&new, at(900 * DAY)));
    let revoked = world.people.revoke_token(&machine(), " NEW ", at(5)).unwrap();
    assert_eq!((revoked.revoked_at, revoked.in_force(at(6))), (Some(at(5)), false));
    assert!(!open(&new, at(6)));
    refused(world.people.revoke_token(&machine(), "new", at(7)), NotFound, "There is no token `new` to revoke.");
    // The name is free again, and the old secret stays closed.
    let again = NewToken { name: "new", scopes: [Scope::Sql].into(), role: None, expires_at: None };
    let (secret, token) = world.people.add_token(&machine(), &again, at(8), &mut random("again")).unwrap();
    assert!(open(&secret, at(9)) && !open(&new, at(9)));
    assert_eq!(token.role, Role::Analyst);
    let listed: Vec<(String, bool)> =
        world.people.tokens().unwrap().iter().map(|token| (token.name.clone(), token.in_force(at(9)))).collect();
    assert_eq!(listed, [("new".into(), false), ("new".into(), true), ("old".into(), true)]);
}

#[test]
fn an_expired_token_gives_its_name_free() {
    let world = World::empty();
    add(&world, "nightly", &[Scope::Read], None, Some(1)).unwrap();
    refused(add(&world, "Nightly", &[Scope::Read], None, None), Input, "There is a token `Nightly` already.");
    let new = NewToken { name: "nightly", scopes: [Scope::Read].into(), role: None, expires_at: None };
    world.people.add_token(&machine(), &new, at(2 * DAY), &mut random("2")).unwrap();
}

#[test]
fn last_use_is_written_once_a_minute() {
    let world = World::empty();
    let (secret, token) = add(&world, "a", &[Scope::Read], None, None).unwrap();
    assert_eq!(token.last_used_at, None);
    let used = |now: i64| {
        world.people.find_token(secret.expose(), at(now)).unwrap().unwrap();
        world.people.tokens().unwrap()[0].last_used_at
    };
    assert_eq!(used(10), Some(at(10)));
    assert_eq!(used(10 + MINUTE - 1), Some(at(10)));
    assert_eq!(used(10 + MINUTE), Some(at(10 + MINUTE)));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let world = World::empty();
    refused(add(&world, "a", &[], None, None), Input, "A token needs a scope");
    refused(add(&world, "a", &[Scope::Read], None, Some(0)), Input, "expired already");
    refused(add(&world, "", &[Scope::Read], None, None), Input, "1 to 64 letters");
    let small = add(&world, "a", &[Scope::Read, Scope::Write], Some(Role::Analyst), None);
    refused(small, Input, "With the role analyst a token cannot use the scope write, which needs editor.");
    assert_eq!(add(&world, "a", &[Scope::Write], Some(Role::Admin), None).unwrap().1.role, Role::Admin);
    refused("all".parse::<Scope>(), Input, "read, events, write or sql");
    let editor = Actor::user("Ben", Role::Editor);
    let new = NewToken { name: "b", scopes: [Scope::Read].into(), role: None, expires_at: None };
    refused(world.people.add_token(&editor, &new, at(0), &mut random("b")), Forbidden, "Only an admin");
    refused(world.people.revoke_token(&editor, "a", at(0)), Forbidden, "Only an admin");
}
