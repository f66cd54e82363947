//! The trail is complete, and is not changed.

use throughline_people::ErrorKind::{Forbidden, Input};
use throughline_people::{Actor, AuditFilter, Event, NewNote, NewToken, Outcome, Role, Scope};

use crate::world::{ANNA, BEN, DAY, World, at, random, refused};

fn lines(world: &World, filter: &AuditFilter) -> Vec<String> {
    let page = world.people.audit(filter, None, 100).unwrap();
    let line = |entry: &throughline_people::AuditEntry| {
        let role = entry.role.map_or("-", Role::name);
        let (who, action, target, detail) = (&entry.who, &entry.action, &entry.target, &entry.detail);
        format!("{who} {role} {action} {target} [{detail}] {}", entry.outcome.name())
    };
    page.entries.iter().map(line).collect()
}

#[test]
fn whatever_changes_people_leaves_a_trace() {
    let world = World::new();
    let anna = Actor::user("Anna", Role::Admin);
    let people = &world.people;
    let login = world.login("anna", ANNA, at(1)).unwrap();
    world.login("BEN", "wrong guess", at(2)).unwrap_err();
    world.login("my password is", "Ben", at(2)).unwrap_err();
    people.set_role(&anna, "ben", Role::Editor, at(3)).unwrap();
    people.set_disabled(&anna, "ben", true, at(4)).unwrap();
    world.login("ben", BEN, at(4)).unwrap_err();
    people.set_password(&anna, "ben", ANNA, at(5), &mut random("p")).unwrap();
    let new = NewToken { name: "ci", scopes: [Scope::Sql, Scope::Read].into(), role: None, expires_at: None };
    people.add_token(&anna, &new, at(6), &mut random("t")).unwrap();
    people.revoke_token(&anna, "ci", at(7)).unwrap();
    let day = "2026-02-14".parse().unwrap();
    people.add_note(&anna, &NewNote { measure: "csat", at: day, text: "the new tariff" }, at(8)).unwrap();
    people.end_session(login.secret.expose(), at(9)).unwrap();
    people.remove_user(&anna, "ben", at(10)).unwrap();
    let expected = [
        "Anna admin user.remove Ben [role editor] done",
        "Anna admin session.end Anna [] done",
        "Anna admin note.add csat [note 1 on 2026-02-14 by Anna] done",
        "Anna admin token.revoke ci [] done",
        "Anna admin token.add ci [scopes read sql, role analyst] done",
        "Anna admin user.password Ben [] done",
        "Ben - session.begin Ben [the user is disabled] refused",
        "Anna admin user.disable Ben [] done",
        "Anna admin user.role Ben [from viewer to editor] done",
        "? - session.begin ? [] refused",
        "Ben - session.begin Ben [] refused",
        "Anna admin session.begin Anna [] done",
        "root - user.add Ben [role viewer] done",
        "root - user.add Anna [role admin] done",
    ];
    assert_eq!(lines(&world, &AuditFilter::default()), expected);
    // What changes nothing, or is refused, leaves none.
    people.set_role(&anna, "Anna", Role::Admin, at(11)).unwrap();
    people.remove_user(&anna, "Anna", at(11)).unwrap_err();
    assert_eq!(lines(&world, &AuditFilter::default()).len(), expected.len());
}

#[test]
fn no_connection_changes_the_trail() {
    let world = World::new();
    let connection = rusqlite::Connection::open(world.file()).unwrap();
    let before = lines(&world, &AuditFilter::default());
    for sql in [
        "UPDATE audit SET who = 'somebody else'",
        "UPDATE audit SET number = number + 100",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE number = 1",
        "REPLACE INTO audit VALUES (1, 0, 'x', NULL, 'a.b', 't', 'd', 'done')",
        "INSERT OR REPLACE INTO audit VALUES (2, 0, 'x', NULL, 'a.b', 't', 'd', 'done')",
        "INSERT INTO audit VALUES (1, 0, 'x', NULL, 'a.b', 't', 'd', 'done') ON CONFLICT DO UPDATE SET who = 'x'",
    ] {
        let error = connection.execute(sql, []).unwrap_err();
        assert!(error.to_string().contains("the audit trail is not changed"), "{sql}: {error}");
    }
    assert_eq!(lines(&world, &AuditFilter::default()), before);
}

#[test]
fn pages_follow_each_other_and_filters_narrow() {
    let world = World::empty();
    for number in 0..25 {
        let actor = if number % 5 == 0 { Actor::local() } else { Actor::token("ci", Role::Editor) };
        let target = format!("file {number}");
        let event = if number == 7 {
            Event::failed("import.run", &target, "the disk was full")
        } else if number == 8 {
            Event::refused("importer", &target, "")
        } else {
            Event::done("import.run", &target, "")
        };
        world.people.record(&actor, event, at(number)).unwrap();
    }
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let page = world.people.audit(&AuditFilter::default(), before, 10).unwrap();
        seen.extend(page.entries.iter().map(|entry| entry.number));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, (1..=25).rev().collect::<Vec<i64>>());
    let found = |filter: &AuditFilter| lines(&world, filter).len();
    let filter = AuditFilter::default;
    assert_eq!(found(&AuditFilter { who: Some("local".into()), ..filter() }), 5);
    assert_eq!(found(&AuditFilter { action: Some("import".into()), ..filter() }), 24);
    assert_eq!(found(&AuditFilter { action: Some("importer".into()), ..filter() }), 1);
    assert_eq!(found(&AuditFilter { target: Some("file 7".into()), ..filter() }), 1);
    assert_eq!(found(&AuditFilter { outcome: Some(Outcome::Failed), ..filter() }), 1);
    assert_eq!(found(&AuditFilter { since: Some(at(10)), until: Some(at(20)), ..filter() }), 10);
    assert_eq!(found(&AuditFilter { action: Some("%".into()), ..filter() }), 0);
}

#[test]
fn entries_are_single_lines_of_bounded_length() {
    let world = World::empty();
    let long = "x\n\u{1b}[31m".repeat(200);
    world.people.record(&Actor::local(), Event::done("definitions.apply", &long, &long), at(0)).unwrap();
    let entry = world.people.audit(&AuditFilter::default(), None, 1).unwrap().entries.remove(0);
    assert_eq!((entry.target.chars().count(), entry.detail.chars().count()), (200, 500));
    assert!(!entry.detail.contains(['\n', '\u{1b}']) && entry.detail.ends_with('…'));
    for action in ["", "Import", "a b", "ümlaut", &"a".repeat(65)] {
        let refusal = world.people.record(&Actor::local(), Event::done(action, "", ""), at(0));
        refused(refusal, Input, "is no action of the audit trail");
    }
}

#[test]
fn old_entries_go_one_way_only() {
    let world = World::empty();
    for day in 0..100 {
        world.people.record(&Actor::local(), Event::done("day.end", &day.to_string(), ""), at(day * DAY)).unwrap();
    }
    let (now, anna) = (at(100 * DAY), Actor::user("Anna", Role::Admin));
    refused(world.people.prune_audit(&Actor::user("Ben", Role::Editor), 60, now), Forbidden, "Only an admin");
    refused(world.people.prune_audit(&anna, 29, now), Input, "the last 30 days");
    refused(world.people.prune_audit(&anna, u32::MAX, now), Input, "no calendar");
    assert_eq!(world.people.prune_audit(&anna, 60, now).unwrap(), 40);
    let left = lines(&world, &AuditFilter::default());
    assert_eq!(
        (left.len(), left[0].as_str()),
        (61, "Anna admin audit.prune audit [40 entries older than 60 days] done")
    );
    // Afterwards the door is closed again, also for what is older.
    let connection = rusqlite::Connection::open(world.file()).unwrap();
    connection.execute("DELETE FROM audit", []).unwrap_err();
}
