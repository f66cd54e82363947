//! Who may log in, and as what.

use throughline_people::ErrorKind::{Forbidden, Input, NotFound, Unauthenticated};
use throughline_people::{Actor, NewUser, Role};

use crate::world::{ANNA, BEN, World, at, machine, random, refused};

#[test]
fn roles_are_ordered_and_have_names() {
    assert!(Role::ALL.is_sorted() && Role::Viewer < Role::Admin);
    for role in Role::ALL {
        assert_eq!(role.name().parse::<Role>().unwrap(), role);
    }
    refused("Admin".parse::<Role>(), Input, "viewer, analyst, editor or admin");
    let may = |role: Role| Role::ALL.map(|least| Actor::user("x", role).may(least));
    assert_eq!(may(Role::Analyst), [true, true, false, false]);
    assert!(machine().may(Role::Admin) && Actor::local().may(Role::Admin));
}

#[test]
fn users_come_and_go() {
    let world = World::empty();
    assert!(world.people.is_empty().unwrap());
    world.add("  Anna ", Role::Admin, ANNA).unwrap();
    assert!(!world.people.is_empty().unwrap());
    world.add("Zoë", Role::Editor, BEN).unwrap();
    refused(world.add("ANNA", Role::Viewer, BEN), Input, "There is a user `ANNA` already.");
    let names: Vec<String> = world.people.users().unwrap().into_iter().map(|user| user.name).collect();
    assert_eq!(names, ["Anna", "Zoë"]);
    let zoe = world.people.user("ZOË").unwrap();
    assert_eq!((zoe.role, zoe.disabled, zoe.created_at, zoe.last_login_at), (Role::Editor, false, at(0), None));
    assert_eq!(world.people.set_role(&machine(), "zoë", Role::Admin, at(1)).unwrap().role, Role::Admin);
    world.people.remove_user(&machine(), "Anna", at(2)).unwrap();
    refused(world.people.user("Anna"), NotFound, "There is no user `Anna`.");
    // The name is free again, and is another user.
    world.add("anna", Role::Viewer, BEN).unwrap();
    refused(world.login("anna", ANNA, at(3)), Unauthenticated, "wrong");
}

#[test]
fn the_first_user_and_the_last_admin_administer() {
    let world = World::empty();
    refused(world.add("Ben", Role::Editor, BEN), Input, "The first user must be an admin.");
    assert!(world.people.is_empty().unwrap(), "what is refused leaves nothing behind");
    world.add("Anna", Role::Admin, ANNA).unwrap();
    world.add("Ben", Role::Admin, BEN).unwrap();
    world.people.set_disabled(&machine(), "Ben", true, at(1)).unwrap();
    let last = "Anna is the last admin who can log in.";
    refused(world.people.set_disabled(&machine(), "Anna", true, at(2)), Input, last);
    refused(world.people.set_role(&machine(), "Anna", Role::Editor, at(2)), Input, last);
    refused(world.people.remove_user(&machine(), "Anna", at(2)), Input, last);
    let anna = world.people.user("Anna").unwrap();
    assert_eq!((anna.role, anna.disabled), (Role::Admin, false));
    world.people.set_disabled(&machine(), "Ben", false, at(3)).unwrap();
    world.people.set_role(&machine(), "Anna", Role::Viewer, at(4)).unwrap();
    refused(world.people.remove_user(&machine(), "Ben", at(5)), Input, "Ben is the last admin");
}

#[test]
fn names_that_could_deceive_are_refused() {
    let world = World::new();
    let add = |name: &str| world.add(name, Role::Viewer, ANNA);
    refused(add("   "), Input, "1 to 64 letters; this one has 0");
    refused(add(&"ä".repeat(65)), Input, "this one has 65");
    add(&"ä".repeat(64)).unwrap();
    for name in ["An\nna", "An\u{200b}na", "An\u{202e}na", "An\u{0}na"] {
        refused(add(name), Input, "not seen");
    }
    refused(add("token:ci"), Input, "colon");
    refused(add("Local"), Input, "no login");
    refused(world.people.user("'; DROP TABLE users; --"), NotFound, "DROP TABLE");
}

#[test]
fn passwords_that_are_easy_to_guess_are_refused() {
    let world = World::new();
    refused(world.add("Cleo", Role::Viewer, "elevenchars"), Input, "11 letters; it must have 12");
    refused(world.add("Cleopatra the Great", Role::Viewer, "cleopatra THE great "), Input, "is the name");
    refused(world.add("Cleo", Role::Viewer, &"x".repeat(1025)), Input, "at most 1024");
    world.add("Cleo", Role::Viewer, &"ß".repeat(1024)).unwrap();
    world.login("cleo", &"ß".repeat(1024), at(1)).unwrap();
    refused(world.login("cleo", &"ß".repeat(1025), at(1)), Unauthenticated, "wrong");
    let short = world.people.set_password(&machine(), "Ben", "short", at(1), &mut random("x"));
    refused(short, Input, "5 letters");
}

#[test]
fn a_hash_verifies_its_password_and_nothing_else() {
    let world = World::empty();
    let words = [
        "correct horse battery",
        "Correct horse battery",
        "correct horse battery ",
        "пароль из слов",
        "🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑",
    ];
    world.add("root1", Role::Admin, "never tried in this test").unwrap();
    for (place, word) in words.iter().enumerate() {
        world.add(&format!("user {place}"), Role::Viewer, word).unwrap();
    }
    for (user, word) in words.iter().enumerate() {
        world.login(&format!("User {user} "), word, at(0)).unwrap();
        let other = words[(user + 1) % words.len()];
        refused(world.login(&format!("user {user}"), other, at(0)), Unauthenticated, "wrong");
        refused(world.login(&format!("user {user}"), "", at(0)), Unauthenticated, "wrong");
    }
    let bytes = std::fs::read(world.file()).unwrap();
    let wal = std::fs::read(world.folder.path().join("people.sqlite-wal")).unwrap();
    let all = [bytes, wal].concat();
    let holds = |text: &str| all.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("$argon2id$v=19$m=19456,t=2,p=1$"), "parameters are kept with each hash");
    assert!(words.iter().all(|word| !holds(word)), "no password is in the file");
}

#[test]
fn the_same_password_twice_has_two_hashes() {
    let world = World::new();
    world.add("Cleo", Role::Viewer, ANNA).unwrap();
    let connection = rusqlite::Connection::open(world.file()).unwrap();
    let sql = "SELECT count(DISTINCT password) FROM users WHERE name IN ('Anna', 'Cleo')";
    assert_eq!(connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap(), 2);
}

#[test]
fn a_wrong_name_looks_and_costs_like_a_wrong_password() {
    let world = World::new();
    world.people.set_disabled(&machine(), "Ben", true, at(0)).unwrap();
    let before = world.people.passwords_compared();
    let known = world.login("Anna", "not her password", at(1)).unwrap_err();
    let unknown = world.login("Nobody", "not her password", at(1)).unwrap_err();
    let disabled = world.login("Ben", BEN, at(1)).unwrap_err();
    assert_eq!(world.people.passwords_compared() - before, 3, "each was hashed");
    assert_eq!((&known, &known), (&unknown, &disabled));
    assert_eq!(known.kind, Unauthenticated);
}

#[test]
fn only_admins_administer_and_everybody_has_an_own_password() {
    let world = World::new();
    let ben = Actor::user("Ben", Role::Editor);
    let new = NewUser { name: "Cleo", role: Role::Admin, password: ANNA };
    refused(world.people.add_user(&ben, &new, at(1), &mut random("c")), Forbidden, "Only an admin");
    refused(world.people.set_role(&ben, "Ben", Role::Admin, at(1)), Forbidden, "Only an admin");
    refused(world.people.set_disabled(&ben, "Anna", true, at(1)), Forbidden, "Only an admin");
    refused(world.people.remove_user(&ben, "Anna", at(1)), Forbidden, "Only an admin");
    refused(world.people.set_password(&ben, "Anna", BEN, at(1), &mut random("p")), Forbidden, "Only an admin");
    world.people.set_password(&ben, "ben", "another good one", at(1), &mut random("p")).unwrap();
    refused(world.login("Ben", BEN, at(2)), Unauthenticated, "wrong");
    world.login("Ben", "another good one", at(2)).unwrap();
    assert_eq!(world.people.user("Ben").unwrap().password_at, at(1));
    assert_eq!(world.people.user("Ben").unwrap().last_login_at, Some(at(2)));
}
