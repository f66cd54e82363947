//! Several threads, and several processes, with one file.

use std::sync::Barrier;
use std::thread;

use throughline_people::ErrorKind::{TooMany, Unauthenticated};
use throughline_people::{Actor, AuditFilter, Event, People, Role};

use crate::world::{ANNA, World, at, machine};

#[test]
fn it_can_be_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<People>();
}

#[test]
fn a_new_file_is_opened_by_many_at_once() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("people.sqlite");
        let start = Barrier::new(6);
        thread::scope(|scope| {
            for number in 0..6 {
                let (file, start) = (&file, &start);
                scope.spawn(move || {
                    start.wait();
                    let people = People::open(file).unwrap();
                    people.record(&Actor::local(), Event::done("open", &number.to_string(), ""), at(number)).unwrap();
                });
            }
        });
        let page = People::open(&file).unwrap().audit(&AuditFilter::default(), None, 100).unwrap();
        assert_eq!(page.entries.len(), 6);
    }
}

#[test]
fn two_threads_and_two_connections_lose_nothing() {
    let world = World::new();
    let other = People::open(&world.file()).unwrap();
    let login = world.login("Anna", ANNA, at(0)).unwrap();
    thread::scope(|scope| {
        for (thread, people) in [&world.people, &world.people, &other, &other].into_iter().enumerate() {
            let secret = login.secret.expose();
            scope.spawn(move || {
                for number in 0..50 {
                    let target = format!("{thread}/{number}");
                    people.record(&Actor::local(), Event::done("work.do", &target, ""), at(number)).unwrap();
                    assert!(people.find_session(secret, at(60 * number)).unwrap().is_some());
                }
            });
        }
    });
    let filter = AuditFilter { action: Some("work".into()), ..AuditFilter::default() };
    assert_eq!(other.audit(&filter, None, 1000).unwrap().entries.len(), 200);
    // What one changes, the other sees at once.
    other.set_role(&machine(), "Anna", Role::Admin, at(1)).unwrap();
    other.end_sessions(&machine(), "Anna", at(1)).unwrap();
    assert_eq!(world.people.find_session(login.secret.expose(), at(2)).unwrap(), None);
}

#[test]
fn of_two_admins_who_demote_each_other_one_stays() {
    for _ in 0..10 {
        let world = World::new();
        world.people.set_role(&machine(), "Ben", Role::Admin, at(0)).unwrap();
        let other = People::open(&world.file()).unwrap();
        let start = Barrier::new(2);
        let demote = |people: &People, name: &str| {
            start.wait();
            people.set_role(&machine(), name, Role::Viewer, at(1)).is_ok()
        };
        let done = thread::scope(|scope| {
            let first = scope.spawn(|| demote(&world.people, "Anna"));
            let second = scope.spawn(|| demote(&other, "Ben"));
            [first.join().unwrap(), second.join().unwrap()]
        });
        assert_eq!(done.iter().filter(|done| **done).count(), 1);
    }
}

#[test]
fn many_guesses_at_once_are_counted_each() {
    let world = World::new();
    let start = Barrier::new(16);
    let kinds = thread::scope(|scope| {
        let guess = |_| {
            scope.spawn(|| {
                start.wait();
                world.login("Anna", "wrong guess", at(0)).unwrap_err().kind
            })
        };
        let threads: Vec<_> = (0..16).map(guess).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(kinds.iter().filter(|kind| **kind == Unauthenticated).count(), 5);
    assert_eq!(kinds.iter().filter(|kind| matches!(kind, TooMany { .. })).count(), 11);
}
